//! Rules for every route: headers, and requests that another site forged.

use axum::{
    body::to_bytes,
    http::{HeaderMap, Method, Request, StatusCode, header},
    response::Response,
};

use crate::web::{AllowedOrigins, access::route_requirements::ROUTES};
use wallboard_access::{Role, UserId};

use super::{
    login_site::{LoginSite, ROLES, path_of, with_cookie},
    send_request,
};

/// The headers of every response, word for word.
const HEADERS: [(&str, &str); 6] = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
    ("x-frame-options", "SAMEORIGIN"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("strict-transport-security", "max-age=63072000"),
];

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
     font-src 'self'; media-src 'self'; manifest-src 'self'; \
     connect-src 'self' ws://wall.example wss://wall.example; base-uri 'none'; object-src 'none'; \
     frame-src 'self'; frame-ancestors 'self'; form-action 'self'";

/// Routes of files that are the same for everyone; everything else is data.
const FILES: [&str; 4] = [
    "/static/{*path}",
    "/favicon.ico",
    "/brand/logo",
    "/brand/style.css",
];

/// Paths that no route answers, or not so.
const ODD_PATHS: [&str; 5] = [
    "/no/such/page",
    "/api/v1/no/such",
    "/queues/chat/%FF",
    "/static/none.js",
    "/boards/none",
];

fn text<'h>(headers: &'h HeaderMap, name: &str) -> &'h str {
    headers
        .get(name)
        .map_or("", |value| value.to_str().unwrap())
}

async fn check_response(what: &str, is_file: bool, response: Response) {
    let (parts, body) = response.into_parts();
    let (headers, status) = (&parts.headers, parts.status);
    for (name, value) in HEADERS {
        assert_eq!(text(headers, name), value, "{what}: {name}");
    }
    assert_eq!(text(headers, "content-security-policy"), POLICY, "{what}");
    let permissions = text(headers, "permissions-policy");
    assert!(permissions.contains("camera=()"), "{what}: {permissions}");
    let cache = text(headers, "cache-control");
    let is_served_file = is_file && status == StatusCode::OK;
    assert_eq!(cache == "no-store", !is_served_file, "{what}: {cache}");

    let body = to_bytes(body, usize::MAX).await.unwrap();
    let kind = text(headers, "content-type");
    assert!(body.is_empty() || !kind.is_empty(), "{what}: {status}");
    let has_charset = kind.is_empty() || kind.contains("charset=utf-8");
    // JSON is UTF-8 by definition, the others aren't text.
    let needs_none = [
        "application/json",
        "application/problem+json",
        "application/vnd.",
        "application/zip",
        "image/",
    ];
    assert!(
        has_charset || needs_none.iter().any(|begin| kind.starts_with(begin)),
        "{what}: {kind}"
    );
}

#[tokio::test]
async fn every_answer_has_the_headers_and_a_content_type() {
    let site = LoginSite::with_users_at(AllowedOrigins {
        public: Some("https://wall.example".into()),
        has_sessions: true,
    });
    let site = site.await;
    for role in ROLES {
        let cookie = match role {
            Some(role) => Some(site.cookie_of(role).await),
            None => None,
        };
        let routes = ROUTES.map(|(route, _)| (path_of(route), FILES.contains(&route)));
        let odd = ODD_PATHS.map(|path| (path.to_owned(), false));
        for (path, is_file) in routes.iter().chain(&odd) {
            for (method, site_header) in [
                (Method::GET, "same-origin"),
                (Method::HEAD, "same-origin"),
                (Method::POST, "same-origin"),
                (Method::POST, "cross-site"),
                (Method::DELETE, "same-origin"),
            ] {
                let request = Request::builder().method(&method).uri(path);
                let request = request.header("host", "wall.example");
                let request = request.header("sec-fetch-site", site_header);
                let request = with_cookie(request, cookie.as_deref());
                let response = send_request(&site.router, request).await;
                let what = format!("{method} {path} {role:?} {site_header}");
                check_response(&what, *is_file, response).await;
            }
        }
        let ambiguous = Request::post("/").header("host", "wall.example");
        let ambiguous = ambiguous.header("transfer-encoding", "chunked");
        let response = send_request(&site.router, ambiguous).await;
        assert_eq!(response.status(), StatusCode::LENGTH_REQUIRED);
        check_response("chunked", false, response).await;
    }
}

/// Headers that browsers add to a request of another site, or of none, or that scripts may leave out.
const FORGERIES: [&[(&str, &str)]; 7] = [
    &[],
    &[("sec-fetch-site", "cross-site")],
    &[("sec-fetch-site", "same-site")],
    &[("sec-fetch-site", "none")],
    &[("origin", "https://evil.example")],
    &[("origin", "null")],
    &[
        ("sec-fetch-site", "cross-site"),
        ("origin", "http://wall.example"),
    ],
];

/// A form with every field that any route reads.
fn any_form(token: &str) -> String {
    let user = UserId::of_name("viewer");
    let user = user.as_str();
    format!(
        "form={token}&user={user}&days=30&name=viewer&role=admin&access=disable&password=a+new+long+password\
         &new=a+new+long+password&old=a+long+password&code=BCDF-GHJK&board=queues&place=&id={token}\
         &session={token}&confirmation=Eva&action=save&text=Hi&kind=info&what=all&from=now&until=1h\
          &language=sv"
    )
}

/// Everything that a forged request might have changed.
async fn describe_records(site: &LoginSite) -> String {
    let users = site.sign_in.accounts().list_users().await.unwrap();
    let screens = site.sign_in.screens().directory().list_screens();
    format!("{users:?} {screens:?}")
}

#[tokio::test]
async fn no_route_changes_anything_for_another_site() {
    let site = LoginSite::with_users().await;
    let cookie = site.cookie_of(Role::Admin).await;
    let before = describe_records(&site).await;
    for (route, _) in ROUTES {
        for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            for headers in FORGERIES {
                let request = Request::builder().method(&method).uri(path_of(route));
                let request = request.header(header::HOST, "wall.example");
                let request = headers.iter().fold(request, |request, (name, value)| {
                    request.header(*name, *value)
                });
                let request = with_cookie(request, Some(&cookie));
                let answer = site.send_form(request, &any_form(&"0".repeat(64))).await;
                assert_eq!(
                    answer.status,
                    StatusCode::FORBIDDEN,
                    "{method} {route} {headers:?}"
                );
            }
        }
    }
    assert_eq!(describe_records(&site).await, before);
}

#[tokio::test]
async fn form_without_the_sessions_token_changes_nothing() {
    let site = LoginSite::with_users().await;
    let cookie = site.cookie_of(Role::Admin).await;
    let before = describe_records(&site).await;
    let mut forms = 0;
    for (route, _) in ROUTES {
        // Those who use the first two have no session; the API takes no forms.
        if matches!(route, "/login" | "/setup") || route.starts_with("/api/") {
            continue;
        }
        let request = Request::post(path_of(route)).header("sec-fetch-site", "same-origin");
        let request = with_cookie(request, Some(&cookie));
        let answer = site.send_form(request, &any_form(&"0".repeat(64))).await;
        let has_form = !matches!(answer.status.as_u16(), 404 | 405);
        if has_form {
            forms += 1;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{route}");
        }
    }
    assert!(8 <= forms, "{forms} forms");
    assert_eq!(describe_records(&site).await, before);
    let still = send_request(&site.router, with_cookie(Request::get("/"), Some(&cookie))).await;
    assert_eq!(still.status(), StatusCode::OK, "it isn't signed out");
}
