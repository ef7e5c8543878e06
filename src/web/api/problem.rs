//! Request errors as `application/problem+json` (RFC 9457).

use std::collections::BTreeMap;

use axum::{
    Json,
    extract::{
        FromRequestParts,
        rejection::{PathRejection, QueryRejection},
    },
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use tracing::error;
use utoipa::{
    IntoResponses, ToSchema,
    openapi::{self, ContentBuilder, RefOr, ResponseBuilder},
};

use wallboard_store::StoreError;

const PROBLEM_CONTENT_TYPE: &str = "application/problem+json";

#[derive(Debug)]
pub(super) struct Problem {
    status: StatusCode,
    /// A sentence for the author of the request.
    detail: String,
    /// Each fault of a body that has several.
    errors: Vec<FaultPlace>,
}

/// A fault at one place of a body.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FaultPlace {
    /// The place, as a JSON Pointer.
    #[schema(example = "/queues/0/metrics/waiting")]
    pub(super) pointer: String,
    /// A sentence for the author of the request.
    pub(super) detail: String,
}

/// A request error (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub(super) struct Body {
    /// Always `about:blank`: the status says it all.
    r#type: &'static str,
    title: &'static str,
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// A sentence for the author of the request.
    detail: String,
    /// Each fault of a body that has several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(nullable = false)]
    errors: Vec<FaultPlace>,
}

impl Problem {
    pub(super) fn new(status: StatusCode, detail: &str) -> Self {
        Self {
            status,
            detail: detail.to_owned(),
            errors: Vec::new(),
        }
    }

    pub(super) fn with_errors(self, errors: Vec<FaultPlace>) -> Self {
        Self { errors, ..self }
    }

    pub(super) fn not_found(detail: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, detail)
    }

    pub(super) fn bad_request(detail: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    pub(super) fn not_allowed() -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "this path doesn't take that method",
        )
    }
}

impl Problem {
    /// The request can't be answered now. It is our fault; the log has the cause.
    pub(super) fn store_failure(error: &StoreError) -> Self {
        Self::failure(error, "couldn't read the database; see the log")
    }

    /// The change isn't made. It is our fault; the log has the cause.
    pub(super) fn write_failure(error: &(dyn std::error::Error + 'static)) -> Self {
        Self::failure(error, "couldn't write the change; see the log")
    }

    fn failure(error: &(dyn std::error::Error + 'static), detail: &str) -> Self {
        error!(error, "Couldn't answer an API request");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, detail)
    }
}

impl From<QueryRejection> for Problem {
    fn from(rejection: QueryRejection) -> Self {
        Self::bad_request(&rejection.body_text())
    }
}

impl From<PathRejection> for Problem {
    fn from(rejection: PathRejection) -> Self {
        Self::bad_request(&rejection.body_text())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = Json(Body {
            r#type: "about:blank",
            title: self.status.canonical_reason().unwrap_or_default(),
            status: self.status.as_u16(),
            detail: self.detail,
            errors: self.errors,
        });
        let mut response = (self.status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static(PROBLEM_CONTENT_TYPE),
        );
        response
    }
}

/// A path without query parameters. A parameter is reported as an error rather than ignored.
#[derive(Debug)]
pub(super) struct NoParameters;

impl<S: Sync> FromRequestParts<S> for NoParameters {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        match parts.uri.query() {
            None | Some("") => Ok(Self),
            Some(_) => Err(Problem::bad_request("this path takes no parameters")),
        }
    }
}

/// Any request may be invalid, or come while the server is too busy.
impl IntoResponses for Problem {
    fn responses() -> BTreeMap<String, RefOr<openapi::Response>> {
        let mut responses = documented_response("400", "The request is invalid.");
        let not_now = documented_response("503", "Not now, or not here; see `Retry-After`.");
        responses.extend(not_now);
        responses
    }
}

/// The 404 response of paths that name a resource.
#[derive(Debug)]
pub(super) struct NotFound;

impl IntoResponses for NotFound {
    fn responses() -> BTreeMap<String, RefOr<openapi::Response>> {
        documented_response("404", "Not found.")
    }
}

/// The 500 response of paths that read or write the database.
#[derive(Debug)]
pub(super) struct Failed;

impl IntoResponses for Failed {
    fn responses() -> BTreeMap<String, RefOr<openapi::Response>> {
        documented_response("500", "A fault of the server; see its log.")
    }
}

/// The 429 response of paths that limit what one client may ask for.
#[derive(Debug)]
pub(super) struct TooMany;

impl IntoResponses for TooMany {
    fn responses() -> BTreeMap<String, RefOr<openapi::Response>> {
        documented_response("429", "Too many requests; see `Retry-After`.")
    }
}

fn documented_response(
    status: &str,
    description: &str,
) -> BTreeMap<String, RefOr<openapi::Response>> {
    let content = ContentBuilder::new().schema(Some(openapi::Ref::from_schema_name(Body::name())));
    let response = ResponseBuilder::new()
        .description(description)
        .content(PROBLEM_CONTENT_TYPE, content.build())
        .build();
    [(status.to_owned(), response.into())].into()
}
