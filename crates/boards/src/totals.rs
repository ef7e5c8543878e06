//! Totals over several queues, merged by `live`: a partial sum is "≥ 7" and names the excluded
//! queues; values that can't be merged are a range or "–".

use wallboard_domain::{Metric, QueueId};
use wallboard_live::{
    EvaluatedFigure, MergedFigure, QueueSelection, QueueSnapshot, ShownFreshness,
};

use super::{format, render_context::RenderContext, rendered_figure::RenderedFigure};

/// The longest list of excluded names, in characters; beyond it, only their number is shown.
const MAX_NAMES_CHARACTERS: usize = 16;

impl<'a> RenderContext<'a> {
    /// Renders one metric over all these queues, and names the excluded ones.
    pub(super) fn total_metric(
        &mut self,
        selection: &QueueSelection<'a>,
        metric: Metric,
    ) -> (RenderedFigure, String) {
        let merged = self.snapshot.merge_figure(selection, metric, self.now);
        let evaluated = self
            .evaluator
            .evaluate_merged(selection, metric, merged.as_ref());
        let missing = merged.map_or_else(String::new, |merged| {
            self.format_missing(selection, &merged, &evaluated)
        });
        (self.render_total(selection, evaluated), missing)
    }

    /// Writes a figure over these queues.
    pub(super) fn render_total(
        &mut self,
        selection: &QueueSelection<'_>,
        evaluated: EvaluatedFigure,
    ) -> RenderedFigure {
        let (snapshot, now) = (self.snapshot, self.now);
        let waiting = || snapshot.merge_figure(selection, Metric::Waiting, now);
        let rendered = self.render_figure(evaluated);
        rendered.with_unknown_wait(self.texts, || waiting().map(|merged| merged.figure))
    }

    /// Names the queues that a total excludes.
    fn format_missing(
        &self,
        selection: &QueueSelection<'_>,
        merged: &MergedFigure,
        evaluated: &EvaluatedFigure,
    ) -> String {
        let figure = &merged.figure;
        // The combined value is shown if all queues are disconnected, or one is reconnecting.
        let is_usable =
            figure.reason.is_none() || evaluated.freshness == ShownFreshness::Reconnecting;
        let covers_all = figure.high.is_some() || (figure.value.is_some() && is_usable);
        let is_partial = evaluated.freshness != ShownFreshness::Unknown && !covers_all;
        let missing = merged.missing.iter().filter(|_| is_partial);
        let missing: Vec<_> = missing.chain(&merged.without).collect();
        // If all are excluded, the value itself shows it.
        let excludes_all = missing.len() == selection.queues.len();
        self.format_without(missing.into_iter().filter(|_| !excludes_all))
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

    /// "excludes Sales, Support", or "excludes 5 queues" where names don't fit.
    pub(super) fn format_without<'q>(&self, queues: impl Iterator<Item = &'q QueueId>) -> String {
        let names: Vec<_> = queues.map(|id| self.queue_name_by_id(id)).collect();
        let joined = names.join(", ");
        match names.len() {
            0 => String::new(),
            1 => (self.texts).excludes(format::shorten_name(&joined, MAX_NAMES_CHARACTERS)),
            _ if joined.chars().count() <= MAX_NAMES_CHARACTERS => self.texts.excludes(joined),
            count => self.texts.excludes_queues(count),
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
