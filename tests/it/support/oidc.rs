//! A company's identity provider (tests/oidc/server.mjs) on a free loopback port, and a browser without
//! pages that signs in there.

use std::{collections::BTreeMap, path::Path};

use parking_lot::Mutex;
use reqwest::{RequestBuilder, Response, Url, header};
use serde_json::{Value, json};

use super::{http, ports, server_process::ServerProcess};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oidc");
pub const SECRET: &str = "Oi4-Hemlighet+&=%:";
const REDIRECTS_MAX: usize = 10;

/// A provider whose people are in groups. Its keys are new at each start.
#[derive(Debug)]
pub struct OidcProvider {
    pub port: u16,
    command: Vec<String>,
    server: Option<ServerProcess>,
}

impl OidcProvider {
    /// Prepares one for a wallboard on a port, without starting it. `people` are their claims, by the name
    /// that they sign in with.
    pub fn prepare(wallboard: u16, people: &Value) -> Self {
        let folder = Path::new(FOLDER);
        assert!(
            folder.join("node_modules").exists(),
            "run scripts/install first"
        );
        let port = ports::free();
        let redirect = format!("http://127.0.0.1:{wallboard}/login/oidc/callback");
        let plan = json!({
            "port": port,
            "client": {"id": "wallboard", "secret": SECRET, "redirect": redirect},
            "people": people,
        });
        let server = folder.join("server.mjs").display().to_string();
        Self {
            port,
            command: vec!["node".to_owned(), server, plan.to_string()],
            server: None,
        }
    }

    /// Starts it, or starts it again with new keys.
    pub fn start(&mut self) {
        self.stop();
        let dir = tempfile::Builder::new()
            .prefix("wallboard-oidc-")
            .tempdir()
            .unwrap()
            .keep();
        let command: Vec<_> = self.command.iter().map(String::as_str).collect();
        let server = ServerProcess::start_and_wipe(&dir, self.port, &command);
        self.server = Some(server);
    }

    pub fn stop(&mut self) {
        self.server = None;
    }

    /// Returns `[access.oidc]` of the wallboard.
    pub fn toml(&self) -> String {
        format!(
            "[access.oidc]\nname = \"Acme\"\nissuer = \"http://127.0.0.1:{}\"\n\
             client_id = \"wallboard\"\nclient_secret = {{ file = \"oidc-secret\" }}\n\
             [access.oidc.roles]\nadmin = [\"wall-admins\"]\n\
             supervisor = [\"leads\", \"night-leads\"]\nviewer = [\"staff\"]\n",
            self.port
        )
    }
}

/// Cookies and requests of one person.
#[derive(Debug)]
pub struct UserAgent {
    http: reqwest::Client,
    /// By origin and name.
    cookies: Mutex<BTreeMap<(String, String), String>>,
}

impl Default for UserAgent {
    fn default() -> Self {
        Self {
            http: http::client_without_redirects(),
            cookies: Mutex::default(),
        }
    }
}

impl UserAgent {
    pub async fn get(&self, url: &str) -> Response {
        self.send(url, self.http.get(url)).await
    }

    async fn post(&self, url: &str, form: &[(&str, &str)]) -> Response {
        self.send(url, self.http.post(url).form(form)).await
    }

    async fn send(&self, url: &str, request: RequestBuilder) -> Response {
        let request = request.header(header::COOKIE, self.cookies_for(url));
        let response = request.send().await.unwrap();
        let mut cookies = self.cookies.lock();
        for cookie in response.headers().get_all(header::SET_COOKIE) {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            cookies.insert((origin_of(url), name.to_owned()), value.to_owned());
        }
        response
    }

    fn cookies_for(&self, url: &str) -> String {
        let (cookies, origin) = (self.cookies.lock(), origin_of(url));
        let own = cookies.iter().filter(|((of, _), _)| *of == origin);
        let pairs: Vec<_> = own
            .map(|((_, name), value)| format!("{name}={value}"))
            .collect();
        pairs.join("; ")
    }

    /// Returns a cookie of a site.
    pub fn cookie(&self, site: &str, name: &str) -> Option<String> {
        let key = (origin_of(site), name.to_owned());
        self.cookies.lock().get(&key).cloned()
    }

    /// Follows redirects. Returns the address of the first page, or of a redirect to `end`.
    async fn follow(&self, mut response: Response, end: &str) -> (String, String) {
        for _ in 0..REDIRECTS_MAX {
            let url = response.url().clone();
            let Some(location) = response.headers().get(header::LOCATION) else {
                return (url.to_string(), response.text().await.unwrap());
            };
            let next = url.join(location.to_str().unwrap()).unwrap().to_string();
            if next.starts_with(end) {
                return (next, String::new());
            }
            response = self.get(&next).await;
        }
        panic!("too many redirects, the last to {}", response.url())
    }

    /// Goes from a page of ours to the provider, and signs in there if asked. Returns the address to which
    /// the provider sends the browser back.
    pub async fn sign_in_at_provider(&self, start: &str, person: &str) -> String {
        let end = format!("{}/login/oidc/callback", origin_of(start));
        let (mut url, mut page) = self.follow(self.get(start).await, &end).await;
        for prompt in ["login", "consent"] {
            if url.starts_with(&end) {
                break;
            }
            assert!(
                page.contains(&format!("value=\"{prompt}\"")),
                "{url}: {page}"
            );
            let (_, action) = page.split_once(" action=\"").unwrap();
            let action = action.split('"').next().unwrap();
            let form = [("prompt", prompt), ("login", person), ("password", "any")];
            (url, page) = self.follow(self.post(action, &form).await, &end).await;
        }
        assert!(url.starts_with(&end), "{url}: {page}");
        url
    }
}

fn origin_of(url: &str) -> String {
    Url::parse(url).unwrap().origin().ascii_serialization()
}
