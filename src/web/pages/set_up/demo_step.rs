//! Demo data in the set-up: a button adds a simulated source to look around with, and one removes it.

use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use wallboard_live::Snapshot;

use crate::{
    editing::{SaveError, Section},
    web::{
        WebError, WebState,
        access::editing::EditForm,
        parts::{entry_address::table_address, page_header::PageHeader},
        table_editor::{demo_entry, remove_demo_data},
    },
};

use super::source_editor;

pub(super) const ROUTE: &str = "/settings/demo";

/// A button of the step about data sources.
#[derive(Debug)]
pub(in crate::web::pages) struct DemoButton {
    pub(in crate::web::pages) label: &'static str,
    /// "add" or "remove"
    pub(in crate::web::pages) action: &'static str,
}

#[derive(Deserialize)]
pub(super) struct DemoChange {
    action: String,
}

impl DemoButton {
    /// Adds demo data where nothing is connected, and removes those that somebody added here.
    pub(super) fn find(web: &WebState, header: &PageHeader, snapshot: &Snapshot) -> Option<Self> {
        let editor = source_editor(web, header)?;
        if !remove_demo_data(editor).is_empty() {
            return Some(Self {
                label: header.texts.remove_demo_data(),
                action: "remove",
            });
        }
        let is_empty = snapshot.sources.is_empty() && web.imports.list_statuses().is_empty();
        is_empty.then(|| Self {
            label: header.texts.look_with_demo_data(),
            action: "add",
        })
    }
}

pub(super) async fn change_demo(form: EditForm<DemoChange>) -> Result<Response, WebError> {
    let EditForm { editing, fields } = form;
    let editor = editing.editor();
    if !editor.has_section(Section::Sources) {
        return Err(WebError::NoSuchPage);
    }
    let (id, toml) = demo_entry();
    let changes = match &*fields.action {
        "add" => vec![editor.change_since(id.clone(), Some(toml), editor.newest_revision())],
        "remove" => remove_demo_data(editor),
        _ => return Err(WebError::InvalidForm),
    };
    let steps = "/?set-up=show";
    let next = match editing.save_all(changes).await? {
        Err(SaveError::Records(error)) => return Err(error.into()),
        // Something else names its queues: its own page lists what.
        Err(SaveError::Invalid(_)) => table_address(&id),
        // Or somebody else was faster, which the steps show.
        Ok(()) | Err(_) => steps.to_owned(),
    };
    Ok(Redirect::to(&next).into_response())
}
