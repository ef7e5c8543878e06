//! `/shift`: what happened between two times: what was critical and why, which sources were lost, and
//! the figures against their targets. For the handover, also on paper.

mod incident_row;
mod shift_days;
mod shift_time;

use askama::Template;
use axum::{Router, extract::Query, response::Html, routing::get};

use wallboard_boards::format;
use wallboard_domain::Moment;
use wallboard_live::{Incident, IncidentSubject, Snapshot};

use super::{
    WebError, WebState, assets, clock, page_header::PageHeader, visible_state::VisibleState,
};

use incident_row::IncidentRow;
use shift_days::{FigureRow, ShiftDays};
use shift_time::{Shift, ShiftQuery};

/// Rows of critical queues; more are only counted.
const CRITICAL_MAX: usize = 25;

#[derive(Template)]
#[template(path = "shift.html")]
struct ShiftPage {
    build: &'static str,
    header: PageHeader,
    /// "Sat 21 Nov 08:00–16:00"
    title: String,
    /// For the form, in the site's zone.
    from: String,
    to: String,
    summary: String,
    /// The longest first.
    critical: Vec<IncidentRow>,
    more_critical: usize,
    /// The earliest first.
    lost: Vec<IncidentRow>,
    figures: Vec<FigureRow>,
    /// Why some figures are missing or incomplete.
    note: String,
    zone: String,
}

pub(super) fn routes() -> Router<WebState> {
    Router::new().route("/shift", get(show_shift))
}

async fn show_shift(
    VisibleState(web): VisibleState,
    header: PageHeader,
    Query(query): Query<ShiftQuery>,
) -> Result<Html<String>, WebError> {
    let (zone, now) = web
        .live
        .read_snapshot(|snapshot, now| (snapshot.site.zone.clone(), now.wall));
    let shift = Shift::resolve(&query, &zone, now)?;
    let days = ShiftDays::read(&web, &shift).await?;
    let page = web
        .live
        .read_snapshot(|snapshot, now| build_page(header, snapshot, &shift, &days, now));
    Ok(Html(page.render()?))
}

fn build_page(
    header: PageHeader,
    snapshot: &Snapshot,
    shift: &Shift,
    days: &ShiftDays,
    now: Moment,
) -> ShiftPage {
    let incidents = snapshot.incidents.between(shift.from, shift.to);
    let rows = |is_wanted: fn(&Incident) -> bool| -> Vec<IncidentRow> {
        (incidents.iter())
            .filter(|one| is_wanted(one))
            .filter_map(|one| IncidentRow::new(snapshot, one, shift, now))
            .collect()
    };
    let mut critical = rows(|one| matches!(one.subject, IncidentSubject::Queue(_)));
    critical.sort_by_key(|row| std::cmp::Reverse(row.millis));
    let lost = rows(|one| matches!(one.subject, IncidentSubject::Source(_)));
    let summary = summarize(&critical, &lost);
    let more_critical = critical.len().saturating_sub(CRITICAL_MAX);
    critical.truncate(CRITICAL_MAX);
    ShiftPage {
        build: assets::build_id(),
        header,
        title: shift.title(),
        from: shift.local(shift.from),
        to: shift.local(shift.to),
        summary,
        critical,
        more_critical,
        lost,
        figures: days.rows(snapshot),
        note: days.note(&shift.zone),
        zone: clock::zone_name(snapshot).to_owned(),
    }
}

/// "3 times critical, 25 min in all. 1 source wasn’t connected, for 4 min."
fn summarize(critical: &[IncidentRow], lost: &[IncidentRow]) -> String {
    let total = |rows: &[IncidentRow]| format::age(rows.iter().map(|row| row.millis).sum());
    let times = |count: usize| match count {
        1 => "Once".to_owned(),
        count => format!("{count} times"),
    };
    let critical = match critical.len() {
        0 => "No queue was critical.".to_owned(),
        count => format!("{} critical, {} in all.", times(count), total(critical)),
    };
    let lost = match lost.len() {
        0 => "All sources stayed connected.".to_owned(),
        count => format!("{} a source was lost, for {}.", times(count), total(lost)),
    };
    format!("{critical} {lost}")
}
