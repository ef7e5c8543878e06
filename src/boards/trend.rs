//! Trend of a queue's most important metric over the last hour, as a word-sized line: the maximum
//! of each five minutes, then the current value. It changes with the minute, so that frames don't
//! repeat it.

use jiff::Timestamp;

use crate::{
    domain::{Metric, MetricValue, moment},
    live::{QueueSnapshot, SERIES_STEP, SeriesStep},
};

use super::{
    board_slots::{AttributeValue, SlotValue},
    format,
    render_context::RenderContext,
    svg::unknown_runs,
};

/// Whole steps per hour.
const STEPS_PER_HOUR: usize = 12;
/// The viewBox is 110 wide and 24 high; the line leaves room for the dot at its end.
const STEP_WIDTH: i64 = 9;
const BOTTOM_Y: f64 = 22.0;
const SCALE_HEIGHT: f64 = 20.0;
/// Gaps listed with their times.
const MAX_GAPS: usize = 2;

/// Whether the last hour of a metric is recorded.
pub(super) fn has_trend(metric: Metric) -> bool {
    matches!(metric, Metric::Waiting | Metric::LongestWait)
}

impl RenderContext<'_> {
    /// Returns the trend of the board's first metric; `None` if it isn't recorded.
    pub(super) fn trend_cell(&mut self, queue: &QueueSnapshot, id: &str) -> Option<SlotValue> {
        let metric = self.metrics.first().copied().filter(|m| has_trend(*m))?;
        let mut steps = self.snapshot.recent_steps(queue, self.now);
        let first = steps.len().checked_sub(STEPS_PER_HOUR + 1)?;
        let mut steps: Vec<SeriesStep> = steps.split_off(first);
        steps.pop();
        let (waiting, longest) = self.snapshot.values_at_minute(queue, self.now);
        let last = trend_value(metric, waiting, longest);
        let mut values: Vec<Option<f64>> = (steps.iter())
            .map(|step| trend_value(metric, step.waiting, step.longest_wait))
            .collect();
        values.push(last);
        self.schedule_next_step(queue, &values);

        let limit = self.board.limits_for(id, metric).warning;
        let peak = values.iter().flatten().copied().reduce(f64::max);
        let top = scale_top(metric, peak, limit);
        let limit_line = limit.filter(|_| peak.is_some());
        let end =
            last.map(|last| format!("{} {}", x_position(STEPS_PER_HOUR), y_position(last, top)));
        Some(SlotValue::Attributes(vec![
            ("d", AttributeValue::Text(line_path(&values, top))),
            (
                "t",
                AttributeValue::Text(limit_line.map_or_else(String::new, |limit| {
                    format!(
                        "M0 {}H{}",
                        y_position(limit, top),
                        x_position(STEPS_PER_HOUR)
                    )
                })),
            ),
            ("end", AttributeValue::Text(end.unwrap_or_default())),
            (
                "label",
                AttributeValue::Text(self.format_trend(metric, peak, &steps, &values)),
            ),
        ]))
    }

    /// Schedules the next step, and the next minute if something changed in this one.
    fn schedule_next_step(&mut self, queue: &QueueSnapshot, values: &[Option<f64>]) {
        let period_ms = match self.snapshot.changes_after_minute(queue, self.now) {
            true => 60_000,
            false if values.iter().any(Option::is_some) => SERIES_STEP,
            false => return,
        };
        let elapsed_ms = self.now.wall.as_millisecond().rem_euclid(period_ms);
        self.schedule_change(self.now.monotonic.plus_millis(period_ms - elapsed_ms));
    }

    /// "Waiting, last hour: peak 14; no data 10:30–10:40".
    fn format_trend(
        &self,
        metric: Metric,
        peak: Option<f64>,
        steps: &[SeriesStep],
        values: &[Option<f64>],
    ) -> String {
        let title = format!("{}, last hour", metric.short_label());
        let Some(peak) = peak else {
            return format!("{title}: no data");
        };
        let peak = format::value(Some(metric.value(peak)));
        let mut text = format!("{title}: peak {peak}");
        let gaps = find_gaps(steps, values);
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

fn trend_value(metric: Metric, waiting: Option<u64>, longest: Option<f64>) -> Option<f64> {
    match metric {
        Metric::Waiting => waiting.map(|n| MetricValue::Count(n).as_number()),
        _ => longest,
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

/// Returns the top of the scale: a round number, so that it rarely changes, and at least the
/// limit, so that calm looks calm.
fn scale_top(metric: Metric, peak: Option<f64>, limit: Option<f64>) -> f64 {
    let minimum = match metric {
        Metric::Waiting => 5.0,
        _ => 60.0,
    };
    let highest = peak.unwrap_or_default().max(limit.unwrap_or_default());
    let mut top = minimum;
    for factor in [2.0, 2.0, 2.5].into_iter().cycle() {
        if highest <= top || 1e12 < top {
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
    (BOTTOM_Y - (value / top).clamp(0.0, 1.0) * SCALE_HEIGHT).round() as i64
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
            (None, None) => Some(format!("M{} {y}h3", x_position(index))),
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
    use crate::boards::{
        BoardDefinition, BoardLayout, BoardView, board_view,
        fixture::{self, QueueFixture, noon},
    };
    use crate::{
        domain::{Baseline, Moment},
        live::Snapshot,
    };

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
        let view = board_view::render_view(board, snapshot, &Baseline::default(), now);
        let row = view.lists.last().unwrap().rows.last().unwrap();
        let Some(SlotValue::Attributes(attrs)) = row.cells.last() else {
            panic!("{row:?} has no trend");
        };
        let texts = ["d", "t", "end", "label"].map(|name| {
            match &attrs.iter().find(|attr| attr.0 == name).unwrap().1 {
                AttributeValue::Text(text) => text.clone(),
                AttributeValue::Number(_) => panic!("{name} isn't text"),
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
            "M0 22L45 22L54 2L63 12L90 12L99 2L108 2",
            "",
            "108 2",
            "Waiting, last hour: peak 10",
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
        let (_, [d, _, end, label]) =
            trend_attributes(&waiting_board(), &snapshot_with(&changes), noon());
        assert_eq!(d, "M0 22L9 22M36 22h3M72 22L108 22");
        assert_eq!(end, "108 22");
        let gaps = "no data 13:35–13:45 and 13:50–14:05";
        assert_eq!(label, format!("Waiting, last hour: peak 0; {gaps}"));

        let (view, texts) = trend_attributes(&waiting_board(), &snapshot_with(&[]), noon());
        let nothing = ["", "", "", "Waiting, last hour: no data"];
        assert_eq!(
            (texts, view.next_change),
            (nothing.map(str::to_owned), None)
        );
    }

    #[test]
    fn warning_limit_is_drawn_within_the_scale() {
        let board = BoardDefinition {
            show: vec![Metric::LongestWait],
            ..waiting_board()
        };
        let (_, [d, t, end, label]) =
            trend_attributes(&board, &snapshot_with(&[(70, Some(0))]), noon());

        assert_eq!((&*d, &*t, &*end), ("M0 22L108 22", "M0 2H108", "108 22"));
        assert_eq!(label, "Longest wait, last hour: peak 0:00");
    }

    #[test]
    fn trend_moves_with_the_minute_and_schedules_it() {
        let mut changing = snapshot_with(&[(70, Some(0))]);
        let later = noon().plus_millis(20_000);
        let queue = fixture::queue_mut(&mut changing, "1");
        queue.recent_series.record_value(
            crate::live::SeriesValue {
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
            ("M0 22L108 22", Some(noon().plus_millis(60_000)))
        );
        assert_eq!(moved[0], "M0 22L99 22L108 2");
        // 14:30
        assert_eq!(calm.next_change, Some(noon().plus_millis(180_000)));
    }

    #[test]
    fn no_trend_unless_the_first_metric_has_one() {
        let board = BoardDefinition {
            show: vec![Metric::AgentsAvailable, Metric::Waiting],
            ..waiting_board()
        };
        let snapshot = snapshot_with(&[(70, Some(0))]);

        let view = board_view::render_view(&board, &snapshot, &Baseline::default(), noon());

        assert_eq!(view.lists[0].rows[0].cells.len(), 4 + 2 * 3);
    }
}
