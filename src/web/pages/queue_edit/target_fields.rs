//! `[targets]` of one queue as fields of a form, and back.

use std::collections::BTreeMap;

use strum::IntoEnumIterator;
use toml::Value;

use wallboard_domain::{QueueTarget, ServiceLevelFormula, Unit};
use wallboard_texts::Texts;

use crate::web::parts::{entry_table::EntryTable, field_faults::FieldFaults};

use super::{duration_text, threshold_fields::to_limit};

/// The fields, as in the configuration.
pub(in crate::web) struct TargetFields {
    pub(in crate::web) service_level: String,
    pub(in crate::web) answer_within: String,
    pub(in crate::web) short_abandon: String,
    pub(in crate::web) formula: String,
}

/// Why values aren't allowed.
pub(super) struct TargetFaults {
    pub(super) service_level: String,
    pub(super) answer_within: String,
    pub(super) short_abandon: String,
}

impl TargetFaults {
    /// Takes the faults of the fields.
    pub(super) fn take(faults: &mut FieldFaults) -> Self {
        Self {
            service_level: faults.take("service_level"),
            answer_within: faults.take("answer_within"),
            short_abandon: faults.take("short_abandon"),
        }
    }
}

/// A formula to choose.
pub(in crate::web) struct FormulaChoice {
    pub(in crate::web) name: &'static str,
    pub(in crate::web) text: &'static str,
}

/// The keys, in the order in which they are written.
const KEYS: [&str; 4] = ["service_level", "answer_within", "short_abandon", "formula"];

impl TargetFields {
    pub(in crate::web) fn of_target(texts: &Texts, target: &QueueTarget) -> Self {
        let time = |millis: i64| duration_text::write_millis(millis.unsigned_abs());
        Self {
            service_level: texts.target_percent(target.service_level_percent),
            answer_within: time(target.threshold_ms),
            short_abandon: time(target.short_abandon_ms),
            formula: target.formula.into_str().to_owned(),
        }
    }

    /// Puts typed values in place of those that apply.
    pub(super) fn overlay(&mut self, form: &BTreeMap<String, String>) {
        let fields = [
            &mut self.service_level,
            &mut self.answer_within,
            &mut self.short_abandon,
            &mut self.formula,
        ];
        for (key, field) in KEYS.into_iter().zip(fields) {
            if let Some(typed) = form.get(key) {
                field.clone_from(typed);
            }
        }
    }

    fn values(&self) -> [(&'static str, Option<Value>); 4] {
        let time = |text: &str| to_limit(text, Unit::Seconds);
        [
            ("service_level", to_percent(&self.service_level)),
            ("answer_within", time(&self.answer_within)),
            ("short_abandon", time(&self.short_abandon)),
            (
                "formula",
                Some(Value::String(self.formula.trim().to_owned())),
            ),
        ]
    }
}

/// Says each formula in words.
pub(in crate::web) fn formula_choices(texts: &'static Texts) -> Vec<FormulaChoice> {
    let text = |formula| match formula {
        ServiceLevelFormula::ShortIgnored => texts.choice_short_ignored(),
        ServiceLevelFormula::Negative => texts.choice_negative(),
        ServiceLevelFormula::Positive => texts.choice_positive(),
        ServiceLevelFormula::QuickIgnored => texts.choice_quick_ignored(),
        ServiceLevelFormula::ShortMet => texts.choice_short_met(),
        ServiceLevelFormula::AnsweredOnly => texts.choice_answered_only(),
    };
    let formulas = ServiceLevelFormula::iter();
    let choice = |formula: ServiceLevelFormula| FormulaChoice {
        name: formula.into_str(),
        text: text(formula),
    };
    formulas.map(choice).collect()
}

/// Changes an entry to what a form says. One that says what the queue has anyway stays as it was. An entry
/// takes nothing from patterns, so it has every key that isn't the default.
pub(super) fn apply_target(
    own: &mut EntryTable,
    inherited: &QueueTarget,
    form: &BTreeMap<String, String>,
) {
    let mut fields = TargetFields::of_target(Texts::english(), inherited);
    let without_change = fields.values();
    fields.overlay(form);
    let values = fields.values();
    if own.is_empty() && values == without_change {
        return;
    }
    let defaults = TargetFields::of_target(Texts::english(), &QueueTarget::default()).values();
    let had: Vec<_> = KEYS.iter().map(|key| own.get(key).is_some()).collect();
    own.retain(|key| !KEYS.contains(&key));
    for (((key, value), (_, default)), had) in values.into_iter().zip(defaults).zip(had) {
        if let Some(value) = value.filter(|value| had || Some(value) != default.as_ref()) {
            own.set(key, value);
        }
    }
    if own.is_empty() {
        // The default, although a pattern says otherwise.
        let level = QueueTarget::default().service_level_percent;
        own.set("service_level", Value::Float(level));
    }
}

/// "80%", "80" or "80.5"; what can't be understood stays as it is written.
fn to_percent(text: &str) -> Option<Value> {
    let text = text.trim();
    let number = text.strip_suffix('%').unwrap_or(text).trim_end();
    let number = number.replace(',', ".");
    if let Ok(whole) = number.parse::<u32>() {
        return Some(Value::Integer(whole.into()));
    }
    match number
        .parse::<f64>()
        .ok()
        .filter(|number| number.is_finite())
    {
        Some(number) => Some(Value::Float(number)),
        None if text.is_empty() => None,
        None => Some(Value::String(text.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        editing::{EntryId, Section},
        settings::test_file::known_keys,
    };

    use super::*;

    #[test]
    fn each_key_that_the_parser_knows_has_a_field() {
        let known = known_keys("[targets.\"*\"]\nno_such_key = 1\n");
        assert_eq!(known, KEYS.map(str::to_owned).into());
    }

    fn written(own: &str, fields: &[(&str, &str)]) -> String {
        let id = EntryId::new(Section::Targets, "chat/1");
        let inherited = QueueTarget {
            service_level_percent: 90.0,
            ..QueueTarget::default()
        };
        let fields = fields.iter();
        let form = fields
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect();
        let mut table = EntryTable::read(&id, Some(own));
        apply_target(&mut table, &inherited, &form);
        table.write(&id).unwrap_or_default()
    }

    #[test]
    fn unchanged_targets_are_no_entry() {
        assert_eq!(written("", &[("service_level", "90")]), "");
        assert_eq!(
            written(
                "",
                &[("service_level", "90 %"), ("formula", "short_ignored")]
            ),
            ""
        );
    }

    #[test]
    fn a_change_writes_what_is_not_the_default() {
        assert_eq!(
            written("", &[("answer_within", "0:30")]),
            "[targets.\"chat/1\"]\nservice_level = 90\nanswer_within = \"30s\"\n"
        );
        assert_eq!(
            written(
                "[targets.\"chat/1\"]\nshort_abandon = \"5s\"\n",
                &[("service_level", "80,5%"), ("short_abandon", "7 s")]
            ),
            "[targets.\"chat/1\"]\nshort_abandon = \"7s\"\nservice_level = 80.5\n"
        );
    }

    #[test]
    fn what_nobody_understands_is_left_to_the_rules_of_the_configuration() {
        assert_eq!(
            written("", &[("service_level", "most"), ("answer_within", "soon")]),
            "[targets.\"chat/1\"]\nservice_level = \"most\"\nanswer_within = \"soon\"\n"
        );
    }
}
