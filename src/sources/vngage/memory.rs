//! What a source remembers from one connection to the next: enough to tell
//! whether anything may have been missed in between.

use std::time::Duration;

use crate::{
    domain::{Break, Mono},
    intake::awake_or_asleep,
};

use super::{Error, mark::Mark, queue};

/// The vendor keeps its messages for 300 s; beyond this some may be gone.
const TTL_MARGIN: Duration = Duration::from_secs(270);
/// So long a half-open predecessor of our own may hold the queue.
const PREDECESSOR_HOLDS: i64 = 60_000;

#[derive(Debug, Default)]
pub(super) struct Memory {
    /// When the line last proved to be alive; `None` before the first connection.
    heard: Option<Heard>,
    /// A break that is not yet made good.
    pub(super) broken: Option<Break>,
    /// Since when the queue is held by somebody else.
    held_since: Option<Mono>,
    /// Our mark stands on the broker, as far as we know.
    marked: bool,
    /// It was said that there can be no mark.
    pub(super) told_unmarked: bool,
    /// The broker may have been away since it was last known to be there.
    doubted: bool,
    /// When the newest delivery was taken, which stays unacknowledged: after a loss it must
    /// come back, unless our queue was emptied.
    held: Option<Heard>,
}

impl Memory {
    /// Whether something may have been missed until this connection, and why.
    /// What broke stays noted until it is made good.
    pub(super) fn judge(&mut self, found: queue::Found) -> Option<Break> {
        let silence = self.heard.map(Heard::elapsed);
        self.broken = match silence {
            None => Some(Break::Start),
            Some(_) if self.broken.is_some() => self.broken,
            Some(silence) if TTL_MARGIN < silence => Some(Break::TooLong),
            Some(_) if found.is_new => Some(Break::QueueNew),
            Some(_) if queue::MAX_LENGTH <= found.depth => Some(Break::Overflow),
            Some(_) => None,
        };
        self.broken
    }

    /// What the mark on the broker says: without one, a broker that refused us,
    /// closed or was not heard of counts as away.
    pub(super) fn see(&mut self, mark: &Mark) {
        let was_away = match mark {
            Mark::Stands if self.marked => false,
            Mark::Anew if self.marked => true,
            Mark::Stands | Mark::Anew | Mark::Unavailable(_) => self.doubted,
        };
        self.keep(mark);
        self.doubted = false;
        if was_away {
            // Noted before anything can fail: next time it stands.
            self.broken.get_or_insert(Break::Upstream);
        }
    }

    /// The mark as it is while the line stands.
    pub(super) fn keep(&mut self, mark: &Mark) {
        self.marked = !matches!(mark, Mark::Unavailable(_));
    }

    /// The line is alive now. It fails where it was not for so long that messages
    /// may have expired under us, as when the machine slept.
    pub(super) fn hear(&mut self) -> Result<(), Error> {
        let silence = self.heard.map(Heard::elapsed);
        self.heard = Some(Heard::now());
        self.held_since = None;
        match silence {
            Some(silence) if TTL_MARGIN < silence => {
                self.broken = Some(Break::TooLong);
                Err(Error::Slept(silence.as_secs()))
            }
            _ => Ok(()),
        }
    }

    /// The first word of a new connection, however long the last was ago. Returns whether a
    /// message must come back that the connection before held.
    pub(super) fn greet(&mut self) -> bool {
        self.heard = Some(Heard::now());
        self.held_since = None;
        let must_return = self.holds();
        self.held = None;
        must_return
    }

    /// The newest delivery was taken as soon as it was said.
    pub(super) fn hold(&mut self) {
        self.held = Some(Heard::now());
    }

    /// Whether the newest delivery is held back. One that is older would expire in the queue, so
    /// that it came not back tells nothing.
    pub(super) fn holds(&self) -> bool {
        self.held.is_some_and(|held| held.elapsed() < TTL_MARGIN)
    }

    pub(super) fn let_go(&mut self) {
        self.held = None;
    }

    /// Why a connection ended, or was not to be had: some reasons are breaks.
    pub(super) fn on_loss(&mut self, error: Error, now: Mono) -> Error {
        if let Error::Held(queue) = error {
            let since = *self.held_since.get_or_insert(now);
            if now.since(since) < PREDECESSOR_HOLDS {
                return Error::Held(queue);
            }
            // Whoever it is takes what was meant for us.
            self.broken.get_or_insert(Break::Cancelled);
            return Error::OtherConsumer(queue);
        }
        self.doubted |= error.is_of_the_broker();
        if matches!(error, Error::Cancelled(_)) {
            self.broken.get_or_insert(Break::Cancelled);
        }
        error
    }
}

/// An instant on the clock that goes on while the machine sleeps.
#[derive(Clone, Copy, Debug)]
struct Heard(Duration);

impl Heard {
    fn now() -> Self {
        Self(awake_or_asleep())
    }

    fn elapsed(self) -> Duration {
        awake_or_asleep().saturating_sub(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INTACT: queue::Found = queue::Found {
        is_new: false,
        depth: 0,
    };

    fn was_connected() -> Memory {
        Memory {
            heard: Some(Heard::now()),
            ..Memory::default()
        }
    }

    fn check(memory: &mut Memory, found: queue::Found, expected: Option<Break>) {
        assert_eq!(memory.judge(found), expected, "{memory:?}");
    }

    #[test]
    fn the_first_connection_is_a_start_and_a_short_cut_breaks_nothing() {
        check(&mut Memory::default(), INTACT, Some(Break::Start));
        check(&mut was_connected(), INTACT, None);
    }

    #[test]
    fn what_may_have_cost_messages_is_a_break() {
        let new = queue::Found {
            is_new: true,
            ..INTACT
        };
        let full = queue::Found {
            depth: queue::MAX_LENGTH,
            ..INTACT
        };
        let mut long_ago = Memory {
            heard: Some(Heard(
                Heard::now().0.saturating_sub(Duration::from_secs(271)),
            )),
            ..Memory::default()
        };

        check(&mut was_connected(), new, Some(Break::QueueNew));
        check(&mut was_connected(), full, Some(Break::Overflow));
        check(&mut long_ago, INTACT, Some(Break::TooLong));
        assert!(matches!(long_ago.hear(), Err(Error::Slept(_))));
    }

    /// What comes of a loss, by what the mark tells at the next connection.
    fn after(error: Error, was_marked: bool, mark: &Mark) -> Option<Break> {
        let mut memory = Memory {
            marked: was_marked,
            ..was_connected()
        };
        memory.on_loss(error, Mono(0));
        memory.see(mark);
        memory.judge(INTACT)
    }

    #[test]
    fn a_mark_that_is_gone_is_a_break_and_one_that_stands_is_none() {
        let losses = [
            || Error::NobodyListens,
            || Error::ClosedByBroker(320),
            || Error::NoAnswer,
            || Error::Lost,
        ];
        for loss in losses {
            assert_eq!(after(loss(), true, &Mark::Stands), None);
            assert_eq!(after(loss(), true, &Mark::Anew), Some(Break::Upstream));
        }
    }

    #[test]
    fn without_a_mark_whatever_may_be_a_broker_that_was_away_is_a_break() {
        let none = || Mark::Unavailable(Error::Refused(403));
        let losses = [
            (Error::NobodyListens, Some(Break::Upstream)),
            (Error::ClosedByBroker(320), Some(Break::Upstream)),
            (Error::NoAnswer, Some(Break::Upstream)),
            (Error::NoConnection, Some(Break::Upstream)),
            (Error::Lost, None),
            (Error::Cancelled("q".into()), Some(Break::Cancelled)),
        ];
        for (loss, expected) in losses {
            assert_eq!(after(loss, true, &none()), expected);
        }
        // A mark that was never ours to begin with says nothing of what was before.
        for mark in [Mark::Stands, Mark::Anew] {
            assert_eq!(after(Error::NoAnswer, false, &mark), Some(Break::Upstream));
            assert_eq!(after(Error::Lost, false, &mark), None);
        }
    }

    #[test]
    fn a_break_stands_until_it_is_made_good() {
        let mut memory = was_connected();
        memory.on_loss(Error::NobodyListens, Mono(0));
        memory.see(&Mark::Anew);

        check(&mut memory, INTACT, Some(Break::Upstream));
        memory.on_loss(Error::Lost, Mono(0));
        memory.see(&Mark::Stands);
        check(&mut memory, INTACT, Some(Break::Upstream));
        memory.broken = None;
        check(&mut memory, INTACT, None);
    }

    #[test]
    fn another_consumer_is_named_after_a_minute() {
        let mut memory = was_connected();
        let held = || Error::Held("q".into());

        assert!(matches!(memory.on_loss(held(), Mono(0)), Error::Held(_)));
        assert!(matches!(
            memory.on_loss(held(), Mono(59_000)),
            Error::Held(_)
        ));
        assert!(matches!(
            memory.on_loss(held(), Mono(60_000)),
            Error::OtherConsumer(_)
        ));
        check(&mut memory, INTACT, Some(Break::Cancelled));
    }
}
