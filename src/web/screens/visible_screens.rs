//! The paired screens that a visitor may see: those whose boards they see.

use wallboard_access::{ListedScreen, Right, Screen, Screens};

use crate::web::{WebState, access::visitor::Visitor, screens::playlist_choice::sees_boards_of};

/// The paired screens that the visitor may see, by name.
pub(in crate::web) fn list_visible_screens(
    web: &WebState,
    screens: &Screens,
    visitor: &Visitor,
) -> Vec<ListedScreen> {
    let mut listed = screens.directory().list_screens();
    listed.retain(|listed| is_manageable(web, visitor, &listed.screen));
    listed
}

/// A screen whose board the visitor may see; others are somebody else's.
pub(super) fn is_manageable(web: &WebState, visitor: &Visitor, screen: &Screen) -> bool {
    if visitor.has(Right::WholeSite) {
        return true;
    }
    match &screen.playlist {
        Some(name) => (web.boards.list_playlists().iter())
            .any(|one| one.name == *name && sees_boards_of(web, visitor, one)),
        None => (web.boards.find_board(&screen.board)).is_some_and(|board| visitor.may_see(&board)),
    }
}
