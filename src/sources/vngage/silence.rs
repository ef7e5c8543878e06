//! A source that says nothing: it is asked, and when it does not even answer, it
//! counts as silent. Pure; time is input.

use std::time::Duration;

use tokio::time::Instant;

/// Calm for so long is asked about.
const CALM: Duration = Duration::from_mins(1);
/// The source has so long to answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);
/// It is not asked more often.
const ASK_EVERY: Duration = Duration::from_mins(5);

#[derive(Debug)]
pub(super) struct Silence {
    /// When the source last said anything.
    last: Instant,
    /// When it was last asked.
    asked: Option<Instant>,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Speaking,
    /// Asked because it was calm.
    Asked,
    Silent,
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Ask,
    Tell,
}

impl Silence {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            last: now,
            asked: None,
            state: State::Speaking,
        }
    }

    /// Whether this is the first word after a silence.
    pub(super) fn on_message(&mut self, now: Instant) -> bool {
        let was_silent = self.state == State::Silent;
        self.last = now;
        self.state = State::Speaking;
        was_silent
    }

    pub(super) fn on_asked(&mut self, now: Instant) {
        self.asked = Some(now);
    }

    pub(super) fn due(&self) -> Option<Instant> {
        let allowed = |at: Instant| self.asked.map_or(at, |asked| at.max(asked + ASK_EVERY));
        match self.state {
            State::Speaking => Some(allowed(self.last + CALM)),
            State::Asked => self.asked.map(|asked| asked + ANSWER_WITHIN),
            State::Silent => Some(allowed(self.last)),
        }
    }

    /// What time alone asks for; the caller does it.
    pub(super) fn step(&mut self, now: Instant) -> Option<Step> {
        self.due().filter(|due| *due <= now)?;
        match self.state {
            State::Speaking => {
                self.state = State::Asked;
                Some(Step::Ask)
            }
            State::Asked => {
                self.state = State::Silent;
                Some(Step::Tell)
            }
            State::Silent => Some(Step::Ask),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lets time pass and notes each step by the second it was taken in.
    fn watch(silence: &mut Silence, start: Instant, from: u64, to: u64) -> Vec<(u64, Step)> {
        let mut steps = Vec::new();
        for second in from..=to {
            let now = start + Duration::from_secs(second);
            if let Some(step) = silence.step(now) {
                if step == Step::Ask {
                    silence.on_asked(now);
                }
                steps.push((second, step));
            }
        }
        steps
    }

    #[test]
    fn a_calm_source_is_asked_and_then_counts_as_silent() {
        let start = Instant::now();
        let mut silence = Silence::new(start);

        let steps = watch(&mut silence, start, 0, 700);

        let expected = [
            (60, Step::Ask),
            (90, Step::Tell),
            (360, Step::Ask),
            (660, Step::Ask),
        ];
        assert_eq!(steps, expected);
    }

    #[test]
    fn an_answer_ends_it_and_the_next_question_waits() {
        let start = Instant::now();
        let mut silence = Silence::new(start);
        let asked = watch(&mut silence, start, 0, 60);

        let was_silent = silence.on_message(start + Duration::from_secs(61));

        assert_eq!(asked, [(60, Step::Ask)]);
        assert!(!was_silent);
        assert_eq!(
            watch(&mut silence, start, 61, 400),
            [(360, Step::Ask), (390, Step::Tell)]
        );
    }

    #[test]
    fn the_first_word_after_a_silence_is_told_once() {
        let start = Instant::now();
        let mut silence = Silence::new(start);
        watch(&mut silence, start, 0, 100);

        assert!(silence.on_message(start + Duration::from_secs(101)));
        assert!(!silence.on_message(start + Duration::from_secs(102)));
    }
}
