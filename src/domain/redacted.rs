//! Text that must not appear in logs.

use std::fmt;

/// Debug output hides the text.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct RedactedText(pub String);

impl fmt::Debug for RedactedText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hidden")
    }
}
