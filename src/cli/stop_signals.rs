//! The signals that stop a command.

use tokio::signal;

/// SIGTERM and Ctrl-C.
pub(super) struct StopSignals {
    #[cfg(unix)]
    terminate: Option<signal::unix::Signal>,
}

impl StopSignals {
    pub(super) fn new() -> Self {
        Self {
            #[cfg(unix)]
            terminate: signal::unix::signal(signal::unix::SignalKind::terminate()).ok(),
        }
    }

    pub(super) async fn wait_for_stop(&mut self) {
        #[cfg(unix)]
        let terminate = async {
            match &mut self.terminate {
                Some(terminate) => terminate.recv().await,
                None => std::future::pending().await,
            }
        };
        #[cfg(not(unix))]
        let terminate = std::future::pending::<()>();
        tokio::select! {
            // If Ctrl-C can't be observed, SIGTERM still works.
            Ok(()) = signal::ctrl_c() => {}
            _ = terminate => {}
        }
    }
}
