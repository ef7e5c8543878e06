//! The identity token: the checks before it's trusted, and the user it names. The crate verifies
//! signature, issuer, audience, expiry and nonce; what it leaves to us is here.

use std::collections::HashMap;

use jiff::Timestamp;
use openidconnect::{
    AccessToken, AccessTokenHash, AdditionalClaims, ClaimsVerificationError, ClientId, IdToken,
    IdTokenClaims, IdTokenVerifier, Nonce, SignatureVerificationError,
    core::{
        CoreGenderClaim, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm,
        CoreJwsSigningAlgorithm as Algorithm, CoreProviderMetadata,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::ProviderError;

/// Only those with a key pair: the client's secret, which we have too, signs nothing.
const ALGORITHMS: [Algorithm; 9] = [
    Algorithm::RsaSsaPkcs1V15Sha256,
    Algorithm::RsaSsaPkcs1V15Sha384,
    Algorithm::RsaSsaPkcs1V15Sha512,
    Algorithm::RsaSsaPssSha256,
    Algorithm::RsaSsaPssSha384,
    Algorithm::RsaSsaPssSha512,
    Algorithm::EcdsaP256Sha256,
    Algorithm::EcdsaP384Sha384,
    Algorithm::EdDsa,
];
/// How far ahead the provider's clock may be, in seconds.
const CLOCK_SKEW_MAX: i64 = 120;

/// Claims that OpenID Connect doesn't define: groups, roles.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct OtherClaims(HashMap<String, Json>);

impl AdditionalClaims for OtherClaims {}

pub(super) type IdentityToken =
    IdToken<OtherClaims, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, Algorithm>;
pub(super) type IdentityClaims = IdTokenClaims<OtherClaims, CoreGenderClaim>;

/// The values that a token must match.
#[derive(Debug)]
pub(super) struct TokenExpectation<'e> {
    pub(super) client_id: &'e ClientId,
    pub(super) nonce: &'e Nonce,
    pub(super) access_token: &'e AccessToken,
}

/// Why a token wasn't believed.
#[derive(Debug)]
pub(super) enum TokenRefusal {
    /// Its key may be new.
    UnknownKey,
    Invalid(ProviderError),
}

/// Returns what a token claims, if all of it can be believed.
pub(super) fn verify_token<'t>(
    token: &'t IdentityToken,
    metadata: &CoreProviderMetadata,
    expected: &TokenExpectation<'_>,
) -> Result<&'t IdentityClaims, TokenRefusal> {
    let verifier = verifier(metadata, expected.client_id);
    let claims = token
        .claims(&verifier, expected.nonce)
        .map_err(|error| refusal(&error))?;
    let is_right = check_access_token(token, &verifier, claims, expected.access_token)
        && check_client(claims, expected.client_id)
        && has_begun(claims)
        && !claims.subject().is_empty();
    is_right.then_some(claims).ok_or_else(|| {
        let why = "the identity token is for another client or access token, names nobody, or isn't valid yet";
        TokenRefusal::Invalid(ProviderError::InvalidAnswer(why.to_owned()))
    })
}

fn verifier(
    metadata: &CoreProviderMetadata,
    client_id: &ClientId,
) -> IdTokenVerifier<'static, CoreJsonWebKey> {
    let (issuer, keys) = (metadata.issuer().clone(), metadata.jwks().clone());
    // Without the client's secret, it can't verify a token that was signed with it.
    IdTokenVerifier::new_public_client(client_id.clone(), issuer, keys)
        .set_allowed_algs(ALGORITHMS)
        .set_issue_time_verifier_fn(|issued_at| {
            let is_past = issued_at.timestamp() <= latest_begin();
            is_past
                .then_some(())
                .ok_or_else(|| "issued in the future".to_owned())
        })
}

fn refusal(error: &ClaimsVerificationError) -> TokenRefusal {
    match error {
        ClaimsVerificationError::SignatureVerification(
            SignatureVerificationError::NoMatchingKey,
        ) => TokenRefusal::UnknownKey,
        _ => TokenRefusal::Invalid(ProviderError::of_claims(error)),
    }
}

/// Checks that the access token is the one that the ID token was made with, if it has that one's hash.
fn check_access_token(
    token: &IdentityToken,
    verifier: &IdTokenVerifier<'static, CoreJsonWebKey>,
    claims: &IdentityClaims,
    access_token: &AccessToken,
) -> bool {
    let Some(expected) = claims.access_token_hash() else {
        return true;
    };
    let (Ok(algorithm), Ok(key)) = (token.signing_alg(), token.signing_key(verifier)) else {
        return false;
    };
    AccessTokenHash::from_token(access_token, algorithm, key).is_ok_and(|hash| hash == *expected)
}

/// Whether no other client is the one that asked for the token.
fn check_client(claims: &IdentityClaims, client_id: &ClientId) -> bool {
    (claims.authorized_party()).is_none_or(|party| party == client_id)
}

fn has_begun(claims: &IdentityClaims) -> bool {
    match claims.additional_claims().0.get("nbf") {
        None | Some(Json::Null) => true,
        Some(begin) => begin.as_f64().is_some_and(|begin| {
            #[expect(
                clippy::cast_precision_loss,
                reason = "exact until the year 285,000,000"
            )]
            let latest = latest_begin() as f64;
            begin <= latest
        }),
    }
}

fn latest_begin() -> i64 {
    Timestamp::now().as_second().saturating_add(CLOCK_SKEW_MAX)
}

/// The values of a claim: one text, or a list of them. Nobody has a role by an email address that the
/// provider hasn't verified.
pub(super) fn claim_values<'c>(claims: &'c IdentityClaims, name: &str) -> Vec<&'c str> {
    if name == "email" {
        let email = claims.email().map(|email| email.as_str());
        let is_verified = claims.email_verified() == Some(true);
        return email.filter(|_| is_verified).into_iter().collect();
    }
    match claims.additional_claims().0.get(name) {
        Some(Json::String(value)) => vec![value],
        Some(Json::Array(values)) => values.iter().filter_map(Json::as_str).collect(),
        _ => Vec::new(),
    }
}

/// How the person is called, preferably as nobody else in the company is.
pub(super) fn person_name(claims: &IdentityClaims) -> String {
    let username = claims.preferred_username().map(|name| name.as_str());
    let email = claims.email().map(|email| email.as_str());
    let name = claims.name().and_then(|name| name.get(None));
    let names = [username, email, name.map(|name| name.as_str())];
    let mut names = names.into_iter().flatten();
    let name = names.find(|name| !name.trim().is_empty());
    name.unwrap_or(claims.subject()).to_owned()
}
