//! Messages of pages of what can't be shown or done.

use crate::message_room::messages;

messages! {
    Errors
    plain {
        page_missing page_missing_help page_read_only page_read_only_help board_missing
        subject_missing link_invalid link_invalid_help no_access no_access_help only_in_files
        only_in_files_help nothing_changed from_elsewhere_help field_invalid_help not_possible_now
        records_full_help records_away_help took_too_long took_too_long_help went_wrong went_wrong_help
        what_is_invalid you_can_go_to
        past_invalid_help nothing_to_rewind nothing_to_rewind_help nothing_from_then
        nothing_from_then_help too_many_rewind too_many_rewind_help too_many_moments
        too_many_moments_help
    }
    with_values {
        board_missing_help(name) queue_missing_help(name) agent_missing_help(name) figure_missing_help(name)
        card_missing_help(name) file_source_missing_help(name)
    }
}
