//! The description of a batch. `wallboard_sources` reads it, so that an answer names every fault.

use utoipa::{
    ToSchema,
    openapi::{
        Object, ObjectBuilder, Schema, Type,
        schema::{AdditionalProperties, SchemaType},
    },
};

use wallboard_domain::{AgentStatus, Metric, Unit};
use wallboard_sources::values::{metrics_of_agents, metrics_of_queues};

use super::{json::Time, word_schemas::one_of_words_or_null};

/// Values of one source's queues and agents, and custom figures, at one time
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "only describes")]
pub(super) struct ValuesBatch {
    /// When the values applied: not longer ago than a value is valid. Without one, now.
    #[schema(nullable = false)]
    time: Option<Time>,
    /// The source. A batch with nothing but figures of the site needs it, unless its token says it.
    #[schema(nullable = false, example = "phone")]
    source: Option<String>,
    /// Custom figures of the site, by their keys in `[figures]`.
    #[schema(schema_with = any_figures, required = false)]
    figures: (),
    #[schema(nullable = false)]
    queues: Option<Vec<SentQueue>>,
    #[schema(nullable = false)]
    agents: Option<Vec<SentAgent>>,
}

/// One queue of a batch
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "only describes")]
pub(super) struct SentQueue {
    /// The source and the system's own ID, joined by a slash.
    #[schema(example = "phone/sales")]
    id: String,
    name: Option<String>,
    #[schema(schema_with = metrics_of_queue, required = false)]
    metrics: (),
    /// Custom figures of the queue, by their keys in `[figures]`. A queue with nothing else may be of another source.
    #[schema(schema_with = any_figures, required = false)]
    figures: (),
}

/// One agent of a batch
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "only describes")]
pub(super) struct SentAgent {
    /// The source and the system's own ID, joined by a slash.
    #[schema(example = "phone/anna")]
    id: String,
    name: Option<String>,
    /// IDs of the queues they serve.
    #[schema(nullable = false)]
    queues: Option<Vec<String>>,
    /// `null` if it isn't known.
    #[schema(schema_with = one_of_words_or_null::<AgentStatus>, required = false)]
    state: Option<String>,
    /// Why they aren't ready.
    reason: Option<String>,
    /// When the state began.
    since: Option<Time>,
    #[schema(schema_with = metrics_of_agent, required = false)]
    metrics: (),
}

fn metrics_of_queue() -> Schema {
    describe_metrics(metrics_of_queues())
}

fn metrics_of_agent() -> Schema {
    describe_metrics(metrics_of_agents())
}

/// Describes an object with a value of each of some figures; `null` if it isn't known.
fn any_figures() -> Schema {
    let kinds = [Type::Number, Type::String, Type::Null];
    let value = ObjectBuilder::new()
        .schema_type(SchemaType::from_iter(kinds))
        .description(Some("A number, or the word of a state."));
    ObjectBuilder::new()
        .schema_type(Type::Object)
        .additional_properties(Some(Schema::from(value)))
        .into()
}

/// Describes an object with a value of each metric; `null` if it isn't known.
fn describe_metrics(metrics: impl Iterator<Item = Metric>) -> Schema {
    let object = ObjectBuilder::new().schema_type(Type::Object);
    let object = metrics.fold(object, |object, metric| {
        object.property(metric.name(), describe_value(metric.unit()))
    });
    object
        .additional_properties(Some(AdditionalProperties::<Schema>::FreeForm(false)))
        .into()
}

fn describe_value(unit: Unit) -> Object {
    let (kind, description) = match unit {
        Unit::Count => (Type::Integer, "A count."),
        Unit::Seconds => (Type::Number, "Seconds."),
        Unit::Percent => (Type::Number, "0 to 100."),
    };
    ObjectBuilder::new()
        .schema_type(SchemaType::from_iter([kind, Type::Null]))
        .description(Some(description))
        .minimum(Some(0.0))
        .build()
}

#[cfg(test)]
mod tests {
    use serde_json::Value;
    use utoipa::PartialSchema;

    use wallboard_sources::values::{AGENT_KEYS, QUEUE_KEYS};

    use super::*;

    #[test]
    fn the_description_has_the_keys_that_are_read() {
        for (schema, keys) in [
            (SentQueue::schema(), &QUEUE_KEYS[..]),
            (SentAgent::schema(), &AGENT_KEYS),
        ] {
            let schema: Value = serde_json::to_value(schema).unwrap();
            let properties = schema["properties"].as_object().unwrap();
            let mut described: Vec<_> = properties.keys().map(String::as_str).collect();
            let mut keys = keys.to_vec();
            described.sort_unstable();
            keys.sort_unstable();
            assert_eq!(described, keys);
        }
    }
}
