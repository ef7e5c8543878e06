//! The first run in a browser: from `wallboard serve` in an empty folder to a board of one's own queues on a paired
//! TV, by reading and typing alone.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use lapin::ExchangeKind;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::oneshot;

use crate::{
    source_editing::open_with_source,
    support::{
        Broker, Browser, Disorder, Person, Process, Vep,
        broker::{self, USER},
        browser::BOARD_IS_LIVE,
        person::windows,
        ports, print_measured, wait_until,
    },
};

const SOON: Duration = Duration::from_secs(30);
/// Also of somebody who reads every word of every page, at night.
const JOURNEY_MAX: Duration = Duration::from_mins(5);
const PASSWORD: &str = "correct horse battery";
const PAGES: [&str; 6] = [
    "/?set-up=show",
    "/settings",
    "/settings/site?from=set-up",
    "/sources/new?kind=genesys&from=set-up",
    "/settings/found?from=set-up",
    "/settings/found?done=saved",
];

/// A server in an empty folder, as somebody starts it who has nothing.
pub struct EmptyFolder {
    folder: TempDir,
    address: String,
    /// The configuration as the server made it.
    made: String,
    /// Where the first administrator is made.
    pub setup: String,
    _server: Process,
}

impl EmptyFolder {
    pub async fn serve() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        let file = fs::File::create(&log).unwrap();
        let address = format!("127.0.0.1:{}", ports::free());
        let server = Process::start(
            Command::new(env!("CARGO_BIN_EXE_wallboard"))
                .current_dir(folder.path())
                .args(["serve", "--listen", &address])
                .stdin(Stdio::null())
                .stderr(file.try_clone().unwrap())
                .stdout(file),
        );
        let setup = setup_address(&log).await;
        let made = fs::read_to_string(folder.path().join("wallboard.toml")).unwrap();
        Self {
            folder,
            address,
            made,
            setup,
            _server: server,
        }
    }

    pub fn tv_address(&self) -> String {
        format!("http://{}/tv", self.address)
    }

    /// Asserts that no file was touched, and that it didn't take too long.
    pub fn finish(&self, what: &str, person: &Person) {
        let time = person.elapsed();
        print_measured(what, time, JOURNEY_MAX);
        println!("measured: {what}: {} words were read", person.words());
        assert!(time < JOURNEY_MAX, "{time:?}");
        let file = self.folder.path().join("wallboard.toml");
        assert_eq!(fs::read_to_string(file).unwrap(), self.made);
    }
}

/// Returns the address in the log that makes the first administrator.
async fn setup_address(log: &Path) -> String {
    wait_until("the log has the setup code", SOON, async || {
        let text = fs::read_to_string(log).unwrap();
        let found = text
            .split_whitespace()
            .find(|word| word.contains("/setup?code="));
        found.map(str::to_owned).ok_or(text)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_folder_becomes_a_board_on_a_paired_tv_by_pages_alone() {
    let (exchange, broker) = ("first-run", Broker::shared());
    let _queue = broker.reserve_usual_queue().await;
    let vep = Vep::open(broker, exchange, ExchangeKind::Topic, 19).await;
    let server = EmptyFolder::serve().await;

    // Waiting for the browser stops only this task.
    let (is_over, over) = oneshot::channel::<()>();
    let traffic = tokio::spawn(async move {
        let over = async { drop(over.await) };
        vep.run_during(20, Disorder::NONE, over).await;
    });
    let journey = async {
        let person = Person::timed(Browser::open(&server.setup));
        make_site(&person).await;
        connect_source(&person, exchange).await;
        decide_about_queues(&person, 6).await;
        make_board(&person).await;
        pair_tv(&person, &server.tv_address()).await;
        person
    };
    let person = journey.await;
    drop(is_over);
    traffic.await.unwrap();
    server.finish("first run by pages alone", &person);
    assert_set_up(&person).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn demo_data_fill_boards_until_a_real_source_takes_their_place() {
    for (width, height) in windows() {
        let server = EmptyFolder::serve().await;
        let browser = Browser::start();
        browser
            .command(&json!({"do": "open", "url": server.setup, "width": width, "height": height}));
        let person = Person::at(browser);
        make_site(&person).await;
        person
            .clicks("button", "Look around with demo data", "Remove demo data")
            .await;
        person.reads("Demo is connected.").await;
        person.assert_fits();
        person.step(&format!("demo data at {width}"));

        go_to(&person, "/boards/queues");
        let shows_demo = format!(
            "document.readyState === 'complete' && {BOARD_IS_LIVE} && document.querySelector('.demo')?.textContent === 'Demo data' && document.querySelectorAll('.tile .num').length > 5"
        );
        person.browser.wait_for(&shows_demo, SOON).await;
        person.step(&format!("board of demo data at {width}"));

        go_to(&person, "/?set-up=show");
        person.reads("These are demo data").await;
        assert_eq!(person.next_step(), "Data source");
        person
            .clicks(
                "link",
                "Connect a data source",
                "Where do the figures come from?",
            )
            .await;
        person
            .clicks(
                "link",
                "Any other system: JSON, CSV or the API",
                "Saving removes the demo data.",
            )
            .await;
        person.types("ID", "phone");
        person.assert_fits();
        person.step(&format!("real source at {width}"));
        person.clicks("button", "Save and continue", "Phone ").await;
        let text = person.browser.evaluate("document.body.innerText");
        assert!(!text.as_str().unwrap().contains("emo data"), "{text}");
    }
}

pub fn go_to(person: &Person, path: &str) {
    person
        .browser
        .evaluate(&format!("location.href = {path:?}"));
}

pub async fn make_site(person: &Person) {
    person.reads("First administrator").await;
    person.types("Your name", "Mira");
    person.types("Password, at least 12 characters", PASSWORD);
    person.step("administrator");
    person
        .clicks("button", "Create administrator", "Set up Wallboard")
        .await;
    assert_eq!(person.next_step(), "Name and time zone");
    person.step("the steps");
    person
        .clicks("link", "Set name and time zone", "Name of the site")
        .await;
    person.types("Name of the site", "Nordvik");
    person.chooses("Time zone", "Europe/Stockholm");
    person.step("name and time zone");
    person
        .clicks("button", "Save and continue", "Nordvik, Europe/Stockholm")
        .await;
}

async fn connect_source(person: &Person, exchange: &str) {
    assert_eq!(person.next_step(), "Data source");
    person
        .clicks(
            "link",
            "Connect a data source",
            "Where do the figures come from?",
        )
        .await;
    person.step("kinds of data sources");
    person
        .clicks("link", "Chat: Vergic Engage (Vngage)", "More settings")
        .await;
    let url = |password: &str| {
        broker::url(
            "amqp",
            USER,
            password,
            "127.0.0.1",
            Broker::shared().plain_port,
        )
    };
    person.types("Address with user and password", &url("a-typo"));
    person.types("Exchange", exchange);
    person
        .clicks("button", "Test", "rejected the user name or password")
        .await;
    person.step("data source with a wrong password");
    person.types("Address with user and password", &url(broker::PASSWORD));
    person
        .clicks("button", "Save and continue", "Chat is connected.")
        .await;
}

/// Names four queues and hides the others.
pub async fn decide_about_queues(person: &Person, count: usize) {
    assert_eq!(
        person.next_step(),
        "Names, groups, opening hours, thresholds"
    );
    person
        .reads(&format!(
            "{count} report; nobody named or placed {count} of them."
        ))
        .await;
    person.step("connected");
    person
        .clicks("link", "Look at the queues", "Found queues")
        .await;
    let reported = person.texts("tbody th a");
    assert_eq!(reported.len(), count);
    let figures = person.texts("td[data-label=Now]");
    assert!(
        figures.iter().any(|text| text.contains(" waiting")),
        "{figures:?}"
    );
    for (queue, name) in reported
        .iter()
        .zip(["Billing", "Returns", "Sales", "Support"])
    {
        person.types(&format!("Name of {queue}"), name);
    }
    for queue in &reported[4..] {
        person.presses("checkbox", &format!("Hide {queue}"));
    }
    person.types("Week", "0–24");
    person.types("▲ Warning from", "1 s");
    person.types("◆ Critical from", "2 s");
    person.step("found queues");
    person
        .clicks("button", "Save and continue", "4 queues report.")
        .await;
}

pub async fn make_board(person: &Person) {
    assert_eq!(person.next_step(), "First board");
    person.step("queues decided");
    person
        .clicks("link", "Make a board", "Begin with one of these")
        .await;
    person.types("Title", "Hall");
    person.step("new board");
    person.clicks("button", "Continue", "Check").await;
    person.step("board editor");
    person.clicks("button", "Save", "Show on a TV").await;
    person.step("board saved");
}

pub async fn pair_tv(person: &Person, address: &str) {
    person
        .clicks("link", "Show on a TV", "On the TV, open")
        .await;
    let tv = Browser::open(address);
    let shows_code = "/^[A-Z]{4}-[A-Z]{4}$/.test(document.querySelector('.code')?.textContent)";
    tv.wait_for(shows_code, SOON).await;
    let code = tv.evaluate("document.querySelector('.code').textContent");
    person.types("2. Type the code that it shows", code.as_str().unwrap());
    person.step("screens");
    person
        .clicks("button", "Next", "Does the screen show")
        .await;
    person.types("Name", "Kitchen");
    person.step("pairing");
    person
        .clicks("button", "Codes match: pair screen", "Kitchen")
        .await;
    let shows_board = format!(
        "location.pathname === '/tv' && document.body?.dataset.live === '/boards/hall/live' && {BOARD_IS_LIVE}"
    );
    tv.wait_for(&shows_board, SOON).await;
    let text = |selector: &str| {
        tv.evaluate(&format!(
            "[...document.querySelectorAll({selector:?})].map((one) => one.textContent.trim()).sort()"
        ))
    };
    assert_eq!(
        text(".tile h2"),
        json!(["Billing", "Returns", "Sales", "Support"])
    );
    // By the thresholds of the form: nobody has waited for the usual two minutes.
    tv.wait_for(
        "document.querySelectorAll('.tile[data-sev=crit]').length > 0",
        SOON,
    )
    .await;
    person.step("the TV shows the board");
    Person::at(tv).step("TV");
}

/// Asserts that no step of the set-up is left.
pub async fn assert_set_up(person: &Person) {
    person.clicks("link", "Boards", "New board").await;
    let steps = person.browser.evaluate("document.querySelector('.set-up')");
    assert_eq!(steps, Value::Null, "the steps are done");
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_the_first_run_fit_and_have_no_barriers() {
    let (site, cookie, _vep) = open_with_source("first-run-pages").await;
    let browser = Browser::start();
    browser.check_pages_and_keyboard(&site.wallboard.url(""), &PAGES, Some(&cookie));
}
