//! Forms of settings in other languages.

use axum::http::StatusCode;

use wallboard_access::Role;

use crate::web::access::reader_texts::PSEUDO;

use super::{
    PageResponse, SALES, assert_contains, assert_contains_none,
    languages::{assert_translated, get_with, send_form},
    login_site::LoginSite,
};

/// Sends a form, which is refused for what it says.
async fn refuse_form(site: &LoginSite, path: &str, cookie: &str, fields: &str) -> PageResponse {
    let page = send_form(site, path, cookie, fields).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
    assert_translated(&page, path);
    page
}

#[tokio::test]
async fn the_page_that_edits_a_queue_is_translated() {
    let site = LoginSite::with_users().await;
    let cookie = site.cookie_of(Role::Supervisor).await;
    let path = format!("{SALES}/edit");
    let saved = "section=hours&action=save&week=Mo-Fr+8-17%0ASa+geschlossen";
    let saved = send_form(&site, &path, &cookie, saved).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    for path in [
        path.clone(),
        format!("{path}?saved=hours"),
        format!("{path}?saved=names"),
    ] {
        let page = get_with(&site, &path, &cookie, PSEUDO).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert_translated(&page, &path);
    }
    let began = "section=thresholds&action=rehearse&waiting.crit=3";
    let rehearsed = send_form(&site, &path, &cookie, began).await;
    assert_eq!(rehearsed.status, StatusCode::OK);
    assert_translated(&rehearsed, &path);
    let faulty = "section=thresholds&action=save&waiting.crit=many";
    let refused = refuse_form(&site, &path, &cookie, faulty).await;
    assert_contains(&refused.text, &["lang=\"en\" id=\"fault-waiting.crit\""]);
    let faulty = "section=hours&action=save&week=Noday+8-17";
    refuse_form(&site, &path, &cookie, faulty).await;
    let late = "section=hours&action=save&week=Mon+8-16&began_from=";
    let conflict = send_form(&site, &path, &cookie, late).await;
    assert_eq!(conflict.status, StatusCode::CONFLICT);
    assert_translated(&conflict, &path);

    let german = get_with(&site, &path, &cookie, "de").await.text;
    assert_contains(&german, &["Öffnungszeiten", "<bdi>Sales</bdi> bearbeiten"]);
    assert_contains_none(&german, &["Opening hours", "Save"]);
    let swedish = get_with(&site, &path, &cookie, "sv").await.text;
    assert_contains(&swedish, &["Redigera <bdi>Sales</bdi>", "▲ Varning från"]);
}
