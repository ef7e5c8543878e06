//! A figure of now over every queue of the site: one number where it is one,
//! else what is known of it and why it is not.

use jiff::Timestamp;

use crate::{
    domain::{Metric, Moment, Value},
    live::{Picture, Queue, Trust},
};

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Merged {
    pub(super) value: Option<Value>,
    /// At least and at most, where it is not one number.
    pub(super) low: Option<u64>,
    pub(super) high: Option<u64>,
    /// Why it is not.
    pub(super) reason: Option<String>,
    /// Start of the running clock.
    pub(super) since: Option<Timestamp>,
    /// The queue that the longest wait is in.
    pub(super) queue: Option<String>,
    /// The oldest time that a source gave for a part of it.
    pub(super) at: Option<Timestamp>,
    pub(super) is_stale: bool,
}

/// Counts add, a longest wait is the longest; who is available is known per
/// queue only, and one may serve several.
pub(super) fn merged(picture: &Picture, metric: Metric, now: Moment) -> Merged {
    let mut members = Members::default();
    for queue in picture.queues.values().filter(|queue| !queue.hidden) {
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
        merged.reason = Some(format!("{} queues have no value now", members.missing));
        merged.low = match metric {
            Metric::LongestWait => None,
            _ if is_people => Some(members.largest),
            _ => Some(members.sum),
        };
    } else if metric == Metric::LongestWait {
        if let Some((value, since, queue)) = members.longest {
            merged.value = Some(value);
            merged.since = since;
            merged.queue = Some(picture.queue_name(queue));
        }
    } else if is_people && members.sum != members.largest {
        merged.low = Some(members.largest);
        merged.high = Some(members.sum);
        merged.reason = Some("one agent may serve several queues".to_owned());
    } else {
        merged.value = Some(Value::Count(members.sum));
    }
    merged
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
