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
    editing::{
        EntryChange, ExportedEntries, ImportPlan, MissingSecret, SaveError, SettingsFiles,
        UploadFault, write_entries,
    },
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
        server::{
            assets,
            request_framing::{TRANSFER_BYTES_MAX, TRANSFER_ROUTE, UPLOAD_BYTES_MAX},
        },
    },
};

use super::form_saving::refuse_all;

const DOWNLOAD_ROUTE: &str = "/settings/transfer.zip";
/// The place of faults in an upload.
const UPLOADED: &str = "settings.toml";
/// The beginning of the names of fields with boards.
const BOARD_FIELD: &str = "board.";
/// Likewise with secrets.
const SECRET_FIELD: &str = "secret.";

#[derive(Template)]
#[template(path = "settings_transfer.html")]
struct TransferPage {
    build: &'static str,
    header: PageHeader,
    form: String,
    saved: Option<String>,
    faults: Vec<RefusalLine>,
    /// An upload whose secrets have to be given.
    lacking: Option<SecretsView>,
    /// The changes that an upload would make.
    upload: Option<UploadView>,
}

/// An upload from another server, which lacks the secrets that were sealed there.
struct SecretsView {
    entries: ExportedEntries,
    secrets: Vec<MissingSecret>,
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
        .layer(DefaultBodyLimit::max(TRANSFER_BYTES_MAX))
}

async fn show_transfer(
    _: Editing,
    TranslatedHeader(header): TranslatedHeader,
    Query(query): Query<TransferQuery>,
) -> Result<Html<String>, WebError> {
    let saved = query.saved.map(|count| header.texts.import_saved(count));
    render_page(header, saved, Vec::new(), UploadStep::Choose)
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

/// How far an upload is.
enum UploadStep {
    /// No file is chosen yet.
    Choose,
    GiveSecrets(SecretsView),
    Confirm(UploadView),
}

/// Asks for the secrets that an upload lacks, shows what it would change, or saves what the page has shown.
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
    let texts = header.texts;
    let seen = editing.editor().newest_revision();
    // With the secrets that the page asked for, as far as somebody has them.
    let is_answer = fields.contains_key("toml");
    let (files, given) = if is_answer {
        let given = read_secrets(&fields);
        let files = SettingsFiles {
            entries: read_texts(fields),
            pictures: Vec::new(),
        };
        (files, given)
    } else {
        let upload = files.pop().map(|(_, upload)| upload).unwrap_or_default();
        let reading = spawn_blocking(move || SettingsFiles::read_upload(&upload));
        match reading.await.expect("no reader panics") {
            Ok(files) => (files, HashMap::new()),
            Err(fault) => {
                let text = match fault {
                    UploadFault::Unreadable => texts.import_unreadable(),
                    UploadFault::TooLarge => texts.import_too_large(),
                };
                return reject(header, vec![RefusalLine::new(texts, text)]);
            }
        }
    };
    let plan = plan_import(&editing, files.entries.clone(), seen, &given);
    let plan = match plan {
        Ok(plan) => plan,
        Err(error) => return refuse_import(header, error),
    };
    let is_asking = !is_answer && !plan.missing.is_empty();
    let mut faults = Vec::new();
    if !is_asking && let Err(refused) = editing.check(&plan.changes).await? {
        faults = fault_lines(&refused);
    }
    if faults.is_empty() {
        // Boards show none that isn't there.
        faults = import_pictures(&web, &editing, files.pictures).await?;
    }
    if !faults.is_empty() {
        return reject(header, faults);
    }
    let step = if is_asking {
        UploadStep::GiveSecrets(SecretsView {
            entries: files.entries,
            secrets: plan.missing,
        })
    } else {
        UploadStep::Confirm(view_upload(texts, &web, &editing, plan, seen))
    };
    Ok(render_page(header, None, Vec::new(), step)?.into_response())
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
    let given = HashMap::new();
    let plan = match plan_import(editing, entries.clone(), seen, &given) {
        Ok(plan) => plan,
        Err(error) => return refuse_import(header, error),
    };
    // Somebody deleted or moved an entry whose secrets would have stayed.
    if !plan.missing.is_empty() {
        let lacking = SecretsView {
            entries,
            secrets: plan.missing,
        };
        let page = render_page(header, None, Vec::new(), UploadStep::GiveSecrets(lacking))?;
        return Ok((StatusCode::CONFLICT, page).into_response());
    }
    let count = plan.changes.len();
    let Err(error) = editing.save_all(plan.changes.clone()).await? else {
        let page = format!("{TRANSFER_ROUTE}?saved={count}");
        return Ok(Redirect::to(&page).into_response());
    };
    // The page compares each entry with theirs, from now on.
    let refusal = refuse_all(texts, web, error, &plan.changes)?;
    let seen = editing.editor().newest_revision();
    let upload = match plan_import(editing, entries, seen, &given) {
        Ok(plan) => view_upload(texts, web, editing, plan, seen),
        Err(error) => return refuse_import(header, error),
    };
    let page = render_page(header, None, refusal.faults, UploadStep::Confirm(upload))?;
    Ok((refusal.status, page).into_response())
}

/// `given` are secrets in clear, by their paths.
fn plan_import(
    editing: &Editing,
    entries: ExportedEntries,
    seen: Revision,
    given: &HashMap<String, String>,
) -> Result<ImportPlan, SaveError> {
    let given = |secret: &MissingSecret| given.get(&secret.path).cloned();
    (editing.editor()).changes_to(entries, Path::new(UPLOADED), seen, given)
}

fn refuse_import(header: PageHeader, error: SaveError) -> Result<Response, WebError> {
    let faults = match error {
        SaveError::Invalid(faults) => fault_lines(&faults),
        error => vec![RefusalLine::english(error.to_string())],
    };
    reject(header, faults)
}

/// The secrets that somebody typed, by their paths.
fn read_secrets(fields: &HashMap<String, String>) -> HashMap<String, String> {
    let secrets = fields.iter().filter_map(|(name, text)| {
        let text = text.replace("\r\n", "\n");
        let path = name.strip_prefix(SECRET_FIELD)?;
        Some((path.to_owned(), text.trim().to_owned()))
    });
    secrets.filter(|(_, text)| !text.is_empty()).collect()
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
    plan: ImportPlan,
    seen: Revision,
) -> UploadView {
    let writer = DifferenceWriter::new(texts, web);
    let changes = plan.changes.iter().map(|change: &EntryChange| {
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
        entries: plan.entries,
    }
}

fn fault_lines(faults: &ConfigFaults) -> Vec<RefusalLine> {
    let faults = faults.to_string();
    faults.lines().map(RefusalLine::english).collect()
}

fn reject(header: PageHeader, faults: Vec<RefusalLine>) -> Result<Response, WebError> {
    let page = render_page(header, None, faults, UploadStep::Choose)?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

fn render_page(
    header: PageHeader,
    saved: Option<String>,
    faults: Vec<RefusalLine>,
    step: UploadStep,
) -> Result<Html<String>, WebError> {
    let (lacking, upload) = match step {
        UploadStep::Choose => (None, None),
        UploadStep::GiveSecrets(lacking) => (Some(lacking), None),
        UploadStep::Confirm(upload) => (None, Some(upload)),
    };
    let page = TransferPage {
        build: assets::build_id(),
        form: header.form_token(),
        header,
        saved,
        faults,
        lacking,
        upload,
    };
    Ok(Html(page.render()?))
}
