//! A text that nobody shall see.

use std::fmt;

/// Shows nothing of itself.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct RedactedText(pub String);

impl fmt::Debug for RedactedText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hidden")
    }
}
