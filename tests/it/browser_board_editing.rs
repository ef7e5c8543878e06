//! The editor of boards in browsers: its live preview, and two people who edit one board.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::json;

use crate::{
    board_age::AGE_MAX,
    sign_in::{PASSWORD, SignInSite},
    support::{Browser, NetworkCondition, ScriptedSite, scripted_site::Queue, wait_until},
};

const SOON: Duration = Duration::from_secs(20);
const HAS_PREVIEW: &str =
    "document.querySelector('#preview iframe')?.contentWindow?.__show !== undefined";
/// The large figure of the first tile.
const FIGURE: &str = "document.querySelector('#preview iframe').contentDocument.querySelector('.tile .hero .num').textContent";
const CLOCK: &str = "document.querySelector('#preview iframe').contentDocument.querySelector('[data-since]').textContent";

async fn open_site(name: &str) -> ScriptedSite {
    let site = ScriptedSite::open_with(name, Vec::new()).await;
    site.change(|script| {
        script.queues.push(Queue {
            name: "Sales".to_owned(),
            ..Queue::default()
        });
        script.set_load(0, [3, 1, 0], 60);
    })
    .await;
    site.wait_until_known().await;
    site
}

async fn wait_for_figure(browser: &Browser, figure: &str) {
    wait_until(&format!("the preview shows {figure}"), SOON, async || {
        let shown = browser.evaluate(FIGURE);
        if shown == figure { Ok(()) } else { Err(shown) }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn preview_shows_new_figures_by_itself_and_leaves_the_form_alone() {
    let site = open_site("browser-live-preview").await;
    let browser = Browser::open(&site.url("/boards/new?start=all&title=Floor"));
    browser.wait_for(HAS_PREVIEW, SOON).await;
    wait_for_figure(&browser, "3").await;
    let before = browser.evaluate(CLOCK);
    browser
        .wait_for(&format!("{CLOCK} !== {before}"), SOON)
        .await;

    // Somebody is about to add a queue, and has typed a name that isn't sent yet.
    browser.evaluate("document.getElementById('add-queues').value = 'Sal', document.getElementById('add-queues').focus()");
    browser.evaluate("window.fields = document.getElementById('fields'), window.faults = document.getElementById('faults'), null");
    site.change(|script| script.set_load(0, [7, 1, 0], 60))
        .await;
    wait_for_figure(&browser, "7").await;
    for untouched in [
        "document.getElementById('add-queues').value === 'Sal'",
        "document.activeElement === document.getElementById('add-queues')",
        "document.getElementById('fields') === window.fields",
        "document.getElementById('faults') === window.faults",
    ] {
        assert_eq!(browser.evaluate(untouched), true, "{untouched}");
    }

    // A preview that nothing renews is as gray as a board.
    site.screens.set(NetworkCondition::Silent);
    let looks_live = "document.querySelector('#preview iframe').contentDocument.body.classList.contains('linked')";
    let is_gray = "document.querySelector('#preview iframe').contentDocument.body.classList.contains('stale')";
    browser.wait_for(is_gray, AGE_MAX).await;
    assert_eq!(browser.evaluate(looks_live), false);
    let stands = browser.evaluate(CLOCK);
    site.screens.set(NetworkCondition::Normal);
    browser.wait_for(looks_live, SOON).await;
    assert_ne!(browser.evaluate(CLOCK), stands);
}

#[tokio::test(flavor = "multi_thread")]
async fn preview_takes_the_size_and_the_theme_of_a_paired_screen() {
    let site = open_site("browser-preview-screen").await;
    let screen = Browser::start();
    screen.command(&json!({"do": "open", "url": site.url("/tv"), "width": 1280, "height": 720}));
    let code = "document.querySelector('.code')?.textContent";
    screen
        .wait_for(&format!("/^[A-Z]{{4}}-[A-Z]{{4}}$/.test({code})"), SOON)
        .await;
    let code = screen.evaluate(code);
    let code = code.as_str().unwrap();
    let browser = Browser::open(&site.url(&format!("/pair?code={code}")));
    let pair = "(() => { const set = (name, value) => { document.querySelector(`[name=${name}]`).value = value; }; \
        set('name', 'Kitchen'); set('board', 'queues'); set('theme', 'light'); \
        document.querySelector('main form').requestSubmit(); })()";
    browser.evaluate(pair);
    browser
        .wait_for("location.pathname === '/screens'", SOON)
        .await;
    screen
        .wait_for(
            "document.body?.dataset.live === '/boards/queues/live'",
            SOON,
        )
        .await;

    let choice = "[...document.querySelectorAll('#screen optgroup option')].map((option) => option.textContent).join()";
    wait_until("the screen has reported its size", SOON, async || {
        browser
            .command(&json!({"do": "open", "url": site.url("/boards/new?start=all&title=Floor")}));
        let shown = browser.evaluate(choice);
        if shown == "Kitchen, 1280 × 720" {
            Ok(())
        } else {
            Err(shown)
        }
    })
    .await;
    browser.wait_for(HAS_PREVIEW, SOON).await;
    let choose = |id: &str, value: &str| {
        browser.evaluate(&format!(
            "(() => {{ const choice = document.getElementById('{id}'); choice.value = {value}; \
             choice.dispatchEvent(new Event('change', {{ bubbles: true }})); }})()"
        ))
    };
    let drawn =
        |what: &str| format!("document.querySelector('#preview iframe').contentDocument.{what}");
    choose(
        "screen",
        "document.querySelector('#screen optgroup option').value",
    );
    let is_sized = "document.querySelector('#preview iframe').contentWindow.innerWidth === 1280";
    browser.wait_for(is_sized, SOON).await;
    assert_eq!(browser.evaluate(&drawn("body.dataset.theme")), "light");
    choose("preview-theme", "'dark'");
    assert_eq!(browser.evaluate(&drawn("body.dataset.theme")), "dark");
    assert_eq!(browser.console_errors(|_| false), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn second_of_two_people_sees_both_boards_and_what_differs() {
    let site = open_site("browser-two-editors").await;
    let make = Browser::open(&site.url("/boards/new?start=all&title=Hall"));
    let save = "document.querySelector('[name=do][value=save]').click()";
    let is_saved = "document.querySelector('.done')?.textContent.includes('Saved')";
    make.wait_for(HAS_PREVIEW, SOON).await;
    make.evaluate(save);
    make.wait_for(is_saved, SOON).await;

    let people = ["Hall of Anna", "Hall of Björn"].map(|title| {
        let browser = Browser::open(&site.url("/boards/hall/edit"));
        (browser, title)
    });
    for (browser, title) in &people {
        browser.wait_for(HAS_PREVIEW, SOON).await;
        let typed = format!(
            "(() => {{ const title = document.querySelector('[name=title]'); title.value = {title:?}; \
             title.dispatchEvent(new InputEvent('input', {{ bubbles: true }})); }})()"
        );
        browser.evaluate(&typed);
        let follows = format!(
            "document.querySelector('#preview iframe').contentDocument.title.includes({title:?})"
        );
        browser.wait_for(&follows, SOON).await;
    }
    let [(anna, _), (bjorn, _)] = &people;
    anna.evaluate(save);
    anna.wait_for(is_saved, SOON).await;
    bjorn.evaluate(save);
    bjorn
        .wait_for("!!document.getElementById('conflict')", SOON)
        .await;
    let shown = "[...document.querySelectorAll('.versions-side pre')].map((text) => text.textContent.split('\\n')[0]).join()";
    assert_eq!(
        bjorn.evaluate(shown),
        "title = \"Hall of Anna\",title = \"Hall of Björn\""
    );
    let words = "document.querySelector('.words').innerText";
    let words = bjorn.evaluate(words);
    let words = words.as_str().unwrap();
    assert!(
        words.contains("Hall of Anna") && words.contains("Hall of Björn"),
        "{words}"
    );
    let board = site.wallboard.text("/boards/hall").await;
    assert!(board.contains("Hall of Anna"), "{board}");

    // Saved once more, Björn's is the board, and Undo brings Anna's back.
    bjorn.evaluate(save);
    bjorn.wait_for(is_saved, SOON).await;
    bjorn.evaluate("document.querySelector('[name=do][value=undo]').click()");
    bjorn
        .wait_for(
            "document.querySelector('[name=title]')?.value === 'Hall of Anna'",
            SOON,
        )
        .await;
    bjorn.evaluate("document.querySelector('[name=do][value=redo]').click()");
    bjorn
        .wait_for(
            "document.querySelector('[name=title]')?.value === 'Hall of Björn'",
            SOON,
        )
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn gallery_finds_boards_as_somebody_types_and_keeps_them_found() {
    let board = |number: usize| {
        let text = format!("title = \"Team {number}\"\n");
        (format!("team-{number}.toml"), text)
    };
    let site = ScriptedSite::open_with("browser-find", (1..=25).map(board).collect()).await;
    let browser = Browser::open(&site.url("/"));
    let shown = "[...document.querySelectorAll('.card:not([hidden]) h3')].map((title) => title.textContent).join()";
    let type_words = |words: &str| {
        browser.evaluate(&format!(
            "(() => {{ const field = document.querySelector('[name=find]'); field.value = {words:?}; \
             field.dispatchEvent(new InputEvent('input', {{ bubbles: true }})); }})()"
        ))
    };
    let finds = "typeof document.querySelector('form[data-find-form]')?.elements.find === 'object'";
    browser.wait_for(finds, SOON).await;
    type_words("TEAM 25");
    assert_eq!(browser.evaluate(shown), "Team 25");
    assert_eq!(browser.evaluate("location.search"), "?find=TEAM+25");
    let is_counted = "/^1 of \\d+$/.test(document.getElementById('found').textContent)";
    assert_eq!(browser.evaluate(is_counted), true);
    // The page refreshes itself, and loads again, with the same.
    browser.evaluate("window.stamp = document.querySelector('[data-part=gallery]'), window.renewed = 0, new MutationObserver(() => { window.renewed += 1; }).observe(window.stamp, { subtree: true, childList: true, characterData: true, attributes: true }), null");
    site.change(|script| {
        script.queues.push(Queue {
            name: "Sales".to_owned(),
            ..Queue::default()
        });
        script.set_load(0, [3, 1, 0], 60);
    })
    .await;
    browser.wait_for("window.renewed > 0", SOON).await;
    assert_eq!(browser.evaluate(shown), "Team 25");
    browser.command(&json!({"do": "open", "url": site.url("/?find=team-7")}));
    browser.wait_for(finds, SOON).await;
    assert_eq!(browser.evaluate(shown), "Team 7");
    type_words("");
    let all = "document.querySelectorAll('.card[hidden]').length === 0";
    browser.wait_for(all, SOON).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_changes_and_of_export_fit_and_have_no_accessibility_violations_found_by_axe() {
    let site = SignInSite::open().await;
    site.add_user("Mira", "admin");
    let mira = site.sign_in("Mira", PASSWORD).await.unwrap();
    let token = site.form_token(&mira).await;
    for (name, title, more) in [
        ("hall", "Hall", ""),
        (
            "kitchen",
            "A kitchen with quite a long title",
            "theme = \"light\"\nqueues = [\"chat/1\"]\n",
        ),
    ] {
        let toml = format!("title = {title:?}\n{more}");
        let form = [
            ("form", &*token),
            ("name", name),
            ("toml", &*toml),
            ("action", "save"),
        ];
        let saved = site.post("/settings/boards", Some(&mira), &form).await;
        assert_eq!(saved.status(), StatusCode::SEE_OTHER);
    }
    let pages = [
        ("changes", "/settings/changes"),
        ("changes-of-nobody", "/settings/changes?by=nobody"),
        ("transfer", "/settings/transfer?saved=2"),
        ("found", "/settings/boards?find=hall"),
        ("versions", "/settings/boards?name=kitchen"),
        ("editor", "/boards/kitchen/edit?done=saved"),
    ];
    Browser::start().check_pages(&site.wallboard.url(""), &pages, Some(&mira));
}
