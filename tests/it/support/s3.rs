//! A private S3: `moto`'s server on a free loopback port.

use std::{path::Path, sync::OnceLock};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::{Client, Method};
use serde_json::Value;

use super::{ports, server_process::ServerProcess};

const SERVER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/s3/venv/bin/moto_server");
pub const REGION: &str = "us-east-1";
/// Characters that need no encoding in a path.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

#[derive(Debug)]
pub struct S3 {
    pub port: u16,
    client: Client,
    _server: ServerProcess,
}

/// Access key of a user.
#[derive(Clone, Debug)]
pub struct AccessKey {
    pub id: String,
    pub secret: String,
}

impl S3 {
    /// Returns the shared server, which lets everybody do everything. Each test uses its own
    /// bucket.
    pub fn shared() -> &'static S3 {
        static SHARED: OnceLock<S3> = OnceLock::new();
        SHARED.get_or_init(S3::start)
    }

    pub fn start() -> S3 {
        assert!(Path::new(SERVER).exists(), "run scripts/install first");
        let dir = tempfile::Builder::new()
            .prefix("wallboard-s3-")
            .tempdir()
            .unwrap()
            .keep();
        let port = ports::free();
        let listen = port.to_string();
        let command = [SERVER, "-H", "127.0.0.1", "-p", &listen];
        S3 {
            port,
            client: Client::new(),
            _server: ServerProcess::start_and_wipe(&dir, port, &command),
        }
    }

    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub async fn make_bucket(&self, bucket: &str) {
        self.send(Method::PUT, "s3", &format!("/{bucket}"), Vec::new())
            .await;
    }

    /// Puts an object at exactly this key.
    pub async fn put(&self, bucket: &str, key: &str, content: impl Into<Vec<u8>>) {
        let path = format!("/{bucket}/{}", utf8_percent_encode(key, PLAIN));
        self.send(Method::PUT, "s3", &path, content.into()).await;
    }

    pub async fn remove(&self, bucket: &str, key: &str) {
        let path = format!("/{bucket}/{}", utf8_percent_encode(key, PLAIN));
        self.send(Method::DELETE, "s3", &path, Vec::new()).await;
    }

    /// Creates a user with this policy.
    pub async fn make_user(&self, name: &str, policy: &Value) -> AccessKey {
        let iam = async |action: &str, parameters: &str| {
            let form = format!("Action={action}&Version=2010-05-08&UserName={name}{parameters}");
            self.send(Method::POST, "iam", "/", form.into_bytes()).await
        };
        iam("CreateUser", "").await;
        let policy = policy.to_string();
        let document = utf8_percent_encode(&policy, NON_ALPHANUMERIC);
        iam(
            "PutUserPolicy",
            &format!("&PolicyName=tests&PolicyDocument={document}"),
        )
        .await;
        let response = iam("CreateAccessKey", "").await;
        let between = |tag: &str| {
            let rest = response.split_once(&format!("<{tag}>")).unwrap().1;
            rest.split_once('<').unwrap().0.to_owned()
        };
        AccessKey {
            id: between("AccessKeyId"),
            secret: between("SecretAccessKey"),
        }
    }

    /// Enforces signatures and policies from now on, also for the tests' requests.
    pub async fn enforce_policies(&self) {
        let response = self
            .client
            .post(format!("{}/moto-api/reset-auth", self.endpoint()))
            .body("0")
            .send()
            .await
            .unwrap();
        assert!(response.status().is_success());
    }

    async fn send(&self, method: Method, service: &str, path: &str, body: Vec<u8>) -> String {
        // It checks the caller only when policies are enforced, but always requires a credential.
        let credential = format!("tests/20260101/{REGION}/{service}/aws4_request");
        // As a form it would lose an object's content.
        let content_type = match method {
            Method::POST => "application/x-www-form-urlencoded",
            _ => "text/csv",
        };
        let response = self
            .client
            .request(method, format!("{}{path}", self.endpoint()))
            .header(
                "authorization",
                format!(
                    "AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, Signature=x"
                ),
            )
            .header("content-type", content_type)
            .body(body)
            .send()
            .await
            .unwrap();
        let status = response.status();
        let text = response.text().await.unwrap();
        assert!(status.is_success(), "{path}: {status}: {text}");
        text
    }
}
