//! Pages in other languages: nothing on those that are translated is written past the message files.

use std::collections::BTreeSet;

use axum::{
    Router,
    http::{Request, StatusCode, header, request::Builder},
};

use wallboard_access::Role;
use wallboard_domain::{
    EntityKind, Id, Input, Metric, MetricValue, QueueGroup, SiteConfig, SourceSetup,
};
use wallboard_sources::vngage;
use wallboard_texts::testing::unbracketed_words;

use crate::web::access::reader_texts::PSEUDO;

use super::{
    PageResponse, SALES, agent_assigned, assert_contains, assert_contains_none, case_created,
    demo_router, forecasts::sales_forecast, login_site::LoginSite, profile_update, queue_reading,
    read_page, router_after, router_of, router_of_lost_connection, router_with_forecasts,
    sales_inputs, send_request, telephony::voice_router, test_site,
};

/// Words of data and of code, names of products and of languages, units, and words of a sentence's pieces.
const DATA: [&str; 45] = [
    "Wallboard",
    "Chat",
    "Vngage",
    "Sales",
    "Support",
    "Eva",
    "Anna",
    "cdm",
    "pair",
    "Slack",
    "Voice",
    "Genesys",
    "Karlsson",
    "Karl",
    "Phones",
    "SIP",
    "min",
    "UTC",
    "English",
    "Svenska",
    "Deutsch",
    "wallboard",
    "serve",
    "api",
    "v1",
    "http",
    "localhost",
    "tv",
    "viewer",
    "supervisor",
    "short",
    "ignored",
    "only",
    "talks",
    "CSV",
    "XLSX",
    "waits",
    "example",
    "com",
    "HTTPS",
    "WebSocket",
    "wall1",
    "wall2",
    "kB",
    "end_by",
];

pub(in crate::web) async fn get_in(router: &Router, path: &str, language: &str) -> PageResponse {
    let request = Request::get(path).header(header::ACCEPT_LANGUAGE, language);
    read_page(send_request(router, request).await).await
}

/// The texts that people see or hear on a page, and those of its script. Names, code and texts that are marked as
/// English or as not to be translated are data.
fn texts_of(html: &str) -> Vec<String> {
    let mut texts = Vec::new();
    let mut is_data = false;
    for part in html.split('<').skip(1) {
        let (tag, text) = part.split_once('>').unwrap();
        let name = tag.split([' ', '/']).next().unwrap();
        match name {
            "bdi" | "code" | "pre" | "script" | "style" => is_data = true,
            "" => is_data = false,
            _ => {
                is_data |= [" lang=\"en\"", " translate=\"no\""]
                    .iter()
                    .any(|mark| tag.contains(mark));
            }
        }
        if !is_data {
            texts.push(text.to_owned());
        }
        for attribute in ["aria-label=\"", "title=\"", "placeholder=\"", "data-say"] {
            let values = tag.split(attribute).skip(1);
            let values = values.map(|rest| match attribute {
                "data-say" => rest.split('"').nth(1),
                _ => rest.split('"').next(),
            });
            texts.extend(values.flatten().map(str::to_owned));
        }
    }
    texts
}

pub(in crate::web) fn assert_translated(page: &PageResponse, path: &str) {
    assert!(page.text.contains("<html lang=\"en-XA\">"), "{path}");
    let api_names = Metric::all().map(Metric::name);
    let api_names = api_names.flat_map(|name| name.split('_'));
    let data: BTreeSet<_> = api_names.chain(DATA).map(str::to_owned).collect();
    let foreign = texts_of(&page.text).into_iter().filter_map(|text| {
        let words = unbracketed_words(&text);
        let words: Vec<_> = words.difference(&data).cloned().collect();
        (!words.is_empty()).then_some((words, text))
    });
    let foreign: Vec<_> = foreign.collect();
    assert!(foreign.is_empty(), "{path}: {foreign:#?}");
}

/// Sales needs somebody, Support is calm and has nobody, and both are a group.
fn busy_site() -> (SiteConfig, Vec<Input>) {
    let id = |external: &str| Id::new(&"chat".into(), external);
    let site = SiteConfig {
        sources: vec![SourceSetup::new("chat", vngage::KIND)],
        groups: vec![QueueGroup {
            id: Id::new(&"group".into(), "Phones"),
            name: "Phones".to_owned(),
            queues: vec![id("9002@SIP/1"), id("2")],
        }],
        ..test_site()
    };
    let mut inputs = sales_inputs();
    inputs.extend([
        profile_update(EntityKind::Queue, "2", "Support"),
        queue_reading("2", Metric::Waiting, MetricValue::Count(0)),
        queue_reading("2", Metric::LongestWait, MetricValue::Seconds(0.0)),
        queue_reading("2", Metric::AgentsAvailable, MetricValue::Count(2)),
        queue_reading("9002@SIP/1", Metric::AgentsAvailable, MetricValue::Count(0)),
        agent_assigned("karl", "Karl", "2"),
        case_created("waits"),
    ]);
    (site, inputs)
}

#[tokio::test]
async fn translated_pages_have_no_text_past_the_message_files() {
    let (site, inputs) = busy_site();
    let busy = router_of(site, inputs);
    let lost = router_of_lost_connection();
    let voice = voice_router(Vec::new());
    let demo = demo_router();
    let quiet = router_after(vec![profile_update(
        EntityKind::Queue,
        "9002@SIP/1",
        "Sales",
    )]);
    let expected = router_with_forecasts(test_site(), sales_inputs(), sales_forecast(5));
    let gallery = "/";
    for (router, paths) in [
        (&expected, &[SALES][..]),
        (
            &busy,
            &[
                SALES,
                "/queues/chat/2",
                "/queues/group/Phones",
                "/shift",
                "/agents/chat/eva",
                "/agents/chat/karl",
                "/cases",
                "/cases?state=waiting&queue=unknown",
                "/cases?agent=chat/eva&state=open",
                "/cases?state=closed",
            ],
        ),
        (&lost, &[SALES, "/shift", "/agents/chat/eva", "/cases"]),
        (&voice, &["/agents/voice/akl", "/agents/voice/cdm"]),
        (&quiet, &[SALES]),
        (&demo, &[gallery]),
    ] {
        for path in paths {
            let page = get_in(router, path, PSEUDO).await;
            assert_eq!(page.status, StatusCode::OK, "{path}");
            assert_translated(&page, path);
        }
    }
    let site = LoginSite::with_users().await;
    let sign_in = get_in(&site.router, "/login", PSEUDO).await;
    assert_translated(&sign_in, "/login");
    let unused = LoginSite::unused().await;
    let first = get_in(&unused.router, "/login", PSEUDO).await;
    assert_translated(&first, "/login of nobody");
    for role in [Role::Viewer, Role::Supervisor] {
        let cookie = site.cookie_of(role).await;
        for path in [gallery, "/account"] {
            let page = get_with(&site, path, &cookie, PSEUDO).await;
            assert_eq!(page.status, StatusCode::OK, "{path}");
            assert_translated(&page, path);
        }
    }
}

/// The token of a page's forms.
fn form_token(page: &PageResponse) -> &str {
    let (_, rest) = page.text.split_once("name=\"form\" value=\"").unwrap();
    rest.split('"').next().unwrap()
}

/// Sends a form of a page, and returns what is answered to readers of the pseudo-language.
pub(super) async fn send_form(
    site: &LoginSite,
    path: &str,
    cookie: &str,
    fields: &str,
) -> PageResponse {
    let page = get_with(site, path, cookie, "").await;
    let request = Request::post(path)
        .header("sec-fetch-site", "same-origin")
        .header(header::COOKIE, cookie)
        .header(header::ACCEPT_LANGUAGE, PSEUDO);
    let form = format!("form={}&{fields}", form_token(&page));
    site.send_form(request, &form).await
}

#[tokio::test]
async fn pages_of_announcements_are_translated() {
    let site = LoginSite::with_users().await;
    let cookie = site.cookie_of(Role::Supervisor).await;
    let path = "/announcements";
    for text in ["Chat", "Sales"] {
        let fields = format!("text={text}&kind=important&until=1h");
        let made = send_form(&site, path, &cookie, &fields).await;
        assert_eq!(made.location, "/announcements?done=shown");
    }
    let page = get_with(&site, path, &cookie, "").await;
    let (_, id) = page.text.split_once("name=\"id\" value=\"").unwrap();
    let (id, _) = id.split_once('"').unwrap();
    let form = format!("form={}&id={id}", form_token(&page));
    let ended = site.post("/announcements/end", &form, Some(&cookie)).await;
    assert_eq!(ended.location, "/announcements?done=ended");
    for path in [path, "/announcements?done=shown", "/announcements?start=1"] {
        let page = get_with(&site, path, &cookie, PSEUDO).await;
        assert_contains(&page.text, &["id=\"shown\"", "id=\"over\""]);
        assert_translated(&page, path);
    }
    let refused = send_form(&site, path, &cookie, "text=+&kind=info&until=1h").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_translated(&refused, path);
    let swedish = get_with(&site, path, &cookie, "sv").await.text;
    assert_contains(
        &swedish,
        &["På tavlorna nu", "Alla tavlor", "avslutat av <bdi>"],
    );
}

#[tokio::test]
async fn pages_of_screens_are_translated() {
    let site = LoginSite::with_users().await;
    let cookie = site.cookie_of(Role::Supervisor).await;
    let waiting = get_with(&site, "/tv", "", PSEUDO).await;
    assert_eq!(waiting.status, StatusCode::UNAUTHORIZED);
    let (_, rest) = waiting.text.split_once("<p class=\"code\">").unwrap();
    let code = rest.split('<').next().unwrap().to_owned();
    let assert_translated = |mut page: PageResponse, path: &str| {
        page.text = page.text.replace(&code, "");
        assert_translated(&page, path);
    };
    assert_translated(waiting, "/tv");
    let added = "name=Chat&place=Sales&board=queues";
    let page = get_with(&site, "/screens", &cookie, "").await;
    let form = format!("form={}&{added}", form_token(&page));
    let made = (site.post("/screens/address", &form, Some(&cookie))).await;
    assert_eq!(made.status, StatusCode::OK);
    let typed = format!("/pair?code={code}");
    for path in [
        "/screens",
        "/screens?done=paired",
        "/pair",
        &typed,
        "/pair?code=x",
    ] {
        let page = get_with(&site, path, &cookie, PSEUDO).await;
        assert_translated(page, path);
    }
    for path in ["/tv?by=address", "/k/x"] {
        let page = get_with(&site, path, "", PSEUDO).await;
        assert_translated(page, path);
    }
    let pair = send_form(
        &site,
        "/pair",
        &cookie,
        &format!("code={code}&name=&board=queues"),
    )
    .await;
    assert_eq!(pair.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_translated(pair, "/pair");
    let german = get_with(&site, "/screens", &cookie, "de").await.text;
    assert_contains(
        &german,
        &[
            "Gekoppelte Bildschirme",
            "Noch nicht geöffnet",
            "Geheime Adresse",
        ],
    );
    let open = router_after(sales_inputs());
    let boards = get_in(&open, "/tv", PSEUDO).await;
    assert_translated(boards, "/tv with open access");
}

pub(super) async fn get_with(
    site: &LoginSite,
    path: &str,
    cookie: &str,
    language: &str,
) -> PageResponse {
    let request: Builder = Request::get(path).header(header::COOKIE, cookie);
    let request = request.header(header::ACCEPT_LANGUAGE, language);
    read_page(send_request(&site.router, request).await).await
}

#[tokio::test]
async fn pages_are_in_the_browsers_language_where_they_are_translated() {
    let router = router_after(sales_inputs());
    let german = get_in(&router, SALES, "fr, de-AT;q=0.9, en;q=0.5")
        .await
        .text;
    assert_contains(
        &german,
        &["<html lang=\"de\">", "Tafeln", "Jetzt wartend", "Kritisch"],
    );
    assert_contains_none(&german, &["Waiting", "threshold", "Data sources"]);
}

#[tokio::test]
async fn a_user_chooses_a_language_which_counts_more_than_the_browsers() {
    let site = LoginSite::with_users().await;
    let cookie = site.cookie_of(Role::Supervisor).await;
    let account = site.get("/account", Some(&cookie)).await;
    let token = form_token(&account);
    let choose = async |language: &str| {
        let form = format!("form={token}&language={language}");
        site.post("/account/language", &form, Some(&cookie)).await
    };

    let chosen = choose("sv").await;

    assert_eq!(chosen.status, StatusCode::SEE_OTHER);
    assert_eq!(chosen.location, "/account?done=language");
    let account = get_with(&site, &chosen.location, &cookie, "de").await.text;
    assert_contains(
        &account,
        &[
            "<html lang=\"sv\">",
            "Språket är ändrat.",
            "<option value=\"sv\" lang=\"sv\" selected>Svenska</option>",
        ],
    );
    let queue = get_with(&site, SALES, &cookie, "de").await.text;
    assert_contains(&queue, &["Tavlor", "I kö nu"]);
    // Others have theirs.
    let other = site.cookie_of(Role::Viewer).await;
    let other = get_with(&site, "/account", &other, "de").await.text;
    assert_contains(&other, &["<html lang=\"de\">", "Ihr Konto"]);

    assert_eq!(choose("").await.status, StatusCode::SEE_OTHER);
    let account = get_with(&site, "/account", &cookie, "de").await.text;
    assert_contains(&account, &["<html lang=\"de\">"]);
    assert_eq!(choose("fr").await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn refused_sign_ins_are_explained_in_the_browsers_language() {
    let site = LoginSite::with_users().await;
    let request = Request::post("/login")
        .header("sec-fetch-site", "same-origin")
        .header(header::ACCEPT_LANGUAGE, "sv");
    let page = site.send_form(request, "name=viewer&password=wrong").await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_contains(&page.text, &["Fel namn eller lösenord."]);
    let page = get_in(&site.router, "/", "de").await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED);
    assert_contains(&page.text, &["<html lang=\"de\">", "Anmelden"]);
}

#[test]
fn a_text_past_the_message_files_is_found() {
    let words = |text| unbracketed_words(text).into_iter().collect::<Vec<_>>();
    assert_eq!(words("[Lîvé~] since 14:20 &amp; 3 h"), ["since"]);
    let texts = texts_of("<p aria-label=\"a\" data-saylost=\"b\">c<bdi>d</bdi>e</p>");
    assert_eq!(texts, ["c", "a", "b", "e", ""]);
}
