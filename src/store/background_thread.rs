//! Work that no screen waits for steps back where it competes with what one does.

use std::{io, thread};

use tokio::sync::oneshot;

/// Does work in a thread of its own, whose priority is lowered for good. What comes of it
/// is told to whoever waits for it.
pub fn spawn_background<T: Send + 'static>(
    name: &str,
    work: impl FnOnce() -> T + Send + 'static,
) -> io::Result<oneshot::Receiver<T>> {
    let (told, ended) = oneshot::channel();
    thread::Builder::new()
        .name(name.to_owned())
        .spawn(move || {
            step_back();
            // Whoever asked may have gone.
            drop(told.send(work()));
        })?;
    Ok(ended)
}

/// Lowers the priority of the calling thread, for good.
#[cfg(target_os = "linux")]
fn step_back() {
    const NICE: i32 = 10;
    // Without it the work is done all the same.
    rustix::process::setpriority_process(None, NICE).ok();
}

/// Elsewhere a thread has no priority of its own.
#[cfg(not(target_os = "linux"))]
fn step_back() {}
