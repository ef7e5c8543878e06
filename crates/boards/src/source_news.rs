//! Whether a board is live, and the news of a lost source: named once, and only on boards that show
//! it.

use std::collections::BTreeSet;

use wallboard_domain::{SourceHealth, SourceId};
use wallboard_live::{
    ConnectionState, Freshness, QueueSelection, Severity, ShownFreshness, SourceSnapshot,
};

use super::{
    board_definition::BoardLayout, board_queue::BoardQueue, board_row::BoardRow,
    board_view::RowList, head_cells::NewsCells, render_context::RenderContext,
    slot_value::SlotValue, widget::Widget,
};

/// The board's status, and the band below the header.
pub(super) struct SourceNews {
    pub(super) status: NewsCells,
    pub(super) band: NewsCells,
}

pub(super) fn source_cells(
    context: &mut RenderContext<'_>,
    queues: &[BoardQueue<'_>],
    list: &RowList,
) -> SourceNews {
    let (snapshot, texts) = (context.snapshot, context.texts);
    let sources = context.sources.iter();
    let sources: Vec<_> = sources.filter_map(|id| snapshot.sources.get(id)).collect();
    let lost_sources: Vec<_> = sources.iter().filter(|source| !source.is_live()).collect();
    // Those that were lost before may be connected again by now.
    let lost_leader = format_lost_leader(context).filter(|_| !lost_sources.is_empty());
    let problems: Vec<_> = (sources.iter())
        .filter(|source| !snapshot.is_lost_with_leader(source))
        .filter_map(|source| format_problem(context, source))
        .collect();
    let problems: Vec<_> = lost_leader.into_iter().chain(problems).collect();
    let problems = problems.join(" · ");
    // A source may be connected while what the board shows of it is no longer reported.
    let is_gray = |row: &&BoardRow| row.place.severity == Severity::OutOfDate;
    let gray = list.rows.iter().filter(is_gray).count();
    // A clock or a text is never out of date.
    let can_be_gray = |row: &&BoardRow| !row.shape.is_widget || is_gray(row);
    let is_all_gray = 0 < gray && gray == list.rows.iter().filter(can_be_gray).count();
    let of_widgets = list.rows.iter().filter(|row| row.shape.is_widget);
    let gray_widgets = of_widgets.filter(is_gray).count();
    let (out_of_date, total) = match context.board.layout {
        BoardLayout::Agents => (gray, list.rows.len()),
        // A part of a group that needs attention may be out of date.
        BoardLayout::Queues | BoardLayout::List => {
            // The tile of a closed queue has no figures that could be.
            let has_figures = |queue: &BoardQueue<'_>| {
                context.board.layout == BoardLayout::List || queue.closed.is_none()
            };
            let partly = queues.iter();
            let partly = partly.filter(|queue| queue.is_out_of_date && has_figures(queue));
            (partly.count() + gray_widgets, queues.len() + gray_widgets)
        }
    };
    let mut healths = sources.iter().map(|source| source.health());
    let is_degraded = healths.any(|health| health == SourceHealth::Degraded);
    let is_fine = out_of_date == 0 && !is_degraded;
    let is_replay = context.replay.is_some();
    let is_empty = list.rows.is_empty() && queues.is_empty();
    let status = match lost_sources.len() {
        1.. if is_empty => texts.no_data_yet().to_owned(),
        0 if is_fine && is_replay => texts.replay().to_owned(),
        0 if is_fine => texts.live().to_owned(),
        0 if is_all_gray => texts.out_of_date().to_owned(),
        0 if is_replay => texts.partly_out_of_date().to_owned(),
        count if count < sources.len() && is_replay => texts.partly_disconnected().to_owned(),
        count if count < sources.len() => texts.partly_live().to_owned(),
        _ => format_not_live(context, &lost_sources),
    };
    // A connection that comes back within seconds is no news.
    let is_lost = sources.iter().any(|source| {
        let freshness = source.outage.map(Freshness::Disconnected);
        let shown = freshness.map(|freshness| context.evaluator.shown_freshness(freshness, None));
        source.health() != SourceHealth::Live && shown != Some(ShownFreshness::Reconnecting)
    });
    // A board without rows says it in their place.
    let is_news = is_lost && !is_empty;
    let attributes = |is_good: bool| {
        let severity = if is_good {
            Severity::Normal
        } else {
            Severity::Warning
        };
        SlotValue::Attributes(vec![("sev", severity.into_str().into())])
    };
    let detail = match problems.as_str() {
        "" if 0 < out_of_date => texts.count_out_of_date(out_of_date, total),
        "" => String::new(),
        problems => texts.problems_detail(problems),
    };
    let band_detail = if lost_sources.is_empty() {
        ""
    } else {
        texts.last_known_values()
    };
    let text = |text: &str| SlotValue::Text(if is_news { text } else { "" }.to_owned());
    SourceNews {
        status: NewsCells {
            attributes: attributes(lost_sources.is_empty() && is_fine),
            text: SlotValue::Text(status),
            detail: SlotValue::Text(detail),
        },
        band: NewsCells {
            attributes: attributes(!is_news),
            text: text(&problems),
            detail: text(band_detail),
        },
    }
}

/// Returns the sources whose queues, or whose agents, the board shows; all sources if it shows
/// nothing yet.
pub(super) fn shown_sources(
    context: &RenderContext<'_>,
    selection: &QueueSelection<'_>,
) -> BTreeSet<SourceId> {
    let queues = selection.queues.iter().map(|queue| &queue.id.source);
    let mut shown: BTreeSet<SourceId> = queues.cloned().collect();
    let of_widgets = context.widget_queues();
    shown.extend(of_widgets.iter().map(|queue| queue.id.source.clone()));
    let of_widgets = (context.board.widgets.iter()).filter_map(Widget::custom_figure);
    let of_queues = context.board.custom_figures().map(|(_, id)| id);
    let custom = of_widgets.chain(of_queues);
    let custom = custom.filter_map(|id| context.snapshot.site.find_figure(id));
    shown.extend(custom.flat_map(|figure| figure.sources.iter().cloned()));
    if context.board.layout == BoardLayout::Agents && context.board.queues.is_empty() {
        let agents = context.snapshot.agents.keys();
        shown.extend(agents.map(|agent| agent.source.clone()));
    }
    if shown.is_empty() {
        shown.extend(context.snapshot.sources.keys().cloned());
    }
    shown
}

/// "Not live since 07:49": since the last of them was lost.
fn format_not_live(context: &RenderContext<'_>, lost: &[&&SourceSnapshot]) -> String {
    let outages = lost
        .iter()
        .map(|source| source.outage.map(|outage| outage.at));
    let Some(at) = outages
        .collect::<Option<Vec<_>>>()
        .and_then(|at| at.into_iter().max())
    else {
        return context.texts.not_live().to_owned();
    };
    context.texts.not_live_since(context.time_or_day(at))
}

/// In a cluster: nobody here knows how the sources are.
fn format_lost_leader(context: &RenderContext<'_>) -> Option<String> {
    let at = context.snapshot.leader_lost_at?;
    Some(context.texts.no_updates_since(context.time_or_day(at)))
}

fn format_problem(context: &RenderContext<'_>, source: &SourceSnapshot) -> Option<String> {
    let name = context.snapshot.site.source_name(&source.id);
    let texts = context.texts;
    let since = || context.time_or_day(source.outage.map_or(source.since, |outage| outage.at));
    if let Some(by) = context.snapshot.site.paused_by(&source.id) {
        return Some(texts.source_paused_by(name, by));
    }
    match (source.connection, source.health()) {
        (_, SourceHealth::Live) => None,
        (_, SourceHealth::Degraded) => Some(texts.source_unreadable(name)),
        (ConnectionState::Silent, _) => Some(texts.source_silent(name, since())),
        (ConnectionState::CatchingUp, _) => Some(texts.source_catching_up(name)),
        (ConnectionState::Connecting, _) => Some(texts.source_connecting(name)),
        _ if source.last_message_at.is_none() => Some(texts.source_unreachable(name)),
        _ => Some(texts.source_disconnected(name, since())),
    }
}
