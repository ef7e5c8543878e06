//! On how many of the last days a queue met its target, for the page that edits it.

use jiff::{Timestamp, tz::TimeZone};

use wallboard_domain::{CountBy, Id};
use wallboard_history::report::{History, ReportSubject};

use super::{column::RatioRules, history_row::HistoryRow, recent_days::load_series};

/// The days to look back.
const DAYS: i64 = 28;

/// Days of which all is imported, with contacts enough to judge them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::web) struct TargetDays {
    pub(in crate::web) met: usize,
    pub(in crate::web) judged: usize,
}

/// Counts them for the last four weeks, with the target as it is saved; `None` if there is no such day.
pub(in crate::web) async fn count_target_days(
    history: &History,
    id: &Id,
    zone: &TimeZone,
    now: Timestamp,
) -> Option<TargetDays> {
    let subject = ReportSubject::Queue(id.clone());
    let series = load_series(history, subject, DAYS, zone, now).await?;
    let target = series.target?;
    let rules = RatioRules {
        formula: target.formula.unwrap_or_default(),
        count_by: CountBy::Start,
    };
    let rows = series.rows.into_iter().map(|row| HistoryRow {
        figures: row.figures,
        rules,
        is_partial: row.is_partial,
        target,
        ..HistoryRow::default()
    });
    let judged = rows.filter(|row| row.is_judged() && row.service_level().is_some());
    let judged: Vec<_> = judged.collect();
    let missed = judged.iter().filter(|row| row.is_missed()).count();
    (!judged.is_empty()).then(|| TargetDays {
        met: judged.len() - missed,
        judged: judged.len(),
    })
}

#[cfg(test)]
mod tests {
    use wallboard_domain::{Counter, Counters, SiteConfig};
    use wallboard_history::report::fixture::{HistoryFixture, computed_day};
    use wallboard_store::{CatalogEntry, NameClass, QueueIntervalRow};

    use super::*;

    /// Midnight of 2026-11-12 in UTC.
    const FIRST_DAY: i64 = 1_794_441_600;
    const DAY_SECONDS: i64 = 86_400;

    fn answered(day: i64, in_time: i64) -> QueueIntervalRow {
        let mut counters = Counters::default();
        counters.add(Counter::Offered, 10);
        counters.add(Counter::Answered, 10);
        counters.add(Counter::AnsweredWithin, in_time);
        counters.add(Counter::Waits, 10);
        QueueIntervalRow {
            queue: "1".to_owned(),
            by: CountBy::Start,
            start: day + 9 * 3600,
            length: 900,
            counters,
            waits: None,
        }
    }

    #[tokio::test]
    async fn only_days_that_are_imported_in_full_are_counted() {
        let fixture = HistoryFixture::new(SiteConfig::default()).await;
        let name = CatalogEntry::new(NameClass::Queue, "1", "Sales");
        fixture.store_names(vec![name]).await;
        let id = Id::new(&"calls".into(), "1");
        let now = Timestamp::from_second(FIRST_DAY + 5 * DAY_SECONDS).unwrap();
        let count = async || count_target_days(&fixture.history, &id, &TimeZone::UTC, now).await;
        assert_eq!(count().await, None);

        // The target is 80%. Nothing says that the fourth day is complete.
        for (number, in_time) in [(0, 9), (1, 5), (2, 8), (3, 9)] {
            let day = FIRST_DAY + number * DAY_SECONDS;
            let rows = vec![answered(day, in_time)];
            fixture.replace_intervals(computed_day(day, rows)).await;
            if number < 3 {
                fixture.insert_coverage(day..day + DAY_SECONDS);
            }
        }
        assert_eq!(count().await, Some(TargetDays { met: 2, judged: 3 }));
    }
}
