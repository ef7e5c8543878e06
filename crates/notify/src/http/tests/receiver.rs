//! An HTTP server that answers as a test says, and keeps what it received.

use std::{net::SocketAddr, sync::Arc};

use parking_lot::Mutex;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// How it answers.
#[derive(Clone, Copy, Debug)]
pub(super) enum Answer {
    /// A status line with headers, and a body.
    Text(&'static str, &'static str),
    /// A status line, and a body without an end.
    Endless(&'static str),
    /// Nothing.
    Hang,
    /// The end of the connection.
    Close,
}

#[derive(Clone, Debug)]
pub(super) struct ReceivedRequest {
    pub(super) head: String,
    pub(super) body: String,
}

pub(super) struct HttpServer {
    pub(super) address: SocketAddr,
    received: Arc<Mutex<Vec<ReceivedRequest>>>,
    task: JoinHandle<()>,
}

impl HttpServer {
    pub(super) async fn start(answer: Answer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let received = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&received);
        let task = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(respond(stream, answer, Arc::clone(&seen)));
            }
        });
        Self {
            address,
            received,
            task,
        }
    }

    pub(super) fn received(&self) -> Vec<ReceivedRequest> {
        self.received.lock().clone()
    }
}

impl Drop for HttpServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn respond(stream: TcpStream, answer: Answer, seen: Arc<Mutex<Vec<ReceivedRequest>>>) {
    let mut stream = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if stream.read_line(&mut head).await.unwrap_or_default() == 0 {
            return;
        }
    }
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let value = value.trim().parse().ok()?;
        name.eq_ignore_ascii_case("content-length").then_some(value)
    });
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body).await.unwrap();
    let body = String::from_utf8(body).unwrap();
    seen.lock().push(ReceivedRequest { head, body });
    match answer {
        Answer::Text(head, body) => {
            let length = body.len();
            let text = format!("HTTP/1.1 {head}\r\ncontent-length: {length}\r\n\r\n{body}");
            stream.write_all(text.as_bytes()).await.ok();
        }
        Answer::Endless(head) => {
            let head = format!("HTTP/1.1 {head}\r\ncontent-length: 99999999\r\n\r\n");
            stream.write_all(head.as_bytes()).await.ok();
            while stream.write_all(&[b'x'; 4096]).await.is_ok() {}
        }
        Answer::Hang => std::future::pending().await,
        Answer::Close => {}
    }
}
