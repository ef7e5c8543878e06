//! The sources that run, each with the orders that it obeys: single ones can be
//! stopped and started while the rest goes on.

use std::collections::{HashMap, HashSet};

use tokio::{sync::watch, task::Id};
use tokio_util::sync::CancellationToken;

use crate::{
    domain::SourceId,
    intake::Outlet,
    sources::{
        Orders,
        genesys::Genesys,
        gms::Gms,
        simulator::{Simulator, voice::Voice},
        supervise,
        vngage::Vngage,
    },
};

use super::Upstream;

#[derive(Debug, Default)]
pub(super) struct Upstreams {
    running: HashMap<SourceId, Running>,
    /// Tasks that were told to stop and have not been seen to end.
    stopped: HashSet<Id>,
}

#[derive(Debug)]
struct Running {
    stop: CancellationToken,
    again: watch::Sender<()>,
    /// What runs it, once it does.
    task: Option<Id>,
    /// Fires when the task has let go of all that it held.
    ended: CancellationToken,
}

impl Upstreams {
    /// The task that runs a source until it is told to stop, or all are.
    pub(super) fn start(
        &mut self,
        upstream: Upstream,
        outlet: Outlet,
        all: &CancellationToken,
    ) -> impl Future<Output = ()> + Send + use<> {
        let running = Running {
            stop: all.child_token(),
            again: watch::Sender::new(()),
            task: None,
            ended: CancellationToken::new(),
        };
        let orders = Orders {
            stop: running.stop.clone(),
            again: running.again.subscribe(),
        };
        let ended = running.ended.clone();
        self.running.insert(upstream.id().clone(), running);
        async move {
            // Also where the task panics: nobody waits for it in vain.
            let _ended = ended.drop_guard();
            match upstream {
                Upstream::Vngage(settings) => {
                    supervise(Vngage::new(settings), outlet, orders).await;
                }
                Upstream::Genesys(settings) => {
                    supervise(Genesys::new(*settings), outlet, orders).await;
                }
                Upstream::Gms(settings) => supervise(Gms::new(settings), outlet, orders).await,
                Upstream::Simulator(settings) => {
                    supervise(Simulator::new(settings), outlet, orders).await;
                }
                Upstream::Telephone(settings) => {
                    supervise(Voice::new(settings), outlet, orders).await;
                }
            }
        }
    }

    /// Says which task runs a source.
    pub(super) fn runs_in(&mut self, id: &SourceId, task: Id) {
        if let Some(running) = self.running.get_mut(id) {
            running.task = Some(task);
        }
    }

    /// Stops one and waits until it has let go of its upstream.
    pub(super) async fn stop(&mut self, id: &SourceId) {
        let Some(running) = self.running.remove(id) else {
            return;
        };
        self.stopped.extend(running.task);
        running.stop.cancel();
        running.ended.cancelled().await;
    }

    /// Whoever waits before it tries again tries at once.
    pub(super) fn try_again(&self) {
        for running in self.running.values() {
            running.again.send_replace(());
        }
    }

    /// Whether a task that ended well was told to.
    pub(super) fn expects_the_end_of(&mut self, task: Id) -> bool {
        self.stopped.remove(&task)
    }
}
