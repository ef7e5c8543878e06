//! The section whose entries a page changes, with its addresses.

use std::convert::Infallible;

use axum::{extract::FromRequestParts, http::request::Parts};

use crate::{
    editing::{EntryId, Section},
    web::{
        WebError, WebState,
        access::editing::Editing,
        parts::entry_address::{self, NEW_CHANNEL_ROUTE, NEW_ROUTE},
    },
};

/// Sources or channels, as the address of the page says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct EditedSection(pub(super) Section);

impl EditedSection {
    pub(super) fn is_channels(self) -> bool {
        self.0 == Section::Channels
    }

    pub(super) fn new_route(self) -> &'static str {
        if self.is_channels() {
            NEW_CHANNEL_ROUTE
        } else {
            NEW_ROUTE
        }
    }

    /// The page that lists them.
    pub(super) fn list_route(self) -> &'static str {
        if self.is_channels() {
            "/alerts"
        } else {
            "/sources"
        }
    }

    pub(super) fn entry_id(self, id: &str) -> EntryId {
        EntryId::new(self.0, id)
    }

    pub(super) fn address_of(self, id: &str) -> String {
        entry_address::table_address(&self.entry_id(id))
    }

    /// Only administrators change these; a demo has none to change.
    pub(super) fn check_right(self, editing: &Editing) -> Result<(), WebError> {
        if !editing.may_edit_some(self.0) {
            return Err(WebError::Forbidden);
        }
        if editing.editor().has_section(self.0) {
            Ok(())
        } else {
            Err(WebError::NoSuchPage)
        }
    }
}

impl FromRequestParts<WebState> for EditedSection {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &WebState) -> Result<Self, Infallible> {
        let is_channels = parts.uri.path().starts_with("/channels/");
        Ok(Self(if is_channels {
            Section::Channels
        } else {
            Section::Sources
        }))
    }
}
