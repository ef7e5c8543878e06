//! A map that knows which of its values may have changed: changing one can't go unnoticed.

use std::{borrow::Borrow, collections::HashSet, hash::Hash, ops::Deref};

use serde::{Deserialize, Serialize};

use super::fast_map::FastMap;

/// A map whose changes are tracked by key.
#[derive(Debug, Serialize, Deserialize)]
#[serde(
    transparent,
    bound = "K: Serialize + for<'a> Deserialize<'a> + Eq + Hash, V: Serialize + for<'a> Deserialize<'a>"
)]
pub struct TrackedMap<K: Eq + Hash, V> {
    values: FastMap<K, V>,
    #[serde(skip)]
    changed: ChangedKeys<K>,
    /// Rises when keys come or go, or with any other change that [`Self::mark_all`] announces.
    #[serde(skip)]
    structure: u64,
}

/// The keys whose values may have changed.
#[derive(Debug, Default, PartialEq)]
pub(super) enum ChangedKeys<K: Eq + Hash> {
    #[default]
    All,
    Some(HashSet<K>),
}

impl<K: Eq + Hash + Clone, V> TrackedMap<K, V> {
    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        let value = self.values.get_mut(key)?;
        self.changed.insert(key);
        Some(value)
    }

    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        self.mark_all();
        self.values.insert(key, value)
    }

    pub fn remove<Q: Eq + Hash + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        self.mark_all();
        self.values.remove(key)
    }

    pub fn retain(&mut self, is_kept: impl FnMut(&K, &mut V) -> bool) {
        self.mark_all();
        self.values.retain(is_kept);
    }

    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.mark_all();
        self.values.values_mut()
    }

    /// Changes values. `change` returns whether it did.
    pub(super) fn change_values(&mut self, mut change: impl FnMut(&mut V) -> bool) {
        for (key, value) in &mut self.values {
            if change(value) {
                self.changed.insert(key);
            }
        }
    }

    /// Announces that time or something else has changed what a value means.
    pub(super) fn mark(&mut self, key: &K) {
        self.changed.insert(key);
    }

    /// Announces that anything may have changed, also which values belong together.
    pub(super) fn mark_all(&mut self) {
        self.changed = ChangedKeys::All;
        self.structure += 1;
    }

    /// The number of changes to the structure so far.
    pub fn structure(&self) -> u64 {
        self.structure
    }

    /// Returns what has changed since the last call.
    pub(super) fn take_changed(&mut self) -> ChangedKeys<K> {
        std::mem::replace(&mut self.changed, ChangedKeys::Some(HashSet::new()))
    }
}

impl<K: Eq + Hash + Clone> ChangedKeys<K> {
    fn insert(&mut self, key: &K) {
        if let Self::Some(keys) = self
            && !keys.contains(key)
        {
            keys.insert(key.clone());
        }
    }
}

impl<K: Eq + Hash, V> Deref for TrackedMap<K, V> {
    type Target = FastMap<K, V>;

    fn deref(&self) -> &FastMap<K, V> {
        &self.values
    }
}

impl<K: Eq + Hash, V> Default for TrackedMap<K, V> {
    fn default() -> Self {
        Self {
            values: FastMap::default(),
            changed: ChangedKeys::All,
            structure: 0,
        }
    }
}

impl<K: Eq + Hash + Clone, V: Clone> Clone for TrackedMap<K, V> {
    fn clone(&self) -> Self {
        Self {
            values: self.values.clone(),
            changed: ChangedKeys::All,
            structure: self.structure,
        }
    }
}

impl<K: Eq + Hash, V: PartialEq> PartialEq for TrackedMap<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.values == other.values
    }
}

impl<K: Eq + Hash, V> FromIterator<(K, V)> for TrackedMap<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(values: I) -> Self {
        Self {
            values: values.into_iter().collect(),
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_which_values_have_changed() {
        let mut map: TrackedMap<u8, u8> = [(1, 10), (2, 20), (3, 30)].into_iter().collect();
        assert_eq!(map.take_changed(), ChangedKeys::All);
        assert_eq!(map.take_changed(), ChangedKeys::Some(HashSet::new()));

        *map.get_mut(&1).unwrap() += 1;
        map.change_values(|value| *value == 20);
        assert_eq!(map.get_mut(&9), None);
        assert_eq!(map.take_changed(), ChangedKeys::Some([1, 2].into()));
    }

    #[test]
    fn structure_rises_when_keys_come_or_go() {
        let mut map: TrackedMap<u8, u8> = [(1, 10)].into_iter().collect();
        map.take_changed();
        let before = map.structure();
        map.get_mut(&1);
        assert_eq!(map.structure(), before);

        let steps: [fn(&mut TrackedMap<u8, u8>); 4] = [
            |map| assert_eq!(map.insert(2, 20), None),
            |map| assert_eq!(map.remove(&2), Some(20)),
            |map| map.retain(|_, _| true),
            |map| assert_eq!(map.values_mut().count(), 1),
        ];
        for (step, change) in (1..).zip(steps) {
            change(&mut map);
            assert_eq!(map.structure(), before + step);
            assert_eq!(map.take_changed(), ChangedKeys::All);
        }
    }
}
