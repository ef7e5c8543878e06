//! Opening hours of queues and queue groups.

use jiff::Timestamp;

use wallboard_domain::OpeningHours;

use super::snapshot::{QueueSnapshot, Snapshot};

/// A queue's opening hours at one time. By default it is always open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QueueHours {
    pub is_closed: bool,
    /// When a closed queue opens; `None` if it doesn't.
    pub opens_at: Option<Timestamp>,
    /// When it next closes or opens.
    pub next_change: Option<Timestamp>,
}

impl QueueHours {
    fn at(hours: &OpeningHours, now: Timestamp) -> Self {
        let is_closed = !hours.is_open(now);
        let next_change = hours.next_change(now);
        Self {
            is_closed,
            opens_at: next_change.filter(|_| is_closed),
            next_change,
        }
    }
}

impl Snapshot {
    /// Returns whether a queue is open. A group that no pattern `group/…` names is closed while all
    /// its queues are.
    pub fn queue_hours(&self, queue: &QueueSnapshot, now: Timestamp) -> QueueHours {
        let patterns = &self.site.hours;
        if patterns.0.is_empty() {
            return QueueHours::default();
        }
        let id = queue.id.to_string();
        let mut own = patterns.0.iter();
        let is_named = |text: &str| text.starts_with("group/");
        if queue.members.is_none() || own.any(|(p, _)| is_named(&p.0) && p.matches(&id)) {
            let hours = patterns.get(&id);
            return hours.map_or_else(QueueHours::default, |hours| QueueHours::at(hours, now));
        }
        let members = self.group_members(queue);
        let members: Vec<_> = members
            .map(|member| self.queue_hours(member, now))
            .collect();
        let is_closed = !members.is_empty() && members.iter().all(|member| member.is_closed);
        let opens_at = members.iter().filter_map(|member| member.opens_at).min();
        QueueHours {
            is_closed,
            opens_at: opens_at.filter(|_| is_closed),
            next_change: members.iter().filter_map(|member| member.next_change).min(),
        }
    }
}
