//! The editor's form with the pictures that somebody chose. They are stored at once, so that the preview has them.

use std::collections::HashMap;

use axum::extract::{FromRequest, Request};
use jiff::Timestamp;

use wallboard_boards::PictureId;

use crate::{
    pictures::{PictureError, PictureFault},
    web::{
        WebError, WebState,
        access::{editing::Editing, multipart_form::MultipartForm},
        board_editor::board_form::FormFields,
    },
};

/// A board as long as an entry may be, and a form that says everything three times.
const TEXT_BYTES_MAX: usize = 500_000;
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
        let MultipartForm {
            editing,
            fields,
            files,
        } = MultipartForm::<TEXT_BYTES_MAX>::from_request(request, web).await?;
        let uploads = store_pictures(web, &editing, files).await?;
        Ok(Self {
            editing,
            fields,
            uploads,
        })
    }
}

async fn store_pictures(
    web: &WebState,
    editing: &Editing,
    files: Vec<(String, Vec<u8>)>,
) -> Result<Uploads, WebError> {
    let mut uploads = Uploads::default();
    for (name, bytes) in files {
        let Some(place) = name.strip_suffix(FILE) else {
            continue;
        };
        let added = store_picture(web, editing, bytes).await?;
        uploads.insert(place.to_owned(), added);
    }
    Ok(uploads)
}

/// Stores a picture that somebody chose.
pub(in crate::web) async fn store_picture(
    web: &WebState,
    editing: &Editing,
    bytes: Vec<u8>,
) -> Result<Result<PictureId, PictureFault>, WebError> {
    let pictures = web.pictures.as_ref().ok_or(WebError::NoSuchPage)?;
    let is_used = |id: &str| editing.uses_picture(id);
    let adding = pictures.add(bytes, is_used, editing.actor(), Timestamp::now());
    match adding.await {
        Ok(id) => Ok(Ok(id)),
        Err(PictureError::Fault(fault)) => Ok(Err(fault)),
        Err(error) => Err(error.into()),
    }
}
