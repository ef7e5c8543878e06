//! Assembles a board's view from a snapshot. Pure; `next_change` is when time alone will change it.

use std::sync::Arc;

use wallboard_domain::{Baseline, Moment};
use wallboard_live::{Snapshot, UnmarkedSources};

use super::{
    agent_cards,
    board_definition::{BoardDefinition, BoardLayout},
    board_header,
    board_title::board_title,
    board_view::{BoardFrame, BoardView},
    queue_list, queue_table,
    render_context::RenderContext,
    row_limit, source_news, widget_tiles,
};

/// Renders the board at `now`, as it's defined.
pub fn render_view(
    board: &BoardDefinition,
    snapshot: &Snapshot,
    baseline: &Baseline,
    now: Moment,
) -> BoardView {
    render(RenderContext::of_board(board, snapshot, now), baseline)
}

pub(super) fn render<'a>(mut context: RenderContext<'a>, baseline: &'a Baseline) -> BoardView {
    context.baseline = Some(baseline);
    let (board, snapshot, now) = (context.board, context.snapshot, context.now);
    let queues = context.selected_queues();
    let selection = context.queue_selection(&queues);
    context.sources = source_news::shown_sources(&context, &selection);
    context.day_note = context.selection_day_note(&selection);
    if context.day_note.is_empty() {
        context.day_note = context.widgets_day_note();
    }
    let evaluated_queues: Vec<_> = queues
        .iter()
        .map(|queue| context.board_queue(queue))
        .collect();

    let widgets = widget_tiles::widget_rows(&mut context);
    // Tiles of nothing but closed queues give way to when the first one opens.
    let is_night = board.layout == BoardLayout::Queues
        && widgets.is_empty()
        && evaluated_queues.iter().all(|queue| queue.closed.is_some());
    let (shown, omitted) = match board.layout {
        BoardLayout::Agents => (Vec::new(), Vec::new()),
        BoardLayout::Queues if is_night => (Vec::new(), Vec::new()),
        BoardLayout::Queues | BoardLayout::List => row_limit::split_rows(&evaluated_queues),
    };
    let (list, omitted_text) = match board.layout {
        BoardLayout::Queues => {
            let has_foot = !omitted.is_empty();
            (
                queue_list::build_tiles(&mut context, &selection, &shown, widgets, has_foot),
                row_limit::format_omitted(context.texts, &omitted),
            )
        }
        BoardLayout::List => (
            queue_table::build_table(&mut context, &selection, &shown),
            row_limit::format_omitted(context.texts, &omitted),
        ),
        BoardLayout::Agents => agent_cards::build_cards(&mut context),
    };
    let head = board_header::header_cells(
        &mut context,
        &selection,
        &evaluated_queues,
        &list,
        omitted_text,
    );
    BoardView {
        frame: BoardFrame {
            title: board_title(context.texts, context.board).to_owned(),
            layout: board.layout,
            theme: context.style.theme.unwrap_or(board.theme),
            columns: board.columns,
            density: context.style.density.unwrap_or(board.density),
            texts: context.texts,
            zone: snapshot.site.zone.clone(),
            brand: snapshot.site.brand.clone(),
            note: board_note(&context),
        },
        head,
        lists: vec![list],
        omitted: row_limit::omitted_queues(&omitted),
        at: now,
        unmarked: UnmarkedSources::find(snapshot, &context.sources, now.monotonic),
        next_change: context.evaluator.next_change(),
    }
}

/// Says that the board's data isn't real or not of now.
fn board_note(context: &RenderContext<'_>) -> Option<Arc<str>> {
    let (texts, snapshot) = (context.texts, context.snapshot);
    if let Some(period) = context.replay {
        return Some(period.note(texts, &snapshot.site.zone).into());
    }
    let has_demo = snapshot.sources.values().any(|source| source.demo);
    has_demo.then(|| texts.demo_data().into())
}
