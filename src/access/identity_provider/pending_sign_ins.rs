//! Sign-ins that wait for the provider's answer: each belongs to one browser, is answered once, and is
//! forgotten after a while.

use std::{
    collections::HashMap,
    fmt,
    net::IpAddr,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use openidconnect::{CsrfToken, Nonce, PkceCodeVerifier};
use tokio::time::Instant;

use crate::access::TokenId;

/// How long somebody may take at the provider.
pub const WAITING_MAX: Duration = Duration::from_mins(10);
/// Those that wait at once, altogether and of an address, behind which a whole company may be.
const COUNT_MAX: usize = 10_000;
const COUNT_OF_ADDRESS_MAX: usize = 1_000;

/// A sign-in that waits for the provider's answer.
pub struct PendingSignIn {
    /// The hash of the token in the browser's cookie.
    pub(super) browser: TokenId,
    pub(super) nonce: Nonce,
    pub(super) verifier: PkceCodeVerifier,
    /// The page to go to afterwards.
    pub next: String,
    pub(super) address: IpAddr,
    pub(super) started_at: Instant,
}

/// All sign-ins that wait, by their `state`.
#[derive(Default)]
pub(super) struct PendingSignIns(Mutex<HashMap<String, PendingSignIn>>);

impl PendingSignIns {
    /// Remembers a sign-in. The oldest makes way for it, if there are too many.
    pub(super) fn insert(&self, state: &CsrfToken, sign_in: PendingSignIn) {
        let mut waiting = self.lock();
        waiting.retain(|_, other| other.is_recent());
        let is_neighbor = |other: &PendingSignIn| other.address == sign_in.address;
        let neighbors = waiting.values().filter(|other| is_neighbor(other)).count();
        if COUNT_OF_ADDRESS_MAX <= neighbors {
            remove_oldest(&mut waiting, is_neighbor);
        } else if COUNT_MAX <= waiting.len() {
            remove_oldest(&mut waiting, |_| true);
        }
        waiting.insert(state.secret().clone(), sign_in);
    }

    /// Takes the sign-in that an answer belongs to, if it began in this browser.
    pub(super) fn take(&self, state: &str, browser: TokenId) -> Option<PendingSignIn> {
        let mut waiting = self.lock();
        let found = waiting.get(state)?;
        if found.browser != browser || !found.is_recent() {
            return None;
        }
        waiting.remove(state)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, PendingSignIn>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl PendingSignIn {
    fn is_recent(&self) -> bool {
        self.started_at.elapsed() < WAITING_MAX
    }
}

impl fmt::Debug for PendingSignIn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("***")
    }
}

impl fmt::Debug for PendingSignIns {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("***")
    }
}

fn remove_oldest(
    waiting: &mut HashMap<String, PendingSignIn>,
    is_meant: impl Fn(&PendingSignIn) -> bool,
) {
    let oldest = waiting.iter().filter(|(_, sign_in)| is_meant(sign_in));
    let oldest = oldest.min_by_key(|(_, sign_in)| sign_in.started_at);
    if let Some(state) = oldest.map(|(state, _)| state.clone()) {
        waiting.remove(&state);
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use crate::access::Token;

    use super::*;

    struct Waiting {
        pending: PendingSignIns,
        browser: TokenId,
    }

    impl Waiting {
        fn new() -> Self {
            Self {
                pending: PendingSignIns::default(),
                browser: Token::generate().unwrap().id(),
            }
        }

        fn start(&self, state: &str, host: u8) {
            let sign_in = PendingSignIn {
                browser: self.browser,
                nonce: Nonce::new_random(),
                verifier: PkceCodeVerifier::new("v".repeat(43)),
                next: "/".to_owned(),
                address: [192, 0, 2, host].into(),
                started_at: Instant::now(),
            };
            self.pending
                .insert(&CsrfToken::new(state.to_owned()), sign_in);
        }

        fn is_taken(&self, state: &str) -> bool {
            self.pending.take(state, self.browser).is_some()
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_counts_once_in_its_browser_and_in_time() {
        let waiting = Waiting::new();
        waiting.start("a", 1);
        let stranger = Token::generate().unwrap().id();
        assert!(waiting.pending.take("a", stranger).is_none());
        assert!(!waiting.is_taken("b"));
        assert!(waiting.is_taken("a"));
        assert!(!waiting.is_taken("a"));

        waiting.start("late", 1);
        advance(WAITING_MAX).await;
        assert!(!waiting.is_taken("late"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_flood_from_one_address_ends_no_sign_in_of_others() {
        let waiting = Waiting::new();
        waiting.start("mine", 1);
        for n in 0..3_000 {
            advance(Duration::from_millis(1)).await;
            waiting.start(&format!("flood {n}"), 2);
        }
        assert_eq!(waiting.pending.lock().len(), COUNT_OF_ADDRESS_MAX + 1);
        assert!(waiting.is_taken("mine"));
        assert!(!waiting.is_taken("flood 0"));
        assert!(waiting.is_taken("flood 2999"));
    }

    #[tokio::test(start_paused = true)]
    async fn there_are_never_more_than_ten_thousand() {
        let waiting = Waiting::new();
        for n in 0..COUNT_MAX + 100 {
            waiting.start(&n.to_string(), u8::try_from(n % 200).unwrap());
        }
        assert_eq!(waiting.pending.lock().len(), COUNT_MAX);
    }
}
