//! A node of a cluster: follows the log, and leads when nobody else does. Each of its sessions begins with
//! what it has on its disk; whatever goes wrong ends the session, marks everything, and the next begins.

use std::time::Duration;

use jiff::Timestamp;
use tokio::{
    sync::watch,
    task::spawn_blocking,
    time::{Instant, sleep_until, timeout_at},
};
use tokio_util::sync::CancellationToken;
use tracing::{debug, info, warn};

use crate::input_log::LogStatus;
use wallboard_domain::error_chain;
use wallboard_live::{LiveHandle, LiveState, codec::LOG_FORMAT};
use wallboard_runtime::{
    ingest::{IngestSender, ProcessClock},
    nats::NatsConnection,
    retry::Backoff,
};
use wallboard_store::{EmbeddedLog, LogSnapshot, LogStream, StreamError};

use super::{
    NodeRole,
    following::CaughtUp,
    leader_clock::LeaderClock,
    leader_log::LeaderLogError,
    lease::{LeaseError, LeaseValidity},
    local_copy::LocalCopy,
    node_clock::NodeClock,
    private_state::{FollowError, PrivateState, copy_state},
    status::{NodeCondition, NodeStatus},
};

/// The longest pause between two sessions. Screens are marked meanwhile, and NATS' servers are ready again as
/// soon as they have elected.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Whether this node holds the sources.
#[derive(Clone, Debug, Default)]
pub enum Leadership {
    #[default]
    Following,
    /// Sources send inputs here; closed when the term ends.
    Leading(IngestSender),
}

/// The parts that a node needs.
#[derive(Debug)]
pub struct NodeSetup {
    pub connection: NatsConnection,
    pub role: NodeRole,
    pub live: LiveHandle,
    pub clock: ProcessClock,
    pub log: EmbeddedLog,
    pub log_status: watch::Sender<LogStatus>,
    pub node_clock: NodeClock,
}

/// A node, until it is run.
#[derive(Debug)]
pub struct ClusterNode {
    pub(super) connection: NatsConnection,
    pub(super) role: NodeRole,
    pub(super) live: LiveHandle,
    pub(super) clock: ProcessClock,
    pub(super) copy: LocalCopy,
    pub(super) validity: LeaseValidity,
    pub(super) node_clock: NodeClock,
    pub(super) status: watch::Sender<NodeStatus>,
    pub(super) leadership: watch::Sender<Leadership>,
}

/// Why a session ended.
#[derive(Debug, thiserror::Error)]
pub(super) enum SessionError {
    #[error(transparent)]
    Follow(#[from] FollowError),
    #[error(transparent)]
    Lead(#[from] LeaderLogError),
    #[error(transparent)]
    Lease(#[from] LeaseError),
    #[error("batches came while this node was about to lead")]
    Overtaken,
}

impl From<StreamError> for SessionError {
    fn from(error: StreamError) -> Self {
        Self::Follow(error.into())
    }
}

impl ClusterNode {
    /// Makes a node, and the task that writes its copy of the log. The live state is marked until the
    /// node follows.
    pub fn new(setup: NodeSetup) -> (Self, impl Future<Output = ()> + Send) {
        let (copy, writer) = LocalCopy::new(setup.log, setup.log_status);
        let node = Self {
            connection: setup.connection,
            role: setup.role,
            live: setup.live,
            clock: setup.clock,
            copy,
            validity: LeaseValidity::default(),
            node_clock: setup.node_clock,
            status: watch::Sender::default(),
            leadership: watch::Sender::default(),
        };
        node.mark_live_state();
        (node, writer)
    }

    pub fn status(&self) -> watch::Receiver<NodeStatus> {
        self.status.subscribe()
    }

    /// Says when this node begins and ends to hold the sources.
    pub fn leadership(&self) -> watch::Receiver<Leadership> {
        self.leadership.subscribe()
    }

    /// Runs until `stop`; a leader resigns then.
    pub async fn run(self, stop: CancellationToken) {
        let mut backoff = Backoff::up_to(LONGEST_PAUSE);
        let mut leader_clock = LeaderClock::new(self.clock.clone());
        let mut followed = None;
        loop {
            leader_clock.begin_session();
            let session = self.run_session(&stop, &mut backoff, &mut followed, &mut leader_clock);
            let ended = tokio::select! {
                ended = session => ended,
                () = self.stopped_without_leading(&stop) => return,
            };
            let error = match ended {
                Ok(()) => return,
                Err(error) => error,
            };
            debug!("A session ended: {}", error_chain(&error));
            if self.status.borrow().condition == NodeCondition::Following {
                followed = self.copy_followed().await;
            }
            self.mark_disconnected(&error);
            let pause_end = Instant::now() + backoff.next_pause(false);
            tokio::select! {
                () = self.note_cause(&error, pause_end) => {}
                () = stop.cancelled() => return,
            }
        }
    }

    /// A leader ends its session itself.
    async fn stopped_without_leading(&self, stop: &CancellationToken) {
        stop.cancelled().await;
        let mut leadership = self.leadership.subscribe();
        let is_over = |leadership: &Leadership| matches!(leadership, Leadership::Following);
        leadership.wait_for(is_over).await.ok();
    }

    async fn run_session(
        &self,
        stop: &CancellationToken,
        backoff: &mut Backoff,
        followed: &mut Option<LogSnapshot>,
        leader_clock: &mut LeaderClock,
    ) -> Result<(), SessionError> {
        let stream = LogStream::open(&self.connection).await?;
        let (mut private, reader) = PrivateState::restore(&self.copy, &stream, followed).await?;
        let Some(mut reader) = reader else {
            // Nothing leads on from what this node has, and nobody has uploaded a snapshot that does.
            return self
                .lead_stranded(private, &stream, leader_clock, backoff, stop)
                .await;
        };
        let caught_up = self.catch_up(&mut private, &mut reader, &stream, leader_clock);
        let result = match caught_up.await {
            Ok(CaughtUp::WithLeader) => {
                backoff.reset();
                self.show(private.state, NodeCondition::Following);
                Err(self.follow(&mut reader, leader_clock).await.into())
            }
            Ok(CaughtUp::WithLease(lease)) => {
                backoff.reset();
                self.lead(private, &stream, *lease, leader_clock, stop)
                    .await
            }
            Err(SessionError::Follow(FollowError::Discontinued)) => {
                // The uploaded snapshot doesn't lead to the stream's end.
                self.lead_stranded(private, &stream, leader_clock, backoff, stop)
                    .await
            }
            Err(error) => {
                // The next session begins with this state, so that it needn't read the disk.
                if error.failed_request().is_some() {
                    *followed = private.copied().await;
                }
                Err(error)
            }
        };
        // Nobody waits for the servers to remove it.
        tokio::spawn(reader.close());
        result
    }

    /// Leads from a state that nothing in the stream continues, unless another node leads.
    async fn lead_stranded(
        &self,
        mut private: PrivateState,
        stream: &LogStream,
        leader_clock: &mut LeaderClock,
        backoff: &mut Backoff,
        stop: &CancellationToken,
    ) -> Result<(), SessionError> {
        // A newer version's log may lead on, which this one can't read.
        if Some(LOG_FORMAT) < stream.find_end().await?.format {
            return Err(FollowError::OtherFormat.into());
        }
        let lease = self.acquire_lease().await?;
        let lease = lease.ok_or(FollowError::Discontinued)?;
        (private.is_complete, private.is_stranded) = (false, true);
        backoff.reset();
        self.lead(private, stream, lease, leader_clock, stop).await
    }

    /// Shows a state that has caught up.
    pub(super) fn show(&self, mut state: LiveState, condition: NodeCondition) {
        // Everybody is notified of everything.
        state.take_changes();
        self.live.replay(|shown| *shown = state);
        self.copy.forget_lost_entries();
        if condition == NodeCondition::Leading {
            info!("Leading");
        } else {
            info!("Following the leader");
        }
        self.status.send_modify(|status| {
            status.condition = condition;
            status.since = Some(Timestamp::now());
            status.reason = None;
            status.is_unstored = false;
            status.behind_ms = None;
        });
    }

    /// Copies what this node has followed, unless it is marked: the next session need not read it from
    /// the disk.
    async fn copy_followed(&self) -> Option<LogSnapshot> {
        let live = self.live.clone();
        // Encoding a large state would hold up a runtime's thread.
        let copied = spawn_blocking(move || {
            live.read_state(|state| {
                (!state.has_lost_leader())
                    .then(|| copy_state(state))
                    .flatten()
            })
        });
        copied.await.ok()?
    }

    /// Marks everything as out of date: this node doesn't have what the leader has now.
    fn mark_disconnected(&self, error: &SessionError) {
        self.leadership.send_replace(Leadership::Following);
        let was_connected = self.status.borrow().condition != NodeCondition::Disconnected;
        if was_connected {
            self.mark_live_state();
        }
        self.status.send_modify(|status| {
            if was_connected {
                status.condition = NodeCondition::Disconnected;
                status.since = Some(Timestamp::now());
                status.reason = None;
                status.disconnections += 1;
            }
            status.behind_ms = None;
            status.fences += u64::from(error.is_fenced());
        });
        if was_connected {
            self.note_reason(error);
        }
    }

    /// Notes why a session ended, and waits until the next one begins. Failed requests to NATS are looked
    /// into meanwhile: which server it is, and what to do.
    async fn note_cause(&self, error: &SessionError, pause_end: Instant) {
        let looked = match error.failed_request() {
            Some((cause, is_append)) => {
                let looking = self.connection.find_fault(cause, is_append);
                timeout_at(pause_end, looking).await
            }
            None => Ok(None),
        };
        let is_explained = self.status.borrow().reason.is_some();
        match looked {
            Ok(Some(fault)) => {
                self.status
                    .send_modify(|status| status.is_unstored = fault.is_about_storage());
                self.note_reason(&fault);
            }
            // An earlier finding is better than what a short pause allows.
            Err(_) if is_explained => {}
            Ok(None) | Err(_) => self.note_reason(error),
        }
        sleep_until(pause_end).await;
    }

    /// Notes why this node, which is disconnected, doesn't follow the leader.
    pub(super) fn note_reason(&self, error: &(dyn std::error::Error + 'static)) {
        let reason = error_chain(error);
        let is_news = self.status.borrow().reason.as_deref() != Some(reason.as_str());
        if is_news {
            warn!("This node doesn't follow the leader: {reason}");
            self.status
                .send_modify(|status| status.reason = Some(reason));
        }
    }

    fn mark_live_state(&self) {
        let now = self.clock.now();
        if !self.live.read_state(LiveState::has_lost_leader) {
            self.live.replay(|state| state.mark_leader_lost(now));
        }
    }
}

impl SessionError {
    /// Returns why a request to NATS failed, and whether it was to append.
    fn failed_request(&self) -> Option<(&async_nats::Error, bool)> {
        match self {
            Self::Lead(LeaderLogError::Stream(StreamError::Unavailable(cause))) => {
                Some((cause, true))
            }
            Self::Follow(FollowError::Stream(StreamError::Unavailable(cause)))
            | Self::Lease(LeaseError::Unavailable(cause)) => Some((cause, false)),
            _ => None,
        }
    }

    fn is_fenced(&self) -> bool {
        matches!(
            self,
            Self::Lead(LeaderLogError::Stream(StreamError::Fenced))
        )
    }
}
