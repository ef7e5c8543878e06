//! Readers of queues, so that a change costs only as much as there are readers who show it.

use std::{collections::HashSet, sync::Arc};

use parking_lot::Mutex;
use tokio::sync::watch;

use wallboard_domain::QueueId;

use super::{fast_map::FastMap, subject_changes::SubjectChanges};

/// The subjects that a reader shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadScope {
    /// The whole site: every change is one of it.
    Everything,
    /// These queues and the agents who serve them.
    Queues(HashSet<QueueId>),
}

/// All readers. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(super) struct Subscriptions(Arc<Mutex<SubscriptionTable>>);

#[derive(Debug, Default)]
struct SubscriptionTable {
    next_id: u64,
    readers: FastMap<u64, Reader>,
    /// The readers of everything.
    of_everything: HashSet<u64>,
    by_queue: FastMap<QueueId, Vec<u64>>,
    collectors: FastMap<u64, SubjectChanges>,
}

#[derive(Debug)]
struct Reader {
    changes: watch::Sender<u64>,
    scope: ReadScope,
}

/// Collects what changes, from its creation until it is dropped. At first, everything has.
#[derive(Debug)]
pub struct ChangeCollector {
    id: u64,
    table: Subscriptions,
}

/// A reader, from its creation until it is dropped. At first it reads everything.
#[derive(Debug)]
pub struct Subscription {
    id: u64,
    table: Subscriptions,
    changes: watch::Receiver<u64>,
}

impl Subscriptions {
    pub(super) fn subscribe(&self) -> Subscription {
        let (sender, changes) = watch::channel(0);
        let mut table = self.0.lock();
        let id = table.next_id;
        table.next_id += 1;
        let reader = Reader {
            changes: sender,
            scope: ReadScope::Everything,
        };
        table.readers.insert(id, reader);
        table.of_everything.insert(id);
        Subscription {
            id,
            table: self.clone(),
            changes,
        }
    }

    pub(super) fn collect(&self) -> ChangeCollector {
        let mut table = self.0.lock();
        let id = table.next_id;
        table.next_id += 1;
        table.collectors.insert(id, SubjectChanges::Everything);
        ChangeCollector {
            id,
            table: self.clone(),
        }
    }

    /// Notifies the readers of what has changed, and those who read everything.
    pub(super) fn notify(&self, changes: &SubjectChanges) {
        let mut table = self.0.lock();
        for collected in table.collectors.values_mut() {
            collected.add(changes);
        }
        let queues = match changes {
            SubjectChanges::Everything => {
                table.readers.values().for_each(Reader::notify);
                return;
            }
            SubjectChanges::Queues(queues) => queues,
        };
        let mut readers = table.of_everything.clone();
        let concerned = queues.iter().filter_map(|queue| table.by_queue.get(queue));
        readers.extend(concerned.flatten());
        let readers = readers.iter().filter_map(|id| table.readers.get(id));
        readers.for_each(Reader::notify);
    }
}

impl SubscriptionTable {
    fn set_scope(&mut self, id: u64, scope: ReadScope) {
        let Some(reader) = self.readers.get_mut(&id) else {
            return;
        };
        if reader.scope == scope {
            return;
        }
        let before = std::mem::replace(&mut reader.scope, scope.clone());
        self.remove_scope(id, &before);
        match scope {
            ReadScope::Everything => drop(self.of_everything.insert(id)),
            ReadScope::Queues(queues) => {
                for queue in queues {
                    self.by_queue.entry(queue).or_default().push(id);
                }
            }
        }
    }

    fn remove_scope(&mut self, id: u64, scope: &ReadScope) {
        let ReadScope::Queues(queues) = scope else {
            self.of_everything.remove(&id);
            return;
        };
        for queue in queues {
            if let Some(readers) = self.by_queue.get_mut(queue) {
                readers.retain(|reader| *reader != id);
                if readers.is_empty() {
                    self.by_queue.remove(queue);
                }
            }
        }
    }
}

impl Reader {
    fn notify(&self) {
        self.changes.send_modify(|count| *count += 1);
    }
}

impl Subscription {
    /// Notifies of changes to what is read, but not of what changed.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.clone()
    }

    /// From now on, only changes within `scope` notify. Called while the snapshot that it was
    /// found in is read: a later change finds it.
    pub fn follow(&self, scope: ReadScope) {
        self.table.0.lock().set_scope(self.id, scope);
    }
}

impl ChangeCollector {
    /// Returns what has changed since the last call. A change that a snapshot has may come only with the next one.
    pub fn take(&self) -> SubjectChanges {
        let mut table = self.table.0.lock();
        let collected = table.collectors.get_mut(&self.id);
        collected.map_or(SubjectChanges::Everything, std::mem::take)
    }
}

impl Drop for ChangeCollector {
    fn drop(&mut self) {
        self.table.0.lock().collectors.remove(&self.id);
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let mut table = self.table.0.lock();
        if let Some(reader) = table.readers.remove(&self.id) {
            table.remove_scope(self.id, &reader.scope);
        }
    }
}

#[cfg(test)]
mod tests {
    use wallboard_domain::{Id, SourceId};

    use super::*;

    fn queue(id: &str) -> QueueId {
        Id::new(&SourceId::from("chat"), id)
    }

    fn queues(ids: &[&str]) -> HashSet<QueueId> {
        ids.iter().map(|id| queue(id)).collect()
    }

    /// Returns how often each has been notified.
    fn counts(readers: &[&Subscription]) -> Vec<u64> {
        readers
            .iter()
            .map(|reader| *reader.changes().borrow())
            .collect()
    }

    #[test]
    fn only_readers_of_what_changed_are_notified_once() {
        let table = Subscriptions::default();
        let (sales, both, site) = (table.subscribe(), table.subscribe(), table.subscribe());
        sales.follow(ReadScope::Queues(queues(&["sales"])));
        both.follow(ReadScope::Queues(queues(&["sales", "billing"])));

        table.notify(&SubjectChanges::Queues(queues(&["billing"])));
        assert_eq!(counts(&[&sales, &both, &site]), [0, 1, 1]);
        table.notify(&SubjectChanges::Queues(queues(&["billing", "sales"])));
        assert_eq!(counts(&[&sales, &both, &site]), [1, 2, 2]);
        table.notify(&SubjectChanges::Everything);
        assert_eq!(counts(&[&sales, &both, &site]), [2, 3, 3]);
        table.notify(&SubjectChanges::Queues(HashSet::new()));
        assert_eq!(counts(&[&sales, &both, &site]), [2, 3, 4]);
    }

    #[test]
    fn a_collector_has_everything_first_and_then_each_change_once() {
        let table = Subscriptions::default();
        let collector = table.collect();
        assert_eq!(collector.take(), SubjectChanges::Everything);
        assert!(collector.take().is_empty());
        table.notify(&SubjectChanges::Queues(queues(&["billing"])));
        table.notify(&SubjectChanges::Queues(queues(&["sales"])));
        let both = SubjectChanges::Queues(queues(&["billing", "sales"]));
        assert_eq!(collector.take(), both);
        table.notify(&SubjectChanges::Everything);
        table.notify(&both);
        assert_eq!(collector.take(), SubjectChanges::Everything);
        drop(collector);
        assert!(table.0.lock().collectors.is_empty());
    }

    #[test]
    fn another_scope_replaces_the_one_before_and_nothing_is_left_of_the_dropped() {
        let table = Subscriptions::default();
        let reader = table.subscribe();
        reader.follow(ReadScope::Queues(queues(&["sales"])));
        reader.follow(ReadScope::Queues(queues(&["billing"])));

        table.notify(&SubjectChanges::Queues(queues(&["sales"])));
        assert_eq!(counts(&[&reader]), [0]);
        drop(reader);
        let table = table.0.lock();
        assert!(table.readers.is_empty() && table.by_queue.is_empty());
        assert!(table.of_everything.is_empty());
    }
}
