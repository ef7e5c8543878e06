//! Limits repeats of each message per minute, so that a repeating fault fills no disk and buries
//! no other line. Suppressed lines are reported as a count.

use std::{
    collections::HashMap,
    sync::Arc,
    thread::{self, Thread},
    time::{Duration, Instant},
};

use parking_lot::Mutex;
use tracing::{
    Event, Level, Metadata, Subscriber, callsite::Identifier, level_filters::LevelFilter,
    subscriber::Interest, warn,
};
use tracing_subscriber::layer::{Context, Filter};

/// Lines of one message per minute.
const LINES_PER_MINUTE_MAX: u32 = 60;
const MINUTE: Duration = Duration::from_mins(1);

/// Limits events of INFO and above. Details (DEBUG and below) are never suppressed: they were
/// requested explicitly.
#[derive(Clone, Debug)]
pub(super) struct RepeatLimit {
    messages: Arc<Mutex<HashMap<Identifier, MessageCount>>>,
    /// Woken when lines are suppressed.
    reporter: Thread,
}

/// Counts the recent lines of a message.
#[derive(Clone, Copy, Debug)]
struct MessageCount {
    since: Instant,
    count: u32,
    place: (&'static str, u32),
}

impl RepeatLimit {
    /// Starts a thread that reports suppressed lines every minute and sleeps while there are none.
    pub(super) fn start_limit() -> Self {
        let messages = Arc::<Mutex<HashMap<Identifier, MessageCount>>>::default();
        let counts = Arc::clone(&messages);
        let reporter = thread::Builder::new()
            .name("log".to_owned())
            .spawn(move || {
                loop {
                    thread::park();
                    thread::sleep(MINUTE);
                    for ((file, line), count) in take_suppressed(&counts) {
                        warn!(
                            lines.count = count,
                            "Left out repeated lines from {file}:{line}"
                        );
                    }
                }
            });
        Self {
            messages,
            // Without the thread, lines are still suppressed, just not reported.
            reporter: reporter.map_or_else(|_| thread::current(), |handle| handle.thread().clone()),
        }
    }

    fn allows_line(&self, metadata: &Metadata<'static>, now: Instant) -> bool {
        let mut messages = self.messages.lock();
        let message = messages.entry(metadata.callsite()).or_insert(MessageCount {
            since: now,
            count: 0,
            place: (
                metadata.file().unwrap_or_default(),
                metadata.line().unwrap_or_default(),
            ),
        });
        if MINUTE <= now - message.since && message.count <= LINES_PER_MINUTE_MAX {
            (message.since, message.count) = (now, 0);
        }
        message.count = message.count.saturating_add(1);
        if message.count == LINES_PER_MINUTE_MAX + 1 {
            self.reporter.unpark();
        }
        message.count <= LINES_PER_MINUTE_MAX
    }
}

/// Takes the counts of suppressed lines, by the source location of their message, and resets them.
fn take_suppressed(
    messages: &Mutex<HashMap<Identifier, MessageCount>>,
) -> Vec<((&'static str, u32), u32)> {
    let mut messages = messages.lock();
    let suppressed = messages
        .values_mut()
        .filter(|message| LINES_PER_MINUTE_MAX < message.count);
    suppressed
        .map(|message| {
            let count = message.count - LINES_PER_MINUTE_MAX;
            (message.since, message.count) = (Instant::now(), 0);
            (message.place, count)
        })
        .collect()
}

impl<S: Subscriber> Filter<S> for RepeatLimit {
    fn enabled(&self, _: &Metadata<'_>, _: &Context<'_, S>) -> bool {
        true
    }

    fn event_enabled(&self, event: &Event<'_>, _: &Context<'_, S>) -> bool {
        let metadata = event.metadata();
        Level::INFO < *metadata.level() || self.allows_line(metadata, Instant::now())
    }

    fn callsite_enabled(&self, _: &'static Metadata<'static>) -> Interest {
        // `always` would skip `enabled`, and then no layer could reject an event.
        Interest::sometimes()
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(LevelFilter::TRACE)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Write};

    use tracing::{debug, subscriber::with_default};
    use tracing_subscriber::{
        Layer,
        filter::{FilterExt, Targets},
        fmt,
        layer::SubscriberExt,
        registry,
    };

    use wallboard_runtime::source_log::SourceLog;

    use super::*;

    #[derive(Clone, Default)]
    struct WrittenLog(Arc<Mutex<Vec<u8>>>);

    impl Write for WrittenLog {
        fn write(&mut self, text: &[u8]) -> io::Result<usize> {
            self.0.lock().write(text)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn repeating_message_is_limited_and_others_are_not() {
        let (written, limit) = (WrittenLog::default(), RepeatLimit::start_limit());
        let writer = written.clone();
        let layer = fmt::layer().with_writer(move || writer.clone());
        let levels = Targets::new().with_default(LevelFilter::TRACE);
        // As in production: beside a layer that rejects nothing.
        let log = registry()
            .with(SourceLog::default().with_filter(levels.clone()))
            .with(layer.with_filter(levels.and(limit.clone())));

        with_default(log, || {
            for n in 0..1000 {
                warn!(n, "Flooded");
                debug!(n, "Detailed");
            }
            warn!("Alone");
        });

        let written = String::from_utf8(written.0.lock().clone()).unwrap();
        let count = |word| written.lines().filter(|line| line.contains(word)).count();
        assert_eq!(
            (count("Flooded"), count("Detailed"), count("Alone")),
            (60, 1000, 1)
        );
        let suppressed: Vec<_> = take_suppressed(&limit.messages).into_iter().collect();
        assert_eq!(suppressed.len(), 1);
        assert_eq!(suppressed[0].1, 940);
        assert!(suppressed[0].0.0.ends_with("limit.rs"));
        assert!(take_suppressed(&limit.messages).is_empty());
    }
}
