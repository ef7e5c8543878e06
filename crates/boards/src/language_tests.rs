//! Boards in other languages: nothing on them is written past the message files.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
    sync::Arc,
};

use wallboard_domain::{
    AgentStatus, Announcement, AnnouncementKind, Language, OpenPeriod, OpeningHours, Pattern,
    Patterns,
};
use wallboard_live::{ConnectionState, Snapshot};
use wallboard_texts::{Texts, testing::unbracketed_words};

use super::{
    BoardDefinition, BoardLayout, BoardSlots, BoardTime, board_render, fixture, html::PageFrame,
    render_context::RenderContext, sample_pages::sample_pages,
};

const LAYOUTS: [BoardLayout; 3] = [BoardLayout::Queues, BoardLayout::List, BoardLayout::Agents];

/// Words of data that no fixture's snapshot has, and the units of a duration.
const DATA: [&str; 12] = [
    "Anna",
    "Use",
    "paper",
    "IT",
    "desk",
    "Wallboard",
    "Chat",
    "Voice",
    "min",
    "chat",
    "Europe",
    "Stockholm",
];

fn render_in(texts: &'static Texts, board: &BoardDefinition, snapshot: &Snapshot) -> String {
    let now = fixture::noon();
    let mut context = RenderContext::of_board(board, snapshot, now);
    context.texts = texts;
    let announcement = |by: &str| Announcement {
        text: "Use paper".into(),
        kind: AnnouncementKind::Info,
        boards: None,
        screens: Vec::new(),
        from: now.wall,
        until: now.plus_millis(3_600_000).wall,
        by: by.into(),
    };
    context.announcements = [announcement("Anna"), announcement("")].into();
    let baseline = fixture::usual_baseline(snapshot);
    let mut slots = BoardSlots::default();
    slots.apply_view(board_render::render(context, &baseline));
    slots.render_page(&PageFrame {
        board: &board.id,
        neighbors: Some(("agents", "team")),
        epoch: "b7",
        n: 1,
        build: "dev",
        time: &BoardTime::Rewindable,
        now: now.wall,
        age: None,
    })
}

/// Snapshots of states that a board says in words.
fn troubled_snapshots() -> Vec<Snapshot> {
    let afternoon = fixture::afternoon_snapshot;
    let mut night = afternoon();
    let morning = OpenPeriod {
        from_minute: 8 * 60,
        to_minute: 12 * 60,
    };
    let hours = OpeningHours {
        zone: night.site.zone.clone(),
        week: std::array::from_fn(|_| vec![morning]),
        dates: BTreeMap::new(),
        holidays: wallboard_domain::ClosedDays::default(),
    };
    Arc::make_mut(&mut night.site).hours = Patterns(vec![(Pattern("*".into()), hours)]);
    let mut paused = afternoon();
    fixture::disconnect_source(&mut paused, 400_000);
    let leaderless = Snapshot {
        leader_lost_at: Some(fixture::noon().plus_millis(-400_000).wall),
        ..paused.clone()
    };
    let mut empty_and_paused = fixture::empty_snapshot();
    fixture::disconnect_source(&mut empty_and_paused, 400_000);
    for snapshot in [&mut paused, &mut empty_and_paused] {
        let site = Arc::make_mut(&mut snapshot.site);
        (site.paused_sources).insert(fixture::chat_source(), "Anna".to_owned());
        site.brand.contact = Some("IT desk".into());
    }
    let with_connection = |mut snapshot: Snapshot, connection: ConnectionState| {
        fixture::disconnect_source(&mut snapshot, 400_000);
        let chat = snapshot.sources.get_mut(&fixture::chat_source()).unwrap();
        chat.connection = connection;
        chat.last_message_at = Some(fixture::noon().plus_millis(-410_000).wall);
        snapshot
    };
    let states = [
        ConnectionState::Connecting,
        ConnectionState::CatchingUp,
        ConnectionState::Silent,
        ConnectionState::Disconnected,
    ];
    let lost = states.map(|state| with_connection(afternoon(), state));
    let empty = states.map(|state| with_connection(fixture::empty_snapshot(), state));
    let mut busy = afternoon();
    for (name, status) in [
        ("Anna", AgentStatus::Ringing),
        ("Anna B", AgentStatus::Hold),
        ("Anna C", AgentStatus::Busy),
        ("Anna D", AgentStatus::LoggedOut),
    ] {
        fixture::put_agent(&mut busy, name, status, 30, &["1"]);
    }
    let mut all = vec![
        night,
        paused,
        leaderless,
        empty_and_paused,
        busy,
        Snapshot::default(),
    ];
    all.extend(lost);
    all.extend(empty);
    all
}

/// The texts that people see or hear on a page, and those of its script.
fn texts_of(html: &str) -> Vec<String> {
    let mut texts = Vec::new();
    for part in html.split('<').skip(1) {
        let (tag, text) = part.split_once('>').unwrap();
        texts.push(text.to_owned());
        for attribute in ["aria-label=\"", "data-say", "data-label=\"", "data-peak=\""] {
            let values = tag.split(attribute).skip(1);
            let values = values.map(|rest| match attribute {
                "data-say" => rest.split('"').nth(1),
                _ => rest.split('"').next(),
            });
            texts.extend(values.flatten().map(str::to_owned));
        }
    }
    texts
}

fn data_words(board: &BoardDefinition, snapshot: &Snapshot) -> BTreeSet<String> {
    let queues = snapshot
        .queues
        .values()
        .filter_map(|queue| queue.name.clone());
    let agents = snapshot
        .agents
        .values()
        .filter_map(|agent| agent.name.clone());
    let names = queues.chain(agents).map(|name| name.to_string());
    let all = names
        .chain(DATA.map(str::to_owned))
        .chain([board.title.clone()]);
    all.flat_map(|text| unbracketed_words(&text)).collect()
}

fn assert_all_translated(name: &str, board: &BoardDefinition, snapshot: &Snapshot) -> String {
    let page = render_in(Texts::pseudo(), board, snapshot);
    let data = data_words(board, snapshot);
    for text in texts_of(&page) {
        let words = unbracketed_words(&text);
        let foreign: Vec<_> = words.difference(&data).collect();
        assert!(foreign.is_empty(), "{name}: {foreign:?} in {text:?}");
    }
    page
}

#[test]
fn boards_of_each_kind_and_state_have_no_text_past_the_message_files() {
    sample_pages(|board, snapshot| assert_all_translated("sample", board, snapshot));
    for snapshot in troubled_snapshots() {
        for layout in LAYOUTS {
            let board = BoardDefinition::new("b", "Hall", layout);
            assert_all_translated(layout.into_str(), &board, &snapshot);
        }
    }
    for board in BoardDefinition::automatic_boards() {
        let page = assert_all_translated("automatic", &board, &fixture::afternoon_snapshot());
        assert!(
            !page.contains(&format!(">{}<", board.title)),
            "{}",
            board.title
        );
    }
}

/// Writes them for visual review, like [`sample_pages`].
#[test]
fn boards_are_complete_in_swedish_and_german() {
    let folder = std::env::var_os("WALLBOARD_PAGES").map(PathBuf::from);
    for language in [Language::Swedish, Language::German] {
        let texts = Texts::of(language);
        let render =
            |board: &BoardDefinition, snapshot: &Snapshot| render_in(texts, board, snapshot);
        for (name, page) in sample_pages(render) {
            let tag = texts.tag();
            assert!(page.contains(&format!("<html lang=\"{tag}\">")), "{name}");
            for english in ["Waiting", "No data", "Screen margin", "%0 at %1"] {
                assert!(!page.contains(english), "{english} in {name}");
            }
            if let Some(folder) = &folder {
                fs::write(folder.join(format!("{tag}-{name}.html")), page).unwrap();
            }
        }
    }
}

#[test]
fn a_text_past_the_message_files_is_found() {
    let words = |text| unbracketed_words(text).into_iter().collect::<Vec<_>>();
    assert_eq!(words("[Lîvé~] since 14:20 &amp; 3 h"), ["since"]);
    let texts = texts_of("<p aria-label=\"a\" data-saylost=\"b\">c</p>");
    assert_eq!(texts, ["c", "a", "b", ""]);
}

#[test]
fn a_board_is_in_its_own_language_else_in_the_sites() {
    let mut snapshot = fixture::afternoon_snapshot();
    Arc::make_mut(&mut snapshot.site).language = Language::German;
    let render = |language| {
        let board = BoardDefinition {
            language,
            ..BoardDefinition::new("b", "B", BoardLayout::Queues)
        };
        let context = RenderContext::of_board(&board, &snapshot, fixture::noon());
        context.texts.tag()
    };
    assert_eq!(render(None), "de");
    assert_eq!(render(Some(Language::Swedish)), "sv");
}

/// The comma of "1,2k" reaches below its line, where the style makes room for it.
#[test]
fn a_short_count_with_a_comma_has_a_kind_of_its_own() {
    let mut snapshot = fixture::empty_snapshot();
    let waiting = |waiting: u64| fixture::QueueFixture {
        waiting,
        longest: Some(60),
        available: 1,
    };
    fixture::put_queue(&mut snapshot, "1", "Sales", &waiting(1_290));
    fixture::put_queue(&mut snapshot, "2", "Support", &waiting(187));
    let board = BoardDefinition::new("b", "Hall", BoardLayout::Queues);
    for (language, expected) in [
        (Language::English, [">1.2<", "data-width=\"three\""]),
        (Language::German, [">1,2<", "data-width=\"three-comma\""]),
        (Language::Swedish, [">1,2<", "data-width=\"three-comma\""]),
    ] {
        let page = render_in(Texts::of(language), &board, &snapshot);
        for text in expected.into_iter().chain([">k<", "data-width=\"three\""]) {
            assert!(page.contains(text), "{language:?}: {text}");
        }
    }
}
