//! The first run of a site with Genesys or GMS, in a browser: its statistics are found and booked on queues by pages alone.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::{
    browser_first_run::{
        EmptyFolder, assert_set_up, decide_about_queues, go_to, make_board, make_site, pair_tv,
    },
    gms_values::waiting,
    support::{Browser, Genesys, Gms, Person, genesys::secret, gms, print_measured},
};

/// How long somebody waits for the statistics of four queues.
const FOUND_WITHIN: Duration = Duration::from_secs(5);
const QUEUES: [&str; 4] = [
    "9000@SIP_Switch",
    "Süd & West+1;x/y@SIP_Switch",
    "9002@SIP_Switch",
    "9003@SIP_Switch",
];

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_folder_becomes_a_board_of_genesys_queues_by_pages_alone() {
    let plan = json!({"server": "cometd", "queues": QUEUES.len(), "agents": 2});
    let genesys = Genesys::start(&plan);
    let server = EmptyFolder::serve().await;
    let person = Person::timed(Browser::open(&server.setup));
    make_site(&person).await;

    choose_kind(&person, "Voice: Genesys Engage").await;
    let address = format!("http://127.0.0.1:{}", genesys.port);
    person.types("Address of the API", &address);
    person.types("API key", secret("GENESYS_API_KEY"));
    person.types("Client ID", "wallboard");
    person.types("Client secret", secret("GENESYS_CLIENT_SECRET"));
    person.types("User", "tenant\\wall");
    person.types("Password", secret("GENESYS_PASSWORD"));
    person.types("Agents to look at", "agent0\nagent1");
    person.types("Agent groups to look at", "Support = 9000@SIP_Switch");
    let booked = [
        "CurrNumberWaitingCalls",
        "CurrMaxCallWaitingTime",
        "CurrentAgentState",
        "queue = \"9000@SIP_Switch\"",
    ];
    find_statistics(&person, &QUEUES, &booked).await;

    decide_about_queues(&person, QUEUES.len()).await;
    make_board(&person).await;
    pair_tv(&person, &server.tv_address()).await;
    server.finish("first run with Genesys by pages alone", &person);
    assert_set_up(&person).await;
    find_again(person).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_folder_becomes_a_board_of_gms_queues_by_pages_alone() {
    let gms = Gms::start().await;
    for queue in QUEUES {
        gms.set(&waiting(queue), 3);
        gms.set(
            &format!("CurrMaxCallWaitingTime;Queue;{queue};Environment"),
            90,
        );
    }
    gms.set("CurrentReadyAgents;GroupAgents;Support;Environment", 2);
    let server = EmptyFolder::serve().await;
    let person = Person::timed(Browser::open(&server.setup));
    make_site(&person).await;

    choose_kind(&person, "Voice: Genesys Mobile Services (GMS)").await;
    person.types("Addresses of the GMS nodes", &gms.url());
    person.types("User", gms::USER);
    person.types("Password", gms::PASSWORD);
    person.types("Agents to look at", "agent0\nagent1");
    person.types(
        "Agent groups to look at",
        &format!("Support = {}", QUEUES[0]),
    );
    let booked = [
        "CurrNumberWaitingCalls",
        "CurrMaxCallWaitingTime",
        "queue = \"9000@SIP_Switch\"",
    ];
    find_statistics(&person, &QUEUES, &booked).await;

    decide_about_queues(&person, QUEUES.len()).await;
    make_board(&person).await;
    pair_tv(&person, &server.tv_address()).await;
    server.finish("first run with GMS by pages alone", &person);
    assert_set_up(&person).await;
    find_again(person).await;
}

async fn choose_kind(person: &Person, kind: &str) {
    assert_eq!(person.next_step(), "Data source");
    let kinds = "Where do the figures come from?";
    person.clicks("link", "Connect a data source", kinds).await;
    person.clicks("link", kind, "More settings").await;
    person.step("form of a voice source");
}

/// Finds the statistics of queues, and saves the source.
async fn find_statistics(person: &Person, queues: &[&str], booked: &[&str]) {
    person.types("Queues to look at", &queues.join("\n"));
    let found = "found and added below";
    let begun = Instant::now();
    person.clicks("button", "Find statistics", found).await;
    print_measured("statistics found", begun.elapsed(), FOUND_WITHIN);
    person.step("statistics found");
    let lines = person.texts("textarea[name=statistics]");
    for part in booked.iter().chain(queues) {
        assert!(lines[0].contains(part), "{part}: {lines:?}");
    }
    person
        .clicks("button", "Save and continue", "Voice is connected.")
        .await;
}

/// Asserts that statistics that were found once aren't added twice.
async fn find_again(person: Person) {
    let person = Person::at(person.browser);
    go_to(&person, "/sources/voice/edit");
    person.reads("Queues to look at").await;
    person.types("Queues to look at", &QUEUES.join("\n"));
    let again = "No usual name works on these that isn’t listed below.";
    person.clicks("button", "Find statistics", again).await;
}
