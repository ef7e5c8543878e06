//! Boards over simulated contact centers, through crashes and reports in any order.

mod crash_property;
mod partial_boards;
mod vendor_property;
mod watched_board;
