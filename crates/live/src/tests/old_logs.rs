//! Logs of earlier builds: the bytes in `fixtures/` never change. A build that can't read them any
//! more must raise `LOG_FORMAT`, so that they are skipped with a sentence.

use std::{fs, path::PathBuf, sync::Arc};

use crate::{
    LiveState,
    codec::{self, LOG_FORMAT},
};
use wallboard_domain::{
    AgentStatus, AgentStatusReport, CaseEvent, CaseOutcome, ConnectionEvent, Discontinuity,
    EntityKind, EntityProfile, Fact, Id, Input, LogEntry, Metric, MetricSubject, MetricValue,
    OpenPeriod, OpeningHours, Pattern, Patterns, ProvidedMetrics, SiteConfig, SourceDiagnostic,
    SourceId, SourceKind, SourceSetup, SubscriptionStats, TranscriptSummary, Update, ValueAge,
    VendorFigure, VendorValue,
};

use super::{chat_id, chat_source, morning_moment};

fn fixture(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join(format!("src/tests/fixtures/{name}-{LOG_FORMAT}.bin"))
}

fn update(seconds: i64, fact: Fact) -> Input {
    Input::Update(Update {
        source: chat_source(),
        event: "case.opened",
        at: Some(morning_moment().plus_millis(seconds * 1_000).wall),
        fact,
        mistyped: 0,
    })
}

fn site() -> SiteConfig {
    let every_day = std::array::from_fn(|_| {
        vec![OpenPeriod {
            from_minute: 480,
            to_minute: 1_080,
        }]
    });
    let hours = OpeningHours {
        zone: jiff::tz::TimeZone::get("Europe/Berlin").unwrap(),
        week: every_day,
        dates: [("2026-12-24".parse().unwrap(), Vec::new())].into(),
        holidays: wallboard_domain::ClosedDays::default(),
    };
    SiteConfig {
        sources: vec![
            SourceSetup::new(chat_source(), SourceKind::OF_CONTACTS),
            SourceSetup {
                provides: vec![ProvidedMetrics {
                    subject: MetricSubject::Agent(Id::new(&voice(), "7")),
                    metrics: vec![Metric::Handled],
                    statistics: vec![(Metric::Handled, "HandledCalls".into())],
                    includes_status: true,
                }],
                ..SourceSetup::new(voice(), SourceKind::OF_STATISTICS)
            },
        ],
        hours: Patterns(vec![(Pattern("*".into()), hours)]),
        ..SiteConfig::default()
    }
}

/// One of each input, as of format 1.
fn entries() -> Vec<LogEntry> {
    let inputs = [
        start_inputs(),
        case_inputs(),
        vendor_inputs(),
        source_inputs(),
    ];
    let entry = |(seconds, inputs): (i64, Vec<Input>)| LogEntry {
        received_at: morning_moment().plus_millis(seconds * 1_000),
        delay_ms: 2,
        inputs,
        proof: None,
    };
    (0..).zip(inputs.into_iter().flatten()).map(entry).collect()
}

fn voice() -> SourceId {
    SourceId::from("voice")
}

fn start_inputs() -> Vec<Vec<Input>> {
    let profile = EntityProfile {
        name: Some("Anna Karlsson".into()),
        queues: Some(Arc::from([chat_id("sales")])),
        external_ids: Some(Arc::from([("crm".into(), "A1".into())])),
        ..EntityProfile::new(EntityKind::Agent, chat_id("anna"))
    };
    let catching_up = ConnectionEvent::CatchingUp {
        discontinuity: Some(Discontinuity::Start),
    };
    vec![
        vec![Input::SiteConfig(Arc::new(site()))],
        vec![Input::StoredProfile(profile.clone())],
        vec![
            Input::Connection(chat_source(), catching_up),
            Input::Connection(chat_source(), ConnectionEvent::Connected),
            Input::Connection(voice(), ConnectionEvent::Connected),
        ],
        vec![update(3, Fact::Profile(profile))],
        vec![Input::Tick],
    ]
}

fn case_inputs() -> Vec<Vec<Input>> {
    let case = |seconds, event| vec![update(seconds, Fact::Case(chat_id("c1"), event))];
    let readings = [
        (Metric::Waiting, Some(MetricValue::Count(4))),
        (Metric::LongestWait, Some(MetricValue::Seconds(12.5))),
    ];
    let queue = MetricSubject::Queue(chat_id("sales"));
    let created = CaseEvent::Created {
        opportunity: Some("o1".into()),
        solution: None,
        case_type: None,
    };
    let opened = CaseEvent::Opened {
        agent: Some(chat_id("anna")),
        queue: Some(chat_id("sales")),
    };
    let transferred = CaseEvent::Transferred {
        from_agent: Some(chat_id("anna")),
        from_queue: Some(chat_id("sales")),
        to_queue: Some(chat_id("support")),
    };
    let closed = CaseEvent::Closed {
        outcome: Some(CaseOutcome::Positive),
        closure: Some("solved".into()),
    };
    let transcript = TranscriptSummary {
        first_response: Some(900),
        visitor_messages: 3,
        agent_messages: 2,
        duration: Some(60_000),
        video: false,
    };
    vec![
        case(4, created),
        vec![update(
            5,
            Fact::EventReadings(queue, readings.into_iter().collect()),
        )],
        case(6, opened),
        case(7, transferred),
        case(8, closed),
        case(9, CaseEvent::Transcript(transcript)),
    ]
}

fn vendor_inputs() -> Vec<Vec<Input>> {
    let status = AgentStatusReport {
        status: AgentStatus::WrapUp,
        vendor_status: Some("AfterCallWork".into()),
        reason: None,
        since: None,
        media: vec![("voice".into(), AgentStatus::WrapUp)],
    };
    let value = |value| {
        let report = VendorFigure {
            value,
            age: ValueAge::Known(1_500),
            valid_for_ms: Some(20_000),
        };
        let agent = MetricSubject::Agent(Id::new(&voice(), "7"));
        vec![Input::Update(Update {
            source: voice(),
            event: "value",
            at: None,
            fact: Fact::VendorFigure(agent, report),
            mistyped: 1,
        })]
    };
    vec![
        value(VendorValue::Status(Some(status))),
        value(VendorValue::TimeInState(Some(3.25))),
        value(VendorValue::Metric(
            Metric::Handled,
            Some(MetricValue::Count(6)),
        )),
    ]
}

fn source_inputs() -> Vec<Vec<Input>> {
    let diagnostic = |source, diagnostic| vec![Input::Diagnostic(source, diagnostic)];
    let rejected = SourceDiagnostic::Rejected {
        event: "case.closed".into(),
        why: "not_json",
        case: Some(chat_id("c2")),
    };
    let ignored = SourceDiagnostic::Ignored {
        event: "other.event".into(),
    };
    let failed = SourceDiagnostic::Failed {
        why: "No answer".into(),
    };
    let stats = SubscriptionStats {
        transport: "polling",
        statistics: 1,
        ..SubscriptionStats::default()
    };
    let lost = ConnectionEvent::Disconnected { why: "Lost".into() };
    vec![
        diagnostic(chat_source(), rejected),
        diagnostic(chat_source(), ignored),
        diagnostic(voice(), SourceDiagnostic::ResyncRequested),
        diagnostic(
            voice(),
            SourceDiagnostic::SubscriptionStats(Box::new(stats)),
        ),
        diagnostic(voice(), failed),
        vec![
            Input::Connection(voice(), ConnectionEvent::Silent),
            Input::Connection(voice(), lost),
        ],
        vec![Input::Started {
            is_log_complete: true,
            term: None,
        }],
    ]
}

fn fold(entries: &[LogEntry]) -> LiveState {
    let mut state = LiveState::default();
    for entry in entries {
        state.apply_entry(entry);
    }
    state
}

#[test]
fn entries_of_this_format_are_read_as_they_were_written() {
    let bytes = fs::read(fixture("entries")).unwrap();

    assert_eq!(codec::decode_entries(&bytes).unwrap(), entries());
}

/// The fold may change between builds, so only what was known then is compared.
#[test]
fn snapshot_of_this_format_has_what_was_known() {
    for name in ["state", "state-in-columns"] {
        let state = codec::decode_state(&fs::read(fixture(name)).unwrap()).unwrap();

        let replayed = fold(&entries());
        assert_eq!(state.next_offset(), replayed.next_offset());
        assert_eq!(state.last_input_at(), replayed.last_input_at());
        let (old, new) = (state.snapshot(), replayed.snapshot());
        assert_eq!(old.site, new.site);
        assert_eq!(old.cases, new.cases);
        assert_eq!(old.queues.len(), new.queues.len());
        assert_eq!(old.agents.len(), new.agents.len());
    }
}

#[test]
fn a_field_of_a_newer_build_is_skipped() {
    #[derive(serde::Serialize)]
    struct NewerEntry<'e> {
        #[serde(flatten)]
        entry: &'e LogEntry,
        weather: &'static str,
    }
    let entries = entries();
    let newer = entries.iter().map(|entry| NewerEntry {
        entry,
        weather: "rain",
    });
    let newer: Vec<_> = newer.collect();
    let plain = rmp_serde::to_vec_named(&newer).unwrap();
    let bytes = zstd::encode_all(plain.as_slice(), 1).unwrap();

    assert_eq!(codec::decode_entries(&bytes).unwrap(), entries);
}

/// Writes the fixtures of a new format, and nothing over those that exist.
#[test]
fn every_format_has_its_fixtures() {
    let entries = entries();
    let fixtures = [
        ("entries", codec::encode_entries(&entries).unwrap()),
        // `state-1.bin` is of a build that stored each case as a whole.
        (
            "state-in-columns",
            codec::encode_state(&fold(&entries)).unwrap(),
        ),
    ];
    let is_missing = |name: &str| !fixture(name).exists();
    let missing: Vec<_> = fixtures
        .iter()
        .filter(|(name, _)| is_missing(name))
        .collect();
    for (name, bytes) in &missing {
        fs::write(fixture(name), bytes).unwrap();
    }
    assert!(
        missing.is_empty(),
        "written now: commit crates/live/src/tests/fixtures"
    );
}
