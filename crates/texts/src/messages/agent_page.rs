//! Messages of the page of one agent.

use crate::message_room::messages;

messages! {
    AgentPage
    plain {
        only_cases_reported updates_interrupted now_and_today more_metrics status_by_source
        data_source_column reason_column vendor_status by_channel closed_cases no_queues data_stored
        possible_duplicate statuses_today no_timeline to_column timeline_unknown day_timeline day_timeline_about not_signed_in_that_day day_unknown all_agents
        signed_in_time break_time occupancy agent_days_summary
    }
    with_values {
        time_ago(age) same_person(agent) timeline_sentence(from, to, sums)
    }
}
