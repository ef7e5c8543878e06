//! A disk of its own, to fill.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

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
