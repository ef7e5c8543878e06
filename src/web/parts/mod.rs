//! Parts of desk pages that several of them have.

pub(super) mod agent_table_row;
pub(super) mod alert_action;
pub(super) mod alert_scope;
pub(super) mod alert_silence;
pub(super) mod announcement;
pub(super) mod announcement_scope;
pub(super) mod attention;
pub(super) mod board_miniature;
pub(super) mod case_listing;
pub(super) mod case_table_row;
pub(super) mod clock;
pub(super) mod csv;
pub(super) mod data_origin;
pub(super) mod data_row;
pub(super) mod entry_table;
pub(super) mod links;
pub(super) mod metric_explanation;
pub(super) mod metric_tile;
pub(super) mod missing_subject;
pub(super) mod outage_banner;
pub(super) mod page_header;
pub(super) mod rest_of_queues;
pub(super) mod sentence;
pub(super) mod site_tiles;
pub(super) mod source_status_text;
pub(super) mod week_text;
