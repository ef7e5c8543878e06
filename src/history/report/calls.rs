//! The calls behind figures, a page at a time. Where a page ends is told by a call, so
//! that imports between two pages neither repeat nor skip any.

use jiff::Timestamp;

use crate::{
    domain::{AgentId, Id, QueueId, SourceId},
    history::{
        intervals::{Outcome, Span},
        sangoma::{self, CallsWanted},
    },
    store::{StoreError, View},
};

use super::{By, Who, catalogue::Catalogue};

/// Which calls.
#[derive(Clone, Debug)]
pub struct CallsAsk {
    pub who: Who,
    /// When they joined their queue, half-open.
    pub from: Timestamp,
    pub to: Timestamp,
    pub outcome: Option<Outcome>,
    /// Only those with this reason or type, or that ended so. An issue is none of it: it may
    /// be told twice of a call.
    pub coded: Option<(By, Id)>,
    pub after: Option<Cursor>,
    /// How many at most.
    pub limit: usize,
}

/// A page of calls, in the order in which they joined.
#[derive(Clone, Debug)]
pub struct Calls {
    pub calls: Vec<Call>,
    /// Where the next page begins; `None` on the last.
    pub next: Option<Cursor>,
    /// What the export calls the code that was asked for.
    pub coded: Option<String>,
}

/// One stay of a call in a queue. Durations are in seconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    pub id: Id,
    pub queue: QueueId,
    pub agent: Option<AgentId>,
    pub joined_at: Timestamp,
    pub answered_at: Option<Timestamp>,
    pub left_at: Option<Timestamp>,
    pub wait: Option<i64>,
    pub talk: Option<i64>,
    pub wrap_up: Option<i64>,
    pub outcome: Outcome,
    /// The last four digits, where numbers are kept.
    pub caller: Option<String>,
}

/// The call that a page ended with.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cursor {
    joined: i64,
    source: SourceId,
    id: i64,
}

impl Cursor {
    /// `1763629200~calls/17`
    pub fn text(&self) -> String {
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

pub(super) fn calls(
    view: &View<'_>,
    catalogue: &Catalogue<'_>,
    ask: &CallsAsk,
) -> Result<Calls, StoreError> {
    let mut found: Vec<(Cursor, Call)> = Vec::new();
    for source in &catalogue.sources {
        let id = &source.export.id;
        let Some(wanted) = wanted(catalogue, ask, id) else {
            continue;
        };
        for call in sangoma::calls(view, id, &catalogue.shape.site, &wanted)? {
            let cursor = Cursor {
                joined: call.contact.joined,
                source: id.clone(),
                id: call.id,
            };
            found.push((cursor, shown(catalogue, id, &call)));
        }
    }
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    let is_more = ask.limit < found.len();
    found.truncate(ask.limit);
    let last = found.last().map(|(cursor, _)| cursor.clone());
    Ok(Calls {
        next: last.filter(|_| is_more),
        coded: (ask.coded.as_ref()).map(|(by, id)| catalogue.subject(by.class(), id).name),
        calls: found.into_iter().map(|(_, call)| call).collect(),
    })
}

/// What is asked of one source; `None` where it has none of it.
fn wanted(catalogue: &Catalogue<'_>, ask: &CallsAsk, source: &SourceId) -> Option<CallsWanted> {
    let here = |ids: Vec<Id>| -> Vec<i64> {
        let ids = ids.iter().filter(|id| id.source == *source);
        ids.filter_map(|id| id.external.parse().ok()).collect()
    };
    let queues = match &ask.who {
        // A queue without any figures may be a twin or one that is not named.
        Who::Site | Who::Queue(_) | Who::Queues(_) => Some(here(catalogue.queues(&ask.who))),
        Who::Agent(_) => None,
    };
    let agents = match &ask.who {
        Who::Agent(id) => Some(here(catalogue.agents(id))),
        _ => None,
    };
    if queues
        .as_ref()
        .or(agents.as_ref())
        .is_none_or(Vec::is_empty)
    {
        return None;
    }
    let coded = match &ask.coded {
        None => None,
        Some((by, id)) if id.source == *source => {
            let code = id.external.parse().ok()?;
            Some((by.class(), code))
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
    Some(CallsWanted {
        from: seconds_up(ask.from),
        to: seconds_up(ask.to),
        queues,
        agents,
        outcome: ask.outcome,
        coded,
        after,
        // One more, to see whether there is another page.
        limit: ask.limit.saturating_add(1),
    })
}

fn shown(catalogue: &Catalogue<'_>, source: &SourceId, call: &sangoma::Call) -> Call {
    let id = |external: i64| Id::new(source, &external.to_string());
    let contact = &call.contact;
    let instant = |seconds: i64| Timestamp::from_second(seconds).ok();
    Call {
        id: id(call.id),
        queue: catalogue.shown_as(&id(call.queue)),
        agent: call.agent.map(id),
        joined_at: instant(contact.joined).unwrap_or_default(),
        answered_at: contact.answered.and_then(instant),
        left_at: contact.left.and_then(instant),
        wait: contact.wait(),
        talk: contact.talk,
        wrap_up: contact.wrap_up.map(Span::seconds),
        outcome: call.outcome,
        caller: call.caller.as_deref().and_then(masked),
    }
}

/// The last four digits of a number: `…1234`.
fn masked(number: &str) -> Option<String> {
    let digits: Vec<char> = number.chars().filter(char::is_ascii_digit).collect();
    let last = digits.len().saturating_sub(4);
    let shown: String = digits[last..].iter().collect();
    (!shown.is_empty()).then(|| format!("…{shown}"))
}

/// Whole seconds, so that what joined at the very second is in or out.
fn seconds_up(at: Timestamp) -> i64 {
    at.as_second() + i64::from(0 < at.subsec_nanosecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_number_only_the_last_four_digits_are_shown() {
        assert_eq!(masked("+1 (555) 123-4567").as_deref(), Some("…4567"));
        assert_eq!(masked("101").as_deref(), Some("…101"));
        assert_eq!(masked("anonymous"), None);
    }

    #[test]
    fn a_cursor_is_read_as_it_was_written() {
        let cursor = Cursor {
            joined: 1_763_629_200,
            source: "calls".into(),
            id: 17,
        };

        assert_eq!(Cursor::parse(&cursor.text()), Some(cursor));
        assert_eq!(Cursor::parse("17"), None);
    }
}
