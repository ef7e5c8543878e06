//! Ending: when an alert is over, and when its notice is due. Of one that somebody snoozed, or has while it comes and
//! goes, the end has a notice once it didn't come back: until then, its next beginning has none either.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::{
    AdvancedAlerts, Alert, AlertBook, AlertClosing, AlertFinding, AlertId, AlertLevel,
    AlertSubject, BookChange, Reading, telling::AudibleRules,
};

/// The oldest are dropped first.
const ENDED_MAX: usize = 300;
/// How long a subject must be calm before its alert is over.
pub(crate) const CALM_FOR: SignedDuration = SignedDuration::from_secs(30);
/// A subject that needs somebody again within this time has the same alert as before.
const SAME_WITHIN: SignedDuration = SignedDuration::from_mins(10);

/// The state of one subject, over all rules that watch it.
#[derive(Debug, Default)]
struct SubjectReading<'f> {
    /// The rules that it fulfills, whether for long enough or not.
    burning: Vec<&'f AlertFinding>,
    is_unknown: bool,
    has_lapsed: bool,
}

impl SubjectReading<'_> {
    fn is_calm(&self) -> bool {
        self.burning.is_empty() && !self.is_unknown
    }
}

impl Alert {
    /// Whether it ended, and the notice of that is still due.
    pub(crate) fn is_end_untold(&self) -> bool {
        self.end_due_at.is_some()
    }

    /// Takes the level of the readings of its rules. While some data is out of date, it doesn't get lower. Returns whether
    /// it's another one.
    fn follow_level(&mut self, reading: &SubjectReading<'_>, now: Timestamp) -> bool {
        let own = reading
            .burning
            .iter()
            .filter(|finding| self.rules.is_empty() || self.rules.contains(&finding.rule));
        let levels = own.filter_map(|finding| match finding.reading {
            Reading::Burning {
                level, is_partial, ..
            } => Some(if is_partial {
                level.max(self.level)
            } else {
                level
            }),
            Reading::Calm | Reading::Unknown | Reading::Lapsed => None,
        });
        (levels.max()).is_some_and(|level| self.set_level(level, now))
    }

    /// Whether the notice of its end waits until it didn't come back.
    fn holds_end(&self, now: Timestamp) -> bool {
        let is_owned = self.is_flapping && self.owner.is_some();
        self.told_level.is_some() && (is_owned || self.is_snoozed(now))
    }
}

impl AlertBook {
    /// Ends what has been calm for long enough, notes what is unconfirmed, and tells ends.
    pub(crate) fn end_those_over(
        &mut self,
        audible: &AudibleRules<'_>,
        findings: &[AlertFinding],
        now: Timestamp,
        advanced: &mut AdvancedAlerts,
    ) {
        let mut readings: BTreeMap<&AlertSubject, SubjectReading<'_>> = BTreeMap::new();
        for finding in findings {
            let reading = readings.entry(&finding.subject).or_default();
            match finding.reading {
                Reading::Burning { .. } => reading.burning.push(finding),
                Reading::Unknown => reading.is_unknown = true,
                Reading::Lapsed => reading.has_lapsed = true,
                Reading::Calm => {}
            }
        }
        let dismissed = self.dismissed.len();
        self.dismissed.retain(|subject| {
            let reading = readings.get(subject);
            reading.is_some_and(|reading| !reading.is_calm())
        });
        if self.dismissed.len() < dismissed {
            advanced.raise(BookChange::State);
        }
        let (gone, mut over) = (SubjectReading::default(), Vec::new());
        for (index, alert) in self.open.iter_mut().enumerate() {
            let reading = readings.get(&alert.subject).unwrap_or(&gone);
            let (calm_since, unconfirmed_since) = (alert.calm_since, alert.unconfirmed_since);
            if !reading.burning.is_empty() {
                (alert.calm_since, alert.unconfirmed_since) = (None, None);
                let fulfilled = alert.rules.len();
                let is_burning =
                    |name: &String| reading.burning.iter().any(|finding| finding.rule == *name);
                alert.rules.retain(is_burning);
                let is_other = alert.follow_level(reading, now);
                if is_other || alert.rules.len() < fulfilled {
                    advanced.raise(BookChange::State);
                }
            } else if reading.is_unknown {
                alert.calm_since = None;
                alert.unconfirmed_since.get_or_insert(now);
            } else {
                alert.unconfirmed_since = None;
                let calm_since = *alert.calm_since.get_or_insert(now);
                if CALM_FOR <= now.duration_since(calm_since) {
                    let closing = AlertClosing {
                        at: calm_since.max(alert.since),
                        by: None,
                        has_lapsed: reading.has_lapsed,
                    };
                    over.push((index, closing));
                }
            }
            if (calm_since, unconfirmed_since) != (alert.calm_since, alert.unconfirmed_since) {
                advanced.raise(BookChange::State);
            }
        }
        for (index, closing) in over.into_iter().rev() {
            let mut alert = self.open.remove(index);
            let comes_back_until = closing.at.checked_add(SAME_WITHIN).ok();
            alert.closing = Some(closing);
            if alert.holds_end(now) {
                alert.end_due_at = comes_back_until;
            } else {
                advanced.notices.extend(alert.tell_end(audible, now));
            }
            advanced.raise(BookChange::State);
            self.keep_ended(alert);
        }
        self.tell_ends_due(audible, &readings, now, advanced);
    }

    /// Tells the ends that are due: of what somebody closed at once, of what may come back if it's known not to.
    fn tell_ends_due(
        &mut self,
        audible: &AudibleRules<'_>,
        readings: &BTreeMap<&AlertSubject, SubjectReading<'_>>,
        now: Timestamp,
        advanced: &mut AdvancedAlerts,
    ) {
        for alert in &mut self.ended {
            let is_due = alert.end_due_at.is_some_and(|at| at <= now);
            let closing = alert.closing.as_ref();
            let is_closed = closing.is_some_and(|closing| closing.by.is_some());
            let reading = readings.get(&alert.subject);
            if is_due && (is_closed || reading.is_none_or(SubjectReading::is_calm)) {
                alert.end_due_at = None;
                advanced.notices.extend(alert.tell_end(audible, now));
                advanced.raise(BookChange::State);
            }
        }
    }

    /// Takes the alert of a subject that was over a short time ago, or whose end had no notice yet: it goes back and
    /// forth.
    pub(crate) fn take_recent(
        &mut self,
        subject: &AlertSubject,
        begun: Timestamp,
    ) -> Option<Alert> {
        let is_recent = |alert: &Alert| {
            alert.subject == *subject
                && alert.closing.as_ref().is_some_and(|closing| {
                    let is_same = begun.duration_since(closing.at) < SAME_WITHIN;
                    closing.by.is_none() && (is_same || alert.is_end_untold())
                })
        };
        let index = self.ended.iter().rposition(is_recent)?;
        let mut alert = self.ended.remove(index)?;
        (alert.closing, alert.end_due_at) = (None, None);
        alert.calm_since = None;
        alert.rules.clear();
        alert.set_level(AlertLevel::Warning, begun);
        Some(alert)
    }

    /// Ends an alert that somebody closed: its subject has no other until it was calm.
    pub(crate) fn dismiss(&mut self, id: AlertId, closing: AlertClosing) {
        let Some(index) = self.open.iter().position(|alert| alert.id == id) else {
            return;
        };
        let mut alert = self.open.remove(index);
        alert.end_due_at = alert.told_level.map(|_| closing.at);
        alert.closing = Some(closing);
        self.dismissed.insert(alert.subject.clone());
        self.keep_ended(alert);
    }

    fn keep_ended(&mut self, alert: Alert) {
        self.ended.push_back(alert);
        if ENDED_MAX < self.ended.len() {
            let told = self.ended.iter().position(|one| !one.is_end_untold());
            self.ended.remove(told.unwrap_or_default());
        }
    }
}
