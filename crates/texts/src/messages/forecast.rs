//! Messages of queues' forecasts.

use crate::message_room::messages;

messages! {
    Forecast
    plain {
        forecast_heading forecast_as_now forecast_one_less forecast_one_more forecast_two_more
        forecast_counted forecast_best_case forecast_not_computed_yet forecast_out_of_date forecast_closed
        forecast_several_queues forecast_hidden_queue forecast_unknown_sharing
        forecast_small_team forecast_no_history forecast_few_days
        forecast_few_contacts forecast_no_agents forecast_unknown_agents
        forecast_unknown_handle_time
        // On boards.
        outlook_level outlook_enough outlook_many_missing outlook_so_far outlook_so_far_inline
        outlook_not_kept outlook_not_computed_yet
        outlook_several_queues outlook_hidden_queue outlook_small_team outlook_no_history
        outlook_few_days outlook_few_contacts outlook_no_agents outlook_unknown_agents
        outlook_unknown_handle_time outlook_at_best outlook_best_enough outlook_best_many_missing
        // Beside plans.
        calibration_heading
    }
    with_values {
        forecast_contacts(range, until, middle) forecast_contacts_about(middle, until)
        forecast_enough(goal) forecast_missing(count, until, goal)
        forecast_many_missing(goal, until) forecast_note(time) forecast_calibration(share, count)
        forecast_usual(count) forecast_today(time, count, usual) forecast_handle_time(time) forecast_slots(count)
        forecast_erlang(required, count)
        forecast_level_calibration(count, share) forecast_shared(count, queues)
        forecast_shared_with(count, queue) forecast_best_case_without(queues)
        // On boards.
        outlook_level_until(until) outlook_wait_until(until) outlook_missing(count) outlook_planned(count)
        outlook_best_missing(count)
        // Beside plans.
        calibration_contacts(share, count) calibration_levels(share, count) calibration_few(count)
    }
}
