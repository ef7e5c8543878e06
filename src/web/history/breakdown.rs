//! Why calls came and how they ended: how many had each reason, issue, type and end, by
//! what exports tell of single calls.

use std::collections::BTreeMap;

use crate::{
    domain::{ByName, CountBy, Counter, Id},
    history::report::{Ask, By, History, ReportError, Row, Series, Subject, Who},
};

use super::{
    column::float,
    number::{Number, grouped},
    scope::HistoryScope,
    subjects::HistorySubjects,
};

/// So many rows a page shows of each; a file has them all.
const MOST: usize = 20;
/// Their kind, heading, and what one call has.
const CLASSES: [(By, &str, &str); 4] = [
    (By::Reason, "Reason", "a reason"),
    (By::Issue, "Issue", "an issue"),
    (By::Type, "Type of call", "a type"),
    (By::EndBy, "Outcome", "an end"),
];

/// What calls were broken down by.
#[derive(Debug, Default)]
pub(super) struct Breakdown {
    pub(super) classes: Vec<BreakdownClass>,
    /// Whose calls are in no row, and why; nothing where all are told.
    pub(super) silent: Option<String>,
}

/// All reasons, or all issues, types or ends.
#[derive(Debug)]
pub(super) struct BreakdownClass {
    /// As in the API.
    pub(super) key: &'static str,
    pub(super) word: &'static str,
    /// What shares are of, or why there are no rows.
    pub(super) words: String,
    /// Most calls first; at the end, how many have none.
    pub(super) rows: Vec<Share>,
}

#[derive(Debug)]
pub(super) struct Share {
    pub(super) name: String,
    pub(super) id: String,
    pub(super) calls: i64,
    /// Percent of all in its class.
    pub(super) percent: Option<f64>,
    /// Where exactly these calls are listed; empty where nothing lists them.
    pub(super) href: String,
}

impl BreakdownClass {
    /// For the page: rows with the length of their bars, of 100, and how many are left out.
    pub(super) fn shown(&self) -> impl Iterator<Item = (&Share, String, String)> {
        let most = self.rows.iter().map(|row| row.calls).max().unwrap_or(1);
        self.rows.iter().take(MOST).map(move |row| {
            let length = 100.0 * float(row.calls) / float(most.max(1));
            let share = super::number::shown(row.percent.map(Number::Percent));
            (row, format!("{length:.1}"), share)
        })
    }

    pub(super) fn left_out(&self) -> usize {
        self.rows.len().saturating_sub(MOST)
    }
}

impl Share {
    pub(super) fn count(&self) -> String {
        grouped(self.calls)
    }
}

/// Of the queues that a page is of.
pub(super) async fn load(
    history: &History,
    scope: &HistoryScope,
    known: &HistorySubjects,
) -> Result<Breakdown, ReportError> {
    if scope.query.agent.is_some() {
        let why = "Exports don’t have reasons, issues, types and outcomes by agent.";
        return Ok(nothing(why));
    }
    let (told, silent) = by_telling(history, scope, known);
    if told.is_empty() {
        let why = format!(
            "The export of these queues ({}) has no reasons or outcomes.",
            silent.join(", ")
        );
        return Ok(nothing(&why));
    }
    let calls = CallLinks {
        scope,
        are_all_kept: is_quarterly(scope)
            && (told.iter()).all(|id| known.has_all_calls(&id.source, scope.window.from)),
    };
    let who = match (&scope.query.queues[..], silent.is_empty()) {
        ([], true) => Who::Site,
        _ => Who::Queues(told),
    };
    let ask = |by| Ask {
        who: who.clone(),
        by,
        from: scope.window.from,
        to: scope.window.to,
        step: scope.sum_step(),
        zone: scope.zone().clone(),
        // They have no other time than that of their call.
        count_by: CountBy::Start,
    };
    let offered = history.intervals(ask(None)).await?.series;
    let offered = offered.iter().find_map(offered_of);
    let mut classes = Vec::new();
    for (by, word, one) in CLASSES {
        let series = history.intervals(ask(Some(by))).await?.series;
        // A call may have several issues, so those do not tell how many calls have none.
        let all = offered.filter(|_| by != By::Issue);
        classes.push(class((by, word, one), &series, all, &calls));
    }
    let silent = (!silent.is_empty()).then(|| {
        let names = silent.join(", ");
        format!("{names} has no reasons or outcomes, so its calls aren’t in any row.")
    });
    Ok(Breakdown { classes, silent })
}

fn nothing(why: &str) -> Breakdown {
    Breakdown {
        classes: Vec::new(),
        silent: Some(why.to_owned()),
    }
}

/// The queues whose exports tell it, and the exports of the others that do not.
fn by_telling(
    history: &History,
    scope: &HistoryScope,
    known: &HistorySubjects,
) -> (Vec<Id>, Vec<String>) {
    let shape = history.shape();
    let tells = |queue: &Subject| {
        let source = &queue.kept_as.source;
        let mut exports = shape.exports.iter();
        exports.any(|export| export.id == *source && export.tells_calls)
    };
    let asked = scope.query.queues.iter();
    let asked: Vec<_> = asked.flat_map(|id| known.members(id)).collect();
    let mut wanted: Vec<&Subject> = if scope.query.queues.is_empty() {
        known.subjects.queues.iter().collect()
    } else {
        asked.iter().filter_map(|id| known.meant(id)).collect()
    };
    wanted.sort_by_key(|queue| &queue.kept_as);
    wanted.dedup_by_key(|queue| &queue.kept_as);
    let (told, silent): (Vec<_>, Vec<_>) = wanted.into_iter().partition(|queue| tells(queue));
    let mut silent: Vec<_> = silent
        .iter()
        .map(|queue| queue.kept_as.source.to_string())
        .collect();
    silent.dedup();
    (
        told.into_iter()
            .map(|queue| queue.kept_as.clone())
            .collect(),
        silent,
    )
}

fn offered_of(series: &Series) -> Option<i64> {
    let rows = series.rows.iter().filter_map(Row::contacts);
    let counts: Vec<_> = rows
        .map(|counters| counters.get(Counter::Offered))
        .collect();
    // Of times that were not taken in there are no reasons either.
    (!counts.is_empty()).then(|| counts.into_iter().sum())?
}

/// Whether the calls behind a row can be listed.
struct CallLinks<'a> {
    scope: &'a HistoryScope,
    are_all_kept: bool,
}

impl CallLinks<'_> {
    /// A call may have an issue twice, so issues are not as many as calls.
    fn address(&self, by: By, id: &str) -> String {
        let id = crate::web::listing::id(id);
        let id = id.filter(|_| self.are_all_kept && by != By::Issue);
        id.map(|id| self.scope.coded_calls(by, id))
            .unwrap_or_default()
    }
}

/// What is asked for begins and ends with the intervals that calls are counted by.
fn is_quarterly(scope: &HistoryScope) -> bool {
    let ends = [scope.window.from, scope.window.to];
    (ends.iter()).all(|at| at.as_second() % 900 == 0 && at.subsec_nanosecond() == 0)
}

fn class(
    (by, word, one): (By, &'static str, &str),
    series: &[Series],
    all: Option<i64>,
    behind: &CallLinks<'_>,
) -> BreakdownClass {
    let mut calls: BTreeMap<(&str, &str), i64> = BTreeMap::new();
    for one in series {
        let counts = one.rows.iter().filter_map(Row::count);
        *calls.entry((&one.name, &one.id)).or_default() += counts.sum::<i64>();
    }
    calls.retain(|_, count| 0 < *count);
    let told: i64 = calls.values().sum();
    let without = all.map(|all| all - told).filter(|rest| 0 < *rest);
    let total = all.unwrap_or(told).max(told);
    let share = |calls: i64| (0 < total).then(|| 100.0 * float(calls) / float(total));
    let mut rows: Vec<Share> = calls
        .into_iter()
        .map(|((name, id), calls)| Share {
            name: match id.split_once('/') {
                // The export tells no name of it.
                Some((_, external)) if external == name => format!("{word} {name}"),
                _ => name.to_owned(),
            },
            id: id.to_owned(),
            href: behind.address(by, id),
            percent: share(calls),
            calls,
        })
        .collect();
    rows.sort_by(|a, b| {
        b.calls
            .cmp(&a.calls)
            .then_with(|| ByName(&a.name).cmp(&ByName(&b.name)))
    });
    let words = match (rows.is_empty(), by) {
        (true, _) => format!("No call in this period has {one}."),
        (false, By::Issue) => format!("Based on {}; a call can have several", grouped(told)),
        (false, _) if all.is_some() => format!("Based on {} calls", grouped(total)),
        (false, _) => format!("Based on {} calls that have one", grouped(told)),
    };
    if !rows.is_empty() {
        rows.extend(without.map(|calls| Share {
            name: "Not recorded".to_owned(),
            id: String::new(),
            href: String::new(),
            percent: share(calls),
            calls,
        }));
    }
    BreakdownClass {
        key: by.name(),
        word,
        words,
        rows,
    }
}
