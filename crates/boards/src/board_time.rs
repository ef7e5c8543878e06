//! Which time pages show, and the bar about a past.

use std::sync::Arc;

use wallboard_texts::Texts;

/// Which time pages show.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum BoardTime {
    #[default]
    Live,
    /// The present, but there is a log to rewind.
    Rewindable,
    Past(PastBars),
}

/// The HTML of the bar about a past, in each language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastBars(Arc<[(&'static str, String)]>);

impl PastBars {
    /// Renders the bar in each language.
    pub fn new(render: impl Fn(&'static Texts) -> String) -> Self {
        let bars = Texts::all().map(|texts| (texts.tag(), render(texts)));
        Self(bars.into())
    }
}

impl BoardTime {
    /// Returns the HTML of the bar about the past; `None` in the present.
    pub fn past_bar(&self, texts: &Texts) -> Option<&str> {
        let Self::Past(PastBars(bars)) = self else {
            return None;
        };
        let bar = bars.iter().find(|(tag, _)| *tag == texts.tag());
        Some(bar.map_or("", |(_, bar)| bar))
    }
}
