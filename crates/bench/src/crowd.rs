//! All viewers: connected one after another, and half of them again at once.

use std::{
    iter,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use parking_lot::Mutex;
use tokio::{
    sync::{Semaphore, mpsc},
    task::AbortHandle,
    time::{Instant, timeout, timeout_at},
};

use wallboard_domain::RedactedText;
use wallboard_runtime::{file_limit::raise_file_limit, https};

use super::{
    ClockDifference, LoadError, LoadFigures, LoadTarget,
    cookies::check_count,
    figures::{ClockComparison, FigureCounts, add_up},
    viewer::{CrowdContext, SERVED_TIMEOUT, return_to_board, watch_board},
};

/// The most viewers of one crowd.
pub(super) const VIEWERS_MAX: usize = 18_000;
/// How many viewers connect at a time: fewer than any server's backlog.
const CONNECTING_MAX: usize = 256;
/// Files of this process that aren't viewers.
const OTHER_FILES: usize = 64;
/// How long returning viewers are waited for.
const RETURN_TIMEOUT: Duration = Duration::from_mins(1);

/// The viewers to simulate.
#[derive(Debug)]
pub struct LoadPlan {
    pub target: LoadTarget,
    pub viewers: usize,
    /// How many of them [`ViewerCrowd::reconnect`] drops.
    pub returning: usize,
    /// Given to the viewers in turn; none for a server without sign-in.
    pub cookies: Vec<RedactedText>,
}

/// Connected viewers, until dropped. Runs on tokio's runtime.
#[derive(Debug)]
pub struct ViewerCrowd {
    context: Arc<CrowdContext>,
    /// By index.
    tasks: Vec<AbortHandle>,
    connect_time: Duration,
}

/// How viewers returned that had dropped their connections at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReturnedViewers {
    pub dropped: usize,
    /// How many had the board again in time.
    pub returned: usize,
    /// Until the last of these had it.
    pub time: Duration,
    /// Attempts that the server refused or didn't answer.
    pub failed_attempts: u64,
}

impl ViewerCrowd {
    /// Connects all viewers, and calls `on_served` for each that has the board. The first connects
    /// alone, so that a wrong address or board costs one attempt.
    pub async fn connect(plan: LoadPlan, mut on_served: impl FnMut()) -> Result<Self, LoadError> {
        check_count(&plan.cookies, plan.viewers)?;
        check_file_limit(plan.viewers)?;
        let viewers = plan.viewers.min(VIEWERS_MAX);
        let tls = plan.target.tls_name.as_ref();
        let tls = tls.map(|_| Arc::new(https::default_tls_config()));
        let mut crowd = Self {
            context: Arc::new(CrowdContext {
                target: plan.target,
                tls,
                cookies: plan.cookies,
                staying: FigureCounts::new(),
                returning: FigureCounts::new(),
                returning_count: plan.returning,
                clock: ClockComparison::default(),
                epoch: Mutex::default(),
                positions: iter::repeat_with(AtomicU64::default)
                    .take(viewers)
                    .collect(),
                failed_attempts: AtomicU64::new(0),
                gate: Semaphore::new(CONNECTING_MAX),
            }),
            tasks: Vec::with_capacity(viewers),
            connect_time: Duration::ZERO,
        };
        let began = Instant::now();
        crowd.connect_next(1, &mut on_served).await?;
        crowd
            .connect_next(viewers.saturating_sub(1), &mut on_served)
            .await?;
        crowd.connect_time = began.elapsed();
        if !crowd.context.target.is_this_machine() {
            crowd.context.clock.correct_delays();
        }
        crowd.start_over();
        Ok(crowd)
    }

    /// Connects so many more viewers.
    async fn connect_next(
        &mut self,
        count: usize,
        on_served: &mut impl FnMut(),
    ) -> Result<(), LoadError> {
        let (sender, mut served) = mpsc::channel(CONNECTING_MAX);
        for _ in 0..count {
            let viewer = watch_board(Arc::clone(&self.context), self.tasks.len(), sender.clone());
            self.tasks.push(tokio::spawn(viewer).abort_handle());
        }
        drop(sender);
        for _ in 0..count {
            let next = timeout(SERVED_TIMEOUT, served.recv()).await;
            match next.ok().flatten() {
                Some(served) => served?,
                None => {
                    return Err(LoadError::Late {
                        address: self.context.target.authority.clone(),
                        seconds: SERVED_TIMEOUT.as_secs(),
                    });
                }
            }
            on_served();
        }
        Ok(())
    }

    /// From the first attempt until all viewers had the board.
    pub fn connect_time(&self) -> Duration {
        self.connect_time
    }

    /// Begins the figures again, except for lost connections.
    pub fn start_over(&self) {
        self.context.staying.clear();
        self.context.returning.clear();
    }

    pub fn figures(&self) -> LoadFigures {
        add_up(&[&self.context.staying, &self.context.returning])
    }

    /// The figures of the viewers that never drop their connections.
    pub fn staying_figures(&self) -> LoadFigures {
        add_up(&[&self.context.staying])
    }

    /// How far the server's clock is from ours, which the delays don't include. `None` on this
    /// machine: it's the same clock.
    pub fn clock_difference(&self) -> Option<ClockDifference> {
        let clock = &self.context.clock;
        (clock.difference()).filter(|_| !self.context.target.is_this_machine())
    }

    /// Drops the connections of the returning viewers at once, lets all of them connect again
    /// without a pause, and waits until they have the board.
    pub async fn reconnect(&mut self) -> ReturnedViewers {
        let (sender, mut served) = mpsc::channel(CONNECTING_MAX);
        let returning = self.context.returning_count.min(self.tasks.len());
        self.context.failed_attempts.store(0, Relaxed);
        let began = Instant::now();
        for task in self.tasks.iter().take(returning) {
            task.abort();
        }
        for (index, task) in self.tasks.iter_mut().take(returning).enumerate() {
            let viewer = return_to_board(Arc::clone(&self.context), index, sender.clone());
            *task = tokio::spawn(viewer).abort_handle();
        }
        drop(sender);
        let (mut returned, mut time) = (0, Duration::ZERO);
        while let Ok(Some(next)) = timeout_at(began + RETURN_TIMEOUT, served.recv()).await {
            if next.is_ok() {
                returned += 1;
                time = began.elapsed();
            }
        }
        ReturnedViewers {
            dropped: returning,
            returned,
            time,
            failed_attempts: self.context.failed_attempts.load(Relaxed),
        }
    }
}

impl Drop for ViewerCrowd {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

/// Checks that this process may open so many connections.
fn check_file_limit(viewers: usize) -> Result<(), LoadError> {
    let needed = (viewers + OTHER_FILES) as u64;
    match raise_file_limit() {
        Some(limit) if limit < needed => Err(LoadError::FileLimit { needed, limit }),
        _ => Ok(()),
    }
}
