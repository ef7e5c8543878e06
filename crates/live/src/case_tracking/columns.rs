//! Columns of a snapshot of the log: many values of one kind, which are read faster than rows are.

use std::hash::Hash;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::fast_map::FastMap;

/// A column with few distinct values.
#[derive(Debug, Serialize, Deserialize)]
#[serde(bound(deserialize = "T: Deserialize<'de>"))]
pub(super) struct DistinctColumn<T> {
    values: Vec<T>,
    /// The number of each row's value.
    rows: Vec<usize>,
    #[serde(skip)]
    numbers: FastMap<T, usize>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct DurationColumn {
    seconds: Vec<i64>,
    nanoseconds: Vec<i32>,
}

impl<T> Default for DistinctColumn<T> {
    fn default() -> Self {
        Self {
            values: Vec::new(),
            rows: Vec::new(),
            numbers: FastMap::default(),
        }
    }
}

impl<T: Clone + Eq + Hash> DistinctColumn<T> {
    pub(super) fn push(&mut self, value: &T) {
        let next = self.values.len();
        let number = *self.numbers.entry(value.clone()).or_insert(next);
        if number == next {
            self.values.push(value.clone());
        }
        self.rows.push(number);
    }

    pub(super) fn row_count(&self) -> usize {
        self.rows.len()
    }
}

impl<T: Clone> DistinctColumn<T> {
    /// Returns each row's value; `None` where it is missing.
    pub(super) fn into_rows(self) -> impl Iterator<Item = Option<T>> {
        let rows = self.rows.into_iter();
        rows.map(move |number| self.values.get(number).cloned())
    }
}

impl DurationColumn {
    pub(super) fn push(&mut self, duration: SignedDuration) {
        self.seconds.push(duration.as_secs());
        self.nanoseconds.push(duration.subsec_nanos());
    }

    /// Returns each row's duration; `None` where it is too long.
    pub(super) fn into_rows(self) -> impl Iterator<Item = Option<SignedDuration>> {
        let rows = self.seconds.into_iter().zip(self.nanoseconds);
        rows.map(|(seconds, nanoseconds)| {
            let nanoseconds = SignedDuration::from_nanos(nanoseconds.into());
            SignedDuration::from_secs(seconds).checked_add(nanoseconds)
        })
    }
}
