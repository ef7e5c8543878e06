//! `/settings/transfer`: everything that was made in the browser as a file, and such a file back, with what it would
//! change before it's saved.

use std::{collections::HashMap, path::Path};

use askama::Template;
use axum::{
    Router,
    extract::{DefaultBodyLimit, Query, State},
    http::{HeaderName, StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
    routing::get,
};
use jiff::Timestamp;
use serde::Deserialize;
use tokio::task::spawn_blocking;

use wallboard_access::AuditAction;
use wallboard_store::Revision;
use wallboard_texts::Texts;
use wallboard_toml_reader::ConfigFaults;

use crate::{
    editing::{EntryChange, ExportedEntries, SettingsFiles, UploadFault, write_entries},
    pictures::PictureError,
    web::{
        WebError, WebState,
        access::{audited::Audited, editing::Editing, multipart_form::MultipartForm},
        differences::{DifferenceWriter, EntryDifference},
        parts::{
            page_header::{PageHeader, TranslatedHeader},
            refusal_line::RefusalLine,
            sentence::SentencePiece,
        },
        server::{assets, request_framing::UPLOAD_BYTES_MAX},
    },
};

use super::form_saving::refuse;

/// The address of the page.
const TRANSFER_ROUTE: &str = "/settings/transfer";
const DOWNLOAD_ROUTE: &str = "/settings/transfer.zip";
/// The place of faults in an upload.
const UPLOADED: &str = "settings.toml";
/// The beginning of the names of fields with boards.
const BOARD_FIELD: &str = "board.";

#[derive(Template)]
#[template(path = "settings_transfer.html")]
struct TransferPage {
    build: &'static str,
    header: PageHeader,
    form: String,
    saved: Option<String>,
    faults: Vec<RefusalLine>,
    /// The changes that an upload would make.
    upload: Option<UploadView>,
}

/// An upload that isn't saved yet.
struct UploadView {
    entries: ExportedEntries,
    /// The revision of all entries as this page shows them.
    seen: u64,
    changes: Vec<ChangeView>,
}

struct ChangeView {
    /// "Thresholds"
    label: String,
    id: String,
    is_new: bool,
    difference: EntryDifference,
}

#[derive(Deserialize)]
struct TransferQuery {
    /// How many entries were just saved.
    saved: Option<usize>,
}

/// The texts of a form are those of an upload.
type TransferForm = MultipartForm<UPLOAD_BYTES_MAX>;

pub(super) fn routes() -> Router<WebState> {
    Router::new()
        .route(TRANSFER_ROUTE, get(show_transfer).post(import))
        .route(DOWNLOAD_ROUTE, get(download))
        .layer(DefaultBodyLimit::max(UPLOAD_BYTES_MAX))
}

async fn show_transfer(
    _: Editing,
    TranslatedHeader(header): TranslatedHeader,
    Query(query): Query<TransferQuery>,
) -> Result<Html<String>, WebError> {
    let saved = query.saved.map(|count| header.texts.import_saved(count));
    render_page(header, saved, Vec::new(), None)
}

async fn download(State(web): State<WebState>, editing: Editing) -> Result<Response, WebError> {
    let mut files = SettingsFiles {
        entries: write_entries(&editing.editor().entries()),
        pictures: Vec::new(),
    };
    if let Some(pictures) = &web.pictures {
        let pictures = pictures.list().await?.into_iter();
        let pictures = pictures.map(|picture| (picture.file_name(), picture.bytes.to_vec()));
        files.pictures = pictures.collect();
    }
    let zip = files.to_zip();
    let zip = zip.map_err(|error| WebError::File(error.to_string()))?;
    let head: [(HeaderName, &str); 2] = [
        (header::CONTENT_TYPE, "application/zip"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"wallboard-settings.zip\"",
        ),
    ];
    Ok(Audited::new(AuditAction::Exported, DOWNLOAD_ROUTE).mark((head, zip)))
}

/// Shows what an upload would change, or saves what the page has shown.
async fn import(
    State(web): State<WebState>,
    TranslatedHeader(header): TranslatedHeader,
    form: TransferForm,
) -> Result<Response, WebError> {
    let MultipartForm {
        editing,
        fields,
        mut files,
    } = form;
    if fields.get("action").is_some_and(|action| action == "save") {
        return save(&web, &editing, header, fields).await;
    }
    let upload = files.pop().map(|(_, upload)| upload).unwrap_or_default();
    let reading = spawn_blocking(move || SettingsFiles::read_upload(&upload));
    let read = reading.await.expect("no reader panics");
    let texts = header.texts;
    let files = match read {
        Ok(files) => files,
        Err(fault) => {
            let text = match fault {
                UploadFault::Unreadable => texts.import_unreadable(),
                UploadFault::TooLarge => texts.import_too_large(),
            };
            return reject(header, vec![RefusalLine::new(texts, text)]);
        }
    };
    let seen = editing.editor().newest_revision();
    let changes = editing
        .editor()
        .changes_to(files.entries.clone(), Path::new(UPLOADED), seen);
    let changes = match changes {
        Ok(changes) => changes,
        Err(faults) => return reject(header, fault_lines(&faults)),
    };
    let mut faults = match editing.check(&changes).await? {
        Ok(_) => Vec::new(),
        Err(faults) => fault_lines(&faults),
    };
    if faults.is_empty() {
        // Boards show none that isn't there.
        faults = import_pictures(&web, &editing, files.pictures).await?;
    }
    if !faults.is_empty() {
        return reject(header, faults);
    }
    let upload = view_upload(texts, &web, &editing, files.entries, seen, &changes);
    Ok(render_page(header, None, Vec::new(), Some(upload))?.into_response())
}

async fn save(
    web: &WebState,
    editing: &Editing,
    header: PageHeader,
    fields: HashMap<String, String>,
) -> Result<Response, WebError> {
    let texts = header.texts;
    let seen = fields.get("seen").and_then(|seen| seen.parse().ok());
    let seen = Revision(seen.ok_or(WebError::InvalidForm)?);
    let entries = read_texts(fields);
    let (editor, file) = (editing.editor(), Path::new(UPLOADED));
    let changes = match editor.changes_to(entries.clone(), file, seen) {
        Ok(changes) => changes,
        Err(faults) => return reject(header, fault_lines(&faults)),
    };
    let count = changes.len();
    let Err(error) = editing.save_all(changes).await? else {
        let page = format!("{TRANSFER_ROUTE}?saved={count}");
        return Ok(Redirect::to(&page).into_response());
    };
    let (status, faults) = refuse(error, |theirs| {
        RefusalLine::new(texts, texts.entry_conflict_look(theirs.id.to_string()))
    })?;
    // Compared with theirs, from now on.
    let seen = editor.newest_revision();
    let upload = match editor.changes_to(entries.clone(), file, seen) {
        Ok(changes) => view_upload(texts, web, editing, entries, seen, &changes),
        Err(faults) => return reject(header, fault_lines(&faults)),
    };
    let page = render_page(header, None, faults, Some(upload))?;
    Ok((status, page).into_response())
}

/// The texts of the page's form.
fn read_texts(fields: HashMap<String, String>) -> ExportedEntries {
    let mut entries = ExportedEntries::default();
    for (name, text) in fields {
        // Browsers send line ends of their own.
        let text = text.replace("\r\n", "\n");
        if let Some(id) = name.strip_prefix(BOARD_FIELD) {
            entries.boards.push((id.to_owned(), text));
        } else if name == "toml" {
            entries.toml = text;
        }
    }
    entries
}

/// Returns why pictures can't be added, each by its name.
async fn import_pictures(
    web: &WebState,
    editing: &Editing,
    pictures: Vec<(String, Vec<u8>)>,
) -> Result<Vec<RefusalLine>, WebError> {
    let mut faults = Vec::new();
    for (name, bytes) in pictures {
        let stored = web.pictures.as_ref().ok_or(WebError::NoSuchPage)?;
        let importing = stored.import_file(bytes, editing.actor(), Timestamp::now());
        match importing.await {
            Ok(()) => {}
            Err(PictureError::Fault(fault)) => {
                faults.push(RefusalLine::english(format!("{name}: {fault}")));
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(faults)
}

fn view_upload(
    texts: &'static Texts,
    web: &WebState,
    editing: &Editing,
    entries: ExportedEntries,
    seen: Revision,
    changes: &[EntryChange],
) -> UploadView {
    let writer = DifferenceWriter::new(texts, web);
    let changes = changes.iter().map(|change| {
        let current = editing.editor().text(&change.id);
        ChangeView {
            label: texts.section_label(<&str>::from(change.id.section)),
            id: change.id.to_string(),
            is_new: current.is_none(),
            difference: writer.compare(&change.id, current.as_deref(), change.toml.as_deref()),
        }
    });
    UploadView {
        changes: changes.collect(),
        seen: seen.0,
        entries,
    }
}

fn fault_lines(faults: &ConfigFaults) -> Vec<RefusalLine> {
    let faults = faults.to_string();
    faults.lines().map(RefusalLine::english).collect()
}

fn reject(header: PageHeader, faults: Vec<RefusalLine>) -> Result<Response, WebError> {
    let page = render_page(header, None, faults, None)?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

fn render_page(
    header: PageHeader,
    saved: Option<String>,
    faults: Vec<RefusalLine>,
    upload: Option<UploadView>,
) -> Result<Html<String>, WebError> {
    let page = TransferPage {
        build: assets::build_id(),
        form: header.form_token(),
        header,
        saved,
        faults,
        upload,
    };
    Ok(Html(page.render()?))
}
