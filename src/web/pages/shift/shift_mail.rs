//! The shift report as an email. It has nothing about single agents or small teams: an email may be forwarded to anybody.

use askama::Template;
use axum::{extract::Query, http::Uri};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use wallboard_domain::error_chain;
use wallboard_notify::MailDocument;
use wallboard_texts::Texts;

use crate::{
    reports::ReportPlan,
    web::{
        WebError, WebParts, WebState,
        history::{encode_mail_file, report_texts},
        parts::clock,
        rewind::{RewindFailure, invalid_moment},
    },
};

use super::{Shift, ShiftDays, ShiftQuery, ShiftReport};

/// A report that is sent later than this is about the shift of its time, not of now.
const LATE: SignedDuration = SignedDuration::from_hours(1);

#[derive(Template)]
#[template(path = "shift_mail.html")]
struct ShiftMail {
    texts: &'static Texts,
    name: String,
    /// "Sat 21 Nov 08:00–16:00 · Europe/Stockholm"
    about: String,
    /// The day on which it began: "2026-11-21"
    day: String,
    /// Why it has no figures.
    fault: String,
    report: Option<ShiftReport>,
    /// Absolute; empty if the site's address isn't configured.
    link: String,
    /// Says who can stop it.
    footer: String,
}

/// Writes a report of a shift, as of when it was due or of now. One that can't be written as it's configured says why;
/// the error is a fault of the moment.
pub(in crate::web) async fn compose_shift(
    web: &WebState,
    plan: &ReportPlan,
    due: Option<Timestamp>,
    public_url: Option<&str>,
) -> Result<MailDocument, String> {
    let texts = report_texts(web, plan);
    let mut parts = WebParts::clone(web);
    parts.live = parts.live.without_small_teams();
    let web = WebState::from(parts);
    let mut mail = match Box::pin(read_shift(&web, plan, due, texts)).await {
        Ok(mail) => mail,
        Err(error) => ShiftMail {
            texts,
            name: plan.name.clone(),
            about: String::new(),
            day: String::new(),
            fault: fault_of(texts, error)?,
            report: None,
            link: plan.view.clone(),
            footer: texts.report_mail_footer(plan.name.as_str()),
        },
    };
    let file = match (&mail.report, plan.file) {
        (Some(report), Some(format)) => {
            let grid = report.figures_grid(texts, &mail.about);
            let stem = format!("shift-{}", mail.day);
            Some(encode_mail_file(texts, grid, &stem, format).await?)
        }
        _ => None,
    };
    mail.link = public_url.map_or_else(String::new, |url| {
        format!("{}{}", url.trim_end_matches('/'), mail.link)
    });
    Ok(MailDocument {
        subject: mail.subject(),
        text: mail.text(),
        html: mail.render().map_err(|error| error_chain(&error))?,
        picture: None,
        file,
        time: Timestamp::now(),
        thread: format!("report/{}", plan.name),
    })
}

/// Why the shift report has no such view; `None` if it has.
pub(in crate::web) fn find_shift_fault(view: &str) -> Option<String> {
    let shift =
        parse_view(view).and_then(|query| Shift::resolve(&query, &TimeZone::UTC, Timestamp::now()));
    shift.err().map(|failure| failure.to_string())
}

fn parse_view(view: &str) -> Result<ShiftQuery, RewindFailure> {
    let invalid = || invalid_moment("view", view);
    let uri: Uri = view.parse().map_err(|_| invalid())?;
    let Query(query) = Query::try_from_uri(&uri).map_err(|_| invalid())?;
    Ok(query)
}

async fn read_shift(
    web: &WebState,
    plan: &ReportPlan,
    due: Option<Timestamp>,
    texts: &'static Texts,
) -> Result<ShiftMail, WebError> {
    let (zone, now) = web
        .live
        .read_snapshot(|snapshot, now| (snapshot.site.zone.clone(), now.wall));
    let late = due.filter(|due| LATE < now.duration_since(*due));
    let mut shift = Shift::resolve(&parse_view(&plan.view)?, &zone, late.unwrap_or(now))?;
    shift.is_open &= late.is_none();
    let days = ShiftDays::read(web, &shift).await?;
    Ok(web.live.read_snapshot(|snapshot, now| ShiftMail {
        texts,
        name: plan.name.clone(),
        about: format!("{} · {}", shift.title(texts), clock::zone_name(snapshot)),
        day: shift.from.to_zoned(shift.zone.clone()).date().to_string(),
        fault: String::new(),
        report: Some(ShiftReport::new(texts, snapshot, &shift, &days, now)),
        link: shift.address(),
        footer: texts.report_mail_footer(plan.name.as_str()),
    }))
}

/// Returns what the readers of the mail should know; the error is a fault of ours, which may be over soon.
fn fault_of(texts: &'static Texts, error: WebError) -> Result<String, String> {
    match error {
        // Options in addresses are in English, as on pages.
        WebError::Rewind(RewindFailure::Invalid(why)) => {
            Ok(format!("{} {why}", texts.report_view_invalid()))
        }
        WebError::Rewind(failure @ (RewindFailure::NoLog | RewindFailure::NotInLog)) => {
            let (title, message) = failure.title_and_message(texts);
            Ok(format!("{title}. {message}"))
        }
        other => Err(error_chain(&other)),
    }
}

impl ShiftMail {
    fn subject(&self) -> String {
        if self.fault.is_empty() {
            format!("{}: {}", self.name, self.about)
        } else {
            self.texts.report_not_shown(self.name.as_str())
        }
    }

    /// For those who don't see HTML.
    fn text(&self) -> String {
        let texts = self.texts;
        let mut lines = vec![self.name.clone(), self.about.clone(), self.fault.clone()];
        if let Some(report) = &self.report {
            lines.extend([report.summary.clone(), report.note.clone()]);
            let critical = report.critical.iter();
            lines.extend(critical.map(|row| {
                format!(
                    "{} {}: {} ({})",
                    row.times, row.link.name, row.why, row.lasted
                )
            }));
            if report.more_critical != 0 {
                lines.push(texts.shorter_not_shown(report.more_critical));
            }
            let lost = report.lost.iter();
            lines.extend(
                lost.map(|row| format!("{} {} ({})", row.times, row.link.name, row.lasted)),
            );
            let figures = report.figures.iter();
            lines.extend(figures.map(|row| {
                let cells = report.headings.iter().zip(row.cells());
                let cells: Vec<_> = cells
                    .map(|(label, cell)| format!("{label} {cell}"))
                    .collect();
                format!("{}: {}", row.link.name, cells.join(", "))
            }));
        }
        lines.extend([self.link.clone(), self.footer.clone()]);
        lines.retain(|line| !line.is_empty());
        lines.join("\n")
    }
}
