//! Whether this process stood still, as it does when it or its machine is paused. A source that proves that it's alive
//! has to prove it again. One that doesn't is distrusted for as long as it takes to notice that its connection is lost.

use std::{
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::Duration,
};

use parking_lot::Mutex;
use wallboard_domain::{ALIVE_FOR_MS, Moment};
use wallboard_runtime::ingest::elapsed_since_boot;

use super::{
    live_state::LiveState,
    snapshot::{ConnectionState, Outage},
};

/// How often the live state's task runs at least.
pub(super) const AWAKE_INTERVAL: Duration = Duration::from_secs(1);
/// The task did nothing for longer only if the whole process stood still.
const STANDSTILL_MIN: u64 = 6_000;

/// Notices standstills of this process. All times are in milliseconds since boot.
#[derive(Debug, Default)]
pub(super) struct StandstillWatch {
    /// When the live state's task last ran; 0: it doesn't run.
    awake_at: AtomicU64,
    distrust: Mutex<Option<Distrust>>,
}

/// Sources that don't prove that they're alive count as lost.
#[derive(Clone, Copy, Debug)]
struct Distrust {
    outage: Outage,
    until: u64,
}

impl StandstillWatch {
    pub(super) fn note_awake(&self) {
        self.awake_at.store(millis_since_boot(), Relaxed);
    }

    pub(super) fn stop(&self) {
        self.awake_at.store(0, Relaxed);
    }

    /// Returns for how many milliseconds the process stood still, if nobody has noticed yet.
    pub(super) fn standstill(&self) -> Option<u64> {
        let awake_at = self.awake_at.load(Relaxed);
        let stood_for = millis_since_boot().saturating_sub(awake_at);
        (awake_at != 0 && STANDSTILL_MIN < stood_for).then_some(stood_for)
    }

    /// Distrusts sources without proofs after a standstill, and trusts them again later.
    pub(super) fn apply(&self, state: &mut LiveState, now: Moment) {
        if let Some(stood_for) = self.standstill() {
            self.note_awake();
            let stood_for = i64::try_from(stood_for).unwrap_or(i64::MAX);
            let mut distrust = self.distrust.lock();
            // Sources that are still distrusted since an earlier standstill stay so for longer.
            let outage = distrust.map_or_else(
                || Outage::from(now.plus_millis(-stood_for)),
                |earlier| earlier.outage,
            );
            state.distrust_unproven_sources(outage);
            *distrust = Some(Distrust {
                outage,
                until: millis_since_boot() + ALIVE_FOR_MS.unsigned_abs(),
            });
        } else if self.is_trust_due()
            && let Some(distrust) = self.distrust.lock().take()
        {
            state.trust_unproven_sources(distrust.outage);
        }
    }

    /// Whether sources without proofs had their time.
    pub(super) fn is_trust_due(&self) -> bool {
        let distrust = *self.distrust.lock();
        distrust.is_some_and(|distrust| distrust.until <= millis_since_boot())
    }

    /// As if the process had just stood still for so long.
    #[cfg(test)]
    pub(super) fn simulate(&self, standstill: Duration) {
        let millis = u64::try_from(standstill.as_millis()).unwrap();
        self.awake_at.store(millis_since_boot() - millis, Relaxed);
        if let Some(distrust) = &mut *self.distrust.lock() {
            distrust.until -= millis;
        }
    }
}

impl LiveState {
    fn distrust_unproven_sources(&mut self, outage: Outage) {
        let mut has_changed = false;
        for source in self.snapshot.sources.values_mut() {
            if source.is_live() && source.alive_at.is_none() {
                source.outage = Some(outage);
                has_changed = true;
            }
        }
        if has_changed {
            self.mark_everything();
        }
    }

    /// Ends this outage where the connection was neither lost nor made again meanwhile.
    fn trust_unproven_sources(&mut self, outage: Outage) {
        for source in self.snapshot.sources.values_mut() {
            let is_connected = source.connection == ConnectionState::Connected;
            if is_connected && source.alive_at.is_none() && source.outage == Some(outage) {
                source.outage = None;
            }
        }
        self.mark_everything();
    }
}

fn millis_since_boot() -> u64 {
    u64::try_from(elapsed_since_boot().as_millis()).unwrap_or(u64::MAX)
}
