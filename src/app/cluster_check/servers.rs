//! Checks each NATS server by itself: whether it can be reached, and is one of a cluster with the others.

use async_nats::ConnectErrorKind;
use tokio::sync::mpsc;

use wallboard_domain::error_chain;
use wallboard_runtime::{
    https,
    nats::{NatsConnection, NatsError, NatsSettings},
};

use super::{
    CheckRow, failed_row,
    server_certificates::{self, EncryptedServer},
};

/// A batch of the log must fit into one message, in bytes.
const PAYLOAD_MIN: usize = 1 << 20;

/// The findings, and a connection to the first server that works.
pub(super) struct CheckedServers {
    pub(super) rows: Vec<CheckRow>,
    pub(super) notes: Vec<String>,
    pub(super) first: Option<NatsConnection>,
}

/// Connects to each server by itself.
pub(super) async fn check_servers(
    settings: &NatsSettings,
    refusals: &mpsc::Sender<String>,
) -> CheckedServers {
    let (mut rows, mut encrypted) = (Vec::new(), Vec::new());
    let mut first: Option<NatsConnection> = None;
    for server in &settings.servers {
        let alone = NatsSettings {
            servers: vec![server.clone()],
            ..settings.clone()
        };
        let connection = match NatsConnection::try_open(alone, refusals.clone()).await {
            Ok(connection) => connection,
            Err(error) => {
                rows.push(failed_row("nats", server.clone(), explain_connect(&error)));
                continue;
            }
        };
        let info = connection.client().server_info();
        let name = format!("{server} ({}, {})", info.server_name, info.version);
        let cluster = |other: &NatsConnection| other.client().server_info().cluster;
        let is_apart = first
            .as_ref()
            .is_some_and(|first| cluster(first) != info.cluster);
        let is_alone = 1 < settings.servers.len() && info.cluster.is_none();
        let fault = if info.max_payload < PAYLOAD_MIN {
            Some(format!(
                "it accepts messages of at most {} bytes; remove max_payload from its configuration, or set 1MB",
                info.max_payload
            ))
        } else if is_apart || is_alone {
            let fix = "give all of them the same cluster name, and routes to each other";
            Some(format!("it isn't in one cluster with the others; {fix}"))
        } else {
            None
        };
        rows.push(CheckRow {
            what: "nats",
            name,
            fault,
        });
        encrypted.extend(EncryptedServer::ask(server, &info, settings).await);
        first.get_or_insert(connection);
    }
    CheckedServers {
        rows,
        notes: server_certificates::find_missing_addresses(&encrypted),
        first,
    }
}

fn explain_connect(error: &NatsError) -> String {
    let NatsError::Connect(cause) = error else {
        return error_chain(error);
    };
    let fix = match cause.kind() {
        ConnectErrorKind::AuthorizationViolation => {
            return "it refuses our credentials; check credentials_file, token, or user and password in [cluster]".to_owned();
        }
        ConnectErrorKind::Authentication => "check credentials_file in [cluster]",
        ConnectErrorKind::Dns => "check the host in its address, and this server's DNS",
        ConnectErrorKind::TimedOut => {
            "it didn't respond: check the host and port in its address, and any firewalls in between"
        }
        _ => https::explain_unreachable(cause),
    };
    format!("can't connect ({}); {fix}", error_chain(cause))
}
