//! Columns of files that the configuration doesn't map.

use wallboard_domain::{Id, ImportColumn, SourceId};
use wallboard_store::{NameClass, StoreError};

use crate::export_vendor::UnmappedColumn;

use super::History;

impl History {
    /// Finds the unmapped columns of each source whose columns are configured.
    pub async fn unmapped_columns(
        &self,
    ) -> Result<Vec<(SourceId, Vec<UnmappedColumn>)>, StoreError> {
        self.with_catalog(|view, catalog| {
            let exports = catalog.config.exports.iter();
            let mapped = exports.filter(|export| export.vendor.maps_columns());
            let columns = mapped.map(|export| {
                let is_hidden = |column, name: &str| {
                    let class = match column {
                        ImportColumn::Agent => NameClass::Agent,
                        _ => NameClass::Queue,
                    };
                    catalog
                        .subject_entry(class, &Id::new(&export.id, name))
                        .is_hidden
                };
                let (source, vendor) = (&export.id, &export.vendor);
                let columns = vendor.unmapped_columns(view, source, &is_hidden)?;
                Ok((source.clone(), columns))
            });
            columns.collect()
        })
        .await
    }
}
