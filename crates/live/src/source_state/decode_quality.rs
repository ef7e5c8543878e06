//! The share of a source's messages that can be decoded. A source is degraded when more than a
//! tenth of a minute's messages have faults.

use serde::{Deserialize, Serialize};

use wallboard_domain::MonotonicTime;

const MINUTE: i64 = 60_000;
/// With fewer messages the share is not meaningful.
const MIN_MESSAGES: u32 = 10;

/// Counts over this minute and the last.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct DecodeQuality {
    from: Option<MonotonicTime>,
    now: (u32, u32),
    before: (u32, u32),
}

impl DecodeQuality {
    pub(crate) fn record_message(&mut self, is_faulty: bool, now: MonotonicTime) {
        self.rotate_minutes(now);
        self.now.0 += 1;
        self.now.1 += u32::from(is_faulty);
    }

    /// Counts the last message as faulty after all.
    pub(crate) fn record_fault(&mut self) {
        self.now.1 = self.now.0.min(self.now.1 + 1);
    }

    /// Whether more than a tenth of the messages of the last minute had faults.
    pub(crate) fn is_degraded(&mut self, now: MonotonicTime) -> bool {
        self.rotate_minutes(now);
        let (all, faulty) = (self.now.0 + self.before.0, self.now.1 + self.before.1);
        all >= MIN_MESSAGES && faulty * 10 > all
    }

    /// When the result can next change by time alone.
    pub(crate) fn next_change(&self) -> Option<MonotonicTime> {
        (self.now.1 + self.before.1 > 0)
            .then(|| self.from.map(|from| from.plus_millis(MINUTE)))
            .flatten()
    }

    fn rotate_minutes(&mut self, now: MonotonicTime) {
        let from = *self.from.get_or_insert(now);
        if now.millis_since(from) >= 2 * MINUTE {
            (self.now, self.before, self.from) = ((0, 0), (0, 0), Some(now));
        } else if now.millis_since(from) >= MINUTE {
            (self.before, self.now, self.from) = (self.now, (0, 0), Some(from.plus_millis(MINUTE)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_than_a_tenth_of_faults_degrades_until_they_expire() {
        let mut quality = DecodeQuality::default();
        for second in 0..20 {
            quality.record_message(second % 5 == 0, MonotonicTime(second * 1_000));
        }

        assert!(quality.is_degraded(MonotonicTime(20_000)));
        assert!(!quality.is_degraded(MonotonicTime(180_000)));
    }
}
