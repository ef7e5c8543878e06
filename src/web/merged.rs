//! A figure of now over every queue of the site: one number where it is one,
//! else what is known of it and why it is not.

use crate::{
    boards::{Severity, format},
    domain::{Merge, Metric, Moment, Value},
    live::{Picture, Trust},
};

use super::{
    clock::{self, Tick, UNKNOWN},
    figure::{self, Figure},
    names,
};

/// The gallery's line of what is going on, each figure with what it is.
pub(super) fn figures(picture: &Picture, now: Moment) -> Vec<Figure> {
    let of = [
        Metric::Waiting,
        Metric::LongestWait,
        Metric::AgentsAvailable,
    ];
    of.map(|metric| figure(picture, metric, now)).into()
}

fn figure(picture: &Picture, metric: Metric, now: Moment) -> Figure {
    let merged = picture.merged(&picture.over_site(), metric, now);
    let longest = merged.as_ref().and_then(|merged| merged.longest.clone());
    let merged = merged.map(|merged| merged.figure).unwrap_or_default();
    let is_stale = matches!(merged.trust, Trust::Stale | Trust::Lost(_));
    // A bound over those who are well is of now, however long the others are away.
    let is_gone = merged.low.is_none() && merged.trust.is_gone(None, now);
    let text = format::figure(metric, &merged);
    let mut notes = Vec::new();
    if is_gone && text != UNKNOWN {
        notes.push(format!("last {text}"));
    } else if is_stale && text != UNKNOWN {
        notes.push(figure::NOT_FRESH.to_owned());
    }
    notes.extend(merged.reason.clone().filter(|_| !is_gone));
    let queue = longest.map(|id| names::queue_by_id(picture, &id));
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
        ("Period", "Now.".to_owned()),
        ("Data source", sources(picture, now)),
    ];
    if let Some(reason) = &merged.reason {
        explained.push(("Why it isn’t exact", format!("{reason}.")));
    } else if merged.value.is_none() {
        let nobody = metric == Metric::LongestWait && is_calm(picture, now);
        let why = if nobody {
            figure::NOBODY
        } else {
            metric.unknown_reason()
        };
        explained.push(("Why there’s no value", why.to_owned()));
    }
    explained.push(("API name", format!("{} in /api/v1/site", metric.name())));
    Figure {
        key: metric.name(),
        label: metric.label().to_owned(),
        value: match merged.since {
            _ if is_gone => Tick::still(UNKNOWN),
            Some(since) if !is_stale && merged.low.is_none() => {
                Tick::since(since, Trust::Fresh, now)
            }
            _ => Tick::still(text),
        },
        severity: if is_stale {
            Severity::Stale
        } else {
            Severity::None
        }
        .name(),
        mark: "",
        link: queue,
        notes,
        explained,
    }
}

/// Nobody waits anywhere, as far as is known.
fn is_calm(picture: &Picture, now: Moment) -> bool {
    let waiting = picture.merged(&picture.over_site(), Metric::Waiting, now);
    waiting.is_some_and(|waiting| {
        waiting.figure.value == Some(Value::Count(0)) && waiting.figure.trust == Trust::Fresh
    })
}

/// Each source, and how long ago it last spoke.
fn sources(picture: &Picture, now: Moment) -> String {
    let words = picture.sources.values().map(|source| match source.heard {
        Some(heard) => format!("{}: {} ago", source.id, clock::age(now.mono.since(heard))),
        None => format!("{}: no data yet", source.id),
    });
    let words: Vec<_> = words.collect();
    format!("{}.", words.join("; "))
}
