//! How often a program may send values.

use std::{num::NonZeroU32, sync::Arc, time::Duration};

use governor::DefaultKeyedRateLimiter;

use super::{
    TokenId,
    sign_in_limits::{check, quota},
};

/// At most 20 batches a second, and 100 at once.
const PERIOD: Duration = Duration::from_millis(50);
const BURST: NonZeroU32 = NonZeroU32::new(100).unwrap();

/// The limits of all tokens. With open access, all programs have one together. Cheap to clone.
#[derive(Clone, Debug)]
pub struct SendLimits(Arc<DefaultKeyedRateLimiter<Option<TokenId>>>);

impl Default for SendLimits {
    fn default() -> Self {
        Self(Arc::new(DefaultKeyedRateLimiter::keyed(quota(
            PERIOD, BURST,
        ))))
    }
}

impl SendLimits {
    /// Takes one batch of a token, or says how long to wait.
    pub fn take_batch(&self, token: Option<TokenId>) -> Result<(), Duration> {
        check(&*self.0, &token)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Token;

    #[test]
    fn a_token_that_sends_too_much_has_to_wait_and_others_do_not() {
        let limits = SendLimits::default();
        let [greedy, other] = [(); 2].map(|()| Some(Token::generate().unwrap().id()));

        let refused = (0..200).find_map(|_| limits.take_batch(greedy).err());

        assert!(refused.is_some_and(|wait| wait <= PERIOD));
        assert_eq!(limits.take_batch(other), Ok(()));
        assert_eq!(limits.take_batch(None), Ok(()));
    }
}
