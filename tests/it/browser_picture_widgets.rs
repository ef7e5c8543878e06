//! Pictures on boards: whole on every screen, and added, changed and replaced in the editor.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::json;

use crate::{
    browser_tiles::judge_boards,
    support::{
        Browser, ScriptedSite,
        browser::BOARD_IS_LIVE,
        http,
        picture::{picture, with_file},
        scripted_site::{Queue, queue_id},
    },
};

const SOON: Duration = Duration::from_secs(30);
/// Whether each picture is there, or known to be missing, as an expression in its page.
const ARE_LOADED: &str = "[...document.querySelectorAll('.tile img')].length === 2 && [...document.querySelectorAll('.tile img')].every((one) => one.complete)";
/// The pictures that aren't seen whole, between their tile's heading and its edge. A missing one shows its text.
const FAULTS: &str = "[...document.querySelectorAll('.tile:not(.off) img')].filter((one) => {\
    const box = one.getBoundingClientRect(); const tile = one.closest('.tile'); const within = tile.getBoundingClientRect();\
    const heading = tile.querySelector('h2:not(.unseen)'); const top = heading ? heading.getBoundingClientRect().bottom : within.top;\
    const isInside = within.left <= box.left && box.right <= within.right && top <= box.top + 1 && box.bottom <= within.bottom;\
    const isLarge = box.width * box.height > within.width * within.height * (one.alt === 'Gone' ? 0.2 : 0.4);\
    const isWhole = getComputedStyle(one).objectFit === 'contain' && (one.alt === 'Gone' || one.naturalWidth > 0);\
    return !(isInside && isLarge && isWhole && one.checkVisibility());\
    }).map((one) => [one.alt, one.getBoundingClientRect().toJSON(), one.closest('.tile').getBoundingClientRect().toJSON()])";

/// Saves a board with two pictures: one that is wide, by itself, and one with a heading that no longer exists.
async fn save_board(site: &ScriptedSite, queues: usize) -> String {
    let id = format!("pictures-{queues}");
    let queues: Vec<_> = (0..queues).map(queue_id).collect();
    let gone = format!(
        "{{ picture = \"{}\", alt = \"Gone\", name = \"Lunch\", position = 1 }}",
        "0".repeat(32)
    );
    let mut fields = vec![
        ("is_new", "1"),
        ("id", &*id),
        ("title", "Pictures"),
        ("show.0", "waiting"),
        ("show.1", "longest_wait"),
        ("widgets.0", &*gone),
        ("add.widgets", "picture"),
        ("add.widgets.alt", "Menu"),
        ("do", "save"),
    ];
    let names: Vec<_> = (0..queues.len()).map(|at| format!("queues.{at}")).collect();
    fields.extend(
        names
            .iter()
            .map(String::as_str)
            .zip(queues.iter().map(String::as_str)),
    );
    let request = http::client_without_redirects().post(site.url("/boards/new"));
    let request = with_file(request, &fields, "add.widgets.file", &picture(900, 300));
    let saved = request.send().await.unwrap();
    assert_eq!(saved.status(), StatusCode::SEE_OTHER);
    id
}

async fn open_site(name: &str) -> ScriptedSite {
    let site = ScriptedSite::open_with(name, Vec::new()).await;
    site.change(|script| {
        for index in 0..10 {
            script.queues.push(Queue {
                name: format!("Queue {index}"),
                ..Queue::default()
            });
            script.set_load(index, [3, 3, 2], 600);
        }
    })
    .await;
    site.wait_until_known().await;
    site
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_are_seen_whole_on_every_screen() {
    let site = open_site("browser-pictures").await;
    let mut boards = Vec::new();
    for queues in [1, 4, 10] {
        boards.push(save_board(&site, queues).await);
    }
    let conditions = [(BOARD_IS_LIVE, SOON), (ARE_LOADED, SOON)];
    let faults = judge_boards(&site.base_url(), &boards, &conditions, |look, faults| {
        let covered = look.sizes.covered.iter();
        faults.extend(covered.map(|name| format!("{}: {name:?} is covered", look.at)));
        let found = look.browser.evaluate(FAULTS);
        if found != json!([]) {
            faults.push(format!("{}: {found}", look.at));
        }
    })
    .await;
    assert!(faults.is_empty(), "{}", faults.join("\n"));

    let pages: Vec<_> = (boards.iter())
        .map(|id| (id.clone(), format!("/boards/{id}")))
        .collect();
    let pages: Vec<_> = (pages.iter())
        .map(|(name, path)| (name.as_str(), path.as_str()))
        .collect();
    Browser::start().check_pages(&site.base_url(), &pages, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn editor_adds_a_picture_and_changes_widgets_in_place() {
    let site = open_site("browser-picture-editor").await;
    let id = save_board(&site, 4).await;
    let browser = Browser::open(&site.url(&format!("/boards/{id}/edit")));
    let shown = "[...document.querySelector('#preview iframe').contentDocument.querySelectorAll('.widget .name')].map((one) => one.textContent).join()";
    browser
        .wait_for(&format!("{shown} === 'Lunch,Menu'"), SOON)
        .await;
    // Each keystroke in a row changes the preview, without a button.
    browser.evaluate(
        "(() => { document.getElementById('widgets-1-edit').open = true; const field = document.querySelector('[name=\"widgets.1.name\"]');\
         field.value = 'Canteen'; field.dispatchEvent(new Event('input', { bubbles: true })); })()",
    );
    browser
        .wait_for(&format!("{shown} === 'Lunch,Canteen'"), SOON)
        .await;
    // The text of a missing picture is named below the preview.
    browser
        .wait_for(
            "document.getElementById('facts').textContent.includes('“Gone” no longer exists')",
            SOON,
        )
        .await;

    // A file that replaces the missing one, and one that is no picture.
    let set_file = |name: &str, part: &str| {
        browser.evaluate(&format!(
            "(async () => {{ const field = document.querySelector('[name=\"{name}\"]'); const files = new DataTransfer();\
             files.items.add(new File([{part}], 'a.png')); field.files = files.files;\
             field.dispatchEvent(new Event('input', {{ bubbles: true }})); }})()"
        ))
    };
    set_file("widgets.0.file", "'no picture'");
    let refusal = "document.getElementById('faults').textContent.includes('no PNG, JPEG or WebP')";
    browser.wait_for(refusal, SOON).await;
    let is_marked = "document.querySelector('[name=\"widgets.0.file\"]').getAttribute('aria-invalid') === 'true'";
    browser.wait_for(is_marked, SOON).await;
    set_file("widgets.0.file", "new Uint8Array(10_000_000)");
    let too_large = "document.getElementById('faults').textContent.includes('larger than 2 MB')";
    browser.wait_for(too_large, SOON).await;
    let canvas = "await new Promise((done) => { const canvas = document.createElement('canvas'); canvas.width = 30; canvas.height = 10;\
        canvas.getContext('2d').fillRect(5, 0, 9, 9); canvas.toBlob(done, 'image/webp'); })";
    set_file("widgets.0.file", canvas);
    browser
        .wait_for("!document.getElementById('facts').textContent.includes('no longer exists') && !document.querySelector('#faults .error')", SOON)
        .await;

    browser.evaluate("document.querySelector('[name=do][value=save]').click()");
    browser
        .wait_for(
            "document.querySelector('.done')?.textContent.includes('Saved')",
            SOON,
        )
        .await;
    let page = http::client().get(site.url(&format!("/boards/{id}")));
    let page = page.send().await.unwrap().text().await.unwrap();
    assert!(
        page.contains("Canteen") && !page.contains(&"0".repeat(32)),
        "{page}"
    );
    Browser::start().check_pages(
        &site.base_url(),
        &[("pictures-editor", &format!("/boards/{id}/edit"))],
        None,
    );
}
