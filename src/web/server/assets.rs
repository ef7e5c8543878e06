//! Scripts, styles and icons, embedded in the binary.

use std::{collections::HashMap, io::Write, sync::LazyLock};

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use data_encoding::HEXLOWER;
use flate2::{Compression, write::GzEncoder};
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

use super::{bundles::bundled_assets, minify};

#[derive(RustEmbed)]
#[folder = "static/"]
struct Assets;

/// The templates, so that the build ID changes with them.
#[derive(RustEmbed)]
#[folder = "templates/"]
struct TemplateFiles;

/// The build ID, which changes with the pages, styles and scripts.
pub fn build_id() -> &'static str {
    static BUILD: LazyLock<String> = LazyLock::new(|| {
        let mut hash = Sha256::new();
        hash.update(env!("CARGO_PKG_VERSION"));
        for name in Assets::iter() {
            hash.update(Assets::get(&name).map_or([0; 32], |file| file.metadata.sha256_hash()));
        }
        for name in TemplateFiles::iter() {
            hash.update(
                TemplateFiles::get(&name).map_or([0; 32], |file| file.metadata.sha256_hash()),
            );
        }
        HEXLOWER.encode(&hash.finalize()[..4])
    });
    &BUILD
}

/// Answers with a file; `None` if there is none.
pub(super) fn asset_response(path: &str, is_final: bool, headers: &HeaderMap) -> Option<Response> {
    let asset = SERVED.get(path)?;
    let is_compressed = accepts_gzip(headers);
    let bytes = if is_compressed {
        &asset.compressed
    } else {
        &asset.plain
    };
    let body = || Body::from(bytes.clone());
    let mut response = tagged_response(body, mime_type(path), &asset.tag, is_final, headers);
    let answer = response.headers_mut();
    answer.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if is_compressed {
        answer.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    Some(response)
}

fn accepts_gzip(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT_ENCODING);
    let accepted = accepted.and_then(|accepted| accepted.to_str().ok());
    (accepted.unwrap_or_default().split(',')).any(|encoding| encoding.trim() == "gzip")
}

/// A file as browsers get it. Compressed once, and therefore as well as can be.
struct ServedAsset {
    plain: Bytes,
    compressed: Bytes,
    tag: String,
}

static SERVED: LazyLock<HashMap<String, ServedAsset>> = LazyLock::new(|| {
    let files = Assets::iter().map(|path| {
        let text = minify_asset(&path, read_asset(&path));
        (path.into_owned(), text)
    });
    (files.chain(bundled_assets()))
        .map(|(path, text)| {
            let asset = ServedAsset {
                compressed: gzip(text.as_bytes()).into(),
                tag: HEXLOWER.encode(&Sha256::digest(&text)[..16]),
                plain: text.into(),
            };
            (path, asset)
        })
        .collect()
});

/// The text of a file in `static/`.
pub(super) fn read_asset(path: &str) -> String {
    let file = Assets::get(path).expect("file is embedded");
    String::from_utf8(file.data.into_owned()).expect("scripts, styles and icons are text")
}

fn minify_asset(path: &str, text: String) -> String {
    match path.rsplit_once('.').map(|(_, kind)| kind) {
        Some("js") => minify::strip_indentation(&text),
        Some("css") => minify::strip_style(&text),
        _ => text,
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    (encoder.write_all(bytes).and_then(|()| encoder.finish())).expect("memory takes every byte")
}

/// A file that browsers keep: for good, or until its tag changes.
pub(in crate::web) fn tagged_response(
    body: impl FnOnce() -> Body,
    media_type: &'static str,
    tag: &str,
    is_final: bool,
    headers: &HeaderMap,
) -> Response {
    // Weak, because compressed and plain responses share it.
    let tag = format!("W/\"{tag}\"");
    let cache = if is_final {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let known = headers
        .get(header::IF_NONE_MATCH)
        .and_then(|tags| tags.to_str().ok())
        .is_some_and(|tags| tags.split(',').any(|known| known.trim() == tag));
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        body().into_response()
    };
    let answer = response.headers_mut();
    answer.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    answer.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    answer.insert(
        header::ETAG,
        HeaderValue::try_from(tag).expect("ETag is quoted hexadecimal"),
    );
    response
}

fn mime_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, kind)| kind) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use crate::web::tests::{router_after, send_request};

    use super::*;

    #[tokio::test]
    async fn asset_of_this_build_is_cached_and_revalidated() {
        let router = router_after(Vec::new());
        let path = format!("/static/desk/desk.css?v={}", build_id());
        let response = send_request(&router, Request::get(&path)).await;
        let cache = response.headers()[header::CACHE_CONTROL].clone();
        let tag = response.headers()[header::ETAG].clone();

        let revalidation = Request::get("/static/desk/desk.css").header(header::IF_NONE_MATCH, tag);
        let revalidation = send_request(&router, revalidation).await;

        assert_eq!(cache, "public, max-age=31536000, immutable");
        assert_eq!(revalidation.status(), StatusCode::NOT_MODIFIED);
        assert_eq!(revalidation.headers()[header::CACHE_CONTROL], "no-cache");
    }
}
