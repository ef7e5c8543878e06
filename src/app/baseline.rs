//! Computes the baseline of today's metrics from history, for the boards.

use std::time::Duration;

use jiff::{civil::Date, tz::TimeZone};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use wallboard_boards::BoardRegistry;
use wallboard_domain::{
    Baseline, BaselineBuilder, BaselineSample, CountBy, Counters, QueueId, ServiceLevelFormula,
    SiteConfig,
};
use wallboard_history::report::{
    History, ReportDimension, ReportError, ReportQuery, ReportSeries, ReportStep, ReportSubject,
};
use wallboard_live::LiveHandle;
use wallboard_store::Store;

use super::waiting_peaks;

/// The longest delay until newly imported history is in the baseline.
const REFRESH_INTERVAL: Duration = Duration::from_mins(10);
/// The delay while nothing is imported.
const FIRST_REFRESH_INTERVAL: Duration = Duration::from_mins(1);

/// Runs until `stop`. If history can't be read, the boards keep their baseline for the rest of its
/// day.
pub(super) async fn run_baseline_refresh(
    live: LiveHandle,
    boards: BoardRegistry,
    history: History,
    store: Store,
    stop: CancellationToken,
) {
    let mut is_failing = false;
    loop {
        let (day, zone) = live.read_snapshot(|snapshot, now| {
            let zone = snapshot.site.zone.clone();
            (now.wall.to_zoned(zone.clone()).date(), zone)
        });
        match compute_baseline(&history, &store, day, &zone).await {
            Ok(baseline) => {
                if is_failing {
                    info!("Baselines are being updated again");
                    is_failing = false;
                }
                if baseline != *boards.current_baseline() {
                    boards.replace_baseline(baseline);
                }
            }
            Err(error) => {
                if !is_failing {
                    warn!(
                        error = &error as &dyn std::error::Error,
                        "Couldn't update baselines; boards don't show them"
                    );
                }
                is_failing = true;
            }
        }
        let is_first = !history.config().exports.is_empty() && boards.current_baseline().is_empty();
        tokio::select! {
            () = sleep(if is_first { FIRST_REFRESH_INTERVAL } else { REFRESH_INTERVAL }) => {}
            () = stop.cancelled() => break,
        }
    }
}

/// Computes the baseline of `day` from the weeks before, as they were imported and recorded.
async fn compute_baseline(
    history: &History,
    store: &Store,
    day: Date,
    zone: &TimeZone,
) -> Result<Baseline, ReportError> {
    let shape = history.config();
    let mut builder = BaselineBuilder::for_day(day, zone);
    waiting_peaks::add_peaks(&mut builder, store, &shape.site.groups, day, zone).await?;
    if shape.exports.is_empty() {
        return Ok(builder.build());
    }
    let groups = reported_groups(history, &shape.site).await?;
    for date in Baseline::sample_days(day) {
        let next = date.tomorrow().unwrap_or(date);
        let [from, to] = [date, next].map(|date| date.to_zoned(zone.clone()));
        let (Ok(from), Ok(to)) = (from, to) else {
            continue;
        };
        let request = ReportQuery {
            subject: ReportSubject::Site,
            dimension: Some(ReportDimension::Queue),
            from: from.timestamp(),
            to: to.timestamp(),
            step: ReportStep::HalfHour,
            with_details: false,
            without_closed_times: false,
            zone: zone.clone(),
            // The day so far counts events when they happen.
            count_by: CountBy::Event,
        };
        let groups = groups.iter().map(|group| ReportQuery {
            subject: ReportSubject::Queue(group.clone()),
            dimension: None,
            ..request.clone()
        });
        for request in std::iter::once(request.clone()).chain(groups) {
            for series in finest_series(history, request).await? {
                let Some((source, id)) = series.id.split_once('/') else {
                    continue;
                };
                let queue = QueueId::new(&source.into(), id);
                let formula = service_level_formula(&shape.site, &queue);
                builder.add_day(queue, date, to_samples(&series), formula);
            }
        }
    }
    Ok(builder.build())
}

/// Returns the groups whose queues all have history, so that each day's sum covers the whole
/// group. A partly covered group has no baseline.
async fn reported_groups(
    history: &History,
    site: &SiteConfig,
) -> Result<Vec<QueueId>, ReportError> {
    let queues_with_history = history.load_subjects().await?.queues;
    let links = |id: &QueueId| site.linked_queues.get(id).map_or(&[][..], Vec::as_slice);
    let has_history = |member: &QueueId| {
        let mut ids = queues_with_history.iter().map(|queue| &queue.id);
        ids.any(|id| id == member || links(id).contains(member) || links(member).contains(id))
    };
    let groups = site.groups.iter();
    let covered =
        groups.filter(|group| !group.queues.is_empty() && group.queues.iter().all(has_history));
    Ok(covered.map(|group| group.id.clone()).collect())
}

/// Returns series by half hours, or by hours where the history is coarser.
async fn finest_series(
    history: &History,
    request: ReportQuery,
) -> Result<Vec<ReportSeries>, ReportError> {
    let mut half_hours = history.load_intervals(request.clone()).await?.series;
    if !half_hours.iter().any(is_coarse) {
        return Ok(half_hours);
    }
    let step = ReportStep::Hour;
    let hours = history
        .load_intervals(ReportQuery { step, ..request })
        .await?
        .series;
    for series in half_hours.iter_mut().filter(|series| is_coarse(series)) {
        if let Some(coarse) = hours.iter().find(|coarse| coarse.id == series.id) {
            *series = coarse.clone();
        }
    }
    Ok(half_hours)
}

/// Returns a queue's service level formula, the same as on boards.
fn service_level_formula(site: &SiteConfig, queue: &QueueId) -> ServiceLevelFormula {
    let mut links = site.linked_queues.iter();
    let live = links.find(|(_, others)| others.contains(queue));
    let id = live.map_or(queue, |(live, _)| live);
    site.target_for(&id.to_string()).formula
}

/// Whether the series' intervals are longer than half an hour.
fn is_coarse(series: &ReportSeries) -> bool {
    let mut rows = series.rows.iter();
    rows.any(|row| row.is_utc && row.figures.is_none())
}

/// Converts rows to samples; rows that weren't imported in full are unknown.
fn to_samples(series: &ReportSeries) -> impl Iterator<Item = BaselineSample> {
    series.rows.iter().map(|row| {
        let known = row
            .contact_figures()
            .filter(|_| !row.is_partial && !row.is_utc);
        BaselineSample {
            start: row.start,
            length: row.end.as_second() - row.start.as_second(),
            counters: known.map_or(Counters::UNKNOWN, |contacts| contacts.counters),
        }
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use wallboard_domain::{Counter, Metric, QueueGroup};
    use wallboard_history::report::{
        ReportConfig,
        fixture::{HistoryFixture, computed_day},
    };
    use wallboard_store::{CatalogEntry, NameClass, QueueIntervalRow};

    use super::*;

    const DAY: &str = "2026-11-20";
    const HOUR: i64 = 3600;

    fn day() -> Date {
        DAY.parse().unwrap()
    }

    fn id(text: &str) -> QueueId {
        let (source, external) = text.split_once('/').unwrap();
        QueueId::new(&source.into(), external)
    }

    /// Nine o'clock, so many weeks before.
    fn nine_oclock(weeks: usize) -> i64 {
        let date = Baseline::sample_days(day()).nth(weeks - 1).unwrap();
        let midnight = date.to_zoned(TimeZone::UTC).unwrap();
        midnight.timestamp().as_second() + 9 * HOUR
    }

    fn queue_row(queue: &str, start: i64, answered: i64) -> QueueIntervalRow {
        let mut counters = Counters::default();
        counters.add(Counter::Offered, answered);
        counters.add(Counter::Answered, answered);
        counters.add(Counter::AnsweredWithin, answered);
        QueueIntervalRow {
            queue: queue.to_owned(),
            by: CountBy::Event,
            start,
            length: 900,
            counters,
            waits: None,
        }
    }

    /// Three Fridays: 10, 20 and 30 contacts in one queue, and the reverse in another.
    async fn history_fixture() -> HistoryFixture {
        let fixture = HistoryFixture::new(test_site()).await;
        let names = ["1", "2"].map(|id| CatalogEntry::new(NameClass::Queue, id, "Sales"));
        fixture.store_names(names.into()).await;
        for (weeks, answered) in (1..).zip([10, 20, 30]) {
            let queues = vec![
                queue_row("1", nine_oclock(weeks), answered),
                queue_row("2", nine_oclock(weeks), 40 - answered),
            ];
            let computed = computed_day(nine_oclock(weeks) - 9 * HOUR, queues);
            fixture.insert_coverage(computed.window.clone());
            fixture.replace_intervals(computed).await;
        }
        fixture
    }

    fn test_site() -> SiteConfig {
        let group = |key: &str, queues: &[&str]| QueueGroup {
            id: id(&format!("group/{key}")),
            name: key.into(),
            queues: queues.iter().map(|queue| id(queue)).collect(),
        };
        SiteConfig {
            zone: TimeZone::UTC,
            groups: vec![
                group("both", &["voice/9001", "calls/2"]),
                group("part", &["voice/9001", "chat/1"]),
            ],
            linked_queues: [(id("voice/9001"), vec![id("calls/1")])].into(),
            ..SiteConfig::default()
        }
    }

    async fn fixture_baseline(fixture: &HistoryFixture) -> Baseline {
        let (history, store) = (&fixture.history, &fixture.store);
        compute_baseline(history, store, day(), &TimeZone::UTC)
            .await
            .unwrap()
    }

    #[tokio::test]
    async fn baseline_covers_queues_and_complete_groups() {
        let fixture = history_fixture().await;

        let baseline = fixture_baseline(&fixture).await;

        let normal = |queue: &str| {
            let now = "2026-11-20T10:00:00Z".parse().unwrap();
            let band = baseline
                .find_range([&id(queue)], Metric::Offered, now)?
                .band;
            Some([band.low, band.median, band.high].map(f64::round))
        };
        assert_eq!(normal("voice/9001"), Some([12.0, 20.0, 28.0]));
        assert_eq!(normal("calls/2"), Some([12.0, 20.0, 28.0]));
        assert_eq!(normal("group/both"), Some([40.0; 3]));
        // The chat source has no history, and part of a group's history isn't the group's.
        assert_eq!(normal("group/part"), None);
    }

    #[tokio::test]
    async fn no_imports_give_an_empty_baseline() {
        let fixture = history_fixture().await;
        fixture.history.set_config(ReportConfig {
            site: Arc::new(test_site()),
            ..ReportConfig::default()
        });

        let baseline = fixture_baseline(&fixture).await;

        assert_eq!(
            baseline,
            BaselineBuilder::for_day(day(), &TimeZone::UTC).build()
        );
    }
}
