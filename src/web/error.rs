//! A page that cannot be given. It says what the visitor can do and nothing
//! about the inside.

use askama::Template;
use axum::{
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};
use tracing::error;

use crate::store::StoreError;

use super::{assets, names::Link};

/// Everything that can go wrong while answering with a page.
#[derive(Debug, thiserror::Error)]
pub(super) enum WebError {
    #[error("there is no such page")]
    NoSuchPage,
    #[error("there is nothing but to read here")]
    NotAllowed,
    #[error("there is no board {0:?}")]
    NoSuchBoard(String),
    #[error("the metrics could not be written")]
    Metrics,
    /// Something that a source speaks of, or not.
    #[error("there is no {what} {id:?}")]
    NoSuch {
        what: &'static str,
        id: String,
        instead: Vec<Link>,
    },
    #[error("what the address asks for cannot be given")]
    Bad { message: String, instead: Vec<Link> },
    #[error("the database could not answer")]
    Store(#[from] StoreError),
    #[error("a file could not be written: {0}")]
    File(String),
    #[error("the page could not be rendered")]
    Render(#[from] askama::Error),
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    build: &'static str,
    demo: bool,
    title: &'a str,
    message: &'a str,
    instead: &'a [Link],
}

impl WebError {
    fn status(&self) -> StatusCode {
        match self {
            Self::NoSuchPage | Self::NoSuchBoard(_) | Self::NoSuch { .. } => StatusCode::NOT_FOUND,
            Self::Bad { .. } => StatusCode::BAD_REQUEST,
            Self::NotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Metrics | Self::Store(_) | Self::File(_) | Self::Render(_) => {
                StatusCode::INTERNAL_SERVER_ERROR
            }
        }
    }

    /// Title and sentence for the visitor.
    fn words(&self) -> (&'static str, String) {
        match self {
            Self::NoSuchPage => (
                "No such page",
                "The address may be mistyped, or the page may have moved.".to_owned(),
            ),
            Self::NotAllowed => (
                "This address can only be read",
                "Nothing was changed.".to_owned(),
            ),
            Self::NoSuchBoard(id) => (
                "No such board",
                format!("There is no board called “{id}”. It may have been renamed or removed."),
            ),
            Self::NoSuch { what, id, .. } => (
                "Nothing of that name",
                format!(
                    "There is no {what} “{id}” here. It may have been removed, or hidden in the configuration."
                ),
            ),
            Self::Bad { message, .. } => ("This cannot be shown", message.clone()),
            Self::Metrics | Self::Store(_) | Self::File(_) | Self::Render(_) => (
                "This page cannot be shown",
                "The fault is ours, and it is in the log. Try again in a moment.".to_owned(),
            ),
        }
    }
}

impl WebError {
    /// What is there instead.
    fn instead(&self) -> &[Link] {
        match self {
            Self::NoSuch { instead, .. } | Self::Bad { instead, .. } => instead,
            Self::NoSuchPage
            | Self::NotAllowed
            | Self::NoSuchBoard(_)
            | Self::Metrics
            | Self::Store(_)
            | Self::File(_)
            | Self::Render(_) => &[],
        }
    }
}

impl IntoResponse for WebError {
    fn into_response(self) -> Response {
        let status = self.status();
        // The one place where failed requests are logged.
        if status.is_server_error() {
            error!(
                error = &self as &dyn std::error::Error,
                "A page could not be given"
            );
        }
        let (title, message) = self.words();
        let page = ErrorPage {
            build: assets::build(),
            demo: false,
            title,
            message: &message,
            instead: self.instead(),
        };
        match page.render() {
            Ok(html) => (status, Html(html)).into_response(),
            Err(_) => (status, message).into_response(),
        }
    }
}
