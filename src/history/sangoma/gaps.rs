//! Days of which not all calls came: those without a file of their own, whose calls came in
//! another file or not at all.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{ToSpan, civil::Date, tz::TimeZone};

use crate::{
    domain::{CountBy, Counter, Counters, SourceId},
    history::{
        frozen::{merged, without},
        intervals::{Bucket, QUARTER, days, quarter},
    },
    store::{Over, StoreError, View, Wanted},
};

/// The nightly run begins at any time in two hours: where files are cut then, so much may
/// lie between the last call of one and the first of the next.
const NIGHT: i64 = 2 * 3_600;
/// After so many nights nobody waits for a day any more.
const RECENT: i64 = 28;
/// Weeks before and after that tell whether a weekday usually has a file.
const WEEKS: i64 = 4;
/// Stretches of days that are named; more are too many to read.
const MOST: usize = 20;

/// Days, in the zone of the nightly run, up to the newest file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gaps {
    /// With calls that came in files of other days, and how many.
    partial: BTreeMap<Date, i64>,
    /// Of which no file tells all and from which no call came.
    missing: BTreeSet<Date>,
    /// The day of the newest file.
    newest: Option<Date>,
}

/// The gaps in what was imported of a source; `zone` is that of the dates of its files.
pub fn gaps(view: &View<'_>, source: &SourceId, zone: &TimeZone) -> Result<Gaps, StoreError> {
    let cover = covered(view, source)?;
    let Some((&(begin, _), &(_, end))) = cover.first().zip(cover.last()) else {
        return Ok(Gaps::default());
    };
    let first = view.first_start(source)?.map_or(begin, |at| at.min(begin));
    let mut all = days(first, end, zone);
    let Some((newest, _)) = all.pop() else {
        return Ok(Gaps::default());
    };
    let mut gaps = Gaps {
        newest: date(newest),
        ..Gaps::default()
    };
    let mut whole = BTreeSet::from([newest]);
    let mut without_calls = Vec::new();
    for (day, bucket) in all {
        let left = uncovered(&bucket, &cover);
        let mut calls = 0;
        for span in &left {
            calls += ended(view, source, *span)?;
        }
        if left.is_empty() {
            whole.insert(day);
        } else if 0 < calls {
            gaps.partial.extend(date(day).map(|date| (date, calls)));
        } else if left.iter().any(|(_, until)| begin < *until) {
            without_calls.push(day);
        }
    }
    let is_usual = |day: &i64| {
        let weeks = (1..=WEEKS).flat_map(|weeks| [day - 7 * weeks, day + 7 * weeks]);
        let known = first.div_euclid(86_400)..=newest;
        let mut weeks = weeks.filter(|day| known.contains(day)).peekable();
        weeks.peek().is_none() || weeks.any(|day| whole.contains(&day))
    };
    let missing = without_calls.into_iter().filter(is_usual);
    gaps.missing = missing.filter_map(date).collect();
    Ok(gaps)
}

impl Gaps {
    /// Which days they are, a sentence each.
    pub fn sentences(&self) -> Vec<String> {
        let mut sentences = Vec::new();
        if !self.partial.is_empty() {
            let calls: i64 = self.partial.values().sum();
            sentences.push(format!(
                "Partial: {}. No file of Queue_Call has arrived for these days; {calls} of their calls came in files of other days",
                named(self.partial.keys())
            ));
        }
        if !self.missing.is_empty() {
            sentences.push(format!(
                "Missing: {}. No file of Queue_Call has arrived for these days, and no other file has their calls",
                named(self.missing.iter())
            ));
        }
        sentences
    }

    /// Whether any lies in the last four weeks before the newest file.
    pub fn has_recent(&self) -> bool {
        let first = self
            .newest
            .and_then(|newest| newest.checked_sub(RECENT.days()).ok());
        self.has_within(first, None)
    }

    /// Whether any lies between these days, both included.
    pub fn has_within(&self, since: Option<Date>, until: Option<Date>) -> bool {
        let mut days = self.partial.keys().chain(&self.missing);
        days.any(|day| {
            since.is_none_or(|since| since <= *day) && until.is_none_or(|until| *day <= until)
        })
    }
}

/// The time of which all calls came. Between two nightly cuts none is lost.
fn covered(view: &View<'_>, source: &SourceId) -> Result<Vec<(i64, i64)>, StoreError> {
    let cover = view.cover(source, i64::MIN / 2, i64::MAX / 2)?;
    let mut longer = merged(
        cover
            .into_iter()
            .map(|(from, to)| (from, to + NIGHT))
            .collect(),
    );
    for (_, to) in &mut longer {
        *to -= NIGHT;
    }
    Ok(longer)
}

fn uncovered(day: &Bucket, cover: &[(i64, i64)]) -> Vec<(i64, i64)> {
    without(&[(day.start, day.end)], cover)
}

/// How many calls ended in a time. One that reaches into a day that is known came with it.
fn ended(view: &View<'_>, source: &SourceId, (from, to): (i64, i64)) -> Result<i64, StoreError> {
    const ENDS: [Counter; 4] = [
        Counter::Handled,
        Counter::Abandoned,
        Counter::ShortAbandoned,
        Counter::FlowOuts,
    ];
    let wanted = Wanted {
        source,
        over: Over::Intervals(QUARTER),
        range: quarter(from + QUARTER - 1)..to,
        only: None,
    };
    let mut calls = 0;
    view.queues(&wanted, CountBy::Event, |_, _, counters: &Counters| {
        let ends = ENDS.iter().filter_map(|end| counters.get(*end));
        calls += ends.sum::<i64>();
    })?;
    Ok(calls)
}

/// "2026-11-03, 2026-11-10 to 2026-11-12"
fn named<'d>(days: impl Iterator<Item = &'d Date>) -> String {
    let mut runs: Vec<(Date, Date)> = Vec::new();
    for day in days {
        match runs.last_mut() {
            Some((_, last)) if last.tomorrow().is_ok_and(|next| next == *day) => *last = *day,
            _ => runs.push((*day, *day)),
        }
    }
    let words = |(first, last): &(Date, Date)| {
        if first == last {
            first.to_string()
        } else {
            format!("{first} to {last}")
        }
    };
    let mut told: Vec<_> = runs.iter().take(MOST).map(words).collect();
    if MOST < runs.len() {
        told.push(format!("and {} more", runs.len() - MOST));
    }
    told.join(", ")
}

/// Of a day, as days since 1970.
fn date(day: i64) -> Option<Date> {
    Date::constant(1970, 1, 1).checked_add(day.days()).ok()
}
