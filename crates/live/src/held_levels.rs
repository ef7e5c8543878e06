//! The severities of custom figures that last until a value is back at `clear`: by figure and queue, as the last
//! value left them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use wallboard_domain::{CustomFigure, CustomFigureId, QueueId, SiteConfig, ThresholdLevel};

/// A figure of a queue, or of the site.
pub(super) type FigureKey = (CustomFigureId, Option<QueueId>);

/// Only of figures with `clear`, and of those that have a severity.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct HeldLevels(BTreeMap<FigureKey, ThresholdLevel>);

impl HeldLevels {
    pub(super) fn find(
        &self,
        figure: &CustomFigure,
        queue: Option<&QueueId>,
    ) -> Option<ThresholdLevel> {
        let held = (figure.has_memory()).then(|| self.0.get(&(figure.id.clone(), queue.cloned())));
        held.flatten().copied()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns those of some queues. Those of the site are of more.
    pub(super) fn of_queues(&self, has_queue: impl Fn(&QueueId) -> bool) -> Self {
        let within = self.0.iter();
        let within = within.filter(|((_, queue), _)| queue.as_ref().is_some_and(&has_queue));
        Self(within.map(|(key, level)| (key.clone(), *level)).collect())
    }

    /// Keeps the severity of a figure, or that it has none.
    pub(super) fn keep(&mut self, key: FigureKey, level: Option<ThresholdLevel>) {
        match level {
            Some(level) => {
                self.0.insert(key, level);
            }
            None => self.remove(&key),
        }
    }

    pub(super) fn remove(&mut self, key: &FigureKey) {
        self.0.remove(key);
    }

    /// Removes what the configuration no longer holds.
    pub(super) fn remove_undeclared(&mut self, site: &SiteConfig) {
        self.0.retain(|(id, queue), _| {
            let figure = site.find_figure(id);
            figure.is_some_and(|of| of.has_memory() && of.is_per_queue == queue.is_some())
        });
    }
}
