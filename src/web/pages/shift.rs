//! `/shift`: the shift report: what was critical between two times and why, which sources were lost, and
//! the figures against their targets. For the handover, also on paper.

mod incident_row;
mod shift_days;
mod shift_time;

use askama::Template;
use axum::{Router, extract::Query, response::Html, routing::get};

use wallboard_access::Right;
use wallboard_domain::Moment;
use wallboard_live::{Incident, IncidentSubject, Snapshot};
use wallboard_texts::Texts;

use crate::web::{
    WebError, WebState,
    access::{
        audited::{PeopleMark, ShowsPeople},
        visible_state::VisibleState,
    },
    parts::{
        clock, links,
        page_header::{PageHeader, TranslatedHeader},
        sentence::SentencePiece,
    },
    server::assets,
};

use incident_row::IncidentRow;
use shift_days::{FigureRow, METRICS, ShiftDays};
use shift_time::{Shift, ShiftQuery};

/// Rows of critical queues; more are only counted.
const CRITICAL_MAX: usize = 25;
/// Queues that the summary names as still critical.
const OPEN_MAX: usize = 3;

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
    /// Labels of the figures' columns.
    headings: [&'static str; 5],
    figures: Vec<FigureRow>,
    /// Why some figures are missing or incomplete.
    note: String,
    zone: String,
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
    let names_people = page.critical.iter().any(|row| !row.on_break.is_empty());
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
    let incidents = snapshot.incidents.between(shift.from, shift.to);
    let shown = incidents.into_iter();
    let shown = shown.filter(|one| links::incident_name(snapshot, one).is_some());
    let (of_queues, of_sources): (Vec<_>, Vec<_>) =
        shown.partition(|one| matches!(one.subject, IncidentSubject::Queue(_)));
    let row = |incident| IncidentRow::new(texts, snapshot, incident, shift, now);
    let folded = fold_groups(snapshot, &of_queues).into_iter();
    let critical = folded.filter_map(|(incident, groups)| {
        let mut row = row(incident)?;
        for group in groups {
            row.add_group(snapshot, group);
        }
        Some(row)
    });
    let mut critical: Vec<IncidentRow> = critical.collect();
    critical.sort_by_key(|row| std::cmp::Reverse(row.millis));
    let lost: Vec<_> = of_sources.into_iter().filter_map(row).collect();
    let summary = summarize(texts, &critical, &lost);
    let more_critical = critical.len().saturating_sub(CRITICAL_MAX);
    critical.truncate(CRITICAL_MAX);
    if header.visitor().has(Right::PersonalData) {
        for row in &mut critical {
            row.find_on_break(snapshot, now);
        }
    }
    ShiftPage {
        build: assets::build_id(),
        header,
        title: shift.title(texts),
        from: shift.local(shift.from),
        to: shift.local(shift.to),
        summary,
        critical,
        more_critical,
        lost,
        headings: METRICS.map(|metric| &*texts.metric(metric).page_label),
        figures: days.rows(texts, snapshot),
        note: days.note(texts, &shift.zone),
        zone: clock::zone_name(snapshot).to_owned(),
    }
}

/// Each queue's incident with those of groups that only repeat it.
fn fold_groups<'a>(
    snapshot: &Snapshot,
    incidents: &[&'a Incident],
) -> Vec<(&'a Incident, Vec<&'a Incident>)> {
    let is_member = |group: &Incident, member: &Incident| {
        let (IncidentSubject::Queue(group), IncidentSubject::Queue(member)) =
            (&group.subject, &member.subject)
        else {
            return false;
        };
        let members = snapshot.queues.get(group);
        let members = members.and_then(|queue| queue.members.as_deref());
        members.is_some_and(|members| members.contains(member))
    };
    let is_repeated = |group: &Incident| {
        let mut members = incidents.iter().filter(|member| is_member(group, member));
        members.any(|member| group.repeats(member))
    };
    let (groups, single): (Vec<&Incident>, Vec<&Incident>) =
        incidents.iter().partition(|incident| is_repeated(incident));
    let single = single.into_iter();
    let mut folded: Vec<_> = single.map(|incident| (incident, Vec::new())).collect();
    for group in groups {
        let mut members = folded.iter_mut();
        let member = members.find(|(one, _)| is_member(group, one) && group.repeats(one));
        if let Some((_, groups)) = member {
            groups.push(group);
        }
    }
    folded
}

/// "3 times critical, 25 min in all. Sales is still critical. 1 source outage, 4 min."
fn summarize(texts: &Texts, critical: &[IncidentRow], lost: &[IncidentRow]) -> String {
    let total = |rows: &[IncidentRow]| texts.age(rows.iter().map(|row| row.millis).sum());
    let open: Vec<_> = critical.iter().filter(|row| row.is_open).collect();
    let open: Vec<_> = open.iter().map(|row| &*row.link.name).collect();
    let still = match &open[..] {
        [] => None,
        [name] => Some(texts.one_still_critical(*name)),
        names if names.len() <= OPEN_MAX => Some(texts.some_still_critical(names.join(", "))),
        names => Some(texts.count_still_critical(names.len())),
    };
    let critical = match critical.len() {
        0 => texts.no_queue_critical().to_owned(),
        count => texts.critical_in_all(count, total(critical)),
    };
    let lost = match lost.len() {
        0 => texts.sources_stayed_connected().to_owned(),
        count => texts.lost_in_all(count, total(lost)),
    };
    let sentences: Vec<_> = [Some(critical), still, Some(lost)]
        .into_iter()
        .flatten()
        .collect();
    sentences.join(" ")
}

#[cfg(test)]
mod tests;
