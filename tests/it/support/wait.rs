//! Waits for conditions, never for time to pass.

use std::{fmt::Debug, future::Future, thread, time::Duration};

use tokio::time::{Instant, sleep};

/// How often a condition is checked. Later less often, as each check takes the product's time, too.
const POLL_INTERVAL: Duration = Duration::from_millis(25);
const POLL_INTERVAL_MAX: Duration = Duration::from_millis(200);

/// Prints a figure, for docs/evidence/reliability.md: shown with `--nocapture`.
pub fn print_measured(what: &str, measured: impl Debug, limit: impl Debug) {
    let test = thread::current().name().unwrap_or_default().to_owned();
    println!("measured by {test}: {what}: {measured:.1?}, at most {limit:?}");
}

/// Returns the first `Ok` of `check`. Panics with `what` and the last `Err` once `within` is over.
pub async fn wait_until<T, E: Debug, F: Future<Output = Result<T, E>>>(
    what: &str,
    within: Duration,
    mut check: impl FnMut() -> F,
) -> T {
    let began = Instant::now();
    let deadline = began + within;
    loop {
        match check().await {
            Ok(found) => {
                print_measured(what, began.elapsed(), within);
                return found;
            }
            Err(_) if Instant::now() < deadline => {
                let pause = (began.elapsed() / 40).clamp(POLL_INTERVAL, POLL_INTERVAL_MAX);
                sleep(pause.min(deadline - Instant::now())).await;
            }
            Err(last) => panic!("{what}: not within {within:?}: {last:?}"),
        }
    }
}

/// Asserts that `holds` stays `Ok` for `time`. Panics with `what` otherwise.
pub async fn assert_throughout<E: Debug, F: Future<Output = Result<(), E>>>(
    what: &str,
    time: Duration,
    mut holds: impl FnMut() -> F,
) {
    let end = Instant::now() + time;
    while Instant::now() < end {
        if let Err(why) = holds().await {
            panic!("{what}, not throughout {time:?}: {why:?}");
        }
        sleep(POLL_INTERVAL * 10).await;
    }
}
