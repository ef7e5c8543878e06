//! One board of chat, voice and GMS and their group: right in all, also while one of
//! them is stale, and never a number that claims more than is known.

use std::time::Duration;

use serde_json::json;

use crate::support::{
    Browser, Weather, gms,
    page::Element,
    throughout, tier, until,
    vendors::{Vendor, Vendors, say_at_gms},
    viewer::Viewer,
};

/// From when a vendor is well.
const RIGHT_WITHIN: Duration = Duration::from_secs(6);
/// As promised of chat, whose configuration is told anew by rounds.
const CHAT_RIGHT_WITHIN: Duration = Duration::from_secs(10);
const SOON: Duration = Duration::from_secs(20);
/// Until the API says stale what nobody vouches for any more.
const STALE_WITHIN: Duration = Duration::from_secs(2);
/// Until a poll has failed for good.
const POLLED_WITHIN: Duration = Duration::from_secs(10);
const A_MOMENT: Duration = Duration::from_millis(300);

#[tokio::test(flavor = "multi_thread")]
async fn a_group_of_three_vendors_is_right_while_all_is_well_and_while_one_is_not() {
    let site = Vendors::open("many-vendors").await;
    let mut viewer = Viewer::load(&site.wallboard, "all").await;
    site.is_right_within(SOON).await;

    for (chat, voice, gms) in [
        (5, [7, 2], [4, 3]),
        (0, [0, 2], [1, 0]),
        (0, [3, 0], [0, 0]),
    ] {
        site.load_chat(chat).await;
        site.load_voice(voice[0], voice[1]).await;
        say_at_gms(&site.gms, gms[0], gms[1]);
        site.is_right_within(RIGHT_WITHIN).await;
        sees_the_group(&mut viewer, &site, None).await;
    }
    site.load_chat(5).await;
    site.load_voice(7, 2).await;
    say_at_gms(&site.gms, 4, 3);

    for down in [Vendor::Voice, Vendor::Chat, Vendor::Gms] {
        site.is_right_within(RIGHT_WITHIN).await;
        fail(&site, down).await;
        let noticed = match down {
            Vendor::Gms => POLLED_WITHIN,
            Vendor::Chat | Vendor::Voice => STALE_WITHIN,
        };
        until("it is said what is missing", noticed, async || {
            site.is_honest_without(down).await
        })
        .await;
        sees_the_group(&mut viewer, &site, Some(down)).await;
        throughout("it is said what is missing", tier(3, 20), async || {
            site.is_honest_without(down).await
        })
        .await;
        // What changes meanwhile is not missed afterwards.
        match down {
            Vendor::Chat => site.talk().await,
            Vendor::Voice => site.genesys.order(json!({"do": "stir"})).await,
            Vendor::Gms => say_at_gms(&site.gms, 6, 1),
        }
        mend(&site, down).await;
        let within = match down {
            Vendor::Chat => CHAT_RIGHT_WITHIN,
            Vendor::Voice | Vendor::Gms => RIGHT_WITHIN,
        };
        site.is_right_within(within).await;
        sees_the_group(&mut viewer, &site, None).await;
    }
    site.genesys.is_content("all that").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_board_of_many_vendors_says_in_the_browser_what_is_missing() {
    let site = Vendors::open("many-vendors-seen").await;
    site.load_chat(5).await;
    site.load_voice(7, 2).await;
    site.is_right_within(SOON).await;
    let browser = Browser::open(&site.wallboard.url("/boards/all"));
    let all = site.members().await.waiting(None);
    browser.sees(&group_says(&all.to_string()), SOON).await;
    keep(&browser, "many-vendors-live");

    fail(&site, Vendor::Voice).await;
    let rest = site.members().await.waiting(Some(Vendor::Voice));
    browser.sees(&group_says(&format!("≥ {rest}")), SOON).await;
    keep(&browser, "many-vendors-voice-stale");

    mend(&site, Vendor::Voice).await;
    let all = site.members().await.waiting(None);
    browser.sees(&group_says(&all.to_string()), SOON).await;
    assert_eq!(browser.complaints(|_| false), Vec::<String>::new());
}

async fn fail(site: &Vendors, vendor: Vendor) {
    match vendor {
        Vendor::Chat => {
            site.broker.set(Weather::Silent);
            site.broker.cut();
        }
        Vendor::Voice => {
            let gone = json!({"do": "service", "available": false});
            site.genesys.order(gone).await;
        }
        Vendor::Gms => site.gms.world().mood = gms::Mood::NoStatServer,
    }
}

async fn mend(site: &Vendors, vendor: Vendor) {
    match vendor {
        Vendor::Chat => site.broker.set(Weather::Clear),
        Vendor::Voice => {
            let back = json!({"do": "service", "available": true});
            site.genesys.order(back).await;
        }
        Vendor::Gms => site.gms.world().mood = gms::Mood::Well,
    }
}

/// A viewer of the board comes to see how many wait in the group: a number, or at least
/// how many.
async fn sees_the_group(viewer: &mut Viewer, site: &Vendors, down: Option<Vendor>) {
    let shall = site.members().await.waiting(down);
    let shall = match down {
        None => shall.to_string(),
        Some(_) => format!("≥ {shall}"),
    };
    let deadline = tokio::time::Instant::now() + SOON;
    loop {
        if !viewer.is_open() {
            viewer.open().await;
        }
        viewer.follow(A_MOMENT).await;
        let is = waiting_in_group(viewer);
        if is == shall {
            return;
        }
        let is_late = tokio::time::Instant::now() > deadline;
        assert!(!is_late, "the viewer sees {is} waiting, not {shall}");
    }
}

/// The number of the tile that is called after the group.
fn waiting_in_group(viewer: &Viewer) -> String {
    let is_class = |class: &'static str| {
        move |element: &Element| {
            let classes = element.attribute("class").unwrap_or_default();
            classes.split(' ').any(|one| one == class)
        }
    };
    let is_name = is_class("name");
    let tile = viewer.page.find(&|element| {
        let name = element.find(&is_name);
        is_class("tile")(element) && name.is_some_and(|name| name.text() == "Sales")
    });
    let number = tile.and_then(|tile| tile.find(&is_class("num")));
    number.map_or_else(|| "not a number".into(), Element::text)
}

fn group_says(number: &str) -> String {
    format!(
        "[...document.querySelectorAll('.tile')].some((tile) => \
         tile.querySelector('.name').textContent === 'Sales' && \
         tile.querySelector('.hero .num').textContent === {number:?})"
    )
}

/// For people to look at.
fn keep(browser: &Browser, name: &str) {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/output");
    std::fs::create_dir_all(folder).unwrap();
    browser.command(&json!({"do": "screenshot", "path": format!("{folder}/{name}.png")}));
}
