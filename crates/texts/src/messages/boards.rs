//! Messages of boards, of moments and of what all rooms share.

use crate::message_room::messages;

messages! {
    Boards
    plain {
        // Units.
        hour_unit day_unit thousands_suffix millions_suffix
        // Figures and queues.
        estimated wait_unknown no_data_label now_word more_word service_level all_queues whole_site
        longest_wait_unit available_unit answered_today
        warning_mark critical_mark warning_note critical_note below_target level_below_target
        closed closed_sentence no_data partial_day all_members_out_of_date as_usual
        demo_data automatic_queues automatic_agents somebody_has_it
        // The header and its bands.
        nothing_needs_attention no_data_yet replay live out_of_date partly_out_of_date
        partly_disconnected partly_live not_live last_known_values
        // In place of rows.
        no_updates_here no_source_connected no_source_hint administrator_resumes connected_nothing
        no_one_signed_in no_agent_handled no_queues_match check_queue_list
        // Agents.
        state_available state_ringing state_talking state_hold state_wrap_up state_not_ready
        state_busy state_unknown state_caseless state_signed_out state_unconfirmed group_other
        counted_ringing_only counted_hold_only counted_busy_only counted_unknown_only
        counted_caseless_only too_long_mark
        // Regions of the page.
        queues_region agents_region queue_column last_hour_column refreshes basic_mode
        board_pages paused
        // The menu of a screen.
        menu screen_settings previous_page next_page pause resume previous_board next_board
        board_theme dark light margin_less margin_more margin full_screen reduce_motion
        oled_protection help rewind all_boards close back
        help_menu help_pages help_boards help_pause help_theme help_close help_text
        help_key_menu help_key_pause help_key_close
        // Texts of the page's script.
        script_locale script_reconnecting script_no_access script_removed
        script_normal
    }
    with_values {
        // Moments.
        weekday(number) weekday_short(number) month(number) month_short(number)
        weekday_day_and_time(weekday, day, month, time) weekday_and_time(weekday, time)
        day_and_time(day, month, time) whole_day(weekday, day, month) since_time(time)
        // Figures.
        level_within(time) level_within_inline(time) level_answers_in(time)
        level_answers_in_inline(time) level_in(time) level_in_inline(time)
        level_wide(time) level_wide_of_answered(time)
        target(percent) target_range(low, high) of_number(number) of_target(number) met_of_total(met, total)
        label_of_part(label, part) part_of_source(source) part_of_sources(first, second)
        part_of_queues(count, total)
        below_usual(range) above_usual(range) usually(range, time)
        and_names(first, second)
        // Queues.
        opens(time) closes(time) closed_opens(time) closed_opens_joined(time) opens_headline(time)
        closed_opens_sentence(time)
        no_activity_since(time) source_is_paused(source) no_data_since(time)
        reconnecting_to(source) lost_at(source, time) no_updates_from(source)
        waiting_for_new_data(source) excludes(names) excludes_queues(count)
        excludes_for(excludes, figures)
        was_at(figure, time) from_time(time) minutes_old(minutes, time)
        today_since(time) complete_since(time) gap(times) gap_and_more(times, more)
        gap_inline(times) gap_inline_and_more(times, more)
        more_queues(count) more_with_warning(count) more_out_of_date(count) more_critical(count)
        queue_count(count) has_it(person) has_it_for(person, time)
        trend_no_data(metric) trend_max(metric, peak) trend_max_with_gaps(metric, peak, gaps)
        trend_max_usual(metric, peak, usual) trend_max_usual_with_gaps(metric, peak, usual, gaps)
        at_time(time)
        // The header and its bands.
        replay_of(from, to) replay_of_days(from, to) not_live_since(time) count_out_of_date(count, total) problems_detail(problems)
        no_updates_since(time) source_paused_by(source, person) source_unreadable(source)
        source_silent(source, time) source_catching_up(source) source_connecting(source)
        source_unreachable(source) source_disconnected(source, time)
        announced_until(from, until) announced_by_until(person, from, until)
        announcement_turn(detail, number, count) playlist_turn(number, count)
        // In place of rows.
        if_this_stays(contact) since_see_sources(time) is_paused_by(source, person)
        connecting_since(time) connecting_since_one_ready(time, source)
        connecting_since_others_ready(time, sources) waiting_for_first(source)
        // Agents.
        counted_ringing(count) counted_hold(count) counted_busy(count) counted_unknown(count)
        counted_caseless(count) too_long(count) cases(count)
        more_agents(count) agents_without_cases(count) agents_unconfirmed(count)
        agents_not_reporting(count) agents_signed_out(count)
        // Regions of the page.
        all_boards_of(site)
        // Texts of the page's script.
        script_connection_lost(time)
        script_page(number, count)
        script_range(from, to, total)
    }
}
