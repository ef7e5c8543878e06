//! Columns of Vergic's files that the configuration does not map.

use crate::{
    domain::{Column, Id, SourceId},
    history::vergic::{self, Mapping},
    store::{NameClass, StoreError, View},
};

use super::{History, catalogue::Catalogue};

pub use vergic::UnmappedColumn;

/// How the files of a source are read.
#[derive(Clone, Debug, PartialEq)]
pub struct Columns {
    /// The folder at the top of them.
    pub root: String,
    pub mapping: Mapping,
}

impl History {
    /// The unmapped columns of each source whose files have columns of their own.
    pub async fn unmapped_columns(
        &self,
    ) -> Result<Vec<(SourceId, Vec<UnmappedColumn>)>, StoreError> {
        let shape = self.shape();
        let look = move |view: &View<'_>| {
            let catalogue = Catalogue::read(view, &shape)?;
            let mut all = Vec::new();
            for export in &shape.exports {
                let Some(Columns { root, mapping }) = &export.columns else {
                    continue;
                };
                let is_hidden = |column, name: &str| {
                    let class = match column {
                        Column::Agent => NameClass::Agent,
                        _ => NameClass::Queue,
                    };
                    catalogue
                        .subject(class, &Id::new(&export.id, name))
                        .is_hidden
                };
                let files = (mapping, &**root);
                let columns = vergic::unmapped_columns(view, &export.id, files, is_hidden)?;
                all.push((export.id.clone(), columns));
            }
            Ok(all)
        };
        self.store.look(look).await
    }
}
