//! Why calls came and how they ended: calls by reason, issue, type and outcome, from exports with
//! single calls.

use std::collections::BTreeMap;

use wallboard_domain::{CountBy, Counter, Id, NaturalOrder};
use wallboard_history::report::{
    History, ReportDimension, ReportError, ReportQuery, ReportRow, ReportSeries, ReportSubject,
    SubjectEntry,
};

use super::{
    column::to_f64,
    number::{HistoryNumber, group_thousands},
    scope::HistoryScope,
    subjects::HistorySubjects,
};

/// Rows per class on a page; a file has them all.
const SHARES_MAX: usize = 20;
/// The breakdown, its heading, and the value of one call.
const CLASSES: [(ReportDimension, &str, &str); 6] = [
    (ReportDimension::Reason, "Reason", "a reason"),
    (ReportDimension::Issue, "Issue", "an issue"),
    (ReportDimension::Type, "Type of call", "a type"),
    (ReportDimension::EndBy, "Outcome", "an end"),
    (ReportDimension::Number, "Number called", "a number called"),
    (ReportDimension::ExitKey, "Key pressed", "a key pressed"),
];
/// The same for sign-outs of agents.
const LOGOFF_REASON: (ReportDimension, &str, &str) =
    (ReportDimension::LogoffReason, "Sign-out reason", "a reason");

/// Calls by reason, issue, type and outcome.
#[derive(Debug, Default)]
pub(super) struct Breakdown {
    pub(super) classes: Vec<BreakdownClass>,
    /// Calls that no row includes, and why; `None` if all are included.
    pub(super) silent: Option<String>,
}

/// All reasons, issues, types or outcomes.
#[derive(Debug)]
pub(super) struct BreakdownClass {
    /// The name in the API.
    pub(super) key: &'static str,
    pub(super) word: &'static str,
    /// The counted things.
    pub(super) counted: &'static str,
    /// The base of the shares, or why there are no rows.
    pub(super) summary: String,
    /// Most calls first; at the end, calls without a value.
    pub(super) rows: Vec<BreakdownShare>,
}

#[derive(Debug)]
pub(super) struct BreakdownShare {
    pub(super) name: String,
    pub(super) id: String,
    pub(super) calls: i64,
    /// Percentage of all calls in the class.
    pub(super) percent: Option<f64>,
    /// The list of exactly these calls; empty if there is none.
    pub(super) href: String,
}

impl BreakdownClass {
    /// Rows for the page, each with the length of its bar (0 to 100) and its share.
    pub(super) fn shown(&self) -> impl Iterator<Item = (&BreakdownShare, String, String)> {
        let most = self.rows.iter().map(|row| row.calls).max().unwrap_or(1);
        self.rows.iter().take(SHARES_MAX).map(move |row| {
            let length = 100.0 * to_f64(row.calls) / to_f64(most.max(1));
            let share = super::number::format_or_unknown(row.percent.map(HistoryNumber::Percent));
            (row, format!("{length:.1}"), share)
        })
    }

    pub(super) fn left_out(&self) -> usize {
        self.rows.len().saturating_sub(SHARES_MAX)
    }
}

impl BreakdownShare {
    pub(super) fn count(&self) -> String {
        group_thousands(self.calls)
    }
}

/// Loads the breakdown for the queues of a page.
pub(super) async fn load_breakdown(
    history: &History,
    scope: &HistoryScope,
    known: &HistorySubjects,
) -> Result<Breakdown, ReportError> {
    if let Some(agent) = &scope.query.agent {
        let why = "Exports don’t have reasons, issues, types and outcomes by agent.";
        let subject = ReportSubject::Agent(agent.clone());
        return Ok(Breakdown {
            classes: vec![load_logoff_reasons(history, scope, subject).await?],
            ..empty_breakdown(why)
        });
    }
    let (covered, uncovered) = split_by_coverage(history, scope, known);
    if covered.is_empty() {
        let why = format!(
            "The export of these queues ({}) has no reasons or outcomes.",
            uncovered.join(", ")
        );
        return Ok(empty_breakdown(&why));
    }
    let calls = CallLinks {
        scope,
        are_all_kept: is_quarterly(scope)
            && scope.includes_all_times()
            && (covered.iter()).all(|id| known.has_all_calls(&id.source, scope.window.from)),
    };
    let subject = match (&scope.query.queues[..], uncovered.is_empty()) {
        ([], true) => ReportSubject::Site,
        _ => ReportSubject::Queues(covered),
    };
    let load = async |by| load_series(history, scope, subject.clone(), by).await;
    let offered = load(None).await?;
    let offered = offered.iter().find_map(offered_count);
    let mut classes = Vec::new();
    for (by, word, one) in CLASSES {
        let series = load(Some(by)).await?;
        // A call may have several issues, so they don't tell how many calls have none. And a key is
        // pressed in few calls.
        let is_of_all = !matches!(by, ReportDimension::Issue | ReportDimension::ExitKey);
        let all = offered.filter(|_| is_of_all);
        classes.push(build_class((by, word, one), &series, all, &calls));
    }
    // Agents have no opening hours.
    if scope.query.queues.is_empty() && !scope.leaves_out_closed() {
        classes.push(load_logoff_reasons(history, scope, ReportSubject::Site).await?);
    }
    let uncovered = (!uncovered.is_empty()).then(|| {
        let names = uncovered.join(", ");
        format!("{names} has no reasons or outcomes, so its calls aren’t in any row.")
    });
    Ok(Breakdown {
        classes,
        silent: uncovered,
    })
}

/// Loads the series of a page's days.
async fn load_series(
    history: &History,
    scope: &HistoryScope,
    subject: ReportSubject,
    dimension: Option<ReportDimension>,
) -> Result<Vec<ReportSeries>, ReportError> {
    let query = ReportQuery {
        subject,
        dimension,
        from: scope.window.from,
        to: scope.window.to,
        step: scope.sum_step(),
        with_details: false,
        without_closed_times: scope.leaves_out_closed(),
        zone: scope.zone().clone(),
        // Reasons have no time other than their call's.
        count_by: CountBy::Start,
    };
    let mut series = history.load_intervals(query).await?.series;
    for one in &mut series {
        one.rows.retain(|row| scope.includes_day_of(row.start));
    }
    Ok(series)
}

/// Loads why agents signed out.
async fn load_logoff_reasons(
    history: &History,
    scope: &HistoryScope,
    subject: ReportSubject,
) -> Result<BreakdownClass, ReportError> {
    let by = Some(ReportDimension::LogoffReason);
    let series = load_series(history, scope, subject, by).await?;
    let calls = CallLinks {
        scope,
        are_all_kept: false,
    };
    let class = build_class(LOGOFF_REASON, &series, None, &calls);
    let counted: i64 = class.rows.iter().map(|row| row.calls).sum();
    let summary = match counted {
        0 => "No sign-out in this period has a reason.".to_owned(),
        n => format!("Based on {} sign-outs that have one", group_thousands(n)),
    };
    Ok(BreakdownClass {
        summary,
        counted: "Sign-outs",
        ..class
    })
}

fn empty_breakdown(why: &str) -> Breakdown {
    Breakdown {
        classes: Vec::new(),
        silent: Some(why.to_owned()),
    }
}

/// The queues whose exports have single calls, and the exports of the other queues.
fn split_by_coverage(
    history: &History,
    scope: &HistoryScope,
    known: &HistorySubjects,
) -> (Vec<Id>, Vec<String>) {
    let shape = history.config();
    let has_calls = |queue: &SubjectEntry| {
        let source = &queue.stored_id.source;
        let mut exports = shape.exports.iter();
        exports.any(|export| export.id == *source && export.has_calls)
    };
    let requested = scope.query.queues.iter();
    let requested: Vec<_> = requested.flat_map(|id| known.member_queues(id)).collect();
    let mut queues: Vec<&SubjectEntry> = if scope.query.queues.is_empty() {
        known.subjects.queues.iter().collect()
    } else {
        requested
            .iter()
            .filter_map(|id| known.find_queue(id))
            .collect()
    };
    queues.sort_by_key(|queue| &queue.stored_id);
    queues.dedup_by_key(|queue| &queue.stored_id);
    let (covered, uncovered): (Vec<_>, Vec<_>) =
        queues.into_iter().partition(|queue| has_calls(queue));
    let mut uncovered: Vec<_> = uncovered
        .iter()
        .map(|queue| queue.stored_id.source.to_string())
        .collect();
    uncovered.dedup();
    (
        covered
            .into_iter()
            .map(|queue| queue.stored_id.clone())
            .collect(),
        uncovered,
    )
}

fn offered_count(series: &ReportSeries) -> Option<i64> {
    let rows = series.rows.iter().filter_map(ReportRow::contact_figures);
    let counts: Vec<_> = rows
        .map(|counters| counters.get(Counter::Offered))
        .collect();
    // Times that weren't imported have no reasons either.
    (!counts.is_empty()).then(|| counts.into_iter().sum())?
}

/// Whether the calls behind a row can be listed.
struct CallLinks<'a> {
    scope: &'a HistoryScope,
    are_all_kept: bool,
}

impl CallLinks<'_> {
    /// A call may have an issue twice, so the counts of issues and calls differ.
    fn call_list_path(&self, by: ReportDimension, id: &str) -> String {
        let id = crate::web::parts::case_listing::parse_id(id);
        let is_listed = matches!(
            by,
            ReportDimension::Reason | ReportDimension::Type | ReportDimension::EndBy
        );
        let id = id.filter(|_| self.are_all_kept && is_listed);
        id.map(|id| self.scope.coded_calls_path(by, id))
            .unwrap_or_default()
    }
}

/// Whether the range starts and ends on a quarter hour, like counted intervals.
fn is_quarterly(scope: &HistoryScope) -> bool {
    let ends = [scope.window.from, scope.window.to];
    (ends.iter()).all(|at| at.as_second() % 900 == 0 && at.subsec_nanosecond() == 0)
}

fn build_class(
    (by, word, one): (ReportDimension, &'static str, &str),
    series: &[ReportSeries],
    all: Option<i64>,
    links: &CallLinks<'_>,
) -> BreakdownClass {
    let mut calls: BTreeMap<(&str, &str), i64> = BTreeMap::new();
    for one in series {
        let counts = one.rows.iter().filter_map(ReportRow::count);
        *calls.entry((&one.name, &one.id)).or_default() += counts.sum::<i64>();
    }
    calls.retain(|_, count| 0 < *count);
    let counted: i64 = calls.values().sum();
    let without = all.map(|all| all - counted).filter(|rest| 0 < *rest);
    let total = all.unwrap_or(counted).max(counted);
    let share = |calls: i64| (0 < total).then(|| 100.0 * to_f64(calls) / to_f64(total));
    let mut rows: Vec<BreakdownShare> = calls
        .into_iter()
        .map(|((name, id), calls)| BreakdownShare {
            name: match id.split_once('/') {
                // The export has no name for it.
                Some((_, external)) if external == name => format!("{word} {name}"),
                _ => name.to_owned(),
            },
            id: id.to_owned(),
            href: links.call_list_path(by, id),
            percent: share(calls),
            calls,
        })
        .collect();
    rows.sort_by(|a, b| {
        b.calls
            .cmp(&a.calls)
            .then_with(|| NaturalOrder(&a.name).cmp(&NaturalOrder(&b.name)))
    });
    let summary = match (rows.is_empty(), by) {
        (true, _) => format!("No call in this period has {one}."),
        (false, ReportDimension::Issue) => format!(
            "Based on {}; a call can have several",
            group_thousands(counted)
        ),
        (false, _) if all.is_some() => format!("Based on {} calls", group_thousands(total)),
        (false, _) => format!("Based on {} calls that have one", group_thousands(counted)),
    };
    if !rows.is_empty() {
        rows.extend(without.map(|calls| BreakdownShare {
            name: "Not recorded".to_owned(),
            id: String::new(),
            href: String::new(),
            percent: share(calls),
            calls,
        }));
    }
    BreakdownClass {
        key: by.into_str(),
        word,
        counted: "Calls",
        summary,
        rows,
    }
}
