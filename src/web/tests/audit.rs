//! Entries of the audit trail about requests.

use axum::http::{StatusCode, header};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use wallboard_access::{
    AccessRules, AuditAction, AuditActor, Person, ProviderSubject, Role, UserId,
};
use wallboard_history::report::fixture::HistoryFixture;
use wallboard_store::{CatalogEntry, CatalogMember, NameClass};

use super::{
    assert_contains, assert_contains_none, login_site::LoginSite, sales_inputs, test_site,
};

/// Returns actors, actions and subjects, the oldest first.
async fn entries(site: &LoginSite) -> Vec<String> {
    let listed = site.sign_in.audit().list(None, 1_000).await.unwrap();
    let entries = listed.iter().rev().map(|one| {
        let entry = &one.entry;
        format!("{} {} {}", entry.actor, entry.action, entry.subject)
    });
    entries.collect()
}

#[tokio::test]
async fn views_of_personal_data_and_files_are_noted_and_nothing_else() {
    let site = LoginSite::with_users().await;
    let cookie = site.cookie_of(Role::Supervisor).await;
    for path in [
        "/",
        "/boards/queues",
        "/boards/agents",
        "/agents/chat/eva",
        "/agents/chat/eva",
        "/agents/chat/nobody",
        "/agents/chat/eva/data",
        "/agents/chat/nobody/data",
        "/api/v1/queues",
        "/api/v1/agents",
        "/cases?state=open",
        "/history",
        "/history.csv",
        "/people",
    ] {
        site.get(path, Some(&cookie)).await;
    }

    let expected = [
        "supervisor signed_in ",
        // Its miniatures name agents.
        "supervisor viewed /",
        "supervisor viewed /boards/agents",
        "supervisor viewed /agents/chat/eva",
        "supervisor viewed /agents/chat/eva/data",
        "supervisor viewed /api/v1/agents",
        "supervisor viewed /cases?state=open",
        "supervisor exported /history.csv",
    ];
    assert_eq!(entries(&site).await, expected);
}

#[tokio::test]
async fn views_are_noted_however_the_address_is_written() {
    let site = LoginSite::with_users().await;
    let cookie = site.cookie_of(Role::Supervisor).await;
    let long = format!("/history?{}agent=chat%2Feva", "range=today&".repeat(40));
    for path in [
        "/boards/%61gents",
        "/history?%61gent=chat%2Feva",
        "/history?by=%61gent",
        "/history?view=adherence",
        "/api/v1/history/intervals?from=2026-11-20&to=2026-11-21&b%79=agent",
        &long,
    ] {
        site.get(path, Some(&cookie)).await;
    }

    let expected = [
        "supervisor signed_in ",
        "supervisor viewed /boards/agents",
        "supervisor viewed /history?agent=chat%2Feva",
        "supervisor viewed /history?by=agent",
        "supervisor viewed /history?view=adherence",
        "supervisor viewed /api/v1/history/intervals?from=2026-11-20&to=2026-11-21&by=agent",
        &format!("supervisor viewed {long}"),
    ];
    assert_eq!(entries(&site).await, expected);
}

#[tokio::test]
async fn miniatures_that_name_agents_are_noted() {
    let site = LoginSite::with_users().await;
    let (viewer, supervisor) = (Role::Viewer, Role::Supervisor);
    for role in [viewer, supervisor] {
        let cookie = site.cookie_of(role).await;
        let page = site.get("/", Some(&cookie)).await;
        assert_eq!(page.text.contains("Eva K."), role == supervisor);
    }
    let noted = entries(&site).await;
    let views: Vec<_> = noted.iter().filter(|one| one.contains("viewed")).collect();
    assert_eq!(views, ["supervisor viewed /"]);
}

#[tokio::test]
async fn catalog_of_exports_is_noted_if_it_names_agents() {
    let fixture = HistoryFixture::new(test_site()).await;
    let names = vec![
        CatalogEntry::new(NameClass::Queue, "1", "Sales calls"),
        CatalogEntry::new(NameClass::Agent, "7", "Cato Maior"),
    ];
    fixture.store_names(names).await;
    let data = (fixture.history.clone(), fixture.store.clone());
    let site = LoginSite::with_data(sales_inputs(), data, AccessRules::default()).await;
    site.add_user("lead", Role::Supervisor).await;
    let cookie = site.cookie_of_user("lead").await;
    let assigned = vec![CatalogMember {
        whole: (NameClass::Queue, "1".to_owned()),
        member: (NameClass::Agent, "7".to_owned()),
        priority: None,
    }];
    for (members, expected) in [(Vec::new(), 0), (assigned, 1)] {
        let stored = (fixture.store).replace_relations("calls".into(), members, Vec::new());
        stored.await.unwrap();
        let catalog = site.get("/api/v1/history/catalog", Some(&cookie)).await;
        assert_eq!(catalog.text.matches("Cato M.").count(), expected);
        let noted = entries(&site).await;
        let views = noted.iter().filter(|one| one.contains("viewed"));
        let views: Vec<_> = views.collect();
        assert_eq!(
            views,
            ["lead viewed /api/v1/history/catalog"][..expected].to_vec()
        );
    }
}

#[tokio::test]
async fn socket_of_a_board_of_agents_is_noted_when_it_opens() {
    let site = LoginSite::with_users().await;
    let cookie = site.cookie_of(Role::Supervisor).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = site.router.clone();
    let serving = tokio::spawn(async { axum::serve(listener, router).await.unwrap() });
    for board in ["queues", "agents"] {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let request = format!(
            "GET /boards/{board}/live?e=b7&n=7 HTTP/1.1\r\nHost: wall\r\nOrigin: http://wall\r\nCookie: {cookie}\r\n\
             Connection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut start = [0; 12];
        stream.read_exact(&mut start).await.unwrap();
        assert_eq!(&start, b"HTTP/1.1 101", "{board}");
    }
    serving.abort();

    let expected = ["supervisor signed_in ", "supervisor viewed /boards/agents"];
    assert_eq!(entries(&site).await, expected);
}

#[tokio::test]
async fn changes_are_noted_with_who_made_them() {
    let site = LoginSite::with_users().await;
    let wrong = "name=admin&password=not+the+password";
    site.post("/login", wrong, None).await;
    let cookie = site.cookie_of(Role::Admin).await;
    let page = site.get("/people", Some(&cookie)).await.text;
    let form = &page[page.find("name=\"form\" value=\"").unwrap() + 19..][..64];
    let disable = format!("user={}&access=disable", UserId::of_name("Eve").as_str());
    for (path, fields) in [
        ("/people", "name=Eve&role=viewer&password=a+long+password"),
        ("/people", "name=Eve&role=viewer&password=a+long+password"),
        ("/people/role", "name=Eve&role=supervisor"),
        ("/people/access", &disable),
        ("/tokens", "name=Grafana&role=viewer&days=30"),
        ("/logout", ""),
    ] {
        site.post(path, &format!("form={form}&{fields}"), Some(&cookie))
            .await;
    }

    let expected = [
        "admin sign_in_failed ",
        "admin signed_in ",
        "admin added_user Eve, viewer",
        "admin changed_role Eve, supervisor",
        "admin disabled_user Eve",
        "admin made_token Grafana, viewer",
        "admin signed_out ",
    ];
    assert_eq!(entries(&site).await, expected);
}

#[tokio::test]
async fn actors_with_an_equal_name_are_told_apart() {
    let site = LoginSite::with_users().await;
    site.add_user("boss", Role::Admin).await;
    site.cookie_of_user("boss").await;
    let boss = Person {
        subject: ProviderSubject {
            issuer: "https://id.example".to_owned(),
            subject: "7".to_owned(),
        },
        name: "boss".to_owned(),
        membership: Some(Role::Supervisor.into()),
    };
    let token = (site.sign_in)
        .sign_in_person(boss, [192, 0, 2, 7].into(), String::new())
        .await
        .unwrap();
    let cookie = format!("__Host-wallboard={}", token.to_text());
    site.get("/agents/chat/eva", Some(&cookie)).await;
    for name in ["boss", "command line", "bo\u{202e}ss"] {
        let form = format!("name={name}&password=wrong");
        site.post("/login", &form, None).await;
    }
    let (console, subject) = (AuditActor::command_line(), "boss");
    let trail = site.sign_in.audit();
    trail
        .record(&console, AuditAction::SetPassword, subject)
        .await;

    let listed = trail.list(None, 1_000).await.unwrap();
    let actors = listed.iter().rev().map(|one| {
        let entry = &one.entry;
        assert_eq!(
            entry.actor_id.len(),
            if entry.actor == "boss" && entry.actor_origin != "not_signed_in" {
                32
            } else {
                0
            }
        );
        (&*entry.actor, &*entry.actor_origin)
    });
    let expected = [
        ("boss", "account"),
        ("boss", "identity_provider"),
        ("boss", "not_signed_in"),
        ("command line", "not_signed_in"),
        ("bo\u{fffd}ss", "not_signed_in"),
        ("command line", "command_line"),
    ];
    let mut actors: Vec<_> = actors.collect();
    // Views are written later than what else is noted.
    actors.sort_unstable();
    let mut expected = expected;
    expected.sort_unstable();
    assert_eq!(actors, expected);
    let admin = site.cookie_of(Role::Admin).await;
    let page = site.get("/audit", Some(&admin)).await.text;
    assert_contains(
        &page,
        &[
            "<small>account ",
            "<small>identity provider ",
            "<small>not signed in</small>",
            "<bdi>command line</bdi></td>",
        ],
    );
}

#[tokio::test]
async fn trail_is_shown_and_exported_to_administrators() {
    let site = LoginSite::with_users().await;
    let viewer = site.cookie_of(Role::Viewer).await;
    let admin = site.cookie_of(Role::Admin).await;
    assert_eq!(
        site.get("/audit", Some(&viewer)).await.status,
        StatusCode::FORBIDDEN
    );

    let page = site.get("/audit", Some(&admin)).await.text;
    assert_contains(&page, &["signed in", "admin"]);
    assert_contains_none(&page, &["Older"]);
    let file = site.get("/audit.csv", Some(&admin)).await;
    assert_contains(&file.text, &["1,", ",0.0.0.0,signed_in,"]);
    let name = file.headers[header::CONTENT_DISPOSITION].to_str().unwrap();
    assert_contains(name, &["audit.csv"]);
    let noted = entries(&site).await;
    assert_eq!(noted.last().unwrap(), "admin exported /audit.csv");
}

#[tokio::test]
async fn people_see_what_is_kept_about_agents_and_themselves() {
    let site = LoginSite::with_users().await;
    let cookie = site.cookie_of(Role::Supervisor).await;
    let agent = site.get("/agents/chat/eva", Some(&cookie)).await.text;
    assert_contains(&agent, &["href=\"/agents/chat/eva/data\""]);
    site.sign_in.audit().list(None, 1).await.unwrap();

    let data = site.get("/agents/chat/eva/data", Some(&cookie)).await.text;
    let account = site.get("/account", Some(&cookie)).await.text;

    assert_contains(
        &data,
        &[
            "Data stored about",
            "Audit trail",
            "wallboard forget \"chat/eva\"",
        ],
    );
    // Their sign-in and the view.
    assert_contains(
        &account,
        &[
            "stored about you",
            "Audit trail",
            "data-label=\"Rows\" class=\"n\">2<",
        ],
    );
}

#[tokio::test]
async fn administrators_forget_a_person_who_is_named_to_confirm() {
    let site = LoginSite::with_users().await;
    let [supervisor, admin] = [Role::Supervisor, Role::Admin];
    let supervisor = site.cookie_of(supervisor).await;
    let admin = site.cookie_of(admin).await;
    let page = async |cookie: &str| site.get("/agents/chat/eva/data", Some(cookie)).await.text;
    assert_contains_none(&page(&supervisor).await, &["/agents/chat/eva/forget"]);
    let form = page(&admin).await;
    assert_contains(
        &form,
        &["action=\"/agents/chat/eva/forget\"", "Type “<bdi>"],
    );
    let between = |start: &str, end: &str| {
        let (_, rest) = form.split_once(start).unwrap();
        rest.split_once(end).unwrap().0.to_owned()
    };
    let token = between("name=\"form\" value=\"", "\"");
    let name = between("Type “<bdi>", "</bdi>");
    let forget = async |cookie: &str, token: &str, confirmation: &str| {
        let form = format!(
            "form={token}&confirmation={}",
            confirmation.replace(' ', "+")
        );
        site.post("/agents/chat/eva/forget", &form, Some(cookie))
            .await
    };

    let refused = [
        forget(&supervisor, &token, &name).await,
        forget(&admin, "other", &name).await,
        forget(&admin, &token, "somebody else").await,
    ];
    let noted = entries(&site).await;
    let done = forget(&admin, &token, &name).await;

    let forbidden = StatusCode::FORBIDDEN;
    let expected = [forbidden, forbidden, StatusCode::BAD_REQUEST];
    assert_eq!(refused.map(|page| page.status), expected);
    assert!(
        !noted.iter().any(|entry| entry.contains("forgot_person")),
        "{noted:?}"
    );
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    assert_contains_none(&done.text, &[&name, "chat/eva"]);
    let noted = entries(&site).await;
    let entry = noted.iter().find(|entry| entry.contains("forgot_person"));
    assert!(
        entry.is_some_and(|entry| entry.starts_with("admin forgot_person chat/forgotten-")),
        "{noted:?}"
    );
}
