//! The one-time code that the console shows while nobody has an account. It's a record, so that each
//! node of a cluster shows the same one, and takes it.

use std::{net::IpAddr, num::NonZeroU32, sync::Arc, time::Duration};

use governor::DefaultKeyedRateLimiter;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use wallboard_store::{
    DocumentError, Record, RecordError, RecordId, RecordKind, RecordStore, Records,
    decode_document, encode_document,
};

use super::{
    LetterCode, NoRandomness,
    sign_in_limits::{KEYS_MAX, check, network_of, quota},
};

const SETUP_CODES: RecordKind = RecordKind::new("setup-code");
/// There's one.
const ID: &str = "first-administrator";
/// After that many, from however many networks, the server must be restarted for another code.
const ATTEMPTS: u32 = 10_000;
/// Attempts of a network at each node: 10 at once, then one each 10 minutes.
const NETWORK_BURST: NonZeroU32 = NonZeroU32::new(10).unwrap();
const NETWORK_PERIOD: Duration = Duration::from_mins(10);
/// A start later than that makes another code.
const REUSED_FOR: SignedDuration = SignedDuration::from_hours(24);

/// Why there's no code, or it can't be compared.
#[derive(Debug, thiserror::Error)]
pub enum SetupCodeError {
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
    #[error("the setup code's record")]
    Document(#[from] DocumentError),
    #[error("too many wrong codes")]
    TooManyAttempts(Duration),
    #[error("couldn't read or write the setup code")]
    Records(#[from] RecordError),
}

/// A code with a few attempts. Cheap to clone.
#[derive(Clone, Debug)]
pub struct SetupCode {
    records: RecordStore,
    attempts: Arc<DefaultKeyedRateLimiter<IpAddr>>,
}

#[derive(Serialize, Deserialize)]
struct StoredCode {
    code: String,
    attempts_left: u32,
    made_at: Timestamp,
}

impl SetupCode {
    /// Offers the code that another node offers, or that was offered before and can still be tried, or
    /// makes one. Returns it as people read it too: "WDJB-MJHT".
    pub async fn offer(
        records: RecordStore,
        now: Timestamp,
    ) -> Result<(Self, String), SetupCodeError> {
        let per_network = quota(NETWORK_PERIOD, NETWORK_BURST);
        let offered = Self {
            records,
            attempts: Arc::new(DefaultKeyedRateLimiter::keyed(per_network)),
        };
        loop {
            let stored = offered.find().await?;
            let code = stored.as_ref().map(decode_code).transpose()?;
            let is_usable = |code: &StoredCode| {
                0 < code.attempts_left && now.duration_since(code.made_at) < REUSED_FOR
            };
            if let Some(code) = code.filter(is_usable) {
                return Ok((offered, code.code));
            }
            let code = LetterCode::generate()?.to_text();
            let new = StoredCode {
                code: code.clone(),
                attempts_left: ATTEMPTS,
                made_at: now,
            };
            if offered.replace(stored, &new).await? {
                return Ok((offered, code));
            }
        }
    }

    /// Compares what somebody typed, and takes an attempt.
    pub async fn try_code(&self, typed: &str, address: IpAddr) -> Result<bool, SetupCodeError> {
        if KEYS_MAX < self.attempts.len() {
            self.attempts.retain_recent();
        }
        check(&self.attempts, &network_of(address)).map_err(SetupCodeError::TooManyAttempts)?;
        while let Some(stored) = self.find().await? {
            let mut code = decode_code(&stored)?;
            let Some(left) = code.attempts_left.checked_sub(1) else {
                break;
            };
            code.attempts_left = left;
            // Somebody else may have taken one meanwhile.
            if self.replace(Some(stored), &code).await? {
                let offered = LetterCode::parse(&code.code);
                return Ok(offered.is_some_and(|offered| offered.matches(typed)));
            }
        }
        Ok(false)
    }

    /// Removes the code: somebody has an account.
    pub async fn withdraw(&self) -> Result<(), SetupCodeError> {
        while let Some(stored) = self.find().await? {
            let deleted = self
                .records
                .delete(SETUP_CODES, &stored.id, stored.revision);
            match deleted.await {
                Err(RecordError::Conflict { .. }) => {}
                deleted => return Ok(deleted.map(drop)?),
            }
        }
        Ok(())
    }

    async fn find(&self) -> Result<Option<Record>, RecordError> {
        self.records.get(SETUP_CODES, &id()).await
    }

    /// Returns false if it was replaced meanwhile.
    async fn replace(
        &self,
        stored: Option<Record>,
        code: &StoredCode,
    ) -> Result<bool, SetupCodeError> {
        let replaced = stored.map(|record| record.revision);
        let document = encode_document(code)?;
        match self
            .records
            .put(SETUP_CODES, &id(), replaced, document)
            .await
        {
            Ok(_) => Ok(true),
            Err(RecordError::Conflict { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

fn id() -> RecordId {
    RecordId::parse(ID).expect("it has letters and hyphens only")
}

fn decode_code(record: &Record) -> Result<StoredCode, DocumentError> {
    decode_document(&record.document)
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use wallboard_store::Store;

    use super::*;

    fn records(folder: &tempfile::TempDir) -> RecordStore {
        RecordStore::embedded(Store::open(&folder.path().join("w.db")).unwrap())
    }

    fn at(hours: i64) -> Timestamp {
        Timestamp::from_second(hours * 3_600).unwrap()
    }

    const HERE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));

    #[tokio::test]
    async fn strangers_use_up_their_own_tries_and_not_the_code() {
        let folder = tempfile::tempdir().unwrap();
        let records = records(&folder);
        let (here, code) = SetupCode::offer(records.clone(), at(0)).await.unwrap();
        let (_, same) = SetupCode::offer(records.clone(), at(1)).await.unwrap();
        assert_eq!(code, same);
        let stranger = |host: u128| {
            let address = (0x2001_0db8_u128 << 96) | host;
            IpAddr::from(address.to_be_bytes())
        };
        for host in 0..10 {
            assert!(!here.try_code("AAAA-AAAA", stranger(host)).await.unwrap());
        }
        let refused = here.try_code(&code, stranger(11)).await;
        assert!(matches!(refused, Err(SetupCodeError::TooManyAttempts(_))));
        assert!(!here.try_code("", HERE).await.unwrap());
        assert!(here.try_code(&code.to_lowercase(), HERE).await.unwrap());
    }

    #[tokio::test]
    async fn all_nodes_together_end_a_code_that_is_tried_too_often() {
        let folder = tempfile::tempdir().unwrap();
        let records = records(&folder);
        let (here, code) = SetupCode::offer(records.clone(), at(0)).await.unwrap();
        let stored = here.find().await.unwrap();
        let mut tried = decode_code(stored.as_ref().unwrap()).unwrap();
        tried.attempts_left = 1;
        assert!(here.replace(stored, &tried).await.unwrap());
        let (there, _) = SetupCode::offer(records.clone(), at(1)).await.unwrap();
        assert!(!there.try_code("AAAA-AAAA", HERE).await.unwrap());
        assert!(!here.try_code(&code, HERE).await.unwrap());

        let (_, next) = SetupCode::offer(records, at(1)).await.unwrap();
        assert_ne!(next, code);
        assert!(!here.try_code(&code, HERE).await.unwrap());
        assert!(here.try_code(&next, HERE).await.unwrap());
    }

    #[tokio::test]
    async fn a_start_a_day_later_makes_another_code() {
        let folder = tempfile::tempdir().unwrap();
        let records = records(&folder);
        let (_, code) = SetupCode::offer(records.clone(), at(0)).await.unwrap();
        let (offered, next) = SetupCode::offer(records, at(24)).await.unwrap();
        assert_ne!(code, next);
        offered.withdraw().await.unwrap();
        assert!(!offered.try_code(&next, HERE).await.unwrap());
    }
}
