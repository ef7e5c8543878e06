//! Trend of a queue's most important metric over the last hour, as a line: the maximum of each five
//! minutes, then the current value. All lines of a board have one scale. A line changes with the
//! minute, so that frames don't repeat it.

use jiff::Timestamp;

use wallboard_domain::{Metric, MetricValue, moment};
use wallboard_live::{QueueSnapshot, SERIES_STEP, SeriesStep};

use super::{
    board_queue::BoardQueue,
    format,
    render_context::RenderContext,
    slot_value::{AttributeValue, SlotValue},
    svg::unknown_runs,
};

/// Whole steps per hour.
const STEPS_PER_HOUR: usize = 12;
/// The viewBox is 60 wide and 100 high.
const STEP_WIDTH: i64 = 5;
const HEIGHT: f64 = 100.0;
/// A label this many steps from an end is aligned with that end, so that it isn't cut.
const END_STEPS: usize = 1;
/// Gaps listed with their times.
const MAX_GAPS: usize = 2;

/// Whether the last hour of a metric is recorded.
pub(super) fn has_trend(metric: Metric) -> bool {
    matches!(metric, Metric::Waiting | Metric::LongestWait)
}

/// The last hour of one queue.
#[derive(Clone, Debug)]
pub(super) struct Trend {
    metric: Metric,
    steps: Vec<SeriesStep>,
    /// One per step, then the current value.
    values: Vec<Option<f64>>,
}

/// The last hour of each queue of a board, with the top of their common scale.
#[derive(Clone, Debug)]
pub(super) struct BoardTrends {
    trends: Vec<Option<Trend>>,
    top: f64,
}

impl BoardTrends {
    /// Returns the cell of the queue at `index`; `None` if its last hour isn't recorded.
    pub(super) fn cell(&self, context: &RenderContext<'_>, index: usize) -> Option<SlotValue> {
        let trend = self.trends.get(index)?.as_ref()?;
        Some(context.trend_cell(trend, self.top))
    }
}

impl RenderContext<'_> {
    /// Reads the last hour of the board's first metric for each of these queues.
    pub(super) fn board_trends(&mut self, queues: &[&BoardQueue<'_>]) -> BoardTrends {
        let metric = self.metrics.first().copied().filter(|m| has_trend(*m));
        let trends: Vec<Option<Trend>> = (queues.iter())
            .map(|queue| self.read_trend(queue.queue, metric?))
            .collect();
        let peaks = trends.iter().flatten().filter_map(Trend::peak);
        let top = scale_top(
            metric.unwrap_or(Metric::Waiting),
            peaks.fold(0.0, |highest, (_, peak)| peak.max(highest)),
        );
        BoardTrends { trends, top }
    }

    fn read_trend(&mut self, queue: &QueueSnapshot, metric: Metric) -> Option<Trend> {
        let mut steps = self.snapshot.recent_steps(queue, self.now);
        let first = steps.len().checked_sub(STEPS_PER_HOUR + 1)?;
        let mut steps: Vec<SeriesStep> = steps.split_off(first);
        let current = steps.pop();
        let (waiting, longest) = self.snapshot.values_at_minute(queue, self.now);
        let mut values: Vec<Option<f64>> = (steps.iter())
            .map(|step| trend_value(metric, step.waiting, step.longest_wait))
            .collect();
        values.push(trend_value(metric, waiting, longest));
        // The current step moves into the line, even if nothing is known now.
        let upcoming =
            current.and_then(|step| trend_value(metric, step.waiting, step.longest_wait));
        let has_line = values.iter().any(Option::is_some) || upcoming.is_some();
        self.schedule_next_step(queue, has_line);
        Some(Trend {
            metric,
            steps,
            values,
        })
    }

    fn trend_cell(&self, trend: &Trend, top: f64) -> SlotValue {
        let text = |text: String| AttributeValue::Text(text);
        let mut attributes = vec![
            ("d", text(line_path(&trend.values, top))),
            ("label", text(self.format_trend(trend))),
        ];
        let peak = trend.peak();
        let peak_text = |(_, peak)| format::value(Some(trend.metric.value(peak)));
        // A line on the ground needs no maximum.
        let labeled = peak.filter(|(_, peak)| 0.0 < *peak);
        attributes.push(("peak", text(labeled.map_or_else(String::new, peak_text))));
        let (x, y, anchor) = match peak {
            Some((index, peak)) => peak_position(index, peak, top),
            None => (0, 0, "start"),
        };
        attributes.push(("x", AttributeValue::Number(x)));
        attributes.push(("y", AttributeValue::Number(y)));
        attributes.push(("anchor", anchor.into()));
        SlotValue::Attributes(attributes)
    }

    /// Schedules the next step, and the next minute if something changed in this one.
    fn schedule_next_step(&mut self, queue: &QueueSnapshot, has_line: bool) {
        let period_ms = match self.snapshot.changes_after_minute(queue, self.now) {
            true => 60_000,
            false if has_line => SERIES_STEP,
            false => return,
        };
        let elapsed_ms = self.now.wall.as_millisecond().rem_euclid(period_ms);
        self.schedule_change(self.now.monotonic.plus_millis(period_ms - elapsed_ms));
    }

    /// "Waiting, last hour: max 14; no data 10:30–10:40".
    fn format_trend(&self, trend: &Trend) -> String {
        let title = format!("{}, last hour", trend.metric.short_label());
        let Some((_, peak)) = trend.peak() else {
            return format!("{title}: no data");
        };
        let peak = format::value(Some(trend.metric.value(peak)));
        let mut text = format!("{title}: max {peak}");
        let gaps = find_gaps(&trend.steps, &trend.values);
        let zone = &self.snapshot.site.zone;
        let time = |at| format::time(at, zone);
        let mut texts: Vec<String> = (gaps.iter().take(MAX_GAPS))
            .map(|(from, to)| format!("{}–{}", time(*from), time(*to)))
            .collect();
        if MAX_GAPS < gaps.len() {
            texts.push("more".to_owned());
        }
        if !texts.is_empty() {
            text = text + "; no data " + &texts.join(" and ");
        }
        text
    }
}

impl Trend {
    /// Returns the maximum and where it was last reached.
    fn peak(&self) -> Option<(usize, f64)> {
        let known = self.values.iter().enumerate();
        let known = known.filter_map(|(index, value)| Some((index, (*value)?)));
        known.max_by(|(_, a), (_, b)| a.total_cmp(b))
    }
}

fn trend_value(metric: Metric, waiting: Option<u64>, longest: Option<f64>) -> Option<f64> {
    match metric {
        Metric::Waiting => waiting.map(|n| MetricValue::Count(n).as_number()),
        _ => longest,
    }
}

/// Returns where to write the maximum: percent from the left and the top, and its alignment.
fn peak_position(index: usize, peak: f64, top: f64) -> (i64, i64, &'static str) {
    let x = x_position(index) * 100 / x_position(STEPS_PER_HOUR);
    let y = y_position(peak, top);
    match index {
        ..=END_STEPS => (2, y, "start"),
        _ if STEPS_PER_HOUR - END_STEPS <= index => (98, y, "end"),
        _ => (x, y, "middle"),
    }
}

/// Returns the times of runs of unknown whole steps.
fn find_gaps(steps: &[SeriesStep], values: &[Option<f64>]) -> Vec<(Timestamp, Timestamp)> {
    let runs = unknown_runs(&values[..steps.len()]).into_iter();
    let times = runs.map(|(from, to)| {
        let end = moment::plus_millis(steps[to - 1].start, SERIES_STEP);
        (steps[from].start, end)
    });
    times.collect()
}

/// Returns the top of the scale: a round number, so that it rarely changes, and never so low that
/// one waiting contact looks like many.
fn scale_top(metric: Metric, peak: f64) -> f64 {
    let mut top = match metric {
        Metric::Waiting => 5.0,
        _ => 60.0,
    };
    for factor in [2.0, 2.0, 2.5].into_iter().cycle() {
        if peak <= top || 1e12 < top {
            break;
        }
        top *= factor;
    }
    top
}

fn x_position(index: usize) -> i64 {
    STEP_WIDTH * i64::try_from(index).unwrap_or_default()
}

#[expect(clippy::cast_possible_truncation, reason = "within the viewBox")]
fn y_position(value: f64, top: f64) -> i64 {
    (HEIGHT - (value / top).clamp(0.0, 1.0) * HEIGHT).round() as i64
}

/// Gaps break the line; an isolated point is a short dash; a flat stretch has only its end points.
fn line_path(values: &[Option<f64>], top: f64) -> String {
    let points: Vec<Option<i64>> = (values.iter())
        .map(|v| v.map(|v| y_position(v, top)))
        .collect();
    let at = |index: Option<usize>| index.and_then(|index| *points.get(index)?);
    let part = |(index, y): (usize, &Option<i64>)| {
        let y = (*y)?;
        let (before, after) = (at(index.checked_sub(1)), at(index.checked_add(1)));
        match (before, after) {
            (None, None) => Some(format!("M{} {y}h2", x_position(index))),
            (None, Some(_)) => Some(format!("M{} {y}", x_position(index))),
            (Some(before), Some(after)) if before == y && after == y => None,
            (Some(_), _) => Some(format!("L{} {y}", x_position(index))),
        }
    };
    points.iter().enumerate().filter_map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        BoardDefinition, BoardLayout, BoardView, board_render,
        fixture::{self, QueueFixture, noon},
    };
    use wallboard_domain::{Baseline, Moment};
    use wallboard_live::Snapshot;

    /// A queue with waiting counts, each from so many minutes before 14:27.
    fn snapshot_with(changes: &[(i64, Option<u64>)]) -> Snapshot {
        let mut snapshot = fixture::empty_snapshot();
        let now = QueueFixture {
            waiting: 3,
            longest: None,
            available: 1,
        };
        fixture::put_queue(&mut snapshot, "1", "Sales", &now);
        fixture::record_waiting(fixture::queue_mut(&mut snapshot, "1"), changes);
        snapshot
    }

    fn trend_attributes(
        board: &BoardDefinition,
        snapshot: &Snapshot,
        now: Moment,
    ) -> (BoardView, [String; 4]) {
        let view = board_render::render_view(board, snapshot, &Baseline::default(), now);
        let row = view.lists.last().unwrap().rows.last().unwrap();
        let is_trend = |attrs: &&Vec<(&str, AttributeValue)>| attrs[0].0 == "d";
        let mut cells = row.cells.list().into_iter().filter_map(|cell| match cell {
            SlotValue::Attributes(attrs) => Some(attrs),
            _ => None,
        });
        let attrs = cells.rfind(is_trend).expect("a trend");
        let texts = ["d", "peak", "x", "label"].map(|name| {
            match &attrs.iter().find(|attr| attr.0 == name).unwrap().1 {
                AttributeValue::Text(text) => text.clone(),
                AttributeValue::Number(number) => number.to_string(),
            }
        });
        (view, texts)
    }

    fn waiting_board() -> BoardDefinition {
        BoardDefinition::new("b", "B", BoardLayout::Queues)
    }

    #[test]
    fn trend_shows_the_maximum_of_each_five_minutes_and_the_current_value() {
        let snapshot =
            snapshot_with(&[(70, Some(0)), (31, Some(10)), (30, Some(5)), (4, Some(10))]);

        let (_, texts) = trend_attributes(&waiting_board(), &snapshot, noon());

        let expected = [
            // 14:27 minus 31 minutes is 13:56, in the seventh step after 13:25.
            "M0 100L25 100L30 0L35 50L50 50L55 0L60 0",
            "10",
            "98",
            "Waiting, last hour: max 10",
        ];
        assert_eq!(texts, expected);
    }

    #[test]
    fn unknown_values_are_gaps_in_line_and_label() {
        let changes = [
            (70, Some(0)),
            (52, None),
            (42, Some(0)),
            (37, None),
            (22, Some(0)),
        ];
        let (_, [d, peak, _, label]) =
            trend_attributes(&waiting_board(), &snapshot_with(&changes), noon());
        assert_eq!(d, "M0 100L5 100M20 100h2M40 100L60 100");
        assert_eq!(peak, "");
        let gaps = "no data 13:35–13:45 and 13:50–14:05";
        assert_eq!(label, format!("Waiting, last hour: max 0; {gaps}"));

        let (view, texts) = trend_attributes(&waiting_board(), &snapshot_with(&[]), noon());
        let nothing = ["", "", "0", "Waiting, last hour: no data"];
        assert_eq!(
            (texts, view.next_change),
            (nothing.map(str::to_owned), None)
        );
    }

    #[test]
    fn all_lines_of_a_board_have_one_scale() {
        let mut snapshot = snapshot_with(&[(70, Some(0)), (20, Some(1)), (16, Some(0))]);
        let now = QueueFixture {
            waiting: 12,
            longest: None,
            available: 1,
        };
        fixture::put_queue(&mut snapshot, "0", "Billing", &now);
        let alone = trend_attributes(&waiting_board(), &snapshot, noon()).1;
        fixture::record_waiting(
            fixture::queue_mut(&mut snapshot, "0"),
            &[(70, Some(0)), (3, Some(12))],
        );

        let together = trend_attributes(&waiting_board(), &snapshot, noon()).1;

        assert_eq!(alone[0], "M0 100L35 100L40 80L45 80L50 100L60 100");
        // 12 of the other queue need a scale up to 20.
        assert_eq!(together[0], "M0 100L35 100L40 95L45 95L50 100L60 100");
        assert_eq!((&*together[1], &*together[2]), ("1", "75"));
    }

    #[test]
    fn trend_moves_with_the_minute_and_schedules_it() {
        let mut changing = snapshot_with(&[(70, Some(0))]);
        let later = noon().plus_millis(20_000);
        let queue = fixture::queue_mut(&mut changing, "1");
        queue.recent_series.record_value(
            wallboard_live::SeriesValue {
                waiting: Some(5),
                ..Default::default()
            },
            later,
        );

        let (before, still) = trend_attributes(&waiting_board(), &changing, later);
        let (_, moved) = trend_attributes(&waiting_board(), &changing, noon().plus_millis(60_000));
        let (calm, _) =
            trend_attributes(&waiting_board(), &snapshot_with(&[(70, Some(0))]), noon());

        assert_eq!(
            (&*still[0], before.next_change),
            ("M0 100L60 100", Some(noon().plus_millis(60_000)))
        );
        assert_eq!(moved[0], "M0 100L55 100L60 0");
        // 14:30
        assert_eq!(calm.next_change, Some(noon().plus_millis(180_000)));
    }

    #[test]
    fn step_whose_end_is_unknown_is_drawn_when_it_is_over() {
        let mut lost = snapshot_with(&[(2, Some(3))]);
        let later = noon().plus_millis(60_000);
        let series = &mut fixture::queue_mut(&mut lost, "1").recent_series;
        series.record_value(wallboard_live::SeriesValue::default(), later);

        let now = later.plus_millis(60_000);
        let (before, nothing) = trend_attributes(&waiting_board(), &lost, now);
        let (_, line) = trend_attributes(&waiting_board(), &lost, noon().plus_millis(180_000));

        // 14:30
        assert_eq!(before.next_change, Some(noon().plus_millis(180_000)));
        assert_eq!((&*nothing[0], &*nothing[1]), ("", ""));
        assert_eq!(line[1], "3");
    }

    #[test]
    fn no_trend_unless_the_first_metric_has_one() {
        let board = BoardDefinition {
            show: vec![Metric::AgentsAvailable, Metric::Waiting],
            ..waiting_board()
        };
        let snapshot = snapshot_with(&[(70, Some(0))]);

        let view = board_render::render_view(&board, &snapshot, &Baseline::default(), noon());

        assert!(!view.lists[0].rows[0].shape.has_trend);
    }
}
