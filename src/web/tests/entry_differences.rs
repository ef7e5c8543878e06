//! Changes of settings in words, which of them are shown, and what uses an entry before it's deleted.

use axum::http::StatusCode;
use jiff::SignedDuration;

use wallboard_access::{AuditActor, Role};
use wallboard_alerts::{AlertLevel, AlertRule, AlertScope};
use wallboard_boards::{Playlist, PlaylistItem, board_file::parse_board};
use wallboard_domain::Pattern;

use crate::{
    alerts::AlertPlan,
    editing::{EntryChange, EntryId, Section},
};

use super::{
    assert_contains, assert_contains_none,
    login_site::LoginSite,
    translation::{assert_translated, get_with, send_form, translated_page},
};

/// Saves an entry as the administrator, from its newest revision.
async fn save(site: &LoginSite, cookie: &str, section: &str, name: &str, toml: &str) {
    let path = format!("/settings/{section}?name={name}");
    let page = get_with(site, &path, cookie, "").await.text;
    let (_, rest) = page.split_once("name=\"began_from\" value=\"").unwrap();
    let began_from = rest.split('"').next().unwrap();
    let toml = percent_encoding::utf8_percent_encode(toml, percent_encoding::NON_ALPHANUMERIC);
    let fields = format!("name={name}&began_from={began_from}&toml={toml}&action=save");
    let saved = send_form(site, &path, cookie, &fields).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
}

async fn open_site() -> (LoginSite, String) {
    let site = LoginSite::with_users().await;
    let cookie = site.cookie_of(Role::Admin).await;
    let all = "chat%2F%2A";
    for (section, name, toml) in [
        (
            "thresholds",
            all,
            "[thresholds.\"chat/*\"]\nlongest_wait = { crit = \"2m\" }\ntime_in_state = { wrap_up = \"5m\" }\n",
        ),
        (
            "thresholds",
            all,
            "[thresholds.\"chat/*\"]\nlongest_wait = { warn = \"90s\", crit = \"3m\" }\n",
        ),
        ("targets", all, "[targets.\"chat/*\"]\nservice_level = 80\n"),
        (
            "targets",
            all,
            "[targets.\"chat/*\"]\nservice_level = 90\nanswer_within = \"30s\"\n",
        ),
        (
            "hours",
            all,
            "[hours.\"chat/*\"]\nmon-fri = \"08:00-17:00\"\n",
        ),
        (
            "hours",
            all,
            "[hours.\"chat/*\"]\nmon-thu = \"08:00-16:00\"\nfri = \"08:00-17:00\"\n2026-12-24 = []\n",
        ),
        ("boards", "hall", "title = \"Hall\"\n"),
        ("boards", "hall", "title = \"Hall\"\ntheme = \"light\"\n"),
    ] {
        save(&site, &cookie, section, name, toml).await;
    }
    (site, cookie)
}

#[tokio::test]
async fn changes_are_in_words_with_their_lines_folded_below() {
    let (site, cookie) = open_site().await;
    let changes = get_with(&site, "/settings/changes", &cookie, "en").await;
    for (what, old, new) in [
        ("Longest wait, critical from", "2:00", "3:00"),
        ("Mon–Thu", "08:00–17:00", "08:00–16:00"),
        ("Theme", "Dark", "Light, for bright rooms"),
    ] {
        let words = format!("<span>{what}:</span>");
        let (_, rest) = changes
            .text
            .split_once(&words)
            .unwrap_or_else(|| panic!("{what}: {}", changes.text));
        let line = rest.split("</li>").next().unwrap();
        assert_contains(
            line,
            &[
                &format!("<bdi>{old}</bdi></del>"),
                &format!("<bdi>{new}</bdi></ins>"),
            ],
        );
    }
    assert_contains(
        &changes.text,
        &[
            "<span>Longest wait, warning from:</span> <ins>",
            "<span>Wrap-up for longer than:</span> <del>",
            "<span>Service level:</span> <del>",
            "<span>Answered within:</span>",
            "<span>24 Dec 2026:</span> <ins>",
            "<summary>In the configuration’s format</summary>",
        ],
    );
    let german = get_with(&site, "/settings/changes", &cookie, "de")
        .await
        .text;
    assert_contains(&german, &[", kritisch ab:</span>", "<span>Mo–Do:</span>"]);
    // The others are named by files.
    for section in ["thresholds", "targets", "hours"] {
        let path = format!("/settings/changes?section={section}");
        translated_page(&site, &path, &cookie).await;
    }

    let path = "/settings/thresholds?name=chat%2F%2A";
    let versions = get_with(&site, path, &cookie, "en").await.text;
    assert_contains(&versions, &["<span>Longest wait, critical from:</span>"]);
    let late = "name=chat%2F%2A&began_from=&toml=%5Bthresholds.%22chat%2F%2A%22%5D%0Awaiting+%3D+%7B+crit+%3D+7+%7D%0A&action=save";
    let conflict = send_form(&site, path, &cookie, late).await;
    assert_eq!(conflict.status, StatusCode::CONFLICT);
    assert_contains(&conflict.text, &["class=\"words\"", "<bdi>7</bdi></ins>"]);
    assert_translated(&conflict, path);
}

#[tokio::test]
async fn changes_are_filtered_by_section_and_person() {
    let (site, cookie) = open_site().await;
    let page = async |query: &str| {
        let path = format!("/settings/changes?{query}");
        get_with(&site, &path, &cookie, "en").await.text
    };
    let hours = page("section=hours").await;
    assert_contains(
        &hours,
        &["[hours.&#34;chat/*&#34;]", "value=\"hours\" selected"],
    );
    assert_contains_none(&hours, &["[thresholds.&#34;chat/*&#34;]"]);
    let by_admin = page("section=hours&by=admin").await;
    assert_contains(&by_admin, &["[hours.&#34;chat/*&#34;]"]);
    let by_nobody = page("by=nobody").await;
    assert_contains(&by_nobody, &["No such change."]);
}

#[tokio::test]
async fn deleting_says_what_would_miss_it() {
    let (site, cookie) = open_site().await;
    let playlist = "[playlists.Floor]\nboards = [{ board = \"hall\", for = \"30s\" }]\n";
    save(&site, &cookie, "playlists", "Floor", playlist).await;
    // No app applies what is saved.
    site.boards.replace_playlists(vec![Playlist {
        name: "Floor".to_owned(),
        items: vec![PlaylistItem {
            board: "hall".to_owned(),
            dwell: SignedDuration::from_secs(30),
            hours: None,
            only_critical: false,
        }],
        jump: None,
    }]);
    for (path, expected) in [
        (
            "/boards/hall/edit",
            "Used by: <a href=\"/screens/playlist?name=Floor\"><bdi>playlist Floor</bdi></a>.",
        ),
        ("/settings/boards?name=hall", "<bdi>playlist Floor</bdi>"),
        ("/settings/thresholds?name=chat%2F%2A", "It’s for: <bdi>"),
        ("/settings/playlists?name=Floor", "Nothing uses it."),
        ("/screens/playlist?name=Floor", "Nothing uses it."),
    ] {
        let page = get_with(&site, path, &cookie, "en").await;
        assert_contains(&page.text, &[expected]);
    }
    translated_page(&site, "/settings/thresholds?name=chat%2F%2A", &cookie).await;
}

/// A site with a source and a custom figure of the browser, a board that shows both, and a rule about each.
async fn site_with_figure() -> LoginSite {
    let file = "[access]\nmode = \"open\"\n[sources.door]\nkind = \"values\"\n";
    let site = LoginSite::with_file(file).await;
    let admin = AuditActor::not_signed_in("Mira");
    let chat = "[sources.chat]\nkind = \"vngage\"\nurl = \"amqps://u:p@h/v\"\nexchange = \"x\"\n";
    let figure = "[figures.at_door]\nlabel = \"At the door\"\nsource = \"door\"\n";
    for (section, name, toml) in [
        (Section::Sources, "chat", chat),
        (Section::Figures, "at_door", figure),
    ] {
        let change = EntryChange {
            id: EntryId::new(section, name),
            toml: Some(toml.to_owned()),
            began_from: None,
        };
        Box::pin(site.editor.save(change, &admin)).await.unwrap();
    }
    site
}

fn rule(name: &str, scope: AlertScope) -> AlertRule {
    AlertRule {
        name: name.to_owned(),
        is_enabled: true,
        scope,
        dwell: SignedDuration::ZERO,
        tell: Vec::new(),
        again_after: None,
        tells_end: true,
        sound: Vec::new(),
        only_open: false,
    }
}

fn patterns(pattern: &str) -> Vec<Pattern> {
    vec![Pattern(pattern.to_owned())]
}

#[tokio::test]
async fn deleting_a_figure_or_a_source_says_which_boards_and_rules_lose_it() {
    let site = site_with_figure().await;
    let cookie = site.cookie_of(Role::Admin).await;
    let (figure, source) = ("/settings/figures?name=at_door", "/sources/chat/edit");
    let unused = get_with(&site, figure, &cookie, "en").await;
    assert_contains(&unused.text, &["Nothing uses it."]);
    let unwatched = get_with(&site, source, &cookie, "en").await;
    assert_contains(&unwatched.text, &["These queues go: <bdi>Sales"]);
    assert_contains_none(&unwatched.text, &["watch nothing"]);

    // No app applies what is saved.
    let board = "title = \"Door\"\nqueues = [\"door/1\"]\n\
        widgets = [{ custom = \"at_door\" }, { countdown = \"chat/9002@SIP/1\" }]\n";
    let board = parse_board(board, "door.toml").unwrap();
    let of_queues =
        "title = \"Rows\"\nqueues = [\"door/1\"]\nshow = [\"waiting\", { custom = \"at_door\" }]\n";
    let of_queues = parse_board(of_queues, "rows.toml").unwrap();
    site.boards.replace_boards(vec![board, of_queues]);
    let level = AlertLevel::Warning;
    let of_queues = |patterns| AlertScope::Queues {
        patterns,
        level,
        metric: None,
    };
    let of_figures = AlertScope::Figures {
        patterns: patterns("at_*"),
        level,
    };
    site.alerts.set_plan(AlertPlan {
        rules: vec![
            rule("Door rule", of_figures),
            rule("Chat rule", of_queues(patterns("chat/*"))),
            rule("Lost chat", AlertScope::Sources(patterns("chat"))),
            rule("Lost source", AlertScope::Sources(patterns("*"))),
        ],
        ..AlertPlan::default()
    });
    let used = get_with(&site, figure, &cookie, "en").await.text;
    assert_contains(
        &used,
        &[
            "<bdi>board Door</bdi>",
            "<bdi>board Rows</bdi>",
            "<bdi>rule Door rule</bdi>",
        ],
    );
    assert_contains_none(&used, &["rule Chat rule"]);
    let watched = get_with(&site, source, &cookie, "en").await;
    let (_, losses) = watched.text.split_once("These queues go: ").unwrap();
    let losses = losses.split("</p>").next().unwrap();
    let lost = ["<bdi>Door</bdi>", "rule Chat rule", "rule Lost chat"];
    assert_contains(losses, &lost);
    assert_contains_none(losses, &["Lost source", "Door rule"]);
}

#[tokio::test]
async fn every_section_says_its_changes_in_words_and_no_secret() {
    let site = LoginSite::with_users().await;
    let cookie = site.cookie_of(Role::Admin).await;
    let rule = "[alerts.long]\nqueues = [\"chat/*\"]\n";
    for (section, name, toml) in [
        (
            "people",
            "anna",
            "[people.anna]\nname = \"Anna\"\nagents = [\"chat/anna\"]\n",
        ),
        (
            "people",
            "anna",
            "[people.anna]\nname = \"Anna K\"\nagents = [\"chat/anna\"]\n",
        ),
        ("hide", "queues", "[hide]\nqueues = [\"chat/test-*\"]\n"),
        ("privacy", "", "[privacy]\nagent_names = \"full\"\n"),
        ("privacy", "", "[privacy]\nagent_names = \"initials\"\n"),
        ("brand", "", "[brand]\nname = \"Acme\"\n"),
        (
            "holidays",
            "sweden",
            "[holidays.sweden]\ncalendar = \"https://example.com/a.ics\"\n",
        ),
        ("alerts", "long", rule),
        ("alerts", "long", &format!("{rule}enabled = false\n")),
        (
            "playlists",
            "Floor",
            "[playlists.Floor]\nboards = [{ board = \"queues\", for = \"30s\" }]\n",
        ),
        (
            "playlists",
            "Floor",
            "[playlists.Floor]\nboards = [{ board = \"queues\", for = \"20s\", only_critical = true }]\njump = \"1m\"\n",
        ),
    ] {
        save(&site, &cookie, section, name, toml).await;
    }
    let changes = get_with(&site, "/settings/changes", &cookie, "en")
        .await
        .text;
    assert_contains(
        &changes,
        &[
            "<bdi>Anna</bdi></del>",
            "<bdi>Anna K</bdi></ins>",
            "<span>Hidden queues:</span> <ins>",
            "<bdi>In full: Anna Keller</bdi></del>",
            "<span>Address of the calendar:</span> <ins>",
            "<span>Rule is:</span>",
            "<bdi>Off</bdi></ins>",
            "20 s, only while critical</bdi></ins>",
            "comes at once, for 1 min</bdi></ins>",
        ],
    );
    for section in ["people", "privacy", "alerts", "playlists", "holidays"] {
        let path = format!("/settings/changes?section={section}");
        translated_page(&site, &path, &cookie).await;
    }
}
