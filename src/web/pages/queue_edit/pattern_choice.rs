//! `/settings/queues`: where somebody chooses whose thresholds, targets and hours to edit: a queue, a group, or all that
//! match a pattern.

use std::collections::BTreeSet;

use askama::Template;
use axum::{
    extract::Query,
    response::{Html, IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use wallboard_access::Right;
use wallboard_boards::subject_path;
use wallboard_domain::Patterns;

use crate::web::{
    WebError, WebState,
    access::{audited::ShowsPeople, editing::Editing, visible_state::VisibleState},
    board_editor::{BoardChoices, Choice},
    parts::{
        finder::Finder,
        links::{PageLink, pattern_address},
        page_header::{PageHeader, TranslatedHeader},
    },
    server::assets,
};

use super::{
    edited_queue::{EditedAddress, EditedQueue},
    page::{PageNotes, render_page},
};

/// The rest of the address.
#[derive(Debug, Default, Deserialize)]
pub(super) struct PatternQuery {
    /// An ID, a pattern, or the name of one that somebody chose.
    #[serde(default)]
    pub(super) pattern: String,
    /// The part that was just saved.
    saved: Option<String>,
    /// Words of the queues to list.
    #[serde(default)]
    find: String,
    /// The queue whose values are in the fields.
    copy: Option<String>,
}

#[derive(Template)]
#[template(path = "pattern_choice.html")]
struct PatternChoicePage {
    build: &'static str,
    header: PageHeader,
    /// The queues, agents and patterns to choose from.
    labels: Vec<String>,
    /// Text that somebody entered and nothing is called.
    entered: String,
    rows: Vec<SubjectRow>,
    finder: Finder,
}

/// A queue, a group or a pattern, and which settings it has of its own.
struct SubjectRow {
    link: PageLink,
    kind: String,
    own: String,
}

impl SubjectRow {
    fn find_text(&self) -> String {
        [&self.link.name[..], &self.kind, &self.own].join(" ")
    }
}

pub(super) async fn show_pattern(
    VisibleState(web): VisibleState,
    editing: Editing,
    TranslatedHeader(header): TranslatedHeader,
    Query(query): Query<PatternQuery>,
) -> Result<Response, WebError> {
    let entered = query.pattern.trim();
    let choices = read_choices(&web, &header);
    let Some(pattern) = choices.find("hide", entered) else {
        let rows = list_subjects(&web, &choices);
        let page = PatternChoicePage {
            build: assets::build_id(),
            finder: Finder::new(&query.find, rows.iter().map(SubjectRow::find_text)),
            rows,
            labels: (choices.of_list("hide").into_iter())
                .map(Choice::label)
                .collect(),
            entered: entered.to_owned(),
            header,
        };
        let mark = ShowsPeople::mark_if(!choices.agents.is_empty());
        return Ok((mark, Html(page.render()?)).into_response());
    };
    if let Some(page) = find_queue_page(&web, &pattern) {
        return Ok(Redirect::to(&page).into_response());
    }
    let address = EditedAddress::Pattern(pattern);
    let edited = EditedQueue::find(&web, &editing, &header, &address)?;
    let notes = PageNotes::of_address(query.saved.as_deref(), query.copy.as_deref(), &edited);
    let page = render_page(&web, &editing, header, edited, notes).await?;
    Ok(page.into_response())
}

fn read_choices(web: &WebState, header: &PageHeader) -> BoardChoices {
    let shows_agents = header.visitor().has(Right::PersonalData);
    (web.live).read_snapshot(|snapshot, _| BoardChoices::read(header.texts, snapshot, shows_agents))
}

/// Lists what can be chosen, and the other patterns that have settings.
fn list_subjects(web: &WebState, choices: &BoardChoices) -> Vec<SubjectRow> {
    let texts = choices.texts;
    web.live.read_snapshot(|snapshot, _| {
        let site = &snapshot.site;
        let sections = [
            ("thresholds", patterns_of(&site.thresholds)),
            ("targets", patterns_of(&site.targets)),
            ("hours", patterns_of(&site.hours)),
        ];
        let own = |id: &str| {
            let sections = sections.iter().filter(|(_, ids)| ids.contains(id));
            let labels: Vec<_> = sections
                .map(|(name, _)| texts.section_label(*name))
                .collect();
            labels.join(", ")
        };
        let row = |id: &str, name: &str, kind: &str| SubjectRow {
            link: PageLink::new(name, pattern_address(id)),
            kind: kind.to_owned(),
            own: own(id),
        };
        let chosen = choices.queues.iter();
        let mut rows: Vec<_> = chosen
            .map(|one| row(&one.id, &one.name, &one.kind))
            .collect();
        let is_listed = |id: &&str| choices.queues.iter().any(|one| one.id == **id);
        let patterns: BTreeSet<&str> = sections.iter().flat_map(|(_, ids)| ids).copied().collect();
        let others = patterns
            .into_iter()
            .filter(|id| id.contains('*') && !is_listed(id));
        rows.extend(others.map(|id| row(id, id, texts.kind_pattern())));
        rows
    })
}

fn patterns_of<T>(patterns: &Patterns<T>) -> BTreeSet<&str> {
    patterns
        .0
        .iter()
        .map(|(pattern, _)| pattern.0.as_str())
        .collect()
}

/// The page of a queue or a group that reports.
fn find_queue_page(web: &WebState, id: &str) -> Option<String> {
    web.live.read_snapshot(|snapshot, _| {
        let mut queues = snapshot.visible_queues();
        let queue = queues.find(|queue| queue.id.to_string() == id)?;
        Some(format!("{}/edit", subject_path("queues", &queue.id)))
    })
}
