//! Values that are valid as long as the version of what they were made from stays the same.

use std::{collections::HashMap, hash::Hash};

/// Maximum number of entries, a few megabytes.
pub(in crate::web) const ENTRIES_MAX: usize = 300;

/// Values by key, all made from one version.
#[derive(Debug)]
pub(in crate::web) struct VersionedCache<V, K, T> {
    version: Option<V>,
    entries: HashMap<K, T>,
}

impl<V: PartialEq, K: Eq + Hash, T: Clone> VersionedCache<V, K, T> {
    /// Returns a value, unless it was made from another version.
    pub(in crate::web) fn find_entry(&self, version: &V, key: &K) -> Option<T> {
        let is_current = self.version.as_ref() == Some(version);
        self.entries.get(key).filter(|_| is_current).cloned()
    }

    /// Adds a value; removes those of other versions.
    pub(in crate::web) fn insert_entry(&mut self, version: V, key: K, value: T) {
        if self.version.as_ref() != Some(&version) || ENTRIES_MAX <= self.entries.len() {
            self.entries.clear();
        }
        self.version = Some(version);
        self.entries.insert(key, value);
    }

    #[cfg(test)]
    pub(in crate::web) fn len(&self) -> usize {
        self.entries.len()
    }
}

impl<V, K, T> Default for VersionedCache<V, K, T> {
    fn default() -> Self {
        Self {
            version: None,
            entries: HashMap::new(),
        }
    }
}
