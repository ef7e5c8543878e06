//! Compares the rules with the live state, and sends what is to tell. Only where the sources are: on one machine, or
//! at the leader.

use std::time::Duration;

use jiff::Timestamp;
use tokio::{
    sync::mpsc,
    task::JoinSet,
    time::{Instant, MissedTickBehavior, interval},
};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};
use uuid::Uuid;

use wallboard_alerts::{AlertId, AlertNotice, AlertSubject, BookChange, NoticeKind};
use wallboard_domain::error_chain;
use wallboard_live::{ChangeCollector, LiveHandle};
use wallboard_notify::{Outgoing, send};
use wallboard_store::RecordError;

use super::{
    AlertError, AlertPlan, AlertSurroundings, Alerts,
    alert_document::AlertDocument,
    alert_message::write_notice,
    alert_turn::{AlertTurns, Attempts, LookInputs, SendOutcome},
};

/// How soon a subject that needs somebody is found.
const TICK: Duration = Duration::from_millis(250);
/// How often only worse figures of open alerts are written.
const FIGURES_WRITTEN_AFTER: Duration = Duration::from_secs(10);
/// How often a record that can't be written is tried again.
const RETRY_AFTER: Duration = Duration::from_secs(2);
/// Attempts to send that end while others are written. At most one is under way for each channel.
const OUTCOMES_MAX: usize = 256;

/// Advances the alerts until `stop`. The next one sends again, with the same ID, whatever is on its way then.
pub async fn run_alerts(
    alerts: Alerts,
    live: LiveHandle,
    surroundings: AlertSurroundings,
    stop: CancellationToken,
) {
    let (sender, outcomes) = mpsc::channel(OUTCOMES_MAX);
    let mut watch = AlertWatch {
        alerts,
        surroundings,
        told: live.without_small_teams(),
        changes: live.collect_changes(),
        live,
        turns: AlertTurns::default(),
        figures_written: None,
        retry_at: None,
        sends: JoinSet::new(),
        sender,
        outcomes,
        attempts: Attempts::default(),
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
    surroundings: AlertSurroundings,
    live: LiveHandle,
    /// The live state that messages are written from.
    told: LiveHandle,
    changes: ChangeCollector,
    turns: AlertTurns,
    figures_written: Option<Instant>,
    /// After a failure.
    retry_at: Option<Instant>,
    sends: JoinSet<()>,
    sender: mpsc::Sender<SendOutcome>,
    outcomes: mpsc::Receiver<SendOutcome>,
    attempts: Attempts,
}

impl AlertWatch {
    async fn advance(&mut self) {
        while let Ok(outcome) = self.outcomes.try_recv() {
            self.attempts.settled.push(outcome);
        }
        while self.sends.try_join_next().is_some() {}
        let is_waiting = self.retry_at.is_some_and(|at| Instant::now() < at);
        if is_waiting || (self.attempts.settled.is_empty() && self.alerts.is_idle()) {
            return;
        }
        let plan = self.alerts.plan();
        let before = self.alerts.kept();
        let mut document = AlertDocument::clone(&before.document);
        let look = self.live.read_snapshot(|snapshot, now| {
            let inputs = LookInputs {
                snapshot,
                changes: &self.changes.take(),
                now,
                surroundings: &self.surroundings,
                screens: self.alerts.screens(),
            };
            self.turns.look(&inputs, &plan, &mut document)
        });
        let public_url = plan.public_url.as_deref();
        let turn = self.turns.advance(
            &mut document,
            &look,
            &plan,
            &self.attempts,
            || AlertId(Uuid::new_v4()),
            // Each by itself: nothing live waits for all of them.
            |notice, now| {
                (self.told)
                    .read_snapshot(|snapshot, _| write_notice(snapshot, notice, public_url, now))
            },
        );
        let figures_wait =
            (self.figures_written).is_some_and(|at| Instant::now() < at + FIGURES_WRITTEN_AFTER);
        match turn.change {
            BookChange::None => return,
            BookChange::Figures if figures_wait => return,
            BookChange::Figures | BookChange::State => {}
        }
        match self.alerts.store(&before, document).await {
            Ok(()) => {
                self.figures_written = Some(Instant::now());
                self.attempts.forget_settled();
                turn.notices.iter().for_each(log_notice);
                for outgoing in turn.due {
                    self.begin_sending(&plan, outgoing);
                }
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

    fn begin_sending(&mut self, plan: &AlertPlan, outgoing: Outgoing) {
        let channel = plan
            .channels
            .iter()
            .find(|one| one.name == outgoing.channel);
        let (Some(channel), sender) = (channel.cloned(), self.sender.clone()) else {
            return;
        };
        self.attempts.sending.insert(outgoing.id.clone());
        self.sends.spawn(async move {
            let Outgoing {
                id,
                message,
                attempt,
                ..
            } = outgoing;
            let outcome = Box::pin(send(&channel, &id, &message)).await;
            let channel = channel.name;
            match &outcome {
                Ok(accepted) => {
                    let millis = accepted.took.as_millis();
                    info!(%id, channel, attempt, millis, "A message was accepted");
                }
                Err(error) => warn!(%id, channel, attempt, "A message wasn't accepted: {error}"),
            }
            sender.send(SendOutcome { id, outcome }).await.ok();
        });
    }

    fn warn(&mut self, error: &AlertError) {
        self.retry_at = Some(Instant::now() + RETRY_AFTER);
        warn!(
            "Nobody is alerted until this is over: {}",
            error_chain(error)
        );
    }
}

fn log_notice(notice: &AlertNotice) {
    let alert = &notice.alert;
    let (id, rules) = (alert.id.0.simple(), alert.rules.join(", "));
    let subject = match &alert.subject {
        // Its ID may be a name.
        AlertSubject::Agent(_) => "an agent".to_owned(),
        subject => subject.to_string(),
    };
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
