//! What a board shows and how: the plain values of a board file, and the two
//! boards that are there without one.

use std::collections::HashMap;

use crate::domain::{Metric, Pattern, Patterns, QueueTarget};

/// A board as its author wants it.
#[derive(Clone, Debug, PartialEq)]
pub struct BoardDefinition {
    /// In addresses: `/boards/{id}`.
    pub id: String,
    pub title: String,
    pub layout: BoardLayout,
    pub theme: BoardTheme,
    /// Columns of tiles; `None` lets the screen decide.
    pub columns: Option<u8>,
    /// Which queues; with agents, whose agents. Empty: all.
    pub queues: Vec<Pattern>,
    /// Which agents. Empty: all.
    pub agents: Vec<Pattern>,
    /// Figures of a queue, the most important first: that one is drawn large,
    /// and the last are dropped first when space runs out.
    pub show: Vec<Metric>,
    /// Figures over all chosen queues, as numbers of their own.
    pub totals: Vec<Metric>,
    /// What comes first, by pattern; the rest follows by name.
    pub order: Vec<Pattern>,
    /// Queues and agents left out here.
    pub hide: Vec<Pattern>,
    /// Shown names by id, here only.
    pub names: HashMap<String, String>,
    /// By queue; for each metric the most specific pattern that has it wins.
    pub thresholds: Patterns<HashMap<Metric, SeverityLimits>>,
    pub origin: BoardOrigin,
}

/// How a board is laid out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BoardLayout {
    /// A tile per queue.
    #[default]
    Queues,
    /// A card per agent, by state.
    Agents,
    /// A row per queue, "All queues" first.
    List,
}

impl BoardLayout {
    pub const ALL: [BoardLayout; 3] = [Self::Queues, Self::Agents, Self::List];

    /// The name in files and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Queues => "queues",
            Self::Agents => "agents",
            Self::List => "list",
        }
    }
}

/// Dark for most screens, light for bright rooms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BoardTheme {
    #[default]
    Dark,
    Light,
}

impl BoardTheme {
    pub const ALL: [BoardTheme; 2] = [Self::Dark, Self::Light];

    /// The name in files and pages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Dark => "dark",
            Self::Light => "light",
        }
    }
}

/// Where a board comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BoardOrigin {
    #[default]
    File,
    /// Always there.
    Automatic,
}

impl BoardOrigin {
    pub const ALL: [BoardOrigin; 2] = [Self::File, Self::Automatic];

    /// The name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Automatic => "automatic",
        }
    }
}

/// From where on a figure is a warning, and critical. All in the metric's unit.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SeverityLimits {
    /// At or above it.
    pub warning: Option<f64>,
    pub critical: Option<f64>,
    /// Below it.
    pub warning_below: Option<LimitValue>,
    pub critical_below: Option<LimitValue>,
}

/// A lower limit: a number, or so far from the queue's target.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum LimitValue {
    Value(f64),
    /// `FromTarget(-10.0)` is ten below it.
    FromTarget(f64),
}

impl LimitValue {
    pub fn resolve_for(self, target: &QueueTarget) -> f64 {
        match self {
            Self::Value(value) => value,
            Self::FromTarget(by) => target.service_level_percent + by,
        }
    }
}

/// What a queue shows where the board does not say.
pub(super) const DEFAULT_METRICS: [Metric; 5] = [
    Metric::Waiting,
    Metric::LongestWait,
    Metric::AgentsAvailable,
    Metric::ServiceLevel,
    Metric::Abandoned,
];

impl BoardDefinition {
    /// An empty board of that layout over everything.
    pub fn new(id: &str, title: &str, layout: BoardLayout) -> Self {
        Self {
            id: id.to_owned(),
            title: title.to_owned(),
            layout,
            theme: BoardTheme::default(),
            columns: None,
            queues: Vec::new(),
            agents: Vec::new(),
            show: DEFAULT_METRICS.to_vec(),
            totals: Vec::new(),
            order: Vec::new(),
            hide: Vec::new(),
            names: HashMap::new(),
            thresholds: Patterns::default(),
            origin: BoardOrigin::File,
        }
    }

    /// The boards that need no file.
    pub fn automatic_boards() -> [BoardDefinition; 2] {
        let automatic = |board| BoardDefinition {
            origin: BoardOrigin::Automatic,
            ..board
        };
        [
            automatic(BoardDefinition::new(
                "queues",
                "Queues",
                BoardLayout::Queues,
            )),
            automatic(BoardDefinition::new(
                "agents",
                "Agents",
                BoardLayout::Agents,
            )),
        ]
    }

    /// The limits of a queue's figure: the board's, or calm ones.
    pub fn limits_for(&self, queue: &str, metric: Metric) -> SeverityLimits {
        self.thresholds
            .matching_values(queue)
            .find_map(|limits| limits.get(&metric))
            .copied()
            .unwrap_or_else(|| default_limits(metric))
    }
}

/// A long wait can be acted on at once. A service level is of the whole day, so
/// that a bad morning must not fill the wall until midnight: it only warns, and
/// only well below its target.
fn default_limits(metric: Metric) -> SeverityLimits {
    match metric {
        Metric::LongestWait => SeverityLimits {
            warning: Some(60.0),
            critical: Some(120.0),
            ..SeverityLimits::default()
        },
        Metric::ServiceLevel => SeverityLimits {
            warning_below: Some(LimitValue::FromTarget(-10.0)),
            ..SeverityLimits::default()
        },
        _ => SeverityLimits::default(),
    }
}
