//! Links to other queues: of the same group, of other sources, or instead of an unknown one.

use wallboard_boards::encode_segment;
use wallboard_domain::QueueId;
use wallboard_live::{QueueSnapshot, Snapshot};
use wallboard_texts::Texts;

use crate::web::parts::links::{self, PageLink};

/// Maximum number of other queues offered for an unknown address.
const ALTERNATIVES_MAX: usize = 12;

pub(super) fn alternative_queues(snapshot: &Snapshot) -> Vec<PageLink> {
    let mut links: Vec<_> = (snapshot.visible_queues())
        .map(|queue| links::queue_link(snapshot, queue))
        .collect();
    links.sort();
    links.truncate(ALTERNATIVES_MAX);
    links
}

pub(super) fn groups_of(
    texts: &Texts,
    snapshot: &Snapshot,
    queue: &QueueSnapshot,
) -> Vec<PageLink> {
    let groups = snapshot.site.groups.iter();
    let containing = groups.filter(|group| group.queues.contains(&queue.id));
    containing
        .map(|group| links::queue_link_by_id(texts, snapshot, &group.id))
        .collect()
}

/// Queues that `[links]` declares to be the same, in either direction.
pub(super) fn linked_queues(
    texts: &Texts,
    snapshot: &Snapshot,
    queue: &QueueSnapshot,
    linked: &[(QueueId, String)],
) -> Vec<PageLink> {
    let links = snapshot.site.linked_queues.iter();
    let mut same: Vec<&QueueId> = Vec::new();
    for (id, others) in links {
        if *id == queue.id {
            same.extend(others);
        } else if others.contains(&queue.id) {
            same.push(id);
            same.extend(others.iter().filter(|other| **other != queue.id));
        }
    }
    same.sort_unstable();
    same.dedup();
    let link = |id: &QueueId| {
        let named = linked.iter().find(|(named, _)| named == id);
        match named.filter(|_| !snapshot.queues.contains_key(id)) {
            Some((_, name)) => {
                let href = format!("/history?queue={}", encode_segment(&id.to_string()));
                PageLink::new(name, href)
            }
            None => links::queue_link_by_id(texts, snapshot, id),
        }
    };
    same.into_iter().map(link).collect()
}
