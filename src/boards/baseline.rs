//! What is normal for a queue by now, beside today's figures: "usually 150–190 by 14:30".
//! What is normal of several queues does not add: a group has what they had together.

use jiff::tz::TimeZone;

use crate::{
    domain::{Baseline, Metric, Moment, NormalRange},
    live::{QueueSnapshot, Snapshot},
};

use super::{
    format,
    render_context::{EvaluatedQueue, RenderContext},
};

/// What is normal of a queue now: by its own history, else by that of a queue linked to it.
pub fn find_normal_range(
    past: &Baseline,
    picture: &Snapshot,
    queue: &QueueSnapshot,
    metric: Metric,
    now: Moment,
) -> Option<NormalRange> {
    if metric == Metric::ServiceLevel && !uses_target_formula(picture, queue, now) {
        return None;
    }
    if queue.members.is_some() && !covers_all_members(picture, queue, metric, now) {
        return None;
    }
    let linked = picture.site.linked_queues.get(&queue.id);
    let ids = [&queue.id].into_iter().chain(linked.into_iter().flatten());
    past.find_range(ids, metric, now.wall)
}

/// Of a group only what adds up is compared, and where no queue of it is left out.
fn covers_all_members(
    picture: &Snapshot,
    group: &QueueSnapshot,
    metric: Metric,
    now: Moment,
) -> bool {
    let merged = picture.merge_figure(&picture.select_queues([group]), metric, now);
    metric.is_total() && merged.is_some_and(|merged| merged.without.is_empty())
}

/// A share by another formula than that of the past says nothing beside it. By which a
/// vendor reckons its own, it does not tell.
fn uses_target_formula(picture: &Snapshot, queue: &QueueSnapshot, now: Moment) -> bool {
    let figure = picture.queue_figure(queue, Metric::ServiceLevel, now);
    let formula = figure.and_then(|figure| figure.day_details?.formula);
    let target = picture.site.target_for(&queue.id.to_string());
    formula.is_none_or(|formula| formula == target.formula.name())
}

/// The places of those figures of which it is known, and what is said there.
pub(super) fn baseline_notes(
    scene: &mut RenderContext<'_>,
    past: &Baseline,
    queue: &EvaluatedQueue<'_>,
) -> Vec<(usize, String)> {
    let mut said = Vec::new();
    for (place, figure) in queue.figures.iter().enumerate() {
        let normal = find_normal_range(past, scene.snapshot, queue.queue, figure.metric, scene.now);
        if let Some(normal) = normal {
            let zone = &scene.snapshot.site.zone;
            let words = normal_note(figure.metric, &normal, zone);
            said.push((place, join_words(&words)));
            let left = normal.ends_at.as_millisecond() - scene.now.wall.as_millisecond();
            scene.schedule_change(scene.now.monotonic.plus_millis(left.max(1)));
        }
    }
    said
}

/// Of a tile's line what has no room goes as a whole: the time first, then all of it.
fn join_words(words: &str) -> String {
    let joined = words.replace(' ', "\u{a0}").replace('–', "–\u{2060}");
    joined.replace("\u{a0}by\u{a0}", " by\u{a0}")
}

/// "usually 150–190 by 14:30".
pub fn normal_note(metric: Metric, normal: &NormalRange, zone: &TimeZone) -> String {
    let range = normal_range(metric, normal);
    format!("usually {range} by {}", format::time(normal.ends_at, zone))
}

/// "150–190", or "150" where that is the same.
pub fn normal_range(metric: Metric, normal: &NormalRange) -> String {
    let word = |number| format::value(Some(metric.value(number)));
    let (low, high) = (word(normal.band.low), word(normal.band.high));
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
    fn what_is_normal_is_said_in_a_few_words() {
        let said =
            |metric, low, high| normal_note(metric, &normal_between(low, high), &TimeZone::UTC);

        assert_eq!(
            said(Metric::Offered, 149.6, 190.2),
            "usually 150–190 by 13:30"
        );
        assert_eq!(
            said(Metric::ServiceLevel, 78.2, 91.0),
            "usually 78–91% by 13:30"
        );
        assert_eq!(
            said(Metric::AverageSpeedOfAnswer, 12.0, 40.9),
            "usually 0:12–0:40 by 13:30"
        );
        assert_eq!(said(Metric::Abandoned, 1.8, 2.3), "usually 2 by 13:30");
    }

    fn first_note(past: &Baseline, layout: BoardLayout, now: Moment) -> (String, Option<Moment>) {
        let picture = fixture::afternoon_snapshot();
        let board = BoardDefinition {
            show: vec![Metric::AgentsAvailable, Metric::Answered],
            ..BoardDefinition::new("b", "B", layout)
        };
        let mut slots = BoardSlots::default();
        let view = board_view::render_view(&board, &picture, past, now);
        let due = view.next_change;
        slots.apply_view(view);
        let page = PageFrame {
            board: "b",
            neighbours: None,
            epoch: "e",
            n: 1,
            build: "dev",
            now: now.wall,
        };
        (html::render_page(&page, &slots), due)
    }

    #[test]
    fn tiles_say_beside_todays_figures_what_is_normal_by_the_next_half_hour() {
        let past = fixture::usual_baseline(&fixture::afternoon_snapshot());

        let (page, due) = first_note(&past, BoardLayout::Queues, noon());
        // Of the day's figure alone, once a tile.
        let words = join_words("usually 60–65 by 14:30");
        assert_eq!(page.matches(&words).count(), 6);
        assert_eq!(page.matches("class=\"normal\"").count(), 6);
        assert!(due.is_some_and(|due| due.wall <= noon().plus_millis(180_000).wall));

        let (later, _) = first_note(&past, BoardLayout::Queues, noon().plus_millis(180_000));
        assert!(later.contains("by\u{a0}15:00") && !later.contains("by\u{a0}14:30"));
    }

    #[test]
    fn a_share_of_those_answered_is_not_set_beside_one_of_all() {
        let mut picture = fixture::afternoon_snapshot();
        let past = fixture::usual_baseline(&picture);
        let level = |picture: &Snapshot| {
            let queue = &picture.queues[&fixture::queue_id("1")];
            find_normal_range(&past, picture, queue, Metric::ServiceLevel, noon())
        };
        assert!(level(&picture).is_none());

        fixture::today_mut(&mut picture, "1").entries_known = true;
        assert!(level(&picture).is_some());
    }

    #[test]
    fn of_a_group_what_adds_up_is_normal_and_only_of_all_its_queues() {
        let mut picture = fixture::afternoon_snapshot();
        let members: Vec<_> = picture.queues.keys().take(2).cloned().collect();
        let group = Id::new(&"group".into(), "both");
        let whole = QueueSnapshot {
            id: group.clone(),
            members: Some(members.into()),
            ..picture.queues[&fixture::queue_id("1")].clone()
        };
        picture.queues.insert(group.clone(), whole);
        let past = fixture::usual_baseline(&picture);
        let normal =
            |metric| find_normal_range(&past, &picture, &picture.queues[&group], metric, noon());

        assert!(normal(Metric::Answered).is_some());
        assert!(normal(Metric::AverageSpeedOfAnswer).is_none());
        assert!(normal(Metric::ServiceLevel).is_none());
    }

    #[test]
    fn where_nothing_is_normal_nothing_is_said_of_it() {
        let past = fixture::usual_baseline(&fixture::afternoon_snapshot());
        let nothing = first_note(&Baseline::default(), BoardLayout::Queues, noon()).0;
        let list = first_note(&past, BoardLayout::List, noon()).0;
        let tomorrow = first_note(
            &past,
            BoardLayout::Queues,
            noon().plus_millis(24 * 3_600_000),
        )
        .0;

        for page in [nothing, list, tomorrow] {
            assert!(!page.contains("class=\"normal\""), "{page}");
        }
    }
}
