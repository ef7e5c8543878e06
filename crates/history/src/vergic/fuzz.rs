//! Any bytes as a file of the export, below a line with its key.

use std::sync::Arc;

use crate::fuzz::{check_import, split_name};
use wallboard_domain::{ImportColumn, Pattern, Patterns};

use super::{
    column_mapping::ColumnMapping,
    file_import::{VergicReadOptions, read_file},
    layout::VergicFile,
};

pub fn read_export(data: &[u8]) {
    let Some((key, content)) = split_name(data) else {
        return;
    };
    let Some(file) = VergicFile::parse_key(key, "Metrics") else {
        return;
    };
    let columns = [
        (ImportColumn::Queue, "Group".to_owned()),
        (ImportColumn::Time, "Start".to_owned()),
        (ImportColumn::Offered, "Chats".to_owned()),
        (ImportColumn::Answered, "Answered".to_owned()),
        (ImportColumn::AverageSpeedOfAnswer, "Avg wait".to_owned()),
    ];
    let mapping = Patterns(vec![(
        Pattern("queues*".to_owned()),
        columns.into_iter().collect(),
    )]);
    let options = VergicReadOptions {
        file,
        mapping: Arc::new(ColumnMapping::new(&mapping)),
        stores_contacts: content.len().is_multiple_of(2),
    };
    check_import(content, |file, sender| read_file(file, &options, sender));
}
