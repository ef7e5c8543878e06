//! Checks everything that a configuration needs, without changing anything that lasts.

use std::{io, net::SocketAddr, path::Path};

use jiff::{Timestamp, tz::TimeZone};

use crate::{
    editing::CheckedConfiguration,
    pictures::Pictures,
    settings::AccessSettings,
    source_check::{self, CheckRow},
    web::{self, CertificateFiles, listening_socket},
};
use wallboard_access::{IdentityProvider, ProviderConfig};
use wallboard_boards::{BoardDefinition, Widget};
use wallboard_domain::{SourceId, error_chain};
use wallboard_history::import;
use wallboard_store::{self as store, RecordStore};

use super::{
    ConfigCommandError, RuntimeConfig,
    case_records::check_records,
    cluster_check,
    config_commands::{open_editor_of, open_pictures, open_records},
    health_check::is_wallboard,
    holidays::check_calendar,
};

/// The checked items, and notes for the reader.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CheckReport {
    pub rows: Vec<CheckRow>,
    /// Sentences about what may be wrong.
    pub notes: Vec<String>,
}

/// Checks the store, the port, the certificate, where case records go, the NATS servers, every source and its
/// statistics, and every import.
pub async fn check_plan(plan: &RuntimeConfig) -> CheckReport {
    let (mut findings, mut notes) = (Vec::new(), Vec::new());
    if let Some(folder) = &plan.boards_folder {
        findings.push(CheckRow {
            what: "boards",
            name: match plan.boards.len() {
                1 => format!("{} (1 file)", folder.display()),
                count => format!("{} ({count} files)", folder.display()),
            },
            fault: None,
        });
    }
    if let Some(path) = &plan.store {
        findings.push(CheckRow {
            what: "store",
            name: path.display().to_string(),
            fault: store::check_database(path).err().map(|error| {
                let fix =
                    "set [store] url to a Wallboard database or a new file, in an existing folder that the service user can write to";
                format!("{}; {fix}", error_chain(&error))
            }),
        });
    }
    if let Some(path) = plan.store.as_ref().filter(|_| plan.log.is_some()) {
        findings.push(CheckRow {
            what: "log",
            name: store::log_path(path).display().to_string(),
            fault: store::check_log(path).err().map(|error| {
                let fix =
                    "it's next to the database of [store] url; the service user must be able to write to that folder";
                format!("{}; {fix}", error_chain(&error))
            }),
        });
    }
    let (rows, checked) = check_entries(plan).await;
    findings.extend(rows);
    if let Some((checked, records)) = &checked {
        notes.extend(missing_picture_notes(&checked.boards, &open_pictures(records)).await);
    }
    findings.push(check_port(plan.listen).await);
    if let AccessSettings::Login {
        oidc: Some(oidc), ..
    } = &plan.access
    {
        findings.push(check_provider(ProviderConfig::clone(oidc)).await);
    }
    if let Some(pair) = &plan.tls {
        findings.push(check_certificate(pair));
    }
    if let Some(records) = &plan.case_records {
        let channels = match &checked {
            Some((checked, _)) => &checked.channels,
            None => &plan.channels,
        };
        findings.extend(check_records(records, channels).await);
    }
    if let Some(cluster) = &plan.cluster {
        let parts = cluster_check::SiteParts {
            needs_users: matches!(plan.access, AccessSettings::Login { oidc: None, .. }),
            has_case_records: plan.case_records.is_some(),
        };
        let found = cluster_check::check_cluster(&cluster.nats, parts).await;
        findings.extend(found.rows);
        notes.extend(found.notes);
    }
    let (site, sources, imports, calendars) = match &checked {
        Some((checked, _)) => (
            &checked.site,
            &checked.sources,
            &checked.imports,
            &checked.calendars,
        ),
        None => (&plan.site, &plan.sources, &plan.imports, &plan.calendars),
    };
    for calendar in calendars {
        findings.push(check_calendar(calendar, site).await);
    }
    for upstream in sources {
        findings.extend(match site.paused_by(upstream.id()) {
            Some(by) => vec![paused_row(upstream.id(), by)],
            None => source_check::check_source(upstream).await,
        });
    }
    for export in imports {
        findings.extend(match site.paused_by(&export.id) {
            Some(by) => vec![paused_row(&export.id, by)],
            None => source_check::check_files(export).await,
        });
        if let Some(path) = plan.store.as_ref().filter(|path| path.exists()) {
            findings.extend(check_days(export, path).await);
        }
    }
    CheckReport {
        rows: findings,
        notes,
    }
}

fn paused_row(id: &SourceId, by: &str) -> CheckRow {
    CheckRow {
        what: "source",
        name: format!("{id} (paused by {by})"),
        fault: None,
    }
}

/// Checks what was changed in the browser, if anything was: each entry must fit the files. Returns the configuration
/// with it, and the records.
async fn check_entries(
    plan: &RuntimeConfig,
) -> (Vec<CheckRow>, Option<(CheckedConfiguration, RecordStore)>) {
    let Some(files) = plan.files.clone() else {
        return (Vec::new(), None);
    };
    let row = |name: String, fault: Option<String>| CheckRow {
        what: "browser",
        name,
        fault,
    };
    let Some(store) = plan.store.as_ref().filter(|path| path.exists()) else {
        let alone = files.check_alone().err();
        let alone = alone.map(|faults| row("changes".to_owned(), Some(faults.to_string())));
        return (alone.into_iter().collect(), None);
    };
    let opening = async {
        let records = open_records(store, plan.cluster.as_ref()).await?;
        let (editor, checked) = open_editor_of(files, &records).await?;
        Ok::<_, ConfigCommandError>((editor, checked, records))
    };
    let (editor, checked, records) = match Box::pin(opening).await {
        Ok(opened) => opened,
        // The rows of the database and of NATS say why.
        Err(ConfigCommandError::Store(_) | ConfigCommandError::Nats(_)) => {
            return (Vec::new(), None);
        }
        Err(error) => {
            let rows = vec![row("changes".to_owned(), Some(error_chain(&error)))];
            return (rows, None);
        }
    };
    let in_force = editor
        .entries()
        .iter()
        .filter(|entry| entry.current().is_some())
        .count();
    let (left_out, waiting) = (editor.left_out(), editor.list_waiting());
    let mut rows = Vec::new();
    if left_out.len() + waiting.len() < in_force {
        let count = in_force - left_out.len() - waiting.len();
        rows.push(row(format!("{count} changed in the browser"), None));
    }
    rows.extend(left_out.into_iter().map(|entry| {
        let faults = entry.faults.to_string().replace('\n', "; ");
        row(entry.id.to_string(), Some(faults))
    }));
    rows.extend(waiting.iter().map(|entry| row(entry.to_string(), None)));
    let unusable = checked.channels.iter();
    let unusable = unusable.filter_map(|channel| Some((channel, channel.unusable.clone()?)));
    rows.extend(unusable.map(|(channel, why)| CheckRow {
        what: "channel",
        name: channel.name.clone(),
        fault: Some(why),
    }));
    (rows, Some((checked, records)))
}

/// Names the pictures of boards that aren't stored: their texts show in their places.
async fn missing_picture_notes(boards: &[BoardDefinition], pictures: &Pictures) -> Vec<String> {
    let mut notes = Vec::new();
    for board in boards {
        for id in board.widgets.iter().filter_map(Widget::picture) {
            // A fault of the database has a row of its own.
            if let Ok(None) = pictures.find(id).await {
                notes.push(format!(
                    "{}.toml: widgets: there's no picture {id} here; choose its file again in the board's editor, or import it: `wallboard config import --boards`",
                    board.id
                ));
            }
        }
    }
    notes
}

/// Checks whether we can listen on an address, or already do.
async fn check_port(listen: SocketAddr) -> CheckRow {
    let mut name = listen.to_string();
    let fault = match listening_socket::bind_listener(listen) {
        Ok(_) => None,
        Err(error) if error.kind() == io::ErrorKind::AddrInUse && is_wallboard(listen).await => {
            name.push_str(" (in use by a running wallboard)");
            None
        }
        Err(error) => {
            let fix = match error.kind() {
                io::ErrorKind::AddrInUse => {
                    "stop the program that uses it, or choose another port in [server] listen"
                }
                io::ErrorKind::AddrNotAvailable => {
                    "this server doesn't have that address; use one of its own in [server] listen"
                }
                io::ErrorKind::PermissionDenied => {
                    "use port 1024 or higher in [server] listen, or allow the service to use this port (docs/how-to/https.md#https)"
                }
                _ => "choose another address in [server] listen",
            };
            Some(format!("{error}; {fix}"))
        }
    };
    CheckRow {
        what: "port",
        name,
        fault,
    }
}

/// Checks whether the identity provider answers as it should. Whether it knows us shows at a sign-in.
async fn check_provider(config: ProviderConfig) -> CheckRow {
    let name = config.issuer.clone();
    let fault = match IdentityProvider::new(config) {
        Err(error) => Some(error_chain(&error)),
        Ok(provider) => {
            let answer = provider.renew_metadata().await;
            answer.err().map(|error| error.to_string())
        }
    };
    CheckRow {
        what: "oidc",
        name,
        fault,
    }
}

fn check_certificate(pair: &CertificateFiles) -> CheckRow {
    let mut name = pair.cert.display().to_string();
    let fault = match web::check_certificate(pair) {
        Err(error) => Some(format!(
            "{}; use PEM files for the certificate with its chain and for its key, without a passphrase",
            error_chain(&error)
        )),
        Ok(until) => {
            let date = until.to_zoned(TimeZone::UTC).date();
            name = format!("{name} (valid until {date})");
            web::is_renewal_due(until, Timestamp::now())
                .then(|| "it expires soon or has expired; replace its files".to_owned())
        }
    };
    CheckRow {
        what: "cert",
        name,
        fault,
    }
}

/// Checks for days without all of a source's calls.
async fn check_days(source: &import::FileSource, database: &Path) -> Vec<CheckRow> {
    // The check of the store reports problems with the database.
    let Ok(gaps) = import::load_gaps(source, database).await else {
        return Vec::new();
    };
    let is_recent = gaps.has_recent();
    let row = |sentence: String| CheckRow {
        what: "days",
        name: if is_recent {
            source.id.to_string()
        } else {
            format!("{} ({sentence})", source.id)
        },
        fault: is_recent.then_some(sentence),
    };
    let missing = gaps.list_missing().into_iter();
    missing.map(|missing| row(missing.to_string())).collect()
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use tokio_util::sync::CancellationToken;

    use crate::app::App;

    use super::*;

    fn demo_plan(listen: SocketAddr) -> RuntimeConfig {
        RuntimeConfig::demo_config(listen, 1, 1.0)
    }

    fn any_port() -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], 0))
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn port_is_fine_if_free_or_used_by_us() {
        let app = App::start(demo_plan(any_port())).await.unwrap();
        let our_address = app.address;
        let stop = CancellationToken::new();
        let plans = tokio::sync::mpsc::channel(1).1;
        let running = tokio::spawn(app.run(stop.clone(), plans));
        let other = listening_socket::bind_listener(any_port()).unwrap();
        let occupied_address = other.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((stream, _)) = other.accept().await {
                drop(stream);
            }
        });

        let (own_row, other_row) = (
            check_port(our_address).await,
            check_port(occupied_address).await,
        );
        stop.cancel();
        running.await.unwrap().unwrap();

        assert_eq!(own_row.fault, None);
        assert!(
            own_row.name.ends_with("(in use by a running wallboard)"),
            "{own_row:?}"
        );
        let fault = other_row.fault.unwrap();
        assert!(fault.contains("stop the program that uses it"), "{fault}");
    }

    #[tokio::test]
    async fn certificate_gets_its_own_row() {
        let pair = CertificateFiles {
            cert: PathBuf::from("missing.pem"),
            key: PathBuf::from("missing-key.pem"),
        };
        let plan = RuntimeConfig {
            tls: Some(pair),
            ..demo_plan(any_port())
        };

        let findings = check_plan(&plan).await.rows;

        let rows: Vec<_> = findings
            .iter()
            .map(|row| (row.what, row.fault.is_some()))
            .collect();
        assert_eq!(rows, [("port", false), ("cert", true)]);
        let fault = findings[1].fault.as_deref().unwrap();
        assert!(
            fault.starts_with("can't read missing.pem: No such file"),
            "{fault}"
        );
    }
}
