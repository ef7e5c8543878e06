//! Telling: which notices an alert gives, and to whom.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use crate::{
    Alert, AlertFinding, AlertId, AlertLevel, AlertNotice, AlertRule, AlertSound, AlertSubject,
    NoticeKind,
};

/// A subject that needs somebody again within this time comes and goes.
const FLAPPING_WITHIN: SignedDuration = SignedDuration::from_hours(1);
/// An alert that comes and goes sounds again after this time.
const SOUND_PAUSE: SignedDuration = SignedDuration::from_mins(10);

/// The rules, without those that are off, and those that are silenced for a subject.
pub(crate) struct AudibleRules<'r> {
    rules: &'r [AlertRule],
    silenced: BTreeSet<(&'r AlertSubject, &'r str)>,
}

impl<'r> AudibleRules<'r> {
    pub(crate) fn new(rules: &'r [AlertRule], findings: &'r [AlertFinding]) -> Self {
        let silenced = findings.iter().filter(|finding| finding.is_silenced);
        Self {
            rules,
            silenced: silenced
                .map(|finding| (&finding.subject, &*finding.rule))
                .collect(),
        }
    }

    /// Whether every rule of an alert is silenced, so that nobody is told of it.
    fn is_silent(&self, alert: &Alert) -> bool {
        let mut names = alert.rules.iter();
        !alert.rules.is_empty() && names.all(|name| self.is_silenced(alert, name))
    }

    fn is_silenced(&self, alert: &Alert, rule: &str) -> bool {
        self.silenced.contains(&(&alert.subject, rule))
    }

    /// The rules that an alert fulfills, and by which somebody is told.
    fn of<'a>(&'a self, alert: &'a Alert) -> impl Iterator<Item = &'r AlertRule> + 'a {
        let own =
            (self.rules.iter()).filter(|rule| rule.is_enabled && alert.rules.contains(&rule.name));
        own.filter(|rule| !self.is_silenced(alert, &rule.name))
    }
}

impl Alert {
    pub(crate) fn new(id: AlertId, subject: AlertSubject, since: Timestamp) -> Self {
        Self {
            id,
            subject,
            rules: Vec::new(),
            level: AlertLevel::Warning,
            earlier_level_max: None,
            level_since: None,
            status: None,
            since,
            figures: Vec::new(),
            custom: None,
            unconfirmed_since: None,
            calm_since: None,
            owner: None,
            snoozed_until: None,
            notes: Vec::new(),
            closing: None,
            end_due_at: None,
            last_told_at: None,
            is_flapping: false,
            told_level: None,
            sound: None,
            notices: 0,
        }
    }

    /// Returns what to tell about an alert whose subject needs somebody now.
    pub(crate) fn tell_if_due(
        &mut self,
        audible: &AudibleRules<'_>,
        now: Timestamp,
    ) -> Option<AlertNotice> {
        if audible.is_silent(self) {
            return None;
        }
        let kind = match self.told_level {
            None => NoticeKind::Opened,
            Some(told) if told < self.level => NoticeKind::Worsened,
            Some(_) if self.is_repeat_due(audible, now) => NoticeKind::Repeated,
            Some(_) => return None,
        };
        self.told_level = Some(self.level);
        let told_at = self.last_told_at;
        let was_told = told_at.is_some_and(|at| now.duration_since(at) < FLAPPING_WITHIN);
        match kind {
            NoticeKind::Opened => {
                self.is_flapping = was_told;
                self.sound_again(audible, now);
            }
            NoticeKind::Worsened => self.is_flapping |= was_told && self.was_critical(),
            NoticeKind::Repeated | NoticeKind::Over => {}
        }
        Some(self.notice(kind, audible, now))
    }

    fn sound_again(&mut self, audible: &AudibleRules<'_>, now: Timestamp) {
        let last = self.sound.as_ref();
        if last.is_some_and(|sound| now.duration_since(sound.at) < SOUND_PAUSE) {
            return;
        }
        let own = audible.of(self);
        let screens: Vec<_> = own.flat_map(|rule| rule.sound.iter().cloned()).collect();
        self.sound = (!screens.is_empty()).then_some(AlertSound { at: now, screens });
    }

    fn is_repeat_due(&self, audible: &AudibleRules<'_>, now: Timestamp) -> bool {
        if self.owner.is_some() || self.is_snoozed(now) {
            return false;
        }
        // After a pause that somebody asked for, it is told at once.
        let last = self.last_told_at.unwrap_or(Timestamp::MIN);
        if self.snoozed_until.is_some_and(|until| last < until) {
            return true;
        }
        let again = audible.of(self).filter_map(|rule| rule.again_after).min();
        again.is_some_and(|again| again <= now.duration_since(last))
    }

    /// Returns what to tell about an alert that is over, if its beginning was told.
    pub(crate) fn tell_end(
        &mut self,
        audible: &AudibleRules<'_>,
        now: Timestamp,
    ) -> Option<AlertNotice> {
        self.told_level.take()?;
        if audible.is_silent(self) {
            return None;
        }
        Some(self.notice(NoticeKind::Over, audible, now))
    }

    fn notice(
        &mut self,
        kind: NoticeKind,
        audible: &AudibleRules<'_>,
        now: Timestamp,
    ) -> AlertNotice {
        self.last_told_at = Some(now);
        self.notices += 1;
        let own = audible.of(self);
        let own = own.filter(|rule| kind != NoticeKind::Over || rule.tells_end);
        let mut channels = BTreeMap::new();
        for rule in own {
            for channel in &rule.tell {
                let first = channels.entry(channel.clone());
                first.or_insert_with(|| rule.name.clone());
            }
        }
        AlertNotice {
            kind,
            alert: self.clone(),
            channels,
            may_wait: self.is_flapping || kind == NoticeKind::Repeated,
        }
    }
}
