//! `/reports/edit`: makes, changes and deletes a report.

use askama::Template;
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::{Html, IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use crate::web::{
    WebError, WebState,
    access::editing::{EditForm, Editing},
    differences::EntryConflict,
    pages::settings::{SaveRefusal, begin_form, save_form},
    parts::{
        page_header::{PageHeader, TranslatedHeader},
        refusal_line::RefusalLine,
        sentence::{Sentence, SentencePiece, slot},
    },
    server::assets,
};

use super::{find_view_fault, history_link, report_fields::ReportFields, reports_of};

#[derive(Template)]
#[template(path = "report_edit.html")]
struct ReportPage {
    build: &'static str,
    header: PageHeader,
    page_about: Sentence,
    form: String,
    fields: ReportFields,
    /// Whether it has a name already, which stays.
    is_known: bool,
    /// Why it wasn't saved.
    faults: Vec<RefusalLine>,
    /// Somebody else's change meanwhile.
    conflict: Option<EntryConflict>,
    channels: Vec<String>,
}

#[derive(Deserialize)]
pub(super) struct ReportQuery {
    #[serde(default)]
    name: String,
    /// Of a new one.
    #[serde(default)]
    view: String,
}

pub(super) async fn show_report(
    State(web): State<WebState>,
    TranslatedHeader(header): TranslatedHeader,
    editing: Editing,
    Query(ReportQuery { name, view }): Query<ReportQuery>,
) -> Result<Response, WebError> {
    let plans = reports_of(&web)?.list();
    let plan = plans.iter().find(|plan| plan.name == name);
    let mut fields = plan.map_or_else(|| ReportFields::new_report(&view), ReportFields::of_report);
    match begin_form(&editing, &fields.entry())? {
        Ok(began_from) => fields.began_from = began_from,
        Err(elsewhere) => return Ok(elsewhere),
    }
    Ok(Html(build_page(&web, header, fields, plan.is_some())?.render()?).into_response())
}

pub(super) async fn save_report(
    State(web): State<WebState>,
    TranslatedHeader(header): TranslatedHeader,
    form: EditForm<ReportFields>,
) -> Result<Response, WebError> {
    let EditForm {
        editing,
        mut fields,
    } = form;
    let id = fields.entry();
    let is_known = reports_of(&web)?
        .list()
        .iter()
        .any(|plan| plan.name == id.name);
    let toml = (fields.action != "delete").then(|| fields.write());
    let view_fault = toml.as_ref().and_then(|_| find_view_fault(&fields.view));
    let saved = if let Some(fault) = view_fault {
        Err(SaveRefusal::of_faults(
            StatusCode::UNPROCESSABLE_ENTITY,
            vec![RefusalLine::english(fault)],
        ))
    } else {
        let began_from = &mut fields.began_from;
        save_form(header.texts, &web, &editing, id, toml, began_from).await?
    };
    let Err(refusal) = saved else {
        return Ok(Redirect::to("/reports?done=saved").into_response());
    };
    let page = ReportPage {
        faults: refusal.faults,
        conflict: refusal.conflict,
        ..build_page(&web, header, fields, is_known)?
    };
    Ok((refusal.status, Html(page.render()?)).into_response())
}

fn build_page(
    web: &WebState,
    header: PageHeader,
    fields: ReportFields,
    is_known: bool,
) -> Result<ReportPage, WebError> {
    let about = header.texts.report_page_about(slot(0));
    let link = history_link(header.texts, &fields.view);
    Ok(ReportPage {
        build: assets::build_id(),
        page_about: Sentence::new(&about, vec![link]),
        form: header.form_token(),
        header,
        fields,
        is_known,
        faults: Vec::new(),
        conflict: None,
        channels: reports_of(web)?.channels(),
    })
}
