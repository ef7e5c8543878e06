//! Notices and digests of alerts as messages of a channel.

use wallboard_alerts::{Alert, AlertLevel, AlertNotice, AlertSubject, NoticeKind};
use wallboard_boards::format;
use wallboard_domain::{Moment, moment};
use wallboard_live::Snapshot;
use wallboard_notify::{Digest, Message, MessageLine, MessageLink, MessageSeverity};
use wallboard_texts::Texts;

use super::alert_text::{describe_figures, long_status, person_text, subject_name};

/// Writes a notice. `public_url` is the server's own, if it has one.
pub(super) fn write_notice(
    snapshot: &Snapshot,
    notice: &AlertNotice,
    public_url: Option<&str>,
    now: Moment,
) -> Message {
    let alert = &notice.alert;
    let texts = Texts::english();
    let name = subject_name(texts, snapshot, &alert.subject);
    let state = describe_state(texts, &name, alert);
    let headline = match notice.kind {
        NoticeKind::Opened => state,
        NoticeKind::Worsened => format!("{state} now"),
        NoticeKind::Repeated => format!("Nobody has taken it yet: {state}"),
        NoticeKind::Over => format!("Over: {name}"),
    };
    let figures = describe_figures(texts, snapshot, alert);
    let zone = &snapshot.site.zone;
    let mut lines = Vec::new();
    if !figures.is_empty() {
        let label = match notice.kind {
            NoticeKind::Over => "Worst",
            _ => "Why",
        };
        lines.push(MessageLine::new(label, figures));
    }
    let since = format::time_or_day(alert.since, now.wall, zone);
    lines.push(MessageLine::new("Since", since));
    if notice.kind == NoticeKind::Over {
        let end = alert.end(now.wall);
        let lasted = format::age(moment::millis_between(alert.since, end).max(0));
        lines.push(MessageLine::new("Duration", lasted));
    }
    if let Some(owner) = &alert.owner {
        lines.push(MessageLine::new("Owner", person_text(texts, &owner.name)));
    }
    lines.push(MessageLine::new("Rule", alert.rules.join(", ")));
    Message {
        headline,
        lines,
        severity: match (notice.kind, alert.level) {
            (NoticeKind::Over, _) => MessageSeverity::Over,
            (_, AlertLevel::Warning) => MessageSeverity::Warning,
            (_, AlertLevel::Critical) => MessageSeverity::Critical,
        },
        link: alerts_link(public_url),
        thread: alert.id.0.simple().to_string(),
        time: now.wall,
    }
}

/// Writes a digest: how many messages it has, and the most severe of them.
pub(super) fn write_digest(digest: &Digest, public_url: Option<&str>, now: Moment) -> Message {
    let line =
        |message: &Message| MessageLine::new(severity_word(message), message.headline.clone());
    Message {
        headline: format!("{} more alert messages", digest.count),
        lines: digest.named.iter().map(line).collect(),
        severity: digest.severity(),
        link: alerts_link(public_url),
        thread: "digest".to_owned(),
        time: now.wall,
    }
}

fn severity_word(message: &Message) -> &'static str {
    match message.severity {
        MessageSeverity::Over => "Over",
        MessageSeverity::Info => "Info",
        MessageSeverity::Warning => "Warning",
        MessageSeverity::Critical => "Critical",
    }
}

fn describe_state(texts: &Texts, name: &str, alert: &Alert) -> String {
    let state = match (&alert.subject, alert.level) {
        (AlertSubject::Source(_) | AlertSubject::Screen(_), _) => "isn’t connected",
        (AlertSubject::Import(_), _) => "is missing a file",
        (AlertSubject::Queue(_), AlertLevel::Warning) => "has a warning",
        (AlertSubject::Queue(_), AlertLevel::Critical) => "is critical",
        (AlertSubject::Agent(_), _) => {
            return texts.alert_of_agent(name, long_status(texts, alert));
        }
    };
    format!("{name} {state}")
}

fn alerts_link(public_url: Option<&str>) -> Option<MessageLink> {
    let url = public_url?.trim_end_matches('/');
    Some(MessageLink {
        label: "Open alerts".to_owned(),
        url: format!("{url}/alerts"),
    })
}
