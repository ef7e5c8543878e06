//! The last two weeks of a queue or an agent, for their own pages.

use std::sync::Arc;

use jiff::{Timestamp, ToSpan, tz::TimeZone};
use tracing::warn;

use crate::web::{
    WebState,
    parts::metric_explanation,
    plan::{self, PlanSubject},
};
use wallboard_domain::{CountBy, Id, Metric};
use wallboard_history::report::{
    History, ReportQuery, ReportRow, ReportSeries, ReportStep, ReportSubject, SubjectCatalog,
};
use wallboard_store::Store;
use wallboard_texts::{Texts, UNKNOWN};

use super::{
    column::{HistoryColumn, RatioRules},
    history_row::HistoryRow,
    range::TimeRange,
    recent_days_cache::CacheKey,
    recent_days_links::{abandoned_path, history_path},
    scope::TargetTerms,
    shown_figures::ShownFigures,
    subject_days::{RecentDay, RecentDays, SubjectDays},
    summary,
};

const DAYS_SHOWN: i64 = 14;

pub(in crate::web) async fn cached_queue_days(
    web: &WebState,
    texts: &'static Texts,
    subject: &PlanSubject,
    zone: &TimeZone,
    now: Timestamp,
) -> Arc<SubjectDays> {
    let id = &subject.id;
    let read = async || {
        let config = web.history.config();
        let links = config.site.linked_queues.get(id);
        SubjectDays {
            days: load_queue_days(&web.history, &web.store, texts, id, zone, now).await,
            linked_queues: find_linked_queues(&web.history, links).await,
            plan: plan::load_today(web, subject, zone, now).await,
        }
    };
    cached_days(
        web,
        CacheKey::Queue(id.clone(), texts.tag()),
        zone,
        now,
        read,
    )
    .await
}

pub(in crate::web) async fn cached_agent_days(
    web: &WebState,
    texts: &'static Texts,
    id: &Id,
    zone: &TimeZone,
    now: Timestamp,
) -> Arc<SubjectDays> {
    let read = async || SubjectDays {
        days: load_agent_days(&web.history, texts, id, zone, now).await,
        ..SubjectDays::default()
    };
    let key = CacheKey::Agent(id.clone(), texts.tag());
    cached_days(web, key, zone, now, read).await
}

async fn cached_days(
    web: &WebState,
    key: CacheKey,
    zone: &TimeZone,
    now: Timestamp,
    read: impl AsyncFnOnce() -> SubjectDays,
) -> Arc<SubjectDays> {
    let cache = &web.recent_days;
    let version = (cache.current_version(&web.store, &web.history, zone, now)).await;
    cache.get_or_load(version, key, read).await
}

/// `None` if no export has this queue.
async fn load_queue_days(
    history: &History,
    store: &Store,
    texts: &'static Texts,
    id: &Id,
    zone: &TimeZone,
    now: Timestamp,
) -> Option<RecentDays> {
    let series = load_series(
        history,
        ReportSubject::Queue(id.clone()),
        DAYS_SHOWN,
        zone,
        now,
    )
    .await?;
    let target = series.target?;
    let date = |at: Timestamp| at.to_zoned(zone.clone()).date();
    let today = date(now);
    let shown = ShownFigures::load(store, id, today.saturating_sub(DAYS_SHOWN.days()), today).await;
    let columns = [
        HistoryColumn::Offered,
        HistoryColumn::Answered,
        HistoryColumn::Abandoned,
        HistoryColumn::AbandonRate,
        HistoryColumn::ServiceLevel,
        HistoryColumn::AverageSpeedOfAnswer,
    ];
    let rules = RatioRules {
        formula: target.formula.unwrap_or_default(),
        count_by: CountBy::Start,
    };
    let terms = TargetTerms {
        rules,
        target,
        ..TargetTerms::default()
    };
    let level = terms.level_label(texts);
    let cells = |row: &ReportRow| {
        let export = columns
            .iter()
            .map(|column| format_cell(texts, *column, row, rules));
        let board = shown.day_cells(texts, date(row.start));
        export
            .chain(board.into_iter().filter(|_| !shown.is_empty()))
            .collect()
    };
    let is_missed = |row: &ReportRow| {
        HistoryRow {
            figures: row.figures.clone(),
            rules,
            is_partial: row.is_partial,
            target,
            ..HistoryRow::default()
        }
        .is_missed()
    };
    let metric = |metric| texts.metric(metric).page_label.clone();
    let headings = [
        metric(Metric::Offered),
        metric(Metric::Answered),
        metric(Metric::Abandoned),
        metric(Metric::AbandonRate),
        level,
        metric(Metric::AverageSpeedOfAnswer),
    ];
    let headings = headings.into_iter();
    let board = [texts.board_answered(), texts.board_level()];
    let board = board.map(str::to_owned).into_iter();
    let headings = headings.chain(board.filter(|_| !shown.is_empty()));
    let mut summary = texts.days_summary(
        metric_explanation::write_formula(texts, rules.formula),
        summary::write_target(texts, &target),
    );
    if !shown.is_empty() {
        summary = format!("{summary} {}", texts.days_board_note());
    }
    Some(RecentDays {
        href: history_path(id, false, TimeRange::default()),
        abandoned: abandoned_path(history, id, &series).await,
        summary,
        rows: {
            let mut rows = build_days(texts, id, false, &series, zone, cells, is_missed);
            // Boards have counted more of today.
            let until = imported_until(history, id).await;
            let until = until.filter(|until| date(*until) == today);
            let newest = rows.first_mut().zip(until);
            if let Some((row, until)) = newest.filter(|(row, _)| row.name == texts.short_day(today))
            {
                row.name = texts.day_until(row.name.as_str(), texts.time(until, zone));
            }
            rows
        },
        headings: headings.collect(),
    })
}

/// `None` if no export has this agent. Shows the average of all agents for context; nobody is
/// ranked.
async fn load_agent_days(
    history: &History,
    texts: &'static Texts,
    id: &Id,
    zone: &TimeZone,
    now: Timestamp,
) -> Option<RecentDays> {
    let series = load_series(
        history,
        ReportSubject::Agent(id.clone()),
        DAYS_SHOWN,
        zone,
        now,
    )
    .await?;
    let team = load_series(history, ReportSubject::Site, DAYS_SHOWN, zone, now).await;
    let rules = RatioRules::default();
    let before = [HistoryColumn::AgentHandled, HistoryColumn::AgentHandleTime];
    let after = [
        HistoryColumn::LoggedIn,
        HistoryColumn::NotReady,
        HistoryColumn::Occupancy,
    ];
    let team_average = |row: &ReportRow| {
        let rows = &team.as_ref()?.rows;
        let same = rows.iter().find(|other| other.start == row.start)?;
        HistoryColumn::HandleTime.value(same.figures.as_ref()?, rules)
    };
    let cells = |row: &ReportRow| {
        let cell = |column: &HistoryColumn| format_cell(texts, *column, row, rules);
        let team = team_average(row);
        let team = team.map_or_else(|| UNKNOWN.to_owned(), |number| number.write(texts));
        before
            .iter()
            .map(cell)
            .chain([team])
            .chain(after.iter().map(cell))
            .collect()
    };
    let metric = |metric| &*texts.metric(metric).page_label;
    let headings = [
        metric(Metric::Handled),
        metric(Metric::AverageHandleTime),
        texts.all_agents(),
        texts.signed_in_time(),
        texts.break_time(),
        texts.occupancy(),
    ];
    Some(RecentDays {
        href: history_path(id, true, TimeRange::default()),
        abandoned: String::new(),
        summary: texts.agent_days_summary().to_owned(),
        rows: build_days(texts, id, true, &series, zone, cells, |_| false),
        headings: headings.map(str::to_owned).to_vec(),
    })
}

/// The names that exports give these queues. Failures go to the log.
async fn find_linked_queues(history: &History, queues: Option<&Vec<Id>>) -> Vec<(Id, String)> {
    let Some(queues) = queues else {
        return Vec::new();
    };
    let names = history.load_names(queues.clone()).await;
    names.unwrap_or_else(|error| {
        let error = &error as &dyn std::error::Error;
        warn!(error, "Couldn't read names from exports");
        Vec::new()
    })
}

fn format_cell(texts: &Texts, column: HistoryColumn, row: &ReportRow, rules: RatioRules) -> String {
    let figures = row.figures.as_ref();
    let number = figures.and_then(|figures| column.value(figures, rules));
    number.map_or_else(|| UNKNOWN.to_owned(), |number| number.write(texts))
}

/// A series of days, if any of them is known. Failures go to the log: the page still shows live
/// data.
pub(super) async fn load_series(
    history: &History,
    subject: ReportSubject,
    days: i64,
    zone: &TimeZone,
    now: Timestamp,
) -> Option<ReportSeries> {
    let today = now.to_zoned(zone.clone()).date();
    let from = today
        .saturating_sub(days.days())
        .to_zoned(zone.clone())
        .ok()?;
    let query = ReportQuery {
        subject,
        dimension: None,
        from: from.timestamp(),
        to: now,
        step: ReportStep::Day,
        with_details: false,
        without_closed_times: false,
        zone: zone.clone(),
        count_by: CountBy::Start,
    };
    match history.load_intervals(query).await {
        Ok(report) => {
            let series = report.series.into_iter().next()?;
            series
                .rows
                .iter()
                .any(|row| row.figures.is_some())
                .then_some(series)
        }
        Err(error) => {
            let error = &error as &dyn std::error::Error;
            warn!(error, "Couldn't read history for a page");
            None
        }
    }
}

fn build_days(
    texts: &Texts,
    id: &Id,
    is_agent: bool,
    series: &ReportSeries,
    zone: &TimeZone,
    cells: impl Fn(&ReportRow) -> Vec<String>,
    is_missed: impl Fn(&ReportRow) -> bool,
) -> Vec<RecentDay> {
    let day = |row: &ReportRow| {
        let date = row.start.to_zoned(zone.clone()).date();
        RecentDay {
            name: texts.short_day(date),
            href: history_path(id, is_agent, TimeRange::Days(date, date)),
            is_missed: is_missed(row),
            is_empty: row.figures.is_none(),
            cells: cells(row),
        }
    };
    // Newest first; today usually has no data yet.
    let rows = series.rows.iter().rev();
    rows.skip_while(|row| row.figures.is_none())
        .map(day)
        .collect()
}

/// Returns until when a queue's export is imported; `None` for a group, and if nothing is.
async fn imported_until(history: &History, id: &Id) -> Option<Timestamp> {
    let subjects = history.load_subjects().await.unwrap_or_else(|error| {
        let error = &error as &dyn std::error::Error;
        warn!(error, "Couldn't check until when calls are imported");
        SubjectCatalog::default()
    });
    let mut queues = subjects.queues.iter();
    let queue = queues.find(|queue| queue.id == *id || queue.stored_id == *id)?;
    let mut ends = subjects.imported_until.iter();
    let end = ends.find(|(source, _)| *source == queue.stored_id.source);
    end.and_then(|(_, until)| *until)
}
