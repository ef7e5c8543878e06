//! A system that nobody here knows is on the wall within half an hour, by the documents alone: the walk copies their
//! blocks, changes what names the other system, and runs their commands.

use std::time::{Duration, Instant};

use crate::{
    support::{
        Wallboard, check,
        page::Element,
        ports, print_measured,
        stranger::{Line, StrangerSystem},
        wait_until,
    },
    values,
};

const GUIDE: &str = include_str!("../../docs/start/values.md");
const BOARDS: &str = include_str!("../../docs/how-to/boards.md");
const METRICS: &str = include_str!("../../docs/reference/metrics.md");
const SOON: Duration = Duration::from_secs(40);
const WITHIN: Duration = Duration::from_mins(30);
/// The pace of a careful reader, and of somebody who types with two fingers.
const WORDS_A_MINUTE: usize = 150;
const KEYS_A_MINUTE: usize = 60;

/// The steps of somebody with the documents, and how long they take.
#[derive(Debug)]
struct Walk {
    began: Instant,
    words: usize,
    keys: usize,
}

impl Walk {
    fn begin() -> Self {
        Self {
            began: Instant::now(),
            words: 0,
            keys: 0,
        }
    }

    fn read(&mut self, page: &str, text: &str) {
        let words = text.split_whitespace().count();
        println!("read {page}: {words} words");
        self.words += words;
    }

    /// Copies a block of the documents with changes, each of a text that the block has once.
    fn copy(&mut self, what: &str, block: &str, changes: &[(&str, &str)]) -> String {
        let mut copy = block.to_owned();
        for (from, to) in changes {
            assert_eq!(copy.matches(from).count(), 1, "{from:?} in {copy}");
            copy = copy.replace(from, to);
            self.keys += to.len();
        }
        println!("write {what}, with {} changes:\n{copy}", changes.len());
        copy
    }

    /// Adds lines that a sentence of the documents describes.
    fn add(&mut self, sentence: &str, lines: &str) -> String {
        let described = GUIDE.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(described.contains(sentence), "the guide lacks {sentence:?}");
        println!("add, by \"{sentence}\":\n{lines}");
        self.keys += lines.len();
        lines.to_owned()
    }

    fn run(&mut self, command: &str) {
        println!("run {command}");
        self.keys += command.len();
    }

    fn end(&self) {
        let minutes = |count: usize, a_minute: usize| {
            Duration::from_secs(60 * count as u64) / u32::try_from(a_minute).unwrap()
        };
        let (reading, typing) = (
            minutes(self.words, WORDS_A_MINUTE),
            minutes(self.keys, KEYS_A_MINUTE),
        );
        print_measured("the programs' part", self.began.elapsed(), WITHIN);
        let parts = [self.began.elapsed(), reading, typing];
        let total: Duration = parts.iter().sum();
        let what = format!(
            "a stranger's system is live: {} words to read, {} keys to press",
            self.words, self.keys
        );
        print_measured(&what, total, WITHIN);
        assert!(total < WITHIN, "{parts:?}");
    }
}

/// Returns a section of a page, as its link leads there.
fn section(page: &'static str, heading: &str) -> &'static str {
    let (_, section) = page.split_once(&format!("\n## {heading}\n")).unwrap();
    section.split("\n## ").next().unwrap()
}

fn lines(held: u32) -> Vec<Line> {
    let line = |code, caption, held, eldest, idle| Line {
        code,
        caption,
        held,
        eldest,
        idle,
    };
    vec![
        line("L07", "Bookings", held, 74, Some(2)),
        line("L12", "Refunds", 0, 0, None),
    ]
}

/// A tile of the board: its large number, its figures by their labels, and whether it's marked as out of date.
#[derive(Debug)]
struct Tile {
    number: String,
    figures: Vec<(String, String)>,
    is_marked: bool,
}

impl Tile {
    fn figure(&self, label: &str) -> &str {
        let mut figures = self.figures.iter();
        let found = figures.find(|(name, _)| name == label);
        found.map_or("not on the tile", |(_, value)| value)
    }
}

/// Reads the first tile whose name and heading are so.
async fn read_tile(wallboard: &Wallboard, name: &str, place: &str) -> Result<Tile, String> {
    let html = wallboard.text("/boards/lines").await;
    let page = Element::parse(&html);
    let of = |element: &Element, class: &'static str| {
        let found = element.find(&|element| element.has_class(class));
        found.map_or_else(String::new, Element::text)
    };
    let is_here = |element: &Element| {
        let link = element.find(&|element| element.has_class("name"));
        let target = link.and_then(|link| link.attribute("href"));
        element.has_class("tile")
            && of(element, "name") == name
            && target.is_some_and(|target| target.contains(place))
    };
    let tile = (page.find(&is_here)).ok_or_else(|| format!("no tile {name} of {place}: {html}"))?;
    let figures = tile
        .find_all(&|element| element.has_class("fig"))
        .into_iter();
    let figures = figures.map(|figure| (of(figure, "long"), of(figure, "num")));
    let severity = tile.attribute("data-sev").unwrap_or_default();
    Ok(Tile {
        number: of(tile, "num"),
        figures: figures.collect(),
        is_marked: !["ok", "warn", "crit"].contains(&severity),
    })
}

/// Waits until a tile is so.
async fn wait_for(
    wallboard: &Wallboard,
    (name, place): (&str, &str),
    what: &str,
    is_so: impl Fn(&Tile) -> bool,
) {
    wait_until(what, SOON, async || {
        let tile = read_tile(wallboard, name, place).await?;
        is_so(&tile)
            .then_some(())
            .ok_or_else(|| format!("{tile:?}"))
    })
    .await;
}

/// Returns the seconds of a clock such as "1:14".
fn seconds(clock: &str) -> Option<u32> {
    let (minutes, seconds) = clock.split_once(':')?;
    Some(60 * minutes.parse::<u32>().ok()? + seconds.parse::<u32>().ok()?)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_strangers_system_is_live_within_30_minutes_by_the_documents_alone() {
    let system = StrangerSystem::start(lines(3)).await;
    let mut walk = Walk::begin();
    walk.read("docs/start/values.md", GUIDE);
    walk.read(
        "docs/reference/metrics.md, Counting contacts",
        section(METRICS, "Counting contacts"),
    );
    walk.read(
        "docs/reference/metrics.md, Right now",
        section(METRICS, "Right now"),
    );

    let blocks = values::blocks("toml");
    let state = system.url("/v2/state");
    let polled = walk.copy(
        "wallboard.toml",
        blocks[0],
        &[
            ("https://pbx.example.com/queues.json", &state),
            ("list = \"/queues\"", "list = \"/lines\""),
            ("id = \"/number\"\n", ""),
            ("\"/title\"", "\"/caption\""),
            (
                "{ waiting = \"/calls\", longest_wait = \"/oldest_ms ms\" }",
                "{ waiting = \"/held\", longest_wait = \"/eldest\", agents_available = \"/staff/idle\" }",
            ),
        ],
    );
    let agents = walk.add(
        "`[sources.phone.agents]` has the same keys, and `state`.",
        "\n[sources.phone.agents]\nlist = \"/people\"\nid = \"/badge\"\nname = \"/who\"\nstate = \"/mood\"\n\
         states = { \"On a line\" = \"talking\", \"Coffee\" = \"not_ready\" }\n",
    );
    let table = system.url("/lines.csv");
    let spreadsheet = walk.copy(
        "its CSV",
        blocks[4],
        &[
            ("https://pbx.example.com/queues.csv", &table),
            ("\"/Queue\"", "\"/Line\""),
            (
                "{ waiting = \"/Waiting\", longest_wait = \"/Longest wait\" }",
                "{ waiting = \"/Held\", agents_available = \"/Idle staff\" }",
            ),
        ],
    );
    // "…, or every 5 s with `valid_for = "15s"`."
    let pushed = walk.copy("what is sent", blocks[1], &[("\"90s\"", "\"15s\"")]);
    let port = ports::free();
    let configuration = format!(
        "{polled}{agents}\n{spreadsheet}\n{pushed}\n\
         [server]\nlisten = \"127.0.0.1:{port}\"\n[store]\nurl = \"sqlite:wallboard.db\"\n"
    );

    walk.run("wallboard check --config wallboard.toml");
    let checked = check::run_configuration(&[], &configuration, &[]);
    checked.assert_status(0, &["phone (queues: 2, agents: 2", "lines (queues: 2"]);
    assert!(!checked.text.contains("nothing at"), "{}", checked.text);

    walk.read(
        "docs/how-to/boards.md, Your first board",
        section(BOARDS, "Your first board"),
    );
    let (_, board) = BOARDS.split_once("```toml\n").unwrap();
    let (board, _) = board.split_once("   ```").unwrap();
    let board = walk.copy(
        "boards/lines.toml",
        board,
        &[
            (
                "[\"chat/5f0c1a52-2b0f-4f0e-9a3e-6b1d1f0a7c11\"]",
                "[\"phone/*\", \"lines/*\", \"dialer/*\"]",
            ),
            ("title = \"Sales\"", "title = \"Lines\""),
        ],
    );
    walk.run("wallboard serve --config wallboard.toml");
    let files = [("boards/lines.toml", board.as_str())];
    let wallboard = Wallboard::start(&configuration, port, &files, Vec::new()).await;
    let here = wallboard.url("");
    let command = walk.copy(
        "the command",
        values::blocks("sh")[0],
        &[
            ("http://127.0.0.1:8080", &here),
            (
                "\"dialer/9001\", \"name\": \"Sales\"",
                "\"dialer/camp-4\", \"name\": \"Winback\"",
            ),
            ("[\"dialer/9001\"]", "[\"dialer/camp-4\"]"),
            ("\"agents_available\": 4", "\"agents_available\": null"),
        ],
    );
    let send = || assert_eq!(values::run(&command, &[]), "", "prints nothing");
    send();

    let bookings = ("Bookings", "phone/L07");
    wait_for(&wallboard, bookings, "the JSON is on the board", |tile| {
        let is_right = tile.number == "3" && tile.figure("Available") == "2";
        let waited = seconds(tile.figure("Longest wait"));
        is_right && waited.is_some_and(|waited| (74..150).contains(&waited)) && !tile.is_marked
    })
    .await;
    wait_for(
        &wallboard,
        ("Refunds", "phone/L12"),
        "what it lost is unknown",
        |tile| tile.number == "0" && tile.figure("Available") == "–",
    )
    .await;
    wait_for(
        &wallboard,
        ("Bookings", "lines/Bookings"),
        "the CSV is on the board",
        |tile| {
            tile.number == "3"
                && tile.figure("Available") == "2"
                && tile.figure("Longest wait") == "–"
        },
    )
    .await;
    let winback = ("Winback", "dialer/camp-4");
    send();
    wait_for(
        &wallboard,
        winback,
        "what was sent is on the board",
        |tile| tile.number == "2" && tile.figure("Available") == "–" && !tile.is_marked,
    )
    .await;
    let people = wallboard.text("/boards/agents").await;
    assert!(
        people.contains("Ida B") && people.contains("Olav L"),
        "{people}"
    );
    walk.end();

    system.set(lines(5));
    let follows = "the board follows the system";
    wait_for(&wallboard, bookings, follows, |tile| {
        tile.number == "5" && !tile.is_marked
    })
    .await;
    drop(system);
    wait_for(
        &wallboard,
        bookings,
        "the stopped system is marked",
        |tile| tile.number == "5" && tile.is_marked,
    )
    .await;
    let stops = "what isn't sent again is marked";
    wait_for(&wallboard, winback, stops, |tile| {
        tile.number == "2" && tile.is_marked
    })
    .await;
}
