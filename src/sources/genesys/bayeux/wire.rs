//! One line to a server, of either kind.

use bytes::Bytes;

use super::{
    Endpoint, Error,
    polling::Polling,
    request::{Carrier, Outgoing},
    websocket::WebSocket,
};

/// A reply is not read further than this, in bytes.
pub(super) const LARGEST: usize = 32 << 20;

pub(super) enum Wire {
    Polling(Polling),
    WebSocket(Box<WebSocket>),
}

/// What came.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) body: Bytes,
    /// There is no more to the answer than this.
    pub(super) is_whole: bool,
}

impl Wire {
    pub(super) fn polling(endpoint: &Endpoint) -> Self {
        Self::Polling(Polling::new(endpoint.clone()))
    }

    pub(super) async fn websocket(endpoint: &Endpoint) -> Result<Self, Error> {
        Ok(Self::WebSocket(Box::new(WebSocket::dial(endpoint).await?)))
    }

    pub(super) fn carrier(&self) -> Carrier {
        match self {
            Self::Polling(_) => Carrier::LongPolling,
            Self::WebSocket(_) => Carrier::WebSocket,
        }
    }

    pub(super) async fn send(&mut self, outgoing: Outgoing) -> Result<(), Error> {
        match self {
            Self::Polling(polling) => {
                polling.send(outgoing);
                Ok(())
            }
            Self::WebSocket(websocket) => websocket.send(outgoing).await,
        }
    }

    /// The next reply; pends for ever where none is awaited. Dropped at any time, it
    /// loses nothing.
    pub(super) async fn receive(&mut self) -> Result<Reply, Error> {
        match self {
            Self::Polling(polling) => polling.receive().await,
            Self::WebSocket(websocket) => websocket.receive().await,
        }
    }

    /// Says goodbye and hears out what is still under way. However that ends, the
    /// session is over.
    pub(super) async fn farewell(self, outgoing: Outgoing) {
        match self {
            Self::Polling(polling) => polling.farewell(outgoing).await,
            Self::WebSocket(websocket) => drop(websocket.farewell(outgoing).await),
        }
    }
}
