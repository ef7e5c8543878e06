//! Sources of files, each imported at its own interval.

use std::path::Path;

use tokio::sync::watch;

use crate::{
    history::import::{self, Importer, Roll, Source},
    store::Store,
};

use super::crew::Member;

/// What imports a source until it is told to stop. Pages find in `roll` how it goes.
pub(super) fn keep(
    source: Source,
    (store, path): (Store, &Path),
    member: Member,
    roll: &Roll,
) -> impl Future<Output = ()> + Send + use<> {
    let status = watch::Sender::new(source.status());
    roll.enter(source.id.clone(), status.subscribe());
    let importer = Importer::new(
        source,
        store,
        path.to_owned(),
        status,
        member.orders.stop.clone(),
    );
    async move {
        import::keep(importer, member.orders.clone()).await;
    }
}
