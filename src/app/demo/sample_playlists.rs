//! A playlist of the demo: the whole center, and the boards of its teams.

use jiff::SignedDuration;

use wallboard_boards::{Playlist, PlaylistItem};

pub(super) fn sample_playlists() -> Vec<Playlist> {
    let item = |board: &str, seconds| PlaylistItem {
        board: board.to_owned(),
        dwell: SignedDuration::from_secs(seconds),
        hours: None,
        only_critical: false,
    };
    vec![Playlist {
        name: "Floor".to_owned(),
        items: vec![
            item("customer-service", 30),
            item("support", 20),
            item("agents", 15),
        ],
        jump: Some(SignedDuration::from_secs(30)),
    }]
}
