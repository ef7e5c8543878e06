//! Scripts, styles and icons, embedded in the binary.

use std::{borrow::Cow, sync::LazyLock};

use axum::{
    Router,
    body::Body,
    extract::{Path, RawQuery},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use data_encoding::HEXLOWER;
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

use crate::web::{WebState, error::WebError};

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

pub(in crate::web) fn routes() -> Router<WebState> {
    Router::new()
        .route("/static/{*path}", get(serve_asset))
        .route(
            "/favicon.ico",
            get(async |headers| asset_response("icon.svg", false, &headers)),
        )
}

async fn serve_asset(
    Path(path): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    // An address with the current build ID never needs revalidation.
    let is_final = query.is_some_and(|query| query.strip_prefix("v=") == Some(build_id()));
    asset_response(&path, is_final, &headers)
}

fn asset_response(path: &str, is_final: bool, headers: &HeaderMap) -> Result<Response, WebError> {
    let file = Assets::get(path).ok_or(WebError::NoSuchPage)?;
    let tag = HEXLOWER.encode(&file.metadata.sha256_hash()[..16]);
    let body = || Body::from(minify_asset(path, file.data));
    Ok(tagged_response(
        body,
        mime_type(path),
        &tag,
        is_final,
        headers,
    ))
}

/// A file that browsers keep: for good, or until its tag changes.
pub(super) fn tagged_response(
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

/// Removes comments and whitespace that no screen needs to load.
fn minify_asset(path: &str, file: Cow<'static, [u8]>) -> Cow<'static, [u8]> {
    let Ok(text) = std::str::from_utf8(&file) else {
        return file;
    };
    let lean = match path.rsplit_once('.').map(|(_, kind)| kind) {
        Some("js") => (text.split_inclusive('\n').map(str::trim_start))
            .filter(|line| !line.starts_with("//"))
            .collect(),
        Some("css") => strip_whitespace(&strip_comments(text)),
        _ => return file,
    };
    Cow::Owned(String::into_bytes(lean))
}

fn strip_comments(style: &str) -> String {
    let mut parts = style.split("/*");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |lean, part| {
        lean + part.split_once("*/").map_or("", |(_, after)| after)
    })
}

/// No quoted text has a space next to these.
fn strip_whitespace(style: &str) -> String {
    let lines = style.split_inclusive('\n').map(str::trim_start);
    let lean: String = lines.collect();
    ["{", ";", ":", ","]
        .iter()
        .fold(lean, |lean, sign| lean.replace(&format!("{sign} "), sign))
        .replace(" {", "{")
        .replace(" }", "}")
}

fn mime_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, kind)| kind) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml; charset=utf-8",
        Some("png") => "image/png",
        Some("webmanifest") => "application/manifest+json; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use crate::web::tests::{router_after, send_request};

    use super::*;

    #[test]
    fn minified_assets_have_no_comments_or_indentation() {
        let served = |path, text: &'static str| {
            String::from_utf8(minify_asset(path, text.as_bytes().into()).into_owned()).unwrap()
        };

        assert_eq!(
            served("a.js", "// why\nf('http://x');\n  // so\n\n  g();\n"),
            "f('http://x');\ng();\n"
        );
        assert_eq!(
            served("a.css", "/* why */a { b: c; }/*\n*/\n  b{}"),
            "a{b:c;}\nb{}"
        );
        assert_eq!(served("a.svg", "<!-- // --><svg/>"), "<!-- // --><svg/>");
    }

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
