//! Certificates of Genesys, GMS, stores, systems that are asked for values, and channels that can't be trusted:
//! `wallboard check` says why, each its own reason, and so does `wallboard notify test`.

use std::{fs, path::Path, process::Command};

use tokio::{
    net::TcpListener,
    task::{JoinHandle, block_in_place},
};

use crate::support::{
    certificates::{Certificates, Pair},
    check, ports,
    wallboard::base_configuration,
};

/// Each vendor's source at an address, with an authority's file.
fn sources_at(url: &str, ca_file: &Path) -> [String; 2] {
    let ca_file = ca_file.display();
    let statistics = |name: &str| {
        format!(
            "ca_file = \"{ca_file}\"\nstatistics = [{{ metric = \"waiting\", object_type = \"Queue\", objects = [\"1\"], {name} = \"W\" }}]\n"
        )
    };
    [
        format!(
            "[sources.voice]\nkind = \"genesys\"\nbase_url = {url:?}\n\
             auth = {{ client_id = \"c\", client_secret = \"s\", grant = \"client_credentials\" }}\n{}",
            statistics("name")
        ),
        format!(
            "[sources.gms]\nkind = \"gms\"\nbase_url = [{url:?}]\n{}",
            statistics("stat")
        ),
    ]
}

/// An export's or a plan's source in each object store, and a system that is asked, at an address. They trust the
/// system's authorities.
fn stores_at(url: &str) -> [String; 4] {
    let export = "kind = \"sangoma-export\"\ntenant = 1234\n";
    let azure =
        format!("BlobEndpoint={url}acme;SharedAccessSignature=sv=2024-11-04&sig=c2lnbmF0dXJl");
    let bucket = format!(
        "bucket = \"acme\"\nendpoint = {url:?}\naccess_key_id = \"i\"\nsecret_access_key = \"s\"\n"
    );
    [
        format!("[sources.s3]\n{export}[sources.s3.s3]\n{bucket}"),
        format!(
            "[sources.plan]\nkind = \"plan-csv\"\n\
             columns = {{ time = \"Interval\", queue = \"Queue\", volume = \"Forecast\" }}\n\
             [sources.plan.s3]\n{bucket}"
        ),
        format!(
            "[sources.shop]\nkind = \"values\"\nurl = {url:?}\nfigures = {{ orders = \"/orders\" }}\n\
             [figures.orders]\nlabel = \"Orders\"\nsource = \"shop\"\n"
        ),
        format!(
            "[sources.azure]\n{export}[sources.azure.azure]\ncontainer = \"acme\"\n\
             connection_string = {azure:?}\n"
        ),
    ]
}

/// Sends a test message to a channel at an address. It trusts the system's authorities.
fn send_test(url: &str, ca_file: &Path) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("wallboard.toml");
    let port = ports::free();
    let channel = format!(
        "[channels.floor]\nkind = \"webhook\"\nurl = {url:?}\nallow_private = true\n\
         secret = \"0123456789abcdef\"\n"
    );
    fs::write(&file, base_configuration(port, port) + &channel).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_wallboard"));
    command.args(["notify", "test", "floor", "--config"]);
    command.arg(file).env("SSL_CERT_FILE", ca_file);
    let output = block_in_place(|| command.output().unwrap());
    assert!(!output.status.success());
    String::from_utf8(output.stderr).unwrap()
}

/// A server that ends each connection after the handshake, and its port.
async fn serve_with(pair: &Pair) -> (u16, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let acceptor = pair.acceptor();
    let serving = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            acceptor.accept(stream).await.ok();
        }
    });
    (port, serving)
}

#[tokio::test(flavor = "multi_thread")]
async fn each_bad_certificate_has_its_own_reason() {
    let folder = tempfile::tempdir().unwrap();
    let files = Certificates::write_to(folder.path());
    for (pair, ca_file, host, reason) in [
        (
            &files.server,
            &files.foreign_ca,
            "localhost",
            "is from an authority that this server doesn't trust",
        ),
        (&files.self_signed, &files.ca, "localhost", "is self-signed"),
        (
            &files.server,
            &files.ca,
            "127.0.0.1",
            "is for a different host",
        ),
        (&files.expired, &files.ca, "localhost", "has expired"),
    ] {
        let (port, serving) = serve_with(pair).await;
        let url = format!("https://{host}:{port}/");
        let expected = format!("its certificate {reason}");
        for source in sources_at(&url, ca_file) {
            let output = check::run(&[], &source, &[]);
            output.assert_status(1, &[&expected]);
        }
        let authorities = [("SSL_CERT_FILE", ca_file.display().to_string())];
        for source in stores_at(&url) {
            let output = check::run(&[], &source, &authorities);
            output.assert_status(1, &[&expected]);
        }
        let output = send_test(&url, ca_file);
        assert!(output.contains(&expected), "{output}");
        serving.abort();
    }
}
