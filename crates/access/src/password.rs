//! Passwords: Argon2id at OWASP's parameters (19 MiB, 2 passes, 1 lane), away from the async threads, few
//! at once.

use std::{fmt, sync::Arc};

use argon2::{
    Argon2, Params, PasswordHasher as _, PasswordVerifier as _,
    password_hash::phc::PasswordHash as PhcHash,
};
use serde::{Deserialize, Serialize};
use tokio::{
    sync::{Semaphore, TryAcquireError},
    task::spawn_blocking,
};

/// The shortest password, in characters.
pub(super) const LENGTH_MIN: usize = 12;
/// In bytes: more is no password, and each attempt costs hashing it.
const LENGTH_MAX: usize = 512;
/// Passwords that are hashed at once; each takes 19 MiB and a core for some 30 ms.
const AT_ONCE_MAX: usize = 2;
/// Those that wait for it; more are refused.
const WAITING_MAX: usize = 64;

/// A hash to compare an unknown name's password with, so that it takes as long as anybody's.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5bm9ib2R5bm9ibw$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// A password as typed. Shown nowhere.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Password(String);

/// Why a password can't be used for an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WeakPassword {
    #[error("the password must have at least {LENGTH_MIN} characters")]
    TooShort,
    #[error("the password must have at most {LENGTH_MAX} bytes")]
    TooLong,
}

/// The hash of a password, in PHC string format.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PasswordHash(String);

/// The result of comparing a password.
#[derive(Debug, PartialEq, Eq)]
pub enum PasswordMatch {
    Wrong,
    Right,
    /// Right, and its hash has older parameters: store this one.
    Rehashed(PasswordHash),
}

#[derive(Debug, thiserror::Error)]
pub enum HashingError {
    #[error("too many people are signing in; try again in a few seconds")]
    Busy,
    #[error("the password couldn't be hashed")]
    Failed,
}

/// Hashes passwords, a few at a time. Cheap to clone.
#[derive(Clone, Debug)]
pub struct PasswordHasher(Arc<HasherLimits>);

#[derive(Debug)]
struct HasherLimits {
    waiting: Semaphore,
    running: Semaphore,
}

impl Password {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Checks whether it's good enough for an account.
    pub fn check_strength(&self) -> Result<(), WeakPassword> {
        if LENGTH_MAX < self.0.len() {
            return Err(WeakPassword::TooLong);
        }
        if self.0.chars().count() < LENGTH_MIN {
            return Err(WeakPassword::TooShort);
        }
        Ok(())
    }
}

impl Default for PasswordHasher {
    fn default() -> Self {
        Self(Arc::new(HasherLimits {
            waiting: Semaphore::new(WAITING_MAX),
            running: Semaphore::new(AT_ONCE_MAX),
        }))
    }
}

impl PasswordHasher {
    pub async fn hash(&self, password: Password) -> Result<PasswordHash, HashingError> {
        self.run(move || hash_password(&password)).await
    }

    /// Compares a password with a hash. Without a hash it takes as long, and the password is wrong.
    pub async fn verify(
        &self,
        password: Password,
        hash: Option<PasswordHash>,
    ) -> Result<PasswordMatch, HashingError> {
        if LENGTH_MAX < password.0.len() {
            return Ok(PasswordMatch::Wrong);
        }
        let is_known = hash.is_some();
        let hash = hash.unwrap_or_else(|| PasswordHash(NOBODY.to_owned()));
        let found = self.run(move || verify_password(&password, &hash)).await?;
        Ok(if is_known {
            found
        } else {
            PasswordMatch::Wrong
        })
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, HashingError> + Send + 'static,
    ) -> Result<T, HashingError> {
        let _waiting = self.0.waiting.try_acquire().map_err(|error| match error {
            TryAcquireError::NoPermits => HashingError::Busy,
            TryAcquireError::Closed => HashingError::Failed,
        })?;
        let _running = self.0.running.acquire().await;
        spawn_blocking(work)
            .await
            .map_err(|_| HashingError::Failed)?
    }
}

fn hash_password(password: &Password) -> Result<PasswordHash, HashingError> {
    let hash = Argon2::default().hash_password(password.0.as_bytes());
    let hash = hash.map_err(|_| HashingError::Failed)?;
    Ok(PasswordHash(hash.to_string()))
}

fn verify_password(
    password: &Password,
    hash: &PasswordHash,
) -> Result<PasswordMatch, HashingError> {
    let parsed = PhcHash::new(&hash.0).map_err(|_| HashingError::Failed)?;
    let argon2 = Argon2::default();
    if argon2
        .verify_password(password.0.as_bytes(), &parsed)
        .is_err()
    {
        return Ok(PasswordMatch::Wrong);
    }
    let cost = |params: &Params| (params.m_cost(), params.t_cost(), params.p_cost());
    if Params::try_from(&parsed).is_ok_and(|params| cost(&params) == cost(argon2.params())) {
        return Ok(PasswordMatch::Right);
    }
    hash_password(password).map(PasswordMatch::Rehashed)
}

impl fmt::Debug for Password {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("***")
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use argon2::{Algorithm, Version};

    use super::*;

    #[tokio::test]
    async fn password_is_verified_and_an_old_hash_renewed() {
        let hasher = PasswordHasher::default();
        let right = Password::new("correct horse battery");
        let hash = hasher.hash(right.clone()).await.unwrap();

        assert!(hash.0.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        let verify = async |password: &Password, hash: Option<&PasswordHash>| {
            let found = hasher.verify(password.clone(), hash.cloned());
            found.await.unwrap()
        };
        assert_eq!(verify(&right, Some(&hash)).await, PasswordMatch::Right);
        let wrong = Password::new("correct horse batterY");
        assert_eq!(verify(&wrong, Some(&hash)).await, PasswordMatch::Wrong);
        assert_eq!(verify(&right, None).await, PasswordMatch::Wrong);

        let weak = Params::new(8_192, 1, 1, None).unwrap();
        let old = Argon2::new(Algorithm::Argon2id, Version::V0x13, weak);
        let old = old.hash_password(b"correct horse battery").unwrap();
        let old = PasswordHash(old.to_string());
        let PasswordMatch::Rehashed(renewed) = verify(&right, Some(&old)).await else {
            panic!("an old hash is renewed")
        };
        assert_eq!(verify(&right, Some(&renewed)).await, PasswordMatch::Right);
    }

    #[test]
    fn unknown_name_costs_as_much_as_any_other() {
        let nobody = PhcHash::new(NOBODY).unwrap();
        let cost = |params: &Params| (params.m_cost(), params.t_cost(), params.p_cost());
        let params = Params::try_from(&nobody).unwrap();
        assert_eq!(cost(&params), cost(Argon2::default().params()));
        let found = verify_password(&Password::new(""), &PasswordHash(NOBODY.to_owned()));
        assert_eq!(found.unwrap(), PasswordMatch::Wrong);
    }

    #[test]
    fn short_and_endless_passwords_are_refused() {
        let check = |text: &str| Password::new(text).check_strength();
        assert_eq!(check("elevenchars"), Err(WeakPassword::TooShort));
        assert_eq!(check("zwölf Zeichn"), Ok(()));
        assert_eq!(check(&"x".repeat(513)), Err(WeakPassword::TooLong));
    }

    #[test]
    fn debug_output_shows_nothing() {
        let (password, hash) = (Password::new("hunter2"), PasswordHash("$argon2".into()));
        assert_eq!(format!("{password:?} {hash:?}"), "*** ***");
    }
}
