//! Places for connections: so many in all, at most half of them for one client, so that nobody holds
//! them all. A proxy that the configuration trusts has many clients.

use std::{collections::HashMap, net::IpAddr, sync::Arc};

use parking_lot::Mutex;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use wallboard_access::network_of;

use crate::web::TrustedProxies;

/// Cheap to clone.
#[derive(Clone, Debug)]
pub(in crate::web) struct ConnectionPlaces {
    free: Arc<Semaphore>,
    /// How many each client holds.
    held: Arc<Mutex<HashMap<IpAddr, usize>>>,
    client_max: usize,
    proxies: TrustedProxies,
}

/// A connection's place, until dropped.
#[derive(Debug)]
pub(in crate::web) struct ConnectionPlace {
    _permit: OwnedSemaphorePermit,
    _client: Option<ClientPlace>,
}

#[derive(Debug)]
struct ClientPlace(Arc<Mutex<HashMap<IpAddr, usize>>>, IpAddr);

impl ConnectionPlaces {
    pub(in crate::web) fn new(max: usize, proxies: TrustedProxies) -> Self {
        Self {
            free: Arc::new(Semaphore::new(max)),
            held: Arc::default(),
            client_max: max.div_ceil(2),
            proxies,
        }
    }

    /// Waits for a free place.
    pub(in crate::web) async fn wait_for_permit(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.free).acquire_owned().await.ok()
    }

    /// Takes a place for a client, unless it holds too many.
    pub(super) fn take_place(
        &self,
        permit: OwnedSemaphorePermit,
        peer: IpAddr,
    ) -> Option<ConnectionPlace> {
        let client = if self.proxies.contains(peer) {
            None
        } else {
            Some(self.take_client_place(network_of(peer))?)
        };
        Some(ConnectionPlace {
            _permit: permit,
            _client: client,
        })
    }

    fn take_client_place(&self, client: IpAddr) -> Option<ClientPlace> {
        let mut held = self.held.lock();
        let count = held.entry(client).or_default();
        if self.client_max <= *count {
            return None;
        }
        *count += 1;
        Some(ClientPlace(Arc::clone(&self.held), client))
    }
}

impl Drop for ClientPlace {
    fn drop(&mut self) {
        let mut held = self.0.lock();
        if let Some(count) = held.get_mut(&self.1) {
            *count -= 1;
            if *count == 0 {
                held.remove(&self.1);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_client_holds_half_of_the_places_and_a_proxy_all() {
        let proxies = TrustedProxies::new(&["10.0.0.0/8".parse().unwrap()]);
        let places = ConnectionPlaces::new(6, proxies);
        let take = async |peer: &str| {
            let permit = places.wait_for_permit().await.unwrap();
            places.take_place(permit, peer.parse().unwrap())
        };
        let mut held = Vec::new();
        for n in 0..3 {
            held.push(take(&format!("2001:db8::{n}")).await.unwrap());
        }
        assert!(take("2001:db8::9").await.is_none());
        held.push(take("192.0.2.7").await.unwrap());
        held.truncate(2);
        held.push(take("2001:db8::9").await.unwrap());

        held.clear();
        assert!(places.held.lock().is_empty());
        for _ in 0..6 {
            held.push(take("10.0.0.1").await.unwrap());
        }
    }
}
