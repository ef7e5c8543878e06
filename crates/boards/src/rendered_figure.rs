//! A figure in the cells of a board.

use jiff::Timestamp;

use wallboard_domain::{MIN_JUDGED_CONTACTS, Metric};
use wallboard_live::{EvaluatedFigure, Freshness, MetricFigure, QueueSnapshot};
use wallboard_texts::{Texts, UNKNOWN};

use super::{
    figure_text::{self, FigureText},
    format,
    slot_value::SlotValue,
};

/// An evaluated figure, and how it is written.
#[derive(Clone, Debug)]
pub(super) struct RenderedFigure {
    pub(super) evaluated: EvaluatedFigure,
    pub(super) text: FigureText,
    /// A service level of so few contacts that it is written as their numbers.
    pub(super) is_of_few: bool,
    /// The longest wait of somebody who waits isn't known, as its note states.
    pub(super) is_unknown_wait: bool,
}

impl RenderedFigure {
    pub(super) fn new(texts: &Texts, evaluated: EvaluatedFigure) -> Self {
        Self {
            text: FigureText::on_board(texts, &evaluated),
            evaluated,
            is_of_few: false,
            is_unknown_wait: false,
        }
    }

    /// Writes a service level of too few contacts to be judged as "4 of 5". A vendor's own has no numbers.
    pub(super) fn with_few_contacts(mut self, texts: &Texts, queue: &QueueSnapshot) -> Self {
        let is_counted = queue.members.is_none() && queue.provided_metrics.is_none();
        let figure = &self.evaluated.figure;
        let is_level =
            self.metric() == Metric::ServiceLevel && figure.value.is_some() && figure.low.is_none();
        let day = &queue.today;
        let limits = self.evaluated.target.miss_limits;
        let fewest = limits.map_or(MIN_JUDGED_CONTACTS, |limits| limits.min_contacts());
        if !is_level || !is_counted || fewest <= day.counters.judged_contacts() {
            return self;
        }
        if let Some((met, total)) = day.service_level_counts() {
            self.text.value = texts.met_of_total(met, total);
            self.text.note.clear();
            self.is_of_few = true;
        }
        self
    }

    /// Notes an unknown longest wait of somebody who waits: a bare dash means that nobody does.
    pub(super) fn with_unknown_wait(
        mut self,
        texts: &Texts,
        waiting: impl FnOnce() -> Option<MetricFigure>,
    ) -> Self {
        if self.metric() != Metric::LongestWait || self.text.value != UNKNOWN {
            return self;
        }
        let is_usable = |figure: &MetricFigure| {
            figure.freshness == Freshness::UpToDate && figure.reason.is_none()
        };
        let count = waiting().filter(is_usable).and_then(|figure| figure.value);
        if count.is_some_and(|count| 0.0 < count.as_number()) {
            texts.wait_unknown().clone_into(&mut self.text.note);
            self.is_unknown_wait = true;
        }
        self
    }

    pub(super) fn metric(&self) -> Metric {
        self.evaluated.metric
    }

    pub(super) fn cell(&self) -> SlotValue {
        let text = || self.text.value.clone();
        match self.running_since() {
            Some(since) => SlotValue::running_clock(since),
            None if format::is_running_clock(self.metric()) => SlotValue::stopped_clock(text()),
            None => SlotValue::Text(text()),
        }
    }

    /// When the clock in its cell began.
    pub(super) fn running_since(&self) -> Option<Timestamp> {
        let is_clock = format::is_running_clock(self.metric());
        (self.evaluated.running_since()).filter(|_| is_clock)
    }

    /// The reason as a mark says it after its glyph: "2:11 wait", "6 waiting", "0 available".
    pub(super) fn format_reason(&self, texts: &Texts) -> String {
        texts.cause(self.metric(), &self.format_judged(texts))
    }

    /// "14", "≥ 7": what was judged, also if its cell is a clock.
    pub(super) fn format_judged(&self, texts: &Texts) -> String {
        match (self.evaluated.value(), self.evaluated.lower_bound()) {
            (None, Some(bound)) => figure_text::at_least(texts.value(Some(bound))),
            (value, _) => texts.value(value),
        }
    }
}
