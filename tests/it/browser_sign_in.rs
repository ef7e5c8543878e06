//! Sign-in in a browser: from the form to the board and back, and the pages themselves.

use std::time::Duration;

use serde_json::json;

use crate::{
    sign_in::{PASSWORD, SignInSite},
    support::{Browser, browser::BOARD_IS_LIVE, ports},
};

const SOON: Duration = Duration::from_secs(20);
/// Its queue is known without it.
const UNREACHABLE_SOURCE: &str = "[sources.voice]\nkind = \"gms\"\n\
    base_url = [\"http://127.0.0.1:9/genesys/1\"]\n\
    [[sources.voice.statistics]]\nmetric = \"waiting\"\nstat = \"CurrNumberWaitingCalls\"\n\
    object_type = \"Queue\"\nobjects = [\"9001@SIP\"]\n";
const HAS_FORM: &str =
    "document.title.startsWith('Sign in') && !!document.querySelector('[name=password]')";

fn fill(browser: &Browser, name: &str, password: &str) {
    browser.evaluate(&format!(
        "(document.querySelector('[name=name]').value = '{name}', \
         document.querySelector('[name=password]').value = '{password}', \
         document.querySelector('button.main').click(), null)"
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn sign_in_leads_to_the_page_and_losing_access_away_from_it() {
    let site = SignInSite::open().await;
    site.add_user("Åsa", "admin");
    site.add_user("Bo", "supervisor");
    let browser = Browser::open(&site.wallboard.url("/boards/queues"));
    browser.wait_for(HAS_FORM, SOON).await;

    fill(&browser, "bo", "not the password");
    let is_refused =
        "document.querySelector('.error')?.textContent === 'That name and password don’t match.'";
    browser.wait_for(is_refused, SOON).await;
    fill(&browser, "bo", PASSWORD);
    let is_live = format!(
        "location.pathname === '/boards/queues' && !!document.getElementById('link') && {BOARD_IS_LIVE}"
    );
    browser.wait_for(&is_live, SOON).await;

    let disabled = site.run_user(&["disable", "Bo"], "");
    assert_eq!(disabled.0, Some(0), "{disabled:?}");
    browser.wait_for(HAS_FORM, SOON).await;
    assert_eq!(browser.evaluate("location.pathname"), "/boards/queues");

    // A desk page notices within its refresh.
    let enabled = site.run_user(&["enable", "Bo"], "");
    assert_eq!(enabled.0, Some(0), "{enabled:?}");
    browser.command(&json!({"do": "open", "url": site.wallboard.url("/sources")}));
    fill(&browser, "Bo", PASSWORD);
    let is_signed_in = "document.querySelector('.account')?.textContent === 'Bo'";
    browser.wait_for(is_signed_in, SOON).await;
    let disabled = site.run_user(&["disable", "Bo"], "");
    assert_eq!(disabled.0, Some(0), "{disabled:?}");
    browser.wait_for(HAS_FORM, SOON).await;
    let errors = browser.console_errors(|error| error.contains("401") || error.contains("422"));
    assert_eq!(errors, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_sign_in_fit_every_screen_and_reader() {
    let site = SignInSite::open().await;
    let browser = Browser::start();
    let check = |pages: &[(&str, &str)], cookie: Option<&str>| {
        browser.check_pages(&site.wallboard.url(""), pages, cookie);
    };
    check(
        &[("setup", "/setup?code=BCDF-GHJK"), ("sign-in", "/login")],
        None,
    );

    site.add_user("Åsa", "admin");
    site.add_user("a name of forty characters or even more", "viewer");
    site.add_user("Bo", "supervisor");
    assert_eq!(site.run_user(&["disable", "Bo"], "").0, Some(0));
    let member = ["role", "Bo", "--role", "supervisor", "--group", "hall"];
    assert_eq!(site.run_user(&member, "").0, Some(0));
    let made = [
        "add",
        "A program whose name is long enough",
        "--role",
        "viewer",
        "--group",
        "hall",
    ];
    assert_eq!(site.run_command("token", &made, "").0, Some(0));
    let cookie = site.sign_in("Åsa", PASSWORD).await.unwrap();
    site.sign_in("Åsa", PASSWORD).await.unwrap();
    let pages = [
        ("users", "/people?done=added"),
        ("tokens", "/tokens"),
        ("audit", "/audit"),
        ("account", "/account"),
        ("boards", "/"),
    ];
    check(&pages, Some(&cookie));
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_are_in_the_language_that_a_user_chose() {
    let site = SignInSite::open_at(ports::free(), UNREACHABLE_SOURCE, &[]).await;
    site.add_user("Bo", "supervisor");
    let browser = Browser::open(&site.wallboard.url("/account"));
    browser.wait_for(HAS_FORM, SOON).await;
    fill(&browser, "Bo", PASSWORD);
    let is_in = |language: &str, text: &str| {
        format!(
            "document.documentElement?.lang === '{language}' && document.body?.innerText.includes('{text}')"
        )
    };
    browser
        .wait_for(&is_in("en", "Language of pages"), SOON)
        .await;
    browser.evaluate(
        "(document.querySelector('[name=language]').value = 'sv', \
         document.querySelector('[action$=language] button').click(), null)",
    );
    browser
        .wait_for(&is_in("sv", "Språket är ändrat."), SOON)
        .await;
    let open = |path: &str| browser.evaluate(&format!("(location.href = '{path}', null)"));
    open("/");
    browser.wait_for(&is_in("sv", "Tavlor"), SOON).await;
    open("/sources");
    browser.wait_for(&is_in("sv", "Datakällor"), SOON).await;
    // Refreshes and buttons of the script are in the language too.
    open("/");
    browser.wait_for(&is_in("sv", "Tavlor"), SOON).await;
    // Its script runs before that.
    browser
        .wait_for("document.readyState === 'complete'", SOON)
        .await;
    browser.evaluate("(document.getElementById('pause').click(), null)");
    browser.wait_for(&is_in("sv", "Fortsätt"), SOON).await;
    let queue =
        browser.evaluate("document.querySelector('#all-queues a')?.getAttribute('href') ?? ''");
    open(queue.as_str().unwrap());
    browser
        .wait_for(&is_in("sv", "Inga data för i dag ännu."), SOON)
        .await;
    // The page before signing in.
    let errors = browser.console_errors(|error| error.contains("401"));
    assert_eq!(errors, [""; 0]);
}
