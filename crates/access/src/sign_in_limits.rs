//! How often a password may be guessed: per account and per address. Nobody can use up the attempts
//! of somebody who signed in from an address before, nor all of those that are left to addresses
//! without a failure.

use std::{
    collections::HashMap,
    hash::Hash,
    net::IpAddr,
    num::NonZeroU32,
    time::{Duration, Instant},
};

use governor::{
    Quota, RateLimiter,
    clock::{Clock, MonotonicClock},
    middleware::NoOpMiddleware,
    state::keyed::DefaultKeyedStateStore,
};
use parking_lot::Mutex;

use super::UserId;

/// At most 10 guesses in any 10 minutes: 5 at once, then one each 2 minutes.
const ACCOUNT_BURST: NonZeroU32 = NonZeroU32::new(5).unwrap();
const ACCOUNT_PERIOD: Duration = Duration::from_mins(2);
/// Many people may share an address.
pub(super) const ADDRESS_BURST: NonZeroU32 = NonZeroU32::new(30).unwrap();
pub(super) const ADDRESS_PERIOD: Duration = Duration::from_secs(5);
/// Accounts and addresses that are remembered before old ones are forgotten.
pub(super) const KEYS_MAX: usize = 20_000;
/// How long a failure counts against a place.
const FAILURE_COUNTS_FOR: Duration = Duration::from_hours(24);

/// A limit for each key, by a clock.
type KeyedLimiter<K, C> =
    RateLimiter<K, DefaultKeyedStateStore<K>, C, NoOpMiddleware<<C as Clock>::Instant>>;

/// Attempts left of every account and address.
#[derive(Debug)]
pub(super) struct SignInLimits<C: Clock = MonotonicClock> {
    clock: C,
    accounts: KeyedLimiter<UserId, C>,
    /// As many at an account again, for places without a failure, one for each.
    reserved: ReturnableAttempts<UserId>,
    addresses: KeyedLimiter<IpAddr, C>,
    /// Attempts at an account from a network where it worked before.
    known: ReturnableAttempts<(UserId, IpAddr)>,
    /// When places last failed, or began an attempt that isn't over.
    failures: Mutex<HashMap<IpAddr, Instant>>,
}

/// As many attempts as an account has, but those that succeed are given back: for each key the time at
/// which all are there again.
#[derive(Debug)]
struct ReturnableAttempts<K>(Mutex<HashMap<K, Instant>>);

/// An attempt that was let through. It counts as a failure until it succeeds.
#[derive(Debug)]
#[must_use]
pub(super) struct SignInAttempt {
    /// A place without a failure before.
    first_of: Option<IpAddr>,
    /// A user of whose reserved attempts it is.
    reserved: Option<UserId>,
    /// A user at a known network.
    known: Option<(UserId, IpAddr)>,
}

impl SignInLimits {
    pub(super) fn new() -> Self {
        Self::by_clock(MonotonicClock)
    }
}

impl<C: Clock<Instant = Instant> + Clone> SignInLimits<C> {
    fn by_clock(clock: C) -> Self {
        let account = quota(ACCOUNT_PERIOD, ACCOUNT_BURST);
        let address = quota(ADDRESS_PERIOD, ADDRESS_BURST);
        Self {
            accounts: RateLimiter::dashmap_with_clock(account, clock.clone()),
            reserved: ReturnableAttempts::default(),
            addresses: RateLimiter::dashmap_with_clock(address, clock.clone()),
            clock,
            known: ReturnableAttempts::default(),
            failures: Mutex::default(),
        }
    }

    /// Takes an attempt, or says after how long there's one again. `is_known`: the user signed in
    /// from the address before.
    pub(super) fn take_attempt(
        &self,
        user: &UserId,
        address: IpAddr,
        is_known: bool,
    ) -> Result<SignInAttempt, Duration> {
        self.forget_old();
        let network = network_of(address);
        check(&self.addresses, &network)?;
        if is_known {
            let known = (user.clone(), network);
            self.known.take(&known, self.clock.now())?;
            return Ok(SignInAttempt {
                first_of: None,
                reserved: None,
                known: Some(known),
            });
        }
        let (place, now) = (place_of(address), self.clock.now());
        let mut failures = self.failures.lock();
        let is_recent = |at: &Instant| now.duration_since(*at) < FAILURE_COUNTS_FOR;
        let has_failed = failures.get(&place).is_some_and(is_recent);
        let mut reserved = None;
        if let Err(wait) = check(&self.accounts, user) {
            if has_failed || self.reserved.take(user, now).is_err() {
                return Err(wait);
            }
            reserved = Some(user.clone());
        }
        if KEYS_MAX <= failures.len() {
            forget_oldest(&mut failures);
        }
        failures.insert(place, now);
        Ok(SignInAttempt {
            first_of: (!has_failed).then_some(place),
            reserved,
            known: None,
        })
    }

    /// The password was right. Earlier failures of the place stay: they may have been somebody else's.
    pub(super) fn record_success(&self, attempt: &SignInAttempt) {
        if let Some(place) = attempt.first_of {
            self.failures.lock().remove(&place);
        }
        if let Some(user) = &attempt.reserved {
            self.reserved.give_back(user);
        }
        if let Some(known) = &attempt.known {
            self.known.give_back(known);
        }
    }

    /// Keeps memory bounded: forgets those who have all attempts left anyway.
    fn forget_old(&self) {
        if KEYS_MAX < self.accounts.len().max(self.addresses.len()) {
            self.accounts.retain_recent();
            self.addresses.retain_recent();
        }
    }
}

impl<K> Default for ReturnableAttempts<K> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Clone + Eq + Hash> ReturnableAttempts<K> {
    fn take(&self, key: &K, now: Instant) -> Result<(), Duration> {
        let mut full_at = self.0.lock();
        if KEYS_MAX <= full_at.len() {
            full_at.retain(|_, at| now < *at);
        }
        let at = full_at.get(key).map_or(now, |at| now.max(*at));
        let others = ACCOUNT_PERIOD * (ACCOUNT_BURST.get() - 1);
        let wait = at.duration_since(now).saturating_sub(others);
        if !wait.is_zero() {
            return Err(wait);
        }
        full_at.insert(key.clone(), at + ACCOUNT_PERIOD);
        Ok(())
    }

    fn give_back(&self, key: &K) {
        if let Some(at) = self.0.lock().get_mut(key) {
            *at = at.checked_sub(ACCOUNT_PERIOD).unwrap_or(*at);
        }
    }
}

/// Forgets the older half.
fn forget_oldest(failures: &mut HashMap<IpAddr, Instant>) {
    let mut times: Vec<_> = failures.values().copied().collect();
    let (_, middle, _) = times.select_nth_unstable(KEYS_MAX / 2);
    let middle = *middle;
    failures.retain(|_, at| middle < *at);
}

pub(super) fn quota(period: Duration, burst: NonZeroU32) -> Quota {
    let quota = Quota::with_period(period).unwrap_or(Quota::per_minute(NonZeroU32::MIN));
    quota.allow_burst(burst)
}

pub(super) fn check<K: Clone + Eq + Hash, C: Clock>(
    limiter: &KeyedLimiter<K, C>,
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

/// Returns the place that a failure counts against: one site may have all networks of an IPv6 prefix.
fn place_of(address: IpAddr) -> IpAddr {
    match network_of(address) {
        IpAddr::V6(network) => {
            let [a, b, c, ..] = network.segments();
            [a, b, c, 0, 0, 0, 0, 0].into()
        }
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn address(n: u32) -> IpAddr {
        IpAddr::from(n.to_be_bytes())
    }

    fn ipv6(network: u128, host: u128) -> IpAddr {
        let address = (0x2001_0db8_u128 << 96) | (network << 64) | host;
        IpAddr::from(address.to_be_bytes())
    }

    /// A clock that a test sets.
    #[derive(Clone, Debug)]
    struct SetClock(Arc<Mutex<Instant>>);

    impl Clock for SetClock {
        type Instant = Instant;

        fn now(&self) -> Instant {
            *self.0.lock()
        }
    }

    /// How many attempts of these addresses are let through, none of which succeeds.
    fn count_granted<C: Clock<Instant = Instant> + Clone>(
        limits: &SignInLimits<C>,
        user: &UserId,
        addresses: impl Iterator<Item = IpAddr>,
    ) -> usize {
        let granted =
            addresses.filter(|address| limits.take_attempt(user, *address, false).is_ok());
        granted.count()
    }

    #[test]
    fn an_account_has_ten_guesses_whatever_the_addresses() {
        let limits = SignInLimits::new();
        let (user, other) = (UserId::of_name("a"), UserId::of_name("b"));
        assert_eq!(count_granted(&limits, &user, (0..1_000).map(address)), 10);
        assert_eq!(count_granted(&limits, &other, [address(1)].into_iter()), 1);
        let refused = limits.take_attempt(&user, address(2_000), false);
        let wait = refused.unwrap_err();
        assert!(wait <= ACCOUNT_PERIOD, "{wait:?}");
    }

    #[test]
    fn steady_guesses_leave_attempts_to_places_without_failures() {
        let limits = SignInLimits::new();
        let user = UserId::of_name("a");
        assert_eq!(
            count_granted(&limits, &user, (0..25).map(|_| address(1))),
            5
        );
        for place in 10..14 {
            let attempt = limits.take_attempt(&user, address(place), false).unwrap();
            limits.record_success(&attempt);
            count_granted(&limits, &user, [address(1)].into_iter());
        }
        // The networks of a prefix are one place.
        let networks = (0..20).map(|network| ipv6(network, 1));
        assert_eq!(count_granted(&limits, &user, networks), 1);
    }

    #[test]
    fn guesses_for_minutes_refuse_no_right_password_at_a_new_place() {
        let clock = SetClock(Arc::new(Mutex::new(Instant::now())));
        let limits = SignInLimits::by_clock(clock.clone());
        let user = UserId::of_name("a");
        let mut guesses = 0;
        // A guess each 0.7 s for 7 minutes, and somebody at another place each 21 s.
        for n in 0..600 {
            guesses += count_granted(&limits, &user, [address(1)].into_iter());
            if n % 30 == 29 {
                let attempt = limits.take_attempt(&user, address(100 + n), false);
                limits.record_success(&attempt.expect("it's the right password"));
            }
            *clock.0.lock() += Duration::from_millis(700);
        }
        // 5 at once, then one each 2 minutes.
        assert_eq!(guesses, 8);
    }

    #[test]
    fn right_passwords_at_new_places_use_up_none_of_their_attempts() {
        let limits = SignInLimits::new();
        let user = UserId::of_name("a");
        count_granted(&limits, &user, (0..25).map(|_| address(1)));
        for place in 10..30 {
            let attempt = limits.take_attempt(&user, address(place), false).unwrap();
            limits.record_success(&attempt);
        }
        assert_eq!(count_granted(&limits, &user, (40..60).map(address)), 5);
    }

    #[test]
    fn an_account_of_ones_own_gives_no_attempts_at_others() {
        let limits = SignInLimits::new();
        let (victim, own) = (UserId::of_name("a"), UserId::of_name("b"));
        count_granted(&limits, &victim, (0..5).map(|_| address(1)));
        for _ in 0..4 {
            let attempt = limits.take_attempt(&own, address(1), false).unwrap();
            limits.record_success(&attempt);
            assert!(limits.take_attempt(&victim, address(1), false).is_err());
        }
        assert!(limits.take_attempt(&victim, address(2), false).is_ok());
    }

    #[test]
    fn guesses_elsewhere_lock_nobody_out_where_they_signed_in_before() {
        let limits = SignInLimits::new();
        let user = UserId::of_name("a");
        count_granted(&limits, &user, (100..200).map(address));
        assert!(limits.take_attempt(&user, address(8), false).is_err());
        assert!(limits.take_attempt(&user, address(7), true).is_ok());
    }

    #[test]
    fn right_passwords_use_up_nothing_at_a_known_network() {
        let limits = SignInLimits::new();
        let user = UserId::of_name("a");
        for _ in 0..20 {
            let attempt = limits.take_attempt(&user, address(7), true).unwrap();
            limits.record_success(&attempt);
        }
        let wrong = (0..9).filter(|_| limits.take_attempt(&user, address(7), true).is_ok());
        assert_eq!(wrong.count(), 5);
        let wait = limits.take_attempt(&user, address(7), true).unwrap_err();
        assert!(wait <= ACCOUNT_PERIOD, "{wait:?}");
    }

    #[test]
    fn an_address_has_thirty_attempts_for_all_accounts() {
        let limits = SignInLimits::new();
        let try_name = |n: u32| {
            let user = UserId::of_name(&n.to_string());
            limits.take_attempt(&user, ipv6(0, n.into()), false)
        };
        let granted = (0..100).filter(|n| try_name(*n).is_ok());
        assert_eq!(granted.count(), 30);
    }

    #[test]
    fn remembered_failures_are_bounded() {
        let limits = SignInLimits::new();
        let last = u32::try_from(KEYS_MAX).unwrap() + 1_000;
        for n in 0..=last {
            let user = UserId::of_name(&n.to_string());
            assert!(limits.take_attempt(&user, address(n), false).is_ok());
        }
        assert!(limits.failures.lock().len() <= KEYS_MAX);
        assert!(limits.failures.lock().contains_key(&address(last)));
    }
}
