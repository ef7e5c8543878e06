//! A sign-in that waits for the provider's answer. No node stores it, because the answer may come to another
//! one: all of it is in the `state`, which only the token in the browser's cookie opens.

use std::{fmt, time::Duration};

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce as SealNonce, RandomizedNonceKey};
use data_encoding::{HEXLOWER, HEXLOWER_PERMISSIVE};
use jiff::{SignedDuration, Timestamp};
use openidconnect::{CsrfToken, Nonce, PkceCodeVerifier};

use crate::{NoRandomness, Token};

/// How long somebody may take at the provider.
pub const WAITING_MAX: Duration = Duration::from_mins(10);
/// How far ahead the clock of the node may be where it began.
const CLOCK_DIFFERENCE_MAX: SignedDuration = SignedDuration::from_secs(30);
/// The longest `state` that is read, in bytes.
const STATE_BYTES_MAX: usize = 2_000;

/// The purposes of secrets made of the browser's token. Another format of the state needs another one.
const STATE_KEY: &str = "sign-in state 1";
const NONCE: &str = "sign-in nonce 1";
const VERIFIER: &str = "sign-in verifier 1";

/// A sign-in that waits for the provider's answer.
pub struct PendingSignIn {
    pub(super) nonce: Nonce,
    pub(super) verifier: PkceCodeVerifier,
    /// The page to go to afterwards.
    pub next: String,
    /// Tells it from all others.
    pub(super) id: SignInId,
}

/// An ID that no two sign-ins share.
pub(super) type SignInId = [u8; 32];

impl PendingSignIn {
    /// Begins one in a browser. Returns its `state`, in which the provider can't read the page.
    pub(super) fn begin(
        browser: &Token,
        next: &str,
        now: Timestamp,
    ) -> Result<(CsrfToken, Self), NoRandomness> {
        let started_at = now.as_millisecond().to_be_bytes();
        let mut content = [started_at.as_slice(), next.as_bytes()].concat();
        let key = state_key(browser).ok_or(NoRandomness)?;
        let nonce = key
            .seal_in_place_append_tag(Aad::empty(), &mut content)
            .map_err(|_| NoRandomness)?;
        let sealed = [nonce.as_ref().as_slice(), &content].concat();
        let state = CsrfToken::new(HEXLOWER.encode(&sealed));
        Ok((state, Self::new(browser, &sealed, next)))
    }

    /// Reads the `state` of an answer. `None`: it began in another browser, too long ago, or never.
    pub(super) fn open(state: &str, browser: &Token, now: Timestamp) -> Option<Self> {
        if STATE_BYTES_MAX < state.len() {
            return None;
        }
        let sealed = HEXLOWER_PERMISSIVE.decode(state.as_bytes()).ok()?;
        let (nonce, content) = sealed.split_at_checked(NONCE_LEN)?;
        let nonce = SealNonce::try_assume_unique_for_key(nonce).ok()?;
        let mut content = content.to_vec();
        let opened = state_key(browser)?.open_in_place(nonce, Aad::empty(), &mut content);
        let (started_at, next) = opened.ok()?.split_first_chunk()?;
        let started_at = Timestamp::from_millisecond(i64::from_be_bytes(*started_at)).ok()?;
        let next = str::from_utf8(next).ok()?;
        is_recent(started_at, now).then(|| Self::new(browser, &sealed, next))
    }

    fn new(browser: &Token, sealed: &[u8], next: &str) -> Self {
        let derive = |purpose| browser.derive_secret(purpose, sealed);
        let id = derive(NONCE);
        Self {
            nonce: Nonce::new(HEXLOWER.encode(&id)),
            verifier: PkceCodeVerifier::new(HEXLOWER.encode(&derive(VERIFIER))),
            next: next.to_owned(),
            id,
        }
    }
}

impl fmt::Debug for PendingSignIn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("***")
    }
}

fn state_key(browser: &Token) -> Option<RandomizedNonceKey> {
    RandomizedNonceKey::new(&AES_256_GCM, &browser.derive_secret(STATE_KEY, &[])).ok()
}

fn is_recent(started_at: Timestamp, now: Timestamp) -> bool {
    let age = now.duration_since(started_at);
    -CLOCK_DIFFERENCE_MAX <= age && Duration::try_from(age).unwrap_or(Duration::ZERO) < WAITING_MAX
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEXT: &str = "/agents/chat/åsa?at=10:42";

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    fn opens(state: &str, browser: &Token, now: Timestamp) -> bool {
        PendingSignIn::open(state, browser, now).is_some()
    }

    #[test]
    fn any_node_reads_a_state_in_its_browser_and_in_time() {
        let browser = Token::generate().unwrap();
        let (state, began) = PendingSignIn::begin(&browser, NEXT, at(0)).unwrap();
        let state = state.secret();
        let opened = PendingSignIn::open(state, &browser, at(599)).unwrap();
        assert_eq!(opened.next, NEXT);
        assert_eq!(opened.nonce.secret(), began.nonce.secret());
        assert_eq!(opened.verifier.secret(), began.verifier.secret());
        assert_eq!(opened.id, began.id);

        assert!(opens(state, &browser, at(-29)), "its clock is ahead");
        for late in [at(600), at(86_400), at(-31)] {
            assert!(!opens(state, &browser, late), "{late}");
        }
        assert!(!opens(state, &Token::generate().unwrap(), at(1)));
    }

    #[test]
    fn changed_states_are_refused() {
        let browser = Token::generate().unwrap();
        let (state, _) = PendingSignIn::begin(&browser, "/", at(0)).unwrap();
        let sealed = HEXLOWER.decode(state.secret().as_bytes()).unwrap();
        for bit in 0..8 * sealed.len() {
            let mut changed = sealed.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            let changed = HEXLOWER.encode(&changed);
            assert!(!opens(&changed, &browser, at(1)), "bit {bit}");
        }
        for length in 0..sealed.len() {
            let cut = HEXLOWER.encode(&sealed[..length]);
            assert!(!opens(&cut, &browser, at(1)), "{length} bytes");
        }
        let text = state.secret();
        for other in [format!("{text}0"), format!("00{text}"), "A".repeat(9_999)] {
            assert!(!opens(&other, &browser, at(1)), "{other}");
        }
    }

    #[test]
    fn provider_learns_neither_the_page_nor_the_browser() {
        let browser = Token::generate().unwrap();
        let begin = || PendingSignIn::begin(&browser, NEXT, at(0)).unwrap();
        let ((state, one), (again, other)) = (begin(), begin());
        let sealed = HEXLOWER.decode(state.secret().as_bytes()).unwrap();
        assert!(!sealed.windows(7).any(|part| part == b"/agents"));
        assert_ne!(state.secret(), again.secret());
        assert_ne!(one.nonce.secret(), other.nonce.secret());
        assert_ne!(one.verifier.secret(), other.verifier.secret());
        assert_ne!(one.verifier.secret(), one.nonce.secret());
        assert_eq!(one.verifier.secret().len(), 64, "PKCE wants 43 to 128");
        assert_eq!(format!("{one:?}"), "***");
    }
}
