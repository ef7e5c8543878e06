//! Why a figure has no single value, in a language.

use wallboard_live::{FigureReason, NamedQueues};
use wallboard_texts::Texts;

/// Writes a reason within a sentence, or as a note.
pub fn write_reason(texts: &Texts, reason: &FigureReason) -> String {
    match reason {
        FigureReason::NotAdditive => texts.reason_not_additive().to_owned(),
        FigureReason::SharedAgents => texts.reason_shared_agents().to_owned(),
        FigureReason::Overlap => texts.reason_overlap().to_owned(),
        FigureReason::SourceMissing => texts.reason_source_missing().to_owned(),
        FigureReason::Excludes(queues) => texts.excludes(write_queue_names(texts, queues)),
        FigureReason::SmallTeam(agents) => texts.reason_small_team(*agents),
    }
}

/// Writes names like "Sales, Support and 3 more".
pub fn write_queue_names(texts: &Texts, queues: &NamedQueues) -> String {
    match (queues.more, queues.names.as_slice()) {
        (0, [first, second]) => texts.and_names(first.as_str(), second.as_str()),
        (0, names) => names.join(", "),
        (more, names) => texts.names_and_more(names.join(", "), more),
    }
}

#[cfg(test)]
mod tests {
    use wallboard_domain::Language;

    use super::*;

    #[test]
    fn english_reasons_are_those_of_the_api() {
        let queues = |names: &[&str], more| NamedQueues {
            names: names.iter().map(ToString::to_string).collect(),
            more,
        };
        for reason in [
            FigureReason::NotAdditive,
            FigureReason::SharedAgents,
            FigureReason::Overlap,
            FigureReason::SourceMissing,
            FigureReason::SmallTeam(5),
            FigureReason::Excludes(queues(&["Sales"], 0)),
            FigureReason::Excludes(queues(&["Sales", "Support"], 0)),
            FigureReason::Excludes(queues(&["Sales", "Support"], 3)),
        ] {
            assert_eq!(write_reason(Texts::english(), &reason), reason.to_string());
        }
        let german = Texts::of(Language::German);
        let named = write_queue_names(german, &queues(&["Sales", "Support"], 3));
        assert_eq!(named, "Sales, Support und 3 weitere");
    }
}
