use crate::web::tests::{
    assert_contains, assert_contains_none, case_opened, connection_lost, get_page, profile_update,
    reading_update, router_after, router_of, sales_inputs,
    telephony::{
        afternoon_inputs, both_sources, vendor_value, voice_agent, voice_id, voice_router,
    },
    test_site,
};
use wallboard_domain::{
    AgentStatus, AgentStatusReport, EntityKind, EntityProfile, Fact, Id, LinkedPerson,
    NameVisibility, SiteConfig, ValueAge, VendorValue,
};
use wallboard_sources::genesys;

#[tokio::test]
async fn agent_page_shows_status_clock_and_cases_without_ranking() {
    let page = get_page(&router_after(sales_inputs()), "/agents/chat/eva").await;

    assert_contains(
        &page.text,
        &[
            "<h1><bdi>Eva K.</bdi></h1>",
            "●</span> In conversation <b class=\"value\"><span data-since=",
            "<code>talks</code>",
            "but not sign-in, ready or break status",
            "<dd>handled</dd>",
            "<a href=\"/queues/chat/9002%40SIP%2F1\"><bdi>Sales</bdi></a>",
        ],
    );
}

#[tokio::test]
async fn ids_that_may_be_names_are_hidden_where_names_are() {
    let anna = || {
        reading_update(Fact::Profile(EntityProfile {
            name: Some("Anna Karlsson".into()),
            external_ids: Some([("Genesys".into(), "anna.karlsson".into())].into()),
            ..EntityProfile::new(EntityKind::Agent, Id::new(&"chat".into(), "akarlsson"))
        }))
    };
    for (agent_names, is_shown) in [
        (NameVisibility::Full, true),
        (NameVisibility::FirstInitial, true),
        (NameVisibility::Initials, false),
        (NameVisibility::None, false),
    ] {
        let site = SiteConfig {
            agent_names,
            ..test_site()
        };
        let router = router_of(site, vec![anna()]);
        let page = get_page(&router, "/agents/chat/akarlsson").await.text;
        let about = &page[page.find("id=\"places\"").unwrap()..];
        for id in ["anna.karlsson", ">akarlsson<"] {
            assert_eq!(about.contains(id), is_shown, "{id} {agent_names:?}");
        }
    }
}

#[tokio::test]
async fn agent_page_shows_vendor_values_and_no_cases() {
    let router = voice_router(Vec::new());

    let text = get_page(&router, "/agents/voice/akl").await.text;

    assert_contains(
        &text,
        &[
            "Ⅱ</span> On break",
            " · <bdi>Lunch</bdi>",
            "<dt>Vendor status</dt><dd><bdi>NotReadyForNextCall</bdi></dd>",
            "<dd>handled</dd>",
            "2 h 04",
            "Counted by Voice (Genesys), 0 s ago.",
        ],
    );
    assert_contains_none(&text, &["Open cases", "Vngage reports", "Closed cases"]);
    let signed_out = get_page(&router, "/agents/voice/cdm").await.text;
    assert_contains(&signed_out, &["Signed out"]);
}

#[tokio::test]
async fn unknown_status_is_not_called_no_open_cases() {
    let unknown = vendor_value(
        voice_agent("bsv"),
        VendorValue::Status(None),
        ValueAge::Immediate,
    );
    let router = voice_router(vec![unknown]);

    let board = get_page(&router, "/boards/agents").await.text;
    let page = get_page(&router, "/agents/voice/bsv").await.text;

    assert_contains(&board, &["unknown<", "/agents/voice/bsv"]);
    assert_eq!(counted(&board, "On break"), "1");
    assert_eq!(counted(&board, "Other"), "1");
    assert_contains(&page, &["?</span> Unknown status"]);
}

#[tokio::test]
async fn linked_person_has_one_card_and_a_page_with_each_sources_report() {
    let mut site = both_sources(genesys::KIND);
    site.people = vec![LinkedPerson {
        id: Id::new(&"person".into(), "anna"),
        name: "Anna Karlsson".to_owned(),
        agents: vec![voice_id("akl"), Id::new(&"chat".into(), "anna")],
    }];
    let anna = profile_update(EntityKind::Agent, "anna", "Anna Karlsson");
    let router = router_of(site, afternoon_inputs().into_iter().chain([anna]).collect());

    let board = get_page(&router, "/boards/agents").await.text;
    let page = get_page(&router, "/agents/person/anna").await.text;
    let agent = get_page(&router, "/agents/voice/akl").await.text;

    assert_contains(&board, &["/agents/person/anna"]);
    assert_contains_none(&board, &["/agents/voice/akl", "/agents/chat/anna"]);
    assert_contains(
        &page,
        &[
            "Ⅱ</span> On break",
            "Status by source",
            "<bdi>Voice</bdi> (Genesys)</th>",
            "<bdi>Chat</bdi> (Vngage)</th>",
            "<bdi>NotReadyForNextCall</bdi>",
            "Combined from Voice (Genesys) and Chat (Vngage)",
        ],
    );
    assert_contains(&agent, &["<rect class=\"not_ready\""]);
}

#[tokio::test]
async fn agents_with_a_shared_external_id_are_suggested_as_one_person() {
    let anna = Fact::Profile(EntityProfile {
        name: Some("Anna Karlsson".into()),
        external_ids: Some([("Genesys".into(), "AKL".into())].into()),
        ..EntityProfile::new(EntityKind::Agent, Id::new(&"chat".into(), "77aa"))
    });
    let router = voice_router(vec![reading_update(anna)]);

    let voice_page = get_page(&router, "/agents/voice/akl").await.text;
    let chat_page = get_page(&router, "/agents/chat/77aa").await.text;
    let other_page = get_page(&router, "/agents/voice/bsv").await.text;

    assert_contains(
        &voice_page,
        &[
            "Possible duplicate",
            "<a href=\"/agents/chat/77aa\">",
            "akl = { name = &#34;Anna K.&#34;, agents = [&#34;voice/akl&#34;, &#34;chat/77aa&#34;] }",
        ],
    );
    assert_contains(&chat_page, &["<a href=\"/agents/voice/akl\">"]);
    assert_contains_none(&other_page, &["Possible duplicate"]);
}

#[tokio::test]
async fn who_talks_on_the_phone_has_no_number_of_chats_while_chat_is_disconnected() {
    let mut site = both_sources(genesys::KIND);
    site.people = vec![LinkedPerson {
        id: Id::new(&"person".into(), "anna"),
        name: "Anna Karlsson".to_owned(),
        agents: vec![voice_id("akl"), Id::new(&"chat".into(), "anna")],
    }];
    let talks = AgentStatusReport {
        status: AgentStatus::Talking,
        vendor_status: None,
        reason: None,
        since: None,
        media: Vec::new(),
    };
    let talks = vendor_value(
        voice_agent("akl"),
        VendorValue::Status(Some(talks)),
        ValueAge::Immediate,
    );
    let chats = [
        talks,
        case_opened("c1", "anna", "1"),
        case_opened("c2", "anna", "1"),
    ];
    let inputs = [afternoon_inputs(), chats.to_vec()].concat();
    for (lost, is_shown) in [(Vec::new(), true), (vec![connection_lost()], false)] {
        let router = router_of(site.clone(), [inputs.clone(), lost].concat());

        for path in ["/boards/agents", "/queues/chat/1"] {
            let text = get_page(&router, path).await.text;
            assert_contains(&text, &["/agents/person/anna"]);
            assert_eq!(text.contains("≥ 2"), is_shown, "{path}");
        }
    }
}

/// The large count of a board of agents.
fn counted<'a>(board: &'a str, label: &str) -> &'a str {
    let (_, count) = board.split_once(&format!("<dt>{label}</dt>")).unwrap();
    let (count, _) = count.split_once("</b>").unwrap();
    count.rsplit_once('>').unwrap().1
}

#[tokio::test]
async fn signed_in_agent_has_a_card_with_the_reason() {
    let text = get_page(&voice_router(Vec::new()), "/boards/agents")
        .await
        .text;

    assert_contains(&text, &[">Anna K.</bdi>", ">Lunch</span>", "1 signed out"]);
    assert_eq!(counted(&text, "In conversation"), "1");
    assert_eq!(counted(&text, "On break"), "1");
    assert_contains_none(&text, &["/agents/voice/cdm", "without open cases"]);
}

#[tokio::test]
async fn agent_page_has_a_timeline_of_the_observed_statuses() {
    let router = voice_router(Vec::new());

    let talks = get_page(&router, "/agents/voice/akl").await.text;
    let signed_out = get_page(&router, "/agents/voice/cdm").await.text;

    assert_contains(
        &talks,
        &[
            "<rect class=\"not_ready\"",
            "role=\"img\" aria-label=\"From ",
            ": On break ",
            "<th scope=\"col\">From</th>",
        ],
    );
    assert_contains(&signed_out, &["No status recorded today yet."]);
}
