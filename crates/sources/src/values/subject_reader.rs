//! One queue or agent of a batch.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Map, Value};
use strum::VariantNames;

use wallboard_domain::{
    AgentStatus, AgentStatusReport, EntityKind, Id, Metric, MetricOwner, MetricSubject,
    MetricValue, SourceId, Unit, VendorValue, moment,
};

use super::{
    batch::AHEAD_MAX,
    batch_fault::{BatchFaults, child_of},
    figure_reader::{FigureReader, SentFigure},
    known_subjects::SubjectNames,
};

/// The keys of a queue in a batch.
pub const QUEUE_KEYS: [&str; 4] = ["id", "name", "metrics", "figures"];
/// The keys of an agent in a batch.
pub const AGENT_KEYS: [&str; 7] = [
    "id", "name", "queues", "state", "reason", "since", "metrics",
];

/// The longest ID or name, in characters.
const TEXT_MAX: usize = 200;
/// The largest count: above it, something else was sent.
const COUNT_MAX: f64 = 1e9;
/// The longest time, in seconds: a week.
const SECONDS_MAX: f64 = 604_800.0;
/// The longest that an agent may have been in a state, in milliseconds.
const STATE_AGE_MAX: i64 = 30 * 86_400_000;

/// The metrics that a queue may have.
pub fn metrics_of_queues() -> impl Iterator<Item = Metric> {
    Metric::all().filter(|metric| metric.owner() != MetricOwner::Agent)
}

/// The metrics that an agent may have.
pub fn metrics_of_agents() -> impl Iterator<Item = Metric> {
    Metric::all().filter(|metric| metric.owner() != MetricOwner::Queue)
}

/// One queue or agent of a batch.
#[derive(Debug)]
pub(super) struct SentSubject {
    pub(super) kind: EntityKind,
    pub(super) id: Id,
    pub(super) names: SubjectNames,
    /// `None`: the system doesn't know.
    pub(super) figures: Vec<(Metric, Option<MetricValue>)>,
    /// An agent's status, if it was sent.
    pub(super) state: Option<VendorValue>,
    /// Custom figures of a queue.
    pub(super) custom: Vec<SentFigure>,
}

impl SentSubject {
    /// Whether it is a queue, of any source, that has no value but custom figures.
    pub(super) fn has_only_figures(&self) -> bool {
        self.figures.is_empty() && self.state.is_none()
    }

    pub(super) fn subject(&self) -> MetricSubject {
        match self.kind {
            EntityKind::Queue => MetricSubject::Queue(self.id.clone()),
            _ => MetricSubject::Agent(self.id.clone()),
        }
    }
}

pub(super) struct SubjectReader<'a> {
    source: &'a SourceId,
    kind: EntityKind,
    now: Timestamp,
    figures: FigureReader<'a>,
}

/// An object of the batch and its place.
#[derive(Clone, Copy)]
struct Place<'a> {
    object: &'a Map<String, Value>,
    pointer: &'a str,
}

impl<'a> SubjectReader<'a> {
    pub(super) fn new(
        source: &'a SourceId,
        kind: EntityKind,
        now: Timestamp,
        figures: FigureReader<'a>,
    ) -> Self {
        Self {
            source,
            kind,
            now,
            figures,
        }
    }

    /// Reads every key before it fails, so that one answer has all faults.
    pub(super) fn read(
        &self,
        item: &Value,
        pointer: &str,
        faults: &mut BatchFaults,
    ) -> Option<SentSubject> {
        let Some(object) = item.as_object() else {
            faults.report(pointer, "must be an object");
            return None;
        };
        let (place, found) = (Place { object, pointer }, faults.0.len());
        let is_queue = self.kind == EntityKind::Queue;
        let allowed: &[&str] = if is_queue { &QUEUE_KEYS } else { &AGENT_KEYS };
        for key in object.keys().filter(|key| !allowed.contains(&key.as_str())) {
            let detail = format!("unknown key; allowed: {}", allowed.join(", "));
            faults.report(&child_of(pointer, key), detail);
        }
        // A custom figure may be of any queue, which another source has.
        let is_of_any = ["name", "metrics"]
            .iter()
            .all(|key| !object.contains_key(*key))
            && is_queue
            && object.contains_key("figures");
        let id = if let Some(id) = object.get("id") {
            self.read_id(id, &child_of(pointer, "id"), is_of_any, faults)
        } else {
            faults.report(pointer, "has no `id`");
            None
        };
        let name = read_text(place, "name", faults);
        let queues = (!is_queue)
            .then(|| self.read_queues(place, faults))
            .flatten();
        let state = (!is_queue)
            .then(|| self.read_state(place, faults))
            .flatten();
        let figures = self.read_figures(place, faults);
        let custom = object.get("figures").filter(|_| is_queue);
        let custom = custom.map(|sent| {
            let pointer = child_of(pointer, "figures");
            self.figures.read(sent, &pointer, true, faults)
        });
        let custom = custom.unwrap_or_default();
        if figures.is_empty() && custom.is_empty() && state.is_none() && faults.0.len() == found {
            faults.report(
                pointer,
                if is_queue {
                    "has neither `metrics` nor `figures`"
                } else {
                    "has neither `state` nor `metrics`"
                },
            );
        }
        Some(SentSubject {
            kind: self.kind,
            id: id?,
            names: SubjectNames { name, queues },
            figures,
            state,
            custom,
        })
    }

    fn read_id(
        &self,
        id: &Value,
        pointer: &str,
        is_of_any: bool,
        faults: &mut BatchFaults,
    ) -> Option<Id> {
        let source = self.source;
        let Some((prefix, external)) = id.as_str().and_then(|id| id.split_once('/')) else {
            let detail = format!("must be text that begins with the source: \"{source}/…\"");
            faults.report(pointer, detail);
            return None;
        };
        if prefix != source.as_str() && (!is_of_any || prefix.is_empty()) {
            let detail = format!("is of another source; these values are of \"{source}/…\"");
            faults.report(pointer, detail);
            return None;
        }
        if !is_plain_text(external) {
            faults.report(pointer, format!("must have 1 to {TEXT_MAX} characters after the slash, none of them a control character"));
            return None;
        }
        Some(Id::new(&prefix.into(), external))
    }

    fn read_queues(&self, place: Place<'_>, faults: &mut BatchFaults) -> Option<Arc<[Id]>> {
        let pointer = child_of(place.pointer, "queues");
        let Value::Array(ids) = place.object.get("queues")? else {
            faults.report(&pointer, "must be a list of IDs of queues");
            return None;
        };
        let ids = ids.iter().enumerate();
        let ids = ids
            .filter_map(|(index, id)| self.read_id(id, &child_of(&pointer, index), false, faults));
        Some(ids.collect())
    }

    fn read_state(&self, place: Place<'_>, faults: &mut BatchFaults) -> Option<VendorValue> {
        let reason = read_text(place, "reason", faults);
        let since = self.read_since(place, faults);
        let pointer = child_of(place.pointer, "state");
        let state = match place.object.get("state") {
            None => {
                for key in ["reason", "since"]
                    .iter()
                    .filter(|key| place.object.contains_key(**key))
                {
                    faults.report(&child_of(place.pointer, key), "needs a `state`");
                }
                return None;
            }
            Some(Value::Null) => return Some(VendorValue::Status(None)),
            Some(state) => state,
        };
        let Some(status) = state
            .as_str()
            .and_then(|word| word.parse::<AgentStatus>().ok())
        else {
            let detail = format!("must be one of {}", AgentStatus::VARIANTS.join(", "));
            faults.report(&pointer, detail);
            return None;
        };
        Some(VendorValue::Status(Some(AgentStatusReport {
            status,
            vendor_status: None,
            reason,
            since,
            media: Vec::new(),
        })))
    }

    fn read_since(&self, place: Place<'_>, faults: &mut BatchFaults) -> Option<Timestamp> {
        let since = place.object.get("since").filter(|since| !since.is_null())?;
        let since = since
            .as_str()
            .and_then(|text| text.parse::<Timestamp>().ok());
        let age = since.map(|since| moment::millis_between(since, self.now));
        if age.is_none_or(|age| !(-AHEAD_MAX..=STATE_AGE_MAX).contains(&age)) {
            let detail = "must be an RFC 3339 time of the last 30 days";
            faults.report(&child_of(place.pointer, "since"), detail);
        }
        since
    }

    fn read_figures(
        &self,
        place: Place<'_>,
        faults: &mut BatchFaults,
    ) -> Vec<(Metric, Option<MetricValue>)> {
        let pointer = child_of(place.pointer, "metrics");
        match place.object.get("metrics") {
            None => Vec::new(),
            Some(Value::Object(metrics)) => {
                let figures = metrics.iter().filter_map(|(name, value)| {
                    self.read_figure(name, value, &child_of(&pointer, name), faults)
                });
                figures.collect()
            }
            Some(_) => {
                faults.report(&pointer, "must be an object of metrics, each with a number");
                Vec::new()
            }
        }
    }

    fn read_figure(
        &self,
        name: &str,
        value: &Value,
        pointer: &str,
        faults: &mut BatchFaults,
    ) -> Option<(Metric, Option<MetricValue>)> {
        let metrics: Vec<Metric> = match self.kind {
            EntityKind::Queue => metrics_of_queues().collect(),
            _ => metrics_of_agents().collect(),
        };
        let Some(metric) = metrics.iter().copied().find(|metric| metric.name() == name) else {
            let names: Vec<_> = metrics.iter().map(|metric| metric.name()).collect();
            faults.report(
                pointer,
                format!("unknown metric; allowed: {}", names.join(", ")),
            );
            return None;
        };
        if value.is_null() {
            return Some((metric, None));
        }
        let (most, expected) = match metric.unit() {
            Unit::Count => (COUNT_MAX, "a whole number from 0 to 1000000000"),
            Unit::Seconds => (SECONDS_MAX, "a number of seconds from 0 to 604800 (a week)"),
            Unit::Percent => (100.0, "a percentage from 0 to 100"),
        };
        let is_whole = |number: &f64| metric.unit() != Unit::Count || number.fract() == 0.0;
        let number = value
            .as_f64()
            .filter(|number| (0.0..=most).contains(number));
        let Some(number) = number.filter(is_whole) else {
            faults.report(
                pointer,
                format!("must be {expected}, or null if it isn't known"),
            );
            return None;
        };
        Some((metric, Some(metric.value(number))))
    }
}

/// Reads a text that may be missing.
fn read_text(place: Place<'_>, key: &str, faults: &mut BatchFaults) -> Option<Arc<str>> {
    let text = place.object.get(key).filter(|text| !text.is_null())?;
    let plain = text.as_str().filter(|text| is_plain_text(text));
    if plain.is_none() {
        let detail =
            format!("must be text of 1 to {TEXT_MAX} characters, none of them a control character");
        faults.report(&child_of(place.pointer, key), detail);
    }
    plain.map(Arc::from)
}

fn is_plain_text(text: &str) -> bool {
    !text.trim().is_empty()
        && text.chars().count() <= TEXT_MAX
        && !text.chars().any(char::is_control)
}
