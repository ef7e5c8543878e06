//! Bars for people at a terminal. Where there is none, nothing is drawn.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar of pages of the database.
pub(super) fn byte_bar() -> ProgressBar {
    new_bar("{wide_bar} {percent} %, {eta} left")
}

/// A bar of what an import has done.
pub(super) fn import_bar(source: &str) -> ProgressBar {
    new_bar("{prefix}: {wide_bar} {msg}, {eta} left").with_prefix(source.to_owned())
}

fn new_bar(template: &str) -> ProgressBar {
    let style = ProgressStyle::with_template(template);
    // By default it draws on standard error, and only where that is a terminal.
    ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
