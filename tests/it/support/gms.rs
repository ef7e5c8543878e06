//! A Genesys Mobile Services made up for tests: its Stat Server API on a loopback
//! port, written from the vendor's documentation alone. It reads requests and forms
//! by itself, notes what it was asked, and can be in any bad mood.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    task::{JoinHandle, JoinSet},
    time::sleep,
};

use super::ports;

pub const USER: &str = "default";
pub const PASSWORD: &str = "sesame-7731&x";
/// Both, as Basic authentication sends them.
pub const BASIC: &str = "ZGVmYXVsdDpzZXNhbWUtNzczMSZ4";

/// So long an answer takes.
const TAKES: Duration = Duration::from_millis(3);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    Well,
    /// “If Stat Server is not connected”.
    NoStatServer,
    /// 500 to everything, in words that say nothing.
    Failing,
    /// Knows neither user nor password.
    Refusing,
    Html,
    BadGateway,
    /// Ends the connection in the middle of an answer.
    Truncated,
    /// Takes the question and never answers.
    Hung,
    /// Answers without end.
    Huge,
    /// 429, and to be left alone for so many seconds.
    Busy(u64),
}

/// How a statistic that is not there is answered for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// 403 alone, 404 in a batch.
    Undefined,
    /// 500, alone too.
    Fails,
    /// Left out of the answer.
    Missing,
}

/// One request as it came.
#[derive(Clone, Debug)]
pub struct Asked {
    pub path: String,
    /// `Metric;ObjectType;ObjectId;Tenant` of each.
    pub statistics: Vec<String>,
    pub cache_control: Option<String>,
    pub content_type: Option<String>,
    pub authorization: Option<String>,
}

#[derive(Debug)]
pub struct World {
    pub mood: Mood,
    /// JSON by `Metric;ObjectType;ObjectId;Tenant`.
    pub values: BTreeMap<String, String>,
    pub flaws: BTreeMap<String, Flaw>,
    /// The header `Age` of single answers.
    pub age: Option<u64>,
    pub log: Vec<Asked>,
    pub under_way: usize,
    pub most_under_way: usize,
}

#[derive(Debug)]
pub struct Gms {
    pub port: u16,
    world: Arc<Mutex<World>>,
    accepting: JoinHandle<()>,
}

impl Gms {
    pub async fn start() -> Self {
        let port = ports::free();
        let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
        let world = Arc::new(Mutex::new(World {
            mood: Mood::Well,
            values: BTreeMap::new(),
            flaws: BTreeMap::new(),
            age: Some(0),
            log: Vec::new(),
            under_way: 0,
            most_under_way: 0,
        }));
        Self {
            port,
            world: world.clone(),
            accepting: tokio::spawn(accept(listener, world)),
        }
    }

    pub fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap()
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
        self.world().values.insert(statistic.to_owned(), json);
    }
}

impl Drop for Gms {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, world: Arc<Mutex<World>>) {
    // Ends with the stand-in, and the connections with it.
    let mut lines = JoinSet::new();
    loop {
        let (line, _) = listener.accept().await.unwrap();
        lines.spawn(serve(line, world.clone()));
        while lines.try_join_next().is_some() {}
    }
}

/// One connection, question after question.
async fn serve(line: TcpStream, world: Arc<Mutex<World>>) {
    let mut line = BufReader::new(line);
    while let Some((asked, form)) = read(&mut line).await {
        {
            let mut world = world.lock().unwrap();
            world.under_way += 1;
            world.most_under_way = world.most_under_way.max(world.under_way);
            world.log.push(asked.clone());
        }
        sleep(TAKES).await;
        // Before whoever asked can know: it may ask again at once.
        world.lock().unwrap().under_way -= 1;
        if answer(&mut line, &asked, &form, &world).await.is_none() {
            return;
        }
    }
}

type Form = Vec<(String, String)>;

async fn read(line: &mut BufReader<TcpStream>) -> Option<(Asked, Form)> {
    let mut request = String::new();
    line.read_line(&mut request).await.ok()?;
    let mut words = request.split(' ');
    if words.next()? != "POST" {
        return None;
    }
    let path = words.next()?.to_owned();
    let mut headers = BTreeMap::new();
    loop {
        let mut header = String::new();
        line.read_line(&mut header).await.ok()?;
        match header.trim_end().split_once(": ") {
            Some((name, value)) => headers.insert(name.to_lowercase(), value.to_owned()),
            None => break,
        };
    }
    let length: usize = headers.get("content-length")?.parse().ok()?;
    let mut body = vec![0; length];
    line.read_exact(&mut body).await.ok()?;
    let form = fields(&String::from_utf8(body).unwrap());
    let asked = Asked {
        statistics: statistics(&path, &form),
        path,
        cache_control: headers.get("cache-control").cloned(),
        content_type: headers.get("content-type").cloned(),
        authorization: headers.get("authorization").cloned(),
    };
    Some((asked, form))
}

fn fields(body: &str) -> Form {
    let pairs = body.split('&').filter_map(|field| field.split_once('='));
    pairs
        .map(|(key, value)| (decoded(key), decoded(value)))
        .collect()
}

fn decoded(text: &str) -> String {
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

/// `None` where the connection ends with it.
async fn answer(
    line: &mut BufReader<TcpStream>,
    asked: &Asked,
    form: &Form,
    world: &Mutex<World>,
) -> Option<()> {
    let (mood, reply) = {
        let world = world.lock().unwrap();
        (world.mood, world.reply(asked, form))
    };
    let (status, more, body) = match mood {
        Mood::Well => reply,
        Mood::NoStatServer => failure(500, "Statistic Service unavailable"),
        Mood::Failing => failure(500, "java.lang.NullPointerException"),
        Mood::Refusing => (
            401,
            "WWW-Authenticate: Basic realm=\"GMS\"\r\n".into(),
            String::new(),
        ),
        Mood::Html => (
            200,
            String::new(),
            "<html><body>Welcome</body></html>".into(),
        ),
        Mood::BadGateway => (502, String::new(), "<html>Bad Gateway</html>".into()),
        Mood::Busy(wait) => (429, format!("Retry-After: {wait}\r\n"), String::new()),
        Mood::Truncated => {
            let head = "HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{\"value\":1";
            line.write_all(head.as_bytes()).await.ok()?;
            line.flush().await.ok()?;
            return None;
        }
        Mood::Hung => {
            // Until whoever asked gives up.
            line.read_u8().await.ok()?;
            return None;
        }
        Mood::Huge => {
            let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
            line.write_all(head.as_bytes()).await.ok()?;
            let chunk = format!("10000\r\n{}\r\n", " ".repeat(0x10000));
            loop {
                line.write_all(chunk.as_bytes()).await.ok()?;
                sleep(Duration::from_millis(1)).await;
            }
        }
    };
    let head = format!(
        "HTTP/1.1 {status} Whatever\r\nPragma: no-cache\r\nCache-Control: no-cache\r\n\
         Cache-Control: no-store\r\nContent-Type: application/json\r\nContent-Length: {}\r\n{more}\
         Server: Jetty(8.1.8.v20121106)\r\n\r\n",
        body.len()
    );
    line.write_all(head.as_bytes()).await.ok()?;
    line.write_all(body.as_bytes()).await.ok()?;
    line.flush().await.ok()
}

/// Status, further headers and body.
type Reply = (u16, String, String);

impl World {
    fn reply(&self, asked: &Asked, form: &Form) -> Reply {
        let is_batch = match asked.path.as_str() {
            "/genesys/1/statistics" => true,
            "/genesys/1/statistic" | "/genesys/1/internal_statistic" => false,
            _ => return (404, String::new(), "<html>Not Found</html>".into()),
        };
        let is_internal = asked.path.ends_with("/internal_statistic");
        let is_let_in = asked.authorization == Some(format!("Basic {BASIC}"));
        if !is_internal && !is_let_in {
            return (401, String::new(), String::new());
        }
        for statistic in &asked.statistics {
            let name = statistic.split(';').nth(2).unwrap_or_default();
            let not_found = format!("'{name}' (Tenant 'Environment') not found");
            match self.flaws.get(statistic) {
                Some(Flaw::Undefined) if is_batch => return (404, String::new(), String::new()),
                Some(Flaw::Undefined) => return failure(403, &not_found),
                Some(Flaw::Fails) => return failure(500, "org.json.JSONException"),
                None if !self.values.contains_key(statistic) => return failure(403, &not_found),
                Some(Flaw::Missing) | None => {}
            }
        }
        let there = |statistic: &&String| !self.flaws.contains_key(*statistic);
        if !is_batch {
            let value = asked.statistics.first().filter(there);
            let value = value.map_or(String::new(), |name| {
                format!("\"value\":{}", self.values[name])
            });
            let age = self
                .age
                .map_or(String::new(), |age| format!("Age: {age}\r\n"));
            return (200, age, format!("{{{value}}}"));
        }
        let pairs = form.iter().filter(|(_, name)| there(&name));
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
