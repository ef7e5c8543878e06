//! Error pages. They say what the visitor can do, and nothing about internals.

use askama::Template;
use axum::{
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};
use tracing::error;

use crate::store::StoreError;

use super::{assets, links::PageLink};

/// Errors while serving a page.
#[derive(Debug, thiserror::Error)]
pub(super) enum WebError {
    #[error("page not found")]
    NoSuchPage,
    #[error("this page is read-only")]
    NotAllowed,
    #[error("board {0:?} not found")]
    NoSuchBoard(String),
    #[error("couldn't write the metrics")]
    Metrics,
    /// An unknown or hidden subject of a source.
    #[error("{what} {id:?} not found")]
    NotFound {
        what: &'static str,
        id: String,
        instead: Vec<PageLink>,
    },
    #[error("invalid option in the address")]
    BadRequest {
        message: String,
        instead: Vec<PageLink>,
    },
    #[error("couldn't read the database")]
    Store(#[from] StoreError),
    #[error("couldn't write a file: {0}")]
    File(String),
    #[error("couldn't render the page")]
    Render(#[from] askama::Error),
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    build: &'static str,
    demo: bool,
    title: &'a str,
    message: &'a str,
    instead: &'a [PageLink],
}

impl WebError {
    fn status(&self) -> StatusCode {
        match self {
            Self::NoSuchPage | Self::NoSuchBoard(_) | Self::NotFound { .. } => {
                StatusCode::NOT_FOUND
            }
            Self::BadRequest { .. } => StatusCode::BAD_REQUEST,
            Self::NotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Metrics | Self::Store(_) | Self::File(_) | Self::Render(_) => {
                StatusCode::INTERNAL_SERVER_ERROR
            }
        }
    }

    /// Title and sentence for the visitor.
    fn title_and_message(&self) -> (&'static str, String) {
        match self {
            Self::NoSuchPage => (
                "Page not found",
                "Check the address, or start from Boards.".to_owned(),
            ),
            Self::NotAllowed => ("This page is read-only", "Nothing was changed.".to_owned()),
            Self::NoSuchBoard(id) => (
                "Board not found",
                format!("There’s no board called “{id}”. It may have been renamed or deleted."),
            ),
            Self::NotFound { what, id, .. } => (
                "Not found",
                format!(
                    "There’s no {what} “{id}”. It may have been deleted, or hidden in the configuration."
                ),
            ),
            Self::BadRequest { message, .. } => {
                ("Something in this link isn’t valid", message.clone())
            }
            Self::Metrics | Self::Store(_) | Self::File(_) | Self::Render(_) => (
                "Something went wrong",
                "The error has been logged. Try again in a moment.".to_owned(),
            ),
        }
    }
}

impl WebError {
    /// Links to go to instead.
    fn alternatives(&self) -> &[PageLink] {
        match self {
            Self::NotFound { instead, .. } | Self::BadRequest { instead, .. } => instead,
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
        // The only place that logs failed requests.
        if status.is_server_error() {
            error!(
                error = &self as &dyn std::error::Error,
                "Couldn't serve a page"
            );
        }
        let (title, message) = self.title_and_message();
        let page = ErrorPage {
            build: assets::build_id(),
            demo: false,
            title,
            message: &message,
            instead: self.alternatives(),
        };
        match page.render() {
            Ok(html) => (status, Html(html)).into_response(),
            Err(_) => (status, message).into_response(),
        }
    }
}
