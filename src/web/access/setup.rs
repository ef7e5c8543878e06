//! `/setup`: the first administrator, made by a person who can read the server's console.

use askama::Template;
use axum::{
    Form, Router,
    extract::{Query, State},
    http::{HeaderMap, StatusCode},
    response::{Html, IntoResponse, Redirect, Response},
    routing::get,
};
use serde::Deserialize;

use wallboard_access::{AuditAction, Password, Role, SetupCodeError, SignInError, SignInRequest};
use wallboard_texts::Texts;

use crate::web::{
    WebError, WebState,
    access::{
        audited::Audited,
        reader_texts::ReaderTexts,
        sign_in::{AccessState, ClientAddress, device_name, note_sign_in, refusal, session_cookie},
    },
    server::assets,
};

#[derive(Template)]
#[template(path = "setup.html")]
struct SetupPage<'a> {
    build: &'static str,
    texts: &'static Texts,
    code: &'a str,
    name: &'a str,
    error: &'a str,
}

#[derive(Default, Deserialize)]
struct GivenCode {
    #[serde(default)]
    code: String,
}

#[derive(Deserialize)]
struct FirstAdmin {
    code: String,
    name: String,
    password: Password,
}

pub(in crate::web) fn routes() -> Router<WebState> {
    Router::new().route("/setup", get(show_form).post(add_first_admin))
}

async fn show_form(
    access: AccessState,
    ReaderTexts(texts): ReaderTexts,
    Query(GivenCode { code }): Query<GivenCode>,
) -> Result<Response, WebError> {
    if access.0.directory().has_users() {
        return Ok(Redirect::to("/login").into_response());
    }
    render_form(texts, StatusCode::OK, &code, "", "")
}

async fn add_first_admin(
    State(web): State<WebState>,
    access: AccessState,
    ReaderTexts(texts): ReaderTexts,
    ClientAddress(address): ClientAddress,
    headers: HeaderMap,
    Form(form): Form<FirstAdmin>,
) -> Result<Response, WebError> {
    let (Some(code), false) = (&web.setup_code, access.0.directory().has_users()) else {
        return Ok(Redirect::to("/login").into_response());
    };
    let is_right = match code.try_code(&form.code, address).await {
        Err(SetupCodeError::TooManyAttempts(wait)) => {
            let error = SignInError::TooManyAttempts(wait);
            let (status, text) = refusal(texts, error)?;
            return render_form(texts, status, "", &form.name, &text);
        }
        result => result.map_err(SignInError::from)?,
    };
    if !is_right {
        let error = texts.setup_code_wrong();
        return render_form(texts, StatusCode::FORBIDDEN, "", &form.name, error);
    }
    let request = SignInRequest {
        name: form.name.clone(),
        password: form.password.clone(),
        address,
        device: device_name(&headers),
    };
    let accounts = access.0.accounts();
    let added = accounts.add_user(&form.name, Role::Admin, form.password);
    let signed_in = match added.await {
        Ok(_) => {
            code.withdraw().await.map_err(SignInError::from)?;
            access.0.sign_in(request).await
        }
        Err(error) => Err(SignInError::from(error)),
    };
    match signed_in {
        Ok(token) => {
            let page = (session_cookie(&token, &access.0), Redirect::to("/"));
            let added = format!("{}, admin", form.name);
            let noted = Audited {
                action: AuditAction::AddedUser,
                subject: added,
                ..note_sign_in(&access.0, &token)
            };
            Ok(noted.mark(page))
        }
        Err(error) => {
            let (status, text) = refusal(texts, error)?;
            render_form(texts, status, &form.code, &form.name, &text)
        }
    }
}

fn render_form(
    texts: &'static Texts,
    status: StatusCode,
    code: &str,
    name: &str,
    error: &str,
) -> Result<Response, WebError> {
    let page = SetupPage {
        build: assets::build_id(),
        texts,
        code,
        name,
        error,
    };
    Ok((status, Html(page.render()?)).into_response())
}
