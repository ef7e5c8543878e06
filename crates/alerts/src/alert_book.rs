//! All alerts: the open ones, and the latest that ended.

use std::collections::{BTreeSet, HashMap, VecDeque};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use wallboard_domain::Moment;

use crate::{
    Alert, AlertFinding, AlertId, AlertNotice, AlertRule, AlertSilence, AlertSubject, Dwell,
    Reading, RuleFirings, dwell::StoredDwell, telling::AudibleRules,
};

/// The most that are open at once, of which 400 are about queues and agents. Others wait until one of them is over.
pub const OPEN_MAX: usize = 500;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AlertBook {
    pub(crate) open: Vec<Alert>,
    /// The newest last. Those that somebody closed while their subject still needs somebody are among
    /// them: each stays closed until it is calm.
    pub(crate) ended: VecDeque<Alert>,
    /// The subjects whose alert somebody closed, until they are calm.
    pub(crate) dismissed: BTreeSet<AlertSubject>,
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
    /// Those that aren't alerts yet.
    #[serde(default)]
    pub(crate) dwells: Vec<StoredDwell>,
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
    /// Only figures of open alerts got worse, or what isn't an alert yet began to need somebody, or no longer does.
    Figures,
    State,
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
        let ended = self.ended.iter().filter(|alert| alert.is_end_untold());
        let all = self.open.iter().chain(ended);
        all.map(|alert| &alert.subject).chain(&self.dismissed)
    }

    /// Whether nothing is left to follow.
    pub fn is_idle(&self) -> bool {
        let mut ended = self.ended.iter();
        self.open.is_empty()
            && self.dismissed.is_empty()
            && !ended.any(|alert| alert.subject.is_agent() || alert.is_end_untold())
    }

    /// Drops the oldest quarter of what ended and has its notice, or the open alerts' notes if nothing did. Returns whether
    /// that made it shorter.
    pub fn shorten(&mut self) -> bool {
        let told = self.ended.iter().filter(|alert| !alert.is_end_untold());
        let mut count = told.count().div_ceil(4);
        if 0 < count {
            self.ended.retain(|alert| {
                let is_dropped = 0 < count && !alert.is_end_untold();
                count -= usize::from(is_dropped);
                !is_dropped
            });
            return true;
        }
        let noted = self.open.iter_mut().filter(|alert| !alert.notes.is_empty());
        noted.map(|alert| alert.notes.clear()).count() != 0
    }

    /// Returns the dwells that a process begins with.
    pub fn resume_dwell(&self, rules: &[AlertRule], now: Moment) -> Dwell {
        Dwell::resume(&self.dwells, rules, now)
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
        let dwells = dwell.to_stored(rules, now);
        if self.dwells != dwells {
            self.dwells = dwells;
            advanced.raise(BookChange::Figures);
        }
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
                is_partial: _,
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
                alert.set_level(*level, now.wall);
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
                if alert.lower_told_level(now.wall) {
                    advanced.raise(BookChange::State);
                }
                let notice = alert.tell_if_due(&audible, now.wall);
                advanced.notices.extend(notice);
            }
        }
        if !advanced.notices.is_empty() || unopened != (self.unopened, self.unopened_agents) {
            advanced.raise(BookChange::State);
        }
        advanced
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
            None if self.is_full_for(subject) => return None,
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

    /// When there was something to tell about a subject, of an alert before.
    fn last_told(&self, subject: &AlertSubject) -> Option<Timestamp> {
        let last = self.ended.iter().rfind(|alert| alert.subject == *subject);
        last.and_then(|alert| alert.last_told_at)
    }
}

impl AdvancedAlerts {
    pub(crate) fn raise(&mut self, change: BookChange) {
        self.change = self.change.max(change);
    }
}
