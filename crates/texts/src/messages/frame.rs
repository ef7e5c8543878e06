//! Messages around every page: the navigation, and what its script says.

use crate::message_room::messages;

messages! {
    Frame
    plain {
        skip_to_content main_navigation nav_boards nav_alerts alerts_open_mark nav_cases
        nav_history nav_more nav_shift nav_announce nav_sources nav_screens nav_settings nav_users
        sign_out pause_updates resume_updates page_gone copy copied fold_help last_mark
        unknown_since_update
    }
    with_values {
        paused_at(time) paused_no_data(time) lost_no_data(time) no_update_since(time)
        more_queues_changed(count)
        printed_at(day, time) printed_at_zone(day, time, zone) printed_page(number, count)
    }
}
