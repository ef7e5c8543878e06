//! Sentences with links, clocks and code in them, in any language's order.

use crate::web::parts::{clock::RunningClock, links::PageLink};

/// The first of the characters that stand for pieces. They are in no text that people write.
const FIRST_SLOT: u32 = 0xE000;
const LAST_SLOT: u32 = 0xF8FF;

/// A sentence in pieces.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::web) struct Sentence(pub(in crate::web) Vec<SentencePiece>);

#[derive(Debug, PartialEq, Eq)]
pub(in crate::web) enum SentencePiece {
    Text(String),
    Link(PageLink),
    Clock(RunningClock),
    Code(&'static str),
    Bold(String),
    /// A field of the page's form, by its name. The page writes it.
    Field(&'static str),
}

/// The text that stands for a piece until the sentence is written.
pub(in crate::web) fn slot(number: u32) -> String {
    char::from_u32(FIRST_SLOT + number).map_or_else(String::new, String::from)
}

impl Sentence {
    /// Puts pieces in place of their slots. A piece is used once.
    pub(in crate::web) fn new(text: &str, pieces: Vec<SentencePiece>) -> Self {
        let mut pieces: Vec<_> = pieces.into_iter().map(Some).collect();
        let (mut written, mut run) = (Vec::new(), String::new());
        for letter in text.chars() {
            if !(FIRST_SLOT..=LAST_SLOT).contains(&u32::from(letter)) {
                run.push(letter);
                continue;
            }
            let number = usize::try_from(u32::from(letter) - FIRST_SLOT).unwrap_or(usize::MAX);
            if let Some(piece) = pieces.get_mut(number).and_then(Option::take) {
                if !run.is_empty() {
                    written.push(SentencePiece::Text(std::mem::take(&mut run)));
                }
                written.push(piece);
            }
        }
        if !run.is_empty() {
            written.push(SentencePiece::Text(run));
        }
        Self(written)
    }

    /// Puts a name in place of the first slot. It is data, whatever it says.
    pub(in crate::web) fn with_name(text: &str, name: &str) -> Self {
        Self::new(text, vec![SentencePiece::Link(PageLink::new(name, ""))])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_stand_where_the_text_has_them() {
        let text = format!("{} wartet seit {}.", slot(1), slot(0));
        let clock = RunningClock::stopped("2:11");
        let link = PageLink::new("Sales \u{e001}", "/");
        let sentence = Sentence::new(
            &text,
            vec![
                SentencePiece::Clock(clock.clone()),
                SentencePiece::Link(link.clone()),
            ],
        );
        let expected = vec![
            SentencePiece::Link(link),
            SentencePiece::Text(" wartet seit ".to_owned()),
            SentencePiece::Clock(clock),
            SentencePiece::Text(".".to_owned()),
        ];
        assert_eq!(sentence.0, expected);
    }

    #[test]
    fn a_slot_without_a_piece_is_left_out() {
        let text = format!("a{0}{0}{1}b", slot(0), slot(7));
        let sentence = Sentence::new(&text, vec![SentencePiece::Code("x")]);
        let text = |text: &str| SentencePiece::Text(text.to_owned());
        assert_eq!(sentence.0, [text("a"), SentencePiece::Code("x"), text("b")]);
    }
}
