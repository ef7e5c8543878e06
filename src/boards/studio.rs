//! The boards of this process over the live state.

use std::sync::{Arc, PoisonError, RwLock};

use tokio::sync::watch;

use crate::{
    domain::{Moment, Past},
    live::Live,
};

use super::{
    definition::Board,
    view::{BoardView, view},
};

/// Every board, and what it shows now. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Studio {
    live: Live,
    boards: Arc<RwLock<Arc<[Arc<Board>]>>>,
    past: Arc<RwLock<Arc<Past>>>,
}

impl Studio {
    /// The automatic boards stand before those of files, unless a file takes
    /// the id of one and so its place.
    pub fn new(live: Live, boards: Vec<Board>) -> Self {
        Self {
            live,
            boards: Arc::new(RwLock::new(all(boards))),
            past: Arc::default(),
        }
    }

    /// From now on these are the boards. Whoever watches one of them is shown the
    /// new one at once.
    pub fn replace(&self, boards: Vec<Board>) {
        *self.boards.write().unwrap_or_else(PoisonError::into_inner) = all(boards);
        self.live.ring();
    }

    /// From now on this is what is normal.
    pub fn replace_past(&self, past: Past) {
        *self.past.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(past);
        self.live.ring();
    }

    pub fn past(&self) -> Arc<Past> {
        Arc::clone(&self.past.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub fn boards(&self) -> Vec<Arc<Board>> {
        self.all().to_vec()
    }

    pub fn find(&self, id: &str) -> Option<Arc<Board>> {
        self.all().iter().find(|board| board.id == id).cloned()
    }

    fn all(&self) -> Arc<[Arc<Board>]> {
        let boards = self.boards.read();
        Arc::clone(&boards.unwrap_or_else(PoisonError::into_inner))
    }

    /// What is to be shown now; `None` where there is no such board.
    pub fn view(&self, id: &str) -> Option<BoardView> {
        let board = self.find(id)?;
        let past = self.past();
        Some(
            self.live
                .read(|picture, now| view(&board, picture, &past, now)),
        )
    }

    /// Rings when the picture or a board has changed.
    pub fn bell(&self) -> watch::Receiver<u64> {
        self.live.bell()
    }

    pub fn now(&self) -> Moment {
        self.live.now()
    }

    /// Seconds since each source last said anything; without those that never did.
    pub fn source_ages(&self) -> Vec<(String, u64)> {
        self.live.read(|picture, now| {
            let ages = picture.sources.values().filter_map(|source| {
                let millis = now.mono.since(source.heard?).max(0);
                Some((source.id.to_string(), millis.unsigned_abs() / 1000))
            });
            ages.collect()
        })
    }
}

fn all(boards: Vec<Board>) -> Arc<[Arc<Board>]> {
    let automatic = Board::automatic().into_iter();
    let missing: Vec<_> = automatic
        .filter(|board| boards.iter().all(|own| own.id != board.id))
        .collect();
    missing.into_iter().chain(boards).map(Arc::new).collect()
}
