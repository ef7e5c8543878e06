use std::ops::Range;

use jiff::{Timestamp, tz::TimeZone};

use crate::export_vendor::ZeroCounters;
use wallboard_domain::{
    AgentCounter, AgentCounters, CountBy, Counter, Counters, Id, Pattern, QueueGroup, QueueId,
    SiteConfig,
};
use wallboard_store::{
    AgentIntervalRow, BreakdownRow, CatalogEntry, ComputedPart, ComputedWindow, NameClass,
    QueueIntervalRow,
};

use super::{
    fixture::{HistoryFixture, computed_day},
    *,
};

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
        waits: None,
    }
}

fn computed_window(queues: Vec<QueueIntervalRow>) -> ComputedWindow {
    computed_day(DAY, queues)
}

/// Creates the history of one source with this coverage.
async fn new_fixture(
    site: SiteConfig,
    coverage: Range<i64>,
    computed: ComputedWindow,
) -> HistoryFixture {
    let fixture = HistoryFixture::new(site).await;
    fixture.insert_coverage(coverage);
    fixture.replace_intervals(computed).await;
    fixture
}

impl HistoryFixture {
    /// Makes the source one of hours and days in UTC that reports only offered contacts and
    /// handled ones of agents.
    fn report_only_offered(&self) {
        let mut zero_counters = ZeroCounters {
            contacts: Counters::UNKNOWN,
            agent: AgentCounters::unknown(),
        };
        zero_counters.contacts.set(Counter::Offered, Some(0));
        zero_counters.agent.set(AgentCounter::Handled, Some(0));
        self.set_site(SiteConfig::default());
        self.change_export(|export| {
            export.omits_zero_intervals = true;
            export.has_calls = false;
            export.zero_counters = zero_counters;
        });
    }

    async fn load_report(
        &self,
        who: ReportSubject,
        by: Option<ReportDimension>,
        step: ReportStep,
        zone: &str,
    ) -> Report {
        let query = ReportQuery {
            subject: who,
            dimension: by,
            from: Timestamp::from_second(DAY).unwrap(),
            to: Timestamp::from_second(DAY + 86_400).unwrap(),
            step,
            with_details: false,
            without_closed_times: false,
            zone: TimeZone::get(zone).unwrap(),
            count_by: CountBy::Start,
        };
        self.history.load_intervals(query).await.unwrap()
    }
}

fn offered(series: &ReportSeries) -> Vec<Option<i64>> {
    let rows = series.rows.iter();
    rows.map(|row| {
        row.contact_figures()
            .and_then(|all| all.get(Counter::Offered))
    })
    .collect()
}

fn ids(report: &Report) -> Vec<&str> {
    report.series.iter().map(|series| &*series.id).collect()
}

#[tokio::test]
async fn covered_intervals_have_figures_and_others_none() {
    let rows = vec![
        row("1", DAY + 3_600, 900, 3, 2),
        row("1", DAY + 5_400, 900, 1, 1),
        row("2", DAY + 3_600, 900, 4, 4),
    ];
    let fixture = new_fixture(
        SiteConfig::default(),
        DAY..DAY + 4 * 3_600 + 900,
        computed_window(rows),
    )
    .await;

    let site = fixture
        .load_report(ReportSubject::Site, None, ReportStep::Hour, "UTC")
        .await;
    let one = fixture
        .load_report(
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
async fn rows_in_an_uncovered_time_count_and_are_partial() {
    let late = DAY + 20 * 3_600;
    let rows = vec![
        row("1", DAY + 3_600, 900, 3, 2),
        row("1", late, 900, 5, 5),
        row("1", late + 900, 900, 2, 1),
    ];
    let coverage = DAY..DAY + 12 * 3_600;
    let fixture = new_fixture(SiteConfig::default(), coverage, computed_window(rows)).await;

    let hours = fixture
        .load_report(ReportSubject::Site, None, ReportStep::Hour, "UTC")
        .await;
    let day = fixture
        .load_report(ReportSubject::Site, None, ReportStep::Day, "UTC")
        .await;
    let queues = fixture
        .load_report(
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
    // For a queue without a row, it is unknown whether anything happened.
    assert!(queues.series.iter().all(|one| offered(one)[19].is_none()));
}

#[tokio::test]
async fn stored_day_sums_equal_sums_of_quarters() {
    let rows = vec![
        row("1", DAY + 3_600, 900, 3, 2),
        row("1", DAY + 80_000 - 80_000 % 900, 900, 1, 1),
    ];
    let fixture = new_fixture(
        SiteConfig::default(),
        DAY - 86_400..DAY + 86_400,
        computed_window(rows),
    )
    .await;

    let summed = fixture
        .load_report(ReportSubject::Site, None, ReportStep::Day, "UTC")
        .await;
    // The same wall clock under another name, so that quarters are added up.
    let added = fixture
        .load_report(ReportSubject::Site, None, ReportStep::Day, "Africa/Abidjan")
        .await;
    let elsewhere = fixture
        .load_report(ReportSubject::Site, None, ReportStep::Day, "Asia/Tokyo")
        .await;

    assert_eq!(offered(&summed.series[0]), [Some(4)]);
    assert_eq!(summed.series[0].rows, added.series[0].rows);
    assert_eq!(offered(&elsewhere.series[0]), [Some(3), Some(1)]);
}

#[tokio::test]
async fn lists_omit_hidden_queues_and_idle_disabled_ones_but_the_site_counts_them() {
    let rows = ["1", "2", "3"]
        .map(|queue| row(queue, DAY, 900, 1, 1))
        .to_vec();
    let site = SiteConfig {
        hidden_queues: vec![Pattern("calls/2".to_owned())],
        names: [("calls/1".to_owned(), "Sales".to_owned())].into(),
        ..SiteConfig::default()
    };
    let fixture = new_fixture(site, DAY..DAY + 86_400, computed_window(rows)).await;
    fixture
        .store_names(
            ["3", "4"]
                .map(|id| CatalogEntry {
                    enabled: false,
                    ..CatalogEntry::new(NameClass::Queue, id, "Old")
                })
                .to_vec(),
        )
        .await;

    let site = fixture
        .load_report(ReportSubject::Site, None, ReportStep::Day, "UTC")
        .await;
    let queues = fixture
        .load_report(
            ReportSubject::Site,
            Some(ReportDimension::Queue),
            ReportStep::Day,
            "UTC",
        )
        .await;

    assert_eq!(offered(&site.series[0]), [Some(3)]);
    // Without its figures, the list wouldn't add up.
    assert_eq!(ids(&queues), ["calls/3", "calls/1"]);
    assert!(queues.series[0].is_disabled);
    assert_eq!(queues.series[1].name, "Sales");
}

#[tokio::test]
async fn a_linked_queue_has_its_left_id_and_its_duplicate_is_left_out() {
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
    let fixture = new_fixture(site, DAY..DAY + 86_400, computed_window(rows)).await;
    let group = ReportSubject::Queue(Id::new(&"group".into(), "all"));

    let queues = fixture
        .load_report(
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
        let report = fixture.load_report(who, None, ReportStep::Day, "UTC").await;
        assert_eq!(offered(&report.series[0]), [Some(expected)]);
    }
}

#[tokio::test]
async fn figures_are_never_finer_than_the_source_reports_them() {
    let rows = vec![
        row("1", DAY + 3_600, 3_600, 6, 6),
        row("2", DAY, 86_400, 9, 9),
    ];
    let fixture = new_fixture(
        SiteConfig::default(),
        DAY..DAY + 86_400,
        computed_window(rows),
    )
    .await;
    let load = async |external, step, zone| {
        let report = fixture
            .load_report(ReportSubject::Queue(queue(external)), None, step, zone)
            .await;
        offered(&report.series[0])[..6].to_vec()
    };

    let halves = [Some(0), Some(0), None, None, Some(0), Some(0)];
    assert_eq!(load("1", ReportStep::HalfHour, "UTC").await, halves);
    let hours = [Some(0), Some(6), Some(0), Some(0), Some(0), Some(0)];
    assert_eq!(load("1", ReportStep::Hour, "UTC").await, hours);
    assert_eq!(load("2", ReportStep::Hour, "UTC").await, [None; 6]);
    for (zone, is_utc) in [("UTC", false), ("Europe/Stockholm", true)] {
        let report = fixture
            .load_report(
                ReportSubject::Queue(queue("2")),
                None,
                ReportStep::Day,
                zone,
            )
            .await;
        let row = &report.series[0].rows[0];
        assert_eq!(
            row.contact_figures().unwrap().get(Counter::Offered),
            Some(9)
        );
        assert_eq!(row.is_utc, is_utc, "{zone}");
    }
}

#[tokio::test]
async fn a_counter_that_a_row_lacks_is_unknown_in_every_sum() {
    let mut incomplete = row("2", DAY, 900, 5, 0);
    incomplete.counters.set(Counter::Answered, None);
    let rows = vec![row("1", DAY, 900, 1, 1), incomplete];
    let fixture = new_fixture(
        SiteConfig::default(),
        DAY..DAY + 86_400,
        computed_window(rows),
    )
    .await;

    for zone in ["UTC", "Africa/Abidjan"] {
        let site = fixture
            .load_report(ReportSubject::Site, None, ReportStep::Day, zone)
            .await;

        let all = site.series[0].rows[0].contact_figures().unwrap();
        assert_eq!(all.get(Counter::Offered), Some(6));
        assert_eq!(all.get(Counter::Answered), None);
    }
}

#[tokio::test]
async fn agents_and_breakdowns_have_their_own_series() {
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
        handled: None,
    }];
    let computed = ComputedWindow {
        agents: agents.to_vec(),
        breakdowns,
        ..computed_window(vec![row("1", DAY, 900, 2, 2)])
    };
    let fixture = new_fixture(SiteConfig::default(), DAY..DAY + 86_400, computed).await;
    fixture
        .store_names(vec![
            CatalogEntry::new(NameClass::Agent, "9", "Anna K."),
            CatalogEntry::new(NameClass::Reason, "4", "Invoice"),
        ])
        .await;

    for step in [ReportStep::Day, ReportStep::Hour] {
        let agents = fixture
            .load_report(
                ReportSubject::Site,
                Some(ReportDimension::Agent),
                step,
                "UTC",
            )
            .await;
        let reasons = fixture
            .load_report(
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
async fn too_many_intervals_are_refused() {
    let fixture = new_fixture(
        SiteConfig::default(),
        DAY..DAY + 86_400,
        computed_window(Vec::new()),
    )
    .await;
    let query = ReportQuery {
        subject: ReportSubject::Site,
        dimension: None,
        from: Timestamp::from_second(DAY).unwrap(),
        to: Timestamp::from_second(DAY + 86_400 * 40).unwrap(),
        step: ReportStep::Quarter,
        with_details: false,
        without_closed_times: false,
        zone: TimeZone::UTC,
        count_by: CountBy::Start,
    };

    let refused = fixture.history.load_intervals(query).await;

    assert!(matches!(
        refused,
        Err(ReportError::TooMany(SERIES_INTERVALS_MAX))
    ));
}

#[tokio::test]
async fn counters_that_a_source_never_reports_are_unknown_without_rows() {
    let mut row_with_offered = row("1", DAY, 3_600, 0, 0);
    row_with_offered.counters = Counters::UNKNOWN;
    row_with_offered.counters.set(Counter::Offered, Some(3));
    let fixture = new_fixture(
        SiteConfig::default(),
        DAY..DAY + 3_600,
        computed_window(vec![row_with_offered]),
    )
    .await;
    fixture.report_only_offered();
    fixture
        .store_names(vec![
            CatalogEntry::new(NameClass::Queue, "2", "Help"),
            CatalogEntry::new(NameClass::Agent, "9", "Anna"),
        ])
        .await;

    for step in [ReportStep::Hour, ReportStep::Day] {
        for (who, offered) in [
            (ReportSubject::Queue(queue("2")), 0),
            (ReportSubject::Site, 3),
        ] {
            let report = fixture.load_report(who, None, step, "UTC").await;
            let first = report.series[0].rows[0].contact_figures().unwrap();
            assert_eq!(first.get(Counter::Offered), Some(offered));
            assert_eq!(first.get(Counter::FlowOuts), None);
            assert_eq!(first.get(Counter::ShortAbandoned), None);
        }
        let agents = fixture
            .load_report(
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
async fn hours_covered_only_by_a_daily_file_are_unknown() {
    let rows = vec![row("1", DAY, 86_400, 9, 9)];
    let days = new_fixture(
        SiteConfig::default(),
        DAY..DAY + 86_400,
        computed_window(rows),
    )
    .await;
    days.report_only_offered();
    // The daily file exists too; the hours win.
    let rows = vec![row("1", DAY + 3_600, 3_600, 6, 6)];
    let hours = new_fixture(
        SiteConfig::default(),
        DAY..DAY + 86_400,
        computed_window(rows),
    )
    .await;
    hours.report_only_offered();
    for fixture in [&days, &hours] {
        fixture
            .store_names(vec![CatalogEntry::new(NameClass::Queue, "2", "Help")])
            .await;
    }
    let load = async |fixture: &HistoryFixture, step| {
        let report = fixture
            .load_report(ReportSubject::Queue(queue("2")), None, step, "UTC")
            .await;
        offered(&report.series[0])
    };

    assert_eq!(load(&days, ReportStep::Hour).await, [None; 24]);
    assert_eq!(load(&days, ReportStep::Day).await, [Some(0)]);
    assert_eq!(
        load(&hours, ReportStep::Hour).await[..3],
        [None, Some(0), None]
    );
    // The hour as a whole is covered; its parts are not.
    assert_eq!(load(&hours, ReportStep::HalfHour).await, [None; 48]);
    assert_eq!(load(&hours, ReportStep::Quarter).await, [None; 96]);
    assert_eq!(load(&hours, ReportStep::Day).await, [Some(0)]);
    // The next date has only the end of a day whose file isn't used.
    let query = ReportQuery {
        subject: ReportSubject::Queue(queue("2")),
        dimension: None,
        from: Timestamp::from_second(DAY).unwrap(),
        to: Timestamp::from_second(DAY + 2 * 86_400).unwrap(),
        step: ReportStep::Day,
        with_details: false,
        without_closed_times: false,
        zone: TimeZone::get("Europe/Stockholm").unwrap(),
        count_by: CountBy::Start,
    };
    let report = hours.history.load_intervals(query).await.unwrap();
    assert_eq!(offered(&report.series[0]), [Some(0), None, None]);
}

#[tokio::test]
async fn a_day_in_utc_covers_only_its_own_date() {
    let rows = vec![row("1", DAY - 86_400, 86_400, 9, 9)];
    let before = ComputedWindow {
        window: DAY - 86_400..DAY,
        part: ComputedPart::Whole,
        days: Vec::new(),
        ..computed_window(rows)
    };
    let fixture = new_fixture(SiteConfig::default(), DAY - 86_400..DAY, before).await;
    fixture.report_only_offered();

    let days = async |zone| {
        let query = ReportQuery {
            subject: ReportSubject::Site,
            dimension: None,
            from: Timestamp::from_second(DAY - 43_200).unwrap(),
            to: Timestamp::from_second(DAY + 43_200).unwrap(),
            step: ReportStep::Day,
            with_details: false,
            without_closed_times: false,
            zone: TimeZone::get(zone).unwrap(),
            count_by: CountBy::Start,
        };
        let report = fixture.history.load_intervals(query).await.unwrap();
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
