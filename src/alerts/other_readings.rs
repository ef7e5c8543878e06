//! Readings of what the live state doesn't have: the files of exports, and paired screens.

use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use wallboard_access::{CONTACT_STORED_EVERY, ListedScreen, ScreenState, Screens};
use wallboard_alerts::{
    AlertBook, AlertLevel, AlertRule, AlertScope, AlertSubject, OtherReadings, Reading,
};
use wallboard_history::import::FileState;

use crate::forecasts::Forecasts;

use super::ExportFiles;

/// Beyond the time in which another node stores that a screen is connected to it.
const STORED_WITHIN: SignedDuration = SignedDuration::from_mins(1);

/// The sources of the readings.
#[derive(Clone, Debug)]
pub struct AlertSurroundings {
    pub files: ExportFiles,
    pub forecasts: Forecasts,
    /// Screens may be connected to other nodes.
    pub is_cluster: bool,
}

/// Reads what some rule watches.
pub(super) fn read_others(
    surroundings: &AlertSurroundings,
    screens: Option<&Screens>,
    rules: &[AlertRule],
    zone: &TimeZone,
    book: &AlertBook,
    now: Timestamp,
) -> OtherReadings {
    let mut readings = OtherReadings::default();
    if rules
        .iter()
        .any(|rule| matches!(rule.scope, AlertScope::Imports(_)))
    {
        let files = surroundings.files.list(book, now).into_iter();
        let files = files.map(|(id, file)| (AlertSubject::Import(id), file_reading(file)));
        readings.0.extend(files);
    }
    if let Some(screens) = screens
        && rules
            .iter()
            .any(|rule| matches!(rule.scope, AlertScope::Screens(_)))
    {
        for screen in screens.directory().list_screens() {
            let reading = screen_reading(surroundings, &screen, zone, now);
            let subject = AlertSubject::Screen(screen.screen.name.clone());
            // Of several with the same name, one that isn't connected.
            let known = readings.0.entry(subject).or_insert(Reading::Calm);
            if *known == Reading::Calm {
                *known = reading;
            }
        }
    }
    readings
}

fn file_reading(file: FileState) -> Reading {
    match file {
        FileState::Late(due) => needs_somebody(due),
        FileState::Expected => Reading::Calm,
        FileState::Unknown => Reading::Unknown,
    }
}

fn screen_reading(
    surroundings: &AlertSurroundings,
    listed: &ListedScreen,
    zone: &TimeZone,
    now: Timestamp,
) -> Reading {
    let (screen, last_contact_at) = (&listed.screen, listed.last_contact_at);
    let is_dark = !listed.is_connected && listed.condition.state == ScreenState::Away;
    if screen.is_night(zone, now) || !is_dark || !screen.is_opened(last_contact_at) {
        return Reading::Calm;
    }
    let stored_within = CONTACT_STORED_EVERY + STORED_WITHIN;
    if surroundings.is_cluster && now.duration_since(last_contact_at) < stored_within {
        return Reading::Unknown;
    }
    needs_somebody(last_contact_at)
}

fn needs_somebody(since: Timestamp) -> Reading {
    Reading::Burning {
        level: AlertLevel::Warning,
        figures: Vec::new(),
        status: None,
        custom: None,
        since: Some(since),
        is_partial: false,
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::watch;

    use wallboard_access::{ScreenChoice, ScreenOwner, SignIn, Token};
    use wallboard_domain::{BoardStyle, NightHours, NightLook, Pattern};
    use wallboard_store::{RecordStore, Store};

    use super::*;

    const NAME: &str = "Hall 1";

    struct Hall {
        sign_in: SignIn,
        surroundings: AlertSurroundings,
        token: Token,
        _folder: tempfile::TempDir,
    }

    impl Hall {
        /// With a screen that a player has an address of.
        async fn new(night: Option<NightHours>) -> Self {
            let folder = tempfile::tempdir().unwrap();
            let store = Store::open(&folder.path().join("wallboard.db")).unwrap();
            let records = RecordStore::embedded(store);
            let hours = SignedDuration::from_hours(12);
            let sign_in = SignIn::open(records, hours, wallboard_access::AccessRules::default());
            let sign_in = sign_in.await.unwrap();
            let choice = ScreenChoice {
                name: NAME.to_owned(),
                place: String::new(),
                board: "queues".to_owned(),
                playlist: None,
                night,
                quiet: None,
                style: BoardStyle::default(),
            };
            let owner = ScreenOwner::anyone();
            let (token, _) = (sign_in.screens().add_with_address(&owner, choice))
                .await
                .unwrap();
            Self {
                sign_in,
                surroundings: AlertSurroundings {
                    files: ExportFiles::default(),
                    forecasts: Forecasts::default(),
                    is_cluster: false,
                },
                token,
                _folder: folder,
            }
        }

        fn read(&self, now: Timestamp) -> Option<Reading> {
            let rule = AlertRule {
                name: "dark".to_owned(),
                is_enabled: true,
                scope: AlertScope::Screens(vec![Pattern("*".to_owned())]),
                dwell: SignedDuration::ZERO,
                tell: Vec::new(),
                again_after: None,
                tells_end: true,
                sound: Vec::new(),
                only_open: false,
            };
            let screens = Some(self.sign_in.screens());
            let mut found = read_others(
                &self.surroundings,
                screens,
                &[rule],
                &TimeZone::UTC,
                &AlertBook::default(),
                now,
            );
            found.0.remove(&AlertSubject::Screen(NAME.to_owned()))
        }

        /// A second later: within the millisecond in which its address was made, nobody has opened it.
        /// Returns when it was last heard of.
        fn hear(&self) -> Timestamp {
            let later = Timestamp::now() + SignedDuration::from_secs(1);
            let directory = self.sign_in.screens().directory();
            directory.identify(&self.token, later).unwrap();
            directory.list_screens()[0].last_contact_at
        }
    }

    #[tokio::test]
    async fn a_screen_that_is_not_connected_needs_somebody_once_it_was() {
        let mut hall = Hall::new(None).await;
        assert_eq!(hall.read(Timestamp::now()), Some(Reading::Calm));

        let heard_at = hall.hear();
        let now = heard_at;
        assert_eq!(hall.read(now), Some(needs_somebody(heard_at)));
        let directory = hall.sign_in.screens().directory().clone();
        let socket: watch::Receiver<_> = directory.watch(hall.token.id()).unwrap();
        assert_eq!(hall.read(now), Some(Reading::Calm));
        drop(socket);
        assert_eq!(hall.read(now), Some(needs_somebody(heard_at)));

        // Another node may have it, and stores that by then.
        hall.surroundings.is_cluster = true;
        assert_eq!(hall.read(now), Some(Reading::Unknown));
        let later = now + CONTACT_STORED_EVERY + STORED_WITHIN;
        assert_eq!(hall.read(later), Some(needs_somebody(heard_at)));
    }

    #[tokio::test]
    async fn nobody_expects_a_screen_at_night() {
        let night = NightHours {
            period: "22:00-06:00".parse().unwrap(),
            look: NightLook::Dim,
        };
        let hall = Hall::new(Some(night)).await;
        let heard_at = hall.hear();
        let at = |time: &str| format!("2031-05-05T{time}Z").parse().unwrap();
        assert_eq!(hall.read(at("21:59:00")), Some(needs_somebody(heard_at)));
        assert_eq!(hall.read(at("23:00:00")), Some(Reading::Calm));
    }
}
