//! The pages of entries that are edited elsewhere.

use crate::{
    editing::{EntryId, Section},
    web::{
        parts::links::{form_urlencode, pattern_address},
        screens::playlist_form,
    },
};

/// The page that edits an entry, or that makes one without a name; `None`: its own page does.
pub(super) fn form_address(id: &EntryId) -> Option<String> {
    let named = |page: &str| match id.name.as_str() {
        "" => page.to_owned(),
        name => format!("{page}?name={}", form_urlencode(name)),
    };
    match id.section {
        Section::Thresholds | Section::Targets | Section::Hours => {
            Some(format!("{}#{}", pattern_address(&id.name), id.section))
        }
        Section::Boards if id.name.is_empty() => Some("/boards/new".to_owned()),
        Section::Boards => Some(format!("/boards/{}/edit", form_urlencode(&id.name))),
        Section::Alerts => Some(named("/alerts/rule")),
        Section::Reports => Some(named("/reports/edit")),
        Section::Playlists => Some(playlist_form::address_of(&id.name)),
        _ => None,
    }
}
