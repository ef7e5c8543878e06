//! Threads of low priority, for work that no screen waits for.

use std::{io, thread};

use tokio::sync::oneshot;

/// Runs work in a new thread whose priority is lowered for good. The receiver gets its
/// result.
pub fn spawn_background<T: Send + 'static>(
    name: &str,
    work: impl FnOnce() -> T + Send + 'static,
) -> io::Result<oneshot::Receiver<T>> {
    let (sender, result) = oneshot::channel();
    thread::Builder::new()
        .name(name.to_owned())
        .spawn(move || {
            lower_priority();
            // The caller may be gone.
            drop(sender.send(work()));
        })?;
    Ok(result)
}

/// Lowers the priority of the calling thread, for good.
#[cfg(target_os = "linux")]
fn lower_priority() {
    const NICE: i32 = 10;
    // If it fails, the work still runs.
    rustix::process::setpriority_process(None, NICE).ok();
}

/// On other systems, threads have no priority of their own.
#[cfg(not(target_os = "linux"))]
fn lower_priority() {}
