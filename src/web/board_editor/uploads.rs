//! The editor's form with the pictures that somebody chose. They are stored at once, so that the preview has them.

use std::collections::HashMap;

use axum::{
    extract::{FromRequest, FromRequestParts, Multipart, Request, multipart::MultipartError},
    http::{HeaderMap, header},
};
use jiff::Timestamp;

use wallboard_boards::PictureId;

use crate::{
    pictures::{PictureError, PictureFault},
    web::{
        WebError, WebState,
        access::editing::{EditForm, Editing},
        board_editor::board_form::{FormFields, field},
        server::request_framing::BODY_BYTES_MAX,
    },
};

/// The end of the name of a field with a file.
const FILE: &str = ".file";

/// The pictures of a form, by the widget's fields: their IDs, or why one can't be shown.
pub(super) type Uploads = HashMap<String, Result<PictureId, PictureFault>>;

/// A form of the editor, as every browser sends it.
pub(super) struct UploadForm {
    pub(super) editing: Editing,
    pub(super) fields: FormFields,
    pub(super) uploads: Uploads,
}

impl FromRequest<WebState> for UploadForm {
    type Rejection = WebError;

    async fn from_request(request: Request, web: &WebState) -> Result<Self, WebError> {
        if !has_files(request.headers()) {
            let EditForm { editing, fields } = EditForm::from_request(request, web).await?;
            let uploads = Uploads::default();
            return Ok(Self {
                editing,
                fields,
                uploads,
            });
        }
        let (mut parts, body) = request.into_parts();
        let editing = Editing::from_request_parts(&mut parts, web).await?;
        let request = Request::from_parts(parts, body);
        let sent = Multipart::from_request(request, web).await;
        let sent = sent.map_err(|_| WebError::InvalidForm)?;
        let (fields, files) = read_fields(sent).await?;
        editing.as_ref().check_form(field(&fields, "form"))?;
        let uploads = store_pictures(web, &editing, files).await?;
        Ok(Self {
            editing,
            fields,
            uploads,
        })
    }
}

fn has_files(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("multipart/form-data"))
}

/// Returns the fields, and the files by the beginning of their fields' names.
async fn read_fields(
    mut sent: Multipart,
) -> Result<(FormFields, Vec<(String, Vec<u8>)>), WebError> {
    let invalid = |_: MultipartError| WebError::InvalidForm;
    let (mut fields, mut files) = (FormFields::new(), Vec::new());
    let mut text_bytes = 0;
    while let Some(one) = sent.next_field().await.map_err(invalid)? {
        let name = one.name().unwrap_or_default().to_owned();
        let is_file = one.file_name().is_some();
        let bytes = one.bytes().await.map_err(invalid)?.to_vec();
        if !is_file {
            text_bytes += name.len() + bytes.len();
            if BODY_BYTES_MAX < text_bytes {
                return Err(WebError::InvalidForm);
            }
            let text = String::from_utf8(bytes).map_err(|_| WebError::InvalidForm)?;
            fields.insert(name, text);
        } else if let Some(place) = name.strip_suffix(FILE).filter(|_| !bytes.is_empty()) {
            files.push((place.to_owned(), bytes));
        }
    }
    Ok((fields, files))
}

async fn store_pictures(
    web: &WebState,
    editing: &Editing,
    files: Vec<(String, Vec<u8>)>,
) -> Result<Uploads, WebError> {
    let mut uploads = Uploads::default();
    for (place, bytes) in files {
        let pictures = web.pictures.as_ref().ok_or(WebError::NoSuchPage)?;
        let is_used = |id: &str| editing.uses_picture(id);
        let adding = pictures.add(bytes, is_used, editing.actor(), Timestamp::now());
        let added = match adding.await {
            Ok(id) => Ok(id),
            Err(PictureError::Fault(fault)) => Err(fault),
            Err(error) => return Err(error.into()),
        };
        uploads.insert(place, added);
    }
    Ok(uploads)
}
