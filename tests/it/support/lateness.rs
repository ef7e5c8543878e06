//! By how much this process is late, because the machine has other things to do: a time that a test
//! measures is longer by that, whatever it measures.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use parking_lot::Mutex;

/// How often lateness is measured, and how long it counts.
const PROBE: Duration = Duration::from_millis(20);
const LIFETIME: Duration = Duration::from_secs(15);

/// Measures until it's dropped.
#[derive(Debug)]
pub struct Lateness(Arc<Mutex<Measured>>);

#[derive(Debug, Default)]
struct Measured {
    recent: Vec<(Instant, Duration)>,
    most: Duration,
}

impl Lateness {
    pub fn measure() -> Self {
        let measured: Arc<Mutex<Measured>> = Arc::default();
        let probed = Arc::downgrade(&measured);
        tokio::spawn(async move {
            loop {
                let before = Instant::now();
                tokio::time::sleep(PROBE).await;
                let late = before.elapsed().saturating_sub(PROBE);
                let Some(measured) = probed.upgrade() else {
                    return;
                };
                let mut measured = measured.lock();
                measured.most = late.max(measured.most);
                measured.recent.retain(|(at, _)| at.elapsed() < LIFETIME);
                if PROBE < late {
                    measured.recent.push((Instant::now(), late));
                }
            }
        });
        Self(measured)
    }

    /// The most of the last 15 s.
    pub fn recent(&self) -> Duration {
        let measured = self.0.lock();
        let recent = measured.recent.iter().map(|(_, late)| *late);
        recent.max().unwrap_or_default()
    }

    /// The most ever.
    pub fn most(&self) -> Duration {
        self.0.lock().most
    }
}
