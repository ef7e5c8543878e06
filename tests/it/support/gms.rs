//! A test double of Genesys Mobile Services: its Stat Server API on a loopback port, written from
//! the vendor's documentation alone. It parses requests and forms itself, records what it received,
//! and can misbehave in many ways.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use parking_lot::{Mutex, MutexGuard};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    task::{JoinHandle, JoinSet},
    time::sleep,
};

use super::ports;

pub const USER: &str = "default";
pub const PASSWORD: &str = "sesame-7731&x";
/// Both, as Basic authentication encodes them.
pub const BASIC: &str = "ZGVmYXVsdDpzZXNhbWUtNzczMSZ4";

/// Time that each response takes.
const RESPONSE_TIME: Duration = Duration::from_millis(3);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behavior {
    Normal,
    /// “If Stat Server is not connected”.
    NoStatServer,
    /// Responds 500 to everything, without a useful message.
    Failing,
    /// Rejects the credentials.
    Refusing,
    Html,
    BadGateway,
    /// Closes the connection in the middle of a response.
    Truncated,
    /// Accepts the request and never responds.
    Hung,
    /// Responds without end.
    Huge,
    /// Responds 429 with a `Retry-After` of this many seconds.
    Busy(u64),
}

/// How requests for a missing statistic fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatisticFault {
    /// 403 for a single request, 404 for a batch.
    Undefined,
    /// 500, for a single request too.
    Fails,
    /// Left out of the response.
    Missing,
}

/// One received request.
#[derive(Clone, Debug)]
pub struct ReceivedRequest {
    pub path: String,
    /// `Metric;ObjectType;ObjectId;Tenant` of each.
    pub statistics: Vec<String>,
    pub cache_control: Option<String>,
    pub content_type: Option<String>,
    pub authorization: Option<String>,
}

#[derive(Debug)]
pub struct GmsState {
    pub behavior: Behavior,
    /// JSON by `Metric;ObjectType;ObjectId;Tenant`.
    pub values: BTreeMap<String, String>,
    pub faults: BTreeMap<String, StatisticFault>,
    /// The header `Age` of single responses.
    pub age: Option<u64>,
    pub requests: Vec<ReceivedRequest>,
    pub in_flight: usize,
    pub max_in_flight: usize,
}

#[derive(Debug)]
pub struct Gms {
    pub port: u16,
    state: Arc<Mutex<GmsState>>,
    accepting: JoinHandle<()>,
}

impl Gms {
    pub async fn start() -> Self {
        let port = ports::free();
        let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
        let state = Arc::new(Mutex::new(GmsState {
            behavior: Behavior::Normal,
            values: BTreeMap::new(),
            faults: BTreeMap::new(),
            age: Some(0),
            requests: Vec::new(),
            in_flight: 0,
            max_in_flight: 0,
        }));
        Self {
            port,
            state: state.clone(),
            accepting: tokio::spawn(accept(listener, state)),
        }
    }

    pub fn state(&self) -> MutexGuard<'_, GmsState> {
        self.state.lock()
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/genesys/1", self.port)
    }

    #[expect(
        clippy::needless_pass_by_value,
        reason = "tests read better without a & before each number"
    )]
    pub fn set(&self, statistic: &str, json: impl ToString) {
        let json = json.to_string();
        self.state().values.insert(statistic.to_owned(), json);
    }
}

impl Drop for Gms {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, state: Arc<Mutex<GmsState>>) {
    // Ends with the server, and closes all connections.
    let mut connections = JoinSet::new();
    loop {
        let (connection, _) = listener.accept().await.unwrap();
        connections.spawn(serve(connection, state.clone()));
        while connections.try_join_next().is_some() {}
    }
}

/// Serves one connection, request after request.
async fn serve(connection: TcpStream, state: Arc<Mutex<GmsState>>) {
    let mut connection = BufReader::new(connection);
    while let Some((request, form)) = read_request(&mut connection).await {
        {
            let mut state = state.lock();
            state.in_flight += 1;
            state.max_in_flight = state.max_in_flight.max(state.in_flight);
            state.requests.push(request.clone());
        }
        sleep(RESPONSE_TIME).await;
        // Before the client has the response: it may send the next request at once.
        state.lock().in_flight -= 1;
        if respond(&mut connection, &request, &form, &state)
            .await
            .is_none()
        {
            return;
        }
    }
}

type Form = Vec<(String, String)>;

async fn read_request(connection: &mut BufReader<TcpStream>) -> Option<(ReceivedRequest, Form)> {
    let mut request_line = String::new();
    connection.read_line(&mut request_line).await.ok()?;
    let mut words = request_line.split(' ');
    if words.next()? != "POST" {
        return None;
    }
    let path = words.next()?.to_owned();
    let mut headers = BTreeMap::new();
    loop {
        let mut header = String::new();
        connection.read_line(&mut header).await.ok()?;
        match header.trim_end().split_once(": ") {
            Some((name, value)) => headers.insert(name.to_lowercase(), value.to_owned()),
            None => break,
        };
    }
    let length: usize = headers.get("content-length")?.parse().ok()?;
    let mut body = vec![0; length];
    connection.read_exact(&mut body).await.ok()?;
    let form = parse_form(&String::from_utf8(body).unwrap());
    let request = ReceivedRequest {
        statistics: statistics(&path, &form),
        path,
        cache_control: headers.get("cache-control").cloned(),
        content_type: headers.get("content-type").cloned(),
        authorization: headers.get("authorization").cloned(),
    };
    Some((request, form))
}

fn parse_form(body: &str) -> Form {
    let pairs = body.split('&').filter_map(|field| field.split_once('='));
    pairs
        .map(|(key, value)| (decode(key), decode(value)))
        .collect()
}

fn decode(text: &str) -> String {
    let (bytes, mut plain, mut at) = (text.as_bytes(), Vec::new(), 0);
    while at < bytes.len() {
        match bytes[at] {
            b'+' => plain.push(b' '),
            b'%' => {
                plain.push(u8::from_str_radix(&text[at + 1..at + 3], 16).unwrap());
                at += 2;
            }
            byte => plain.push(byte),
        }
        at += 1;
    }
    String::from_utf8(plain).unwrap()
}

fn statistics(path: &str, form: &Form) -> Vec<String> {
    if path.ends_with("/statistics") {
        return form.iter().map(|(_, value)| value.clone()).collect();
    }
    let field = |name| {
        let field = form.iter().find(|(key, _)| key == name);
        field.map_or("", |(_, value)| value)
    };
    let names = ["metric", "objectType", "objectId", "tenant"];
    vec![names.map(field).join(";")]
}

/// Returns `None` if the connection ends.
async fn respond(
    connection: &mut BufReader<TcpStream>,
    request: &ReceivedRequest,
    form: &Form,
    state: &Mutex<GmsState>,
) -> Option<()> {
    let (behavior, reply) = {
        let state = state.lock();
        (state.behavior, state.reply(request, form))
    };
    let (status, headers, body) = match behavior {
        Behavior::Normal => reply,
        Behavior::NoStatServer => failure(500, "Statistic Service unavailable"),
        Behavior::Failing => failure(500, "java.lang.NullPointerException"),
        Behavior::Refusing => (
            401,
            "WWW-Authenticate: Basic realm=\"GMS\"\r\n".into(),
            String::new(),
        ),
        Behavior::Html => (
            200,
            String::new(),
            "<html><body>Welcome</body></html>".into(),
        ),
        Behavior::BadGateway => (502, String::new(), "<html>Bad Gateway</html>".into()),
        Behavior::Busy(wait) => (429, format!("Retry-After: {wait}\r\n"), String::new()),
        Behavior::Truncated => {
            let head = "HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{\"value\":1";
            connection.write_all(head.as_bytes()).await.ok()?;
            connection.flush().await.ok()?;
            return None;
        }
        Behavior::Hung => {
            // Until the client gives up.
            connection.read_u8().await.ok()?;
            return None;
        }
        Behavior::Huge => {
            let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
            connection.write_all(head.as_bytes()).await.ok()?;
            let chunk = format!("10000\r\n{}\r\n", " ".repeat(0x10000));
            loop {
                connection.write_all(chunk.as_bytes()).await.ok()?;
                sleep(Duration::from_millis(1)).await;
            }
        }
    };
    let head = format!(
        "HTTP/1.1 {status} Whatever\r\nPragma: no-cache\r\nCache-Control: no-cache\r\n\
         Cache-Control: no-store\r\nContent-Type: application/json\r\nContent-Length: {}\r\n{headers}\
         Server: Jetty(8.1.8.v20121106)\r\n\r\n",
        body.len()
    );
    connection.write_all(head.as_bytes()).await.ok()?;
    connection.write_all(body.as_bytes()).await.ok()?;
    connection.flush().await.ok()
}

/// Status, additional headers and body.
type Reply = (u16, String, String);

impl GmsState {
    fn reply(&self, request: &ReceivedRequest, form: &Form) -> Reply {
        let is_batch = match request.path.as_str() {
            "/genesys/1/statistics" => true,
            "/genesys/1/statistic" | "/genesys/1/internal_statistic" => false,
            _ => return (404, String::new(), "<html>Not Found</html>".into()),
        };
        let is_internal = request.path.ends_with("/internal_statistic");
        let is_authorized = request.authorization == Some(format!("Basic {BASIC}"));
        if !is_internal && !is_authorized {
            return (401, String::new(), String::new());
        }
        for statistic in &request.statistics {
            let name = statistic.split(';').nth(2).unwrap_or_default();
            let not_found = format!("'{name}' (Tenant 'Environment') not found");
            match self.faults.get(statistic) {
                Some(StatisticFault::Undefined) if is_batch => {
                    return (404, String::new(), String::new());
                }
                Some(StatisticFault::Undefined) => return failure(403, &not_found),
                Some(StatisticFault::Fails) => return failure(500, "org.json.JSONException"),
                None if !self.values.contains_key(statistic) => return failure(403, &not_found),
                Some(StatisticFault::Missing) | None => {}
            }
        }
        let is_present = |statistic: &&String| !self.faults.contains_key(*statistic);
        if !is_batch {
            let value = request.statistics.first().filter(is_present);
            let value = value.map_or(String::new(), |name| {
                format!("\"value\":{}", self.values[name])
            });
            let age = self
                .age
                .map_or(String::new(), |age| format!("Age: {age}\r\n"));
            return (200, age, format!("{{{value}}}"));
        }
        let pairs = form.iter().filter(|(_, name)| is_present(&name));
        let mut pairs: Vec<_> = pairs
            .map(|(key, name)| format!("\"{key}\":{}", self.values[name]))
            .collect();
        pairs.push("\"stat99\":7".into());
        (200, String::new(), format!("{{{}}}", pairs.join(",")))
    }
}

fn failure(status: u16, message: &str) -> Reply {
    let exception = "com.genesyslab.gsg.services.statistic.StatServerException";
    let body = format!("{{\"message\":\"{message}\",\"exception\":\"{exception}\"}}");
    (status, String::new(), body)
}
