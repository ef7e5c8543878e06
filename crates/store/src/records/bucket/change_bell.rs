//! Rings when records of a kind may have changed. Only a hint: it rings before a change can be read, for
//! changes that are refused too, and not for what happens while there is no connection.

use std::{sync::atomic::Ordering, time::Duration};

use async_nats::{Client, SubscribeError, Subscriber};
use futures_util::StreamExt;
use tokio::{
    sync::watch::{self, Sender},
    time::timeout,
};
use tokio_util::task::AbortOnDropHandle;

/// How often it looks whether the connection is another one.
const LOOK_INTERVAL: Duration = Duration::from_secs(1);

/// A subscription, and a task that empties it: nothing piles up while nobody waits for the bell.
#[derive(Debug)]
pub(super) struct ChangeBell {
    rung: watch::Receiver<()>,
    _emptying: AbortOnDropHandle<()>,
}

impl ChangeBell {
    pub(super) async fn hang(client: &Client, subject: String) -> Result<Self, SubscribeError> {
        let subscriber = client.subscribe(subject).await?;
        let (sender, rung) = watch::channel(());
        let emptying = tokio::spawn(ring_on_messages(client.clone(), subscriber, sender));
        Ok(Self {
            rung,
            _emptying: AbortOnDropHandle::new(emptying),
        })
    }

    /// Waits until it rings, or has rung since the last call. Cancel safe.
    pub(super) async fn wait(&mut self) {
        if self.rung.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

/// Also rings for a new connection: changes may have been missed without one.
async fn ring_on_messages(client: Client, mut subscriber: Subscriber, bell: Sender<()>) {
    let statistics = client.statistics();
    let count_connects = || statistics.connects.load(Ordering::Relaxed);
    let mut connects = count_connects();
    loop {
        match timeout(LOOK_INTERVAL, subscriber.next()).await {
            Ok(Some(_)) => {}
            Ok(None) => return,
            Err(_) if count_connects() == connects => continue,
            Err(_) => connects = count_connects(),
        }
        bell.send_replace(());
    }
}
