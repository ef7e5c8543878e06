//! All alerts: the open ones, and the latest that ended.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use wallboard_domain::Moment;

use crate::{
    Alert, AlertClosing, AlertFinding, AlertId, AlertNotice, AlertRule, AlertSilence, AlertSubject,
    Dwell, Reading, RuleFirings, telling::AudibleRules,
};

/// The most that are open at once. Others wait until one of them is over.
pub const OPEN_MAX: usize = 500;
/// The oldest are dropped first.
const ENDED_MAX: usize = 300;
/// How long a subject must be calm before its alert is over.
pub(crate) const CALM_FOR: SignedDuration = SignedDuration::from_secs(30);
/// A subject that needs somebody again within this time has the same alert as before.
const SAME_WITHIN: SignedDuration = SignedDuration::from_mins(10);

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AlertBook {
    pub(crate) open: Vec<Alert>,
    /// The newest last. Those that somebody closed while their subject still needs somebody are among
    /// them: each stays closed until it is calm.
    pub(crate) ended: VecDeque<Alert>,
    /// The subjects whose alert somebody closed, until they are calm.
    dismissed: BTreeSet<AlertSubject>,
    /// How many subjects, but agents, need somebody and have no alert, because there are too many.
    #[serde(default)]
    pub(crate) unopened: usize,
    #[serde(default)]
    pub(crate) unopened_agents: usize,
    /// Those that aren't over.
    #[serde(default)]
    pub(crate) silences: Vec<AlertSilence>,
    #[serde(default)]
    firings: RuleFirings,
}

/// The book after a moment, and what to tell.
#[derive(Debug, Default, PartialEq)]
pub struct AdvancedAlerts {
    pub change: BookChange,
    pub notices: Vec<AlertNotice>,
}

/// How much of a book has changed. In rising order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum BookChange {
    #[default]
    None,
    /// Only figures of open alerts got worse.
    Figures,
    State,
}

/// The state of one subject, over all rules that watch it.
#[derive(Debug, Default)]
struct SubjectReading<'f> {
    /// The rules that it fulfills, whether for long enough or not.
    burning: Vec<&'f AlertFinding>,
    is_unknown: bool,
}

impl AlertBook {
    /// The open alerts, the oldest first.
    pub fn open(&self) -> &[Alert] {
        &self.open
    }

    /// The alerts that ended, the newest first.
    pub fn ended(&self) -> impl Iterator<Item = &Alert> {
        self.ended.iter().rev()
    }

    /// When an alert that is open last sounded on a screen.
    pub fn last_sound(&self, screen: &str) -> Option<Timestamp> {
        let sounds = self.open.iter().filter_map(|alert| alert.sound.as_ref());
        let here = sounds.filter(|sound| sound.screens.iter().any(|name| name == screen));
        here.map(|sound| sound.at).max()
    }

    /// How often each rule fired lately.
    pub fn firings(&self) -> &RuleFirings {
        &self.firings
    }

    pub fn unopened(&self) -> usize {
        self.unopened
    }

    pub fn find(&self, id: AlertId) -> Option<&Alert> {
        let mut all = self.open.iter().chain(&self.ended);
        all.find(|alert| alert.id == id)
    }

    pub(crate) fn find_open(&mut self, id: AlertId) -> Option<&mut Alert> {
        self.open.iter_mut().find(|alert| alert.id == id)
    }

    pub(crate) fn subjects(&self) -> impl Iterator<Item = &AlertSubject> {
        let open = self.open.iter().map(|alert| &alert.subject);
        open.chain(&self.dismissed)
    }

    /// Whether nothing is left to follow.
    pub fn is_idle(&self) -> bool {
        let mut ended = self.ended.iter();
        self.open.is_empty()
            && self.dismissed.is_empty()
            && !ended.any(|alert| alert.subject.is_agent())
    }

    /// Drops the oldest quarter of what ended, or the open alerts' notes if nothing did. Returns whether that made
    /// it shorter.
    pub fn shorten(&mut self) -> bool {
        let count = self.ended.len().div_ceil(4);
        if 0 < count {
            self.ended.drain(..count);
            return true;
        }
        let noted = self.open.iter_mut().filter(|alert| !alert.notes.is_empty());
        noted.map(|alert| alert.notes.clear()).count() != 0
    }

    /// Continues all alerts by what their subjects are like now. Returns what to tell.
    pub fn advance(
        &mut self,
        rules: &[AlertRule],
        findings: &[AlertFinding],
        dwell: &mut Dwell,
        now: Moment,
        mut new_id: impl FnMut() -> AlertId,
    ) -> AdvancedAlerts {
        self.firings.begin(now.wall);
        let due = dwell.advance(rules, findings, now);
        let audible = AudibleRules::new(rules, findings);
        let mut advanced = AdvancedAlerts::default();
        if self.drop_silences_over(now.wall) {
            advanced.raise(BookChange::State);
        }
        self.end_those_over(&audible, findings, now.wall, &mut advanced);
        let unopened = (self.unopened, self.unopened_agents);
        (self.unopened, self.unopened_agents) = (0, 0);
        let mut places = self.places();
        for (finding, begun) in due {
            let Reading::Burning {
                level,
                figures,
                status,
                custom,
                since,
            } = &finding.reading
            else {
                continue;
            };
            if finding.is_silenced {
                if self.worsen_silently(&places, finding) {
                    advanced.raise(BookChange::Figures);
                }
                continue;
            }
            let Some(alert) = self.open_for(&finding.subject, begun.wall, &mut places, &mut new_id)
            else {
                continue;
            };
            alert.since = alert.since.min(since.unwrap_or(begun.wall));
            if alert.worsen(figures) | alert.worsen_value(custom.as_ref()) {
                advanced.raise(BookChange::Figures);
            }
            if alert.level < *level {
                alert.level = *level;
                advanced.raise(BookChange::State);
            }
            if status.is_some() && alert.status != *status {
                alert.status = *status;
                advanced.raise(BookChange::State);
            }
            if !alert.rules.contains(&finding.rule) {
                alert.rules.push(finding.rule.clone());
                self.firings.add(&finding.rule, now.wall);
                advanced.raise(BookChange::State);
            }
        }
        for alert in &mut self.open {
            let is_certain = alert.unconfirmed_since.is_none() && alert.calm_since.is_none();
            if is_certain {
                let notice = alert.tell_if_due(&audible, now.wall);
                advanced.notices.extend(notice);
            }
        }
        if !advanced.notices.is_empty() || unopened != (self.unopened, self.unopened_agents) {
            advanced.raise(BookChange::State);
        }
        advanced
    }

    /// Ends what has been calm for long enough, and notes what is unconfirmed.
    fn end_those_over(
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
                Reading::Calm => {}
            }
        }
        let dismissed = self.dismissed.len();
        self.dismissed.retain(|subject| {
            let reading = readings.get(subject);
            reading.is_some_and(|one| one.is_unknown || !one.burning.is_empty())
        });
        if self.dismissed.len() < dismissed {
            advanced.raise(BookChange::State);
        }
        let mut over = Vec::new();
        for (index, alert) in self.open.iter_mut().enumerate() {
            let reading = readings.remove(&alert.subject).unwrap_or_default();
            let (calm_since, unconfirmed_since) = (alert.calm_since, alert.unconfirmed_since);
            if !reading.burning.is_empty() {
                (alert.calm_since, alert.unconfirmed_since) = (None, None);
                let fulfilled = alert.rules.len();
                let is_burning =
                    |name: &String| reading.burning.iter().any(|finding| finding.rule == *name);
                alert.rules.retain(is_burning);
                if alert.rules.len() < fulfilled {
                    advanced.raise(BookChange::State);
                }
            } else if reading.is_unknown {
                alert.calm_since = None;
                alert.unconfirmed_since.get_or_insert(now);
            } else {
                alert.unconfirmed_since = None;
                let calm_since = *alert.calm_since.get_or_insert(now);
                if CALM_FOR <= now.duration_since(calm_since) {
                    over.push((index, calm_since));
                }
            }
            if (calm_since, unconfirmed_since) != (alert.calm_since, alert.unconfirmed_since) {
                advanced.raise(BookChange::State);
            }
        }
        for (index, calm_since) in over.into_iter().rev() {
            let mut alert = self.open.remove(index);
            let at = calm_since.max(alert.since);
            alert.closing = Some(AlertClosing { at, by: None });
            advanced.notices.extend(alert.tell_end(audible, now));
            advanced.raise(BookChange::State);
            self.keep_ended(alert);
        }
    }

    /// Where the open alert of each subject is.
    fn places(&self) -> HashMap<AlertSubject, usize> {
        let open = self.open.iter().enumerate();
        open.map(|(index, alert)| (alert.subject.clone(), index))
            .collect()
    }

    /// Keeps the worst values of an alert that was open before a silence, and nothing else of it.
    fn worsen_silently(
        &mut self,
        places: &HashMap<AlertSubject, usize>,
        finding: &AlertFinding,
    ) -> bool {
        let Reading::Burning {
            figures, custom, ..
        } = &finding.reading
        else {
            return false;
        };
        let place = places.get(&finding.subject);
        let alert = place.and_then(|index| self.open.get_mut(*index));
        alert.is_some_and(|alert| alert.worsen(figures) | alert.worsen_value(custom.as_ref()))
    }

    /// Returns the open alert of a subject, or a new one; `None` if somebody closed it, or there are too many.
    fn open_for(
        &mut self,
        subject: &AlertSubject,
        begun: Timestamp,
        places: &mut HashMap<AlertSubject, usize>,
        new_id: &mut impl FnMut() -> AlertId,
    ) -> Option<&mut Alert> {
        if self.dismissed.contains(subject) {
            return None;
        }
        let index = match places.get(subject) {
            Some(index) => *index,
            None if self.is_full_for(subject, OPEN_MAX) => return None,
            None => {
                let again = self.take_recent(subject, begun);
                let alert = again.unwrap_or_else(|| Alert {
                    last_told_at: self.last_told(subject),
                    ..Alert::new(new_id(), subject.clone(), begun)
                });
                self.open.push(alert);
                let index = self.open.len() - 1;
                places.insert(subject.clone(), index);
                index
            }
        };
        self.open.get_mut(index)
    }

    /// Takes the alert of a subject that was over a short time ago: it goes back and forth.
    fn take_recent(&mut self, subject: &AlertSubject, begun: Timestamp) -> Option<Alert> {
        let is_recent = |alert: &Alert| {
            alert.subject == *subject
                && alert.closing.as_ref().is_some_and(|closing| {
                    closing.by.is_none() && begun.duration_since(closing.at) < SAME_WITHIN
                })
        };
        let index = self.ended.iter().rposition(is_recent)?;
        let mut alert = self.ended.remove(index)?;
        alert.closing = None;
        alert.calm_since = None;
        alert.told_level = None;
        alert.rules.clear();
        Some(alert)
    }

    /// When there was something to tell about a subject, of an alert before.
    fn last_told(&self, subject: &AlertSubject) -> Option<Timestamp> {
        let last = self.ended.iter().rfind(|alert| alert.subject == *subject);
        last.and_then(|alert| alert.last_told_at)
    }

    /// Ends an alert that somebody closed: its subject has no other until it was calm.
    pub(crate) fn dismiss(&mut self, id: AlertId, closing: AlertClosing) {
        let Some(index) = self.open.iter().position(|alert| alert.id == id) else {
            return;
        };
        let mut alert = self.open.remove(index);
        alert.closing = Some(closing);
        self.dismissed.insert(alert.subject.clone());
        self.keep_ended(alert);
    }

    fn keep_ended(&mut self, alert: Alert) {
        self.ended.push_back(alert);
        if ENDED_MAX < self.ended.len() {
            self.ended.pop_front();
        }
    }
}

impl AdvancedAlerts {
    fn raise(&mut self, change: BookChange) {
        self.change = self.change.max(change);
    }
}
