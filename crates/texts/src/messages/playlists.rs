//! Messages of the page that edits a playlist.

use crate::message_room::messages;

messages! {
    Playlists
    plain {
        show_playlist playlist_saved turns_heading example_floor seconds_field hours_field
        hours_always only_critical add_board zone_word jump_heading jump_field jump_waits jump_about
        playlist_week update_week delete_playlist item_removed item_has_agents
    }
    with_values {
        playlist_on(screen) playlist_hours_hint(zone) jump_for(time)
        item_place(title, number, count) turn_of(title, seconds) turn_while_critical(title, seconds)
    }
}
