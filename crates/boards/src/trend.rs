//! Trend of a queue's, or of all queues', most important metric over the last hour, as bars: the maximum of each five
//! minutes, and for those that run the value of the last whole minute. The part of a bar above the usual
//! shade is bright. Each queue has its own scale. Zero
//! has no bar, an unknown time has dots for a ground, and a time before all known ones has no ground. Bars
//! change with the minute, so that frames don't repeat them.

use jiff::Timestamp;

use wallboard_domain::{Metric, MetricValue, moment};
use wallboard_live::{QueueSelection, QueueSnapshot, SERIES_STEP, SeriesStep};
use wallboard_texts::Texts;

use super::{
    render_context::RenderContext,
    slot_value::{AttributeValue, SlotValue},
    svg::unknown_runs,
    trend_paths::{
        STEPS, bars_path, ground_paths, label_height, peak_position, scale_top, shade_paths,
        y_position,
    },
};

/// Gaps listed with their times.
const MAX_GAPS: usize = 2;

/// Whether the last hour of a metric is recorded.
pub(super) fn has_trend(metric: Metric) -> bool {
    matches!(metric, Metric::Waiting | Metric::LongestWait)
}

/// The last hour of one queue, or of several together.
#[derive(Clone, Debug)]
struct Trend {
    metric: Metric,
    /// How many waited in all queues is at most the sum of the most in each.
    is_at_most: bool,
    /// With the one that runs.
    steps: Vec<SeriesStep>,
    values: Vec<Option<f64>>,
    /// The most that usually wait; of one queue or queue group only.
    usual: Vec<Option<f64>>,
}

impl RenderContext<'_> {
    /// Returns the cell with a queue's last hour of the board's first metric; `None` if it isn't recorded.
    pub(super) fn trend_cell(&mut self, queue: &QueueSnapshot) -> Option<SlotValue> {
        let snapshot = self.snapshot;
        self.render_trend(&snapshot.select_members(queue), Some(queue))
    }

    /// Returns the cell with the last hour of all these queues together.
    pub(super) fn joint_trend_cell(&mut self, queues: &QueueSelection<'_>) -> Option<SlotValue> {
        self.render_trend(queues, None)
    }

    fn render_trend(
        &mut self,
        queues: &QueueSelection<'_>,
        queue: Option<&QueueSnapshot>,
    ) -> Option<SlotValue> {
        let trend = self.read_trend(queues, queue)?;
        let text = |text: String| AttributeValue::Text(text.into());
        let peak = trend.peak();
        let (x, anchor) = peak.map_or((0, "start"), |(index, _)| peak_position(index));
        let most = peak.map_or(0.0, |(_, peak)| peak);
        let top = scale_top(trend.metric, most.max(trend.usual_most().unwrap_or(0.0)));
        let (shade, edge) = shade_paths(&trend.usual, top);
        let above = |index: usize| trend.usual[index].unwrap_or(f64::INFINITY);
        let (ground, dots) = ground_paths(&trend.values);
        // Nothing but zeros needs no maximum.
        let labeled = peak.filter(|(_, peak)| 0.0 < *peak);
        let (label, at) = labeled.map_or_else(Default::default, |(index, peak)| {
            let at = self
                .texts
                .time(trend.steps[index].start, &self.snapshot.site.zone);
            (trend.format_peak(self.texts, peak), at)
        });
        Some(SlotValue::Attributes(vec![
            ("bars", text(bars_path(&trend.values, |_| 0.0, top))),
            ("usual", text(shade)),
            ("over", text(bars_path(&trend.values, above, top))),
            ("ground", text(ground + &edge)),
            ("dots", text(dots)),
            ("label", text(self.format_trend(&trend))),
            ("peak", text(label)),
            ("at", text(at)),
            ("x", AttributeValue::Number(x)),
            (
                "y",
                AttributeValue::Number(peak.map_or(0, |(index, peak)| {
                    y_position(label_height(&trend.usual, index, peak), top)
                })),
            ),
            ("anchor", anchor.into()),
        ]))
    }

    /// Returns the most that usually wait in a queue at a time of the baseline's day.
    fn usual_peak(&self, queue: &QueueSnapshot, at: Timestamp) -> Option<f64> {
        let is_visible = !self.snapshot.withholds(&queue.id, Metric::Waiting);
        let usual = self.baseline?.usual_peak(&queue.id, at);
        usual.filter(|_| is_visible)
    }

    fn read_trend(
        &mut self,
        queues: &QueueSelection<'_>,
        queue: Option<&QueueSnapshot>,
    ) -> Option<Trend> {
        let metric = self.metrics.first().copied().filter(|m| has_trend(*m))?;
        let mut steps = queues.recent_steps(self.now);
        let first = steps.len().checked_sub(STEPS)?;
        let steps: Vec<SeriesStep> = steps.split_off(first);
        let mut values: Vec<Option<f64>> = (steps.iter())
            .map(|step| trend_value(metric, step.waiting, step.longest_wait))
            .collect();
        // The step that runs shows as a bar when it is over, even if nothing is known now.
        let is_known = values.iter().any(Option::is_some);
        let (waiting, longest) = queues.values_at_minute(self.now);
        *values.last_mut()? = trend_value(metric, waiting, longest);
        self.schedule_next_step(queues, is_known);
        // A queue of which nothing is known has no shade that moves with the time.
        let compared = queue.filter(|_| is_known && metric == Metric::Waiting);
        let usual = steps
            .iter()
            .map(|step| self.usual_peak(compared?, step.start));
        let usual = usual.collect();
        Some(Trend {
            metric,
            is_at_most: metric == Metric::Waiting && 1 < queues.queues.len(),
            steps,
            values,
            usual,
        })
    }

    /// Schedules the next step, and the next minute if something changed in this one.
    fn schedule_next_step(&mut self, queues: &QueueSelection<'_>, is_known: bool) {
        let period_ms = match queues.changes_after_minute(self.now) {
            true => 60_000,
            false if is_known => SERIES_STEP,
            false => return,
        };
        let elapsed_ms = self.now.wall.as_millisecond().rem_euclid(period_ms);
        self.schedule_change(self.now.monotonic.plus_millis(period_ms - elapsed_ms));
    }

    /// "Waiting, last hour: max 14; no data 10:30–10:40".
    fn format_trend(&self, trend: &Trend) -> String {
        let texts = self.texts;
        let metric = texts.metric(trend.metric).label.as_str();
        let Some((_, peak)) = trend.peak() else {
            return texts.trend_no_data(metric);
        };
        let peak = trend.format_peak(texts, peak);
        let gaps = trend.gaps();
        let zone = &self.snapshot.site.zone;
        let range = |from, to| texts.time_range(from, Some(to), zone);
        let times = (gaps.iter().take(MAX_GAPS)).map(|(from, to)| range(*from, *to));
        let more = (MAX_GAPS < gaps.len()).then(|| texts.more_word().to_owned());
        // More than a whole number that usually wait at most is above it.
        let usual = trend.usual_most();
        let usual = usual.map(|most| texts.value(Some(trend.metric.value(most.floor()))));
        match (self.join_names(times.chain(more)), usual) {
            (Some(gaps), Some(usual)) => texts.trend_max_usual_with_gaps(metric, peak, usual, gaps),
            (Some(gaps), None) => texts.trend_max_with_gaps(metric, peak, gaps),
            (None, Some(usual)) => texts.trend_max_usual(metric, peak, usual),
            (None, None) => texts.trend_max(metric, peak),
        }
    }
}

impl Trend {
    fn format_peak(&self, texts: &Texts, peak: f64) -> String {
        let peak = texts.value(Some(self.metric.value(peak)));
        if self.is_at_most {
            format!("≤ {peak}")
        } else {
            peak
        }
    }

    /// Returns the maximum and where it was last reached.
    fn peak(&self) -> Option<(usize, f64)> {
        let known = self.values.iter().enumerate();
        let known = known.filter_map(|(index, value)| Some((index, (*value)?)));
        known.max_by(|(_, a), (_, b)| a.total_cmp(b))
    }

    fn usual_most(&self) -> Option<f64> {
        self.usual.iter().flatten().copied().reduce(f64::max)
    }

    /// Returns the times of runs of unknown whole steps.
    fn gaps(&self) -> Vec<(Timestamp, Timestamp)> {
        let runs = unknown_runs(&self.values[..STEPS - 1]).into_iter();
        let times = runs.map(|(from, to)| {
            let end = moment::plus_millis(self.steps[to - 1].start, SERIES_STEP);
            (self.steps[from].start, end)
        });
        times.collect()
    }
}

fn trend_value(metric: Metric, waiting: Option<u64>, longest: Option<f64>) -> Option<f64> {
    match metric {
        Metric::Waiting => waiting.map(|n| MetricValue::Count(n).as_number()),
        _ => longest,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        BoardDefinition, BoardLayout, BoardView, board_render,
        fixture::{self, QueueFixture, noon},
    };
    use wallboard_domain::{Baseline, BaselineBuilder, Moment};
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
        let is_trend = |attrs: &&Vec<(&str, AttributeValue)>| attrs[0].0 == "bars";
        let mut cells = row.cells.list().into_iter().filter_map(|cell| match cell {
            SlotValue::Attributes(attrs) => Some(attrs),
            _ => None,
        });
        let attrs = cells.rfind(is_trend).expect("a trend");
        let texts = ["bars", "peak", "x", "label"].map(|name| {
            match &attrs.iter().find(|attr| attr.0 == name).unwrap().1 {
                AttributeValue::Text(text) => text.to_string(),
                AttributeValue::Number(number) => number.to_string(),
            }
        });
        (view, texts)
    }

    fn waiting_board() -> BoardDefinition {
        BoardDefinition::new("b", "B", BoardLayout::Queues)
    }

    #[test]
    fn trend_shows_the_maximum_of_each_five_minutes_up_to_now() {
        let snapshot =
            snapshot_with(&[(70, Some(0)), (31, Some(10)), (30, Some(5)), (4, Some(10))]);

        let (_, texts) = trend_attributes(&waiting_board(), &snapshot, noon());

        let expected = [
            // 14:27 minus 31 minutes is 13:56, in the sixth step after 13:30. Zero has no bar.
            "M55 100V0M65 100V50M75 100V50M85 100V50M95 100V50M105 100V0M115 100V0",
            "10",
            "100",
            "Waiting, last hour: max 10",
        ];
        assert_eq!(texts, expected);
    }

    #[test]
    fn unknown_times_have_dots_and_those_before_the_first_known_no_ground() {
        let changes = [(52, Some(0)), (37, None), (22, Some(0))];
        let snapshot = snapshot_with(&changes);
        let (_, [bars, peak, _, label]) = trend_attributes(&waiting_board(), &snapshot, noon());
        assert_eq!((&*bars, &*peak), ("", ""));
        let gaps = "no data 13:30–13:35 and 13:50–14:05";
        assert_eq!(label, format!("Waiting, last hour: max 0; {gaps}"));

        let (view, texts) = trend_attributes(&waiting_board(), &snapshot_with(&[]), noon());
        let nothing = ["", "", "0", "Waiting, last hour: no data"];
        assert_eq!(
            (texts, view.next_change),
            (nothing.map(str::to_owned), None)
        );
    }

    #[test]
    fn each_queue_has_its_own_scale_from_five() {
        let bars = |most| {
            let snapshot = snapshot_with(&[(70, Some(0)), (20, Some(most)), (16, Some(0))]);
            trend_attributes(&waiting_board(), &snapshot, noon()).1
        };

        let [one, peak, x, _] = bars(1);
        assert_eq!((&*one, &*peak, &*x), ("M75 100V80M85 100V80", "1", "70"));
        assert_eq!(bars(20)[0], "M75 100V0M85 100V0");
    }

    #[test]
    fn only_what_is_above_usual_is_bright_and_the_scale_has_room_for_the_shade() {
        let snapshot = snapshot_with(&[(70, Some(0)), (20, Some(8)), (16, Some(4)), (11, Some(0))]);
        let (zone, queue) = (&snapshot.site.zone, fixture::queue_id("1"));
        let now = noon().wall.to_zoned(zone.clone());
        let mut builder = BaselineBuilder::for_day(now.date(), zone);
        for date in Baseline::sample_days(now.date()) {
            // Half past one is unknown.
            for (hour, minute) in [(14, 0), (14, 15)] {
                let start = date.at(hour, minute, 0, 0).to_zoned(zone.clone()).unwrap();
                builder.add_peak(queue.clone(), start.timestamp(), 6);
            }
        }
        let view = board_render::render_view(&waiting_board(), &snapshot, &builder.build(), noon());

        let row = view.lists.last().unwrap().rows.last().unwrap();
        let cells = row.cells.list();
        let trend = cells.into_iter().find_map(|cell| match cell {
            SlotValue::Attributes(attrs) if attrs[0].0 == "bars" => Some(attrs.clone()),
            _ => None,
        });
        let trend = trend.unwrap();
        let text = |name: &str| match &trend.iter().find(|attr| attr.0 == name).unwrap().1 {
            AttributeValue::Text(text) => text.to_string(),
            AttributeValue::Number(number) => number.to_string(),
        };
        assert_eq!(text("usual"), "M60 100V25H120V100");
        assert_eq!(text("bars"), "M75 100V0M85 100V0M95 100V50");
        assert_eq!(text("over"), "M75 25V0M85 25V0");
        assert_eq!(text("ground"), "M0 100H120M60 25H120");
        assert_eq!(text("y"), "0");
        assert_eq!(text("label"), "Waiting, last hour: max 8, usually up to 6");
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
            ("", Some(noon().plus_millis(60_000)))
        );
        assert_eq!(moved[0], "M115 100V0");
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
        let (_, bars) = trend_attributes(&waiting_board(), &lost, noon().plus_millis(180_000));

        // 14:30
        assert_eq!(before.next_change, Some(noon().plus_millis(180_000)));
        assert_eq!((&*nothing[0], &*nothing[1]), ("", ""));
        assert_eq!(bars[1], "3");
    }

    #[test]
    fn no_trend_unless_the_first_metric_has_one() {
        let board = BoardDefinition {
            show: [Metric::AgentsAvailable, Metric::Waiting]
                .map(Into::into)
                .into(),
            ..waiting_board()
        };
        let snapshot = snapshot_with(&[(70, Some(0))]);

        let view = board_render::render_view(&board, &snapshot, &Baseline::default(), noon());

        assert!(!view.lists[0].rows[0].shape.has_trend);
    }
}
