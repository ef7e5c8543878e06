//! Totals over several queues, merged by `live`: a partial sum is "≥ 7" and names the excluded
//! queues; values that can't be merged are a range or "–".

use wallboard_domain::{Metric, MetricValue, QueueId, SourceId, TargetInForce};
use wallboard_live::{QueueSelection, QueueSnapshot};

use super::{
    format,
    render_context::{DisplayFreshness, RenderContext, RenderedMetric},
};

/// The longest list of excluded names, in characters; beyond it, only their number is shown.
const MAX_NAMES_CHARACTERS: usize = 16;

impl<'a> RenderContext<'a> {
    /// Renders one metric over all these queues, and names the excluded ones.
    pub(super) fn total_metric(
        &mut self,
        selection: &QueueSelection<'a>,
        metric: Metric,
    ) -> (RenderedMetric, String) {
        let Some(merged) = self.snapshot.merge_figure(selection, metric, self.now) else {
            let heading = metric.short_label().to_owned();
            return (RenderedMetric::unknown(metric, heading), String::new());
        };
        let received_at = selection.queues.iter();
        let received_at =
            received_at.filter_map(|queue| self.snapshot.last_received(queue, Some(metric)));
        let received_at = received_at.max().filter(|_| !metric.is_daily());
        let target = self.shared_target(&selection.queues, metric);
        // The freshness already includes each connection's state.
        let no_source = SourceId::from("site");
        let original = merged.figure.clone();
        let mut rendered = self.render_figure(
            metric,
            Some(merged.figure),
            &no_source,
            received_at,
            &target,
        );
        let value = rendered.value.filter(|_| metric.is_daily());
        rendered.is_missed =
            value.is_some_and(|value| self.is_missed_together(&selection.queues, metric, value));
        // The combined value is shown if all queues are disconnected, or one is reconnecting.
        let is_usable =
            original.reason.is_none() || rendered.freshness == DisplayFreshness::Reconnecting;
        let covers_all = original.high.is_some() || (original.value.is_some() && is_usable);
        let is_partial = rendered.freshness != DisplayFreshness::Unknown && !covers_all;
        let missing = merged.missing.iter().filter(|_| is_partial);
        let missing: Vec<_> = missing.chain(&merged.without).collect();
        // If all are excluded, the value itself shows it.
        let excludes_all = missing.len() == selection.queues.len();
        let missing = missing.into_iter().filter(|_| !excludes_all);
        let missing = self.format_without(missing);
        (rendered, missing)
    }

    /// Selects these queues, or the whole site if the board shows it.
    pub(super) fn queue_selection(&self, queues: &[&'a QueueSnapshot]) -> QueueSelection<'a> {
        let selection = self.snapshot.select_queues(queues.iter().copied());
        if self.board.is_whole_site() {
            selection.as_whole_site()
        } else {
            selection
        }
    }

    /// Returns the day's gaps of these queues.
    pub(super) fn selection_day_note(&self, selection: &QueueSelection<'_>) -> String {
        let days = Metric::all().filter(|metric| metric.is_daily());
        let mut details = days.filter_map(|metric| {
            let merged = self.snapshot.merge_figure(selection, metric, self.now)?;
            merged.figure.day_details
        });
        details
            .next()
            .map(|details| self.day_note(&details))
            .unwrap_or_default()
    }

    /// Whether these queues together miss what each of them has to reach.
    pub(super) fn is_missed_together(
        &self,
        queues: &[&'a QueueSnapshot],
        metric: Metric,
        value: MetricValue,
    ) -> bool {
        let selection = self.queue_selection(queues);
        let limits = self.snapshot.shared_miss_limits(&selection, metric);
        limits
            .is_some_and(|limits| (self.snapshot).is_missed(&limits, value, || selection, self.now))
    }

    /// Returns what the targets of these queues have in common, with that of the site, whose day is
    /// counted by its own.
    pub(super) fn shared_target(&self, queues: &[&QueueSnapshot], metric: Metric) -> TargetInForce {
        let site = &self.snapshot.site;
        let targets = queues.iter();
        let targets = targets.map(|queue| site.target_in_force(&queue.id.to_string(), metric));
        let of_site = self.board.is_whole_site();
        let of_site = of_site.then(|| site.target_in_force("site", metric));
        TargetInForce::merge_targets(targets.chain(of_site)).unwrap_or_default()
    }

    /// "excludes Sales, Support", or "excludes 5 queues" where names don't fit.
    pub(super) fn format_without<'q>(&self, queues: impl Iterator<Item = &'q QueueId>) -> String {
        let names: Vec<_> = queues.map(|id| self.queue_name_by_id(id)).collect();
        let joined = names.join(", ");
        match names.len() {
            0 => String::new(),
            1 => format!(
                "excludes {}",
                format::shorten_name(&joined, MAX_NAMES_CHARACTERS)
            ),
            _ if joined.chars().count() <= MAX_NAMES_CHARACTERS => format!("excludes {joined}"),
            count => format!("excludes {count} queues"),
        }
    }

    pub(super) fn queue_name_by_id(&self, id: &QueueId) -> String {
        let text = id.to_string();
        match self.snapshot.queues.get(id) {
            Some(queue) => self.board.queue_name(self.snapshot, queue, &text),
            None => text,
        }
    }
}
