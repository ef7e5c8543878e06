//! Boards on screens: the board's page and socket, televisions and their pairing.

pub(super) mod board;
pub(super) mod frames;
pub(super) mod paired_screen;
pub(super) mod pairing;
pub(super) mod pictures;
mod playlist_choice;
mod playlist_fields;
pub(super) mod playlist_form;
mod playlist_week;
pub(super) mod qr_code;
pub(super) mod queue_code;
pub(super) mod screen_address;
pub(super) mod screen_fields;
pub(super) mod screen_list;
mod screen_refusal;
pub(super) mod screen_row;
pub(super) mod screens_state;
pub(super) mod sound;
pub(super) mod tv;
