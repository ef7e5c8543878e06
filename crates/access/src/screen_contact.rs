//! A paired screen's contact since the start: its pages, its sockets and their reports. In memory
//! only.

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

use wallboard_domain::ScreenReport;

/// How long after its page a screen opens its socket at the latest.
const SOCKET_DUE_AFTER: SignedDuration = SignedDuration::from_secs(10);
/// A screen in basic mode loads its page every 15 s.
const BASIC_MODE_LASTS: SignedDuration = SignedDuration::from_secs(45);
/// Screens report every 60 s.
const REPORT_LASTS: SignedDuration = SignedDuration::from_secs(150);
/// Screens on which rules sound ask every 2 s.
const SOUND_LASTS: SignedDuration = SignedDuration::from_secs(20);

/// The present state of a screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ScreenState {
    /// It shows its board with live updates.
    Live,
    /// It's connected, but its page isn't visible.
    Hidden,
    /// It has just loaded its page.
    Connecting,
    /// It loads its page again and again, without live updates.
    Basic,
    /// It isn't connected.
    #[default]
    Away,
}

/// A screen's browser and page, as it says itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScreenPage {
    /// "Chromium 87"
    pub engine: Option<String>,
    /// The build of the page's assets.
    pub build: Option<String>,
    /// Its width and height, in CSS pixels.
    pub size: Option<(u16, u16)>,
}

/// State of a screen, as the page of all screens shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScreenCondition {
    pub state: ScreenState,
    /// Of the newest socket, or of the last page without one.
    pub page: ScreenPage,
    /// When the newest of its sockets was opened.
    pub connected_at: Option<Timestamp>,
    /// From a frame's sending until it was painted, in milliseconds. `None`: unknown, or too long ago.
    pub lag_ms: Option<u32>,
    /// More than one if several players have the same address.
    pub sockets: usize,
    /// Its browser lets no page of it sound, although a rule of alerts sounds there.
    pub is_sound_blocked: bool,
}

#[derive(Debug, Default)]
pub(super) struct ScreenContact {
    engine: Option<String>,
    /// Of the last page that said it.
    size: Option<(u16, u16)>,
    /// Pages that were loaded since the last socket was opened, and when the newest was.
    pages_without_socket: u32,
    page_at: Option<Timestamp>,
    /// In the order in which they were opened. Closed ones are removed with the next.
    sockets: Vec<ScreenSocket>,
    /// When a page of it last reported that it may not sound.
    sound_blocked_at: Option<Timestamp>,
    /// When somebody last had its sound played.
    sound_tried_at: Option<Timestamp>,
}

#[derive(Debug)]
struct ScreenSocket {
    build: Option<String>,
    opened_at: Timestamp,
    /// Closed with the socket.
    reports: watch::Receiver<Option<ScreenReport>>,
}

impl ScreenContact {
    pub(super) fn record_page(&mut self, engine: Option<String>, now: Timestamp) {
        self.engine = engine;
        self.pages_without_socket = self.pages_without_socket.saturating_add(1);
        self.page_at = Some(now);
    }

    /// Adds a socket. It reports until it drops the sender.
    pub(super) fn add_socket(
        &mut self,
        page: ScreenPage,
        now: Timestamp,
    ) -> watch::Sender<Option<ScreenReport>> {
        let (sender, reports) = watch::channel(None);
        self.engine = page.engine;
        self.size = page.size.or(self.size);
        self.pages_without_socket = 0;
        self.sockets.retain(ScreenSocket::is_open);
        self.sockets.push(ScreenSocket {
            build: page.build,
            opened_at: now,
            reports,
        });
        sender
    }

    /// Notes whether its page may sound. Returns when somebody last had its sound played.
    pub(super) fn record_sound(&mut self, is_blocked: bool, now: Timestamp) -> Option<Timestamp> {
        self.sound_blocked_at = is_blocked.then_some(now);
        self.sound_tried_at
    }

    pub(super) fn try_sound(&mut self, now: Timestamp) {
        self.sound_tried_at = Some(now);
    }

    pub(super) fn describe(&self, now: Timestamp) -> ScreenCondition {
        let open = || self.sockets.iter().filter(|socket| socket.is_open());
        let Some(newest) = open().next_back() else {
            return ScreenCondition {
                state: self.state_without_socket(now),
                page: ScreenPage {
                    engine: self.engine.clone(),
                    build: None,
                    size: self.size,
                },
                ..ScreenCondition::default()
            };
        };
        let is_hidden = |socket: &ScreenSocket| {
            let report = *socket.reports.borrow();
            report.is_some_and(|report| !report.is_visible)
        };
        let report = *newest.reports.borrow();
        let report = report.filter(|report| now.duration_since(report.at) <= REPORT_LASTS);
        ScreenCondition {
            state: if open().all(is_hidden) {
                ScreenState::Hidden
            } else {
                ScreenState::Live
            },
            page: ScreenPage {
                engine: self.engine.clone(),
                build: newest.build.clone(),
                size: self.size,
            },
            connected_at: Some(newest.opened_at),
            lag_ms: report.and_then(|report| report.lag_ms),
            sockets: open().count(),
            is_sound_blocked: (self.sound_blocked_at)
                .is_some_and(|at| now.duration_since(at) < SOUND_LASTS),
        }
    }

    fn state_without_socket(&self, now: Timestamp) -> ScreenState {
        let age = self.page_at.map(|at| now.duration_since(at));
        match (self.pages_without_socket, age) {
            (1, Some(age)) if age < SOCKET_DUE_AFTER => ScreenState::Connecting,
            (1.., Some(age)) if age < BASIC_MODE_LASTS => ScreenState::Basic,
            _ => ScreenState::Away,
        }
    }
}

impl ScreenSocket {
    fn is_open(&self) -> bool {
        self.reports.has_changed().is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    fn page(engine: &str) -> ScreenPage {
        ScreenPage {
            engine: Some(engine.into()),
            build: Some("9f2c".into()),
            size: None,
        }
    }

    fn report(seconds: i64, lag_ms: u32, is_visible: bool) -> ScreenReport {
        ScreenReport {
            at: at(seconds),
            lag_ms: Some(lag_ms),
            is_visible,
        }
    }

    #[test]
    fn a_screen_is_live_while_its_socket_is_open() {
        let mut contact = ScreenContact::default();
        assert_eq!(contact.describe(at(0)), ScreenCondition::default());
        contact.record_page(Some("Chromium 87".into()), at(0));
        assert_eq!(contact.describe(at(1)).state, ScreenState::Connecting);
        let socket = contact.add_socket(page("Chromium 87"), at(1));
        let condition = contact.describe(at(2));
        assert_eq!(condition.state, ScreenState::Live);
        assert_eq!(condition.page, page("Chromium 87"));
        assert_eq!((condition.lag_ms, condition.sockets), (None, 1));

        drop(socket);
        let condition = contact.describe(at(3));
        assert_eq!((condition.state, condition.sockets), (ScreenState::Away, 0));
        assert_eq!(condition.page.engine.as_deref(), Some("Chromium 87"));
    }

    #[test]
    fn a_report_counts_for_two_and_a_half_minutes() {
        let mut contact = ScreenContact::default();
        let socket = contact.add_socket(page("Chromium 87"), at(0));
        socket.send_replace(Some(report(5, 40, true)));
        assert_eq!(contact.describe(at(155)).lag_ms, Some(40));
        assert_eq!(contact.describe(at(156)).lag_ms, None);
        socket.send_replace(Some(report(200, 30, false)));
        assert_eq!(contact.describe(at(900)).state, ScreenState::Hidden);

        // Another player with the same address is visible.
        let other = contact.add_socket(page("Firefox 128"), at(901));
        let condition = contact.describe(at(902));
        assert_eq!((condition.state, condition.sockets), (ScreenState::Live, 2));
        assert_eq!(condition.lag_ms, None, "of the newest");
        drop(other);
        assert_eq!(contact.describe(at(903)).state, ScreenState::Hidden);
    }

    #[test]
    fn a_browser_that_only_loads_pages_is_in_basic_mode() {
        let mut contact = ScreenContact::default();
        for seconds in [0, 15, 30] {
            contact.record_page(Some("Chromium 53".into()), at(seconds));
        }
        assert_eq!(contact.describe(at(30)).state, ScreenState::Basic);
        assert_eq!(contact.describe(at(74)).state, ScreenState::Basic);
        assert_eq!(contact.describe(at(75)).state, ScreenState::Away);

        let mut only_once = ScreenContact::default();
        only_once.record_page(None, at(0));
        assert_eq!(only_once.describe(at(9)).state, ScreenState::Connecting);
        assert_eq!(only_once.describe(at(10)).state, ScreenState::Basic);
    }

    #[test]
    fn a_size_stays_known_while_the_screen_is_away() {
        let mut contact = ScreenContact::default();
        let sized = ScreenPage {
            size: Some((1280, 720)),
            ..page("Chromium 87")
        };
        drop(contact.add_socket(sized, at(0)));
        assert_eq!(contact.describe(at(900)).page.size, Some((1280, 720)));
        let _older = contact.add_socket(page("Chromium 53"), at(901));
        assert_eq!(contact.describe(at(902)).page.size, Some((1280, 720)));
    }

    #[test]
    fn closed_sockets_leave_nothing_behind() {
        let mut contact = ScreenContact::default();
        for seconds in 0..1_000 {
            contact.add_socket(page("Chromium 87"), at(seconds));
        }
        assert_eq!(contact.sockets.len(), 1);
    }
}
