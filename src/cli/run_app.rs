//! Runs the app until a stop signal.

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::app::{App, ReloadResult, RuntimeConfig};

use super::{CommandError, StopSignals};

/// Starts the app, calls `on_started`, and runs it until a stop signal. Each plan from `plans`
/// replaces the running one.
pub(super) async fn run_app(
    plan: RuntimeConfig,
    plans: mpsc::Receiver<ReloadResult>,
    on_started: impl FnOnce(&App),
) -> Result<(), CommandError> {
    let stop = CancellationToken::new();
    let stop_app = stop.clone();
    // Register first, so that no signal is lost during the start.
    let mut signals = StopSignals::new();
    let app = App::start(plan).await?;
    on_started(&app);
    tokio::spawn(async move {
        signals.wait_for_stop().await;
        stop_app.cancel();
    });
    // Reading the configuration again makes it large.
    Ok(Box::pin(app.run(stop, plans)).await?)
}
