//! A metric on a desk page: its value, thresholds, notes and explanation.

use std::sync::Arc;

use wallboard_boards::{
    figure_text::{self, LabelRoom},
    format, severity_mark,
};
use wallboard_domain::{
    self as domain, LimitValue, Metric, MetricValue, Moment, MonotonicTime, QueueTarget,
    ServiceLevelFormula, SeverityLimits, SourceId, Unit,
};
use wallboard_live::{self as live, DayDetails, Freshness, Severity, Snapshot};

use super::{
    clock::{self, RunningClock, UNKNOWN},
    links::PageLink,
    metric_explanation,
};

#[derive(Default)]
pub(super) struct MetricTile {
    /// The metric's name.
    pub(super) key: &'static str,
    /// A metric of the day, not of this moment.
    pub(super) is_daily: bool,
    pub(super) label: String,
    pub(super) value: RunningClock,
    pub(super) severity: &'static str,
    /// "◆ Critical"
    pub(super) mark: &'static str,
    /// Where the value is from, if from one place.
    pub(super) link: Option<PageLink>,
    /// A figure of the day that misses its target.
    pub(super) is_missed: bool,
    /// "150–190 by 14:30"; empty if unknown.
    pub(super) usual: String,
    /// Small text after the value: thresholds or target, "est.", "last 14".
    pub(super) notes: Vec<String>,
    /// Explanations, each with a heading.
    pub(super) explained: Vec<(&'static str, String)>,
}

/// Marks an out-of-date value, because screen readers and printouts don't convey gray.
pub(super) const OUT_OF_DATE: &str = "out of date";
/// Why there is only an upper bound of the longest wait.
const NOT_REPORTED_YET: &str =
    "Someone waits, and the source hasn’t reported since when. The wait is shorter than this.";
/// Notes an unknown longest wait of somebody who waits: a bare dash means that nobody does.
pub(super) const NOT_KNOWN_YET: &str = "not known yet";
/// Why there is no longest wait.
pub(super) const NOBODY_WAITS: &str = "No one is waiting.";

/// The subject of a tile.
#[derive(Clone, Debug)]
pub(super) struct TileSubject<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) now: Moment,
    pub(super) source: &'a SourceId,
    /// For a group or a person: the sources of all members.
    pub(super) sources: Vec<&'a SourceId>,
    pub(super) target: &'a QueueTarget,
    /// No data since then, which is not an error.
    pub(super) quiet_since: Option<jiff::Timestamp>,
    /// Its vendor computes its values; otherwise daily values are counted here.
    pub(super) is_vendor_value: bool,
    /// How many wait now, if that is known.
    pub(super) waiting: Option<u64>,
    /// The vendor's names of its statistics.
    pub(super) statistics: &'a [(Metric, Arc<str>)],
}

/// The thresholds and severity of a value.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct TileLimits {
    pub(super) limits: SeverityLimits,
    /// `None` if nothing evaluates it: then only staleness is shown.
    pub(super) severity: Option<Severity>,
}

impl MetricTile {
    /// "now-waiting", "today-offered"
    pub(super) fn id(&self) -> String {
        let group = if self.is_daily { "today" } else { "now" };
        format!("{group}-{}", self.key)
    }
}

impl TileSubject<'_> {
    pub(super) fn metric_tile(
        &self,
        metric: Metric,
        figure: &live::MetricFigure,
        received_at: Option<MonotonicTime>,
        tile_limits: TileLimits,
    ) -> MetricTile {
        // A partial value is worth showing however long the other sources are disconnected.
        let is_gone = figure.low.is_none() && figure.freshness.is_gone(received_at, self.now);
        let bare = if figure.freshness.is_out_of_date() {
            Severity::OutOfDate
        } else {
            Severity::None
        };
        let severity = tile_limits.severity.unwrap_or(bare);
        MetricTile {
            key: metric.name(),
            is_daily: metric.is_daily(),
            label: self.tile_label(metric, figure.day_details.as_ref()),
            value: self.tile_value(metric, figure, is_gone),
            severity: severity.into_str(),
            mark: severity_mark(severity),
            link: None,
            is_missed: false,
            usual: String::new(),
            notes: self.tile_notes(metric, figure, &tile_limits.limits, is_gone),
            explained: self.explanation_rows(metric, figure, received_at, &tile_limits),
        }
    }

    fn tile_label(&self, metric: Metric, day_details: Option<&DayDetails>) -> String {
        if metric != Metric::ServiceLevel || self.is_vendor_value {
            return metric.label().to_owned();
        }
        let formula = day_details.and_then(|day_details| day_details.formula);
        if formula.is_none() && (day_details.is_some() || !self.sources.is_empty()) {
            // The vendor's service level has a threshold that it doesn't report.
            return metric.label().to_owned();
        }
        let threshold_ms = Some(self.target.threshold_ms);
        figure_text::service_level_label(LabelRoom::Wide, threshold_ms, formula)
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
            _ if metric.is_total() && figure.low.is_none() && figure.reason.is_none() => {
                RunningClock::stopped(format_total(metric, figure))
            }
            _ => RunningClock::stopped(figure_text::value(metric, figure)),
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
            notes.push(format!("last {}", figure_text::value(metric, &last)));
        } else if is_known(figure) && figure.freshness.is_out_of_date() {
            notes.push(OUT_OF_DATE.to_owned());
        }
        let is_wait_unknown =
            metric == Metric::LongestWait && !is_known(figure) && figure.high.is_none();
        let somebody_waits = self.waiting.is_some_and(|waiting| 0 < waiting);
        notes.extend((is_wait_unknown && somebody_waits).then(|| NOT_KNOWN_YET.to_owned()));
        notes.extend(figure.reason.clone().filter(|_| !is_gone));
        // A service level has its target.
        let limits = describe_limits(metric, limits, self.target);
        notes.extend(limits.filter(|_| metric != Metric::ServiceLevel));
        let target = figure_text::target([self.target.service_level_percent]);
        let labels = [
            (metric == Metric::ServiceLevel).then_some(target),
            is_estimated(figure).then(|| "est.".to_owned()),
        ];
        let labels: Vec<_> = labels.into_iter().flatten().collect();
        notes.extend((!labels.is_empty()).then(|| labels.join(", ")));
        notes
    }

    fn explanation_rows(
        &self,
        metric: Metric,
        figure: &live::MetricFigure,
        received_at: Option<MonotonicTime>,
        tile_limits: &TileLimits,
    ) -> Vec<(&'static str, String)> {
        let (what, unknown) = if self.is_vendor_value {
            (metric.reported_meaning(), metric_explanation::NOT_REPORTED)
        } else {
            (metric.counted_meaning(), metric.unknown_reason())
        };
        let mut rows = vec![("Definition", what.to_owned())];
        let day_details = figure.day_details.as_ref();
        if let Some(formula) = day_details.and_then(|day_details| day_details.formula) {
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
        rows.push(("Period", self.counted_window(metric, day_details)));
        rows.push((
            "Data source",
            self.describe_source(metric, figure, received_at),
        ));
        let called = self
            .statistics
            .iter()
            .find(|(provided, _)| *provided == metric);
        rows.extend(called.map(|(_, name)| ("Vendor statistic", name.to_string())));
        if figure.is_age_unknown {
            rows.push(("Updated", self.describe_age()));
        }
        if let Some(words) = describe_limits(metric, &tile_limits.limits, self.target) {
            rows.push(("Thresholds", words));
        }
        if metric.is_daily() {
            rows.push(("Estimated", self.describe_estimate(metric, figure)));
        }
        if let Some(reason) = &figure.reason {
            let heading = if figure.is_withheld {
                "Why there’s no value"
            } else {
                "Why it isn’t exact"
            };
            rows.push((heading, format!("{reason}.")));
        } else if figure.value.is_none() || figure.freshness == Freshness::Unknown {
            rows.push((
                "Why there’s no value",
                self.why_unknown(metric, figure, unknown),
            ));
        }
        rows.push(("API name", metric.name().to_owned()));
        rows
    }

    fn counted_window(&self, metric: Metric, day_details: Option<&DayDetails>) -> String {
        match day_details {
            Some(day_details) => self.counted_day(day_details),
            None if metric == Metric::AverageWait && self.is_vendor_value => {
                "Set by the vendor’s statistic.".to_owned()
            }
            None if metric == Metric::AverageWait => {
                "Rolling 15 minutes, set by the source.".to_owned()
            }
            None => "Now.".to_owned(),
        }
    }

    /// See [`describe_day`].
    pub(super) fn counted_day(&self, day_details: &DayDetails) -> String {
        if self.is_vendor_value && day_details.is_complete && day_details.since.is_some() {
            return "Today so far, by the vendor’s reporting day.".to_owned();
        }
        describe_day(self.snapshot, day_details, self.now)
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

    /// For a merged value: the sources of its parts.
    fn describe_parts(&self, received_at: Option<MonotonicTime>) -> String {
        let text = format!("Combined from {}", self.source_name());
        match received_at {
            Some(received_at) => {
                let ago = clock::format_age(self.now.monotonic.millis_since(received_at));
                format!("{text}; updated {ago} ago.")
            }
            None => format!("{text}."),
        }
    }

    fn describe_source(
        &self,
        metric: Metric,
        figure: &live::MetricFigure,
        received_at: Option<MonotonicTime>,
    ) -> String {
        if !self.sources.is_empty() {
            return self.describe_parts(received_at);
        }
        let source = self.snapshot.sources.get(self.source);
        let name = self.source_name();
        let is_of_day = metric.is_daily();
        let counted = !self.is_vendor_value && (is_of_day || metric == Metric::Cases);
        let received_at = if counted {
            source.and_then(|source| source.last_received_at)
        } else {
            received_at
        };
        let ago = received_at
            .map(|received_at| clock::format_age(self.now.monotonic.millis_since(received_at)));
        let text = match (counted, ago) {
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
            Freshness::Disconnected(outage) => {
                let at = clock::format_exact_time(self.snapshot, outage.at, self.now);
                format!("{text} Disconnected at {at}; the value is from before.")
            }
            Freshness::OutOfDate if self.is_vendor_value => {
                format!("{text} That’s too long ago, or before an outage, so it’s out of date.")
            }
            Freshness::OutOfDate => {
                format!("{text} Not refreshed since the last outage, so it’s out of date.")
            }
            Freshness::UpToDate | Freshness::Unknown => text,
        }
    }

    fn describe_age(&self) -> String {
        let name = self.source_name();
        format!("Unknown: {name} doesn’t report how old the value is. It may be cached.")
    }

    fn describe_estimate(&self, metric: Metric, figure: &live::MetricFigure) -> String {
        match (figure.is_estimated(), metric) {
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
        if let Some(day_details) = &figure.day_details
            && day_details.since.is_none()
            && !self.is_vendor_value
        {
            return "Its source hasn’t connected yet, so nothing was counted.".to_owned();
        }
        if figure.low.is_none() && figure.high.is_some() {
            return NOT_REPORTED_YET.to_owned();
        }
        if metric == Metric::LongestWait && self.waiting == Some(0) {
            NOBODY_WAITS.to_owned()
        } else {
            usual.to_owned()
        }
    }
}

/// A total of the day; times as "8 min" or "2 h 04 min".
fn format_total(metric: Metric, figure: &live::MetricFigure) -> String {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a cast of a float saturates"
    )]
    match figure.value {
        Some(MetricValue::Seconds(seconds)) => clock::format_age((seconds * 1000.0) as i64),
        _ => figure_text::value(metric, figure),
    }
}

/// "Today since 10:42 (UTC), no data 11:00–11:05 (partial day)."
pub(super) fn describe_day(snapshot: &Snapshot, day_details: &DayDetails, now: Moment) -> String {
    let time = |at| clock::format_time(snapshot, at, now);
    let zone = clock::zone_name(snapshot);
    let Some(since) = day_details.since else {
        return "Nothing counted yet today.".to_owned();
    };
    let begins = if day_details.is_partly_earlier {
        "Today, complete only since"
    } else {
        "Today since"
    };
    let mut words = format!("{begins} {} ({zone})", time(since));
    if !day_details.gaps.is_empty() {
        let gaps = day_details.gaps.iter().map(|gap| {
            let to = gap.to.map_or_else(|| "now".to_owned(), time);
            format!("{}–{to}", time(gap.from))
        });
        words.push_str(", no data ");
        words.push_str(&gaps.collect::<Vec<_>>().join(", "));
    }
    words.push_str(if day_details.is_complete {
        " (whole day so far)."
    } else {
        " (partial day)."
    });
    words
}

/// "warning from 1:00, critical from 2:00"; of a figure of the day: "missed below 70%".
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
    let resolve = |level: Option<LimitValue>| level.map(|level| level.resolve_for(target));
    if metric.is_daily() {
        let upper = limits.warning.or(limits.critical);
        let upper = upper.map(|limit| format!("missed from {}", value(limit)));
        let lower = limits.warning_below.or(limits.critical_below);
        // The target itself is noted anyway.
        let lower = resolve(lower.filter(|limit| *limit != LimitValue::FromTarget(0.0)));
        return upper.or(lower.map(|limit| format!("missed below {}", value(limit))));
    }
    let below = |level| resolve(level).map(value);
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

/// The vendor's names of one subject's statistics.
pub(super) fn vendor_statistics<'a>(
    snapshot: &'a Snapshot,
    subject: &domain::MetricSubject,
) -> &'a [(Metric, Arc<str>)] {
    let mut all = snapshot
        .site
        .sources
        .iter()
        .flat_map(|setup| &setup.provides);
    let provider = all.find(|provider| provider.subject == *subject);
    provider.map_or(&[], |provider| &provider.statistics)
}

/// Whether there is a value that can be out of date.
fn is_known(figure: &live::MetricFigure) -> bool {
    figure.value.or(figure.low).is_some()
}

fn is_estimated(figure: &live::MetricFigure) -> bool {
    let zero = matches!(figure.value, None | Some(MetricValue::Count(0)));
    !zero && figure.is_estimated()
}
