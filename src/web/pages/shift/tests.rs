use jiff::civil::{Time, Weekday};

use crate::reports::{ReportFile, ReportPlan, ReportSchedule};
use crate::web::tests::{
    assert_contains, assert_contains_none, connection_lost, get_page, router_of, state_after,
    telephony::{
        SUPPORT, SUPPORT_PAGE, afternoon_inputs, both_sources, lasting_status, serve_support,
        support_queue, vendor_value, voice_id,
    },
};
use wallboard_domain::{
    Id, Input, Language, Metric, MetricValue, NameVisibility, QueueGroup, SiteConfig, ValueAge,
    VendorValue,
};
use wallboard_sources::genesys;

/// Support is critical, and so is its group. Anna is on break.
fn afternoon(names: NameVisibility) -> (SiteConfig, Vec<Input>) {
    let mut site = both_sources(genesys::KIND);
    site.agent_names = names;
    site.groups = vec![QueueGroup {
        id: Id::new(&"group".into(), "all"),
        name: "Service".to_owned(),
        queues: vec![voice_id(SUPPORT), Id::new(&"chat".into(), "1")],
    }];
    let mut inputs = afternoon_inputs();
    let wait = VendorValue::Metric(Metric::LongestWait, Some(MetricValue::Seconds(300.0)));
    inputs.extend([
        serve_support("akl"),
        lasting_status("akl", 60.0),
        vendor_value(support_queue(), wait, ValueAge::Immediate),
    ]);
    (site, inputs)
}

/// The rows of critical queues.
async fn critical_rows(names: NameVisibility) -> String {
    let (site, inputs) = afternoon(names);
    let text = get_page(&router_of(site, inputs), "/shift").await.text;
    assert_contains(
        &text,
        &["<h1>Shift report</h1>", "Support is still critical."],
    );
    let (_, rows) = text.split_once("id=\"critical\"").unwrap();
    rows.split_once("</section>").unwrap().0.to_owned()
}

#[tokio::test]
async fn a_critical_time_says_why_and_who_and_counts_a_group_with_its_queue() {
    let rows = critical_rows(NameVisibility::Full).await;

    assert_eq!(rows.matches("<th scope=\"row\">").count(), 1, "{rows}");
    assert_contains(
        &rows,
        &[
            &format!("<a href=\"{SUPPORT_PAGE}?at="),
            "<small>also in <a href=\"/queues/group/all?at=",
            "<td class=\"worst\">5:0",
            " wait <small>On break when it began: <a href=\"/agents/voice/akl\"><bdi>Anna K.",
        ],
    );
}

#[tokio::test]
async fn without_names_a_shift_counts_who_was_on_break() {
    let rows = critical_rows(NameVisibility::None).await;

    assert_contains(&rows, &["<small>On break when it began: 1</small>"]);
    assert_contains_none(&rows, &["Anna", "/agents/"]);
}

fn report_of(view: &str) -> ReportPlan {
    ReportPlan {
        name: "Late <shift>".to_owned(),
        view: view.to_owned(),
        channel: "boss".to_owned(),
        to: Vec::new(),
        schedule: ReportSchedule {
            days: vec![Weekday::Monday],
            time: Time::constant(22, 5, 0, 0),
            zone: None,
        },
        file: None,
        language: None,
    }
}

#[tokio::test]
async fn a_shift_by_email_has_everything_but_agents_and_says_what_is_missing() {
    let (mut site, mut inputs) = afternoon(NameVisibility::Full);
    site.smallest_team = 5;
    inputs.push(connection_lost());
    let web = state_after(site, inputs);

    let url = Some("https://wall.example.com/");
    let plan = report_of("/shift");
    let mail = super::compose_shift(&web, &plan, None, url).await.unwrap();

    assert!(
        mail.subject.starts_with("Late <shift>: "),
        "{}",
        mail.subject
    );
    let expected = [
        "Late &#60;shift&#62;",
        "Support is still critical.",
        "<b>Support</b> <span style=\"color:#5a6673\">also in Service</span>",
        "Chat wasn’t connected at ",
        "Results against target",
        "href=\"https://wall.example.com/shift?from=",
    ];
    assert_contains(&mail.html, &expected);
    let expected = ["Support is still critical.", "wait (", "https://wall."];
    assert_contains(&mail.text, &expected);
    for text in [&mail.html, &mail.text] {
        assert_contains_none(text, &["Anna", "On break"]);
    }

    let german = ReportPlan {
        language: Some(Language::German),
        ..plan
    };
    let mail = super::compose_shift(&web, &german, None, url)
        .await
        .unwrap();
    assert_contains(&mail.text, &["Support ist noch kritisch."]);
}

#[tokio::test]
async fn a_shift_by_email_has_its_figures_as_a_file() {
    let (site, inputs) = afternoon(NameVisibility::Full);
    let web = state_after(site, inputs);
    let plan = ReportPlan {
        file: Some(ReportFile::Csv),
        ..report_of("/shift")
    };
    let mail = super::compose_shift(&web, &plan, None, None).await.unwrap();
    let file = mail.file.unwrap();
    assert!(file.name.starts_with("shift-20"), "{}", file.name);
    let text = String::from_utf8(file.bytes).unwrap();
    let expected = ["Shift report,", "Support is still critical.", "\r\nQueue,"];
    assert_contains(&text, &expected);
    assert_contains_none(&text, &["Anna", "voice/"]);
}

#[tokio::test]
async fn a_shift_that_cannot_be_shown_says_why_in_the_email() {
    let (site, inputs) = afternoon(NameVisibility::Full);
    let web = state_after(site, inputs);

    for (view, why) in [
        ("/shift?from=soon", "from=soon: must be a time like"),
        // It needs the log.
        ("/shift?from=-3h&to=-1h", "Nothing to rewind"),
    ] {
        let plan = report_of(view);
        let mail = super::compose_shift(&web, &plan, None, None).await.unwrap();
        assert_eq!(mail.subject, "Late <shift>: can’t be shown");
        assert_contains(&mail.html, &[why]);
    }
    assert_eq!(super::find_shift_fault("/shift?from=22:00&to=06:00"), None);
    let fault = super::find_shift_fault("/shift?to=never").unwrap();
    assert_contains(&fault, &["to=never"]);
}
