//! Answers of a provider, and those that are refused.

mod fake_provider;

use std::collections::HashMap;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::Role;

use super::*;

use fake_provider::{FakeProvider, SigningKey, sign_with_secret, unsigned, with_claims};

const SECRET: &str = "canary-client-secret";
const CODE: &str = "canary-code";

fn config(issuer: &str) -> ProviderConfig {
    let list = |value: &str| vec![value.to_owned()];
    ProviderConfig {
        name: Some("Acme".to_owned()),
        issuer: issuer.to_owned(),
        client_id: "wallboard".to_owned(),
        client_secret: RedactedText(SECRET.to_owned()),
        role_claim: "groups".to_owned(),
        roles: RoleMapping {
            admin: list("admins"),
            supervisor: list("leads"),
            viewer: list("anna@example.com"),
            ..RoleMapping::default()
        },
        public_url: "https://wall.example.org".to_owned(),
    }
}

/// A provider, and we as its client.
struct Fixture {
    provider: FakeProvider,
    key: SigningKey,
    client: IdentityProvider,
}

/// A sign-in on its way: the parameters of the provider's address.
struct Attempt {
    parameters: HashMap<String, String>,
    browser: Token,
}

impl Fixture {
    async fn new() -> Self {
        let key = SigningKey::generate("k1");
        let provider = FakeProvider::start(&key).await;
        let client = IdentityProvider::new(config(&provider.issuer)).unwrap();
        Self {
            provider,
            key,
            client,
        }
    }

    fn with_role_claim(self, claim: &str) -> Self {
        let config = ProviderConfig {
            role_claim: claim.to_owned(),
            ..config(&self.provider.issuer)
        };
        let client = IdentityProvider::new(config).unwrap();
        Self { client, ..self }
    }

    async fn start(&self) -> Attempt {
        let started = self.client.start(None, "/sources");
        let started = started.await.unwrap();
        let url = url::Url::parse(&started.url).unwrap();
        Attempt {
            parameters: url.query_pairs().into_owned().collect(),
            browser: started.browser,
        }
    }

    /// The provider's claims about Anna.
    fn claims(&self, attempt: &Attempt) -> Value {
        let now = Timestamp::now().as_second();
        json!({
            "iss": self.provider.issuer,
            "aud": "wallboard",
            "sub": "248289761001",
            "iat": now,
            "exp": now + 300,
            "nonce": attempt.parameters["nonce"],
            "groups": ["staff", "leads"],
            "preferred_username": "anna",
        })
    }

    async fn finish(&self, attempt: &Attempt, token: &str) -> Result<Person, ProviderError> {
        self.provider.set_answer(json!({
            "access_token": "canary-access-token",
            "token_type": "Bearer",
            "expires_in": 60,
            "id_token": token,
        }));
        self.finish_with(
            attempt,
            ProviderAnswer {
                code: Some(RedactedText(CODE.to_owned())),
                ..ProviderAnswer::default()
            },
        )
        .await
    }

    async fn finish_with(
        &self,
        attempt: &Attempt,
        answer: ProviderAnswer,
    ) -> Result<Person, ProviderError> {
        let state = &attempt.parameters["state"];
        let pending = self.client.take_pending(state, Some(&attempt.browser))?;
        assert_eq!(pending.next, "/sources");
        self.client.identify(pending, answer).await
    }

    /// Signs Anna in with changed claims.
    async fn finish_changed(
        &self,
        change: impl FnOnce(&mut Value),
    ) -> Result<Person, ProviderError> {
        let attempt = self.start().await;
        let mut claims = self.claims(&attempt);
        change(&mut claims);
        let token = self.key.sign_claims(&claims);
        self.finish(&attempt, &token).await
    }
}

fn hash_of(text: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(text))
}

#[tokio::test]
async fn person_is_who_the_provider_says_with_the_highest_role() {
    let site = Fixture::new().await;
    let attempt = site.start().await;
    let asked = |name: &str| attempt.parameters[name].as_str();
    assert_eq!(asked("response_type"), "code");
    assert_eq!(asked("client_id"), "wallboard");
    assert_eq!(asked("scope"), "openid profile email");
    assert_eq!(asked("code_challenge_method"), "S256");
    let redirect = "https://wall.example.org/login/oidc/callback";
    assert_eq!(asked("redirect_uri"), redirect);

    let mut claims = site.claims(&attempt);
    claims["at_hash"] =
        json!(BASE64_URL_SAFE_NO_PAD.encode(&Sha256::digest("canary-access-token")[..16]));
    claims["azp"] = json!("wallboard");
    let token = site.key.sign_claims(&claims);
    let person = site.finish(&attempt, &token).await.unwrap();
    let expected = Person {
        subject: ProviderSubject {
            issuer: site.provider.issuer.clone(),
            subject: "248289761001".to_owned(),
        },
        name: "anna".to_owned(),
        membership: Some(Role::Supervisor.into()),
    };
    assert_eq!(person, expected);

    let exchange = site.provider.exchange();
    assert_eq!(exchange["code"], CODE);
    assert_eq!(exchange["redirect_uri"], redirect);
    assert_eq!(hash_of(&exchange["code_verifier"]), asked("code_challenge"));
    assert!(exchange["authorization"].starts_with("Basic "));
}

#[tokio::test]
async fn each_sign_in_has_values_of_its_own() {
    let site = Fixture::new().await;
    let (one, other) = (site.start().await, site.start().await);
    for name in ["state", "nonce", "code_challenge"] {
        assert_ne!(one.parameters[name], other.parameters[name], "{name}");
        assert!(21 < one.parameters[name].len(), "{name}");
    }
}

#[tokio::test]
async fn tampered_identity_tokens_are_refused() {
    type Tamper = fn(&mut Value);
    let site = Fixture::new().await;
    let claims: [(&str, Tamper); 16] = [
        ("another issuer", |c| {
            c["iss"] = json!("https://evil.example");
        }),
        ("an issuer that begins alike", |c| {
            c["iss"] = json!(format!("{}/", c["iss"].as_str().unwrap()));
        }),
        ("another audience", |c| c["aud"] = json!("other")),
        ("another audience too", |c| {
            c["aud"] = json!(["wallboard", "other"]);
        }),
        ("no audience", |c| c["aud"] = json!([])),
        ("an end that has passed", |c| {
            c["exp"] = json!(Timestamp::now().as_second() - 1);
        }),
        ("no end", |c| c["exp"] = Value::Null),
        ("a later begin", |c| {
            c["nbf"] = json!(Timestamp::now().as_second() + 3_600);
        }),
        ("a begin that is no time", |c| c["nbf"] = json!("now")),
        ("a later issue", |c| {
            c["iat"] = json!(Timestamp::now().as_second() + 3_600);
        }),
        ("the nonce of another sign-in", |c| {
            c["nonce"] = json!("other");
        }),
        ("no nonce", |c| c["nonce"] = Value::Null),
        ("no subject", |c| c["sub"] = Value::Null),
        ("an empty subject", |c| c["sub"] = json!("")),
        ("another client that asked", |c| c["azp"] = json!("other")),
        ("another access token", |c| {
            c["at_hash"] = json!(hash_of("other")[..22]);
        }),
    ];
    for (what, tamper) in claims {
        let refused = site.finish_changed(tamper).await;
        assert!(
            matches!(refused, Err(ProviderError::InvalidAnswer(_))),
            "{what}: {refused:?}"
        );
    }

    let stranger = SigningKey::generate("k1");
    let unknown = SigningKey::generate("k2");
    let make_token = |what: &str, claims: &Value| {
        let right = site.key.sign_claims(claims);
        match what {
            "no signature" => unsigned(claims),
            "an empty signature" => right[..=right.rfind('.').unwrap()].to_owned(),
            "the client's secret" => sign_with_secret(claims, SECRET.as_bytes()),
            "the public key as a secret" => sign_with_secret(claims, site.key.public_bytes()),
            "another key under the same name" => stranger.sign_claims(claims),
            "an unknown key" => unknown.sign_claims(claims),
            "a key of its own" => stranger.sign(
                &json!({"alg": "ES256", "kid": "k1", "jwk": stranger.to_jwk()}),
                claims,
            ),
            "another role" => {
                let mut changed = claims.clone();
                changed["groups"] = json!(["admins"]);
                with_claims(&right, &changed)
            }
            "a header that must be understood" => site.key.sign(
                &json!({"alg": "ES256", "kid": "k1", "crit": ["x"], "x": 1}),
                claims,
            ),
            "no token" => String::new(),
            _ => unreachable!("{what}"),
        }
    };
    for what in [
        "no signature",
        "an empty signature",
        "the client's secret",
        "the public key as a secret",
        "another key under the same name",
        "an unknown key",
        "a key of its own",
        "another role",
        "a header that must be understood",
        "no token",
    ] {
        let attempt = site.start().await;
        let token = make_token(what, &site.claims(&attempt));
        let refused = site.finish(&attempt, &token).await;
        assert!(
            matches!(refused, Err(ProviderError::InvalidAnswer(_))),
            "{what}: {refused:?}"
        );
        let text = format!("{refused:?}");
        for secret in [SECRET, CODE, "canary-access-token", "248289761001"] {
            assert!(!text.contains(secret), "{what}: {text}");
        }
    }
    assert!(site.finish_changed(|_| {}).await.is_ok());
}

#[tokio::test]
async fn roles_come_from_the_claim_and_from_verified_addresses_only() {
    let site = Fixture::new().await;
    let role = async |groups: Value| {
        let finished = site.finish_changed(|claims| claims["groups"] = groups);
        finished.await.unwrap().membership.map(|has| has.role)
    };
    assert_eq!(role(json!(["leads", "admins"])).await, Some(Role::Admin));
    assert_eq!(role(json!("leads")).await, Some(Role::Supervisor));
    assert_eq!(role(json!([])).await, None);
    assert_eq!(role(json!({"admins": true})).await, None);
    assert_eq!(role(Value::Null).await, None);

    let site = site.with_role_claim("email");
    let role = async |is_verified: Value| {
        let finished = site.finish_changed(|claims| {
            claims["email"] = json!("anna@example.com");
            claims["email_verified"] = is_verified;
        });
        finished.await.unwrap().membership.map(|has| has.role)
    };
    assert_eq!(role(json!(true)).await, Some(Role::Viewer));
    assert_eq!(role(json!("true")).await, Some(Role::Viewer));
    assert_eq!(role(json!(false)).await, None);
    assert_eq!(role(Value::Null).await, None);
}

#[tokio::test]
async fn an_answer_counts_once_and_in_its_browser() {
    let site = Fixture::new().await;
    let attempt = site.start().await;
    let token = site.key.sign_claims(&site.claims(&attempt));
    let state = &attempt.parameters["state"];
    let stranger = site.start().await.browser;
    for browser in [None, Some(&stranger)] {
        let refused = site.client.take_pending(state, browser);
        assert_eq!(refused.unwrap_err(), ProviderError::NotWaiting);
    }
    assert!(site.finish(&attempt, &token).await.is_ok());
    let again = site.finish(&attempt, &token).await;
    assert_eq!(again, Err(ProviderError::NotWaiting));
}

#[tokio::test]
async fn any_node_finishes_a_sign_in() {
    let mut site = Fixture::new().await;
    let (attempt, other) = (site.start().await, site.start().await);
    site.client = IdentityProvider::new(config(&site.provider.issuer)).unwrap();
    let token = site.key.sign_claims(&site.claims(&attempt));
    assert!(site.finish(&attempt, &token).await.is_ok());
    let verifier = &site.provider.exchange()["code_verifier"];
    assert_eq!(hash_of(verifier), attempt.parameters["code_challenge"]);

    // With the identity token of a sign-in in another browser.
    let refused = site.finish(&other, &token).await;
    assert!(
        matches!(refused, Err(ProviderError::InvalidAnswer(_))),
        "{refused:?}"
    );
}

#[tokio::test]
async fn refusals_of_the_provider_are_shown_without_its_words() {
    let site = Fixture::new().await;
    let refused = async |error: &str| {
        let attempt = site.start().await;
        let answer = ProviderAnswer {
            error: Some(error.to_owned()),
            ..ProviderAnswer::default()
        };
        site.finish_with(&attempt, answer).await.unwrap_err()
    };
    let denied = ProviderError::Refused("access_denied".to_owned());
    assert_eq!(refused("access_denied").await, denied);
    let unknown = ProviderError::Refused("without a reason".to_owned());
    assert_eq!(refused("Call 555-1234!").await, unknown);

    let attempt = site.start().await;
    let answer = ProviderAnswer {
        code: Some(RedactedText(CODE.to_owned())),
        issuer: Some("https://evil.example".to_owned()),
        ..ProviderAnswer::default()
    };
    let mixed_up = site.finish_with(&attempt, answer).await.unwrap_err();
    assert!(matches!(mixed_up, ProviderError::InvalidAnswer(_)));

    for (answer, expected) in [
        (
            json!({"error": "invalid_client", "error_description": "the secret has expired"}),
            "invalid_client: the secret has expired",
        ),
        (
            json!({"error": "invalid_grant", "error_description": format!("unknown {CODE}")}),
            "invalid_grant",
        ),
        (json!({"id_token": SECRET}), "aren't tokens"),
    ] {
        let attempt = site.start().await;
        site.provider.set_answer(answer);
        let state = &attempt.parameters["state"];
        let pending = site.client.take_pending(state, Some(&attempt.browser));
        let code = Some(RedactedText(CODE.to_owned()));
        let answer = ProviderAnswer {
            code,
            ..ProviderAnswer::default()
        };
        let error = site.client.identify(pending.unwrap(), answer).await;
        let text = error.unwrap_err().to_string();
        assert!(text.ends_with(expected), "{text}");
        assert!(!text.contains("canary"), "{text}");
    }
}

#[tokio::test]
async fn new_keys_are_fetched_when_one_is_unknown_but_not_again_and_again() {
    let mut site = Fixture::new().await;
    assert!(site.finish_changed(|_| {}).await.is_ok());
    assert_eq!(site.provider.key_requests(), 1);

    site.key = SigningKey::generate("k2");
    site.provider.set_keys(&[&site.key]);
    assert!(site.finish_changed(|_| {}).await.is_ok());
    assert_eq!(site.provider.key_requests(), 2);

    site.key = SigningKey::generate("k3");
    for _ in 0..5 {
        assert!(site.finish_changed(|_| {}).await.is_err());
    }
    assert_eq!(site.provider.key_requests(), 2);
}

#[tokio::test]
async fn provider_that_is_down_is_said_to_be_until_it_answers() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let client = IdentityProvider::new(config(&format!("http://{address}"))).unwrap();
    assert!(client.is_reachable(), "nothing is known yet");

    let started = client.start(None, "/").await;
    let error = started.unwrap_err();
    assert!(matches!(error, ProviderError::Unreachable(_)), "{error}");
    assert!(error.to_string().contains("connection refused"), "{error}");
    assert!(!client.is_reachable());

    let listener = tokio::net::TcpListener::bind(address).await.unwrap();
    FakeProvider::serve(listener, &SigningKey::generate("k1"));
    client.renew_metadata().await.unwrap();
    assert!(client.is_reachable());
    assert!(client.start(None, "/").await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn provider_that_never_answers_holds_nobody_up() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let issuer = format!("http://{}", listener.local_addr().unwrap());
    let client = IdentityProvider::new(config(&issuer)).unwrap();
    let began = tokio::time::Instant::now();
    for _ in 0..10 {
        let started = client.start(None, "/").await;
        assert!(matches!(started, Err(ProviderError::Unreachable(_))));
    }
    assert!(began.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn metadata_of_another_issuer_or_without_encryption_is_refused() {
    let site = Fixture::new().await;
    for (metadata, expected) in [
        (
            json!({"issuer": "https://evil.example"}),
            "unexpected issuer URI",
        ),
        (json!({"token_endpoint": null}), "as safe as `issuer`"),
        (
            json!({"token_endpoint": "ftp://127.0.0.1/token"}),
            "as safe as `issuer`",
        ),
        (
            json!({"authorization_endpoint": "javascript:alert(1)"}),
            "as safe as `issuer`",
        ),
        (json!({"jwks_uri": 7}), "a fault at `jwks_uri`"),
    ] {
        site.provider.set_metadata(metadata);
        let text = site.client.renew_metadata().await.unwrap_err().to_string();
        assert!(text.contains(expected), "{text}");
    }
    for (path, expected) in [
        ("moved", "HTTP status code 303"),
        ("endless", "longer than 1 MiB"),
    ] {
        let keys = format!("{}/{path}", site.provider.issuer);
        site.provider.set_metadata(json!({"jwks_uri": keys}));
        let text = site.client.renew_metadata().await.unwrap_err().to_string();
        assert!(text.contains(expected), "{text}");
    }
    let scopes = json!({"scopes_supported": ["openid", "groups"]});
    site.provider.set_metadata(scopes);
    site.client.renew_metadata().await.unwrap();
    let attempt = site.start().await;
    assert_eq!(attempt.parameters["scope"], "openid profile email groups");
}

#[tokio::test]
async fn secret_travels_in_the_body_only_where_the_provider_wants_it_there() {
    let site = Fixture::new().await;
    let methods = json!({"token_endpoint_auth_methods_supported": ["client_secret_post"]});
    site.provider.set_metadata(methods);
    assert!(site.finish_changed(|_| {}).await.is_ok());
    let exchange = site.provider.exchange();
    assert_eq!(exchange["client_secret"], SECRET);
    assert!(!exchange.contains_key("authorization"));
}
