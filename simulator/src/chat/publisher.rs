//! Collects what Vngage publishes: messages of chats immediately, loads of groups throttled
//! and only where changed, and timers.

use std::{collections::VecDeque, mem};

use jiff::{SignedDuration, Timestamp};

use super::{
    super::{
        call_center::{CallCenter, Event, count},
        roster::{Channel, QUEUES, QueueNo},
    },
    messages::{self, GroupLoad, Message},
};

/// VEP's throttling interval. It belongs to the platform: `speed` doesn't change it.
const THROTTLE: SignedDuration = SignedDuration::from_secs(2);
/// The time that `averageWaitingTime` covers.
const AVERAGED: SignedDuration = SignedDuration::from_mins(15);

#[derive(Debug, Default)]
pub(crate) struct Publisher {
    /// Before the start, only chats are published.
    is_started: bool,
    outbox: Vec<Message>,
    pub(crate) groups: [PublishedGroup; QUEUES.len()],
}

/// The last published load of a group, and when it was published.
#[derive(Debug, Default)]
pub(crate) struct PublishedGroup {
    load: Option<GroupLoad>,
    at: Option<Timestamp>,
    is_planned: bool,
    /// Waits that ended, with their end, for the average.
    pub(crate) waits: VecDeque<(Timestamp, SignedDuration)>,
}

impl Publisher {
    pub(crate) fn record_wait(&mut self, queue: QueueNo, now: Timestamp, waited: SignedDuration) {
        self.groups[queue].waits.push_back((now, waited));
    }
}

impl CallCenter {
    /// Takes all messages that Vngage has published since the last call.
    pub fn take_messages(&mut self) -> Vec<Message> {
        mem::take(&mut self.publisher.outbox)
    }

    /// Publishes a message. Those of past days have no readers.
    pub(crate) fn publish(&mut self, message: Message) {
        if self.state.journal.is_none() {
            self.publisher.outbox.push(message);
        }
    }

    /// Publishes the configuration before everything else, then loads and timers.
    pub(crate) fn publish_configuration(&mut self) {
        self.publisher.is_started = true;
        let configuration = messages::configuration(self.now);
        self.publisher.outbox.splice(0..0, configuration);
        let mut phase = self.now;
        for queue in Channel::Chat.queues() {
            self.publish_load(queue);
            phase += THROTTLE / 6;
            self.schedule(phase, Event::Timers(queue));
        }
    }

    pub(crate) fn publish_timers(&mut self, queue: QueueNo) {
        self.schedule(self.now + THROTTLE, Event::Timers(queue));
        let from = self.now - AVERAGED;
        let waits = &mut self.publisher.groups[queue].waits;
        while waits.front().is_some_and(|wait| wait.0 < from) {
            waits.pop_front();
        }
        if self.state.count_waiting(queue) == 0 && self.state.talking[queue] == 0 {
            return;
        }
        let waited: i64 = waits.iter().map(|wait| millis(wait.1)).sum();
        let average = waited / i64::from(count(waits.len())).max(1);
        let longest = self.state.oldest_entry(queue);
        let longest = longest.map_or(0, |since| millis(self.now.duration_since(since)));
        self.publish(messages::timers(self.now, queue, average, longest));
    }

    pub(crate) fn group_load(&self, queue: QueueNo) -> GroupLoad {
        GroupLoad {
            available: self.state.count_free(queue),
            waiting: self.state.count_waiting(queue),
            talking: self.state.talking[queue],
        }
    }

    /// Plans to publish changed loads: immediately, or a throttling interval after the last
    /// publication if that was more recent.
    pub(crate) fn plan_loads(&mut self) {
        if !self.publisher.is_started {
            return;
        }
        for queue in Channel::Chat.queues() {
            let load = self.group_load(queue);
            let group = &mut self.publisher.groups[queue];
            if group.is_planned || group.load == Some(load) {
                continue;
            }
            group.is_planned = true;
            let at = group.at.map_or(self.now, |at| at + THROTTLE);
            self.schedule(at.max(self.now), Event::Load(queue));
        }
    }

    pub(crate) fn publish_load(&mut self, queue: QueueNo) {
        let load = self.group_load(queue);
        let group = &mut self.publisher.groups[queue];
        group.is_planned = false;
        if group.load == Some(load) {
            return;
        }
        let message = messages::load(self.now, queue, group.load, load);
        group.load = Some(load);
        group.at = Some(self.now);
        self.publish(message);
    }
}

fn millis(span: SignedDuration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}
