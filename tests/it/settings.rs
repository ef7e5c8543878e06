//! Settings changed in the browser at a real server: effective at once, kept, never overwritten, and only by
//! those who may.

use std::{fs, time::Duration};

use reqwest::{Response, StatusCode, header};

use crate::{
    cluster_access::{Pair, get},
    reload::{follow_until, start_live},
    sign_in::{PASSWORD, SignInSite},
    support::{
        Wallboard, http,
        picture::{picture, with_file},
        viewer::Viewer,
        wait_until,
    },
};

const SOON: Duration = Duration::from_secs(20);
/// From saving to the next frame of a board that somebody watches.
const SHOWN_WITHIN: Duration = Duration::from_secs(3);
/// Until the other node of a cluster has it.
const FOLLOWED_WITHIN: Duration = Duration::from_secs(3);

/// Sends a form of `/settings/{section}`.
async fn post(
    wallboard: &Wallboard,
    cookie: Option<&str>,
    section: &str,
    form: &[(&str, &str)],
) -> Response {
    let request =
        http::client_without_redirects().post(wallboard.url(&format!("/settings/{section}")));
    let request = request.header("sec-fetch-site", "same-origin").form(form);
    let request = match cookie {
        Some(cookie) => request.header(header::COOKIE, cookie),
        None => request,
    };
    request.send().await.unwrap()
}

fn threshold(pattern: &str, crit: u32) -> String {
    format!("[thresholds.{pattern:?}]\nwaiting = {{ crit = {crit} }}\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_saved_threshold_turns_an_open_board_critical_and_undo_turns_it_back() {
    let (_vep, wallboard, _) = start_live("settings-save", &[]).await;
    let mut viewer = Viewer::load(&wallboard, "queues").await;
    assert!(viewer.open().await);
    assert!(
        !wallboard
            .text("/boards/queues")
            .await
            .contains("data-sev=\"crit\"")
    );

    let text = threshold("*", 0);
    let form = [("name", "*"), ("toml", &text), ("action", "save")];
    let steps = async {
        let saved = post(&wallboard, None, "thresholds", &form).await;
        assert_eq!(saved.status(), StatusCode::SEE_OTHER);
        let shows_critical = async || {
            let page = wallboard.text("/boards/queues").await;
            page.contains("data-sev=\"crit\"")
        };
        // While somebody watches a board, everyone gets its last frame.
        wait_until("the board is critical", SHOWN_WITHIN, async || {
            shows_critical().await.then_some(()).ok_or("it's calm")
        })
        .await;
        let page = wallboard.text("/settings/thresholds?name=%2A").await;
        let revision = http::hidden_field(&page, "began_from");
        let form = [
            ("name", "*"),
            ("began_from", &*revision),
            ("action", "undo"),
        ];
        let undone = post(&wallboard, None, "thresholds", &form).await;
        assert_eq!(undone.status(), StatusCode::SEE_OTHER);
        wait_until("the board is calm again", SOON, async || {
            let is_calm = !shows_critical().await;
            is_calm.then_some(()).ok_or("it's critical")
        })
        .await;
    };
    // Every frame continues from the one before, on the same socket.
    follow_until(&mut viewer, steps).await;

    let changes = wallboard.text("/settings/changes").await;
    assert!(
        changes.contains("open access") && changes.contains("deleted"),
        "{changes}"
    );
    let foreign = http::client()
        .post(wallboard.url("/settings/thresholds"))
        .form(&form);
    let refused = foreign
        .header("sec-fetch-site", "cross-site")
        .send()
        .await
        .unwrap();
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
}

/// A site with an administrator, and a supervisor of one team.
async fn open_site() -> (SignInSite, String, String) {
    let site = SignInSite::open_at(crate::support::ports::free(), "", &[]).await;
    site.add_user("Mira", "admin");
    let added = ["add", "Anna", "--role", "supervisor", "--group", "hall"];
    assert_eq!(site.run_user(&added, PASSWORD).0, Some(0));
    let (mira, anna) = (
        site.sign_in("Mira", PASSWORD).await,
        site.sign_in("Anna", PASSWORD).await,
    );
    (site, mira.unwrap(), anna.unwrap())
}

/// Saves an entry. Returns the status and the page.
async fn save(
    site: &SignInSite,
    cookie: &str,
    (section, name, toml): (&str, &str, &str),
    began_from: &str,
) -> (StatusCode, String) {
    let token = site.form_token(cookie).await;
    let form = [
        ("form", &*token),
        ("name", name),
        ("toml", toml),
        ("began_from", began_from),
        ("action", "save"),
    ];
    let answer = post(&site.wallboard, Some(cookie), section, &form).await;
    (answer.status(), answer.text().await.unwrap())
}

async fn page(site: &SignInSite, path: &str, cookie: &str) -> String {
    get(site, path, cookie).await.text().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_of_two_editors_sees_both_versions_and_overwrites_nothing() {
    let (site, mira, _) = open_site().await;
    let entry = |crit| ("thresholds", "chat/1", threshold("chat/1", crit));
    let (section, name, text) = entry(3);
    let saved = save(&site, &mira, (section, name, &text), "").await;
    assert_eq!(saved.0, StatusCode::SEE_OTHER, "{}", saved.1);
    let address = "/settings/thresholds?name=chat%2F1";
    let began = http::hidden_field(&page(&site, address, &mira).await, "began_from");

    let first = save(&site, &mira, (section, name, &entry(4).2), &began).await;
    let second = save(&site, &mira, (section, name, &entry(5).2), &began).await;

    assert_eq!(
        (first.0, second.0),
        (StatusCode::SEE_OTHER, StatusCode::CONFLICT)
    );
    assert!(
        second.1.contains("crit = 4") && second.1.contains("crit = 5"),
        "{}",
        second.1
    );
    assert!(
        second.1.contains("Mira</bdi> changed it meanwhile"),
        "{}",
        second.1
    );
    let kept = page(&site, address, &mira).await;
    assert!(!kept.contains("crit = 5"), "{kept}");

    let invalid = entry(5).2.replace("crit", "krit");
    let refused = save(
        &site,
        &mira,
        (section, name, &invalid),
        &http::hidden_field(&kept, "began_from"),
    )
    .await;
    assert_eq!(refused.0, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused
            .1
            .contains("Line 2: <span lang=\"en\">thresholds.&#34;chat/1&#34;.waiting.krit"),
        "{}",
        refused.1
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_keeps_what_was_saved_and_a_file_that_contradicts_it_stops_nothing() {
    let (mut site, mira, _) = open_site().await;
    let board = ("boards", "kitchen", "title = \"Kitchen\"\n");
    assert_eq!(save(&site, &mira, board, "").await.0, StatusCode::SEE_OTHER);
    let text = threshold("chat/1", 3);
    let entry = ("thresholds", "chat/1", text.as_str());
    assert_eq!(save(&site, &mira, entry, "").await.0, StatusCode::SEE_OTHER);

    site.wallboard.restart("-KILL").await;
    assert_eq!(site.status("/boards/kitchen", &mira).await, StatusCode::OK);

    let file = site.wallboard.file("wallboard.toml");
    // The same would wait until the file no longer has it.
    let other = threshold("chat/1", 4);
    let more = format!("{}\n{other}", fs::read_to_string(&file).unwrap());
    fs::write(&file, more).unwrap();
    site.wallboard.restart("-TERM").await;
    let settings = page(&site, "/settings", &mira).await;
    assert!(settings.contains("Not in force"), "{settings}");
    assert!(settings.contains("is also in"), "{settings}");
    let log = site.wallboard.log();
    assert!(
        log.contains("A change from the browser isn't in force"),
        "{log}"
    );
    assert_eq!(site.status("/boards/kitchen", &mira).await, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn supervisors_change_what_they_see_and_viewers_nothing() {
    let (site, _, anna) = open_site().await;
    site.add_user("Bo", "viewer");
    let bo = site.sign_in("Bo", PASSWORD).await.unwrap();
    for path in ["/settings", "/settings/changes", "/settings/thresholds"] {
        assert_eq!(
            site.status(path, &bo).await,
            StatusCode::FORBIDDEN,
            "{path}"
        );
        assert_eq!(site.status(path, &anna).await, StatusCode::OK, "{path}");
    }
    assert_eq!(
        site.status("/settings/privacy", &anna).await,
        StatusCode::FORBIDDEN
    );
    let text = threshold("chat/1", 3);
    let own = save(&site, &anna, ("thresholds", "chat/1", &text), "").await;
    assert_eq!(own.0, StatusCode::SEE_OTHER, "{}", own.1);
    for foreign in [
        ("boards", "other", "title = \"Other\"\nqueues = [\"*\"]"),
        ("privacy", "", "[privacy]\nsmallest_team = 1"),
        ("brand", "", "[brand]\nname = \"Acme\""),
    ] {
        assert_eq!(
            save(&site, &anna, foreign, "").await.0,
            StatusCode::FORBIDDEN,
            "{foreign:?}"
        );
    }
    let by_viewer = save(&site, &bo, ("thresholds", "chat/1", &text), "").await;
    assert_eq!(by_viewer.0, StatusCode::FORBIDDEN);
    let unguarded = [("name", "chat/2"), ("toml", &text), ("action", "save")];
    let refused = post(&site.wallboard, Some(&anna), "thresholds", &unguarded).await;
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_saved_at_one_node_holds_at_the_other() {
    let pair = Pair::open().await;
    let [first, second] = &pair.nodes;
    first.add_user("Mira", "admin");
    let mira = first.sign_in("Mira", PASSWORD).await.unwrap();
    let board = ("boards", "kitchen", "title = \"Kitchen\"\n");
    assert_eq!(save(first, &mira, board, "").await.0, StatusCode::SEE_OTHER);
    wait_until(
        "the other node has the board",
        FOLLOWED_WITHIN,
        async || match second.status("/boards/kitchen", &mira).await {
            StatusCode::OK => Ok(()),
            status => Err(status),
        },
    )
    .await;
    let changes = page(second, "/settings/changes", &mira).await;
    assert!(changes.contains("Mira"), "{changes}");
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_export_import_and_compare_while_the_server_runs() {
    let (site, mira, _) = open_site().await;
    let text = threshold("chat/1", 3);
    let saved = save(&site, &mira, ("thresholds", "chat/1", &text), "").await;
    assert_eq!(saved.0, StatusCode::SEE_OTHER);
    let exported = site.run_command("config", &["export"], "");
    assert_eq!(exported, (Some(0), text.clone()));

    let file = site.wallboard.file("more.toml");
    fs::write(&file, format!("{text}\n[names]\n\"chat/1\" = \"Sales\"\n")).unwrap();
    let file = file.to_str().unwrap();
    let differs = site.run_command("config", &["diff", file], "");
    assert_eq!(
        differs.1,
        "[names] \"chat/1\"\n- [names]\n- \"chat/1\" = \"Sales\"\n"
    );
    let imported = site.run_command("config", &["import", file], "");
    assert_eq!(imported, (Some(0), "Saved [names] \"chat/1\"\n".to_owned()));
    wait_until("the server has the name", SOON, async || {
        let page = page(&site, "/settings/changes", &mira).await;
        if page.contains("command line") {
            Ok(())
        } else {
            Err(())
        }
    })
    .await;
    let again = site.run_command("config", &["import", file], "");
    assert_eq!(again.1, "Nothing differs\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_are_exported_and_imported_with_their_boards() {
    let (site, mira, _) = open_site().await;
    let token = site.form_token(&mira).await;
    let fields = [
        ("form", &*token),
        ("is_new", "1"),
        ("title", "Lunch"),
        ("show.0", "waiting"),
        ("add.widgets", "picture"),
        ("add.widgets.alt", "Menu"),
        ("do", "save"),
    ];
    let request = http::client_without_redirects().post(site.wallboard.url("/boards/new"));
    let request = request.header(header::COOKIE, &mira);
    let request = with_file(request, &fields, "add.widgets.file", &picture(40, 20));
    let saved = request.send().await.unwrap();
    assert_eq!(saved.status(), StatusCode::SEE_OTHER);

    let folder = site.wallboard.file("exported");
    let boards = folder.to_str().unwrap().to_owned();
    let exported = site.run_command("config", &["export", "--boards", &boards], "");
    assert_eq!(exported, (Some(0), String::new()));
    let board = fs::read_to_string(folder.join("lunch.toml")).unwrap();
    let (_, rest) = board.split_once("picture = \"").unwrap();
    let id = rest.split('"').next().unwrap().to_owned();
    let file = folder.join(format!("{id}.png"));
    assert!(file.is_file(), "{board}");

    let (other, anna, _) = open_site().await;
    let toml = other.wallboard.file("more.toml");
    fs::write(&toml, "").unwrap();
    let import = ["import", toml.to_str().unwrap(), "--boards", &boards];
    let address = format!("/pictures/{id}");
    assert_eq!(other.status(&address, &anna).await, StatusCode::NOT_FOUND);
    let imported = other.run_command("config", &import, "");
    assert_eq!(imported, (Some(0), "Saved boards/lunch.toml\n".to_owned()));
    assert_eq!(other.status(&address, &anna).await, StatusCode::OK);

    fs::write(&file, "no picture").unwrap();
    let refused = other.run_command("config", &import, "");
    assert_ne!(refused.0, Some(0));
    assert!(
        refused.1.contains("is no PNG, JPEG or WebP picture"),
        "{}",
        refused.1
    );
    fs::remove_file(&file).unwrap();
    let missing = board.replace(&id, &"0".repeat(32));
    fs::write(folder.join("lunch.toml"), missing).unwrap();
    assert_eq!(other.run_command("config", &import, "").0, Some(0));
    let check = other.run_command("check", &[], "").1;
    let note = format!(
        "lunch.toml: widgets: there's no picture {} here",
        "0".repeat(32)
    );
    assert!(check.contains(&note), "{check}");
}
