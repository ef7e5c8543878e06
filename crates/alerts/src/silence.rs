//! Silences: for a time, nobody is told of some alerts, and no new one opens. One that was open before stays open.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use wallboard_domain::{DataScope, Pattern};
use wallboard_live::Snapshot;

use crate::{Alert, AlertBook, AlertSubject};

/// Characters; the longest reason.
pub const SILENCE_REASON_MAX: usize = 200;
/// The most that aren't over.
pub const SILENCES_MAX: usize = 50;
/// The longest, in days. Deleting a rule is the way to silence it for good.
pub const SILENCE_DAYS_MAX: i64 = 31;
const SILENCE_MAX: SignedDuration = SignedDuration::from_hours(24 * SILENCE_DAYS_MAX);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SilenceId(pub Uuid);

/// The alerts that are silenced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SilenceScope {
    All,
    /// The name of a rule.
    Rule(String),
    /// A group of queues with its queues, a source with its queues, agents and files, or a single one.
    Subject(AlertSubject),
    /// The queues that somebody may see who doesn't see the whole site, with their agents.
    Queues(Vec<Pattern>),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertSilence {
    pub id: SilenceId,
    pub scope: SilenceScope,
    pub from: Timestamp,
    pub until: Timestamp,
    pub reason: String,
    /// The name of who silenced it; empty where nobody signs in.
    pub by: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SilenceFault {
    NoReason,
    ReasonTooLong,
    /// Its end is over, or before its beginning.
    Over,
    TooLong,
    /// There are [`SILENCES_MAX`].
    TooMany,
    /// It is over, or there never was such a silence.
    NotFound,
}

impl SilenceScope {
    pub fn covers(&self, snapshot: &Snapshot, rule: &str, subject: &AlertSubject) -> bool {
        match (self, subject) {
            (Self::All, _) => true,
            (Self::Rule(name), _) => name == rule,
            (Self::Subject(own), _) if own == subject => true,
            (Self::Subject(AlertSubject::Queue(group)), subject) => {
                subject.queue().is_some_and(|id| {
                    let mut groups = snapshot.site.groups.iter();
                    id == group || groups.any(|one| one.id == *group && one.queues.contains(id))
                })
            }
            (Self::Subject(AlertSubject::Source(source)), AlertSubject::Import(id)) => id == source,
            (Self::Subject(AlertSubject::Source(source)), AlertSubject::Agent(id)) => {
                id.source == *source
            }
            (Self::Subject(AlertSubject::Source(source)), AlertSubject::Figure(id, _)) => {
                let figure = snapshot.site.find_figure(id);
                figure.is_some_and(|figure| figure.sources.contains(source))
            }
            (Self::Subject(AlertSubject::Source(source)), subject) => {
                subject.queue().is_some_and(|id| id.source == *source)
            }
            (Self::Queues(patterns), AlertSubject::Agent(id)) => {
                snapshot.is_agent_within(&queue_scope(patterns), id)
            }
            (Self::Queues(patterns), subject) => (subject.queue())
                .is_some_and(|id| queue_scope(patterns).includes_queue(&snapshot.site, id)),
            _ => false,
        }
    }
}

fn queue_scope(patterns: &[Pattern]) -> DataScope {
    DataScope {
        queues: patterns.to_vec(),
        agents: Vec::new(),
    }
}

impl AlertSilence {
    pub fn is_active(&self, now: Timestamp) -> bool {
        self.from <= now && now < self.until
    }

    pub fn is_over(&self, now: Timestamp) -> bool {
        self.until <= now
    }
}

impl AlertBook {
    /// The silences of now and later, the oldest first. Some may just be over.
    pub fn silences(&self) -> &[AlertSilence] {
        &self.silences
    }

    pub fn find_silence(&self, id: SilenceId) -> Option<&AlertSilence> {
        self.silences.iter().find(|one| one.id == id)
    }

    /// Begins a silence, or plans one. The reason is as somebody entered it.
    pub fn add_silence(
        &mut self,
        mut silence: AlertSilence,
        now: Timestamp,
    ) -> Result<(), SilenceFault> {
        self.drop_silences_over(now);
        let reason = silence.reason.split_whitespace().collect::<Vec<_>>();
        silence.reason = reason.join(" ");
        silence.from = silence.from.max(now);
        let count = silence.reason.chars().count();
        if count == 0 {
            return Err(SilenceFault::NoReason);
        }
        if SILENCE_REASON_MAX < count {
            return Err(SilenceFault::ReasonTooLong);
        }
        if silence.until <= silence.from {
            return Err(SilenceFault::Over);
        }
        if SILENCE_MAX < silence.until.duration_since(now) {
            return Err(SilenceFault::TooLong);
        }
        if SILENCES_MAX <= self.silences.len() {
            return Err(SilenceFault::TooMany);
        }
        self.silences.push(silence);
        Ok(())
    }

    /// Ends a silence now, or cancels it.
    pub fn end_silence(&mut self, id: SilenceId, now: Timestamp) -> Result<(), SilenceFault> {
        self.drop_silences_over(now);
        let index = self.silences.iter().position(|one| one.id == id);
        self.silences.remove(index.ok_or(SilenceFault::NotFound)?);
        Ok(())
    }

    pub fn is_silenced(
        &self,
        snapshot: &Snapshot,
        rule: &str,
        subject: &AlertSubject,
        now: Timestamp,
    ) -> bool {
        self.silenced_until(snapshot, rule, subject, now).is_some()
    }

    /// Until when nobody is told of an open alert; `None`: somebody is told.
    pub fn alert_silenced_until(
        &self,
        snapshot: &Snapshot,
        alert: &Alert,
        now: Timestamp,
    ) -> Option<Timestamp> {
        let rules = alert.rules.iter();
        let ends = rules.map(|rule| self.silenced_until(snapshot, rule, &alert.subject, now));
        // The first rule that is heard again tells.
        ends.min()?
    }

    fn silenced_until(
        &self,
        snapshot: &Snapshot,
        rule: &str,
        subject: &AlertSubject,
        now: Timestamp,
    ) -> Option<Timestamp> {
        let active = self.silences.iter().filter(|one| one.is_active(now));
        let covering = active.filter(|one| one.scope.covers(snapshot, rule, subject));
        covering.map(|one| one.until).max()
    }

    /// Returns whether there was one.
    pub(crate) fn drop_silences_over(&mut self, now: Timestamp) -> bool {
        let count = self.silences.len();
        self.silences.retain(|one| !one.is_over(now));
        self.silences.len() < count
    }
}
