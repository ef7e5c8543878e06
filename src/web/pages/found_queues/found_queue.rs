//! Queues that report and that no setting and no board mentions by its ID.

use std::{collections::HashSet, sync::Arc};

use wallboard_boards::{BoardDefinition, BoardOrigin};
use wallboard_domain::{Moment, NaturalOrder, Pattern, SiteConfig};
use wallboard_live::{QueueSnapshot, Snapshot};

use crate::{
    editing::{EntryId, Section},
    web::{WebState, access::visitor::Visitor, parts::page_header::PageHeader},
};

/// A queue that nobody named or placed.
pub(in crate::web) struct FoundQueue<'s> {
    /// As in the configuration: `chat/3f2b`.
    pub(super) id: String,
    pub(super) queue: &'s QueueSnapshot,
    /// The name that its source reports; without one, its ID there.
    pub(super) reported: String,
    /// The boards that have it anyway, by a pattern.
    pub(super) boards: Vec<String>,
}

/// Finds them among the queues of a visitor who may name them. Those on no board come first.
pub(in crate::web) fn find_found_queues<'s>(
    web: &WebState,
    visitor: &Visitor,
    snapshot: &'s Snapshot,
) -> Vec<FoundQueue<'s>> {
    let boards = own_boards(web);
    let mentioned = mentioned_ids(&snapshot.site, &boards);
    let queues = snapshot.visible_queues().filter_map(|queue| {
        let id = queue.id.to_string();
        let is_known = queue.members.is_some() || mentioned.contains(id.as_str());
        if is_known || !visitor.may_edit(&EntryId::new(Section::Names, &id)) {
            return None;
        }
        let having = boards.iter().filter(|board| board.selects_queue(&id));
        Some(FoundQueue {
            boards: having.map(|board| board.title.clone()).collect(),
            reported: snapshot.queue_name(queue),
            id,
            queue,
        })
    });
    let mut found: Vec<_> = queues.collect();
    found.sort_by(|a, b| {
        let order = |one: &FoundQueue<'_>| !one.boards.is_empty();
        (order(a), NaturalOrder(&a.reported)).cmp(&(order(b), NaturalOrder(&b.reported)))
    });
    found
}

/// Says how many of them are on no board, once somebody has made one, and since when they report if that is known of
/// all. `None` for those who can't place them.
pub(in crate::web) fn find_unplaced(
    web: &WebState,
    header: &PageHeader,
    snapshot: &Snapshot,
    now: Moment,
) -> Option<String> {
    if !header.has_settings() || own_boards(web).is_empty() {
        return None;
    }
    let mut found = find_found_queues(web, header.visitor(), snapshot);
    found.retain(|one| one.boards.is_empty());
    if found.is_empty() {
        return None;
    }
    let times = found.iter().map(|one| one.queue.first_reported_at);
    let times: Option<Vec<_>> = times.collect();
    let first = times.and_then(|times| times.into_iter().min());
    let texts = header.texts;
    let since = first.map(|at| texts.time_or_day(at, now.wall, &snapshot.site.zone));
    Some(match since {
        Some(since) => texts.new_queues_unplaced(found.len(), since),
        None => texts.queues_unplaced(found.len()),
    })
}

/// The boards that somebody made.
fn own_boards(web: &WebState) -> Vec<Arc<BoardDefinition>> {
    let mut boards = web.boards.list_boards();
    boards.retain(|board| board.origin != BoardOrigin::Automatic);
    boards
}

/// All IDs and patterns that somebody wrote somewhere.
fn mentioned_ids<'a>(site: &'a SiteConfig, boards: &'a [Arc<BoardDefinition>]) -> HashSet<String> {
    let text = |pattern: &'a Pattern| pattern.0.as_str();
    let patterns = (site.thresholds.0.iter().map(|(pattern, _)| text(pattern)))
        .chain(site.targets.0.iter().map(|(pattern, _)| text(pattern)))
        .chain(site.hours.0.iter().map(|(pattern, _)| text(pattern)));
    let of_boards = boards.iter().flat_map(|board| {
        let lists = [&board.queues, &board.order, &board.hide];
        let names = board.names.keys().map(String::as_str);
        lists.into_iter().flatten().map(text).chain(names)
    });
    let names = site.names.keys().map(String::as_str);
    let groups = site.groups.iter().flat_map(|group| &group.queues);
    let links = site.linked_queues.iter();
    let links = links.flat_map(|(queue, others)| std::iter::once(queue).chain(others));
    let ids = groups.chain(links).map(ToString::to_string);
    let texts = names.chain(patterns).chain(of_boards).map(str::to_owned);
    texts.chain(ids).collect()
}
