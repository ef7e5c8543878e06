//! The paired screens, for requests about them: what pairs none has none of their pages.

use axum::{extract::FromRequestParts, http::request::Parts};

use wallboard_access::Screens;

use crate::web::{WebError, WebState, access::visitor::screen_includes};

/// The screens, where some can be paired.
pub(in crate::web) struct ScreensState(pub(in crate::web) Screens);

impl FromRequestParts<WebState> for ScreensState {
    type Rejection = WebError;

    async fn from_request_parts(_: &mut Parts, web: &WebState) -> Result<Self, WebError> {
        web.screens.clone().map(Self).ok_or(WebError::NoSuchPage)
    }
}

/// Returns the names of the paired screens that show a board, and how many are connected.
pub(in crate::web) fn find_board_screens(web: &WebState, board: &str) -> (Vec<String>, usize) {
    let Some(screens) = &web.screens else {
        return (Vec::new(), 0);
    };
    let mut listed = screens.directory().list_screens();
    let playlists = web.boards.list_playlists();
    listed.retain(|listed| screen_includes(&listed.screen, &playlists, board));
    let connected = listed.iter().filter(|listed| listed.is_connected).count();
    let names = listed.iter().map(|listed| listed.screen.name.clone());
    (names.collect(), connected)
}
