//! What is published of the groups: loads, throttled and only what changed,
//! and the timers.

use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};

use super::{Centre, GROUPS, GroupNo, Happening, Load, Stage, count, wire};

/// VEP's throttling interval. It belongs to the platform, so `speed` leaves it.
pub(super) const THROTTLE: SignedDuration = SignedDuration::from_secs(2);
/// What `averageWaitingTime` covers.
const AVERAGED: SignedDuration = SignedDuration::from_mins(15);

/// What has been published of a group, and when.
#[derive(Debug, Default)]
pub(super) struct Publication {
    pub(super) load: Option<Load>,
    pub(super) at: Option<Timestamp>,
    pub(super) planned: bool,
    /// Waits that ended, with their end, for the average.
    pub(super) waits: VecDeque<(Timestamp, SignedDuration)>,
}

impl Centre {
    pub(super) fn on_timers(&mut self, group: GroupNo) {
        self.agenda
            .note(self.now + THROTTLE, Happening::Timers(group));
        let from = self.now - AVERAGED;
        let waits = &mut self.published[group].waits;
        while waits.front().is_some_and(|wait| wait.0 < from) {
            waits.pop_front();
        }
        if self.floor.waiting(group) == 0 && self.floor.queues[group].talking == 0 {
            return;
        }
        let waited: i64 = waits.iter().map(|wait| millis(wait.1)).sum();
        let average = waited / i64::from(count(waits.len())).max(1);
        let longest = self.floor.oldest(group);
        let longest = longest.map_or(0, |since| millis(self.now.duration_since(since)));
        self.outbox
            .push(wire::timers(self.now, group, average, longest));
    }

    pub(super) fn available(&self, group: GroupNo) -> u32 {
        match self.demand.stage(group) {
            Some(Stage::Outage) => 0,
            _ => self.floor.available(group),
        }
    }

    pub(super) fn load(&self, group: GroupNo) -> Load {
        Load {
            available: self.available(group),
            waiting: self.floor.waiting(group),
            talking: self.floor.queues[group].talking,
        }
    }

    /// A changed load is published at once, and folded into the next
    /// publication where the last was less than the throttling interval ago.
    pub(super) fn plan_loads(&mut self) {
        if !self.started {
            return;
        }
        for group in 0..GROUPS.len() {
            let load = self.load(group);
            let published = &mut self.published[group];
            if published.planned || published.load == Some(load) {
                continue;
            }
            published.planned = true;
            let at = published.at.map_or(self.now, |at| at + THROTTLE);
            self.agenda.note(at.max(self.now), Happening::Load(group));
        }
    }

    pub(super) fn publish_load(&mut self, group: GroupNo) {
        let load = self.load(group);
        let published = &mut self.published[group];
        published.planned = false;
        if published.load == Some(load) {
            return;
        }
        self.outbox
            .push(wire::load(self.now, group, published.load, load));
        published.load = Some(load);
        published.at = Some(self.now);
    }
}

fn millis(span: SignedDuration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}
