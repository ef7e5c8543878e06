//! The worst values of alerts, for a caller that doesn't write each of them at once.

use std::collections::HashMap;

use crate::{AlertBook, AlertFigure, AlertId, AlertSubject, AlertValue};

/// The worst values of alerts that were open.
#[derive(Debug, Default)]
pub struct WorstValues(HashMap<AlertId, (Vec<AlertFigure>, Option<AlertValue>)>);

impl WorstValues {
    pub fn of_open(book: &AlertBook) -> Self {
        let open = book.open().iter();
        // Of a target, only the last value holds.
        let open = open.filter(|alert| !matches!(alert.subject, AlertSubject::Target(_)));
        let values = open.map(|alert| (alert.id, (alert.figures.clone(), alert.custom.clone())));
        Self(values.collect())
    }
}

impl AlertBook {
    /// Keeps worse values that another copy of the book had. Returns whether there were some.
    pub fn worsen_by(&mut self, worst: &WorstValues) -> bool {
        let mut is_worse = false;
        for alert in self.open.iter_mut().chain(&mut self.ended) {
            if let Some((figures, custom)) = worst.0.get(&alert.id) {
                is_worse |= alert.worsen(figures) | alert.worsen_value(custom.as_ref());
            }
        }
        is_worse
    }
}
