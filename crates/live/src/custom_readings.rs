//! The last values of custom figures, each by the source that reported it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use wallboard_domain::{CustomFigure, CustomMerge, CustomValue, QueueId, SiteConfig, SourceId};

use super::{held_levels::FigureKey, report_stamp::ReportStamp, snapshot::Snapshot};

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

    /// Whether any source reported a figure of a queue, or of the site.
    pub(super) fn is_reported(&self, figure: &CustomFigure, queue: Option<&QueueId>) -> bool {
        self.of_figure(figure, queue).next().is_some()
    }

    /// Returns the queues of which a figure was reported, or that it is the site's, each with its reports.
    fn by_subject(
        &self,
        figure: &CustomFigure,
    ) -> impl Iterator<Item = (Option<&QueueId>, &ReadingsBySource)> {
        let from = (figure.id.clone(), None);
        let own = self.0.range(from..);
        let own = own.take_while(|((id, _), _)| *id == figure.id);
        own.map(|((_, queue), readings)| (queue.as_ref(), readings))
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

impl Snapshot {
    /// Returns the queues of which a figure was reported in the last day; `None` is the site.
    pub fn custom_subjects(&self, figure: &CustomFigure) -> impl Iterator<Item = Option<&QueueId>> {
        let by_subject = self.custom_readings.by_subject(figure);
        by_subject.map(|(queue, _)| queue)
    }

    /// Returns those of them whose value may have a severity, whatever its freshness: no other one has.
    pub fn custom_subjects_beyond_limits(
        &self,
        figure: &CustomFigure,
    ) -> impl Iterator<Item = Option<&QueueId>> {
        let by_subject = self.custom_readings.by_subject(figure);
        let beyond = by_subject.filter(|(queue, readings)| {
            // A sum is beyond a limit though none of its parts is.
            let is_sum = figure.merge == CustomMerge::Sum && 1 < readings.len();
            let mut values = (readings.values()).filter_map(|reading| reading.value.as_ref());
            let is_held = self.held_levels.find(figure, *queue).is_some();
            figure.has_limits()
                && (is_sum || is_held || values.any(|of| figure.level_of(of).is_some()))
        });
        beyond.map(|(queue, _)| queue)
    }
}
