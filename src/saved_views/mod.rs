//! Views of the history that people name to find them again: addresses, kept as records. What an
//! address shows is up to the rights of who opens it.

mod saved_view;
#[expect(
    clippy::module_inception,
    reason = "the handle has the name of what it holds"
)]
mod saved_views;
#[cfg(test)]
mod tests;
mod view_choice;

pub use saved_view::SavedView;
pub use saved_views::{SavedViewError, SavedViews, VIEWS_MAX};
pub use view_choice::{NAME_LENGTH_MAX, ViewChoice, ViewFault};
