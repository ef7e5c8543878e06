use axum::http::StatusCode;
use jiff::{
    Timestamp,
    tz::{Offset, TimeZone},
};

use crate::web::tests::{
    SALES, assert_contains, assert_contains_none, case_created, find_tile, get_page,
    profile_update, queue_reading, router_after, router_of, router_of_lost_connection,
    router_with_history, sales_inputs,
    telephony::{
        SUPPORT, SUPPORT_PAGE, afternoon_inputs, both_sources, connected_inputs, lasting_status,
        serve_support, status_report, support_queue, vendor_value, voice_id, voice_router,
    },
    test_site,
};
use wallboard_domain::{
    AgentStatus, CaseEvent, ConnectionEvent, CountBy, Counter, Counters, EntityKind, Fact, Id,
    Input, Metric, MetricValue, NameVisibility, Pattern, PatternThresholds, Patterns, QueueGroup,
    SiteConfig, Update, ValueAge, VendorValue, moment,
};
use wallboard_history::report::fixture::{HistoryFixture, computed_day};
use wallboard_sources::{genesys, gms};
use wallboard_store::QueueIntervalRow;

fn site_with_group() -> SiteConfig {
    let mut site = both_sources(genesys::KIND);
    site.groups = vec![QueueGroup {
        id: Id::new(&"group".into(), "support"),
        name: "All support".to_owned(),
        queues: vec![voice_id(SUPPORT), Id::new(&"chat".into(), "1")],
    }];
    site
}

#[tokio::test]
async fn queue_page_shows_the_problem_waiting_cases_and_agents() {
    let page = get_page(&router_after(sales_inputs()), SALES).await;

    assert_eq!(page.status, StatusCode::OK);
    assert_contains(
        &page.text,
        &[
            "<h1><bdi>Sales</bdi></h1>",
            "data-sev=\"crit\"",
            "the 2:00 threshold",
            "data-say=\"Sales: critical. 14 waiting. Longest wait ",
            "1 waiting case has no queue yet",
            "<a href=\"/agents/chat/eva\"><bdi>Eva K.</bdi></a>",
            "In conversation",
            "<a href=\"/boards/queues\"><bdi>Queues</bdi></a>",
        ],
    );
}

#[tokio::test]
async fn every_queue_metric_expands_to_its_explanation() {
    let page = get_page(&router_after(sales_inputs()), SALES).await;

    assert_contains(
        &page.text,
        &[
            "<dd>waiting</dd>",
            "<dd>longest_wait</dd>",
            "<dd>agents_available</dd>",
            "<dd>offered</dd>",
            "<dd>service_level</dd>",
            "answered_only: answered in time ÷ answered",
            "used instead of short_ignored because contacts",
            "set queue_of in the configuration",
            "From Chat (Vngage), 0 s ago",
            "warning from 1:00, critical from 2:00",
            "<dt>Computed from</dt><dd>1 of 1</dd>",
            "<dt>Contacts</dt><dd><a href=\"/cases?state=waiting&#38;queue=",
        ],
    );
    // That formula excludes waiting contacts.
    assert!(!page.text.contains("Still waiting"), "{}", page.text);
}

#[tokio::test]
async fn mean_wait_of_answered_contacts_is_called_average_speed_of_answer() {
    let page = get_page(&router_after(sales_inputs()), SALES).await.text;

    let label = ">Average speed of answer</a>";
    assert_contains(&page, &[label, "average_speed_of_answer"]);
}

#[tokio::test]
async fn average_wait_of_a_source_is_called_rolling_and_not_of_current_waits() {
    let mut inputs = sales_inputs();
    let wait = MetricValue::Seconds(40.0);
    inputs.push(queue_reading("9002@SIP/1", Metric::AverageWait, wait));

    let page = get_page(&router_after(inputs), SALES).await.text;

    let tile = &find_tile(&page, "now-average_wait");
    let meaning = "own average of recent waits";
    assert_contains(tile, &[">Average wait</a>", "Rolling 15 minutes", meaning]);
    assert_contains_none(tile, &["current waits"]);
}

#[tokio::test]
async fn disconnect_stops_the_clocks_of_a_queue_page_and_is_shown() {
    let text = get_page(&router_of_lost_connection(), SALES).await.text;

    assert!(!text.contains("data-since"), "{text}");
    assert_contains(&text, &["Disconnected at"]);
}

#[tokio::test]
async fn never_known_values_are_not_called_out_of_date() {
    let text = get_page(&router_of_lost_connection(), SALES).await.text;

    let known = &find_tile(&text, "now-waiting");
    let unknown = &find_tile(&text, "today-offered");
    assert!(known.contains("<small>out of date</small>"), "{known}");
    assert!(!unknown.contains("out of date"), "{unknown}");
}

#[tokio::test]
async fn unknown_longest_wait_is_noted_and_not_explained_as_no_one_waiting() {
    let router_with = |waiting| {
        router_after(vec![
            profile_update(EntityKind::Queue, "9002@SIP/1", "Sales"),
            queue_reading("9002@SIP/1", Metric::Waiting, MetricValue::Count(waiting)),
        ])
    };

    let some = get_page(&router_with(3), SALES).await.text;
    let none = get_page(&router_with(0), SALES).await.text;

    let some = &find_tile(&some, "now-longest_wait");
    assert!(!some.contains("No one is waiting."), "{some}");
    assert_contains(some, &["–", "<small>not known yet</small>"]);
    let none = &find_tile(&none, "now-longest_wait");
    assert_contains(none, &["No one is waiting."]);
    assert_contains_none(none, &["not known yet"]);
}

#[tokio::test]
async fn empty_chart_of_waits_says_when_it_fills() {
    let unreported = vec![profile_update(EntityKind::Queue, "9002@SIP/1", "Sales")];
    let page = get_page(&router_after(unreported), SALES).await.text;

    let words = "No data yet. The chart fills while the source is connected.";
    assert_contains(&page, &[words]);
    assert_contains_none(&page, &["starts over", "restart"]);
}

#[tokio::test]
async fn last_two_weeks_say_their_formula_in_words_and_until_when_today_is_imported() {
    // A zone in which it's the afternoon.
    let now = Timestamp::now();
    let hour = now.to_zoned(TimeZone::UTC).hour();
    let zone = TimeZone::fixed(Offset::constant((15 - hour).clamp(-12, 14)));
    let today = moment::day_start(now, &zone).as_second();
    let mut site = test_site();
    site.zone = zone;
    let calls = Id::new(&"calls".into(), "1");
    let linked = [(Id::new(&"chat".into(), "9002@SIP/1"), vec![calls])];
    site.linked_queues.extend(linked);
    let fixture = HistoryFixture::new(site.clone()).await;
    let mut counters = Counters::default();
    counters.add(Counter::Offered, 7);
    let row = QueueIntervalRow {
        queue: "1".to_owned(),
        by: CountBy::Start,
        start: today + 10 * 3600,
        length: 900,
        counters,
        waits: None,
    };
    fixture
        .replace_intervals(computed_day(today, vec![row]))
        .await;
    fixture.insert_coverage(today..today + 11 * 3600);
    let (history, store) = (fixture.history.clone(), fixture.store.clone());
    let router = router_with_history(site, sales_inputs(), history, store);

    let page = get_page(&router, SALES).await.text;

    let (_, past) = page.split_once("Last two weeks</h2>").unwrap();
    let (past, _) = past.split_once("</section>").unwrap();
    assert_contains(
        past,
        &[
            " until 11:00</a>",
            "Service level: answered in time ÷ (offered − short abandons), within 20 s; the target is 80%.",
        ],
    );
    assert_contains_none(past, &["short_ignored"]);
}

/// The words after "What could help:" on a page.
fn read_help(text: &str) -> &str {
    let (_, help) = text.split_once("What could help:</b>").unwrap();
    help.split_once("</p>").unwrap().0
}

#[tokio::test]
async fn free_agents_of_the_group_are_named_as_privacy_allows() {
    let help = async |names: NameVisibility| {
        let mut site = site_with_group();
        site.agent_names = names;
        let mut inputs = connected_inputs();
        inputs.extend([
            serve_support("akl"),
            status_report("akl", AgentStatus::Available, "WaitForNextCall", None),
            profile_update(EntityKind::Queue, "1", "Returns"),
            queue_reading("1", Metric::LongestWait, MetricValue::Seconds(200.0)),
        ]);
        let text = get_page(&router_of(site, inputs), "/queues/chat/1")
            .await
            .text;
        read_help(&text).to_owned()
    };

    let support = format!("1 available in <a href=\"{SUPPORT_PAGE}\"><bdi>Support</bdi></a>");
    let named = |name| format!(" {support}: <a href=\"/agents/voice/akl\"><bdi>{name}</bdi></a>");
    assert_eq!(help(NameVisibility::Full).await, named("Anna K."));
    assert_eq!(help(NameVisibility::Initials).await, named("AK"));
    assert_eq!(help(NameVisibility::None).await, format!(" {support}"));
}

#[tokio::test]
async fn an_agent_on_break_for_too_long_is_marked_and_could_help() {
    let mut site = both_sources(genesys::KIND);
    let thresholds = PatternThresholds {
        time_in_state: vec![(AgentStatus::NotReady, 0)],
        ..PatternThresholds::default()
    };
    site.thresholds = Patterns(vec![(Pattern("voice/*".into()), thresholds)]);
    let waits = VendorValue::Metric(Metric::LongestWait, Some(MetricValue::Seconds(200.0)));
    let inputs = afternoon_inputs().into_iter().chain([
        serve_support("akl"),
        lasting_status("akl", 60.0),
        vendor_value(support_queue(), waits, ValueAge::Immediate),
    ]);
    let router = router_of(site, inputs.collect());

    let text = get_page(&router, SUPPORT_PAGE).await.text;

    let help = read_help(&text);
    assert_contains(
        help,
        &["<bdi>Anna K.</bdi></a> has been on break 1 min longer than allowed"],
    );
    assert_contains(
        &text,
        &["<span class=\"unseen\">Longer than allowed: </span>"],
    );
}

#[tokio::test]
async fn figures_stand_in_two_columns_without_empty_ones() {
    let text = get_page(&router_after(sales_inputs()), SALES).await.text;

    let (_, figures) = text.split_once("All metrics</h2>").unwrap();
    let (figures, _) = figures.split_once("</section>").unwrap();
    let rows: Vec<_> = (figures.split("<table").skip(1))
        .map(|table| table.matches("<tr id=").count())
        .collect();
    assert_eq!(rows.len(), 2, "{figures}");
    assert!(rows[0] - rows[1] <= 1, "{rows:?}");
    assert_contains(figures, &["<th scope=\"col\" class=\"n\">Today</th>"]);
    assert_contains_none(figures, &["Usual"]);
}

#[tokio::test]
async fn cases_that_the_source_counts_no_longer_stand_apart_as_unconfirmed() {
    let waiting_part = async |count, longest| {
        let mut site = test_site();
        let solution = ("sales".to_owned(), "9002@SIP/1".to_owned());
        site.sources[0].entry_queues = [solution].into();
        let created = |case: &str, at: &str| {
            let event = CaseEvent::Created {
                opportunity: None,
                solution: Some("sales".into()),
                case_type: None,
            };
            Input::Update(Update {
                source: "chat".into(),
                event: "test",
                at: Some(at.parse().unwrap()),
                fact: Fact::Case(Id::new(&"chat".into(), case), event),
                mistyped: 0,
            })
        };
        let longest = MetricValue::Seconds(longest);
        let inputs = vec![
            profile_update(EntityKind::Queue, "9002@SIP/1", "Sales"),
            queue_reading("9002@SIP/1", Metric::Waiting, MetricValue::Count(count)),
            queue_reading("9002@SIP/1", Metric::LongestWait, longest),
            created("older", "2026-11-20T08:58:00.5Z"),
            created("newer", "2026-11-20T08:59:50.5Z"),
        ];
        let text = get_page(&router_of(site, inputs), SALES).await.text;
        let (_, part) = text.split_once("data-part=\"waiting\"").unwrap();
        let part = part.split_once("</section>").unwrap().0;
        let (certain, unconfirmed) = part
            .split_once("<details id=\"unconf")
            .unwrap_or((part, ""));
        (certain.to_owned(), unconfirmed.to_owned())
    };
    let ids = ["<code>older", "<code>newer"];

    let (certain, unconfirmed) = waiting_part(0, 0.0).await;
    assert_contains(&certain, &["No one is waiting"]);
    assert_contains_none(&certain, &ids);
    assert_contains(&unconfirmed, &[ids[0], ids[1], "2 unconfirmed"]);

    // Its longest wait began after that of the older case.
    let (certain, unconfirmed) = waiting_part(1, 10.0).await;
    assert_contains(&certain, &[ids[1]]);
    assert_contains_none(&certain, &[ids[0]]);
    assert_contains(&unconfirmed, &[ids[0], "1 unconfirmed"]);
    assert_contains_none(&unconfirmed, &[ids[1], "The source reports 1"]);

    let (certain, unconfirmed) = waiting_part(2, 120.0).await;
    assert_contains(&certain, &ids);
    assert_eq!(unconfirmed, "");
}

#[tokio::test]
async fn waiting_contacts_without_a_case_are_noted() {
    let router_with = |waiting, cases: &[&str]| {
        let mut inputs = vec![
            profile_update(EntityKind::Queue, "9002@SIP/1", "Sales"),
            queue_reading("9002@SIP/1", Metric::Waiting, MetricValue::Count(waiting)),
        ];
        inputs.extend(cases.iter().map(|case| case_created(case)));
        router_after(inputs)
    };

    let all = get_page(&router_with(14, &[]), SALES).await.text;
    let one = get_page(&router_with(14, &["waits"]), SALES).await.text;
    let none = get_page(&router_with(0, &[]), SALES).await.text;

    assert_contains(
        &all,
        &["The source reports 14 waiting, more than are listed here"],
    );
    assert_contains(
        &one,
        &["The source reports 14 waiting, more than are listed here"],
    );
    assert!(!none.contains("more than are listed here"), "{none}");
}

#[tokio::test]
async fn vendor_value_names_its_vendor() {
    let text = get_page(&voice_router(Vec::new()), SUPPORT_PAGE).await.text;

    assert_contains(
        &text,
        &[
            "From Voice (Genesys), 0 s ago.",
            "Counted by Voice (Genesys), 0 s ago.",
            "The vendor’s statistic defines that time, not [targets].",
            "No, from Voice (Genesys).",
            "or has no valid value now.",
        ],
    );
    assert_contains_none(&text, &["Vngage", "answered_only"]);
}

#[tokio::test]
async fn metric_names_its_vendor_statistic() {
    let mut site = both_sources(genesys::KIND);
    let statistic = (
        Metric::Waiting,
        "CurrNumberWaitingCalls of Queue 9002".into(),
    );
    for provided in &mut site.sources[1].provides {
        provided.statistics = vec![statistic.clone()];
    }
    let router = router_of(site, afternoon_inputs());

    let text = get_page(&router, SUPPORT_PAGE).await.text;

    assert_contains(
        &text,
        &["<dt>Vendor statistic</dt><dd>CurrNumberWaitingCalls of Queue 9002</dd>"],
    );
    assert_eq!(text.matches("Vendor statistic").count(), 1, "{text}");
}

#[tokio::test]
async fn unknown_age_of_a_gms_value_is_shown() {
    let waiting = VendorValue::Metric(Metric::Waiting, Some(MetricValue::Count(2)));
    let inputs = connected_inputs().into_iter().chain([vendor_value(
        support_queue(),
        waiting,
        ValueAge::Unknown,
    )]);
    let router = router_of(both_sources(gms::KIND), inputs.collect());

    let text = get_page(&router, SUPPORT_PAGE).await.text;

    assert_contains(
        &text,
        &["Unknown: Voice (GMS) doesn’t report how old the value is"],
    );
}

#[tokio::test]
async fn group_page_names_its_queues_and_the_excluded_ones() {
    let mut site = site_with_group();
    site.linked_queues = [(voice_id(SUPPORT), vec![Id::new(&"chat".into(), "2")])].into();
    let disconnected = ConnectionEvent::Disconnected {
        why: "The connection was cut".to_owned(),
    };
    let more = [
        profile_update(EntityKind::Queue, "1", "Support chat"),
        profile_update(EntityKind::Queue, "2", "Support by mail"),
        queue_reading("1", Metric::Waiting, MetricValue::Count(4)),
    ];
    let connected: Vec<Input> = afternoon_inputs().into_iter().chain(more).collect();
    let interrupted = connected
        .iter()
        .cloned()
        .chain([Input::Connection("voice".into(), disconnected)]);
    let interrupted = router_of(site.clone(), interrupted.collect());
    let connected = router_of(site, connected);

    let page = get_page(&connected, "/queues/group/support").await.text;
    assert_contains(
        &page,
        &[
            "<h1><bdi>All support</bdi></h1>",
            "Queues in this group",
            "<bdi>Support chat</bdi></a></li>",
            "Combined from Chat (Vngage) and Voice (Genesys)",
            "<small>excludes Support chat</small>",
        ],
    );
    let group_json = get_page(&connected, "/api/v1/queues/group/support")
        .await
        .text;
    assert_contains(&group_json, &["\"without\":[\"chat/1\"]"]);
    let page = get_page(&interrupted, "/queues/group/support").await.text;
    assert_contains(&page, &["≥ 4", "excludes Support"]);
    let page = get_page(&interrupted, SUPPORT_PAGE).await.text;
    assert_contains(
        &page,
        &[
            "<dt>Groups</dt><dd><a href=\"/queues/group/support\">",
            "<dt>Linked queues</dt><dd><a href=\"/queues/chat/2\">",
        ],
    );
    assert_contains_none(&page, &["No agents found for this queue"]);
}

#[tokio::test]
async fn lower_bound_of_a_group_becomes_critical_despite_an_unknown_queue() {
    let mut inputs = connected_inputs();
    inputs.extend([
        profile_update(EntityKind::Queue, "1", "Support chat"),
        queue_reading("1", Metric::LongestWait, MetricValue::Seconds(200.0)),
    ]);
    let router = router_of(site_with_group(), inputs);

    let page = get_page(&router, "/queues/group/support").await.text;

    assert_contains(&page, &["◆ Critical", "≥ 3:20", "the 2:00 threshold"]);
}
