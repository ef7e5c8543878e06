//! The site: what the configuration says that the live state must know.

use std::{collections::HashMap, sync::Arc};

use jiff::tz::TimeZone;

use super::{AgentId, Metric, Pattern, Patterns, QueueId, SourceId, Subject, Target};

#[derive(Clone, Debug, PartialEq)]
pub struct Site {
    /// The business day starts at midnight here.
    pub zone: TimeZone,
    pub sources: Vec<SourceSetup>,
    /// By queue id.
    pub targets: Patterns<Target>,
    /// Shown names by id of a queue or an agent.
    pub names: HashMap<String, String>,
    pub hidden_queues: Vec<Pattern>,
    pub hidden_agents: Vec<Pattern>,
    pub agent_names: AgentNames,
    /// Queues of several sources as one business queue.
    pub groups: Vec<Group>,
    /// People known to several sources.
    pub people: Vec<Person>,
    /// The same queue as other sources see it: its id to theirs. Never added.
    pub links: HashMap<QueueId, Vec<QueueId>>,
}

impl Default for Site {
    fn default() -> Self {
        Self {
            zone: TimeZone::UTC,
            sources: Vec::new(),
            targets: Patterns::default(),
            names: HashMap::new(),
            hidden_queues: Vec::new(),
            hidden_agents: Vec::new(),
            agent_names: AgentNames::default(),
            groups: Vec::new(),
            people: Vec::new(),
            links: HashMap::new(),
        }
    }
}

impl Site {
    pub fn target(&self, queue: &str) -> Target {
        self.targets.get(queue).copied().unwrap_or_default()
    }

    pub fn source(&self, id: &SourceId) -> Option<&SourceSetup> {
        self.sources.iter().find(|setup| setup.id == *id)
    }
}

/// One configured source.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceSetup {
    pub id: SourceId,
    /// `vngage`, `genesys` or `gms`, as in the configuration.
    pub kind: &'static str,
    /// Simulated: pages say so.
    pub demo: bool,
    /// Vendor ids: solution or case type → group, where one always leads to the other.
    pub queue_of: HashMap<String, String>,
    /// Vendor ids of solutions that never queue (forms).
    pub not_queued: Vec<String>,
    /// Whom its vendor reckons statistics of, and which, as configured.
    pub gives: Vec<Given>,
}

impl SourceSetup {
    /// A source of that kind of which nothing else is configured.
    pub fn new(id: impl Into<SourceId>, kind: &'static str) -> Self {
        Self {
            id: id.into(),
            kind,
            demo: false,
            queue_of: HashMap::new(),
            not_queued: Vec::new(),
            gives: Vec::new(),
        }
    }
}

/// Whether a source of this kind tells its contacts one by one, so that their day is
/// counted here.
pub fn tells_contacts(kind: &str) -> bool {
    kind == "vngage"
}

/// What a source's vendor reckons of one queue or agent.
#[derive(Clone, Debug, PartialEq)]
pub struct Given {
    pub subject: Subject,
    pub metrics: Vec<Metric>,
    /// What the vendor calls them, in words; not all need be here.
    pub statistics: Vec<(Metric, Arc<str>)>,
    /// An agent's state too.
    pub stance: bool,
}

/// One of `[groups]`. Its id is `group/<key>`.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    pub id: QueueId,
    pub name: String,
    pub queues: Vec<QueueId>,
}

/// One of `[people]`. Its id is `person/<key>`.
#[derive(Clone, Debug, PartialEq)]
pub struct Person {
    pub id: AgentId,
    pub name: String,
    pub agents: Vec<AgentId>,
}

/// How agents' names are shown on boards: `[privacy] agent_names`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AgentNames {
    Full,
    #[default]
    FirstInitial,
    Initials,
    None,
}

impl AgentNames {
    /// A full name as it may be shown.
    pub fn shorten(self, full: &str) -> String {
        let mut words = full.split_whitespace();
        let first = words.next().unwrap_or_default();
        let initial = |word: &str| word.chars().next().map(String::from).unwrap_or_default();
        let last = words.last().map(initial).unwrap_or_default();
        match self {
            Self::Full => full.to_owned(),
            Self::FirstInitial if last.is_empty() => first.to_owned(),
            Self::FirstInitial => format!("{first} {last}."),
            Self::Initials => format!("{}{last}", initial(first)),
            Self::None => "Agent".to_owned(),
        }
    }
}
