//! The boards and screens on which a visitor may announce something, and the announcements that they may end.

use std::collections::{BTreeMap, BTreeSet};

use wallboard_access::Permissions;

use crate::{
    announcements::KeptAnnouncement,
    web::{WebState, access::visitor::Visitor, screens::visible_screens::list_visible_screens},
};

/// The places of an announcement.
pub(in crate::web) struct AnnouncementPlaces {
    /// IDs; `None`: all boards.
    pub(in crate::web) boards: Option<Vec<String>>,
    /// Names.
    pub(in crate::web) screens: Vec<String>,
}

/// Returns where an announcement stands, by the boards and screens chosen: with screens alone, on no board. The error is
/// a board or screen that isn't theirs to see, or doesn't exist.
pub(in crate::web) fn choose_places(
    web: &WebState,
    visitor: &Visitor,
    boards: Vec<String>,
    screens: Vec<String>,
) -> Result<AnnouncementPlaces, String> {
    let visible = visible_screens(web, visitor);
    if let Some(unknown) = screens.iter().find(|name| !visible.contains(name)) {
        return Err(unknown.clone());
    }
    let boards = if boards.is_empty() && !screens.is_empty() {
        Some(Vec::new())
    } else {
        choose_boards(web, visitor, boards)?
    };
    Ok(AnnouncementPlaces { boards, screens })
}

/// The names of the paired screens on which a visitor may announce something, each once.
pub(in crate::web) fn visible_screens(web: &WebState, visitor: &Visitor) -> Vec<String> {
    let Some(screens) = &web.screens else {
        return Vec::new();
    };
    let listed = list_visible_screens(web, screens, visitor).into_iter();
    let mut names: Vec<_> = listed.map(|listed| listed.screen.name.clone()).collect();
    names.sort();
    names.dedup();
    names
}

/// The names of those screens by where they hang, of those that hang somewhere.
pub(in crate::web) fn visible_places(
    web: &WebState,
    visitor: &Visitor,
) -> BTreeMap<String, BTreeSet<String>> {
    let mut places: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let screens = web.screens.as_ref();
    let listed = screens.map(|screens| list_visible_screens(web, screens, visitor));
    for listed in listed.into_iter().flatten() {
        let screen = &listed.screen;
        if !screen.place.is_empty() {
            let names = places.entry(screen.place.clone()).or_default();
            names.insert(screen.name.clone());
        }
    }
    places
}

/// Returns on which boards an announcement stands, by the IDs of those chosen: without any, on all that the visitor
/// may see; `None` in it: on all there are. The error is a board that isn't theirs to see, or doesn't exist.
fn choose_boards(
    web: &WebState,
    visitor: &Visitor,
    chosen: Vec<String>,
) -> Result<Option<Vec<String>>, String> {
    let visible = web.boards.list_boards();
    let visible = visible.iter().filter(|board| visitor.may_see(board));
    let visible: Vec<_> = visible.map(|board| board.id.clone()).collect();
    if let Some(unknown) = chosen.iter().find(|id| !visible.contains(id)) {
        return Err(unknown.clone());
    }
    Ok(match chosen.is_empty() {
        true if has_all_boards(visitor) => None,
        true => Some(visible),
        false => Some(chosen),
    })
}

/// Whether all boards and screens that show an announcement are the visitor's to see.
pub(in crate::web) fn may_end(web: &WebState, visitor: &Visitor, kept: &KeptAnnouncement) -> bool {
    let announcement = &kept.announcement;
    let sees_screens = announcement.screens.is_empty() || {
        let visible = visible_screens(web, visitor);
        // Nobody has the ones that were removed.
        let known = all_screens(web);
        let mut gone_or_seen = announcement.screens.iter();
        gone_or_seen.all(|name| visible.contains(name) || !known.contains(name))
    };
    sees_screens
        && match &announcement.boards {
            None => has_all_boards(visitor),
            Some(boards) => visitor.may_see_all(&web.boards, boards.iter().map(String::as_str)),
        }
}

fn all_screens(web: &WebState) -> Vec<String> {
    let listed = web
        .screens
        .as_ref()
        .map(|screens| screens.directory().list_screens());
    let listed = listed.into_iter().flatten();
    listed.map(|listed| listed.screen.name.clone()).collect()
}

fn has_all_boards(visitor: &Visitor) -> bool {
    (visitor.permissions()).is_some_and(Permissions::has_all_boards)
}
