//! Tests of agents who are in a status for longer than allowed.

use wallboard_domain::{
    AgentId, AgentStatus, AgentStatusReport, LinkedPerson, MetricSubject, PatternThresholds,
    Patterns, SiteConfig, VendorValue,
};
use wallboard_live::testing::{
    VendorScenario, provided_agent, site_with_entries, source_setup, voice_id, voice_source,
};

use super::{silences::silence, *};

/// Anna and Bo may be on break for 30 min.
fn floor(change: impl FnOnce(&mut SiteConfig)) -> VendorScenario {
    let mut site = site_with_entries(&[], &[]);
    let agents = ["anna", "bo"].map(|agent| provided_agent(agent, &[]));
    site.sources.push(source_setup(agents.to_vec()));
    let thresholds = PatternThresholds {
        time_in_state: vec![
            (AgentStatus::NotReady, 30 * MINUTE),
            (AgentStatus::WrapUp, 5 * MINUTE),
        ],
        ..PatternThresholds::default()
    };
    site.thresholds = Patterns(vec![(Pattern("*".into()), thresholds)]);
    change(&mut site);
    let mut floor = VendorScenario::with_site(site);
    report(&mut floor, "anna", AgentStatus::Available, 90);
    report(&mut floor, "bo", AgentStatus::NotReady, 34);
    floor
}

/// Reports that somebody has been in a status for so many minutes.
fn report(floor: &mut VendorScenario, agent: &str, status: AgentStatus, minutes: i64) {
    let since = moment::plus_millis(floor.scenario.now.wall, -minutes * MINUTE);
    let report = AgentStatusReport {
        status,
        vendor_status: None,
        reason: None,
        since: Some(since),
        media: Vec::new(),
    };
    let subject = MetricSubject::Agent(voice_id(agent));
    floor.send_report(subject, VendorValue::Status(Some(report)));
}

fn watching(pattern: &str, status: Option<AgentStatus>) -> AlertRule {
    AlertRule {
        scope: AlertScope::Agents {
            patterns: vec![Pattern(pattern.into())],
            status,
        },
        ..rule("breaks")
    }
}

fn find(floor: &VendorScenario, rule: &AlertRule, book: &AlertBook) -> Vec<(String, Reading)> {
    let findings = find_alerts(
        floor.scenario.state.snapshot(),
        floor.scenario.now,
        std::slice::from_ref(rule),
        &OtherReadings::default(),
        book,
        &Dwell::default(),
    );
    let findings = findings.into_iter();
    findings
        .map(|finding| (finding.subject.to_string(), finding.reading))
        .collect()
}

fn too_long(floor: &VendorScenario, status: AgentStatus, over_minutes: i64) -> Reading {
    let now = floor.scenario.now.wall;
    Reading::Burning {
        level: AlertLevel::Warning,
        figures: Vec::new(),
        status: Some(status),
        custom: None,
        since: Some(moment::plus_millis(now, -over_minutes * MINUTE)),
        is_partial: false,
    }
}

fn agent(n: usize, reading: Reading) -> AlertFinding {
    AlertFinding {
        rule: "waits".to_owned(),
        subject: AlertSubject::Agent(voice_id(&n.to_string())),
        reading,
        is_silenced: false,
    }
}

#[test]
fn who_is_in_a_status_for_longer_than_allowed_burns_from_the_limit_on() {
    let mut floor = floor(|_| {});
    let (any, book) = (watching("*", None), AlertBook::default());
    let bo = |reading| vec![("voice/bo".to_owned(), reading)];
    let on_break = too_long(&floor, AgentStatus::NotReady, 4);
    assert_eq!(find(&floor, &any, &book), bo(on_break.clone()));

    let of_breaks = watching("voice/*", Some(AgentStatus::NotReady));
    assert_eq!(find(&floor, &of_breaks, &book), bo(on_break));
    let of_wrap_up = watching("*", Some(AgentStatus::WrapUp));
    assert_eq!(find(&floor, &of_wrap_up, &book), bo(Reading::Calm));
    assert_eq!(find(&floor, &watching("chat/*", None), &book), []);

    report(&mut floor, "bo", AgentStatus::WrapUp, 6);
    let in_wrap_up = too_long(&floor, AgentStatus::WrapUp, 1);
    assert_eq!(find(&floor, &of_wrap_up, &book), bo(in_wrap_up));
    report(&mut floor, "bo", AgentStatus::Available, 0);
    assert_eq!(find(&floor, &any, &book), []);
}

#[test]
fn a_status_that_is_out_of_date_neither_opens_nor_ends_an_alert() {
    let mut floor = floor(|_| {});
    let rule = watching("*", None);
    let mut desk = Desk::new(vec![rule.clone()]);
    let on_break = too_long(&floor, AgentStatus::NotReady, 4);
    let finding = AlertFinding {
        rule: rule.name.clone(),
        subject: AlertSubject::Agent(voice_id("bo")),
        reading: on_break,
        is_silenced: false,
    };
    desk.show_all(61, &[finding]);
    assert_eq!(desk.open().status, Some(AgentStatus::NotReady));

    for seconds in [1, 300] {
        floor.disconnect_source();
        floor.advance_time(seconds);
        let found = find(&floor, &rule, &desk.book);
        assert_eq!(found, [("voice/bo".to_owned(), Reading::Unknown)]);
        assert_eq!(find(&floor, &rule, &AlertBook::default()), []);
    }
    floor.connect_source(None);
    report(&mut floor, "bo", AgentStatus::Available, 0);
    let found = find(&floor, &rule, &desk.book);
    assert_eq!(found, [("voice/bo".to_owned(), Reading::Calm)]);
}

#[test]
fn a_person_with_several_agents_is_one_subject() {
    let floor = floor(|site| {
        site.people.push(LinkedPerson {
            id: AgentId::new(&SourceId::from("person"), "both"),
            name: "Bo Ek".to_owned(),
            agents: vec![voice_id("bo"), voice_id("unreported")],
        });
    });
    let expected = [(
        "person/both".to_owned(),
        too_long(&floor, AgentStatus::NotReady, 4),
    )];
    for pattern in ["*", "voice/bo", "person/both"] {
        let found = find(&floor, &watching(pattern, None), &AlertBook::default());
        assert_eq!(found, expected, "{pattern}");
    }
}

#[test]
fn a_hidden_agent_and_one_without_a_limit_alert_nobody() {
    for floor in [
        floor(|site| site.hidden_agents = vec![Pattern("voice/bo".into())]),
        floor(|site| site.thresholds = Patterns::default()),
    ] {
        assert_eq!(
            find(&floor, &watching("*", None), &AlertBook::default()),
            []
        );
    }
}

#[test]
fn many_agents_leave_room_for_queues() {
    let mut desk = Desk::new(vec![rule("waits")]);
    let mut findings: Vec<_> = (0..OPEN_MAX).map(|n| agent(n, critical())).collect();
    desk.show_all(62, &findings);
    findings.push(AlertFinding {
        subject: sales(),
        ..agent(0, critical())
    });
    desk.show_all(62, &findings);

    let open = desk.book.open();
    assert_eq!(open.len(), AGENTS_OPEN_MAX + 1);
    assert_eq!(open.last().unwrap().subject, sales());
    let beyond = OPEN_MAX - AGENTS_OPEN_MAX;
    assert_eq!(
        (desk.book.unopened(), desk.book.unopened_agents()),
        (0, beyond)
    );
}

#[test]
fn an_ended_alert_of_an_agent_is_kept_for_a_day_or_until_they_are_gone() {
    let floor = floor(|_| {});
    let snapshot = floor.scenario.state.snapshot();
    let ended = || {
        let mut desk = Desk::new(vec![rule("waits")]);
        let finding = |subject| AlertFinding {
            subject,
            ..agent(0, critical())
        };
        let of = |name: &str| finding(AlertSubject::Agent(voice_id(name)));
        desk.show_all(61, &[of("bo"), of("forgotten"), finding(sales())]);
        desk.show_all(31, &[]);
        assert_eq!(desk.book.ended().count(), 3);
        desk
    };
    let subjects = |book: &AlertBook| {
        let mut names: Vec<_> = book.ended().map(|one| one.subject.to_string()).collect();
        names.sort();
        names
    };
    let Desk { mut book, now, .. } = ended();
    assert!(book.drop_ended_agents(snapshot, now));
    assert_eq!(subjects(&book), ["chat/sales", "voice/bo"]);
    assert!(!book.drop_ended_agents(snapshot, now.plus_millis(23 * 60 * MINUTE)));
    assert!(!book.is_idle());

    assert!(book.drop_ended_agents(snapshot, now.plus_millis(24 * 60 * MINUTE)));
    assert_eq!(subjects(&book), ["chat/sales"]);
    assert!(book.is_idle());
}

#[test]
fn a_silenced_source_silences_its_agents() {
    let floor = floor(|_| {});
    let now = floor.scenario.now.wall;
    for (source, expected) in [(voice_source(), true), (SourceId::from("chat"), false)] {
        let mut book = AlertBook::default();
        let scope = SilenceScope::Subject(AlertSubject::Source(source));
        let silence = silence(scope, now, now + SignedDuration::from_hours(1));
        book.add_silence(silence, now).unwrap();
        let (snapshot, bo) = (
            floor.scenario.state.snapshot(),
            AlertSubject::Agent(voice_id("bo")),
        );
        assert_eq!(book.is_silenced(snapshot, "breaks", &bo, now), expected);
    }
}
