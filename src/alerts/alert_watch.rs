//! Compares the rules with the live state. Only where the sources are: on one machine, or at the leader.

use std::time::Duration;

use jiff::Timestamp;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};
use uuid::Uuid;

use wallboard_alerts::{AlertId, AlertNotice, BookChange, Dwell, NoticeKind, find_alerts};
use wallboard_domain::error_chain;
use wallboard_live::LiveHandle;
use wallboard_store::RecordError;

use super::{AlertError, Alerts};

/// How soon a subject that needs somebody is found.
const TICK: Duration = Duration::from_millis(250);
/// How often only worse figures of open alerts are written.
const FIGURES_WRITTEN_AFTER: Duration = Duration::from_secs(10);
/// How often a record that can't be written is tried again.
const RETRY_AFTER: Duration = Duration::from_secs(2);

/// Advances the alerts until `stop`.
pub async fn run_alerts(alerts: Alerts, live: LiveHandle, stop: CancellationToken) {
    let mut watch = AlertWatch {
        alerts,
        live,
        dwell: Dwell::default(),
        figures_written: None,
        retry_at: None,
    };
    let watching = async {
        let mut ticks = interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            watch.advance().await;
        }
    };
    stop.run_until_cancelled(watching).await;
}

struct AlertWatch {
    alerts: Alerts,
    live: LiveHandle,
    dwell: Dwell,
    figures_written: Option<tokio::time::Instant>,
    /// After a failure.
    retry_at: Option<tokio::time::Instant>,
}

impl AlertWatch {
    async fn advance(&mut self) {
        let is_waiting =
            |until: Option<_>| until.is_some_and(|at| tokio::time::Instant::now() < at);
        if self.alerts.is_idle() || is_waiting(self.retry_at) {
            return;
        }
        let rules = self.alerts.rules();
        let before = self.alerts.kept();
        let mut document = before.document.clone();
        let book = &mut document.book;
        let (findings, now) = self.live.read_snapshot(|snapshot, now| {
            (find_alerts(snapshot, now, &rules, book, &self.dwell), now)
        });
        let new_id = || AlertId(Uuid::new_v4());
        let advanced = book.advance(&rules, &findings, &mut self.dwell, now, new_id);
        let is_written = match advanced.change {
            BookChange::None => false,
            BookChange::State => true,
            BookChange::Figures => {
                !is_waiting(self.figures_written.map(|at| at + FIGURES_WRITTEN_AFTER))
            }
        };
        if !is_written {
            return;
        }
        match self.alerts.store(&before, document).await {
            Ok(()) => {
                self.figures_written = Some(tokio::time::Instant::now());
                advanced.notices.iter().for_each(log_notice);
            }
            // Somebody has acted meanwhile: the next turn begins from that.
            Err(AlertError::Records(RecordError::Conflict { .. })) => {
                if let Err(error) = self.alerts.reload().await {
                    self.warn(&error);
                }
            }
            Err(error) => self.warn(&error),
        }
    }

    fn warn(&mut self, error: &AlertError) {
        self.retry_at = Some(tokio::time::Instant::now() + RETRY_AFTER);
        warn!(
            "Nobody is alerted until this is over: {}",
            error_chain(error)
        );
    }
}

fn log_notice(notice: &AlertNotice) {
    let alert = &notice.alert;
    let (id, rules) = (alert.id.0.simple(), alert.rules.join(", "));
    let subject = alert.subject.to_string();
    match notice.kind {
        NoticeKind::Opened => info!(%id, subject, rules, "An alert opened"),
        NoticeKind::Worsened => info!(%id, subject, rules, "An alert became critical"),
        NoticeKind::Repeated => info!(%id, subject, rules, "Nobody has taken an alert"),
        NoticeKind::Over => {
            let seconds = Timestamp::now().duration_since(alert.since).as_secs();
            info!(%id, subject, rules, seconds, "An alert is over");
        }
    }
}
