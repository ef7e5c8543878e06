//! Marked days are reckoned anew from facts, window by window: what was reckoned takes
//! the place of what a window held, and its marks go, in one transaction.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use foldhash::{HashSet, HashSetExt};

use crate::{
    domain::SourceId,
    history::{
        frozen::Frozen,
        intervals::{Span, days},
    },
    store::{BackgroundReader, Basis, LocalDay, Part, Reckoned, Store, StoreError, View},
};

use super::{
    Container,
    fact_rows::FactRows,
    meaning::{Meaning, Rules},
    shelf::{Shelf, Which},
    surveys,
    window::{Facts, LATE},
};

const DAY: i64 = 86_400;
/// A window ends before it would have more queue calls than this.
const CALLS: u64 = 20_000;
/// A window has at most so many days.
const DAYS: i64 = 7;

/// Days, as UTC days since 1970, that follow one another, and what of them is reckoned.
#[derive(Clone, Copy, Debug)]
struct Run {
    first: i64,
    last: i64,
    part: Part,
}

/// Reckons all marked days of a source. `told` hears how many days of how many are done.
/// Returns how many there were.
pub async fn reckon(
    store: &Store,
    source: &SourceId,
    rules: &Rules,
    mut told: impl FnMut(u64, u64),
) -> Result<u64, StoreError> {
    let reader = store.background_reader()?;
    let plan = {
        let (source, rules) = (source.clone(), rules.clone());
        reader
            .look(move |view| Plan::make(view, &source, &rules))
            .await?
    };
    let read = plan.read.clone();
    let names = read.meaning.names.clone();
    store.keep_names(source.clone(), names).await?;
    let marked = plan.runs.iter().flat_map(|run| run.first..=run.last);
    store
        .keep_basis(source.clone(), plan.basis.clone(), marked.collect())
        .await?;
    store.settle_days(source.clone(), plan.frozen).await?;

    let all: u64 = plan.runs.iter().map(length).sum();
    let mut done = 0;
    told(done, all);
    let mut runs = plan.runs.into_iter();
    let step = async |run: Option<Run>, rows: FactRows| match run {
        Some(run) => window(&reader, source, rules, &read, run, rows).await,
        None => Ok((None, rows)),
    };
    let (mut next, mut rows) = step(runs.next(), FactRows::default()).await?;
    // The next window is read while this one is written.
    while let Some(reckoned) = next {
        let settled = reckoned.settled.len() as u64;
        let written = store.replace_intervals(reckoned);
        ((), (next, rows)) = tokio::try_join!(written, step(runs.next(), rows))?;
        done += settled;
        told(done, all);
    }
    store.extend_cover(source.clone(), plan.known_from).await?;
    let basis = Basis {
        linked: read.shelf.last,
        ..plan.basis
    };
    store.keep_basis(source.clone(), basis, Vec::new()).await?;
    Ok(all)
}

/// What is to be reckoned.
struct Plan {
    runs: Vec<Run>,
    /// Marked days whose facts are gone.
    frozen: Vec<i64>,
    /// From when on files alone tell what is known.
    known_from: i64,
    basis: Basis,
    read: Arc<Read>,
}

/// What there is of a source, and what its numbers stand for. It stays so while days are
/// reckoned: nothing is taken in meanwhile.
struct Read {
    shelf: Shelf,
    meaning: Meaning,
}

impl Plan {
    fn make(view: &View<'_>, source: &SourceId, rules: &Rules) -> Result<Self, StoreError> {
        let shelf = Shelf::read(view, source)?;
        let meaning = Meaning::read(view, &shelf, source, rules)?;
        let before = view.basis(source)?;
        let fingerprint = meaning.fingerprint();
        let facts_from = before.as_ref().and_then(|before| before.facts_from);
        // The first days that are kept are missing what reached over midnight.
        let first = facts_from.map(|from| day(from) + 2);
        let frozen = Frozen::read(view, source, first)?.together();
        let mut marked: BTreeSet<i64> = view.dirty(source)?.into_iter().collect();
        let mut surveyed = BTreeSet::new();
        match &before {
            Some(before) if before.fingerprint != fingerprint => {
                let bounds = view.bounds(source)?.into_iter();
                let days = bounds.flat_map(|(first, last)| day(first)..=day(last));
                marked.extend(days.filter(|day| frozen.is_past(*day)));
            }
            Some(before) => {
                let facts = Facts {
                    view,
                    shelf: &shelf,
                    meaning: &meaning,
                    source,
                };
                surveyed = follow_surveys(&facts, &marked)?;
                follow_issues(&facts, before.linked, &mut marked)?;
            }
            // Everything that is there is marked.
            None => {}
        }
        let basis = Basis {
            zone: rules.site.zone.iana_name().unwrap_or_default().to_owned(),
            fingerprint,
            ..before.unwrap_or_default()
        };
        let known_from = frozen.end();
        // Of a survey's contact nothing else changes than what the queue is told.
        let mut parts: BTreeMap<i64, Part> = BTreeMap::new();
        parts.extend(surveyed.into_iter().map(|day| (day, Part::Queues)));
        parts.extend(marked.into_iter().map(|day| (day, Part::Whole)));
        let (frozen, marked): (Vec<_>, Vec<_>) =
            parts.into_iter().partition(|(day, _)| frozen.has(*day));
        Ok(Self {
            runs: runs(&marked, &shelf),
            frozen: frozen.into_iter().map(|(day, _)| day).collect(),
            known_from,
            basis,
            read: Arc::new(Read { shelf, meaning }),
        })
    }
}

/// The days of the contacts that surveys of marked days are about.
fn follow_surveys(facts: &Facts<'_>, marked: &BTreeSet<i64>) -> Result<BTreeSet<i64>, StoreError> {
    let days: Vec<_> = marked.iter().map(|day| (*day, Part::Whole)).collect();
    let mut rows = FactRows::default();
    let mut surveyed = BTreeSet::new();
    for run in consecutive(&days) {
        let (from, to) = (run.first * DAY, (run.last + 1) * DAY);
        let surveys = surveys::created_in(facts, &mut rows, from, to)?;
        surveyed.extend(surveys.iter().filter_map(|linked| linked.joined).map(day));
    }
    Ok(surveyed)
}

/// Issues that came since mark the days of their calls.
fn follow_issues(
    facts: &Facts<'_>,
    since: i64,
    marked: &mut BTreeSet<i64>,
) -> Result<(), StoreError> {
    let table = |name| Container::find(name).map(|container| &container.table);
    let tables = table("Call_Issue_Queue_Call").zip(table("Queue_Call"));
    let Some((issues, calls)) = tables else {
        return Ok(());
    };
    let mut wanted: HashSet<i64> = HashSet::new();
    let mut days = BTreeSet::new();
    for file in facts.shelf.of("Call_Issue_Queue_Call", Which::All) {
        if since < file.id.0 {
            days.extend(file.day);
            facts
                .view
                .rows(issues, &["queue_call_id"], file.id, |row| {
                    wanted.extend(row.integer(0));
                })?;
        }
    }
    let earliest = days.first().map_or(i64::MAX, |first| first - LATE);
    for file in facts.shelf.of("Queue_Call", Which::All) {
        if wanted.is_empty() {
            break;
        }
        if file.day.is_some_and(|day| day < earliest) {
            continue;
        }
        facts
            .view
            .rows(calls, &["queue_call_id", "time_join"], file.id, |row| {
                let is_wanted = row.integer(0).is_some_and(|id| wanted.remove(&id));
                marked.extend(row.integer(1).filter(|_| is_wanted).map(day));
            })?;
    }
    Ok(())
}

/// Days cut into windows of bounded size.
fn runs(days: &[(i64, Part)], shelf: &Shelf) -> Vec<Run> {
    let mut runs = Vec::new();
    for Run { first, last, part } in consecutive(days) {
        let (mut begin, mut calls) = (first, 0);
        for day in first..=last {
            let more = shelf.rows("Queue_Call", day * DAY, (day + 1) * DAY);
            let is_full = CALLS < calls + more || begin + DAYS <= day;
            if begin < day && is_full {
                runs.push(Run {
                    first: begin,
                    last: day - 1,
                    part,
                });
                (begin, calls) = (day, 0);
            }
            calls += more;
        }
        runs.push(Run {
            first: begin,
            last,
            part,
        });
    }
    runs
}

/// Days in order, as runs without a gap of which the same is reckoned.
fn consecutive(days: &[(i64, Part)]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for &(day, part) in days {
        match runs.last_mut() {
            Some(run) if run.last + 1 == day && run.part == part => run.last = day,
            _ => runs.push(Run {
                first: day,
                last: day,
                part,
            }),
        }
    }
    runs
}

async fn window(
    reader: &BackgroundReader,
    source: &SourceId,
    rules: &Rules,
    read: &Arc<Read>,
    Run { first, last, part }: Run,
    mut rows: FactRows,
) -> Result<(Option<Reckoned>, FactRows), StoreError> {
    let (source, zone, read) = (source.clone(), rules.site.zone.clone(), read.clone());
    let reckon = move |view: &View<'_>| {
        let facts = Facts {
            view,
            shelf: &read.shelf,
            meaning: &read.meaning,
            source: &source,
        };
        let window = Span {
            start: first * DAY,
            end: (last + 1) * DAY,
        };
        let local = days(window.start, window.end, &zone).into_iter();
        let reckoned = facts.reckon(&mut rows, window, part)?;
        let reckoned = Reckoned {
            days: local
                .map(|(day, bucket)| LocalDay {
                    day,
                    start: bucket.start,
                    end: bucket.end,
                })
                .collect(),
            settled: (first..=last).collect(),
            ..reckoned
        };
        Ok((Some(reckoned), rows))
    };
    reader.look(reckon).await
}

fn day(at: i64) -> i64 {
    at.div_euclid(DAY)
}

fn length(run: &Run) -> u64 {
    (run.last - run.first + 1).unsigned_abs()
}
