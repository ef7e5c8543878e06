//! A webhook of case records that answers as a test says, and has everything that it received.

use std::{
    collections::BTreeSet,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    sync::Arc,
    thread,
    time::Duration,
};

use parking_lot::Mutex;
use serde_json::Value;
use wallboard_domain::RedactedText;

const SECRET: &str = "a-secret-of-the-records";
/// Longer than anybody waits for an answer.
const HUNG: Duration = Duration::from_secs(30);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordAnswer {
    /// A status line, with headers.
    Status(&'static str),
    /// A refusal that repeats what it got.
    Echo,
    /// Nothing, with the connection open.
    Hang,
}

impl RecordAnswer {
    pub const ACCEPT: Self = Self::Status("204 No Content");
}

/// A request, and whether it was answered with 2xx.
#[derive(Clone, Debug)]
pub struct ReceivedRecords {
    pub body: Value,
    pub is_accepted: bool,
}

#[derive(Clone, Debug)]
pub struct RecordReceiver {
    port: u16,
    answer: Arc<Mutex<RecordAnswer>>,
    received: Arc<Mutex<Vec<ReceivedRecords>>>,
}

impl RecordReceiver {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let receiver = Self {
            port: listener.local_addr().unwrap().port(),
            answer: Arc::new(Mutex::new(RecordAnswer::ACCEPT)),
            received: Arc::default(),
        };
        let serving = receiver.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let receiver = serving.clone();
                thread::spawn(move || receiver.answer_request(stream));
            }
        });
        receiver
    }

    /// Answers so from now on.
    pub fn set_answer(&self, answer: RecordAnswer) {
        *self.answer.lock() = answer;
    }

    /// The channel `crm`.
    pub fn channel(&self) -> String {
        format!(
            "[channels.crm]\nkind = \"webhook\"\nurl = \"http://127.0.0.1:{}/s3cr3t-path\"\n\
             secret = \"{SECRET}\"\nallow_private = true\n",
            self.port
        )
    }

    /// All requests, in their order.
    pub fn received(&self) -> Vec<ReceivedRecords> {
        self.received.lock().clone()
    }

    /// The IDs of the records that were accepted, each at its first time.
    pub fn accepted_ids(&self) -> Vec<String> {
        let mut known = BTreeSet::new();
        let accepted = self.received().into_iter().filter(|one| one.is_accepted);
        let ids = accepted.flat_map(|one| record_ids(&one.body));
        ids.filter(|id| known.insert(id.clone())).collect()
    }

    fn answer_request(&self, mut stream: TcpStream) {
        // A sender that was killed sends half a request.
        let Some(body) = read_request(&mut stream) else {
            return;
        };
        let answer = *self.answer.lock();
        let is_accepted = answer == RecordAnswer::ACCEPT;
        let echo = body.to_string();
        // Before the answer, so that nobody has it without us.
        let received = ReceivedRecords { body, is_accepted };
        self.received.lock().push(received);
        match answer {
            RecordAnswer::Hang => thread::sleep(HUNG),
            RecordAnswer::Echo => {
                let length = echo.len();
                let head = "HTTP/1.1 400 Bad Request\r\nconnection: close";
                let text = format!("{head}\r\ncontent-length: {length}\r\n\r\n{echo}");
                stream.write_all(text.as_bytes()).ok();
            }
            RecordAnswer::Status(status) => {
                let text =
                    format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
                stream.write_all(text.as_bytes()).ok();
            }
        }
    }
}

/// The IDs of the records in a request. One with transcripts has none.
pub fn record_ids(body: &Value) -> Vec<String> {
    let records = body["data"]["records"].as_array().into_iter().flatten();
    records
        .map(|record| record["id"].as_str().unwrap().to_owned())
        .collect()
}

/// Reads a request, which must be signed.
fn read_request(stream: &mut TcpStream) -> Option<Value> {
    stream.set_read_timeout(Some(Duration::from_secs(5))).ok()?;
    let (mut request, mut bytes) = (Vec::new(), vec![0; 65_536]);
    loop {
        let read = stream.read(&mut bytes).ok().filter(|read| 0 < *read)?;
        request.extend(&bytes[..read]);
        let end = request.windows(4).position(|part| part == b"\r\n\r\n");
        let Some(end) = end else { continue };
        let head = String::from_utf8_lossy(&request[..end]).to_lowercase();
        let length: usize = header(&head, "content-length")?.parse().ok()?;
        let Some(body) = request.get(end + 4..end + 4 + length) else {
            continue;
        };
        let head = String::from_utf8_lossy(&request[..end]).into_owned();
        let body = std::str::from_utf8(body).unwrap();
        let (id, time) = (
            header(&head, "webhook-id")?,
            header(&head, "webhook-timestamp")?,
        );
        let secret = RedactedText(SECRET.to_owned());
        let signature = wallboard_notify::sign(&secret, &id, time.parse().unwrap(), body);
        assert_eq!(header(&head, "webhook-signature"), Some(signature));
        let body: Value = serde_json::from_str(body).unwrap();
        assert_eq!(body["id"], *id);
        return Some(body);
    }
}

fn header(head: &str, name: &str) -> Option<String> {
    head.lines().find_map(|line| {
        let (key, value) = line.split_once(": ")?;
        key.eq_ignore_ascii_case(name).then(|| value.to_owned())
    })
}
