//! The playlists that a visitor may give a screen: those whose boards they may all see.

use wallboard_boards::Playlist;
use wallboard_texts::Texts;

use crate::web::{
    WebError, WebState,
    access::visitor::Visitor,
    parts::page_header::PageHeader,
    screens::{playlist_form, screen_fields::playlist_value},
};

pub(in crate::web) struct PlaylistChoice {
    /// As a screen's choice.
    pub(in crate::web) value: String,
    pub(in crate::web) name: String,
    /// "3 boards"
    pub(in crate::web) size: String,
    /// Where it's changed.
    pub(in crate::web) address: String,
}

/// The playlists that the visitor may give a screen.
pub(in crate::web) fn list_playlists(
    texts: &Texts,
    web: &WebState,
    visitor: &Visitor,
) -> Vec<PlaylistChoice> {
    let playlists = web.boards.list_playlists();
    let playlists = playlists.iter();
    let playlists = playlists.filter(|one| sees_boards_of(web, visitor, one));
    let choices = playlists.map(|playlist| PlaylistChoice {
        value: playlist_value(&playlist.name),
        name: playlist.name.clone(),
        size: texts.boards_counted(playlist.items.len()),
        address: playlist_form::address_of(&playlist.name),
    });
    choices.collect()
}

/// A playlist of boards that the visitor may see, and so show.
pub(super) fn known_playlist(
    web: &WebState,
    header: &PageHeader,
    name: &str,
) -> Result<String, WebError> {
    let playlists = web.boards.list_playlists();
    let found = playlists.iter().find(|one| one.name == name);
    let found = found.filter(|one| sees_boards_of(web, header.visitor(), one));
    found
        .map(|playlist| playlist.name.clone())
        .ok_or_else(|| WebError::NoSuchBoard(name.to_owned()))
}

/// Whether the visitor may see all boards of a playlist.
pub(super) fn sees_boards_of(web: &WebState, visitor: &Visitor, playlist: &Playlist) -> bool {
    let boards = playlist.items.iter().map(|item| &*item.board);
    visitor.may_see_all(&web.boards, boards)
}
