//! Details of a status, for vendors that report it.

use wallboard_boards::status_label;
use wallboard_domain::Moment;
use wallboard_live::{AgentPresence, Snapshot};
use wallboard_texts::Texts;

/// Details for vendors that report agent status.
pub(super) fn state_rows(
    texts: &'static Texts,
    snapshot: &Snapshot,
    presence: &AgentPresence<'_>,
    now: Moment,
) -> Vec<(&'static str, String)> {
    let Some(report) = presence
        .agents
        .iter()
        .find_map(|agent| agent.report.as_ref())
    else {
        return Vec::new();
    };
    let mut rows = Vec::new();
    if let Some(reason) = &report.reason {
        rows.push((texts.reason_column(), reason.to_string()));
    }
    if let Some(since) = presence.since {
        let since = texts.moment(since, now.wall, &snapshot.site.zone);
        rows.push((texts.since_column(), since));
    }
    for (medium, state) in &report.media {
        let (glyph, word) = status_label(texts, *state);
        rows.push((texts.by_channel(), format!("{medium}: {glyph} {word}")));
    }
    if let Some(raw) = &report.vendor_status {
        rows.push((texts.vendor_status(), raw.to_string()));
    }
    if let Some(last_status) = report.last_status {
        let age = texts.age(now.monotonic.millis_since(last_status.received_at));
        rows.push((texts.updated_term(), texts.time_ago(age)));
    }
    rows
}
