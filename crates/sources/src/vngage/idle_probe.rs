//! Probes an idle source, and reports it as silent if it doesn't respond. Pure; time is an
//! input.

use std::time::Duration;

use tokio::time::Instant;

/// The idle time before a probe.
const IDLE_AFTER: Duration = Duration::from_mins(1);
/// The time that the source has to respond.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);
/// The minimum time between probes.
const PROBE_INTERVAL_MIN: Duration = Duration::from_mins(5);

#[derive(Debug)]
pub(super) struct IdleProbe {
    /// When the last message arrived.
    last_message: Instant,
    /// When the last probe was sent.
    last_probe: Option<Instant>,
    state: IdleState,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum IdleState {
    Active,
    /// Probed because it was idle.
    Probed,
    Silent,
}

/// The action for the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum IdleAction {
    Probe,
    ReportSilent,
}

impl IdleProbe {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            last_message: now,
            last_probe: None,
            state: IdleState::Active,
        }
    }

    /// Records a message. Returns whether it is the first after a silence.
    pub(super) fn on_message(&mut self, now: Instant) -> bool {
        let was_silent = self.state == IdleState::Silent;
        self.last_message = now;
        self.state = IdleState::Active;
        was_silent
    }

    pub(super) fn on_probed(&mut self, now: Instant) {
        self.last_probe = Some(now);
    }

    pub(super) fn next_due(&self) -> Option<Instant> {
        let not_before = |at: Instant| {
            self.last_probe
                .map_or(at, |probed_at| at.max(probed_at + PROBE_INTERVAL_MIN))
        };
        match self.state {
            IdleState::Active => Some(not_before(self.last_message + IDLE_AFTER)),
            IdleState::Probed => self.last_probe.map(|probed_at| probed_at + ANSWER_TIMEOUT),
            IdleState::Silent => Some(not_before(self.last_message)),
        }
    }

    /// The action that is due at `now`, for the caller to perform.
    pub(super) fn next_action(&mut self, now: Instant) -> Option<IdleAction> {
        self.next_due().filter(|due| *due <= now)?;
        match self.state {
            IdleState::Active => {
                self.state = IdleState::Probed;
                Some(IdleAction::Probe)
            }
            IdleState::Probed => {
                self.state = IdleState::Silent;
                Some(IdleAction::ReportSilent)
            }
            IdleState::Silent => Some(IdleAction::Probe),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Advances time and records each action with its second.
    fn watch_probe(
        probe: &mut IdleProbe,
        start: Instant,
        from: u64,
        to: u64,
    ) -> Vec<(u64, IdleAction)> {
        let mut actions = Vec::new();
        for second in from..=to {
            let now = start + Duration::from_secs(second);
            if let Some(action) = probe.next_action(now) {
                if action == IdleAction::Probe {
                    probe.on_probed(now);
                }
                actions.push((second, action));
            }
        }
        actions
    }

    #[test]
    fn idle_source_is_probed_and_then_reported_silent() {
        let start = Instant::now();
        let mut probe = IdleProbe::new(start);

        let actions = watch_probe(&mut probe, start, 0, 700);

        let expected = [
            (60, IdleAction::Probe),
            (90, IdleAction::ReportSilent),
            (360, IdleAction::Probe),
            (660, IdleAction::Probe),
        ];
        assert_eq!(actions, expected);
    }

    #[test]
    fn answer_resets_the_probe_and_the_next_one_waits() {
        let start = Instant::now();
        let mut probe = IdleProbe::new(start);
        let before_answer = watch_probe(&mut probe, start, 0, 60);

        let was_silent = probe.on_message(start + Duration::from_secs(61));

        assert_eq!(before_answer, [(60, IdleAction::Probe)]);
        assert!(!was_silent);
        assert_eq!(
            watch_probe(&mut probe, start, 61, 400),
            [(360, IdleAction::Probe), (390, IdleAction::ReportSilent)]
        );
    }

    #[test]
    fn first_message_after_a_silence_is_reported_once() {
        let start = Instant::now();
        let mut probe = IdleProbe::new(start);
        watch_probe(&mut probe, start, 0, 100);

        assert!(probe.on_message(start + Duration::from_secs(101)));
        assert!(!probe.on_message(start + Duration::from_secs(102)));
    }
}
