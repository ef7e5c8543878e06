//! A widget with a custom figure: its label, unit, severity and age.

use std::sync::Arc;

use jiff::Timestamp;

use wallboard_domain::{
    CustomFigure, CustomFigureId, CustomFigureKind, CustomValue, QueueId, moment,
};
use wallboard_live::{EvaluatedCustomFigure, Severity, ShownFreshness};
use wallboard_texts::{Texts, UNKNOWN};

use super::{
    address::{figure_path, subject_path},
    custom_text::{severity_word, unit_of, write_expired, write_value},
    plain_tile::{Hero, PlainTile, TileAge},
    render_context::RenderContext,
};

const MINUTE: i64 = 60_000;
/// A value that is up to date and older than this says when it is from, in milliseconds.
const SAYS_TIME_AFTER: i64 = 5 * MINUTE;
/// From here on, a number is shortened.
const LONG_NUMBER: f64 = 1_000.0;

impl RenderContext<'_> {
    pub(super) fn custom_tile(
        &mut self,
        name: Option<String>,
        id: &CustomFigureId,
        of: Option<&QueueId>,
    ) -> PlainTile {
        let snapshot = self.snapshot;
        let queue = of.and_then(|of| self.find_queue(of));
        let of_queue = of.map(|of| self.queue_name_by_id(of));
        let figure = snapshot.site.find_figure(id);
        let label = figure.map_or(id.as_str(), |figure| {
            figure.label.get(self.texts.language())
        });
        let has_own_heading = name.is_some() || of_queue.is_some();
        let name = name.or(of_queue).unwrap_or_else(|| label.to_owned());
        let is_of_site = figure.is_some_and(|figure| !figure.is_per_queue);
        let href = match queue {
            Some(queue) => subject_path("queues", &queue.id),
            None if is_of_site && of.is_none() => figure_path(id),
            None => String::new(),
        };
        let is_hidden = queue.is_none() && of.is_some_and(|of| snapshot.queues.contains_key(of));
        let is_shown = |figure: &&CustomFigure| figure.is_per_queue == of.is_some() && !is_hidden;
        let Some(figure) = figure.filter(is_shown) else {
            return PlainTile {
                name,
                href,
                hero: Some(Hero::new(UNKNOWN.to_owned(), String::new())),
                note: self.texts.no_data().to_owned(),
                ..PlainTile::default()
            };
        };
        let evaluated = self.evaluator.evaluate_custom(figure, of);
        let unit = unit_of(self.texts, figure);
        let mut hero = evaluated.shown_value().map_or_else(
            || Hero::new(UNKNOWN.to_owned(), String::new()),
            |value| large_value(self.texts, figure, value),
        );
        hero.unit = match (has_own_heading, unit) {
            (true, "") => label.to_owned(),
            (true, unit) => format!("{label} · {unit}"),
            // The mark of a severity needs a word.
            (false, "") => severity_word(self.texts, evaluated.severity).to_owned(),
            (false, unit) => unit.to_owned(),
        };
        let owner = self.figure_owner(id, of, evaluated.severity);
        PlainTile {
            name,
            href,
            hero: Some(hero),
            severity: evaluated.severity,
            is_owned: owner.is_some(),
            note: owner.unwrap_or_else(|| self.time_note(&evaluated)),
            age: self.custom_age(figure, &evaluated),
            ..PlainTile::default()
        }
    }

    fn figure_owner(
        &mut self,
        id: &CustomFigureId,
        of: Option<&QueueId>,
        severity: Severity,
    ) -> Option<String> {
        let owners = Arc::clone(&self.owners);
        let owner = owners.figures.get(&(id.clone(), of.cloned()));
        let owner = owner.filter(|_| severity.needs_attention());
        owner.map(|owner| self.owner_text(owner))
    }

    /// "From 09:12", if a value that is up to date is from a while ago.
    fn time_note(&mut self, evaluated: &EvaluatedCustomFigure) -> String {
        let Some(at) = evaluated.at.filter(|_| evaluated.freshness.is_current()) else {
            return String::new();
        };
        let age = moment::millis_between(at, self.now.wall);
        if age < SAYS_TIME_AFTER {
            let later = self.now.monotonic.plus_millis(SAYS_TIME_AFTER - age);
            self.schedule_change(later);
            return String::new();
        }
        self.texts.from_time(self.time_or_day(at))
    }

    /// How old a value is that is out of date.
    fn custom_age(&mut self, figure: &CustomFigure, evaluated: &EvaluatedCustomFigure) -> TileAge {
        let texts = self.texts;
        let time = evaluated.at.map(|at| self.time_or_day(at));
        let (kind, text) = match (evaluated.freshness, time) {
            (ShownFreshness::OutOfDate, Some(time)) => ("old", self.write_age(evaluated.at, time)),
            (ShownFreshness::OutOfDate, None) => ("old", String::new()),
            (ShownFreshness::Expired, time) => {
                ("gone", write_expired(texts, figure, evaluated, time))
            }
            _ => ("", String::new()),
        };
        TileAge { kind, text }
    }

    pub(super) fn write_age(&mut self, at: Option<Timestamp>, time: String) -> String {
        let age_ms = at.map_or(0, |at| moment::millis_between(at, self.now.wall).max(0));
        self.schedule_change(self.now.monotonic.plus_millis(MINUTE - age_ms % MINUTE));
        match age_ms / MINUTE {
            0 => self.texts.from_time(time),
            minutes => self.texts.minutes_old(minutes, time),
        }
    }
}

/// Writes a value for the large number of a tile, which has room for few digits.
fn large_value(texts: &Texts, figure: &CustomFigure, value: &CustomValue) -> Hero {
    let full = write_value(texts, figure, value);
    let (CustomFigureKind::Number { .. }, CustomValue::Number(number)) = (&figure.kind, value)
    else {
        return Hero {
            is_clock: figure.kind == CustomFigureKind::Duration,
            ..Hero::new(full, String::new())
        };
    };
    if number.abs() < LONG_NUMBER {
        return Hero::new(full, String::new());
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "at most 1e12, and its sign is written before it"
    )]
    let (digits, suffix) = texts.short_count(number.abs() as u64);
    let sign = if *number < 0.0 { "−" } else { "" };
    Hero {
        value: format!("{sign}{digits}"),
        suffix: suffix.to_owned(),
        exact: full,
        ..Hero::default()
    }
}

#[cfg(test)]
mod tests;
