//! Sign-in at a real server: its commands, its cookie, and sockets that close when access ends.

use std::{
    io::Write,
    process::{Command, Stdio},
    time::Duration,
};

use futures_util::StreamExt;
use reqwest::{StatusCode, header};
use tokio::{net::TcpStream, task::block_in_place, time::timeout};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{
        Error, Message, client::IntoClientRequest, http::HeaderValue,
        protocol::frame::coding::CloseCode,
    },
};

use crate::support::{Wallboard, http, ports, wait_until};

pub type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

pub const PASSWORD: &str = "a long password";
/// Until open sockets and pages follow a change of access.
const FOLLOWED_WITHIN: Duration = Duration::from_secs(5);

/// A server with sign-in and without sources.
pub struct SignInSite {
    pub wallboard: Wallboard,
    http: reqwest::Client,
}

impl SignInSite {
    pub async fn open() -> Self {
        Self::open_with("").await
    }

    /// With these lines in `[server]`.
    pub async fn open_with(server: &str) -> Self {
        Self::start(ports::free(), (server, ""), &[]).await
    }

    /// Opens one on a port that others know already, with more in `[access]` and the files for it.
    pub async fn open_at(port: u16, access: &str, files: &[(&str, &str)]) -> Self {
        let server = format!("public_url = \"http://127.0.0.1:{port}\"\n");
        Self::start(port, (&server, access), files).await
    }

    /// Opens one that people reach at another port, with more in the configuration and the files for it.
    pub async fn open_behind(public_port: u16, more: &str, files: &[(&str, &str)]) -> Self {
        let server = format!("public_url = \"http://127.0.0.1:{public_port}\"\n");
        Self::start(ports::free(), (&server, more), files).await
    }

    async fn start(port: u16, (server, access): (&str, &str), files: &[(&str, &str)]) -> Self {
        let configuration = format!(
            "[server]\nlisten = \"127.0.0.1:{port}\"\n{server}[store]\nurl = \"sqlite:wallboard.db\"\n\
             [access]\nmode = \"login\"\nagents_on_screens = true\n{access}\n\
             [access.groups.hall]\nboards = [\"queues\"]\nqueues = [\"*\"]\n\
             [access.groups.sales]\nboards = [\"sales*\"]\n"
        );
        Self {
            wallboard: Wallboard::start(&configuration, port, files, Vec::new()).await,
            http: http::client_without_redirects(),
        }
    }

    /// Runs `wallboard user`. Returns its exit status and output.
    pub fn run_user(&self, arguments: &[&str], input: &str) -> (Option<i32>, String) {
        self.run_command("user", arguments, input)
    }

    pub fn run_command(
        &self,
        command: &str,
        arguments: &[&str],
        input: &str,
    ) -> (Option<i32>, String) {
        let mut run = Command::new(env!("CARGO_BIN_EXE_wallboard"));
        let command = run.arg(command);
        command.args(arguments).arg("--config");
        command.arg(self.wallboard.file("wallboard.toml"));
        command.stdin(Stdio::piped());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        block_in_place(|| {
            let mut child = command.spawn().unwrap();
            let mut stdin = child.stdin.take().unwrap();
            stdin.write_all(input.as_bytes()).unwrap();
            drop(stdin);
            let output = child.wait_with_output().unwrap();
            let text = [output.stdout, output.stderr].concat();
            (output.status.code(), String::from_utf8(text).unwrap())
        })
    }

    pub fn add_user(&self, name: &str, role: &str) {
        let added = self.run_user(&["add", name, "--role", role], PASSWORD);
        let expected = format!("Added {name}, {role}\n");
        // A node's command also logs its connection to NATS.
        let is_added = added.0 == Some(0) && added.1.contains(&expected);
        assert!(is_added, "{added:?}");
    }

    /// Signs in. Returns the cookie, or the answer's status.
    pub async fn sign_in(&self, name: &str, password: &str) -> Result<String, StatusCode> {
        let form = [("name", name), ("password", password)];
        let answer = self.post("/login", None, &form).await;
        let cookie = answer.headers().get(header::SET_COOKIE);
        let cookie = cookie.ok_or(answer.status())?.to_str().unwrap();
        Ok(cookie.split(';').next().unwrap().to_owned())
    }

    /// Sends a form as a page of the site does.
    pub async fn post(
        &self,
        path: &str,
        cookie: Option<&str>,
        form: &[(&str, &str)],
    ) -> reqwest::Response {
        let request = self.http.post(self.wallboard.url(path)).form(form);
        let request = request.header("sec-fetch-site", "same-origin");
        let request = match cookie {
            Some(cookie) => request.header(header::COOKIE, cookie),
            None => request,
        };
        request.send().await.unwrap()
    }

    pub async fn status(&self, path: &str, cookie: &str) -> StatusCode {
        let request = self.http.get(self.wallboard.url(path));
        let request = request.header(header::COOKIE, cookie);
        request.send().await.unwrap().status()
    }

    /// The token that a session's forms have.
    pub async fn form_token(&self, cookie: &str) -> String {
        let request = self.http.get(self.wallboard.url("/account"));
        let request = request.header(header::COOKIE, cookie);
        let page = request.send().await.unwrap().text().await.unwrap();
        let (_, token) = page.split_once("name=\"form\" value=\"").unwrap();
        token[..64].to_owned()
    }

    pub async fn open_socket(
        &self,
        board: &str,
        cookie: Option<&str>,
        origin: Option<&str>,
    ) -> Result<Socket, u16> {
        let url = self.wallboard.url(&format!("/boards/{board}/live"));
        let mut request = url.replacen("http", "ws", 1).into_client_request().unwrap();
        for (name, value) in [("cookie", cookie), ("origin", origin)] {
            if let Some(value) = value {
                (request.headers_mut()).insert(name, HeaderValue::from_str(value).unwrap());
            }
        }
        match connect_async(request).await {
            Ok((socket, _)) => Ok(socket),
            Err(Error::Http(answer)) => Err(answer.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }

    pub async fn follow_board(&self, board: &str, cookie: &str) -> Socket {
        let origin = self.wallboard.url("");
        let opened = self.open_socket(board, Some(cookie), Some(&origin));
        opened.await.unwrap()
    }
}

/// Returns the code that the server closes the socket with.
pub async fn close_code(socket: &mut Socket) -> u16 {
    let closing = async {
        while let Some(message) = socket.next().await {
            if let Message::Close(frame) = message.unwrap() {
                return CloseCode::into(frame.unwrap().code);
            }
        }
        panic!("closed without a reason")
    };
    timeout(FOLLOWED_WITHIN, closing).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn users_are_managed_at_the_command_line_while_the_server_runs() {
    let mut site = SignInSite::open().await;
    let log = site.wallboard.log();
    assert!(log.contains("/setup?code="), "{log}");
    site.add_user("Åsa", "admin");
    site.add_user("Bo", "viewer");

    let again = site.run_user(&["add", "åsa", "--role", "viewer"], PASSWORD);
    assert_eq!(again.0, Some(1), "{again:?}");
    let weak = site.run_user(&["add", "Cy", "--role", "viewer"], "short\n");
    assert!(weak.1.contains("at least 12 characters"), "{weak:?}");
    let (_, list) = site.run_user(&["list"], "");
    let rows: Vec<Vec<_>> = list
        .lines()
        .map(|row| row.split_whitespace().collect())
        .collect();
    assert_eq!(rows, [["Bo", "viewer"], ["Åsa", "admin"]]);

    let cookie = site.sign_in("bo", PASSWORD).await.unwrap();
    assert_eq!(site.status("/", &cookie).await, StatusCode::OK);
    site.wallboard.restart("-KILL").await;
    assert_eq!(
        site.status("/", &cookie).await,
        StatusCode::OK,
        "after a kill"
    );
    let changed = site.run_user(&["password", "Bo"], "another password\n");
    assert_eq!(changed.0, Some(0), "{changed:?}");
    let old = site.sign_in("Bo", PASSWORD).await;
    assert_eq!(old, Err(StatusCode::UNPROCESSABLE_ENTITY));
    site.sign_in("Bo", "another password").await.unwrap();
    let refused = site.run_user(&["disable", "Åsa"], "");
    assert!(
        refused.1.contains("is the last administrator"),
        "{refused:?}"
    );

    let log = site.wallboard.log();
    for secret in [PASSWORD, "another password", &cookie[20..]] {
        assert!(!log.contains(secret), "{log}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn socket_opens_for_own_pages_of_those_who_are_signed_in() {
    let site = SignInSite::open().await;
    site.add_user("Bo", "viewer");
    let cookie = site.sign_in("Bo", PASSWORD).await.unwrap();
    let own = site.wallboard.url("");
    let open = async |board, cookie: Option<&str>, origin: Option<&str>| {
        let opened = site.open_socket(board, cookie, origin).await;
        opened.map_or_else(|status| status, |_| 101)
    };

    assert_eq!(open("queues", Some(&cookie), Some(&own)).await, 101);
    assert_eq!(open("queues", None, Some(&own)).await, 401);
    let forged = format!("__Host-wallboard={}", "ab".repeat(32));
    assert_eq!(open("queues", Some(&forged), Some(&own)).await, 401);
    assert_eq!(open("agents", Some(&cookie), Some(&own)).await, 403);
    let port = site.wallboard.port;
    for origin in [
        None,
        Some("null".to_owned()),
        Some("https://evil.example".to_owned()),
        Some(format!("http://127.0.0.1.evil.example:{port}")),
        Some(format!("https://127.0.0.1:{port}")),
        Some(format!("http://127.0.0.1:{}", port + 1)),
    ] {
        let opened = open("queues", Some(&cookie), origin.as_deref()).await;
        assert_eq!(opened, 403, "{origin:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn open_socket_closes_when_access_ends() {
    let site = SignInSite::open().await;
    for (name, role) in [
        ("Åsa", "admin"),
        ("Bo", "supervisor"),
        ("Cy", "viewer"),
        ("Di", "viewer"),
    ] {
        site.add_user(name, role);
    }
    let admin = site.sign_in("Åsa", PASSWORD).await.unwrap();
    let token = site.form_token(&admin).await;

    let bo = site.sign_in("Bo", PASSWORD).await.unwrap();
    let (mut agents, mut queues) = (
        site.follow_board("agents", &bo).await,
        site.follow_board("queues", &bo).await,
    );
    let role = [("form", token.as_str()), ("name", "Bo"), ("role", "viewer")];
    let changed = site.post("/people/role", Some(&admin), &role).await;
    assert_eq!(changed.headers()[header::LOCATION], "/people?done=role");
    assert_eq!(close_code(&mut agents).await, 4403);
    let still = timeout(Duration::from_secs(2), async {
        while let Some(Ok(message)) = queues.next().await {
            assert!(!message.is_close(), "a viewer may see the queues");
        }
    });
    assert!(still.await.is_err(), "it stays open");

    let cy = site.sign_in("Cy", PASSWORD).await.unwrap();
    let mut socket = site.follow_board("queues", &cy).await;
    let disabled = site.run_user(&["disable", "Cy"], "");
    assert_eq!(disabled.0, Some(0), "{disabled:?}");
    assert_eq!(close_code(&mut socket).await, 4401);
    assert_eq!(site.status("/", &cy).await, StatusCode::UNAUTHORIZED);

    let di = site.sign_in("Di", PASSWORD).await.unwrap();
    let mut socket = site.follow_board("queues", &di).await;
    let token = site.form_token(&di).await;
    site.post("/logout", Some(&di), &[("form", &token)]).await;
    assert_eq!(close_code(&mut socket).await, 4401);
}

#[tokio::test(flavor = "multi_thread")]
async fn members_of_a_group_lose_the_boards_of_a_group_that_they_leave() {
    let site = SignInSite::open().await;
    let added = site.run_user(
        &["add", "Bo", "--role", "supervisor", "--group", "hall"],
        PASSWORD,
    );
    assert_eq!(added.0, Some(0), "{added:?}");
    let unknown = site.run_user(&["role", "Bo", "--role", "viewer", "--group", "gone"], "");
    assert!(
        unknown.1.contains("there's no group \"gone\""),
        "{unknown:?}"
    );

    let bo = site.sign_in("Bo", PASSWORD).await.unwrap();
    assert_eq!(
        site.status("/boards/agents", &bo).await,
        StatusCode::FORBIDDEN
    );
    let mut socket = site.follow_board("queues", &bo).await;
    let moved = site.run_user(
        &["role", "Bo", "--role", "supervisor", "--group", "sales"],
        "",
    );
    assert_eq!(moved, (Some(0), "Made Bo supervisor\n".to_owned()));
    assert_eq!(close_code(&mut socket).await, 4403);
    assert_eq!(
        site.status("/boards/queues", &bo).await,
        StatusCode::FORBIDDEN
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_read_with_a_token_until_it_is_revoked() {
    let site = SignInSite::open().await;
    let made = ["add", "Prometheus", "--role", "supervisor", "--days", "30"];
    let (status, token) = site.run_command("token", &made, "");
    assert_eq!(status, Some(0), "{token}");
    let mut lines = token.lines();
    let token = lines.find(|line| line.starts_with("wbt_")).unwrap();
    let read = async || {
        let request = site
            .http
            .get(site.wallboard.url("/metrics"))
            .bearer_auth(token);
        request.send().await.unwrap()
    };
    // The server may learn of it later than the command.
    wait_until("the token holds", FOLLOWED_WITHIN, async || {
        let status = read().await.status();
        if status == StatusCode::OK {
            Ok(())
        } else {
            Err(status)
        }
    })
    .await;
    let text = read().await.text().await.unwrap();
    assert!(text.contains("wallboard_source"), "{text}");

    let (_, list) = site.run_command("token", &["list"], "");
    let id = list.split_whitespace().next().unwrap();
    assert_eq!(site.run_command("token", &["revoke", id], "").0, Some(0));
    wait_until("the token is refused", FOLLOWED_WITHIN, async || {
        let status = read().await.status();
        if status == StatusCode::UNAUTHORIZED {
            Ok(())
        } else {
            Err(status)
        }
    })
    .await;
    let log = site.wallboard.log();
    assert!(!log.contains(&token[4..]), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_session_has_at_most_a_hundred_sockets() {
    let site = SignInSite::open().await;
    site.add_user("Bo", "viewer");
    let (greedy, other) = (
        site.sign_in("Bo", PASSWORD).await.unwrap(),
        site.sign_in("Bo", PASSWORD).await.unwrap(),
    );
    let own = site.wallboard.url("");
    let open = |cookie| site.open_socket("queues", Some(cookie), Some(&own));
    let mut sockets = Vec::new();
    for _ in 0..100 {
        sockets.push(open(&greedy).await.unwrap());
    }

    assert_eq!(open(&greedy).await.map(drop), Err(503));
    open(&other).await.unwrap();
    sockets.pop();
    let freed = wait_until("a place is free again", FOLLOWED_WITHIN, async || {
        open(&greedy).await.map(drop)
    });
    freed.await;
}
