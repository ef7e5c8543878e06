//! Progress bars for terminals. Without a terminal, nothing is drawn.

use indicatif::{ProgressBar, ProgressStyle};

/// Returns a bar of database pages.
pub(super) fn byte_bar() -> ProgressBar {
    new_bar("{wide_bar} {percent} %, {eta} left")
}

/// Returns a bar of an import's progress.
pub(super) fn import_bar(source: &str) -> ProgressBar {
    new_bar("{prefix}: {wide_bar} {msg}, {eta} left").with_prefix(source.to_owned())
}

fn new_bar(template: &str) -> ProgressBar {
    let style = ProgressStyle::with_template(template);
    // By default it draws on standard error, and only if that is a terminal.
    ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
