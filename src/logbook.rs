//! The last log lines of each source, for the sources page: what an operator
//! would look for in the log, at hand. Bounded in sources, lines and bytes.
//!
//! It collects what is logged of a source (events with the field `source.name`)
//! and knows nothing of sources.

use std::{
    collections::{BTreeMap, VecDeque},
    fmt::{self, Write},
    sync::{Arc, Mutex, PoisonError},
};

use jiff::Timestamp;
use tracing::{
    Event, Level, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::layer::{Context, Layer};

/// The field that says of which source a line is.
const NAME: &str = "source.name";
const LINES: usize = 50;
/// In characters; a longer line ends with an ellipsis.
const LONGEST: usize = 500;
const MOST_SOURCES: usize = 100;

/// The lines of all sources. Cheap to clone; as a layer it collects them.
#[derive(Clone, Debug, Default)]
pub struct Logbook(Arc<Mutex<BTreeMap<String, VecDeque<Line>>>>);

/// One log line of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub at: Timestamp,
    /// `ERROR`, `WARN`, `INFO`.
    pub level: &'static str,
    pub text: String,
}

impl Logbook {
    /// The last lines of one source, the newest first.
    pub fn lines(&self, source: &str) -> Vec<Line> {
        let books = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let lines = books.get(source).into_iter().flatten();
        lines.rev().cloned().collect()
    }

    fn write(&self, source: String, line: Line) {
        let mut books = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !books.contains_key(&source) && books.len() == MOST_SOURCES {
            return;
        }
        let lines = books.entry(source).or_default();
        if lines.len() == LINES {
            lines.pop_front();
        }
        lines.push_back(line);
    }
}

impl<S: Subscriber> Layer<S> for Logbook {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let level = *event.metadata().level();
        if Level::INFO < level {
            return;
        }
        let mut said = Said::default();
        event.record(&mut said);
        let Some(source) = said.source else { return };
        let text = clean(said.message + &said.fields);
        let line = Line {
            at: Timestamp::now(),
            level: level.as_str(),
            text,
        };
        self.write(source, line);
    }
}

/// What an event says.
#[derive(Default)]
struct Said {
    source: Option<String>,
    message: String,
    fields: String,
}

impl Visit for Said {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        match field.name() {
            NAME => self.source = Some(format!("{value:?}")),
            "message" => self.message = format!("{value:?}"),
            name => {
                write!(self.fields, " {name}={value:?}").expect("a string takes what is written");
            }
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            NAME => self.source = Some(value.to_owned()),
            _ => self.record_debug(field, &value),
        }
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        // A pause of 0.26931 s says no more than one of 0.3 s.
        self.record_debug(field, &format_args!("{value:.1}"));
    }
}

/// One line of bounded length, without control characters.
fn clean(text: String) -> String {
    let is_fine = !text.contains(char::is_control);
    if is_fine && text.len() <= LONGEST {
        return text;
    }
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    let mut clean: String = text.chars().take(LONGEST).map(plain).collect();
    if text.chars().nth(LONGEST).is_some() {
        clean.push('…');
    }
    clean
}

#[cfg(test)]
mod tests {
    use tracing::{debug, info, subscriber::with_default, warn};
    use tracing_subscriber::{layer::SubscriberExt, registry};

    use super::*;

    /// What is in the book of `chat` after `log`, the newest first.
    fn after(log: impl FnOnce()) -> Vec<(&'static str, String)> {
        let book = Logbook::default();
        with_default(registry().with(book.clone()), log);
        let lines = book.lines("chat").into_iter();
        lines.map(|line| (line.level, line.text)).collect()
    }

    #[test]
    fn it_holds_what_was_said_of_a_source_and_nothing_else() {
        let name = "chat".to_owned();

        let lines = after(|| {
            info!("Started");
            info!(source.name = %name, "Connected");
            debug!(source.name = %name, "A message came");
            warn!(source.name = "voice", "Lost");
            warn!(source.name = "chat", retry_secs = 0.269_f32, "Lost: {name}");
        });

        assert_eq!(
            lines,
            [
                ("WARN", "Lost: chat retry_secs=0.3".to_owned()),
                ("INFO", "Connected".to_owned()),
            ]
        );
    }

    #[test]
    fn it_holds_fifty_lines_of_bounded_length_and_no_forged_ones() {
        let lines = after(|| {
            for n in 0..60 {
                info!(source.name = "chat", "Line {n}");
            }
            info!(source.name = "chat", "{}\nERROR forged", "ä".repeat(2000));
        });

        assert_eq!(lines.len(), 50);
        assert_eq!(lines[0].1.chars().count(), LONGEST + 1);
        assert_eq!(lines[49].1, "Line 11");
        let forged = after(|| info!(source.name = "chat", "a\r\nERROR b\x1b[2J"));
        assert_eq!(forged[0].1, "a  ERROR b [2J");
    }

    #[test]
    fn no_crowd_of_sources_fills_the_memory() {
        let book = Logbook::default();
        with_default(registry().with(book.clone()), || {
            for n in 0..1000 {
                info!(source.name = %n, "Connected");
            }
        });

        assert_eq!(book.0.lock().unwrap().len(), MOST_SOURCES);
    }
}
