//! Baseline note beside today's values: "below usual (121–153)". Baselines don't add up: a
//! queue group's is computed from its combined history.

use jiff::Timestamp;

use wallboard_domain::{Baseline, Metric, MetricValue, Moment, NormalRange, QueueId, moment};
use wallboard_live::{QueueSnapshot, Snapshot};
use wallboard_texts::Texts;

use super::{
    board_queue::BoardQueue, render_context::RenderContext, rendered_figure::RenderedFigure,
};

/// The steps of a baseline.
const HALF_HOUR_MS: i64 = 30 * 60_000;

/// Returns a queue's normal range now: from its own history, else from a linked queue's.
pub fn find_normal_range(
    baseline: &Baseline,
    snapshot: &Snapshot,
    queue: &QueueSnapshot,
    metric: Metric,
    now: Moment,
) -> Option<NormalRange> {
    if snapshot.withholds(&queue.id, metric) {
        return None;
    }
    if metric == Metric::ServiceLevel && !uses_target_formula(snapshot, queue, now) {
        return None;
    }
    if queue.members.is_some() && !covers_all_members(snapshot, queue, metric, now) {
        return None;
    }
    if !covers_whole_day(snapshot, queue, metric, now) {
        return None;
    }
    baseline.find_range(ids_with_history(snapshot, queue), metric, now.wall)
}

/// Returns a queue's normal ranges of the whole day, for a metric that is a total; empty if it
/// can't be compared now.
pub fn find_day_ranges(
    baseline: &Baseline,
    snapshot: &Snapshot,
    queue: &QueueSnapshot,
    metric: Metric,
    now: Moment,
) -> Vec<NormalRange> {
    match find_normal_range(baseline, snapshot, queue, metric, now) {
        Some(_) => baseline.day_ranges(ids_with_history(snapshot, queue), metric),
        None => Vec::new(),
    }
}

/// The queue itself, then the queues of exports that are linked to it.
fn ids_with_history<'a>(
    snapshot: &'a Snapshot,
    queue: &'a QueueSnapshot,
) -> impl Iterator<Item = &'a QueueId> {
    let linked = snapshot.site.linked_queues.get(&queue.id);
    [&queue.id].into_iter().chain(linked.into_iter().flatten())
}

/// A group's metric is compared only if it is a total and every member queue is included.
fn covers_all_members(
    snapshot: &Snapshot,
    group: &QueueSnapshot,
    metric: Metric,
    now: Moment,
) -> bool {
    let merged = snapshot.merge_figure(&snapshot.select_queues([group]), metric, now);
    metric.is_total() && merged.is_some_and(|merged| merged.without.is_empty())
}

/// A day that was counted from later on isn't compared with whole days.
fn covers_whole_day(
    snapshot: &Snapshot,
    queue: &QueueSnapshot,
    metric: Metric,
    now: Moment,
) -> bool {
    let figure = snapshot.queue_figure(queue, metric, now);
    let since = figure.and_then(|figure| figure.day_details?.since);
    let midnight = moment::day_start(now.wall, &snapshot.site.zone);
    since.is_none_or(|since| since <= midnight)
}

/// A service level is compared only with one of the same formula. Vendors don't report the formula
/// of theirs.
fn uses_target_formula(snapshot: &Snapshot, queue: &QueueSnapshot, now: Moment) -> bool {
    let figure = snapshot.queue_figure(queue, Metric::ServiceLevel, now);
    let formula = figure.and_then(|figure| figure.day_details?.formula);
    let target = snapshot.site.target_for(&queue.id.to_string());
    formula.is_none_or(|formula| formula == target.formula)
}

/// Returns a note for each figure; `None` if it has no baseline.
pub(super) fn baseline_notes(
    context: &mut RenderContext<'_>,
    queue: &BoardQueue<'_>,
) -> Vec<Option<String>> {
    let texts = context.texts;
    let note = |figure: &RenderedFigure| {
        let (snapshot, now) = (context.snapshot, context.now);
        let usual = find_usual_range(
            context.baseline?,
            snapshot,
            queue.queue,
            figure.metric(),
            now,
        )?;
        let remaining_ms = usual.ends_at.as_millisecond() - now.wall.as_millisecond();
        context.schedule_change(now.monotonic.plus_millis(remaining_ms.max(1)));
        let value = figure.evaluated.value();
        let note = value.map(|value| usual.compare(texts, figure.metric(), value));
        Some(note.unwrap_or_default())
    };
    queue.figures.iter().map(note).collect()
}

/// The usual range at this minute: a total lies between the usual values at the start and the end of
/// the half hour.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct UsualRange {
    low: f64,
    high: f64,
    ends_at: Timestamp,
}

impl UsualRange {
    /// "as usual", "below usual (121–153)". The range is joined so that it leaves a narrow tile as
    /// a whole.
    pub(super) fn compare(&self, texts: &Texts, metric: Metric, value: MetricValue) -> String {
        let range = texts.value_range(metric, self.low, self.high);
        let range = range.replace('–', "–\u{2060}");
        match value.as_number() {
            value if value < self.low => texts.below_usual(range),
            value if self.high < value => texts.above_usual(range),
            _ => texts.as_usual().to_owned(),
        }
    }
}

/// Returns what is usual for a queue's metric now.
pub(super) fn find_usual_range(
    baseline: &Baseline,
    snapshot: &Snapshot,
    queue: &QueueSnapshot,
    metric: Metric,
    now: Moment,
) -> Option<UsualRange> {
    let end = find_normal_range(baseline, snapshot, queue, metric, now)?;
    let earlier = now.plus_millis(-HALF_HOUR_MS);
    let start = find_normal_range(baseline, snapshot, queue, metric, earlier);
    let low = match start {
        Some(start) if metric.is_total() => start.band.low.min(end.band.low),
        // The day begins with nothing.
        None if metric.is_total() => 0.0,
        _ => end.band.low,
    };
    Some(UsualRange {
        low,
        high: end.band.high,
        ends_at: end.ends_at,
    })
}

#[cfg(test)]
mod tests {
    use crate::{
        BoardDefinition, BoardLayout, BoardSlots, board_render,
        fixture::{self, noon},
        html::PageFrame,
    };
    use wallboard_domain::Id;

    use super::*;

    fn first_note(
        baseline: &Baseline,
        layout: BoardLayout,
        now: Moment,
    ) -> (String, Option<Moment>) {
        let snapshot = fixture::afternoon_snapshot();
        let board = BoardDefinition {
            show: [Metric::AgentsAvailable, Metric::Answered]
                .map(Into::into)
                .into(),
            ..BoardDefinition::new("b", "B", layout)
        };
        let mut slots = BoardSlots::default();
        let view = board_render::render_view(&board, &snapshot, baseline, now);
        let next_change = view.next_change;
        slots.apply_view(view);
        let page = PageFrame {
            board: "b",
            neighbors: None,
            epoch: "e",
            n: 1,
            build: "dev",
            time: &crate::BoardTime::Live,
            now: now.wall,
            age: None,
        };
        (slots.render_page(&page), next_change)
    }

    #[test]
    fn tiles_compare_totals_with_what_is_usual_until_the_half_hour_ends() {
        let baseline = fixture::usual_baseline(&fixture::afternoon_snapshot());

        let (page, next_change) = first_note(&baseline, BoardLayout::Queues, noon());

        // Shown for the daily metric only, once per tile.
        assert_eq!(page.matches("as\u{a0}usual</span>").count(), 6);
        assert_eq!(page.matches("class=\"normal\"").count(), 6);
        assert!(
            next_change
                .is_some_and(|next_change| next_change.wall <= noon().plus_millis(180_000).wall)
        );
    }

    #[test]
    fn a_total_is_compared_with_the_start_and_the_end_of_its_half_hour() {
        let usual = UsualRange {
            low: 120.6,
            high: 152.8,
            ends_at: Timestamp::UNIX_EPOCH,
        };
        let compare = |count| {
            usual.compare(
                Texts::english(),
                Metric::Answered,
                MetricValue::Count(count),
            )
        };

        assert_eq!(compare(115), "below\u{a0}usual (121–\u{2060}153)");
        assert_eq!(compare(154), "above\u{a0}usual (121–\u{2060}153)");
        assert_eq!(
            [compare(121), compare(152)],
            ["as\u{a0}usual", "as\u{a0}usual"]
        );

        // Ten minutes before anything is usual, nothing is too little.
        let snapshot = fixture::afternoon_snapshot();
        let baseline = fixture::usual_baseline(&snapshot);
        let queue = &snapshot.queues[&fixture::queue_id("1")];
        let range = |minutes: i64| {
            let now = noon().plus_millis(minutes * 60_000);
            let range = find_usual_range(&baseline, &snapshot, queue, Metric::Answered, now);
            range.map(|range| (range.low, range.high))
        };
        // The samples are of ten o'clock.
        let during = range(-4 * 60 - 25);
        let (low, high) = range(0).unwrap();
        assert_eq!(during, Some((0.0, high)));
        assert!(0.0 < low && low < high);
    }

    #[test]
    fn day_that_is_counted_from_later_on_has_no_baseline() {
        let mut snapshot = fixture::afternoon_snapshot();
        let baseline = fixture::usual_baseline(&snapshot);
        let usual = |snapshot: &Snapshot| {
            let queue = &snapshot.queues[&fixture::queue_id("1")];
            find_normal_range(&baseline, snapshot, queue, Metric::Answered, noon())
        };
        assert!(usual(&snapshot).is_some());

        let later = noon().plus_millis(-2_700_000).wall;
        fixture::today_mut(&mut snapshot, "1").since = Some(later);

        assert!(usual(&snapshot).is_none());
    }

    #[test]
    fn service_level_with_another_formula_has_no_baseline() {
        let mut snapshot = fixture::afternoon_snapshot();
        let baseline = fixture::usual_baseline(&snapshot);
        let level = |snapshot: &Snapshot| {
            let queue = &snapshot.queues[&fixture::queue_id("1")];
            find_normal_range(&baseline, snapshot, queue, Metric::ServiceLevel, noon())
        };
        assert!(level(&snapshot).is_none());

        fixture::today_mut(&mut snapshot, "1").entries_known = true;
        assert!(level(&snapshot).is_some());
    }

    #[test]
    fn group_baseline_covers_only_totals_with_all_members() {
        let mut snapshot = fixture::afternoon_snapshot();
        let members: Vec<_> = snapshot.queues.keys().take(2).cloned().collect();
        let group = Id::new(&"group".into(), "both");
        let group_queue = QueueSnapshot {
            id: group.clone(),
            members: Some(members.into()),
            ..snapshot.queues[&fixture::queue_id("1")].clone()
        };
        snapshot.queues.insert(group.clone(), group_queue);
        let baseline = fixture::usual_baseline(&snapshot);
        let normal = |metric| {
            find_normal_range(
                &baseline,
                &snapshot,
                &snapshot.queues[&group],
                metric,
                noon(),
            )
        };

        assert!(normal(Metric::Answered).is_some());
        assert!(normal(Metric::AverageSpeedOfAnswer).is_none());
        assert!(normal(Metric::ServiceLevel).is_none());
    }

    #[test]
    fn pages_without_a_baseline_show_no_note() {
        let baseline = fixture::usual_baseline(&fixture::afternoon_snapshot());
        let nothing = first_note(&Baseline::default(), BoardLayout::Queues, noon()).0;
        let list = first_note(&baseline, BoardLayout::List, noon()).0;
        let tomorrow = first_note(
            &baseline,
            BoardLayout::Queues,
            noon().plus_millis(24 * 3_600_000),
        )
        .0;

        for page in [nothing, list, tomorrow] {
            assert!(!page.contains("class=\"normal\""), "{page}");
        }
    }
}
