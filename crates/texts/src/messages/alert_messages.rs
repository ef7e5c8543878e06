//! Messages that channels receive about alerts, in the site's language.

use crate::message_room::messages;

messages! {
    AlertMessages
    plain {
        since_line duration_line closed_by_line digest_over digest_info digest_warning digest_critical open_alerts
        open_alert channel_test_headline sent_at_line open_wallboard
    }
    with_values {
        queue_is_critical(name) queue_has_warning(name) queue_became_critical(name)
        alert_untaken(state) alert_is_over(name) alert_is_closed(name) alert_has_lapsed(name)
        alert_outside_hours(name) digest_headline(count)
    }
}
