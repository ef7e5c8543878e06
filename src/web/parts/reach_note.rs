//! The note about the settings by which a TV reaches this server, on pages at an address of this computer only.

use wallboard_texts::Texts;

use crate::web::{
    WebState,
    parts::sentence::{Sentence, SentencePiece, slot},
};

/// The keys of the configuration that the note names.
const KEYS: [&str; 4] = ["listen", "[server]", "public_url", "tls"];

/// The settings that make it reachable, with the keys marked as code.
pub(in crate::web) fn reach_note(texts: &Texts, web: &WebState) -> Sentence {
    let text = write_note(texts, web, [0, 1, 2, 3].map(slot));
    Sentence::new(&text, KEYS.map(SentencePiece::Code).into())
}

/// The same as a text.
pub(in crate::web) fn reach_text(texts: &Texts, web: &WebState) -> String {
    write_note(texts, web, KEYS.map(str::to_owned))
}

fn write_note(texts: &Texts, web: &WebState, [listen, section, url, tls]: [String; 4]) -> String {
    let note = texts.open_reachable_address(listen, section, url);
    if web.sign_in.is_none() {
        return note;
    }
    format!("{note} {}", texts.sign_in_needs_tls(tls))
}
