//! Messages of the page of announcements.

use crate::message_room::messages;

messages! {
    Announcements
    plain {
        announcements_heading announcements_about announcement_shown announcement_ended
        announce_heading start_with start_outage start_outage_text start_waits start_waits_text
        start_drill start_drill_text announcement_text announcement_kind kind_info kind_important
        kind_emergency kind_whole_screen announcement_ends ends_in_half_hour ends_in_hour
        ends_in_two_hours ends_at_midnight ends_today_at end_time_field only_some_boards
        also_on_screens screens_of_place show_announcement on_boards_now when_column end_now earlier_announcements use_again
        announcement_invisible announcement_over announcement_too_late announcement_no_board
        announcement_later announcement_begins announcement_planned announcement_backward
        planned_announcements cancel_planned
    }
    with_values {
        announcement_length(count) announced_times(from, until) announcement_ended_by(person)
        announcement_too_long(count) announcements_too_many(count)
        screens_show_it(count, all)
    }
}
