//! How many files and connections this process may have open. Doesn't know what opens them.

#[cfg(unix)]
use tracing::warn;

/// Raises the limit of open files to the most that the system allows this process: systems
/// commonly start a program with 1,024 and allow far more. Returns the limit, or `None` if there
/// is none.
#[cfg(unix)]
pub fn raise_file_limit() -> Option<u64> {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut files = getrlimit(Resource::Nofile);
    files.current = files.maximum;
    if let Err(error) = setrlimit(Resource::Nofile, files) {
        warn!(
            error = &error as &dyn std::error::Error,
            "Couldn't raise the open file limit"
        );
    }
    getrlimit(Resource::Nofile).current
}

#[cfg(not(unix))]
pub fn raise_file_limit() -> Option<u64> {
    None
}
