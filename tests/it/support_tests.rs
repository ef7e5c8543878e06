//! The parts that the tests stand on, tested themselves.

use std::time::Duration;

use lapin::ExchangeKind;

use crate::support::{Broker, Mess, Proxy, Vep, Weather, tier, until};

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_of_ones_own_is_there_again_after_a_stop_and_after_the_power_cord() {
    let broker = Broker::start();
    let port = broker.plain_port;
    let is_open = async || tokio::net::TcpStream::connect(("127.0.0.1", port)).await;

    broker.stop();
    assert!(is_open().await.is_err());
    broker.start_again();
    assert!(is_open().await.is_ok());
    broker.kill();
    assert!(is_open().await.is_err());
    broker.start_again();
    assert!(is_open().await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vendor_publishes_at_the_rate_that_is_asked_of_it() {
    let broker = Broker::shared();
    let vep = Vep::open(broker, "rate", ExchangeKind::Topic, 7).await;

    vep.run(200, tier(2, 10), Mess::UNTIDY).await;

    let desk = vep.desk().await;
    let cases = desk.centre.present.len() + desk.centre.past.len();
    assert!(cases > 50, "{cases}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_sent_in_silence_arrives_when_the_weather_clears() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let upstream = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let proxy = Proxy::to(upstream.local_addr().unwrap().port()).await;

    proxy.set(Weather::Silent);
    let mut client = tokio::net::TcpStream::connect(("127.0.0.1", proxy.port))
        .await
        .unwrap();
    client.write_all(b"hello").await.unwrap();
    let early = tokio::time::timeout(Duration::from_millis(200), upstream.accept()).await;
    proxy.set(Weather::Clear);
    let (mut server, _) = upstream.accept().await.unwrap();
    let mut word = [0; 5];
    server.read_exact(&mut word).await.unwrap();
    proxy.cut();

    assert!(early.is_err());
    assert_eq!(&word, b"hello");
    assert!(client.read(&mut word).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn in_refusing_weather_a_connection_is_refused() {
    let upstream = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let proxy = Proxy::to(upstream.local_addr().unwrap().port()).await;
    let connect = async || tokio::net::TcpStream::connect(("127.0.0.1", proxy.port)).await;
    let soon = Duration::from_secs(5);

    until("connected", soon, connect).await;
    proxy.set(Weather::Refusing);
    until("refused", soon, async || match connect().await {
        Ok(_) => Err("connected"),
        Err(error) => Ok(error),
    })
    .await;
    proxy.set(Weather::Slow(Duration::from_millis(1)));
    until("connected again", soon, connect).await;
}
