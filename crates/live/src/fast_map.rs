//! Maps and sets with a fast hash. Sources are trusted not to craft colliding ids, so it is safe.

pub type FastMap<K, V> = std::collections::HashMap<K, V, foldhash::fast::RandomState>;
pub(super) type FastSet<T> = std::collections::HashSet<T, foldhash::fast::RandomState>;
