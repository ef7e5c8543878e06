//! Lays what the past tells in order: a row a step, several series added, the time before
//! at the same hours of the same weekdays. Pure.

use std::collections::HashMap;

use jiff::{Timestamp, civil::DateTime};

use crate::history::report::{Figures, Series};

use super::{
    column::Counts,
    scene::{Scene, Terms},
    sheet::Entry,
};

/// A row a step up to now, the series added. It leads to its calls where those are kept.
pub(super) fn lay(
    scene: &Scene,
    series: &[&Series],
    before: Option<Vec<&Series>>,
    terms: &Terms,
    calls_from: Option<Timestamp>,
) -> Vec<Entry> {
    let mut then = before
        .map(|before| by_clock(scene, &before))
        .unwrap_or_default();
    let weeks = scene.window.weeks_back();
    let rows = added(series);
    let rows = rows.into_iter().filter(|row| row.start < scene.now);
    rows.map(|row| {
        let local = row.start.to_zoned(scene.zone().clone()).datetime();
        let earlier = local.saturating_sub(jiff::Span::new().weeks(weeks));
        let name = scene.label(row.start);
        let has_calls = row.counts.is_some() && calls_from.is_some_and(|from| from < row.end);
        Entry {
            name: if row.is_utc {
                format!("{name} (UTC day)")
            } else {
                name
            },
            id: scene.instant(row.start),
            from: Some(row.start),
            to: Some(row.end),
            is_partial: scene.now < row.end,
            is_part: row.is_partial,
            // An hour that comes twice is set beside the one before once.
            before: then.remove(&earlier),
            target: terms.target,
            href: if has_calls {
                scene.calls(row.start, row.end, None)
            } else {
                String::new()
            },
            has_calls,
            counts: row.counts,
            ..Entry::default()
        }
    })
    .collect()
}

/// Of one day the hours before the first call and behind the last have nothing to show.
/// Answers the rest, and when nothing happened.
pub(super) fn without_calm_edges(
    scene: &Scene,
    mut times: Vec<Entry>,
) -> (Vec<Entry>, Vec<String>) {
    let is_calm = |entry: &Entry| {
        let is_calm = |counts: &Counts| counts.is_calm();
        entry.counts.as_ref().is_some_and(is_calm)
            && entry.before.as_ref().is_none_or(is_calm)
            && !entry.is_partial
    };
    let first = times.iter().position(|entry| !is_calm(entry));
    let last = times.iter().rposition(|entry| !is_calm(entry));
    let (Some(first), Some(last)) = (first, last) else {
        return (times, Vec::new());
    };
    if 1 < scene.window.days() {
        return (times, Vec::new());
    }
    let behind = times.split_off(last + 1);
    let rest = times.split_off(first);
    let words = |calm: &[Entry]| {
        let (from, to) = (calm.first()?.from?, calm.last()?.to?);
        Some(scene.stretch(from, to))
    };
    let calm = [words(&times), words(&behind)];
    (rest, calm.into_iter().flatten().collect())
}

/// One interval of all series together.
pub(super) struct Sum {
    pub(super) start: Timestamp,
    end: Timestamp,
    pub(super) counts: Option<Counts>,
    is_partial: bool,
    is_utc: bool,
}

/// What one of them does not know, is in part.
pub(super) fn added(series: &[&Series]) -> Vec<Sum> {
    let mut sums: Vec<Sum> = Vec::new();
    for (place, one) in series.iter().enumerate() {
        for (at, row) in one.rows.iter().enumerate() {
            let counts = row.figures.as_ref().and_then(counts);
            if place == 0 {
                sums.push(Sum {
                    start: row.start,
                    end: row.end,
                    counts,
                    is_partial: row.is_partial,
                    is_utc: row.is_utc,
                });
                continue;
            }
            let Some(sum) = sums.get_mut(at) else {
                continue;
            };
            sum.is_partial |= row.is_partial || counts.is_some() != sum.counts.is_some();
            sum.is_utc |= row.is_utc;
            match (&mut sum.counts, counts) {
                (Some(all), Some(counts)) => all.merge(&counts),
                (none @ None, counts) => *none = counts,
                (Some(_), None) => {}
            }
        }
    }
    sums
}

pub(super) fn counts(figures: &Figures) -> Option<Counts> {
    match figures {
        Figures::Contacts(counters) => Some(Counts::Queue(*counters)),
        Figures::Agent(agent) => Some(Counts::Agent(agent.clone())),
        Figures::Count(_) => None,
    }
}

/// By the clock on the wall; of an hour that comes twice the first.
fn by_clock(scene: &Scene, series: &[&Series]) -> HashMap<DateTime, Counts> {
    let mut by_clock = HashMap::new();
    for sum in added(series) {
        let local = sum.start.to_zoned(scene.zone().clone()).datetime();
        if let Some(counts) = sum.counts {
            by_clock.entry(local).or_insert(counts);
        }
    }
    by_clock
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, tz::TimeZone};

    use crate::{
        domain::{Counter, Counters},
        history::report::Row,
        web::history::{asked::Asked, choice::Step, span::Span},
    };

    use super::*;

    /// One call an hour, of a whole day.
    fn series(start: &str, hours: i64) -> Series {
        let start: Timestamp = start.parse().unwrap();
        let mut counters = Counters::default();
        counters.add(Counter::Offered, 1);
        let row = |hour: i64| Row {
            start: start + SignedDuration::from_hours(hour),
            end: start + SignedDuration::from_hours(hour + 1),
            figures: Some(Figures::Contacts(counters)),
            is_partial: false,
            is_utc: false,
        };
        Series {
            id: "site".to_owned(),
            name: String::new(),
            target: None,
            rows: (0..hours).map(row).collect(),
        }
    }

    fn beside(day: &str, now: &Series, before: &Series) -> Vec<bool> {
        let day = day.parse().unwrap();
        let asked = Asked {
            span: Span::Days(day, day),
            step: Some(Step::Hour),
            ..Asked::default()
        };
        let zone = TimeZone::get("Europe/Stockholm").unwrap();
        let scene = Scene::new(&asked, "2026-11-20T13:27:00Z".parse().unwrap(), &zone);
        let rows = lay(&scene, &[now], Some(vec![before]), &Terms::default(), None);
        rows.iter().map(|row| row.before.is_some()).collect()
    }

    #[test]
    fn an_hour_that_comes_twice_is_compared_once_and_one_that_is_left_out_never() {
        let now = series("2026-10-24T22:00:00Z", 25);
        let before = series("2026-10-17T22:00:00Z", 24);
        let longer = beside("2026-10-25", &now, &before);
        assert_eq!(longer.len(), 25);
        assert_eq!(longer.iter().filter(|known| **known).count(), 24);
        assert!(longer[2] && !longer[3]);

        let now = series("2026-03-28T23:00:00Z", 23);
        let before = series("2026-03-21T23:00:00Z", 24);
        assert_eq!(beside("2026-03-29", &now, &before), [true; 23]);
    }

    #[test]
    fn the_day_is_shown_up_to_now_and_nothing_is_said_of_later() {
        let zone = TimeZone::get("Europe/Stockholm").unwrap();
        let scene = Scene::new(
            &Asked::default(),
            "2026-11-20T13:27:00Z".parse().unwrap(),
            &zone,
        );
        let mut today = series("2026-11-19T23:00:00Z", 24);
        for row in &mut today.rows[10..] {
            row.figures = None;
        }

        let rows = lay(&scene, &[&today], None, &Terms::default(), None);

        let last: Vec<_> = rows
            .iter()
            .map(|row| (row.name.as_str(), row.is_partial))
            .collect();
        assert_eq!(last.len(), 15);
        assert_eq!(last[13..], [("13:00", false), ("14:00", true)]);
    }
}
