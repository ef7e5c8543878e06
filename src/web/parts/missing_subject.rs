//! The kinds of subjects that a page may be about and that may be missing.

use strum::Display;

use wallboard_texts::Texts;

use crate::web::parts::links::{self, PageLink};

/// A kind of subject.
#[derive(Clone, Copy, Debug, Display)]
#[strum(serialize_all = "lowercase")]
pub(in crate::web) enum MissingSubject {
    Queue,
    Agent,
    /// A custom figure.
    Figure,
    /// Of an agent, on a board.
    Card,
    #[strum(serialize = "file source")]
    FileSource,
}

impl MissingSubject {
    pub(in crate::web) fn explain(self, texts: &Texts, id: &str) -> String {
        match self {
            Self::Queue => texts.queue_missing_help(id),
            Self::Agent => texts.agent_missing_help(id),
            Self::Figure => texts.figure_missing_help(id),
            Self::Card => texts.card_missing_help(id),
            Self::FileSource => texts.file_source_missing_help(id),
        }
    }

    /// Where all of its kind are, if no page has that in its navigation.
    pub(in crate::web) fn alternative(self, texts: &Texts) -> Option<PageLink> {
        match self {
            Self::Agent | Self::Card => Some(links::board_link("agents", texts.all_agents())),
            Self::Queue | Self::Figure | Self::FileSource => None,
        }
    }
}
