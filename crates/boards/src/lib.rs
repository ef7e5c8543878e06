//! Boards: definitions, selection, tiles, views and their slots. Renders the snapshot without I/O
//! or a clock.

mod address;
mod agent_cards;
mod agent_groups;
mod announcement_cells;
mod baseline;
mod board_definition;
pub mod board_file;
mod board_header;
mod board_preview;
mod board_queue;
mod board_registry;
mod board_render;
mod board_row;
mod board_slots;
mod board_text;
mod board_time;
mod board_title;
mod board_view;
mod board_watch;
mod custom_cells;
mod custom_text;
mod custom_widget;
mod day_note;
mod empty_block;
mod evaluation;
pub mod figure_text;
mod figure_widget;
mod forecast_widget;
pub mod format;
mod head_cells;
pub mod html;
mod picture_id;
mod plain_tile;
mod playlist;
pub mod push;
mod queue_list;
mod queue_outlook;
mod queue_table;
mod reason_text;
mod render_context;
mod rendered_figure;
mod replay_period;
mod row_limit;
mod selection;
mod severity;
mod shared_views;
mod shown_figure;
mod site_line;
mod slot_value;
mod slotted_view;
mod source_news;
mod sum_tile;
pub mod svg;
mod tile;
mod tile_grid;
mod tile_owners;
mod totals;
mod trend;
mod trend_paths;
mod widget;
mod widget_file;
mod widget_tiles;

pub use address::{card_token, encode_segment, figure_path, subject_path};
pub use agent_groups::{presence_label, status_label};
pub use announcement_cells::{describe_announcement, order_announcements};
pub use baseline::{find_day_ranges, find_normal_range};
pub use board_definition::{BoardDefinition, BoardLayout, BoardOrigin};
pub use board_preview::{BoardPreview, MissingFigure, MissingWidget, WidgetGap};
pub use board_registry::BoardRegistry;
pub use board_render::render_view;
pub use board_row::{
    AgentCells, BoardRow, FigureCells, FigureShape, PictureShape, QueueCells, RowCells, RowShape,
    TileCells,
};
pub use board_slots::{BoardPatch, BoardSlots};
pub use board_text::write_board;
pub use board_time::{BoardTime, PastBars};
pub use board_title::board_title;
pub use board_view::{BoardFrame, BoardGroup, BoardView, Kind, OmittedQueue, RowList};
pub use board_watch::BoardWatch;
pub use custom_text::write_custom_value;
pub use evaluation::{QueueEvaluation, SeverityReason, evaluate_queue, evaluate_severity};
pub use head_cells::{GroupCells, HeadCells, NewsCells, SiteCells};
pub use picture_id::PictureId;
pub use playlist::{CriticalTime, Playlist, PlaylistItem, PlaylistTurn, ShownBoard};
pub use queue_outlook::{ExpectedService, QueueOutlook, QueueOutlooks};
pub use queue_table::{ColumnHead, TableHead};
pub use reason_text::{write_queue_names, write_reason};
pub use replay_period::ReplayPeriod;
pub use severity::{severity_glyph, write_mark};
pub use shown_figure::ShownFigure;
pub use slot_value::{AttributeValue, SlotValue};
pub use tile_grid::tile_columns;
pub use tile_owners::{TileOwner, TileOwners};
pub use widget::{Widget, WidgetContent, WidgetSize};
pub use widget_file::{parse_time, parse_widget};

#[cfg(test)]
pub(crate) use selection::find_read_scope;

/// The most cards on a board; it counts further agents.
pub const MAX_CARDS: usize = row_limit::MAX_CARDS;

#[cfg(test)]
mod convergence_tests;
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod freshness_tests;
#[cfg(test)]
mod language_tests;
#[cfg(test)]
mod privacy_tests;
#[cfg(test)]
mod sample_pages;
#[cfg(test)]
mod severity_tests;
#[cfg(test)]
mod small_team_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod widget_tests;
#[cfg(test)]
#[path = "../../../tests/it/support"]
#[allow(
    clippy::unwrap_used,
    dead_code,
    unreachable_pub,
    reason = "belongs to the integration tests too"
)]
mod viewer {
    pub mod board_copy;
    pub mod page;
}
