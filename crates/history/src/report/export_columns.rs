//! Columns of Vergic's files that the configuration doesn't map.

use std::collections::BTreeMap;

use crate::vergic::{self, ColumnMapping};
use wallboard_domain::{Id, ImportColumn, SourceId};
use wallboard_store::{NameClass, StoreError};

use super::History;

pub use vergic::UnmappedColumn;

/// The column mapping of a source's files.
#[derive(Clone, Debug, PartialEq)]
pub struct ExportColumns {
    /// Their root folder.
    pub root: String,
    pub mapping: ColumnMapping,
}

impl History {
    /// Returns the column mapping of each source that has one.
    pub fn column_mappings(&self) -> BTreeMap<SourceId, ColumnMapping> {
        let config = self.config();
        let exports = config.exports.iter();
        let mapped = exports.filter_map(|export| {
            let columns = export.columns.as_ref()?;
            Some((export.id.clone(), columns.mapping.clone()))
        });
        mapped.collect()
    }

    /// Finds the unmapped columns of each source with a column mapping.
    pub async fn unmapped_columns(
        &self,
    ) -> Result<Vec<(SourceId, Vec<UnmappedColumn>)>, StoreError> {
        self.with_catalog(|view, catalog| {
            let mut all = Vec::new();
            for export in &catalog.config.exports {
                let Some(ExportColumns { root, mapping }) = &export.columns else {
                    continue;
                };
                let is_hidden = |column, name: &str| {
                    let class = match column {
                        ImportColumn::Agent => NameClass::Agent,
                        _ => NameClass::Queue,
                    };
                    catalog
                        .subject_entry(class, &Id::new(&export.id, name))
                        .is_hidden
                };
                let files = (mapping, &**root);
                let columns = vergic::unmapped_columns(view, &export.id, files, is_hidden)?;
                all.push((export.id.clone(), columns));
            }
            Ok(all)
        })
        .await
    }
}
