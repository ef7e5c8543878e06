//! A running server that this process replaces (`serve --take-over`).

use std::{fs, io, net::SocketAddr, os::fd::OwnedFd};

use rustix::{
    event::{PollFd, PollFlags, poll},
    io::retry_on_intr,
    process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal},
    time::Timespec,
};
use tokio::{net::TcpListener, task::spawn_blocking};
use tracing::{info, warn};

use crate::web::listening_socket::{bind_listener, bind_listener_beside};

/// How long it may take to end after SIGTERM. It needs 4 s at most. After this, it's killed, which
/// loses nothing that was acknowledged.
const STOP_TIMEOUT: Timespec = Timespec {
    tv_sec: 15,
    tv_nsec: 0,
};

#[derive(Debug)]
pub struct RunningServer {
    pid: i32,
    /// Still means the same process if its id is used again.
    process: OwnedFd,
}

#[derive(Debug, thiserror::Error)]
pub enum TakeOverError {
    #[error("no wallboard runs with process id {0}; `pidof wallboard` prints the right one")]
    NoServer(i32),
    #[error("no server listens on {0}; start this one without --take-over")]
    NothingListens(SocketAddr),
    #[error(
        "can't listen on {address} beside the running server; it must run as the same user, on its own address and not with systemd's socket"
    )]
    Listen {
        address: SocketAddr,
        #[source]
        cause: io::Error,
    },
    #[error("couldn't stop process {pid}")]
    Stop {
        pid: i32,
        #[source]
        cause: io::Error,
    },
}

impl RunningServer {
    /// Finds the server with this process id.
    pub fn open(pid: i32) -> Result<Self, TakeOverError> {
        let process = Pid::from_raw(pid).and_then(|pid| pidfd_open(pid, PidfdFlags::empty()).ok());
        // A mistyped id must not end another program.
        let name = fs::read_to_string(format!("/proc/{pid}/comm"));
        match process {
            Some(process) if name.is_ok_and(|name| name.starts_with("wallboard")) => {
                Ok(Self { pid, process })
            }
            _ => Err(TakeOverError::NoServer(pid)),
        }
    }

    /// Listens on its address, then stops it. Connections wait meanwhile.
    pub(super) async fn replace(self, address: SocketAddr) -> Result<TcpListener, TakeOverError> {
        if bind_listener(address).is_ok() {
            return Err(TakeOverError::NothingListens(address));
        }
        let listener = bind_listener_beside(address)
            .map_err(|cause| TakeOverError::Listen { address, cause })?;
        let pid = self.pid;
        info!(process.pid = pid, "Replacing the running server");
        let stopped = spawn_blocking(move || self.stop()).await;
        match stopped.unwrap_or_else(|panic| Err(panic.into())) {
            Ok(()) => Ok(listener),
            Err(cause) => Err(TakeOverError::Stop { pid, cause }),
        }
    }

    /// Returns when it has ended.
    fn stop(&self) -> io::Result<()> {
        pidfd_send_signal(&self.process, Signal::TERM)?;
        if !self.ends_within(Some(&STOP_TIMEOUT))? {
            warn!(
                process.pid = self.pid,
                "The running server didn't stop in time and is killed"
            );
            pidfd_send_signal(&self.process, Signal::KILL)?;
            self.ends_within(None)?;
        }
        Ok(())
    }

    fn ends_within(&self, timeout: Option<&Timespec>) -> io::Result<bool> {
        // Readable once it has ended.
        let mut process = [PollFd::new(&self.process, PollFlags::IN)];
        let ended = retry_on_intr(|| poll(&mut process, timeout))?;
        Ok(ended == 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_running_wallboard_can_be_replaced() {
        let mut other = std::process::Command::new("sleep")
            .arg("60")
            .spawn()
            .unwrap();
        let pid = i32::try_from(other.id()).unwrap();

        let running = RunningServer::open(pid).map(|server| server.pid);
        other.kill().unwrap();
        other.wait().unwrap();
        let ended = RunningServer::open(pid).map(|server| server.pid);

        assert!(matches!(running, Err(TakeOverError::NoServer(_))));
        assert!(matches!(ended, Err(TakeOverError::NoServer(_))));
    }
}
