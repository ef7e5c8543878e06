//! A source that says nothing: it is asked, and when it does not even answer, it
//! counts as silent. Pure; time is input.

use std::time::Duration;

use tokio::time::Instant;

/// Calm for so long is asked about.
const IDLE_AFTER: Duration = Duration::from_mins(1);
/// The source has so long to answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);
/// It is not asked more often.
const PROBE_INTERVAL_MIN: Duration = Duration::from_mins(5);

#[derive(Debug)]
pub(super) struct IdleProbe {
    /// When the source last said anything.
    last_message: Instant,
    /// When it was last asked.
    last_probe: Option<Instant>,
    state: IdleState,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum IdleState {
    Active,
    /// Asked because it was calm.
    Probed,
    Silent,
}

/// What is to be done.
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

    /// Whether this is the first word after a silence.
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
        let allowed = |at: Instant| {
            self.last_probe
                .map_or(at, |asked| at.max(asked + PROBE_INTERVAL_MIN))
        };
        match self.state {
            IdleState::Active => Some(allowed(self.last_message + IDLE_AFTER)),
            IdleState::Probed => self.last_probe.map(|asked| asked + ANSWER_TIMEOUT),
            IdleState::Silent => Some(allowed(self.last_message)),
        }
    }

    /// What time alone asks for; the caller does it.
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

    /// Lets time pass and notes each step by the second it was taken in.
    fn watch_probe(
        silence: &mut IdleProbe,
        start: Instant,
        from: u64,
        to: u64,
    ) -> Vec<(u64, IdleAction)> {
        let mut steps = Vec::new();
        for second in from..=to {
            let now = start + Duration::from_secs(second);
            if let Some(step) = silence.next_action(now) {
                if step == IdleAction::Probe {
                    silence.on_probed(now);
                }
                steps.push((second, step));
            }
        }
        steps
    }

    #[test]
    fn a_calm_source_is_asked_and_then_counts_as_silent() {
        let start = Instant::now();
        let mut silence = IdleProbe::new(start);

        let steps = watch_probe(&mut silence, start, 0, 700);

        let expected = [
            (60, IdleAction::Probe),
            (90, IdleAction::ReportSilent),
            (360, IdleAction::Probe),
            (660, IdleAction::Probe),
        ];
        assert_eq!(steps, expected);
    }

    #[test]
    fn an_answer_ends_it_and_the_next_question_waits() {
        let start = Instant::now();
        let mut silence = IdleProbe::new(start);
        let asked = watch_probe(&mut silence, start, 0, 60);

        let was_silent = silence.on_message(start + Duration::from_secs(61));

        assert_eq!(asked, [(60, IdleAction::Probe)]);
        assert!(!was_silent);
        assert_eq!(
            watch_probe(&mut silence, start, 61, 400),
            [(360, IdleAction::Probe), (390, IdleAction::ReportSilent)]
        );
    }

    #[test]
    fn the_first_word_after_a_silence_is_told_once() {
        let start = Instant::now();
        let mut silence = IdleProbe::new(start);
        watch_probe(&mut silence, start, 0, 100);

        assert!(silence.on_message(start + Duration::from_secs(101)));
        assert!(!silence.on_message(start + Duration::from_secs(102)));
    }
}
