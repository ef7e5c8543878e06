//! Gaps in a day's values: "Today since 10:42", "10:42–10:47 missing".

use wallboard_domain::moment;
use wallboard_live::{DayDetails, QueueSnapshot};

use super::{
    format,
    render_context::{EvaluatedQueue, RenderContext, RenderedMetric},
};

impl RenderContext<'_> {
    /// Returns what is missing in a queue's day, if that is all there is to note about it.
    pub(super) fn own_day_note(&self, queue: &EvaluatedQueue<'_>) -> String {
        let note = self.first_day_note(queue.queue, &queue.figures);
        note.filter(|note| *note == queue.note).unwrap_or_default()
    }

    /// Returns the note on the first figure of a queue's day; `None` if it has no such figure.
    pub(super) fn first_day_note(
        &self,
        queue: &QueueSnapshot,
        figures: &[RenderedMetric],
    ) -> Option<String> {
        let daily = figures.iter().filter(|f| f.metric.is_daily());
        let mut details = daily.filter_map(|figure| {
            let figure = (self.snapshot).queue_figure(queue, figure.metric, self.now)?;
            figure.day_details
        });
        details.next().map(|details| self.day_note(&details))
    }

    /// Returns an empty note if the day is complete, or hasn't begun.
    pub(super) fn day_note(&self, day: &DayDetails) -> String {
        let DayDetails {
            since,
            gaps,
            is_partly_earlier: partly_before,
            ..
        } = day;
        let Some(since) = since.filter(|_| !day.is_complete) else {
            return String::new();
        };
        let zone = &self.snapshot.site.zone;
        let time = |at| format::time(at, zone);
        let mut parts = Vec::new();
        if since != moment::day_start(since, zone) {
            let prefix = if *partly_before {
                "Complete only since"
            } else {
                "Today since"
            };
            parts.push(format!("{prefix} {}", time(since)));
        }
        if let Some(gap) = gaps.last() {
            let to = gap.to.map_or_else(|| "now".to_owned(), time);
            let no_data = if parts.is_empty() {
                "No data"
            } else {
                "no data"
            };
            parts.push(match gaps.len() {
                1 => format!("{no_data} {}–{to}", time(gap.from)),
                n => format!("{no_data} {}–{to} and {} more", time(gap.from), n - 1),
            });
        }
        parts.join(", ")
    }
}
