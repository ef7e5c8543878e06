//! Messages of the page of all boards.

use crate::message_room::messages;

messages! {
    Gallery
    plain {
        boards_heading board_deleted needs_attention_now nobody_available one_available also_in
        also_queues all_clear_mark out_of_date_mark no_data_mark only_queue_old may_need_attention
        may_need_attention_too others_are_calm no_current_queue only_queue_within only_queue_closed right_now
        receives_no_updates only_history queues_appear no_source_reached connecting_center new_board
        no_queues_yet no_agents_yet shown_on no_board_seen open_board show_on_tv edit_board
        tv_signed_in tv_open only_this_computer
        address_code scan_code name_or_place next_steps demo_about demo_connect
    }
    with_values {
        need_longest(queue, count, time) need_waiting(queue, count) need_no_one(queue)
        need_someone(queue, time) need_other(queue) one_of_available(total)
        some_of_available(count, total) some_available(count) one_queue_old(total)
        all_queues_old(count) some_queues_old(count, total) all_queues_within(count)
        some_queues_within(count, total) all_queues_closed(count)
        one_of_queues_closed(count, total) some_of_queues_closed(count, total, closed) queues_counted(count) agents_counted(count)
        agents_at_least(count) more_counted(count) open_named(name) show_named_on_tv(name)
        edit_named(name) tv_heading(name) tv_pair(address) address_of(name)
        open_reachable_address(listen, section, url) sign_in_needs_tls(tls) new_queues_unplaced(count, time)
        queues_unplaced(count)
    }
}
