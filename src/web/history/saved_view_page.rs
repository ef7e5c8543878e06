//! `/history/views`: saves views of the history, and lists them to be opened, renamed, shared and deleted.

use askama::Template;
use axum::{
    Router,
    extract::Query,
    http::StatusCode,
    response::{Html, IntoResponse, Redirect, Response},
    routing::{get, post},
};
use serde::Deserialize;

use wallboard_boards::encode_segment;
use wallboard_store::{RecordError, RecordId};
use wallboard_texts::Texts;

use crate::{
    saved_views::{
        NAME_LENGTH_MAX, SavedView, SavedViewError, SavedViews, VIEWS_MAX, ViewChoice, ViewFault,
    },
    web::{
        WebError, WebState,
        access::{
            editing::{Acting, EditForm},
            visible_state::VisibleState,
        },
        parts::page_header::{PageHeader, TranslatedHeader},
        server::assets,
    },
};

use super::{
    choice::Choice,
    form,
    range::{Preset, TimeRange},
    saved_views::{may_change, parse_address, visible_views},
    scope::HistoryScope,
    subjects::HistorySubjects,
};

#[derive(Template)]
#[template(path = "history_views.html")]
struct SavedViewsPage {
    build: &'static str,
    header: PageHeader,
    form: String,
    /// The notice about what was just done.
    done: &'static str,
    /// Why it wasn't.
    error: String,
    /// A view that couldn't be saved, to be tried again.
    draft: Option<ViewFields>,
    rows: Vec<SavedViewRow>,
}

struct SavedViewRow {
    id: String,
    name: String,
    address: String,
    /// "Support · Last 7 days · by queue"
    about: String,
    /// Empty for one's own.
    by: String,
    is_shared: bool,
    may_change: bool,
    /// Makes a report of it.
    report_href: String,
}

#[derive(Clone, Deserialize)]
struct ViewFields {
    #[serde(default)]
    name: String,
    #[serde(default)]
    address: String,
    /// Of a checkbox.
    shared: Option<String>,
}

#[derive(Deserialize)]
struct ChangeFields {
    id: String,
    #[serde(default)]
    name: String,
    shared: Option<String>,
    action: String,
}

#[derive(Deserialize)]
struct ViewsQuery {
    #[serde(default)]
    done: String,
}

pub(super) fn routes() -> Router<WebState> {
    Router::new()
        .route("/history/views", get(show_views).post(save_view))
        .route("/history/views/change", post(change_view))
}

async fn show_views(
    VisibleState(web): VisibleState,
    acting: Acting,
    TranslatedHeader(header): TranslatedHeader,
    Query(ViewsQuery { done }): Query<ViewsQuery>,
) -> Result<Html<String>, WebError> {
    let done = match done.as_str() {
        "saved" => header.texts.view_saved(),
        "deleted" => header.texts.view_deleted(),
        _ => "",
    };
    let page = build_page(&web, &acting, header).await?;
    Ok(Html(SavedViewsPage { done, ..page }.render()?))
}

async fn save_view(
    VisibleState(web): VisibleState,
    TranslatedHeader(header): TranslatedHeader,
    EditForm { editing, fields }: EditForm<ViewFields, Acting>,
) -> Result<Response, WebError> {
    // As the page writes it, without whatever else was sent.
    let query = parse_address(&fields.address).ok_or(WebError::InvalidForm)?;
    let choice = ViewChoice {
        name: fields.name.clone(),
        address: query.path_for("/history"),
        is_shared: fields.shared.is_some(),
    };
    let saved = saved_views_of(&web)?.save(choice, &editing.actor).await;
    let Err(error) = saved else {
        return Ok(Redirect::to("/history/views?done=saved").into_response());
    };
    let page = SavedViewsPage {
        draft: Some(fields),
        ..refuse(&web, &editing, header, error).await?
    };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page.render()?)).into_response())
}

async fn change_view(
    VisibleState(web): VisibleState,
    TranslatedHeader(header): TranslatedHeader,
    EditForm { editing, fields }: EditForm<ChangeFields, Acting>,
) -> Result<Response, WebError> {
    let saved = saved_views_of(&web)?;
    let id = RecordId::parse(&fields.id).ok_or(WebError::InvalidForm)?;
    let view = saved.find(&id).ok_or(WebError::NoSuchPage)?;
    let Acting { visitor, actor } = &editing;
    if !may_change(visitor, &actor.id, &view) {
        return Err(if view.is_for(&actor.id) {
            WebError::Forbidden
        } else {
            // Nobody learns what others keep for themselves.
            WebError::NoSuchPage
        });
    }
    let (changed, done) = match fields.action.as_str() {
        "delete" => (saved.delete(&view, actor).await, "deleted"),
        "save" => {
            let is_shared = fields.shared.is_some();
            let changed = saved.change(&view, fields.name, is_shared, actor).await;
            (changed, "saved")
        }
        _ => return Err(WebError::InvalidForm),
    };
    let Err(error) = changed else {
        return Ok(Redirect::to(&format!("/history/views?done={done}")).into_response());
    };
    let page = refuse(&web, &editing, header, error).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page.render()?)).into_response())
}

fn saved_views_of(web: &WebState) -> Result<&SavedViews, WebError> {
    web.saved_views.as_ref().ok_or(WebError::NoSuchPage)
}

/// The page with what people can correct; the error itself is what they can't.
async fn refuse(
    web: &WebState,
    acting: &Acting,
    header: PageHeader,
    error: SavedViewError,
) -> Result<SavedViewsPage, WebError> {
    let error = explain_refusal(header.texts, error)?;
    let page = build_page(web, acting, header).await?;
    Ok(SavedViewsPage { error, ..page })
}

fn explain_refusal(texts: &Texts, error: SavedViewError) -> Result<String, WebError> {
    Ok(match error {
        SavedViewError::Choice(ViewFault::Name) => texts.view_name_length(NAME_LENGTH_MAX),
        SavedViewError::Choice(ViewFault::Invisible) => texts.announcement_invisible().to_owned(),
        SavedViewError::Choice(ViewFault::Address) => texts.view_too_long().to_owned(),
        SavedViewError::TooMany => texts.views_too_many(VIEWS_MAX),
        SavedViewError::NameTaken => texts.view_name_taken().to_owned(),
        SavedViewError::Records(RecordError::Conflict { .. }) => {
            texts.view_changed_meanwhile().to_owned()
        }
        SavedViewError::Records(error) => return Err(error.into()),
        SavedViewError::Document(error) => return Err(WebError::File(error.to_string())),
    })
}

async fn build_page(
    web: &WebState,
    acting: &Acting,
    header: PageHeader,
) -> Result<SavedViewsPage, WebError> {
    let Acting { visitor, actor } = acting;
    let found = visible_views(web, visitor, saved_views_of(web)?, &actor.id).await?;
    let known = HistorySubjects::load(web).await?;
    let texts = header.texts;
    let row = |view: &SavedView| SavedViewRow {
        id: view.id.to_string(),
        name: view.name.clone(),
        address: view.address.clone(),
        about: describe_view(web, texts, &known, view),
        by: if view.owner == actor.id {
            String::new()
        } else {
            view.by.clone()
        },
        is_shared: view.is_shared,
        may_change: may_change(visitor, &actor.id, view),
        report_href: if header.has_reports() {
            format!("/reports/edit?view={}", encode_segment(&view.address))
        } else {
            String::new()
        },
    };
    Ok(SavedViewsPage {
        build: assets::build_id(),
        form: header.form_token(),
        done: "",
        error: String::new(),
        draft: None,
        rows: found.iter().map(|view| row(view)).collect(),
        header,
    })
}

/// Describes a view's subject and its period, which is named if it moves along.
fn describe_view(
    web: &WebState,
    texts: &'static Texts,
    known: &HistorySubjects,
    view: &SavedView,
) -> String {
    let Some(query) = parse_address(&view.address) else {
        return String::new();
    };
    let scope = web.live.read_snapshot(|snapshot, now| {
        HistoryScope::new(&query, now.wall, &snapshot.site.zone, texts)
    });
    let period = match query.range {
        TimeRange::LastDay => Preset::Today.word(texts).to_owned(),
        TimeRange::Preset(preset) => preset.word(texts).to_owned(),
        TimeRange::Days(..) | TimeRange::Between(..) => scope.describe_period(),
    };
    let choices = form::summarize_query(&scope, "");
    format!("{} · {period} · {choices}", known.title(texts, &query))
}
