//! A queue as a board shows it: its evaluation with name, note and texts.

use jiff::Timestamp;

use wallboard_domain::{Metric, QueueId};
use wallboard_live::{
    EvaluatedFigure, EvaluatedQueue, Freshness, QueueSnapshot, Severity, ShownFreshness,
};
use wallboard_texts::Texts;

use super::{
    custom_cells::CustomCell,
    figure_text::{self, LabelRoom},
    render_context::RenderContext,
    rendered_figure::RenderedFigure,
};

/// A queue as a board shows it.
#[derive(Debug)]
pub(super) struct BoardQueue<'a> {
    pub(super) queue: &'a QueueSnapshot,
    pub(super) id: String,
    pub(super) name: String,
    pub(super) severity: Severity,
    /// The figures that the board shows.
    pub(super) figures: Vec<RenderedFigure>,
    /// The custom figures that it shows among them.
    pub(super) custom: Vec<CustomCell>,
    /// Causes of a warning or critical severity, the worst first.
    pub(super) causes: Vec<RenderedFigure>,
    pub(super) closed: Option<ClosedText>,
    pub(super) note: QueueNote,
    /// "Anna L. has it", while it needs somebody.
    pub(super) owner: Option<String>,
    pub(super) freshness: Freshness,
    /// Some of what it shows is out of date, even if its severity is certain.
    pub(super) is_out_of_date: bool,
    /// The source's time of the newest value.
    pub(super) reported_at: Option<i64>,
}

/// A board's note on a queue, next to its figures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum QueueNote {
    /// Why it is gray, quiet or closed, or what its figures exclude.
    Reason(String),
    /// The gaps in its day.
    Day(String),
}

/// A queue outside its opening hours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ClosedText {
    pub(super) opens_at: Option<Timestamp>,
    /// "Mon 08:00", if that is known.
    opening_time: Option<String>,
}

impl QueueNote {
    pub(super) fn text(&self) -> &str {
        match self {
            Self::Reason(text) | Self::Day(text) => text,
        }
    }

    /// Returns the text about what is missing in a queue's day, if the note is only about that.
    pub(super) fn day_text(&self) -> &str {
        match self {
            Self::Reason(_) => "",
            Self::Day(text) => text,
        }
    }
}

impl ClosedText {
    /// "Mon 08:00", if that is known.
    pub(super) fn opening_time(&self) -> Option<&str> {
        self.opening_time.as_deref()
    }

    /// "opens Mon 08:00", if that is known.
    pub(super) fn opening(&self, texts: &Texts) -> Option<String> {
        Some(texts.opens(self.opening_time()?))
    }

    /// "Closed · opens Mon 08:00"
    pub(super) fn text(&self, texts: &Texts) -> String {
        match self.opening_time() {
            Some(time) => texts.closed_opens(time),
            None => texts.closed().to_owned(),
        }
    }

    /// "Opens Mon 08:00", or "Closed" if no opening is known.
    pub(super) fn headline(&self, texts: &Texts) -> String {
        match self.opening_time() {
            Some(time) => texts.opens_headline(time),
            None => texts.closed().to_owned(),
        }
    }

    /// "Closed. Opens Mon 08:00."
    pub(super) fn sentence(&self, texts: &Texts) -> String {
        match self.opening_time() {
            Some(time) => texts.closed_opens_sentence(time),
            None => texts.closed_sentence().to_owned(),
        }
    }
}

impl BoardQueue<'_> {
    /// Returns the figure that most needs attention. Ties: the first one that the board shows.
    pub(super) fn worst_cause(&self) -> Option<&RenderedFigure> {
        self.causes.first()
    }

    /// Whether its source is disconnected, which the band says. A group has several sources.
    pub(super) fn has_lost_source(&self) -> bool {
        self.queue.members.is_none() && matches!(self.freshness, Freshness::Disconnected(_))
    }
}

impl<'a> RenderContext<'a> {
    /// Evaluates a queue with all metrics that the board shows.
    pub(super) fn board_queue(&mut self, queue: &'a QueueSnapshot) -> BoardQueue<'a> {
        let evaluated = self.evaluator.evaluate_queue(queue, &self.metrics);
        let closed = evaluated.closed.map(|closed| ClosedText {
            opens_at: closed.opens_at,
            opening_time: (closed.opens_at)
                .map(|at| (self.texts).opening_time(at, self.now.wall, &self.snapshot.site.zone)),
        });
        let note = match &closed {
            Some(closed) if !evaluated.is_out_of_date => QueueNote::Reason(closed.text(self.texts)),
            _ => self.queue_note(&evaluated),
        };
        let owner = self.queue_owner(&evaluated);
        let custom = self.custom_cells(&queue.id);
        let id = queue.id.to_string();
        let (texts, snapshot, now) = (self.texts, self.snapshot, self.now);
        let waiting = || snapshot.queue_figure(queue, Metric::Waiting, now);
        let mut render = |figures: Vec<EvaluatedFigure>| {
            let figures = figures.into_iter();
            let figures = figures.map(|figure| self.render_figure(figure));
            let figures = figures.map(|figure| figure.with_unknown_wait(texts, waiting));
            figures
                .map(|figure| figure.with_few_contacts(texts, queue))
                .collect()
        };
        BoardQueue {
            queue,
            severity: evaluated.severity,
            figures: render(evaluated.figures),
            causes: render(evaluated.causes),
            closed,
            note,
            owner,
            freshness: evaluated.freshness,
            is_out_of_date: evaluated.is_out_of_date
                || custom.iter().any(CustomCell::is_out_of_date),
            custom,
            reported_at: evaluated.reported_at.map(Timestamp::as_millisecond),
            name: self.board.queue_name(self.snapshot, queue, &id),
            id,
        }
    }

    fn queue_note(&self, evaluated: &EvaluatedQueue<'_>) -> QueueNote {
        if let Some(reason) = self.gray_reason(evaluated) {
            return QueueNote::Reason(reason);
        }
        let queue = evaluated.queue;
        if let Some(since) = queue.quiet_since {
            return QueueNote::Reason(self.texts.no_activity_since(self.time_or_day(since)));
        }
        if let Some(note) = self.first_day_note(&evaluated.figures)
            && note != self.day_note
        {
            return QueueNote::Day(note);
        }
        QueueNote::Reason(match queue.members {
            Some(_) => self.format_excluded(queue, &evaluated.figures),
            None => String::new(),
        })
    }

    /// Says why a queue's figures are out of date, or will be soon.
    fn gray_reason(&self, evaluated: &EvaluatedQueue<'_>) -> Option<String> {
        let queue = evaluated.queue;
        let shown = evaluated.shown_freshness;
        let is_reconnecting = shown == ShownFreshness::Reconnecting;
        if queue.members.is_some() && (evaluated.is_out_of_date || is_reconnecting) {
            return Some(self.group_note(queue, is_reconnecting));
        }
        let texts = self.texts;
        let source = self.snapshot.site.source_name(&queue.id.source);
        if let Freshness::Disconnected(outage) = evaluated.freshness {
            let at = self.time_or_day(outage.at);
            let paused_by = self.snapshot.site.paused_by(&queue.id.source);
            return Some(match shown {
                _ if paused_by.is_some() => texts.source_is_paused(source),
                ShownFreshness::Expired => texts.no_data_since(at),
                ShownFreshness::Reconnecting => texts.reconnecting_to(source),
                _ => texts.lost_at(source, at),
            });
        }
        evaluated.is_out_of_date.then(|| {
            if queue.silent {
                texts.no_updates_from(source)
            } else {
                texts.waiting_for_new_data(source)
            }
        })
    }

    /// Names the members that never report a shown metric and so are excluded from it.
    fn format_excluded(&self, queue: &QueueSnapshot, figures: &[EvaluatedFigure]) -> String {
        let selection = self.snapshot.select_queues([queue]);
        let mut excluded: Vec<QueueId> = Vec::new();
        let mut labels = Vec::new();
        for figure in figures {
            let merged = self
                .snapshot
                .merge_figure(&selection, figure.metric, self.now);
            let without = merged.map(|merged| merged.without).unwrap_or_default();
            if excluded.is_empty() {
                excluded.clone_from(&without);
            }
            if !without.is_empty() && without == excluded {
                labels.push(figure_text::inline_label(
                    self.texts,
                    LabelRoom::Narrow,
                    figure,
                ));
            }
        }
        match self.format_without(excluded.iter()) {
            none if none.is_empty() => none,
            without => (self.texts).excludes_for(without, labels.join(", ")),
        }
    }

    /// Names the members that are out of date.
    fn group_note(&self, queue: &QueueSnapshot, is_reconnecting: bool) -> String {
        let members = self.snapshot.group_members(queue).filter(|member| {
            self.snapshot
                .queue_freshness(member, self.now)
                .is_out_of_date()
        });
        let members: Vec<_> = members.map(|member| &member.id).collect();
        match members.first() {
            Some(first) if is_reconnecting => {
                let source = self.snapshot.site.source_name(&first.source);
                self.texts.reconnecting_to(source)
            }
            _ if members.len() == self.snapshot.group_members(queue).count() => {
                self.texts.all_members_out_of_date().to_owned()
            }
            _ => self.format_without(members.into_iter()),
        }
    }
}
