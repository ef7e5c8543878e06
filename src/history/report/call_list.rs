//! The calls behind figures, a page at a time. Where a page ends is told by a call, so
//! that imports between two pages neither repeat nor skip any.

use jiff::Timestamp;

use crate::{
    domain::{AgentId, Id, QueueId, SourceId},
    history::{
        intervals::{ContactOutcome, TimeSpan},
        sangoma::{self, CallQuery},
    },
    store::{StoreError, StoreView},
};

use super::{ReportDimension, ReportSubject, report_catalog::ReportCatalog};

/// Which calls.
#[derive(Clone, Debug)]
pub struct CallListQuery {
    pub subject: ReportSubject,
    /// When they joined their queue, half-open.
    pub from: Timestamp,
    pub to: Timestamp,
    pub outcome: Option<ContactOutcome>,
    /// Only those with this reason or type, or that ended so. An issue is none of it: it may
    /// be told twice of a call.
    pub code_filter: Option<(ReportDimension, Id)>,
    pub after: Option<CallCursor>,
    /// How many at most.
    pub limit: usize,
}

/// A page of calls, in the order in which they joined.
#[derive(Clone, Debug)]
pub struct CallPage {
    pub calls: Vec<ListedCall>,
    /// Where the next page begins; `None` on the last.
    pub next: Option<CallCursor>,
    /// What the export calls the code that was asked for.
    pub code_name: Option<String>,
}

/// One stay of a call in a queue. Durations are in seconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedCall {
    pub id: Id,
    pub queue: QueueId,
    pub agent: Option<AgentId>,
    pub joined_at: Timestamp,
    pub answered_at: Option<Timestamp>,
    pub left_at: Option<Timestamp>,
    pub wait: Option<i64>,
    pub talk: Option<i64>,
    pub wrap_up: Option<i64>,
    pub outcome: ContactOutcome,
    /// The last four digits, where numbers are kept.
    pub caller: Option<String>,
}

/// The call that a page ended with.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CallCursor {
    joined: i64,
    source: SourceId,
    id: i64,
}

impl CallCursor {
    /// `1763629200~calls/17`
    pub fn to_text(&self) -> String {
        format!("{}~{}/{}", self.joined, self.source, self.id)
    }

    pub fn parse(text: &str) -> Option<Self> {
        let (joined, rest) = text.split_once('~')?;
        let (source, id) = rest.split_once('/')?;
        Some(Self {
            joined: joined.parse().ok()?,
            source: source.into(),
            id: id.parse().ok()?,
        })
    }
}

pub(super) fn list_calls(
    view: &StoreView<'_>,
    catalogue: &ReportCatalog<'_>,
    ask: &CallListQuery,
) -> Result<CallPage, StoreError> {
    let mut found: Vec<(CallCursor, ListedCall)> = Vec::new();
    for source in &catalogue.sources {
        let id = &source.export.id;
        let Some(wanted) = build_call_query(catalogue, ask, id) else {
            continue;
        };
        for call in sangoma::load_calls(view, id, &catalogue.shape.site, &wanted)? {
            let cursor = CallCursor {
                joined: call.contact.joined,
                source: id.clone(),
                id: call.id,
            };
            found.push((cursor, to_listed_call(catalogue, id, &call)));
        }
    }
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    let is_more = ask.limit < found.len();
    found.truncate(ask.limit);
    let last = found.last().map(|(cursor, _)| cursor.clone());
    Ok(CallPage {
        next: last.filter(|_| is_more),
        code_name: (ask.code_filter.as_ref())
            .map(|(by, id)| catalogue.subject_entry(by.name_class(), id).name),
        calls: found.into_iter().map(|(_, call)| call).collect(),
    })
}

/// What is asked of one source; `None` where it has none of it.
fn build_call_query(
    catalogue: &ReportCatalog<'_>,
    ask: &CallListQuery,
    source: &SourceId,
) -> Option<CallQuery> {
    let here = |ids: Vec<Id>| -> Vec<i64> {
        let ids = ids.iter().filter(|id| id.source == *source);
        ids.filter_map(|id| id.external.parse().ok()).collect()
    };
    let queues = match &ask.subject {
        // A queue without any figures may be a twin or one that is not named.
        ReportSubject::Site | ReportSubject::Queue(_) | ReportSubject::Queues(_) => {
            Some(here(catalogue.queue_ids(&ask.subject)))
        }
        ReportSubject::Agent(_) => None,
    };
    let agents = match &ask.subject {
        ReportSubject::Agent(id) => Some(here(catalogue.agent_ids(id))),
        _ => None,
    };
    if queues
        .as_ref()
        .or(agents.as_ref())
        .is_none_or(Vec::is_empty)
    {
        return None;
    }
    let coded = match &ask.code_filter {
        None => None,
        Some((by, id)) if id.source == *source => {
            let code = id.external.parse().ok()?;
            Some((by.name_class(), code))
        }
        // What another source calls so.
        Some(_) => return None,
    };
    let after = ask.after.as_ref().map(|cursor| {
        let id = match source.cmp(&cursor.source) {
            std::cmp::Ordering::Less => i64::MAX,
            std::cmp::Ordering::Equal => cursor.id,
            std::cmp::Ordering::Greater => i64::MIN,
        };
        (cursor.joined, id)
    });
    Some(CallQuery {
        from: round_up_seconds(ask.from),
        to: round_up_seconds(ask.to),
        queues,
        agents,
        outcome: ask.outcome,
        code: coded,
        after,
        // One more, to see whether there is another page.
        limit: ask.limit.saturating_add(1),
    })
}

fn to_listed_call(
    catalogue: &ReportCatalog<'_>,
    source: &SourceId,
    call: &sangoma::SangomaCall,
) -> ListedCall {
    let id = |external: i64| Id::new(source, &external.to_string());
    let contact = &call.contact;
    let instant = |seconds: i64| Timestamp::from_second(seconds).ok();
    ListedCall {
        id: id(call.id),
        queue: catalogue.displayed_queue(&id(call.queue)),
        agent: call.agent.map(id),
        joined_at: instant(contact.joined).unwrap_or_default(),
        answered_at: contact.answered.and_then(instant),
        left_at: contact.left.and_then(instant),
        wait: contact.wait_seconds(),
        talk: contact.talk,
        wrap_up: contact.wrap_up.map(TimeSpan::seconds),
        outcome: call.outcome,
        caller: call.caller.as_deref().and_then(mask_number),
    }
}

/// The last four digits of a number: `…1234`.
fn mask_number(number: &str) -> Option<String> {
    let digits: Vec<char> = number.chars().filter(char::is_ascii_digit).collect();
    let last = digits.len().saturating_sub(4);
    let shown: String = digits[last..].iter().collect();
    (!shown.is_empty()).then(|| format!("…{shown}"))
}

/// Whole seconds, so that what joined at the very second is in or out.
fn round_up_seconds(at: Timestamp) -> i64 {
    at.as_second() + i64::from(0 < at.subsec_nanosecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_number_only_the_last_four_digits_are_shown() {
        assert_eq!(mask_number("+1 (555) 123-4567").as_deref(), Some("…4567"));
        assert_eq!(mask_number("101").as_deref(), Some("…101"));
        assert_eq!(mask_number("anonymous"), None);
    }

    #[test]
    fn a_cursor_is_read_as_it_was_written() {
        let cursor = CallCursor {
            joined: 1_763_629_200,
            source: "calls".into(),
            id: 17,
        };

        assert_eq!(CallCursor::parse(&cursor.to_text()), Some(cursor));
        assert_eq!(CallCursor::parse("17"), None);
    }
}
