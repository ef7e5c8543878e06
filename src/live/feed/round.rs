//! A full round of the configuration, asked for at each break: who is not named
//! in it is hidden.

use std::collections::{HashMap, HashSet};

use crate::domain::{Class, Id, Mono};

/// A class's round is over when nothing of it has come for this long.
const OVER: i64 = 10_000;

/// What has been named so far, by class; `None` once that class's round is over.
#[derive(Debug, Default)]
pub(crate) struct Round {
    classes: HashMap<Class, Option<Named>>,
}

#[derive(Debug)]
struct Named {
    last: Mono,
    ids: HashSet<Id>,
}

impl Round {
    pub(crate) fn saw(&mut self, class: Class, id: &Id, now: Mono) {
        let named = self.classes.entry(class).or_insert_with(|| {
            Some(Named {
                last: now,
                ids: HashSet::new(),
            })
        });
        // What comes after the round is an update, not a part of it.
        if let Some(named) = named {
            named.last = now;
            named.ids.insert(id.clone());
        }
    }

    /// The classes whose round has just ended, with all that were named in it.
    pub(crate) fn ended(&mut self, now: Mono) -> Vec<(Class, HashSet<Id>)> {
        self.classes
            .iter_mut()
            .filter_map(|(class, named)| {
                let over = named.as_ref().is_some_and(|n| now.since(n.last) >= OVER);
                over.then(|| named.take().map(|n| (*class, n.ids)))
                    .flatten()
            })
            .collect()
    }

    pub(crate) fn due(&self) -> Option<Mono> {
        self.classes
            .values()
            .flatten()
            .map(|named| named.last.plus(OVER))
            .min()
    }
}
