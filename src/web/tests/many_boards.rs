//! A site of 500 boards and 2,000 queues: each is listed and found. Prints how long pages take.

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::http::StatusCode;

use wallboard_access::{AccessRules, Role};
use wallboard_boards::{BoardDefinition, board_file::parse_board};
use wallboard_domain::{EntityKind, Metric, MetricValue};
use wallboard_history::report::{History, ReportConfig};
use wallboard_store::Store;

use super::{PageResponse, assert_contains, login_site::LoginSite, profile_update, queue_reading};

const QUEUES: usize = 2_000;
const BOARDS: usize = 500;
/// No page takes a tenth of it.
const SLOW: Duration = Duration::from_secs(20);

fn board(number: usize) -> BoardDefinition {
    let queues = (0..12).map(|at| format!("\"chat/{}\"", (number * 4 + at) % QUEUES));
    let queues: Vec<_> = queues.collect();
    let text = format!(
        "title = \"Team {number}\"\nqueues = [{}]\n",
        queues.join(", ")
    );
    parse_board(&text, &format!("team-{number}.toml")).unwrap()
}

async fn open_site(folder: &Path) -> LoginSite {
    let inputs = (0..QUEUES).flat_map(|number| {
        let (id, name) = (number.to_string(), format!("Queue {number}"));
        [
            profile_update(EntityKind::Queue, &id, &name),
            queue_reading(&id, Metric::Waiting, MetricValue::Count(3)),
        ]
    });
    let store = Store::open(&folder.join("wallboard.db")).unwrap();
    let history = History::new(store.clone(), ReportConfig::default());
    let data = (history, store);
    let site = LoginSite::with_data(inputs.collect(), data, AccessRules::default()).await;
    site.add_user("admin", Role::Admin).await;
    site.boards
        .replace_boards((0..BOARDS).map(board).collect::<Vec<_>>());
    site
}

fn print(what: &str, began: Instant, page: &PageResponse) {
    assert_eq!(page.status, StatusCode::OK, "{what}: {}", page.text);
    let (took, size) = (began.elapsed(), page.text.len() / 1_000);
    println!("{what}: {} ms, {size} kB", took.as_millis());
    assert!(took < SLOW, "{what}: {took:?}");
}

async fn visit(site: &LoginSite, path: &str, cookie: &str) -> String {
    let began = Instant::now();
    let page = site.get(path, Some(cookie)).await;
    print(path, began, &page);
    page.text
}

#[tokio::test]
async fn every_board_and_queue_of_a_large_site_is_listed() {
    let folder = tempfile::tempdir().unwrap();
    let site = open_site(folder.path()).await;
    let cookie = site.cookie_of(Role::Admin).await;
    let boards = site.boards.list_boards();
    visit(&site, "/", &cookie).await;
    let before: Vec<_> = (boards.iter())
        .map(|board| site.boards.shared_view(board))
        .collect();

    let gallery = visit(&site, "/", &cookie).await;

    assert_contains(&gallery, &["Team 0<", "Team 499<"]);
    // No board was rendered again.
    let mut views = boards.iter().zip(&before);
    assert!(views.all(|(board, view)| Arc::ptr_eq(view, &site.boards.shared_view(board))));
    let found = visit(&site, "/?find=TEAM+499", &cookie).await;
    let count = format!("1 of {}", boards.len());
    let expected = [
        count.as_str(),
        "data-find=\"Team 499 team-499\">",
        "data-find=\"Team 0 team-0\" hidden>",
    ];
    assert_contains(&found, &expected);
    for path in ["/settings", "/settings/found", "/boards/queues"] {
        visit(&site, path, &cookie).await;
    }
    let edit = visit(&site, "/queues/chat/7/edit", &cookie).await;
    assert!(QUEUES < edit.matches("<option").count());
    let editor = visit(&site, "/boards/team-7/edit", &cookie).await;
    assert_contains(&editor, &["Queue 0 ", "Queue 1999 "]);

    let (_, token) = editor.split_once("name=\"form\" value=\"").unwrap();
    for count in [12, 120] {
        let queues = (0..count).map(|at| format!("&queues.{at}=chat/{at}"));
        let queues: String = queues.collect();
        let form = format!(
            "form={}&brief=1&id=team-7&title=Many&show.0=waiting&text=&text_before={queues}",
            &token[..64]
        );
        let began = Instant::now();
        let page = site.post("/boards/preview", &form, Some(&cookie)).await;
        print(&format!("preview of {count} queues"), began, &page);
        let last = format!("Queue {}", count - 1);
        assert_contains(&page.text, &["srcdoc=", last.as_str()]);
    }
}
