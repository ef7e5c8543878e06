//! Messages of screens: their pairing, their list, and what one shows in place of a board.

use crate::message_room::messages;

messages! {
    Screens
    plain {
        pair_this_screen scan_or_open tv_only_here explain_on_phone
        explain_on_phone_help board_returns back_to_board without_pairing no_board no_cookies
        no_cookies_help choose_screen_board choose_screen_board_help too_many_wait no_pairing_now
        screen_board_has_agents screen_board_removed screen_boards_removed frames_need_script
        allow_sound address_wrong address_wrong_help too_many_addresses too_many_addresses_help
        pair_screen screen_name screen_place screen_place_optional example_kitchen
        example_second_floor example_lobby example_ground_floor screen_board display_settings
        codes_match everyone_sees_it type_code pairing_code next_step open_tv_address screen_theme
        same_as_board viewing_distance density_hall density_floor density_desk screen_updates
        every_second every_five_seconds screen_language names_of_agents names_as_elsewhere
        names_hidden playlists_heading at_night night_as_day night_dim night_black night_hours
        quiet_hours wrong_code too_many_codes too_many_waiting screen_gone screen_not_connected screens_heading
        screen_paired screen_changed screen_removed screen_identified screen_reloading screen_sounding new_link
        copy_link_now add_tv add_tv_open add_tv_https add_tv_browsers add_tv_code
        add_tv_scan add_tv_choose paired_screens screen_column state_column
        actions_column identify not_connected screen_details screen_browser page_version
        update_delay paired_term secret_address reload play_sound remove_screen remove_screen_help screens_help
        playlists_help new_playlist player_link player_link_help create_link playlist_has_none
        board_was_removed board_has_agents sound_blocked sound_blocked_help screen_live
        screen_connecting screen_hidden screen_hidden_help screen_basic screen_basic_help
        screen_unopened screen_asleep version_current version_renewing version_old only_screen_needs
        only_screen_live only_screen_waits both_screens_live
    }
    with_values {
        code_expires(time) compare_code(code) device_waits(device, address, age)
        board_with_names(board) night_hours_like(times) boards_counted(count)
        screen_name_invalid(count) identify_named(name) screen_details_named(name)
        paired_from(device, time) paired_from_by(device, time, person) reload_named(name) play_sound_named(name)
        save_named(name) remove_screen_named(name) board_in_turn(playlist, board, number, count)
        players_share_address(count) screen_asleep_help(age) all_screens_live(count)
        some_screens_live(count, total) one_screen_needs(total) some_screens_need(count, total)
    }
}
