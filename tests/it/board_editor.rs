//! Boards that people make and change in the browser, at a real server.

use std::{fs, time::Duration};

use lapin::ExchangeKind;
use reqwest::StatusCode;
use tokio::time::Instant;

use crate::{
    sign_in::{PASSWORD, SignInSite},
    support::{
        Broker, Browser, Disorder, Vep, VngageSource, Wallboard, http, ports, viewer::Viewer,
    },
};

const SOON: Duration = Duration::from_secs(20);
const A_MOMENT: Duration = Duration::from_millis(300);

async fn start_live(name: &str, files: &[(&str, &str)]) -> (Vep, Wallboard) {
    let broker = Broker::shared();
    let vep = Vep::open(broker, name, ExchangeKind::Topic, 72).await;
    let vngage = VngageSource::plain(broker, name);
    let port = ports::free();
    let configuration = vngage.configuration(port, port);
    let wallboard = Wallboard::serve_with(vngage, port, &configuration, files).await;
    wallboard.wait_for_state("live", SOON).await;
    vep.run(50, Duration::from_secs(1), Disorder::NONE).await;
    (vep, wallboard)
}

/// The revision that an editor's page began from.
async fn began_from(wallboard: &Wallboard, board: &str) -> String {
    let page = wallboard.text(&format!("/boards/{board}/edit")).await;
    http::hidden_field(&page, "began_from")
}

#[tokio::test(flavor = "multi_thread")]
async fn open_board_follows_each_save_without_a_closed_socket() {
    let (_vep, wallboard) = start_live("editor-follow", &[]).await;
    let created = wallboard
        .send_form(
            "/boards/new",
            &[
                ("is_new", "1"),
                ("title", "Kitchen"),
                ("show.0", "waiting"),
                ("show.1", "longest_wait"),
                ("do", "save"),
            ],
        )
        .await;
    assert_eq!(created.0, StatusCode::SEE_OTHER, "{}", created.2);
    assert_eq!(created.1, "/boards/kitchen/edit?done=saved");
    let mut viewer = Viewer::load(&wallboard, "kitchen").await;
    assert!(viewer.open().await);
    assert!(viewer.follow_frame(SOON).await, "a new board sends frames");

    let began = began_from(&wallboard, "kitchen").await;
    let changed = wallboard
        .send_form(
            "/boards/kitchen/edit",
            &[
                ("id", "kitchen"),
                ("began_from", &began),
                ("title", "Kitchen"),
                ("show.0", "answered"),
                ("do", "save"),
            ],
        )
        .await;
    assert_eq!(changed.0, StatusCode::SEE_OTHER, "{}", changed.2);
    let deadline = Instant::now() + SOON;
    loop {
        viewer.follow(A_MOMENT).await;
        let fresh = Viewer::load(&wallboard, "kitchen").await;
        if (&viewer.board.epoch, viewer.board.n) == (&fresh.board.epoch, fresh.board.n) {
            assert_eq!(viewer.board.slots(), fresh.board.slots());
            break;
        }
        assert!(Instant::now() < deadline, "never showed the saved board");
    }
    assert!(viewer.is_open(), "closed with {:?}", viewer.close_code);
}

#[tokio::test(flavor = "multi_thread")]
async fn second_of_two_editors_sees_both_versions_and_nothing_is_overwritten() {
    let (_vep, wallboard) = start_live("editor-conflict", &[]).await;
    let show = ("show.0", "waiting");
    let make = [("is_new", "1"), ("title", "Hall"), show, ("do", "save")];
    wallboard.send_form("/boards/new", &make).await;
    let began = began_from(&wallboard, "hall").await;
    let save = async |title: &str, began: &str| {
        let fields = [
            ("id", "hall"),
            ("began_from", began),
            ("title", title),
            show,
            ("do", "save"),
        ];
        wallboard.send_form("/boards/hall/edit", &fields).await
    };

    assert_eq!(save("Hall of Anna", &began).await.0, StatusCode::SEE_OTHER);
    let second = save("Hall of Björn", &began).await;
    assert_eq!(second.0, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(second.2.contains("changed it meanwhile"), "{}", second.2);
    for title in ["Hall of Anna", "Hall of Björn"] {
        let version = format!("title = &#34;{title}&#34;");
        assert!(second.2.contains(&version), "{title}: {}", second.2);
    }
    assert!(
        wallboard
            .text("/boards/hall")
            .await
            .contains("Hall of Anna")
    );

    let newest = began_from(&wallboard, "hall").await;
    assert_eq!(save("Hall of both", &newest).await.0, StatusCode::SEE_OTHER);
    assert!(
        wallboard
            .text("/boards/hall")
            .await
            .contains("Hall of both")
    );

    let undo = [
        ("id", "hall"),
        ("began_from", &*began_from(&wallboard, "hall").await),
        ("do", "undo"),
    ];
    assert_eq!(
        wallboard.send_form("/boards/hall/edit", &undo).await.0,
        StatusCode::SEE_OTHER
    );
    assert!(
        wallboard
            .text("/boards/hall")
            .await
            .contains("Hall of Anna")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn undo_and_delete_of_a_board_that_somebody_else_saved_show_theirs() {
    let (_vep, wallboard) = start_live("editor-undo-conflict", &[]).await;
    let show = ("show.0", "waiting");
    let make = [("is_new", "1"), ("title", "Hall"), show, ("do", "save")];
    wallboard.send_form("/boards/new", &make).await;
    let began = began_from(&wallboard, "hall").await;
    let theirs = [
        ("id", "hall"),
        ("began_from", &*began),
        ("title", "Hall of Anna"),
        ("queues.0", "chat/1"),
        show,
        ("do", "save"),
    ];
    let saved = wallboard.send_form("/boards/hall/edit", &theirs).await;
    assert_eq!(saved.0, StatusCode::SEE_OTHER, "{}", saved.2);
    for button in ["undo", "delete"] {
        let late = [("id", "hall"), ("began_from", &*began), ("do", button)];
        let (status, _, page) = wallboard.send_form("/boards/hall/edit", &late).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{button}");
        for expected in [
            "changed it meanwhile",
            "name=\"title\" value=\"Hall of Anna\"",
            "name=\"queues.0\" value=\"chat/1\"",
        ] {
            assert!(page.contains(expected), "{button}, {expected}: {page}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn board_of_a_file_is_only_read_and_can_be_copied() {
    let text = "# Not ours\ntitle = \"North\"\nshow = [\"waiting\"]\n";
    let files = [("boards/north.toml", text)];
    let (_vep, wallboard) = start_live("editor-file", &files).await;

    let page = wallboard.text("/boards/north/edit").await;
    assert!(page.contains("north.toml, line 1"), "{page}");
    assert!(page.contains("/boards/new?copy=north"), "{page}");
    assert!(!page.contains("id=\"editor\""), "{page}");
    let form = [
        ("id", "north"),
        ("title", "South"),
        ("show.0", "waiting"),
        ("do", "save"),
    ];
    let refused = wallboard.send_form("/boards/north/edit", &form).await;
    assert_eq!(refused.0, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(
        fs::read_to_string(wallboard.file("boards/north.toml")).unwrap(),
        text
    );

    let copy = wallboard.text("/boards/new?copy=north").await;
    assert!(copy.contains("# Not ours"), "a copy keeps comments: {copy}");
    assert!(copy.contains("value=\"North (copy)\""), "{copy}");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_supervisors_edit_boards_and_only_their_own() {
    let site = SignInSite::open().await;
    site.add_user("vera", "viewer");
    site.add_user("sam", "supervisor");
    let member = ["role", "sam", "--role", "supervisor", "--group", "sales"];
    assert_eq!(site.run_user(&member, "").0, Some(0));
    let vera = site.sign_in("vera", PASSWORD).await.unwrap();
    let sam = site.sign_in("sam", PASSWORD).await.unwrap();

    for path in ["/boards/new", "/boards/queues/edit"] {
        assert_eq!(
            site.status(path, &vera).await,
            StatusCode::FORBIDDEN,
            "{path}"
        );
    }
    assert_eq!(site.status("/boards/new", &sam).await, StatusCode::OK);
    let token = site.form_token(&sam).await;
    let form = [
        ("form", &*token),
        ("is_new", "1"),
        ("id", "sales-2"),
        ("title", "Two"),
        ("show.0", "waiting"),
        ("do", "save"),
    ];
    let of_others = site.post("/boards/new", Some(&sam), &form).await;
    assert_eq!(of_others.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let forged = site.post("/boards/new", Some(&sam), &form[1..]).await;
    assert_eq!(forged.status(), StatusCode::FORBIDDEN);

    // A figure of the whole site has more than the queues of a group.
    site.add_user("hanna", "supervisor");
    let member = ["role", "hanna", "--role", "supervisor", "--group", "hall"];
    assert_eq!(site.run_user(&member, "").0, Some(0));
    let hanna = site.sign_in("hanna", PASSWORD).await.unwrap();
    let token = site.form_token(&hanna).await;
    for (widget, status) in [
        ("{ figure = \"waiting\" }", StatusCode::UNPROCESSABLE_ENTITY),
        (
            "{ figure = \"waiting\", of = \"chat/1\" }",
            StatusCode::SEE_OTHER,
        ),
    ] {
        let form = [
            ("form", &*token),
            ("id", "queues"),
            ("title", "Queues"),
            ("queues.0", "*"),
            ("show.0", "waiting"),
            ("widgets.0", widget),
            ("do", "save"),
        ];
        let answer = site.post("/boards/queues/edit", Some(&hanna), &form).await;
        assert_eq!(answer.status(), status, "{widget}");
    }

    site.add_user("una", "supervisor");
    let una = site.sign_in("una", PASSWORD).await.unwrap();
    let token = site.form_token(&una).await;
    let form = [&[("form", &*token)], &form[1..]].concat();
    let saved = site.post("/boards/new", Some(&una), &form).await;
    assert_eq!(saved.status(), StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread")]
async fn keyboard_alone_makes_a_board() {
    let (_vep, wallboard) = start_live("editor-keyboard", &[]).await;
    let browser = Browser::open(&wallboard.url("/boards/new"));
    let press = |keys: &[&str]| keys.iter().for_each(|key| browser.press(key));
    let focused = |selector: &str| {
        let is_focused = format!("document.activeElement.matches({selector:?})");
        for _ in 0..60 {
            if browser.evaluate(&is_focused) == true {
                return;
            }
            browser.press("Tab");
        }
        panic!("{selector} can't be reached with Tab");
    };
    focused("[name=title]");
    press(&["K", "i", "t", "Enter"]);
    browser
        .wait_for("!!document.getElementById('editor')", SOON)
        .await;
    browser
        .wait_for(
            "!!document.querySelector('#preview iframe')?.contentWindow?.__show",
            SOON,
        )
        .await;

    focused("#show-0-down");
    press(&["Enter"]);
    browser
        .wait_for("document.activeElement.id === 'show-1-down'", SOON)
        .await;
    focused("#check");
    focused("[name=do][value=save]");
    press(&["Enter"]);
    browser
        .wait_for(
            "document.querySelector('.done')?.textContent.includes('Saved')",
            SOON,
        )
        .await;

    let page = wallboard.text("/boards/kit").await;
    assert!(page.contains("Kit"), "{page}");
    let pages = [
        ("board-new", "/boards/new"),
        ("board-editor", "/boards/kit/edit"),
    ];
    Browser::start().check_pages(&wallboard.url(""), &pages, None);
}
