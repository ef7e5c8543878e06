//! A metric on a desk page: its value, thresholds, notes and explanation.

mod explanation;

use std::sync::Arc;

use wallboard_boards::{
    figure_text::{self, FigureText},
    write_mark, write_reason,
};
use wallboard_domain::{
    self as domain, Metric, MetricValue, Moment, QueueId, SourceId, ThresholdLevel, Unit,
};
use wallboard_live::{
    DayDetails, EvaluatedFigure, MetricFigure, Severity, ShownFreshness, Snapshot,
};

use wallboard_texts::Texts;

use crate::web::parts::{
    clock::{self, RunningClock},
    links::PageLink,
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
    /// "usually 150–190 by 14:30"
    pub(in crate::web) usually: String,
    /// "Now" or "Today".
    pub(in crate::web) period: &'static str,
    /// Small text after the value: thresholds or target, "estimated", "last 14".
    pub(in crate::web) notes: Vec<String>,
    /// Explanations, each with a heading.
    pub(in crate::web) explained: Vec<(&'static str, String)>,
    /// Where the contacts behind it are listed.
    pub(in crate::web) contacts: Option<PageLink>,
    /// The page of its last changes; empty if there is none.
    pub(in crate::web) changes: String,
}

/// The subject of tiles.
#[derive(Clone, Debug)]
pub(in crate::web) struct TileSubject<'a> {
    pub(in crate::web) texts: &'static Texts,
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
            let mut above = figures.first().map_or("", |figure| figure.period);
            let heading = above;
            let rows = figures.iter().map(|figure| {
                let period = figure.period;
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
    pub(in crate::web) fn new(
        texts: &'static Texts,
        evaluated: &EvaluatedFigure,
        now: Moment,
    ) -> Self {
        let text = FigureText::on_page(texts, evaluated);
        let severity = match evaluated.severity {
            Severity::None if evaluated.is_out_of_date() => Severity::OutOfDate,
            severity => severity,
        };
        Self {
            key: evaluated.metric.name(),
            is_daily: evaluated.metric.is_daily(),
            label: text.label,
            value: RunningClock::of_figure(texts, evaluated, now),
            severity: severity.into_str(),
            mark: write_mark(texts, severity),
            period: if evaluated.metric.is_daily() {
                texts.today_heading()
            } else {
                texts.now_heading()
            },
            is_missed: evaluated.is_missed,
            ..Self::default()
        }
    }

    /// "now-waiting", "today-offered"
    pub(in crate::web) fn id(&self) -> String {
        let group = if self.is_daily { "today" } else { "now" };
        format!("{group}-{}", self.key)
    }
}

/// "out of date"; "last 14" of a value that is too old to be shown.
pub(super) fn freshness_note(texts: &Texts, evaluated: &EvaluatedFigure) -> Option<String> {
    if evaluated.freshness != ShownFreshness::Expired {
        let is_marked = evaluated.is_out_of_date() && evaluated.is_shown();
        return is_marked.then(|| texts.old_value().to_owned());
    }
    let figure = &evaluated.figure;
    let last = figure.value.filter(|_| figure.reason.is_none())?;
    let last = figure_text::write_single_value(texts, evaluated.metric, last);
    Some(texts.last_value(last))
}

/// Why there isn't one exact value, with its heading.
pub(super) fn reason_row(
    texts: &'static Texts,
    figure: &MetricFigure,
) -> Option<(&'static str, String)> {
    let heading = if figure.is_withheld {
        texts.why_no_value()
    } else {
        texts.why_not_exact()
    };
    let reason = write_reason(texts, figure.reason.as_ref()?);
    Some((heading, texts.sentence_of(reason)))
}

impl TileSubject<'_> {
    pub(in crate::web) fn metric_tile(&self, evaluated: &EvaluatedFigure) -> MetricTile {
        MetricTile {
            notes: self.tile_notes(evaluated),
            explained: self.explanation_rows(evaluated),
            ..MetricTile::new(self.texts, evaluated, self.now)
        }
    }

    fn tile_notes(&self, evaluated: &EvaluatedFigure) -> Vec<String> {
        let (texts, metric) = (self.texts, evaluated.metric);
        let mut notes: Vec<_> = freshness_note(texts, evaluated).into_iter().collect();
        let is_wait_unknown = metric == Metric::LongestWait && !evaluated.is_shown();
        let somebody_waits = self.waiting.is_some_and(|waiting| 0 < waiting);
        notes.extend(
            (is_wait_unknown && somebody_waits).then(|| texts.value_unknown_yet().to_owned()),
        );
        let reason = evaluated.shown_reason();
        notes.extend(reason.map(|reason| write_reason(texts, reason)));
        // A service level has its target.
        let limits = self.describe_limits(evaluated);
        notes.extend(limits.filter(|_| metric != Metric::ServiceLevel));
        let note = FigureText::on_page(texts, evaluated).note;
        notes.extend((!note.is_empty()).then_some(note));
        notes
    }

    /// "warning from 1:00, critical from 2:00"; of a figure of the day: "missed below 70%".
    fn describe_limits(&self, evaluated: &EvaluatedFigure) -> Option<String> {
        let (texts, metric) = (self.texts, evaluated.metric);
        let value = |number: f64| match metric.unit() {
            Unit::Count => texts.decimal(number),
            Unit::Seconds => texts.value(Some(MetricValue::Seconds(number))),
            Unit::Percent => texts.target_percent(number),
        };
        if metric.is_daily() {
            let limits = evaluated.target.miss_limits?;
            let upper = limits.from.map(|limit| texts.missed_from(value(limit)));
            // The target itself is noted anyway.
            let target = evaluated.target.service_level_percent;
            let is_target = |limit| metric == Metric::ServiceLevel && Some(limit) == target;
            let lower = limits.below.filter(|limit| !is_target(*limit));
            return upper.or(lower.map(|limit| texts.missed_below(value(limit))));
        }
        let (site, queue) = (&self.snapshot.site, self.queue?.to_string());
        let (limits, target) = (site.limits_for(&queue, metric), site.target_for(&queue));
        let (warning, critical) = (
            limits.at_level(ThresholdLevel::Warning),
            limits.at_level(ThresholdLevel::Critical),
        );
        let lower = |limit: domain::LimitValue| value(limit.resolve_for(&target));
        let words = [
            (warning.0).map(|limit| texts.warning_from(value(limit))),
            (critical.0).map(|limit| texts.critical_from(value(limit))),
            (warning.1).map(|limit| texts.warning_below(lower(limit))),
            (critical.1).map(|limit| texts.critical_below(lower(limit))),
        ];
        let words: Vec<_> = words.into_iter().flatten().collect();
        (!words.is_empty()).then(|| words.join(", "))
    }
}

/// "Today since 10:42 (UTC), no data 11:00–11:05. A partial day."
pub(super) fn describe_day(
    texts: &Texts,
    snapshot: &Snapshot,
    day_details: &DayDetails,
    now: Moment,
) -> String {
    let time = |at| texts.time_or_day(at, now.wall, &snapshot.site.zone);
    let zone = clock::zone_name(snapshot);
    let Some(since) = day_details.since else {
        return texts.nothing_counted_today().to_owned();
    };
    let mut day = if day_details.is_partly_earlier {
        texts.day_complete_since(time(since), zone)
    } else {
        texts.day_since(time(since), zone)
    };
    if !day_details.gaps.is_empty() {
        let gaps = day_details.gaps.iter().map(|gap| {
            let to = gap.to.map_or_else(|| texts.now_word().to_owned(), time);
            texts.time_span(time(gap.from), to)
        });
        day = texts.day_with_gaps(day, gaps.collect::<Vec<_>>().join(", "));
    }
    if day_details.is_complete {
        texts.day_whole(day)
    } else {
        texts.day_partial(day)
    }
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
