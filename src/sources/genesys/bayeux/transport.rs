//! One line to a server, of either kind.

use bytes::Bytes;

use super::{
    BayeuxEndpoint, BayeuxError,
    polling::LongPollingTransport,
    request::{ConnectionType, OutgoingRequest},
    websocket::WebSocketTransport,
};

/// A reply is not read further than this, in bytes.
pub(super) const LARGEST: usize = 32 << 20;

pub(super) enum BayeuxTransport {
    Polling(LongPollingTransport),
    WebSocket(Box<WebSocketTransport>),
}

/// What came.
#[derive(Debug)]
pub(super) struct TransportReply {
    pub(super) body: Bytes,
    /// There is no more to the answer than this.
    pub(super) is_whole: bool,
}

impl BayeuxTransport {
    pub(super) fn open_polling(endpoint: &BayeuxEndpoint) -> Self {
        Self::Polling(LongPollingTransport::new(endpoint.clone()))
    }

    pub(super) async fn open_websocket(endpoint: &BayeuxEndpoint) -> Result<Self, BayeuxError> {
        Ok(Self::WebSocket(Box::new(
            WebSocketTransport::connect_within(endpoint).await?,
        )))
    }

    pub(super) fn connection_type(&self) -> ConnectionType {
        match self {
            Self::Polling(_) => ConnectionType::LongPolling,
            Self::WebSocket(_) => ConnectionType::WebSocket,
        }
    }

    pub(super) async fn send_request(
        &mut self,
        outgoing: OutgoingRequest,
    ) -> Result<(), BayeuxError> {
        match self {
            Self::Polling(polling) => {
                polling.start_exchange(outgoing);
                Ok(())
            }
            Self::WebSocket(websocket) => websocket.send_request(outgoing).await,
        }
    }

    /// The next reply; pends for ever where none is awaited. Dropped at any time, it
    /// loses nothing.
    pub(super) async fn receive_reply(&mut self) -> Result<TransportReply, BayeuxError> {
        match self {
            Self::Polling(polling) => polling.receive_reply().await,
            Self::WebSocket(websocket) => websocket.receive_reply().await,
        }
    }

    /// Says goodbye and hears out what is still under way. However that ends, the
    /// session is over.
    pub(super) async fn send_disconnect(self, outgoing: OutgoingRequest) {
        match self {
            Self::Polling(polling) => polling.send_disconnect(outgoing).await,
            Self::WebSocket(websocket) => drop(websocket.send_disconnect(outgoing).await),
        }
    }
}
