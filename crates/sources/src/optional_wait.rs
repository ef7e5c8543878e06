//! Waits for optional tasks and deadlines. An absent one waits forever, so its `select!`
//! branch never fires.

use std::{future::pending, pin::Pin};

use tokio::time::{Instant, sleep_until};

/// A session's background work.
pub(super) type BoxedTask<T> = Pin<Box<dyn Future<Output = T> + Send>>;

pub(super) async fn await_task<T>(task: &mut Option<BoxedTask<T>>) -> T {
    match task {
        Some(task) => task.await,
        None => pending().await,
    }
}

pub(super) async fn wait_until(until: Option<Instant>) {
    match until {
        Some(until) => sleep_until(until).await,
        None => pending().await,
    }
}
