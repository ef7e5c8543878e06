//! Watches a board for changes of what it shows.

use std::sync::Arc;

use tokio::sync::watch;

use wallboard_domain::Moment;
use wallboard_live::{Snapshot, Subscription};

use super::{
    board_definition::BoardDefinition,
    render_context::RenderContext,
    selection::{BoardSelection, SelectionBasis},
};

/// A board's scope as of its last rendering, and the notifications of its changes.
#[derive(Debug)]
pub struct BoardWatch {
    subscription: Subscription,
    selection: Option<(SelectionBasis, Arc<BoardSelection>)>,
}

impl BoardWatch {
    pub(crate) fn new(subscription: Subscription) -> Self {
        Self {
            subscription,
            selection: None,
        }
    }

    /// How many changes were notified.
    pub(super) fn change_count(&self) -> u64 {
        *self.subscription.changes().borrow()
    }

    /// Notifies when it may be time to render again.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.subscription.changes()
    }

    /// Returns the context to render the board in, with its selection, which is followed from now on.
    pub(super) fn open_context<'a>(
        &mut self,
        board: &'a Arc<BoardDefinition>,
        snapshot: &'a Snapshot,
        now: Moment,
    ) -> RenderContext<'a> {
        let selection = self.select(board, snapshot, now);
        RenderContext::new(board, snapshot, now).with_selection(selection)
    }

    fn select(
        &mut self,
        board: &Arc<BoardDefinition>,
        snapshot: &Snapshot,
        now: Moment,
    ) -> Arc<BoardSelection> {
        let basis = SelectionBasis::new(board, snapshot);
        if let Some((known, selection)) = &self.selection
            && *known == basis
        {
            return Arc::clone(selection);
        }
        let selection = Arc::new(BoardSelection::find(board, snapshot, now));
        self.subscription
            .follow(selection.read_scope(board, snapshot));
        self.selection = Some((basis, Arc::clone(&selection)));
        selection
    }
}

#[cfg(test)]
impl BoardWatch {
    /// Renders the board with the selection that is known.
    pub(crate) fn render(
        &mut self,
        board: &Arc<BoardDefinition>,
        snapshot: &Snapshot,
        now: Moment,
    ) -> super::BoardView {
        let context = self.open_context(board, snapshot, now);
        super::board_render::render(context, &wallboard_domain::Baseline::default())
    }
}
