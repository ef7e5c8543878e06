//! A metric over all queues of the site: one number if possible, else what is known and
//! why it isn't exact.

use wallboard_boards::format;
use wallboard_domain::{Merge, Metric, MetricValue, Moment};
use wallboard_live::{Evaluator, Freshness, Snapshot};

use crate::web::parts::{
    clock, links,
    metric_tile::{self, MetricTile},
};

/// The gallery's metrics, with explanations.
pub(in crate::web) fn site_tiles(snapshot: &Snapshot, now: Moment) -> Vec<MetricTile> {
    let metrics = [
        Metric::Waiting,
        Metric::LongestWait,
        Metric::AgentsAvailable,
        Metric::Answered,
    ];
    let mut evaluator = Evaluator::new(snapshot, now);
    metrics
        .map(|metric| site_tile(&mut evaluator, snapshot, metric, now))
        .into()
}

fn site_tile(
    evaluator: &mut Evaluator<'_>,
    snapshot: &Snapshot,
    metric: Metric,
    now: Moment,
) -> MetricTile {
    let site = snapshot.select_site();
    let merged = snapshot.merge_figure(&site, metric, now);
    let evaluated = evaluator.evaluate_merged(&site, metric, merged.as_ref());
    let figure = &evaluated.figure;
    let mut notes: Vec<_> = metric_tile::freshness_note(&evaluated)
        .into_iter()
        .collect();
    let waiting = (metric == Metric::LongestWait && !evaluated.is_shown())
        .then(|| count_waiting(snapshot, now))
        .flatten();
    if waiting.is_some_and(|waiting| 0 < waiting) {
        notes.push(metric_tile::NOT_KNOWN_YET.to_owned());
    }
    notes.extend(evaluated.shown_reason().map(str::to_owned));
    let excluded = (merged.iter()).flat_map(|merged| &merged.withheld);
    let excluded: Vec<_> = excluded.cloned().collect();
    if !excluded.is_empty() && !figure.is_withheld {
        notes.push(format!(
            "excludes {}",
            snapshot.format_queue_names(&excluded)
        ));
    }
    let day = evaluated.day_details();
    notes.extend(day.filter(|day| !day.is_complete).map(|day| {
        let since = day.since.map(|at| clock::format_time(snapshot, at, now));
        since.map_or_else(
            || "nothing counted yet".to_owned(),
            |since| format!("since {since}"),
        )
    }));
    let longest = merged.as_ref().and_then(|merged| merged.longest.as_ref());
    let queue = longest.map(|id| links::queue_link_by_id(snapshot, id));
    let over = match metric.merge() {
        Merge::Longest => "The longest across all queues.",
        Merge::DistinctAgents => {
            "Agents across all queues. An agent known individually counts once. Otherwise it’s a range, from the largest queue to the sum of all, because some agents work several queues."
        }
        Merge::Sum | Merge::Never => "The total of all queues.",
    };
    let mut explained = vec![
        ("Definition", metric.counted_meaning().to_owned()),
        ("Across all queues", over.to_owned()),
        (
            "Period",
            day.map_or_else(
                || "Now.".to_owned(),
                |day| metric_tile::describe_day(snapshot, day, now),
            ),
        ),
        ("Data source", describe_sources(snapshot, now)),
    ];
    if let Some(row) = metric_tile::reason_row(figure) {
        explained.push(row);
    } else if figure.value.is_none() {
        let why = if waiting == Some(0) {
            metric_tile::NOBODY_WAITS
        } else {
            metric.unknown_reason()
        };
        explained.push((metric_tile::WHY_NO_VALUE, why.to_owned()));
    }
    explained.push(("API name", format!("{} in /api/v1/site", metric.name())));
    let tile = MetricTile::new(&evaluated, now);
    MetricTile {
        label: if metric.is_daily() {
            format!("{} today", tile.label)
        } else {
            tile.label
        },
        link: queue,
        notes,
        explained,
        ..tile
    }
}

/// Counts who wait anywhere, if that is known.
fn count_waiting(snapshot: &Snapshot, now: Moment) -> Option<u64> {
    let waiting = snapshot.merge_figure(&snapshot.select_site(), Metric::Waiting, now)?;
    match (waiting.figure.value, waiting.figure.freshness) {
        (Some(MetricValue::Count(waiting)), Freshness::UpToDate) => Some(waiting),
        _ => None,
    }
}

/// Each source and the age of its last message.
fn describe_sources(snapshot: &Snapshot, now: Moment) -> String {
    let words = snapshot.sources.values().map(|source| {
        let name = snapshot.site.source_name(&source.id);
        match source.last_received_at {
            Some(received_at) => {
                let age = now.monotonic.millis_since(received_at);
                format!("{name}: {} ago", format::age(age))
            }
            None => format!("{name}: no data yet"),
        }
    });
    let words: Vec<_> = words.collect();
    format!("{}.", words.join("; "))
}
