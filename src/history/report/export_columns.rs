//! Columns of Vergic's files that the configuration does not map.

use crate::{
    domain::{Id, ImportColumn, SourceId},
    history::vergic::{self, ColumnMapping},
    store::{NameClass, StoreError, StoreView},
};

use super::{History, report_catalog::ReportCatalog};

pub use vergic::UnmappedColumn;

/// How the files of a source are read.
#[derive(Clone, Debug, PartialEq)]
pub struct ExportColumns {
    /// The folder at the top of them.
    pub root: String,
    pub mapping: ColumnMapping,
}

impl History {
    /// The unmapped columns of each source whose files have columns of their own.
    pub async fn unmapped_columns(
        &self,
    ) -> Result<Vec<(SourceId, Vec<UnmappedColumn>)>, StoreError> {
        let shape = self.config();
        let look = move |view: &StoreView<'_>| {
            let catalogue = ReportCatalog::load(view, &shape)?;
            let mut all = Vec::new();
            for export in &shape.exports {
                let Some(ExportColumns { root, mapping }) = &export.columns else {
                    continue;
                };
                let is_hidden = |column, name: &str| {
                    let class = match column {
                        ImportColumn::Agent => NameClass::Agent,
                        _ => NameClass::Queue,
                    };
                    catalogue
                        .subject_entry(class, &Id::new(&export.id, name))
                        .is_anonymized
                };
                let files = (mapping, &**root);
                let columns = vergic::unmapped_columns(view, &export.id, files, is_hidden)?;
                all.push((export.id.clone(), columns));
            }
            Ok(all)
        };
        self.store.with_view(look).await
    }
}
