//! The arrows of a remote control on a paired screen: they reach every tile, and OK opens it.

use std::time::Duration;

use crate::browser_announcements::{pair, site_of};

const SOON: Duration = Duration::from_secs(30);
const TILE: &str = "document.activeElement?.closest('.row a.name')?.textContent ?? ''";
const MENU: &str = "document.getElementById('overlay').hasAttribute('open')";

#[tokio::test(flavor = "multi_thread")]
async fn arrows_of_a_remote_control_go_from_tile_to_tile_and_ok_opens_one() {
    let site = site_of("remote").await;
    let screen = pair(&site.wallboard, "Hall").await;
    let two = "document.querySelectorAll('.row a.name').length === 2";
    screen.wait_for(two, SOON).await;
    let press = |key: &str| {
        screen.press(key);
        screen.evaluate(TILE).as_str().unwrap().to_owned()
    };

    // To the sides, there are pages.
    assert_eq!(press("ArrowRight"), "");
    let first = press("ArrowDown");
    let over = [press("ArrowRight"), press("ArrowDown")];
    let second = over.into_iter().find(|tile| *tile != first).unwrap();
    let mut both = [first.as_str(), second.as_str()];
    both.sort_unstable();
    assert_eq!(both, ["Sales", "Support"]);
    let back = [press("ArrowLeft"), press("ArrowUp")];
    assert!(back.contains(&first), "{back:?}");

    assert_eq!(press("Escape"), "");
    assert_eq!(screen.evaluate(MENU), false);
    press("Enter");
    assert_eq!(screen.evaluate(MENU), true, "OK is the menu's again");
    press("Escape");
    assert_eq!(press("ArrowDown"), first);
    press("Enter");
    let opened = "location.pathname.startsWith('/queues/')";
    screen.wait_for(opened, SOON).await;
}
