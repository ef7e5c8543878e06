//! Lists the calls behind figures, a page at a time. A cursor refers to the last call of a
//! page, so that imports between two pages neither repeat nor skip any.

use jiff::Timestamp;

use crate::{
    calls::{CallQuery, StoredCall},
    intervals::{ContactOutcome, TimeSpan},
};
use wallboard_domain::{AgentId, Id, QueueId, SourceId};
use wallboard_store::{StoreError, StoreView};

use super::{ReportDimension, ReportSubject, report_catalog::ReportCatalog};

/// Selects calls.
#[derive(Clone, Debug)]
pub struct CallListQuery {
    pub subject: ReportSubject,
    /// Of an agent's calls, only those of these queues; empty: of all.
    pub within_queues: Vec<QueueId>,
    /// The range of join times, half-open.
    pub from: Timestamp,
    pub to: Timestamp,
    pub outcome: Option<ContactOutcome>,
    /// Only calls with this reason, type or end reason. Issues can't be used: a call may have
    /// one twice.
    pub code_filter: Option<(ReportDimension, Id)>,
    pub after: Option<CallCursor>,
    /// The most calls to return.
    pub limit: usize,
}

/// A page of calls, ordered by join time.
#[derive(Clone, Debug)]
pub struct CallPage {
    pub calls: Vec<ListedCall>,
    /// The cursor of the next page; `None` on the last page.
    pub next: Option<CallCursor>,
    /// The name of the requested code.
    pub code_name: Option<String>,
}

/// One queue leg of a call. Durations are in seconds.
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
    /// The last four digits, if numbers are stored.
    pub caller: Option<String>,
}

/// The last call of a page.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CallCursor {
    joined: i64,
    source: SourceId,
    id: i64,
}

impl CallCursor {
    /// Formats the cursor, such as `1763629200~calls/17`.
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
    catalog: &ReportCatalog<'_>,
    query: &CallListQuery,
) -> Result<CallPage, StoreError> {
    let mut found: Vec<(CallCursor, ListedCall)> = Vec::new();
    for source in &catalog.sources {
        let id = &source.export.id;
        let Some(source_query) = build_call_query(catalog, query, id) else {
            continue;
        };
        let vendor = &source.export.vendor;
        for call in vendor.load_calls(view, id, &catalog.config.site, &source_query)? {
            let cursor = CallCursor {
                joined: call.contact.joined,
                source: id.clone(),
                id: call.id,
            };
            found.push((cursor, to_listed_call(catalog, id, &call)));
        }
    }
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    let is_more = query.limit < found.len();
    found.truncate(query.limit);
    let last = found.last().map(|(cursor, _)| cursor.clone());
    Ok(CallPage {
        next: last.filter(|_| is_more),
        code_name: (query.code_filter.as_ref())
            .map(|(by, id)| catalog.subject_entry(by.name_class(), id).name),
        calls: found.into_iter().map(|(_, call)| call).collect(),
    })
}

/// Builds the query for one source; `None` if nothing in it matches.
fn build_call_query(
    catalog: &ReportCatalog<'_>,
    query: &CallListQuery,
    source: &SourceId,
) -> Option<CallQuery> {
    let (queues, agents) = match &query.subject {
        ReportSubject::Agent(id) => (
            queues_of_agents(catalog, &query.within_queues, source),
            Some(vendor_ids(&catalog.agent_ids(id), source)),
        ),
        // A queue without any figures may be a duplicate or unnamed.
        queues => (Some(vendor_ids(&catalog.queue_ids(queues), source)), None),
    };
    if [&queues, &agents].into_iter().flatten().any(Vec::is_empty) {
        return None;
    }
    let code = match &query.code_filter {
        None => None,
        Some((by, id)) if id.source == *source => {
            let code = id.external.parse().ok()?;
            Some((by.name_class(), code))
        }
        // The code belongs to another source.
        Some(_) => return None,
    };
    let after = query.after.as_ref().map(|cursor| {
        let id = match source.cmp(&cursor.source) {
            std::cmp::Ordering::Less => i64::MAX,
            std::cmp::Ordering::Equal => cursor.id,
            std::cmp::Ordering::Greater => i64::MIN,
        };
        (cursor.joined, id)
    });
    Some(CallQuery {
        from: round_up_seconds(query.from),
        to: round_up_seconds(query.to),
        queues,
        agents,
        outcome: query.outcome,
        code,
        after,
        // One extra call shows whether there is another page.
        limit: query.limit.saturating_add(1),
    })
}

/// The queues in which an agent's calls count; `None`: all, also those that no export names.
pub(super) fn queues_of_agents(
    catalog: &ReportCatalog<'_>,
    within: &[QueueId],
    source: &SourceId,
) -> Option<Vec<i64>> {
    let subject = match within {
        [] if catalog.is_whole_site() => return None,
        [] => ReportSubject::Site,
        within => ReportSubject::Queues(within.to_vec()),
    };
    Some(vendor_ids(&catalog.queue_ids(&subject), source))
}

/// A source's IDs among these, as its vendor writes them.
pub(super) fn vendor_ids(ids: &[Id], source: &SourceId) -> Vec<i64> {
    let ids = ids.iter().filter(|id| id.source == *source);
    ids.filter_map(|id| id.external.parse().ok()).collect()
}

fn to_listed_call(catalog: &ReportCatalog<'_>, source: &SourceId, call: &StoredCall) -> ListedCall {
    let id = |external: i64| Id::new(source, &external.to_string());
    let contact = &call.contact;
    let instant = |seconds: i64| Timestamp::from_second(seconds).ok();
    ListedCall {
        id: id(call.id),
        queue: catalog.displayed_queue(&id(call.queue)),
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

/// Masks a number except for its last four digits: `…1234`.
fn mask_number(number: &str) -> Option<String> {
    let digits: Vec<char> = number.chars().filter(char::is_ascii_digit).collect();
    let last = digits.len().saturating_sub(4);
    let shown: String = digits[last..].iter().collect();
    (!shown.is_empty()).then(|| format!("…{shown}"))
}

/// Rounds up to whole seconds, so that a call joined at the bound is either in or out.
fn round_up_seconds(at: Timestamp) -> i64 {
    at.as_second() + i64::from(0 < at.subsec_nanosecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masking_keeps_only_the_last_four_digits() {
        assert_eq!(mask_number("+1 (555) 123-4567").as_deref(), Some("…4567"));
        assert_eq!(mask_number("101").as_deref(), Some("…101"));
        assert_eq!(mask_number("anonymous"), None);
    }

    #[test]
    fn a_formatted_cursor_is_parsed_back() {
        let cursor = CallCursor {
            joined: 1_763_629_200,
            source: "calls".into(),
            id: 17,
        };

        assert_eq!(CallCursor::parse(&cursor.to_text()), Some(cursor));
        assert_eq!(CallCursor::parse("17"), None);
    }
}
