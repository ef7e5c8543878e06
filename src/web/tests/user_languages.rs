//! Pages of users, of API tokens and of the audit trail in other languages.

use axum::http::StatusCode;

use wallboard_access::Role;

use crate::web::access::reader_texts::PSEUDO;

use super::{
    PageResponse, assert_contains,
    login_site::LoginSite,
    translation::{assert_translated, get_with, refused_form, send_form, translated_page},
};

/// Leaves out the names of users and parts of their IDs.
async fn assert_translated_but_users(site: &LoginSite, mut page: PageResponse, path: &str) {
    for user in site.sign_in.accounts().list_users().await.unwrap() {
        page.text = page.text.replace(&user.id().as_str()[..8], "");
    }
    page.text = page.text.replace("]admin", "]");
    assert_translated(&page, path);
}

#[tokio::test]
async fn pages_of_users_are_translated() {
    let site = LoginSite::with_users().await;
    let cookie = site.cookie_of(Role::Admin).await;
    let users = site.sign_in.accounts().list_users().await.unwrap();
    let id = |name| {
        let user = users.iter().find(|user| user.name == name);
        user.unwrap().id().as_str().to_owned()
    };
    let open = [id("viewer"), id("admin")].map(|id| format!("/people?edit={id}"));
    let done = ["added", "role", "disabled", "enabled", "password"];
    let done = done.map(|done| format!("/people?done={done}"));
    for path in ["/people".to_owned()].iter().chain(&open).chain(&done) {
        let page = get_with(&site, path, &cookie, PSEUDO).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert_translated_but_users(&site, page, path).await;
    }
    for (path, fields) in [
        (
            "/people",
            "name=viewer&role=viewer&password=twelve+letters+long",
        ),
        ("/people", "name=&role=viewer&password=twelve+letters+long"),
        ("/people", "name=Eva&role=viewer&password=short"),
        (
            "/people",
            "name=Eva&role=viewer&password=twelve+letters+long&group+Chat=on",
        ),
    ] {
        let refused = send_form(&site, path, &cookie, fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{fields}");
        assert_translated_but_users(&site, refused, fields).await;
    }
    let german = get_with(&site, &open[0], &cookie, "de").await.text;
    let expected = [
        "<option value=\"supervisor\">Supervisor</option>",
        "viewer deaktivieren",
        "Neues Passwort setzen",
    ];
    assert_contains(&german, &expected);
}

#[tokio::test]
async fn pages_of_tokens_and_the_audit_trail_are_translated() {
    let site = LoginSite::with_users().await;
    let cookie = site.cookie_of(Role::Admin).await;
    let fields = "name=Chat&role=supervisor&days=90&write+alerts=on&write+announcements=on";
    let made = send_form(&site, "/tokens", &cookie, fields).await;
    assert_contains(&made.text, &["<code>Authorization: Bearer</code>"]);
    assert_translated(&made, "/tokens with a new one");
    for path in ["/tokens", "/tokens?done=revoked"] {
        translated_page(&site, path, &cookie).await;
    }
    for fields in [
        "name=&role=viewer&days=90",
        "name=Chat&role=admin&days=90",
        "name=Chat&role=viewer&days=90&write+alerts=on",
        "name=Chat&role=viewer&days=0",
    ] {
        refused_form(&site, "/tokens", &cookie, fields).await;
    }
    let swedish = get_with(&site, "/tokens", &cookie, "sv").await.text;
    assert_contains(&swedish, &["API-nycklar", "larm, meddelanden", "90 dagar"]);

    let page = get_with(&site, "/audit", &cookie, PSEUDO).await;
    assert_translated_but_users(&site, page, "/audit").await;
    let german = get_with(&site, "/audit", &cookie, "de").await.text;
    assert_contains(&german, &["Token erstellt", "angemeldet", "Konto "]);
    let file = get_with(&site, "/audit.csv", &cookie, "de").await.text;
    let heading = "Nummer,Zeit,Wer,Herkunft,Kennung,Adresse,Aktion,Was";
    assert_contains(&file, &[heading, "made_token"]);
}
