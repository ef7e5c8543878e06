//! Announcements: what people tell everyone who looks at a board, kept as records until long after
//! they end.

mod announcement_choice;
#[expect(
    clippy::module_inception,
    reason = "the handle has the name of what it holds"
)]
mod announcements;
mod kept_announcement;
#[cfg(test)]
mod tests;

pub use announcement_choice::{AnnouncementChoice, ChoiceFault, TEXT_LENGTH_MAX};
pub use announcements::{AnnouncementError, Announcements, SHOWN_MAX};
pub use kept_announcement::KeptAnnouncement;
