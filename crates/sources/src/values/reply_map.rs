//! Where the reply of another system has its values: makes a batch of it, as a program would send it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Number, Value, json};

use wallboard_domain::{AgentStatus, Metric, SourceId};

/// The most notes about one reply.
const NOTES_MAX: usize = 10;

/// The places of all that is read, as JSON Pointers (RFC 6901).
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct ReplyMap {
    /// When the values applied.
    pub(super) time: Option<String>,
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
}

/// The place of a metric's number.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct MetricPlace {
    pub(super) metric: Metric,
    pub(super) pointer: String,
    /// How many of the system's units one of ours has: 1000 for milliseconds.
    pub(super) units: f64,
}

/// A batch, and what was noticed.
#[derive(Debug, PartialEq)]
pub(super) struct MappedReply {
    pub(super) batch: Value,
    pub(super) queues: usize,
    pub(super) agents: usize,
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
    pub(super) fn read(&self, source: &SourceId, reply: &Value) -> Result<MappedReply, MapError> {
        let mut notes = BTreeSet::new();
        let read = |map: &Option<ListMap>, notes: &mut BTreeSet<String>| {
            let map = map.as_ref();
            map.map_or(Ok(Vec::new()), |map| map.read(source, reply, notes))
        };
        let queues = read(&self.queues, &mut notes)?;
        let agents = read(&self.agents, &mut notes)?;
        let counts = (queues.len(), agents.len());
        if counts == (0, 0) {
            return Err(MapError::Empty);
        }
        let mut batch = json!({ "queues": queues, "agents": agents });
        if let Some(pointer) = &self.time {
            match reply.pointer(pointer) {
                Some(time) => batch["time"] = time.clone(),
                None => {
                    notes.insert(format!("there's nothing at \"{pointer}\" (`time`)"));
                }
            }
        }
        Ok(MappedReply {
            batch,
            queues: counts.0,
            agents: counts.1,
            notes: notes.into_iter().take(NOTES_MAX).collect(),
        })
    }
}

impl ListMap {
    fn read(
        &self,
        source: &SourceId,
        reply: &Value,
        notes: &mut BTreeSet<String>,
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
            notes.insert(format!("items without an ID in \"{}\": {count}", self.list));
        }
        self.note_missing(&identified, notes);
        let read = identified.into_iter();
        Ok(read
            .map(|(id, item)| self.read_item(&format!("{source}/{id}"), item, notes))
            .collect())
    }

    /// Notes places at which no item has anything: they are probably mistyped.
    fn note_missing(&self, items: &[(String, &Value)], notes: &mut BTreeSet<String>) {
        let metrics = self.metrics.iter();
        let metrics = metrics.map(|place| (place.metric.name(), &place.pointer));
        let names = self.name.iter().map(|pointer| ("name", pointer));
        let states = self.state.iter().map(|pointer| ("state", pointer));
        for (key, pointer) in metrics.chain(names).chain(states) {
            let is_missing = |(_, item): &(String, &Value)| item.pointer(pointer).is_none();
            if !items.is_empty() && items.iter().all(is_missing) {
                notes.insert(format!("there's nothing at \"{pointer}\" (`{key}`)"));
            }
        }
    }

    fn read_item(&self, id: &str, item: &Value, notes: &mut BTreeSet<String>) -> Value {
        let mut read = Map::from_iter([("id".to_owned(), json!(id))]);
        let mut name = self.name.iter().filter_map(|pointer| item.pointer(pointer));
        if let Some(name) = name.find_map(write_word) {
            read.insert("name".to_owned(), json!(name));
        }
        if let Some(pointer) = &self.state {
            let state = item.pointer(pointer).and_then(write_word);
            let state: Option<&str> = state.map(|word| self.read_state(&word, notes).into());
            read.insert("state".to_owned(), json!(state));
        }
        let metrics = self.metrics.iter().map(|place| {
            let number = place.read(item, notes);
            (
                place.metric.name().to_owned(),
                number.map_or(Value::Null, Value::Number),
            )
        });
        let metrics: Map<String, Value> = metrics.collect();
        if !metrics.is_empty() {
            read.insert("metrics".to_owned(), Value::Object(metrics));
        }
        Value::Object(read)
    }

    fn read_state(&self, word: &str, notes: &mut BTreeSet<String>) -> AgentStatus {
        let known = self.states.get(word).copied().or(word.parse().ok());
        known.unwrap_or_else(|| {
            notes.insert(format!("the state \"{word}\" isn't in `states`"));
            AgentStatus::Unknown
        })
    }
}

impl MetricPlace {
    /// Returns its number in our unit; `None` if the item has none.
    fn read(&self, item: &Value, notes: &mut BTreeSet<String>) -> Option<Number> {
        let value = item.pointer(&self.pointer)?;
        let number = match value {
            Value::Null => return None,
            Value::Number(number) => number.as_f64(),
            Value::String(text) => text.trim().parse::<f64>().ok(),
            _ => None,
        };
        let number = number.and_then(|number| Number::from_f64(number / self.units));
        if number.is_none() {
            let (name, pointer) = (self.metric.name(), &self.pointer);
            notes.insert(format!(
                "what is at \"{pointer}\" isn't a number (`{name}`)"
            ));
        }
        number
    }
}

/// Returns an ID, a name or a state as text.
fn write_word(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(is_so) => Some(is_so.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(metric: Metric, pointer: &str, units: f64) -> MetricPlace {
        MetricPlace {
            metric,
            pointer: pointer.to_owned(),
            units,
        }
    }

    fn queues() -> ListMap {
        ListMap {
            list: "/queues".to_owned(),
            id: Some("/number".to_owned()),
            name: Some("/title".to_owned()),
            metrics: vec![
                place(Metric::Waiting, "/calls", 1.0),
                place(Metric::LongestWait, "/oldest_ms", 1_000.0),
            ],
            ..ListMap::default()
        }
    }

    fn agents() -> ListMap {
        ListMap {
            list: "/people".to_owned(),
            state: Some("/status/code".to_owned()),
            states: [("Redo".to_owned(), AgentStatus::Available)].into(),
            ..ListMap::default()
        }
    }

    fn read(
        queues: ListMap,
        agents: Option<ListMap>,
        reply: &Value,
    ) -> Result<MappedReply, MapError> {
        let map = ReplyMap {
            time: Some("/at".to_owned()),
            queues: Some(queues),
            agents,
        };
        map.read(&"pbx".into(), reply)
    }

    #[test]
    fn lists_and_objects_of_a_reply_become_queues_and_agents() {
        let reply = json!({
            "at": "2026-11-20T08:00:00Z",
            "queues": [
                { "number": 9001, "title": "Sales", "calls": "3", "oldest_ms": 41_500 },
                { "number": "9002", "calls": null },
            ],
            "people": {
                "anna": { "status": { "code": "Redo" } },
                "bo": { "status": { "code": "hold" } },
                "cleo": { "status": { "code": 7 } },
                "dan": {},
            },
        });

        let mapped = read(queues(), Some(agents()), &reply).unwrap();

        let expected = json!({
            "time": "2026-11-20T08:00:00Z",
            "queues": [
                { "id": "pbx/9001", "name": "Sales", "metrics": { "waiting": 3.0, "longest_wait": 41.5 } },
                { "id": "pbx/9002", "metrics": { "waiting": null, "longest_wait": null } },
            ],
            "agents": [
                { "id": "pbx/anna", "state": "available" },
                { "id": "pbx/bo", "state": "hold" },
                { "id": "pbx/cleo", "state": "unknown" },
                { "id": "pbx/dan", "state": null },
            ],
        });
        assert_eq!(mapped.batch, expected);
        assert_eq!((mapped.queues, mapped.agents), (2, 4));
        assert_eq!(mapped.notes, [r#"the state "7" isn't in `states`"#]);
    }

    #[test]
    fn what_the_map_expects_and_a_reply_lacks_is_noted() {
        let reply = json!({ "queues": [
            { "number": "9001", "title": "Sales", "calls": [1], "oldest": 1 },
            { "title": "Without a number", "calls": 2 },
        ] });

        let mapped = read(queues(), None, &reply).unwrap();

        let expected = [
            "items without an ID in \"/queues\": 1",
            "there's nothing at \"/at\" (`time`)",
            "there's nothing at \"/oldest_ms\" (`longest_wait`)",
            "what is at \"/calls\" isn't a number (`waiting`)",
        ];
        assert_eq!(mapped.notes, expected);
        assert_eq!(mapped.batch["queues"][0]["metrics"]["waiting"], Value::Null);
    }

    #[test]
    fn a_reply_of_another_shape_is_an_error_that_names_the_place() {
        let error = |reply: Value| read(queues(), None, &reply).unwrap_err().to_string();

        let none = "its reply has no list at \"/queues\"; check `list`";
        assert_eq!(error(json!({ "queue": [] })), none);
        assert_eq!(error(json!({ "queues": 7 })), none);
        assert_eq!(
            error(json!({ "queues": [{ "id": 1 }, 7, null] })),
            "none of the items of its list \"/queues\" has an ID; check `id`"
        );
        assert_eq!(
            error(json!({ "queues": [] })),
            "its reply has neither a queue nor an agent"
        );
    }
}
