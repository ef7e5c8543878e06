//! Waiting for something to become true, never for time to pass.

use std::{fmt::Debug, future::Future, time::Duration};

use tokio::time::{Instant, sleep};

/// How often a condition is looked at.
const GLANCE: Duration = Duration::from_millis(25);

/// The first `Ok` of `look`; panics with `what` and the last `Err` once `within` is over.
pub async fn until<T, E: Debug, F: Future<Output = Result<T, E>>>(
    what: &str,
    within: Duration,
    mut look: impl FnMut() -> F,
) -> T {
    let deadline = Instant::now() + within;
    loop {
        match look().await {
            Ok(found) => return found,
            Err(_) if Instant::now() < deadline => sleep(GLANCE).await,
            Err(last) => panic!("{what}: not within {within:?}: {last:?}"),
        }
    }
}

/// Watches that `holds` stays so for `time`; panics with `what` where it does not.
pub async fn throughout<E: Debug, F: Future<Output = Result<(), E>>>(
    what: &str,
    time: Duration,
    mut holds: impl FnMut() -> F,
) {
    let end = Instant::now() + time;
    while Instant::now() < end {
        if let Err(why) = holds().await {
            panic!("{what}, not throughout {time:?}: {why:?}");
        }
        sleep(GLANCE * 10).await;
    }
}
