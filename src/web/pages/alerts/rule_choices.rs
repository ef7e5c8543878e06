//! The choices of a rule's form: what it may watch, how long that must last, and who is notified.

use std::collections::BTreeSet;

use wallboard_live::Snapshot;
use wallboard_texts::Texts;

use crate::web::WebState;

use super::{rule_fields::RuleFields, rule_row::name_agents};

/// Values of durations in the order of the form, with their seconds.
const DWELLS: [(&str, i64); 6] = [
    ("10s", 10),
    ("30s", 30),
    ("1m", 60),
    ("2m", 120),
    ("5m", 300),
    ("10m", 600),
];
/// Values of pauses of minutes.
const PAUSES: [(&str, u32); 3] = [("5m", 5), ("10m", 10), ("30m", 30)];
/// As many chosen names as a sentence has room for.
const NAMES_MAX: usize = 3;

/// A checkbox or an option of the form.
pub(super) struct RuleChoice {
    pub(super) value: String,
    pub(super) label: String,
    pub(super) is_chosen: bool,
}

/// "Billing, Sales": what is chosen, or `none`.
pub(super) fn chosen_names(texts: &Texts, choices: &[RuleChoice], none: &str) -> String {
    let chosen = choices.iter().filter(|choice| choice.is_chosen);
    let names: Vec<_> = chosen.map(|choice| choice.label.as_str()).collect();
    match names.len() {
        0 => none.to_owned(),
        count if count <= NAMES_MAX => names.join(", "),
        _ => texts.names_or_others(names[..NAMES_MAX].join(", ")),
    }
}

/// Every queue, each source's, and then each by name. A pattern that is none of these stays.
pub(super) fn queue_choices(
    texts: &Texts,
    snapshot: &Snapshot,
    chosen: &[&str],
) -> Vec<RuleChoice> {
    let mut choices = vec![("*".to_owned(), texts.any_queue_at_all().to_owned())];
    for source in snapshot.sources.values() {
        let label = texts.every_queue_of(snapshot.site.source_name(&source.id));
        choices.push((format!("{}/*", source.id), label));
    }
    let queues = snapshot.visible_queues();
    let mut queues: Vec<_> = queues
        .map(|queue| (queue.id.to_string(), snapshot.queue_name(queue)))
        .collect();
    queues.sort_by(|a, b| a.1.cmp(&b.1));
    choices.extend(queues);
    with_others(choices, chosen)
}

pub(super) fn source_choices(
    texts: &Texts,
    snapshot: &Snapshot,
    fields: &RuleFields,
) -> Vec<RuleChoice> {
    let mut choices = vec![("*".to_owned(), texts.any_source().to_owned())];
    let sources = snapshot.sources.keys();
    choices.extend(sources.map(|id| (id.to_string(), snapshot.site.source_name(id))));
    choices[1..].sort_by(|a, b| a.1.cmp(&b.1));
    with_others(choices, &fields.sources())
}

/// Every custom figure that can have a severity, and then each; none if no figure can.
pub(super) fn figure_choices(
    texts: &Texts,
    snapshot: &Snapshot,
    fields: &RuleFields,
) -> Vec<RuleChoice> {
    let figures = snapshot.site.custom_figures.iter();
    let figures = figures.filter(|figure| figure.has_limits());
    let mut choices: Vec<_> = figures
        .map(|figure| {
            let label = figure.label.get(texts.language());
            (figure.id.to_string(), label.to_owned())
        })
        .collect();
    if !choices.is_empty() {
        choices.sort_by(|a, b| a.1.cmp(&b.1));
        choices.insert(0, ("*".to_owned(), texts.any_figure().to_owned()));
    }
    with_others(choices, &fields.figures())
}

/// Every agent, those of each source, and those that the rule names already; the latter alone if no status has a limit.
pub(super) fn agent_choices(
    texts: &Texts,
    snapshot: &Snapshot,
    fields: &RuleFields,
) -> Vec<RuleChoice> {
    let mut choices = Vec::new();
    if !snapshot.site.thresholds.shortest_state_limits().is_empty() {
        choices.push(("*".to_owned(), texts.every_agent().to_owned()));
        let sources: BTreeSet<_> = snapshot.agents.keys().map(|id| &id.source).collect();
        let patterns = sources.into_iter().map(|source| format!("{source}/*"));
        choices.extend(patterns.map(|pattern| {
            let label = name_agents(texts, snapshot, &pattern);
            (pattern, label)
        }));
    }
    for pattern in fields.agents() {
        if choices.iter().all(|(value, _)| value != pattern) {
            choices.push((pattern.to_owned(), name_agents(texts, snapshot, pattern)));
        }
    }
    with_others(choices, &fields.agents())
}

/// None without exports.
pub(super) fn import_choices(
    texts: &Texts,
    web: &WebState,
    fields: &RuleFields,
) -> Vec<RuleChoice> {
    let imports = web.imports.list_statuses();
    let mut choices = Vec::new();
    if !imports.is_empty() {
        choices.push(("*".to_owned(), texts.choice_any_export().to_owned()));
    }
    let named = (web.live).read_snapshot(|snapshot, _| {
        let named = imports.iter();
        let named = named.map(|(id, _)| (id.to_string(), snapshot.site.source_name(id)));
        named.collect::<Vec<_>>()
    });
    choices.extend(named);
    with_others(choices, &fields.imports())
}

/// The paired screens; `any` stands before them.
pub(super) fn screen_choices(
    web: &WebState,
    any: Option<(&str, &str)>,
    chosen: &[&str],
) -> Vec<RuleChoice> {
    let Some(screens) = &web.screens else {
        return with_others(Vec::new(), chosen);
    };
    let any = any.map(|(value, label)| (value.to_owned(), label.to_owned()));
    let listed = screens.directory().list_screens().into_iter();
    let names = listed.map(|listed| listed.screen.name.clone());
    let mut choices: Vec<_> = (any.into_iter())
        .chain(names.map(|name| (name.clone(), name)))
        .collect();
    choices.dedup();
    with_others(choices, chosen)
}

/// Adds what was chosen and isn't among the choices.
fn with_others(mut choices: Vec<(String, String)>, chosen: &[&str]) -> Vec<RuleChoice> {
    for name in chosen {
        if choices.iter().all(|(value, _)| value != name) {
            choices.push(((*name).to_owned(), (*name).to_owned()));
        }
    }
    let choices = choices.into_iter();
    choices
        .map(|(value, label)| RuleChoice {
            is_chosen: chosen.contains(&value.as_str()),
            value,
            label,
        })
        .collect()
}

pub(super) fn dwells(texts: &Texts) -> Vec<(&'static str, String)> {
    let at_once = ("0s", texts.for_at_once().to_owned());
    let known =
        DWELLS.map(|(value, seconds)| (value, texts.form_for(texts.threshold(seconds * 1_000))));
    std::iter::once(at_once).chain(known).collect()
}

pub(super) fn pauses(texts: &Texts) -> Vec<(&'static str, String)> {
    let minutes = PAUSES.map(|(value, minutes)| (value, texts.again_every(minutes)));
    std::iter::once(("", texts.again_never().to_owned()))
        .chain(minutes)
        .chain([("1h", texts.again_hourly().to_owned())])
        .collect()
}

/// Options, with one that none of them is.
pub(super) fn options(known: Vec<(&str, String)>, chosen: &str) -> Vec<RuleChoice> {
    let mut options: Vec<_> = (known.into_iter())
        .map(|(value, label)| RuleChoice::new(value, &label, value == chosen))
        .collect();
    if options.iter().all(|option| !option.is_chosen) {
        options.push(RuleChoice::new(chosen, chosen, true));
    }
    options
}

impl RuleChoice {
    pub(super) fn new(value: &str, label: &str, is_chosen: bool) -> Self {
        Self {
            value: value.to_owned(),
            label: label.to_owned(),
            is_chosen,
        }
    }
}
