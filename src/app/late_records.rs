//! A cluster's records that can't be read when a node starts: they are opened in the background, and the pages that lack
//! them are replaced then.

use std::{future::pending, time::Duration};

use axum::{Router, extract::Request};
use tokio::{sync::watch, task::JoinHandle, time::sleep};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use crate::web::{self, WebParts};
use wallboard_runtime::nats::NatsConnection;
use wallboard_store::{RecordStore, Store};

/// An attempt itself waits for 10 s.
const RETRY_PAUSE: Duration = Duration::from_secs(2);

/// The records, once they can be read; `None` if the server stops before.
pub(super) type LateRecords = JoinHandle<Option<RecordStore>>;

/// Opens the records for a server in a task of its own: to be interrupted while it brings a founder's records would lose
/// some.
pub(super) fn open_late(
    store: Store,
    cluster: Option<NatsConnection>,
    was_member: bool,
    stop: CancellationToken,
) -> LateRecords {
    tokio::spawn(async move {
        let opening = async {
            loop {
                let (store, cluster) = (store.clone(), cluster.clone());
                let opening = RecordStore::open_for_server(store, cluster, was_member);
                if let Ok(records) = Box::pin(opening).await {
                    return records;
                }
                sleep(RETRY_PAUSE).await;
            }
        };
        stop.run_until_cancelled(opening).await
    })
}

/// Waits until the records can be read, if they couldn't. Cancel safe.
pub(super) async fn records_found(late: &mut Option<LateRecords>) -> RecordStore {
    if let Some(opening) = late {
        let opened = opening.await;
        *late = None;
        if let Ok(Some(records)) = opened {
            return records;
        }
    }
    pending().await
}

/// The pages of a node that started without records.
#[derive(Debug)]
pub(super) struct LatePages {
    pub(super) parts: WebParts,
    routers: watch::Sender<Router>,
}

impl LatePages {
    /// Returns what serves the newest pages, too.
    pub(super) fn serve(parts: WebParts) -> (Self, Router) {
        let (routers, newest) = watch::channel(web::build_router(parts.clone()));
        let router = Router::new().fallback(move |request: Request| {
            let router = newest.borrow().clone();
            async move { router.oneshot(request).await }
        });
        (Self { parts, routers }, router)
    }

    /// Replaces the pages for everybody who asks from now on.
    pub(super) fn replace(self, parts: WebParts) {
        self.routers
            .send_modify(|router| *router = web::build_router(parts));
    }
}
