//! Baseline note beside today's values: "usually 150–190 by 14:30". Baselines don't add up: a
//! queue group's is computed from its combined history.

use jiff::tz::TimeZone;

use crate::{
    domain::{Baseline, Metric, Moment, NormalRange},
    live::{QueueSnapshot, Snapshot},
};

use super::{
    format,
    render_context::{EvaluatedQueue, RenderContext},
};

/// Returns a queue's normal range now: from its own history, else from a linked queue's.
pub fn find_normal_range(
    baseline: &Baseline,
    snapshot: &Snapshot,
    queue: &QueueSnapshot,
    metric: Metric,
    now: Moment,
) -> Option<NormalRange> {
    if metric == Metric::ServiceLevel && !uses_target_formula(snapshot, queue, now) {
        return None;
    }
    if queue.members.is_some() && !covers_all_members(snapshot, queue, metric, now) {
        return None;
    }
    let linked = snapshot.site.linked_queues.get(&queue.id);
    let ids = [&queue.id].into_iter().chain(linked.into_iter().flatten());
    baseline.find_range(ids, metric, now.wall)
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

/// A service level is compared only with one of the same formula. Vendors don't report the formula
/// of theirs.
fn uses_target_formula(snapshot: &Snapshot, queue: &QueueSnapshot, now: Moment) -> bool {
    let figure = snapshot.queue_figure(queue, Metric::ServiceLevel, now);
    let formula = figure.and_then(|figure| figure.day_details?.formula);
    let target = snapshot.site.target_for(&queue.id.to_string());
    formula.is_none_or(|formula| formula == target.formula.into_str())
}

/// Returns a note for each value that has a baseline, with the value's index.
pub(super) fn baseline_notes(
    context: &mut RenderContext<'_>,
    baseline: &Baseline,
    queue: &EvaluatedQueue<'_>,
) -> Vec<(usize, String)> {
    let mut notes = Vec::new();
    for (index, figure) in queue.figures.iter().enumerate() {
        let normal = find_normal_range(
            baseline,
            context.snapshot,
            queue.queue,
            figure.metric,
            context.now,
        );
        if let Some(normal) = normal {
            let zone = &context.snapshot.site.zone;
            let note = normal_note(figure.metric, &normal, zone);
            notes.push((index, join_words(&note)));
            let remaining_ms = normal.ends_at.as_millisecond() - context.now.wall.as_millisecond();
            context.schedule_change(context.now.monotonic.plus_millis(remaining_ms.max(1)));
        }
    }
    notes
}

/// Joins words with no-break spaces, so that a narrow tile drops the time first, then the whole
/// note.
fn join_words(text: &str) -> String {
    let joined = text.replace(' ', "\u{a0}").replace('–', "–\u{2060}");
    joined.replace("\u{a0}by\u{a0}", " by\u{a0}")
}

/// "usually 150–190 by 14:30".
pub fn normal_note(metric: Metric, normal: &NormalRange, zone: &TimeZone) -> String {
    let range = normal_range(metric, normal);
    format!("usually {range} by {}", format::time(normal.ends_at, zone))
}

/// "150–190", or "150" where both are the same.
pub fn normal_range(metric: Metric, normal: &NormalRange) -> String {
    let format_number = |number| format::value(Some(metric.value(number)));
    let (low, high) = (
        format_number(normal.band.low),
        format_number(normal.band.high),
    );
    if low == high {
        low
    } else {
        format!("{}–{high}", low.trim_end_matches('%'))
    }
}

#[cfg(test)]
mod tests {
    use crate::boards::{
        BoardDefinition, BoardLayout, BoardSlots, board_view,
        fixture::{self, noon},
        html::{self, PageFrame},
    };
    use crate::domain::{Id, PercentileBand};

    use super::*;

    fn normal_between(low: f64, high: f64) -> NormalRange {
        NormalRange {
            band: PercentileBand {
                median: low,
                low,
                high,
                weeks: 8,
            },
            ends_at: "2026-11-20T13:30:00Z".parse().unwrap(),
        }
    }

    #[test]
    fn normal_note_shows_range_and_time() {
        let note =
            |metric, low, high| normal_note(metric, &normal_between(low, high), &TimeZone::UTC);

        assert_eq!(
            note(Metric::Offered, 149.6, 190.2),
            "usually 150–190 by 13:30"
        );
        assert_eq!(
            note(Metric::ServiceLevel, 78.2, 91.0),
            "usually 78–91% by 13:30"
        );
        assert_eq!(
            note(Metric::AverageSpeedOfAnswer, 12.0, 40.9),
            "usually 0:12–0:40 by 13:30"
        );
        assert_eq!(note(Metric::Abandoned, 1.8, 2.3), "usually 2 by 13:30");
    }

    fn first_note(
        baseline: &Baseline,
        layout: BoardLayout,
        now: Moment,
    ) -> (String, Option<Moment>) {
        let snapshot = fixture::afternoon_snapshot();
        let board = BoardDefinition {
            show: vec![Metric::AgentsAvailable, Metric::Answered],
            ..BoardDefinition::new("b", "B", layout)
        };
        let mut slots = BoardSlots::default();
        let view = board_view::render_view(&board, &snapshot, baseline, now);
        let next_change = view.next_change;
        slots.apply_view(view);
        let page = PageFrame {
            board: "b",
            neighbors: None,
            epoch: "e",
            n: 1,
            build: "dev",
            now: now.wall,
        };
        (html::render_page(&page, &slots), next_change)
    }

    #[test]
    fn tiles_show_the_normal_range_by_the_next_half_hour() {
        let baseline = fixture::usual_baseline(&fixture::afternoon_snapshot());

        let (page, next_change) = first_note(&baseline, BoardLayout::Queues, noon());
        // Shown for the daily metric only, once per tile.
        let note = join_words("usually 60–65 by 14:30");
        assert_eq!(page.matches(&note).count(), 6);
        assert_eq!(page.matches("class=\"normal\"").count(), 6);
        assert!(
            next_change
                .is_some_and(|next_change| next_change.wall <= noon().plus_millis(180_000).wall)
        );

        let (later, _) = first_note(&baseline, BoardLayout::Queues, noon().plus_millis(180_000));
        assert!(later.contains("by\u{a0}15:00") && !later.contains("by\u{a0}14:30"));
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
