//! A TCP relay between the wallboard and its upstream that can fall silent, cut, refuse and delay.

use std::{io, net::Ipv4Addr, sync::Arc, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpSocket, TcpStream,
        tcp::{ReadHalf, WriteHalf},
    },
    sync::{mpsc, watch},
    task::{JoinHandle, JoinSet},
    time::{Instant, sleep, sleep_until},
};

use super::ports;

/// The size of a packet on a narrow line, in bytes, and how long the line is busy with it.
const PACKET_BYTES: u32 = 1_000;
const PACKET_TIME: Duration = Duration::from_millis(125);
const NARROW_DELAY: Duration = Duration::from_millis(500);
/// Until a lost packet is sent again.
const RETRANSMIT_AFTER: Duration = Duration::from_secs(1);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NetworkCondition {
    Normal,
    /// Everything arrives this much later.
    Slow(Duration),
    /// 64 kbit/s, 500 ms and 2 % loss, on connections opened since then.
    Narrow,
    /// Nothing arrives and neither side notices: a half-open connection. As with TCP, data sent
    /// meanwhile arrives when the network is normal again.
    Silent,
    /// New connections are refused, as when the machine is up and the broker is down.
    Refusing,
}

#[derive(Debug)]
pub struct Proxy {
    pub port: u16,
    condition: watch::Sender<NetworkCondition>,
    /// Bytes from a client that make the network silent.
    trap: watch::Sender<Option<&'static [u8]>>,
    /// How many more connections are accepted before all others are refused.
    places: watch::Sender<Option<usize>>,
    /// How many bytes from upstream it takes to make the network silent.
    quota: watch::Sender<Option<usize>>,
    /// How many bytes from upstream it takes to cut all connections, again and again, and how many
    /// are left until the next cut.
    cut_interval: watch::Sender<Option<(usize, usize)>>,
    /// Counts the cuts: connections opened before the latest one are dead.
    cuts: watch::Sender<u32>,
    accepting: JoinHandle<()>,
}

impl Proxy {
    /// Relays from a free port to `upstream` on loopback.
    pub async fn to(upstream: u16) -> Self {
        Self::between((Ipv4Addr::LOCALHOST, ports::free()), upstream).await
    }

    /// Relays from this address to `upstream` on loopback.
    pub async fn between(address: (Ipv4Addr, u16), upstream: u16) -> Self {
        let port = address.1;
        let listener = TcpListener::bind(address).await.unwrap();
        let condition = watch::Sender::new(NetworkCondition::Normal);
        let places = watch::Sender::new(None);
        let trap = watch::Sender::new(None);
        let quota = watch::Sender::new(None);
        let cut_interval = watch::Sender::new(None);
        let cuts = watch::Sender::new(0);
        let relay = Arc::new(Relay {
            upstream,
            condition: condition.clone(),
            places: places.clone(),
            trap: trap.clone(),
            quota: quota.clone(),
            cut_interval: cut_interval.clone(),
            cuts: cuts.clone(),
        });
        Self {
            port,
            condition,
            places,
            trap,
            quota,
            cut_interval,
            cuts,
            accepting: tokio::spawn(accept(listener, relay)),
        }
    }

    pub fn set(&self, condition: NetworkCondition) {
        self.condition.send_replace(condition);
    }

    /// Accepts so many more connections, and refuses others from then on.
    pub fn refuse_after(&self, connections: usize) {
        self.places.send_replace(Some(connections));
    }

    /// Falls silent once a client has sent `words`, which still arrive.
    pub fn trap(&self, words: &'static [u8]) {
        self.trap.send_replace(Some(words));
    }

    /// Falls silent after this many bytes from upstream.
    pub fn stall_after(&self, bytes: usize) {
        self.quota.send_replace(Some(bytes));
    }

    /// Waits until the bytes have arrived.
    pub async fn wait_until_stalled(&self) {
        let mut quota = self.quota.subscribe();
        quota.wait_for(Option::is_none).await.unwrap();
    }

    /// Waits until a client has sent the words.
    pub async fn wait_until_triggered(&self) {
        let mut trap = self.trap.subscribe();
        trap.wait_for(Option::is_none).await.unwrap();
    }

    /// Resets every open connection whenever this many bytes have come from upstream.
    pub fn cut_every(&self, bytes: usize) {
        self.cut_interval.send_replace(Some((bytes, bytes)));
    }

    /// Ends that.
    pub fn never_cut(&self) {
        self.cut_interval.send_replace(None);
    }

    /// Waits for this many cuts.
    pub async fn wait_until_cut(&self, count: u32) {
        let mut cuts = self.cuts.subscribe();
        cuts.wait_for(|cuts| count <= *cuts).await.unwrap();
    }

    /// The number of cuts so far.
    pub fn cut_count(&self) -> u32 {
        *self.cuts.borrow()
    }

    /// Waits while connections are refused.
    pub async fn wait_until_accepting(&self) {
        while TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))
            .await
            .is_err()
        {
            sleep(Duration::from_millis(20)).await;
        }
    }

    /// Resets every open connection.
    pub fn cut(&self) {
        self.cuts.send_modify(|cuts| *cuts += 1);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

#[derive(Debug)]
struct Relay {
    upstream: u16,
    condition: watch::Sender<NetworkCondition>,
    places: watch::Sender<Option<usize>>,
    trap: watch::Sender<Option<&'static [u8]>>,
    quota: watch::Sender<Option<usize>>,
    cut_interval: watch::Sender<Option<(usize, usize)>>,
    cuts: watch::Sender<u32>,
}

async fn accept(listener: TcpListener, relay: Arc<Relay>) {
    let address = listener.local_addr().unwrap();
    let mut listener = Some(listener);
    let mut condition = relay.condition.subscribe();
    // Dropped with the proxy, and all connections with it.
    let mut connections = JoinSet::new();
    loop {
        let open = match listener.take() {
            Some(open) => open,
            None => TcpListener::bind(address).await.unwrap(),
        };
        loop {
            tokio::select! {
                accepted = open.accept() => {
                    connections.spawn(relay_connection(accepted.unwrap().0, relay.clone()));
                    relay.use_place();
                }
                _ = condition.wait_for(|now| *now == NetworkCondition::Refusing) => break,
            }
        }
        drop(open);
        condition
            .wait_for(|now| *now != NetworkCondition::Refusing)
            .await
            .unwrap();
    }
}

/// Relays one connection until either side closes it or it's cut.
async fn relay_connection(mut client: TcpStream, relay: Arc<Relay>) {
    let mut cuts = relay.cuts.subscribe();
    let is_cut = tokio::select! {
        // First, so that what a silent line holds back is lost with it.
        biased;
        _ = cuts.changed() => true,
        () = relay_to_upstream(&mut client, &relay) => false,
    };
    if is_cut {
        // Closing then sends a reset instead of an orderly end.
        socket2::SockRef::from(&client)
            .set_linger(Some(Duration::ZERO))
            .unwrap();
    }
}

async fn relay_to_upstream(client: &mut TcpStream, relay: &Relay) {
    let mut condition = relay.condition.subscribe();
    condition
        .wait_for(|now| *now != NetworkCondition::Silent)
        .await
        .unwrap();
    let Ok(mut upstream) = relay.connect_upstream().await else {
        return;
    };
    let (from_client, to_client) = client.split();
    let (from_upstream, to_upstream) = upstream.split();
    if relay.is_narrow() {
        return tokio::select! {
            () = pump_narrow(from_client, to_upstream) => {}
            () = pump_narrow(from_upstream, to_client) => {}
        };
    }
    tokio::select! {
        () = pump(from_client, to_upstream, relay, Relay::trigger_trap) => {}
        () = pump(from_upstream, to_client, relay, Relay::use_quota) => {}
    }
}

impl Relay {
    fn is_narrow(&self) -> bool {
        *self.condition.borrow() == NetworkCondition::Narrow
    }

    async fn connect_upstream(&self) -> io::Result<TcpStream> {
        let socket = TcpSocket::new_v4()?;
        if self.is_narrow() {
            // Otherwise our kernel would take what is still on its way.
            let sock = socket2::SockRef::from(&socket);
            sock.set_recv_buffer_size(4 * PACKET_BYTES as usize)?;
            sock.set_tcp_mss(PACKET_BYTES)?;
        }
        let address = (Ipv4Addr::LOCALHOST, self.upstream);
        socket.connect(address.into()).await
    }

    fn use_place(&self) {
        self.places.send_if_modified(|places| {
            *places = places.map(|places| places - 1);
            if *places == Some(0) {
                self.condition.send_replace(NetworkCondition::Refusing);
                *places = None;
            }
            false
        });
    }

    fn use_quota(&self, arrived: &[u8]) {
        self.cut_interval.send_if_modified(|interval| {
            if let Some((bytes, left)) = interval {
                *left = left.saturating_sub(arrived.len());
                if *left == 0 {
                    *left = *bytes;
                    self.cuts.send_modify(|cuts| *cuts += 1);
                }
            }
            false
        });
        self.quota.send_if_modified(|quota| {
            let Some(left) = quota else {
                return false;
            };
            *left = left.saturating_sub(arrived.len());
            let is_used_up = *left == 0;
            if is_used_up {
                self.condition.send_replace(NetworkCondition::Silent);
                *quota = None;
            }
            is_used_up
        });
    }

    fn trigger_trap(&self, sent: &[u8]) {
        self.trap.send_if_modified(|trap| {
            let is_sent = |words: &&[u8]| sent.windows(words.len()).any(|part| part == *words);
            let is_triggered = trap.as_ref().is_some_and(is_sent);
            if is_triggered {
                self.condition.send_replace(NetworkCondition::Silent);
                *trap = None;
            }
            is_triggered
        });
    }
}

/// Relays one direction until either end is closed, and passes all data to `inspect`.
async fn pump(
    mut from: ReadHalf<'_>,
    mut to: WriteHalf<'_>,
    relay: &Relay,
    inspect: impl Fn(&Relay, &[u8]),
) {
    let mut condition = relay.condition.subscribe();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let Ok(read @ 1..) = from.read(&mut buffer).await else {
            return;
        };
        let now = *condition
            .wait_for(|now| *now != NetworkCondition::Silent)
            .await
            .unwrap();
        if let NetworkCondition::Slow(delay) = now {
            sleep(delay).await;
        }
        inspect(relay, &buffer[..read]);
        if to.write_all(&buffer[..read]).await.is_err() {
            return;
        }
    }
}

/// Relays one direction of a narrow line until either end is closed.
async fn pump_narrow(mut from: ReadHalf<'_>, mut to: WriteHalf<'_>) {
    let (line, mut packets) = mpsc::channel(16);
    let sending = async {
        let mut packet = vec![0; PACKET_BYTES as usize];
        while let Ok(read @ 1..) = from.read(&mut packet).await {
            sleep(PACKET_TIME * u32::try_from(read).unwrap() / PACKET_BYTES).await;
            let is_lost = rand::random_ratio(1, 50);
            let delay = NARROW_DELAY + RETRANSMIT_AFTER * u32::from(is_lost);
            let arrives = (Instant::now() + delay, packet[..read].to_vec());
            if line.send(arrives).await.is_err() {
                return;
            }
        }
    };
    let receiving = async {
        // In order: whatever follows a lost packet waits for it.
        while let Some((at, packet)) = packets.recv().await {
            sleep_until(at).await;
            if to.write_all(&packet).await.is_err() {
                return;
            }
        }
    };
    tokio::select! {
        () = sending => {}
        () = receiving => {}
    }
}
