//! Import tasks: sources of files, each imported at its own interval.

use std::path::Path;

use tokio::sync::watch;

use wallboard_history::import::{self, FileSource, ImportRegistry, Importer};
use wallboard_store::Store;

use super::task_registry::TaskHandle;

/// Returns the task that imports a source until it is stopped. Adds its status to `registry`.
pub(super) fn run_import_schedule(
    source: FileSource,
    store: Store,
    path: &Path,
    task: TaskHandle,
    registry: &ImportRegistry,
) -> impl Future<Output = ()> + Send + use<> {
    let status = watch::Sender::new(source.initial_status());
    registry.insert(source.id.clone(), status.subscribe());
    let importer = Importer::new(
        source,
        store,
        path.to_owned(),
        status,
        task.orders.stop.clone(),
    );
    async move {
        import::run_imports(importer, task.orders.clone()).await;
    }
}
