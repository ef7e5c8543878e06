//! `POST /api/v1/values`: one batch of values, read as a whole.

use std::{collections::HashSet, time::Duration};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};

use wallboard_domain::{
    CustomFigure, EntityKind, EntityProfile, Fact, Id, Input, MetricSubject, Moment, SourceId,
    Update, ValueAge, VendorFigure, VendorValue, moment,
};

use super::{
    batch_fault::{BatchFault, BatchFaults, child_of},
    figure_reader::{FigureReader, SentFigure},
    known_subjects::{AGENTS_MAX, KnownSubjects, QUEUES_MAX},
    subject_reader::{SentSubject, SubjectReader},
};

/// The name of these messages in the source's counters.
const EVENT: &str = "values";
/// How far ahead of ours a system's clock may be, in milliseconds.
pub(super) const AHEAD_MAX: i64 = 5_000;
const KEYS: [&str; 5] = ["time", "source", "figures", "queues", "agents"];

/// The rules for a batch.
pub(super) struct BatchRules<'a> {
    pub(super) source: &'a SourceId,
    pub(super) valid_for: Duration,
    /// The custom figures that the source reports.
    pub(super) figures: &'a [CustomFigure],
    pub(super) now: Moment,
}

/// A batch without faults.
#[derive(Debug)]
pub(super) struct ValuesBatch {
    /// When its values applied, by the system's clock.
    at: Timestamp,
    /// How long ago, in milliseconds.
    age: i64,
    /// With whether its names are news.
    subjects: Vec<(SentSubject, bool)>,
    /// Custom figures of the site.
    figures: Vec<SentFigure>,
}

/// Returns the source that a batch names, or its first queue or agent does.
pub fn find_source(body: &Value) -> Option<SourceId> {
    if let Some(source) = body.get("source").and_then(Value::as_str) {
        return Some(source.into());
    }
    let lists = ["queues", "agents"].into_iter();
    let first = lists.filter_map(|key| body.get(key)?.get(0)?.get("id")?.as_str());
    let (source, _) = first.map(|id| id.split_once('/')).next()??;
    Some(source.into())
}

/// Reads a batch, and notes its subjects if it has no fault.
pub(super) fn read_batch(
    body: &Value,
    rules: &BatchRules<'_>,
    known: &mut KnownSubjects,
) -> Result<ValuesBatch, Vec<BatchFault>> {
    let mut faults = BatchFaults::default();
    let Some(object) = body.as_object() else {
        faults.report("", "must be an object with `queues`, `agents` or `figures`");
        return Err(faults.0);
    };
    for key in object.keys().filter(|key| !KEYS.contains(&key.as_str())) {
        let detail = format!("unknown key; allowed: {}", KEYS.join(", "));
        faults.report(&child_of("", key), detail);
    }
    let source = object.get("source");
    if source.is_some_and(|source| source.as_str() != Some(rules.source.as_str())) {
        let detail = format!("must be \"{}\", the source of these values", rules.source);
        faults.report("/source", detail);
    }
    let at = read_time(object, rules, &mut faults).unwrap_or(rules.now.wall);
    let age = moment::millis_between(at, rules.now.wall);
    let figure_reader = FigureReader {
        figures: rules.figures,
        age,
        valid_for: i64::try_from(rules.valid_for.as_millis()).unwrap_or(i64::MAX),
    };
    let figures = object.get("figures");
    let figures = figures.map(|sent| figure_reader.read(sent, "/figures", false, &mut faults));
    let figures = figures.unwrap_or_default();
    let mut subjects = Vec::new();
    for (key, kind) in [("queues", EntityKind::Queue), ("agents", EntityKind::Agent)] {
        let reader = SubjectReader::new(rules.source, kind, rules.now.wall, figure_reader);
        let room = known.count_room(kind, rules.now.monotonic);
        let read = read_list(object, key, &reader, &mut faults);
        check_subjects(kind, &read, known, room, &mut faults);
        subjects.extend(read.into_iter().map(|(_, subject)| subject));
    }
    if subjects.is_empty() && figures.is_empty() && faults.0.is_empty() {
        faults.report("", "has neither a queue nor an agent nor a figure");
    }
    if !faults.0.is_empty() {
        return Err(faults.0);
    }
    let subjects = subjects.into_iter().map(|subject| {
        let (kind, now) = (subject.kind, rules.now.monotonic);
        let is_news =
            !subject.has_only_figures() && known.note(kind, &subject.id, &subject.names, at, now);
        (subject, is_news)
    });
    Ok(ValuesBatch {
        at,
        age: age.max(0),
        subjects: subjects.collect(),
        figures,
    })
}

/// Returns the batch's time, if it has one.
fn read_time(
    object: &Map<String, Value>,
    rules: &BatchRules<'_>,
    faults: &mut BatchFaults,
) -> Option<Timestamp> {
    let time = object.get("time")?;
    let Some(at) = time
        .as_str()
        .and_then(|text| text.parse::<Timestamp>().ok())
    else {
        faults.report(
            "/time",
            "must be an RFC 3339 time such as \"2026-11-20T09:00:00Z\"",
        );
        return None;
    };
    let age = rules.now.wall.duration_since(at);
    // Each custom figure says how long it is valid.
    let queues = object.get("queues").and_then(Value::as_array);
    let mut queues = queues.into_iter().flatten();
    let has_values =
        object.contains_key("agents") || queues.any(|queue| queue.get("metrics").is_some());
    let valid_for = SignedDuration::try_from(rules.valid_for);
    if has_values && valid_for.is_ok_and(|valid_for| valid_for < age) {
        let seconds = rules.valid_for.as_secs();
        let detail = format!(
            "is over {seconds} s ago, longer than a value is valid; check the clock of the system"
        );
        faults.report("/time", detail);
    } else if age.as_millis() < -i128::from(AHEAD_MAX) {
        faults.report("/time", "is in the future; check the clock of the system");
    }
    Some(at)
}

/// Returns what could be read of a list, each with its place.
fn read_list(
    object: &Map<String, Value>,
    key: &str,
    reader: &SubjectReader<'_>,
    faults: &mut BatchFaults,
) -> Vec<(String, SentSubject)> {
    let pointer = child_of("", key);
    match object.get(key) {
        None => Vec::new(),
        Some(Value::Array(items)) => {
            let places = (0..items.len()).map(|index| child_of(&pointer, index));
            let read = places.zip(items).filter_map(|(pointer, item)| {
                let subject = reader.read(item, &pointer, faults)?;
                Some((pointer, subject))
            });
            read.collect()
        }
        Some(_) => {
            faults.report(&pointer, "must be a list");
            Vec::new()
        }
    }
}

/// Reports what a batch has twice, and what a system has too much of.
fn check_subjects(
    kind: EntityKind,
    subjects: &[(String, SentSubject)],
    known: &KnownSubjects,
    mut room: usize,
    faults: &mut BatchFaults,
) {
    let mut seen: HashSet<&Id> = HashSet::new();
    for (pointer, subject) in subjects {
        let pointer = child_of(pointer, "id");
        if !seen.insert(&subject.id) {
            faults.report(&pointer, "is in the batch twice");
            continue;
        }
        if subject.has_only_figures() || known.contains(kind, &subject.id) {
            continue;
        }
        if room == 0 {
            let (most, what) = match kind {
                EntityKind::Queue => (QUEUES_MAX, "queues"),
                _ => (AGENTS_MAX, "agents"),
            };
            faults.report(
                &pointer,
                format!("is new, and a source has at most {most} {what}"),
            );
        }
        room = room.saturating_sub(1);
    }
}

impl ValuesBatch {
    /// Returns its values, then what they are called.
    pub(super) fn into_inputs(self, source: &SourceId, valid_for: Duration) -> Vec<Input> {
        let valid_for = i64::try_from(valid_for.as_millis()).unwrap_or(i64::MAX);
        let (at, age) = (self.at, self.age);
        let update = |at, fact| {
            Input::Update(Update {
                source: source.clone(),
                event: EVENT,
                at,
                fact,
                mistyped: 0,
            })
        };
        let figure = |subject: &MetricSubject, value| {
            let figure = VendorFigure {
                value,
                age: ValueAge::Known(age),
                valid_for_ms: Some((valid_for - age).max(0)),
            };
            update(Some(at), Fact::VendorFigure(subject.clone(), figure))
        };
        let custom = |sent: SentFigure, queue: Option<Id>| {
            update(Some(at), Fact::CustomFigure(sent.into_report(queue)))
        };
        let of_site = self.figures.into_iter().map(|sent| custom(sent, None));
        let mut inputs: Vec<Input> = of_site.collect();
        for (mut sent, has_new_names) in self.subjects {
            let subject = sent.subject();
            let of_queue = std::mem::take(&mut sent.custom).into_iter();
            inputs.extend(of_queue.map(|figure| custom(figure, Some(sent.id.clone()))));
            let figures = (sent.figures.into_iter())
                .map(|(metric, value)| VendorValue::Metric(metric, value));
            let values = figures.chain(sent.state);
            inputs.extend(values.map(|value| figure(&subject, value)));
            if has_new_names {
                let profile = EntityProfile {
                    display_name: (sent.names.name.clone())
                        .filter(|_| sent.kind == EntityKind::Agent),
                    name: sent.names.name,
                    queues: sent.names.queues,
                    ..EntityProfile::new(sent.kind, sent.id)
                };
                // A time would be that of an event, from which clocks are learned.
                inputs.push(update(None, Fact::Profile(profile)));
            }
        }
        inputs
    }
}
