//! `/reports/edit`: makes, changes and deletes a report.

use askama::Template;
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::{Html, IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use wallboard_store::Revision;

use crate::{
    editing::{EntryChange, Origin, SaveError},
    web::{
        WebError, WebState,
        access::editing::{EditForm, Editing},
        history::find_view_fault,
        pages::settings::address_of,
        parts::page_header::PageHeader,
        server::assets,
    },
};

use super::{report_fields::ReportFields, reports_of};

#[derive(Template)]
#[template(path = "report_edit.html")]
struct ReportPage {
    build: &'static str,
    header: PageHeader,
    form: String,
    fields: ReportFields,
    /// Whether it has a name already, which stays.
    is_known: bool,
    /// Why it wasn't saved.
    faults: Vec<String>,
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
    header: PageHeader,
    editing: Editing,
    Query(ReportQuery { name, view }): Query<ReportQuery>,
) -> Result<Response, WebError> {
    let plans = reports_of(&web)?.list();
    let plan = plans.iter().find(|plan| plan.name == name);
    let mut fields = plan.map_or_else(|| ReportFields::new_report(&view), ReportFields::of_report);
    let id = fields.entry();
    if !editing.may_edit(&id) {
        return Err(WebError::Forbidden);
    }
    match editing.editor().origin(&id) {
        // The page of a file's entry says where it is.
        Origin::File { .. } => return Ok(Redirect::to(&address_of(&id)).into_response()),
        Origin::Browser(entry) => fields.began_from = entry.revision.0.to_string(),
        Origin::Nowhere => {
            // A deleted one of that name has a revision, too.
            let deleted = editing.editor().entry(&id);
            fields.began_from =
                deleted.map_or_else(String::new, |entry| entry.revision.0.to_string());
        }
    }
    Ok(Html(build_page(&web, header, fields, plan.is_some())?.render()?).into_response())
}

pub(super) async fn save_report(
    State(web): State<WebState>,
    header: PageHeader,
    form: EditForm<ReportFields>,
) -> Result<Response, WebError> {
    let EditForm { editing, fields } = form;
    let id = fields.entry();
    let is_known = reports_of(&web)?
        .list()
        .iter()
        .any(|plan| plan.name == id.name);
    let began_from = match fields.began_from.as_str() {
        "" => None,
        text => Some(Revision(text.parse().map_err(|_| WebError::InvalidForm)?)),
    };
    let is_deleted = fields.action == "delete";
    let view_fault = find_view_fault(&fields.view).filter(|_| !is_deleted);
    let change = EntryChange {
        id,
        toml: (!is_deleted).then(|| fields.write()),
        began_from,
    };
    let refused = match view_fault {
        Some(fault) => Some((StatusCode::UNPROCESSABLE_ENTITY, vec![fault])),
        None => match editing.save(change).await? {
            Ok(()) => None,
            Err(SaveError::Invalid(faults)) => {
                let faults = faults.to_string().lines().map(str::to_owned).collect();
                Some((StatusCode::UNPROCESSABLE_ENTITY, faults))
            }
            Err(SaveError::Records(error)) => return Err(error.into()),
            Err(SaveError::Conflict(_)) => {
                let fault =
                    "Somebody else changed it meanwhile. Open it again to see their version.";
                Some((StatusCode::CONFLICT, vec![fault.to_owned()]))
            }
            Err(error) => Some((StatusCode::CONFLICT, vec![error.to_string()])),
        },
    };
    let Some((status, faults)) = refused else {
        return Ok(Redirect::to("/reports?done=saved").into_response());
    };
    let page = ReportPage {
        faults,
        ..build_page(&web, header, fields, is_known)?
    };
    Ok((status, Html(page.render()?)).into_response())
}

fn build_page(
    web: &WebState,
    header: PageHeader,
    fields: ReportFields,
    is_known: bool,
) -> Result<ReportPage, WebError> {
    Ok(ReportPage {
        build: assets::build_id(),
        form: header.form_token(),
        header,
        fields,
        is_known,
        faults: Vec::new(),
        channels: reports_of(web)?.channels(),
    })
}
