//! Statistics of a source: the names in common use, tried on objects that somebody typed.

use toml::{Table, Value};

use wallboard_domain::error_chain;
use wallboard_texts::Texts;

use crate::editing::CheckedConfiguration;

use super::{
    field_values::TypedFields,
    table_test::{ApartError, TEST_TIMEOUT, run_apart},
    table_text::TableText,
};

/// The key of the list.
pub(super) const STATISTICS: &str = "statistics";

/// The objects to try names on, as somebody typed them: one a line.
#[derive(Clone, Debug, Default)]
pub(super) struct TriedObjects {
    pub(super) queues: String,
    pub(super) agents: String,
    /// Each with the queue that its figures belong to.
    pub(super) groups: String,
}

/// Why no statistics were looked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum FindError {
    NoObject,
    /// A group without the queue of its figures.
    NoQueue,
    /// Fields have faults.
    Fields,
    TimedOut,
    /// In English, as the vendor or the command says it.
    Failed(String),
}

impl FindError {
    /// Writes it for the reader, and the part that is in English.
    pub(super) fn lines(self, texts: &Texts, id: &str) -> (String, String) {
        let text = match self {
            Self::NoObject => texts.find_needs_object().to_owned(),
            Self::NoQueue => texts.find_needs_queue().to_owned(),
            Self::Fields => texts.see_marked_fields().to_owned(),
            Self::TimedOut => texts.find_too_long(TEST_TIMEOUT.as_secs(), id),
            Self::Failed(why) => return (texts.find_failed().to_owned(), why),
        };
        (text, String::new())
    }
}

impl TriedObjects {
    pub(super) fn of_fields(fields: &TypedFields) -> Self {
        let field = |key: &str| fields.get(key).cloned().unwrap_or_default();
        Self {
            queues: field("find:queues"),
            agents: field("find:agents"),
            groups: field("find:groups"),
        }
    }

    /// Writes statistics of the objects, so that names are tried on them. None of these metrics has a name in common
    /// use, so that whatever is found is another one.
    pub(super) fn to_statistics(&self, name_key: &str) -> Result<Value, FindError> {
        let mut tables = Vec::new();
        let queues: Vec<_> = lines(&self.queues).collect();
        let agents: Vec<_> = lines(&self.agents).collect();
        for (metric, object_type, objects) in [
            ("flow_outs", "Queue", &queues),
            ("abandon_rate", "RoutePoint", &queues),
            ("handled", "Agent", &agents),
        ] {
            if !objects.is_empty() {
                tables.push(statistic(name_key, metric, object_type, objects));
            }
        }
        for line in lines(&self.groups) {
            let (group, queue) = line.split_once('=').ok_or(FindError::NoQueue)?;
            let mut table = statistic(name_key, "short_abandoned", "GroupAgents", &[group.trim()]);
            table.insert("queue".to_owned(), queue.trim().into());
            tables.push(table);
        }
        if tables.is_empty() {
            return Err(FindError::NoObject);
        }
        Ok(tables
            .into_iter()
            .map(Value::Table)
            .collect::<Vec<_>>()
            .into())
    }
}

/// Tries the names on the statistics of a checked source, and returns those that work.
pub(super) async fn find_statistics(
    checked: CheckedConfiguration,
    id: &str,
) -> Result<Vec<Table>, FindError> {
    let failed = |why: &str| FindError::Failed(why.to_owned());
    let mut sources = checked.sources.into_iter();
    let source = sources.find(|source| source.id().as_str() == id);
    let source = source.ok_or_else(|| failed("there is no such source"))?;
    let finding = run_apart(move || async move { source.discover().await });
    let found = finding.await.map_err(|error| match error {
        ApartError::TimedOut => FindError::TimedOut,
        ApartError::Failed(why) => FindError::Failed(why),
    })?;
    let found = found.ok_or_else(|| failed("its statistics can't be found"))?;
    let found = found.map_err(|error| FindError::Failed(error_chain(&*error)))?;
    let mut root: Table = found.toml.parse().unwrap_or_default();
    let statistics = root
        .remove("sources")
        .and_then(|sources| sources.get(id)?.get(STATISTICS).cloned());
    let Some(Value::Array(statistics)) = statistics else {
        return Ok(Vec::new());
    };
    let tables = statistics.into_iter().filter_map(|one| match one {
        Value::Table(table) => Some(table),
        _ => None,
    });
    Ok(tables.collect())
}

/// Adds statistics to those of a source, except for metrics that a queue or agent already has. Returns how many.
pub(super) fn add_statistics(text: &mut TableText, found: Vec<Table>) -> usize {
    let mut statistics = match text.get(STATISTICS) {
        Some(Value::Array(statistics)) => statistics.clone(),
        _ => Vec::new(),
    };
    let known: Vec<_> = (statistics.iter().filter_map(Value::as_table))
        .flat_map(figures)
        .collect();
    let mut added = 0;
    for mut table in found {
        let is_new = |object: &Value| {
            let figure = figure(&table, object.as_str().unwrap_or_default());
            !known.contains(&figure)
        };
        let objects: Vec<_> = objects(&table).filter(|one| is_new(one)).cloned().collect();
        if !objects.is_empty() {
            added += objects.len();
            table.insert("objects".to_owned(), Value::Array(objects));
            statistics.push(Value::Table(table));
        }
    }
    if !statistics.is_empty() {
        text.set(STATISTICS, Some(Value::Array(statistics)));
    }
    added
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty())
}

fn statistic(name_key: &str, metric: &str, object_type: &str, objects: &[&str]) -> Table {
    let objects: Vec<_> = objects.iter().map(|one| Value::from(*one)).collect();
    Table::from_iter([
        ("metric".to_owned(), metric.into()),
        ("object_type".to_owned(), object_type.into()),
        ("objects".to_owned(), objects.into()),
        (name_key.to_owned(), "?".into()),
    ])
}

fn objects(table: &Table) -> impl Iterator<Item = &Value> {
    let objects = table.get("objects").and_then(Value::as_array);
    objects.into_iter().flatten()
}

/// The metric, and the queue or agent that it is of.
fn figure(table: &Table, object: &str) -> (String, String) {
    let text = |key: &str| table.get(key).and_then(Value::as_str);
    let subject = text("queue").unwrap_or(object);
    (
        text("metric").unwrap_or_default().to_owned(),
        subject.to_owned(),
    )
}

fn figures(table: &Table) -> Vec<(String, String)> {
    let objects = objects(table).filter_map(Value::as_str);
    objects.map(|object| figure(table, object)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_object_is_tried_as_what_it_may_be() {
        let objects = TriedObjects {
            queues: "1@S\r\n\r\n 2@S ".to_owned(),
            agents: "akl".to_owned(),
            groups: "Support = 1@S".to_owned(),
        };
        let tables = objects.to_statistics("stat").unwrap();
        let tables = tables.as_array().unwrap();
        let types: Vec<_> = tables
            .iter()
            .map(|one| one["object_type"].as_str())
            .collect();
        let expected = ["Queue", "RoutePoint", "Agent", "GroupAgents"].map(Some);
        assert_eq!(types, expected);
        assert_eq!(tables[0]["objects"].as_array().unwrap().len(), 2);
        assert_eq!(tables[3]["queue"].as_str(), Some("1@S"));
        let without_queue = TriedObjects {
            groups: "Support".to_owned(),
            ..TriedObjects::default()
        };
        assert!(without_queue.to_statistics("stat").is_err());
        assert!(TriedObjects::default().to_statistics("stat").is_err());
    }

    #[test]
    fn a_metric_that_a_queue_has_already_is_not_added_again() {
        let mut text = TableText::default();
        let statistic =
            |metric: &str, objects: &[&str]| statistic("name", metric, "Queue", objects);
        let first = add_statistics(&mut text, vec![statistic("waiting", &["1@S"])]);
        let again = vec![
            statistic("waiting", &["1@S", "2@S"]),
            statistic("offered", &["1@S"]),
            statistic("waiting", &["1@S"]),
        ];
        assert_eq!((first, add_statistics(&mut text, again)), (1, 2));
        let Some(Value::Array(all)) = text.get(STATISTICS) else {
            panic!("{text:?}");
        };
        assert_eq!(all.len(), 3);
        assert_eq!(all[1]["objects"].as_array().unwrap(), &[Value::from("2@S")]);
    }
}
