//! Sign-in through the company's identity provider: the code flow of OpenID Connect with PKCE,
//! state and nonce. Says who it is and the role; a session is opened by [`super::SignIn`].

mod answered_sign_ins;
mod code_exchange;
mod identity_token;
mod pending_sign_in;
mod provider_error;
mod provider_http;
mod provider_metadata;
mod role_mapping;

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use openidconnect::{
    AuthorizationCode, ClientId, IssuerUrl, Nonce, OAuth2TokenResponse, PkceCodeChallenge,
    RedirectUrl, TokenResponse,
    core::{CoreAuthenticationFlow, CoreProviderMetadata},
    url,
};
use tokio::{sync::Semaphore, time::sleep};
use tokio_util::sync::CancellationToken;

use wallboard_domain::RedactedText;

use super::{Membership, ProviderSubject, Token};

use answered_sign_ins::AnsweredSignIns;
use code_exchange::{CodeFlowClient, TokenAnswer, build_client, exchange_code, scopes};
use identity_token::{TokenExpectation, TokenRefusal, claim_values, person_name, verify_token};
use provider_http::ProviderHttp;
use provider_metadata::MetadataCache;

pub use pending_sign_in::{PendingSignIn, WAITING_MAX};
pub use provider_error::ProviderError;
pub use role_mapping::RoleMapping;

/// How often the provider's metadata and keys are fetched again.
const RENEWAL_INTERVAL: Duration = Duration::from_mins(5);
/// How soon it's tried again after a failure.
const RETRY_DELAY: Duration = Duration::from_secs(15);
/// Answers that are exchanged for tokens at once.
const EXCHANGES_MAX: usize = 64;

/// The page that the provider sends people back to.
const CALLBACK: &str = "/login/oidc/callback";

/// An identity provider, as configured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderConfig {
    /// As people call it.
    pub name: Option<String>,
    pub issuer: String,
    pub client_id: String,
    pub client_secret: RedactedText,
    /// The claim whose values give roles.
    pub role_claim: String,
    pub roles: RoleMapping,
    /// Our address, to which the provider sends people back.
    pub public_url: String,
}

/// Why a provider can't be used as configured.
#[derive(Debug, thiserror::Error)]
pub enum ProviderConfigError {
    #[error("an address isn't valid")]
    Address(#[from] url::ParseError),
    #[error("couldn't build the HTTP client")]
    Client(#[from] reqwest::Error),
}

/// A handle on the identity provider. Cheap to clone.
#[derive(Clone, Debug)]
pub struct IdentityProvider(Arc<ProviderState>);

#[derive(Debug)]
struct ProviderState {
    config: ProviderConfig,
    redirect_url: RedirectUrl,
    http: ProviderHttp,
    metadata: MetadataCache,
    answered: AnsweredSignIns,
    exchanges: Semaphore,
}

/// Where to send a browser.
#[derive(Debug)]
pub struct StartedSignIn {
    pub url: String,
    /// Proof of the browser that the sign-in began there.
    pub browser: Token,
}

/// The parameters that the provider sends back with the browser.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct ProviderAnswer {
    pub code: Option<RedactedText>,
    pub error: Option<String>,
    /// The issuer, if the provider names it.
    pub issuer: Option<String>,
}

/// A person, as the provider describes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    pub subject: ProviderSubject,
    pub name: String,
    /// `None`: none of the groups gives a role.
    pub membership: Option<Membership>,
}

impl IdentityProvider {
    /// Nothing is asked of the provider yet.
    pub fn new(config: ProviderConfig) -> Result<Self, ProviderConfigError> {
        let issuer = IssuerUrl::new(config.issuer.clone())?;
        let http = ProviderHttp::new(&config.issuer)?;
        Ok(Self(Arc::new(ProviderState {
            redirect_url: RedirectUrl::new(format!("{}{CALLBACK}", config.public_url))?,
            metadata: MetadataCache::new(issuer, http.clone()),
            http,
            answered: AnsweredSignIns::default(),
            exchanges: Semaphore::new(EXCHANGES_MAX),
            config,
        })))
    }

    /// As people call the provider, if configured.
    pub fn name(&self) -> Option<&str> {
        self.0.config.name.as_deref()
    }

    /// Whether it answered when it was last asked.
    pub fn is_reachable(&self) -> bool {
        self.0.metadata.is_reachable()
    }

    /// Fetches its metadata and keys.
    pub async fn renew_metadata(&self) -> Result<(), ProviderError> {
        self.0.metadata.renew().await
    }

    /// Keeps its metadata and keys up to date until `stop`.
    pub async fn keep_renewed(self, stop: CancellationToken) {
        let renewing = async {
            loop {
                let delay = match self.renew_metadata().await {
                    Ok(()) => RENEWAL_INTERVAL,
                    Err(_) => RETRY_DELAY,
                };
                sleep(delay).await;
            }
        };
        stop.run_until_cancelled(renewing).await;
    }

    /// Begins a sign-in, which any node can finish. A browser with several of them has one token for all.
    pub async fn start(
        &self,
        browser: Option<Token>,
        next: &str,
    ) -> Result<StartedSignIn, ProviderError> {
        let browser = browser.map_or_else(Token::generate, Ok)?;
        let metadata = self.0.metadata.current().await?;
        let (state, pending) = PendingSignIn::begin(&browser, next, Timestamp::now())?;
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&pending.verifier);
        let (url, ..) = self
            .client(&metadata)
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                || state,
                || pending.nonce,
            )
            .add_scopes(scopes(&self.0.config, &metadata))
            .set_pkce_challenge(challenge)
            .url();
        let url = url.into();
        Ok(StartedSignIn { url, browser })
    }

    /// Takes the sign-in that an answer belongs to. There's one answer to each at a node, in the browser where
    /// it began.
    pub fn take_pending(
        &self,
        state: &str,
        browser: Option<&Token>,
    ) -> Result<PendingSignIn, ProviderError> {
        let now = Timestamp::now();
        let found = browser.and_then(|browser| PendingSignIn::open(state, browser, now));
        let first = found.filter(|pending| self.0.answered.record(pending.id, now));
        first.ok_or(ProviderError::NotWaiting)
    }

    /// Finds out from the provider's answer who it is.
    pub async fn identify(
        &self,
        pending: PendingSignIn,
        answer: ProviderAnswer,
    ) -> Result<Person, ProviderError> {
        let issuer = &self.0.config.issuer;
        if answer.issuer.is_some_and(|given| given != *issuer) {
            let why = "it's from another provider".to_owned();
            return Err(ProviderError::InvalidAnswer(why));
        }
        let code = match (answer.code, answer.error) {
            (Some(code), None) => AuthorizationCode::new(code.0),
            (_, error) => return Err(ProviderError::Refused(error_code(error))),
        };
        let _exchange = (self.0.exchanges.try_acquire()).map_err(|_| ProviderError::Busy)?;
        let client = self.client(&*self.0.metadata.current().await?);
        let tokens = exchange_code(&client, &self.0.http, code, pending.verifier).await?;
        self.read_person(&tokens, &pending.nonce).await
    }

    async fn read_person(
        &self,
        tokens: &TokenAnswer,
        nonce: &Nonce,
    ) -> Result<Person, ProviderError> {
        let missing = || ProviderError::InvalidAnswer("there's no identity token".to_owned());
        let token = tokens.id_token().ok_or_else(missing)?;
        let expected = TokenExpectation {
            client_id: &ClientId::new(self.0.config.client_id.clone()),
            nonce,
            access_token: tokens.access_token(),
        };
        let metadata = self.0.metadata.current().await?;
        let claims = match verify_token(token, &metadata, &expected) {
            Err(TokenRefusal::UnknownKey) => {
                let renewed = self.0.metadata.with_new_keys().await?;
                verify_token(token, &renewed, &expected)
            }
            result => result,
        };
        let claims = claims.map_err(|refusal| match refusal {
            TokenRefusal::Invalid(error) => error,
            TokenRefusal::UnknownKey => {
                let why = "the provider doesn't have the key of the identity token";
                ProviderError::InvalidAnswer(why.to_owned())
            }
        })?;
        let config = &self.0.config;
        let values = claim_values(claims, &config.role_claim);
        Ok(Person {
            membership: config.roles.membership_of(&values),
            name: person_name(claims),
            subject: ProviderSubject {
                issuer: config.issuer.clone(),
                subject: claims.subject().as_str().to_owned(),
            },
        })
    }

    fn client(&self, metadata: &CoreProviderMetadata) -> CodeFlowClient {
        build_client(&self.0.config, self.0.redirect_url.clone(), metadata)
    }
}

/// Restricts the error in the address to a code, because anyone can write there.
fn error_code(error: Option<String>) -> String {
    let is_code = |text: &String| {
        text.len() <= 64 && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
    };
    let code = error.filter(is_code);
    code.unwrap_or_else(|| "without a reason".to_owned())
}

#[cfg(test)]
mod tests;
