//! A board's title in a language.

use wallboard_texts::Texts;

use super::{BoardDefinition, BoardLayout, BoardOrigin};

/// Returns a board's title. Boards that need no file have theirs in each language.
pub fn board_title<'a>(texts: &'a Texts, board: &'a BoardDefinition) -> &'a str {
    match (board.origin, board.layout) {
        (BoardOrigin::File, _) => &board.title,
        (BoardOrigin::Automatic, BoardLayout::Agents) => texts.automatic_agents(),
        (BoardOrigin::Automatic, _) => texts.automatic_queues(),
    }
}
