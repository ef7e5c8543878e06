use std::sync::Arc;

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use tokio::net::TcpListener;

use crate::genesys::http::build_client;
use wallboard_runtime::https;

use super::*;

/// Sends the scripted responses, in order, and records the requests.
#[derive(Debug, Default)]
struct TokenServer {
    answers: Mutex<Vec<(u16, &'static str)>>,
    requests: Mutex<Vec<(HeaderMap, String)>>,
}

impl TokenServer {
    fn received_requests(&self) -> Vec<String> {
        let requests = self.requests.lock();
        requests.iter().map(|(_, form)| form.clone()).collect()
    }
}

async fn answer_request(
    State(server): State<Arc<TokenServer>>,
    headers: HeaderMap,
    form: String,
) -> (StatusCode, &'static str) {
    server.requests.lock().push((headers, form));
    let mut answers = server.answers.lock();
    let (status, body) = if answers.len() > 1 {
        answers.remove(0)
    } else {
        answers[0]
    };
    (StatusCode::from_u16(status).unwrap(), body)
}

/// A provider and its server, which sends these responses; the last one repeats.
async fn token_provider(answers: &[(u16, &'static str)]) -> (Arc<TokenProvider>, Arc<TokenServer>) {
    let server = Arc::new(TokenServer::default());
    *server.answers.lock() = answers.to_vec();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let app = Router::new()
        .route("/token", post(answer_request))
        .with_state(Arc::clone(&server));
    tokio::spawn(async move { axum::serve(listener, app).await });
    let auth = OAuthSettings {
        token_url: format!("http://{address}/token"),
        grant: OAuthGrant::Password {
            username: "tenant\\anna".to_owned(),
            password: RedactedText("p&ss wörd".to_owned()),
        },
        client_id: "me".to_owned(),
        client_secret: RedactedText("secret".to_owned()),
    };
    let http = build_client(
        &RedactedText("key".to_owned()),
        https::default_tls_config(),
        Arc::default(),
    )
    .unwrap();
    (Arc::new(TokenProvider::new(auth, http)), server)
}

const LONG: &str = r#"{"access_token":"one","expires_in":3600,"refresh_token":"more"}"#;
const SECOND: &str = r#"{"access_token":"two","expires_in":"3600"}"#;

#[tokio::test]
async fn password_grant_sends_client_credentials_and_api_key() {
    let (provider, server) = token_provider(&[(200, LONG)]).await;

    let token = provider.current_token().await.unwrap();

    assert_eq!(token.header.to_str().unwrap(), "Bearer one");
    let shown = format!("{token:?}{provider:?}");
    assert!(
        !shown.contains("Bearer") && !shown.contains("wörd"),
        "{shown}"
    );
    let (headers, form) = server.requests.lock()[0].clone();
    assert_eq!(headers["authorization"], "Basic bWU6c2VjcmV0");
    assert_eq!(headers["x-api-key"], "key");
    assert_eq!(
        form,
        "grant_type=password&scope=*&client_id=me&username=tenant%5Canna&password=p%26ss+w%C3%B6rd"
    );
}

#[tokio::test]
async fn concurrent_callers_share_one_request() {
    let (provider, server) = token_provider(&[(200, LONG), (200, SECOND)]).await;
    let first = provider.current_token().await.unwrap();

    let others = (0..20).map(|_| provider.replace_token(&first));
    let others = futures_util::future::join_all(others).await;

    for other in others {
        assert_eq!(other.unwrap().header.to_str().unwrap(), "Bearer two");
    }
    let requests = server.received_requests();
    assert_eq!(requests.len(), 2);
    assert_eq!(requests[1], "grant_type=refresh_token&refresh_token=more");
}

#[tokio::test]
async fn rejected_refresh_falls_back_to_the_password_grant() {
    let no = r#"{"error":"invalid_grant"}"#;
    let (provider, server) = token_provider(&[(200, LONG), (400, no), (200, SECOND)]).await;
    let first = provider.current_token().await.unwrap();

    let second = provider.replace_token(&first).await.unwrap();

    assert_eq!(second.header.to_str().unwrap(), "Bearer two");
    assert!(server.received_requests()[2].starts_with("grant_type=password"));
}

#[tokio::test]
async fn rejected_grant_explains_the_fix_and_waits_until_cleared() {
    let no = r#"{"error":"invalid_grant","error_description":"p&ss wörd is wrong"}"#;
    let (provider, server) = token_provider(&[(400, no)]).await;

    let error = provider.current_token().await.unwrap_err();

    assert!(error.needs_intervention());
    let text = error.to_string();
    assert!(text.contains("check `username`"), "{text}");
    assert!(!text.contains("wörd"), "{text}");
    assert!(
        provider
            .current_token()
            .await
            .unwrap_err()
            .needs_intervention()
    );
    assert_eq!(server.received_requests().len(), 1);
    provider.clear_refusal();
    provider.current_token().await.unwrap_err();
    assert_eq!(server.received_requests().len(), 2);
}

#[tokio::test]
async fn server_trouble_is_not_a_rejection() {
    let page = "<html><title>Bad gateway</title>";
    for answer in [(503, page), (200, page), (200, "{}"), (502, "")] {
        let (provider, _) = token_provider(&[answer]).await;

        assert!(
            !provider
                .current_token()
                .await
                .unwrap_err()
                .needs_intervention(),
            "{answer:?}"
        );
    }
}

#[tokio::test]
async fn token_is_renewed_early_and_stays_valid_if_renewal_fails() {
    let (provider, server) =
        token_provider(&[(200, LONG), (500, ""), (503, ""), (200, SECOND)]).await;
    provider.current_token().await.unwrap();
    let life = provider.state.lock().due.unwrap() - Instant::now();
    assert!(life > Duration::from_secs(2600) && life < Duration::from_secs(3100));
    let is_due = || provider.state.lock().due = Some(Instant::now());

    is_due();
    provider.renew_when_due().await.unwrap_err();

    assert_eq!(server.received_requests().len(), 3);
    let still = provider.current_token().await.unwrap();
    assert_eq!(still.header.to_str().unwrap(), "Bearer one");
    is_due();
    provider.renew_when_due().await.unwrap();
    let renewed = provider.current_token().await.unwrap();
    assert_eq!(renewed.header.to_str().unwrap(), "Bearer two");
}

#[tokio::test(start_paused = true)]
async fn replacement_token_is_renewed_at_its_own_due_time() {
    let auth = OAuthSettings {
        // Nothing listens there, so requests fail immediately.
        token_url: "http://127.0.0.1:1/token".to_owned(),
        grant: OAuthGrant::ClientCredentials,
        client_id: "me".to_owned(),
        client_secret: RedactedText("secret".to_owned()),
    };
    let provider = TokenProvider::new(
        auth,
        build_client(
            &RedactedText::default(),
            https::default_tls_config(),
            Arc::default(),
        )
        .unwrap(),
    );
    let grant_lasting = |seconds| TokenGrant {
        header: HeaderValue::from_static("Bearer one"),
        refresh_token: None,
        lifetime: Some(Duration::from_secs(seconds)),
    };
    provider.store_grant(grant_lasting(3600));
    let start = Instant::now();

    let replace = async {
        tokio::task::yield_now().await;
        provider.store_grant(grant_lasting(60));
    };
    let (renewed, ()) = tokio::join!(provider.renew_when_due(), replace);

    renewed.unwrap_err();
    assert!(start.elapsed() < Duration::from_mins(1));
}
