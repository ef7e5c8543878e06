//! Sources of live events, each supervised for as long as it is wanted.

use crate::{
    intake::Outlet,
    sources::{
        simulator::{Simulator, voice::Voice},
        supervise,
    },
};

use super::{Upstream, crew::Member};

/// Runs a source until it is told to stop.
pub(super) async fn keep(upstream: Upstream, outlet: Outlet, member: Member) {
    let orders = member.orders.clone();
    match upstream {
        Upstream::Configured(config) => config.supervise(outlet, orders).await,
        Upstream::Simulator(settings) => supervise(Simulator::new(settings), outlet, orders).await,
        Upstream::Telephone(settings) => supervise(Voice::new(settings), outlet, orders).await,
    }
}
