//! Messages of every form of settings: saved or not, where an entry comes from, and who changed it.

use crate::message_room::messages;

messages! {
    Editing
    plain {
        entry_saved entry_not_saved entry_faults remove_entry form_conflict their_version
        your_version removed_version
    }
    with_values {
        not_saved_because(error) changed_meanwhile(person, time) origin_file(file, line)
        origin_only_file(file, line) changed_by(person, time)
    }
}
