//! Notices and digests of alerts as messages of a channel, in the site's language and with names as boards show them.

use wallboard_alerts::{Alert, AlertId, AlertLevel, AlertNotice, AlertSubject, NoticeKind};
use wallboard_domain::{Moment, PersonName, moment};
use wallboard_live::Snapshot;
use wallboard_notify::{Digest, Message, MessageLine, MessageLink, MessageSeverity};
use wallboard_texts::Texts;

use super::alert_text::{describe_figures, long_status, subject_name};

/// Writes a notice. `public_url` is the server's own, if it has one.
pub(super) fn write_notice(
    snapshot: &Snapshot,
    notice: &AlertNotice,
    public_url: Option<&str>,
    now: Moment,
) -> Message {
    let alert = &notice.alert;
    let site = &snapshot.site;
    let texts = Texts::of(site.language);
    let name = subject_name(texts, snapshot, &alert.subject);
    let has_levels = matches!(
        alert.subject,
        AlertSubject::Queue(_) | AlertSubject::Figure(..)
    );
    let headline = match notice.kind {
        NoticeKind::Worsened if has_levels => texts.queue_became_critical(name),
        NoticeKind::Opened | NoticeKind::Worsened => describe_state(texts, &name, alert),
        NoticeKind::Repeated => texts.alert_untaken(describe_state(texts, &name, alert)),
        NoticeKind::Over => texts.alert_is_over(name),
    };
    let figures = describe_figures(texts, snapshot, alert);
    let mut lines = Vec::new();
    if !figures.is_empty() {
        let label = match notice.kind {
            NoticeKind::Over => texts.worst_column(),
            _ => texts.why_column(),
        };
        lines.push(MessageLine::new(label, figures));
    }
    let since = texts.time_or_day(alert.since, now.wall, &site.zone);
    lines.push(MessageLine::new(texts.since_line(), since));
    if notice.kind == NoticeKind::Over {
        let end = alert.end(now.wall);
        let lasted = texts.age(moment::millis_between(alert.since, end).max(0));
        lines.push(MessageLine::new(texts.duration_line(), lasted));
    }
    if let Some(owner) = &alert.owner {
        let name = match owner.name.as_str() {
            "" => texts.somebody().to_owned(),
            name => site.format_name(&PersonName::from_name(name)),
        };
        lines.push(MessageLine::new(texts.owner_column(), name));
    }
    lines.push(MessageLine::new(
        texts.rule_column(),
        alert.rules.join(", "),
    ));
    Message {
        headline,
        lines,
        severity: match (notice.kind, alert.level) {
            (NoticeKind::Over, _) => MessageSeverity::Over,
            (_, AlertLevel::Warning) => MessageSeverity::Warning,
            (_, AlertLevel::Critical) => MessageSeverity::Critical,
        },
        link: public_url.map(|url| alert_link(texts, url, alert.id)),
        thread: alert.id.0.simple().to_string(),
        time: now.wall,
    }
}

/// Writes a digest: how many messages it has, and the most severe of them.
pub(super) fn write_digest(
    texts: &Texts,
    digest: &Digest,
    public_url: Option<&str>,
    now: Moment,
) -> Message {
    let line =
        |message: &Message| MessageLine::new(severity_word(texts, message), &*message.headline);
    Message {
        headline: texts.digest_headline(digest.count),
        lines: digest.named().map(line).collect(),
        severity: digest.severity(),
        link: public_url.map(|url| MessageLink {
            label: texts.open_alerts().to_owned(),
            url: format!("{}/alerts", url.trim_end_matches('/')),
        }),
        thread: "digest".to_owned(),
        time: now.wall,
    }
}

fn severity_word<'t>(texts: &'t Texts, message: &Message) -> &'t str {
    match message.severity {
        MessageSeverity::Over => texts.digest_over(),
        MessageSeverity::Info => texts.digest_info(),
        MessageSeverity::Warning => texts.digest_warning(),
        MessageSeverity::Critical => texts.digest_critical(),
    }
}

fn describe_state(texts: &Texts, name: &str, alert: &Alert) -> String {
    match (&alert.subject, alert.level) {
        (AlertSubject::Source(_) | AlertSubject::Screen(_), _) => texts.alert_not_connected(name),
        (AlertSubject::Import(_), _) => texts.alert_file_missing(name),
        (AlertSubject::Queue(_) | AlertSubject::Figure(..), AlertLevel::Warning) => {
            texts.queue_has_warning(name)
        }
        (AlertSubject::Queue(_) | AlertSubject::Figure(..), AlertLevel::Critical) => {
            texts.queue_is_critical(name)
        }
        (AlertSubject::Target(_), _) => texts.alert_target_missed(name),
        (AlertSubject::Agent(_), _) => texts.alert_of_agent(name, long_status(texts, alert)),
    }
}

/// The address at which an alert can be taken, also after signing in.
fn alert_link(texts: &Texts, public_url: &str, id: AlertId) -> MessageLink {
    MessageLink {
        label: texts.open_alert().to_owned(),
        url: format!(
            "{}/alerts/{}",
            public_url.trim_end_matches('/'),
            id.0.simple()
        ),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::SignedDuration;
    use wallboard_alerts::{
        AlertAction, AlertBook, AlertFigure, AlertFinding, AlertRule, AlertScope, Dwell, Reading,
    };
    use wallboard_domain::{
        AgentId, AgentStatus, Language, Metric, MetricValue, NameVisibility, Pattern, QueueId,
        SiteConfig,
    };
    use wallboard_live::testing::morning_moment;
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

    /// The headline, and each line as "Label: value".
    fn write(
        (language, names): (Language, NameVisibility),
        kind: NoticeKind,
        alert: Alert,
    ) -> (String, Vec<String>) {
        let site = SiteConfig {
            language,
            agent_names: names,
            names: [
                ("chat/billing".to_owned(), "Billing".to_owned()),
                ("chat/7".to_owned(), "Eva Karlsson".to_owned()),
            ]
            .into(),
            ..SiteConfig::default()
        };
        let snapshot = Snapshot {
            site: Arc::new(site),
            ..Snapshot::default()
        };
        let notice = AlertNotice {
            kind,
            alert,
            channels: std::collections::BTreeMap::new(),
            may_wait: false,
        };
        let now = morning_moment().plus_millis(240_000);
        let message = write_notice(&snapshot, &notice, Some("https://wall.example/"), now);
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
                "chat/billing is critical",
                "Nobody has taken it yet: ",
                ["Why", "Since", "Owner", "Rule", "Open the alert"],
            ),
            (
                Language::Swedish,
                "chat/billing är kritisk",
                "Ingen har tagit det än: ",
                ["Orsak", "Sedan", "Ansvarig", "Regel", "Öppna larmet"],
            ),
            (
                Language::German,
                "chat/billing ist kritisch",
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
        assert_eq!(over, "Vorbei: chat/billing");
        assert!(lines[0].starts_with("Schlimmstes: 11"), "{lines:?}");
        assert!(lines[2].starts_with("Dauer: 4"), "{lines:?}");
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
}
