//! Maps Stat Server's names and numbers for agent states to our agent statuses. A site can
//! override the mapping and name its reason codes.

use std::{collections::HashMap, sync::Arc};

use wallboard_domain::AgentStatus;

/// The maximum length of a vendor's text on a screen, in characters. Longer ones are cut.
const TEXT_LENGTH_MAX: usize = 80;

/// One of Stat Server's states.
struct StatusRow {
    name: &'static str,
    /// Stat Server's number, where public sources agree on it. Across several media, the
    /// highest wins.
    number: u8,
    status: AgentStatus,
    /// Our status loses detail, so the vendor's name is kept with it.
    is_imprecise: bool,
}

const fn status_row(number: u8, name: &'static str, state: AgentStatus) -> StatusRow {
    StatusRow {
        name,
        number,
        status: state,
        is_imprecise: false,
    }
}

const fn imprecise_row(number: u8, name: &'static str, state: AgentStatus) -> StatusRow {
    StatusRow {
        is_imprecise: true,
        ..status_row(number, name, state)
    }
}

/// Numbers below this are confirmed by no source and so have no meaning.
const FIRST_CONFIRMED: u8 = 4;

const TABLE: [StatusRow; 18] = [
    imprecise_row(0, "NotMonitored", AgentStatus::Unknown),
    imprecise_row(1, "Monitored", AgentStatus::Unknown),
    imprecise_row(2, "LoggedIn", AgentStatus::Unknown),
    imprecise_row(3, ON_HOOK, AgentStatus::Unknown),
    status_row(4, "WaitForNextCall", AgentStatus::Available),
    imprecise_row(5, "OffHook", AgentStatus::Busy),
    imprecise_row(6, "CallDialing", AgentStatus::Busy),
    status_row(7, "CallRinging", AgentStatus::Ringing),
    status_row(8, "NotReadyForNextCall", AgentStatus::NotReady),
    status_row(9, "AfterCallWork", AgentStatus::WrapUp),
    status_row(13, "CallOnHold", AgentStatus::Hold),
    imprecise_row(16, "ASM_Engaged", AgentStatus::Ringing),
    imprecise_row(17, "ASM_Outbound", AgentStatus::Talking),
    imprecise_row(18, "CallUnknown", AgentStatus::Talking),
    imprecise_row(19, "CallConsult", AgentStatus::Talking),
    imprecise_row(20, "CallInternal", AgentStatus::Talking),
    imprecise_row(21, "CallOutbound", AgentStatus::Talking),
    imprecise_row(22, "CallInbound", AgentStatus::Talking),
];
/// Separate, because it ranks highest for an agent but lowest for a single medium.
const LOGGED_OUT: StatusRow = status_row(23, "LoggedOut", AgentStatus::LoggedOut);

/// An idle telephone. Whether its agent is ready is reported elsewhere.
const ON_HOOK: &str = "OnHook";

const ALIASES: [(&str, &str); 7] = [
    ("ready", "waitfornextcall"),
    ("notready", "notreadyfornextcall"),
    ("logout", "loggedout"),
    ("logoff", "loggedout"),
    ("loggedoff", "loggedout"),
    ("acw", "aftercallwork"),
    ("login", "loggedin"),
];

/// The meaning of a vendor's name or number for a state.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct StatusMeaning {
    pub(super) status: AgentStatus,
    /// The vendor's name, if our status loses detail.
    pub(super) vendor_status: Option<Arc<str>>,
    /// Across several media, the highest wins.
    pub(super) rank: u8,
}

impl StatusMeaning {
    pub(super) fn is_on_hook(&self) -> bool {
        self.status == AgentStatus::Unknown && self.vendor_status.as_deref() == Some(ON_HOOK)
    }
}

/// The meanings of a source's states and reason codes.
#[derive(Clone, Debug)]
pub struct StatusTable {
    /// By name or number, lowercase, without spaces, `_` and `-`.
    meanings: HashMap<String, StatusMeaning>,
    /// Descriptions by reason code in lowercase.
    reasons: HashMap<String, Arc<str>>,
}

impl Default for StatusTable {
    fn default() -> Self {
        Self::new(&HashMap::new(), &HashMap::new())
    }
}

impl StatusTable {
    /// Builds the table. `states` overrides the built-in meanings of Stat Server's names or
    /// numbers. `reasons` describes reason codes.
    pub fn new(states: &HashMap<String, AgentStatus>, reasons: &HashMap<String, String>) -> Self {
        let mut meanings = HashMap::new();
        for row in TABLE.iter().chain([&LOGGED_OUT]) {
            meanings.insert(normalize_word(row.name), row.to_meaning());
        }
        let (numbers, names): (Vec<_>, Vec<_>) =
            states.iter().partition(|(word, _)| is_number(word));
        for (word, state) in names {
            let key = resolve_alias(normalize_word(word));
            let raw = Some(Arc::from(word.trim()));
            let other = StatusMeaning::with_default_rank(*state, raw);
            let meaning = meanings.entry(key).or_insert(other);
            meaning.status = *state;
        }
        for row in TABLE.iter().chain([&LOGGED_OUT]) {
            if FIRST_CONFIRMED <= row.number {
                let meaning = meanings[&normalize_word(row.name)].clone();
                meanings.insert(row.number.to_string(), meaning);
            }
        }
        // Numbers differ between the vendor's interfaces, so an overridden number doesn't
        // affect the name that has this number elsewhere.
        let overrides = numbers.into_iter().map(|(number, state)| {
            (
                number.trim().to_owned(),
                StatusMeaning::with_default_rank(*state, None),
            )
        });
        meanings.extend(overrides);
        Self {
            meanings,
            reasons: reasons
                .iter()
                .map(|(code, description)| {
                    (code.trim().to_lowercase(), description.as_str().into())
                })
                .collect(),
        }
    }

    pub(super) fn look_up_status(&self, word: &str) -> StatusMeaning {
        let known = self.meanings.get(&resolve_alias(normalize_word(word)));
        known.cloned().unwrap_or_else(|| {
            StatusMeaning::with_default_rank(AgentStatus::Unknown, Some(cut_text(word)))
        })
    }

    /// The site's description of a reason code, or the code itself.
    pub(super) fn look_up_reason(&self, code: &str) -> Arc<str> {
        let known = self.reasons.get(&code.trim().to_lowercase());
        known.cloned().unwrap_or_else(|| cut_text(code))
    }
}

impl StatusRow {
    fn to_meaning(&self) -> StatusMeaning {
        StatusMeaning {
            status: self.status,
            vendor_status: self.is_imprecise.then(|| self.name.into()),
            rank: self.number,
        }
    }
}

impl StatusMeaning {
    /// A state that isn't in the table ranks like the highest row with its status.
    fn with_default_rank(state: AgentStatus, raw: Option<Arc<str>>) -> Self {
        let has_same_status =
            |row: &&StatusRow| row.status == state && state != AgentStatus::Unknown;
        let rank = TABLE
            .iter()
            .rfind(has_same_status)
            .map_or(0, |row| row.number);
        Self {
            status: state,
            vendor_status: raw,
            rank,
        }
    }
}

/// Cuts a vendor's text to the part that screens show.
pub(super) fn cut_text(text: &str) -> Arc<str> {
    let is_printable = |c: &char| !c.is_control();
    let text: String = text
        .trim()
        .chars()
        .filter(is_printable)
        .take(TEXT_LENGTH_MAX)
        .collect();
    text.into()
}

fn is_number(word: &str) -> bool {
    let word = word.trim();
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit())
}

fn normalize_word(word: &str) -> String {
    let is_significant = |c: &char| !matches!(c, '_' | '-' | ' ');
    word.trim()
        .chars()
        .filter(is_significant)
        .take(TEXT_LENGTH_MAX)
        .flat_map(char::to_lowercase)
        .collect()
}

/// Resolves an alias to the name in the table.
fn resolve_alias(word: String) -> String {
    let alias = ALIASES.iter().find(|(alias, _)| *alias == word);
    alias.map_or(word, |(_, name)| (*name).to_owned())
}
