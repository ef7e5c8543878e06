//! A program that ends with the test that started it, however the test ends.

use std::{
    fs,
    ops::{Deref, DerefMut},
    process::{Child, Command},
};

#[derive(Debug)]
pub struct Process(Child);

impl Process {
    pub fn start(command: &mut Command) -> Self {
        Self(command.spawn().unwrap())
    }

    /// Returns a number of its status, such as `VmRSS`, which is in KiB.
    pub fn status(&self, name: &str) -> u64 {
        status_of(self.0.id(), name)
    }

    pub fn signal(&self, signal: &str) {
        let pid = self.0.id().to_string();
        let sent = Command::new("kill").args([signal, &pid]).status();
        assert!(sent.unwrap().success());
    }
}

/// Returns a number of a process's status.
pub fn status_of(process: u32, name: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let value_of = |line: &str| Some(line.strip_prefix(name)?.strip_prefix(':')?.to_owned());
    let value = status.lines().find_map(value_of).unwrap();
    value.split_whitespace().next().unwrap().parse().unwrap()
}

/// Returns the KiB in the kernel's buffers for connections of this port, sent and received.
pub fn queued_kib(port: u16) -> u64 {
    let table = fs::read_to_string("/proc/net/tcp").unwrap();
    let suffix = format!(":{port:04X}");
    let queued = table.lines().skip(1).filter_map(|line| {
        let fields: Vec<_> = line.split_whitespace().collect();
        let (sent, received) = fields.get(4)?.split_once(':')?;
        let bytes = |text| u64::from_str_radix(text, 16).unwrap();
        fields[1]
            .ends_with(&suffix)
            .then(|| bytes(sent) + bytes(received))
    });
    queued.sum::<u64>() / 1024
}

impl From<Child> for Process {
    fn from(child: Child) -> Self {
        Self(child)
    }
}

impl Deref for Process {
    type Target = Child;

    fn deref(&self) -> &Child {
        &self.0
    }
}

impl DerefMut for Process {
    fn deref_mut(&mut self) -> &mut Child {
        &mut self.0
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Already gone if the test ended it.
        self.0.kill().ok();
        self.0.wait().ok();
    }
}
