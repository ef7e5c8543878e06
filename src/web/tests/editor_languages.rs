//! Forms of settings in other languages.

use axum::http::{Request, StatusCode, header};

use wallboard_access::Role;

use crate::web::access::reader_texts::PSEUDO;

use super::{
    PageResponse, SALES, assert_contains, assert_contains_none,
    login_site::LoginSite,
    translation::{assert_translated, get_with, refused_form, send_form, translated_page},
};

#[tokio::test]
async fn the_page_that_edits_a_queue_is_translated() {
    let site = LoginSite::with_users().await;
    let cookie = site.cookie_of(Role::Supervisor).await;
    let path = format!("{SALES}/edit");
    let faulty = "section=hours&action=save&week.mon=Support";
    refused_form(&site, &path, &cookie, faulty).await;
    let saved = "section=hours&action=save&week.mon=8-17&week.tue=8-17&week.sat=geschlossen";
    let saved = send_form(&site, &path, &cookie, saved).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    for path in [
        path.clone(),
        format!("{path}?saved=hours"),
        format!("{path}?saved=names"),
    ] {
        translated_page(&site, &path, &cookie).await;
    }
    let began = "section=thresholds&action=rehearse&waiting.crit=3";
    let rehearsed = send_form(&site, &path, &cookie, began).await;
    assert_eq!(rehearsed.status, StatusCode::OK);
    assert_translated(&rehearsed, &path);
    let faulty = "section=thresholds&action=save&waiting.crit=many";
    let refused = refused_form(&site, &path, &cookie, faulty).await;
    assert_contains(&refused.text, &["lang=\"en\" id=\"fault-waiting.crit\""]);
    let holiday =
        "BEGIN:VEVENT%0ADTSTART:20000101%0ARRULE:FREQ%3DYEARLY%0ASUMMARY:New+Year%0AEND:VEVENT";
    let party = "BEGIN:VEVENT%0ADTSTART:20000101T150000%0ARRULE:FREQ%3DYEARLY%0ASUMMARY:Support%0AEND:VEVENT";
    let filled = format!(
        "section=hours&action=calendar&calendar=BEGIN:VCALENDAR%0A{holiday}%0A{party}%0AEND:VCALENDAR"
    );
    let filled = send_form(&site, &path, &cookie, &filled).await;
    assert_contains(&filled.text, &["-01-01 New Year</bdi>", "Support"]);
    assert_translated(&filled, &path);
    let none = "section=hours&action=calendar&calendar=Christmas";
    let none = send_form(&site, &path, &cookie, none).await;
    assert_contains(
        &none.text,
        &["id=\"fault-calendar\"", "Christmas</textarea>"],
    );
    assert_translated(&none, &path);
    let late = "section=hours&action=save&week.mon=8-16&began_from=";
    let conflict = send_form(&site, &path, &cookie, late).await;
    assert_eq!(conflict.status, StatusCode::CONFLICT);
    assert_translated(&conflict, &path);

    let german = get_with(&site, &path, &cookie, "de").await.text;
    assert_contains(&german, &["Öffnungszeiten", "<bdi>Sales</bdi> bearbeiten"]);
    assert_contains_none(&german, &["Opening hours", "Save"]);
    let swedish = get_with(&site, &path, &cookie, "sv").await.text;
    assert_contains(&swedish, &["Redigera <bdi>Sales</bdi>", "▲ Varning från"]);
}

#[tokio::test]
async fn the_editor_of_boards_is_translated() {
    let site = LoginSite::with_users().await;
    let cookie = site.cookie_of(Role::Supervisor).await;
    let new = "/boards/new";
    for path in [
        new,
        "/boards/new?start=team&title=Sales",
        "/boards/new?start=all&title=Sales",
    ] {
        translated_page(&site, path, &cookie).await;
    }
    // The board's title is data.
    let path = "/boards/queues/edit?done=saved";
    let page = get_with(&site, path, &cookie, PSEUDO).await;
    let text = page.text.replace("Queues", "");
    assert_translated(&PageResponse { text, ..page }, path);
    let fields = "is_new=1&id=sales&title=Sales&queues.0=Chat/x&show.0=waiting&show.1=longest_wait&totals.0=talking";
    let sent = async |more: &str| send_form_of(&site, &cookie, &format!("{fields}&{more}")).await;
    for pressed in [
        "do=up:show:1",
        "do=remove:totals:0",
        "add.hide=chat/*",
        "layout=agents",
    ] {
        let page = sent(pressed).await;
        assert_eq!(page.status, StatusCode::OK, "{pressed}");
        assert_translated(&page, pressed);
    }
    let unknown = sent("add.queues=Support&add.names=Anna").await;
    assert_contains(&unknown.text, &["aria-invalid"]);
    assert_translated(&unknown, "what nothing is called");
    for faulty in ["is_new=1&title=Sales&id=preview", "is_new=1&title="] {
        let page = refused_form(&site, new, &cookie, faulty).await;
        assert_contains(&page.text, &["class=\"error\""]);
    }
    let german = get_with(&site, new, &cookie, "de").await.text;
    assert_contains(&german, &["Neue Tafel", "Alle meine Warteschlangen"]);
    let swedish = get_with(&site, "/boards/queues/edit", &cookie, "sv").await;
    assert_contains(
        &swedish.text,
        &["Förhandsvisning", "data-sayfits=\"Allt får plats"],
    );
}

/// Sends the form of the editor of boards to its preview.
async fn send_form_of(site: &LoginSite, cookie: &str, fields: &str) -> PageResponse {
    let page = get_with(site, "/boards/queues/edit", cookie, "").await;
    let (_, rest) = page.text.split_once("name=\"form\" value=\"").unwrap();
    let token = rest.split('"').next().unwrap();
    let request = Request::post("/boards/preview")
        .header("sec-fetch-site", "same-origin")
        .header(header::COOKIE, cookie)
        .header(header::ACCEPT_LANGUAGE, PSEUDO);
    let form = format!("form={token}&{fields}");
    site.send_form(request, &form).await
}

#[tokio::test]
async fn the_page_of_found_queues_is_translated() {
    let site = LoginSite::with_users().await;
    let cookie = site.cookie_of(Role::Admin).await;
    let path = "/settings/found";
    for path in [
        path,
        "/settings/found?from=set-up",
        "/settings/found?done=saved",
    ] {
        let page = translated_page(&site, path, &cookie).await;
        assert_contains(&page.text, &["name=\"id.0\""]);
    }
    let queue = "seen=0&id.0=chat/9002@SIP/1&name.0=Sales&apply.0=yes";
    let faulty = format!("{queue}&week=8-77&longest_wait.crit=soon");
    refused_form(&site, path, &cookie, &faulty).await;
    let swedish = get_with(&site, path, &cookie, "sv").await.text;
    assert_contains(
        &swedish,
        &["Hittade köer", "Namn och grupper", "Inga värden ännu"],
    );
}

#[tokio::test]
async fn the_page_of_a_playlist_is_translated() {
    let site = LoginSite::with_users().await;
    let cookie = site.cookie_of(Role::Admin).await;
    let path = "/screens/playlist";
    translated_page(&site, path, &cookie).await;
    let items = "board0=queues&seconds0=20&board1=agents&seconds1=30&hours1=fre+8-17&critical1=on&board2=gone&seconds2=5";
    for action in ["add", "up+1", "check"] {
        let fields = format!("name=Hall&jump=90s&{items}&action={action}");
        let page = send_form(&site, path, &cookie, &fields).await;
        assert_eq!(page.status, StatusCode::OK, "{action}");
        // A board that is gone has its ID, and durations are as the configuration has them.
        let text = page.text.replace("gone", "").replace("90s", "");
        assert_translated(&PageResponse { text, ..page }, action);
    }
    let weekly =
        "name=Hall&jump=&board0=queues&seconds0=20&hours0=Mo-Fr+8-17&critical0=on&action=check";
    let week = send_form(&site, path, &cookie, weekly).await;
    assert_contains(&week.text, &["class=\"lanes\"", "08:00–17:00"]);
    assert_translated(&week, path);
    let faulty = "name=Hall&jump=1m&board0=queues&seconds0=soon&action=save";
    refused_form(&site, path, &cookie, faulty).await;
    let swedish = get_with(&site, path, &cookie, "sv").await.text;
    assert_contains(
        &swedish,
        &[
            "Ny spellista",
            "I tur och ordning",
            "placeholder=\"alltid\"",
        ],
    );
}

/// The revision that a form of Sales' thresholds begins from.
async fn begun_revision(site: &LoginSite, cookie: &str) -> String {
    let page = get_with(site, "/settings/thresholds?name=chat/Sales", cookie, "").await;
    let (_, revision) = page
        .text
        .split_once("name=\"began_from\" value=\"")
        .unwrap();
    revision.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn pages_of_settings_are_translated() {
    let site = LoginSite::with_users().await;
    let cookie = site.cookie_of(Role::Admin).await;
    let path = "/settings/thresholds";
    let entry = "%5Bthresholds.%22chat%2FSales%22%5D%0Awaiting+%3D+%7B+crit+%3D+";
    for limit in ["3", "4"] {
        let revision = begun_revision(&site, &cookie).await;
        let fields =
            format!("name=chat/Sales&began_from={revision}&toml={entry}{limit}+%7D&action=save");
        let saved = send_form(
            &site,
            "/settings/thresholds?name=chat/Sales",
            &cookie,
            &fields,
        )
        .await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    }
    for path in [
        "/settings",
        "/settings/changes",
        "/settings/changes?section=thresholds&by=admin",
        "/settings/changes?by=nobody",
        "/settings/transfer",
        "/settings/transfer?saved=2",
        "/settings/names?find=x",
        "/settings/thresholds?find=sales",
        path,
        "/settings/names",
        "/settings/thresholds?name=",
        "/settings/thresholds?name=chat/Sales",
        "/settings/thresholds?name=chat/Sales&done=saved",
        "/settings/groups?name=",
        "/settings/people?name=",
        "/settings/links?name=",
        "/settings/names?name=",
        "/settings/hide",
        "/settings/hide?name=queues",
        "/settings/hide?name=agents",
        "/settings/brand",
        "/settings/privacy",
        "/settings/time_zone",
        "/settings/language",
        "/settings/queues",
        "/settings/queues?pattern=Support",
        "/settings/queues?pattern=Chat/*",
        "/settings/queues?pattern=Chat/*&saved=hours",
        "/settings/site",
        "/settings/site?from=set-up",
        "/settings/site?done=saved",
    ] {
        translated_page(&site, path, &cookie).await;
    }
    let supervisor = site.cookie_of(Role::Supervisor).await;
    translated_page(&site, "/settings", &supervisor).await;
    let path = "/settings/thresholds?name=chat/Sales";
    let revision = begun_revision(&site, &cookie).await;
    let faulty = format!("name=chat/Sales&began_from={revision}&toml={entry}x+%7D&action=save");
    refused_form(&site, path, &cookie, &faulty).await;
    let late = format!("name=chat/Sales&began_from=&toml={entry}5+%7D&action=save");
    let conflict = send_form(&site, path, &cookie, &late).await;
    assert_eq!(conflict.status, StatusCode::CONFLICT);
    assert_translated(&conflict, path);
    let german = get_with(&site, "/settings", &cookie, "de").await.text;
    assert_contains(&german, &["Einstellungen", "Öffnungszeiten", "Browser 1"]);
    let swedish = get_with(&site, "/settings/changes", &cookie, "sv")
        .await
        .text;
    assert_contains(
        &swedish,
        &["tillagd av <bdi>admin</bdi>", "ändrad av <bdi>"],
    );
}
