//! A figure on a desk page: its value, its limits, what it lacks, and behind it
//! the explanation.

use std::sync::Arc;

use crate::{
    boards::{Level, Limits, Severity, format},
    domain::{self, Formula, Metric, Moment, Mono, SourceId, Target, Unit, Value},
    live::{self, DayMarks, Picture, Trust},
};

use super::{
    clock::{self, Tick, UNKNOWN},
    explain,
    names::Link,
};

pub(super) struct Figure {
    /// The metric's name.
    pub(super) key: &'static str,
    pub(super) label: String,
    pub(super) value: Tick,
    pub(super) severity: &'static str,
    /// "◆ Critical"
    pub(super) mark: &'static str,
    /// Where its value is from, if from one place.
    pub(super) link: Option<Link>,
    /// Small, behind the value: thresholds or target, "est.", "last 14".
    pub(super) notes: Vec<String>,
    /// Terms and what is to be said of them.
    pub(super) explained: Vec<(&'static str, String)>,
}

/// Beside a value that is not vouched for: grey alone is told by no reader and no paper.
pub(super) const NOT_FRESH: &str = "out of date";
/// Why there is no longest wait.
pub(super) const NOBODY: &str = "No one is waiting.";

/// Whose figure it is, and by what it is judged.
#[derive(Clone, Debug)]
pub(super) struct Subject<'a> {
    pub(super) picture: &'a Picture,
    pub(super) now: Moment,
    pub(super) source: &'a SourceId,
    /// Of a group or a person: the sources of all that it is made of.
    pub(super) several: Vec<&'a SourceId>,
    pub(super) target: &'a Target,
    /// Nothing was said of it since; that is no fault.
    pub(super) quiet_since: Option<jiff::Timestamp>,
    /// Its vendor reckons its figures; else those of the day are counted here.
    pub(super) is_reckoned: bool,
    /// It is known that nobody waits.
    pub(super) nobody_waits: bool,
    /// What the vendor calls its figures.
    pub(super) statistics: &'a [(Metric, Arc<str>)],
}

/// What a figure is judged by, and how.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Judged<'a> {
    pub(super) limits: Limits,
    /// The title of the board that has these limits; others may have others.
    pub(super) board: &'a str,
    /// `None` where nobody judges: then only that it is stale is said.
    pub(super) severity: Option<Severity>,
}

impl Subject<'_> {
    pub(super) fn figure(
        &self,
        metric: Metric,
        figure: &live::Figure,
        heard: Option<Mono>,
        judged: Judged<'_>,
    ) -> Figure {
        // What is known of some of several is worth showing however long the others are away.
        let is_gone = figure.low.is_none() && figure.trust.is_gone(heard, self.now);
        let is_stale = matches!(figure.trust, Trust::Stale | Trust::Lost(_));
        let bare = if is_stale {
            Severity::Stale
        } else {
            Severity::None
        };
        let severity = judged.severity.unwrap_or(bare);
        Figure {
            key: metric.name(),
            label: self.label(metric, figure.of_day.as_ref()),
            value: self.value(metric, figure, is_gone),
            severity: severity.name(),
            mark: severity.mark(),
            link: None,
            notes: self.notes(metric, figure, &judged.limits, is_gone),
            explained: self.explained(metric, figure, heard, &judged),
        }
    }

    fn label(&self, metric: Metric, marks: Option<&DayMarks>) -> String {
        if metric != Metric::ServiceLevel || self.is_reckoned {
            return metric.label().to_owned();
        }
        let within = clock::age(self.target.answer_within);
        let formula = marks.and_then(|marks| marks.formula);
        if formula.is_none() && (marks.is_some() || !self.several.is_empty()) {
            // The vendor's own share is of a limit that it does not tell.
            return metric.label().to_owned();
        }
        if formula == Some(Formula::AnsweredOnly.name()) {
            format!("Service level ({within}, of answered)")
        } else {
            format!("Service level ({within})")
        }
    }

    fn value(&self, metric: Metric, figure: &live::Figure, is_gone: bool) -> Tick {
        if is_gone || figure.trust == Trust::Unknown {
            return Tick::still(UNKNOWN);
        }
        match (figure.since, figure.trust) {
            (Some(start), Trust::Fresh) if figure.low.is_none() => {
                Tick::since(start, figure.trust, self.now)
            }
            _ => Tick::still(format::figure(metric, figure)),
        }
    }

    fn notes(
        &self,
        metric: Metric,
        figure: &live::Figure,
        limits: &Limits,
        is_gone: bool,
    ) -> Vec<String> {
        let mut notes = Vec::new();
        if let Some(value) = figure.value.filter(|_| is_gone) {
            let last = live::Figure {
                value: Some(value),
                ..live::Figure::default()
            };
            notes.push(format!("last {}", format::figure(metric, &last)));
        } else if is_known(figure) && matches!(figure.trust, Trust::Stale | Trust::Lost(_)) {
            notes.push(NOT_FRESH.to_owned());
        }
        notes.extend(figure.reason.clone().filter(|_| !is_gone));
        notes.extend(limit_words(metric, limits, self.target));
        let target = format!("target {}%", self.target.service_level);
        let marks = [
            (metric == Metric::ServiceLevel).then_some(target),
            is_estimated(figure).then(|| "est.".to_owned()),
        ];
        let marks: Vec<_> = marks.into_iter().flatten().collect();
        notes.extend((!marks.is_empty()).then(|| marks.join(", ")));
        notes
    }

    fn explained(
        &self,
        metric: Metric,
        figure: &live::Figure,
        heard: Option<Mono>,
        judged: &Judged<'_>,
    ) -> Vec<(&'static str, String)> {
        let (what, unknown) = if self.is_reckoned {
            (metric.reported_meaning(), explain::NOT_REPORTED)
        } else {
            (metric.counted_meaning(), metric.unknown_reason())
        };
        let mut rows = vec![("Definition", what.to_owned())];
        let marks = figure.of_day.as_ref();
        let formula = marks
            .and_then(|marks| marks.formula)
            .and_then(Formula::from_name);
        if let Some(formula) = formula {
            rows.push(("Formula", explain::in_use(formula, self.target)));
            if formula != Formula::AnsweredOnly {
                rows.push((
                    "Still waiting",
                    "Counted once past the target time.".to_owned(),
                ));
            }
        }
        rows.push(("Period", self.window(metric, marks)));
        rows.push(("Data source", self.source_words(metric, figure, heard)));
        let called = self.statistics.iter().find(|(of, _)| *of == metric);
        rows.extend(called.map(|(_, name)| ("Vendor statistic", name.to_string())));
        if figure.age_unknown {
            rows.push(("Updated", self.age_words()));
        }
        if let Some(words) = limit_words(metric, &judged.limits, self.target) {
            rows.push((
                "Thresholds",
                format!("{words}, on the board “{}”", judged.board),
            ));
        }
        if metric.is_of_the_day() {
            rows.push(("Estimated", self.estimate(metric, figure)));
        }
        if let Some(reason) = &figure.reason {
            rows.push(("Why it isn’t exact", format!("{reason}.")));
        } else if figure.value.is_none() || figure.trust == Trust::Unknown {
            rows.push((
                "Why there’s no value",
                self.why_unknown(metric, figure, unknown),
            ));
        }
        rows.push(("API name", metric.name().to_owned()));
        rows
    }

    fn window(&self, metric: Metric, marks: Option<&DayMarks>) -> String {
        match marks {
            Some(marks) => self.day(marks),
            None if metric == Metric::AverageWait && self.is_reckoned => {
                "Set by the vendor’s statistic.".to_owned()
            }
            None if metric == Metric::AverageWait => {
                "Rolling 15 minutes, set by the source.".to_owned()
            }
            None => "Now.".to_owned(),
        }
    }

    /// "Today since 10:42, without 11:00–11:05."
    pub(super) fn day(&self, marks: &DayMarks) -> String {
        let time = |at| clock::time(self.picture, at, self.now);
        let zone = clock::zone(self.picture);
        let Some(since) = marks.since else {
            return "Nothing counted yet today.".to_owned();
        };
        if self.is_reckoned && marks.complete {
            return "Today so far, by the vendor’s reporting day.".to_owned();
        }
        let begins = if marks.partly_before {
            "Today, complete only since"
        } else {
            "Today since"
        };
        let mut words = format!("{begins} {} ({zone})", time(since));
        if !marks.gaps.is_empty() {
            let gaps = marks.gaps.iter().map(|gap| {
                let to = gap.to.map_or_else(|| "now".to_owned(), time);
                format!("{}–{to}", time(gap.from))
            });
            words.push_str(", no data ");
            words.push_str(&gaps.collect::<Vec<_>>().join(", "));
        }
        words.push_str(if marks.complete {
            " (whole day so far)."
        } else {
            " (partial day)."
        });
        words
    }

    /// "Voice (Genesys)"
    fn source_name(&self) -> String {
        let name = |id: &SourceId| {
            let source = self.picture.sources.get(id);
            let name = self.picture.site.source_name(id);
            match source.map(|source| source.kind.vendor) {
                Some(vendor) => format!("{name} ({vendor})"),
                None => name,
            }
        };
        if self.several.is_empty() {
            return name(self.source);
        }
        let names: Vec<_> = self.several.iter().map(|id| name(id)).collect();
        names.join(" and ")
    }

    /// Of a figure over several: who the parts are from.
    fn parts_words(&self, heard: Option<Mono>) -> String {
        let said = format!("Combined from {}", self.source_name());
        match heard {
            Some(heard) => {
                let ago = clock::age(self.now.mono.since(heard));
                format!("{said}; updated {ago} ago.")
            }
            None => format!("{said}."),
        }
    }

    fn source_words(&self, metric: Metric, figure: &live::Figure, heard: Option<Mono>) -> String {
        if !self.several.is_empty() {
            return self.parts_words(heard);
        }
        let source = self.picture.sources.get(self.source);
        let name = self.source_name();
        let is_of_day = metric.is_of_the_day();
        let counted = !self.is_reckoned && (is_of_day || metric == Metric::Cases);
        let heard = if counted {
            source.and_then(|source| source.heard)
        } else {
            heard
        };
        let ago = heard.map(|heard| clock::age(self.now.mono.since(heard)));
        let said = match (counted, ago) {
            (true, Some(ago)) => {
                format!("Counted by Wallboard from {name} events. Last event {ago} ago.")
            }
            (true, None) => {
                format!("Counted by Wallboard from {name} events. No events yet.")
            }
            (false, Some(ago)) if is_of_day => {
                format!("Counted by {name}, {ago} ago.")
            }
            (false, Some(ago)) => format!("From {name}, {ago} ago."),
            (false, None) => format!("No value from {name} yet."),
        };
        match figure.trust {
            Trust::Lost(lost) => {
                let at = clock::exact(self.picture, lost.at, self.now);
                format!("{said} Disconnected at {at}; the value is from before.")
            }
            Trust::Stale if self.is_reckoned => {
                format!("{said} That’s too long ago, or before an outage, so it’s out of date.")
            }
            Trust::Stale => {
                format!("{said} Not refreshed since the last outage, so it’s out of date.")
            }
            Trust::Fresh | Trust::Unknown => said,
        }
    }

    fn age_words(&self) -> String {
        let name = self.source_name();
        format!("Unknown: {name} doesn’t report how old the value is. It may be cached.")
    }

    fn estimate(&self, metric: Metric, figure: &live::Figure) -> String {
        let estimated = figure.of_day.as_ref().is_some_and(|marks| marks.estimated);
        match (estimated, metric) {
            (false, _) if self.is_reckoned => format!("No, from {}.", self.source_name()),
            (false, _) if !self.several.is_empty() => "No.".to_owned(),
            (false, _) => "No, counted from events.".to_owned(),
            (true, Metric::Abandoned) => "Yes, the source doesn’t report abandons.".to_owned(),
            (true, _) => "Yes, includes estimated abandons.".to_owned(),
        }
    }

    fn why_unknown(&self, metric: Metric, figure: &live::Figure, usual: &str) -> String {
        if let Some(since) = self.quiet_since {
            let since = clock::time(self.picture, since, self.now);
            return format!(
                "No data for this queue since {since}. That’s usual for a queue without traffic."
            );
        }
        if let Some(marks) = &figure.of_day
            && marks.since.is_none()
            && !self.is_reckoned
        {
            return "Its source hasn’t connected yet, so nothing was counted.".to_owned();
        }
        if metric == Metric::LongestWait && self.nobody_waits {
            NOBODY.to_owned()
        } else {
            usual.to_owned()
        }
    }
}

/// "warns at 1:00, critical at 2:00"
fn limit_words(metric: Metric, limits: &Limits, target: &Target) -> Option<String> {
    let value = |number: f64| match metric.unit() {
        Unit::Count => format!("{number}"),
        Unit::Seconds => format::value(Some(Value::Seconds(number))),
        Unit::Percent => format!("{number}%"),
    };
    let below = |level: Option<Level>| level.map(|level| value(level.value(target)));
    let words = [
        limits
            .warn
            .map(|warn| format!("warning from {}", value(warn))),
        limits
            .crit
            .map(|crit| format!("critical from {}", value(crit))),
        below(limits.warn_below).map(|warn| format!("warning below {warn}")),
        below(limits.crit_below).map(|crit| format!("critical below {crit}")),
    ];
    let words: Vec<_> = words.into_iter().flatten().collect();
    (!words.is_empty()).then(|| words.join(", "))
}

/// What its vendor calls the figures of one subject.
pub(super) fn statistics<'a>(
    picture: &'a Picture,
    of: &domain::Subject,
) -> &'a [(Metric, Arc<str>)] {
    let mut all = picture.site.sources.iter().flat_map(|setup| &setup.gives);
    let given = all.find(|given| given.subject == *of);
    given.map_or(&[], |given| &given.statistics)
}

/// There is something that could be fresh, or not.
fn is_known(figure: &live::Figure) -> bool {
    figure.value.or(figure.low).is_some()
}

fn is_estimated(figure: &live::Figure) -> bool {
    let zero = matches!(figure.value, None | Some(Value::Count(0)));
    !zero && figure.of_day.as_ref().is_some_and(|marks| marks.estimated)
}
