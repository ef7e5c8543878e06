//! The first run of a site with Genesys, in a browser: its statistics are found and booked on queues by pages alone.

use serde_json::json;

use crate::{
    browser_first_run::{EmptyFolder, decide_about_queues, make_board, make_site, pair_tv},
    support::{Browser, Genesys, Person, genesys::secret},
};

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
    let person = Person::at(Browser::open(&server.setup));
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
    server.finish("first run with Genesys by pages alone", person.elapsed());
}

async fn choose_kind(person: &Person, kind: &str) {
    assert_eq!(person.next_step(), "Data source");
    let kinds = "Where do the figures come from?";
    person.clicks("link", "Connect a data source", kinds).await;
    person.clicks("link", kind, "More settings").await;
    person.types("ID", "voice");
}

/// Finds the statistics of queues, and saves the source.
async fn find_statistics(person: &Person, queues: &[&str], booked: &[&str]) {
    person.types("Queues to look at", &queues.join("\n"));
    let found = "found and added below";
    person.clicks("button", "Find statistics", found).await;
    person.step("statistics found");
    let lines = person.texts("textarea[name=statistics]");
    for part in booked.iter().chain(queues) {
        assert!(lines[0].contains(part), "{part}: {lines:?}");
    }
    // Found once, they aren't added twice.
    let again = "No usual name works on these that isn’t listed below.";
    person.clicks("button", "Find statistics", again).await;
    person.clicks("button", "Save", "It starts now").await;
    person.clicks("link", "Boards", "Voice is connected.").await;
}
