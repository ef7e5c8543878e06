//! The listening socket: bound here, bound beside a running server, or passed by systemd.

use std::{io, net::SocketAddr};

use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::TcpListener;

use wallboard_runtime::file_limit::raise_file_limit;

/// A backlog for a storm of reconnects.
const ACCEPT_BACKLOG: i32 = 4096;

/// Binds an address that no one else uses. Raises the file descriptor limit to the maximum.
pub fn bind_listener(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = open_socket(address)?;
    socket.bind(&address.into())?;
    socket.listen(ACCEPT_BACKLOG)?;
    // Only now: with it, two servers could bind the address at once. A later one can still bind it
    // beside us, if it's the same user's and asks for it.
    #[cfg(unix)]
    socket.set_reuse_port(true)?;
    TcpListener::from_std(socket.into())
}

/// Binds an address that a running server of the same user has bound with `bind_listener`.
/// Connections wait in the queue of either socket.
#[cfg(unix)]
pub fn bind_listener_beside(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = open_socket(address)?;
    socket.set_reuse_port(true)?;
    socket.bind(&address.into())?;
    socket.listen(ACCEPT_BACKLOG)?;
    TcpListener::from_std(socket.into())
}

/// Uses a listening socket that another process has bound.
pub fn adopt_listener(listener: std::net::TcpListener) -> io::Result<TcpListener> {
    raise_file_limit();
    listener.set_nonblocking(true)?;
    TcpListener::from_std(listener)
}

fn open_socket(address: SocketAddr) -> io::Result<Socket> {
    raise_file_limit();
    let socket = Socket::new(
        Domain::for_address(address),
        Type::STREAM,
        Some(Protocol::TCP),
    )?;
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    Ok(socket)
}

#[cfg(all(test, unix))]
mod tests {
    use std::io::ErrorKind::AddrInUse;

    use super::*;

    #[tokio::test]
    async fn only_a_socket_that_asks_for_it_shares_an_address() {
        let any_port = SocketAddr::from(([127, 0, 0, 1], 0));
        let first = bind_listener(any_port).unwrap();
        let address = first.local_addr().unwrap();

        assert_eq!(bind_listener(address).unwrap_err().kind(), AddrInUse);
        let beside = bind_listener_beside(address).unwrap();
        drop(first);
        assert_eq!(bind_listener(address).unwrap_err().kind(), AddrInUse);
        assert_eq!(beside.local_addr().unwrap(), address);
    }

    #[tokio::test]
    async fn another_programs_address_is_not_shared() {
        let other = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = other.local_addr().unwrap();

        assert_eq!(bind_listener_beside(address).unwrap_err().kind(), AddrInUse);
    }
}
