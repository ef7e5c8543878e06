//! Board definitions: the plain values of a board file, and the two automatic boards.

use std::collections::HashMap;

use strum::{EnumIter, EnumString, IntoStaticStr, VariantNames};

use wallboard_domain::{
    BoardDensity, BoardTheme, CustomFigureId, Language, Metric, Pattern, UpdateRate,
};

use super::{shown_figure::ShownFigure, widget::Widget};

/// A board as its author defined it.
#[derive(Clone, Debug, PartialEq)]
pub struct BoardDefinition {
    /// The id in URLs: `/boards/{id}`.
    pub id: String,
    pub title: String,
    pub layout: BoardLayout,
    pub theme: BoardTheme,
    pub density: BoardDensity,
    /// Columns of tiles; `None` lets the screen decide.
    pub columns: Option<u8>,
    /// Selected queues, or with the agents layout, whose agents. Empty: all.
    pub queues: Vec<Pattern>,
    /// Selected agents. Empty: all.
    pub agents: Vec<Pattern>,
    /// A queue's figures, most important first: the first metric is drawn large, the last are dropped
    /// first when space runs out.
    pub show: Vec<ShownFigure>,
    /// Metrics over all selected queues, as separate numbers.
    pub totals: Vec<Metric>,
    /// Tiles that are no queue; only of that layout.
    pub widgets: Vec<Widget>,
    /// The queues or agents that come first, by pattern; the rest follows by name.
    pub order: Vec<Pattern>,
    /// Queues and agents to leave out here.
    pub hide: Vec<Pattern>,
    /// Display names by id, on this board only.
    pub names: HashMap<String, String>,
    /// Screens may choose another.
    pub update_rate: Option<UpdateRate>,
    /// Instead of the site's.
    pub language: Option<Language>,
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

/// The origin of a board.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case", const_into_str)]
pub enum BoardOrigin {
    #[default]
    File,
    /// Built in.
    Automatic,
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
            density: BoardDensity::default(),
            columns: None,
            queues: Vec::new(),
            agents: Vec::new(),
            show: DEFAULT_METRICS.map(ShownFigure::Metric).into(),
            totals: Vec::new(),
            widgets: Vec::new(),
            order: Vec::new(),
            hide: Vec::new(),
            names: HashMap::new(),
            update_rate: None,
            language: None,
            origin: BoardOrigin::File,
        }
    }

    /// The metrics that it shows of each queue.
    pub fn metrics(&self) -> impl Iterator<Item = Metric> {
        self.show.iter().filter_map(ShownFigure::metric)
    }

    /// The custom figures that it shows of each queue, with their places among all that it shows.
    pub(super) fn custom_figures(&self) -> impl Iterator<Item = (usize, &CustomFigureId)> {
        let places = self.show.iter().enumerate();
        places.filter_map(|(place, figure)| Some((place, figure.custom()?)))
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
}
