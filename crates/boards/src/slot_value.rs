//! The value of one slot, as a viewer applies it.

use std::borrow::Cow;

use jiff::Timestamp;

#[derive(Clone, Debug, PartialEq)]
pub enum SlotValue {
    Text(String),
    /// A running clock by its start (milliseconds since 1970 by our wall clock; its text is then
    /// empty), or a stopped one by its text.
    Clock {
        since: Option<i64>,
        text: String,
    },
    /// Attributes of an element: severity, a row's position.
    Attributes(Vec<(&'static str, AttributeValue)>),
}

#[derive(Clone, Debug, PartialEq)]
pub enum AttributeValue {
    Text(Cow<'static, str>),
    Number(i64),
}

impl SlotValue {
    /// A clock of the page that runs by itself.
    pub(super) fn running_clock(since: Timestamp) -> Self {
        Self::Clock {
            since: Some(since.as_millisecond()),
            text: String::new(),
        }
    }

    pub(super) fn stopped_clock(text: impl Into<String>) -> Self {
        Self::Clock {
            since: None,
            text: text.into(),
        }
    }

    /// The text; empty for a clock that runs, and for attributes.
    pub fn as_text(&self) -> &str {
        match self {
            Self::Text(text) | Self::Clock { text, .. } => text,
            Self::Attributes(_) => "",
        }
    }

    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// The attribute with this name.
    #[cfg(test)]
    pub(super) fn attribute(&self, name: &str) -> Option<&AttributeValue> {
        let Self::Attributes(attributes) = self else {
            panic!("{self:?} has no attributes");
        };
        let found = attributes.iter().find(|one| one.0 == name);
        found.map(|one| &one.1)
    }
}

impl From<&'static str> for AttributeValue {
    fn from(text: &'static str) -> Self {
        Self::Text(text.into())
    }
}

/// The value of an attribute that is either there or not.
pub(super) fn flag(is_set: bool) -> AttributeValue {
    AttributeValue::from(if is_set { "yes" } else { "" })
}
