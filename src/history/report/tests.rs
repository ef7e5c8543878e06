use std::sync::Arc;

use jiff::{Timestamp, tz::TimeZone};

use crate::{
    domain::{
        AgentCounter, AgentCounters, CountBy, Counter, Counters, Id, Pattern, QueueGroup, QueueId,
        SiteConfig,
    },
    store::{
        AgentIntervalRow, BreakdownRow, CatalogEntry, ComputationBasis, ComputedPart,
        ComputedWindow, LocalDay, NameClass, QueueIntervalRow,
    },
};

use super::*;

/// Midnight of 2026-11-20 in UTC.
const DAY: i64 = 1_795_132_800;

fn queue(external: &str) -> QueueId {
    Id::new(&"calls".into(), external)
}

fn row(queue: &str, start: i64, length: i64, offered: i64, answered: i64) -> QueueIntervalRow {
    let mut counters = Counters::default();
    counters.add(Counter::Offered, offered);
    counters.add(Counter::Answered, answered);
    counters.add(Counter::Waits, answered);
    counters.add(Counter::WaitTime, answered * 10_000);
    QueueIntervalRow {
        queue: queue.to_owned(),
        by: CountBy::Start,
        start,
        length,
        counters,
    }
}

fn reckoned(queues: Vec<QueueIntervalRow>) -> ComputedWindow {
    ComputedWindow {
        source: "calls".into(),
        window: (DAY, DAY + 86_400),
        part: ComputedPart::Whole,
        queues,
        agents: Vec::new(),
        breakdowns: Vec::new(),
        days: vec![LocalDay {
            day: DAY / 86_400,
            start: DAY,
            end: DAY + 86_400,
        }],
        cleared_days: Vec::new(),
    }
}

struct Past {
    history: History,
    store: Store,
    file: std::path::PathBuf,
    _folder: tempfile::TempDir,
}

/// The past of one source, of which `cover` was taken in.
async fn past(site: SiteConfig, cover: (i64, i64), reckoned: ComputedWindow) -> Past {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("wallboard.db");
    let store = Store::open(&file).unwrap();
    let exports = vec![ReportedExport {
        id: "calls".into(),
        omits_zero_intervals: false,
        has_calls: true,
        zero_counters: ZeroCounters::default(),
        columns: None,
    }];
    let shape = ReportConfig {
        site: Arc::new(site),
        exports,
    };
    let past = Past {
        history: History::new(store.clone(), shape),
        store,
        file,
        _folder: folder,
    };
    past.covers(cover);
    let basis = ComputationBasis {
        zone: "UTC".to_owned(),
        ..ComputationBasis::default()
    };
    past.store
        .store_basis("calls".into(), basis, Vec::new())
        .await
        .unwrap();
    past.store.replace_intervals(reckoned).await.unwrap();
    past
}

impl Past {
    fn covers(&self, (from, to): (i64, i64)) {
        rusqlite::Connection::open(&self.file)
            .unwrap()
            .execute(
                "INSERT INTO history_cover VALUES ('calls', ?1, ?2)",
                (from, to),
            )
            .unwrap();
    }

    /// The source is one of hours and of days in UTC, and tells only who was offered.
    fn tells_offered(&self) {
        let mut nothing = ZeroCounters {
            contacts: Counters::UNKNOWN,
            agent: AgentCounters::unknown(),
        };
        nothing.contacts.set(Counter::Offered, Some(0));
        nothing.agent.set(AgentCounter::Handled, Some(0));
        self.history.set_config(ReportConfig {
            site: Arc::default(),
            exports: vec![ReportedExport {
                id: "calls".into(),
                omits_zero_intervals: true,
                has_calls: false,
                zero_counters: nothing,
                columns: None,
            }],
        });
    }

    async fn named(&self, names: Vec<CatalogEntry>) {
        self.store
            .store_catalog("calls".into(), names)
            .await
            .unwrap();
    }

    async fn ask(
        &self,
        who: ReportSubject,
        by: Option<ReportDimension>,
        step: ReportStep,
        zone: &str,
    ) -> Report {
        let ask = ReportQuery {
            subject: who,
            dimension: by,
            from: Timestamp::from_second(DAY).unwrap(),
            to: Timestamp::from_second(DAY + 86_400).unwrap(),
            step,
            zone: TimeZone::get(zone).unwrap(),
            count_by: CountBy::Start,
        };
        self.history.load_intervals(ask).await.unwrap()
    }
}

fn offered(series: &ReportSeries) -> Vec<Option<i64>> {
    let rows = series.rows.iter();
    rows.map(|row| {
        row.contact_counters()
            .and_then(|all| all.get(Counter::Offered))
    })
    .collect()
}

fn ids(report: &Report) -> Vec<&str> {
    report.series.iter().map(|series| &*series.id).collect()
}

#[tokio::test]
async fn what_was_taken_in_is_numbers_and_what_was_not_is_nothing() {
    let rows = vec![
        row("1", DAY + 3_600, 900, 3, 2),
        row("1", DAY + 5_400, 900, 1, 1),
        row("2", DAY + 3_600, 900, 4, 4),
    ];
    let past = past(
        SiteConfig::default(),
        (DAY, DAY + 4 * 3_600 + 900),
        reckoned(rows),
    )
    .await;

    let site = past
        .ask(ReportSubject::Site, None, ReportStep::Hour, "UTC")
        .await;
    let one = past
        .ask(
            ReportSubject::Queue(queue("2")),
            None,
            ReportStep::Hour,
            "UTC",
        )
        .await;

    let expected = [Some(0), Some(8), Some(0), Some(0), Some(0), None];
    assert_eq!(offered(&site.series[0])[..6], expected);
    assert_eq!(offered(&one.series[0])[..3], [Some(0), Some(4), Some(0)]);
    let partial: Vec<_> = site.series[0]
        .rows
        .iter()
        .map(|row| row.is_partial)
        .collect();
    assert_eq!(partial[..6], [false, false, false, false, true, false]);
}

#[tokio::test]
async fn what_came_of_a_time_that_was_not_delivered_counts_and_is_partial() {
    let late = DAY + 20 * 3_600;
    let rows = vec![
        row("1", DAY + 3_600, 900, 3, 2),
        row("1", late, 900, 5, 5),
        row("1", late + 900, 900, 2, 1),
    ];
    let cover = (DAY, DAY + 12 * 3_600);
    let past = past(SiteConfig::default(), cover, reckoned(rows)).await;

    let hours = past
        .ask(ReportSubject::Site, None, ReportStep::Hour, "UTC")
        .await;
    let day = past
        .ask(ReportSubject::Site, None, ReportStep::Day, "UTC")
        .await;
    let queues = past
        .ask(
            ReportSubject::Site,
            Some(ReportDimension::Queue),
            ReportStep::Hour,
            "UTC",
        )
        .await;

    let hours = &hours.series[0];
    assert_eq!(offered(hours)[19..22], [None, Some(7), None]);
    let partial = hours.rows[19..22].iter().map(|row| row.is_partial);
    assert_eq!(partial.collect::<Vec<_>>(), [false, true, false]);
    let sum: i64 = offered(hours).into_iter().flatten().sum();
    assert_eq!(offered(&day.series[0]), [Some(sum)]);
    assert!(day.series[0].rows[0].is_partial);
    // Of a queue without a row nobody knows whether anything happened.
    assert!(queues.series.iter().all(|one| offered(one)[19].is_none()));
}

#[tokio::test]
async fn days_are_the_same_whether_they_were_summed_before_or_not() {
    let rows = vec![
        row("1", DAY + 3_600, 900, 3, 2),
        row("1", DAY + 80_000 - 80_000 % 900, 900, 1, 1),
    ];
    let past = past(
        SiteConfig::default(),
        (DAY - 86_400, DAY + 86_400),
        reckoned(rows),
    )
    .await;

    let summed = past
        .ask(ReportSubject::Site, None, ReportStep::Day, "UTC")
        .await;
    // The same wall clock by another name, so that quarters are added up.
    let added = past
        .ask(ReportSubject::Site, None, ReportStep::Day, "Africa/Abidjan")
        .await;
    let elsewhere = past
        .ask(ReportSubject::Site, None, ReportStep::Day, "Asia/Tokyo")
        .await;

    assert_eq!(offered(&summed.series[0]), [Some(4)]);
    assert_eq!(summed.series[0].rows, added.series[0].rows);
    assert_eq!(offered(&elsewhere.series[0]), [Some(3), Some(1)]);
}

#[tokio::test]
async fn lists_leave_out_who_is_switched_off_or_hidden_but_the_site_counts_them() {
    let rows = ["1", "2", "3"]
        .map(|queue| row(queue, DAY, 900, 1, 1))
        .to_vec();
    let site = SiteConfig {
        hidden_queues: vec![Pattern("calls/2".to_owned())],
        names: [("calls/1".to_owned(), "Sales".to_owned())].into(),
        ..SiteConfig::default()
    };
    let past = past(site, (DAY, DAY + 86_400), reckoned(rows)).await;
    past.named(vec![CatalogEntry {
        enabled: false,
        ..CatalogEntry::new(NameClass::Queue, "3", "Old")
    }])
    .await;

    let site = past
        .ask(ReportSubject::Site, None, ReportStep::Day, "UTC")
        .await;
    let queues = past
        .ask(
            ReportSubject::Site,
            Some(ReportDimension::Queue),
            ReportStep::Day,
            "UTC",
        )
        .await;

    assert_eq!(offered(&site.series[0]), [Some(3)]);
    assert_eq!(ids(&queues), ["calls/1"]);
    assert_eq!(queues.series[0].name, "Sales");
}

#[tokio::test]
async fn a_linked_queue_stands_under_its_left_id_and_its_twin_is_left_out() {
    let rows = ["1", "2", "3"]
        .map(|queue| row(queue, DAY, 900, 1, 1))
        .to_vec();
    let left = Id::new(&"chat".into(), "3f2b");
    let site = SiteConfig {
        linked_queues: [(left.clone(), vec![queue("1"), queue("2")])].into(),
        groups: vec![QueueGroup {
            id: Id::new(&"group".into(), "all"),
            name: "All".to_owned(),
            queues: vec![left.clone(), queue("3")],
        }],
        ..SiteConfig::default()
    };
    let past = past(site, (DAY, DAY + 86_400), reckoned(rows)).await;
    let group = ReportSubject::Queue(Id::new(&"group".into(), "all"));

    let queues = past
        .ask(
            ReportSubject::Site,
            Some(ReportDimension::Queue),
            ReportStep::Day,
            "UTC",
        )
        .await;

    assert_eq!(ids(&queues), ["chat/3f2b", "calls/3"]);
    for (who, expected) in [
        (ReportSubject::Site, 2),
        (ReportSubject::Queue(left), 1),
        (ReportSubject::Queue(queue("2")), 1),
        (group, 2),
    ] {
        let report = past.ask(who, None, ReportStep::Day, "UTC").await;
        assert_eq!(offered(&report.series[0]), [Some(expected)]);
    }
}

#[tokio::test]
async fn nothing_is_shown_finer_than_it_was_told() {
    let rows = vec![
        row("1", DAY + 3_600, 3_600, 6, 6),
        row("2", DAY, 86_400, 9, 9),
    ];
    let past = past(SiteConfig::default(), (DAY, DAY + 86_400), reckoned(rows)).await;
    let of = async |external, step, zone| {
        let report = past
            .ask(ReportSubject::Queue(queue(external)), None, step, zone)
            .await;
        offered(&report.series[0])[..6].to_vec()
    };

    let halves = [Some(0), Some(0), None, None, Some(0), Some(0)];
    assert_eq!(of("1", ReportStep::HalfHour, "UTC").await, halves);
    let hours = [Some(0), Some(6), Some(0), Some(0), Some(0), Some(0)];
    assert_eq!(of("1", ReportStep::Hour, "UTC").await, hours);
    assert_eq!(of("2", ReportStep::Hour, "UTC").await, [None; 6]);
    for (zone, is_utc) in [("UTC", false), ("Europe/Stockholm", true)] {
        let report = past
            .ask(
                ReportSubject::Queue(queue("2")),
                None,
                ReportStep::Day,
                zone,
            )
            .await;
        let row = &report.series[0].rows[0];
        assert_eq!(
            row.contact_counters().unwrap().get(Counter::Offered),
            Some(9)
        );
        assert_eq!(row.is_utc, is_utc, "{zone}");
    }
}

#[tokio::test]
async fn what_an_export_does_not_tell_is_unknown_in_every_sum() {
    let mut untold = row("2", DAY, 900, 5, 0);
    untold.counters.set(Counter::Answered, None);
    let rows = vec![row("1", DAY, 900, 1, 1), untold];
    let past = past(SiteConfig::default(), (DAY, DAY + 86_400), reckoned(rows)).await;

    for zone in ["UTC", "Africa/Abidjan"] {
        let site = past
            .ask(ReportSubject::Site, None, ReportStep::Day, zone)
            .await;

        let all = site.series[0].rows[0].contact_counters().unwrap();
        assert_eq!(all.get(Counter::Offered), Some(6));
        assert_eq!(all.get(Counter::Answered), None);
    }
}

#[tokio::test]
async fn agents_and_breakdowns_have_series_of_their_own() {
    let mut anna = AgentCounters::default();
    anna.add(AgentCounter::LoggedIn, 600);
    anna.not_ready.insert(3, 60);
    let agents = [DAY, DAY + 900].map(|start| AgentIntervalRow {
        agent: "9".to_owned(),
        start,
        length: 900,
        counters: anna.clone(),
    });
    let breakdowns = vec![BreakdownRow {
        class: NameClass::Reason,
        queue: "1".to_owned(),
        start: DAY,
        key: "4".to_owned(),
        contacts: 2,
    }];
    let reckoned = ComputedWindow {
        agents: agents.to_vec(),
        breakdowns,
        ..reckoned(vec![row("1", DAY, 900, 2, 2)])
    };
    let past = past(SiteConfig::default(), (DAY, DAY + 86_400), reckoned).await;
    past.named(vec![
        CatalogEntry::new(NameClass::Agent, "9", "Anna K."),
        CatalogEntry::new(NameClass::Reason, "4", "Invoice"),
    ])
    .await;

    for step in [ReportStep::Day, ReportStep::Hour] {
        let agents = past
            .ask(
                ReportSubject::Site,
                Some(ReportDimension::Agent),
                step,
                "UTC",
            )
            .await;
        let reasons = past
            .ask(
                ReportSubject::Site,
                Some(ReportDimension::Reason),
                step,
                "UTC",
            )
            .await;

        assert_eq!(agents.series[0].name, "Anna K.");
        let first = agents.series[0].rows[0].agent_counters().unwrap();
        assert_eq!(first.known(AgentCounter::LoggedIn), Some(1_200));
        assert_eq!(first.not_ready, [(3, 120)].into());
        assert_eq!(
            (ids(&reasons), &*reasons.series[0].name),
            (vec!["calls/4"], "Invoice")
        );
        assert_eq!(reasons.series[0].rows[0].count(), Some(2));
    }
}

#[tokio::test]
async fn more_than_an_answer_may_have_is_refused() {
    let past = past(
        SiteConfig::default(),
        (DAY, DAY + 86_400),
        reckoned(Vec::new()),
    )
    .await;
    let ask = ReportQuery {
        subject: ReportSubject::Site,
        dimension: None,
        from: Timestamp::from_second(DAY).unwrap(),
        to: Timestamp::from_second(DAY + 86_400 * 40).unwrap(),
        step: ReportStep::Quarter,
        zone: TimeZone::UTC,
        count_by: CountBy::Start,
    };

    let refused = past.history.load_intervals(ask).await;

    assert!(matches!(
        refused,
        Err(ReportError::TooMany(SERIES_INTERVALS_MAX))
    ));
}

#[tokio::test]
async fn what_a_source_never_tells_is_unknown_also_where_it_has_no_row() {
    let mut told = row("1", DAY, 3_600, 0, 0);
    told.counters = Counters::UNKNOWN;
    told.counters.set(Counter::Offered, Some(3));
    let past = past(
        SiteConfig::default(),
        (DAY, DAY + 3_600),
        reckoned(vec![told]),
    )
    .await;
    past.tells_offered();
    past.named(vec![
        CatalogEntry::new(NameClass::Queue, "2", "Help"),
        CatalogEntry::new(NameClass::Agent, "9", "Anna"),
    ])
    .await;

    for step in [ReportStep::Hour, ReportStep::Day] {
        for (who, offered) in [
            (ReportSubject::Queue(queue("2")), 0),
            (ReportSubject::Site, 3),
        ] {
            let report = past.ask(who, None, step, "UTC").await;
            let first = report.series[0].rows[0].contact_counters().unwrap();
            assert_eq!(first.get(Counter::Offered), Some(offered));
            assert_eq!(first.get(Counter::FlowOuts), None);
            assert_eq!(first.get(Counter::ShortAbandoned), None);
        }
        let agents = past
            .ask(
                ReportSubject::Site,
                Some(ReportDimension::Agent),
                step,
                "UTC",
            )
            .await;
        let anna = agents.series[0].rows[0].agent_counters().unwrap();
        assert_eq!(anna.known(AgentCounter::Handled), Some(0));
        assert_eq!(anna.known(AgentCounter::LoggedIn), None);
        assert_eq!(anna.occupancy(), None);
    }
}

#[tokio::test]
async fn hours_that_only_a_file_of_their_day_covers_are_not_known() {
    let rows = vec![row("1", DAY, 86_400, 9, 9)];
    let days = past(SiteConfig::default(), (DAY, DAY + 86_400), reckoned(rows)).await;
    days.tells_offered();
    // The file of the day is there too; the hours win.
    let rows = vec![row("1", DAY + 3_600, 3_600, 6, 6)];
    let hours = past(SiteConfig::default(), (DAY, DAY + 86_400), reckoned(rows)).await;
    hours.tells_offered();
    for past in [&days, &hours] {
        past.named(vec![CatalogEntry::new(NameClass::Queue, "2", "Help")])
            .await;
    }
    let of = async |past: &Past, step| {
        let report = past
            .ask(ReportSubject::Queue(queue("2")), None, step, "UTC")
            .await;
        offered(&report.series[0])
    };

    assert_eq!(of(&days, ReportStep::Hour).await, [None; 24]);
    assert_eq!(of(&days, ReportStep::Day).await, [Some(0)]);
    assert_eq!(
        of(&hours, ReportStep::Hour).await[..3],
        [None, Some(0), None]
    );
    // The hour as a whole is told; its parts are not.
    assert_eq!(of(&hours, ReportStep::HalfHour).await, [None; 48]);
    assert_eq!(of(&hours, ReportStep::Quarter).await, [None; 96]);
    assert_eq!(of(&hours, ReportStep::Day).await, [Some(0)]);
    // Of the next date there is nothing but the end of a day whose file is not used.
    let ask = ReportQuery {
        subject: ReportSubject::Queue(queue("2")),
        dimension: None,
        from: Timestamp::from_second(DAY).unwrap(),
        to: Timestamp::from_second(DAY + 2 * 86_400).unwrap(),
        step: ReportStep::Day,
        zone: TimeZone::get("Europe/Stockholm").unwrap(),
        count_by: CountBy::Start,
    };
    let report = hours.history.load_intervals(ask).await.unwrap();
    assert_eq!(offered(&report.series[0]), [Some(0), None, None]);
}

#[tokio::test]
async fn a_day_in_utc_is_told_of_its_own_date_and_of_no_other() {
    let rows = vec![row("1", DAY - 86_400, 86_400, 9, 9)];
    let before = ComputedWindow {
        window: (DAY - 86_400, DAY),
        part: ComputedPart::Whole,
        days: Vec::new(),
        ..reckoned(rows)
    };
    let past = past(SiteConfig::default(), (DAY - 86_400, DAY), before).await;
    past.tells_offered();

    let days = async |zone| {
        let ask = ReportQuery {
            subject: ReportSubject::Site,
            dimension: None,
            from: Timestamp::from_second(DAY - 43_200).unwrap(),
            to: Timestamp::from_second(DAY + 43_200).unwrap(),
            step: ReportStep::Day,
            zone: TimeZone::get(zone).unwrap(),
            count_by: CountBy::Start,
        };
        let report = past.history.load_intervals(ask).await.unwrap();
        let partial = report.series[0].rows.iter().map(|row| row.is_partial);
        (offered(&report.series[0]), partial.collect::<Vec<_>>())
    };

    for zone in ["UTC", "Europe/Stockholm", "America/New_York"] {
        assert_eq!(
            days(zone).await,
            (vec![Some(9), None], vec![false, false]),
            "{zone}"
        );
    }
}
