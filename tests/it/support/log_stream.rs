//! The stream of a cluster's log, as NATS has it.

use async_nats::jetstream::{self, Context, object_store::ObjectMetadata, stream::Stream};
use serde_json::Value;

/// The log of the site `test`.
#[derive(Debug)]
pub struct ClusterLog {
    context: Context,
    stream: Stream,
}

impl ClusterLog {
    pub async fn open(url: &str) -> Self {
        let client = async_nats::connect(url).await.unwrap();
        let context = jetstream::new(client);
        let stream = context.get_stream("wallboard-test-log").await.unwrap();
        Self { context, stream }
    }

    pub async fn purge(&self) {
        self.stream.purge().await.unwrap();
    }

    /// Lets NATS refuse every batch, or take them again.
    pub async fn refuse_batches(&self, is_refused: bool) {
        let mut config = self.stream.get_info().await.unwrap().config;
        config.max_message_size = if is_refused { 1 } else { -1 };
        self.context.update_stream(config).await.unwrap();
    }

    /// Deletes the last batch.
    pub async fn delete_last(&self) {
        let state = self.stream.get_info().await.unwrap().state;
        self.stream
            .delete_message(state.last_sequence)
            .await
            .unwrap();
    }

    /// Returns the terms of all batches, each as often as another one preceded it.
    pub async fn terms(&self) -> Vec<u64> {
        let state = self.stream.get_info().await.unwrap().state;
        let mut terms = Vec::new();
        for sequence in state.first_sequence..=state.last_sequence {
            let message = self.stream.get_raw_message(sequence).await.unwrap();
            let header = message.headers.get("Wallboard-Batch").unwrap();
            let header: Value = serde_json::from_str(header.as_str()).unwrap();
            terms.push(header["term"].as_u64().unwrap());
        }
        terms.dedup();
        terms
    }
}

/// Deletes a bucket or stream of the site `test`.
pub async fn delete_stream(url: &str, name: &str) {
    let context = jetstream::new(async_nats::connect(url).await.unwrap());
    context.delete_stream(name).await.unwrap();
}

/// Replaces the uploaded snapshot of the site `test` by bytes that say nothing.
pub async fn damage_snapshot(url: &str) {
    let context = jetstream::new(async_nats::connect(url).await.unwrap());
    let bucket = context.get_object_store("wallboard-test-snapshots").await;
    let bucket = bucket.unwrap();
    let object = ObjectMetadata {
        name: "newest".to_owned(),
        description: bucket.info("newest").await.unwrap().description,
        ..Default::default()
    };
    bucket
        .put(object, &mut b"spoiled".as_slice())
        .await
        .unwrap();
}

/// Lets the lease of the site `test` go back to another node and an older term.
pub async fn roll_back_lease(url: &str) {
    let context = jetstream::new(async_nats::connect(url).await.unwrap());
    let bucket = context.get_key_value("wallboard-test-lease").await.unwrap();
    let older = r#"{"node":"n9","term":1}"#;
    bucket.put("leader", older.into()).await.unwrap();
}
