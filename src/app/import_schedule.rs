//! Sources of files, each imported at its own interval.

use std::path::Path;

use tokio::sync::watch;

use crate::{
    history::import::{self, FileSource, ImportRegistry, Importer},
    store::Store,
};

use super::task_registry::TaskHandle;

/// What imports a source until it is told to stop. Pages find in `roll` how it goes.
pub(super) fn run_import_schedule(
    source: FileSource,
    (store, path): (Store, &Path),
    member: TaskHandle,
    roll: &ImportRegistry,
) -> impl Future<Output = ()> + Send + use<> {
    let status = watch::Sender::new(source.initial_status());
    roll.insert(source.id.clone(), status.subscribe());
    let importer = Importer::new(
        source,
        store,
        path.to_owned(),
        status,
        member.orders.stop.clone(),
    );
    async move {
        import::run_imports(importer, member.orders.clone()).await;
    }
}
