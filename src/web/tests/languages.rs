//! Pages in other languages.

use axum::http::{Request, StatusCode, header};

use wallboard_access::Role;
use wallboard_domain::{
    EntityKind, Id, Input, Metric, MetricValue, QueueGroup, SiteConfig, SourceSetup,
};
use wallboard_sources::vngage;

use crate::web::access::reader_texts::PSEUDO;

use super::{
    PageResponse, SALES, agent_assigned, assert_contains, assert_contains_none, case_created,
    demo_router,
    forecasts::sales_forecast,
    login_site::LoginSite,
    profile_update, queue_reading, router_after, router_of, router_of_lost_connection,
    router_with_forecasts, sales_inputs,
    telephony::voice_router,
    test_site,
    translation::{
        assert_translated, form_token, get_in, get_with, refused_form, send_form, translated_page,
    },
};

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
        let page = translated_page(&site, path, &cookie).await;
        assert_contains(&page.text, &["id=\"shown\"", "id=\"over\""]);
    }
    refused_form(&site, path, &cookie, "text=+&kind=info&until=1h").await;
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
