//! Site configuration: the settings that the live state needs.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use jiff::{civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

use super::{
    AgentId, AgentStatus, Brand, CustomFigure, CustomFigureId, Id, Language, Metric, MetricSubject,
    NameVisibility, OpeningHours, Pattern, PatternThresholds, Patterns, PersonName, QueueId,
    QueueTarget, SeverityLimits, SourceId, StaticText, pattern::matches_any,
};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SiteConfig {
    /// The business day starts at midnight in this zone.
    #[serde(with = "jiff::fmt::serde::tz::required")]
    pub zone: TimeZone,
    pub sources: Vec<SourceSetup>,
    /// Display names of sources, live and imported, where configured.
    pub source_names: HashMap<SourceId, String>,
    /// Sources, live and imported, that don't run, and who paused each.
    #[serde(default)]
    pub paused_sources: HashMap<SourceId, String>,
    /// By queue id.
    pub targets: Patterns<QueueTarget>,
    /// By queue id, and for the time in a status by agent id.
    pub thresholds: Patterns<PatternThresholds>,
    /// By queue id; without hours, a queue is always open.
    pub hours: Patterns<OpeningHours>,
    /// Display names by id of a queue or an agent.
    pub names: HashMap<String, String>,
    pub hidden_queues: Vec<Pattern>,
    pub hidden_agents: Vec<Pattern>,
    pub agent_names: NameVisibility,
    /// The fewest agents of a queue whose figures about them everyone may see; 1: all may.
    #[serde(default = "SiteConfig::any_team")]
    pub smallest_team: u32,
    /// Keeps agents' ids out of the links on cards; changes with each start.
    #[serde(skip)]
    pub card_key: [u8; 16],
    /// Queues of several sources, shown as one.
    pub groups: Vec<QueueGroup>,
    /// People with agents in several sources.
    pub people: Vec<LinkedPerson>,
    /// Changes no figure, so the log doesn't keep it.
    #[serde(skip)]
    pub brand: Brand,
    /// The language of boards that have none of their own. The log doesn't keep it either.
    #[serde(skip)]
    pub language: Language,
    /// The same queue in other sources: its id to theirs. Never added.
    pub linked_queues: HashMap<QueueId, Vec<QueueId>>,
    /// Numbers and states of other systems, in the order of the configuration.
    #[serde(default)]
    pub custom_figures: Vec<CustomFigure>,
}

impl Default for SiteConfig {
    fn default() -> Self {
        Self {
            zone: TimeZone::UTC,
            sources: Vec::new(),
            source_names: HashMap::new(),
            paused_sources: HashMap::new(),
            targets: Patterns::default(),
            thresholds: Patterns::default(),
            hours: Patterns::default(),
            names: HashMap::new(),
            hidden_queues: Vec::new(),
            hidden_agents: Vec::new(),
            agent_names: NameVisibility::default(),
            smallest_team: Self::any_team(),
            card_key: [0; 16],
            groups: Vec::new(),
            people: Vec::new(),
            brand: Brand::default(),
            language: Language::default(),
            linked_queues: HashMap::new(),
            custom_figures: Vec::new(),
        }
    }
}

impl SiteConfig {
    /// The smallest team, unless it's configured.
    fn any_team() -> u32 {
        1
    }

    /// Returns a queue's configured opening hours. Those of a group are of patterns `group/…` alone: without, it's
    /// open while one of its queues is.
    pub fn hours_for(&self, queue: &str, is_group: bool) -> Option<&OpeningHours> {
        let mut patterns = self.hours.0.iter().map(|(pattern, _)| pattern);
        let is_of_groups = |pattern: &Pattern| pattern.0.starts_with("group/");
        let applies =
            !is_group || patterns.any(|pattern| is_of_groups(pattern) && pattern.matches(queue));
        self.hours.get(queue).filter(|_| applies)
    }

    /// Returns whether everything but the looks is the same.
    pub fn has_same_figures(&self, other: &Self) -> bool {
        let mine = Self {
            brand: other.brand.clone(),
            language: other.language,
            card_key: other.card_key,
            ..self.clone()
        };
        mine == *other
    }

    /// Returns whether both have the same privacy settings, brand and language.
    pub fn has_privacy_of(&self, other: &Self) -> bool {
        self.card_key == other.card_key
            && self.agent_names == other.agent_names
            && self.smallest_team == other.smallest_team
            && self.hidden_queues == other.hidden_queues
            && self.hidden_agents == other.hidden_agents
            && self.brand == other.brand
            && self.language == other.language
    }

    /// Adopts the privacy settings, brand and language of another configuration.
    pub fn adopt_privacy(&mut self, other: &Self) {
        self.card_key = other.card_key;
        self.agent_names = other.agent_names;
        self.smallest_team = other.smallest_team;
        self.hidden_queues.clone_from(&other.hidden_queues);
        self.hidden_agents.clone_from(&other.hidden_agents);
        self.brand.clone_from(&other.brand);
        self.language = other.language;
    }

    /// Returns what the configuration gives a queue by name: by its own id, or by one that it is
    /// linked under.
    pub fn find_named<'s, T>(&self, values: &'s Patterns<T>, queue: &QueueId) -> Option<&'s T> {
        if values.0.is_empty() {
            return None;
        }
        let linked = self.linked_queues.iter();
        let linked = linked.filter(|(_, theirs)| theirs.contains(queue));
        let mut linked: Vec<String> = linked.map(|(left, _)| left.to_string()).collect();
        linked.sort();
        let mut ids = std::iter::once(queue.to_string()).chain(linked);
        ids.find_map(|id| values.get_named(&id))
    }

    pub fn target_for(&self, queue: &str) -> QueueTarget {
        self.targets.get(queue).copied().unwrap_or_default()
    }

    /// Closes queues on the days of their calendars. Those of a calendar that `days_of` doesn't know are open.
    pub fn close_on_holidays<'d>(&mut self, days_of: impl Fn(&str) -> Option<&'d BTreeSet<Date>>) {
        for (_, hours) in &mut self.hours.0 {
            let known = hours.holidays.calendars.iter();
            let known = known.filter_map(|name| days_of(name)).flatten();
            hours.holidays.days = known.copied().collect();
        }
    }

    /// Returns the limits of a queue's metric, for every board, page and API answer.
    pub fn limits_for(&self, queue: &str, metric: Metric) -> SeverityLimits {
        self.thresholds.limits_for(queue, metric)
    }

    /// Returns how long an agent may be in a status, in milliseconds; `None` if there is no limit.
    pub fn state_limit(&self, agent: &AgentId, status: AgentStatus) -> Option<i64> {
        self.thresholds.state_limit(&agent.to_string(), status)
    }

    /// Whether a queue is hidden from everyone.
    pub fn hides_queue(&self, id: &QueueId) -> bool {
        matches_any(&self.hidden_queues, id)
    }

    /// Whether an agent or a person is hidden from everyone.
    pub fn hides_agent(&self, id: &AgentId) -> bool {
        matches_any(&self.hidden_agents, id)
    }

    /// Returns the name from `[names]`.
    pub fn configured_name(&self, id: &Id) -> Option<&str> {
        if self.names.is_empty() {
            return None;
        }
        self.names.get(&id.to_string()).map(String::as_str)
    }

    /// Returns the name from `[names]`, else the `reported` one, else the id if the site chose it.
    /// An id that a vendor generated is not a name.
    pub fn resolve_person_name(
        &self,
        id: &AgentId,
        reported: Option<&str>,
        is_id_chosen: bool,
    ) -> PersonName {
        let configured = self.configured_name(id);
        let mut names = [configured, reported].into_iter().flatten();
        match names.find(|name| !name.trim().is_empty()) {
            Some(name) => PersonName::from_name(name),
            None if is_id_chosen => PersonName::from_id(&id.external),
            None => PersonName::unknown(),
        }
    }

    /// Formats a name as readers may see it. There is no sign-in, so `[privacy]` applies to
    /// everyone.
    pub fn format_name(&self, name: &PersonName) -> String {
        name.shorten_for(self.agent_names)
    }

    /// Returns a source's display name: as configured, or its id capitalized.
    pub fn source_name(&self, id: &SourceId) -> String {
        if let Some(name) = self.source_names.get(id) {
            return name.clone();
        }
        let mut letters = id.as_str().chars();
        let first = letters.next().into_iter().flat_map(char::to_uppercase);
        first.chain(letters).collect()
    }

    /// Returns who paused a source.
    pub fn paused_by(&self, id: &SourceId) -> Option<&str> {
        self.paused_sources.get(id).map(String::as_str)
    }

    pub fn find_figure(&self, id: &CustomFigureId) -> Option<&CustomFigure> {
        self.custom_figures.iter().find(|figure| figure.id == *id)
    }

    pub fn find_source(&self, id: &SourceId) -> Option<&SourceSetup> {
        self.sources.iter().find(|setup| setup.id == *id)
    }
}

/// One configured source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SourceSetup {
    pub id: SourceId,
    pub vendor: SourceKind,
    /// Simulated: pages show a note.
    pub demo: bool,
    /// Vendor ids of solutions or case types to the group where each always leads.
    pub entry_queues: HashMap<String, String>,
    /// Vendor ids of solutions that never queue (forms).
    pub unqueued_solutions: Vec<String>,
    /// The subjects with vendor values and their metrics, as configured.
    pub provides: Vec<ProvidedMetrics>,
}

impl SourceSetup {
    /// A source of that kind with defaults.
    pub fn new(id: impl Into<SourceId>, kind: SourceKind) -> Self {
        Self {
            id: id.into(),
            vendor: kind,
            demo: false,
            entry_queues: HashMap::new(),
            unqueued_solutions: Vec::new(),
            provides: Vec::new(),
        }
    }
}

/// Properties that all sources of one vendor share. Each vendor's folder defines its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "what a kind does is independent of what else it does"
)]
pub struct SourceKind {
    /// `kind` in the configuration.
    #[serde(deserialize_with = "super::static_text::deserialize")]
    pub name: StaticText,
    /// The vendor's product, for pages.
    #[serde(deserialize_with = "super::static_text::deserialize")]
    pub vendor: StaticText,
    /// Whether it reports individual contacts, so that we count their day.
    pub reports_contacts: bool,
    /// Whether it signs in once, not with each request: pages show since when.
    pub has_session: bool,
    /// Whether its messages carry times of its own clock: pages show its offset.
    pub has_clock: bool,
    /// Whether the system sends its values to our API, for queues and agents that it names itself. In any
    /// order: an older value doesn't replace a newer one.
    #[serde(default)]
    pub is_pushed: bool,
}

/// The configuration of one kind of source that works once its values are filled in.
#[derive(Clone, Copy, Debug)]
pub struct SourceStarter {
    pub feed: SourceFeed,
    /// The vendor's system: "Genesys Engage".
    pub system: &'static str,
    pub lines: &'static str,
}

/// The data of a kind of source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceFeed {
    Chats,
    Calls,
    ChatHistory,
    CallHistory,
    /// Values of a system that sends them.
    Values,
    /// Forecasts of workforce management.
    Plan,
    /// Nothing real.
    Demo,
}

#[cfg(any(test, feature = "testing"))]
impl SourceKind {
    /// A vendor that reports contacts.
    pub const OF_CONTACTS: Self = Self {
        name: "chat",
        vendor: "Chat vendor",
        reports_contacts: true,
        has_session: true,
        has_clock: true,
        is_pushed: false,
    };
    /// A vendor that computes statistics.
    pub const OF_STATISTICS: Self = Self {
        name: "voice",
        vendor: "Voice vendor",
        reports_contacts: false,
        ..Self::OF_CONTACTS
    };
    /// A system that sends its values to the API.
    pub const OF_VALUES: Self = Self {
        name: "values",
        vendor: "API",
        has_clock: false,
        is_pushed: true,
        ..Self::OF_STATISTICS
    };
}

/// The vendor values of one queue or agent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProvidedMetrics {
    pub subject: MetricSubject,
    pub metrics: Vec<Metric>,
    /// The vendor's names for them; not every metric needs one.
    pub statistics: Vec<(Metric, Arc<str>)>,
    /// Whether it includes an agent's status.
    pub includes_status: bool,
}

/// One of `[groups]`. Its id is `group/<key>`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct QueueGroup {
    pub id: QueueId,
    pub name: String,
    pub queues: Vec<QueueId>,
}

/// One of `[people]`. Its id is `person/<key>`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LinkedPerson {
    pub id: AgentId,
    pub name: String,
    pub agents: Vec<AgentId>,
}
