//! Server details on the sources page.

use std::{fs, path::Path};

use jiff::tz::TimeZone;
use tokio::sync::watch;

use wallboard_boards::format;
use wallboard_domain::Moment;
use wallboard_log::input_log::LogStatus;

use crate::web::{
    CertificateExpiry, ConfigurationStatus, WebState, is_renewal_due,
    parts::clock::format_ago,
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
    web: &WebState,
    zone: &TimeZone,
    now: Moment,
) -> Vec<ServerFact> {
    let fact = |label, (text, is_bad)| ServerFact {
        label,
        text,
        is_bad,
    };
    let version = env!("CARGO_PKG_VERSION");
    let since = format::moment(web.server_info.started, now.wall, zone);
    let up = format_ago(web.server_info.started, now);
    let (viewers, most) = (web.hub.viewer_count(), web.hub.max_viewers());
    vec![
        fact(
            "Version",
            (format!("{version} (build {})", assets::build_id()), false),
        ),
        fact("Uptime", (format!("{up}, since {since}"), false)),
        fact(
            "Configuration",
            describe_configuration(&web.server_info.configuration, zone, now),
        ),
        fact(
            "Connected viewers",
            (format!("{viewers} of max. {most}"), most <= viewers),
        ),
        fact("Database", describe_store(web.server_info.store.as_deref())),
        fact("Log", describe_log(web.server_info.log.as_ref(), zone, now)),
        fact(
            "HTTPS",
            describe_certificate(&web.certificate_expiry, zone, now),
        ),
    ]
}

/// Like the functions below: a text, and whether someone should act.
fn describe_configuration(
    configuration: &ConfigurationStatus,
    zone: &TimeZone,
    now: Moment,
) -> (String, bool) {
    let Some(LastReload { at, errors }) = configuration.last_reload() else {
        return ("loaded at start".to_owned(), false);
    };
    let at = format::moment(at, now.wall, zone);
    let errors = match errors {
        0 => return (format!("reloaded {at}"), false),
        1 => "1 error".to_owned(),
        many => format!("{many} errors"),
    };
    let text =
        format!("reload failed {at}: {errors}, see the log. The previous version is in use.");
    (text, true)
}

fn describe_log(
    log: Option<&watch::Receiver<LogStatus>>,
    zone: &TimeZone,
    now: Moment,
) -> (String, bool) {
    let Some(log) = log else {
        let text = "none: after a restart, the day’s figures start over";
        return (text.to_owned(), false);
    };
    let status = log.borrow();
    let Some(since) = status.interrupted_since else {
        return (
            format!("up to date, {}", format_bytes(status.size.bytes)),
            false,
        );
    };
    let since = format::moment(since, now.wall, zone);
    let why = status.last_error.as_deref().unwrap_or("too much at once");
    let text = format!(
        "not written since {since} ({why}). Boards are still updated, but a restart now would leave a gap in the day’s figures."
    );
    (text, true)
}

fn describe_store(path: Option<&Path>) -> (String, bool) {
    let Some(path) = path else {
        let text = "temporary: deleted when Wallboard stops";
        return (text.to_owned(), false);
    };
    // The file name only: pages don't show paths on our disk.
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let size = match fs::metadata(path) {
        Ok(file) => format_bytes(file.len()),
        Err(cause) => {
            let text = format!("can’t read {name} ({cause}); names aren’t being saved");
            return (text, true);
        }
    };
    match path.parent().and_then(free_bytes) {
        None => (format!("SQLite, {name}, {size}"), false),
        Some(free) => {
            let text = format!(
                "SQLite, {name}, {size}; {} free on disk",
                format_bytes(free)
            );
            (text, free < LOW_DISK_BYTES)
        }
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
    not_after: &CertificateExpiry,
    zone: &TimeZone,
    now: Moment,
) -> (String, bool) {
    let Some(until) = not_after.get() else {
        let text = "off: plain HTTP, for local use or behind a TLS proxy";
        return (text.to_owned(), false);
    };
    let date = until.to_zoned(zone.clone()).date();
    let days = until.duration_since(now.wall).as_hours() / 24;
    let is_due = is_renewal_due(until, now.wall);
    let text = if until < now.wall {
        format!("certificate expired {date}: browsers reject it. Replace the certificate files")
    } else if is_due {
        format!("certificate expires {date}, in {days} days: replace the certificate files")
    } else {
        format!("certificate valid until {date} ({days} days)")
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
            describe_certificate(&not_after, &TimeZone::UTC, now)
        };

        assert_eq!(
            fact("2027-02-01T00:00:00Z"),
            (
                "certificate valid until 2027-02-01 (72 days)".to_owned(),
                false
            )
        );
        assert!(fact("2026-11-29T00:00:00Z").1);
        assert!(
            fact("2026-11-01T00:00:00Z")
                .0
                .starts_with("certificate expired 2026-11-01")
        );
    }

    #[test]
    fn a_missing_database_file_is_reported() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("wallboard.db");

        let (missing, is_bad) = describe_store(Some(&file));
        fs::write(&file, "x").unwrap();
        let (present, _) = describe_store(Some(&file));

        assert!(is_bad && missing.starts_with("can’t read wallboard.db"));
        assert!(
            present.starts_with("SQLite, wallboard.db, 1 kB; "),
            "{present}"
        );
    }
}
