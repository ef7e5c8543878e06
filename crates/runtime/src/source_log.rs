//! The last log lines of each source, for the sources page. They save operators a search in the
//! log. Bounded in sources, lines and bytes.
//!
//! Collects the events with the field `source.name`. Depends on nothing in the sources.

use std::{
    collections::{BTreeMap, VecDeque},
    fmt::{self, Write},
    sync::Arc,
};

use jiff::Timestamp;
use parking_lot::Mutex;
use tracing::{
    Event, Level, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::layer::{Context, Layer};

/// The field that names the source of a line.
const SOURCE_FIELD: &str = "source.name";
const LINES_PER_SOURCE_MAX: usize = 50;
/// In characters; a longer line ends with an ellipsis.
const LINE_LENGTH_MAX: usize = 500;
const SOURCES_MAX: usize = 100;

/// The lines of all sources. Cheap to clone. As a tracing layer it collects them.
#[derive(Clone, Debug, Default)]
pub struct SourceLog(Arc<Mutex<BTreeMap<String, VecDeque<SourceLogLine>>>>);

/// One log line of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceLogLine {
    pub at: Timestamp,
    /// `ERROR`, `WARN`, `INFO`.
    pub level: &'static str,
    pub text: String,
}

impl SourceLog {
    /// The last lines of one source, the newest first.
    pub fn recent_lines(&self, source: &str) -> Vec<SourceLogLine> {
        let logs = self.0.lock();
        let lines = logs.get(source).into_iter().flatten();
        lines.rev().cloned().collect()
    }

    fn push_line(&self, source: String, line: SourceLogLine) {
        let mut logs = self.0.lock();
        if !logs.contains_key(&source) && logs.len() == SOURCES_MAX {
            return;
        }
        let lines = logs.entry(source).or_default();
        if lines.len() == LINES_PER_SOURCE_MAX {
            lines.pop_front();
        }
        lines.push_back(line);
    }
}

impl<S: Subscriber> Layer<S> for SourceLog {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let level = *event.metadata().level();
        if Level::INFO < level {
            return;
        }
        let mut fields = EventFields::default();
        event.record(&mut fields);
        let Some(source) = fields.source else { return };
        let text = clean_line(fields.message + &fields.fields);
        let line = SourceLogLine {
            at: Timestamp::now(),
            level: level.as_str(),
            text,
        };
        self.push_line(source, line);
    }
}

/// The parts of an event that its log line shows.
#[derive(Default)]
struct EventFields {
    source: Option<String>,
    message: String,
    fields: String,
}

impl Visit for EventFields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        match field.name() {
            SOURCE_FIELD => self.source = Some(format!("{value:?}")),
            "message" => self.message = format!("{value:?}"),
            name => {
                write!(self.fields, " {name}={value:?}").expect("writing to a string never fails");
            }
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            SOURCE_FIELD => self.source = Some(value.to_owned()),
            _ => self.record_debug(field, &value),
        }
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        // A pause of 0.26931 s is no more useful to a reader than one of 0.3 s.
        self.record_debug(field, &format_args!("{value:.1}"));
    }
}

/// One line of bounded length, without control characters.
fn clean_line(text: String) -> String {
    let is_clean = !text.contains(char::is_control);
    if is_clean && text.len() <= LINE_LENGTH_MAX {
        return text;
    }
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    let mut clean: String = text.chars().take(LINE_LENGTH_MAX).map(plain).collect();
    if text.chars().nth(LINE_LENGTH_MAX).is_some() {
        clean.push('…');
    }
    clean
}

#[cfg(test)]
mod tests {
    use tracing::{debug, info, subscriber::with_default, warn};
    use tracing_subscriber::{layer::SubscriberExt, registry};

    use super::*;

    /// Returns the lines of `chat` after `log`, the newest first.
    fn lines_after(log: impl FnOnce()) -> Vec<(&'static str, String)> {
        let source_log = SourceLog::default();
        with_default(registry().with(source_log.clone()), log);
        let lines = source_log.recent_lines("chat").into_iter();
        lines.map(|line| (line.level, line.text)).collect()
    }

    #[test]
    fn stores_only_the_lines_of_the_source() {
        let name = "chat".to_owned();

        let lines = lines_after(|| {
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
    fn stores_fifty_lines_of_bounded_length_and_no_forged_lines() {
        let lines = lines_after(|| {
            for n in 0..60 {
                info!(source.name = "chat", "Line {n}");
            }
            info!(source.name = "chat", "{}\nERROR forged", "ä".repeat(2000));
        });

        assert_eq!(lines.len(), 50);
        assert_eq!(lines[0].1.chars().count(), LINE_LENGTH_MAX + 1);
        assert_eq!(lines[49].1, "Line 11");
        let forged = lines_after(|| info!(source.name = "chat", "a\r\nERROR b\x1b[2J"));
        assert_eq!(forged[0].1, "a  ERROR b [2J");
    }

    #[test]
    fn stores_a_bounded_number_of_sources() {
        let source_log = SourceLog::default();
        with_default(registry().with(source_log.clone()), || {
            for n in 0..1000 {
                info!(source.name = %n, "Connected");
            }
        });

        assert_eq!(source_log.0.lock().len(), SOURCES_MAX);
    }
}
