//! Many changes of boards at a real server: steps back and forward, what they leave in memory, and boards that are too
//! much.

use std::time::Duration;

use reqwest::StatusCode;

use crate::{
    reload::start_live,
    support::{Wallboard, http, picture::with_file, process::status_of, wait::print_measured},
};

const SOON: Duration = Duration::from_secs(20);
/// So many saves fill a board's versions, of which 100 are kept.
const WARM_SAVES: usize = 120;
const SAVES: usize = 200;
/// The most that the saves after these may add to the server's memory, in KiB.
const GROWTH_KIB_MAX: u64 = 8 * 1024;

struct EditedBoard {
    wallboard: Wallboard,
    /// Its editor, as the last change left it.
    page: String,
}

impl EditedBoard {
    async fn new(wallboard: Wallboard) -> Self {
        let form = [
            ("is_new", "1"),
            ("title", "Hall"),
            ("show.0", "waiting"),
            ("do", "save"),
        ];
        let made = wallboard.send_form("/boards/new", &form).await;
        assert_eq!(made.0, StatusCode::SEE_OTHER, "{}", made.2);
        let page = wallboard.text(&made.1).await;
        Self { wallboard, page }
    }

    async fn press(&mut self, button: &str, more: &[(&str, &str)]) {
        let began_from = http::hidden_field(&self.page, "began_from");
        let form = [
            &[("id", "hall"), ("began_from", &*began_from), ("do", button)],
            more,
        ]
        .concat();
        let pressed = self.wallboard.send_form("/boards/hall/edit", &form).await;
        assert_eq!(pressed.0, StatusCode::SEE_OTHER, "{button}: {}", pressed.2);
        self.page = self.wallboard.text(&pressed.1).await;
    }

    async fn save(&mut self, title: &str) {
        self.press("save", &[("title", title), ("show.0", "waiting")])
            .await;
    }

    async fn step(&mut self, button: &str) -> String {
        let (shown, begun) = (
            http::hidden_field(&self.page, "shown"),
            http::hidden_field(&self.page, "begun"),
        );
        self.press(button, &[("shown", &shown), ("begun", &begun)])
            .await;
        let (_, rest) = self.page.split_once("name=\"title\" value=\"").unwrap();
        rest.split('"').next().unwrap().to_owned()
    }

    fn offers(&self, button: &str) -> bool {
        self.page
            .contains(&format!("name=\"do\" value=\"{button}\""))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_changes_are_undone_one_by_one_made_again_and_restored() {
    let (_vep, wallboard, _) = start_live("versions-ten", &[]).await;
    let mut board = EditedBoard::new(wallboard).await;
    for number in 1..=10 {
        board.save(&format!("Hall {number}")).await;
    }
    assert!(!board.offers("redo"));
    for expected in ["Hall 9", "Hall 8", "Hall 7"] {
        assert_eq!(board.step("undo").await, expected);
    }
    assert!(
        board
            .wallboard
            .text("/boards/hall")
            .await
            .contains("Hall 7")
    );
    for expected in ["Hall 8", "Hall 9", "Hall 10"] {
        assert_eq!(board.step("redo").await, expected);
    }
    assert!(!board.offers("redo"));
    for number in (1..10).rev() {
        assert_eq!(board.step("undo").await, format!("Hall {number}"));
    }
    assert_eq!(board.step("undo").await, "Hall");
    assert!(!board.offers("undo"), "the first version is the last step");

    // Any version comes back with one click, and says in words what that changes.
    let versions = board.wallboard.text("/settings/boards?name=hall").await;
    assert!(versions.contains("<span>Title:</span>"), "{versions}");
    let began_from = http::hidden_field(&versions, "began_from");
    let form = [
        ("name", "hall"),
        ("began_from", &*began_from),
        ("version", "5"),
        ("action", "restore"),
    ];
    let restored = board.wallboard.send_form("/settings/boards", &form).await;
    assert_eq!(restored.0, StatusCode::SEE_OTHER, "{}", restored.2);
    assert!(
        board
            .wallboard
            .text("/boards/hall")
            .await
            .contains("Hall 5")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_saves_leave_nothing_in_memory() {
    let (_vep, wallboard, _) = start_live("versions-memory", &[]).await;
    let mut board = EditedBoard::new(wallboard).await;
    for number in 0..WARM_SAVES {
        board.save(&format!("Hall {number}")).await;
    }
    let process = board.wallboard.id();
    let warm = status_of(process, "VmRSS");
    for number in 0..SAVES {
        board.save(&format!("Hall {number}")).await;
    }
    let growth = status_of(process, "VmRSS").saturating_sub(warm);
    print_measured("KiB that 200 saves added", growth, GROWTH_KIB_MAX);
    assert!(
        growth <= GROWTH_KIB_MAX,
        "{growth} KiB more than {warm} KiB"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn names_and_boards_that_are_too_much_get_a_clear_answer() {
    let (_vep, wallboard, _) = start_live("versions-limits", &[]).await;
    let long = "n".repeat(10_000);
    let form = [
        ("is_new", "1"),
        ("id", "long"),
        ("title", &*long),
        ("show.0", "waiting"),
        ("do", "save"),
    ];
    let refused = wallboard.send_form("/boards/new", &form).await;
    assert_eq!(refused.0, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused
            .2
            .contains("title: has more than 200 characters; make it shorter"),
        "{}",
        refused.2
    );

    let entry = format!("[names]\n\"chat/1\" = \"{long}\"\n");
    let form = [("name", "chat/1"), ("toml", &*entry), ("action", "save")];
    let refused = wallboard.send_form("/settings/names", &form).await;
    assert_eq!(refused.0, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused
            .2
            .contains("has more than 200 characters; make it shorter"),
        "{}",
        refused.2
    );

    // As a browser sends it without script, with everything in one form.
    let ids: Vec<_> = (0..1_000)
        .map(|number| format!("chat/queue-with-a-long-id-{number:04}"))
        .collect();
    let names: Vec<_> = (0..1_000)
        .map(|number| format!("queues.{number}"))
        .collect();
    let text = format!("title = \"All\"\nqueues = {ids:?}\n");
    let mut fields = vec![
        ("is_new", "1"),
        ("id", "all"),
        ("title", "All"),
        ("show.0", "waiting"),
        ("do", "save"),
        ("text", &*text),
        ("text_before", &*text),
    ];
    fields.extend(
        names
            .iter()
            .zip(&ids)
            .map(|(name, id)| (name.as_str(), id.as_str())),
    );
    let request = http::client_without_redirects().post(wallboard.url("/boards/new"));
    let saved = with_file(request, &fields, "add.widgets.file", b"")
        .send()
        .await
        .unwrap();
    assert_eq!(saved.status(), StatusCode::SEE_OTHER);
    let page = wallboard.text("/boards/all/edit").await;
    assert!(page.contains("name=\"queues.999\""));

    let more: Vec<_> = (0..3_000)
        .map(|number| format!("chat/queue-with-a-long-id-{number:04}"))
        .collect();
    let text = format!("title = \"More\"\nqueues = {more:?}\n");
    let form = [
        ("is_new", "1"),
        ("id", "more"),
        ("title", "More"),
        ("text", &*text),
        ("text_before", ""),
        ("do", "save"),
    ];
    let refused = wallboard.send_form("/boards/new", &form).await;
    assert_eq!(refused.0, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused.2.contains("has more than 60 kB; make it shorter"),
        "{}",
        refused.2
    );
    wallboard.wait_for_state("live", SOON).await;
}
