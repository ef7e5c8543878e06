//! Paired screens of the demo: televisions that show their boards as long as it runs, and stop when
//! somebody removes them.

use std::{net::Ipv4Addr, time::Duration};

use futures_util::future::join_all;
use jiff::Timestamp;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use tracing::warn;

use wallboard_access::{
    PairingState, ScreenChoice, ScreenError, ScreenOwner, ScreenPage, Screens, TokenId,
};
use wallboard_domain::{BoardStyle, ScreenReport, error_chain};

use super::SimulatedCenter;

/// The browser that they say they are.
const DEVICE: &str = "Simulated TV";
/// As a board's page does.
const REPORT_INTERVAL: Duration = Duration::from_mins(1);
/// Name, place and board.
const SCREENS: [[&str; 3]; 2] = [
    ["Hall", "Ground floor", "queues"],
    ["Support team", "2nd floor", "support"],
];

impl SimulatedCenter {
    /// Pairs the screens and keeps them connected until `stop`.
    pub(in crate::app) async fn run_screens(screens: Screens, stop: CancellationToken) {
        let running = join_all(SCREENS.map(|screen| run_screen(&screens, screen)));
        tokio::select! {
            () = stop.cancelled() => {}
            results = running => {
                for error in results.into_iter().filter_map(Result::err) {
                    warn!("The demo lacks a paired screen: {}", error_chain(&error));
                }
                stop.cancelled().await;
            }
        }
    }
}

async fn run_screen(screens: &Screens, screen: [&str; 3]) -> Result<(), ScreenError> {
    let Some(id) = pair_screen(screens, screen).await? else {
        return Ok(());
    };
    let page = ScreenPage {
        engine: Some(DEVICE.into()),
        build: None,
        size: None,
    };
    let directory = screens.directory();
    let linked = directory.link_socket(id, page, Timestamp::now());
    let (Some(mut watched), Some(link)) = (directory.watch(id), linked) else {
        return Ok(());
    };
    let mut reports = interval(REPORT_INTERVAL);
    reports.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = watched.wait_for(Option::is_none) => return Ok(()),
            _ = reports.tick() => {
                let report = ScreenReport { at: Timestamp::now(), lag_ms: None, is_visible: true };
                link.reports.send_replace(Some(report));
            }
        }
    }
}

/// Pairs a screen by its code, as people do.
async fn pair_screen(
    screens: &Screens,
    [name, place, board]: [&str; 3],
) -> Result<Option<TokenId>, ScreenError> {
    let (pairings, now) = (screens.pairings(), Timestamp::now());
    let address = Ipv4Addr::LOCALHOST.into();
    let (token, waiting) = pairings.start(DEVICE.into(), address, now).await?;
    let choice = ScreenChoice {
        name: name.into(),
        place: place.into(),
        board: board.into(),
        playlist: None,
        night: None,
        quiet: None,
        style: BoardStyle::default(),
    };
    let code = waiting.code.to_text();
    screens.pair(&ScreenOwner::anyone(), &code, choice).await?;
    Ok(match pairings.poll(&token, now).await? {
        PairingState::Paired(token) => Some(token.id()),
        PairingState::Waiting(_) | PairingState::Unknown => None,
    })
}

#[cfg(test)]
mod tests {
    use wallboard_access::ScreenState;
    use wallboard_store::{RecordStore, Store};

    use super::{super::sample_boards::sample_boards, *};
    use wallboard_boards::BoardDefinition;

    #[tokio::test]
    async fn demo_has_two_screens_that_show_boards_until_they_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("wallboard.db")).unwrap();
        let (screens, _) = Screens::open(RecordStore::embedded(store)).await.unwrap();
        let stop = CancellationToken::new();
        let running = tokio::spawn(SimulatedCenter::run_screens(screens.clone(), stop.clone()));
        let live = || {
            let mut listed = screens.directory().list_screens();
            listed.retain(|one| one.is_connected && one.condition.state == ScreenState::Live);
            listed
        };

        while live().len() < SCREENS.len() {
            tokio::task::yield_now().await;
        }
        let automatic = BoardDefinition::automatic_boards();
        let boards: Vec<_> = automatic.into_iter().chain(sample_boards()).collect();
        for one in live() {
            assert!(boards.iter().any(|board| board.id == one.screen.board));
        }
        screens.remove(live()[0].id).await.unwrap();
        while live().len() == SCREENS.len() {
            tokio::task::yield_now().await;
        }

        assert_eq!(live().len(), 1);
        stop.cancel();
        running.await.unwrap();
    }
}
