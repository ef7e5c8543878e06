//! A metric over all queues of the site: one number if possible, else what is known and
//! why it isn't exact.

use wallboard_boards::{write_queue_names, write_reason};
use wallboard_domain::{Merge, Metric, MetricValue, Moment};
use wallboard_live::{Evaluator, Freshness, QueueSelection, Snapshot};
use wallboard_texts::Texts;

use crate::web::parts::{
    links,
    metric_tile::{self, MetricTile},
};

/// The gallery's metrics, with explanations.
pub(in crate::web) fn site_tiles(
    texts: &'static Texts,
    snapshot: &Snapshot,
    now: Moment,
) -> Vec<MetricTile> {
    let metrics = [
        Metric::Waiting,
        Metric::LongestWait,
        Metric::AgentsAvailable,
        Metric::Answered,
    ];
    let mut evaluator = Evaluator::new(snapshot, now);
    let site = snapshot.select_site();
    metrics
        .map(|metric| site_tile(texts, &mut evaluator, snapshot, &site, metric, now))
        .into()
}

fn site_tile(
    texts: &'static Texts,
    evaluator: &mut Evaluator<'_>,
    snapshot: &Snapshot,
    site: &QueueSelection<'_>,
    metric: Metric,
    now: Moment,
) -> MetricTile {
    let merged = snapshot.merge_figure(site, metric, now);
    let evaluated = evaluator.evaluate_merged(site, metric, merged.as_ref());
    let figure = &evaluated.figure;
    let mut notes: Vec<_> = metric_tile::freshness_note(texts, &evaluated)
        .into_iter()
        .collect();
    let waiting = (metric == Metric::LongestWait && !evaluated.is_shown())
        .then(|| count_waiting(snapshot, site, now))
        .flatten();
    if waiting.is_some_and(|waiting| 0 < waiting) {
        notes.push(texts.value_unknown_yet().to_owned());
    }
    let reason = evaluated.shown_reason();
    notes.extend(reason.map(|reason| write_reason(texts, reason)));
    let excluded = (merged.iter()).flat_map(|merged| &merged.withheld);
    let excluded: Vec<_> = excluded.cloned().collect();
    if !excluded.is_empty() && !figure.is_withheld {
        let names = write_queue_names(texts, &snapshot.name_queues(&excluded));
        notes.push(texts.excludes(names));
    }
    let day = evaluated.day_details();
    notes.extend(day.filter(|day| !day.is_complete).map(|day| {
        let time = |at| texts.time_or_day(at, now.wall, &snapshot.site.zone);
        day.since.map_or_else(
            || texts.nothing_counted_yet().to_owned(),
            |since| texts.since_time(time(since)),
        )
    }));
    let longest = merged.as_ref().and_then(|merged| merged.longest.as_ref());
    let queue = longest.map(|id| links::queue_link_by_id(texts, snapshot, id));
    let over = match metric.merge() {
        Merge::Longest => texts.site_longest(),
        Merge::DistinctAgents => texts.site_agents(),
        Merge::Sum | Merge::Never => texts.site_total(),
    };
    let about = texts.metric(metric);
    let mut explained = vec![
        (texts.definition_term(), about.counted.clone()),
        (texts.across_queues_term(), over.to_owned()),
        (
            texts.period_term(),
            day.map_or_else(
                || texts.period_now().to_owned(),
                |day| metric_tile::describe_day(texts, snapshot, day, now),
            ),
        ),
        (texts.source_term(), describe_sources(texts, snapshot, now)),
    ];
    if let Some(row) = metric_tile::reason_row(texts, figure) {
        explained.push(row);
    } else if figure.value.is_none() {
        let why = if waiting == Some(0) {
            texts.nobody_waits()
        } else {
            &about.unknown
        };
        explained.push((texts.why_no_value(), why.to_owned()));
    }
    explained.push((texts.api_name_term(), texts.site_api_name(metric.name())));
    let tile = MetricTile::new(texts, &evaluated, now);
    MetricTile {
        label: if metric.is_daily() {
            texts.label_today(tile.label.as_str())
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
fn count_waiting(snapshot: &Snapshot, site: &QueueSelection<'_>, now: Moment) -> Option<u64> {
    let waiting = snapshot.merge_figure(site, Metric::Waiting, now)?;
    match (waiting.figure.value, waiting.figure.freshness) {
        (Some(MetricValue::Count(waiting)), Freshness::UpToDate) => Some(waiting),
        _ => None,
    }
}

/// Each source and the age of its last message.
fn describe_sources(texts: &Texts, snapshot: &Snapshot, now: Moment) -> String {
    let words = snapshot.sources.values().map(|source| {
        let name = snapshot.site.source_name(&source.id);
        match source.last_received_at {
            Some(received_at) => {
                let age = now.monotonic.millis_since(received_at);
                texts.source_age(name, texts.age(age))
            }
            None => texts.source_without_data(name),
        }
    });
    let words: Vec<_> = words.collect();
    texts.sentence_of(words.join("; "))
}
