//! The text in place of rows: what an empty board waits for, or when the first of its closed queues opens.

use wallboard_domain::moment;
use wallboard_live::{ConnectionState, Snapshot, SourceSnapshot};

use super::{
    board_definition::BoardLayout,
    board_queue::{BoardQueue, ClosedText},
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
        title: first_opening(closed)
            .map_or_else(String::new, |closed| closed.headline(context.texts)),
        detail: context.texts.day(now.wall, zone),
        contact: String::new(),
    }
}

/// Tells the reader what a board without rows waits for, since when, and what to do about it.
pub(super) fn empty_block(context: &RenderContext<'_>) -> EmptyBlock {
    let (snapshot, texts) = (context.snapshot, context.texts);
    let contact = snapshot.site.brand.contact.as_ref();
    let contact = contact.map_or_else(String::new, |contact| texts.if_this_stays(contact));
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
    let since = |at| context.time_or_day(at);
    if let Some(at) = snapshot.leader_lost_at {
        let detail = texts.since_see_sources(since(at));
        return waiting(texts.no_updates_here().to_owned(), detail);
    }
    if snapshot.sources.is_empty() {
        return block(texts.no_source_connected(), texts.no_source_hint());
    }
    let (live, mut lost): (Vec<_>, Vec<_>) = snapshot.sources.values().partition(|s| s.is_live());
    // A paused source is expected to be lost.
    lost.sort_by_key(|source| snapshot.site.paused_by(&source.id).is_some());
    if let Some(source) = lost.first() {
        let name = snapshot.site.source_name(&source.id);
        if let Some(by) = snapshot.site.paused_by(&source.id) {
            let title = texts.is_paused_by(name, by);
            return block(&title, texts.administrator_resumes());
        }
        let since = since(source.outage.map_or(source.since, |outage| outage.at));
        return match source.connection {
            ConnectionState::Connecting | ConnectionState::CatchingUp => {
                let detail = format_connecting(context, since, &live);
                waiting(texts.waiting_for_first(name), detail)
            }
            _ => waiting(
                texts.source_unreachable(name),
                texts.since_see_sources(since),
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
            let detail = texts.connected_nothing().to_owned();
            waiting(texts.waiting_for_first(names), detail)
        }
        BoardLayout::Agents if has_reported_status(snapshot) => block(texts.no_one_signed_in(), ""),
        BoardLayout::Agents => block(texts.no_agent_handled(), ""),
        _ => block(texts.no_queues_match(), texts.check_queue_list()),
    }
}

/// "Connecting since 14:20. Voice is ready."
fn format_connecting(
    context: &RenderContext<'_>,
    since: String,
    live: &[&SourceSnapshot],
) -> String {
    let (texts, names) = (context.texts, format_names(context, live));
    match live.len() {
        0 => texts.connecting_since(since),
        1 => texts.connecting_since_one_ready(since, names),
        _ => texts.connecting_since_others_ready(since, names),
    }
}

fn format_names(context: &RenderContext<'_>, sources: &[&SourceSnapshot]) -> String {
    let site = &context.snapshot.site;
    let names = (sources.iter()).map(|source| site.source_name(&source.id));
    context.join_names(names).unwrap_or_default()
}

fn has_reported_status(snapshot: &Snapshot) -> bool {
    let mut reports = (snapshot.agents.values()).filter_map(|agent| agent.report.as_ref());
    reports.any(|report| report.provides_status)
}
