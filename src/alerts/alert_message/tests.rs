//! Tests of messages: their words, figures and names.

use jiff::SignedDuration;
use wallboard_alerts::{
    AlertAction, AlertBook, AlertClosing, AlertFigure, AlertFinding, AlertRule, AlertScope, Dwell,
    Reading,
};
use wallboard_domain::{
    AgentId, AgentStatus, Language, Metric, MetricValue, NameVisibility, Pattern, QueueId,
    SiteConfig,
};
use wallboard_live::testing::{LiveScenario, morning_moment, site_with_entries};
use wallboard_notify::{MessageId, Outbox};

use super::*;

/// An alert of a subject, critical by eleven who wait, or about an agent's break.
fn alert_of(subject: AlertSubject) -> Alert {
    let is_agent = subject.is_agent();
    let patterns = vec![Pattern("*".to_owned())];
    let rule = AlertRule {
        name: "Long waits".to_owned(),
        is_enabled: true,
        scope: if is_agent {
            AlertScope::Agents {
                patterns,
                status: None,
            }
        } else {
            AlertScope::Queues {
                patterns,
                level: AlertLevel::Critical,
                metric: None,
            }
        },
        dwell: SignedDuration::ZERO,
        tell: Vec::new(),
        again_after: None,
        tells_end: true,
        sound: Vec::new(),
        only_open: false,
    };
    let figure = AlertFigure {
        metric: Metric::Waiting,
        level: AlertLevel::Critical,
        value: MetricValue::Count(11),
        is_low: false,
    };
    let finding = AlertFinding {
        rule: rule.name.clone(),
        subject,
        reading: Reading::Burning {
            level: AlertLevel::Critical,
            figures: if is_agent { Vec::new() } else { vec![figure] },
            status: is_agent.then_some(AgentStatus::NotReady),
            custom: None,
            since: None,
            is_partial: false,
        },
        is_silenced: false,
    };
    let mut book = AlertBook::default();
    let id = AlertId(uuid::Uuid::from_u128(7));
    let now = morning_moment();
    book.advance(&[rule], &[finding], &mut Dwell::default(), now, || id);
    book.act(id, &AlertAction::Take, "Anna Larsson", now.wall)
        .unwrap();
    book.open()[0].clone()
}

fn queue() -> AlertSubject {
    AlertSubject::Queue(QueueId::new(&"chat".into(), "billing"))
}

fn agent() -> AlertSubject {
    AlertSubject::Agent(AgentId::new(&"chat".into(), "7"))
}

/// The headline, and each line as "Label: value", while eleven wait.
fn write(
    site: (Language, NameVisibility),
    kind: NoticeKind,
    alert: Alert,
) -> (String, Vec<String>) {
    write_with(site, 11, kind, alert)
}

/// The same while so many wait.
fn write_with(
    (language, names): (Language, NameVisibility),
    waiting: u64,
    kind: NoticeKind,
    alert: Alert,
) -> (String, Vec<String>) {
    let mut floor = LiveScenario::connected_with(SiteConfig {
        language,
        agent_names: names,
        names: [
            ("chat/billing".to_owned(), "Billing".to_owned()),
            ("chat/7".to_owned(), "Eva Karlsson".to_owned()),
        ]
        .into(),
        ..site_with_entries(&[], &[])
    });
    // The log doesn't keep the language.
    floor.has_bypassed_log = true;
    floor.advance_time(240_000);
    floor.send_load("billing", waiting, 0, 2);
    let notice = AlertNotice {
        kind,
        alert,
        channels: std::collections::BTreeMap::new(),
        may_wait: false,
    };
    let url = Some("https://wall.example/");
    let message = write_notice(floor.state.snapshot(), &notice, url, floor.now);
    let link = message.link.unwrap();
    assert_eq!(
        link.url,
        "https://wall.example/alerts/00000000000000000000000000000007"
    );
    let lines = message
        .lines
        .iter()
        .map(|line| format!("{}: {}", line.label, line.value));
    let mut lines: Vec<_> = lines.collect();
    lines.push(link.label);
    (message.headline, lines)
}

#[test]
fn every_word_is_in_the_sites_language() {
    let full = NameVisibility::Full;
    for (language, headline, repeated, labels) in [
        (
            Language::English,
            "Billing is critical",
            "Nobody has taken it yet: ",
            ["Why", "Since", "Owner", "Rule", "Open the alert"],
        ),
        (
            Language::Swedish,
            "Billing är kritisk",
            "Ingen har tagit det än: ",
            ["Orsak", "Sedan", "Ansvarig", "Regel", "Öppna larmet"],
        ),
        (
            Language::German,
            "Billing ist kritisch",
            "Noch nicht übernommen: ",
            ["Grund", "Seit", "Zuständig", "Regel", "Alarm öffnen"],
        ),
    ] {
        let (opened, lines) = write((language, full), NoticeKind::Opened, alert_of(queue()));
        assert_eq!(opened, headline);
        for (line, label) in lines.iter().zip(labels) {
            assert!(line.starts_with(label), "{line}");
        }
        let (again, _) = write((language, full), NoticeKind::Repeated, alert_of(queue()));
        assert_eq!(again, format!("{repeated}{headline}"));
    }
    let german = (Language::German, full);
    let (over, lines) = write(german, NoticeKind::Over, alert_of(queue()));
    assert_eq!(over, "Vorbei: Billing");
    assert!(lines[0].starts_with("Schlimmstes: 11"), "{lines:?}");
    assert!(lines[2].starts_with("Dauer: 4"), "{lines:?}");
}

#[test]
fn now_is_now_and_the_worst_is_called_so() {
    let english = (Language::English, NameVisibility::Full);
    for kind in [
        NoticeKind::Opened,
        NoticeKind::Worsened,
        NoticeKind::Repeated,
    ] {
        let (_, lines) = write_with(english, 3, kind, alert_of(queue()));
        assert_eq!(lines[..2], ["Why: 3 waiting", "Worst: 11 waiting"]);
        // It gets worse by the second, and the record is behind.
        let (_, lines) = write_with(english, 14, kind, alert_of(queue()));
        assert_eq!(lines[0], "Why: 14 waiting");
        assert!(lines[1].starts_with("Since"), "{lines:?}");
    }
    let elsewhere = AlertSubject::Queue(QueueId::new(&"chat".into(), "gone"));
    let (_, lines) = write(english, NoticeKind::Repeated, alert_of(elsewhere));
    assert_eq!(lines[0], "Worst: 11 waiting", "unknown now");
    let (_, lines) = write_with(english, 3, NoticeKind::Over, alert_of(queue()));
    assert_eq!(lines[0], "Worst: 11 waiting");
}

#[test]
fn an_end_says_what_kind_of_end_it_is() {
    let site = (Language::English, NameVisibility::FirstInitial);
    let billing = QueueId::new(&"chat".into(), "billing");
    let target = AlertSubject::Target(billing);
    let source = AlertSubject::Source("chat".into());
    for (subject, by, has_lapsed, headline, line) in [
        (queue(), None, false, "Over: Billing", None),
        (target, None, true, "The day is over: Billing", None),
        (source, None, true, "Outside opening hours: Chat", None),
        (
            queue(),
            Some("Bo Ek"),
            false,
            "Closed: Billing",
            Some("Bo E."),
        ),
        (
            queue(),
            Some(""),
            false,
            "Closed: Billing",
            Some("Somebody"),
        ),
    ] {
        let mut alert = alert_of(queue());
        alert.subject = subject;
        alert.closing = Some(AlertClosing {
            at: alert.since,
            by: by.map(str::to_owned),
            has_lapsed,
        });
        let (text, lines) = write(site, NoticeKind::Over, alert);
        assert_eq!(text, headline);
        let closed = lines
            .iter()
            .find_map(|line| line.strip_prefix("Closed by: "));
        assert_eq!(closed, line);
    }
}

#[test]
fn names_of_agents_and_owners_are_as_boards_show_them() {
    for (names, headline, owner) in [
        (
            NameVisibility::Full,
            "Eva Karlsson: ",
            "Owner: Anna Larsson",
        ),
        (NameVisibility::FirstInitial, "Eva K.: ", "Owner: Anna L."),
        (NameVisibility::Initials, "EK: ", "Owner: AL"),
        (NameVisibility::None, "Agent: ", "Owner: Agent"),
    ] {
        let site = (Language::English, names);
        for kind in [NoticeKind::Opened, NoticeKind::Worsened] {
            let (text, lines) = write(site, kind, alert_of(agent()));
            assert!(text.starts_with(headline), "{names:?}: {text}");
            assert!(lines.iter().any(|line| line == owner), "{lines:?}");
        }
    }
    let mut alert = alert_of(queue());
    alert.owner.as_mut().unwrap().name.clear();
    let site = (Language::Swedish, NameVisibility::None);
    let (_, lines) = write(site, NoticeKind::Repeated, alert);
    assert!(lines.contains(&"Ansvarig: Någon".to_owned()), "{lines:?}");
}

#[test]
fn a_digest_is_in_the_sites_language() {
    let now = morning_moment();
    let message = |n: usize| Message {
        headline: format!("Nr {n}"),
        lines: Vec::new(),
        severity: MessageSeverity::Critical,
        link: None,
        thread: n.to_string(),
        time: now.wall,
    };
    for (language, headline, word) in [
        (Language::English, "101 more alert messages", "Critical"),
        (Language::Swedish, "101 larmmeddelanden till", "Kritiskt"),
        (Language::German, "101 weitere Alarmnachrichten", "Kritisch"),
    ] {
        let mut outbox = Outbox::default();
        for n in 0..101 {
            outbox.add(MessageId(n.to_string()), "floor", message(n), now.wall);
        }
        // Without the channel, what is gathered becomes a dead letter.
        let texts = Texts::of(language);
        outbox.due(now.wall, &[], |digest| {
            write_digest(texts, digest, None, now)
        });
        let letter = outbox.dead_letters().next().unwrap();
        assert_eq!(letter.message.headline, headline);
        assert_eq!(letter.message.lines[0].label, word);
    }
}
