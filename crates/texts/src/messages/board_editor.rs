//! Messages of the editor of boards, and of its script.

use crate::message_room::messages;

messages! {
    BoardEditor
    plain {
        begin_board begin_choice begin_all begin_some begin_some_about group_or_source begin_team
        begin_team_about queues_of_team continue_step title_team title_some versions_link
        redo board_saved board_not_yours copy_into_new board_text check_board
        board_invalid no_address address_reserved address_taken agents_not_yours title_and_layout
        title_field address_field layout_field layout_tiles layout_cards layout_rows theme_light
        read_from read_from_hint across_hall across_floor across_desk columns_field
        columns_automatic updates_at_once updates_each_second updates_each_five language_of_site
        add_item large_metric add_metric choose_metric unit_count unit_seconds unit_percent
        board_all_queues add_queue add_agent add_first add_hidden in_list_order metrics_of_queues
        totals_heading usual_totals agents_all agents_chosen_about order_by_name order_about
        board_names_about rename_queue show_as_text board_toml kind_queues kind_agents kind_group show_members
        not_reported_now preview_heading screen_hd screen_four_k screen_portrait screen_tablet
        screen_phone theme_of_screen diagonal_field preview_title no_preview preview_facts preview_measures
        screen_fits preview_failed preview_signed_out delete_board delete_shown
        custom_figures widgets_about widget_heading add_widget widget_metric widget_queue widget_text
        widget_until widget_zone
        kind_figure kind_clock kind_countdown kind_picture widget_incomplete widget_file widget_alt
        widget_position widget_size size_usual size_wide size_large picture_too_large picture_unreadable picture_pixels pictures_full
    }
    with_values {
        address_not_yours(patterns) begin_all_about(count) title_copy(title) open_board_named(name)
        board_saved_screens(connected, count)
        board_in_file(file, line) save_and_show(count) unknown_choice(list, entered) move_up(name)
        member_queues_of(group) show_members_of(group) said_members(group) move_down(name) remove_item(name) said_added(name) said_removed(name)
        said_moved(name, number, count) metric_in_unit(metric, unit) agents_chosen(count)
        order_chosen(count) left_out(count) board_names(count) all_of_source(source)
        pattern_count(count) preview_fits(rows) preview_takes(rows, pages)
        missing_everywhere(metric) missing_for(metric, queues) digits_measured(height, distance)
        names_measured(height, distance) screen_takes(pages)
        delete_board_named(name) widgets_heading(count) widget_figure_of(metric, name)
        widget_text_until(text, time) widget_time_in(zone) widget_countdown_of(name)
        widget_picture_of(alt) widget_forecast_of(name) missing_figure_of(name, metric) missing_queue_of(name)
        missing_hours_of(name) missing_report_of(name) missing_picture(alt)
        screen_sized(name, width, height) screen_unsized(name)
    }
}
