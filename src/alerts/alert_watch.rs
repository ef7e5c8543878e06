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

use wallboard_alerts::{
    AlertId, AlertNotice, AlertSubject, BookChange, Dwell, NoticeKind, find_alerts,
};
use wallboard_domain::error_chain;
use wallboard_live::LiveHandle;
use wallboard_notify::{Accepted, MessageId, Outgoing, SendError, send};
use wallboard_store::RecordError;
use wallboard_texts::Texts;

use super::{
    AlertError, AlertPlan, AlertSurroundings, Alerts,
    alert_document::AlertDocument,
    alert_message::{write_digest, write_notice},
    other_readings::read_others,
    target_watch::TargetWatch,
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
        live,
        dwell: Dwell::default(),
        targets: TargetWatch::default(),
        figures_written: None,
        retry_at: None,
        has_put_back: false,
        sends: JoinSet::new(),
        sender,
        outcomes,
        settled: Vec::new(),
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
    dwell: Dwell,
    targets: TargetWatch,
    figures_written: Option<Instant>,
    /// After a failure.
    retry_at: Option<Instant>,
    /// Messages that another process had on their way wait again.
    has_put_back: bool,
    sends: JoinSet<()>,
    sender: mpsc::Sender<SendOutcome>,
    outcomes: mpsc::Receiver<SendOutcome>,
    /// Outcomes that no record has yet.
    settled: Vec<SendOutcome>,
}

/// How an attempt ended.
#[derive(Clone, Debug)]
struct SendOutcome {
    id: MessageId,
    outcome: Result<Accepted, SendError>,
}

/// The changes of a turn, beside the document.
struct Turn {
    is_written: bool,
    notices: Vec<AlertNotice>,
    due: Vec<Outgoing>,
}

impl AlertWatch {
    async fn advance(&mut self) {
        while let Ok(outcome) = self.outcomes.try_recv() {
            self.settled.push(outcome);
        }
        while self.sends.try_join_next().is_some() {}
        let is_waiting = self.retry_at.is_some_and(|at| Instant::now() < at);
        if is_waiting || (self.settled.is_empty() && self.alerts.is_idle()) {
            return;
        }
        let plan = self.alerts.plan();
        let before = self.alerts.kept();
        let mut document = before.document.clone();
        let turn = self.take_turn(&plan, &mut document);
        if !turn.is_written {
            return;
        }
        match self.alerts.store(&before, document).await {
            Ok(()) => {
                self.figures_written = Some(Instant::now());
                self.has_put_back = true;
                self.settled.clear();
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

    /// Advances a document by what is so now.
    fn take_turn(&mut self, plan: &AlertPlan, document: &mut AlertDocument) -> Turn {
        let mut is_written = document.drop_obsolete() || !self.settled.is_empty();
        let AlertDocument { book, outbox } = document;
        if !self.has_put_back {
            is_written |= outbox.in_flight().next().is_some();
            outbox.put_back();
        }
        let rules = &plan.rules;
        let public_url = plan.public_url.as_deref();
        let (findings, texts, now) = self.live.read_snapshot(|snapshot, now| {
            let (screens, zone) = (self.alerts.screens(), &snapshot.site.zone);
            let mut others = read_others(&self.surroundings, screens, rules, zone, now.wall);
            let sources = (&self.surroundings.forecasts, &*book);
            (self.targets).read(snapshot, now, rules, sources, &mut others);
            let findings = find_alerts(snapshot, now, rules, &others, book, &self.dwell);
            is_written |= book.drop_ended_agents(snapshot, now);
            (findings, Texts::of(snapshot.site.language), now)
        });
        let new_id = || AlertId(Uuid::new_v4());
        let advanced = book.advance(rules, &findings, &mut self.dwell, now, new_id);
        for notice in &advanced.notices {
            for channel in &notice.channels {
                // Each by itself: nothing live waits for all of them.
                let message = (self.told)
                    .read_snapshot(|snapshot, _| write_notice(snapshot, notice, public_url, now));
                let id = MessageId(notice.message_id(channel));
                outbox.add(id, channel, message, now.wall);
            }
        }
        for settled in &self.settled {
            outbox.settle(&settled.id, settled.outcome.clone(), now.wall);
        }
        let due = outbox.due(now.wall, &plan.channels, |digest| {
            write_digest(texts, digest, public_url, now)
        });
        let figures_wait =
            (self.figures_written).is_some_and(|at| Instant::now() < at + FIGURES_WRITTEN_AFTER);
        is_written |= !due.is_empty()
            || match advanced.change {
                BookChange::None => false,
                BookChange::Figures => !figures_wait,
                BookChange::State => true,
            };
        Turn {
            is_written,
            notices: advanced.notices,
            due,
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
