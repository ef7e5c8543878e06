//! Notifications to systemd, if it started us (`Type=notify`).

use std::{net::SocketAddr, time::Duration};

use sd_notify::NotifyState::{self, Ready, Reloading, Status, Stopping, Watchdog};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing::warn;

use wallboard_runtime::ingest::IngestSender;

use super::send_and_wait;

/// Notifies that the web server answers at `address`.
pub(super) fn notify_ready(address: SocketAddr) {
    notify_systemd(&[Ready, Status(&format!("Listening on {address}"))]);
}

pub(super) fn notify_stopping() {
    notify_systemd(&[Stopping, Status("Asking viewers to reconnect")]);
}

/// Runs `reload`, with a notification before and after.
pub(super) async fn notify_reloading<T>(reload: impl Future<Output = T>) -> T {
    if let Ok(now) = NotifyState::monotonic_usec_now() {
        notify_systemd(&[Reloading, now]);
    }
    let result = reload.await;
    notify_systemd(&[Ready]);
    result
}

/// Returns the interval in which systemd expects a sign of life, if any.
pub(super) fn watchdog_interval() -> Option<Duration> {
    sd_notify::watchdog_enabled()
}

/// Notifies the watchdog until `stop`, as long as inputs still pass through the live state.
/// Notifies four times per interval, so that a single late one doesn't matter.
pub(super) async fn run_watchdog(
    interval: Duration,
    sender: IngestSender,
    stop: CancellationToken,
) {
    let watchdog = async {
        while send_and_wait(&sender, Vec::new()).await.is_ok() {
            notify_watchdog();
            sleep(interval / 4).await;
        }
    };
    stop.run_until_cancelled(watchdog).await;
}

pub(super) fn notify_watchdog() {
    notify_systemd(&[Watchdog]);
}

fn notify_systemd(states: &[NotifyState]) {
    if let Err(error) = sd_notify::notify(states) {
        warn!(
            error = &error as &dyn std::error::Error,
            "Couldn't notify systemd"
        );
    }
}
