//! What a board shows and how: the plain values of a board file, and the two
//! boards that are there without one.

use std::collections::HashMap;

use crate::domain::{Metric, Pattern, Patterns, Target};

/// A board as its author wants it.
#[derive(Clone, Debug, PartialEq)]
pub struct Board {
    /// In addresses: `/boards/{id}`.
    pub id: String,
    pub title: String,
    pub layout: Layout,
    pub theme: Theme,
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
    pub thresholds: Patterns<HashMap<Metric, Limits>>,
    pub origin: Origin,
}

/// How a board is laid out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Layout {
    /// A tile per queue.
    #[default]
    Queues,
    /// A card per agent, by state.
    Agents,
    /// A row per queue, "All queues" first.
    List,
}

impl Layout {
    pub const ALL: [Layout; 3] = [Self::Queues, Self::Agents, Self::List];

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
pub enum Theme {
    #[default]
    Dark,
    Light,
}

impl Theme {
    pub const ALL: [Theme; 2] = [Self::Dark, Self::Light];

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
pub enum Origin {
    #[default]
    File,
    /// Always there.
    Automatic,
}

impl Origin {
    pub const ALL: [Origin; 2] = [Self::File, Self::Automatic];

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
pub struct Limits {
    /// At or above it.
    pub warn: Option<f64>,
    pub crit: Option<f64>,
    /// Below it.
    pub warn_below: Option<Level>,
    pub crit_below: Option<Level>,
}

/// A lower limit: a number, or so far from the queue's target.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Level {
    Value(f64),
    /// `FromTarget(-10.0)` is ten below it.
    FromTarget(f64),
}

impl Level {
    pub fn value(self, target: &Target) -> f64 {
        match self {
            Self::Value(value) => value,
            Self::FromTarget(by) => target.service_level + by,
        }
    }
}

/// What a queue shows where the board does not say.
pub(super) const DEFAULT_SHOW: [Metric; 5] = [
    Metric::Waiting,
    Metric::LongestWait,
    Metric::AgentsAvailable,
    Metric::ServiceLevel,
    Metric::Abandoned,
];

impl Board {
    /// An empty board of that layout over everything.
    pub fn new(id: &str, title: &str, layout: Layout) -> Self {
        Self {
            id: id.to_owned(),
            title: title.to_owned(),
            layout,
            theme: Theme::default(),
            columns: None,
            queues: Vec::new(),
            agents: Vec::new(),
            show: DEFAULT_SHOW.to_vec(),
            totals: Vec::new(),
            order: Vec::new(),
            hide: Vec::new(),
            names: HashMap::new(),
            thresholds: Patterns::default(),
            origin: Origin::File,
        }
    }

    /// The boards that need no file.
    pub fn automatic() -> [Board; 2] {
        let automatic = |board| Board {
            origin: Origin::Automatic,
            ..board
        };
        [
            automatic(Board::new("queues", "Queues", Layout::Queues)),
            automatic(Board::new("agents", "Agents", Layout::Agents)),
        ]
    }

    /// The limits of a queue's figure: the board's, or calm ones.
    pub fn limits(&self, queue: &str, metric: Metric) -> Limits {
        self.thresholds
            .matching(queue)
            .find_map(|limits| limits.get(&metric))
            .copied()
            .unwrap_or_else(|| default_limits(metric))
    }
}

/// A long wait can be acted on at once. A service level is of the whole day, so
/// that a bad morning must not fill the wall until midnight: it only warns, and
/// only well below its target.
fn default_limits(metric: Metric) -> Limits {
    match metric {
        Metric::LongestWait => Limits {
            warn: Some(60.0),
            crit: Some(120.0),
            ..Limits::default()
        },
        Metric::ServiceLevel => Limits {
            warn_below: Some(Level::FromTarget(-10.0)),
            ..Limits::default()
        },
        _ => Limits::default(),
    }
}
