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

/// Changes of a group's queues to follow: more than a week has.
const CHANGES_MAX: usize = 100;

impl Snapshot {
    /// Returns when a queue or a group, as it is at `now`, opens or closes; `None` if it doesn't.
    pub fn opens_or_closes_at(&self, queue: &QueueSnapshot, now: Timestamp) -> Option<Timestamp> {
        let before = self.queue_hours(queue, now);
        let mut at = before.next_change?;
        // A group changes with its last queue.
        for _ in 0..CHANGES_MAX {
            let then = self.queue_hours(queue, at);
            if then.is_closed != before.is_closed {
                return Some(at);
            }
            at = then.next_change?;
        }
        None
    }

    /// Returns whether a queue is open. A group that no pattern `group/…` names is closed while all
    /// its queues are.
    pub fn queue_hours(&self, queue: &QueueSnapshot, now: Timestamp) -> QueueHours {
        if self.site.hours.0.is_empty() {
            return QueueHours::default();
        }
        let is_group = queue.members.is_some();
        match self.site.hours_for(&queue.id.to_string(), is_group) {
            Some(hours) => return QueueHours::at(hours, now),
            None if !is_group => return QueueHours::default(),
            None => {}
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
