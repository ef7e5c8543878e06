//! How the server gets its listening socket.

use std::{io, mem, net::SocketAddr};

use listenfd::ListenFd;
use tokio::net::TcpListener;

use crate::web::listening_socket::{adopt_listener, bind_listener};

use super::AppError;
#[cfg(target_os = "linux")]
use super::RunningServer;

#[derive(Debug, Default)]
pub enum SocketOrigin {
    /// The server binds its address, which no one else may use.
    #[default]
    Bound,
    /// systemd has bound the address and keeps it open while the service restarts.
    Passed(std::net::TcpListener),
    /// The server binds its address beside a running one, which it then stops.
    #[cfg(target_os = "linux")]
    Beside(RunningServer),
}

impl SocketOrigin {
    /// Uses the socket that systemd passed, if any.
    pub fn from_systemd(mut sockets: ListenFd) -> Result<Self, AppError> {
        match sockets.len() {
            0 => Ok(Self::Bound),
            1 => match sockets.take_tcp_listener(0) {
                Ok(listener) => Ok(listener.map_or(Self::Bound, Self::Passed)),
                Err(cause) => Err(AppError::PassedSocket(cause)),
            },
            count => Err(AppError::PassedSockets(count)),
        }
    }

    /// Listens on `address`. A running server that this one replaces has ended when this returns.
    pub(super) async fn open(&mut self, address: SocketAddr) -> Result<TcpListener, AppError> {
        match mem::take(self) {
            Self::Bound => bind_listener(address).map_err(|cause| listen_error(address, cause)),
            Self::Passed(listener) => {
                let passed = listener.local_addr().map_err(AppError::PassedSocket)?;
                if passed != address {
                    return Err(AppError::PassedAddress {
                        passed,
                        listen: address,
                    });
                }
                adopt_listener(listener).map_err(AppError::PassedSocket)
            }
            #[cfg(target_os = "linux")]
            Self::Beside(server) => Ok(server.replace(address).await?),
        }
    }
}

fn listen_error(address: SocketAddr, cause: io::Error) -> AppError {
    AppError::Listen { address, cause }
}
