//! Sign-in through the identity provider in a browser: the button, the way there and back, and the page.

use std::time::Duration;

use serde_json::json;

use crate::{
    sign_in_oidc::OidcSite,
    support::{Browser, browser::BOARD_IS_LIVE},
};

const SOON: Duration = Duration::from_secs(20);
const SIZES: [(u32, u32); 4] = [(1920, 1080), (1280, 720), (960, 540), (390, 844)];

/// Looks at pages in every size and both themes.
fn check_pages(site: &OidcSite, pages: &[(&str, &str)], cookie: Option<&str>) {
    let (browser, base) = (Browser::start(), site.url(""));
    browser.command(&json!({"do": "visit", "base": base, "pages": pages, "cookie": cookie}));
    let themes = ["dark", "light"];
    let found = browser.command(&json!({"do": "axe", "themes": themes}));
    assert_eq!(found, json!([]), "{found:#}");
    let tour = json!({"do": "tour", "state": "", "sizes": SIZES, "themes": themes, "font": "noto", "folder": null});
    let faults = browser.command(&tour);
    assert_eq!(faults, json!([]), "{faults:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn button_leads_to_the_provider_and_back_to_the_board() {
    let site = OidcSite::open().await;
    let browser = Browser::open(&site.url("/boards/queues"));
    let has_button = "document.querySelector('a.button')?.textContent === 'Sign in with Acme'";
    browser.wait_for(has_button, SOON).await;
    browser.evaluate("(document.querySelector('a.button').click(), null)");
    let has_form = "!!document.querySelector('[name=login]')";
    browser.wait_for(has_form, SOON).await;
    browser.evaluate(
        "(document.querySelector('[name=login]').value = 'anna', \
         document.querySelector('[name=password]').value = 'any', \
         document.querySelector('button').click(), null)",
    );
    let asks = "document.querySelector('[name=prompt]')?.value === 'consent'";
    browser.wait_for(asks, SOON).await;
    browser.evaluate("(document.querySelector('button').click(), null)");
    let is_live = format!(
        "location.pathname === '/boards/queues' && !!document.getElementById('link') && {BOARD_IS_LIVE}"
    );
    browser.wait_for(&is_live, SOON).await;

    browser.evaluate("(location.assign('/account'), null)");
    let is_signed_in = "document.querySelector('h1')?.textContent === 'anna@acme.example'";
    browser.wait_for(is_signed_in, SOON).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_the_provider_fit_every_screen_and_reader() {
    let site = OidcSite::open().await;
    site.sign_in("bo").await;
    let (di, _) = site.sign_in("di").await;
    let cookie = di.cookie(&site.url("/"), "__Host-wallboard").unwrap();
    let cookie = format!("__Host-wallboard={cookie}");
    check_pages(&site, &[("sign-in", "/login?next=/sources")], None);
    let pages = [("users", "/people"), ("account", "/account")];
    check_pages(&site, &pages, Some(&cookie));

    let site = OidcSite::open_without_provider().await;
    check_pages(&site, &[("provider-down", "/login")], None);
}
