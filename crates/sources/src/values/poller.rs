//! Asks another system's address for its values.

use std::{path::PathBuf, time::Duration};

use reqwest::{
    Client, RequestBuilder, StatusCode,
    header::{ACCEPT, AUTHORIZATION},
};
use serde_json::Value;
use tokio::time::timeout;

use wallboard_domain::{RedactedText, SourceId};
use wallboard_runtime::https::{self, AuthorityFileError};

use super::{
    BatchFault,
    csv_reply::{CsvReply, CsvReplyError},
    reply_map::{MapError, MappedReply, Reply, ReplyFormat, ReplyMap},
};

/// How long an answer may take.
const TIMEOUT: Duration = Duration::from_secs(10);
/// The maximum size of a reply, in bytes.
const REPLY_BYTES_MAX: usize = 1 << 20;

/// An address, and where its reply has the values.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct PollSettings {
    pub(super) url: String,
    /// User and password.
    pub(super) credentials: Option<(String, RedactedText)>,
    /// The value of the `Authorization` header.
    pub(super) authorization: Option<RedactedText>,
    /// The authority that signed the server's certificate; `None`: the system's.
    pub(super) ca_file: Option<PathBuf>,
    pub(super) interval: Duration,
    pub(super) format: ReplyFormat,
    pub(super) map: ReplyMap,
}

/// Why there are no values. Its text names neither the address, which may have a key, nor secrets.
#[derive(Debug, thiserror::Error)]
pub enum PollError {
    #[error("the address didn't respond within {} s: check that its server is running, and any firewalls in between", TIMEOUT.as_secs())]
    Timeout,
    #[error("the address can't be reached: {0}")]
    Unreachable(&'static str),
    #[error("the address lost the connection in the middle of a response")]
    Broken,
    #[error("the address sent more than {} MiB: choose one with fewer values", REPLY_BYTES_MAX >> 20)]
    TooLarge,
    #[error(
        "the address denied access (status {0}): check `authorization`, or the user and password in `url`"
    )]
    Refused(u16),
    #[error(
        "the address redirects to {location} (status {status}): set `url` to that; Wallboard follows no redirects"
    )]
    Redirect { status: u16, location: String },
    #[error("the address responded with status {0}: check `url`, and that its server is healthy")]
    Status(u16),
    #[error("the address sent something else than JSON: check `url`, and any proxy in between")]
    NotJson,
    #[error("the address sent {0}")]
    NotCsv(#[from] CsvReplyError),
    #[error("the address answers, but {0}")]
    Map(#[from] MapError),
    #[error("{} {}", .0.pointer, .0.detail)]
    Values(BatchFault),
    #[error("couldn't create an HTTP client: {0}")]
    Client(String),
    #[error(transparent)]
    Authority(#[from] AuthorityFileError),
}

impl PollError {
    /// Whether the address refuses us.
    pub(super) fn needs_intervention(&self) -> bool {
        matches!(self, Self::Refused(_))
    }
}

#[derive(Debug)]
pub(super) struct Poller {
    client: Client,
    settings: PollSettings,
    /// Secrets that no text of the other system may repeat.
    secrets: Vec<RedactedText>,
    /// The notes that the log has, so that it has each once.
    noted: Vec<String>,
}

impl Poller {
    pub(super) fn new(settings: PollSettings) -> Result<Self, PollError> {
        let tls = https::tls_config_trusting(settings.ca_file.as_deref())?;
        let client = https::client_builder_with(tls).build();
        let client = client.map_err(|error| PollError::Client(error.without_url().to_string()))?;
        let token = settings.authorization.as_ref().map(|header| {
            let token = header
                .0
                .split_once(' ')
                .map_or(&*header.0, |(_, token)| token);
            RedactedText(token.to_owned())
        });
        let password = settings
            .credentials
            .iter()
            .map(|(_, password)| password.clone());
        Ok(Self {
            client,
            secrets: password.chain(token).collect(),
            settings,
            noted: Vec::new(),
        })
    }

    /// Asks once, and makes a batch of the reply.
    pub(super) async fn poll(&self, source: &SourceId) -> Result<MappedReply, PollError> {
        let body = timeout(TIMEOUT, self.request()).await;
        let body = body.map_err(|_| PollError::Timeout)??;
        let reply = match self.settings.format {
            ReplyFormat::Json => {
                let reply: Value = serde_json::from_slice(&body).map_err(|_| PollError::NotJson)?;
                Reply::from(reply)
            }
            ReplyFormat::Csv => CsvReply::read(&body)?.into(),
        };
        let mut mapped = self.settings.map.read(source, &reply)?;
        for note in &mut mapped.notes {
            for secret in &self.secrets {
                *note = secret.mask_in(note);
            }
        }
        Ok(mapped)
    }

    fn build_request(&self) -> RequestBuilder {
        let settings = &self.settings;
        let request = self.client.get(&settings.url).header(
            ACCEPT,
            match settings.format {
                ReplyFormat::Json => "application/json",
                ReplyFormat::Csv => "text/csv",
            },
        );
        match (&settings.authorization, &settings.credentials) {
            (Some(authorization), _) => request.header(AUTHORIZATION, &authorization.0),
            (None, Some((user, password))) => request.basic_auth(user, Some(&password.0)),
            (None, None) => request,
        }
    }

    async fn request(&self) -> Result<Vec<u8>, PollError> {
        let sent = https::send(|| self.build_request()).await;
        let response = sent.map_err(|error| {
            if error.is_connect() {
                PollError::Unreachable(https::explain_unreachable(&error))
            } else {
                PollError::Broken
            }
        })?;
        let status = response.status();
        let code = status.as_u16();
        if let Some(location) = https::redirect_target(response.url(), code, response.headers()) {
            return Err(PollError::Redirect {
                status: code,
                location,
            });
        }
        match status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err(PollError::Refused(code)),
            _ if !status.is_success() => Err(PollError::Status(code)),
            _ => {
                let body = https::read_body(response, REPLY_BYTES_MAX).await;
                body.map_err(|_| PollError::Broken)?
                    .ok_or(PollError::TooLarge)
            }
        }
    }

    /// Returns the notes that are news, for the log.
    pub(super) fn take_news(&mut self, notes: &[String]) -> Vec<String> {
        let is_news = |note: &&String| !self.noted.contains(note);
        let news: Vec<_> = notes.iter().filter(is_news).cloned().collect();
        if !news.is_empty() {
            self.noted = notes.to_vec();
        }
        news
    }
}
