//! The steps of the set-up, and the form of the queues that nobody named or placed.

use axum::http::{Request, StatusCode, header};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use wallboard_access::{AccessRules, GroupRule, Membership, Role};
use wallboard_boards::{BoardDefinition, BoardLayout};
use wallboard_domain::{DataScope, Pattern};

use super::{
    PageResponse, assert_contains, assert_contains_none,
    login_site::{LoginSite, with_cookie},
    read_page, send_request,
};

const FOUND: &str = "/settings/found";
const QUEUE: &str = "chat/9002@SIP/1";

/// Somebody who is signed in.
struct Person {
    cookie: String,
    form: String,
}

impl Person {
    async fn sign_in(site: &LoginSite, name: &str) -> Self {
        let cookie = site.cookie_of_user(name).await;
        let page = site.get("/account", Some(&cookie)).await.text;
        let (_, rest) = page.split_once("name=\"form\" value=\"").unwrap();
        let form = rest.split('"').next().unwrap().to_owned();
        Self { cookie, form }
    }

    async fn get(&self, site: &LoginSite, path: &str) -> String {
        site.get(path, Some(&self.cookie)).await.text
    }

    async fn send(&self, site: &LoginSite, path: &str, fields: &[(&str, &str)]) -> PageResponse {
        let fields = [&[("form", &*self.form)][..], fields].concat();
        let encode = |text| utf8_percent_encode(text, NON_ALPHANUMERIC);
        let fields = fields
            .iter()
            .map(|(name, value)| format!("{}={}", encode(*name), encode(*value)));
        let form = fields.collect::<Vec<_>>().join("&");
        site.post(path, &form, Some(&self.cookie)).await
    }

    /// Sends the form of found queues with the only one there is.
    async fn decide(&self, site: &LoginSite, fields: &[(&str, &str)]) -> PageResponse {
        let fields = [&[("seen", "999"), ("id.0", QUEUE)][..], fields].concat();
        self.send(site, FOUND, &fields).await
    }
}

#[tokio::test]
async fn steps_are_for_administrators_until_somebody_hides_them() {
    let site = LoginSite::with_users().await;
    let admin = Person::sign_in(&site, Role::Admin.into()).await;
    let supervisor = Person::sign_in(&site, Role::Supervisor.into()).await;

    let page = admin.get(&site, "/").await;
    assert_contains(
        &page,
        &[
            "2 of 7 done",
            "data-key=\"step-access\" data-state=\"done\"",
            "data-key=\"step-site\" data-state=\"open\" aria-current=\"step\"",
            "Chat is connecting.",
            "1 report; nobody named or placed 1 of them.",
            "data-key=\"step-screen\" data-state=\"open\"",
        ],
    );
    assert_contains_none(&supervisor.get(&site, "/").await, &["Set up Wallboard"]);

    let hidden = admin.send(&site, "/settings/set-up", &[]).await;
    assert_eq!(hidden.status, StatusCode::SEE_OTHER);
    let cookie = hidden.headers[header::SET_COOKIE].to_str().unwrap();
    let cookie = cookie.split(';').next().unwrap();
    let admin = Person {
        cookie: format!("{}; {cookie}", admin.cookie),
        ..admin
    };
    let (hidden, shown) = (
        admin.get(&site, "/").await,
        admin.get(&site, "/?set-up=show").await,
    );
    assert_contains_none(&hidden, &["Set up Wallboard"]);
    assert_contains(&shown, &["Set up Wallboard"]);
}

#[tokio::test]
async fn at_an_address_of_this_computer_the_tv_step_and_screens_say_what_to_set() {
    let site = LoginSite::with_users().await;
    let admin = Person::sign_in(&site, Role::Admin.into()).await;
    let page = async |path: &str, host: &str| {
        let request = with_cookie(Request::get(path), Some(&admin.cookie));
        let request = request.header(header::HOST, host);
        read_page(send_request(&site.router, request).await)
            .await
            .text
    };
    let note = "This address only works on this computer.";
    let local = page("/", "localhost:8080").await;
    let (_, step) = local.split_once("data-key=\"step-screen\"").unwrap();
    let step = step.split("</li>").next().unwrap();
    assert_contains(
        step,
        &[
            note,
            "set listen under [server]",
            "public_url",
            "also set tls",
        ],
    );
    let screens = page("/screens", "127.0.0.1:8080").await;
    assert_contains(
        &screens,
        &[
            note,
            "<code>listen</code>",
            "<code>public_url</code>",
            "<code>tls</code>",
        ],
    );
    for path in ["/?set-up=show", "/screens"] {
        let reached = page(path, "wall.example").await;
        assert_contains_none(&reached, &[note]);
    }
}

#[tokio::test]
async fn demo_data_are_added_and_removed_by_administrators_where_nothing_is_connected() {
    let site = LoginSite::with_file("[access]\nmode = \"open\"\n").await;
    let admin = Person::sign_in(&site, Role::Admin.into()).await;
    let supervisor = Person::sign_in(&site, Role::Supervisor.into()).await;
    let add = [("action", "add")];
    let refused = supervisor.send(&site, "/settings/demo", &add).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    // Chat is connected.
    assert_contains_none(
        &admin.get(&site, "/").await,
        &["Look around with demo data"],
    );

    let added = admin.send(&site, "/settings/demo", &add).await;
    assert_eq!(added.headers[header::LOCATION], "/?set-up=show");
    let page = admin.get(&site, "/").await;
    assert_contains(&page, &["value=\"remove\">Remove demo data</button>"]);
    let source = admin.get(&site, "/sources/demo/edit").await;
    assert_contains(&source, &["<span class=\"quiet\">Demo data</span>"]);
    let new = admin.get(&site, "/sources/new?kind=values").await;
    assert_contains(&new, &["Saving removes the demo data."]);
    let history = admin.get(&site, "/sources/new?kind=sangoma-export").await;
    assert_contains_none(&history, &["Saving removes the demo data."]);

    // A real source takes its place.
    let real = [("kind", "values"), ("id", "phone"), ("action", "save")];
    let saved = admin.send(&site, "/sources/new", &real).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    let gone = site.get("/sources/demo/edit", Some(&admin.cookie)).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);

    admin.send(&site, "/settings/demo", &add).await;
    let removed = admin
        .send(&site, "/settings/demo", &[("action", "remove")])
        .await;
    assert_eq!(removed.status, StatusCode::SEE_OTHER);
    assert_contains_none(&admin.get(&site, "/").await, &["Remove demo data"]);
}

#[tokio::test]
async fn the_set_up_proposes_the_id_of_a_source_and_continues_once_it_is_saved() {
    let site = LoginSite::with_file("[access]\nmode = \"open\"\n").await;
    let admin = Person::sign_in(&site, Role::Admin.into()).await;
    let kinds = admin.get(&site, "/sources/new?from=set-up").await;
    assert_contains(
        &kinds,
        &["href=\"/sources/new?kind=vngage&#38;from=set-up\""],
    );
    let form = "/sources/new?kind=vngage&from=set-up";
    assert_contains(
        &admin.get(&site, form).await,
        &[
            "name=\"id\" value=\"chat\"",
            "name=\"step\"",
            "Save and continue",
        ],
    );

    let values = [("kind", "values"), ("action", "save"), ("step", "yes")];
    let refused = admin.send(&site, "/sources/new", &values).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_contains(&refused.text, &["name=\"step\""]);
    let chosen = [&values[..], &[("id", "chat"), ("name", "Web")]].concat();
    let saved = admin.send(&site, "/sources/new", &chosen).await;
    assert_eq!(saved.headers[header::LOCATION], "/", "{}", saved.text);
    assert_contains(
        &admin.get(&site, form).await,
        &["name=\"id\" value=\"chat-2\""],
    );
    let edited = admin.get(&site, "/sources/chat/edit").await;
    assert_contains(&edited, &["name=\"name\" value=\"Web\""]);
}

#[tokio::test]
async fn boards_and_queues_are_folded_until_somebody_makes_a_board_or_looks_around() {
    const FOLD: &str = "<details id=\"boards-and-queues\"><summary>Boards and queues</summary>";
    let site = LoginSite::with_file("[access]\nmode = \"open\"\n").await;
    let admin = Person::sign_in(&site, Role::Admin.into()).await;
    assert_contains(&admin.get(&site, "/").await, &[FOLD]);
    let demo = async |action| {
        admin
            .send(&site, "/settings/demo", &[("action", action)])
            .await
    };
    demo("add").await;
    assert_contains_none(&admin.get(&site, "/").await, &[FOLD]);
    demo("remove").await;
    assert_contains(&admin.get(&site, "/").await, &[FOLD]);

    // No app applies what is saved.
    let hall = BoardDefinition::new("hall", "Hall", BoardLayout::Queues);
    site.boards.replace_boards(vec![hall]);
    assert_contains_none(&admin.get(&site, "/").await, &[FOLD]);
}

#[tokio::test]
async fn a_found_queue_gets_its_name_group_hours_and_thresholds_in_one_form() {
    let site = LoginSite::with_users().await;
    let admin = Person::sign_in(&site, Role::Admin.into()).await;
    let page = admin.get(&site, FOUND).await;
    assert_contains(
        &page,
        &[
            "value=\"chat/9002@SIP/1\"",
            "data-label=\"Now\" data-part=\"chat/9002@SIP/1\" data-row>No figures yet",
            "<td data-label=\"On boards\">None</td>",
            "value=\"Sales\"",
        ],
    );

    let typed = [
        ("name.0", "Returns"),
        ("group.0", "After sales"),
        ("apply.0", "yes"),
        ("week", "Mon–Fri 8–17"),
        ("longest_wait.crit", "3:00"),
    ];
    let wrong = [
        &typed[..3],
        &[("week", "8–77"), ("longest_wait.crit", "soon")],
    ]
    .concat();
    let refused = admin.decide(&site, &wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_contains(
        &refused.text,
        &[
            "id=\"fault-hours\"",
            "id=\"fault-wait\"",
            "value=\"Returns\"",
        ],
    );
    assert_contains(&admin.get(&site, "/settings/names").await, &["None yet"]);

    let saved = admin.decide(&site, &typed).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    let text = async |section: &str, name: &str| {
        let name = utf8_percent_encode(name, NON_ALPHANUMERIC);
        admin
            .get(&site, &format!("/settings/{section}?name={name}"))
            .await
    };
    assert_contains(&text("names", QUEUE).await, &["= &#34;Returns&#34;"]);
    let hours = text("hours", QUEUE).await;
    assert_contains(&hours, &["mon-fri = &#34;08:00-17:00&#34;"]);
    assert_contains_none(&hours, &["sat = "]);
    let thresholds = text("thresholds", QUEUE).await;
    assert_contains(&thresholds, &["crit = &#34;180s&#34;"]);
    let group = text("groups", "after-sales").await;
    assert_contains(
        &group,
        &[
            "name = &#34;After sales&#34;",
            "[&#34;chat/9002@SIP/1&#34;]",
        ],
    );

    // Somebody whose page is from before.
    let late = [("seen", "0"), ("id.0", QUEUE), ("name.0", "Refunds")];
    let late = admin.send(&site, FOUND, &late).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert_contains(&text("names", QUEUE).await, &["= &#34;Returns&#34;"]);

    let hidden = admin
        .decide(&site, &[("hide.0", "yes"), ("name.0", "X")])
        .await;
    assert_eq!(hidden.status, StatusCode::SEE_OTHER, "{}", hidden.text);
    let hide = text("hide", "queues").await;
    assert_contains(&hide, &["queues = [&#34;chat/9002@SIP/1&#34;]"]);
    assert_contains(&text("names", QUEUE).await, &["= &#34;Returns&#34;"]);
}

#[tokio::test]
async fn supervisors_name_only_what_is_theirs_and_neither_group_nor_hide() {
    let group = |queue: &str| GroupRule {
        boards: Vec::new(),
        data: DataScope {
            queues: vec![Pattern(queue.to_owned())],
            ..DataScope::default()
        },
    };
    let rules = AccessRules {
        groups: [
            ("sales".to_owned(), group("chat/9002*")),
            ("other".to_owned(), group("chat/1")),
        ]
        .into(),
        ..AccessRules::default()
    };
    let site = LoginSite::with_rules(rules).await;
    for name in ["sales", "other"] {
        let membership = Membership {
            role: Role::Supervisor,
            groups: [name.to_owned()].into(),
        };
        site.add_user(name, membership).await;
    }
    let sales = Person::sign_in(&site, "sales").await;
    let other = Person::sign_in(&site, "other").await;

    let page = sales.get(&site, FOUND).await;
    assert_contains(&page, &["name=\"name.0\""]);
    assert_contains_none(&page, &["name=\"group.0\"", "name=\"hide.0\""]);
    assert_contains(&other.get(&site, FOUND).await, &["Nothing new"]);
    for forbidden in [("group.0", "All"), ("hide.0", "yes")] {
        let sent = sales.decide(&site, &[forbidden]).await;
        assert_eq!(sent.status, StatusCode::FORBIDDEN, "{forbidden:?}");
    }
    let saved = sales.decide(&site, &[("name.0", "Returns")]).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER);
    // Another's queue is as if it weren't there.
    let sent = other.decide(&site, &[("name.0", "Mine")]).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER);
    let page = sales
        .get(&site, "/settings/names?name=chat%2F9002%40SIP%2F1")
        .await;
    assert_contains(&page, &["= &#34;Returns&#34;"]);
}
