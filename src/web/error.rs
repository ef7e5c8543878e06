//! A page that cannot be given. It says what the visitor can do and nothing
//! about the inside.

use askama::Template;
use axum::{
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};
use tracing::error;

use super::assets;

/// Everything that can go wrong while answering with a page.
#[derive(Debug, thiserror::Error)]
pub enum WebError {
    #[error("there is no such page")]
    NoSuchPage,
    #[error("there is no board {0:?}")]
    NoSuchBoard(String),
    #[error("the metrics could not be written")]
    Metrics,
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
}

impl WebError {
    fn status(&self) -> StatusCode {
        match self {
            Self::NoSuchPage | Self::NoSuchBoard(_) => StatusCode::NOT_FOUND,
            Self::Metrics | Self::Render(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Title and sentence for the visitor.
    fn words(&self) -> (&'static str, String) {
        match self {
            Self::NoSuchPage => (
                "No such page",
                "The address may be mistyped, or the page may have moved.".to_owned(),
            ),
            Self::NoSuchBoard(id) => (
                "No such board",
                format!("There is no board called “{id}”. It may have been renamed or removed."),
            ),
            Self::Metrics | Self::Render(_) => (
                "This page cannot be shown",
                "The fault is ours, and it is in the log. Try again in a moment.".to_owned(),
            ),
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
        };
        match page.render() {
            Ok(html) => (status, Html(html)).into_response(),
            Err(_) => (status, message).into_response(),
        }
    }
}
