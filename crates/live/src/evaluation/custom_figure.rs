//! A custom figure: merged over the sources that report it and over the queues of a group, with its severity.

use std::cmp::Reverse;

use jiff::Timestamp;

use crate::{
    custom_readings::CustomReading,
    freshness::{downgrade_invalid, freshness_until},
    metric_reading::is_expired,
    snapshot::{Freshness, Snapshot},
};
use wallboard_domain::{
    CustomFigure, CustomMerge, CustomValue, MonotonicTime, QueueId, SourceId, ThresholdLevel,
    moment,
};

use super::{Evaluator, Severity, ShownFreshness};

/// A custom figure, and what it means.
#[derive(Clone, Debug, PartialEq)]
pub struct EvaluatedCustomFigure {
    /// `None` is unknown.
    pub value: Option<CustomValue>,
    /// When it applied. Of several merged values, when the oldest did.
    pub at: Option<Timestamp>,
    pub freshness: ShownFreshness,
    pub severity: Severity,
    /// The severity of the value, whatever its freshness.
    pub level: Option<ThresholdLevel>,
    /// Whether a newer value may exist. Boards wait a little until they mark it.
    pub is_out_of_date: bool,
}

/// One value at a moment.
struct CustomReadingNow<'a> {
    reading: &'a CustomReading,
    freshness: Freshness,
    /// When it was last up to date, if it isn't, unless that is an outage.
    lost_at: Option<MonotonicTime>,
}

impl EvaluatedCustomFigure {
    /// The value that is shown, also out of date.
    pub fn shown_value(&self) -> Option<&CustomValue> {
        let is_hidden = matches!(
            self.freshness,
            ShownFreshness::Expired | ShownFreshness::Unknown
        );
        self.value.as_ref().filter(|_| !is_hidden)
    }
}

impl Evaluator<'_> {
    /// Evaluates a custom figure of a queue or a group, or of the site.
    pub fn evaluate_custom(
        &mut self,
        figure: &CustomFigure,
        queue: Option<&QueueId>,
    ) -> EvaluatedCustomFigure {
        let snapshot = self.snapshot;
        let queues: Vec<Option<&QueueId>> = match snapshot.members_of(queue) {
            Some(members) => members.iter().map(Some).collect(),
            None => vec![queue],
        };
        self.merge_custom(figure, &queues, snapshot.held_levels.find(figure, queue))
    }

    /// Evaluates a custom figure over several queues. Those that don't report it are left out and returned, unless it
    /// is unknown. Each queue has its own limits; several have none.
    pub fn evaluate_custom_total<'q>(
        &mut self,
        figure: &CustomFigure,
        queues: impl IntoIterator<Item = &'q QueueId>,
    ) -> (EvaluatedCustomFigure, Vec<&'q QueueId>) {
        let readings = &self.snapshot.custom_readings;
        let is_reported = |queue: &&QueueId| readings.is_reported(figure, Some(*queue));
        let (mut with, mut without): (Vec<_>, Vec<_>) = queues.into_iter().partition(is_reported);
        if figure.merge == CustomMerge::Last && 1 < with.len() + without.len() {
            with.clear();
        }
        if with.is_empty() {
            without.clear();
        }
        let with: Vec<_> = with.into_iter().map(Some).collect();
        let mut total = self.merge_custom(figure, &with, None);
        total.level = None;
        if total.severity != Severity::OutOfDate {
            total.severity = Severity::None;
        }
        (total, without)
    }

    fn merge_custom(
        &mut self,
        figure: &CustomFigure,
        queues: &[Option<&QueueId>],
        held: Option<ThresholdLevel>,
    ) -> EvaluatedCustomFigure {
        let snapshot = self.snapshot;
        let this = &*self;
        let readings = queues.iter().flat_map(|queue| {
            let of_figure = snapshot.custom_readings.of_figure(figure, *queue);
            of_figure.map(move |(source, reading)| this.read_now(source, reading))
        });
        let readings: Vec<_> = readings.collect();
        let is_reported = |queue| snapshot.custom_readings.is_reported(figure, queue);
        // The sources of a queue may each know some queues, but without one of them there is no sum of all.
        let is_whole = if figure.is_per_queue {
            queues.iter().copied().all(is_reported)
        } else {
            figure.sources.len() <= readings.len()
        };
        let merged: Vec<&CustomReadingNow<'_>> = match figure.merge {
            // The newest value of one queue says nothing of a group.
            CustomMerge::Last if 1 < queues.len() => Vec::new(),
            CustomMerge::Last => newest(&readings).into_iter().collect(),
            CustomMerge::Sum | CustomMerge::Max => readings.iter().filter(|_| is_whole).collect(),
        };
        let freshness = merged
            .iter()
            .map(|one| one.freshness)
            .max_by_key(|one| rank(*one));
        let freshness = freshness.unwrap_or_default();
        let lost_at = merged.iter().filter_map(|one| one.lost_at).min();
        let shown = self.shown_freshness(freshness, lost_at);
        let value = figure.merge_values(merged.iter().filter_map(|one| one.reading.value.as_ref()));
        let value = value.filter(|_| freshness != Freshness::Unknown);
        let level = (value.as_ref()).and_then(|value| figure.level_after(held, value));
        let severity = match &value {
            _ if shown.is_out_of_date() => Severity::OutOfDate,
            Some(_) if shown.is_current() => match level {
                Some(level) => level.into(),
                None if figure.has_limits() => Severity::Normal,
                None => Severity::None,
            },
            _ => Severity::None,
        };
        EvaluatedCustomFigure {
            at: merged.iter().filter_map(|one| self.applied_at(one)).min(),
            value,
            freshness: shown,
            severity,
            level,
            is_out_of_date: shown.is_out_of_date() || freshness.is_out_of_date(),
        }
    }

    fn read_now<'r>(&self, source: &SourceId, reading: &'r CustomReading) -> CustomReadingNow<'r> {
        let (stamp, now) = (reading.stamp, self.now);
        let source = self.snapshot.sources.get(source);
        let freshness = freshness_until(source, stamp.generation, stamp.valid_until, now);
        let expired_at = stamp
            .valid_until
            .filter(|until| is_expired(Some(*until), now.monotonic));
        CustomReadingNow {
            reading,
            freshness: downgrade_invalid(freshness, stamp.is_invalid),
            lost_at: (freshness == Freshness::OutOfDate)
                .then(|| expired_at.unwrap_or(stamp.received_at)),
        }
    }

    /// When a value applied: its source's own time, or else when it was received.
    fn applied_at(&self, one: &CustomReadingNow<'_>) -> Option<Timestamp> {
        let stamp = one.reading.stamp;
        let age_ms = self.now.monotonic.millis_since(stamp.received_at);
        let received_at = moment::plus_millis(self.now.wall, -age_ms);
        one.reading.value.as_ref()?;
        Some(stamp.at.map_or(received_at, |at| at.min(received_at)))
    }
}

impl Snapshot {
    /// The queues whose values make up those of a group.
    fn members_of(&self, queue: Option<&QueueId>) -> Option<&[QueueId]> {
        self.queues.get(queue?)?.members.as_deref()
    }
}

/// Finds the newest value that is up to date, or else the newest of those that are the next best.
fn newest<'r, 'a>(readings: &'r [CustomReadingNow<'a>]) -> Option<&'r CustomReadingNow<'a>> {
    readings.iter().max_by_key(|one| {
        let stamp = one.reading.stamp;
        (Reverse(rank(one.freshness)), stamp.at, stamp.received_at)
    })
}

/// A merged value is as fresh as the worst of those in it.
fn rank(freshness: Freshness) -> u8 {
    match freshness {
        Freshness::UpToDate => 0,
        Freshness::Disconnected(_) => 1,
        Freshness::OutOfDate => 2,
        Freshness::Unknown => 3,
    }
}
