//! The Autobahn test suite, in `scripts/nightly`, where Python 2.7 is installed: an echo with the
//! handshake and the reader that boards use. What the product itself answers to broken frames is in
//! `websocket_conformance`.

use std::{collections::BTreeMap, fs, io, path::Path, process::Command};

use axum::{
    Router,
    body::Body,
    extract::Request,
    response::{IntoResponse, Response},
};
use hyper::{
    StatusCode,
    header::{HeaderValue, SEC_WEBSOCKET_EXTENSIONS},
    upgrade::OnUpgrade,
};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    task::block_in_place,
};
use tokio_tungstenite::tungstenite::{
    handshake::server::create_response_with_body,
    protocol::{
        CloseFrame,
        frame::{
            Frame,
            coding::{Data, OpCode},
        },
    },
};
use wallboard_boards::push::{
    deflate_offer::{FrameEncoding, accept_offer},
    message_deflate::deflate_message,
    message_reader::{MessageReader, ReceivedMessage},
};

use crate::support::is_nightly;

/// The suite that `scripts/install` installs with `AUTOBAHN=1`.
const SUITE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/autobahn/site");
const RUN: &str = "import site, sys; site.addsitedir(sys.argv.pop(1)); \
     from autobahntestsuite.wstest import run; run()";
/// Longer than any message of the suite that isn't about speed.
const MESSAGE_BYTES_MAX: usize = 1 << 20;

#[tokio::test(flavor = "multi_thread")]
async fn echo_on_our_stack_passes_the_autobahn_test_suite() {
    if !is_nightly() || !Path::new(SUITE).exists() {
        return;
    }
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new().fallback(open_echo);
    let serving = tokio::spawn(async { axum::serve(listener, router).await.unwrap() });
    let folder = tempfile::tempdir().unwrap();
    let results = block_in_place(|| run_suite(&format!("ws://{address}"), folder.path()));
    serving.abort();

    assert!(200 < results.len(), "{} cases", results.len());
    let fine = ["OK", "NON-STRICT", "INFORMATIONAL"];
    let is_failed = |case: &Value| {
        ["behavior", "behaviorClose"]
            .iter()
            .any(|part| !fine.contains(&case[part].as_str().unwrap()))
    };
    let failed: BTreeMap<_, _> = results.iter().filter(|(_, case)| is_failed(case)).collect();
    assert!(failed.is_empty(), "{failed:#?}");
    println!("{} cases of Autobahn passed", results.len());
}

/// Runs all cases but those about speed, long deflated messages, and windows that are smaller than
/// ours (13.3, 13.5). Returns each one's result.
fn run_suite(server: &str, folder: &Path) -> BTreeMap<String, Value> {
    let reports = folder.join("reports");
    let mut excluded = vec!["9.*".to_owned(), "13.3.*".to_owned(), "13.5.*".to_owned()];
    // The eleventh is of 8 KiB, as the sixth, in fragments.
    for number in (7..=18).filter(|number| *number != 11) {
        excluded.extend([format!("12.*.{number}"), format!("13.*.{number}")]);
    }
    let plan = json!({
        "outdir": reports, "servers": [{"agent": "wallboard", "url": server}],
        "cases": ["*"], "exclude-cases": excluded, "exclude-agent-cases": {},
    });
    let file = folder.join("plan.json");
    fs::write(&file, plan.to_string()).unwrap();
    let mut suite = Command::new("python2.7");
    suite
        .env("PYENV_VERSION", "2.7.18")
        .args(["-c", RUN, SUITE]);
    suite.args(["--mode", "fuzzingclient", "--spec"]).arg(file);
    let output = suite.current_dir(folder).output().unwrap();
    let index = fs::read_to_string(reports.join("index.json"));
    let index = index.unwrap_or_else(|error| panic!("{error}: {output:?}"));
    let index: BTreeMap<String, BTreeMap<String, Value>> = serde_json::from_str(&index).unwrap();
    index["wallboard"].clone()
}

/// The upgrade as `web/board.rs` does it.
async fn open_echo(mut request: Request) -> Response {
    let upgrade = request.extensions_mut().remove::<OnUpgrade>();
    let response = create_response_with_body(&request, Body::empty);
    let (Some(upgrade), Ok(mut response)) = (upgrade, response) else {
        return StatusCode::UPGRADE_REQUIRED.into_response();
    };
    let offers = request.headers().get_all(SEC_WEBSOCKET_EXTENSIONS);
    let answer = accept_offer(offers.iter().map(|line| line.to_str().unwrap()));
    let mut encoding = FrameEncoding::Plain;
    if let Some(answer) = answer {
        encoding = FrameEncoding::Deflate;
        let answer = HeaderValue::from_static(answer);
        (response.headers_mut()).insert(SEC_WEBSOCKET_EXTENSIONS, answer);
    }
    tokio::spawn(async move { echo(TokioIo::new(upgrade.await.unwrap()), encoding).await });
    response
}

type Upgraded = TokioIo<hyper::upgrade::Upgraded>;

/// Sends each message back. Closes broken ones as boards do.
async fn echo(mut stream: Upgraded, encoding: FrameEncoding) {
    let mut reader = MessageReader::new(MESSAGE_BYTES_MAX, encoding);
    let mut buffer = vec![0; 4096];
    let last = 'read: loop {
        let Ok(length @ 1..) = stream.read(&mut buffer).await else {
            return;
        };
        reader.push(&buffer[..length]);
        loop {
            let answer = match reader.next_message() {
                Ok(Some(ReceivedMessage::Text(text))) => message(text.into(), Data::Text, encoding),
                Ok(Some(ReceivedMessage::Binary(bytes))) => message(bytes, Data::Binary, encoding),
                Ok(Some(ReceivedMessage::Ping(payload))) => Frame::pong(payload),
                Ok(Some(ReceivedMessage::Fragment | ReceivedMessage::Pong)) => continue,
                Ok(Some(ReceivedMessage::Close(code))) => break 'read close(code),
                Ok(None) => break,
                Err((reason, _)) => break 'read close(Some(reason.code())),
            };
            if write(&mut stream, answer).await.is_err() {
                return;
            }
        }
    };
    drop(write(&mut stream, last).await);
    drop(stream.shutdown().await);
    while let Ok(1..) = stream.read(&mut buffer).await {}
}

fn message(payload: Vec<u8>, kind: Data, encoding: FrameEncoding) -> Frame {
    let may_deflate = encoding == FrameEncoding::Deflate;
    let deflated = may_deflate.then(|| deflate_message(&payload)).flatten();
    let is_deflated = deflated.is_some();
    let payload = deflated.unwrap_or(payload);
    let mut frame = Frame::message(payload, OpCode::Data(kind), true);
    frame.header_mut().rsv1 = is_deflated;
    frame
}

fn close(code: Option<u16>) -> Frame {
    Frame::close(code.map(|code| CloseFrame {
        code: code.into(),
        reason: "".into(),
    }))
}

async fn write(stream: &mut Upgraded, frame: Frame) -> io::Result<()> {
    let mut wire = Vec::new();
    frame.format(&mut wire).unwrap();
    stream.write_all(&wire).await
}
