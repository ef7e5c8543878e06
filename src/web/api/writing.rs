//! Requests to the API that change something, and their JSON.

use axum::{
    Json,
    extract::{FromRequest, Request, rejection::JsonRejection},
    http::StatusCode,
};
use serde::de::DeserializeOwned;

use wallboard_access::{AuditActor, WriteRight};

use super::problem::Problem;
use crate::web::{
    WebState,
    access::{sign_in::ClientAddress, visitor::Visitor},
};

/// Returns who changes something, as the audit trail names them: a program only if its token includes that.
pub(super) fn writer(
    web: &WebState,
    visitor: &Visitor,
    ClientAddress(address): ClientAddress,
    right: WriteRight,
) -> Result<AuditActor, Problem> {
    let forbidden = |why: &str| Problem::new(StatusCode::FORBIDDEN, why);
    let actor = match visitor {
        Visitor::Program(program) if program.token.may_write.contains(&right) => {
            AuditActor::program(program)
        }
        Visitor::Program(_) => {
            let why = format!("this token doesn't include the right to change {right}");
            return Err(forbidden(&why));
        }
        _ => visitor
            .as_actor(web)
            .ok_or_else(|| forbidden("sign in first"))?,
    };
    Ok(actor.at(address))
}

/// A body of JSON. Whatever is wrong with it is a problem for the author of the request.
#[derive(Debug)]
pub(super) struct Body<T>(pub(super) T);

impl<S: Sync + Send, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let read: Result<Json<T>, JsonRejection> = Json::from_request(request, state).await;
        let Json(body) = read.map_err(|error| Problem::bad_request(&error.body_text()))?;
        Ok(Self(body))
    }
}
