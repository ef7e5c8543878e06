//! `/alerts/rule`: makes, changes and deletes a rule.

use std::collections::BTreeSet;

use askama::Template;
use axum::{
    extract::{Query, State},
    response::{Html, IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use wallboard_access::Right;
use wallboard_alerts::AlertRule;
use wallboard_boards::status_label;
use wallboard_domain::{AgentStatus, Metric, MetricOwner};
use wallboard_live::Snapshot;
use wallboard_texts::Texts;

use crate::web::{
    WebError, WebState,
    access::{
        editing::{EditForm, Editing},
        visible_state::VisibleState,
    },
    pages::settings::{begin_form, save_form},
    parts::{
        page_header::{PageHeader, TranslatedHeader},
        refusal_line::RefusalLine,
    },
    server::assets,
};

use super::{
    channel_row::kind_name,
    rule_fields::RuleFields,
    rule_rehearsal::{RehearsalText, rehearse_fields},
    rule_row::name_agents,
};

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

#[derive(Template)]
#[template(path = "alert_rule.html")]
struct RulePage {
    build: &'static str,
    header: PageHeader,
    form: String,
    fields: RuleFields,
    /// Whether it has a name already, which stays.
    is_known: bool,
    /// Why it wasn't saved.
    faults: Vec<RefusalLine>,
    queues: Vec<RuleChoice>,
    sources: Vec<RuleChoice>,
    imports: Vec<RuleChoice>,
    screens: Vec<RuleChoice>,
    /// None without a limit, and for those who may not see personal data.
    agents: Vec<RuleChoice>,
    statuses: Vec<RuleChoice>,
    channels: Vec<RuleChoice>,
    /// Screens that sound.
    sounds: Vec<RuleChoice>,
    metrics: Vec<RuleChoice>,
    dwells: Vec<RuleChoice>,
    pauses: Vec<RuleChoice>,
    rehearsal: RehearsalText,
}

/// A checkbox or an option of the form.
struct RuleChoice {
    value: String,
    label: String,
    is_chosen: bool,
}

#[derive(Deserialize)]
pub(super) struct RuleQuery {
    #[serde(default)]
    name: String,
}

pub(super) async fn show_rule(
    State(web): State<WebState>,
    VisibleState(visible): VisibleState,
    TranslatedHeader(header): TranslatedHeader,
    editing: Editing,
    Query(RuleQuery { name }): Query<RuleQuery>,
) -> Result<Response, WebError> {
    let plan = web.alerts.as_ref().ok_or(WebError::NoSuchPage)?.plan();
    let rule = plan.rules.iter().find(|rule| rule.name == name);
    let is_of_agents = rule.is_some_and(AlertRule::watches_agents);
    if is_of_agents && !header.visitor().has(Right::PersonalData) {
        return Err(WebError::Forbidden);
    }
    let mut fields = rule.map_or_else(RuleFields::new_rule, RuleFields::of_rule);
    match begin_form(&editing, &fields.entry())? {
        Ok(began_from) => fields.began_from = began_from,
        Err(elsewhere) => return Ok(elsewhere),
    }
    let rehearsal = rehearse_fields(header.texts, &visible.live, &editing, &fields).await;
    let page = build_page(&web, header, fields, rule.is_some(), rehearsal)?;
    Ok(Html(page.render()?).into_response())
}

pub(super) async fn save_rule(
    State(web): State<WebState>,
    VisibleState(visible): VisibleState,
    TranslatedHeader(header): TranslatedHeader,
    form: EditForm<RuleFields>,
) -> Result<Response, WebError> {
    let EditForm { editing, fields } = form;
    let plan = web.alerts.as_ref().ok_or(WebError::NoSuchPage)?.plan();
    let id = fields.entry();
    let is_known = plan.rules.iter().any(|rule| rule.name == id.name);
    if fields.action == "rehearse" {
        let rehearsal = rehearse_fields(header.texts, &visible.live, &editing, &fields).await;
        let page = build_page(&web, header, fields, is_known, rehearsal)?;
        return Ok(Html(page.render()?).into_response());
    }
    let toml = (fields.action != "delete").then(|| fields.write());
    let saving = save_form(header.texts, &editing, id, toml, &fields.began_from);
    let Err((status, faults)) = saving.await? else {
        return Ok(Redirect::to("/alerts?done=rule").into_response());
    };
    let rehearsal = rehearse_fields(header.texts, &visible.live, &editing, &fields).await;
    let page = RulePage {
        faults,
        ..build_page(&web, header, fields, is_known, rehearsal)?
    };
    Ok((status, Html(page.render()?)).into_response())
}

fn build_page(
    web: &WebState,
    header: PageHeader,
    fields: RuleFields,
    is_known: bool,
    rehearsal: RehearsalText,
) -> Result<RulePage, WebError> {
    let plan = web.alerts.as_ref().ok_or(WebError::NoSuchPage)?.plan();
    let texts = header.texts;
    let sees_people = header.visitor().has(Right::PersonalData);
    let (queues, sources, agents) = (web.live).read_snapshot(|snapshot, _| {
        let agents = sees_people.then(|| agent_choices(texts, snapshot, &fields));
        (
            queue_choices(texts, snapshot, &fields),
            source_choices(texts, snapshot, &fields),
            agents.unwrap_or_default(),
        )
    });
    let statuses = AgentStatus::LIMITED.into_iter().map(|status| {
        let (value, label) = (status.into_str(), status_label(texts, status).1);
        RuleChoice::new(value, label, fields.status == value)
    });
    let any_status = RuleChoice::new("", texts.any_status(), fields.status.is_empty());
    let imports = import_choices(texts, web, &fields);
    let screens = screen_choices(web, Some(("*", texts.any_screen())), &fields.screens());
    let sounds = screen_choices(web, None, &fields.sound());
    let channels = plan.channels.iter().map(|channel| RuleChoice {
        value: channel.name.clone(),
        label: texts.channel_of_kind(channel.name.as_str(), kind_name(texts, channel)),
        is_chosen: fields.channels().contains(&channel.name.as_str()),
    });
    let metrics = Metric::all()
        .filter(|metric| metric.owner() != MetricOwner::Agent && !metric.is_daily())
        .map(|metric| {
            RuleChoice::new(
                metric.name(),
                &texts.metric(metric).page_label,
                fields.metric == metric.name(),
            )
        });
    Ok(RulePage {
        build: assets::build_id(),
        form: header.form_token(),
        header,
        is_known,
        faults: Vec::new(),
        queues,
        sources,
        imports,
        screens,
        agents,
        statuses: std::iter::once(any_status).chain(statuses).collect(),
        sounds,
        channels: channels.collect(),
        metrics: std::iter::once(RuleChoice::new(
            "",
            texts.any_with_thresholds(),
            fields.metric.is_empty(),
        ))
        .chain(metrics)
        .collect(),
        dwells: options(dwells(texts), &fields.dwell),
        pauses: options(pauses(texts), &fields.again_after),
        rehearsal,
        fields,
    })
}

/// Every queue, each source's, and then each by name. A pattern that is none of these stays.
fn queue_choices(texts: &Texts, snapshot: &Snapshot, fields: &RuleFields) -> Vec<RuleChoice> {
    let chosen = fields.queues();
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
    with_others(choices, &chosen)
}

fn source_choices(texts: &Texts, snapshot: &Snapshot, fields: &RuleFields) -> Vec<RuleChoice> {
    let mut choices = vec![("*".to_owned(), texts.any_source().to_owned())];
    let sources = snapshot.sources.keys();
    choices.extend(sources.map(|id| (id.to_string(), snapshot.site.source_name(id))));
    choices[1..].sort_by(|a, b| a.1.cmp(&b.1));
    with_others(choices, &fields.sources())
}

/// Every agent, those of each source, and those that the rule names already; the latter alone if no status has a limit.
fn agent_choices(texts: &Texts, snapshot: &Snapshot, fields: &RuleFields) -> Vec<RuleChoice> {
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
fn import_choices(texts: &Texts, web: &WebState, fields: &RuleFields) -> Vec<RuleChoice> {
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
fn screen_choices(web: &WebState, any: Option<(&str, &str)>, chosen: &[&str]) -> Vec<RuleChoice> {
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

fn dwells(texts: &Texts) -> Vec<(&'static str, String)> {
    let at_once = ("0s", texts.for_at_once().to_owned());
    let known = DWELLS.map(|(value, seconds)| (value, texts.threshold(seconds * 1_000)));
    std::iter::once(at_once).chain(known).collect()
}

fn pauses(texts: &Texts) -> Vec<(&'static str, String)> {
    let minutes = PAUSES.map(|(value, minutes)| (value, texts.again_every(minutes)));
    std::iter::once(("", texts.again_never().to_owned()))
        .chain(minutes)
        .chain([("1h", texts.again_hourly().to_owned())])
        .collect()
}

/// Options, with one that none of them is.
fn options(known: Vec<(&str, String)>, chosen: &str) -> Vec<RuleChoice> {
    let mut options: Vec<_> = (known.into_iter())
        .map(|(value, label)| RuleChoice::new(value, &label, value == chosen))
        .collect();
    if options.iter().all(|option| !option.is_chosen) {
        options.push(RuleChoice::new(chosen, chosen, true));
    }
    options
}

impl RuleChoice {
    fn new(value: &str, label: &str, is_chosen: bool) -> Self {
        Self {
            value: value.to_owned(),
            label: label.to_owned(),
            is_chosen,
        }
    }
}
