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
        let cuts = watch::Sender::new(0);
        let relay = Arc::new(Relay {
            upstream,
            weather: weather.subscribe(),
            cuts: cuts.subscribe(),
        });
        Self {
            port,
            weather,
            cuts,
            accepting: tokio::spawn(accept(listener, relay)),
        }
    }

    pub fn set(&self, weather: Weather) {
        self.weather.send_replace(weather);
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
    weather: watch::Receiver<Weather>,
    cuts: watch::Receiver<u32>,
}

async fn accept(listener: TcpListener, relay: Arc<Relay>) {
    let address = listener.local_addr().unwrap();
    let mut listener = Some(listener);
    let mut weather = relay.weather.clone();
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
    let mut weather = relay.weather.clone();
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
        () = pump(from_client, to_upstream, relay.weather.clone()) => {}
        () = pump(from_upstream, to_client, relay.weather.clone()) => {}
    }
}

/// Carries one direction until either end of it is closed.
async fn pump(
    mut from: ReadHalf<'_>,
    mut to: WriteHalf<'_>,
    mut weather: watch::Receiver<Weather>,
) {
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
        if to.write_all(&buffer[..read]).await.is_err() {
            return;
        }
    }
}
