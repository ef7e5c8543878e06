//! A metric over all queues of the site: one number if possible, else what is known and
//! why it isn't exact.

use wallboard_boards::figure_text;
use wallboard_domain::{Merge, Metric, MetricValue, Moment};
use wallboard_live::{Freshness, Severity, Snapshot};

use super::{
    clock::{self, RunningClock, UNKNOWN},
    links,
    metric_tile::{self, MetricTile},
};

/// The gallery's metrics, with explanations.
pub(super) fn site_tiles(snapshot: &Snapshot, now: Moment) -> Vec<MetricTile> {
    let metrics = [
        Metric::Waiting,
        Metric::LongestWait,
        Metric::AgentsAvailable,
        Metric::Answered,
    ];
    metrics
        .map(|metric| site_tile(snapshot, metric, now))
        .into()
}

fn site_tile(snapshot: &Snapshot, metric: Metric, now: Moment) -> MetricTile {
    let merged = snapshot.merge_figure(&snapshot.select_site(), metric, now);
    let longest = merged.as_ref().and_then(|merged| merged.longest.clone());
    let withheld = merged.as_ref().map(|merged| merged.withheld.as_slice());
    let excluded = withheld.filter(|queues| !queues.is_empty());
    let excluded =
        excluded.map(|queues| format!("excludes {}", snapshot.format_queue_names(queues)));
    let merged = merged.map(|merged| merged.figure).unwrap_or_default();
    let is_stale = merged.freshness.is_out_of_date();
    // A bound over connected sources is current, however long the others are disconnected.
    let is_gone = merged.low.is_none() && merged.freshness.is_gone(None, now);
    let text = figure_text::value(metric, &merged);
    let mut notes = Vec::new();
    if is_gone && text != UNKNOWN {
        notes.push(format!("last {text}"));
    } else if is_stale && text != UNKNOWN {
        notes.push(metric_tile::OUT_OF_DATE.to_owned());
    }
    let waiting = (metric == Metric::LongestWait && text == UNKNOWN)
        .then(|| count_waiting(snapshot, now))
        .flatten();
    if waiting.is_some_and(|waiting| 0 < waiting) {
        notes.push(metric_tile::NOT_KNOWN_YET.to_owned());
    }
    notes.extend(merged.reason.clone().filter(|_| !is_gone));
    notes.extend(excluded.filter(|_| !merged.is_withheld));
    let day = merged.day_details.as_ref();
    notes.extend(day.filter(|day| !day.is_complete).map(|day| {
        let since = day.since.map(|at| clock::format_time(snapshot, at, now));
        since.map_or_else(
            || "nothing counted yet".to_owned(),
            |since| format!("since {since}"),
        )
    }));
    let queue = longest.map(|id| links::queue_link_by_id(snapshot, &id));
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
    if let Some(reason) = &merged.reason {
        let heading = if merged.is_withheld {
            "Why there’s no value"
        } else {
            "Why it isn’t exact"
        };
        explained.push((heading, format!("{reason}.")));
    } else if merged.value.is_none() {
        let why = if waiting == Some(0) {
            metric_tile::NOBODY_WAITS
        } else {
            metric.unknown_reason()
        };
        explained.push(("Why there’s no value", why.to_owned()));
    }
    explained.push(("API name", format!("{} in /api/v1/site", metric.name())));
    MetricTile {
        key: metric.name(),
        is_daily: metric.is_daily(),
        label: if metric.is_daily() {
            format!("{} today", metric.label())
        } else {
            metric.label().to_owned()
        },
        value: match merged.since {
            _ if is_gone => RunningClock::stopped(UNKNOWN),
            Some(since) if !is_stale && merged.low.is_none() => {
                RunningClock::running_since(since, Freshness::UpToDate, now)
            }
            _ => RunningClock::stopped(text),
        },
        severity: if is_stale {
            Severity::OutOfDate
        } else {
            Severity::None
        }
        .into_str(),
        mark: "",
        link: queue,
        is_missed: false,
        usual: String::new(),
        notes,
        explained,
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
                format!("{name}: {} ago", clock::format_age(age))
            }
            None => format!("{name}: no data yet"),
        }
    });
    let words: Vec<_> = words.collect();
    format!("{}.", words.join("; "))
}
