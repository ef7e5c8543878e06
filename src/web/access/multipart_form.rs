//! Forms with files, that only a page of ours can have sent.

use std::collections::HashMap;

use axum::{
    extract::{FromRequest, FromRequestParts, Multipart, Request, multipart::MultipartError},
    http::{HeaderMap, header},
};

use crate::web::{
    WebError, WebState,
    access::editing::{EditForm, Editing},
};

/// A form that may have files. With files, its texts together have at most so many bytes.
pub(in crate::web) struct MultipartForm<const TEXT_BYTES_MAX: usize> {
    pub(in crate::web) editing: Editing,
    pub(in crate::web) fields: HashMap<String, String>,
    /// Those that were chosen, each with its field's name.
    pub(in crate::web) files: Vec<(String, Vec<u8>)>,
}

impl<const TEXT_BYTES_MAX: usize> FromRequest<WebState> for MultipartForm<TEXT_BYTES_MAX> {
    type Rejection = WebError;

    async fn from_request(request: Request, web: &WebState) -> Result<Self, WebError> {
        if !is_multipart(request.headers()) {
            let EditForm { editing, fields } = EditForm::from_request(request, web).await?;
            let files = Vec::new();
            return Ok(Self {
                editing,
                fields,
                files,
            });
        }
        let (mut parts, body) = request.into_parts();
        let editing = Editing::from_request_parts(&mut parts, web).await?;
        let request = Request::from_parts(parts, body);
        let sent = Multipart::from_request(request, web).await;
        let mut sent = sent.map_err(|_| WebError::InvalidForm)?;
        let invalid = |_: MultipartError| WebError::InvalidForm;
        let (mut fields, mut files) = (HashMap::new(), Vec::new());
        let mut text_bytes = 0;
        while let Some(one) = sent.next_field().await.map_err(invalid)? {
            let name = one.name().unwrap_or_default().to_owned();
            let is_file = one.file_name().is_some();
            let bytes = one.bytes().await.map_err(invalid)?.to_vec();
            if is_file {
                files.extend(Some((name, bytes)).filter(|(_, bytes)| !bytes.is_empty()));
                continue;
            }
            text_bytes += name.len() + bytes.len();
            if TEXT_BYTES_MAX < text_bytes {
                return Err(WebError::InvalidForm);
            }
            let text = String::from_utf8(bytes).map_err(|_| WebError::InvalidForm)?;
            fields.insert(name, text);
        }
        let token = fields.get("form").map_or("", String::as_str);
        editing.as_ref().check_form(token)?;
        Ok(Self {
            editing,
            fields,
            files,
        })
    }
}

/// Scripts send one without files as other forms are sent.
fn is_multipart(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("multipart/form-data"))
}
