//! A private S3: `moto`'s server on a free loopback port.

use std::{path::Path, sync::OnceLock};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::{Client, Method};
use serde_json::Value;

use super::{kept::Kept, ports};

const SERVER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/s3/venv/bin/moto_server");
pub const REGION: &str = "us-east-1";
/// What stays as it is in an address.
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
    _server: Kept,
}

/// What somebody signs in with.
#[derive(Clone, Debug)]
pub struct Access {
    pub id: String,
    pub secret: String,
}

impl S3 {
    /// One that lets everybody do everything; each test uses a bucket of its own.
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
            _server: Kept::start_and_wipe(&dir, port, &command),
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

    /// Somebody who may do what the policy says.
    pub async fn make_user(&self, name: &str, policy: &Value) -> Access {
        let iam = async |action: &str, more: &str| {
            let form = format!("Action={action}&Version=2010-05-08&UserName={name}{more}");
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
        let made = iam("CreateAccessKey", "").await;
        let between = |tag: &str| {
            let rest = made.split_once(&format!("<{tag}>")).unwrap().1;
            rest.split_once('<').unwrap().0.to_owned()
        };
        Access {
            id: between("AccessKeyId"),
            secret: between("SecretAccessKey"),
        }
    }

    /// From now on signatures and policies are looked at, also those of the tests.
    pub async fn be_strict(&self) {
        let answer = self
            .client
            .post(format!("{}/moto-api/reset-auth", self.endpoint()))
            .body("0")
            .send()
            .await
            .unwrap();
        assert!(answer.status().is_success());
    }

    async fn send(&self, method: Method, service: &str, path: &str, body: Vec<u8>) -> String {
        // It looks at who it is only where it is strict, but wants to be told.
        let credential = format!("tests/20260101/{REGION}/{service}/aws4_request");
        // As a form it would lose an object's content.
        let kind = match method {
            Method::POST => "application/x-www-form-urlencoded",
            _ => "text/csv",
        };
        let answer = self
            .client
            .request(method, format!("{}{path}", self.endpoint()))
            .header(
                "authorization",
                format!(
                    "AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, Signature=x"
                ),
            )
            .header("content-type", kind)
            .body(body)
            .send()
            .await
            .unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert!(status.is_success(), "{path}: {status}: {text}");
        text
    }
}
