//! A figure of now over every queue of the site: one number where it is one,
//! else what is known of it and why it is not.

use crate::{
    boards::{Locale, Severity},
    domain::{Metric, Moment},
    live::{Picture, Trust},
};

use super::{
    clock::{self, Tick},
    explain,
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
    let queue = longest.map(|id| names::queue_by_id(picture, &id));
    let over = match metric {
        Metric::LongestWait => "The longest of all queues.",
        Metric::AgentsAvailable => {
            "Over all queues: who is known one by one is counted once; else it is between the most in one queue and the sum of all, since one agent may serve several."
        }
        _ => "The sum of all queues.",
    };
    let mut explained = vec![
        ("What it is", explain::entry(metric).formula.to_owned()),
        ("Over all queues", over.to_owned()),
        ("Window", "Now.".to_owned()),
        ("Source", sources(picture, now)),
    ];
    if let Some(reason) = &merged.reason {
        explained.push(("Not one number because", format!("{reason}.")));
    } else if merged.value.is_none() {
        explained.push((
            "No value because",
            explain::entry(metric).unknown.to_owned(),
        ));
    }
    explained.push(("In the API", format!("{} of /api/v1/site", metric.name())));
    Figure {
        key: metric.name(),
        label: Locale::default().heading(metric).to_owned(),
        value: match merged.since {
            Some(since) if !is_stale => Tick::since(since, Trust::Fresh, now),
            _ => Tick::still(Locale::default().figure(&merged)),
        },
        severity: if is_stale {
            Severity::Stale
        } else {
            Severity::None
        }
        .name(),
        mark: "",
        link: queue,
        notes: is_stale
            .then(|| figure::NOT_FRESH.to_owned())
            .into_iter()
            .collect(),
        explained,
    }
}

/// Each source, and how long ago it last spoke.
fn sources(picture: &Picture, now: Moment) -> String {
    let words = picture.sources.values().map(|source| match source.heard {
        Some(heard) => format!(
            "{} spoke {} ago",
            source.id,
            clock::age(now.mono.since(heard))
        ),
        None => format!("{} has not spoken yet", source.id),
    });
    let words: Vec<_> = words.collect();
    format!("{}.", words.join("; "))
}
