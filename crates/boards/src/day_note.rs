//! Gaps in a day's values: "Today since 10:42", "10:42–10:47 missing".

use wallboard_domain::moment;
use wallboard_live::{DayDetails, EvaluatedFigure};

use super::{format, render_context::RenderContext};

impl RenderContext<'_> {
    /// Returns the note on the first figure of a queue's day; `None` if it has no such figure.
    pub(super) fn first_day_note(&self, figures: &[EvaluatedFigure]) -> Option<String> {
        let daily = figures.iter().filter(|figure| figure.metric.is_daily());
        let mut daily = daily.peekable();
        daily.peek()?;
        let mut details = daily.filter_map(EvaluatedFigure::day_details);
        Some(
            details
                .next()
                .map_or_else(String::new, |day| self.day_note(day)),
        )
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
                "Complete since"
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
