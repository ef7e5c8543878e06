//! Every message, by room. Each language has all of them: see the tests.

mod account;
mod agent_data;
mod agent_page;
mod alert_messages;
mod alert_rule;
mod alerts;
mod announcements;
mod board_editor;
mod boards;
mod call_list;
mod case_list;
mod editing;
mod errors;
mod figure_form;
mod figures;
mod forecast;
mod found_queues;
mod frame;
mod gallery;
mod history;
mod history_figures;
mod history_files;
mod imports;
mod playlists;
mod queue_edit;
mod queue_page;
mod reports;
mod rewind;
mod screens;
mod server;
mod set_up;
mod settings;
mod shift;
mod sign_in;
mod sources;
mod table_editor;
mod users;

use super::message_room::RoomMessages;

/// The messages of each room.
pub(crate) const ROOMS: [RoomMessages; 37] = [
    boards::MESSAGES,
    figures::MESSAGES,
    frame::MESSAGES,
    gallery::MESSAGES,
    queue_page::MESSAGES,
    forecast::MESSAGES,
    rewind::MESSAGES,
    shift::MESSAGES,
    sign_in::MESSAGES,
    account::MESSAGES,
    announcements::MESSAGES,
    screens::MESSAGES,
    agent_page::MESSAGES,
    case_list::MESSAGES,
    alerts::MESSAGES,
    errors::MESSAGES,
    history::MESSAGES,
    history_figures::MESSAGES,
    call_list::MESSAGES,
    history_files::MESSAGES,
    sources::MESSAGES,
    imports::MESSAGES,
    server::MESSAGES,
    users::MESSAGES,
    set_up::MESSAGES,
    reports::MESSAGES,
    editing::MESSAGES,
    queue_edit::MESSAGES,
    board_editor::MESSAGES,
    found_queues::MESSAGES,
    playlists::MESSAGES,
    alert_rule::MESSAGES,
    settings::MESSAGES,
    table_editor::MESSAGES,
    agent_data::MESSAGES,
    alert_messages::MESSAGES,
    figure_form::MESSAGES,
];
