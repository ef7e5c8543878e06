//! One connection to a server, of either kind.

use bytes::Bytes;

use super::{
    BayeuxEndpoint, BayeuxError,
    polling::LongPollingTransport,
    request::{ConnectionType, OutgoingRequest},
    websocket::WebSocketTransport,
};

/// The most bytes that are read of a reply.
pub(super) const LARGEST: usize = 16 << 20;

pub(super) enum BayeuxTransport {
    Polling(LongPollingTransport),
    WebSocket(Box<WebSocketTransport>),
}

/// One received body.
#[derive(Debug)]
pub(super) struct TransportReply {
    pub(super) body: Bytes,
    /// Whether this is the complete response.
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

    /// Returns the next reply; pends forever if none is due. Dropping it at any time loses nothing.
    pub(super) async fn receive_reply(&mut self) -> Result<TransportReply, BayeuxError> {
        match self {
            Self::Polling(polling) => polling.receive_reply().await,
            Self::WebSocket(websocket) => websocket.receive_reply().await,
        }
    }

    /// Disconnects and waits for pending replies. The session is over, however that ends.
    pub(super) async fn send_disconnect(self, outgoing: OutgoingRequest) {
        match self {
            Self::Polling(polling) => polling.send_disconnect(outgoing).await,
            Self::WebSocket(websocket) => drop(websocket.send_disconnect(outgoing).await),
        }
    }
}
