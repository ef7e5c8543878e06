//! Any bytes as a file of the export: its name, and its content below a line with the name.

use jiff::tz::TimeZone;

use crate::fuzz::{check_import, split_name};

use super::{
    export_key::ExportKey,
    file_import::{SangomaReadOptions, read_file},
    row_mapper::ContactPolicy,
};

const TENANT: u64 = 1234;

pub fn read_name(data: &[u8]) {
    let Ok(key) = str::from_utf8(data) else {
        return;
    };
    match ExportKey::parse(key, TENANT) {
        ExportKey::Export(export) => {
            // Names are found in any spelling.
            let letters = |text: &str| {
                text.to_lowercase()
                    .replace(|c: char| !c.is_alphanumeric(), "")
            };
            assert!(key.to_lowercase().ends_with(".csv"), "{key}");
            assert!(
                letters(key).contains(&letters(export.container.name)),
                "{key}"
            );
        }
        ExportKey::OtherTenant { tenant } => assert_ne!(tenant, TENANT),
        ExportKey::UnknownContainer { .. } | ExportKey::Unrelated => {}
    }
}

pub fn read_export(data: &[u8]) {
    let Some((key, content)) = split_name(data) else {
        return;
    };
    let ExportKey::Export(export) = ExportKey::parse(key, TENANT) else {
        return;
    };
    for stores_contacts in [false, true] {
        let options = SangomaReadOptions {
            export,
            zone: TimeZone::UTC,
            stores_contacts,
        };
        let contacts = ContactPolicy {
            stores_contacts,
            ..ContactPolicy::default()
        };
        check_import(content, |file, sender| {
            read_file(file, &options, &contacts, sender)
        });
    }
}
