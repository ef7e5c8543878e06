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
use crate::pictures::PictureError;
use crate::reports::ReportError;
use wallboard_access::{ApiTokenError, ScreenError, SignInError};
use wallboard_store::{RecordError, StoreError};
use wallboard_texts::Texts;

use crate::web::{
    WebState,
    access::{reader_texts::ReaderTexts, visitor::Visitor},
    parts::{links::PageLink, missing_subject::MissingSubject, page_header::PageHeader},
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
        what: MissingSubject,
        id: String,
        instead: Vec<PageLink>,
    },
    #[error("invalid option in the address")]
    BadRequest {
        message: String,
        instead: Vec<PageLink>,
    },
    /// A valid choice that nothing has figures for, explained in its reader's language.
    #[error("no figures for the choice")]
    NoFigures {
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
    #[error("the response took too long")]
    TookTooLong,
    #[error("couldn't change an alert")]
    Alert(#[from] AlertError),
    #[error("couldn't silence alerts, or end that")]
    Silence(#[from] SilenceError),
    #[error("couldn't note what was sent")]
    Report(#[from] ReportError),
    #[error("couldn't make or end an announcement")]
    Announcement(#[from] AnnouncementError),
    #[error("couldn't add a picture")]
    Picture(#[from] PictureError),
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
    instead: Vec<PageLink>,
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
            Self::BadRequest { .. } | Self::NoFigures { .. } => StatusCode::BAD_REQUEST,
            Self::NotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Forbidden | Self::OnlyInFiles | Self::CrossSite => StatusCode::FORBIDDEN,
            Self::InvalidForm => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TookTooLong => StatusCode::SERVICE_UNAVAILABLE,
            Self::Rewind(failure) => failure.status(),
            Self::Metrics
            | Self::Access(_)
            | Self::Screen(_)
            | Self::Alert(_)
            | Self::Silence(_)
            | Self::Announcement(_)
            | Self::Picture(_)
            | Self::Report(_)
            | Self::ApiToken(_)
            | Self::Record(_)
            | Self::Store(_)
            | Self::File(_)
            | Self::Render(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Title and sentence for the visitor.
    fn title_and_message(&self, texts: &'static Texts) -> (&'static str, String) {
        if RecordError::is_cluster_full(self) {
            return (
                texts.not_possible_now(),
                texts.records_full_help().to_owned(),
            );
        }
        if RecordError::is_cluster_away(self) {
            return (
                texts.not_possible_now(),
                texts.records_away_help().to_owned(),
            );
        }
        let (title, message) = match self {
            Self::NoSuchBoard(id) => {
                let message = texts.board_missing_help(id.as_str());
                return (texts.board_missing(), message);
            }
            Self::NotFound { what, id, .. } => {
                return (texts.subject_missing(), what.explain(texts, id));
            }
            Self::NoFigures { message, .. } => {
                return (texts.choice_impossible(), message.clone());
            }
            Self::Rewind(failure) => failure.title_and_message(texts),
            Self::NoSuchPage => (texts.page_missing(), texts.page_missing_help()),
            Self::NotAllowed => (texts.page_read_only(), texts.page_read_only_help()),
            Self::BadRequest { .. } => (texts.link_invalid(), texts.link_invalid_help()),
            Self::Forbidden => (texts.no_access(), texts.no_access_help()),
            Self::OnlyInFiles => (texts.only_in_files(), texts.only_in_files_help()),
            Self::CrossSite => (texts.nothing_changed(), texts.from_elsewhere_help()),
            Self::InvalidForm => (texts.nothing_changed(), texts.field_invalid_help()),
            Self::TookTooLong => (texts.took_too_long(), texts.took_too_long_help()),
            Self::Metrics
            | Self::Access(_)
            | Self::Screen(_)
            | Self::Alert(_)
            | Self::Silence(_)
            | Self::Announcement(_)
            | Self::Picture(_)
            | Self::Report(_)
            | Self::ApiToken(_)
            | Self::Record(_)
            | Self::Store(_)
            | Self::File(_)
            | Self::Render(_) => (texts.went_wrong(), texts.went_wrong_help()),
        };
        (title, message.to_owned())
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
    fn alternatives(&self, texts: &Texts) -> Vec<PageLink> {
        match self {
            Self::NotFound { what, instead, .. } => what
                .alternative(texts)
                .into_iter()
                .chain(instead.clone())
                .collect(),
            Self::BadRequest { instead, .. } | Self::NoFigures { instead, .. } => instead.clone(),
            _ => Vec::new(),
        }
    }

    /// Returns the texts of its page. An invalid part of an address is described in English, and then all is.
    fn texts_for(&self, reader: &'static Texts) -> &'static Texts {
        if self.detail().is_empty() {
            reader
        } else {
            Texts::english()
        }
    }
}

impl IntoResponse for WebError {
    /// Without a body: [`render_error_page`] knows what every page shows.
    fn into_response(self) -> Response {
        let status = self.status();
        // The only place that logs failed requests. A visitor who sends slowly could fill the log.
        if status.is_server_error() && !matches!(self, Self::TookTooLong) {
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
    let accepted = request.headers().get(header::ACCEPT_LANGUAGE).cloned();
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
    let visitor = response.extensions().get::<Visitor>();
    let visitor = visitor.cloned().unwrap_or_default();
    let ReaderTexts(reader) = ReaderTexts::find(&visitor, accepted.as_ref());
    let texts = failure.texts_for(reader);
    let mut header = PageHeader::new(&web, visitor);
    header.texts = texts;
    let (title, message) = failure.title_and_message(texts);
    let page = ErrorPage {
        build: assets::build_id(),
        header,
        title,
        message: &message,
        detail: failure.detail(),
        instead: failure.alternatives(texts),
    };
    let retry = response.headers().get(header::RETRY_AFTER);
    let retry = retry.map(|after| [(header::RETRY_AFTER, after.clone())]);
    match page.render() {
        Ok(html) => (response.status(), retry, Html(html)).into_response(),
        Err(_) => (response.status(), retry, message).into_response(),
    }
}
