//! What a source keeps over its connections: the token, the cookies, the CometD
//! session, and what it has subscribed to.

use std::{sync::Arc, time::Duration};

use futures_util::{StreamExt, stream};
use jiff::Timestamp;
use reqwest::{Url, cookie::Jar, header::HeaderMap};
use tokio::time::{Instant, timeout};

use crate::{domain::Account, https};

use super::{
    Mode, Settings,
    access::Access,
    bayeux::{self, Client, Endpoint, Opened, Sign},
    desk::Desk,
    error::Error,
    http, notice,
    rest::Rest,
    work::Desktop,
};

/// The channels of the Statistics API.
const CHANNELS: &[&str] = &[notice::SERVICE, notice::UPDATES];
/// So often in a row a new token may be refused before that is the vendor's last word.
const REFUSALS: u32 = 3;
/// For ending all subscriptions, so that time is left for the connection itself.
const FAREWELL: Duration = Duration::from_millis(1200);
/// How many are ended at once.
const HANDS: usize = 8;

#[derive(Debug)]
pub(super) struct Kept {
    pub(super) mode: Mode,
    pub(super) access: Arc<Access>,
    pub(super) desktop: Desktop,
    pub(super) desk: Desk,
    endpoint: Endpoint,
    memory: bayeux::Memory,
    pub(super) client: Option<Client>,
    pub(super) signed_in: Option<Timestamp>,
    /// How often in a row notifications were refused though the token was new.
    refusals: u32,
}

impl Kept {
    pub(super) fn new(settings: &Settings) -> Result<Self, Error> {
        let jar = Arc::new(Jar::default());
        let tls = https::trusting(settings.ca_file.as_deref())
            .map_err(|error| Error::Settings(error.to_string()))?;
        let http = http::client(&settings.api_key, tls.clone(), Arc::clone(&jar))?;
        let access = Arc::new(Access::new(settings.auth.clone(), http.clone()));
        let rest = Rest::new(&settings.base_url, http.clone(), Arc::clone(&access));
        let url = format!("{}/notifications", rest.base);
        let url = Url::parse(&url).map_err(|error| {
            Error::Settings(format!("`base_url` isn't a valid address: {error}"))
        })?;
        let sign = Signed {
            access: Arc::clone(&access),
            own: http::key(&settings.api_key)?,
        };
        let endpoint = Endpoint {
            source: settings.id.clone(),
            url,
            http,
            tls: tls.into(),
            jar,
            sign: Arc::new(sign),
            transport: settings.transport,
            channels: CHANNELS,
        };
        let desktop = Desktop {
            rest: Arc::new(rest),
            asked: Arc::clone(&settings.statistics),
            mode: settings.mode,
        };
        Ok(Self {
            mode: settings.mode,
            desk: Desk::new(settings, Arc::clone(&desktop.asked), Instant::now()),
            access,
            desktop,
            endpoint,
            memory: bayeux::Memory::default(),
            client: None,
            signed_in: None,
            refusals: 0,
        })
    }

    /// The line is lost, or was never there.
    pub(super) fn put_down(&mut self) {
        self.client = None;
        self.desk.put_down();
        self.access.forgive();
    }

    pub(super) async fn connect(&mut self) -> Result<Opened, Error> {
        let mut opened = Client::open(&self.endpoint, &self.memory).await;
        if matches!(opened, Err(bayeux::Error::Unauthorised(_))) {
            // Tokens end: it is renewed once, and asked once more.
            self.access.spend();
            self.access.token().await?;
            opened = Client::open(&self.endpoint, &self.memory).await;
        }
        let (client, opened) = opened.map_err(|error| self.lost(&error))?;
        self.client = Some(client);
        self.refusals = 0;
        Ok(opened)
    }

    /// What the end of a CometD connection means to us.
    pub(super) fn lost(&mut self, error: &bayeux::Error) -> Error {
        let mut is_refused = matches!(error, bayeux::Error::Forbidden(_));
        if matches!(error, bayeux::Error::Unauthorised(_)) {
            self.access.spend();
            self.refusals += 1;
            is_refused = self.refusals >= REFUSALS;
        }
        let why = error.to_string();
        Error::Notifications { why, is_refused }
    }

    pub(super) fn account(&self) -> Account {
        let transport = match (&self.client, self.mode) {
            (Some(_), _) => self.memory.transport(),
            (None, Mode::Poll(_)) => "polling",
            (None, Mode::Subscribe) => "",
        };
        Account {
            signed_in: self.signed_in,
            transport,
            address: http::address(&self.endpoint.url),
            ..self.desk.account()
        }
    }

    /// Leaves nothing behind at the vendor, as far as that can be done quickly.
    pub(super) async fn farewell(&mut self) {
        let subscriptions = stream::iter(self.desk.leave());
        let parting = subscriptions.for_each_concurrent(HANDS, async |subscription| {
            // The vendor ends by itself what could not be ended here.
            self.desktop.part(&subscription).await.ok();
        });
        timeout(FAREWELL, parting).await.ok();
        if let Some(client) = self.client.take() {
            client.close().await;
        }
    }
}

/// What is sent with each request of the CometD connection.
struct Signed {
    access: Arc<Access>,
    own: HeaderMap,
}

impl Sign for Signed {
    fn headers(&self) -> HeaderMap {
        let mut headers = self.own.clone();
        if let Some(token) = self.access.header() {
            headers.insert(reqwest::header::AUTHORIZATION, token);
        }
        headers
    }
}
