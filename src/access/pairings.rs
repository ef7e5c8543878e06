//! Screens that wait to be paired (the shape of RFC 8628): each shows a code, which a supervisor types
//! or scans. They are only in memory: after a restart, a screen shows another code.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jiff::{SignedDuration, Timestamp};

use super::{LetterCode, NoRandomness, Token, TokenId, UserId};

/// How long a code can be used.
pub const CODE_VALID_FOR: SignedDuration = SignedDuration::from_mins(15);
/// Screens that wait at once, at all and of one address; more are refused.
const WAITING_MAX: usize = 1_000;
const WAITING_OF_ADDRESS_MAX: usize = 100;
/// Wrong codes of a user in `CODE_VALID_FOR`.
const WRONG_CODES_MAX: u32 = 5;

/// A screen that waits, as the supervisor compares it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingScreen {
    pub code: LetterCode,
    /// Which browser it is, as people say it.
    pub device: String,
    pub address: IpAddr,
    pub asked_at: Timestamp,
}

/// State of a screen that asked to be paired.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PairingState {
    /// Its code is unknown or has expired.
    Unknown,
    Waiting(WaitingScreen),
    /// Its token from now on. Told once.
    Paired(Token),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PairingError {
    #[error("no screen shows that code; it may have expired, so look at the screen again")]
    WrongCode,
    #[error("too many wrong codes; try again in 15 minutes")]
    TooManyWrongCodes,
    #[error("too many screens wait to be paired; try again in a few minutes")]
    TooManyWaiting,
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
}

/// All screens that wait. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Pairings(Arc<Mutex<PairingsState>>);

#[derive(Debug, Default)]
struct PairingsState {
    waiting: HashMap<TokenId, Pairing>,
    /// How many wrong codes each user has typed since when.
    wrong_codes: HashMap<UserId, (u32, Timestamp)>,
}

#[derive(Debug)]
struct Pairing {
    screen: WaitingScreen,
    paired: Option<Token>,
}

impl Pairings {
    /// Begins to pair a screen. It proves with the token that the code is its own.
    pub fn start(
        &self,
        device: String,
        address: IpAddr,
        now: Timestamp,
    ) -> Result<(Token, WaitingScreen), PairingError> {
        let mut state = self.lock();
        state.forget_old(now);
        let of_address = |pairing: &&Pairing| pairing.screen.address == address;
        let is_full = WAITING_MAX <= state.waiting.len()
            || WAITING_OF_ADDRESS_MAX <= state.waiting.values().filter(of_address).count();
        if is_full {
            return Err(PairingError::TooManyWaiting);
        }
        let token = Token::generate()?;
        let screen = WaitingScreen {
            code: LetterCode::generate()?,
            device,
            address,
            asked_at: now,
        };
        let pairing = Pairing {
            screen: screen.clone(),
            paired: None,
        };
        state.waiting.insert(token.id(), pairing);
        Ok((token, screen))
    }

    /// Returns the state of a screen. Its token is returned once.
    pub fn poll(&self, token: &Token, now: Timestamp) -> PairingState {
        let mut state = self.lock();
        state.forget_old(now);
        let id = token.id();
        match state.waiting.get(&id) {
            None => PairingState::Unknown,
            Some(Pairing {
                paired: None,
                screen,
            }) => PairingState::Waiting(screen.clone()),
            Some(_) => {
                let paired = state.waiting.remove(&id).and_then(|pairing| pairing.paired);
                paired.map_or(PairingState::Unknown, PairingState::Paired)
            }
        }
    }

    /// Whether a screen waits to be paired.
    pub fn is_waiting(&self, token: &Token, now: Timestamp) -> bool {
        let state = self.lock();
        let pairing = state.waiting.get(&token.id());
        pairing.is_some_and(|pairing| {
            pairing.paired.is_none() && is_recent(pairing.screen.asked_at, now)
        })
    }

    /// Finds the screen that shows a code.
    pub fn find(
        &self,
        user: &UserId,
        code: &str,
        now: Timestamp,
    ) -> Result<WaitingScreen, PairingError> {
        let mut state = self.lock();
        state.check_wrong_codes(user, now)?;
        match state.find(code, now) {
            Some(pairing) => Ok(pairing.screen.clone()),
            None => Err(state.record_wrong_code(user, now)),
        }
    }

    /// Gives the screen that shows a code its token. A code works once.
    pub(super) fn approve(
        &self,
        user: &UserId,
        code: &str,
        token: Token,
        now: Timestamp,
    ) -> Result<WaitingScreen, PairingError> {
        let mut state = self.lock();
        state.check_wrong_codes(user, now)?;
        let Some(pairing) = state.find(code, now) else {
            return Err(state.record_wrong_code(user, now));
        };
        pairing.paired = Some(token);
        Ok(pairing.screen.clone())
    }

    fn lock(&self) -> MutexGuard<'_, PairingsState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl PairingsState {
    fn find(&mut self, code: &str, now: Timestamp) -> Option<&mut Pairing> {
        self.forget_old(now);
        let mut waiting = self.waiting.values_mut();
        waiting.find(|pairing| pairing.paired.is_none() && pairing.screen.code.matches(code))
    }

    fn check_wrong_codes(&self, user: &UserId, now: Timestamp) -> Result<(), PairingError> {
        match self.wrong_codes.get(user) {
            Some((count, since)) if WRONG_CODES_MAX <= *count && is_recent(*since, now) => {
                Err(PairingError::TooManyWrongCodes)
            }
            _ => Ok(()),
        }
    }

    fn record_wrong_code(&mut self, user: &UserId, now: Timestamp) -> PairingError {
        let (count, _) = self.wrong_codes.entry(user.clone()).or_insert((0, now));
        *count += 1;
        PairingError::WrongCode
    }

    fn forget_old(&mut self, now: Timestamp) {
        (self.waiting).retain(|_, pairing| is_recent(pairing.screen.asked_at, now));
        (self.wrong_codes).retain(|_, (_, since)| is_recent(*since, now));
    }
}

fn is_recent(since: Timestamp, now: Timestamp) -> bool {
    now.duration_since(since) < CODE_VALID_FOR
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_second(minutes * 60).unwrap()
    }

    fn start(pairings: &Pairings, host: u8, minutes: i64) -> (Token, WaitingScreen) {
        let address = [192, 0, 2, host].into();
        pairings
            .start("Chrome on webOS".into(), address, at(minutes))
            .unwrap()
    }

    #[test]
    fn code_pairs_its_screen_once() {
        let pairings = Pairings::default();
        let user = UserId::of_name("Åsa");
        let (token, screen) = start(&pairings, 1, 0);
        let (other, _) = start(&pairings, 2, 0);
        let code = screen.code.to_text();
        assert_eq!(pairings.find(&user, &code, at(1)), Ok(screen.clone()));
        assert_eq!(
            pairings.poll(&token, at(1)),
            PairingState::Waiting(screen.clone())
        );

        let given = Token::generate().unwrap();
        let approved = pairings.approve(&user, &code, given.clone(), at(2));
        assert_eq!(approved, Ok(screen));
        let again = pairings.approve(&user, &code, Token::generate().unwrap(), at(2));
        assert_eq!(again, Err(PairingError::WrongCode));
        assert_eq!(pairings.poll(&token, at(2)), PairingState::Paired(given));
        assert_eq!(pairings.poll(&token, at(2)), PairingState::Unknown);
        assert!(matches!(
            pairings.poll(&other, at(2)),
            PairingState::Waiting(_)
        ));
    }

    #[test]
    fn code_expires_after_a_quarter_of_an_hour() {
        let pairings = Pairings::default();
        let (token, screen) = start(&pairings, 1, 0);
        let found = pairings.find(&UserId::of_name("a"), &screen.code.to_text(), at(15));
        assert_eq!(found, Err(PairingError::WrongCode));
        assert_eq!(pairings.poll(&token, at(15)), PairingState::Unknown);
    }

    #[test]
    fn guessing_ends_after_five_wrong_codes_and_right_ones_are_unlimited() {
        let pairings = Pairings::default();
        let (guesser, other) = (UserId::of_name("a"), UserId::of_name("b"));
        let (_, screen) = start(&pairings, 1, 0);
        let code = screen.code.to_text();
        for _ in 0..10 {
            assert!(pairings.find(&guesser, &code, at(1)).is_ok());
        }
        for _ in 0..5 {
            let wrong = pairings.find(&guesser, "BBBB-BBBB", at(1));
            assert_eq!(wrong, Err(PairingError::WrongCode));
        }
        let refused = pairings.find(&guesser, &code, at(2));
        assert_eq!(refused, Err(PairingError::TooManyWrongCodes));
        assert!(pairings.find(&other, &code, at(2)).is_ok());
        let (_, later) = start(&pairings, 1, 16);
        assert!(
            pairings
                .find(&guesser, &later.code.to_text(), at(16))
                .is_ok()
        );
    }

    #[test]
    fn few_screens_of_an_address_wait_at_once() {
        let pairings = Pairings::default();
        for _ in 0..100 {
            start(&pairings, 1, 0);
        }
        let more = pairings.start(String::new(), [192, 0, 2, 1].into(), at(1));
        assert_eq!(more.unwrap_err(), PairingError::TooManyWaiting);
        start(&pairings, 2, 1);
        start(&pairings, 1, 16);
    }
}
