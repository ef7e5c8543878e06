//! The text in place of rows: what an empty board waits for, or when the first of its closed queues opens.

use wallboard_domain::moment;
use wallboard_live::{ConnectionState, Snapshot, SourceSnapshot};

use super::{
    board_definition::BoardLayout,
    board_queue::{BoardQueue, ClosedText},
    format,
    render_context::RenderContext,
};

/// The text in place of rows.
#[derive(Debug, Default)]
pub(super) struct EmptyBlock {
    pub(super) title: String,
    pub(super) detail: String,
    pub(super) contact: String,
}

/// The closed queue that opens first.
pub(super) fn first_opening<'q>(closed: &'q [BoardQueue<'_>]) -> Option<&'q ClosedText> {
    let closed = closed.iter().filter_map(|queue| queue.closed.as_ref());
    closed.min_by_key(|closed| (closed.opens_at.is_none(), closed.opens_at))
}

/// "Opens Mon 08:00" with the earliest opening, below the date.
pub(super) fn night_block(
    context: &mut RenderContext<'_>,
    closed: &[BoardQueue<'_>],
) -> EmptyBlock {
    let (now, zone) = (context.now, &context.snapshot.site.zone);
    let until_midnight = moment::millis_between(now.wall, moment::day_end(now.wall, zone));
    context.schedule_change(now.monotonic.plus_millis(until_midnight));
    EmptyBlock {
        title: first_opening(closed).map_or_else(String::new, ClosedText::headline),
        detail: format::day(now.wall, zone),
        contact: String::new(),
    }
}

/// Tells the reader what a board without rows waits for, since when, and what to do about it.
pub(super) fn empty_block(context: &RenderContext<'_>) -> EmptyBlock {
    let snapshot = context.snapshot;
    let contact = snapshot.site.brand.contact.as_ref();
    let contact = contact.map_or_else(String::new, |contact| format!("If this stays: {contact}"));
    let waiting = |title: String, detail: String| EmptyBlock {
        title,
        detail,
        contact: contact.clone(),
    };
    let block = |title: &str, detail: &str| EmptyBlock {
        title: title.to_owned(),
        detail: detail.to_owned(),
        contact: String::new(),
    };
    let since = |at| format::time_or_day(at, context.now.wall, &snapshot.site.zone);
    if let Some(at) = snapshot.leader_lost_at {
        let detail = format!("Since {}. See Data sources for details.", since(at));
        return waiting("This server receives no updates".to_owned(), detail);
    }
    if snapshot.sources.is_empty() {
        return block(
            "No data source is connected yet",
            "Open the home page for the first steps.",
        );
    }
    let (live, mut lost): (Vec<_>, Vec<_>) = snapshot.sources.values().partition(|s| s.is_live());
    // A paused source is expected to be lost.
    lost.sort_by_key(|source| snapshot.site.paused_by(&source.id).is_some());
    if let Some(source) = lost.first() {
        let name = snapshot.site.source_name(&source.id);
        if let Some(by) = snapshot.site.paused_by(&source.id) {
            let detail = "An administrator resumes it in Data sources.";
            return block(&format!("{name} is paused by {by}"), detail);
        }
        let since = since(source.outage.map_or(source.since, |outage| outage.at));
        return match source.connection {
            ConnectionState::Connecting | ConnectionState::CatchingUp => {
                let detail = format!("Connecting since {since}.{}", format_ready(context, &live));
                waiting(format!("Waiting for the first data from {name}"), detail)
            }
            _ => waiting(
                format!("Can’t reach {name}"),
                format!("Since {since}. See Data sources for details."),
            ),
        };
    }
    let is_empty = match context.board.layout {
        BoardLayout::Agents => snapshot.agents.is_empty(),
        BoardLayout::Queues | BoardLayout::List => snapshot.queues.is_empty(),
    };
    match context.board.layout {
        _ if is_empty => {
            let names = format_names(context, &live);
            let detail = "Connected. Nothing is reported yet.".to_owned();
            waiting(format!("Waiting for the first data from {names}"), detail)
        }
        BoardLayout::Agents if has_reported_status(snapshot) => block("No one is signed in", ""),
        BoardLayout::Agents => block("No agent has handled a case today", ""),
        _ => block("No queues match this board", "Check its queue list."),
    }
}

/// " Voice is ready."
fn format_ready(context: &RenderContext<'_>, live: &[&SourceSnapshot]) -> String {
    match live.len() {
        0 => String::new(),
        1 => format!(" {} is ready.", format_names(context, live)),
        _ => format!(" {} are ready.", format_names(context, live)),
    }
}

fn format_names(context: &RenderContext<'_>, sources: &[&SourceSnapshot]) -> String {
    let site = &context.snapshot.site;
    let names: Vec<_> = (sources.iter())
        .map(|source| site.source_name(&source.id))
        .collect();
    names.join(" and ")
}

fn has_reported_status(snapshot: &Snapshot) -> bool {
    let mut reports = (snapshot.agents.values()).filter_map(|agent| agent.report.as_ref());
    reports.any(|report| report.provides_status)
}
