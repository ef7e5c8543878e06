//! Paired screens: TVs that show a board without anybody signing in at them.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};

use wallboard_domain::{BoardStyle, NightHours, OpenPeriod, is_within_daily};
use wallboard_store::RecordKind;

use super::{Identity, UserId, plain_text::is_plain};

/// The records of screens, under the hash of their token.
pub(super) const SCREENS: RecordKind = RecordKind::new("screen");

/// How precisely the last contact is stored.
pub const CONTACT_STORED_EVERY: SignedDuration = SignedDuration::from_mins(10);

/// The longest name and place, in characters.
pub const SCREEN_TEXT_LENGTH_MAX: usize = 64;

/// A paired screen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Screen {
    /// Its name for people: "Kitchen".
    pub name: String,
    /// Where it hangs; may be empty.
    pub place: String,
    /// The board that it may show; empty with a playlist.
    pub board: String,
    /// The name of the playlist whose boards it may show.
    #[serde(default)]
    pub playlist: Option<String>,
    #[serde(default)]
    pub night: Option<NightHours>,
    /// Hours without sounds of alerts, besides its night.
    #[serde(default)]
    pub quiet: Option<OpenPeriod>,
    /// The style that replaces the board's own.
    #[serde(default)]
    pub style: BoardStyle,
    /// Which browser it is, as people say it. Empty with an address: several may open it.
    pub device: String,
    pub paired_at: Timestamp,
    /// The name of the user who paired it; empty with open access.
    pub paired_by: String,
    /// As stored: the real one may be some minutes later.
    pub last_contact_at: Timestamp,
    /// It was made with a secret address instead of being paired: a signage player opens it.
    #[serde(default)]
    pub has_address: bool,
}

impl Screen {
    /// Whether it is dim or black now, so that nobody is expected to look at it.
    pub fn is_night(&self, zone: &TimeZone, now: Timestamp) -> bool {
        (self.night).is_some_and(|night| night.look_at(zone, now).is_some())
    }

    /// Whether no alert sounds on it now.
    pub fn is_quiet(&self, zone: &TimeZone, now: Timestamp) -> bool {
        let quiet = self
            .quiet
            .is_some_and(|quiet| is_within_daily(quiet, zone, now));
        quiet || self.is_night(zone, now)
    }

    /// A new screen as somebody chose it.
    pub(super) fn new(choice: ScreenChoice, by: &ScreenOwner, now: Timestamp) -> Self {
        Self {
            name: choice.name,
            place: choice.place,
            board: choice.board,
            playlist: choice.playlist,
            night: choice.night,
            quiet: choice.quiet,
            style: choice.style,
            device: String::new(),
            paired_at: now,
            paired_by: by.name.to_string(),
            last_contact_at: now,
            has_address: false,
        }
    }

    /// The playlist or the board that it shows.
    pub fn content(&self) -> &str {
        self.playlist.as_deref().unwrap_or(&self.board)
    }

    /// Whether its page has boards in frames: to change them, or to be dark at night.
    pub fn has_frames(&self) -> bool {
        self.playlist.is_some() || self.night.is_some()
    }

    /// The style of its board. Boards without agents have no names to shorten.
    pub fn style_of(&self, shows_agents: bool) -> BoardStyle {
        BoardStyle {
            agent_names: self.style.agent_names.filter(|_| shows_agents),
            ..self.style
        }
    }

    /// Whether a screen with an address was first heard of at another time than when it was made.
    pub fn is_opened(&self, last_contact_at: Timestamp) -> bool {
        !self.has_address || self.paired_at.as_millisecond() < last_contact_at.as_millisecond()
    }
}

/// The one who pairs screens: limits of wrong codes are each user's, or everybody's with open access.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScreenOwner {
    pub user: UserId,
    pub name: Arc<str>,
}

impl ScreenOwner {
    /// Everybody, where nobody signs in.
    pub fn anyone() -> Self {
        Self {
            user: UserId::of_name(""),
            name: "".into(),
        }
    }
}

impl From<&Identity> for ScreenOwner {
    fn from(identity: &Identity) -> Self {
        Self {
            user: identity.user.clone(),
            name: Arc::clone(&identity.name),
        }
    }
}

/// People's choices for a screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScreenChoice {
    pub name: String,
    pub place: String,
    /// Empty with a playlist.
    pub board: String,
    pub playlist: Option<String>,
    pub night: Option<NightHours>,
    pub quiet: Option<OpenPeriod>,
    pub style: BoardStyle,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a screen's name has 1 to {SCREEN_TEXT_LENGTH_MAX} characters, and its place at most as many"
)]
pub struct InvalidScreen;

impl ScreenChoice {
    /// Checks what somebody entered, and returns it as it's stored.
    pub(super) fn checked(self) -> Result<Self, InvalidScreen> {
        let is_short =
            |text: &str| text.chars().count() <= SCREEN_TEXT_LENGTH_MAX && is_plain(text);
        let (name, place) = (self.name.trim().to_owned(), self.place.trim().to_owned());
        if name.is_empty() || !is_short(&name) || !is_short(&place) {
            return Err(InvalidScreen);
        }
        Ok(Self {
            name,
            place,
            ..self
        })
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz;

    use wallboard_domain::NightLook;

    use super::*;

    #[test]
    fn no_alert_sounds_in_quiet_hours_or_at_night() {
        let by = ScreenOwner::anyone();
        let choice = ScreenChoice {
            name: "Hall".into(),
            place: String::new(),
            board: "queues".into(),
            playlist: None,
            night: "22:00-06:00".parse().ok().map(|period| NightHours {
                period,
                look: NightLook::Dim,
            }),
            quiet: "12:00-13:00".parse().ok(),
            style: BoardStyle::default(),
        };
        let screen = Screen::new(choice, &by, Timestamp::UNIX_EPOCH);
        let zone = TimeZone::fixed(tz::offset(1));
        for (at, is_quiet, is_night) in [
            ("2026-11-28T10:59:59Z", false, false),
            ("2026-11-28T11:00:00Z", true, false),
            ("2026-11-28T12:00:00Z", false, false),
            ("2026-11-28T22:00:00Z", true, true),
        ] {
            let at = at.parse().unwrap();
            assert_eq!(screen.is_quiet(&zone, at), is_quiet, "{at}");
            assert_eq!(screen.is_night(&zone, at), is_night, "{at}");
        }
    }

    #[test]
    fn a_screen_has_a_short_name() {
        let choice = |name: &str, place: &str| ScreenChoice {
            name: name.into(),
            place: place.into(),
            board: "queues".into(),
            playlist: None,
            night: None,
            quiet: None,
            style: BoardStyle::default(),
        };
        let checked = choice(" Kitchen ", "2nd floor").checked();
        assert_eq!(checked, Ok(choice("Kitchen", "2nd floor")));
        for (name, place) in [
            ("", "x"),
            ("a\nb", ""),
            (&*"x".repeat(65), ""),
            ("a", &*"x".repeat(65)),
        ] {
            assert_eq!(
                choice(name, place).checked(),
                Err(InvalidScreen),
                "{name:?}"
            );
        }
    }
}
