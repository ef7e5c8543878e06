//! Makes what is normal for today's figures out of history, and gives it to the boards.

use std::time::Duration;

use jiff::{civil::Date, tz::TimeZone};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::{
    boards::Studio,
    domain::{CountBy, Counters, Formula, Past, QueueId, Sample, Site, Weeks},
    history::report::{Ask, By, History, ReportError, Series, Step, Who},
    live::Live,
};

/// What was imported meanwhile is normal after at most this.
const EVERY: Duration = Duration::from_mins(10);
/// And where nothing is normal yet, after this.
const SOON: Duration = Duration::from_mins(1);

/// Runs until `stop`. What cannot be read leaves the boards what they have, as long as
/// it is of today.
pub(super) async fn keep(live: Live, studio: Studio, history: History, stop: CancellationToken) {
    let mut is_failing = false;
    loop {
        let (day, zone) = live.read(|picture, now| {
            let zone = picture.site.zone.clone();
            (now.wall.to_zoned(zone.clone()).date(), zone)
        });
        match past(&history, day, &zone).await {
            Ok(past) => {
                if is_failing {
                    info!("Baselines are being updated again");
                    is_failing = false;
                }
                if past != *studio.past() {
                    studio.replace_past(past);
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
        tokio::select! {
            () = sleep(if studio.past().is_empty() { SOON } else { EVERY }) => {}
            () = stop.cancelled() => break,
        }
    }
}

/// What is normal on `day`, by all that was imported of the weeks before.
async fn past(history: &History, day: Date, zone: &TimeZone) -> Result<Past, ReportError> {
    let shape = history.shape();
    let mut weeks = Weeks::before(day, zone);
    if shape.exports.is_empty() {
        return Ok(weeks.past());
    }
    let groups = told_groups(history, &shape.site).await?;
    for date in Past::days(day) {
        let next = date.tomorrow().unwrap_or(date);
        let [from, to] = [date, next].map(|date| date.to_zoned(zone.clone()));
        let (Ok(from), Ok(to)) = (from, to) else {
            continue;
        };
        let ask = Ask {
            who: Who::Site,
            by: Some(By::Queue),
            from: from.timestamp(),
            to: to.timestamp(),
            step: Step::HalfHour,
            zone: zone.clone(),
            // So far is what has happened so far.
            count_by: CountBy::Event,
        };
        let groups = groups.iter().map(|group| Ask {
            who: Who::Queue(group.clone()),
            by: None,
            ..ask.clone()
        });
        for ask in std::iter::once(ask.clone()).chain(groups) {
            for series in finest(history, ask).await? {
                let Some((source, id)) = series.id.split_once('/') else {
                    continue;
                };
                let queue = QueueId::new(&source.into(), id);
                let formula = formula(&shape.site, &queue);
                weeks.learn(queue, date, samples(&series), formula);
            }
        }
    }
    Ok(weeks.past())
}

/// Groups all of whose queues have a history: what is normal is then of all of them, each
/// day's sum for itself. Of a part of a group nothing is normal.
async fn told_groups(history: &History, site: &Site) -> Result<Vec<QueueId>, ReportError> {
    let told = history.subjects().await?.queues;
    let links = |id: &QueueId| site.links.get(id).map_or(&[][..], Vec::as_slice);
    let is_told = |member: &QueueId| {
        let mut told = told.iter().map(|queue| &queue.id);
        told.any(|id| id == member || links(id).contains(member) || links(member).contains(id))
    };
    let groups = site.groups.iter();
    let whole = groups.filter(|group| !group.queues.is_empty() && group.queues.iter().all(is_told));
    Ok(whole.map(|group| group.id.clone()).collect())
}

/// By half hours, and by hours where nothing finer is told.
async fn finest(history: &History, ask: Ask) -> Result<Vec<Series>, ReportError> {
    let mut halves = history.intervals(ask.clone()).await?.series;
    if !halves.iter().any(is_coarse) {
        return Ok(halves);
    }
    let step = Step::Hour;
    let hours = history.intervals(Ask { step, ..ask }).await?.series;
    for series in halves.iter_mut().filter(|series| is_coarse(series)) {
        if let Some(coarse) = hours.iter().find(|coarse| coarse.id == series.id) {
            *series = coarse.clone();
        }
    }
    Ok(halves)
}

/// How the service level of a queue is taken: as on the board that it stands beside.
fn formula(site: &Site, queue: &QueueId) -> Formula {
    let mut links = site.links.iter();
    let live = links.find(|(_, others)| others.contains(queue));
    let id = live.map_or(queue, |(live, _)| live);
    site.target(&id.to_string()).formula
}

/// What it is made of is longer than half an hour.
fn is_coarse(series: &Series) -> bool {
    let mut rows = series.rows.iter();
    rows.any(|row| row.is_utc && row.figures.is_none())
}

/// What was not taken in, or not as a whole, is not known.
fn samples(series: &Series) -> impl Iterator<Item = Sample> {
    series.rows.iter().map(|row| {
        let known = row.contacts().filter(|_| !row.is_partial && !row.is_utc);
        Sample {
            start: row.start,
            length: row.end.as_second() - row.start.as_second(),
            counters: known.copied().unwrap_or(Counters::UNKNOWN),
        }
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::{
        domain::{Counter, Group, Metric},
        history::report::{Export, Nothing, Shape},
        store::{Basis, Name, NameClass, Part, QueueRow, Reckoned, Store},
    };

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

    /// At nine, so many weeks before.
    fn nine(weeks: usize) -> i64 {
        let date = Past::days(day()).nth(weeks - 1).unwrap();
        let midnight = date.to_zoned(TimeZone::UTC).unwrap();
        midnight.timestamp().as_second() + 9 * HOUR
    }

    fn row(queue: &str, start: i64, answered: i64) -> QueueRow {
        let mut counters = Counters::default();
        counters.add(Counter::Offered, answered);
        counters.add(Counter::Answered, answered);
        counters.add(Counter::AnsweredWithin, answered);
        QueueRow {
            queue: queue.to_owned(),
            by: CountBy::Event,
            start,
            length: 900,
            counters,
        }
    }

    /// Three Fridays: 10, 20 and 30 in one queue, and the other way round in another.
    async fn store(folder: &tempfile::TempDir) -> Store {
        let file = folder.path().join("wallboard.db");
        let store = Store::open(&file).unwrap();
        let covers = rusqlite::Connection::open(&file).unwrap();
        let basis = Basis {
            zone: "UTC".to_owned(),
            ..Basis::default()
        };
        store
            .keep_basis("calls".into(), basis, Vec::new())
            .await
            .unwrap();
        let names = ["1", "2"].map(|id| Name::new(NameClass::Queue, id, "Sales"));
        store
            .keep_names("calls".into(), names.to_vec())
            .await
            .unwrap();
        for (weeks, answered) in (1..).zip([10, 20, 30]) {
            let midnight = nine(weeks) - 9 * HOUR;
            let reckoned = Reckoned {
                source: "calls".into(),
                window: (midnight, midnight + 24 * HOUR),
                part: Part::Whole,
                queues: vec![
                    row("1", nine(weeks), answered),
                    row("2", nine(weeks), 40 - answered),
                ],
                agents: Vec::new(),
                breakdowns: Vec::new(),
                days: Vec::new(),
                settled: Vec::new(),
            };
            store.replace_intervals(reckoned).await.unwrap();
            let cover = "INSERT INTO history_cover VALUES ('calls', ?1, ?2)";
            covers
                .execute(cover, (midnight, midnight + 24 * HOUR))
                .unwrap();
        }
        store
    }

    fn site() -> Site {
        let group = |key: &str, queues: &[&str]| Group {
            id: id(&format!("group/{key}")),
            name: key.into(),
            queues: queues.iter().map(|queue| id(queue)).collect(),
        };
        Site {
            zone: TimeZone::UTC,
            groups: vec![
                group("both", &["voice/9001", "calls/2"]),
                group("part", &["voice/9001", "chat/1"]),
            ],
            links: [(id("voice/9001"), vec![id("calls/1")])].into(),
            ..Site::default()
        }
    }

    #[tokio::test]
    async fn what_was_imported_of_the_same_weekday_is_normal_for_queues_and_whole_groups() {
        let folder = tempfile::tempdir().unwrap();
        let exports = vec![Export {
            id: "calls".into(),
            leaves_out_calm: false,
            tells_calls: true,
            nothing: Nothing::default(),
            columns: None,
        }];
        let shape = Shape {
            site: Arc::new(site()),
            exports,
        };
        let history = History::new(store(&folder).await, shape);

        let past = past(&history, day(), &TimeZone::UTC).await.unwrap();

        let normal = |queue: &str| {
            let now = "2026-11-20T10:00:00Z".parse().unwrap();
            let band = past.normal([&id(queue)], Metric::Offered, now)?.band;
            Some([band.low, band.median, band.high].map(f64::round))
        };
        assert_eq!(normal("voice/9001"), Some([12.0, 20.0, 28.0]));
        assert_eq!(normal("calls/2"), Some([12.0, 20.0, 28.0]));
        assert_eq!(normal("group/both"), Some([40.0; 3]));
        // The chat tells no past: what the telephone had is not what the group had.
        assert_eq!(normal("group/part"), None);
    }

    #[tokio::test]
    async fn without_an_export_nothing_is_normal() {
        let folder = tempfile::tempdir().unwrap();
        let shape = Shape {
            site: Arc::new(site()),
            exports: Vec::new(),
        };
        let history = History::new(store(&folder).await, shape);

        let past = past(&history, day(), &TimeZone::UTC).await.unwrap();

        assert_eq!(past, Weeks::before(day(), &TimeZone::UTC).past());
    }
}
