//! Why a queue has its severity, as a sentence.

use wallboard_boards::{QueueEvaluation, SeverityReason};
use wallboard_domain::Moment;
use wallboard_live::{Freshness, Severity};
use wallboard_texts::Texts;

use crate::web::{
    pages::figures::FigureRow,
    parts::{
        clock::RunningClock,
        sentence::{Sentence, SentencePiece, slot},
    },
};

/// "Longest wait is 2:11, above the 2:00 threshold since 14:19. Also 0 available."
pub(super) fn explain(
    texts: &Texts,
    evaluation: QueueEvaluation,
    custom_figures: &[FigureRow],
    now: Moment,
) -> Sentence {
    let statement = |text: &str| Sentence::new(text, Vec::new());
    match (evaluation.reason, evaluation.severity) {
        (
            Some(SeverityReason::Threshold {
                label,
                value,
                since,
                position,
            }),
            _,
        ) => {
            let mut text = texts.figure_at(label, slot(0), position);
            if let Some(also @ [_, ..]) = evaluation.causes.get(1..) {
                text = format!("{text} {}", texts.also_causes(also.join(", ")));
            }
            let clock = match since {
                Some(since) => RunningClock::running_since(texts, since, Freshness::UpToDate, now),
                None => RunningClock::stopped(value),
            };
            Sentence::new(&text, vec![SentencePiece::Clock(clock)])
        }
        (Some(SeverityReason::Statement(sentence)), _) => statement(&sentence),
        (None, Severity::Normal) => {
            let worse = custom_figures.iter().filter(|figure| figure.is_worse());
            let worse: Vec<&str> = worse.map(|figure| figure.link.name.as_str()).collect();
            if worse.is_empty() {
                statement(texts.within_thresholds())
            } else {
                statement(&texts.within_thresholds_except(worse.join(", ")))
            }
        }
        (None, _) => statement(texts.no_thresholds()),
    }
}
