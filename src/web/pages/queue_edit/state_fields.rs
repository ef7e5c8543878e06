//! `time_in_state` of a pattern of agents as fields of a form, and back.

use std::collections::BTreeMap;

use toml::{Table, Value};

use wallboard_boards::status_label;
use wallboard_domain::{AgentStatus, PatternThresholds, Patterns, Unit};
use wallboard_texts::Texts;

use crate::web::parts::{entry_table::EntryTable, field_faults::FieldFaults};

use super::{duration_text, edited_queue::EditedQueue, threshold_fields::to_limit};

const TIME_IN_STATE: &str = "time_in_state";

/// How long an agent may be in a status.
pub(super) struct StateField {
    /// As in the configuration: `time_in_state.wrap_up`.
    pub(super) key: String,
    pub(super) label: String,
    pub(super) value: String,
    pub(super) fault: String,
}

/// The limits that apply, or what somebody typed.
pub(super) fn state_fields(
    texts: &Texts,
    edited: &EditedQueue,
    typed: &BTreeMap<String, String>,
    faults: &mut FieldFaults,
) -> Vec<StateField> {
    let limits = &edited.site.thresholds;
    let field = |status: AgentStatus| {
        let key = field_key(status);
        let limit = limits.state_limit(&edited.text, status);
        let limit = limit.map(|millis| duration_text::write_millis(millis.unsigned_abs()));
        StateField {
            label: status_label(texts, status).1.to_string(),
            value: typed.get(&key).cloned().or(limit).unwrap_or_default(),
            fault: faults.take(&key),
            key,
        }
    };
    AgentStatus::LIMITED.map(field).into()
}

/// Changes an entry to what a form says. A limit that applies anyway is written only if the entry had one.
pub(super) fn apply_states(
    own: &mut EntryTable,
    others: &Patterns<PatternThresholds>,
    pattern: &str,
    form: &BTreeMap<String, String>,
) {
    let mut states = match own.get(TIME_IN_STATE) {
        Some(Value::Table(states)) => states.clone(),
        _ => Table::new(),
    };
    for status in AgentStatus::LIMITED {
        let Some(text) = form.get(&field_key(status)) else {
            continue;
        };
        let name = status.into_str();
        let typed = to_limit(text, Unit::Seconds);
        let inherited = others.state_limit(pattern, status);
        let inherited =
            inherited.map(|millis| Value::String(duration_text::to_toml(millis.unsigned_abs())));
        match typed {
            Some(limit) if states.contains_key(name) || Some(&limit) != inherited.as_ref() => {
                states.insert(name.to_owned(), limit);
            }
            Some(_) => {}
            None => {
                states.remove(name);
            }
        }
    }
    if !states.is_empty() {
        own.set(TIME_IN_STATE, Value::Table(states));
    } else if own.get(TIME_IN_STATE).is_some() {
        own.retain(|key| key != TIME_IN_STATE);
    }
}

fn field_key(status: AgentStatus) -> String {
    format!("{TIME_IN_STATE}.{}", status.into_str())
}

#[cfg(test)]
mod tests {
    use wallboard_domain::Pattern;

    use crate::editing::{EntryId, Section};

    use super::*;

    fn written(own: &str, fields: &[(&str, &str)]) -> String {
        let id = EntryId::new(Section::Thresholds, "voice/*");
        let fields = fields.iter();
        let form = fields
            .map(|(status, text)| (format!("time_in_state.{status}"), (*text).to_owned()))
            .collect();
        let all = PatternThresholds {
            time_in_state: vec![(AgentStatus::WrapUp, 300_000)],
            ..PatternThresholds::default()
        };
        let others = Patterns(vec![(Pattern("*".into()), all)]);
        let mut table = EntryTable::read(&id, Some(own));
        apply_states(&mut table, &others, "voice/*", &form);
        table.write(&id).unwrap_or_default()
    }

    #[test]
    fn only_limits_that_differ_are_written_and_an_empty_one_goes() {
        assert_eq!(written("", &[("wrap_up", "5:00"), ("hold", "")]), "");
        let own = "[thresholds.\"voice/*\"]\ntime_in_state = { hold = \"90s\" }\n";
        assert_eq!(written("", &[("wrap_up", "5 min"), ("hold", "1:30")]), own);
        assert_eq!(written(own, &[("hold", "")]), "");
        assert_eq!(written(own, &[]), own);
        let soon = own.replace("90s", "soon");
        assert_eq!(written("", &[("hold", "soon")]), soon);
    }
}
