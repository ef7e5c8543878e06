//! Stat Server's names and numbers for what an agent does, in our words. A site
//! can say otherwise, and what its reason codes mean.

use std::{collections::HashMap, sync::Arc};

use crate::domain::AgentStatus;

/// Longer texts of a vendor are cut: they go on screens. In characters.
const TEXT_LENGTH_MAX: usize = 80;

/// One of Stat Server's states.
struct StatusRow {
    name: &'static str,
    /// Where public sources agree on it. States on several media: the highest wins.
    number: u8,
    status: AgentStatus,
    /// Our word leaves something out: the vendor's is kept beside it.
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
    let says_less = true;
    StatusRow {
        is_imprecise: says_less,
        ..status_row(number, name, state)
    }
}

/// The numbers below this are not confirmed anywhere, and so stand for nothing.
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
/// Apart: an agent's highest, and of a single medium the lowest.
const LOGGED_OUT: StatusRow = status_row(23, "LoggedOut", AgentStatus::LoggedOut);

/// A telephone at rest: whether its agent is ready stands elsewhere.
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

/// What a vendor's word for a state means.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct StatusMeaning {
    pub(super) status: AgentStatus,
    /// The vendor's word, where ours does not say all.
    pub(super) vendor_status: Option<Arc<str>>,
    /// Of states on several media the highest wins.
    pub(super) rank: u8,
}

impl StatusMeaning {
    pub(super) fn is_on_hook(&self) -> bool {
        self.status == AgentStatus::Unknown && self.vendor_status.as_deref() == Some(ON_HOOK)
    }
}

/// All that a source's words for states and reasons mean.
#[derive(Clone, Debug)]
pub struct StatusTable {
    /// By the word without case, spaces, `_` and `-`.
    meanings: HashMap<String, StatusMeaning>,
    /// Reason codes, in lower case, in words.
    reasons: HashMap<String, Arc<str>>,
}

impl Default for StatusTable {
    fn default() -> Self {
        Self::new(&HashMap::new(), &HashMap::new())
    }
}

impl StatusTable {
    /// The built-in table, but for what `states` says of Stat Server's names or
    /// numbers. `reasons` are reason codes in words.
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
        // Numbers differ between the vendor's interfaces: one that is given says nothing
        // of the name that has it elsewhere.
        let given = numbers.into_iter().map(|(number, state)| {
            (
                number.trim().to_owned(),
                StatusMeaning::with_default_rank(*state, None),
            )
        });
        meanings.extend(given);
        Self {
            meanings,
            reasons: reasons
                .iter()
                .map(|(code, words)| (code.trim().to_lowercase(), words.as_str().into()))
                .collect(),
        }
    }

    pub(super) fn look_up_status(&self, word: &str) -> StatusMeaning {
        let known = self.meanings.get(&resolve_alias(normalize_word(word)));
        known.cloned().unwrap_or_else(|| {
            StatusMeaning::with_default_rank(AgentStatus::Unknown, Some(cut_text(word)))
        })
    }

    /// A reason code in the site's words, or as the vendor says it.
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
    /// What is not in the table ranks as its like there.
    fn with_default_rank(state: AgentStatus, raw: Option<Arc<str>>) -> Self {
        let like = |row: &&StatusRow| row.status == state && state != AgentStatus::Unknown;
        let rank = TABLE.iter().rfind(like).map_or(0, |row| row.number);
        Self {
            status: state,
            vendor_status: raw,
            rank,
        }
    }
}

/// The part of a vendor's text that goes on screens.
pub(super) fn cut_text(text: &str) -> Arc<str> {
    let shown = |c: &char| !c.is_control();
    let text: String = text
        .trim()
        .chars()
        .filter(shown)
        .take(TEXT_LENGTH_MAX)
        .collect();
    text.into()
}

fn is_number(word: &str) -> bool {
    let word = word.trim();
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit())
}

fn normalize_word(word: &str) -> String {
    let part = |c: &char| !matches!(c, '_' | '-' | ' ');
    word.trim()
        .chars()
        .filter(part)
        .take(TEXT_LENGTH_MAX)
        .flat_map(char::to_lowercase)
        .collect()
}

/// The table's own word for an alias.
fn resolve_alias(word: String) -> String {
    let alias = ALIASES.iter().find(|(alias, _)| *alias == word);
    alias.map_or(word, |(_, name)| (*name).to_owned())
}
