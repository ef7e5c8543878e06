//! `/alerts`: what needs somebody now and who has it, the rules, and what was.

mod action;
mod alert_row;
mod channel_row;
mod channel_test;
mod rule_choices;
mod rule_fields;
mod rule_page;
mod rule_rehearsal;
mod rule_row;
mod rule_switch;
mod rule_table;
mod silence_fields;
mod silence_page;
mod silence_row;
mod undelivered;
mod undelivered_row;

use std::collections::BTreeSet;

use askama::Template;
use axum::{
    Router,
    extract::{Path, Query},
    response::{Html, Redirect},
    routing::{get, post},
};
use serde::Deserialize;
use uuid::Uuid;

use wallboard_access::Right;
use wallboard_alerts::{AlertBook, NOTE_MAX};

use crate::{
    editing::Section,
    web::{
        WebError, WebState,
        access::{
            audited::{PeopleMark, ShowsPeople},
            visible_state::VisibleState,
        },
        parts::{
            alert_scope::may_see_alert,
            alert_silence::{may_end_silence, may_see_silence},
            clock::PageTime,
            entry_address::NEW_CHANNEL_ROUTE,
            page_header::{PageHeader, TranslatedHeader},
            sentence::SentencePiece,
        },
        server::assets,
    },
};

use alert_row::AlertRow;
use channel_row::ChannelRow;
use rule_table::RuleTable;
use silence_row::SilenceRow;
use undelivered_row::UndeliveredRow;

pub(in crate::web) use rule_row::write_rule;

/// Rows of alerts that ended.
const ENDED_MAX: usize = 50;

#[derive(Template)]
#[template(path = "alerts.html")]
struct AlertsPage {
    build: &'static str,
    header: PageHeader,
    stamp: PageTime,
    form: String,
    /// Differs between sessions, and opens nothing.
    session: String,
    /// The notice about what was just done.
    done: String,
    /// Why it wasn't.
    error: String,
    /// The worst first, and of the same level the oldest.
    open: Vec<AlertRow>,
    /// Subjects that need somebody, beyond what can be listed.
    unopened: usize,
    silences: Vec<SilenceRow>,
    /// For those who see the whole site: rules name queues.
    rules: Option<RuleTable>,
    has_rules: bool,
    /// For those who see the whole site.
    channels: Vec<ChannelRow>,
    may_edit_channels: bool,
    undelivered: Vec<UndeliveredRow>,
    /// Whether the visitor may change them.
    may_edit: bool,
    ended: Vec<AlertRow>,
    /// That an alert is about an agent.
    people: Option<PeopleMark>,
}

#[derive(Deserialize)]
struct AlertsQuery {
    #[serde(default)]
    done: String,
    /// The ID of the alert that a link leads to.
    #[serde(default)]
    alert: String,
}

pub(in crate::web) fn routes() -> Router<WebState> {
    Router::new()
        .route("/alerts", get(show_alerts))
        .route("/alerts/{id}", get(open_alert))
        .route("/alerts/act", post(action::act))
        .route(
            "/alerts/rule",
            get(rule_page::show_rule).post(rule_page::save_rule),
        )
        .route("/alerts/rule/switch", post(rule_switch::turn_rule))
        .route(
            "/alerts/silence",
            get(silence_page::show_form).post(silence_page::begin_silence),
        )
        .route("/alerts/silence/end", post(silence_page::end_silence))
        .route("/alerts/test", post(channel_test::test_channel))
        .route("/alerts/undelivered", post(undelivered::act_on_message))
}

async fn show_alerts(
    VisibleState(web): VisibleState,
    TranslatedHeader(header): TranslatedHeader,
    Query(AlertsQuery { done, alert }): Query<AlertsQuery>,
) -> Result<(Option<PeopleMark>, Html<String>), WebError> {
    let texts = header.texts;
    let error = match done.as_str() {
        "over" => texts.alert_over().to_owned(),
        "empty-note" => texts.note_empty().to_owned(),
        "long-note" => texts.note_too_long(NOTE_MAX),
        "message-gone" => texts.message_gone().to_owned(),
        "rule-unchanged" => texts.rule_unchanged().to_owned(),
        "superseded" => texts.message_superseded().to_owned(),
        _ => String::new(),
    };
    let done = match done.as_str() {
        "taken" => texts.alert_taken(),
        "released" => texts.alert_released(),
        "snoozed" => texts.alert_snoozed(),
        "noted" => texts.alert_noted(),
        "closed" => texts.alert_closed(),
        "silenced" => texts.alerts_silenced(),
        "unsilenced" => texts.silence_ended(),
        "rule" => texts.rules_saved(),
        "rule-on" => texts.rule_is_on(),
        "rule-off" => texts.rule_is_off(),
        "resent" => texts.message_resent(),
        "dropped" => texts.message_dropped(),
        _ => "",
    };
    let mut page = AlertsPage {
        done: done.to_owned(),
        error,
        ..build_page(&web, &header)?
    };
    if !alert.is_empty() && !page.mark(&alert) {
        texts.alert_over().clone_into(&mut page.error);
    }
    Ok((page.people.take(), Html(page.render()?)))
}

/// Leads the link of a message to its alert. The address stays over signing in; a fragment wouldn't.
async fn open_alert(Path(id): Path<String>) -> Redirect {
    let Ok(id) = Uuid::parse_str(&id) else {
        return Redirect::to("/alerts?done=over");
    };
    let id = id.simple();
    Redirect::to(&format!("/alerts?alert={id}#alert-{id}"))
}

impl AlertsPage {
    /// Marks an alert. Returns whether it's listed.
    fn mark(&mut self, id: &str) -> bool {
        let mut rows = self.open.iter_mut().chain(&mut self.ended);
        let row = rows.find(|row| row.id == id);
        let is_listed = row.is_some();
        if let Some(row) = row {
            row.is_marked = true;
        }
        is_listed
    }
}

/// How many subjects need somebody that the visitor may see, beyond what can be listed.
fn count_unopened(book: &AlertBook, header: &PageHeader) -> usize {
    let has = |right| header.visitor().has(right);
    match (has(Right::WholeSite), has(Right::PersonalData)) {
        (false, _) => 0,
        (true, false) => book.unopened(),
        (true, true) => book.unopened() + book.unopened_agents(),
    }
}

fn build_page(web: &WebState, header: &PageHeader) -> Result<AlertsPage, WebError> {
    let alerts = web.alerts.as_ref().ok_or(WebError::NoSuchPage)?;
    let (texts, plan) = (header.texts, alerts.plan());
    let sees_all = header.visitor().has(Right::WholeSite);
    let may_edit_channels = header.may_open(NEW_CHANNEL_ROUTE)
        && (web.editor_for(header.visitor()))
            .is_some_and(|editor| editor.has_section(Section::Channels));
    let screens: Option<BTreeSet<_>> = web.screens.as_ref().map(|screens| {
        let listed = screens.directory().list_screens().into_iter();
        listed.map(|one| one.screen.name.clone()).collect()
    });
    let page = web.live.read_snapshot(|snapshot, now| {
        let shown = plan.channels.iter().filter(|_| sees_all);
        alerts.read_all(|book, outbox| {
            let channels =
                shown.map(|channel| ChannelRow::new(texts, snapshot, channel, outbox, now));
            let undelivered = UndeliveredRow::list(
                texts,
                snapshot,
                header.visitor(),
                &plan.channels,
                book,
                outbox,
                now,
            );
            let may_see =
                |alert: &&wallboard_alerts::Alert| may_see_alert(snapshot, header.visitor(), alert);
            let row = |alert| AlertRow::new(texts, snapshot, alert, book, now);
            let silences = book.silences().iter().filter(|silence| {
                !silence.is_over(now.wall)
                    && may_see_silence(snapshot, &plan.rules, header.visitor(), silence)
            });
            let silences = silences.map(|silence| {
                let may_end = may_end_silence(snapshot, header.visitor(), silence);
                SilenceRow::new(texts, snapshot, silence, may_end, now)
            });
            let mut open: Vec<_> = book.open().iter().filter(may_see).collect();
            open.sort_by_key(|alert| (std::cmp::Reverse(alert.level), alert.since));
            let ended: Vec<_> = book.ended().filter(may_see).take(ENDED_MAX).collect();
            let mut listed = open.iter().chain(&ended);
            let names_agents = listed.any(|alert| alert.subject.is_agent());
            let people = ShowsPeople::mark_if(names_agents);
            AlertsPage {
                build: assets::build_id(),
                form: header.form_token(),
                session: header.session_mark(),
                stamp: PageTime::new(snapshot, now),
                done: String::new(),
                error: String::new(),
                open: open.into_iter().map(row).collect(),
                silences: silences.collect(),
                unopened: count_unopened(book, header),
                rules: sees_all.then(|| {
                    let editor = web.editor_for(header.visitor());
                    let screens = screens.as_ref();
                    RuleTable::new(header, snapshot, &plan.rules, book, editor, screens, now)
                }),
                channels: channels.collect(),
                may_edit_channels,
                undelivered,
                has_rules: plan.has_enabled_rule(),
                may_edit: header.may_edit_alerts(),
                ended: ended.into_iter().map(row).collect(),
                people,
                header: header.clone(),
            }
        })
    });
    Ok(page)
}
