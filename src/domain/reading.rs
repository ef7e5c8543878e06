//! One value, as a source said it.

/// What a source has said of something: nothing yet, or this. Unknown is never 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Said<T> {
    #[default]
    Unknown,
    Known(T),
}

impl<T> Said<T> {
    pub fn known(self) -> Option<T> {
        match self {
            Self::Unknown => None,
            Self::Known(value) => Some(value),
        }
    }
}

impl<T> From<Option<T>> for Said<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Unknown, Self::Known)
    }
}

/// A metric's value in the product's own units.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    Count(u64),
    /// A duration in seconds.
    Seconds(f64),
    /// 0–100.
    Percent(f64),
}

impl Value {
    /// The bare number, as JSON shows it.
    pub fn number(self) -> f64 {
        match self {
            #[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
            Self::Count(n) => n as f64,
            Self::Seconds(x) | Self::Percent(x) => x,
        }
    }
}
