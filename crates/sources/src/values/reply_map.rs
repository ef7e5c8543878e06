//! Where the reply of another system has its values: makes a batch of it, as a program would send it.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use strum::{EnumString, VariantNames};

use wallboard_domain::{AgentStatus, Metric, SourceId};

use wallboard_runtime::csv_text::DecimalMark;

use super::{
    csv_reply::CsvReply,
    value_place::{FigurePlace, NumberPlace, ReplyReading, note_missing, read_figures, write_word},
};

/// The most notes about one reply.
const NOTES_MAX: usize = 10;

/// The format of replies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, EnumString, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub(super) enum ReplyFormat {
    #[default]
    Json,
    Csv,
}

/// A reply as JSON, of either format.
#[derive(Debug)]
pub(super) struct Reply {
    /// In it are lists.
    pub(super) value: Value,
    /// The cells of a table, for what isn't in a list. `None`: `value` has all.
    pub(super) cells: Option<Value>,
    pub(super) decimal: DecimalMark,
}

impl Reply {
    fn cells(&self) -> &Value {
        self.cells.as_ref().unwrap_or(&self.value)
    }
}

impl From<Value> for Reply {
    fn from(value: Value) -> Self {
        Self {
            value,
            cells: None,
            decimal: DecimalMark::Point,
        }
    }
}

impl From<CsvReply> for Reply {
    fn from(reply: CsvReply) -> Self {
        Self {
            value: reply.rows,
            cells: Some(reply.cells),
            decimal: reply.decimal,
        }
    }
}

/// The places of all that is read, as JSON Pointers (RFC 6901).
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct ReplyMap {
    /// When the values applied.
    pub(super) time: Option<String>,
    /// Custom figures of the site.
    pub(super) figures: Vec<FigurePlace>,
    pub(super) queues: Option<ListMap>,
    pub(super) agents: Option<ListMap>,
}

/// A list in the reply, or an object whose keys are IDs; the other places are those within an item.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct ListMap {
    pub(super) list: String,
    /// `None`: the key of the item.
    pub(super) id: Option<String>,
    pub(super) name: Option<String>,
    pub(super) state: Option<String>,
    /// Our word for each of the system's states.
    pub(super) states: BTreeMap<String, AgentStatus>,
    pub(super) metrics: Vec<MetricPlace>,
    /// Custom figures of queues.
    pub(super) figures: Vec<FigurePlace>,
}

/// The place of a metric's number.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct MetricPlace {
    pub(super) metric: Metric,
    pub(super) number: NumberPlace,
}

/// A batch, and what was noticed.
#[derive(Debug, PartialEq)]
pub(super) struct MappedReply {
    pub(super) batch: Value,
    pub(super) queues: usize,
    pub(super) agents: usize,
    /// Custom figures of the site.
    pub(super) figures: usize,
    /// Places at which the reply lacks something. The rest is right.
    pub(super) notes: Vec<String>,
}

/// Why nothing can be read of a reply.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MapError {
    #[error("its reply has no list at \"{0}\"; check `list`")]
    NoList(String),
    #[error("none of the items of its list \"{0}\" has an ID; check `id`")]
    NoIds(String),
    #[error("its reply has neither a queue nor an agent")]
    Empty,
}

impl ReplyMap {
    /// Makes a batch of a source's reply.
    pub(super) fn read(&self, source: &SourceId, reply: &Reply) -> Result<MappedReply, MapError> {
        let mut reading = ReplyReading {
            decimal: reply.decimal,
            ..ReplyReading::default()
        };
        let read = |map: &Option<ListMap>, reading: &mut ReplyReading| {
            let map = map.as_ref();
            map.map_or(Ok(Vec::new()), |map| {
                map.read(source, &reply.value, reading)
            })
        };
        let queues = read(&self.queues, &mut reading)?;
        let agents = read(&self.agents, &mut reading)?;
        let counts = (queues.len(), agents.len());
        if counts == (0, 0) && self.figures.is_empty() {
            return Err(MapError::Empty);
        }
        let figures = read_figures(&self.figures, reply.cells(), &mut reading);
        note_missing(&self.figures, &[reply.cells()], &mut reading);
        let mut batch = json!({});
        for (key, list) in [("queues", queues), ("agents", agents)] {
            if !list.is_empty() {
                batch[key] = Value::Array(list);
            }
        }
        if !figures.is_empty() {
            batch["figures"] = Value::Object(figures);
        }
        if let Some(pointer) = &self.time {
            match reply.cells().pointer(pointer) {
                Some(time) => batch["time"] = time.clone(),
                None => {
                    reading
                        .notes
                        .insert(format!("there's nothing at \"{pointer}\" (`time`)"));
                }
            }
        }
        Ok(MappedReply {
            batch,
            queues: counts.0,
            agents: counts.1,
            figures: self.figures.len(),
            notes: reading.notes.into_iter().take(NOTES_MAX).collect(),
        })
    }
}

impl ListMap {
    fn read(
        &self,
        source: &SourceId,
        reply: &Value,
        reading: &mut ReplyReading,
    ) -> Result<Vec<Value>, MapError> {
        let items: Vec<(Option<&str>, &Value)> = match reply.pointer(&self.list) {
            Some(Value::Array(items)) => items.iter().map(|item| (None, item)).collect(),
            Some(Value::Object(items)) => {
                let items = items.iter();
                items
                    .map(|(key, item)| (Some(key.as_str()), item))
                    .collect()
            }
            _ => return Err(MapError::NoList(self.list.clone())),
        };
        let identified = items.iter().filter_map(|(key, item)| {
            let id = match &self.id {
                Some(pointer) => write_word(item.pointer(pointer)?)?,
                None => (*key)?.to_owned(),
            };
            Some((id, *item))
        });
        let identified: Vec<_> = identified.collect();
        if identified.is_empty() && !items.is_empty() {
            return Err(MapError::NoIds(self.list.clone()));
        }
        if identified.len() < items.len() {
            let count = items.len() - identified.len();
            reading
                .notes
                .insert(format!("items without an ID in \"{}\": {count}", self.list));
        }
        self.note_missing(&identified, reading);
        let within: Vec<_> = identified.iter().map(|(_, item)| *item).collect();
        note_missing(&self.figures, &within, reading);
        let read = identified.into_iter();
        Ok(read
            .map(|(id, item)| self.read_item(&format!("{source}/{id}"), item, reading))
            .collect())
    }

    /// Notes places at which no item has anything: they are probably mistyped.
    fn note_missing(&self, items: &[(String, &Value)], reading: &mut ReplyReading) {
        let metrics = self.metrics.iter();
        let metrics = metrics.map(|place| (place.metric.name(), &place.number.pointer));
        let names = self.name.iter().map(|pointer| ("name", pointer));
        let states = self.state.iter().map(|pointer| ("state", pointer));
        for (key, pointer) in metrics.chain(names).chain(states) {
            let is_missing = |(_, item): &(String, &Value)| item.pointer(pointer).is_none();
            if !items.is_empty() && items.iter().all(is_missing) {
                reading
                    .notes
                    .insert(format!("there's nothing at \"{pointer}\" (`{key}`)"));
            }
        }
    }

    fn read_item(&self, id: &str, item: &Value, reading: &mut ReplyReading) -> Value {
        let mut read = Map::from_iter([("id".to_owned(), json!(id))]);
        let mut name = self.name.iter().filter_map(|pointer| item.pointer(pointer));
        if let Some(name) = name.find_map(write_word) {
            read.insert("name".to_owned(), json!(name));
        }
        if let Some(pointer) = &self.state {
            let state = item.pointer(pointer).and_then(write_word);
            let state: Option<&str> = state.map(|word| self.read_state(&word, reading).into());
            read.insert("state".to_owned(), json!(state));
        }
        let metrics = self.metrics.iter().map(|place| {
            let name = place.metric.name();
            let number = place.number.read(name, item, reading);
            (name.to_owned(), number.map_or(Value::Null, Value::Number))
        });
        let metrics: Map<String, Value> = metrics.collect();
        if !metrics.is_empty() {
            read.insert("metrics".to_owned(), Value::Object(metrics));
        }
        if !self.figures.is_empty() {
            let figures = read_figures(&self.figures, item, reading);
            read.insert("figures".to_owned(), Value::Object(figures));
        }
        Value::Object(read)
    }

    fn read_state(&self, word: &str, reading: &mut ReplyReading) -> AgentStatus {
        let known = self.states.get(word).copied().or(word.parse().ok());
        known.unwrap_or_else(|| {
            reading
                .notes
                .insert(format!("the state \"{word}\" isn't in `states`"));
            AgentStatus::Unknown
        })
    }
}

#[cfg(test)]
mod tests;
