//! What is counted: cases and their lives, the books of today and yesterday, and
//! the estimate of who has gone.

mod cases;
mod count;
mod days;
mod life;
mod step;
mod surplus;
mod talks;

pub(super) use cases::{Cases, File, Touched};
pub(super) use days::Key;
pub(super) use step::{Step, insert};
pub(super) use surplus::Surplus;
pub(super) use talks::Hand;
