//! A small identity provider that gives whatever tokens a test makes.

use std::{collections::HashMap, sync::Arc};

use aws_lc_rs::{
    hmac,
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair},
};
use axum::{
    Form, Json, Router,
    extract::State,
    http::StatusCode,
    response::Redirect,
    routing::{get, post},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use parking_lot::Mutex;
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// A key pair of the provider, or of somebody who pretends to be it.
pub(super) struct SigningKey {
    pub(super) id: String,
    pair: EcdsaKeyPair,
}

#[derive(Clone)]
pub(super) struct FakeProvider {
    pub(super) issuer: String,
    state: Arc<Mutex<FakeState>>,
}

#[derive(Default)]
struct FakeState {
    keys: Vec<Value>,
    key_requests: usize,
    /// The answer to the next code.
    answer: Value,
    /// The last exchange.
    exchange: HashMap<String, String>,
    extra_metadata: Value,
}

impl SigningKey {
    pub(super) fn generate(id: &str) -> Self {
        Self {
            id: id.to_owned(),
            pair: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap(),
        }
    }

    pub(super) fn public_bytes(&self) -> &[u8] {
        self.pair.public_key().as_ref()
    }

    pub(super) fn to_jwk(&self) -> Value {
        let (x, y) = self.public_bytes()[1..].split_at(32);
        json!({
            "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": self.id,
            "x": BASE64_URL_SAFE_NO_PAD.encode(x), "y": BASE64_URL_SAFE_NO_PAD.encode(y),
        })
    }

    pub(super) fn sign(&self, header: &Value, claims: &Value) -> String {
        let signed = signing_input(header, claims);
        let signature = self.pair.sign(&SystemRandom::new(), signed.as_bytes());
        join_signature(&signed, signature.unwrap().as_ref())
    }

    /// Signs as the provider does.
    pub(super) fn sign_claims(&self, claims: &Value) -> String {
        let header = json!({"alg": "ES256", "typ": "JWT", "kid": self.id});
        self.sign(&header, claims)
    }
}

/// Signs with a secret.
pub(super) fn sign_with_secret(claims: &Value, secret: &[u8]) -> String {
    let header = json!({"alg": "HS256", "typ": "JWT"});
    let signed = signing_input(&header, claims);
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    join_signature(&signed, hmac::sign(&key, signed.as_bytes()).as_ref())
}

pub(super) fn unsigned(claims: &Value) -> String {
    format!("{}.", signing_input(&json!({"alg": "none"}), claims))
}

/// The same signature below other claims.
pub(super) fn with_claims(token: &str, claims: &Value) -> String {
    let parts: Vec<_> = token.split('.').collect();
    format!("{}.{}.{}", parts[0], encode(claims), parts[2])
}

fn signing_input(header: &Value, claims: &Value) -> String {
    format!("{}.{}", encode(header), encode(claims))
}

fn join_signature(signed: &str, signature: &[u8]) -> String {
    format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
}

fn encode(value: &Value) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(value.to_string())
}

impl FakeProvider {
    pub(super) async fn start(key: &SigningKey) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self::serve(listener, key)
    }

    pub(super) fn serve(listener: TcpListener, key: &SigningKey) -> Self {
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let provider = Self {
            issuer,
            state: Arc::default(),
        };
        provider.set_keys(&[key]);
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(metadata))
            .route("/keys", get(keys))
            .route("/moved", get(async || Redirect::to("/keys")))
            .route("/endless", get(async || " ".repeat(2 << 20)))
            .route("/token", post(token))
            .with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        provider
    }

    pub(super) fn set_keys(&self, keys: &[&SigningKey]) {
        self.state.lock().keys = keys.iter().map(|key| key.to_jwk()).collect();
    }

    pub(super) fn set_answer(&self, answer: Value) {
        self.state.lock().answer = answer;
    }

    /// Adds fields to its metadata, or replaces them.
    pub(super) fn set_metadata(&self, extra: Value) {
        self.state.lock().extra_metadata = extra;
    }

    pub(super) fn key_requests(&self) -> usize {
        self.state.lock().key_requests
    }

    /// The form of the last exchange, and its `Authorization`.
    pub(super) fn exchange(&self) -> HashMap<String, String> {
        self.state.lock().exchange.clone()
    }
}

async fn metadata(State(provider): State<FakeProvider>) -> Json<Value> {
    let issuer = &provider.issuer;
    let mut metadata = json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/keys"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
    });
    let extra = provider.state.lock().extra_metadata.clone();
    for (key, value) in extra.as_object().into_iter().flatten() {
        metadata[key] = value.clone();
    }
    Json(metadata)
}

async fn keys(State(provider): State<FakeProvider>) -> Json<Value> {
    let mut state = provider.state.lock();
    state.key_requests += 1;
    Json(json!({"keys": state.keys}))
}

async fn token(
    State(provider): State<FakeProvider>,
    headers: axum::http::HeaderMap,
    Form(mut form): Form<HashMap<String, String>>,
) -> (StatusCode, Json<Value>) {
    if let Some(header) = headers.get("authorization") {
        let text = header.to_str().unwrap().to_owned();
        form.insert("authorization".to_owned(), text);
    }
    let mut state = provider.state.lock();
    state.exchange = form;
    let answer = state.answer.clone();
    let status = if answer["error"].is_null() {
        StatusCode::OK
    } else {
        StatusCode::BAD_REQUEST
    };
    (status, Json(answer))
}
