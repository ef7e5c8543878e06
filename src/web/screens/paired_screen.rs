//! The boards of a paired screen: those that it may show, and the one that it shows now.

use std::sync::Arc;

use wallboard_access::{ListedScreen, ScreenIdentity, ScreenState};

use crate::web::{
    WebState,
    access::visitor::Visitor,
    screens::{frames, screen_list::screens_show_agents, visible_screens::is_manageable},
};

#[derive(Debug)]
pub(in crate::web) struct PairedScreen {
    pub(in crate::web) name: String,
    /// IDs of the boards that it may show.
    pub(in crate::web) boards: Vec<String>,
    /// The board that it shows, if it is live.
    pub(in crate::web) live_board: Option<String>,
}

/// The paired screens that the visitor may change.
pub(in crate::web) fn paired_screens(web: &WebState, visitor: &Visitor) -> Vec<PairedScreen> {
    let Some(screens) = &web.screens else {
        return Vec::new();
    };
    let listed = screens.directory().list_screens().into_iter();
    let listed = listed.filter(|listed| is_manageable(web, visitor, &listed.screen));
    listed.map(|listed| paired_screen(web, &listed)).collect()
}

fn paired_screen(web: &WebState, listed: &ListedScreen) -> PairedScreen {
    let screen = &listed.screen;
    let (boards, current) = match &screen.playlist {
        None => (vec![screen.board.clone()], Some(screen.board.clone())),
        Some(name) => {
            let playlists = web.boards.list_playlists();
            let playlist = playlists.iter().find(|one| one.name == *name);
            let items = playlist.map(|playlist| playlist.items.iter());
            let boards = items.into_iter().flatten().map(|item| item.board.clone());
            let identity = ScreenIdentity {
                id: listed.id,
                screen: Arc::clone(screen),
                shows_agents: screens_show_agents(web),
            };
            (boards.collect(), frames::current_board(web, identity))
        }
    };
    PairedScreen {
        name: screen.name.clone(),
        boards,
        live_board: current.filter(|_| listed.condition.state == ScreenState::Live),
    }
}
