//! The last hour of a queue's most important figure, as a word-sized line: the
//! highest of each five minutes, then where it stands. It moves with the minute,
//! so that it does not travel with every frame.

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

/// Whole steps in an hour.
const STEPS_PER_HOUR: usize = 12;
/// The viewBox is 110 wide and 24 high; the line leaves room for its end's dot.
const STEP_WIDTH: i64 = 9;
const BOTTOM_Y: f64 = 22.0;
const SCALE_HEIGHT: f64 = 20.0;
/// Gaps that are told by their times.
const MAX_GAPS: usize = 2;

/// Whether the last hour of a figure is known.
pub(super) fn has_trend(metric: Metric) -> bool {
    matches!(metric, Metric::Waiting | Metric::LongestWait)
}

impl RenderContext<'_> {
    /// The line of what the board shows first; `None` where that is not kept.
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
        let most = values.iter().flatten().copied().reduce(f64::max);
        let top = scale_top(metric, most, limit);
        let aim = limit.filter(|_| most.is_some());
        let end =
            last.map(|last| format!("{} {}", x_position(STEPS_PER_HOUR), y_position(last, top)));
        Some(SlotValue::Attributes(vec![
            ("d", AttributeValue::Text(line_path(&values, top))),
            (
                "t",
                AttributeValue::Text(aim.map_or_else(String::new, |aim| {
                    format!("M0 {}H{}", y_position(aim, top), x_position(STEPS_PER_HOUR))
                })),
            ),
            ("end", AttributeValue::Text(end.unwrap_or_default())),
            (
                "label",
                AttributeValue::Text(self.format_trend(metric, most, &steps, &values)),
            ),
        ]))
    }

    /// The line moves with the next minute where something changed in this one,
    /// and with the next step.
    fn schedule_next_step(&mut self, queue: &QueueSnapshot, values: &[Option<f64>]) {
        let every = match self.snapshot.changes_after_minute(queue, self.now) {
            true => 60_000,
            false if values.iter().any(Option::is_some) => SERIES_STEP,
            false => return,
        };
        let into = self.now.wall.as_millisecond().rem_euclid(every);
        self.schedule_change(self.now.monotonic.plus_millis(every - into));
    }

    /// "Waiting, last hour: peak 14; not known 10:30 to 10:40".
    fn format_trend(
        &self,
        metric: Metric,
        most: Option<f64>,
        steps: &[SeriesStep],
        values: &[Option<f64>],
    ) -> String {
        let what = format!("{}, last hour", metric.short_label());
        let Some(most) = most else {
            return format!("{what}: no data");
        };
        let most = format::value(Some(metric.value(most)));
        let mut words = format!("{what}: peak {most}");
        let gaps = find_gaps(steps, values);
        let zone = &self.snapshot.site.zone;
        let time = |at| format::time(at, zone);
        let mut told: Vec<String> = (gaps.iter().take(MAX_GAPS))
            .map(|(from, to)| format!("{}–{}", time(*from), time(*to)))
            .collect();
        if MAX_GAPS < gaps.len() {
            told.push("more".to_owned());
        }
        if !told.is_empty() {
            words = words + "; no data " + &told.join(" and ");
        }
        words
    }
}

fn trend_value(metric: Metric, waiting: Option<u64>, longest: Option<f64>) -> Option<f64> {
    match metric {
        Metric::Waiting => waiting.map(|n| MetricValue::Count(n).as_number()),
        _ => longest,
    }
}

/// Runs of whole steps that are not known, as times.
fn find_gaps(steps: &[SeriesStep], values: &[Option<f64>]) -> Vec<(Timestamp, Timestamp)> {
    let runs = unknown_runs(&values[..steps.len()]).into_iter();
    let times = runs.map(|(from, to)| {
        let end = moment::plus_millis(steps[to - 1].start, SERIES_STEP);
        (steps[from].start, end)
    });
    times.collect()
}

/// The top of the scale: a round number, so that it rarely moves, and no lower
/// than the limit, so that what is calm looks calm.
fn scale_top(metric: Metric, most: Option<f64>, limit: Option<f64>) -> f64 {
    let least = match metric {
        Metric::Waiting => 5.0,
        _ => 60.0,
    };
    let wanted = most.unwrap_or_default().max(limit.unwrap_or_default());
    let mut top = least;
    for factor in [2.0, 2.0, 2.5].into_iter().cycle() {
        if wanted <= top || 1e12 < top {
            break;
        }
        top *= factor;
    }
    top
}

fn x_position(place: usize) -> i64 {
    STEP_WIDTH * i64::try_from(place).unwrap_or_default()
}

#[expect(clippy::cast_possible_truncation, reason = "within the viewBox")]
fn y_position(value: f64, top: f64) -> i64 {
    (BOTTOM_Y - (value / top).clamp(0.0, 1.0) * SCALE_HEIGHT).round() as i64
}

/// Gaps break the line; a point alone is a short dash; on a level stretch only
/// its ends are said.
fn line_path(values: &[Option<f64>], top: f64) -> String {
    let points: Vec<Option<i64>> = (values.iter())
        .map(|v| v.map(|v| y_position(v, top)))
        .collect();
    let at = |place: Option<usize>| place.and_then(|place| *points.get(place)?);
    let part = |(place, here): (usize, &Option<i64>)| {
        let here = (*here)?;
        let (before, after) = (at(place.checked_sub(1)), at(place.checked_add(1)));
        match (before, after) {
            (None, None) => Some(format!("M{} {here}h3", x_position(place))),
            (None, Some(_)) => Some(format!("M{} {here}", x_position(place))),
            (Some(before), Some(after)) if before == here && after == here => None,
            (Some(_), _) => Some(format!("L{} {here}", x_position(place))),
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

    /// A queue, and how many waited there from so many minutes before 14:27 on.
    fn snapshot_with(story: &[(i64, Option<u64>)]) -> Snapshot {
        let mut picture = fixture::empty_snapshot();
        let now = QueueFixture {
            waiting: 3,
            longest: None,
            available: 1,
        };
        fixture::put_queue(&mut picture, "1", "Sales", &now);
        fixture::record_waiting(fixture::queue_mut(&mut picture, "1"), story);
        picture
    }

    fn trend_attributes(
        board: &BoardDefinition,
        picture: &Snapshot,
        now: Moment,
    ) -> (BoardView, [String; 4]) {
        let view = board_view::render_view(board, picture, &Baseline::default(), now);
        let row = view.lists.last().unwrap().rows.last().unwrap();
        let Some(SlotValue::Attributes(attrs)) = row.cells.last() else {
            panic!("{row:?} has no line");
        };
        let texts = ["d", "t", "end", "label"].map(|name| {
            match &attrs.iter().find(|attr| attr.0 == name).unwrap().1 {
                AttributeValue::Text(text) => text.clone(),
                AttributeValue::Number(_) => panic!("{name} is no text"),
            }
        });
        (view, texts)
    }

    fn waiting_board() -> BoardDefinition {
        BoardDefinition::new("b", "B", BoardLayout::Queues)
    }

    #[test]
    fn the_line_is_the_highest_of_each_five_minutes_and_where_it_stands() {
        let picture = snapshot_with(&[(70, Some(0)), (31, Some(10)), (30, Some(5)), (4, Some(10))]);

        let (_, texts) = trend_attributes(&waiting_board(), &picture, noon());

        let expected = [
            // 14:27 less 31 minutes is 13:56, in the seventh step of those from 13:25 on.
            "M0 22L45 22L54 2L63 12L90 12L99 2L108 2",
            "",
            "108 2",
            "Waiting, last hour: peak 10",
        ];
        assert_eq!(texts, expected);
    }

    #[test]
    fn what_is_not_known_is_a_gap_in_line_and_words() {
        let story = [
            (70, Some(0)),
            (52, None),
            (42, Some(0)),
            (37, None),
            (22, Some(0)),
        ];
        let (_, [d, _, end, label]) =
            trend_attributes(&waiting_board(), &snapshot_with(&story), noon());
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
    fn the_limit_of_a_warning_is_in_the_picture_and_lies_within_the_scale() {
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
    fn the_line_moves_with_the_minute_and_says_when() {
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
    fn where_the_first_figure_is_another_there_is_no_line() {
        let board = BoardDefinition {
            show: vec![Metric::AgentsAvailable, Metric::Waiting],
            ..waiting_board()
        };
        let picture = snapshot_with(&[(70, Some(0))]);

        let view = board_view::render_view(&board, &picture, &Baseline::default(), noon());

        assert_eq!(view.lists[0].rows[0].cells.len(), 4 + 2 * 3);
    }
}
