//! The records of an installation: in its own database, or in the bucket of its cluster.

use std::{sync::Arc, time::Duration};

use tracing::{info, warn};

use super::{
    BucketRecords, EmbeddedRecords, NewRecord, Record, RecordChange, RecordError, RecordId,
    RecordKind, RecordWatch, Records, Revision, StoredRecords,
    bucket::{BucketWatch, retry_pause},
    embedded::EmbeddedWatch,
};
use crate::Store;
use wallboard_runtime::nats::NatsConnection;

/// Notes in the node's own database that its records went to a cluster, by the name of the site.
const MOVES: RecordKind = RecordKind::new("moved-to-cluster");
/// The key in the bucket that one node creates: the one that brings its records.
const FOUNDER: &str = "founded-cluster.records";

/// The pause before the database is asked again.
const RETRY_DELAY: Duration = Duration::from_secs(1);

/// The records that an installation uses. Cheap to clone.
#[derive(Clone, Debug)]
pub struct RecordStore {
    place: RecordPlace,
    store: Store,
}

#[derive(Clone, Debug)]
enum RecordPlace {
    Embedded(EmbeddedRecords),
    Bucket(Arc<BucketRecords>),
}

impl RecordStore {
    /// Opens the records of the cluster, if there is one, for a command.
    pub async fn open(store: Store, cluster: Option<NatsConnection>) -> Result<Self, RecordError> {
        let Some(connection) = cluster else {
            return Ok(Self::embedded(store));
        };
        let records = Box::pin(BucketRecords::open(connection)).await?;
        Ok(Self {
            place: RecordPlace::Bucket(Arc::new(records)),
            store,
        })
    }

    /// Opens the records for a server. The node that founds a cluster brings its own, unless it `was_member` of
    /// that cluster before.
    pub async fn open_for_server(
        store: Store,
        cluster: Option<NatsConnection>,
        was_member: bool,
    ) -> Result<Self, RecordError> {
        let site = cluster
            .as_ref()
            .map(|cluster| cluster.settings().site.clone());
        let opened = Self::open(store, cluster).await?;
        if let (Some(site), RecordPlace::Bucket(records)) = (site, &opened.place) {
            Box::pin(join_cluster(&opened.store, &site, records, was_member)).await?;
        }
        Ok(opened)
    }

    /// Returns the records of the database.
    pub fn embedded(store: Store) -> Self {
        Self {
            place: RecordPlace::Embedded(EmbeddedRecords::new(store.clone())),
            store,
        }
    }

    /// The node's own database.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The pause before watching again, after so many failures in a row: 1 s, or for a cluster, whose
    /// nodes mustn't all ask at once, up to 30 s.
    pub fn retry_delay(&self, failures: u32) -> Duration {
        match self.place {
            RecordPlace::Embedded(_) => RETRY_DELAY,
            RecordPlace::Bucket(_) => retry_pause(failures),
        }
    }

    /// Returns whether other nodes use them too.
    pub fn is_shared(&self) -> bool {
        matches!(self.place, RecordPlace::Bucket(_))
    }
}

/// Notes that this node's own records are over. The node that founds the cluster brings them first. Nobody
/// else does, also if the bucket is lost later: accounts of an earlier life would be the whole cluster's.
async fn join_cluster(
    store: &Store,
    site: &str,
    records: &BucketRecords,
    was_member: bool,
) -> Result<(), RecordError> {
    let own = EmbeddedRecords::new(store.clone());
    let Some(id) = RecordId::parse(site) else {
        return Ok(());
    };
    let has_joined = was_member || own.get(MOVES, &id).await?.is_some();
    if has_joined {
        if records.is_empty().await? {
            warn!(
                "The cluster has lost its users, sessions and screens. Restore the bucket from its backup, or \
                 begin with a new administrator"
            );
        }
        note_founded(records).await?;
    } else if records.is_new_cluster().await? && records.create_key(FOUNDER, Vec::new()).await? {
        let mut count = 0_usize;
        for (key, document) in own.load_all().await? {
            // A command may have been faster.
            count += usize::from(records.create_key(&key, document).await?);
        }
        info!("Brought {count} records of this node to the cluster");
    }
    match own.put(MOVES, &id, None, Vec::new()).await {
        Ok(_) | Err(RecordError::Conflict { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Notes in the bucket, which may be another one than before, that the cluster isn't new.
async fn note_founded(records: &BucketRecords) -> Result<(), RecordError> {
    Ok(records.create_key(FOUNDER, Vec::new()).await.map(drop)?)
}

// Parts that only a bucket needs are boxed: without a cluster, no request's future is larger.
impl Records for RecordStore {
    type Watch = RecordStoreWatch;

    async fn get(&self, kind: RecordKind, id: &RecordId) -> Result<Option<Record>, RecordError> {
        match &self.place {
            RecordPlace::Embedded(records) => records.get(kind, id).await,
            RecordPlace::Bucket(records) => Box::pin(records.get(kind, id)).await,
        }
    }

    async fn put(
        &self,
        kind: RecordKind,
        id: &RecordId,
        expected: Option<Revision>,
        document: Vec<u8>,
    ) -> Result<Revision, RecordError> {
        match &self.place {
            RecordPlace::Embedded(records) => records.put(kind, id, expected, document).await,
            RecordPlace::Bucket(records) => {
                Box::pin(records.put(kind, id, expected, document)).await
            }
        }
    }

    async fn put_all(&self, kind: RecordKind, new: Vec<NewRecord>) -> StoredRecords {
        match &self.place {
            RecordPlace::Embedded(records) => records.put_all(kind, new).await,
            RecordPlace::Bucket(records) => Box::pin(records.put_all(kind, new)).await,
        }
    }

    async fn delete(
        &self,
        kind: RecordKind,
        id: &RecordId,
        expected: Revision,
    ) -> Result<Revision, RecordError> {
        match &self.place {
            RecordPlace::Embedded(records) => records.delete(kind, id, expected).await,
            RecordPlace::Bucket(records) => Box::pin(records.delete(kind, id, expected)).await,
        }
    }

    async fn list(&self, kind: RecordKind) -> Result<Vec<Record>, RecordError> {
        match &self.place {
            RecordPlace::Embedded(records) => records.list(kind).await,
            RecordPlace::Bucket(records) => Box::pin(records.list(kind)).await,
        }
    }

    async fn watch(&self, kind: RecordKind) -> Result<(Vec<Record>, Self::Watch), RecordError> {
        let (existing, watch) = match &self.place {
            RecordPlace::Embedded(records) => {
                let (existing, watch) = records.watch(kind).await?;
                (existing, WatchPlace::Embedded(watch))
            }
            RecordPlace::Bucket(records) => {
                let (existing, watch) = Box::pin(records.watch(kind)).await?;
                Box::pin(note_founded(records)).await?;
                (existing, WatchPlace::Bucket(watch))
            }
        };
        Ok((existing, RecordStoreWatch(watch)))
    }
}

/// Changes of a kind, wherever the records are.
#[derive(Debug)]
pub struct RecordStoreWatch(WatchPlace);

#[derive(Debug)]
enum WatchPlace {
    Embedded(EmbeddedWatch),
    Bucket(BucketWatch),
}

impl RecordWatch for RecordStoreWatch {
    async fn next(&mut self) -> Result<RecordChange, RecordError> {
        match &mut self.0 {
            WatchPlace::Embedded(watch) => watch.next().await,
            WatchPlace::Bucket(watch) => watch.next().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::test_suite::{create, id, list_ids};
    use wallboard_runtime::nats::{NatsSettings, test_server::NatsServer};

    const USER: RecordKind = RecordKind::new("user");

    async fn open(store: &Store, server: &NatsServer) -> RecordStore {
        let settings = NatsSettings::of_test(vec![server.url()], "first-start");
        let connection = NatsConnection::open(settings).await.unwrap();
        RecordStore::open_for_server(store.clone(), Some(connection), false)
            .await
            .unwrap()
    }

    async fn open_for_command(store: &Store, server: &NatsServer) -> RecordStore {
        let settings = NatsSettings::of_test(vec![server.url()], "first-start");
        let connection = NatsConnection::open(settings).await.unwrap();
        RecordStore::open(store.clone(), Some(connection))
            .await
            .unwrap()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn the_first_node_of_a_cluster_brings_its_records_and_nobody_does_later() {
        let server = NatsServer::start();
        let folder = tempfile::tempdir().unwrap();
        let stores = ["a.db", "b.db"].map(|name| Store::open(&folder.path().join(name)).unwrap());
        for (store, name) in stores.iter().zip(["anna", "bo"]) {
            let alone = RecordStore::open(store.clone(), None).await.unwrap();
            assert!(!alone.is_shared());
            create(&alone, USER, name).await;
            let deleted = create(&alone, USER, "deleted").await;
            alone.delete(USER, &id("deleted"), deleted).await.unwrap();
        }

        for store in &stores {
            let command = open_for_command(store, &server).await;
            assert_eq!(list_ids(&command, USER).await, [""; 0]);
        }
        let first = open(&stores[0], &server).await;
        let second = open(&stores[1], &server).await;

        assert!(first.is_shared());
        for node in [&first, &second] {
            assert_eq!(list_ids(node, USER).await, ["anna"]);
        }
        let record = second.get(USER, &id("anna")).await.unwrap().unwrap();
        assert_eq!(record.document, b"anna");
        second
            .delete(USER, &record.id, record.revision)
            .await
            .unwrap();
        for store in &stores {
            delete_bucket(&server).await;
            for again in [
                open_for_command(store, &server).await,
                open(store, &server).await,
            ] {
                assert_eq!(list_ids(&again, USER).await, [""; 0]);
            }
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn nobody_founds_a_cluster_again_that_lost_its_records_and_its_log() {
        let server = NatsServer::start();
        let folder = tempfile::tempdir().unwrap();
        let stores = ["a.db", "b.db", "c.db", "d.db"]
            .map(|name| Store::open(&folder.path().join(name)).unwrap());
        for (store, name) in stores.iter().zip(["anna", "bo", "carl", "disa"]) {
            let alone = RecordStore::open(store.clone(), None).await.unwrap();
            create(&alone, USER, name).await;
        }
        let running = open(&stores[0], &server).await;
        running.watch(USER).await.unwrap();

        // A server that continues watches again.
        delete_bucket(&server).await;
        let (users, _watch) = running.watch(USER).await.unwrap();
        assert_eq!(users, []);
        let joined = open(&stores[1], &server).await;
        assert_eq!(list_ids(&joined, USER).await, [""; 0]);

        // One that was in it before starts first, and then one that wasn't.
        delete_bucket(&server).await;
        open(&stores[0], &server).await;
        let joined = open(&stores[2], &server).await;
        assert_eq!(list_ids(&joined, USER).await, [""; 0]);

        // One that has the cluster's log, and lost its note.
        delete_bucket(&server).await;
        let settings = NatsSettings::of_test(vec![server.url()], "first-start");
        let connection = NatsConnection::open(settings).await.unwrap();
        let again = RecordStore::open_for_server(stores[3].clone(), Some(connection), true);
        assert_eq!(list_ids(&again.await.unwrap(), USER).await, [""; 0]);
    }

    async fn delete_bucket(server: &NatsServer) {
        let client = async_nats::connect(server.url()).await.unwrap();
        let context = async_nats::jetstream::new(client);
        let name = "KV_wallboard-first-start-records";
        context.delete_stream(name).await.unwrap();
    }
}
