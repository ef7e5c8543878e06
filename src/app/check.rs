//! Tries everything that a plan needs, and changes nothing.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    time::Duration,
};

use jiff::{Timestamp, tz::TimeZone};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::{
    domain::error_chain,
    history::import,
    store,
    web::{self, Pair, serve},
};

use super::{Plan, prove};

/// An upstream that has not answered after this is not well.
pub(super) const PATIENCE: Duration = Duration::from_secs(20);
/// A place of files is listed and read from.
const FILES_PATIENCE: Duration = Duration::from_mins(2);

/// One thing that was tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// `boards`, `store`, `port`, `cert`, `source`, `stat`, `key`, `columns`, `files`, `days`.
    pub what: &'static str,
    /// Which of them.
    pub name: String,
    /// What is wrong and how to mend it; `None` where all is well.
    pub fault: Option<String>,
}

/// Tries the store, the port, the certificate, every source and its statistics.
pub async fn check(plan: &Plan) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(folder) = &plan.folder {
        findings.push(Finding {
            what: "boards",
            name: match plan.boards.len() {
                1 => format!("{} (1 file)", folder.display()),
                count => format!("{} ({count} files)", folder.display()),
            },
            fault: None,
        });
    }
    if let Some(path) = &plan.store {
        findings.push(Finding {
            what: "store",
            name: path.display().to_string(),
            fault: store::probe(path).err().map(|error| {
                let mend =
                    "set [store] url to a Wallboard database or a new file, in an existing folder that the service user can write to";
                format!("{}; {mend}", error_chain(&error))
            }),
        });
    }
    findings.push(port(plan.listen).await);
    if let Some(pair) = &plan.tls {
        findings.push(certificate(pair));
    }
    for upstream in &plan.upstreams {
        findings.extend(prove::configured(upstream).await);
    }
    for export in &plan.exports {
        findings.extend(files(export).await);
        if let Some(path) = plan.store.as_ref().filter(|path| path.exists()) {
            findings.extend(days(export, path).await);
        }
    }
    findings
}

/// Whether we could answer there, or do so already.
async fn port(listen: SocketAddr) -> Finding {
    let mut name = listen.to_string();
    let fault = match serve::listen(listen) {
        Ok(_) => None,
        Err(error) if error.kind() == io::ErrorKind::AddrInUse && is_ours(listen).await => {
            name.push_str(" (in use by a running wallboard)");
            None
        }
        Err(error) => {
            let mend = match error.kind() {
                io::ErrorKind::AddrInUse => {
                    "stop the program that uses it, or choose another port in [server] listen"
                }
                io::ErrorKind::AddrNotAvailable => {
                    "this server doesn't have that address; use one of its own in [server] listen"
                }
                io::ErrorKind::PermissionDenied => {
                    "use port 1024 or higher in [server] listen, or allow the service to use this port (docs/operate.md)"
                }
                _ => "choose another address in [server] listen",
            };
            Some(format!("{error}; {mend}"))
        }
    };
    Finding {
        what: "port",
        name,
        fault,
    }
}

/// Whether a wallboard answers at `address`, by what it says to `/healthz`.
async fn is_ours(mut address: SocketAddr) -> bool {
    if address.ip().is_unspecified() {
        address.set_ip(Ipv4Addr::LOCALHOST.into());
    }
    let ask = async {
        let mut line = TcpStream::connect(address).await?;
        let request =
            format!("GET /healthz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
        line.write_all(request.as_bytes()).await?;
        let mut answer = Vec::new();
        line.take(4096).read_to_end(&mut answer).await?;
        Ok::<_, io::Error>(String::from_utf8_lossy(&answer).into_owned())
    };
    // In plain text its health, or that it wants TLS.
    let signs = ["\"build\":", web::WANTS_TLS];
    match timeout(PATIENCE / 2, ask).await {
        Ok(Ok(answer)) => signs.iter().any(|sign| answer.contains(sign)),
        _ => false,
    }
}

fn certificate(pair: &Pair) -> Finding {
    let mut name = pair.cert.display().to_string();
    let fault = match web::probe(pair) {
        Err(error) => Some(format!(
            "{}; use PEM files for the certificate with its chain and for its key, without a passphrase",
            error_chain(&error)
        )),
        Ok(until) => {
            let date = until.to_zoned(TimeZone::UTC).date();
            name = format!("{name} (valid until {date})");
            web::is_due(until, Timestamp::now())
                .then(|| "it expires soon or has expired; replace its files".to_owned())
        }
    };
    Finding {
        what: "cert",
        name,
        fault,
    }
}

/// A source of files: our own key, what is there, and whether the configuration fits it.
async fn files(source: &import::Source) -> Vec<Finding> {
    let row = |what, name, fault| Finding { what, name, fault };
    let mut rows = Vec::new();
    if let Some(key) = import::own_key(source).await {
        let name = format!(
            "{} signs in with {} ({})",
            source.id, key.fingerprint, key.line
        );
        rows.push(row("key", name, None));
    }
    let (id, place) = (&source.id, &source.place);
    match timeout(FILES_PATIENCE, import::probe(source)).await {
        Ok(Ok(probe)) => {
            rows.push(row(
                "source",
                format!("{id} ({place}: {})", probe.told),
                None,
            ));
            let findings = probe.findings.into_iter();
            rows.extend(findings.map(|fault| row("columns", id.to_string(), Some(fault))));
            let missing = probe.missing.into_iter();
            rows.extend(missing.map(|fault| row("files", id.to_string(), Some(fault))));
        }
        // A terminal may know the whole path, which the fault does not tell.
        Ok(Err(fault)) => rows.push(row("source", format!("{id} ({place})"), Some(fault))),
        Err(_) => {
            let fault = format!(
                "{place} didn't respond in full within {} s; check that it's running, and check the network",
                FILES_PATIENCE.as_secs()
            );
            rows.push(row("source", id.to_string(), Some(fault)));
        }
    }
    rows
}

/// The days of a source of which not all calls came.
async fn days(source: &import::Source, database: &Path) -> Vec<Finding> {
    // What is wrong with the database is said of the store.
    let Ok(gaps) = import::gaps(source, database).await else {
        return Vec::new();
    };
    let is_recent = gaps.has_recent();
    let row = |sentence: String| Finding {
        what: "days",
        name: if is_recent {
            source.id.to_string()
        } else {
            format!("{} ({sentence})", source.id)
        },
        fault: is_recent.then_some(sentence),
    };
    gaps.sentences().into_iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use tokio_util::sync::CancellationToken;

    use crate::app::App;

    use super::*;

    fn demo(listen: SocketAddr) -> Plan {
        Plan::demo(listen, 1, 1.0)
    }

    fn anywhere() -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], 0))
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_port_is_well_where_we_may_answer_or_do_so_already() {
        let app = App::start(demo(anywhere())).await.unwrap();
        let ours = app.address;
        let stop = CancellationToken::new();
        let plans = tokio::sync::mpsc::channel(1).1;
        let running = tokio::spawn(app.run(stop.clone(), plans));
        let other = serve::listen(anywhere()).unwrap();
        let taken = other.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((line, _)) = other.accept().await {
                drop(line);
            }
        });

        let (own, foreign) = (port(ours).await, port(taken).await);
        stop.cancel();
        running.await.unwrap().unwrap();

        assert_eq!(own.fault, None);
        assert!(
            own.name.ends_with("(in use by a running wallboard)"),
            "{own:?}"
        );
        let fault = foreign.fault.unwrap();
        assert!(fault.contains("stop the program that uses it"), "{fault}");
    }

    #[tokio::test]
    async fn a_certificate_has_a_row_of_its_own() {
        let pair = Pair {
            cert: PathBuf::from("missing.pem"),
            key: PathBuf::from("missing-key.pem"),
        };
        let plan = Plan {
            tls: Some(pair),
            ..demo(anywhere())
        };

        let findings = check(&plan).await;

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
