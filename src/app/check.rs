//! Tries everything that a plan needs, and changes nothing.

use std::{error::Error, time::Duration};

use jiff::{Timestamp, tz::TimeZone};
use tokio::time::timeout;

use crate::{
    sources::vngage,
    store,
    web::{self, Pair, serve},
};

use super::{Plan, Upstream};

/// A broker that has not answered after this is not well.
const PATIENCE: Duration = Duration::from_secs(20);

/// One thing that was tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// `boards`, `store`, `port`, `cert`, `source`.
    pub what: &'static str,
    /// Which of them.
    pub name: String,
    /// What is wrong and how to mend it; `None` where all is well.
    pub fault: Option<String>,
}

/// Tries the store, the port, the certificate and every source.
pub async fn check(plan: &Plan) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(folder) = &plan.folder {
        findings.push(Finding {
            what: "boards",
            name: format!("{} ({} files)", folder.display(), plan.boards.len()),
            fault: None,
        });
    }
    if let Some(path) = &plan.store {
        findings.push(Finding {
            what: "store",
            name: path.display().to_string(),
            fault: store::probe(path).err().map(|error| {
                let mend =
                    "let the product's user write there, or name another file in [store] url";
                format!("{}; {mend}", sentence(&error))
            }),
        });
    }
    findings.push(Finding {
        what: "port",
        name: plan.listen.to_string(),
        fault: serve::listen(plan.listen).err().map(|error| {
            let mend = "stop what listens there (another wallboard?), or choose another in [server] listen";
            format!("{error}; {mend}")
        }),
    });
    if let Some(pair) = &plan.tls {
        findings.push(certificate(pair));
    }
    for upstream in &plan.upstreams {
        findings.push(source(upstream).await);
    }
    findings
}

fn certificate(pair: &Pair) -> Finding {
    let mut name = pair.cert.display().to_string();
    let fault = match web::probe(pair) {
        Err(error) => Some(format!(
            "{}; give PEM files of the certificate with its chain and of its key, without a passphrase",
            sentence(&error)
        )),
        Ok(until) => {
            let date = until.to_zoned(TimeZone::UTC).date();
            name = format!("{name} (good until {date})");
            web::is_due(until, Timestamp::now())
                .then(|| "it ends soon, or has ended; put a new one into its files".to_owned())
        }
    };
    Finding {
        what: "cert",
        name,
        fault,
    }
}

async fn source(upstream: &Upstream) -> Finding {
    let (id, fault) = match upstream {
        Upstream::Vngage(settings) => {
            let fault = match timeout(PATIENCE, vngage::probe(settings)).await {
                Ok(Ok(())) => None,
                Ok(Err(error)) => Some(sentence(&error)),
                Err(_) => Some("the broker did not answer in time".to_owned()),
            };
            (&settings.id, fault)
        }
        Upstream::Simulator(settings) => (&settings.id, None),
    };
    Finding {
        what: "source",
        name: id.to_string(),
        fault,
    }
}

/// An error with its causes.
fn sentence(error: &dyn Error) -> String {
    let mut sentence = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        sentence.push_str(": ");
        sentence.push_str(&error.to_string());
        cause = error.source();
    }
    sentence
}
