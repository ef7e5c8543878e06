//! A queue's thresholds and hours changed by its form at a real server: effective on boards at once, refused
//! at the field, and only by those who may see the queue.

use std::time::Duration;

use reqwest::{Response, StatusCode, header};

use crate::{
    reload::follow_until,
    sign_in::{PASSWORD, SignInSite},
    support::{
        ScriptedSite, Wallboard, http, ports,
        scripted_site::{Queue, queue_id, queue_page},
        viewer::Viewer,
        wait_until,
    },
};

const SOON: Duration = Duration::from_secs(20);
const CRITICAL: &str = "data-sev=\"crit\"";

/// A queue in which three wait, within its limits, and a calm one.
async fn open_site(name: &str) -> ScriptedSite {
    let site = ScriptedSite::open(name).await;
    add_queues(&site).await;
    site
}

async fn add_queues(site: &ScriptedSite) {
    site.change(|script| {
        for name in ["Sales", "Support"] {
            script.queues.push(Queue {
                name: name.to_owned(),
                ..Queue::default()
            });
        }
        script.set_load(0, [3, 1, 0], 60);
        script.set_load(1, [0, 1, 2], 0);
    })
    .await;
    site.wait_until_known().await;
}

async fn post(
    wallboard: &Wallboard,
    queue: &str,
    cookie: Option<&str>,
    form: &[(&str, &str)],
) -> Response {
    let request = http::client_without_redirects().post(wallboard.url(&format!("{queue}/edit")));
    let request = request.header("sec-fetch-site", "same-origin").form(form);
    let request = match cookie {
        Some(cookie) => request.header(header::COOKIE, cookie),
        None => request,
    };
    request.send().await.unwrap()
}

/// The revision in a part of the page.
fn revision_in(page: &str, section: &str) -> String {
    let field = format!(
        "name=\"section\" value=\"{section}\"><input type=\"hidden\" name=\"began_from\" value=\""
    );
    let (_, rest) = page.split_once(&field).unwrap();
    rest.split('"').next().unwrap().to_owned()
}

async fn wait_for_board(site: &ScriptedSite, text: &str, is_there: bool) {
    wait_until(
        &format!("the board has {text}: {is_there}"),
        SOON,
        async || {
            let page = site.wallboard.text("/boards/queues").await;
            if page.contains(text) == is_there {
                Ok(())
            } else {
                Err(page)
            }
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_threshold_of_the_form_turns_the_tile_critical_in_its_next_frame() {
    let site = open_site("queue-edit-threshold").await;
    wait_for_board(&site, CRITICAL, false).await;
    let mut viewer = Viewer::load(&site.wallboard, "queues").await;
    assert!(viewer.open().await);
    let queue = queue_page(0);
    let form = [
        ("section", "thresholds"),
        ("began_from", ""),
        ("action", "save"),
        ("waiting.warn", "2"),
        ("waiting.crit", "3"),
        ("longest_wait.warn", "30:00"),
        ("longest_wait.crit", "60 min"),
    ];
    let steps = async {
        let saved = post(&site.wallboard, &queue, None, &form).await;
        assert_eq!(saved.status(), StatusCode::SEE_OTHER);
        wait_for_board(&site, CRITICAL, true).await;
        let page = site
            .wallboard
            .text(&format!("{queue}/edit?saved=thresholds"))
            .await;
        assert!(page.contains("Changed by open access"), "{page}");
        // Only what differs from the file's pattern is an entry of the queue's own.
        let name = queue_id(0).replace('/', "%2F");
        let address = format!("/settings/thresholds?name={name}");
        let entry = site.wallboard.text(&address).await;
        assert!(
            entry.contains("waiting = { warn = 2, crit = 3 }"),
            "{entry}"
        );
        assert!(!entry.contains("longest_wait"), "{entry}");
        let revision = revision_in(&page, "thresholds");
        let undo = [
            ("section", "thresholds"),
            ("began_from", &*revision),
            ("action", "undo"),
        ];
        let undone = post(&site.wallboard, &queue, None, &undo).await;
        assert_eq!(undone.status(), StatusCode::SEE_OTHER);
        let page = site.wallboard.text(&format!("{queue}/edit")).await;
        assert!(page.contains("From *. In "), "{page}");
    };
    // Every frame continues from the one before, on the same socket.
    follow_until(&mut viewer, steps).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_value_is_refused_at_its_field_and_nothing_typed_is_lost() {
    let site = open_site("queue-edit-fault").await;
    let form = [
        ("section", "thresholds"),
        ("began_from", ""),
        ("action", "save"),
        ("waiting.warn", "4"),
        ("waiting.crit", "many"),
    ];
    let refused = post(&site.wallboard, &queue_page(0), None, &form).await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let page = refused.text().await.unwrap();
    assert!(
        page.contains("id=\"fault-waiting.crit\">it must be a number of 0 or more"),
        "{page}"
    );
    assert!(page.contains("value=\"many\" ") && page.contains("name=\"waiting.warn\" value=\"4\""));

    let form = [
        ("section", "hours"),
        ("began_from", ""),
        ("action", "save"),
        ("week.mon", "8-25"),
        ("week.tue", "8–12, 13–17"),
    ];
    let refused = post(&site.wallboard, &queue_page(0), None, &form).await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let page = refused.text().await.unwrap();
    assert!(page.contains("id=\"fault-mon\">"), "{page}");
    assert!(page.contains("name=\"week.mon\" value=\"8-25\""), "{page}");
    assert!(
        page.contains("name=\"week.tue\" value=\"8–12, 13–17\""),
        "{page}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_early_closes_the_tile_at_once_and_undo_opens_it() {
    let site = open_site("queue-edit-close").await;
    let queue = queue_page(0);
    let page = site.wallboard.text(&queue).await;
    assert!(
        page.contains("Close early today") && page.contains(&format!("{queue}/edit")),
        "{page}"
    );
    let close = [
        ("section", "hours"),
        ("began_from", ""),
        ("action", "close"),
        ("at", "now"),
        ("back", "queue"),
    ];

    let closed = post(&site.wallboard, &queue, None, &close).await;
    assert_eq!(closed.headers()[header::LOCATION], *queue);
    wait_for_board(&site, "Closed", true).await;
    let page = site.wallboard.text(&queue).await;
    assert!(
        page.contains("Closed today") && page.contains("open access"),
        "{page}"
    );

    let revision = revision_in(&page, "hours");
    let undo = [
        ("section", "hours"),
        ("began_from", &*revision),
        ("action", "undo"),
        ("back", "queue"),
    ];
    let undone = post(&site.wallboard, &queue, None, &undo).await;
    assert_eq!(undone.status(), StatusCode::SEE_OTHER);
    wait_for_board(&site, "Closed", false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hours_that_are_copied_bring_their_holidays_and_time_zone() {
    let of_support = format!(
        "[holidays.ours]\ncalendar = \"https://calendar.example.com/a.ics\"\n\
         [hours.{:?}]\nzone = \"Asia/Tokyo\"\nmon-fri = \"07:30-16:00\"\nholidays = \"ours\"\n",
        queue_id(1)
    );
    let site = ScriptedSite::open_with_source("queue-edit-copy", Vec::new(), &of_support).await;
    add_queues(&site).await;
    let (queue, support) = (queue_page(0), queue_id(1).replace('/', "%2F"));
    let page = site
        .wallboard
        .text(&format!("{queue}/edit?copy={support}"))
        .await;
    for field in [
        "<option translate=\"no\" selected>Asia/Tokyo</option>",
        "Times of Asia/Tokyo",
        "name=\"week.fri\" value=\"07:30–16:00\"",
        "name=\"calendar.0\" value=\"ours\" checked",
    ] {
        assert!(page.contains(field), "{field}: {page}");
    }

    let mut form = vec![
        ("section", "hours"),
        ("began_from", ""),
        ("action", "save"),
        ("zone", "Asia/Tokyo"),
        ("calendars", "listed"),
        ("calendar.0", "ours"),
    ];
    form.extend(
        ["week.mon", "week.tue", "week.wed", "week.thu", "week.fri"]
            .map(|day| (day, "07:30–16:00")),
    );
    form.extend([("week.sat", ""), ("week.sun", "")]);
    let saved = post(&site.wallboard, &queue, None, &form).await;
    assert_eq!(saved.status(), StatusCode::SEE_OTHER);
    let name = queue_id(0).replace('/', "%2F");
    let entry = site
        .wallboard
        .text(&format!("/settings/hours?name={name}"))
        .await;
    for line in [
        "zone = &#34;Asia/Tokyo&#34;",
        "mon-fri = &#34;07:30-16:00&#34;",
        "holidays = &#34;ours&#34;",
    ] {
        assert!(entry.contains(line), "{line}: {entry}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_of_two_sees_both_versions_and_closing_twice_is_no_conflict() {
    let site = open_site("queue-edit-conflict").await;
    let queue = queue_page(0);
    let save = async |level| {
        let form = [
            ("section", "targets"),
            ("began_from", ""),
            ("action", "save"),
            ("service_level", level),
        ];
        post(&site.wallboard, &queue, None, &form).await
    };
    assert_eq!(save("70%").await.status(), StatusCode::SEE_OTHER);
    let second = save("75%").await;
    assert_eq!(second.status(), StatusCode::CONFLICT);
    let page = second.text().await.unwrap();
    for text in [
        "changed it meanwhile",
        "service_level = 70",
        "service_level = 75",
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
    // The form has the second's value, and replaces the first's if it is sent again.
    assert!(
        page.contains("name=\"service_level\" value=\"75%\""),
        "{page}"
    );
    let revision = revision_in(&page, "targets");
    let again = [
        ("section", "targets"),
        ("began_from", &*revision),
        ("action", "save"),
        ("service_level", "75%"),
    ];
    let replaced = post(&site.wallboard, &queue, None, &again).await;
    assert_eq!(replaced.status(), StatusCode::SEE_OTHER);

    let close = [
        ("section", "hours"),
        ("began_from", ""),
        ("action", "close"),
        ("at", "00:00"),
        ("back", "queue"),
    ];
    for _ in 0..2 {
        let closed = post(&site.wallboard, &queue, None, &close).await;
        assert_eq!(closed.status(), StatusCode::SEE_OTHER);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_supervisor_of_one_team_changes_no_queue_of_another() {
    let more = "[access.groups.a]\nqueues = [\"group/a\", \"chat/1\"]\n\
        [sources.chat]\nkind = \"vngage\"\nurl = \"amqps://u:p@127.0.0.1:1/v\"\nexchange = \"x\"\n\
        [groups]\na = { name = \"Team A\", queues = [\"chat/1\"] }\nb = { name = \"Team B\", queues = [\"chat/2\"] }\n";
    let site = SignInSite::open_at(ports::free(), more, &[]).await;
    let added = ["add", "Anna", "--role", "supervisor", "--group", "a"];
    assert_eq!(site.run_user(&added, PASSWORD).0, Some(0));
    let anna = site.sign_in("Anna", PASSWORD).await.unwrap();
    let token = site.form_token(&anna).await;
    let form = [
        ("form", &*token),
        ("section", "targets"),
        ("began_from", ""),
        ("action", "save"),
        ("service_level", "70%"),
    ];

    let own = post(&site.wallboard, "/queues/group/a", Some(&anna), &form).await;
    assert_eq!(own.status(), StatusCode::SEE_OTHER);
    let foreign = post(&site.wallboard, "/queues/group/b", Some(&anna), &form).await;
    assert_eq!(foreign.status(), StatusCode::NOT_FOUND);
    assert_eq!(
        site.status("/queues/group/b/edit", &anna).await,
        StatusCode::NOT_FOUND
    );
    let unguarded = post(&site.wallboard, "/queues/group/a", Some(&anna), &form[1..]).await;
    assert_eq!(unguarded.status(), StatusCode::FORBIDDEN);
}
