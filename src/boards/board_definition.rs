//! Board definitions: the plain values of a board file, and the two automatic boards.

use std::collections::HashMap;

use strum::{EnumIter, EnumString, IntoStaticStr, VariantNames};

use crate::domain::{Metric, Pattern, Patterns, QueueTarget};

/// A board as its author defined it.
#[derive(Clone, Debug, PartialEq)]
pub struct BoardDefinition {
    /// The id in URLs: `/boards/{id}`.
    pub id: String,
    pub title: String,
    pub layout: BoardLayout,
    pub theme: BoardTheme,
    /// Columns of tiles; `None` lets the screen decide.
    pub columns: Option<u8>,
    /// Selected queues, or with the agents layout, whose agents. Empty: all.
    pub queues: Vec<Pattern>,
    /// Selected agents. Empty: all.
    pub agents: Vec<Pattern>,
    /// A queue's metrics, most important first: the first is drawn large, the last are dropped
    /// first when space runs out.
    pub show: Vec<Metric>,
    /// Metrics over all selected queues, as separate numbers.
    pub totals: Vec<Metric>,
    /// What comes first, by pattern; the rest follows by name.
    pub order: Vec<Pattern>,
    /// Queues and agents to leave out here.
    pub hide: Vec<Pattern>,
    /// Display names by id, on this board only.
    pub names: HashMap<String, String>,
    /// By queue; for each metric the most specific pattern that sets it wins.
    pub thresholds: Patterns<HashMap<Metric, SeverityLimits>>,
    pub origin: BoardOrigin,
}

/// The layout of a board.
#[derive(EnumIter, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case", const_into_str)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum BoardLayout {
    /// A tile per queue.
    #[default]
    Queues,
    /// A card per agent, by status.
    Agents,
    /// A row per queue, "All queues" first.
    List,
}

/// Dark for most screens, light for bright rooms.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, EnumString, IntoStaticStr, VariantNames,
)]
#[strum(serialize_all = "snake_case", const_into_str)]
pub enum BoardTheme {
    #[default]
    Dark,
    Light,
}

/// The origin of a board.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case", const_into_str)]
pub enum BoardOrigin {
    #[default]
    File,
    /// Built in.
    Automatic,
}

/// The limits where a value becomes a warning or critical, in the metric's unit.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SeverityLimits {
    /// At or above the limit.
    pub warning: Option<f64>,
    pub critical: Option<f64>,
    /// Below the limit.
    pub warning_below: Option<LimitValue>,
    pub critical_below: Option<LimitValue>,
}

/// A lower limit: a number, or a distance from the queue's target.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum LimitValue {
    Value(f64),
    /// `FromTarget(-10.0)` is ten percentage points below the target.
    FromTarget(f64),
}

impl LimitValue {
    pub fn resolve_for(self, target: &QueueTarget) -> f64 {
        match self {
            Self::Value(value) => value,
            Self::FromTarget(offset) => target.service_level_percent + offset,
        }
    }
}

/// Metrics of a queue where the board doesn't list any.
pub(super) const DEFAULT_METRICS: [Metric; 5] = [
    Metric::Waiting,
    Metric::LongestWait,
    Metric::AgentsAvailable,
    Metric::ServiceLevel,
    Metric::Abandoned,
];

impl BoardDefinition {
    /// Creates a board of that layout over everything.
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

    /// Returns the boards that need no file.
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

    /// Returns the limits of a queue's metric: the board's, or the defaults.
    pub fn limits_for(&self, queue: &str, metric: Metric) -> SeverityLimits {
        self.thresholds
            .matching_values(queue)
            .find_map(|limits| limits.get(&metric))
            .copied()
            .unwrap_or_else(|| default_limits(metric))
    }
}

/// A long wait can be acted on at once. A service level covers the whole day, and a bad morning
/// must not fill the wall until midnight: it only warns, and only well below its target.
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
