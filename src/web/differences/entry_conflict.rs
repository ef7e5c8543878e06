//! An entry that somebody else changed while a form of it was open: theirs beside what the form would save.

use wallboard_texts::Texts;

use crate::{
    editing::{Entry, EntryChange},
    web::{
        WebState,
        parts::{
            clock::write_time,
            sentence::{Sentence, slot},
        },
    },
};

use super::{DifferenceWords, DifferenceWriter, entry_difference::shown_text};

/// Both versions of an entry.
pub(in crate::web) struct EntryConflict {
    /// "Not saved: Anna changed it meanwhile, 10:21"
    pub(in crate::web) about: Sentence,
    /// From theirs to the visitor's.
    pub(in crate::web) words: Vec<DifferenceWords>,
    /// Empty if they removed it.
    pub(in crate::web) theirs: String,
    /// Empty if the visitor removes it.
    pub(in crate::web) yours: String,
}

impl EntryConflict {
    pub(in crate::web) fn new(
        texts: &'static Texts,
        web: &WebState,
        theirs: &Entry,
        yours: Option<&str>,
    ) -> Self {
        let about = theirs.versions.last().map(|version| {
            let at = write_time(texts, web, version.at);
            Sentence::with_name(&texts.changed_meanwhile(slot(0), at), &version.by)
        });
        let difference =
            DifferenceWriter::new(texts, web).compare(&theirs.id, theirs.current(), yours);
        Self {
            about: about.unwrap_or_default(),
            words: difference.words,
            theirs: shown_text(&theirs.id, theirs.current()),
            yours: shown_text(&theirs.id, yours),
        }
    }

    /// The one of several changes that began from an older version.
    pub(in crate::web) fn among(
        texts: &'static Texts,
        web: &WebState,
        theirs: &Entry,
        changes: &[EntryChange],
    ) -> Self {
        let yours = changes.iter().find(|change| change.id == theirs.id);
        let yours = yours.and_then(|change| change.toml.as_deref());
        Self::new(texts, web, theirs, yours)
    }
}
