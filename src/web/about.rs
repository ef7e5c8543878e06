//! What the sources page says of the server itself.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use jiff::{Timestamp, tz::TimeZone};

use crate::{boards::format, domain::Moment, logbook::Logbook};

use super::{NotAfter, Web, assets, clock::ago, is_due};

/// With less room than this a disk is as good as full.
const SPARE: u64 = 512 * MIB;
const MIB: u64 = 1 << 20;

/// What there is to know of this server.
#[derive(Clone, Debug)]
pub struct About {
    pub started: Timestamp,
    /// The database's file; none where it ends with the process.
    pub store: Option<PathBuf>,
    /// What was logged of sources.
    pub logbook: Logbook,
    pub configuration: Configuration,
}

/// How the configuration was when it was last read again. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Configuration(Arc<Mutex<Option<LastRead>>>);

#[derive(Clone, Copy, Debug)]
struct LastRead {
    at: Timestamp,
    faults: usize,
}

impl Configuration {
    /// It was read again, and that many things were wrong with it.
    pub fn was_read(&self, at: Timestamp, faults: usize) {
        let read = LastRead { at, faults };
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(read);
    }

    fn last_read(&self) -> Option<LastRead> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for About {
    fn default() -> Self {
        Self {
            started: Timestamp::now(),
            store: None,
            logbook: Logbook::default(),
            configuration: Configuration::default(),
        }
    }
}

/// One thing about the server, in words.
pub(super) struct Row {
    pub(super) what: &'static str,
    pub(super) said: String,
    /// Somebody should do something.
    pub(super) is_bad: bool,
}

pub(super) fn rows(web: &Web, zone: &TimeZone, now: Moment) -> Vec<Row> {
    let row = |what, said| Row {
        what,
        said,
        is_bad: false,
    };
    let since = format::moment(web.about.started, now.wall, zone);
    let up = ago(web.about.started, now);
    let (viewers, most) = (web.hub.viewers(), web.hub.max_viewers());
    vec![
        row(
            "Version",
            format!("{} (build {})", env!("CARGO_PKG_VERSION"), assets::build()),
        ),
        row("Uptime", format!("{up}, since {since}")),
        configuration(&web.about.configuration, zone, now),
        Row {
            what: "Connected viewers",
            said: format!("{viewers} of max. {most}"),
            is_bad: most <= viewers,
        },
        store(web.about.store.as_deref()),
        certificate(&web.not_after, zone, now),
    ]
}

fn configuration(configuration: &Configuration, zone: &TimeZone, now: Moment) -> Row {
    let what = "Configuration";
    let Some(LastRead { at, faults }) = configuration.last_read() else {
        return Row {
            what,
            said: "loaded at start".to_owned(),
            is_bad: false,
        };
    };
    let at = format::moment(at, now.wall, zone);
    let said = match faults {
        0 => format!("reloaded {at}"),
        1 => format!("reload failed {at}: 1 error, see the log. The previous version is in use."),
        many => format!(
            "reload failed {at}: {many} errors, see the log. The previous version is in use."
        ),
    };
    Row {
        what,
        said,
        is_bad: 0 < faults,
    }
}

fn store(path: Option<&Path>) -> Row {
    let what = "Database";
    let Some(path) = path else {
        return Row {
            what,
            said: "temporary: deleted when Wallboard stops".to_owned(),
            is_bad: false,
        };
    };
    // The name alone: pages do not tell where things are on our disk.
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let size = fs::metadata(path).map(|file| file.len());
    let room = path.parent().and_then(room);
    match (size, room) {
        (Err(cause), _) => Row {
            what,
            said: format!("can’t read {name} ({cause}); names aren’t being saved"),
            is_bad: true,
        },
        (Ok(size), None) => Row {
            what,
            said: format!("SQLite, {name}, {}", bytes(size)),
            is_bad: false,
        },
        (Ok(size), Some(room)) => Row {
            what,
            said: format!(
                "SQLite, {name}, {}; {} free on disk",
                bytes(size),
                bytes(room)
            ),
            is_bad: room < SPARE,
        },
    }
}

/// Bytes free to us on the disk of `folder`.
#[cfg(unix)]
fn room(folder: &Path) -> Option<u64> {
    let folder = if folder == Path::new("") {
        Path::new(".")
    } else {
        folder
    };
    let disk = rustix::fs::statvfs(folder).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

#[cfg(not(unix))]
fn room(_: &Path) -> Option<u64> {
    None
}

/// `40 kB`, `3 MB`, `61 GB`.
fn bytes(n: u64) -> String {
    match n {
        0..1_000_000 => format!("{} kB", n.div_ceil(1000)),
        1_000_000..1_000_000_000 => format!("{} MB", n / 1_000_000),
        _ => format!("{} GB", n / 1_000_000_000),
    }
}

fn certificate(not_after: &NotAfter, zone: &TimeZone, now: Moment) -> Row {
    let what = "HTTPS";
    let Some(until) = not_after.get() else {
        return Row {
            what,
            said: "off: plain HTTP, for local use or behind a TLS proxy".to_owned(),
            is_bad: false,
        };
    };
    let date = until.to_zoned(zone.clone()).date();
    let days = until.duration_since(now.wall).as_hours() / 24;
    let said = if until < now.wall {
        format!("certificate expired {date}: browsers reject it. Replace the certificate files")
    } else if is_due(until, now.wall) {
        format!("certificate expires {date}, in {days} days: replace the certificate files")
    } else {
        format!("certificate valid until {date} ({days} days)")
    };
    Row {
        what,
        said,
        is_bad: is_due(until, now.wall),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_told_in_units_that_people_compare() {
        let table = [
            (1, "1 kB"),
            (40_960, "41 kB"),
            (3_200_000, "3 MB"),
            (61_500_000_000, "61 GB"),
        ];
        for (n, said) in table {
            assert_eq!(bytes(n), said);
        }
    }

    #[test]
    fn a_certificate_says_how_long_it_is_good() {
        let now = Moment {
            wall: "2026-11-20T12:00:00Z".parse().unwrap(),
            ..crate::intake::Clock::start().now()
        };
        let said = |until: &str| {
            let not_after = NotAfter::default();
            not_after.set(until.parse().unwrap());
            let row = certificate(&not_after, &TimeZone::UTC, now);
            (row.said, row.is_bad)
        };

        assert_eq!(
            said("2027-02-01T00:00:00Z"),
            (
                "certificate valid until 2027-02-01 (72 days)".to_owned(),
                false
            )
        );
        assert!(said("2026-11-29T00:00:00Z").1);
        assert!(
            said("2026-11-01T00:00:00Z")
                .0
                .starts_with("certificate expired 2026-11-01")
        );
    }

    #[test]
    fn a_store_that_is_gone_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("wallboard.db");

        let gone = store(Some(&file));
        fs::write(&file, "x").unwrap();
        let there = store(Some(&file));

        assert!(gone.is_bad && gone.said.starts_with("can’t read wallboard.db"));
        assert!(
            there.said.starts_with("SQLite, wallboard.db, 1 kB; "),
            "{}",
            there.said
        );
    }
}
