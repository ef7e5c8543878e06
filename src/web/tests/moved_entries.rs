//! Entries of a file that are moved to the browser by their page.

use axum::http::StatusCode;

use wallboard_access::Role;

use crate::web::access::reader_texts::PSEUDO;

use super::{
    PageResponse, assert_contains, assert_contains_none,
    login_site::{LoginSite, path_of},
    translation::{assert_translated, get_with, send_form},
};

const FILE: &str = "[access]\nmode = \"open\"\n[hours]\n\"Chat/x\" = { mon = \"08:00-17:00\" }\n\
    \"Chat/*\" = { tue = \"08:00-17:00\" }\n";
const ENTRY: &str = "/settings/hours?name=Chat/x";

/// Sends what a button of the entry's page does.
async fn press(site: &LoginSite, cookie: &str, action: &str) -> StatusCode {
    let page = get_with(site, ENTRY, cookie, "").await.text;
    let (_, rest) = page.split_once("name=\"began_from\" value=\"").unwrap();
    let revision = rest.split('"').next().unwrap();
    let fields = format!("name=Chat/x&began_from={revision}&action={action}");
    let answer = send_form(site, ENTRY, cookie, &fields).await;
    assert_contains_none(&answer.location, &["done"]);
    answer.status
}

/// The entry's page is translated, except for the file's name.
async fn assert_entry_translated(site: &LoginSite, cookie: &str) {
    let english = get_with(site, ENTRY, cookie, "").await.text;
    let (_, place) = english.split_once("<p>In ").unwrap();
    let (file, _) = place.split_once(", line").unwrap();
    let page = get_with(site, ENTRY, cookie, PSEUDO).await;
    let text = page.text.replace(file, "");
    assert_translated(&PageResponse { text, ..page }, ENTRY);
}

#[tokio::test]
async fn a_moved_entry_shows_the_lines_to_delete_until_it_is_kept_in_the_file() {
    let site = LoginSite::with_file(FILE).await;
    let cookie = site.cookie_of(Role::Admin).await;
    assert_entry_translated(&site, &cookie).await;
    let page = get_with(&site, ENTRY, &cookie, "").await.text;
    assert_contains(&page, &["value=\"move\"", "readonly"]);

    assert_eq!(press(&site, &cookie, "move").await, StatusCode::SEE_OTHER);

    assert_entry_translated(&site, &cookie).await;
    let page = get_with(&site, ENTRY, &cookie, "").await.text;
    assert_contains(
        &page,
        &[
            "not effective yet",
            "Delete line 4 of ",
            "Keep it in the file",
        ],
    );
    assert_contains_none(&page, &["value=\"move\"", "value=\"restore\"", "Chat/*"]);
    let overview = get_with(&site, "/settings", &cookie, "").await.text;
    assert_contains(&overview, &["not effective until deleted from the file"]);

    assert_eq!(press(&site, &cookie, "delete").await, StatusCode::SEE_OTHER);
    let page = get_with(&site, ENTRY, &cookie, "").await.text;
    assert_contains(&page, &["value=\"move\""]);
    assert_contains_none(&page, &["not effective yet"]);
}

#[tokio::test]
async fn only_those_who_may_change_an_entry_move_it() {
    let site = LoginSite::with_file(FILE).await;
    let admin = site.cookie_of(Role::Admin).await;
    let page = site.get(ENTRY, Some(&admin)).await.text;
    let (_, token) = page.split_once("name=\"form\" value=\"").unwrap();
    let form = format!("form={}&name=Chat/x&began_from=&action=move", &token[..64]);
    for cookie in [None, Some(site.cookie_of(Role::Viewer).await)] {
        let answer = site.post("/settings/hours", &form, cookie.as_deref()).await;
        assert_contains_none(&answer.location, &["settings/hours?name"]);
    }
    let page = site.get(ENTRY, Some(&admin)).await.text;
    assert_contains(&page, &["value=\"move\""]);
}

const SOURCES: &str = "[access]\nmode = \"open\"\n[sources.voice]\nkind = \"genesys\"\n\
    base_url = \"https://h\"\n[sources.voice.auth]\ngrant = \"client_credentials\"\nclient_id = \"c\"\n\
    client_secret = \"hunter1\"\n[[sources.voice.statistics]]\nmetric = \"waiting\"\n\
    object_type = \"Queue\"\nobjects = [\"1@S\"]\nname = \"W\"\n[sources.files]\nkind = \"vergic-export\"\n\
    folder = \"exports\"\n";

#[tokio::test]
async fn a_source_is_moved_and_kept_by_its_page_unless_it_needs_what_only_files_have() {
    let site = LoginSite::with_file(SOURCES).await;
    let cookie = site.cookie_of(Role::Admin).await;
    let edit = "/sources/voice/edit";
    let press = async |action: &str, revision: &str| {
        let fields = format!("action={action}&began_from={revision}");
        let answer = send_form(&site, edit, &cookie, &fields).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        assert_eq!(answer.location, edit);
        let page = get_with(&site, edit, &cookie, "").await.text;
        assert_contains_none(&page, &["hunter1", "sealed = \"0"]);
        page
    };
    let page = press("move", "").await;
    assert_contains(
        &page,
        &["Delete lines 3 to 14 of ", "client_secret = &#34;…&#34;"],
    );
    assert_contains_none(&page, &["value=\"move\"", "name=\"base_url\""]);
    let (_, rest) = page.split_once("name=\"began_from\" value=\"").unwrap();
    let revision = rest.split('"').next().unwrap();
    let page = press("delete", revision).await;
    assert_contains(&page, &["value=\"move\""]);
    assert_contains_none(&page, &["not effective yet"]);

    let edit = "/sources/files/edit";
    let page = get_with(&site, edit, &cookie, "").await.text;
    assert_contains(&page, &["<code>folder</code> is a folder of the server"]);
    assert_contains_none(&page, &["value=\"move\""]);
    let refused = send_form(&site, edit, &cookie, "action=move&began_from=").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let fault = "folder: is a folder of the server, which the browser can&#39;t choose";
    let refused = refused.text;
    assert!(refused.contains("lang=\"en\""), "{refused}");
    assert_contains(&refused, &[fault]);
}

#[tokio::test]
async fn a_queue_whose_hours_are_in_a_file_says_so_where_it_would_close_early() {
    let file = "[access]\nmode = \"open\"\n[hours]\n\
        \"chat/9002@SIP/1\" = { mon-sun = \"00:00-24:00\" }\n";
    let site = LoginSite::with_file(file).await;
    let cookie = site.cookie_of(Role::Supervisor).await;
    let queue = path_of("/queues/{source}/{id}");
    let page = site.get(&queue, Some(&cookie)).await.text;
    assert_contains(&page, &["Close early today", "Its opening hours are in "]);
    assert_contains_none(&page, &["value=\"close\""]);
}
