//! A turn of the alerts: what the record of all alerts becomes by the live state, and by how attempts to send ended. It
//! reads no clock, writes no record and sends nothing.

use std::collections::BTreeSet;

use wallboard_access::Screens;
use wallboard_alerts::{
    AlertFinding, AlertId, AlertNotice, AlertSubject, BookChange, Dwell, QueueStates, WorstValues,
    is_agent_gone,
};
use wallboard_domain::{AgentId, Moment, SourceId};
use wallboard_live::{Snapshot, SubjectChanges};
use wallboard_notify::{Accepted, Message, MessageId, MessageSeries, Outgoing, SendError};
use wallboard_texts::Texts;

use super::{
    AlertPlan, AlertSurroundings, alert_document::AlertDocument, alert_message::write_digest,
    other_readings::read_others, target_watch::TargetWatch,
};

/// The memory of a leader from one turn to the next.
#[derive(Debug, Default)]
pub(super) struct AlertTurns {
    /// `None` until the first turn, which continues those of the leader before.
    dwell: Option<Dwell>,
    targets: TargetWatch,
    queues: QueueStates,
    /// As of the last turn: a document that only has worse values isn't stored at once.
    worst: WorstValues,
}

/// The attempts to send of this process.
#[derive(Debug, Default)]
pub(super) struct Attempts {
    /// The messages on their way, until their outcome is stored.
    pub(super) sending: BTreeSet<MessageId>,
    /// Outcomes that no record has yet.
    pub(super) settled: Vec<SendOutcome>,
}

/// How an attempt to send a message ended.
#[derive(Clone, Debug)]
pub(super) struct SendOutcome {
    pub(super) id: MessageId,
    pub(super) outcome: Result<Accepted, SendError>,
}

/// The inputs of a look, beside the plan and the document.
pub(super) struct LookInputs<'a> {
    pub(super) snapshot: &'a Snapshot,
    /// Since the last look.
    pub(super) changes: &'a SubjectChanges,
    pub(super) now: Moment,
    pub(super) surroundings: &'a AlertSurroundings,
    pub(super) screens: Option<&'a Screens>,
}

/// The subjects of the rules, as they are at a moment.
pub(super) struct AlertLook {
    findings: Vec<AlertFinding>,
    texts: &'static Texts,
    now: Moment,
    has_dropped: bool,
}

impl Attempts {
    /// Says that the outcomes are stored.
    pub(super) fn forget_settled(&mut self) {
        for settled in self.settled.drain(..) {
            self.sending.remove(&settled.id);
        }
    }
}

/// The changes of a turn, beside the document. Nothing is sent before the document is stored.
#[derive(Debug, Default)]
pub(super) struct Turn {
    pub(super) change: BookChange,
    pub(super) notices: Vec<AlertNotice>,
    pub(super) due: Vec<Outgoing>,
}

impl AlertTurns {
    /// Looks at what rules watch. It is short, because nothing live changes meanwhile: only queues that have changed
    /// are evaluated.
    pub(super) fn look(
        &mut self,
        inputs: &LookInputs<'_>,
        plan: &AlertPlan,
        document: &mut AlertDocument,
    ) -> AlertLook {
        let (rules, book) = (&plan.rules, &mut document.book);
        let (snapshot, surroundings, now) = (inputs.snapshot, inputs.surroundings, inputs.now);
        self.queues.forget_changed(inputs.changes);
        let zone = &snapshot.site.zone;
        let mut others = read_others(surroundings, inputs.screens, rules, zone, book, now.wall);
        let forecasts = &surroundings.forecasts;
        (self.targets).read(snapshot, now, rules, forecasts, book, &mut others);
        let dwell = (self.dwell).get_or_insert_with(|| book.resume_dwell(rules, now));
        let findings = (self.queues).find_alerts(snapshot, now, rules, &others, book, dwell);
        let has_dropped = book.drop_ended_agents(snapshot, now);
        let has_forgotten = (document.outbox).forget_subjects(|about| {
            let id = agent_id(about);
            id.is_some_and(|id| is_agent_gone(snapshot, &id, now))
        });
        AlertLook {
            findings,
            texts: Texts::of(snapshot.site.language),
            now,
            has_dropped: has_dropped || has_forgotten,
        }
    }

    /// Advances a document by a look at everything, and by the attempts that ended. `write` writes a notice.
    pub(super) fn advance(
        &mut self,
        document: &mut AlertDocument,
        look: &AlertLook,
        plan: &AlertPlan,
        attempts: &Attempts,
        new_id: impl FnMut() -> AlertId,
        write: impl Fn(&AlertNotice, Moment) -> Message,
    ) -> Turn {
        let AlertLook {
            findings,
            texts,
            now,
            has_dropped,
        } = look;
        let mut is_changed =
            document.drop_obsolete(now.wall) || *has_dropped || !attempts.settled.is_empty();
        let AlertDocument { book, outbox } = document;
        let is_worse = book.worsen_by(&self.worst);
        is_changed |= outbox.put_back_unsent(|id| attempts.sending.contains(id));
        let dwell = self.dwell.get_or_insert_default();
        let advanced = book.advance(&plan.rules, findings, dwell, *now, new_id);
        for notice in &advanced.notices {
            for (channel, rule) in &notice.channels {
                let id = MessageId(notice.message_id(channel));
                let series = MessageSeries {
                    name: rule.clone(),
                    about: about(&notice.alert.subject),
                    may_wait: notice.may_wait,
                };
                let message = write(notice, *now);
                outbox.add_of_series(id, channel, series, message, now.wall);
            }
        }
        for settled in &attempts.settled {
            outbox.settle(&settled.id, settled.outcome.clone(), now.wall);
        }
        let public_url = plan.public_url.as_deref();
        let due = outbox.due(now.wall, &plan.channels, |digest| {
            write_digest(texts, digest, public_url, *now)
        });
        is_changed |= !due.is_empty();
        self.worst = WorstValues::of_open(book);
        Turn {
            change: match (is_changed, is_worse) {
                (true, _) => BookChange::State,
                (false, true) => advanced.change.max(BookChange::Figures),
                (false, false) => advanced.change,
            },
            notices: advanced.notices,
            due,
        }
    }
}

/// The agent that [`about`] is about.
fn agent_id(about: &str) -> Option<AgentId> {
    let (source, id) = about.strip_prefix("agent ")?.split_once('/')?;
    Some(AgentId::new(&SourceId::from(source), id))
}

/// Tells a subject apart from others with the same name.
fn about(subject: &AlertSubject) -> String {
    let kind = match subject {
        AlertSubject::Queue(_) => "queue",
        AlertSubject::Source(_) => "source",
        AlertSubject::Import(_) => "import",
        AlertSubject::Screen(_) => "screen",
        AlertSubject::Agent(_) => "agent",
        AlertSubject::Figure(..) => "figure",
        AlertSubject::Target(_) => "target",
    };
    format!("{kind} {subject}")
}

#[cfg(test)]
mod tests;
