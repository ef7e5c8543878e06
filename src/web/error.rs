//! Error pages. They say what the visitor can do, and nothing about internals.

use std::sync::Arc;

use askama::Template;
use axum::{
    Extension,
    extract::{Request, State},
    http::{StatusCode, header},
    middleware::Next,
    response::{Html, IntoResponse, Response},
};
use percent_encoding::percent_decode_str;
use tracing::error;

use crate::alerts::{AlertError, SilenceError};
use crate::announcements::AnnouncementError;
use crate::reports::ReportError;
use wallboard_access::{ApiTokenError, ScreenError, SignInError};
use wallboard_store::{RecordError, StoreError};

use crate::web::{
    WebState,
    access::visitor::Visitor,
    parts::{links::PageLink, page_header::PageHeader},
    rewind::RewindFailure,
    server::assets,
};

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
    #[error(transparent)]
    Rewind(#[from] RewindFailure),
    /// The visitor's role isn't enough.
    #[error("not allowed")]
    Forbidden,
    /// Settings are changed in files only.
    #[error("nobody changes settings in the browser")]
    OnlyInFiles,
    #[error("the request came from another site")]
    CrossSite,
    #[error("a field of the form is missing or invalid")]
    InvalidForm,
    #[error("couldn't change an alert")]
    Alert(#[from] AlertError),
    #[error("couldn't silence alerts, or end that")]
    Silence(#[from] SilenceError),
    #[error("couldn't note what was sent")]
    Report(#[from] ReportError),
    #[error("couldn't make or end an announcement")]
    Announcement(#[from] AnnouncementError),
    #[error("couldn't sign in, or change a user")]
    Access(#[from] SignInError),
    #[error("couldn't pair or change a screen")]
    Screen(#[from] ScreenError),
    #[error("couldn't make or revoke an API token")]
    ApiToken(#[from] ApiTokenError),
    #[error("couldn't save a change")]
    Record(#[from] RecordError),
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
    header: PageHeader,
    title: &'a str,
    message: &'a str,
    /// The invalid part; empty if the message names it.
    detail: &'a str,
    instead: &'a [PageLink],
}

impl WebError {
    fn status(&self) -> StatusCode {
        if RecordError::is_cluster_away(self) {
            return StatusCode::SERVICE_UNAVAILABLE;
        }
        match self {
            Self::NoSuchPage | Self::NoSuchBoard(_) | Self::NotFound { .. } => {
                StatusCode::NOT_FOUND
            }
            Self::BadRequest { .. } => StatusCode::BAD_REQUEST,
            Self::NotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Forbidden | Self::OnlyInFiles | Self::CrossSite => StatusCode::FORBIDDEN,
            Self::InvalidForm => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Rewind(failure) => failure.status(),
            Self::Metrics
            | Self::Access(_)
            | Self::Screen(_)
            | Self::Alert(_)
            | Self::Silence(_)
            | Self::Announcement(_)
            | Self::Report(_)
            | Self::ApiToken(_)
            | Self::Record(_)
            | Self::Store(_)
            | Self::File(_)
            | Self::Render(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Title and sentence for the visitor.
    fn title_and_message(&self) -> (&'static str, String) {
        if RecordError::is_cluster_full(self) {
            return (
                "Not possible right now",
                "The cluster’s records in NATS are full. Ask an administrator to make room."
                    .to_owned(),
            );
        }
        if RecordError::is_cluster_away(self) {
            return (
                "Not possible right now",
                "Can’t reach the cluster’s records in NATS. Try again in a minute, or ask an administrator to check NATS."
                    .to_owned(),
            );
        }
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
            Self::Rewind(failure) => failure.title_and_message(),
            Self::BadRequest { .. } => (
                "This link doesn’t work",
                "Part of its address isn’t valid. Start again from one of these pages.".to_owned(),
            ),
            Self::Forbidden => (
                "You don’t have access to this page",
                "An administrator can give you another role on the page Users.".to_owned(),
            ),
            Self::OnlyInFiles => (
                "Settings are in files only",
                "Nobody changes them in the browser, as `editing` in `[access]` of the configuration file sets it."
                    .to_owned(),
            ),
            Self::CrossSite => (
                "Nothing was changed",
                "The request didn’t come from the page it should. Reload the page and try again."
                    .to_owned(),
            ),
            Self::InvalidForm => (
                "Nothing was changed",
                "A field is missing or isn’t valid. Go back and try again.".to_owned(),
            ),
            Self::Metrics
            | Self::Access(_)
            | Self::Screen(_)
            | Self::Alert(_)
            | Self::Silence(_)
            | Self::Announcement(_)
            | Self::Report(_)
            | Self::ApiToken(_)
            | Self::Record(_)
            | Self::Store(_)
            | Self::File(_)
            | Self::Render(_) => (
                "Something went wrong",
                "The error has been logged. Try again in a moment.".to_owned(),
            ),
        }
    }
}

impl WebError {
    fn detail(&self) -> &str {
        match self {
            Self::BadRequest { message, .. } | Self::Rewind(RewindFailure::Invalid(message)) => {
                message
            }
            _ => "",
        }
    }

    /// Links to go to instead.
    fn alternatives(&self) -> &[PageLink] {
        match self {
            Self::NotFound { instead, .. } | Self::BadRequest { instead, .. } => instead,
            Self::NoSuchPage
            | Self::NotAllowed
            | Self::Rewind(_)
            | Self::NoSuchBoard(_)
            | Self::Forbidden
            | Self::OnlyInFiles
            | Self::CrossSite
            | Self::InvalidForm
            | Self::Access(_)
            | Self::Screen(_)
            | Self::Alert(_)
            | Self::Silence(_)
            | Self::Announcement(_)
            | Self::Report(_)
            | Self::ApiToken(_)
            | Self::Metrics
            | Self::Record(_)
            | Self::Store(_)
            | Self::File(_)
            | Self::Render(_) => &[],
        }
    }
}

impl IntoResponse for WebError {
    /// Without a body: [`render_error_page`] knows what every page shows.
    fn into_response(self) -> Response {
        let status = self.status();
        // The only place that logs failed requests.
        if status.is_server_error() {
            error!(
                error = &self as &dyn std::error::Error,
                "Couldn't serve a page"
            );
        }
        (status, Extension(Arc::new(self))).into_response()
    }
}

/// Renders the page of a failed request.
pub(super) async fn render_error_page(
    State(web): State<WebState>,
    request: Request,
    next: Next,
) -> Response {
    // The router itself refuses those, in plain text. The API has its own answer.
    let path = request.uri().path();
    let is_garbled = !path.starts_with("/api/") && percent_decode_str(path).decode_utf8().is_err();
    let response = next.run(request).await;
    let garbled;
    let failure = match response.extensions().get::<Arc<WebError>>() {
        Some(failure) => failure.as_ref(),
        None if is_garbled && response.status() == StatusCode::BAD_REQUEST => {
            garbled = WebError::BadRequest {
                message: "The address has characters that no page has.".to_owned(),
                instead: Vec::new(),
            };
            &garbled
        }
        None => return response,
    };
    let (title, message) = failure.title_and_message();
    let visitor = response.extensions().get::<Visitor>();
    let visitor = visitor.cloned().unwrap_or_default();
    let page = ErrorPage {
        build: assets::build_id(),
        header: PageHeader::new(&web, visitor),
        title,
        message: &message,
        detail: failure.detail(),
        instead: failure.alternatives(),
    };
    let retry = response.headers().get(header::RETRY_AFTER);
    let retry = retry.map(|after| [(header::RETRY_AFTER, after.clone())]);
    match page.render() {
        Ok(html) => (response.status(), retry, Html(html)).into_response(),
        Err(_) => (response.status(), retry, message).into_response(),
    }
}
