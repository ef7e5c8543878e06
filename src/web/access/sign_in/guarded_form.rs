//! Forms that only a page of the same session can have sent.

use std::sync::Arc;

use axum::{
    Form,
    extract::{FromRequest, FromRequestParts, Request},
};
use serde::{Deserialize, de::DeserializeOwned};

use crate::web::{WebError, WebState, access::visitor::Visitor};
use wallboard_access::{Identity, TokenId};

/// A form with the token of its session, in the field `form`.
pub(in crate::web) struct GuardedForm<T> {
    pub(in crate::web) identity: Arc<Identity>,
    pub(in crate::web) session: TokenId,
    pub(in crate::web) fields: T,
}

#[derive(Deserialize)]
struct Guarded<T> {
    form: String,
    #[serde(flatten)]
    fields: T,
}

impl<T: DeserializeOwned> FromRequest<WebState> for GuardedForm<T> {
    type Rejection = WebError;

    async fn from_request(request: Request, web: &WebState) -> Result<Self, WebError> {
        let (mut parts, body) = request.into_parts();
        let Ok(visitor) = Visitor::from_request_parts(&mut parts, web).await;
        let Visitor::Person(identity, token) = visitor else {
            return Err(WebError::NoSuchPage);
        };
        let request = Request::from_parts(parts, body);
        let Form(guarded): Form<Guarded<T>> = Form::from_request(request, web)
            .await
            .map_err(|_| WebError::InvalidForm)?;
        if guarded.form != token.form_token() {
            return Err(WebError::CrossSite);
        }
        Ok(Self {
            identity,
            session: token.id(),
            fields: guarded.fields,
        })
    }
}
