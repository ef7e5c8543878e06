//! Reports of the history by email: the period that they are about, and what they say.

use jiff::{
    Timestamp,
    civil::{Time, Weekday},
};

use wallboard_domain::Language;
use wallboard_notify::MailDocument;

use crate::{
    reports::{ReportPlan, ReportSchedule},
    web::{
        WebState,
        history::{compose_fault, compose_history},
        tests::{assert_contains, assert_contains_none, parts_with_history, test_site},
    },
};

use super::{history_fixture, timestamp_at};

const URL: Option<&str> = Some("https://wall.example.com/");

fn report_of(view: &str) -> ReportPlan {
    ReportPlan {
        name: "Daily".to_owned(),
        view: view.to_owned(),
        channel: "boss".to_owned(),
        to: Vec::new(),
        schedule: ReportSchedule {
            days: vec![Weekday::Friday],
            time: Time::constant(7, 0, 0, 0),
            zone: None,
        },
        file: None,
        language: None,
    }
}

async fn compose(view: &str, due: Option<Timestamp>) -> MailDocument {
    let fixture = history_fixture().await;
    fixture.set_site(test_site());
    let (history, store) = (fixture.history.clone(), fixture.store.clone());
    let web = WebState::from(parts_with_history(test_site(), Vec::new(), history, store));
    let mail = compose_history(&web, &report_of(view), due, URL).await;
    mail.unwrap()
}

/// In the morning after the day with figures.
fn morning() -> Option<Timestamp> {
    Timestamp::from_second(timestamp_at(24 + 7, 0)).ok()
}

#[tokio::test]
async fn a_late_report_is_about_the_period_it_was_due_for() {
    for view in [
        "/history?range=yesterday&compare=none",
        "/history?range=7d&compare=none",
        // The last day with data.
        "/history?compare=none",
    ] {
        let mail = compose(view, morning()).await;
        assert_contains(&mail.subject, &["12 Nov 2026"]);
        assert_contains(&mail.text, &["Offered: 25", "to=2026-11-12"]);
    }
    let today = compose("/history?range=yesterday&compare=none", None).await;
    assert_contains_none(&today.text, &["Offered: 25", "2026-11-12"]);
}

#[tokio::test]
async fn a_report_says_who_can_stop_it_and_why_it_has_no_figures() {
    let mail = compose("/history?range=yesterday", morning()).await;
    let stop = "Administrators of Wallboard can change or stop it";
    assert_contains(&mail.text, &[stop]);
    assert_contains(&mail.html, &[stop]);

    let web = crate::web::tests::state_after(test_site(), Vec::new());
    let plan = ReportPlan {
        language: Some(Language::German),
        ..report_of("/shift?from=08:00&to=16:00")
    };
    let fault = compose_fault(&web, &plan, URL, "the disk is full").unwrap();
    assert_eq!(fault.subject, "Daily: kann nicht gezeigt werden");
    let expected = [
        "konnte ihn nicht berechnen: the disk is full",
        "https://wall.example.com/shift?from=08:00",
        "Administratoren",
    ];
    assert_contains(&fault.text, &expected);
}
