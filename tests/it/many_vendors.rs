//! One board of chat, voice, GMS and a group of them: correct as a whole, also while one of them is
//! out of date, and never claims more than is known.

use std::time::Duration;

use serde_json::json;

use crate::support::{
    Browser, NetworkCondition, assert_throughout, gms,
    page::Element,
    tier,
    vendors::{MultiVendorSite, Vendor, set_gms_load},
    viewer::Viewer,
    wait_until,
};

/// Counted from when a vendor is healthy again.
const RIGHT_WITHIN: Duration = Duration::from_secs(6);
/// Longer for chat, whose configuration is repeated by resyncs.
const CHAT_RIGHT_WITHIN: Duration = Duration::from_secs(10);
const SOON: Duration = Duration::from_secs(20);
/// Until the API shows values of a lost source as stale.
const STALE_WITHIN: Duration = Duration::from_secs(2);
/// Until a poll has failed for good.
const POLLED_WITHIN: Duration = Duration::from_secs(10);
const A_MOMENT: Duration = Duration::from_millis(300);

#[tokio::test(flavor = "multi_thread")]
async fn group_of_three_vendors_is_correct_with_and_without_an_outage() {
    let site = MultiVendorSite::open("many-vendors").await;
    let mut viewer = Viewer::load(&site.wallboard, "all").await;
    site.wait_until_correct_within(SOON).await;

    for (chat, voice, gms) in [
        (5, [7, 2], [4, 3]),
        (0, [0, 2], [1, 0]),
        (0, [3, 0], [0, 0]),
    ] {
        site.set_chat_available(chat).await;
        site.set_voice_load(voice[0], voice[1]).await;
        set_gms_load(&site.gms, gms[0], gms[1]);
        site.wait_until_correct_within(RIGHT_WITHIN).await;
        wait_for_group(&mut viewer, &site, None).await;
    }
    site.set_chat_available(5).await;
    site.set_voice_load(7, 2).await;
    set_gms_load(&site.gms, 4, 3);

    for down in [Vendor::Voice, Vendor::Chat, Vendor::Gms] {
        site.wait_until_correct_within(RIGHT_WITHIN).await;
        break_vendor(&site, down).await;
        let noticed = match down {
            Vendor::Gms => POLLED_WITHIN,
            Vendor::Chat | Vendor::Voice => STALE_WITHIN,
        };
        wait_until("the outage is shown", noticed, async || {
            site.check_without(down).await
        })
        .await;
        wait_for_group(&mut viewer, &site, Some(down)).await;
        assert_throughout("the outage is shown", tier(3, 20), async || {
            site.check_without(down).await
        })
        .await;
        // Changes in the meantime aren't missed afterwards.
        match down {
            Vendor::Chat => site.run_chat().await,
            Vendor::Voice => site.genesys.send_command(json!({"do": "change_all"})).await,
            Vendor::Gms => set_gms_load(&site.gms, 6, 1),
        }
        restore_vendor(&site, down).await;
        let within = match down {
            Vendor::Chat => CHAT_RIGHT_WITHIN,
            Vendor::Voice | Vendor::Gms => RIGHT_WITHIN,
        };
        site.wait_until_correct_within(within).await;
        wait_for_group(&mut viewer, &site, None).await;
    }
    site.genesys.assert_no_broken_rules("all outages").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn browser_board_shows_what_is_missing_during_an_outage() {
    let site = MultiVendorSite::open("many-vendors-seen").await;
    site.set_chat_available(5).await;
    site.set_voice_load(7, 2).await;
    site.wait_until_correct_within(SOON).await;
    let browser = Browser::open(&site.wallboard.url("/boards/all"));
    let all = site.members().await.waiting(None);
    browser.wait_for(&group_shows(&all.to_string()), SOON).await;
    save_screenshot(&browser, "many-vendors-live");

    break_vendor(&site, Vendor::Voice).await;
    let rest = site.members().await.waiting(Some(Vendor::Voice));
    browser
        .wait_for(&group_shows(&format!("≥ {rest}")), SOON)
        .await;
    save_screenshot(&browser, "many-vendors-voice-stale");

    restore_vendor(&site, Vendor::Voice).await;
    let all = site.members().await.waiting(None);
    browser.wait_for(&group_shows(&all.to_string()), SOON).await;
    assert_eq!(browser.console_errors(|_| false), Vec::<String>::new());
}

async fn break_vendor(site: &MultiVendorSite, vendor: Vendor) {
    match vendor {
        Vendor::Chat => {
            site.broker.set(NetworkCondition::Silent);
            site.broker.cut();
        }
        Vendor::Voice => {
            let unavailable = json!({"do": "service", "available": false});
            site.genesys.send_command(unavailable).await;
        }
        Vendor::Gms => site.gms.state().behavior = gms::Behavior::NoStatServer,
    }
}

async fn restore_vendor(site: &MultiVendorSite, vendor: Vendor) {
    match vendor {
        Vendor::Chat => site.broker.set(NetworkCondition::Normal),
        Vendor::Voice => {
            let back = json!({"do": "service", "available": true});
            site.genesys.send_command(back).await;
        }
        Vendor::Gms => site.gms.state().behavior = gms::Behavior::Normal,
    }
}

/// Waits until a board's viewer shows how many wait in the group: a number, or a lower bound.
async fn wait_for_group(viewer: &mut Viewer, site: &MultiVendorSite, down: Option<Vendor>) {
    let expected = site.members().await.waiting(down);
    let expected = match down {
        None => expected.to_string(),
        Some(_) => format!("≥ {expected}"),
    };
    let deadline = tokio::time::Instant::now() + SOON;
    loop {
        if !viewer.is_open() {
            viewer.open().await;
        }
        viewer.follow(A_MOMENT).await;
        let actual = shown_waiting(viewer);
        if actual == expected {
            return;
        }
        let is_late = tokio::time::Instant::now() > deadline;
        assert!(!is_late, "the viewer sees {actual} waiting, not {expected}");
    }
}

/// Returns the number on the group's tile.
fn shown_waiting(viewer: &Viewer) -> String {
    let is_class = |class: &'static str| {
        move |element: &Element| {
            let classes = element.attribute("class").unwrap_or_default();
            classes.split(' ').any(|one| one == class)
        }
    };
    let is_name = is_class("name");
    let tile = viewer.board.page.find(&|element| {
        let name = element.find(&is_name);
        is_class("tile")(element) && name.is_some_and(|name| name.text() == "Sales")
    });
    let number = tile.and_then(|tile| tile.find(&is_class("num")));
    number.map_or_else(|| "not a number".into(), Element::text)
}

fn group_shows(number: &str) -> String {
    format!(
        "[...document.querySelectorAll('.tile')].some((tile) => \
         tile.querySelector('.name').textContent === 'Sales' && \
         tile.querySelector('.hero .num').textContent === {number:?})"
    )
}

/// Saves a screenshot for people to look at.
fn save_screenshot(browser: &Browser, name: &str) {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/output");
    std::fs::create_dir_all(folder).unwrap();
    browser.command(&json!({"do": "screenshot", "path": format!("{folder}/{name}.png")}));
}
