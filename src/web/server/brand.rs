//! The company's logo and color, from the configuration.

use axum::{Router, body::Body, extract::State, http::HeaderMap, response::Response, routing::get};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use wallboard_boards::PictureId;
use wallboard_domain::Logo;

use crate::web::{WebError, WebState, server::assets::tagged_response};

pub(in crate::web) fn routes() -> Router<WebState> {
    Router::new()
        .route("/brand/logo", get(serve_logo))
        .route("/brand/style.css", get(serve_style))
}

async fn serve_logo(State(web): State<WebState>, headers: HeaderMap) -> Result<Response, WebError> {
    let brand = web
        .live
        .read_snapshot(|snapshot, _| snapshot.site.brand.clone());
    match brand.logo.ok_or(WebError::NoSuchPage)? {
        Logo::File(logo) => Ok(respond(logo.media_type, logo.bytes.clone(), &headers)),
        Logo::Picture(id) => {
            let id = PictureId::parse(&id).ok_or(WebError::NoSuchPage)?;
            let pictures = web.pictures.as_ref().ok_or(WebError::NoSuchPage)?;
            let picture = pictures.find(&id).await?.ok_or(WebError::NoSuchPage)?;
            let media_type = picture.media_type();
            Ok(respond(media_type, picture.bytes.to_vec(), &headers))
        }
    }
}

/// Served as a file because pages allow no style of their own.
async fn serve_style(
    State(web): State<WebState>,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let brand = web
        .live
        .read_snapshot(|snapshot, _| snapshot.site.brand.clone());
    let accent = brand.accent.ok_or(WebError::NoSuchPage)?;
    let style = format!(":root{{--brand:{accent}}}");
    Ok(respond(
        "text/css; charset=utf-8",
        style.into_bytes(),
        &headers,
    ))
}

/// A new configuration changes them at any time, so browsers ask whether it did.
fn respond(media_type: &'static str, bytes: Vec<u8>, headers: &HeaderMap) -> Response {
    let tag = HEXLOWER.encode(&Sha256::digest(&bytes)[..16]);
    tagged_response(|| Body::from(bytes), media_type, &tag, false, headers)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use axum::http::{Request, StatusCode, header};

    use crate::web::tests::{router_of, send_request, test_site};
    use wallboard_domain::{Brand, Logo, LogoFile, SiteConfig};

    #[tokio::test]
    async fn browsers_keep_the_brand_until_it_changes() {
        let logo = |bytes: &[u8]| {
            Logo::File(Arc::new(LogoFile {
                media_type: "image/png",
                bytes: bytes.to_vec(),
            }))
        };
        let router = |bytes: &[u8]| {
            let brand = Brand {
                logo: Some(logo(bytes)),
                accent: Some("#336699".to_owned()),
                ..Brand::default()
            };
            router_of(
                SiteConfig {
                    brand,
                    ..test_site()
                },
                Vec::new(),
            )
        };
        let (site, changed) = (router(b"one"), router(b"two"));
        for (path, changes) in [("/brand/logo", true), ("/brand/style.css", false)] {
            let first = send_request(&site, Request::get(path)).await;
            let tag = first.headers()[header::ETAG].clone();
            let ask = |router| {
                let request = Request::get(path).header(header::IF_NONE_MATCH, tag.clone());
                send_request(router, request)
            };
            assert_eq!(ask(&site).await.status(), StatusCode::NOT_MODIFIED);
            let is_sent = ask(&changed).await.status() == StatusCode::OK;
            assert_eq!(is_sent, changes, "{path}");
        }
    }
}
