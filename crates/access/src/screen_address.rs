//! Secret addresses of screens: for signage players that can't show a code to anybody. The secret is
//! the screen's token.

use std::net::IpAddr;

use governor::DefaultKeyedRateLimiter;

use super::{
    network_of,
    sign_in_limits::{ADDRESS_BURST, ADDRESS_PERIOD, KEYS_MAX, check, quota},
};

/// Why an address leads to no screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// It's incomplete, or its screen was removed: nobody learns which.
    #[error("no screen has that address")]
    Unknown,
    #[error("too many wrong addresses; try again in a few minutes")]
    TooManyWrong,
}

/// Wrong secrets of each network, as many as wrong passwords.
#[derive(Debug)]
pub(super) struct WrongAddresses(DefaultKeyedRateLimiter<IpAddr>);

impl Default for WrongAddresses {
    fn default() -> Self {
        Self(DefaultKeyedRateLimiter::keyed(quota(
            ADDRESS_PERIOD,
            ADDRESS_BURST,
        )))
    }
}

impl WrongAddresses {
    /// Counts a wrong secret. Right ones don't count: many players share a network.
    pub(super) fn record_wrong(&self, client: IpAddr) -> AddressError {
        if KEYS_MAX < self.0.len() {
            self.0.retain_recent();
        }
        match check(&self.0, &network_of(client)) {
            Ok(()) => AddressError::Unknown,
            Err(_) => AddressError::TooManyWrong,
        }
    }
}
