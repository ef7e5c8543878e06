//! Server details on the sources page.

use std::{fs, path::Path};

use jiff::tz::TimeZone;
use tokio::sync::watch;

use wallboard_domain::{Moment, moment};
use wallboard_log::input_log::LogStatus;
use wallboard_texts::Texts;

use crate::web::{
    CertificateExpiry, ConfigurationStatus, WebState, is_renewal_due,
    server::{assets, server_info::LastReload},
};

/// Below this, a disk counts as full.
const LOW_DISK_BYTES: u64 = 512 * MIB;
const MIB: u64 = 1 << 20;

/// One detail of the server as text.
pub(in crate::web) struct ServerFact {
    pub(in crate::web) label: &'static str,
    pub(in crate::web) text: String,
    /// Someone should act.
    pub(in crate::web) is_bad: bool,
}

pub(in crate::web) fn server_facts(
    texts: &'static Texts,
    web: &WebState,
    zone: &TimeZone,
    now: Moment,
) -> Vec<ServerFact> {
    let fact = |label, (text, is_bad)| ServerFact {
        label,
        text,
        is_bad,
    };
    let started = web.server_info.started;
    let up = texts.uptime_since(
        texts.age(moment::millis_between(started, now.wall)),
        texts.moment(started, now.wall, zone),
    );
    let version = texts.version_with_build(env!("CARGO_PKG_VERSION"), assets::build_id());
    let (viewers, most) = (web.hub.viewer_count(), web.hub.max_viewers());
    vec![
        fact(texts.version_term(), (version, false)),
        fact(texts.uptime_term(), (up, false)),
        fact(
            texts.configuration_term(),
            describe_configuration(texts, &web.server_info.configuration, zone, now),
        ),
        fact(
            texts.viewers_term(),
            (texts.viewers_of(viewers, most), most <= viewers),
        ),
        fact(
            texts.database_term(),
            describe_store(texts, web.server_info.store.as_deref()),
        ),
        fact(
            texts.log_term(),
            describe_log(texts, web.server_info.log.as_ref(), zone, now),
        ),
        fact(
            "HTTPS",
            describe_certificate(texts, &web.certificate_expiry, zone, now),
        ),
    ]
}

/// Like the functions below: a text, and whether someone should act.
fn describe_configuration(
    texts: &Texts,
    configuration: &ConfigurationStatus,
    zone: &TimeZone,
    now: Moment,
) -> (String, bool) {
    let Some(LastReload { at, errors }) = configuration.last_reload() else {
        return (texts.configuration_loaded().to_owned(), false);
    };
    let at = texts.moment(at, now.wall, zone);
    match errors {
        0 => (texts.configuration_reloaded(at), false),
        count => (texts.reload_failed(at, count), true),
    }
}

fn describe_log(
    texts: &Texts,
    log: Option<&watch::Receiver<LogStatus>>,
    zone: &TimeZone,
    now: Moment,
) -> (String, bool) {
    let Some(log) = log else {
        return (texts.log_disabled().to_owned(), false);
    };
    let status = log.borrow();
    let Some(since) = status.interrupted_since else {
        let size = format_bytes(status.size.bytes);
        return (texts.log_written(size), false);
    };
    let since = texts.moment(since, now.wall, zone);
    let why = status.last_error.as_deref();
    let why = why.unwrap_or_else(|| texts.log_overloaded());
    (texts.log_interrupted(since, why), true)
}

fn describe_store(texts: &Texts, path: Option<&Path>) -> (String, bool) {
    let Some(path) = path else {
        return (texts.database_temporary().to_owned(), false);
    };
    // The file name only: pages don't show paths on our disk.
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let size = match fs::metadata(path) {
        Ok(file) => format_bytes(file.len()),
        Err(cause) => return (texts.database_unreadable(name, cause.to_string()), true),
    };
    match path.parent().and_then(free_bytes) {
        None => (texts.database_file(name, size), false),
        Some(free) => (
            texts.database_file_free(name, size, format_bytes(free)),
            free < LOW_DISK_BYTES,
        ),
    }
}

/// Bytes available to us on the disk of `folder`.
#[cfg(unix)]
fn free_bytes(folder: &Path) -> Option<u64> {
    let folder = if folder == Path::new("") {
        Path::new(".")
    } else {
        folder
    };
    let disk = rustix::fs::statvfs(folder).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

#[cfg(not(unix))]
fn free_bytes(_: &Path) -> Option<u64> {
    None
}

/// `40 kB`, `3 MB`, `61 GB`.
fn format_bytes(n: u64) -> String {
    match n {
        0..1_000_000 => format!("{} kB", n.div_ceil(1000)),
        1_000_000..1_000_000_000 => format!("{} MB", n / 1_000_000),
        _ => format!("{} GB", n / 1_000_000_000),
    }
}

fn describe_certificate(
    texts: &Texts,
    not_after: &CertificateExpiry,
    zone: &TimeZone,
    now: Moment,
) -> (String, bool) {
    let Some(until) = not_after.get() else {
        return (texts.https_off().to_owned(), false);
    };
    let date = texts.date_of(until, zone);
    let days = until.duration_since(now.wall).as_hours() / 24;
    let is_due = is_renewal_due(until, now.wall);
    let text = if until < now.wall {
        texts.certificate_expired(date)
    } else if is_due {
        texts.certificate_expires(date, days)
    } else {
        texts.certificate_valid(date, days)
    };
    (text, is_due)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_use_kb_mb_and_gb() {
        let table = [
            (1, "1 kB"),
            (40_960, "41 kB"),
            (3_200_000, "3 MB"),
            (61_500_000_000, "61 GB"),
        ];
        for (n, text) in table {
            assert_eq!(format_bytes(n), text);
        }
    }

    #[test]
    fn certificate_fact_shows_days_until_expiry() {
        let now = Moment {
            wall: "2026-11-20T12:00:00Z".parse().unwrap(),
            ..wallboard_runtime::ingest::ProcessClock::start_now().now()
        };
        let fact = |until: &str| {
            let not_after = CertificateExpiry::default();
            not_after.set(until.parse().unwrap());
            describe_certificate(Texts::english(), &not_after, &TimeZone::UTC, now)
        };

        assert_eq!(
            fact("2027-02-01T00:00:00Z"),
            (
                "certificate valid until 1 Feb 2027 (72 days)".to_owned(),
                false
            )
        );
        assert!(fact("2026-11-29T00:00:00Z").1);
        assert!(
            fact("2026-11-01T00:00:00Z")
                .0
                .starts_with("certificate expired 1 Nov 2026")
        );
    }

    #[test]
    fn a_missing_database_file_is_reported() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("wallboard.db");

        let (missing, is_bad) = describe_store(Texts::english(), Some(&file));
        fs::write(&file, "x").unwrap();
        let (present, _) = describe_store(Texts::english(), Some(&file));

        assert!(is_bad && missing.starts_with("can’t read wallboard.db"));
        assert!(
            present.starts_with("SQLite, wallboard.db, 1 kB; "),
            "{present}"
        );
    }
}
