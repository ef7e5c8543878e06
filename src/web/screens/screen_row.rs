//! A paired screen on the page of all screens, in words: its state, and whether it needs attention.

use jiff::SignedDuration;

use wallboard_access::{ListedScreen, ScreenState};
use wallboard_domain::{Moment, moment};
use wallboard_live::Snapshot;
use wallboard_texts::Texts;

use crate::web::{
    access::sign_in::write_device,
    parts::{clock::UNKNOWN, sentence::Sentence},
    screens::screen_fields::{NightFields, StyleFields, content_value},
    server::assets,
};

/// A page loads a new version within a minute.
const RENEWAL_LASTS: SignedDuration = SignedDuration::from_mins(2);
/// A screen loads its board within this time of being paired.
const LOADING_MS_MAX: i64 = 10_000;
/// Figures that are painted later than this look late on a wall.
const LAG_MS_MAX: u32 = 2_000;

/// A fault that keeps a screen's board from being shown, apart from its connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::web) enum BoardFault {
    Removed,
    /// Screens don't show agents here.
    ShowsAgents,
}

pub(in crate::web) struct ScreenRow {
    pub(in crate::web) id: String,
    pub(in crate::web) name: String,
    pub(in crate::web) place: String,
    /// A board's ID, or a playlist.
    pub(in crate::web) board: String,
    pub(in crate::web) board_title: String,
    pub(in crate::web) style: StyleFields,
    pub(in crate::web) night: NightFields,
    pub(in crate::web) state: StateText,
    pub(in crate::web) engine: String,
    pub(in crate::web) version: VersionText,
    pub(in crate::web) lag: String,
    pub(in crate::web) is_slow: bool,
    /// "Chrome on Android, 14:02 by Åsa": the browser in which it was paired, or that it has an address.
    pub(in crate::web) paired: String,
    pub(in crate::web) is_connected: bool,
    /// Whether a rule of alerts sounds on it.
    pub(in crate::web) has_sound: bool,
    /// "Used by: rule Long waits." Rules and announcements know it by its name.
    pub(in crate::web) uses: Option<Sentence>,
}

/// A screen's state as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::web) struct StateText {
    pub(in crate::web) word: &'static str,
    pub(in crate::web) note: String,
    pub(in crate::web) urgency: Urgency,
}

/// The version of a screen's page as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::web) struct VersionText {
    /// The build of its assets, or `–`.
    pub(in crate::web) build: String,
    pub(in crate::web) note: &'static str,
    pub(in crate::web) is_outdated: bool,
}

/// Whether somebody has to do something; the most urgent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::web) enum Urgency {
    Problem,
    /// Neither: it's on its way, or nobody has used it yet.
    Waiting,
    Fine,
}

/// All screens in one sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::web) struct ScreensVerdict {
    pub(in crate::web) is_good: bool,
    pub(in crate::web) text: String,
}

impl ScreenRow {
    pub(in crate::web) fn new(
        texts: &'static Texts,
        snapshot: &Snapshot,
        listed: &ListedScreen,
        board: Result<String, BoardFault>,
        now: Moment,
    ) -> Self {
        let (screen, condition) = (&listed.screen, &listed.condition);
        let paired = texts.time_or_day(screen.paired_at, now.wall, &snapshot.site.zone);
        let device = if screen.has_address {
            texts.secret_address().to_owned()
        } else {
            write_device(texts, &screen.device)
        };
        let lag = condition.lag_ms.map(|lag| format!("{lag} ms"));
        Self {
            id: listed.id.to_text(),
            name: screen.name.clone(),
            place: screen.place.clone(),
            board: content_value(screen),
            state: describe_state(texts, listed, board.as_ref().err().copied(), now),
            board_title: board.unwrap_or_else(|_| screen.content().to_owned()),
            style: StyleFields::new(screen.style),
            night: NightFields::of_screen(screen),
            engine: or_unknown(condition.page.engine.clone()),
            version: describe_version(texts, listed, now),
            is_slow: condition.lag_ms.is_some_and(|lag| LAG_MS_MAX < lag),
            lag: or_unknown(lag),
            paired: match &*screen.paired_by {
                "" => texts.paired_from(device, paired),
                name => texts.paired_from_by(device, paired, name),
            },
            is_connected: listed.is_connected,
            has_sound: false,
            uses: None,
        }
    }

    /// Whether somebody has to do something about it.
    pub(in crate::web) fn urgency(&self) -> Urgency {
        if self.is_slow || self.version.is_outdated {
            return Urgency::Problem;
        }
        self.state.urgency
    }
}

fn or_unknown(text: Option<String>) -> String {
    text.unwrap_or_else(|| UNKNOWN.to_owned())
}

fn describe_state(
    texts: &'static Texts,
    listed: &ListedScreen,
    fault: Option<BoardFault>,
    now: Moment,
) -> StateText {
    let problem = |word, note: &str| StateText {
        word,
        note: note.to_owned(),
        urgency: Urgency::Problem,
    };
    match fault {
        Some(BoardFault::Removed) => {
            return match listed.screen.playlist {
                Some(_) => problem(texts.no_board(), texts.playlist_has_none()),
                None => problem(texts.no_board(), texts.board_was_removed()),
            };
        }
        Some(BoardFault::ShowsAgents) => {
            return problem(texts.no_board(), texts.board_has_agents());
        }
        None => {}
    }
    let connecting = StateText {
        word: texts.screen_connecting(),
        note: String::new(),
        urgency: Urgency::Waiting,
    };
    let since_pairing = moment::millis_between(listed.screen.paired_at, now.wall);
    let ago = texts.age(moment::millis_between(listed.last_contact_at, now.wall));
    let condition = &listed.condition;
    match condition.state {
        ScreenState::Live if condition.is_sound_blocked => {
            problem(texts.sound_blocked(), texts.sound_blocked_help())
        }
        ScreenState::Live => StateText {
            word: texts.screen_live(),
            note: match condition.sockets {
                0 | 1 => String::new(),
                // Of its frames, the next one is live before it's shown.
                _ if listed.screen.has_frames() => String::new(),
                count => texts.players_share_address(count),
            },
            urgency: Urgency::Fine,
        },
        ScreenState::Connecting => connecting,
        ScreenState::Hidden => problem(texts.screen_hidden(), texts.screen_hidden_help()),
        ScreenState::Basic => problem(texts.screen_basic(), texts.screen_basic_help()),
        ScreenState::Away if !listed.screen.is_opened(listed.last_contact_at) => StateText {
            word: texts.screen_unopened(),
            note: String::new(),
            urgency: Urgency::Waiting,
        },
        ScreenState::Away if since_pairing < LOADING_MS_MAX => connecting,
        ScreenState::Away => problem(texts.screen_asleep(), &texts.screen_asleep_help(ago)),
    }
}

/// A version is known of connected screens. Another one than ours is a fault once the page should have
/// loaded ours.
fn describe_version(texts: &'static Texts, listed: &ListedScreen, now: Moment) -> VersionText {
    let condition = &listed.condition;
    let build = condition.page.build.clone();
    let is_known = build.is_some();
    let is_current = build.as_deref() == Some(assets::build_id());
    let age = (condition.connected_at).map(|at| now.wall.duration_since(at));
    let is_overdue = age.is_some_and(|age| RENEWAL_LASTS < age);
    VersionText {
        build: or_unknown(build),
        note: match (is_known, is_current, is_overdue) {
            (false, ..) => "",
            (_, true, _) => texts.version_current(),
            (_, _, false) => texts.version_renewing(),
            (_, _, true) => texts.version_old(),
        },
        is_outdated: is_known && !is_current && is_overdue,
    }
}

/// `None` without a screen.
pub(super) fn screens_verdict(texts: &Texts, rows: &[ScreenRow]) -> Option<ScreensVerdict> {
    let count = |urgency| rows.iter().filter(|row| row.urgency() == urgency).count();
    let (problems, fine) = (count(Urgency::Problem), count(Urgency::Fine));
    let text = match (rows.len(), problems, fine) {
        (0, ..) => return None,
        (1, 1, _) => texts.only_screen_needs().to_owned(),
        (1, 0, 1) => texts.only_screen_live().to_owned(),
        (1, ..) => texts.only_screen_waits().to_owned(),
        (2, 0, 2) => texts.both_screens_live().to_owned(),
        (all, 0, fine) if fine == all => texts.all_screens_live(all),
        (all, 0, fine) => texts.some_screens_live(fine, all),
        (all, 1, _) => texts.one_screen_needs(all),
        (all, problems, _) => texts.some_screens_need(problems, all),
    };
    Some(ScreensVerdict {
        is_good: problems == 0 && fine == rows.len(),
        text,
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::Timestamp;

    use wallboard_access::{Screen, ScreenCondition, ScreenPage, TokenId};
    use wallboard_domain::{BoardStyle, MonotonicTime};

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    fn now() -> Moment {
        Moment {
            wall: at(1_000),
            monotonic: MonotonicTime::default(),
        }
    }

    fn listed(has_address: bool, condition: ScreenCondition) -> ListedScreen {
        ListedScreen {
            id: TokenId::parse(&"ab".repeat(32)).unwrap(),
            screen: Arc::new(Screen {
                name: "Kitchen".into(),
                place: String::new(),
                board: "queues".into(),
                playlist: None,
                night: None,
                quiet: None,
                style: BoardStyle::default(),
                device: "Chrome on webOS".into(),
                paired_at: at(0),
                paired_by: "Åsa".into(),
                last_contact_at: at(0),
                has_address,
            }),
            is_connected: 0 < condition.sockets,
            last_contact_at: at(0),
            condition,
        }
    }

    fn live(build: &str, lag_ms: Option<u32>) -> ScreenCondition {
        ScreenCondition {
            state: ScreenState::Live,
            page: ScreenPage {
                engine: Some("Chromium 87".into()),
                build: Some(build.into()),
                size: None,
            },
            connected_at: Some(at(0)),
            lag_ms,
            sockets: 1,
            is_sound_blocked: false,
        }
    }

    fn row(listed: &ListedScreen, board: Result<String, BoardFault>) -> ScreenRow {
        ScreenRow::new(Texts::english(), &Snapshot::default(), listed, board, now())
    }

    fn shown(condition: ScreenCondition) -> ScreenRow {
        row(&listed(false, condition), Ok("Queues".into()))
    }

    #[test]
    fn a_state_says_what_to_do() {
        let of_state = |state| {
            let condition = ScreenCondition {
                state,
                ..ScreenCondition::default()
            };
            shown(condition).state
        };
        assert_eq!(of_state(ScreenState::Live).urgency, Urgency::Fine);
        assert_eq!(of_state(ScreenState::Connecting).urgency, Urgency::Waiting);
        for (state, word) in [
            (ScreenState::Hidden, "Hidden"),
            (ScreenState::Basic, "Basic mode"),
            (ScreenState::Away, "Asleep or off"),
        ] {
            let text = of_state(state);
            assert_eq!((text.word, text.urgency), (word, Urgency::Problem));
        }
        let away = of_state(ScreenState::Away);
        assert_eq!(away.note, "Not connected. Last contact 16 min ago.");
        let new = listed(false, ScreenCondition::default());
        let row_at = |seconds| {
            let now = Moment {
                wall: at(seconds),
                ..now()
            };
            let board = Ok(String::new());
            ScreenRow::new(Texts::english(), &Snapshot::default(), &new, board, now).state
        };
        assert_eq!(row_at(9).urgency, Urgency::Waiting);
        assert_eq!(row_at(10).word, "Asleep or off");
        let unopened = row(&listed(true, ScreenCondition::default()), Ok(String::new()));
        assert_eq!(unopened.state.word, "Not opened yet");
        let removed = row(&listed(false, live("x", None)), Err(BoardFault::Removed));
        assert_eq!(removed.state.word, "No board");
    }

    #[test]
    fn an_older_page_and_a_slow_one_need_attention() {
        let current = shown(live(assets::build_id(), Some(120)));
        assert_eq!((current.version.note, &*current.lag), ("current", "120 ms"));
        assert_eq!(current.urgency(), Urgency::Fine);
        let slow = shown(live(assets::build_id(), Some(2_001)));
        assert_eq!(slow.urgency(), Urgency::Problem);
        let unknown = shown(live(assets::build_id(), None));
        assert_eq!((&*unknown.lag, unknown.urgency()), ("–", Urgency::Fine));

        let older = shown(live("9f2c", None));
        assert_eq!(older.version.note, "older, reload it");
        assert_eq!(older.urgency(), Urgency::Problem);
        let renewing = shown(ScreenCondition {
            connected_at: Some(at(900)),
            ..live("9f2c", None)
        });
        assert_eq!(renewing.version.note, "older, reloads soon");
        assert_eq!(renewing.urgency(), Urgency::Fine);
        let away = shown(ScreenCondition::default());
        assert_eq!((&*away.version.build, away.version.note), ("–", ""));
    }

    #[test]
    fn a_screen_whose_browser_blocks_sound_needs_somebody() {
        let blocked = shown(ScreenCondition {
            is_sound_blocked: true,
            ..live(assets::build_id(), None)
        });
        assert_eq!(blocked.state.word, "Sound is blocked");
        assert_eq!(blocked.urgency(), Urgency::Problem);
    }

    #[test]
    fn all_screens_are_one_sentence() {
        let text = |rows: &[ScreenRow]| {
            screens_verdict(Texts::english(), rows).map(|verdict| verdict.text)
        };
        let fine = || shown(live(assets::build_id(), None));
        let away = || shown(ScreenCondition::default());
        assert_eq!(text(&[]), None);
        for (rows, expected) in [
            (vec![fine()], "The screen is live."),
            (vec![away()], "The screen needs attention."),
            (vec![fine(), fine()], "Both screens are live."),
            (vec![fine(), fine(), fine()], "All 3 screens are live."),
            (vec![fine(), away()], "1 of 2 screens needs attention."),
            (vec![away(), away()], "2 of 2 screens need attention."),
        ] {
            assert_eq!(text(&rows).as_deref(), Some(expected));
        }
    }
}
