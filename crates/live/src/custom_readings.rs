//! The last values of custom figures, each by the source that reported it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use wallboard_domain::{CustomFigure, CustomFigureId, CustomValue, QueueId, SiteConfig, SourceId};

use super::report_stamp::ReportStamp;

/// A figure of a queue, or of the site.
pub(super) type FigureKey = (CustomFigureId, Option<QueueId>);

/// The last report of each source of a figure.
pub(super) type ReadingsBySource = BTreeMap<SourceId, CustomReading>;

/// The last values of custom figures.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CustomReadings(pub(super) BTreeMap<FigureKey, ReadingsBySource>);

/// The last report of a source of a custom figure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CustomReading {
    /// `None`: it never knew one.
    pub value: Option<CustomValue>,
    pub stamp: ReportStamp,
}

impl CustomReadings {
    /// Returns what each source reported of a figure of a queue, or of the site.
    pub(super) fn of_figure(
        &self,
        figure: &CustomFigure,
        queue: Option<&QueueId>,
    ) -> impl Iterator<Item = (&SourceId, &CustomReading)> {
        let readings = self.0.get(&(figure.id.clone(), queue.cloned()));
        readings.into_iter().flatten()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns those of some queues. Those of the site are of more.
    pub(super) fn of_queues(&self, has_queue: impl Fn(&QueueId) -> bool) -> Self {
        let within = self.0.iter();
        let within = within.filter(|((_, queue), _)| queue.as_ref().is_some_and(&has_queue));
        Self(
            within
                .map(|(key, reading)| (key.clone(), reading.clone()))
                .collect(),
        )
    }

    /// Removes what the configuration no longer declares.
    pub(super) fn remove_undeclared(&mut self, site: &SiteConfig) {
        self.0.retain(|(id, queue), readings| {
            let figure = site.find_figure(id);
            let figure = figure.filter(|figure| figure.is_per_queue == queue.is_some());
            readings.retain(|source, reading| {
                figure.is_some_and(|figure| {
                    let is_allowed = reading.value.as_ref().is_none_or(|of| figure.allows(of));
                    is_allowed && figure.sources.contains(source)
                })
            });
            !readings.is_empty()
        });
    }
}
