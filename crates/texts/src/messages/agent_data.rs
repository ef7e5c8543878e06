//! Messages of the page of what is stored about an agent.

use crate::message_room::messages;

messages! {
    AgentData
    plain {
        stored_heading nothing_stored stored_place stored_about delete_it delete_it_about
        confirmation_wrong delete_stored delete_needs_administrator delete_on_server
        person_deleted person_deleted_heading person_deleted_about
    }
    with_values {
        stored_about_person(name) delete_log_until(date) type_to_confirm(text)
        dry_run_about(option) deleted_log_until(date) delete_elsewhere(hide, names, people)
    }
}
