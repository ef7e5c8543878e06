//! What systemd is told where it started us (`Type=notify`), and nothing
//! anywhere else.

use std::{net::SocketAddr, time::Duration};

use sd_notify::NotifyState::{self, Ready, Reloading, Status, Stopping, Watchdog};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing::warn;

use crate::ingest::IngestSender;

use super::send_and_wait as put;

/// Pages are being answered at `address`.
pub(super) fn notify_ready(address: SocketAddr) {
    notify_systemd(&[Ready, Status(&format!("Listening on {address}"))]);
}

pub(super) fn notify_stopping() {
    notify_systemd(&[Stopping, Status("Asking viewers to reconnect")]);
}

/// Does `reload`, and says so before and after.
pub(super) async fn notify_reloading<T>(reload: impl Future<Output = T>) -> T {
    if let Ok(now) = NotifyState::monotonic_usec_now() {
        notify_systemd(&[Reloading, now]);
    }
    let done = reload.await;
    notify_systemd(&[Ready]);
    done
}

/// How often systemd wants to hear that we live, where it does.
pub(super) fn watchdog_interval() -> Option<Duration> {
    sd_notify::watchdog_enabled()
}

/// Says that we live, as long as what is put in at the door still comes through
/// the live state, until `stop`. Of each stretch in which it is awaited there
/// are four, so that one that is late is no fault.
pub(super) async fn run_watchdog(every: Duration, outlet: IngestSender, stop: CancellationToken) {
    let watching = async {
        while put(&outlet, Vec::new()).await.is_ok() {
            notify_systemd(&[Watchdog]);
            sleep(every / 4).await;
        }
    };
    stop.run_until_cancelled(watching).await;
}

fn notify_systemd(states: &[NotifyState]) {
    if let Err(error) = sd_notify::notify(states) {
        warn!(
            error = &error as &dyn std::error::Error,
            "Couldn't notify systemd"
        );
    }
}
