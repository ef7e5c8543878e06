use std::sync::Arc;

use jiff::{Timestamp, tz::TimeZone};

use crate::{
    domain::{
        AgentCounter, AgentCounters, CountBy, Counter, Counters, Group, Id, Pattern, QueueId, Site,
    },
    store::{AgentRow, Basis, BreakdownRow, LocalDay, Name, NameClass, Part, QueueRow, Reckoned},
};

use super::*;

/// Midnight of 2026-11-20 in UTC.
const DAY: i64 = 1_795_132_800;

fn queue(external: &str) -> QueueId {
    Id::new(&"calls".into(), external)
}

fn row(queue: &str, start: i64, length: i64, offered: i64, answered: i64) -> QueueRow {
    let mut counters = Counters::default();
    counters.add(Counter::Offered, offered);
    counters.add(Counter::Answered, answered);
    counters.add(Counter::Waits, answered);
    counters.add(Counter::WaitTime, answered * 10_000);
    QueueRow {
        queue: queue.to_owned(),
        by: CountBy::Start,
        start,
        length,
        counters,
    }
}

fn reckoned(queues: Vec<QueueRow>) -> Reckoned {
    Reckoned {
        source: "calls".into(),
        window: (DAY, DAY + 86_400),
        part: Part::Whole,
        queues,
        agents: Vec::new(),
        breakdowns: Vec::new(),
        days: vec![LocalDay {
            day: DAY / 86_400,
            start: DAY,
            end: DAY + 86_400,
        }],
        settled: Vec::new(),
    }
}

struct Past {
    history: History,
    store: Store,
    file: std::path::PathBuf,
    _folder: tempfile::TempDir,
}

/// The past of one source, of which `cover` was taken in.
async fn past(site: Site, cover: (i64, i64), reckoned: Reckoned) -> Past {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("wallboard.db");
    let store = Store::open(&file).unwrap();
    let exports = vec![Export {
        id: "calls".into(),
        leaves_out_calm: false,
        tells_calls: true,
        nothing: Nothing::default(),
        columns: None,
    }];
    let shape = Shape {
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
    let basis = Basis {
        zone: "UTC".to_owned(),
        ..Basis::default()
    };
    past.store
        .keep_basis("calls".into(), basis, Vec::new())
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
        let mut nothing = Nothing {
            contacts: Counters::UNKNOWN,
            agent: AgentCounters::unknown(),
        };
        nothing.contacts.set(Counter::Offered, Some(0));
        nothing.agent.set(AgentCounter::Handled, Some(0));
        self.history.reshape(Shape {
            site: Arc::default(),
            exports: vec![Export {
                id: "calls".into(),
                leaves_out_calm: true,
                tells_calls: false,
                nothing,
                columns: None,
            }],
        });
    }

    async fn named(&self, names: Vec<Name>) {
        self.store.keep_names("calls".into(), names).await.unwrap();
    }

    async fn ask(&self, who: Who, by: Option<By>, step: Step, zone: &str) -> Report {
        let ask = Ask {
            who,
            by,
            from: Timestamp::from_second(DAY).unwrap(),
            to: Timestamp::from_second(DAY + 86_400).unwrap(),
            step,
            zone: TimeZone::get(zone).unwrap(),
            count_by: CountBy::Start,
        };
        self.history.intervals(ask).await.unwrap()
    }
}

fn offered(series: &Series) -> Vec<Option<i64>> {
    let rows = series.rows.iter();
    rows.map(|row| row.contacts().and_then(|all| all.get(Counter::Offered)))
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
        Site::default(),
        (DAY, DAY + 4 * 3_600 + 900),
        reckoned(rows),
    )
    .await;

    let site = past.ask(Who::Site, None, Step::Hour, "UTC").await;
    let one = past
        .ask(Who::Queue(queue("2")), None, Step::Hour, "UTC")
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
    let past = past(Site::default(), cover, reckoned(rows)).await;

    let hours = past.ask(Who::Site, None, Step::Hour, "UTC").await;
    let day = past.ask(Who::Site, None, Step::Day, "UTC").await;
    let queues = past
        .ask(Who::Site, Some(By::Queue), Step::Hour, "UTC")
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
        Site::default(),
        (DAY - 86_400, DAY + 86_400),
        reckoned(rows),
    )
    .await;

    let summed = past.ask(Who::Site, None, Step::Day, "UTC").await;
    // The same wall clock by another name, so that quarters are added up.
    let added = past.ask(Who::Site, None, Step::Day, "Africa/Abidjan").await;
    let elsewhere = past.ask(Who::Site, None, Step::Day, "Asia/Tokyo").await;

    assert_eq!(offered(&summed.series[0]), [Some(4)]);
    assert_eq!(summed.series[0].rows, added.series[0].rows);
    assert_eq!(offered(&elsewhere.series[0]), [Some(3), Some(1)]);
}

#[tokio::test]
async fn lists_leave_out_who_is_switched_off_or_hidden_but_the_site_counts_them() {
    let rows = ["1", "2", "3"]
        .map(|queue| row(queue, DAY, 900, 1, 1))
        .to_vec();
    let site = Site {
        hidden_queues: vec![Pattern("calls/2".to_owned())],
        names: [("calls/1".to_owned(), "Sales".to_owned())].into(),
        ..Site::default()
    };
    let past = past(site, (DAY, DAY + 86_400), reckoned(rows)).await;
    past.named(vec![Name {
        enabled: false,
        ..Name::new(NameClass::Queue, "3", "Old")
    }])
    .await;

    let site = past.ask(Who::Site, None, Step::Day, "UTC").await;
    let queues = past.ask(Who::Site, Some(By::Queue), Step::Day, "UTC").await;

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
    let site = Site {
        links: [(left.clone(), vec![queue("1"), queue("2")])].into(),
        groups: vec![Group {
            id: Id::new(&"group".into(), "all"),
            name: "All".to_owned(),
            queues: vec![left.clone(), queue("3")],
        }],
        ..Site::default()
    };
    let past = past(site, (DAY, DAY + 86_400), reckoned(rows)).await;
    let group = Who::Queue(Id::new(&"group".into(), "all"));

    let queues = past.ask(Who::Site, Some(By::Queue), Step::Day, "UTC").await;

    assert_eq!(ids(&queues), ["chat/3f2b", "calls/3"]);
    for (who, expected) in [
        (Who::Site, 2),
        (Who::Queue(left), 1),
        (Who::Queue(queue("2")), 1),
        (group, 2),
    ] {
        let report = past.ask(who, None, Step::Day, "UTC").await;
        assert_eq!(offered(&report.series[0]), [Some(expected)]);
    }
}

#[tokio::test]
async fn nothing_is_shown_finer_than_it_was_told() {
    let rows = vec![
        row("1", DAY + 3_600, 3_600, 6, 6),
        row("2", DAY, 86_400, 9, 9),
    ];
    let past = past(Site::default(), (DAY, DAY + 86_400), reckoned(rows)).await;
    let of = async |external, step, zone| {
        let report = past
            .ask(Who::Queue(queue(external)), None, step, zone)
            .await;
        offered(&report.series[0])[..6].to_vec()
    };

    let halves = [Some(0), Some(0), None, None, Some(0), Some(0)];
    assert_eq!(of("1", Step::HalfHour, "UTC").await, halves);
    let hours = [Some(0), Some(6), Some(0), Some(0), Some(0), Some(0)];
    assert_eq!(of("1", Step::Hour, "UTC").await, hours);
    assert_eq!(of("2", Step::Hour, "UTC").await, [None; 6]);
    for (zone, is_utc) in [("UTC", false), ("Europe/Stockholm", true)] {
        let report = past
            .ask(Who::Queue(queue("2")), None, Step::Day, zone)
            .await;
        let row = &report.series[0].rows[0];
        assert_eq!(row.contacts().unwrap().get(Counter::Offered), Some(9));
        assert_eq!(row.is_utc, is_utc, "{zone}");
    }
}

#[tokio::test]
async fn what_an_export_does_not_tell_is_unknown_in_every_sum() {
    let mut untold = row("2", DAY, 900, 5, 0);
    untold.counters.set(Counter::Answered, None);
    let rows = vec![row("1", DAY, 900, 1, 1), untold];
    let past = past(Site::default(), (DAY, DAY + 86_400), reckoned(rows)).await;

    for zone in ["UTC", "Africa/Abidjan"] {
        let site = past.ask(Who::Site, None, Step::Day, zone).await;

        let all = site.series[0].rows[0].contacts().unwrap();
        assert_eq!(all.get(Counter::Offered), Some(6));
        assert_eq!(all.get(Counter::Answered), None);
    }
}

#[tokio::test]
async fn agents_and_breakdowns_have_series_of_their_own() {
    let mut anna = AgentCounters::default();
    anna.add(AgentCounter::LoggedIn, 600);
    anna.not_ready.insert(3, 60);
    let agents = [DAY, DAY + 900].map(|start| AgentRow {
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
    let reckoned = Reckoned {
        agents: agents.to_vec(),
        breakdowns,
        ..reckoned(vec![row("1", DAY, 900, 2, 2)])
    };
    let past = past(Site::default(), (DAY, DAY + 86_400), reckoned).await;
    past.named(vec![
        Name::new(NameClass::Agent, "9", "Anna K."),
        Name::new(NameClass::Reason, "4", "Invoice"),
    ])
    .await;

    for step in [Step::Day, Step::Hour] {
        let agents = past.ask(Who::Site, Some(By::Agent), step, "UTC").await;
        let reasons = past.ask(Who::Site, Some(By::Reason), step, "UTC").await;

        assert_eq!(agents.series[0].name, "Anna K.");
        let first = agents.series[0].rows[0].agent().unwrap();
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
    let past = past(Site::default(), (DAY, DAY + 86_400), reckoned(Vec::new())).await;
    let ask = Ask {
        who: Who::Site,
        by: None,
        from: Timestamp::from_second(DAY).unwrap(),
        to: Timestamp::from_second(DAY + 86_400 * 40).unwrap(),
        step: Step::Quarter,
        zone: TimeZone::UTC,
        count_by: CountBy::Start,
    };

    let refused = past.history.intervals(ask).await;

    assert!(matches!(refused, Err(ReportError::TooMany(MOST_INTERVALS))));
}

#[tokio::test]
async fn what_a_source_never_tells_is_unknown_also_where_it_has_no_row() {
    let mut told = row("1", DAY, 3_600, 0, 0);
    told.counters = Counters::UNKNOWN;
    told.counters.set(Counter::Offered, Some(3));
    let past = past(Site::default(), (DAY, DAY + 3_600), reckoned(vec![told])).await;
    past.tells_offered();
    past.named(vec![
        Name::new(NameClass::Queue, "2", "Help"),
        Name::new(NameClass::Agent, "9", "Anna"),
    ])
    .await;

    for step in [Step::Hour, Step::Day] {
        for (who, offered) in [(Who::Queue(queue("2")), 0), (Who::Site, 3)] {
            let report = past.ask(who, None, step, "UTC").await;
            let first = report.series[0].rows[0].contacts().unwrap();
            assert_eq!(first.get(Counter::Offered), Some(offered));
            assert_eq!(first.get(Counter::FlowOuts), None);
            assert_eq!(first.get(Counter::ShortAbandoned), None);
        }
        let agents = past.ask(Who::Site, Some(By::Agent), step, "UTC").await;
        let anna = agents.series[0].rows[0].agent().unwrap();
        assert_eq!(anna.known(AgentCounter::Handled), Some(0));
        assert_eq!(anna.known(AgentCounter::LoggedIn), None);
        assert_eq!(anna.occupancy(), None);
    }
}

#[tokio::test]
async fn hours_that_only_a_file_of_their_day_covers_are_not_known() {
    let rows = vec![row("1", DAY, 86_400, 9, 9)];
    let days = past(Site::default(), (DAY, DAY + 86_400), reckoned(rows)).await;
    days.tells_offered();
    // The file of the day is there too; the hours win.
    let rows = vec![row("1", DAY + 3_600, 3_600, 6, 6)];
    let hours = past(Site::default(), (DAY, DAY + 86_400), reckoned(rows)).await;
    hours.tells_offered();
    for past in [&days, &hours] {
        past.named(vec![Name::new(NameClass::Queue, "2", "Help")])
            .await;
    }
    let of = async |past: &Past, step| {
        let report = past.ask(Who::Queue(queue("2")), None, step, "UTC").await;
        offered(&report.series[0])
    };

    assert_eq!(of(&days, Step::Hour).await, [None; 24]);
    assert_eq!(of(&days, Step::Day).await, [Some(0)]);
    assert_eq!(of(&hours, Step::Hour).await[..3], [None, Some(0), None]);
    // The hour as a whole is told; its parts are not.
    assert_eq!(of(&hours, Step::HalfHour).await, [None; 48]);
    assert_eq!(of(&hours, Step::Quarter).await, [None; 96]);
    assert_eq!(of(&hours, Step::Day).await, [Some(0)]);
    // Of the next date there is nothing but the end of a day whose file is not used.
    let ask = Ask {
        who: Who::Queue(queue("2")),
        by: None,
        from: Timestamp::from_second(DAY).unwrap(),
        to: Timestamp::from_second(DAY + 2 * 86_400).unwrap(),
        step: Step::Day,
        zone: TimeZone::get("Europe/Stockholm").unwrap(),
        count_by: CountBy::Start,
    };
    let report = hours.history.intervals(ask).await.unwrap();
    assert_eq!(offered(&report.series[0]), [Some(0), None, None]);
}

#[tokio::test]
async fn a_day_in_utc_is_told_of_its_own_date_and_of_no_other() {
    let rows = vec![row("1", DAY - 86_400, 86_400, 9, 9)];
    let before = Reckoned {
        window: (DAY - 86_400, DAY),
        part: Part::Whole,
        days: Vec::new(),
        ..reckoned(rows)
    };
    let past = past(Site::default(), (DAY - 86_400, DAY), before).await;
    past.tells_offered();

    let days = async |zone| {
        let ask = Ask {
            who: Who::Site,
            by: None,
            from: Timestamp::from_second(DAY - 43_200).unwrap(),
            to: Timestamp::from_second(DAY + 43_200).unwrap(),
            step: Step::Day,
            zone: TimeZone::get(zone).unwrap(),
            count_by: CountBy::Start,
        };
        let report = past.history.intervals(ask).await.unwrap();
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
