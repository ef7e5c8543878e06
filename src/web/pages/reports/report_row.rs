//! A report in the list, and one that was sent.

use jiff::{Timestamp, civil::Weekday, tz::TimeZone};
use wallboard_texts::Texts;

use crate::{
    reports::{ReportFile, ReportPlan, ReportSchedule, SentReport},
    web::parts::links::form_urlencode,
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
        texts: &Texts,
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
            channel: plan.destination(),
            times: describe_times(texts, &plan.schedule, plan.file),
            next: next.map_or_else(String::new, |at| texts.time_or_day(at, now, zone)),
            address: format!("/reports/edit?name={}", form_urlencode(&plan.name)),
            problem: problem.map_or_else(String::new, |sent| sent.answer.clone()),
        }
    }
}

impl SentRow {
    pub(super) fn new(texts: &Texts, sent: &SentReport, now: Timestamp, zone: &TimeZone) -> Self {
        Self {
            report: sent.report.clone(),
            channel: sent.channel.clone(),
            at: texts.time_or_day(sent.at, now, zone),
            why: match sent.due {
                Some(due) => texts.report_due(texts.time_or_day(due, now, zone)),
                None => texts.by_person(sent.by.as_str()),
            },
            is_accepted: sent.is_accepted,
            answer: sent.answer.clone(),
        }
    }
}

/// "Mon to Fri at 07:00, with XLSX"
pub(in crate::web) fn describe_times(
    texts: &Texts,
    schedule: &ReportSchedule,
    file: Option<ReportFile>,
) -> String {
    let days = describe_days(texts, &schedule.days);
    let time = schedule.time.strftime("%H:%M").to_string();
    let zone = schedule.zone.as_ref().and_then(TimeZone::iana_name);
    let time = zone.map_or_else(|| time.clone(), |zone| format!("{time} ({zone})"));
    match file {
        None => texts.report_times(days, time),
        Some(ReportFile::Csv) => texts.report_times_with(days, time, "CSV"),
        Some(ReportFile::Xlsx) => texts.report_times_with(days, time, "XLSX"),
    }
}

/// "Mon to Fri", "Mon, Thu", "Every day"
fn describe_days(texts: &Texts, days: &[Weekday]) -> String {
    let offset = |day: &Weekday| day.to_monday_zero_offset();
    let name = |day: &Weekday| texts.weekday_short(day.to_monday_one_offset());
    let is_run = days
        .windows(2)
        .all(|pair| offset(&pair[1]) == offset(&pair[0]) + 1);
    match days {
        _ if days.len() == 7 => texts.every_day().to_owned(),
        [first, .., last] if 2 < days.len() && is_run => texts.days_range(name(first), name(last)),
        _ => days.iter().map(name).collect::<Vec<_>>().join(", "),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::Time;

    use super::*;

    #[test]
    fn a_zone_of_its_own_stands_beside_the_time() {
        let times = |zone: Option<&str>| {
            let schedule = ReportSchedule {
                days: vec![Weekday::Monday],
                time: Time::constant(7, 0, 0, 0),
                zone: zone.map(|zone| TimeZone::get(zone).unwrap()),
            };
            describe_times(Texts::english(), &schedule, Some(ReportFile::Csv))
        };
        assert_eq!(times(None), "Mon at 07:00, with CSV");
        let elsewhere = "Mon at 07:00 (America/New_York), with CSV";
        assert_eq!(times(Some("America/New_York")), elsewhere);
    }

    #[test]
    fn days_in_a_row_are_a_range() {
        let describe = |days: &[Weekday]| describe_days(Texts::english(), days);
        let [mon, tue, wed] = [Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday];
        assert_eq!(describe(&[mon]), "Mon");
        assert_eq!(describe(&[mon, tue]), "Mon, Tue");
        assert_eq!(describe(&[mon, tue, wed]), "Mon to Wed");
        assert_eq!(describe(&[mon, wed, Weekday::Sunday]), "Mon, Wed, Sun");
    }
}
