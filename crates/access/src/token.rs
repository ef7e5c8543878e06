//! Secrets that a browser proves something with: who is signed in, or which screen it is.

use std::fmt;

use aws_lc_rs::{hmac, rand};
use data_encoding::{HEXLOWER, HEXLOWER_PERMISSIVE};
use sha2::{Digest, Sha256};

use wallboard_store::RecordId;

/// The secret in the cookie. We keep only its hash.
#[derive(Clone, PartialEq, Eq)]
pub struct Token([u8; 32]);

/// The hash of a token, which names its record.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenId([u8; 32]);

/// The system's random numbers failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the system has no random numbers")]
pub struct NoRandomness;

impl Token {
    pub(super) fn generate() -> Result<Self, NoRandomness> {
        let mut bytes = [0; 32];
        rand::fill(&mut bytes).map_err(|_| NoRandomness)?;
        Ok(Self(bytes))
    }

    /// Reads a cookie's value.
    pub fn parse(text: &str) -> Option<Self> {
        decode_hex(text).map(Self)
    }

    /// The cookie's value.
    pub fn to_text(&self) -> String {
        HEXLOWER.encode(&self.0)
    }

    pub fn id(&self) -> TokenId {
        TokenId(Sha256::digest(self.0).into())
    }

    /// The token of a screen that waited with this one: made of it, so that no record has either.
    pub(super) fn screen_token(&self) -> Self {
        let digest = Sha256::new_with_prefix(b"screen").chain_update(self.0);
        Self(digest.finalize().into())
    }

    /// A secret for one purpose and some content, from which nobody learns this one.
    pub(super) fn derive_secret(&self, purpose: &str, content: &[u8]) -> [u8; 32] {
        let mut derivation = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, &self.0));
        // No purpose has a zero, so that what follows can't belong to it.
        for part in [purpose.as_bytes(), &[0], content] {
            derivation.update(part);
        }
        let tag = derivation.sign();
        std::array::from_fn(|at| tag.as_ref().get(at).copied().unwrap_or_default())
    }

    /// A value for a session's forms, which no other site can know.
    pub fn form_token(&self) -> String {
        let digest = Sha256::new_with_prefix(b"form").chain_update(self.0);
        HEXLOWER.encode(&digest.finalize())
    }
}

impl TokenId {
    pub(super) fn of_record(id: &RecordId) -> Option<Self> {
        decode_hex(id.as_str()).map(Self)
    }

    /// Reads what a form says.
    pub fn parse(text: &str) -> Option<Self> {
        decode_hex(text).map(Self)
    }

    pub fn to_text(self) -> String {
        HEXLOWER.encode(&self.0)
    }

    pub(super) fn record_id(self) -> Option<RecordId> {
        RecordId::parse(&self.to_text())
    }
}

/// Decodes exactly 32 bytes.
fn decode_hex(text: &str) -> Option<[u8; 32]> {
    let bytes = HEXLOWER_PERMISSIVE.decode(text.as_bytes()).ok()?;
    bytes.try_into().ok()
}

impl fmt::Debug for Token {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("***")
    }
}

impl fmt::Debug for TokenId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&HEXLOWER.encode(&self.0[..4]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn token_is_known_by_its_hash_only() {
        let token = Token::generate().unwrap();
        assert_ne!(token, Token::generate().unwrap());
        assert_eq!(Token::parse(&token.to_text()), Some(token.clone()));
        assert_ne!(token.id().to_text(), token.to_text());
        assert_ne!(token.form_token(), token.to_text());
        assert_eq!(format!("{token:?}"), "***");
        let record = token.id().record_id().unwrap();
        assert_eq!(TokenId::of_record(&record), Some(token.id()));
    }
}
