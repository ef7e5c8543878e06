//! Messages of the first administrator, of the page before any data source, and of the steps that set up an installation.

use crate::message_room::messages;

messages! {
    SetUp
    plain {
        first_administrator first_administrator_about setup_code your_name create_administrator
        setup_code_wrong connect_source boards_link add_source_to_file check_it check_it_about
        load_it set_up_heading step_done_mark hide_steps change_step step_administrator step_site
        set_name_and_zone step_queues look_at_queues step_board step_board_file make_board
        step_screen pair_tv boards_and_queues starter_demo step_access step_access_alone step_access_login
        step_access_open show_without_sign_in require_sign_in
        access_to_open access_to_login add_people look_with_demo_data
        demo_data_runs remove_demo_data replaces_demo_data
    }
    with_values {
        nothing_connected(boards, demo) add_source_to_file_about(command, file, example)
        starter_chat(system) starter_voice(system) starter_chat_history(system)
        starter_call_history(system) starter_values(system) starter_plan(system) load_it_about(reload, serve)
        steps_done(done, total) fix_source(name) queues_report(count)
        queues_undecided(total, found) screens_counted(count)
    }
}
