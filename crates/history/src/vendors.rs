//! Registry of vendors of files: each has a folder here and a row below.

use std::{collections::BTreeMap, ops::Deref, sync::LazyLock};

use wallboard_domain::{SourceId, SourceKind, SourceStarter, TableForm};
use wallboard_store::{FactTable, ImportedFile};
use wallboard_toml_reader::ConfigSection;

use super::{
    ImportContext,
    export_vendor::{ExportSettings, VendorExport},
    fetch::{FileLocation, ImportSchedule},
    plan, sangoma, vergic,
};

/// Declares [`ExportVendor`] with a variant for each vendor.
macro_rules! vendors {
    ($($vendor:ident($settings:ty),)*) => {
        /// The vendor of a source's files, with its settings.
        #[derive(Clone, Debug, PartialEq)]
        pub enum ExportVendor {
            $($vendor($settings),)*
        }

        impl ExportVendor {
            /// In the order in which error messages list them.
            pub const KINDS: &[SourceKind] = &[$(<$settings>::KIND,)*];

            /// In the same order.
            pub const STARTERS: &[SourceStarter] = &[$(<$settings>::STARTER,)*];

            /// In the same order.
            pub const FORMS: &[TableForm] = &[$(<$settings>::FORM,)*];

            /// Returns the tables of all vendors.
            pub fn tables() -> Vec<&'static FactTable> {
                [$(<$settings>::tables(),)*].concat()
            }

            pub fn kind(&self) -> SourceKind {
                match self {
                    $(Self::$vendor(_) => <$settings>::KIND,)*
                }
            }

            /// Reads a source's table; `None` if no vendor of files has this `kind` or the table
            /// has a fault.
            pub(crate) fn read(
                kind: &str,
                section: ConfigSection<'_, '_>,
                context: &ImportContext,
            ) -> Option<(Self, FileLocation, ImportSchedule)> {
                $(if kind == <$settings>::KIND.name {
                    let (settings, location, schedule) = <$settings>::read(section, context)?;
                    return Some((Self::$vendor(settings), location, schedule));
                })*
                None
            }
        }

        impl Deref for ExportVendor {
            type Target = dyn ExportSettings;

            fn deref(&self) -> &Self::Target {
                match self {
                    $(Self::$vendor(settings) => settings,)*
                }
            }
        }

        static UNCONFIGURED: LazyLock<Vec<ExportVendor>> =
            LazyLock::new(|| vec![$(ExportVendor::$vendor(<$settings>::default()),)*]);
    };
}

vendors! {
    Vergic(vergic::VergicSettings),
    Sangoma(sangoma::SangomaSettings),
    Plan(plan::PlanSettings),
}

impl ExportVendor {
    /// Lists their kinds for messages: `"vergic-export" or "sangoma-export"`.
    pub fn kind_choice() -> String {
        let names = Self::KINDS.iter().map(|kind| format!("{:?}", kind.name));
        names.collect::<Vec<_>>().join(" or ")
    }
}

/// The vendors of configured sources.
pub type SourceVendors = BTreeMap<SourceId, ExportVendor>;

/// Finds the vendor of a file of a source, and the table of its rows. The source may have had
/// another vendor, or no longer be configured.
pub(crate) fn find_vendor<'v>(
    configured: &'v SourceVendors,
    source: &SourceId,
    file: &ImportedFile,
) -> Option<(&'v ExportVendor, &'static FactTable)> {
    let mut vendors = configured.get(source).into_iter().chain(&*UNCONFIGURED);
    vendors.find_map(|vendor| Some((vendor, vendor.find_table(file)?)))
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use wallboard_store::Store;

    use super::*;

    #[test]
    fn declared_tables_are_those_of_the_database() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("wallboard.db");
        drop(Store::open(&file).unwrap());
        let connection = Connection::open(&file).unwrap();
        let load_names = |query: &str, parameter: &str| -> Vec<String> {
            let mut query = connection.prepare(query).unwrap();
            let names = query.query_map([parameter], |row| row.get(0)).unwrap();
            names.map(Result::unwrap).collect()
        };

        let mut existing = Vec::new();
        for kind in ExportVendor::KINDS {
            let vendor = kind.name.split('-').next().unwrap();
            let with_rows = "SELECT tables.name FROM sqlite_schema AS tables, pragma_table_info(tables.name) AS columns
                 WHERE tables.name LIKE ?1 || '\\_%' ESCAPE '\\' AND columns.name = 'id'";
            existing.extend(load_names(with_rows, vendor));
        }
        existing.sort();
        let mut declared = Vec::new();
        for table in ExportVendor::tables() {
            let columns = load_names("SELECT name FROM pragma_table_info(?1)", table.name);
            assert_eq!(columns, [&["id"], table.columns].concat(), "{}", table.name);
            declared.push(table.name);
        }
        declared.sort_unstable();
        assert_eq!(declared, existing);
    }
}
