//! A report in the list, and one that was sent.

use jiff::{Timestamp, civil::Weekday, tz::TimeZone};
use wallboard_boards::format;

use crate::{
    reports::{ReportFile, ReportPlan, ReportSchedule, SentReport},
    web::parts::{links::form_urlencode, week_text::DAYS},
};

pub(super) struct ReportRow {
    pub(super) name: String,
    pub(super) view: String,
    pub(super) channel: String,
    /// "Mon to Fri at 07:00, with XLSX"
    pub(super) times: String,
    /// "Mon 30 Nov 07:00"
    pub(super) next: String,
    /// Where it's changed.
    pub(super) address: String,
    /// Why its last attempt wasn't accepted; empty if it was.
    pub(super) problem: String,
}

pub(super) struct SentRow {
    pub(super) report: String,
    pub(super) channel: String,
    pub(super) at: String,
    /// "due 07:00", or "by Anna".
    pub(super) why: String,
    pub(super) is_accepted: bool,
    pub(super) answer: String,
}

impl ReportRow {
    pub(super) fn new(
        plan: &ReportPlan,
        sent: &[SentReport],
        now: Timestamp,
        zone: &TimeZone,
    ) -> Self {
        let next = plan.schedule.next_due(now, zone);
        let last = sent.iter().find(|sent| sent.report == plan.name);
        let problem = last.filter(|sent| !sent.is_accepted);
        Self {
            name: plan.name.clone(),
            view: plan.view.clone(),
            channel: plan.channel.clone(),
            times: describe_times(&plan.schedule, plan.file),
            next: next.map_or_else(String::new, |at| format::time_or_day(at, now, zone)),
            address: format!("/reports/edit?name={}", form_urlencode(&plan.name)),
            problem: problem.map_or_else(String::new, |sent| sent.answer.clone()),
        }
    }
}

impl SentRow {
    pub(super) fn new(sent: &SentReport, now: Timestamp, zone: &TimeZone) -> Self {
        Self {
            report: sent.report.clone(),
            channel: sent.channel.clone(),
            at: format::time_or_day(sent.at, now, zone),
            why: match sent.due {
                Some(due) => format!("due {}", format::time_or_day(due, now, zone)),
                None => format!("by {}", sent.by),
            },
            is_accepted: sent.is_accepted,
            answer: sent.answer.clone(),
        }
    }
}

fn describe_times(schedule: &ReportSchedule, file: Option<ReportFile>) -> String {
    let file = match file {
        None => "",
        Some(ReportFile::Csv) => ", with CSV",
        Some(ReportFile::Xlsx) => ", with XLSX",
    };
    let days = describe_days(&schedule.days);
    format!("{days} at {}{file}", schedule.time.strftime("%H:%M"))
}

/// "Mon to Fri", "Mon, Thu", "Every day"
fn describe_days(days: &[Weekday]) -> String {
    let offset = |day: &Weekday| day.to_monday_zero_offset();
    let is_run = days
        .windows(2)
        .all(|pair| offset(&pair[1]) == offset(&pair[0]) + 1);
    match days {
        _ if days.len() == 7 => "Every day".to_owned(),
        [first, .., last] if 2 < days.len() && is_run => {
            format!("{} to {}", short_name(*first), short_name(*last))
        }
        _ => {
            let names: Vec<_> = days.iter().map(|day| short_name(*day)).collect();
            names.join(", ")
        }
    }
}

/// "Mon"
pub(super) fn short_name(day: Weekday) -> &'static str {
    let (_, name) = DAYS[usize::from(day.to_monday_zero_offset().unsigned_abs())];
    &name[..3]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_in_a_row_are_a_range() {
        let [mon, tue, wed] = [Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday];
        assert_eq!(describe_days(&[mon]), "Mon");
        assert_eq!(describe_days(&[mon, tue]), "Mon, Tue");
        assert_eq!(describe_days(&[mon, tue, wed]), "Mon to Wed");
        assert_eq!(describe_days(&[mon, wed, Weekday::Sunday]), "Mon, Wed, Sun");
    }
}
