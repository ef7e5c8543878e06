//! Stat Server's names and numbers for what an agent does, in our words. A site
//! can say otherwise, and what its reason codes mean.

use std::{collections::HashMap, sync::Arc};

use crate::domain::AgentState;

/// Longer texts of a vendor are cut: they go on screens. In characters.
const LONGEST: usize = 80;

/// One of Stat Server's states.
struct Row {
    name: &'static str,
    /// Where public sources agree on it. States on several media: the highest wins.
    number: u8,
    state: AgentState,
    /// Our word leaves something out: the vendor's is kept beside it.
    says_less: bool,
}

const fn row(number: u8, name: &'static str, state: AgentState) -> Row {
    Row {
        name,
        number,
        state,
        says_less: false,
    }
}

const fn less(number: u8, name: &'static str, state: AgentState) -> Row {
    let says_less = true;
    Row {
        says_less,
        ..row(number, name, state)
    }
}

/// The numbers below this are not confirmed anywhere, and so stand for nothing.
const FIRST_CONFIRMED: u8 = 4;

const TABLE: [Row; 18] = [
    less(0, "NotMonitored", AgentState::Unknown),
    less(1, "Monitored", AgentState::Unknown),
    less(2, "LoggedIn", AgentState::Unknown),
    less(3, ON_HOOK, AgentState::Unknown),
    row(4, "WaitForNextCall", AgentState::Available),
    less(5, "OffHook", AgentState::Busy),
    less(6, "CallDialing", AgentState::Busy),
    row(7, "CallRinging", AgentState::Ringing),
    row(8, "NotReadyForNextCall", AgentState::NotReady),
    row(9, "AfterCallWork", AgentState::WrapUp),
    row(13, "CallOnHold", AgentState::Hold),
    less(16, "ASM_Engaged", AgentState::Ringing),
    less(17, "ASM_Outbound", AgentState::Talking),
    less(18, "CallUnknown", AgentState::Talking),
    less(19, "CallConsult", AgentState::Talking),
    less(20, "CallInternal", AgentState::Talking),
    less(21, "CallOutbound", AgentState::Talking),
    less(22, "CallInbound", AgentState::Talking),
];
/// Apart: an agent's highest, and of a single medium the lowest.
const LOGGED_OUT: Row = row(23, "LoggedOut", AgentState::LoggedOut);

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
pub(super) struct Meaning {
    pub(super) state: AgentState,
    /// The vendor's word, where ours does not say all.
    pub(super) raw: Option<Arc<str>>,
    /// Of states on several media the highest wins.
    pub(super) rank: u8,
}

impl Meaning {
    pub(super) fn is_on_hook(&self) -> bool {
        self.state == AgentState::Unknown && self.raw.as_deref() == Some(ON_HOOK)
    }
}

/// All that a source's words for states and reasons mean.
#[derive(Clone, Debug)]
pub struct States {
    /// By the word without case, spaces, `_` and `-`.
    meanings: HashMap<String, Meaning>,
    /// Reason codes, in lower case, in words.
    reasons: HashMap<String, Arc<str>>,
}

impl Default for States {
    fn default() -> Self {
        Self::new(&HashMap::new(), &HashMap::new())
    }
}

impl States {
    /// The built-in table, but for what `states` says of Stat Server's names or
    /// numbers. `reasons` are reason codes in words.
    pub fn new(states: &HashMap<String, AgentState>, reasons: &HashMap<String, String>) -> Self {
        let mut meanings = HashMap::new();
        for row in TABLE.iter().chain([&LOGGED_OUT]) {
            meanings.insert(plain(row.name), row.meaning());
        }
        let (numbers, names): (Vec<_>, Vec<_>) =
            states.iter().partition(|(word, _)| is_number(word));
        for (word, state) in names {
            let key = resolved(plain(word));
            let raw = Some(Arc::from(word.trim()));
            let other = Meaning::of(*state, raw);
            let meaning = meanings.entry(key).or_insert(other);
            meaning.state = *state;
        }
        for row in TABLE.iter().chain([&LOGGED_OUT]) {
            if FIRST_CONFIRMED <= row.number {
                let meaning = meanings[&plain(row.name)].clone();
                meanings.insert(row.number.to_string(), meaning);
            }
        }
        // Numbers differ between the vendor's interfaces: one that is given says nothing
        // of the name that has it elsewhere.
        let given = numbers
            .into_iter()
            .map(|(number, state)| (number.trim().to_owned(), Meaning::of(*state, None)));
        meanings.extend(given);
        Self {
            meanings,
            reasons: reasons
                .iter()
                .map(|(code, words)| (code.trim().to_lowercase(), words.as_str().into()))
                .collect(),
        }
    }

    pub(super) fn meaning(&self, word: &str) -> Meaning {
        let known = self.meanings.get(&resolved(plain(word)));
        known
            .cloned()
            .unwrap_or_else(|| Meaning::of(AgentState::Unknown, Some(short(word))))
    }

    /// A reason code in the site's words, or as the vendor says it.
    pub(super) fn reason(&self, code: &str) -> Arc<str> {
        let known = self.reasons.get(&code.trim().to_lowercase());
        known.cloned().unwrap_or_else(|| short(code))
    }
}

impl Row {
    fn meaning(&self) -> Meaning {
        Meaning {
            state: self.state,
            raw: self.says_less.then(|| self.name.into()),
            rank: self.number,
        }
    }
}

impl Meaning {
    /// What is not in the table ranks as its like there.
    fn of(state: AgentState, raw: Option<Arc<str>>) -> Self {
        let like = |row: &&Row| row.state == state && state != AgentState::Unknown;
        let rank = TABLE.iter().rfind(like).map_or(0, |row| row.number);
        Self { state, raw, rank }
    }
}

/// The part of a vendor's text that goes on screens.
pub(super) fn short(text: &str) -> Arc<str> {
    let shown = |c: &char| !c.is_control();
    let text: String = text.trim().chars().filter(shown).take(LONGEST).collect();
    text.into()
}

fn is_number(word: &str) -> bool {
    let word = word.trim();
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit())
}

fn plain(word: &str) -> String {
    let part = |c: &char| !matches!(c, '_' | '-' | ' ');
    word.trim()
        .chars()
        .filter(part)
        .take(LONGEST)
        .flat_map(char::to_lowercase)
        .collect()
}

/// The table's own word for an alias.
fn resolved(word: String) -> String {
    let alias = ALIASES.iter().find(|(alias, _)| *alias == word);
    alias.map_or(word, |(_, name)| (*name).to_owned())
}
