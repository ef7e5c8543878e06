//! A figure on a desk page: its value, its limits, what it lacks, and behind it
//! the explanation.

use std::sync::Arc;

use crate::{
    boards::{LimitValue, Severity, SeverityLimits, format},
    domain::{
        self, Metric, MetricValue, Moment, MonotonicTime, QueueTarget, ServiceLevelFormula,
        SourceId, Unit,
    },
    live::{self, DayDetails, Freshness, Snapshot},
};

use super::{
    clock::{self, RunningClock, UNKNOWN},
    links::PageLink,
    metric_explanation,
};

pub(super) struct MetricTile {
    /// The metric's name.
    pub(super) key: &'static str,
    pub(super) label: String,
    pub(super) value: RunningClock,
    pub(super) severity: &'static str,
    /// "◆ Critical"
    pub(super) mark: &'static str,
    /// Where its value is from, if from one place.
    pub(super) link: Option<PageLink>,
    /// Small, behind the value: thresholds or target, "est.", "last 14".
    pub(super) notes: Vec<String>,
    /// Terms and what is to be said of them.
    pub(super) explained: Vec<(&'static str, String)>,
}

/// Beside a value that is not vouched for: grey alone is told by no reader and no paper.
pub(super) const OUT_OF_DATE: &str = "out of date";
/// Why there is no longest wait.
pub(super) const NOBODY_WAITS: &str = "No one is waiting.";

/// Whose figure it is, and by what it is judged.
#[derive(Clone, Debug)]
pub(super) struct TileSubject<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) now: Moment,
    pub(super) source: &'a SourceId,
    /// Of a group or a person: the sources of all that it is made of.
    pub(super) sources: Vec<&'a SourceId>,
    pub(super) target: &'a QueueTarget,
    /// Nothing was said of it since; that is no fault.
    pub(super) quiet_since: Option<jiff::Timestamp>,
    /// Its vendor reckons its figures; else those of the day are counted here.
    pub(super) is_vendor_value: bool,
    /// It is known that nobody waits.
    pub(super) nobody_waits: bool,
    /// What the vendor calls its figures.
    pub(super) statistics: &'a [(Metric, Arc<str>)],
}

/// What a figure is judged by, and how.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct TileLimits<'a> {
    pub(super) limits: SeverityLimits,
    /// The title of the board that has these limits; others may have others.
    pub(super) board: &'a str,
    /// `None` where nobody judges: then only that it is stale is said.
    pub(super) severity: Option<Severity>,
}

impl TileSubject<'_> {
    pub(super) fn metric_tile(
        &self,
        metric: Metric,
        figure: &live::MetricFigure,
        heard: Option<MonotonicTime>,
        judged: TileLimits<'_>,
    ) -> MetricTile {
        // What is known of some of several is worth showing however long the others are away.
        let is_gone = figure.low.is_none() && figure.freshness.is_gone(heard, self.now);
        let is_stale = matches!(
            figure.freshness,
            Freshness::OutOfDate | Freshness::Disconnected(_)
        );
        let bare = if is_stale {
            Severity::OutOfDate
        } else {
            Severity::None
        };
        let severity = judged.severity.unwrap_or(bare);
        MetricTile {
            key: metric.name(),
            label: self.tile_label(metric, figure.day_details.as_ref()),
            value: self.tile_value(metric, figure, is_gone),
            severity: severity.name(),
            mark: severity.mark_text(),
            link: None,
            notes: self.tile_notes(metric, figure, &judged.limits, is_gone),
            explained: self.explanation_rows(metric, figure, heard, &judged),
        }
    }

    fn tile_label(&self, metric: Metric, marks: Option<&DayDetails>) -> String {
        if metric != Metric::ServiceLevel || self.is_vendor_value {
            return metric.label().to_owned();
        }
        let within = clock::format_age(self.target.threshold_ms);
        let formula = marks.and_then(|marks| marks.formula);
        if formula.is_none() && (marks.is_some() || !self.sources.is_empty()) {
            // The vendor's own share is of a limit that it does not tell.
            return metric.label().to_owned();
        }
        if formula == Some(ServiceLevelFormula::AnsweredOnly.name()) {
            format!("Service level ({within}, of answered)")
        } else {
            format!("Service level ({within})")
        }
    }

    fn tile_value(
        &self,
        metric: Metric,
        figure: &live::MetricFigure,
        is_gone: bool,
    ) -> RunningClock {
        if is_gone || figure.freshness == Freshness::Unknown {
            return RunningClock::stopped(UNKNOWN);
        }
        match (figure.since, figure.freshness) {
            (Some(start), Freshness::UpToDate) if figure.low.is_none() => {
                RunningClock::running_since(start, figure.freshness, self.now)
            }
            _ => RunningClock::stopped(format::figure(metric, figure)),
        }
    }

    fn tile_notes(
        &self,
        metric: Metric,
        figure: &live::MetricFigure,
        limits: &SeverityLimits,
        is_gone: bool,
    ) -> Vec<String> {
        let mut notes = Vec::new();
        if let Some(value) = figure.value.filter(|_| is_gone) {
            let last = live::MetricFigure {
                value: Some(value),
                ..live::MetricFigure::default()
            };
            notes.push(format!("last {}", format::figure(metric, &last)));
        } else if is_known(figure)
            && matches!(
                figure.freshness,
                Freshness::OutOfDate | Freshness::Disconnected(_)
            )
        {
            notes.push(OUT_OF_DATE.to_owned());
        }
        notes.extend(figure.reason.clone().filter(|_| !is_gone));
        notes.extend(describe_limits(metric, limits, self.target));
        let target = format!("target {}%", self.target.service_level_percent);
        let marks = [
            (metric == Metric::ServiceLevel).then_some(target),
            is_estimated(figure).then(|| "est.".to_owned()),
        ];
        let marks: Vec<_> = marks.into_iter().flatten().collect();
        notes.extend((!marks.is_empty()).then(|| marks.join(", ")));
        notes
    }

    fn explanation_rows(
        &self,
        metric: Metric,
        figure: &live::MetricFigure,
        heard: Option<MonotonicTime>,
        judged: &TileLimits<'_>,
    ) -> Vec<(&'static str, String)> {
        let (what, unknown) = if self.is_vendor_value {
            (metric.reported_meaning(), metric_explanation::NOT_REPORTED)
        } else {
            (metric.counted_meaning(), metric.unknown_reason())
        };
        let mut rows = vec![("Definition", what.to_owned())];
        let marks = figure.day_details.as_ref();
        let formula = marks
            .and_then(|marks| marks.formula)
            .and_then(ServiceLevelFormula::from_name);
        if let Some(formula) = formula {
            rows.push((
                "Formula",
                metric_explanation::describe_formula_in_use(formula, self.target),
            ));
            if formula != ServiceLevelFormula::AnsweredOnly {
                rows.push((
                    "Still waiting",
                    "Counted once past the target time.".to_owned(),
                ));
            }
        }
        rows.push(("Period", self.counted_window(metric, marks)));
        rows.push(("Data source", self.describe_source(metric, figure, heard)));
        let called = self.statistics.iter().find(|(of, _)| *of == metric);
        rows.extend(called.map(|(_, name)| ("Vendor statistic", name.to_string())));
        if figure.is_age_unknown {
            rows.push(("Updated", self.describe_age()));
        }
        if let Some(words) = describe_limits(metric, &judged.limits, self.target) {
            rows.push((
                "Thresholds",
                format!("{words}, on the board “{}”", judged.board),
            ));
        }
        if metric.is_of_the_day() {
            rows.push(("Estimated", self.describe_estimate(metric, figure)));
        }
        if let Some(reason) = &figure.reason {
            rows.push(("Why it isn’t exact", format!("{reason}.")));
        } else if figure.value.is_none() || figure.freshness == Freshness::Unknown {
            rows.push((
                "Why there’s no value",
                self.why_unknown(metric, figure, unknown),
            ));
        }
        rows.push(("API name", metric.name().to_owned()));
        rows
    }

    fn counted_window(&self, metric: Metric, marks: Option<&DayDetails>) -> String {
        match marks {
            Some(marks) => self.counted_day(marks),
            None if metric == Metric::AverageWait && self.is_vendor_value => {
                "Set by the vendor’s statistic.".to_owned()
            }
            None if metric == Metric::AverageWait => {
                "Rolling 15 minutes, set by the source.".to_owned()
            }
            None => "Now.".to_owned(),
        }
    }

    /// "Today since 10:42, without 11:00–11:05."
    pub(super) fn counted_day(&self, marks: &DayDetails) -> String {
        let time = |at| clock::format_time(self.snapshot, at, self.now);
        let zone = clock::zone_name(self.snapshot);
        let Some(since) = marks.since else {
            return "Nothing counted yet today.".to_owned();
        };
        if self.is_vendor_value && marks.is_complete {
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
        words.push_str(if marks.is_complete {
            " (whole day so far)."
        } else {
            " (partial day)."
        });
        words
    }

    /// "Voice (Genesys)"
    fn source_name(&self) -> String {
        let name = |id: &SourceId| {
            let source = self.snapshot.sources.get(id);
            let name = self.snapshot.site.source_name(id);
            match source.map(|source| source.vendor.vendor) {
                Some(vendor) => format!("{name} ({vendor})"),
                None => name,
            }
        };
        if self.sources.is_empty() {
            return name(self.source);
        }
        let names: Vec<_> = self.sources.iter().map(|id| name(id)).collect();
        names.join(" and ")
    }

    /// Of a figure over several: who the parts are from.
    fn describe_parts(&self, heard: Option<MonotonicTime>) -> String {
        let said = format!("Combined from {}", self.source_name());
        match heard {
            Some(heard) => {
                let ago = clock::format_age(self.now.monotonic.millis_since(heard));
                format!("{said}; updated {ago} ago.")
            }
            None => format!("{said}."),
        }
    }

    fn describe_source(
        &self,
        metric: Metric,
        figure: &live::MetricFigure,
        heard: Option<MonotonicTime>,
    ) -> String {
        if !self.sources.is_empty() {
            return self.describe_parts(heard);
        }
        let source = self.snapshot.sources.get(self.source);
        let name = self.source_name();
        let is_of_day = metric.is_of_the_day();
        let counted = !self.is_vendor_value && (is_of_day || metric == Metric::Cases);
        let heard = if counted {
            source.and_then(|source| source.last_received_at)
        } else {
            heard
        };
        let ago = heard.map(|heard| clock::format_age(self.now.monotonic.millis_since(heard)));
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
        match figure.freshness {
            Freshness::Disconnected(lost) => {
                let at = clock::format_exact_time(self.snapshot, lost.at, self.now);
                format!("{said} Disconnected at {at}; the value is from before.")
            }
            Freshness::OutOfDate if self.is_vendor_value => {
                format!("{said} That’s too long ago, or before an outage, so it’s out of date.")
            }
            Freshness::OutOfDate => {
                format!("{said} Not refreshed since the last outage, so it’s out of date.")
            }
            Freshness::UpToDate | Freshness::Unknown => said,
        }
    }

    fn describe_age(&self) -> String {
        let name = self.source_name();
        format!("Unknown: {name} doesn’t report how old the value is. It may be cached.")
    }

    fn describe_estimate(&self, metric: Metric, figure: &live::MetricFigure) -> String {
        let estimated = figure
            .day_details
            .as_ref()
            .is_some_and(|marks| marks.is_estimated);
        match (estimated, metric) {
            (false, _) if self.is_vendor_value => format!("No, from {}.", self.source_name()),
            (false, _) if !self.sources.is_empty() => "No.".to_owned(),
            (false, _) => "No, counted from events.".to_owned(),
            (true, Metric::Abandoned) => "Yes, the source doesn’t report abandons.".to_owned(),
            (true, _) => "Yes, includes estimated abandons.".to_owned(),
        }
    }

    fn why_unknown(&self, metric: Metric, figure: &live::MetricFigure, usual: &str) -> String {
        if let Some(since) = self.quiet_since {
            let since = clock::format_time(self.snapshot, since, self.now);
            return format!(
                "No data for this queue since {since}. That’s usual for a queue without traffic."
            );
        }
        if let Some(marks) = &figure.day_details
            && marks.since.is_none()
            && !self.is_vendor_value
        {
            return "Its source hasn’t connected yet, so nothing was counted.".to_owned();
        }
        if metric == Metric::LongestWait && self.nobody_waits {
            NOBODY_WAITS.to_owned()
        } else {
            usual.to_owned()
        }
    }
}

/// "warns at 1:00, critical at 2:00"
fn describe_limits(
    metric: Metric,
    limits: &SeverityLimits,
    target: &QueueTarget,
) -> Option<String> {
    let value = |number: f64| match metric.unit() {
        Unit::Count => format!("{number}"),
        Unit::Seconds => format::value(Some(MetricValue::Seconds(number))),
        Unit::Percent => format!("{number}%"),
    };
    let below = |level: Option<LimitValue>| level.map(|level| value(level.resolve_for(target)));
    let words = [
        limits
            .warning
            .map(|warn| format!("warning from {}", value(warn))),
        limits
            .critical
            .map(|crit| format!("critical from {}", value(crit))),
        below(limits.warning_below).map(|warn| format!("warning below {warn}")),
        below(limits.critical_below).map(|crit| format!("critical below {crit}")),
    ];
    let words: Vec<_> = words.into_iter().flatten().collect();
    (!words.is_empty()).then(|| words.join(", "))
}

/// What its vendor calls the figures of one subject.
pub(super) fn vendor_statistics<'a>(
    picture: &'a Snapshot,
    of: &domain::MetricSubject,
) -> &'a [(Metric, Arc<str>)] {
    let mut all = picture
        .site
        .sources
        .iter()
        .flat_map(|setup| &setup.provides);
    let given = all.find(|given| given.subject == *of);
    given.map_or(&[], |given| &given.statistics)
}

/// There is something that could be fresh, or not.
fn is_known(figure: &live::MetricFigure) -> bool {
    figure.value.or(figure.low).is_some()
}

fn is_estimated(figure: &live::MetricFigure) -> bool {
    let zero = matches!(figure.value, None | Some(MetricValue::Count(0)));
    !zero
        && figure
            .day_details
            .as_ref()
            .is_some_and(|marks| marks.is_estimated)
}
