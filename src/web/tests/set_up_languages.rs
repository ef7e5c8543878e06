//! The set-up in other languages.

use axum::http::{Request, StatusCode, header};

use wallboard_access::Role;
use wallboard_domain::SiteConfig;
use wallboard_history::ExportVendor;

use crate::web::access::reader_texts::PSEUDO;

use super::{
    assert_contains, assert_contains_none,
    login_site::LoginSite,
    router_without_source,
    translation::{assert_translated, get_in, get_with},
};

#[tokio::test]
async fn the_set_up_is_translated() {
    let unused = LoginSite::unused().await;
    let page = get_in(&unused.router, "/setup", PSEUDO).await;
    assert_translated(&page, "/setup");
    let request = Request::post("/setup")
        .header("sec-fetch-site", "same-origin")
        .header(header::ACCEPT_LANGUAGE, PSEUDO);
    let form = "code=WRONG&name=Eva&password=twelve+letters+long";
    let refused = unused.send_form(request, form).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert_translated(&refused, "/setup with a wrong code");

    let mut first = get_in(&router_without_source(SiteConfig::default()), "/", PSEUDO).await;
    let live = wallboard_sources::SourceConfig::STARTERS.iter();
    for starter in live.chain(ExportVendor::STARTERS) {
        assert_contains(&first.text, &[starter.system]);
        first.text = first.text.replace(starter.system, "");
    }
    assert_translated(&first, "first steps");

    let site = LoginSite::with_users().await;
    let cookie = site.cookie_of(Role::Admin).await;
    let steps = get_with(&site, "/", &cookie, PSEUDO).await;
    assert_translated(&steps, "steps of the set-up");
    let german = get_with(&site, "/", &cookie, "de").await.text;
    let expected = [
        "Wallboard einrichten",
        "2 von 7 erledigt<",
        "Chat verbindet sich.",
        "Warteschlangen mit Daten: 1; 1 davon hat noch niemand benannt oder zugeordnet.",
        "<bdi>TV koppeln</bdi>",
    ];
    assert_contains(&german, &expected);
    // Boards get the language of the person who sets them up.
    let proposed = "<option value=\"de\" selected>";
    let step = get_with(&site, "/settings/site?from=set-up", &cookie, "de").await;
    assert_contains(&step.text, &[proposed]);
    let page = get_with(&site, "/settings/site", &cookie, "de").await;
    assert_contains_none(&page.text, &[proposed]);
}
