//! Pages of what can't be shown, in other languages.

use axum::http::StatusCode;

use wallboard_access::Role;

use crate::web::access::reader_texts::PSEUDO;

use super::{
    assert_contains,
    login_site::LoginSite,
    router_after, sales_inputs,
    translation::{assert_translated, get_in, get_with},
};

#[tokio::test]
async fn what_cannot_be_shown_is_explained_in_the_readers_language() {
    let router = router_after(sales_inputs());
    for path in [
        "/nowhere",
        "/boards/Chat",
        "/queues/Chat/Chat",
        "/agents/Chat/Chat",
        "/cards/Chat",
    ] {
        let page = get_in(&router, path, PSEUDO).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        assert_translated(&page, path);
    }
    let site = LoginSite::with_users().await;
    let cookie = site.cookie_of(Role::Viewer).await;
    let refused = get_with(&site, "/settings", &cookie, PSEUDO).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert_translated(&refused, "/settings");
    // An invalid part is described in English, and so is all around it.
    let invalid = get_in(&router, "/cases?sort=size", "de").await;
    assert_eq!(invalid.status, StatusCode::BAD_REQUEST);
    let english = ["<html lang=\"en\">", "This link doesn’t work"];
    assert_contains(&invalid.text, &english);
    let missing = get_in(&router, "/queues/Chat/Chat", "sv").await.text;
    let swedish = ["Det finns ingen kö ”Chat/Chat”.", "Du kan gå till:"];
    assert_contains(&missing, &swedish);
}
