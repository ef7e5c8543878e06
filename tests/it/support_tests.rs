//! The parts that the tests stand on, tested themselves.

use std::time::Duration;

use lapin::ExchangeKind;

use crate::support::{Azure, Broker, Mess, Proxy, S3, Sshd, Vep, Weather, sshd::Form, tier, until};

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

#[tokio::test(flavor = "multi_thread")]
async fn stores_keep_names_with_slashes_and_back_slashes_as_they_are() {
    let (s3, azure) = (S3::shared(), Azure::shared());
    let names = ["\\CCAAS\\FACTS\\a.csv", "CCAAS/FACTS/a.csv", "/CCAAS/a.csv"];

    s3.make_bucket("names").await;
    for name in names {
        s3.put("names", name, name).await;
    }
    let files = names.map(|name| (name, name.as_bytes()));
    azure.put("names", &files);

    let listing = reqwest::get(format!("{}/names?list-type=2", s3.endpoint()))
        .await
        .unwrap();
    let listing = listing.text().await.unwrap();
    for name in names {
        assert!(listing.contains(&format!("<Key>{name}</Key>")), "{listing}");
    }
    assert!(azure.sas("names", "rl", 5).contains("sig="));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_sftp_server_lets_its_own_keys_in_and_no_others() {
    let mut sshd = Sshd::start();
    sshd.put("Metrics/2026/1/2/queues.csv", "a,b\r\n");
    let (key, foreign) = (
        sshd.key("ed25519", Form::OpenSsh, ""),
        sshd.foreign_key("ed25519", Form::OpenSsh, ""),
    );
    let known = sshd.known_hosts();
    let lists = |key: &std::path::Path, port: u16| {
        let mut sftp = std::process::Command::new("sftp");
        sftp.args([
            "-b",
            "-",
            "-P",
            &port.to_string(),
            "-o",
            "IdentitiesOnly=yes",
        ])
        .args(["-o", &format!("UserKnownHostsFile={}", known.display())])
        .arg("-i")
        .arg(key)
        .arg(format!("{}@127.0.0.1:Metrics/2026/1/2", Sshd::user()))
        .stdin(std::process::Stdio::null());
        sftp.output().unwrap().status.success()
    };

    assert!(lists(&key, sshd.port));
    assert!(!lists(&foreign, sshd.port));
    sshd.replace_host_keys();
    assert!(!lists(&key, sshd.port));
}
