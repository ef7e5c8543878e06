//! Pictures of boards: who may upload them, who gets them, and with which headers.

use std::io::Cursor;

use axum::{
    body::{Body, to_bytes},
    http::{Request, StatusCode, header},
    response::Response,
};
use image::{ImageFormat, RgbImage};
use tower::ServiceExt;

use wallboard_access::Role;

use crate::web::access::reader_texts::PSEUDO;

use super::{
    PageResponse, assert_contains, assert_contains_none,
    login_site::{LoginSite, with_cookie},
    read_page, send_request,
    translation::assert_translated,
};

const BOUNDARY: &str = "XyZzY";

fn picture() -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    RgbImage::new(4, 2)
        .write_to(&mut bytes, ImageFormat::Png)
        .unwrap();
    bytes.into_inner()
}

/// The body of a form with a file.
fn multipart(fields: &[(&str, &str)], field: &str, file: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in fields {
        let part = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
        );
        body.extend(part.into_bytes());
    }
    let head = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"menu.png\"\r\n\
         Content-Type: image/png\r\n\r\n"
    );
    body.extend(head.into_bytes());
    body.extend(file);
    body.extend(format!("\r\n--{BOUNDARY}--\r\n").into_bytes());
    body
}

async fn form_token(site: &LoginSite, cookie: &str) -> String {
    let page = site.get("/boards/queues/edit", Some(cookie)).await.text;
    let (_, rest) = page.split_once("name=\"form\" value=\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

async fn send(site: &LoginSite, path: &str, cookie: Option<&str>, body: Vec<u8>) -> PageResponse {
    let request = with_cookie(Request::post(path), cookie)
        .header("sec-fetch-site", "same-origin")
        .header(header::ACCEPT_LANGUAGE, PSEUDO)
        .header(
            header::CONTENT_TYPE,
            format!("multipart/form-data; boundary={BOUNDARY}"),
        )
        .body(Body::from(body));
    let response = site.router.clone().oneshot(request.unwrap()).await;
    read_page(response.unwrap()).await
}

/// Sends the editor's form with a picture to add.
async fn upload(site: &LoginSite, cookie: &str, file: &[u8]) -> PageResponse {
    let token = form_token(site, cookie).await;
    let fields = [
        ("form", &*token),
        ("id", "kitchen"),
        ("title", "Support"),
        ("show.0", "waiting"),
        ("add.widgets", "picture"),
        ("add.widgets.alt", "Anna"),
        ("do", "add"),
    ];
    let body = multipart(&fields, "add.widgets.file", file);
    send(site, "/boards/preview", Some(cookie), body).await
}

/// The address of the picture in an editor's page.
fn address_in(page: &str) -> String {
    let (_, rest) = page.split_once("src=\"/pictures/").unwrap();
    format!("/pictures/{}", rest.split('"').next().unwrap())
}

async fn get(site: &LoginSite, path: &str, cookie: Option<&str>) -> Response {
    send_request(&site.router, with_cookie(Request::get(path), cookie)).await
}

#[tokio::test]
async fn supervisors_upload_pictures_and_who_sees_boards_gets_them() {
    let site = LoginSite::with_users().await;
    let supervisor = site.cookie_of(Role::Supervisor).await;
    let viewer = site.cookie_of(Role::Viewer).await;
    let added = upload(&site, &supervisor, &picture()).await;
    assert_eq!(added.status, StatusCode::OK);
    assert_contains(&added.text, &["name=\"widgets.0\" value=\"{ picture ="]);
    assert_contains_none(&added.text, &["class=\"error\""]);
    assert_translated(&added, "a picture");
    let address = address_in(&added.text);

    for cookie in [&viewer, &supervisor] {
        let response = get(&site, &address, Some(cookie)).await;
        assert_eq!(response.status(), StatusCode::OK);
        for (name, value) in [
            ("content-type", "image/png"),
            ("x-content-type-options", "nosniff"),
            ("cache-control", "private, max-age=31536000, immutable"),
            ("content-security-policy", "default-src 'none'; sandbox"),
        ] {
            assert_eq!(response.headers()[name], value);
        }
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        let shown = image::load_from_memory(&bytes).unwrap();
        assert_eq!((shown.width(), shown.height()), (4, 2));
    }
    let stranger = get(&site, &address, None).await;
    assert_eq!(stranger.status(), StatusCode::UNAUTHORIZED);
    for missing in [
        "0".repeat(32),
        "..%2Fwallboard.db".to_owned(),
        "x".to_owned(),
    ] {
        let path = format!("/pictures/{missing}");
        let response = get(&site, &path, Some(&viewer)).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
    }
    let trail = site
        .get("/audit", Some(&site.cookie_of(Role::Admin).await))
        .await;
    assert_contains(&trail.text, &["added picture"]);
}

#[tokio::test]
async fn viewers_strangers_and_forged_forms_upload_nothing() {
    let site = LoginSite::with_users().await;
    let supervisor = site.cookie_of(Role::Supervisor).await;
    let viewer = site.cookie_of(Role::Viewer).await;
    let token = form_token(&site, &supervisor).await;
    for (cookie, token, status) in [
        (Some(&viewer), &*token, StatusCode::FORBIDDEN),
        (None, &*token, StatusCode::UNAUTHORIZED),
        (Some(&supervisor), "", StatusCode::FORBIDDEN),
    ] {
        let fields = [
            ("form", token),
            ("title", "Support"),
            ("add.widgets", "picture"),
        ];
        let body = multipart(&fields, "add.widgets.file", &picture());
        let cookie = cookie.map(String::as_str);
        let refused = send(&site, "/boards/preview", cookie, body).await;
        assert_eq!(refused.status, status);
    }
    let stored = site.pictures.list().await.unwrap();
    assert!(stored.is_empty(), "{stored:?}");
}

#[tokio::test]
async fn hostile_uploads_get_an_answer_at_their_field() {
    let site = LoginSite::with_users().await;
    let cookie = site.cookie_of(Role::Supervisor).await;
    for (what, file) in [
        ("no picture", b"<script>".to_vec()),
        ("10 MB", vec![0; 10_000_000]),
    ] {
        let refused = upload(&site, &cookie, &file).await;
        assert_eq!(refused.status, StatusCode::OK, "{what}");
        let at_field = "name=\"add.widgets.file\" accept=\"image/png,image/jpeg,image/webp\" aria-invalid=\"true\"";
        assert_contains(
            &refused.text,
            &[at_field, "class=\"error\"", "value=\"Anna\""],
        );
        assert_translated(&refused, what);
    }
    let beyond = upload(&site, &cookie, &vec![0; 13_000_000]).await;
    assert_eq!(beyond.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(site.pictures.list().await.unwrap().is_empty());

    // Other forms stay as small as they were.
    let token = form_token(&site, &cookie).await;
    let fields = [("form", &*token)];
    let body = multipart(&fields, "file", &vec![0; 100_000]);
    let large = send(&site, "/announcements", Some(&cookie), body).await;
    assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn picture_stays_while_its_widget_lacks_a_text() {
    let site = LoginSite::with_users().await;
    let cookie = site.cookie_of(Role::Supervisor).await;
    let token = form_token(&site, &cookie).await;
    let fields = [
        ("form", &*token),
        ("id", "kitchen"),
        ("title", "Support"),
        ("show.0", "waiting"),
        ("add.widgets", "picture"),
        ("do", "save"),
    ];
    let body = multipart(&fields, "add.widgets.file", &picture());
    let refused = send(&site, "/boards/new", Some(&cookie), body).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let kept = address_in(&refused.text).replace("/pictures/", "");
    let hidden = format!("name=\"add.widgets.picture\" value=\"{kept}\"");
    assert_contains(&refused.text, &[&hidden]);
}

#[tokio::test]
async fn preview_names_widgets_without_data_and_missing_pictures() {
    let site = LoginSite::with_users().await;
    let cookie = site.cookie_of(Role::Supervisor).await;
    let token = form_token(&site, &cookie).await;
    let gone = format!("{{ picture = \"{}\", alt = \"Anna\" }}", "0".repeat(32));
    let fields = [
        ("form", &*token),
        ("id", "kitchen"),
        ("title", "Support"),
        ("show.0", "waiting"),
        ("widgets.0", &*gone),
        (
            "widgets.1",
            "{ figure = \"average_talk_time\", name = \"Eva\" }",
        ),
        (
            "widgets.2",
            "{ figure = \"waiting\", of = \"Chat/x\", name = \"Karl\" }",
        ),
        (
            "widgets.3",
            "{ countdown = \"chat/9002@SIP/1\", name = \"Phones\" }",
        ),
    ];
    let body = multipart(&fields, "file", b"");
    let page = send(&site, "/boards/preview", Some(&cookie), body).await;
    assert_eq!(page.status, StatusCode::OK);
    let warnings = page.text.matches("class=\"warn-fact\"").count();
    assert!(4 <= warnings, "{warnings}: {}", page.text);
    let listed = page.text.split("id=\"facts\"").nth(1).unwrap();
    assert_contains(listed, &["Anna", "Eva", "Karl", "Phones"]);
    assert_translated(&page, "gaps");
}
