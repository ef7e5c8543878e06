//! A metric on a desk page: its value, thresholds, notes and explanation.

use std::sync::Arc;

use wallboard_boards::{
    figure_text::{self, FigureText},
    format, severity_mark,
};
use wallboard_domain::{
    self as domain, Metric, MetricValue, Moment, MonotonicTime, QueueId, ServiceLevelFormula,
    SourceId, ThresholdLevel, Unit,
};
use wallboard_live::{
    DayDetails, EvaluatedFigure, Freshness, MetricFigure, Severity, ShownFreshness, Snapshot,
};

use crate::web::parts::{
    clock::{self, RunningClock},
    links::PageLink,
    metric_explanation,
};

#[derive(Default)]
pub(in crate::web) struct MetricTile {
    /// The metric's name.
    pub(in crate::web) key: &'static str,
    /// A metric of the day, not of this moment.
    pub(in crate::web) is_daily: bool,
    pub(in crate::web) label: String,
    pub(in crate::web) value: RunningClock,
    pub(in crate::web) severity: &'static str,
    /// "◆ Critical"
    pub(in crate::web) mark: &'static str,
    /// Where the value is from, if from one place.
    pub(in crate::web) link: Option<PageLink>,
    /// A figure of the day that misses its target.
    pub(in crate::web) is_missed: bool,
    /// "150–190 by 14:30"; empty if unknown.
    pub(in crate::web) usual: String,
    /// Small text after the value: thresholds or target, "estimated", "last 14".
    pub(in crate::web) notes: Vec<String>,
    /// Explanations, each with a heading.
    pub(in crate::web) explained: Vec<(&'static str, String)>,
}

/// Marks an out-of-date value, because screen readers and printouts don't convey gray.
pub(super) const OUT_OF_DATE: &str = "out of date";
/// Why there is only an upper bound of the longest wait.
const NOT_REPORTED_YET: &str =
    "Someone waits, and the source hasn’t reported since when. The wait is shorter than this.";
/// Notes an unknown longest wait of somebody who waits: a bare dash means that nobody does.
pub(super) const NOT_KNOWN_YET: &str = "not known yet";
/// The heading of an explanation.
pub(super) const WHY_NO_VALUE: &str = "Why there’s no value";
/// Why there is no longest wait.
pub(super) const NOBODY_WAITS: &str = "No one is waiting.";

/// The subject of tiles.
#[derive(Clone, Debug)]
pub(in crate::web) struct TileSubject<'a> {
    pub(in crate::web) snapshot: &'a Snapshot,
    pub(in crate::web) now: Moment,
    pub(in crate::web) source: &'a SourceId,
    /// For a group or a person: the sources of all members.
    pub(in crate::web) sources: Vec<&'a SourceId>,
    /// The queue or group whose thresholds apply; agents have none.
    pub(in crate::web) queue: Option<&'a QueueId>,
    /// No data since then, which is not an error.
    pub(in crate::web) quiet_since: Option<jiff::Timestamp>,
    /// Its vendor computes its values; otherwise daily values are counted here.
    pub(in crate::web) is_vendor_value: bool,
    /// How many wait now, if that is known.
    pub(in crate::web) waiting: Option<u64>,
    /// The vendor's names of its statistics.
    pub(in crate::web) statistics: &'a [(Metric, Arc<str>)],
}

/// Half of many figures, as a table: live ones first, then those of the day.
pub(in crate::web) struct FigureColumn<'a> {
    /// "Now" or "Today", above its values.
    pub(in crate::web) heading: &'static str,
    /// Each with the heading that begins with it, if that changes.
    pub(in crate::web) rows: Vec<(&'static str, &'a MetricTile)>,
    /// Whether any has a usual range.
    pub(in crate::web) has_usual: bool,
}

impl<'a> FigureColumn<'a> {
    /// Splits sorted figures into two columns of the same length.
    pub(in crate::web) fn split(figures: &'a [MetricTile]) -> Vec<Self> {
        let columns = figures.chunks(figures.len().div_ceil(2).max(1));
        let column = |figures: &'a [MetricTile]| {
            let mut above = figures.first().map_or("", MetricTile::period);
            let heading = above;
            let rows = figures.iter().map(|figure| {
                let period = figure.period();
                let begins = if period == above { "" } else { period };
                above = period;
                (begins, figure)
            });
            Self {
                heading,
                rows: rows.collect(),
                has_usual: figures.iter().any(|figure| !figure.usual.is_empty()),
            }
        };
        columns.map(column).collect()
    }
}

impl MetricTile {
    /// A tile without notes and explanations.
    pub(in crate::web) fn new(evaluated: &EvaluatedFigure, now: Moment) -> Self {
        let text = FigureText::on_page(evaluated);
        let severity = match evaluated.severity {
            Severity::None if evaluated.is_out_of_date() => Severity::OutOfDate,
            severity => severity,
        };
        Self {
            key: evaluated.metric.name(),
            is_daily: evaluated.metric.is_daily(),
            label: text.label,
            value: RunningClock::of_figure(evaluated, now),
            severity: severity.into_str(),
            mark: severity_mark(severity),
            is_missed: evaluated.is_missed,
            ..Self::default()
        }
    }

    fn period(&self) -> &'static str {
        if self.is_daily { "Today" } else { "Now" }
    }

    /// "now-waiting", "today-offered"
    pub(in crate::web) fn id(&self) -> String {
        let group = if self.is_daily { "today" } else { "now" };
        format!("{group}-{}", self.key)
    }
}

/// "out of date"; "last 14" of a value that is too old to be shown.
pub(super) fn freshness_note(evaluated: &EvaluatedFigure) -> Option<String> {
    if evaluated.freshness != ShownFreshness::Expired {
        let is_marked = evaluated.is_out_of_date() && evaluated.is_shown();
        return is_marked.then(|| OUT_OF_DATE.to_owned());
    }
    let figure = &evaluated.figure;
    let last = figure.value.filter(|_| figure.reason.is_none())?;
    let last = figure_text::single_value(evaluated.metric, last);
    Some(format!("last {last}"))
}

/// Why there isn't one exact value, with its heading.
pub(super) fn reason_row(figure: &MetricFigure) -> Option<(&'static str, String)> {
    let heading = if figure.is_withheld {
        WHY_NO_VALUE
    } else {
        "Why it isn’t exact"
    };
    Some((heading, format!("{}.", figure.reason.as_ref()?)))
}

impl TileSubject<'_> {
    pub(in crate::web) fn metric_tile(&self, evaluated: &EvaluatedFigure) -> MetricTile {
        MetricTile {
            notes: self.tile_notes(evaluated),
            explained: self.explanation_rows(evaluated),
            ..MetricTile::new(evaluated, self.now)
        }
    }

    fn tile_notes(&self, evaluated: &EvaluatedFigure) -> Vec<String> {
        let metric = evaluated.metric;
        let mut notes: Vec<_> = freshness_note(evaluated).into_iter().collect();
        let is_wait_unknown = metric == Metric::LongestWait && !evaluated.is_shown();
        let somebody_waits = self.waiting.is_some_and(|waiting| 0 < waiting);
        notes.extend((is_wait_unknown && somebody_waits).then(|| NOT_KNOWN_YET.to_owned()));
        notes.extend(evaluated.shown_reason().map(str::to_owned));
        // A service level has its target.
        let limits = self.describe_limits(evaluated);
        notes.extend(limits.filter(|_| metric != Metric::ServiceLevel));
        let note = FigureText::on_page(evaluated).note;
        notes.extend((!note.is_empty()).then_some(note));
        notes
    }

    fn explanation_rows(&self, evaluated: &EvaluatedFigure) -> Vec<(&'static str, String)> {
        let (metric, figure) = (evaluated.metric, &evaluated.figure);
        let (what, unknown) = if self.is_vendor_value {
            (metric.reported_meaning(), metric_explanation::NOT_REPORTED)
        } else {
            (metric.counted_meaning(), metric.unknown_reason())
        };
        let mut rows = vec![("Definition", what.to_owned())];
        let day_details = evaluated.day_details();
        if let Some(formula) = day_details.and_then(|day_details| day_details.formula) {
            rows.push((
                "Formula",
                metric_explanation::describe_formula_in_use(formula, evaluated.target.formula),
            ));
            if formula != ServiceLevelFormula::AnsweredOnly {
                rows.push((
                    "Still waiting",
                    "Counted once past the answer target.".to_owned(),
                ));
            }
        }
        rows.push(("Period", self.counted_window(metric, day_details)));
        rows.push(("Data source", self.describe_source(evaluated)));
        let called = self
            .statistics
            .iter()
            .find(|(provided, _)| *provided == metric);
        rows.extend(called.map(|(_, name)| ("Vendor statistic", name.to_string())));
        if figure.is_age_unknown {
            rows.push(("Updated", self.describe_age()));
        }
        rows.extend(
            self.describe_limits(evaluated)
                .map(|words| ("Thresholds", words)),
        );
        if metric.is_daily() {
            rows.push(("Estimated", self.describe_estimate(metric, figure)));
        }
        if let Some(row) = reason_row(figure) {
            rows.push(row);
        } else if figure.value.is_none() || figure.freshness == Freshness::Unknown {
            rows.push((WHY_NO_VALUE, self.why_unknown(metric, figure, unknown)));
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
    pub(in crate::web) fn counted_day(&self, day_details: &DayDetails) -> String {
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
                let ago = format::age(self.now.monotonic.millis_since(received_at));
                format!("{text}; updated {ago} ago.")
            }
            None => format!("{text}."),
        }
    }

    fn describe_source(&self, evaluated: &EvaluatedFigure) -> String {
        let metric = evaluated.metric;
        if !self.sources.is_empty() {
            return self.describe_parts(evaluated.received_at);
        }
        let source = self.snapshot.sources.get(self.source);
        let name = self.source_name();
        let is_of_day = metric.is_daily();
        let counted = !self.is_vendor_value && (is_of_day || metric == Metric::Cases);
        let received_at = if counted {
            source.and_then(|source| source.last_received_at)
        } else {
            evaluated.received_at
        };
        let ago = received_at
            .map(|received_at| format::age(self.now.monotonic.millis_since(received_at)));
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
        match evaluated.figure.freshness {
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

    fn describe_estimate(&self, metric: Metric, figure: &MetricFigure) -> String {
        match (figure.is_estimated(), metric) {
            (false, _) if self.is_vendor_value => format!("No, from {}.", self.source_name()),
            (false, _) if !self.sources.is_empty() => "No.".to_owned(),
            (false, _) => "No, counted from events.".to_owned(),
            (true, Metric::Abandoned) => "Yes, the source doesn’t report abandons.".to_owned(),
            (true, _) => "Yes, includes estimated abandons.".to_owned(),
        }
    }

    /// "warning from 1:00, critical from 2:00"; of a figure of the day: "missed below 70%".
    fn describe_limits(&self, evaluated: &EvaluatedFigure) -> Option<String> {
        let metric = evaluated.metric;
        let value = |number: f64| match metric.unit() {
            Unit::Count => format!("{number}"),
            Unit::Seconds => format::value(Some(MetricValue::Seconds(number))),
            Unit::Percent => figure_text::target_percent(number),
        };
        if metric.is_daily() {
            let limits = evaluated.target.miss_limits?;
            let upper = limits
                .from
                .map(|limit| format!("missed from {}", value(limit)));
            // The target itself is noted anyway.
            let target = evaluated.target.service_level_percent;
            let is_target = |limit| metric == Metric::ServiceLevel && Some(limit) == target;
            let lower = limits.below.filter(|limit| !is_target(*limit));
            return upper.or(lower.map(|limit| format!("missed below {}", value(limit))));
        }
        let (site, queue) = (&self.snapshot.site, self.queue?.to_string());
        let (limits, target) = (site.limits_for(&queue, metric), site.target_for(&queue));
        let levels = [
            (ThresholdLevel::Warning, "warning"),
            (ThresholdLevel::Critical, "critical"),
        ];
        let levels = levels.map(|(level, word)| (limits.at_level(level), word));
        let upper = levels
            .iter()
            .filter_map(|((upper, _), word)| Some(format!("{word} from {}", value((*upper)?))));
        let lower = levels.iter().filter_map(|((_, lower), word)| {
            Some(format!(
                "{word} below {}",
                value((*lower)?.resolve_for(&target))
            ))
        });
        let words: Vec<_> = upper.chain(lower).collect();
        (!words.is_empty()).then(|| words.join(", "))
    }

    fn why_unknown(&self, metric: Metric, figure: &MetricFigure, usual: &str) -> String {
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

/// "Today since 10:42 (UTC), no data 11:00–11:05. A partial day."
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
        ". The whole day so far."
    } else {
        ". A partial day."
    });
    words
}

/// The vendor's names of one subject's statistics.
pub(in crate::web) fn vendor_statistics<'a>(
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
