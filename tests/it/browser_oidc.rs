//! Sign-in through the identity provider in a browser: the button, the way there and back, and the page.

use std::time::Duration;

use crate::{
    sign_in_oidc::OidcSite,
    support::{Browser, browser::BOARD_IS_LIVE},
};

const SOON: Duration = Duration::from_secs(20);

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
    Browser::start().check_pages(&site.url(""), &[("sign-in", "/login?next=/sources")], None);
    let pages = [("users", "/people"), ("account", "/account")];
    Browser::start().check_pages(&site.url(""), &pages, Some(&cookie));

    let site = OidcSite::open_without_provider().await;
    Browser::start().check_pages(&site.url(""), &[("provider-down", "/login")], None);
}
