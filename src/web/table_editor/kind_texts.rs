//! Texts about a kind of source or channel.

use wallboard_domain::FileOnlyReason;
use wallboard_texts::Texts;

use crate::{
    editing::KindForm,
    web::parts::{
        sentence::{Sentence, SentencePiece, slot},
        starter_title::starter_title,
    },
};

use super::edited_section::EditedSection;

/// "Chat: Vergic Engage (Vngage)", "Microsoft Teams"
pub(super) fn kind_title(texts: &Texts, kind: &KindForm) -> String {
    match kind.starter {
        Some(starter) => starter_title(texts, starter),
        None => texts.channel_kind(kind.kind),
    }
}

/// Returns a sentence about each of these keys that only files have.
pub(super) fn keys_of_files(
    texts: &Texts,
    section: EditedSection,
    kind: &KindForm,
    is_meant: impl Fn(&str) -> bool,
) -> Vec<Sentence> {
    let section: &str = section.0.into();
    let keys = kind.form.only_in_files.iter();
    let keys = keys.filter(|(key, _)| is_meant(key));
    let sentences = keys.map(|(key, reason)| {
        let text = match reason {
            FileOnlyReason::ServerFile => texts.key_is_file(slot(0), section),
            FileOnlyReason::ServerFolder => texts.key_is_folder(slot(0), section),
            FileOnlyReason::OwnNetwork => texts.key_opens_network(slot(0), section),
        };
        Sentence::new(&text, vec![SentencePiece::Code(key)])
    });
    sentences.collect()
}
