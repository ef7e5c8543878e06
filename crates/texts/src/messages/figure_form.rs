//! Messages of the form of a custom figure.

use crate::message_room::messages;

messages! {
    FigureForm
    plain {
        figure_label figure_label_hint figure_kind figure_kind_hint figure_kind_number
        figure_kind_percent figure_kind_duration figure_kind_state figure_source figure_source_hint figure_no_source
        figure_unit figure_unit_hint figure_decimals figure_decimals_hint figure_states
        figure_states_hint figure_state_word figure_state_severity figure_state_normal
        figure_state_new figure_state_add figure_state_word_missing figure_limit_hint figure_clear_hint figure_per
        figure_per_hint figure_per_site figure_per_queue figure_merge figure_merge_hint
        figure_merge_last figure_merge_sum figure_merge_max figure_valid_for figure_valid_for_hint
        figure_id_hint figure_values_heading figure_last_value
    }
    with_values {
        figure_state_repeated(word) figure_age(time, age) figure_out_of_date(time, age)
        figure_of_queues(count) figure_further_queues(count) figure_sent(source, figure)
        figure_polled(source, place) figure_not_polled(source)
    }
}
