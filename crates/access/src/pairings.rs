//! Screens that wait to be paired (the shape of RFC 8628): each shows a code, which a supervisor types
//! or scans. They are records, because the supervisor's request may come to another node.

use std::{collections::HashMap, net::IpAddr, sync::Arc};

use jiff::{SignedDuration, Timestamp};
use parking_lot::{Mutex, MutexGuard};
use serde::{Deserialize, Serialize};

use wallboard_store::{RecordId, RecordKind, RecordStore};

use super::{
    LetterCode, NoRandomness, Token, TokenId, UserId,
    expiring_records::{ExpiringRecord, ExpiringRecordError, ExpiringRecords},
    sign_in_limits::network_of,
};

const PAIRINGS: RecordKind = RecordKind::new("pairing");

/// How long a code can be used.
pub const CODE_VALID_FOR: SignedDuration = SignedDuration::from_mins(15);
/// Screens that wait at once of those that asked this node, at all and of one network; more are refused.
const WAITING_MAX: usize = 1_000;
const WAITING_OF_NETWORK_MAX: usize = 100;
/// Wrong codes of a user in `CODE_VALID_FOR`, at each node.
const WRONG_CODES_MAX: u32 = 5;
/// Addresses with a wrong code, which any link may open.
const WRONG_LOOKUPS_MAX: u32 = 50;

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

#[derive(Debug, thiserror::Error)]
pub enum PairingError {
    #[error("no screen shows that code; it may have expired, so look at the screen again")]
    WrongCode,
    #[error("too many wrong codes; try again in 15 minutes")]
    TooManyWrongCodes,
    #[error("too many screens wait to be paired; try again in a few minutes")]
    TooManyWaiting,
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
    #[error("couldn't read or write the screens that wait")]
    Records(#[from] ExpiringRecordError),
}

/// All screens that wait. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Pairings {
    waiting: ExpiringRecords<Pairing>,
    wrong_codes: WrongCodes,
    wrong_lookups: WrongCodes,
}

/// How many wrong codes each user has used since when. Clones share it.
#[derive(Clone, Debug)]
struct WrongCodes {
    max: u32,
    counts: Arc<Mutex<HashMap<UserId, (u32, Timestamp)>>>,
}

/// Found under the hash of the token that the waiting screen has.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Pairing {
    /// The name of the screen's record to be: the hash of its future token.
    screen: String,
    code: String,
    device: String,
    address: IpAddr,
    is_paired: bool,
}

/// A screen whose code somebody typed.
#[derive(Debug)]
pub(super) struct FoundPairing {
    pairing: ExpiringRecord<Pairing>,
    /// The name of the screen's record to be.
    pub(super) screen: TokenId,
    pub(super) device: String,
}

impl Pairings {
    pub(super) fn new(records: RecordStore) -> Self {
        Self {
            waiting: ExpiringRecords::new(records, PAIRINGS, CODE_VALID_FOR),
            wrong_codes: WrongCodes::new(WRONG_CODES_MAX),
            wrong_lookups: WrongCodes::new(WRONG_LOOKUPS_MAX),
        }
    }

    /// Begins to pair a screen. It proves with the token that the code is its own.
    pub async fn start(
        &self,
        device: String,
        address: IpAddr,
        now: Timestamp,
    ) -> Result<(Token, WaitingScreen), PairingError> {
        let network = network_of(address);
        let waiting = self.waiting.count_own(network, now);
        if WAITING_MAX <= waiting.all || WAITING_OF_NETWORK_MAX <= waiting.of_network {
            return Err(PairingError::TooManyWaiting);
        }
        let (token, code) = (Token::generate()?, LetterCode::generate()?);
        let pairing = Pairing {
            screen: token.screen_token().id().to_text(),
            code: code.to_text(),
            device: device.clone(),
            address,
            is_paired: false,
        };
        let created = self.waiting.create(id_of(&token)?, network, pairing, now);
        created.await?;
        let screen = WaitingScreen {
            code,
            device,
            address,
            asked_at: now,
        };
        Ok((token, screen))
    }

    /// Returns the state of a screen. Its token is returned once.
    pub async fn poll(&self, token: &Token, now: Timestamp) -> Result<PairingState, PairingError> {
        let Some(found) = self.waiting.find(&id_of(token)?, now).await? else {
            return Ok(PairingState::Unknown);
        };
        if found.content.is_paired {
            let is_first = self.waiting.remove(&found).await?;
            return Ok(if is_first {
                PairingState::Paired(token.screen_token())
            } else {
                PairingState::Unknown
            });
        }
        Ok(waiting_screen(&found).map_or(PairingState::Unknown, PairingState::Waiting))
    }

    /// Whether a screen waits to be paired.
    pub async fn is_waiting(&self, token: &Token, now: Timestamp) -> Result<bool, PairingError> {
        let found = self.waiting.find(&id_of(token)?, now).await?;
        Ok(found.is_some_and(|pairing| !pairing.content.is_paired))
    }

    /// Finds the screen that shows a code, to be compared. A wrong code isn't a try to pair.
    pub async fn find(
        &self,
        user: &UserId,
        code: &str,
        now: Timestamp,
    ) -> Result<WaitingScreen, PairingError> {
        let found = self
            .find_by_code(user, code, &self.wrong_lookups, now)
            .await?;
        waiting_screen(&found.pairing).ok_or(PairingError::WrongCode)
    }

    pub(super) async fn find_pairing(
        &self,
        user: &UserId,
        code: &str,
        now: Timestamp,
    ) -> Result<FoundPairing, PairingError> {
        self.find_by_code(user, code, &self.wrong_codes, now).await
    }

    async fn find_by_code(
        &self,
        user: &UserId,
        code: &str,
        wrong: &WrongCodes,
        now: Timestamp,
    ) -> Result<FoundPairing, PairingError> {
        wrong.check(user, now)?;
        let waiting = self.waiting.list(now).await?;
        let has_code = |pairing: &ExpiringRecord<Pairing>| {
            let shown = LetterCode::parse(&pairing.content.code);
            !pairing.content.is_paired && shown.is_some_and(|shown| shown.matches(code))
        };
        let found = waiting
            .into_iter()
            .find(has_code)
            .and_then(FoundPairing::read);
        found.ok_or_else(|| wrong.record(user, now))
    }

    /// Lets a screen have its token. A code works once.
    pub(super) async fn approve(&self, found: FoundPairing) -> Result<(), PairingError> {
        let mut pairing = found.pairing;
        pairing.content.is_paired = true;
        if self.waiting.replace(pairing).await? {
            Ok(())
        } else {
            Err(PairingError::WrongCode)
        }
    }
}

impl WrongCodes {
    fn new(max: u32) -> Self {
        Self {
            max,
            counts: Arc::default(),
        }
    }

    fn check(&self, user: &UserId, now: Timestamp) -> Result<(), PairingError> {
        match self.lock(now).get(user) {
            Some((count, _)) if self.max <= *count => Err(PairingError::TooManyWrongCodes),
            _ => Ok(()),
        }
    }

    fn record(&self, user: &UserId, now: Timestamp) -> PairingError {
        let mut counts = self.lock(now);
        let (count, _) = counts.entry(user.clone()).or_insert((0, now));
        *count += 1;
        PairingError::WrongCode
    }

    /// Locks the counts and drops those that expired.
    fn lock(&self, now: Timestamp) -> MutexGuard<'_, HashMap<UserId, (u32, Timestamp)>> {
        let mut counts = self.counts.lock();
        counts.retain(|_, (_, since)| now.duration_since(*since) < CODE_VALID_FOR);
        counts
    }
}

impl FoundPairing {
    fn read(pairing: ExpiringRecord<Pairing>) -> Option<Self> {
        Some(Self {
            screen: TokenId::parse(&pairing.content.screen)?,
            device: pairing.content.device.clone(),
            pairing,
        })
    }
}

fn id_of(token: &Token) -> Result<RecordId, ExpiringRecordError> {
    (token.id().record_id()).ok_or(ExpiringRecordError::InvalidId)
}

fn waiting_screen(pairing: &ExpiringRecord<Pairing>) -> Option<WaitingScreen> {
    let content = &pairing.content;
    Some(WaitingScreen {
        code: LetterCode::parse(&content.code)?,
        device: content.device.clone(),
        address: content.address,
        asked_at: pairing.began_at,
    })
}

#[cfg(test)]
mod tests;
