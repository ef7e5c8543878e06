//! The one-time code that the console shows while nobody has an account.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use super::{LetterCode, NoRandomness};

/// After that many, the server must be restarted for another code.
const ATTEMPTS: u32 = 10;

/// A code with a few attempts, which clones share.
#[derive(Clone, Debug)]
pub struct SetupCode {
    code: LetterCode,
    attempts_left: Arc<AtomicU32>,
}

impl SetupCode {
    pub fn generate() -> Result<Self, NoRandomness> {
        Ok(Self {
            code: LetterCode::generate()?,
            attempts_left: Arc::new(AtomicU32::new(ATTEMPTS)),
        })
    }

    /// The code as people read it: "WDJB-MJHT".
    pub fn to_text(&self) -> String {
        self.code.to_text()
    }

    /// Compares what somebody typed, and takes an attempt.
    pub fn try_code(&self, typed: &str) -> bool {
        let take = |left: u32| left.checked_sub(1);
        let taken = (self.attempts_left).fetch_update(Ordering::SeqCst, Ordering::SeqCst, take);
        taken.is_ok() && self.code.matches(typed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_can_be_tried_ten_times() {
        let code = SetupCode::generate().unwrap();
        for _ in 0..9 {
            assert!(!code.try_code("AAAA-AAAA"));
        }
        assert!(code.clone().try_code(&code.to_text()));
        assert!(!code.try_code(&code.to_text()));
    }
}
