//! Widgets: what a board's definition says of tiles that are no queue.

use std::fmt::Write;

use jiff::{civil::DateTime, tz::TimeZone};
use strum::{EnumString, IntoStaticStr};

use wallboard_domain::{CustomFigureId, Metric, QueueId};

use super::{board_text::quote, picture_id::PictureId};

/// The most widgets on a board: a page of them.
pub(super) const WIDGETS_MAX: usize = 12;

/// A tile that is no queue.
#[derive(Clone, Debug, PartialEq)]
pub struct Widget {
    /// Its heading, in place of the usual one.
    pub name: Option<String>,
    /// Its place among all tiles, from 1; `None`: after those of the queues.
    pub position: Option<u8>,
    pub size: WidgetSize,
    pub content: WidgetContent,
}

/// How many tiles' room a widget has on a screen that doesn't scroll.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case", const_into_str)]
pub enum WidgetSize {
    #[default]
    Usual,
    /// Two tiles beside each other.
    Wide,
    /// Two by two tiles.
    Large,
}

impl WidgetSize {
    /// Parses its name in a board's file.
    pub fn from_name(name: &str) -> Option<Self> {
        name.parse().ok()
    }

    /// Its width and height in tiles.
    pub(super) fn span(self) -> (usize, usize) {
        match self {
            Self::Usual => (1, 1),
            Self::Wide => (2, 1),
            Self::Large => (2, 2),
        }
    }
}

/// The content of a widget.
#[derive(Clone, Debug, PartialEq)]
pub enum WidgetContent {
    /// One metric of a queue or a group, or of the whole site.
    Figure { metric: Metric, of: Option<QueueId> },
    /// A custom figure of a queue or a group, or of the site.
    Custom {
        figure: CustomFigureId,
        of: Option<QueueId>,
    },
    /// A text, until a time by the site's clock.
    Text {
        text: String,
        until: Option<DateTime>,
    },
    /// The time elsewhere.
    Clock { zone: TimeZone },
    /// How long until a queue or a group opens or closes.
    Countdown { of: QueueId },
    /// The forecast of a queue or a group.
    Forecast { of: QueueId },
    /// An uploaded picture, and the text for those who can't see it.
    Picture { id: PictureId, alt: String },
}

impl Widget {
    /// The queue or group that it is about.
    pub fn queue(&self) -> Option<&QueueId> {
        match &self.content {
            WidgetContent::Figure { of, .. } | WidgetContent::Custom { of, .. } => of.as_ref(),
            WidgetContent::Countdown { of } | WidgetContent::Forecast { of } => Some(of),
            WidgetContent::Text { .. }
            | WidgetContent::Clock { .. }
            | WidgetContent::Picture { .. } => None,
        }
    }

    /// Its metric, and of which queue or group it is; `None` is the whole site.
    pub(super) fn figure(&self) -> Option<(Metric, Option<&QueueId>)> {
        match &self.content {
            WidgetContent::Figure { metric, of } => Some((*metric, of.as_ref())),
            _ => None,
        }
    }

    /// The queue or group whose forecast it shows.
    pub(super) fn forecast(&self) -> Option<&QueueId> {
        match &self.content {
            WidgetContent::Forecast { of } => Some(of),
            _ => None,
        }
    }

    /// Its custom figure.
    pub(super) fn custom_figure(&self) -> Option<&CustomFigureId> {
        match &self.content {
            WidgetContent::Custom { figure, .. } => Some(figure),
            _ => None,
        }
    }

    /// The picture that it shows.
    pub fn picture(&self) -> Option<&PictureId> {
        match &self.content {
            WidgetContent::Picture { id, .. } => Some(id),
            _ => None,
        }
    }

    /// Whether it shows a figure of the whole site.
    pub fn is_of_site(&self) -> bool {
        matches!(
            self.content,
            WidgetContent::Figure { of: None, .. } | WidgetContent::Custom { of: None, .. }
        )
    }

    /// Writes it as in a board's file: `{ figure = "answered", of = "group/sales" }`.
    pub fn to_toml(&self) -> String {
        let mut pairs = String::new();
        let mut write_pair = |key: &str, value: &str| {
            let comma = if pairs.is_empty() { "" } else { "," };
            write!(pairs, "{comma} {key} = {value}").expect("writing to a string never fails");
        };
        let mut add = |key: &str, value: &str| write_pair(key, &quote(value));
        match &self.content {
            WidgetContent::Figure { metric, of } => {
                add("figure", metric.name());
                if let Some(of) = of {
                    add("of", &of.to_string());
                }
            }
            WidgetContent::Custom { figure, of } => {
                add("custom", figure.as_str());
                if let Some(of) = of {
                    add("of", &of.to_string());
                }
            }
            WidgetContent::Text { text, until } => {
                add("text", text);
                if let Some(until) = until {
                    add("until", &until.strftime("%Y-%m-%d %H:%M").to_string());
                }
            }
            WidgetContent::Clock { zone } => add("clock", zone.iana_name().unwrap_or("UTC")),
            WidgetContent::Countdown { of } => add("countdown", &of.to_string()),
            WidgetContent::Forecast { of } => add("forecast", &of.to_string()),
            WidgetContent::Picture { id, alt } => {
                add("picture", id.as_str());
                add("alt", alt);
            }
        }
        if let Some(name) = &self.name {
            add("name", name);
        }
        if self.size != WidgetSize::default() {
            write_pair("size", &quote(self.size.into_str()));
        }
        if let Some(position) = self.position {
            write_pair("position", &position.to_string());
        }
        format!("{{{pairs} }}")
    }
}
