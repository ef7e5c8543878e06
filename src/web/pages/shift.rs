//! `/shift`: the shift report: what was critical between two times and why, which sources were lost, and
//! the figures against their targets. For the handover, also on paper.

mod incident_row;
mod shift_days;
mod shift_mail;
mod shift_report;
mod shift_time;

use askama::Template;
use axum::{Router, extract::Query, response::Html, routing::get};

use wallboard_access::Right;
use wallboard_domain::Moment;
use wallboard_live::Snapshot;

use crate::web::{
    WebError, WebState,
    access::{
        audited::{PeopleMark, ShowsPeople},
        visible_state::VisibleState,
    },
    parts::{
        clock,
        links::form_urlencode,
        page_header::{PageHeader, TranslatedHeader},
        sentence::SentencePiece,
    },
    server::assets,
};

pub(in crate::web) use shift_mail::{compose_shift, find_shift_fault};

use shift_days::ShiftDays;
use shift_report::ShiftReport;
use shift_time::{Shift, ShiftQuery};

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
    report: ShiftReport,
    zone: String,
    /// Where a report of such a shift is made.
    report_href: String,
}

pub(in crate::web) fn routes() -> Router<WebState> {
    Router::new().route("/shift", get(show_shift))
}

async fn show_shift(
    VisibleState(web): VisibleState,
    TranslatedHeader(header): TranslatedHeader,
    Query(query): Query<ShiftQuery>,
) -> Result<(Option<PeopleMark>, Html<String>), WebError> {
    let (zone, now) = web
        .live
        .read_snapshot(|snapshot, now| (snapshot.site.zone.clone(), now.wall));
    let shift = Shift::resolve(&query, &zone, now)?;
    let days = ShiftDays::read(&web, &shift).await?;
    let page = web
        .live
        .read_snapshot(|snapshot, now| build_page(header, snapshot, &shift, &days, now));
    let names_people = page
        .report
        .critical
        .iter()
        .any(|row| !row.on_break.is_empty());
    Ok((ShowsPeople::mark_if(names_people), Html(page.render()?)))
}

fn build_page(
    header: PageHeader,
    snapshot: &Snapshot,
    shift: &Shift,
    days: &ShiftDays,
    now: Moment,
) -> ShiftPage {
    let texts = header.texts;
    let mut report = ShiftReport::new(texts, snapshot, shift, days, now);
    if header.visitor().has(Right::PersonalData) {
        for row in &mut report.critical {
            row.find_on_break(snapshot, now);
        }
    }
    ShiftPage {
        build: assets::build_id(),
        header,
        title: shift.title(texts),
        from: shift.local(shift.from),
        to: shift.local(shift.to),
        report,
        zone: clock::zone_name(snapshot).to_owned(),
        report_href: format!(
            "/reports/edit?view={}",
            form_urlencode(&shift.daily_address())
        ),
    }
}

#[cfg(test)]
mod tests;
