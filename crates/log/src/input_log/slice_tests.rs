//! Slices of a log whose entries are made by hand, and their playback.

use std::{path::PathBuf, sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp};
use tokio::time::sleep;

use wallboard_domain::{
    CaseEvent, ConnectionEvent, EntityKind, EntityProfile, Fact, Id, Input, LinkedPerson, LogEntry,
    LogOffset, Metric, MetricSubject, MetricValue, Moment, MonotonicTime, NameVisibility,
    ProvidedMetrics, SiteConfig, SourceId, SourceKind, SourceSetup, Update, ValueAge, VendorFigure,
    VendorValue, moment,
};
use wallboard_live::{
    ConnectionState, Freshness, LiveState, SourceSnapshot,
    codec::{self, LOG_FORMAT},
};
use wallboard_store::{LogBatch, LogFile, LogPeriod, NewLogFile, ReadLog, StoreError};

use super::{
    LogSlice, SliceError,
    rewind::{SILENT_AFTER, load_at},
    rewind_to,
    snapshots::take_snapshot,
    write_slice,
};

const CHAT: &str = "chat";
const VOICE: &str = "voice";
/// The only queue, and an agent who is configured by an id that is an address.
const QUEUE: &str = "sales";
const UNNAMED: &str = "berit.nilsen@example.com";

fn start() -> Timestamp {
    "2026-11-20T09:42:00Z".parse().unwrap()
}

/// The time of an entry.
fn at(seconds: i64) -> Timestamp {
    moment::plus_millis(start(), seconds * 1_000)
}

fn chat(external: &str) -> Id {
    Id::new(&SourceId::from(CHAT), external)
}

/// A configuration that names a queue, an agent and a person.
fn named_site(visibility: NameVisibility) -> SiteConfig {
    let unnamed = ProvidedMetrics {
        subject: MetricSubject::Agent(Id::new(&SourceId::from(VOICE), UNNAMED)),
        metrics: Vec::new(),
        statistics: Vec::new(),
        includes_status: true,
    };
    let names = [
        (chat(QUEUE).to_string(), "Sales Karlstad".to_owned()),
        (chat("a2").to_string(), "Bo Karlsson".to_owned()),
    ];
    SiteConfig {
        sources: vec![
            SourceSetup::new(CHAT, SourceKind::OF_CONTACTS),
            SourceSetup {
                provides: vec![unnamed],
                ..SourceSetup::new(VOICE, SourceKind::OF_STATISTICS)
            },
        ],
        names: names.into(),
        agent_names: visibility,
        people: vec![LinkedPerson {
            id: Id::new(&SourceId::from("person"), "anna"),
            name: "Anna Karlsson".to_owned(),
            agents: vec![chat("a1")],
        }],
        ..SiteConfig::default()
    }
}

fn update(second: i64, fact: Fact) -> Input {
    Input::Update(Update {
        source: CHAT.into(),
        event: "group.loadChanged",
        at: Some(at(second)),
        fact,
        mistyped: 0,
    })
}

fn agent_profile(second: i64) -> Input {
    let profile = EntityProfile {
        name: Some("Karlsson, Anna".into()),
        display_name: Some("Anna Karlsson".into()),
        email: Some("anna.karlsson@example.com".into()),
        external_ids: Some(Arc::new([("ad".into(), "anna.karlsson".into())])),
        ..EntityProfile::new(EntityKind::Agent, chat("a1"))
    };
    update(second, Fact::Profile(profile))
}

/// Inputs of the first minutes, by second: everything that has names comes before and after the
/// moment where slices begin.
fn day() -> Vec<(i64, Vec<Input>)> {
    let connection = |event| Input::Connection(CHAT.into(), event);
    let catching_up = ConnectionEvent::CatchingUp {
        discontinuity: None,
    };
    let stored = EntityProfile {
        name: Some("Bo Karlsson".into()),
        ..EntityProfile::new(EntityKind::Agent, chat("a2"))
    };
    let site = || Input::SiteConfig(Arc::new(named_site(NameVisibility::Full)));
    let opened = |second| {
        let opened = CaseEvent::Opened {
            agent: Some(chat("a1")),
            queue: Some(chat(QUEUE)),
        };
        update(second, Fact::Case(chat(&format!("c{second}")), opened))
    };
    let waiting = |second, n| {
        let waiting = [(Metric::Waiting, Some(MetricValue::Count(n)))];
        let queue = MetricSubject::Queue(chat(QUEUE));
        update(
            second,
            Fact::EventReadings(queue, waiting.into_iter().collect()),
        )
    };
    let mut day = vec![
        (0, vec![site()]),
        (
            1,
            vec![
                connection(catching_up),
                connection(ConnectionEvent::Connected),
            ],
        ),
        (
            2,
            vec![
                waiting(2, 3),
                agent_profile(2),
                Input::StoredProfile(stored),
            ],
        ),
        (5, vec![opened(5)]),
        (12, vec![agent_profile(12), opened(12)]),
        (13, vec![site(), waiting(13, 7)]),
    ];
    day.extend((14..60).map(|second| (second, vec![Input::Tick, waiting(second, 5)])));
    day
}

struct TestLog {
    folder: tempfile::TempDir,
    /// The state after its end.
    state: LiveState,
    log: LogFile,
}

impl TestLog {
    /// Writes a log with a batch per entry. Entries of `missing` are left out, and the log continues
    /// from a snapshot.
    fn write(missing: std::ops::Range<i64>) -> Self {
        Self::write_day(day(), missing)
    }

    fn write_day(day: Vec<(i64, Vec<Input>)>, missing: std::ops::Range<i64>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("w-log.db");
        let file = NewLogFile::create(&path).unwrap();
        let mut state = LiveState::default();
        for (second, inputs) in day {
            let entry = LogEntry {
                received_at: Moment {
                    wall: at(second),
                    monotonic: MonotonicTime(second * 1_000),
                },
                delay_ms: 0,
                inputs,
                proof: None,
            };
            let first = state.next_offset();
            if second == missing.end {
                file.put_snapshot(&take_snapshot(&state).unwrap()).unwrap();
            }
            state.apply_entry(&entry);
            if missing.contains(&second) {
                continue;
            }
            let batch = LogBatch {
                first,
                count: 1,
                received_at: at(second),
                format: LOG_FORMAT,
                bytes: codec::encode_entries(&[entry]).unwrap(),
            };
            file.append(&batch).unwrap();
        }
        file.finish().unwrap();
        let log = LogFile::open(&path).unwrap();
        Self { folder, state, log }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    async fn slice(
        &self,
        name: &str,
        visibility: NameVisibility,
        (from, to): (i64, i64),
    ) -> Result<LogSlice, SliceError> {
        let file = NewLogFile::create(&self.path(name)).unwrap();
        let site = named_site(visibility);
        let period = LogPeriod {
            from: at(from),
            to: at(to),
        };
        let slice = write_slice(&self.log, period, &site, None, &file).await?;
        file.finish().unwrap();
        Ok(slice)
    }

    /// Returns the state after its end, with these names.
    fn expected(&self, visibility: NameVisibility) -> LiveState {
        let mut state = copy(&self.state);
        let site = named_site(visibility);
        let names = state.name_shortener(&site);
        state.shorten_names(&names);
        state
    }
}

fn copy(state: &LiveState) -> LiveState {
    codec::decode_state(&codec::encode_state(state).unwrap()).unwrap()
}

/// Everything in a log file, as text.
async fn content(log: &LogFile) -> String {
    let snapshot = log.find_snapshot(LOG_FORMAT, Timestamp::MAX).await.unwrap();
    let state = codec::decode_state(&snapshot.unwrap().bytes).unwrap();
    let batches = log.read_batches(LogOffset(0), 1_000).await.unwrap();
    let batches = batches.iter();
    let entries: Vec<_> = batches
        .flat_map(|batch| codec::decode_entries(&batch.bytes).unwrap())
        .collect();
    format!("{state:?} {entries:?}")
}

#[tokio::test]
async fn slice_has_the_same_day_without_the_names_that_privacy_hides() {
    use NameVisibility::{FirstInitial, Full, Initials, None};
    let log = TestLog::write(0..0);
    for (visibility, shown) in [
        (Full, "Anna Karlsson"),
        (FirstInitial, "Anna K."),
        (Initials, "AK"),
        (None, "Agent"),
    ] {
        let name = format!("{visibility:?}.db");
        let slice = log.slice(&name, visibility, (10, 40)).await.unwrap();
        let all = log.slice("all.db", visibility, (10, 59)).await.unwrap();

        assert_eq!(slice.entries, 29);
        assert_eq!((slice.from, slice.to), (at(10), at(40)));
        assert_eq!(all.entries, 48);
        let file = LogFile::open(&log.path("all.db")).unwrap();
        let (state, _, _) = load_at(&file, Timestamp::MAX, Option::None).await.unwrap();
        let expected = log.expected(visibility);
        assert!(state == expected, "{state:#?}\n{expected:#?}");
        let snapshot = state.snapshot();
        let site = &snapshot.site;
        let name = |id: &Id| site.format_name(&snapshot.agent_name(&snapshot.agents[id]));
        assert_eq!(name(&chat("a1")), shown);
        assert_eq!(site.people[0].name, shown);
        let unnamed = Id::new(&SourceId::from(VOICE), UNNAMED);
        let handle = [UNNAMED, "Agent", "BN"][match visibility {
            Full => 0,
            None => 1,
            FirstInitial | Initials => 2,
        }];
        assert_eq!(name(&unnamed), handle);
        let queue = &snapshot.queues[&chat(QUEUE)];
        assert_eq!(snapshot.queue_name(queue), "Sales Karlstad");
        let content = content(&file).await;
        assert_eq!(content.contains("Karlsson"), visibility == Full);
        assert_eq!(content.contains("karlsson"), visibility == Full);
        std::fs::remove_file(log.path("all.db")).unwrap();
    }
}

#[tokio::test]
async fn slice_goes_on_after_missing_entries_as_its_log_does() {
    let log = TestLog::write(20..30);

    let slice = log.slice("s.db", NameVisibility::Initials, (10, 59)).await;

    assert_eq!(slice.unwrap().entries, 38);
    let file = LogFile::open(&log.path("s.db")).unwrap();
    let (state, _, _) = load_at(&file, Timestamp::MAX, None).await.unwrap();
    assert!(state == log.expected(NameVisibility::Initials));
    let (state, _, _) = load_at(&file, at(25), None).await.unwrap();
    assert_eq!(state.last_input_at().unwrap().wall, at(19));
}

#[tokio::test]
async fn stop_is_out_of_date_at_once_however_short_it_was() {
    let written = TestLog::write_day(short_stop(), 0..0);
    let log = &written.log;
    let is_live = |state: &LiveState| {
        state
            .snapshot()
            .sources
            .values()
            .any(SourceSnapshot::is_live)
    };

    for (second, expected) in [(4, true), (5, false), (11, false), (13, true)] {
        let moment = at(second)
            .checked_add(SignedDuration::from_millis(500))
            .unwrap();
        let rewound = rewind_to(log, moment, None).await.unwrap();
        assert_eq!(is_live(rewound.state()), expected, "at second {second}");
    }

    let playback = rewind_to(log, at(4), None).await.unwrap().into_playback(10);
    let live = playback.live().clone();
    let stopped_at = live.read_state(LiveState::next_offset).0 + 1;
    let watching = async {
        // The start of the next process isn't played yet.
        while live.read_state(|state| state.next_offset().0 != stopped_at || is_live(state)) {
            assert!(live.read_state(LiveState::next_offset).0 <= stopped_at);
            sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::select! {
        () = watching => {}
        ended = playback.play_to_end() => panic!("never out of date: {ended:?}"),
    }
}

#[tokio::test]
async fn statistics_are_out_of_date_in_a_stop_however_short_it_was() {
    let queue = Id::new(&SourceId::from(VOICE), "9002");
    let written = TestLog::write_day(short_stop_of_statistics(&queue), 0..0);
    for (second, expected) in [(4, true), (5, false), (11, false), (12, true)] {
        let moment = Moment {
            wall: moment::plus_millis(at(second), 500),
            monotonic: MonotonicTime(second * 1_000 + 500),
        };
        let rewound = rewind_to(&written.log, moment.wall, None).await.unwrap();

        let snapshot = rewound.state().snapshot();
        let queue = &snapshot.queues[&queue];
        let figure = snapshot.queue_figure(queue, Metric::Waiting, moment);
        let freshness = figure.unwrap().freshness;
        assert_eq!(freshness == Freshness::UpToDate, expected, "{second}");
    }
}

/// A source of statistics and the same processes.
fn short_stop_of_statistics(queue: &Id) -> Vec<(i64, Vec<Input>)> {
    let subject = MetricSubject::Queue(queue.clone());
    let provided = ProvidedMetrics {
        subject: subject.clone(),
        metrics: vec![Metric::Waiting],
        statistics: Vec::new(),
        includes_status: false,
    };
    let site = SiteConfig {
        sources: vec![SourceSetup {
            provides: vec![provided],
            ..SourceSetup::new(VOICE, SourceKind::OF_STATISTICS)
        }],
        ..SiteConfig::default()
    };
    let connect = || {
        let catching_up = ConnectionEvent::CatchingUp {
            discontinuity: None,
        };
        [catching_up, ConnectionEvent::Connected]
            .map(|event| Input::Connection(VOICE.into(), event))
    };
    let report = |second| {
        let value = VendorValue::Metric(Metric::Waiting, Some(MetricValue::Count(3)));
        let report = VendorFigure {
            value,
            age: ValueAge::Immediate,
            valid_for_ms: None,
        };
        Input::Update(Update {
            source: VOICE.into(),
            event: "statistic",
            at: Some(at(second)),
            fact: Fact::VendorFigure(subject.clone(), report),
            mistyped: 0,
        })
    };
    let started = Input::Started {
        is_log_complete: true,
        term: None,
    };
    let mut day = vec![(0, vec![Input::SiteConfig(Arc::new(site))])];
    day.push((1, connect().into()));
    day.extend((2..=5).map(|second| (second, vec![report(second)])));
    let mut restart = vec![started];
    restart.extend(connect());
    restart.push(report(12));
    day.push((12, restart));
    day.extend((13..60).map(|second| (second, vec![report(second)])));
    day
}

/// A process that ends after second 5, and another one that is connected from second 12 on.
fn short_stop() -> Vec<(i64, Vec<Input>)> {
    let started = Input::Started {
        is_log_complete: true,
        term: None,
    };
    let mut day = day();
    day.retain(|(second, _)| *second <= 5 || 12 <= *second);
    for (second, inputs) in &mut day {
        if *second == 12 {
            inputs.insert(0, started.clone());
            let connected = Input::Connection(CHAT.into(), ConnectionEvent::Connected);
            inputs.push(connected);
        }
    }
    day
}

#[tokio::test]
async fn period_that_the_log_does_not_cover_is_refused_with_what_it_covers() {
    let log = TestLog::write(0..0);
    let silent = SILENT_AFTER / 1_000;
    for period in [(0, 10), (10, 60 + silent), (100, 120)] {
        let error = log.slice("s.db", NameVisibility::Full, period).await;

        assert_eq!(
            error.unwrap_err().to_string(),
            "the log covers 2026-11-20T09:42:01 to 2026-11-20T09:42:59; choose times between them"
        );
    }
    assert!(!log.path("s.db").exists());
    log.slice("s.db", NameVisibility::Full, (1, 60))
        .await
        .unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn slice_is_private_and_replaces_nothing() {
    use std::os::unix::fs::PermissionsExt;
    let log = TestLog::write(0..0);
    log.slice("s.db", NameVisibility::Full, (10, 40))
        .await
        .unwrap();

    let mode = log.path("s.db").metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let again = NewLogFile::create(&log.path("s.db")).unwrap_err();
    assert!(matches!(again, StoreError::Exists(_)), "{again}");
    let names = std::fs::read_dir(log.folder.path()).unwrap();
    assert_eq!(names.count(), 2, "nothing temporary is left");
}

/// Plays a log to its end, fast. Returns the state then.
async fn play_to_end(log: LogFile) -> LiveState {
    let playback = rewind_to(&log, at(10), None)
        .await
        .unwrap()
        .into_playback(1_000);
    let live = playback.live().clone();
    playback.play_to_end().await.unwrap();
    live.read_state(copy)
}

fn waiting_and_connection(state: &LiveState) -> (Option<MetricValue>, ConnectionState) {
    let queue = &state.snapshot().queues[&chat(QUEUE)];
    let waiting = queue.readings.get(Metric::Waiting).unwrap().value;
    let source = &state.snapshot().sources[&SourceId::from(CHAT)];
    (waiting, source.connection)
}

#[tokio::test]
async fn nothing_looks_live_after_the_end_of_a_slice() {
    let log = TestLog::write(20..30);
    log.slice("s.db", NameVisibility::Full, (10, 40))
        .await
        .unwrap();
    let file = LogFile::open(&log.path("s.db")).unwrap();
    let (before, _, _) = load_at(&file, at(40), None).await.unwrap();
    assert_eq!(
        waiting_and_connection(&before).1,
        ConnectionState::Connected
    );

    let state = play_to_end(file).await;

    let expected = (Some(MetricValue::Count(5)), ConnectionState::Disconnected);
    assert_eq!(waiting_and_connection(&state), expected);
    assert_eq!(state.next_offset(), before.next_offset());
}

#[tokio::test]
async fn playback_ends_out_of_date_where_the_log_is_damaged() {
    let log = TestLog::write(0..0);
    let connection = rusqlite::Connection::open(log.path("w-log.db")).unwrap();
    let damage = "UPDATE batch SET bytes = x'00' WHERE first = 5";
    connection.execute_batch(damage).unwrap();
    drop(connection);

    let state = play_to_end(log.log.clone()).await;

    let expected = (Some(MetricValue::Count(3)), ConnectionState::Disconnected);
    assert_eq!(waiting_and_connection(&state), expected);
}
