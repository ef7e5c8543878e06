//! Gaps in a day's values: "Today since 10:42", "10:42–10:47 missing".

use wallboard_domain::moment;
use wallboard_live::{DayDetails, EvaluatedFigure};

use super::render_context::RenderContext;

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
        let (texts, zone) = (self.texts, &self.snapshot.site.zone);
        let time = |at| texts.time(at, zone);
        let mut parts = Vec::new();
        if since != moment::day_start(since, zone) {
            parts.push(if *partly_before {
                texts.complete_since(time(since))
            } else {
                texts.today_since(time(since))
            });
        }
        if let Some(gap) = gaps.last() {
            let times = match gap.to {
                Some(_) => texts.time_range(gap.from, gap.to, zone),
                None => format!("{}–{}", time(gap.from), texts.now_word()),
            };
            parts.push(match (parts.is_empty(), gaps.len() - 1) {
                (true, 0) => texts.gap(times),
                (true, more) => texts.gap_and_more(times, more),
                (false, 0) => texts.gap_inline(times),
                (false, more) => texts.gap_inline_and_more(times, more),
            });
        }
        parts.join(", ")
    }
}
