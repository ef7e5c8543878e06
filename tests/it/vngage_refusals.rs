//! Setup mistakes are reported in a sentence at `/api/v1/sources`, retried, and reveal no secret.

use std::{fs, time::Duration};

use lapin::ExchangeKind;
use tokio::net::TcpListener;

use crate::support::{
    Broker, Disorder, NetworkCondition, Proxy, Vep, VngageSource, Wallboard, broker, broker::url,
    ports, wait_until, wait_until_correct,
};

const SOON: Duration = Duration::from_secs(20);
/// An exclusive consumer's rejection is first attributed to a half-open predecessor.
const SECOND_INSTANCE_NAMED: Duration = Duration::from_secs(80);

/// Waits until the source with `vngage` reports one of `words` and is down.
async fn wait_for_error(vngage: VngageSource, words: &[&str], within: Duration) -> Wallboard {
    let wallboard = Wallboard::serve(vngage).await;
    wait_until(
        &format!("the source reports one of {words:?}"),
        within,
        async || {
            let source = wallboard.source().await?;
            let error = source["last_error"]
                .as_str()
                .unwrap_or_default()
                .to_lowercase();
            let is_match = words.iter().any(|word| error.contains(word));
            // A sentence for people, not a library's debug output.
            let is_plain = !error.contains("error(") && !error.contains("some(");
            if is_match && is_plain && source["state"] != "live" {
                Ok(())
            } else {
                Err(source.to_string())
            }
        },
    )
    .await;
    assert_no_secrets(&wallboard).await;
    wallboard
}

async fn assert_no_secrets(wallboard: &Wallboard) {
    for page in ["/api/v1/sources", "/sources"] {
        let text = wallboard.text(page).await;
        assert!(
            !text.contains(broker::PASSWORD) && !text.contains("amqp"),
            "{page}: {text}"
        );
    }
}

/// Creates an exchange as the vendor provides it.
async fn create_exchange(name: &str) -> Vep {
    Vep::open(Broker::shared(), name, ExchangeKind::Topic, 21).await
}

#[tokio::test(flavor = "multi_thread")]
async fn certificate_of_a_foreign_authority_is_rejected_and_reported() {
    let broker = Broker::shared();
    let _vep = create_exchange("foreign-ca").await;
    let vngage = VngageSource {
        ca_file: Some(broker.certificates.foreign_ca.clone()),
        ..VngageSource::tls(broker, "foreign-ca")
    };

    wait_for_error(vngage, &["certificate"], SOON).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn certificate_for_another_host_is_rejected_and_reported() {
    let broker = Broker::shared();
    let _vep = create_exchange("other-host").await;
    let vngage = VngageSource {
        url: broker.tls_url().replace("localhost", "127.0.0.1"),
        ..VngageSource::tls(broker, "other-host")
    };

    wait_for_error(vngage, &["different host"], SOON).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn expired_certificate_is_rejected_and_reported() {
    let broker = Broker::shared();
    let port = ports::free();
    let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
    let acceptor = broker.certificates.expired.acceptor();
    let serving = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            acceptor.accept(stream).await.ok();
        }
    });

    wait_for_error(
        VngageSource::tls(broker, "expired").via_proxy(port),
        &["has expired"],
        SOON,
    )
    .await;
    serving.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn replaced_authority_is_trusted_without_a_restart() {
    let broker = Broker::shared();
    let _vep = create_exchange("new-ca").await;
    let folder = tempfile::tempdir().unwrap();
    let ca_file = folder.path().join("ca.pem");
    fs::copy(&broker.certificates.foreign_ca, &ca_file).unwrap();
    let vngage = VngageSource {
        ca_file: Some(ca_file.clone()),
        ..VngageSource::tls(broker, "new-ca")
    };
    let wallboard = wait_for_error(vngage, &["certificate"], SOON).await;

    fs::copy(&broker.certificates.ca, &ca_file).unwrap();

    wallboard
        .wait_for_state("live", Duration::from_mins(1))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_password_is_reported() {
    let broker = Broker::shared();
    let _vep = create_exchange("wrong-password").await;
    let vngage = VngageSource {
        url: url(
            "amqp",
            broker::USER,
            "wrong",
            "127.0.0.1",
            broker.plain_port,
        ),
        ..VngageSource::plain(broker, "wrong-password")
    };

    wait_for_error(vngage, &["password"], SOON).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_virtual_host_is_reported() {
    let broker = Broker::shared();
    let vngage = VngageSource {
        url: broker.plain_url().replace(broker::VHOST, "nowhere"),
        ..VngageSource::plain(broker, "no-vhost")
    };

    wait_for_error(vngage, &["virtual host"], SOON).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_exchange_is_named_and_used_once_it_exists() {
    let broker = Broker::shared();
    let vngage = VngageSource::plain(broker, "not-yet-there");

    let wallboard = wait_for_error(vngage, &["not-yet-there"], SOON).await;

    let vep = create_exchange("not-yet-there").await;
    wallboard.wait_for_state("live", SOON).await;
    vep.run(20, Duration::from_secs(1), Disorder::NONE).await;
    wait_until_correct(&wallboard, &vep, SOON).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_permission_is_reported() {
    let broker = Broker::shared();
    let _vep = create_exchange("no-permission").await;
    let url = broker.plain_url().replace(broker::USER, broker::ONLOOKER);
    let vngage = VngageSource {
        url,
        ..VngageSource::plain(broker, "no-permission")
    };

    wait_for_error(vngage, &["permission"], SOON).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn refusing_broker_is_reported_and_used_once_it_accepts() {
    let broker = Broker::shared();
    let vep = create_exchange("refusing").await;
    let proxy = Proxy::to(broker.plain_port).await;
    proxy.set(NetworkCondition::Refusing);
    let vngage = VngageSource::plain(broker, "refusing").via_proxy(proxy.port);

    let wallboard = wait_for_error(vngage, &["refuse"], SOON).await;

    proxy.set(NetworkCondition::Normal);
    wallboard.wait_for_state("live", SOON).await;
    vep.run(20, Duration::from_secs(1), Disorder::NONE).await;
    wait_until_correct(&wallboard, &vep, SOON).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn second_instance_is_reported_and_does_not_harm_the_first() {
    let broker = Broker::shared();
    let vep = create_exchange("second").await;
    let first = Wallboard::serve(VngageSource::plain(broker, "second")).await;
    first.wait_for_state("live", SOON).await;

    let words = ["another", "other consumer", "second"];
    let _second = wait_for_error(
        VngageSource::plain(broker, "second"),
        &words,
        SECOND_INSTANCE_NAMED,
    )
    .await;

    vep.run(20, Duration::from_secs(1), Disorder::NONE).await;
    wait_until_correct(&first, &vep, SOON).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn client_certificate_is_presented_to_the_broker() {
    let broker = Broker::shared();
    let vep = create_exchange("client-certificate").await;
    let client = &broker.certificates.client;
    let vngage = VngageSource {
        extra_toml: format!(
            "client_cert = {:?}\nclient_key = {:?}",
            client.cert.display().to_string(),
            client.key.display().to_string()
        ),
        ..VngageSource::tls(broker, "client-certificate")
    };

    let wallboard = Wallboard::serve(vngage).await;

    wallboard.wait_for_state("live", SOON).await;
    vep.run(20, Duration::from_secs(1), Disorder::NONE).await;
    wait_until_correct(&wallboard, &vep, SOON).await;
}
