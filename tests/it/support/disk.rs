//! A disk of its own, to fill, and one that is slow.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::Duration,
};

use super::{Process, process::status_of};

/// A separate disk, removed with the test.
#[derive(Debug)]
pub struct Disk(pub PathBuf);

impl Disk {
    /// Mounts a disk of a size such as "300m". Returns `None` without the permission to mount.
    pub fn mount(at: &Path, size: &str) -> Option<Self> {
        fs::create_dir(at).unwrap();
        let size = format!("size={size}");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(at);
        let is_mounted = mount.status().is_ok_and(|status| status.success());
        is_mounted.then(|| Self(at.to_owned()))
    }

    /// The path of a database on it.
    pub fn database(&self) -> PathBuf {
        self.0.join("wallboard.db")
    }

    pub fn resize(&self, size: &str) {
        let size = format!("remount,size={size}");
        let mut mount = Command::new("mount");
        assert!(
            mount
                .args(["-o", &size])
                .arg(&self.0)
                .status()
                .unwrap()
                .success()
        );
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        Command::new("umount").arg("-l").arg(&self.0).status().ok();
    }
}

/// Delays each fsync of a process until it's dropped.
#[derive(Debug)]
pub struct SlowDisk(Process);

impl SlowDisk {
    /// Returns `None` without strace or the permission to trace.
    pub fn attach(process: u32, delay: Duration) -> Option<Self> {
        let mut strace = Command::new("strace");
        let delayed = format!("inject=fsync,fdatasync:delay_enter={}", delay.as_micros());
        strace.args(["-f", "-q", "-o", "/dev/null", "-e", "trace=fsync,fdatasync"]);
        strace.args(["-e", &delayed, "-p", &process.to_string()]);
        strace.stdin(Stdio::null()).stderr(Stdio::null());
        let mut tracing = Self(strace.spawn().ok()?.into());
        while status_of(process, "TracerPid") == 0 {
            let has_ended = tracing.0.try_wait().unwrap().is_some();
            if has_ended {
                return None;
            }
            thread::sleep(Duration::from_millis(20));
        }
        Some(tracing)
    }
}
