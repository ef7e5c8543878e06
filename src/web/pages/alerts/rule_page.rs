//! `/alerts/rule`: makes, changes and deletes a rule.

use askama::Template;
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::{Html, IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use wallboard_access::Right;
use wallboard_alerts::AlertRule;
use wallboard_boards::status_label;
use wallboard_domain::{AgentStatus, Metric, MetricOwner};
use wallboard_texts::Texts;

use crate::web::{
    WebError, WebState,
    access::{
        audited::ShowsPeople,
        editing::{EditForm, Editing},
        visible_state::VisibleState,
    },
    differences::EntryConflict,
    pages::settings::{begin_form, save_form},
    parts::{
        page_header::{PageHeader, TranslatedHeader},
        refusal_line::RefusalLine,
        sentence::{Sentence, SentencePiece, slot},
    },
    server::assets,
};

use super::{
    channel_row::kind_name,
    rule_choices::{
        RuleChoice, agent_choices, chosen_names, dwells, figure_choices, import_choices, options,
        pauses, queue_choices, screen_choices, source_choices,
    },
    rule_fields::RuleFields,
    rule_rehearsal::{RehearsalText, rehearse_fields},
};

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
    /// Somebody else's change meanwhile.
    conflict: Option<EntryConflict>,
    queues: Vec<RuleChoice>,
    sources: Vec<RuleChoice>,
    imports: Vec<RuleChoice>,
    screens: Vec<RuleChoice>,
    /// None without a limit, and for those who may not see personal data.
    agents: Vec<RuleChoice>,
    statuses: Vec<RuleChoice>,
    /// None without a custom figure that has thresholds.
    figures: Vec<RuleChoice>,
    /// Queues whose target is watched.
    targets: Vec<RuleChoice>,
    channels: Vec<RuleChoice>,
    /// Screens that sound.
    sounds: Vec<RuleChoice>,
    metrics: Vec<RuleChoice>,
    severities: [RuleChoice; 2],
    figure_severities: [RuleChoice; 2],
    /// Of what has no opening hours of its own.
    hours: [RuleChoice; 2],
    dwells: Vec<RuleChoice>,
    pauses: Vec<RuleChoice>,
    rehearsal: RehearsalText,
}

impl RulePage {
    /// The beginning of the sentence for each kind of subject, as `data-of` names it.
    fn beginnings(&self) -> Vec<(&'static str, Sentence)> {
        let texts = self.header.texts;
        let mut beginnings = vec![
            (
                "queues",
                fields(
                    &texts.form_of_queues(slot(0), slot(1), slot(2)),
                    &["metric", "queues", "severity"],
                ),
            ),
            (
                "sources",
                fields(&texts.form_of_sources(slot(0)), &["sources"]),
            ),
        ];
        if !self.imports.is_empty() {
            let sentence = fields(&texts.form_of_imports(slot(0)), &["imports"]);
            beginnings.push(("imports", sentence));
        }
        if !self.screens.is_empty() {
            let sentence = fields(&texts.form_of_screens(slot(0)), &["screens"]);
            beginnings.push(("screens", sentence));
        }
        if !self.agents.is_empty() {
            let text = texts.form_of_agents(slot(0), slot(1));
            beginnings.push(("agents", fields(&text, &["agents", "status"])));
        }
        if !self.figures.is_empty() {
            let text = texts.form_of_figures(slot(0), slot(1));
            beginnings.push(("figures", fields(&text, &["figures", "figure_severity"])));
        }
        let text = texts.form_of_targets(slot(0));
        beginnings.push(("targets", fields(&text, &["targets"])));
        beginnings
    }

    fn respond(&self, status: StatusCode) -> Result<Response, WebError> {
        let mut patterns = self.agents.iter().map(|choice| &choice.value);
        let mark = ShowsPeople::mark_if(patterns.any(|pattern| !pattern.ends_with('*')));
        Ok((status, mark, Html(self.render()?)).into_response())
    }

    fn time(&self) -> Sentence {
        let is_last = self.channels.is_empty() && self.sounds.is_empty();
        let text = if is_last {
            slot(0)
        } else {
            self.header.texts.form_time(slot(0))
        };
        fields(&text, &["for"])
    }

    fn tells(&self) -> Sentence {
        fields(&self.header.texts.form_tells(slot(0)), &["channels"])
    }

    fn sounding(&self) -> Sentence {
        fields(&self.header.texts.form_sounds(slot(0)), &["sounds"])
    }

    fn again(&self) -> Sentence {
        fields(&self.header.texts.form_again(slot(0)), &["again_after"])
    }

    /// The choices of a list, as the sentence names them.
    fn chosen(&self, choices: &[RuleChoice], none: &str) -> String {
        chosen_names(self.header.texts, choices, none)
    }
}

fn severities(texts: &Texts, chosen: &str) -> [RuleChoice; 2] {
    [
        ("critical", texts.form_critical()),
        ("warning", texts.form_warning()),
    ]
    .map(|(value, label)| RuleChoice::new(value, label, chosen == value))
}

/// A sentence with fields of the form in place of its slots.
fn fields(text: &str, names: &[&'static str]) -> Sentence {
    let pieces = names.iter().map(|name| SentencePiece::Field(name));
    Sentence::new(text, pieces.collect())
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
    let rehearsal = rehearse_fields(header.texts, &visible, &editing, &fields).await;
    build_page(&web, header, fields, rule.is_some(), rehearsal)?.respond(StatusCode::OK)
}

pub(super) async fn save_rule(
    State(web): State<WebState>,
    VisibleState(visible): VisibleState,
    TranslatedHeader(header): TranslatedHeader,
    form: EditForm<RuleFields>,
) -> Result<Response, WebError> {
    let EditForm {
        editing,
        mut fields,
    } = form;
    let plan = web.alerts.as_ref().ok_or(WebError::NoSuchPage)?.plan();
    let id = fields.entry();
    let is_known = plan.rules.iter().any(|rule| rule.name == id.name);
    if fields.action == "rehearse" {
        let rehearsal = rehearse_fields(header.texts, &visible, &editing, &fields).await;
        return build_page(&web, header, fields, is_known, rehearsal)?.respond(StatusCode::OK);
    }
    let toml = (fields.action != "delete").then(|| fields.write());
    let began_from = &mut fields.began_from;
    let saving = save_form(header.texts, &web, &editing, id, toml, began_from);
    let Err(refusal) = saving.await? else {
        return Ok(Redirect::to("/alerts?done=rule").into_response());
    };
    let rehearsal = rehearse_fields(header.texts, &visible, &editing, &fields).await;
    let page = RulePage {
        faults: refusal.faults,
        conflict: refusal.conflict,
        ..build_page(&web, header, fields, is_known, rehearsal)?
    };
    page.respond(refusal.status)
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
    let (queues, sources, agents, figures, targets) = (web.live).read_snapshot(|snapshot, _| {
        let agents = sees_people.then(|| agent_choices(texts, snapshot, &fields));
        (
            queue_choices(texts, snapshot, &fields.queues()),
            source_choices(texts, snapshot, &fields),
            agents.unwrap_or_default(),
            figure_choices(texts, snapshot, &fields),
            queue_choices(texts, snapshot, &fields.targets()),
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
        conflict: None,
        queues,
        sources,
        imports,
        screens,
        agents,
        figures,
        targets,
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
        severities: severities(texts, &fields.severity),
        figure_severities: severities(texts, &fields.figure_severity),
        hours: [("", texts.form_always()), ("on", texts.form_only_open())]
            .map(|(value, label)| RuleChoice::new(value, label, fields.only_open == value)),
        dwells: options(dwells(texts), &fields.dwell),
        pauses: options(pauses(texts), &fields.again_after),
        rehearsal,
        fields,
    })
}
