//! Messages of the bar below a rewound page.

use crate::message_room::messages;

messages! {
    Rewind
    plain {
        rewound_mark previous_critical next_critical play_on go_to_time go copy_link link_copied
        back_to_live time_of_day
    }
    with_values {
        playing_mark(speed) play_at(speed) time_like(time) times_critical(count)
        source_outages(count) day_summary(times, outages) was_critical(name, times)
        was_disconnected(name, times) incident_at(name, time)
    }
}
