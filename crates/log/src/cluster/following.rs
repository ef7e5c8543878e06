//! Follows the log: first in private, until what the node has is what the leader has, then on its screens.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::{Instant, MissedTickBehavior, interval};

use wallboard_live::LiveState;
use wallboard_store::{BatchReader, LogStream, ReadBatch};

use super::{
    NodeRole,
    leader_clock::{BEHIND_MAX, LeaderClock},
    lease::{Lease, LeaseError},
    node::{ClusterNode, SessionError},
    private_state::{FollowError, PrivateState, continue_with},
};

/// How often a node without a leader tries to lead, and one with a leader looks whether it hears it.
const LOOK_INTERVAL: Duration = Duration::from_millis(200);
/// How much the clocks of two nodes may differ, with the time that a message takes.
pub(super) const CLOCK_DIFFERENCE_MAX: SignedDuration = SignedDuration::from_secs(5);
/// A clock that changes by less, in milliseconds, is no news.
const CLOCK_NEWS_MIN: i64 = 2_000;

/// How a node has caught up.
pub(super) enum CaughtUp {
    /// It hears a leader.
    WithLeader,
    /// Nobody leads, and it has the lease.
    WithLease(Box<Lease>),
}

/// Notes when messages are sent while this node waits for them.
struct Arrivals {
    /// When the last one arrived.
    last: Option<Instant>,
    /// Nothing waited on the server.
    is_at_end: bool,
    /// How far our clock is ahead of the leader's, if that's why the last message doesn't show the time.
    clock_fault: Option<SignedDuration>,
}

impl Arrivals {
    fn new(is_at_end: bool) -> Self {
        Self {
            last: None,
            is_at_end,
            clock_fault: None,
        }
    }

    fn hear(&mut self, read: &ReadBatch, leader: &mut LeaderClock) {
        self.last = Some(Instant::now());
        let header = &read.batch.header;
        let ahead = Timestamp::now().duration_since(header.received_at);
        let is_newest = self.is_at_end && read.pending == 0;
        let is_live = is_newest && ahead.abs() < CLOCK_DIFFERENCE_MAX;
        leader.hear(header.sent_at, is_live.then_some(header.term));
        self.is_at_end = read.pending == 0;
        self.clock_fault = (is_newest && !is_live).then_some(ahead);
    }

    /// Whether no leader has sent anything for so long that there is none.
    fn have_stopped(&self) -> bool {
        let most = Duration::from_millis(BEHIND_MAX.unsigned_abs());
        self.last.is_none_or(|last| most < last.elapsed())
    }
}

impl ClusterNode {
    /// Applies what the stream has, until the leader is heard, or this node may lead.
    pub(super) async fn catch_up(
        &self,
        private: &mut PrivateState,
        reader: &mut BatchReader,
        stream: &LogStream,
        leader: &mut LeaderClock,
    ) -> Result<CaughtUp, SessionError> {
        let mut looks = interval(LOOK_INTERVAL);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut arrivals = Arrivals::new(false);
        // How far the clock is off, as far as noted: too far to follow, or to lead.
        let (mut not_following, mut not_leading) = (None, None);
        loop {
            tokio::select! {
                read = reader.next() => {
                    let read = read?;
                    private.apply(&read.batch, &self.copy)?;
                    arrivals.hear(&read, leader);
                    if leader.is_current() && !read.batch.header.is_last {
                        return Ok(CaughtUp::WithLeader);
                    }
                    if let Some(ahead) = arrivals.clock_fault {
                        let ahead = i64::try_from(ahead.as_millis()).unwrap_or(i64::MAX);
                        let error = FollowError::ClocksDiffer(ahead);
                        self.note_clock(&error, ahead, &mut not_following);
                        not_leading = None;
                    }
                }
                _ = looks.tick() => {
                    let end = stream.find_end().await?.position;
                    let is_at_end = end.is_none_or(|end| end == private.state.position());
                    arrivals.is_at_end |= is_at_end;
                    if !is_at_end {
                        continue;
                    }
                    match self.acquire_lease().await {
                        Ok(Some(lease)) => return Ok(CaughtUp::WithLease(Box::new(lease))),
                        Ok(None) => {}
                        Err(error @ LeaseError::WrongClock(ahead)) => {
                            // While somebody leads, it only keeps this node from following.
                            if arrivals.have_stopped() {
                                self.note_clock(&error, ahead, &mut not_leading);
                                not_following = None;
                            }
                        }
                        Err(error) => return Err(error.into()),
                    }
                }
            }
        }
    }

    /// Notes that this node's clock is the reason, unless that was noted before.
    fn note_clock(
        &self,
        error: &(dyn std::error::Error + 'static),
        ahead_ms: i64,
        noted: &mut Option<i64>,
    ) {
        if noted.is_none_or(|noted| CLOCK_NEWS_MIN < (noted - ahead_ms).abs()) {
            *noted = Some(ahead_ms);
            self.note_reason(error);
        }
    }

    /// Takes the lease if this node may lead and nobody else does.
    pub(super) async fn acquire_lease(&self) -> Result<Option<Lease>, LeaseError> {
        if self.role == NodeRole::Edge {
            return Ok(None);
        }
        if let Some(ahead) = self.node_clock.find_fault().await {
            return Err(LeaseError::WrongClock(ahead));
        }
        match Lease::acquire(&self.connection, &self.validity).await {
            Err(LeaseError::Taken) => Ok(None),
            acquired => acquired.map(Some),
        }
    }

    /// Shows what the leader appends, until it's no longer heard.
    pub(super) async fn follow(
        &self,
        reader: &mut BatchReader,
        leader: &mut LeaderClock,
    ) -> FollowError {
        let mut looks = interval(LOOK_INTERVAL);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut arrivals = Arrivals::new(true);
        if let Some(until) = leader.current_until() {
            self.live.apply_entries(&[], until);
        }
        loop {
            tokio::select! {
                read = reader.next() => {
                    let applied = read.map_err(FollowError::from).and_then(|read| {
                        arrivals.hear(&read, leader);
                        self.apply_read(&read, leader)
                    });
                    if let Err(error) = applied {
                        return error;
                    }
                }
                _ = looks.tick() => {
                    let position = self.status.borrow().position;
                    self.copy.recover(&self.live, position).await;
                    let behind = leader.behind_ms();
                    self.status.send_modify(|status| status.behind_ms = behind);
                }
            }
            if !leader.is_current() {
                return FollowError::Silent;
            }
        }
    }

    fn apply_read(&self, read: &ReadBatch, leader: &LeaderClock) -> Result<(), FollowError> {
        let batch = &read.batch;
        // After a pause of this process it's too old to be shown, and a reader may have marked everything.
        let until = leader.current_until().filter(|_| leader.is_current());
        let until = until.filter(|_| !self.live.read_state(LiveState::has_lost_leader));
        let until = until.ok_or(FollowError::Silent)?;
        let entries = self.live.read_state(|state| continue_with(batch, state))?;
        self.live.apply_entries(&entries, until);
        self.copy.append(batch);
        self.status.send_modify(|status| {
            status.position = batch.header.leads_to();
            status.term = Some(batch.header.term);
        });
        if batch.header.is_last {
            return Err(FollowError::Resigned);
        }
        Ok(())
    }
}
