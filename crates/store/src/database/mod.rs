//! The database file: its schema, the thread that writes, readers, and copies.

pub(super) mod background;
pub(super) mod background_thread;
pub(super) mod backup;
pub(super) mod file_lock;
pub(super) mod migrations;
pub(super) mod readers;
pub(super) mod statements;
pub(super) mod view;
pub(super) mod worker;
