//! A web server in place of every vendor's. Its answers repeat whatever they were asked, secrets
//! included, or lead elsewhere.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use axum::{
    Json, Router,
    body::to_bytes,
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use parking_lot::{Mutex, MutexGuard};
use serde_json::json;

use super::local_server::LocalServer;

/// The vendor's answer.
#[derive(Clone, Debug)]
pub enum Hostility {
    /// An error in the vendor's own form, with the whole request as its words.
    Repeat,
    /// Redirects to each of these in turn.
    Redirect(Vec<String>),
}

#[derive(Debug)]
pub struct HostileVendor {
    pub server: LocalServer,
    requests: Arc<Mutex<Vec<String>>>,
}

#[derive(Clone, Debug)]
struct HostileState {
    hostility: Hostility,
    requests: Arc<Mutex<Vec<String>>>,
    next: Arc<AtomicUsize>,
}

impl HostileVendor {
    pub async fn start(hostility: Hostility) -> Self {
        let requests = Arc::<Mutex<Vec<String>>>::default();
        let state = HostileState {
            hostility,
            requests: Arc::clone(&requests),
            next: Arc::default(),
        };
        let router = Router::new().fallback(answer).with_state(state);
        let server = LocalServer::start(router).await;
        Self { server, requests }
    }

    /// The requests so far, in words.
    pub fn requests(&self) -> MutexGuard<'_, Vec<String>> {
        self.requests.lock()
    }
}

async fn answer(State(state): State<HostileState>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap();
    let body = String::from_utf8_lossy(&body);
    // Secrets first: vendors' words are cut.
    let (secret, other) = describe_headers(&parts.headers);
    let words = format!("{secret}{} {} {other}{body}", parts.method, parts.uri);
    state.requests.lock().push(words.clone());
    match &state.hostility {
        Hostility::Repeat => repeat(parts.uri.path(), &words),
        Hostility::Redirect(targets) => {
            let turn = state.next.fetch_add(1, Ordering::Relaxed);
            let status = [301, 302, 303, 307, 308][turn % 5];
            let target = targets[turn % targets.len()].clone();
            let status = StatusCode::from_u16(status).unwrap();
            (status, [(header::LOCATION, target)]).into_response()
        }
    }
}

fn repeat(path: &str, words: &str) -> Response {
    if path.starts_with("/acme") {
        let words = words.replace('&', "&amp;").replace('<', "&lt;");
        let xml = format!("<Error><Code>Odd</Code><Message>{words}</Message></Error>");
        return (StatusCode::BAD_REQUEST, xml).into_response();
    }
    if path.starts_with("/auth") {
        let token = "c4nary-voice-token";
        return Json(json!({"access_token": token, "token_type": "bearer", "expires_in": 3600}))
            .into_response();
    }
    let error = Json(json!({"message": words, "error_description": words}));
    let is_gms = path.starts_with("/genesys");
    let status = if is_gms {
        StatusCode::NOT_FOUND
    } else {
        StatusCode::FORBIDDEN
    };
    (status, error).into_response()
}

/// Returns the headers that have secrets, and all others, with their values.
fn describe_headers(headers: &HeaderMap) -> (String, String) {
    let is_secret = |name: &str| matches!(name, "authorization" | "x-api-key");
    let (mut secret, mut other) = (String::new(), String::new());
    for (name, value) in headers {
        let line = format!("{name}: {} ", String::from_utf8_lossy(value.as_bytes()));
        if is_secret(name.as_str()) {
            secret += &line;
        } else {
            other += &line;
        }
    }
    (secret, other)
}
