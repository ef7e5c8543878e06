//! Bad weather between the wallboard and its upstream: a TCP relay that can fall
//! silent, cut, refuse and delay.

use std::{sync::Arc, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{ReadHalf, WriteHalf},
    },
    sync::watch,
    task::{JoinHandle, JoinSet},
    time::sleep,
};

use super::ports;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weather {
    Clear,
    /// Everything arrives this much later.
    Slow(Duration),
    /// Nothing arrives and nobody is told: a half-open line. What was sent
    /// meanwhile arrives when the weather clears, as TCP would have it.
    Silent,
    /// New connections are refused, as by a machine that is up and a broker that is not.
    Refusing,
}

#[derive(Debug)]
pub struct Proxy {
    pub port: u16,
    weather: watch::Sender<Weather>,
    /// What of a client's makes the weather silent.
    trap: watch::Sender<Option<&'static [u8]>>,
    /// Counts the cuts: a line opened before the latest is dead.
    cuts: watch::Sender<u32>,
    accepting: JoinHandle<()>,
}

impl Proxy {
    /// Relays from a free port to `upstream` on loopback.
    pub async fn to(upstream: u16) -> Self {
        let port = ports::free();
        let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
        let weather = watch::Sender::new(Weather::Clear);
        let trap = watch::Sender::new(None);
        let cuts = watch::Sender::new(0);
        let relay = Arc::new(Relay {
            upstream,
            weather: weather.clone(),
            trap: trap.clone(),
            cuts: cuts.subscribe(),
        });
        Self {
            port,
            weather,
            trap,
            cuts,
            accepting: tokio::spawn(accept(listener, relay)),
        }
    }

    pub fn set(&self, weather: Weather) {
        self.weather.send_replace(weather);
    }

    /// Falls silent once a client has sent `words`, which still arrive.
    pub fn trap(&self, words: &'static [u8]) {
        self.trap.send_replace(Some(words));
    }

    /// Waits until the words of the trap were sent.
    pub async fn is_sprung(&self) {
        let mut trap = self.trap.subscribe();
        trap.wait_for(Option::is_none).await.unwrap();
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
    weather: watch::Sender<Weather>,
    trap: watch::Sender<Option<&'static [u8]>>,
    cuts: watch::Receiver<u32>,
}

async fn accept(listener: TcpListener, relay: Arc<Relay>) {
    let address = listener.local_addr().unwrap();
    let mut listener = Some(listener);
    let mut weather = relay.weather.subscribe();
    // Dropped with the proxy, and the lines with it.
    let mut lines = JoinSet::new();
    loop {
        let open = match listener.take() {
            Some(open) => open,
            None => TcpListener::bind(address).await.unwrap(),
        };
        loop {
            tokio::select! {
                accepted = open.accept() => {
                    lines.spawn(carry(accepted.unwrap().0, relay.clone()));
                }
                _ = weather.wait_for(|now| *now == Weather::Refusing) => break,
            }
        }
        drop(open);
        weather
            .wait_for(|now| *now != Weather::Refusing)
            .await
            .unwrap();
    }
}

/// One line, until either side ends it or it is cut.
async fn carry(mut client: TcpStream, relay: Arc<Relay>) {
    let mut cuts = relay.cuts.clone();
    cuts.mark_unchanged();
    let is_cut = tokio::select! {
        () = relay_to_upstream(&mut client, &relay) => false,
        _ = cuts.changed() => true,
    };
    if is_cut {
        // Closing then sends a reset instead of an orderly end.
        socket2::SockRef::from(&client)
            .set_linger(Some(Duration::ZERO))
            .unwrap();
    }
}

async fn relay_to_upstream(client: &mut TcpStream, relay: &Relay) {
    let mut weather = relay.weather.subscribe();
    weather
        .wait_for(|now| *now != Weather::Silent)
        .await
        .unwrap();
    let Ok(mut upstream) = TcpStream::connect(("127.0.0.1", relay.upstream)).await else {
        return;
    };
    let (from_client, to_client) = client.split();
    let (from_upstream, to_upstream) = upstream.split();
    tokio::select! {
        () = pump(from_client, to_upstream, relay, Relay::spring) => {}
        () = pump(from_upstream, to_client, relay, |_, _| ()) => {}
    }
}

impl Relay {
    fn spring(&self, sent: &[u8]) {
        self.trap.send_if_modified(|trap| {
            let is_in = |words: &&[u8]| sent.windows(words.len()).any(|part| part == *words);
            let is_sprung = trap.as_ref().is_some_and(is_in);
            if is_sprung {
                self.weather.send_replace(Weather::Silent);
                *trap = None;
            }
            is_sprung
        });
    }
}

/// Carries one direction until either end of it is closed, with a look at all of it.
async fn pump(
    mut from: ReadHalf<'_>,
    mut to: WriteHalf<'_>,
    relay: &Relay,
    look: impl Fn(&Relay, &[u8]),
) {
    let mut weather = relay.weather.subscribe();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let Ok(read @ 1..) = from.read(&mut buffer).await else {
            return;
        };
        let now = *weather
            .wait_for(|now| *now != Weather::Silent)
            .await
            .unwrap();
        if let Weather::Slow(by) = now {
            sleep(by).await;
        }
        look(relay, &buffer[..read]);
        if to.write_all(&buffer[..read]).await.is_err() {
            return;
        }
    }
}
