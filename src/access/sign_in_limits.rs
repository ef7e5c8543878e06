//! How often a password may be guessed: per account and per address. Somebody who signed in from an
//! address before has attempts of their own there, which nobody else can use up.

use std::{
    collections::HashSet,
    net::IpAddr,
    num::NonZeroU32,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use governor::{DefaultKeyedRateLimiter, Quota, clock::Clock};

use super::UserId;

/// At most 10 guesses in any 10 minutes: 5 at once, then one each 2 minutes.
const ACCOUNT_BURST: NonZeroU32 = NonZeroU32::new(5).unwrap();
const ACCOUNT_PERIOD: Duration = Duration::from_mins(2);
/// Many people may share an address.
pub(super) const ADDRESS_BURST: NonZeroU32 = NonZeroU32::new(30).unwrap();
pub(super) const ADDRESS_PERIOD: Duration = Duration::from_secs(5);
/// Accounts and addresses that are remembered before old ones are forgotten.
pub(super) const KEYS_MAX: usize = 20_000;

/// Attempts left of every account and address.
#[derive(Debug)]
pub(super) struct SignInLimits {
    accounts: DefaultKeyedRateLimiter<UserId>,
    addresses: DefaultKeyedRateLimiter<IpAddr>,
    /// Attempts at an account from an address where it worked before.
    known: DefaultKeyedRateLimiter<(UserId, IpAddr)>,
    known_pairs: Mutex<HashSet<(UserId, IpAddr)>>,
}

impl SignInLimits {
    pub(super) fn new() -> Self {
        let account = quota(ACCOUNT_PERIOD, ACCOUNT_BURST);
        Self {
            accounts: DefaultKeyedRateLimiter::keyed(account),
            addresses: DefaultKeyedRateLimiter::keyed(quota(ADDRESS_PERIOD, ADDRESS_BURST)),
            known: DefaultKeyedRateLimiter::keyed(account),
            known_pairs: Mutex::default(),
        }
    }

    /// Takes an attempt, or says after how long there's one again.
    pub(super) fn take_attempt(&self, user: &UserId, address: IpAddr) -> Result<(), Duration> {
        self.forget_old();
        let network = network_of(address);
        check(&self.addresses, &network)?;
        let pair = (user.clone(), network);
        if self.pairs().contains(&pair) {
            return check(&self.known, &pair);
        }
        check(&self.accounts, user)
    }

    /// Remembers where somebody signed in.
    pub(super) fn record_success(&self, user: UserId, address: IpAddr) {
        let mut pairs = self.pairs();
        if KEYS_MAX <= pairs.len() {
            pairs.clear();
        }
        pairs.insert((user, network_of(address)));
    }

    fn pairs(&self) -> std::sync::MutexGuard<'_, HashSet<(UserId, IpAddr)>> {
        (self.known_pairs)
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps memory bounded: forgets whoever has all attempts left anyway.
    fn forget_old(&self) {
        if KEYS_MAX < self.accounts.len().max(self.addresses.len()) {
            self.accounts.retain_recent();
            self.addresses.retain_recent();
            self.known.retain_recent();
        }
    }
}

pub(super) fn quota(period: Duration, burst: NonZeroU32) -> Quota {
    let quota = Quota::with_period(period).unwrap_or(Quota::per_minute(NonZeroU32::MIN));
    quota.allow_burst(burst)
}

pub(super) fn check<K: Clone + Eq + std::hash::Hash>(
    limiter: &DefaultKeyedRateLimiter<K>,
    key: &K,
) -> Result<(), Duration> {
    let now = limiter.clock().now();
    (limiter.check_key(key)).map_err(|until| until.wait_time_from(now))
}

/// Returns the network that counts as one client: one person may have all addresses of an IPv6 network.
pub fn network_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            [a, b, c, d, 0, 0, 0, 0].into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(n: u32) -> IpAddr {
        IpAddr::from(n.to_be_bytes())
    }

    #[test]
    fn an_account_has_five_guesses_whatever_the_addresses() {
        let limits = SignInLimits::new();
        let (user, other) = (UserId::of_name("a"), UserId::of_name("b"));
        let granted = (0..1_000).filter(|n| limits.take_attempt(&user, address(*n)).is_ok());
        assert_eq!(granted.count(), 5);
        assert!(limits.take_attempt(&other, address(1)).is_ok());
        let wait = limits.take_attempt(&user, address(2)).unwrap_err();
        assert!(wait <= ACCOUNT_PERIOD, "{wait:?}");
    }

    #[test]
    fn guesses_elsewhere_lock_nobody_out_where_they_signed_in_before() {
        let limits = SignInLimits::new();
        let user = UserId::of_name("a");
        limits.record_success(user.clone(), address(7));
        for n in 100..200 {
            limits.take_attempt(&user, address(n)).ok();
        }
        assert!(limits.take_attempt(&user, address(8)).is_err());
        assert!(limits.take_attempt(&user, address(7)).is_ok());
    }

    #[test]
    fn an_address_has_thirty_attempts_for_all_accounts() {
        let limits = SignInLimits::new();
        let try_name = |n: u32| {
            let user = UserId::of_name(&n.to_string());
            let host = u128::from(n);
            limits.take_attempt(
                &user,
                IpAddr::from((0x2001_0db8_u128 << 96 | host).to_be_bytes()),
            )
        };
        let granted = (0..100).filter(|n| try_name(*n).is_ok());
        assert_eq!(granted.count(), 30);
    }
}
