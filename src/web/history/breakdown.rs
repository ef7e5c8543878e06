//! Why calls came and how they ended: calls by reason, issue, type and outcome, from exports with
//! single calls.

use std::collections::BTreeMap;

use wallboard_domain::{CountBy, Counter, Id, NaturalOrder};
use wallboard_history::report::{
    History, ReportDimension, ReportError, ReportQuery, ReportRow, ReportSeries, ReportSubject,
    SubjectEntry,
};
use wallboard_texts::Texts;

use super::{
    choice::ChoiceLabel,
    column::to_f64,
    number::{self, HistoryNumber},
    scope::HistoryScope,
    subjects::HistorySubjects,
};

/// Rows per class on a page; a file has them all.
const SHARES_MAX: usize = 20;
/// A breakdown: its heading, and the sentence in place of rows.
#[derive(Clone, Copy)]
struct BreakdownKind {
    dimension: ReportDimension,
    word: ChoiceLabel,
    nothing: ChoiceLabel,
}

const fn kind(
    dimension: ReportDimension,
    word: ChoiceLabel,
    nothing: ChoiceLabel,
) -> BreakdownKind {
    BreakdownKind {
        dimension,
        word,
        nothing,
    }
}

const KINDS: [BreakdownKind; 6] = [
    kind(
        ReportDimension::Reason,
        Texts::class_reason,
        Texts::no_reason,
    ),
    kind(ReportDimension::Issue, Texts::class_issue, Texts::no_issue),
    kind(ReportDimension::Type, Texts::class_type, Texts::no_type),
    kind(
        ReportDimension::EndBy,
        Texts::class_outcome,
        Texts::no_outcome,
    ),
    kind(
        ReportDimension::Number,
        Texts::class_number,
        Texts::no_number,
    ),
    kind(ReportDimension::ExitKey, Texts::class_key, Texts::no_key),
];
/// The same for sign-outs of agents.
const SIGN_OUTS: BreakdownKind = kind(
    ReportDimension::LogoffReason,
    Texts::class_sign_out,
    Texts::no_sign_out,
);

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
    pub(super) fn shown(
        &self,
        texts: &Texts,
    ) -> impl Iterator<Item = (&BreakdownShare, String, String)> {
        let most = self.rows.iter().map(|row| row.calls).max().unwrap_or(1);
        self.rows.iter().take(SHARES_MAX).map(move |row| {
            let length = 100.0 * to_f64(row.calls) / to_f64(most.max(1));
            let share = number::format_or_unknown(texts, row.percent.map(HistoryNumber::Percent));
            (row, format!("{length:.1}"), share)
        })
    }

    pub(super) fn left_out(&self) -> usize {
        self.rows.len().saturating_sub(SHARES_MAX)
    }
}

impl BreakdownShare {
    pub(super) fn count(&self, texts: &Texts) -> String {
        texts.signed_count(self.calls)
    }
}

/// Loads the breakdown for the queues of a page.
pub(super) async fn load_breakdown(
    history: &History,
    scope: &HistoryScope,
    known: &HistorySubjects,
) -> Result<Breakdown, ReportError> {
    if let Some(agent) = &scope.query.agent {
        let why = scope.texts.agents_without_breakdown().to_owned();
        let subject = ReportSubject::Agent(agent.clone());
        return Ok(Breakdown {
            classes: vec![load_logoff_reasons(history, scope, subject).await?],
            ..empty_breakdown(why)
        });
    }
    let (covered, uncovered) = split_by_coverage(history, scope, known);
    if covered.is_empty() {
        let exports = uncovered.join(", ");
        return Ok(empty_breakdown(
            scope.texts.export_without_breakdown(exports),
        ));
    }
    let calls = CallLinks::new(scope, known, &covered);
    let subject = covered_subject(scope, covered, &uncovered);
    let load = async |by| load_series(history, scope, subject.clone(), by).await;
    let offered = load(None).await?;
    let offered = offered.iter().find_map(offered_count);
    let mut classes = Vec::new();
    for kind in KINDS {
        let by = kind.dimension;
        let series = load(Some(by)).await?;
        // A call may have several issues, so they don't tell how many calls have none. And a key is
        // pressed in few calls.
        let is_of_all = !matches!(by, ReportDimension::Issue | ReportDimension::ExitKey);
        let all = offered.filter(|_| is_of_all);
        classes.push(build_class(kind, &series, all, &calls));
    }
    // Agents have no opening hours.
    if scope.query.queues.is_empty() && !scope.leaves_out_closed() {
        classes.push(load_logoff_reasons(history, scope, ReportSubject::Site).await?);
    }
    let uncovered =
        (!uncovered.is_empty()).then(|| scope.texts.calls_in_no_row(uncovered.join(", ")));
    Ok(Breakdown {
        classes,
        silent: uncovered,
    })
}

/// Loads the series of a page's days.
pub(super) async fn load_series(
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
    let class = build_class(SIGN_OUTS, &series, None, &calls);
    let counted: i64 = class.rows.iter().map(|row| row.calls).sum();
    let summary = match counted {
        0 => scope.texts.no_sign_out().to_owned(),
        n => scope.texts.based_on_sign_outs(n),
    };
    Ok(BreakdownClass {
        summary,
        counted: scope.texts.sign_outs_column(),
        ..class
    })
}

fn empty_breakdown(why: String) -> Breakdown {
    Breakdown {
        classes: Vec::new(),
        silent: Some(why),
    }
}

/// The site if all of its queues have single calls, else those that have.
pub(super) fn covered_subject(
    scope: &HistoryScope,
    covered: Vec<Id>,
    uncovered: &[String],
) -> ReportSubject {
    if scope.query.queues.is_empty() && uncovered.is_empty() {
        ReportSubject::Site
    } else {
        ReportSubject::Queues(covered)
    }
}

/// The queues whose exports have single calls, and the exports of the other queues.
pub(super) fn split_by_coverage(
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
        .map(|queue| known.site.source_name(&queue.stored_id.source))
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
pub(super) struct CallLinks<'a> {
    scope: &'a HistoryScope,
    are_all_kept: bool,
}

impl<'a> CallLinks<'a> {
    /// Of the calls of these queues.
    pub(super) fn new(scope: &'a HistoryScope, known: &HistorySubjects, queues: &[Id]) -> Self {
        Self {
            scope,
            are_all_kept: is_quarterly(scope)
                && scope.includes_all_times()
                && (queues.iter()).all(|id| known.has_all_calls(&id.source, scope.window.from)),
        }
    }

    /// The list of exactly the calls of a row; empty if there is none.
    ///
    /// A call may have an issue twice, so the counts of issues and calls differ.
    pub(super) fn call_list_path(&self, by: ReportDimension, id: &str) -> String {
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
    kind: BreakdownKind,
    series: &[ReportSeries],
    all: Option<i64>,
    links: &CallLinks<'_>,
) -> BreakdownClass {
    let (by, texts) = (kind.dimension, links.scope.texts);
    let word = (kind.word)(texts);
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
                Some((_, external)) if external == name => texts.unnamed_value(word, name),
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
        (true, _) => (kind.nothing)(texts).to_owned(),
        (false, ReportDimension::Issue) => texts.based_on_issues(counted),
        (false, _) if all.is_some() => texts.based_on_calls(total),
        (false, _) => texts.based_on_known(counted),
    };
    if !rows.is_empty() {
        rows.extend(without.map(|calls| BreakdownShare {
            name: texts.not_recorded().to_owned(),
            id: String::new(),
            href: String::new(),
            percent: share(calls),
            calls,
        }));
    }
    BreakdownClass {
        key: by.into_str(),
        word,
        counted: texts.calls_column(),
        summary,
        rows,
    }
}
