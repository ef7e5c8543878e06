//! How often a rule would have fired: the book's own state machine over the incidents of the last days.

use std::collections::BTreeSet;

use jiff::Timestamp;
use uuid::Uuid;

use wallboard_domain::{CustomValue, Moment, MonotonicTime, SourceId, ThresholdLevel, moment};
use wallboard_live::{Incident, IncidentSubject, Snapshot};

use crate::{
    AlertBook, AlertFigure, AlertFinding, AlertId, AlertLevel, AlertRule, AlertScope, AlertSubject,
    AlertValue, Dwell, Reading, ending::CALM_FOR, site_hours::open_spans,
};

/// The alerts that a rule would have opened.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleRehearsal {
    /// The time before isn't known.
    pub since: Timestamp,
    /// In order.
    pub fired: Vec<Firing>,
}

/// An alert that a rule would have opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Firing {
    pub at: Timestamp,
    pub subject: AlertSubject,
}

/// The stored times of the subjects of a rule.
#[derive(Debug)]
pub struct RuleHistory {
    since: Timestamp,
    until: Timestamp,
    /// In order.
    burning: Vec<BurningTime>,
    unknown: Vec<UnknownTime>,
    /// When the site was open, by the hours that apply now; `None`: always.
    open: Option<Vec<(Timestamp, Timestamp)>>,
}

/// A custom figure as it is stored: the times in which it was known, in order.
#[derive(Clone, Debug)]
pub struct FigureHistory {
    /// An [`AlertSubject::Figure`].
    pub subject: AlertSubject,
    pub values: Vec<(Timestamp, Timestamp, CustomValue)>,
}

/// A time in which a subject needed somebody.
#[derive(Debug)]
struct BurningTime {
    from: Timestamp,
    to: Timestamp,
    subject: AlertSubject,
    figures: Vec<AlertFigure>,
    custom: Option<AlertValue>,
}

/// A time in which nobody knows what subjects were like.
#[derive(Debug)]
struct UnknownTime {
    from: Timestamp,
    to: Timestamp,
    of: UnknownSubjects,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum UnknownSubjects {
    /// The queues of a source that wasn't connected.
    Source(SourceId),
    One(AlertSubject),
}

impl RuleHistory {
    /// Reads what is stored from `from` until now. `None`: nothing is stored about what the rule watches. A queue
    /// whose own data was out of date, while its source was connected, counts as calm.
    pub fn read(
        snapshot: &Snapshot,
        now: Timestamp,
        rule: &AlertRule,
        from: Timestamp,
    ) -> Option<Self> {
        let all = match &rule.scope {
            AlertScope::Queues { level, .. } if *level < AlertLevel::Critical => &snapshot.warnings,
            AlertScope::Queues { .. } | AlertScope::Sources(_) => &snapshot.incidents,
            AlertScope::Imports(_)
            | AlertScope::Screens(_)
            | AlertScope::Agents { .. }
            | AlertScope::Figures { .. }
            | AlertScope::Targets(_) => {
                return None;
            }
        };
        let known_since = all.known_since()?.max(snapshot.incidents.known_since()?);
        let since = known_since.max(from);
        let burning = all.between(since, now).into_iter();
        let mut burning: Vec<_> = burning
            .flat_map(|incident| burning_times(snapshot, rule, incident, since, now))
            .collect();
        burning.sort_by_key(|time| time.from);
        let outages = snapshot.incidents.between(since, now).into_iter();
        let outages = outages.filter_map(|incident| {
            let IncidentSubject::Source(source) = &incident.subject else {
                return None;
            };
            Some(UnknownTime {
                from: incident.from,
                to: incident.to.unwrap_or(Timestamp::MAX),
                of: UnknownSubjects::Source(source.clone()),
            })
        });
        Some(Self {
            since,
            until: now,
            unknown: outages.collect(),
            burning,
            open: open_spans(&snapshot.site, since, now),
        })
    }

    /// Has the custom figures that a rule watches, by the thresholds that apply now. `None`: nothing is stored.
    pub fn of_figures(
        snapshot: &Snapshot,
        now: Timestamp,
        rule: &AlertRule,
        from: Timestamp,
        figures: &[FigureHistory],
    ) -> Option<Self> {
        let starts = figures.iter().filter_map(|one| Some(one.values.first()?.0));
        let since = starts.min()?.max(from);
        let (mut burning, mut unknown) = (Vec::new(), Vec::new());
        for figure in figures {
            let (mut known_until, mut last) = (since, None);
            for (begin, end, value) in &figure.values {
                unknown.push((known_until, *begin, &figure.subject));
                burning.extend(burning_value(
                    snapshot, rule, figure, *begin, *end, value, &mut last,
                ));
                known_until = *end;
            }
            unknown.push((known_until, now, &figure.subject));
        }
        burning.sort_by_key(|time: &BurningTime| time.from);
        let unknown = unknown.into_iter().filter(|(from, to, _)| from < to);
        let unknown = unknown.map(|(from, to, subject)| UnknownTime {
            from,
            to,
            of: UnknownSubjects::One(subject.clone()),
        });
        Some(Self {
            since,
            until: now,
            burning,
            unknown: unknown.collect(),
            open: open_spans(&snapshot.site, since, now),
        })
    }

    /// Drives a book through all moments at which something changed.
    pub fn rehearse(&self, rule: &AlertRule) -> RuleRehearsal {
        RuleRehearsal {
            since: self.since,
            fired: self.replay(rule),
        }
    }

    fn is_open(&self, at: Timestamp) -> bool {
        let open = self.open.as_ref();
        open.is_none_or(|spans| spans.iter().any(|(from, to)| *from <= at && at < *to))
    }

    fn replay(&self, rule: &AlertRule) -> Vec<Firing> {
        let dwell = i64::try_from(rule.dwell.as_millis()).unwrap_or(i64::MAX);
        let calm_for = i64::try_from(CALM_FOR.as_millis()).unwrap_or(i64::MAX);
        let of_burning = self.burning.iter().flat_map(|time| {
            let (from, to) = (time.from, time.to);
            let (due, over) = (
                moment::plus_millis(from, dwell),
                moment::plus_millis(to, calm_for),
            );
            [from, due, to, over]
        });
        // After an outage, what was unknown may be calm.
        let of_outages = self.unknown.iter().flat_map(|outage| {
            let (from, to) = (outage.from, outage.to);
            let (due, over) = (
                moment::plus_millis(to, dwell),
                moment::plus_millis(to, calm_for),
            );
            [from, to, due, over]
        });
        let open = self.open.iter().flatten().filter(|_| rule.only_open);
        let of_hours = open.flat_map(|(from, to)| {
            let (due, over) = (
                moment::plus_millis(*from, dwell),
                moment::plus_millis(*to, calm_for),
            );
            [*from, due, *to, over]
        });
        let moments = of_burning.chain(of_outages).chain(of_hours);
        let moments: BTreeSet<_> = moments.collect();
        let (mut book, mut dwells) = (AlertBook::default(), Dwell::default());
        let (mut active, mut next): (Vec<&BurningTime>, usize) = (Vec::new(), 0);
        let (mut fired, mut ids) = (Vec::new(), 0_u128);
        for at in moments.range(self.since..=self.until).copied() {
            active.retain(|time| at < time.to);
            while let Some(time) = self.burning.get(next).filter(|time| time.from <= at) {
                active.extend((at < time.to).then_some(time));
                next += 1;
            }
            let lost = (self.unknown.iter()).filter(|one| one.from <= at && at < one.to);
            let lost: BTreeSet<_> = lost.map(|one| &one.of).collect();
            let known = book.subjects().chain(dwells.subjects());
            let subjects: BTreeSet<_> = known
                .cloned()
                .chain(active.iter().map(|time| time.subject.clone()))
                .collect();
            let is_open = !rule.only_open || self.is_open(at);
            let findings = subjects.into_iter().map(|subject| AlertFinding {
                rule: rule.name.clone(),
                reading: if rule.rests(&subject, is_open) {
                    Reading::Lapsed
                } else {
                    reading_of(&subject, &active, &lost)
                },
                subject,
                is_silenced: false,
            });
            let findings: Vec<_> = findings.collect();
            let now = Moment {
                wall: at,
                monotonic: MonotonicTime(at.as_millisecond()),
            };
            let new_id = || {
                ids += 1;
                AlertId(Uuid::from_u128(ids))
            };
            let rules = std::slice::from_ref(rule);
            let before: Vec<_> = book.open().iter().map(|alert| alert.id).collect();
            book.advance(rules, &findings, &mut dwells, now, new_id);
            let opened = book.open().iter();
            let opened = opened.filter(|alert| !before.contains(&alert.id));
            fired.extend(opened.map(|alert| Firing {
                at,
                subject: alert.subject.clone(),
            }));
        }
        fired
    }
}

/// The times of an incident that fulfill a rule.
fn burning_times(
    snapshot: &Snapshot,
    rule: &AlertRule,
    incident: &Incident,
    since: Timestamp,
    now: Timestamp,
) -> Vec<BurningTime> {
    let subject = match &incident.subject {
        IncidentSubject::Queue(id) => AlertSubject::Queue(id.clone()),
        IncidentSubject::Source(id) => AlertSubject::Source(id.clone()),
    };
    if !rule.watches(&subject) {
        return Vec::new();
    }
    let time = |from: Option<Timestamp>, to: Option<Timestamp>, figures| BurningTime {
        from: from.unwrap_or(incident.from).max(since),
        to: to.or(incident.to).unwrap_or(now),
        subject: subject.clone(),
        figures,
        custom: None,
    };
    let AlertScope::Queues { metric, .. } = &rule.scope else {
        return vec![time(None, None, Vec::new())];
    };
    if let AlertSubject::Queue(id) = &subject {
        let queue = snapshot.queues.get(id);
        if queue.is_none_or(|queue| snapshot.is_queue_hidden(queue)) {
            return Vec::new();
        }
    }
    let causes = incident.causes.iter();
    let causes = causes.filter(|cause| metric.is_none_or(|metric| cause.metric == metric));
    let times = causes.map(|cause| {
        let figure = AlertFigure {
            metric: cause.metric,
            level: AlertLevel::Critical,
            value: cause.worst,
            is_low: cause.is_low(),
        };
        time(cause.from, cause.to, vec![figure])
    });
    times.collect()
}

/// The time of a value that fulfills a rule. `last` is the severity of the value before.
fn burning_value(
    snapshot: &Snapshot,
    rule: &AlertRule,
    history: &FigureHistory,
    from: Timestamp,
    to: Timestamp,
    value: &CustomValue,
    last: &mut Option<ThresholdLevel>,
) -> Option<BurningTime> {
    let (AlertScope::Figures { level, .. }, AlertSubject::Figure(id, _)) =
        (&rule.scope, &history.subject)
    else {
        return None;
    };
    let figure = snapshot.site.find_figure(id)?;
    *last = figure.level_after(*last, value);
    let value = AlertValue::judge(figure, value.clone(), *last)?;
    (*level <= value.level).then(|| BurningTime {
        from,
        to,
        subject: history.subject.clone(),
        figures: Vec::new(),
        custom: Some(value),
    })
}

fn reading_of(
    subject: &AlertSubject,
    active: &[&BurningTime],
    lost: &BTreeSet<&UnknownSubjects>,
) -> Reading {
    let is_unknown = lost.iter().any(|of| match (of, subject) {
        (UnknownSubjects::Source(source), AlertSubject::Queue(id)) => id.source == *source,
        (UnknownSubjects::Source(_), _) => false,
        (UnknownSubjects::One(one), subject) => one == subject,
    });
    if is_unknown {
        return Reading::Unknown;
    }
    let own: Vec<_> = (active.iter())
        .filter(|time| time.subject == *subject)
        .collect();
    if own.is_empty() {
        return Reading::Calm;
    }
    Reading::Burning {
        level: AlertLevel::Critical,
        figures: own.iter().flat_map(|time| time.figures.clone()).collect(),
        status: None,
        custom: own.iter().find_map(|time| time.custom.clone()),
        since: None,
        is_partial: false,
    }
}
