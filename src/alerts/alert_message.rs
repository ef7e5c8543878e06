//! Notices and digests of alerts as messages of a channel, in the site's language and with names as boards show them.

use wallboard_alerts::{Alert, AlertId, AlertLevel, AlertNotice, AlertSubject, NoticeKind};
use wallboard_domain::{Moment, PersonName, moment};
use wallboard_live::Snapshot;
use wallboard_notify::{Digest, Message, MessageLine, MessageLink, MessageSeverity};
use wallboard_texts::Texts;

use super::{
    alert_figures::{AlertFigureTexts, describe_worst},
    alert_text::{long_status, subject_name},
};

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
        NoticeKind::Over => describe_end(texts, name, alert),
    };
    let mut lines = Vec::new();
    let mut add = |label: &str, text: String| {
        if !text.is_empty() {
            lines.push(MessageLine::new(label, text));
        }
    };
    if notice.kind == NoticeKind::Over {
        add(texts.worst_column(), describe_worst(texts, snapshot, alert));
    } else {
        let figures = AlertFigureTexts::new(texts, snapshot, alert, now);
        if figures.is_known {
            add(texts.why_column(), figures.current);
        }
        add(texts.worst_column(), figures.worst);
    }
    let since = texts.time_or_day(alert.since, now.wall, &site.zone);
    lines.push(MessageLine::new(texts.since_line(), since));
    if notice.kind == NoticeKind::Over {
        let end = alert.end(now.wall);
        let lasted = texts.age(moment::millis_between(alert.since, end).max(0));
        lines.push(MessageLine::new(texts.duration_line(), lasted));
    }
    let person = |name: &str| match name {
        "" => texts.somebody().to_owned(),
        name => site.format_name(&PersonName::from_name(name)),
    };
    if let Some(owner) = &alert.owner {
        lines.push(MessageLine::new(texts.owner_column(), person(&owner.name)));
    }
    if let Some(by) = alert.closing.as_ref().and_then(|one| one.by.as_deref()) {
        lines.push(MessageLine::new(texts.closed_by_line(), person(by)));
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

/// Says how an alert ended: only one that ended by itself is over.
fn describe_end(texts: &Texts, name: String, alert: &Alert) -> String {
    match &alert.closing {
        Some(closing) if closing.by.is_some() => texts.alert_is_closed(name),
        Some(closing) if closing.has_lapsed => match &alert.subject {
            AlertSubject::Target(_) => texts.alert_has_lapsed(name),
            _ => texts.alert_outside_hours(name),
        },
        _ => texts.alert_is_over(name),
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
mod tests;
