//! Access of each visitor: every route for every role, forged requests, and sign-in itself.

use std::{collections::BTreeSet, sync::Arc};

use axum::{
    Router,
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use tempfile::TempDir;
use tower::ServiceExt;

use crate::web::{DataOrigin, access::route_requirements::ROUTES, build_router};
use wallboard_access::{
    AccessRules, IdentityProvider, Permissions, ProviderConfig, Requirement, Right, Role,
    RoleMapping, ScreenChoice, Screens,
};
use wallboard_domain::{BoardStyle, Input, NameVisibility, RedactedText, SiteConfig};
use wallboard_history::report::{History, ReportConfig, fixture::HistoryFixture};
use wallboard_store::{RecordStore, Store};

use super::{
    PageResponse, assert_contains, assert_contains_none, get_page,
    login_site::{LoginSite, ROLES, path_of, with_cookie},
    read_page, sales_inputs, send_request, state_of_inputs, test_site,
};

#[tokio::test]
async fn every_route_answers_the_roles_of_the_table_and_nobody_else() {
    let site = LoginSite::with_users().await;
    for role in ROLES {
        let cookie = match role {
            Some(role) => Some(site.cookie_of(role).await),
            None => None,
        };
        for (route, requirement) in ROUTES {
            for method in [Method::GET, Method::POST, Method::DELETE] {
                let request = Request::builder().method(&method).uri(path_of(route));
                let request = request.header("sec-fetch-site", "same-origin");
                let request = request.header("host", "w").header("origin", "http://w");
                let answer = send_request(&site.router, with_cookie(request, cookie.as_deref()));
                let status = answer.await.status();
                // A screen that waits to be paired learns it from the status.
                let is_refused = route != "/tv"
                    && matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN);
                let permissions = role.map(Permissions::of_role);
                let is_allowed = requirement.allows(permissions.as_ref(), false);
                assert_eq!(
                    !is_refused, is_allowed,
                    "{method} {route} {role:?}: {status}"
                );
            }
        }
        let status = site.get("/no/such/page", cookie.as_deref()).await.status;
        let expected = role.map_or(StatusCode::UNAUTHORIZED, |_| StatusCode::NOT_FOUND);
        assert_eq!(status, expected, "{role:?}");
        let status = site.get("/api/v1/no/such", cookie.as_deref()).await.status;
        assert_eq!(status, expected, "{role:?}");
    }
}

#[tokio::test]
async fn table_has_no_route_that_nothing_answers() {
    let site = LoginSite::with_users().await;
    let cookie = site.cookie_of(Role::Admin).await;
    for (route, _) in ROUTES {
        if route.contains("xlsx") {
            continue;
        }
        let answer = site.get(&path_of(route), Some(&cookie)).await;
        let is_unknown = answer.text.contains("Page not found");
        // Without a logo and a picture, and without sources and channels to change.
        let is_absent = [
            "/brand/",
            "/pictures/",
            "/sources/new",
            "/sources/{id}/edit",
            "/channels/new",
            "/channels/{id}/edit",
        ];
        let is_absent = is_absent.iter().any(|start| route.starts_with(start));
        assert!(!is_unknown || is_absent, "{route}");
    }
}

#[tokio::test]
async fn pages_without_sign_in_give_nothing_away() {
    let site = LoginSite::with_users().await;
    for (route, requirement) in ROUTES {
        let answer = site.get(&path_of(route), None).await;
        if requirement != Requirement::Public {
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{route}");
        }
        assert_contains_none(&answer.text, &["Sales", "Eva", "viewer"]);
    }
}

#[tokio::test]
async fn viewer_sees_boards_of_queues_and_nothing_about_a_person() {
    let site = LoginSite::with_users().await;
    let viewer = site.cookie_of(Role::Viewer).await;
    let get = |path: &'static str| site.get(path, Some(&viewer));

    assert_eq!(get("/boards/queues").await.status, StatusCode::OK);
    let agents = get("/boards/agents").await;
    assert_eq!(agents.status, StatusCode::FORBIDDEN);
    assert_contains(&agents.text, &["You don’t have access to this page"]);
    assert_eq!(
        get("/boards/agents/live").await.status,
        StatusCode::FORBIDDEN
    );
    let start = get("/").await.text;
    assert_contains(&start, &["Sales", "Sign out", "viewer"]);
    assert_contains_none(
        &start,
        &[
            "/boards/agents",
            "/queues/chat",
            "/cases",
            "/history",
            "/people",
        ],
    );
    assert_contains_none(&get("/api/v1/boards").await.text, &["agents"]);

    let supervisor = site.cookie_of(Role::Supervisor).await;
    let start = site.get("/", Some(&supervisor)).await.text;
    assert_contains(&start, &["/boards/agents", "/queues/chat", "/cases"]);
    assert_contains_none(&start, &["/people"]);
}

#[tokio::test]
async fn one_row_of_users_opens_for_its_changes() {
    let site = LoginSite::with_users().await;
    let cookie = site.cookie_of(Role::Admin).await;
    let users = site.sign_in.accounts().list_users().await.unwrap();
    let id_of = |role| {
        let user = users.iter().find(|user| user.role == role);
        user.unwrap().id().as_str().to_owned()
    };
    let open = async |id: &str| {
        let path = format!("/people?edit={id}");
        site.get(&path, Some(&cookie)).await.text
    };

    let closed = open("nobody").await;
    let viewer = open(&id_of(Role::Viewer)).await;
    let administrator = open(&id_of(Role::Admin)).await;

    let forms = ["/people/role", "/people/password", "/people/access"];
    assert_contains_none(&closed, &forms);
    for form in forms {
        assert_eq!(viewer.matches(form).count(), 1, "{form}");
    }
    assert_contains_none(&administrator, &["/people/access"]);
    assert_contains(
        &administrator,
        &["The last administrator can’t be disabled"],
    );
}

#[tokio::test]
async fn form_of_another_site_changes_nothing() {
    let site = LoginSite::with_users().await;
    let cookie = site.cookie_of(Role::Admin).await;
    let page = site.get("/people", Some(&cookie)).await.text;
    let token = &page[page.find("name=\"form\" value=\"").unwrap() + 19..][..64];
    let form = format!("form={token}&name=viewer&role=admin");
    let forged = |headers: &[(&'static str, &'static str)]| {
        let mut request = with_cookie(Request::post("/people/role"), Some(&cookie));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        site.send_form(request, &form)
    };

    for headers in [
        &[][..],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[("sec-fetch-site", "none")],
        &[("origin", "https://evil.example"), ("host", "wall.example")],
        &[("origin", "null"), ("host", "wall.example")],
    ] {
        let answer = forged(headers).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{headers:?}");
    }
    let wrong = form.replace(token, &"0".repeat(64));
    let answer = site.post("/people/role", &wrong, Some(&cookie)).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    let users = site.sign_in.accounts().list_users().await.unwrap();
    assert!(
        users
            .iter()
            .any(|user| user.name == "viewer" && user.role == Role::Viewer)
    );

    let ours = [("origin", "http://wall.example"), ("host", "wall.example")];
    assert_eq!(forged(&ours).await.status, StatusCode::SEE_OTHER);
    let users = site.sign_in.accounts().list_users().await.unwrap();
    assert!(
        users
            .iter()
            .any(|user| user.name == "viewer" && user.role == Role::Admin)
    );
}

#[tokio::test]
async fn page_without_sign_in_has_the_form_and_leads_back() {
    let site = LoginSite::with_users().await;
    let refused = site.get("/boards/queues?at=10:42", None).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    assert_contains(
        &refused.text,
        &["Sign in", "value=\"/boards/queues?at=10:42\""],
    );
    let wrong = site
        .post("/login", "name=viewer&password=wrong&next=/sources", None)
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_contains(
        &wrong.text,
        &[
            "That name and password don’t match.",
            "value=\"viewer\"",
            "value=\"/sources\"",
        ],
    );
    let form = "name=viewer&password=a+long+password&next=/boards/queues?at=10:42";
    let right = site.post("/login", form, None).await;
    assert_eq!(right.headers[header::LOCATION], "/boards/queues?at=10:42");
    let cookie = right.headers[header::SET_COOKIE].to_str().unwrap();
    assert!(cookie.starts_with("__Host-wallboard="), "{cookie}");
    assert_contains(
        cookie,
        &["; HttpOnly", "; SameSite=Lax", "; Secure", "; Path=/"],
    );
}

#[tokio::test]
async fn sign_in_replaces_a_prepared_session_and_sign_out_ends_it() {
    let site = LoginSite::with_users().await;
    let first = site.cookie_of(Role::Viewer).await;
    let form = "name=viewer&password=a+long+password";
    let again = site.post("/login", form, Some(&first)).await;
    let second = again.headers[header::SET_COOKIE]
        .to_str()
        .unwrap()
        .to_owned();
    let second = second.split(';').next().unwrap();
    assert_ne!(first, second);
    assert_eq!(
        site.get("/", Some(&first)).await.status,
        StatusCode::UNAUTHORIZED
    );

    let page = site.get("/account", Some(second)).await.text;
    let token = &page[page.find("name=\"form\" value=\"").unwrap() + 19..][..64];
    let out = site
        .post("/logout", &format!("form={token}"), Some(second))
        .await;
    assert_eq!(out.status, StatusCode::SEE_OTHER);
    assert_eq!(
        site.get("/", Some(second)).await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn only_the_code_of_the_console_makes_the_first_administrator() {
    let site = LoginSite::unused().await;
    let setup = |code: &str| {
        let form = format!("code={code}&name=root&password=a+long+password");
        let site = &site;
        async move { site.post("/setup", &form, None).await }
    };
    assert_eq!(setup("BBBB-BBBB").await.status, StatusCode::FORBIDDEN);
    assert!(!site.sign_in.directory().has_users());
    let code = site.setup_code.clone();
    let made = setup(&code).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER);
    let cookie = made.headers[header::SET_COOKIE].to_str().unwrap();
    let cookie = cookie.split(';').next().unwrap();
    assert_eq!(
        site.get("/people", Some(cookie)).await.status,
        StatusCode::OK
    );

    let again = setup(&code).await;
    assert_eq!(again.headers[header::LOCATION], "/login");
    assert_eq!(site.sign_in.accounts().list_users().await.unwrap().len(), 1);
}

#[tokio::test]
async fn open_access_has_no_pages_of_sign_in() {
    let router = super::router_after(sales_inputs());
    for path in ["/people", "/account", "/setup"] {
        let page = get_page(&router, path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_contains_none(&get_page(&router, "/").await.text, &["Sign out", "/people"]);
}

#[tokio::test]
async fn without_pairing_any_screen_may_show_any_board() {
    let router = super::router_after(sales_inputs());
    let tv = get_page(&router, "/tv").await;
    assert_eq!(tv.status, StatusCode::OK);
    assert_contains(
        &tv.text,
        &[
            "Choose a board",
            "href=\"/boards/queues\"",
            "href=\"/boards/agents\"",
        ],
    );
    assert_contains_none(&tv.text, &["http-equiv", "tv.js"]);
    for path in ["/pair", "/pair?code=BBBB-BBBB", "/screens"] {
        let page = get_page(&router, path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_contains_none(&get_page(&router, "/").await.text, &["/screens"]);
}

/// A site with open access where screens are paired, and the folder of its database.
async fn open_site() -> (TempDir, Router, Screens) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("wallboard.db")).unwrap();
    let history = History::new(store.clone(), ReportConfig::default());
    let mut inputs = vec![Input::SiteConfig(Arc::new(test_site()))];
    inputs.extend(sales_inputs());
    let mut web = state_of_inputs(inputs, history, store.clone(), DataOrigin::Live);
    let (screens, _) = Screens::open(RecordStore::embedded(store)).await.unwrap();
    web.screens = Some(screens.clone());
    (folder, build_router(web), screens)
}

#[tokio::test]
async fn open_access_pairs_screens_without_taking_anything_from_anybody() {
    let (_folder, router, screens) = open_site().await;
    let get = async |path: &str, cookie: Option<&str>| {
        let request = Request::get(path).header(header::HOST, "localhost:8080");
        read_page(send_request(&router, with_cookie(request, cookie)).await).await
    };
    let post = async |path: &str, form: &str, site: &str| {
        let request = Request::post(path)
            .header("sec-fetch-site", site)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(form.to_owned()));
        let answer = router.clone().oneshot(request.unwrap()).await;
        read_page(answer.unwrap()).await
    };

    let waiting = get("/tv", None).await;
    assert_contains(
        &waiting.text,
        &["href=\"/boards/queues\"", "Pair this screen"],
    );
    let pairing = first_cookie(&waiting);
    let code = text_between(&waiting.text, "<p class=\"code\">", "</p>");
    let found = get(&format!("/pair?code={code}"), None).await;
    assert_contains(&found.text, &[&format!("Does the screen show {code}?")]);
    let form = format!("form=&code={code}&name=Kitchen&place=&board=queues");
    let foreign = post("/pair", &form, "cross-site").await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN);
    let paired = post("/pair", &form, "same-origin").await;
    assert_eq!(paired.location, "/screens?done=paired");
    let board = get("/tv", Some(&pairing)).await;
    assert_contains(&board.text, &["data-live=\"/boards/queues/live\""]);
    let screen = cookie_named(&board, "__Host-wallboard-screen");

    // Beside its board, that browser is anybody’s.
    for path in [
        "/",
        "/boards/queues",
        "/boards/agents",
        "/screens",
        "/cases",
    ] {
        assert_eq!(
            get(path, Some(&screen)).await.status,
            StatusCode::OK,
            "{path}"
        );
    }
    let id = screens.directory().list_screens()[0].id.to_text();
    let removed = post("/screens/remove", &format!("id={id}"), "same-origin").await;
    assert_eq!(removed.location, "/screens?done=removed");
    assert!(screens.directory().list_screens().is_empty());
}

#[tokio::test]
async fn open_access_shows_no_code_to_a_browser_that_keeps_no_cookie() {
    let (_folder, router, _) = open_site().await;

    let request = Request::get("/tv").header(header::HOST, "wall.example:8080");
    let tv = read_page(send_request(&router, request).await).await;

    assert_contains(&tv.text, &["Choose a board"]);
    assert!(tv.headers.get(header::SET_COOKIE).is_none());
}

#[tokio::test]
async fn paired_screen_sees_its_board_and_nothing_else() {
    let rules = AccessRules {
        agents_on_screens: true,
        ..AccessRules::default()
    };
    let site = LoginSite::with_rules(rules).await;
    site.add_user("supervisor", Role::Supervisor).await;
    let supervisor = site.cookie_of(Role::Supervisor).await;
    let waiting = site.get("/tv", None).await;
    assert_eq!(waiting.status, StatusCode::UNAUTHORIZED);
    assert_contains_none(&waiting.text, &["Sales", "Eva"]);
    let pairing = first_cookie(&waiting);
    let code = text_between(&waiting.text, "<p class=\"code\">", "</p>");
    let state = site.get("/tv/state", Some(&pairing)).await;
    assert_eq!(state.text, r#"{"next":"wait"}"#);

    let found = site
        .get(&format!("/pair?code={code}"), Some(&supervisor))
        .await;
    assert_contains(&found.text, &[&format!("Does the screen show {code}?")]);
    let token = text_between(&found.text, "name=\"form\" value=\"", "\"");
    let form = format!("form={token}&code={code}&name=Kitchen&place=&board=queues");
    let paired = site.post("/pair", &form, Some(&supervisor)).await;
    assert_eq!(paired.location, "/screens?done=paired");
    let state = site.get("/tv/state", Some(&pairing)).await;
    assert_eq!(state.text, r#"{"next":"reload"}"#);
    let board = site.get("/tv", Some(&pairing)).await;
    assert_eq!(board.status, StatusCode::OK);
    assert_contains(&board.text, &["Sales", "data-live=\"/boards/queues/live\""]);
    let screen = cookie_named(&board, "__Host-wallboard-screen");

    for (route, requirement) in ROUTES {
        let answer = site.get(&path_of(route), Some(&screen)).await.status;
        let is_allowed = requirement.allows(None, true);
        // Its socket needs our origin.
        let is_refused = matches!(answer, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN)
            && !route.ends_with("/live");
        assert!(
            is_allowed || is_refused || route.ends_with("/live"),
            "{route}: {answer}"
        );
        assert!(!is_allowed || !is_refused, "{route}: {answer}");
    }
    let other = site.get("/boards/agents", Some(&screen)).await;
    assert_eq!(other.status, StatusCode::FORBIDDEN);
    let again = site.get("/tv", Some(&pairing)).await;
    assert_eq!(
        again.status,
        StatusCode::UNAUTHORIZED,
        "a token is sent once"
    );

    let listed = site.get("/screens", Some(&supervisor)).await.text;
    let id = text_between(&listed, "name=\"id\" value=\"", "\"");
    let form = format!("form={token}&id={id}&name=Kitchen&place=2nd+floor&board=agents");
    let changed = site.post("/screens", &form, Some(&supervisor)).await;
    assert_eq!(changed.location, "/screens?done=changed");
    let board = site.get("/tv", Some(&screen)).await;
    assert_contains(
        &board.text,
        &[
            "data-live=\"/boards/agents/live\"",
            "Eva",
            "data-theme=\"dark\"",
        ],
    );
    let styled = format!("{form}&theme=light&density=hall&agent_names=none");
    let changed = site.post("/screens", &styled, Some(&supervisor)).await;
    assert_eq!(changed.location, "/screens?done=changed");
    for path in ["/tv", "/boards/agents"] {
        let board = site.get(path, Some(&screen)).await.text;
        assert_contains(&board, &["data-theme=\"light\"", "data-density=\"hall\""]);
        assert_contains_none(&board, &["Eva"]);
    }
    let unknown = format!("{form}&theme=pink");
    let refused = site.post("/screens", &unknown, Some(&supervisor)).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);

    let form = format!("form={token}&id={id}");
    let removed = site.post("/screens/remove", &form, Some(&supervisor)).await;
    assert_eq!(removed.location, "/screens?done=removed");
    assert_eq!(
        site.get("/tv", Some(&screen)).await.status,
        StatusCode::UNAUTHORIZED
    );
    let board = site.get("/boards/agents", Some(&screen)).await;
    assert_eq!(board.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn screens_show_no_agents_unless_configured() {
    let site = LoginSite::with_users().await;
    let supervisor = site.cookie_of(Role::Supervisor).await;
    let waiting = site.get("/tv", None).await;
    let pairing = first_cookie(&waiting);
    let code = text_between(&waiting.text, "<p class=\"code\">", "</p>");
    let found = site
        .get(&format!("/pair?code={code}"), Some(&supervisor))
        .await;
    assert_contains_none(&found.text, &["value=\"agents\""]);
    let token = text_between(&found.text, "name=\"form\" value=\"", "\"");
    let form = format!("form={token}&code={code}&name=Kitchen&place=&board=");
    let pair = async |board| {
        let form = format!("{form}{board}");
        site.post("/pair", &form, Some(&supervisor)).await
    };
    assert_eq!(pair("agents").await.status, StatusCode::NOT_FOUND);
    assert_eq!(pair("queues").await.location, "/screens?done=paired");
    let board = site.get("/tv", Some(&pairing)).await;
    let screen = cookie_named(&board, "__Host-wallboard-screen");

    // As if it had been allowed before.
    let screens = site.sign_in.screens();
    let choice = ScreenChoice {
        name: "Kitchen".into(),
        place: String::new(),
        board: "agents".into(),
        playlist: None,
        night: None,
        quiet: None,
        style: BoardStyle::default(),
    };
    let id = screens.directory().list_screens()[0].id;
    screens.change(id, choice).await.unwrap();
    for path in ["/tv", "/boards/agents", "/boards/agents/live"] {
        let answer = site.get(path, Some(&screen)).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
        assert_contains_none(&answer.text, &["Eva"]);
    }
    let board = site.get("/tv", Some(&screen)).await;
    assert_contains(
        &board.text,
        &["shows agents, which screens don’t show here"],
    );
}

#[tokio::test]
async fn viewer_pairs_no_screen() {
    let site = LoginSite::with_users().await;
    let viewer = site.cookie_of(Role::Viewer).await;
    for path in ["/pair", "/screens", "/pair?code=BCDF-GHJK"] {
        let answer = site.get(path, Some(&viewer)).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
    }
    let supervisor = site.cookie_of(Role::Supervisor).await;
    let wrong = site.get("/pair?code=BCDF-GHJK", Some(&supervisor)).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_contains(&wrong.text, &["No screen shows that code"]);
}

fn first_cookie(page: &PageResponse) -> String {
    let cookie = page.headers[header::SET_COOKIE].to_str().unwrap();
    cookie.split(';').next().unwrap().to_owned()
}

fn cookie_named(page: &PageResponse, name: &str) -> String {
    let cookies = page.headers.get_all(header::SET_COOKIE).iter();
    let mut cookies = cookies.map(|cookie| cookie.to_str().unwrap());
    let cookie = cookies.find(|cookie| cookie.starts_with(name)).unwrap();
    cookie.split(';').next().unwrap().to_owned()
}

fn text_between<'t>(text: &'t str, before: &str, after: &str) -> &'t str {
    let (_, rest) = text.split_once(before).unwrap();
    rest.split_once(after).unwrap().0
}

/// A provider that nothing answers for.
fn provider_that_is_down() -> IdentityProvider {
    let list = |value: &str| vec![value.to_owned()];
    let config = ProviderConfig {
        name: Some("Acme".to_owned()),
        issuer: "http://127.0.0.1:1".to_owned(),
        client_id: "wallboard".to_owned(),
        client_secret: RedactedText("canary".to_owned()),
        role_claim: "groups".to_owned(),
        roles: RoleMapping {
            admin: list("admins"),
            ..RoleMapping::default()
        },
        public_url: "https://wall.example".to_owned(),
    };
    IdentityProvider::new(config).unwrap()
}

#[tokio::test]
async fn sign_in_page_has_a_button_only_with_a_provider() {
    let site = LoginSite::with_users().await;
    assert_contains_none(&site.get("/login", None).await.text, &["/login/oidc"]);
    let elsewhere = site.get("/login/oidc?next=/sources", None).await;
    assert_eq!(elsewhere.location, "/sources");

    let site = LoginSite::with_provider(Some(provider_that_is_down())).await;
    let refused = site.get("/sources?a=b&c=d", None).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    let button = "href=\"/login/oidc?next=/sources%3Fa%3Db%26c%3Dd\">Sign in with Acme</a>";
    assert_contains(&refused.text, &[button, "name=\"password\""]);

    let sentence =
        "Can’t reach Acme. Sign in with a name and a password, or try again in a minute.";
    assert_contains_none(&refused.text, &[sentence]);
    let down = site.get("/login/oidc?next=/sources", None).await;
    assert_eq!(down.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_contains(&down.text, &[sentence, "value=\"/sources\""]);
    assert_contains(&site.get("/login", None).await.text, &[sentence]);
}

#[tokio::test]
async fn api_of_agents_has_full_names_only_for_whoever_may_see_personal_data() {
    for withheld in [BTreeSet::new(), BTreeSet::from([Right::PersonalData])] {
        let mut inputs = sales_inputs();
        inputs.push(Input::SiteConfig(Arc::new(SiteConfig {
            agent_names: NameVisibility::None,
            ..test_site()
        })));
        let fixture = HistoryFixture::new(test_site()).await;
        let data = (fixture.history.clone(), fixture.store.clone());
        let is_shown = withheld.is_empty();
        let rules = AccessRules {
            withheld,
            ..AccessRules::default()
        };
        let site = LoginSite::with_data(inputs, data, rules).await;
        site.add_user("lead", Role::Supervisor).await;
        let cookie = site.cookie_of_user("lead").await;

        let agents = site.get("/api/v1/agents", Some(&cookie)).await;

        assert_eq!(agents.status.is_success(), is_shown);
        assert_eq!(agents.text.contains("Eva Karlsson"), is_shown);
    }
}

#[tokio::test]
async fn answer_that_nobody_waits_for_opens_no_session() {
    let site = LoginSite::with_provider(Some(provider_that_is_down())).await;
    for path in [
        "/login/oidc/callback",
        "/login/oidc/callback?state=a&code=b",
        "/login/oidc/callback?error=access_denied&error_description=Call+555-1234",
    ] {
        let answer = site.get(path, Some("__Host-wallboard-sign-in=x")).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
        assert!(!answer.headers.contains_key(header::SET_COOKIE), "{path}");
        assert_contains_none(&answer.text, &["555-1234"]);
        let sentence = "That sign-in took too long, or began in another browser. Try again.";
        assert_contains(&answer.text, &[sentence, "name=\"password\""]);
    }
}
