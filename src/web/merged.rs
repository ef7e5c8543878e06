//! A figure of now over every queue of the site: one number where it is one,
//! else what is known of it and why it is not.

use jiff::Timestamp;

use crate::{
    boards::{Locale, Severity},
    domain::{Metric, Moment, QueueId, Value},
    live::{Picture, Queue, Trust},
};

use super::{
    clock::{self, Tick},
    explain,
    figure::{self, Figure},
    names,
};

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Merged {
    pub(super) value: Option<Value>,
    /// At least and at most, where it is not one number.
    pub(super) low: Option<Value>,
    pub(super) high: Option<Value>,
    /// Why it is not.
    pub(super) reason: Option<String>,
    /// Start of the running clock.
    pub(super) since: Option<Timestamp>,
    /// The queue that the longest wait is in.
    pub(super) queue: Option<QueueId>,
    /// The oldest time that a source gave for a part of it.
    pub(super) at: Option<Timestamp>,
    pub(super) is_stale: bool,
}

/// Counts add, a longest wait is the longest; who is available is known per
/// queue only, and one may serve several.
pub(super) fn merged(picture: &Picture, metric: Metric, now: Moment) -> Merged {
    let mut members = Members::default();
    let queues = picture.queues.values();
    for queue in queues.filter(|queue| !picture.is_queue_hidden(queue)) {
        members.take(picture, queue, metric, now);
    }
    let mut merged = Merged {
        at: members.at,
        is_stale: members.is_stale,
        ..Merged::default()
    };
    let is_people = metric == Metric::AgentsAvailable;
    if members.known == 0 {
        return merged;
    }
    if 0 < members.missing {
        merged.reason = Some(match members.missing {
            1 => "one queue has no value now".to_owned(),
            missing => format!("{missing} queues have no value now"),
        });
        merged.low = match (metric, members.longest) {
            (Metric::LongestWait, Some((value, _, queue))) => {
                merged.queue = Some(queue.id.clone());
                Some(value)
            }
            (Metric::LongestWait, None) => None,
            _ if is_people => Some(Value::Count(members.largest)),
            _ => Some(Value::Count(members.sum)),
        };
    } else if metric == Metric::LongestWait {
        if let Some((value, since, queue)) = members.longest {
            merged.value = Some(value);
            merged.since = since;
            merged.queue = Some(queue.id.clone());
        }
    } else if is_people && members.sum != members.largest {
        merged.low = Some(Value::Count(members.largest));
        merged.high = Some(Value::Count(members.sum));
        merged.reason = Some("one agent may serve several queues".to_owned());
    } else {
        merged.value = Some(Value::Count(members.sum));
    }
    merged
}

/// The gallery's line of what is going on, each figure with what it is.
pub(super) fn figures(picture: &Picture, now: Moment) -> Vec<Figure> {
    let of = [
        Metric::Waiting,
        Metric::LongestWait,
        Metric::AgentsAvailable,
    ];
    of.map(|metric| figure(picture, metric, now)).into()
}

fn figure(picture: &Picture, metric: Metric, now: Moment) -> Figure {
    let merged = merged(picture, metric, now);
    let queue = merged
        .queue
        .as_ref()
        .map(|id| names::queue_by_id(picture, id));
    let over = match metric {
        Metric::LongestWait => "The longest of all queues.",
        Metric::AgentsAvailable => {
            "Over all queues: between the most in one queue and the sum of all, since one agent may serve several and is known per queue only."
        }
        _ => "The sum of all queues.",
    };
    let mut explained = vec![
        ("What it is", explain::entry(metric).formula.to_owned()),
        ("Over all queues", over.to_owned()),
        ("Window", "Now.".to_owned()),
        ("Source", sources(picture, now)),
    ];
    if let Some(reason) = &merged.reason {
        explained.push(("Not one number because", format!("{reason}.")));
    } else if merged.value.is_none() {
        explained.push((
            "No value because",
            explain::entry(metric).unknown.to_owned(),
        ));
    }
    explained.push(("In the API", format!("{} of /api/v1/site", metric.name())));
    Figure {
        key: metric.name(),
        label: Locale::default().heading(metric).to_owned(),
        value: match merged.since {
            Some(since) if !merged.is_stale => Tick::since(since, Trust::Fresh, now),
            _ => Tick::still(words(&merged)),
        },
        severity: if merged.is_stale {
            Severity::Stale
        } else {
            Severity::None
        }
        .name(),
        mark: "",
        link: queue,
        notes: merged
            .is_stale
            .then(|| figure::NOT_FRESH.to_owned())
            .into_iter()
            .collect(),
        explained,
    }
}

/// `7`, `≥ 7`, `4–7` or `–`.
fn words(merged: &Merged) -> String {
    let locale = Locale::default();
    let word = |value| locale.value(Some(value));
    match (merged.value, merged.low, merged.high) {
        (Some(value), ..) => word(value),
        (None, Some(low), Some(high)) => format!("{}–{}", word(low), word(high)),
        (None, Some(low), None) => format!("≥ {}", word(low)),
        (None, None, _) => locale.value(None),
    }
}

/// Each source, and how long ago it last spoke.
fn sources(picture: &Picture, now: Moment) -> String {
    let words = picture.sources.values().map(|source| match source.heard {
        Some(heard) => format!(
            "{} spoke {} ago",
            source.id,
            clock::age(now.mono.since(heard))
        ),
        None => format!("{} has not spoken yet", source.id),
    });
    let words: Vec<_> = words.collect();
    format!("{}.", words.join("; "))
}

#[derive(Debug, Default)]
struct Members<'a> {
    known: usize,
    missing: usize,
    sum: u64,
    largest: u64,
    longest: Option<(Value, Option<Timestamp>, &'a Queue)>,
    at: Option<Timestamp>,
    is_stale: bool,
}

impl<'a> Members<'a> {
    fn take(&mut self, picture: &Picture, queue: &'a Queue, metric: Metric, now: Moment) {
        let Some(figure) = picture.queue_figure(queue, metric, now) else {
            return;
        };
        self.is_stale |= matches!(figure.trust, Trust::Stale | Trust::Lost(_));
        if let Some(at) = figure.at {
            self.at = Some(self.at.map_or(at, |oldest| oldest.min(at)));
        }
        if figure.trust == Trust::Unknown {
            self.missing += 1;
            return;
        }
        self.known += 1;
        match figure.value {
            Some(Value::Count(n)) => {
                self.sum += n;
                self.largest = self.largest.max(n);
            }
            Some(value) => {
                let is_longer = |(longest, ..): (Value, _, _)| longest.number() < value.number();
                if self.longest.is_none_or(is_longer) {
                    self.longest = Some((value, figure.since, queue));
                }
            }
            // Nobody waits there.
            None => {}
        }
    }
}
