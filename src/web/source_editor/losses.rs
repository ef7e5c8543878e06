//! The queues and boards that go with a source.

use wallboard_domain::{NaturalOrder, SourceId};

use crate::web::WebState;

/// The most queues that are named.
const NAMES_MAX: usize = 12;

/// The queues of a source, and the boards that show any of them.
#[derive(Default)]
pub(super) struct Losses {
    pub(super) queues: Vec<String>,
    pub(super) further_queues: usize,
    pub(super) boards: Vec<String>,
}

pub(super) fn find_losses(web: &WebState, source: &SourceId) -> Losses {
    let (mut names, ids) = (web.live).read_snapshot(|snapshot, _| {
        let queues = snapshot.queues.values();
        let queues: Vec<_> = queues.filter(|queue| queue.id.source == *source).collect();
        let names: Vec<_> = queues
            .iter()
            .map(|queue| snapshot.queue_name(queue))
            .collect();
        let ids: Vec<_> = queues.iter().map(|queue| queue.id.to_string()).collect();
        (names, ids)
    });
    names.sort_by_key(|name| NaturalOrder(name.clone()));
    let further_queues = names.len().saturating_sub(NAMES_MAX);
    names.truncate(NAMES_MAX);
    let boards = web.boards.list_boards();
    let boards = boards.iter().filter(|board| {
        let shows = |id: &String| {
            board.queues.is_empty() || board.queues.iter().any(|pattern| pattern.matches(id))
        };
        ids.iter().any(shows)
    });
    Losses {
        boards: boards.map(|board| board.title.clone()).collect(),
        queues: names,
        further_queues,
    }
}
