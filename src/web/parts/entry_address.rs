//! Where an entry of the settings is changed.

use crate::{
    editing::{EntryId, Section},
    web::parts::links::form_urlencode,
};

/// The page that makes a source.
pub(in crate::web) const NEW_ROUTE: &str = "/sources/new";
/// The page that makes a channel.
pub(in crate::web) const NEW_CHANNEL_ROUTE: &str = "/channels/new";

/// The page of an entry, with its versions.
pub(in crate::web) fn entry_address(id: &EntryId) -> String {
    if id.section.has_secrets() {
        return format!("{}?", table_address(id));
    }
    let query = form_urlencode(&id.name);
    format!("/settings/{}?name={query}", id.section)
}

/// The form of a source or a channel; without a name, the one that makes it.
pub(in crate::web) fn table_address(id: &EntryId) -> String {
    if id.name.is_empty() {
        let is_channel = id.section == Section::Channels;
        return if is_channel {
            NEW_CHANNEL_ROUTE
        } else {
            NEW_ROUTE
        }
        .to_owned();
    }
    let name = form_urlencode(&id.name);
    let section: &str = id.section.into();
    format!("/{section}/{name}/edit")
}
