//! What is set up wrong is said in a sentence at `/api/v1/sources`, tried again, and
//! gives no secret away.

use std::time::Duration;

use lapin::ExchangeKind;

use crate::support::{
    Broker, Mess, Proxy, Vep, Vngage, Wallboard, Weather, broker, broker::url, equals, until,
};

const SOON: Duration = Duration::from_secs(20);
/// An exclusive consumer's refusal is first taken for a half-open predecessor.
const SECOND_INSTANCE_NAMED: Duration = Duration::from_secs(80);

/// With `vngage`, the source says one of `words` and is down.
async fn says(vngage: Vngage, words: &[&str], within: Duration) -> Wallboard {
    let wallboard = Wallboard::serve(vngage).await;
    until(
        &format!("the source says one of {words:?}"),
        within,
        async || {
            let source = wallboard.source().await?;
            let error = source["last_error"]
                .as_str()
                .unwrap_or_default()
                .to_lowercase();
            let is_said = words.iter().any(|word| error.contains(word));
            // A sentence for people, not the insides of a library.
            let is_plain = !error.contains("error(") && !error.contains("some(");
            if is_said && is_plain && source["state"] != "live" {
                Ok(())
            } else {
                Err(source.to_string())
            }
        },
    )
    .await;
    gives_nothing_away(&wallboard).await;
    wallboard
}

async fn gives_nothing_away(wallboard: &Wallboard) {
    for page in ["/api/v1/sources", "/sources"] {
        let text = wallboard.text(page).await;
        assert!(
            !text.contains(broker::PASSWORD) && !text.contains("amqp"),
            "{page}: {text}"
        );
    }
}

/// An exchange as the vendor gives it.
async fn exchange(name: &str) -> Vep {
    Vep::open(Broker::shared(), name, ExchangeKind::Topic, 21).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_of_a_foreign_authority_is_refused_and_said() {
    let broker = Broker::shared();
    let _vep = exchange("foreign-ca").await;
    let vngage = Vngage {
        ca_file: Some(broker.certificates.foreign_ca.clone()),
        ..Vngage::tls(broker, "foreign-ca")
    };

    says(vngage, &["certificate"], SOON).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_for_another_host_is_refused_and_said() {
    let broker = Broker::shared();
    let _vep = exchange("other-host").await;
    let vngage = Vngage {
        url: broker.tls_url().replace("localhost", "127.0.0.1"),
        ..Vngage::tls(broker, "other-host")
    };

    says(vngage, &["different host"], SOON).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_said() {
    let broker = Broker::shared();
    let _vep = exchange("wrong-password").await;
    let vngage = Vngage {
        url: url(
            "amqp",
            broker::USER,
            "wrong",
            "127.0.0.1",
            broker.plain_port,
        ),
        ..Vngage::plain(broker, "wrong-password")
    };

    says(vngage, &["password"], SOON).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_virtual_host_that_is_not_there_is_said() {
    let broker = Broker::shared();
    let vngage = Vngage {
        url: broker.plain_url().replace(broker::VHOST, "nowhere"),
        ..Vngage::plain(broker, "no-vhost")
    };

    says(vngage, &["virtual host"], SOON).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exchange_that_is_not_there_is_named_and_found_as_soon_as_it_is() {
    let broker = Broker::shared();
    let vngage = Vngage::plain(broker, "not-yet-there");

    let wallboard = says(vngage, &["not-yet-there"], SOON).await;

    let vep = exchange("not-yet-there").await;
    wallboard.becomes("live", SOON).await;
    vep.run(20, Duration::from_secs(1), Mess::TIDY).await;
    equals(&wallboard, &vep, SOON).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_permission_that_is_missing_is_said() {
    let broker = Broker::shared();
    let _vep = exchange("no-permission").await;
    let url = broker.plain_url().replace(broker::USER, broker::ONLOOKER);
    let vngage = Vngage {
        url,
        ..Vngage::plain(broker, "no-permission")
    };

    says(vngage, &["permission"], SOON).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_refuses_connections_is_said_and_found_as_soon_as_it_is_there() {
    let broker = Broker::shared();
    let vep = exchange("refusing").await;
    let proxy = Proxy::to(broker.plain_port).await;
    proxy.set(Weather::Refusing);
    let vngage = Vngage::plain(broker, "refusing").through(proxy.port);

    let wallboard = says(vngage, &["refuse"], SOON).await;

    proxy.set(Weather::Clear);
    wallboard.becomes("live", SOON).await;
    vep.run(20, Duration::from_secs(1), Mess::TIDY).await;
    equals(&wallboard, &vep, SOON).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_instance_on_the_same_queue_is_named_and_harms_not_the_first() {
    let broker = Broker::shared();
    let vep = exchange("second").await;
    let first = Wallboard::serve(Vngage::plain(broker, "second")).await;
    first.becomes("live", SOON).await;

    let words = ["another", "other consumer", "second"];
    let _second = says(
        Vngage::plain(broker, "second"),
        &words,
        SECOND_INSTANCE_NAMED,
    )
    .await;

    vep.run(20, Duration::from_secs(1), Mess::TIDY).await;
    equals(&first, &vep, SOON).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_certificate_is_shown_to_the_broker() {
    let broker = Broker::shared();
    let vep = exchange("client-certificate").await;
    let client = &broker.certificates.client;
    let vngage = Vngage {
        more: format!(
            "client_cert = {:?}\nclient_key = {:?}",
            client.cert.display().to_string(),
            client.key.display().to_string()
        ),
        ..Vngage::tls(broker, "client-certificate")
    };

    let wallboard = Wallboard::serve(vngage).await;

    wallboard.becomes("live", SOON).await;
    vep.run(20, Duration::from_secs(1), Mess::TIDY).await;
    equals(&wallboard, &vep, SOON).await;
}
