//! Long-polling: each message is the body of a POST, which the server answers when
//! it has something to tell.

use std::pin::Pin;

use bytes::Bytes;
use reqwest::{
    StatusCode,
    header::{CONTENT_TYPE, HeaderValue},
};

use crate::https;

use super::{
    Endpoint, Error,
    error::Said,
    request::Outgoing,
    wire::{LARGEST, Reply},
};

const JSON: HeaderValue = HeaderValue::from_static("application/json;charset=UTF-8");

pub(super) struct Polling {
    endpoint: Endpoint,
    under_way: Option<Exchange>,
}

type Exchange = Pin<Box<dyn Future<Output = Result<Bytes, Error>> + Send>>;

impl Polling {
    pub(super) fn new(endpoint: Endpoint) -> Self {
        Self {
            endpoint,
            under_way: None,
        }
    }

    pub(super) fn send(&mut self, outgoing: Outgoing) {
        self.under_way = Some(Box::pin(exchange(self.endpoint.clone(), outgoing)));
    }

    pub(super) async fn receive(&mut self) -> Result<Reply, Error> {
        let Some(under_way) = &mut self.under_way else {
            return std::future::pending().await;
        };
        let body = under_way.await;
        self.under_way = None;
        Ok(Reply {
            body: body?,
            is_whole: true,
        })
    }

    /// On another connection than the connect that is held, which it ends.
    pub(super) async fn farewell(mut self, outgoing: Outgoing) {
        let goodbye = exchange(self.endpoint.clone(), outgoing);
        match self.under_way.take() {
            // However either ends, the session is over.
            Some(held) => drop(tokio::join!(goodbye, held)),
            None => drop(goodbye.await),
        }
    }
}

async fn exchange(endpoint: Endpoint, outgoing: Outgoing) -> Result<Bytes, Error> {
    let mut url = endpoint.url.clone();
    if let Ok(mut path) = url.path_segments_mut()
        && !outgoing.suffix.is_empty()
    {
        path.pop_if_empty().push(outgoing.suffix);
    }
    let asked = endpoint
        .http
        .post(url)
        .headers(endpoint.sign.headers())
        .header(CONTENT_TYPE, JSON)
        .body(outgoing.body);
    let response = asked.send().await.map_err(|error| broken(&error))?;
    match response.status() {
        status @ (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) => {
            return Err(Error::Unauthorised(status.as_u16()));
        }
        // Some say in HTTP what belongs into Bayeux.
        StatusCode::PAYMENT_REQUIRED => return Err(Error::SessionGone(Said::default())),
        status if !status.is_success() => return Err(Error::Status(status.as_u16())),
        _ => {}
    }
    let body = https::body(response, LARGEST).await;
    let body = body.map_err(|error| broken(&error))?;
    Ok(body.ok_or(Error::TooLarge(LARGEST))?.into())
}

fn broken(error: &reqwest::Error) -> Error {
    if error.is_connect() {
        Error::Unreachable(https::why_unreachable(error))
    } else {
        Error::Lost
    }
}
