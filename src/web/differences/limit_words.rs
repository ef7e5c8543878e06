//! Differences of thresholds and targets in words.

use std::collections::BTreeMap;

use wallboard_boards::status_label;
use wallboard_domain::{AgentStatus, Metric, PatternThresholds, QueueTarget, SeverityLimits};
use wallboard_texts::Texts;

use crate::web::{
    differences::difference_words::{DifferenceWords, plain},
    pages::queue_edit::{LIMIT_KEYS, TargetFields, formula_choices, limit_texts},
};

/// Compares thresholds of a pattern; `None`: it has none.
pub(super) fn compare_thresholds(
    texts: &'static Texts,
    old: Option<&PatternThresholds>,
    new: Option<&PatternThresholds>,
) -> Vec<DifferenceWords> {
    let limits = |of: Option<&PatternThresholds>, metric| -> BTreeMap<&'static str, String> {
        let mut named = of.into_iter().flat_map(|of| &of.metrics);
        let found = named.find(|(named, _)| *named == metric);
        let none = SeverityLimits::default();
        limit_texts(texts, found.map_or(&none, |(_, limits)| limits), metric)
    };
    let metrics = Metric::all().flat_map(|metric| {
        let (old, new) = (limits(old, metric), limits(new, metric));
        let label = texts.metric(metric).page_label.as_str();
        LIMIT_KEYS.into_iter().filter_map(move |level| {
            let what = plain(&texts.limit_of_metric(label, level));
            DifferenceWords::of_value(what, old.get(level).cloned(), new.get(level).cloned())
        })
    });
    let state = |of: Option<&PatternThresholds>, status| {
        let mut named = of.into_iter().flat_map(|of| &of.time_in_state);
        let (_, millis) = named.find(|(named, _)| *named == status)?;
        Some(texts.threshold(*millis))
    };
    let states = AgentStatus::LIMITED.into_iter().filter_map(|status| {
        let what = plain(&texts.limit_of_status(status_label(texts, status).1));
        DifferenceWords::of_value(what, state(old, status), state(new, status))
    });
    metrics.chain(states).collect()
}

/// Compares targets of a pattern; `None`: it has none.
pub(super) fn compare_targets(
    texts: &'static Texts,
    old: Option<&QueueTarget>,
    new: Option<&QueueTarget>,
) -> Vec<DifferenceWords> {
    let [old, new] = [old, new].map(|of| of.map(|of| TargetFields::of_target(texts, of)));
    let formula = |fields: &TargetFields| {
        let mut choices = formula_choices(texts).into_iter();
        let chosen = choices.find(|choice| choice.name == fields.formula);
        chosen.map_or_else(String::new, |choice| choice.text.to_owned())
    };
    let differ = |label: &str, value: &dyn Fn(&TargetFields) -> String| {
        let [old, new] = [&old, &new].map(|of| of.as_ref().map(value));
        DifferenceWords::of_value(plain(label), old, new)
    };
    let words = [
        differ(texts.service_level(), &|of| of.service_level.clone()),
        differ(texts.answered_within_field(), &|of| {
            of.answer_within.clone()
        }),
        differ(texts.short_abandons_field(), &|of| of.short_abandon.clone()),
        differ(texts.formula_term(), &formula),
    ];
    words.into_iter().flatten().collect()
}
