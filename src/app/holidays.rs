//! Calendars of holidays: opened with the records, closing the queues that name them, and checked.

use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use crate::{
    editing::Editor,
    holidays::{CalendarOrigin, CalendarPlan, Holidays, days_by_calendar, request_calendar},
    source_check::CheckRow,
};
use wallboard_domain::SiteConfig;
use wallboard_store::{RecordError, RecordStore};

use super::{App, RuntimeConfig};

impl RuntimeConfig {
    /// Closes queues on the days of calendars that are files, and of those at addresses as they are known.
    pub(super) fn close_on_holidays(&mut self, holidays: Option<&Holidays>) {
        let days = days_by_calendar(&self.calendars, holidays);
        self.site.close_on_holidays(|name| days.get(name));
    }
}

impl App {
    /// Puts the calendars of the configuration in force.
    pub(super) fn set_holiday_plan(&self) {
        if let Some(holidays) = &self.holidays {
            holidays.set_plan(self.plan.calendars.clone());
        }
    }
}

/// Opens the calendars that are stored.
pub(super) async fn open_holidays(records: &RecordStore) -> Result<Holidays, RecordError> {
    let holidays = Holidays::new(records.clone());
    holidays.load().await?;
    Ok(holidays)
}

/// Applies the configuration again whenever days of a calendar have changed.
pub(super) async fn apply_holidays(editor: Editor, holidays: Holidays, stop: CancellationToken) {
    let mut changes = holidays.watch_days();
    let applying = async {
        while changes.changed().await.is_ok() {
            editor.apply_again().await;
        }
    };
    stop.run_until_cancelled(applying).await;
}

/// Reads a calendar of holidays once.
pub(super) async fn check_calendar(plan: &CalendarPlan, site: &SiteConfig) -> CheckRow {
    let read = match &plan.origin {
        CalendarOrigin::File { days, .. } => Ok((days.clone(), Vec::new())),
        CalendarOrigin::Address { url, allow_private } => {
            let read = request_calendar(url, *allow_private, &site.zone).await;
            read.map(|calendar| (calendar.days, calendar.others))
        }
    };
    let today = Timestamp::now().to_zoned(site.zone.clone()).date();
    let (name, fault) = match read {
        Ok((days, others)) => {
            let next = days.range(today..).next();
            let next = next.map(|(date, name)| format!(", next {date} {name}"));
            let others = (!others.is_empty()).then(|| {
                let (count, names) = (others.len(), others.join(", "));
                format!(", {count} skipped that aren't whole days: {names}")
            });
            let (next, others) = (next.unwrap_or_default(), others.unwrap_or_default());
            let name = format!("{} ({} days{next}{others})", plan.name, days.len());
            (name, None)
        }
        Err(problem) => (plan.name.clone(), Some(problem.to_string())),
    };
    CheckRow {
        what: "holidays",
        name,
        fault,
    }
}
