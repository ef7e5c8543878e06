//! The boards of this process over the live state.

use std::sync::{Arc, PoisonError, RwLock};

use tokio::sync::watch;

use crate::{
    domain::{Baseline, Moment},
    live::LiveHandle,
};

use super::{
    board_definition::BoardDefinition,
    board_view::{BoardView, render_view},
};

/// Every board, and what it shows now. Cheap to clone.
#[derive(Clone, Debug)]
pub struct BoardRegistry {
    live: LiveHandle,
    boards: Arc<RwLock<Arc<[Arc<BoardDefinition>]>>>,
    baseline: Arc<RwLock<Arc<Baseline>>>,
}

impl BoardRegistry {
    /// The automatic boards stand before those of files, unless a file takes
    /// the id of one and so its place.
    pub fn new(live: LiveHandle, boards: Vec<BoardDefinition>) -> Self {
        Self {
            live,
            boards: Arc::new(RwLock::new(with_automatic_boards(boards))),
            baseline: Arc::default(),
        }
    }

    /// From now on these are the boards. Whoever watches one of them is shown the
    /// new one at once.
    pub fn replace_boards(&self, boards: Vec<BoardDefinition>) {
        *self.boards.write().unwrap_or_else(PoisonError::into_inner) =
            with_automatic_boards(boards);
        self.live.notify_change();
    }

    /// From now on this is what is normal.
    pub fn replace_baseline(&self, past: Baseline) {
        *self
            .baseline
            .write()
            .unwrap_or_else(PoisonError::into_inner) = Arc::new(past);
        self.live.notify_change();
    }

    pub fn current_baseline(&self) -> Arc<Baseline> {
        Arc::clone(&self.baseline.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub fn list_boards(&self) -> Vec<Arc<BoardDefinition>> {
        self.shared_boards().to_vec()
    }

    pub fn find_board(&self, id: &str) -> Option<Arc<BoardDefinition>> {
        self.shared_boards()
            .iter()
            .find(|board| board.id == id)
            .cloned()
    }

    fn shared_boards(&self) -> Arc<[Arc<BoardDefinition>]> {
        let boards = self.boards.read();
        Arc::clone(&boards.unwrap_or_else(PoisonError::into_inner))
    }

    /// What is to be shown now; `None` where there is no such board.
    pub fn render_view(&self, id: &str) -> Option<BoardView> {
        let board = self.find_board(id)?;
        let past = self.current_baseline();
        Some(
            self.live
                .read_snapshot(|picture, now| render_view(&board, picture, &past, now)),
        )
    }

    /// Rings when the picture or a board has changed.
    pub fn subscribe_changes(&self) -> watch::Receiver<u64> {
        self.live.subscribe_changes()
    }

    pub fn now(&self) -> Moment {
        self.live.now()
    }

    /// Seconds since each source last said anything; without those that never did.
    pub fn source_ages(&self) -> Vec<(String, u64)> {
        self.live.read_snapshot(|picture, now| {
            let ages = picture.sources.values().filter_map(|source| {
                let millis = now.monotonic.millis_since(source.last_received_at?).max(0);
                Some((source.id.to_string(), millis.unsigned_abs() / 1000))
            });
            ages.collect()
        })
    }
}

fn with_automatic_boards(boards: Vec<BoardDefinition>) -> Arc<[Arc<BoardDefinition>]> {
    let automatic = BoardDefinition::automatic_boards().into_iter();
    let missing: Vec<_> = automatic
        .filter(|board| boards.iter().all(|own| own.id != board.id))
        .collect();
    missing.into_iter().chain(boards).map(Arc::new).collect()
}
