//! Script, style and icons, inside the binary.

use std::{borrow::Cow, fmt::Write, sync::LazyLock};

use axum::{
    Router,
    body::Body,
    extract::{Path, RawQuery},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

use super::{WebState, error::WebError};

#[derive(RustEmbed)]
#[folder = "static/"]
struct Assets;

/// What pages are made of, so that the build's name changes with them.
#[derive(RustEmbed)]
#[folder = "templates/"]
struct TemplateFiles;

/// Names this build: another one has other pages, styles or scripts.
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
        to_hex(&hash.finalize()[..4])
    });
    &BUILD
}

pub(super) fn routes() -> Router<WebState> {
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
    // An address with the build in it is never asked for again.
    let is_final = query.is_some_and(|query| query.strip_prefix("v=") == Some(build_id()));
    asset_response(&path, is_final, &headers)
}

fn asset_response(path: &str, is_final: bool, headers: &HeaderMap) -> Result<Response, WebError> {
    let file = Assets::get(path).ok_or(WebError::NoSuchPage)?;
    // Weak: compressed and plain answers have it alike.
    let tag = format!("W/\"{}\"", to_hex(&file.metadata.sha256_hash()[..16]));
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
        Body::from(minify_asset(path, file.data)).into_response()
    };
    let answer = response.headers_mut();
    answer.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(mime_type(path)),
    );
    answer.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    answer.insert(
        header::ETAG,
        HeaderValue::try_from(tag).expect("hexadecimal digits in quotes"),
    );
    Ok(response)
}

/// Without the comments and air of scripts and styles, which no screen needs to load.
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

/// No text in quotes has a space beside these.
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

fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        write!(text, "{byte:02x}").ok();
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_air_stay_at_home() {
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
}
