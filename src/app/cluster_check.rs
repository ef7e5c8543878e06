//! Checks the NATS servers of a cluster, and what the site has there. Writes one key, which expires, to
//! the bucket of the nodes.

mod server_certificates;
mod servers;
mod stored_streams;

use std::{collections::BTreeSet, time::Duration};

use async_nats::{
    Subscriber,
    jetstream::{
        ErrorCode,
        context::{
            CreateStreamError, CreateStreamErrorKind, GetStreamError, GetStreamErrorKind,
            PublishError, PublishErrorKind, RequestErrorKind,
        },
        message::PublishMessage,
        response::Response,
    },
};
use futures_util::{StreamExt, TryStreamExt};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use tokio::{sync::mpsc, time::timeout};

use wallboard_domain::error_chain;
use wallboard_runtime::nats::{self, NatsConnection, NatsSettings, REQUEST_TIMEOUT};

use super::{CheckReport, CheckRow};
use servers::CheckedServers;
use stored_streams::{NODES_AGE, StreamSpec, streams_of_site};

/// Room in the bucket of the nodes, in bytes.
const NODES_BYTES: i64 = 1 << 20;
/// More refusals than this say nothing new.
const REFUSALS_MAX: usize = 64;
/// How long after the last answer a refusal can arrive.
const REFUSAL_WAIT: Duration = Duration::from_millis(100);
/// How far apart clocks may be.
const CLOCK_DIFFERENCE_MAX: SignedDuration = SignedDuration::from_secs(2);
/// No stream has that many messages: what expects them is refused, and nothing is stored.
const SEQUENCE_OF_NOBODY: u64 = 1 << 53;
/// The fault of whatever wasn't answered. The reason may be a refusal, which then has a row of its own.
const NO_ANSWER: &str =
    "the servers don't answer; more than half of those that store it must run: check their logs";
/// The fault of whatever the servers have no room for.
const NO_ROOM: &str = "the servers have no room; make room on their disks, or raise max_file_store in their jetstream { } or the account's limit, then restart them";

/// The parts of a site that need something in NATS.
pub(super) struct SiteParts {
    /// People sign in with accounts of ours.
    pub(super) needs_users: bool,
    pub(super) has_case_records: bool,
}

/// Checks every server, and `JetStream` through the first that can be reached.
pub(super) async fn check_cluster(settings: &NatsSettings, parts: SiteParts) -> CheckReport {
    let (refusals, mut refused) = mpsc::channel(REFUSALS_MAX);
    let CheckedServers {
        mut rows,
        mut notes,
        first,
    } = servers::check_servers(settings, &refusals).await;
    let Some(connection) = first else {
        return CheckReport { rows, notes };
    };
    let jetstream = check_jetstream(&connection).await;
    let is_usable = jetstream.fault.is_none();
    rows.push(jetstream);
    if is_usable {
        let streams = streams_of_site(parts.has_case_records);
        rows.extend(check_streams(&connection, &streams).await);
        rows.extend(try_publishing(&connection, &streams).await);
        rows.extend(try_nodes_bucket(&connection, &streams).await);
        if parts.needs_users {
            notes.extend(find_missing_users(&connection).await);
        }
    }

    let mut refused_subjects = BTreeSet::new();
    while let Ok(Some(words)) = timeout(REFUSAL_WAIT, refused.recv()).await {
        refused_subjects.extend(explain_refusal(&words));
    }
    if !refused_subjects.is_empty() {
        rows.retain(|row| row.fault.as_deref() != Some(NO_ANSWER));
    }
    let refused_subjects = refused_subjects.into_iter();
    rows.extend(refused_subjects.map(|fault| failed_row("nats", "permissions".to_owned(), fault)));
    CheckReport { rows, notes }
}

fn good_row(what: &'static str, name: String) -> CheckRow {
    let fault = None;
    CheckRow { what, name, fault }
}

fn failed_row(what: &'static str, name: String, fault: String) -> CheckRow {
    let fault = Some(fault);
    CheckRow { what, name, fault }
}

/// Asks for the account. The client's own request for it can't read the answer of NATS 2.9.
async fn check_jetstream(connection: &NatsConnection) -> CheckRow {
    let name = "JetStream".to_owned();
    let answer = connection.context().request("INFO", &()).await;
    let fault = match answer {
        Ok(Response::<Value>::Ok(_)) => return good_row("nats", name),
        Ok(Response::Err { error })
            if error.error_code() == ErrorCode::JETSTREAM_NOT_ENABLED_FOR_ACCOUNT =>
        {
            "it's off for this user; give its account `jetstream: enabled` in the servers' configuration".to_owned()
        }
        Ok(Response::Err { error }) => format!("{error}; check the servers' logs"),
        Err(error) => match error.kind() {
            RequestErrorKind::NoResponders => {
                "it's off; add jetstream { store_dir: ... } to the configuration of each server".to_owned()
            }
            RequestErrorKind::TimedOut => NO_ANSWER.to_owned(),
            _ => format!("{}; check the servers' logs", error_chain(&error)),
        },
    };
    failed_row("nats", name, fault)
}

/// Compares what is there with what should be.
async fn check_streams(connection: &NatsConnection, streams: &[StreamSpec]) -> Vec<CheckRow> {
    let mut rows = Vec::new();
    for spec in streams {
        let name = connection.name_of(spec.part);
        let stream = spec.stream_name(connection);
        match connection.context().get_stream(&stream).await {
            Ok(stream) => {
                let faults = spec.find_faults(stream.cached_info(), connection);
                if faults.is_empty() {
                    let replicas = stream.cached_info().config.num_replicas;
                    rows.push(good_row("stream", format!("{name} (replicas: {replicas})")));
                }
                let faults = faults.into_iter();
                rows.extend(faults.map(|fault| failed_row("stream", name.clone(), fault)));
            }
            Err(error) if is_missing(&error) => {
                rows.push(good_row(
                    "stream",
                    format!("{name} (created at the first start)"),
                ));
            }
            Err(error) => rows.push(match error.kind() {
                GetStreamErrorKind::JetStream(error) => {
                    failed_row("stream", name, format!("{error}; check the servers' logs"))
                }
                _ => failed_row("stream", name, NO_ANSWER.to_owned()),
            }),
        }
    }
    rows
}

/// Returns a sentence if the cluster has a log and no user: it's new, or its records are lost.
async fn find_missing_users(connection: &NatsConnection) -> Option<String> {
    let context = connection.context();
    let log = context.get_stream(connection.name_of("log"));
    log.await.ok()?;
    let records = context.get_stream(connection.bucket_stream("records"));
    let has_user = match records.await {
        Ok(bucket) => {
            let users = connection.key_subject("records", "user.>");
            let mut keys = bucket.info_with_subjects(users).await.ok()?;
            keys.try_next().await.ok()?.is_some()
        }
        Err(error) if is_missing(&error) => false,
        Err(_) => return None,
    };
    let name = connection.name_of("records");
    (!has_user).then(|| format!(
        "stream {name}: it has no user. In a new cluster, make the first account with the one-time code that a node shows. If there were users, the bucket was lost: stop all nodes and restore its backup (docs/how-to/cluster.md#backup-and-restore)"
    ))
}

fn is_missing(error: &GetStreamError) -> bool {
    matches!(error.kind(), GetStreamErrorKind::JetStream(error) if error.error_code() == ErrorCode::STREAM_NOT_FOUND)
}

/// Publishes to each stream what it must refuse, so that a missing permission shows. Returns what
/// wasn't answered.
async fn try_publishing(connection: &NatsConnection, streams: &[StreamSpec]) -> Vec<CheckRow> {
    let mut rows = Vec::new();
    for spec in streams {
        let message = PublishMessage::build().expected_last_sequence(SEQUENCE_OF_NOBODY);
        let subject = spec.sample_subject(connection);
        let answer = publish(connection, subject.clone(), message).await;
        if answer.is_err_and(|error| error.kind() == PublishErrorKind::TimedOut) {
            let name = format!("publish to {subject}");
            rows.push(failed_row("stream", name, NO_ANSWER.to_owned()));
        }
    }
    rows
}

async fn publish(
    connection: &NatsConnection,
    subject: String,
    message: PublishMessage,
) -> Result<(), PublishError> {
    let acknowledgment = connection.context().send_publish(subject, message).await?;
    acknowledgment.await.map(|_| ())
}

/// Writes and reads one key: creates the bucket if it's missing, as the first node would, and
/// compares the clocks.
async fn try_nodes_bucket(connection: &NatsConnection, streams: &[StreamSpec]) -> Vec<CheckRow> {
    let name = connection.name_of("nodes");
    let fail = |fault: String| vec![failed_row("stream", name.clone(), fault)];
    let bucket = match connection
        .open_bucket("nodes", NODES_AGE, NODES_BYTES)
        .await
    {
        Ok(bucket) => bucket,
        Err(error) => return fail(explain_create(&error, connection.settings().replicas)),
    };
    let mut bells = Vec::new();
    for spec in streams.iter().filter(|spec| spec.is_bucket()) {
        let subject = format!("$KV.{}.>", connection.name_of(spec.part));
        match connection.client().subscribe(subject).await {
            Ok(bell) => bells.push((spec, bell)),
            Err(error) => return fail(error_chain(&error)),
        }
    }
    let subject = format!("$KV.{name}.check.{}", connection.settings().node);
    let before = Timestamp::now();
    let message = PublishMessage::build().payload("check".into());
    if let Err(error) = publish(connection, subject.clone(), message).await {
        return fail(match error.kind() {
            PublishErrorKind::TimedOut => NO_ANSWER.to_owned(),
            _ if nats::is_refused_for_room(&error) => NO_ROOM.to_owned(),
            _ => format!(
                "can't write ({}); check the servers' logs",
                error_chain(&error)
            ),
        });
    }
    let after = Timestamp::now();
    let stored = match bucket.get_last_raw_message_by_subject(&subject).await {
        Ok(message) => Timestamp::from_nanosecond(message.time.unix_timestamp_nanos()),
        Err(error) => {
            return fail(format!(
                "can't read ({}); check the servers' logs",
                error_chain(&error)
            ));
        }
    };
    let mut rows = Vec::new();
    if let Some((_, bell)) = bells.iter_mut().find(|(spec, _)| spec.part == "nodes")
        && !has_rung(bell).await
    {
        rows.push(failed_row("stream", name, NO_ANSWER.to_owned()));
    }
    if let Ok(stored) = stored {
        rows.push(judge_clock(before, stored, after));
    }
    rows
}

async fn has_rung(bell: &mut Subscriber) -> bool {
    matches!(timeout(REQUEST_TIMEOUT, bell.next()).await, Ok(Some(_)))
}

fn explain_create(error: &CreateStreamError, replicas: usize) -> String {
    let CreateStreamErrorKind::JetStream(error) = error.kind() else {
        return match error.kind() {
            CreateStreamErrorKind::TimedOut => NO_ANSWER.to_owned(),
            _ => format!(
                "can't be created ({}); check the servers' logs",
                error_chain(error)
            ),
        };
    };
    match error.error_code() {
        ErrorCode::STREAM_REPLICAS_NOT_SUPPORTED
        | ErrorCode::CLUSTER_NO_PEERS
        | ErrorCode::INSUFFICIENT_RESOURCES => format!(
            "`replicas` is {replicas}, and fewer NATS servers than that are in one cluster and have room; start all of them with routes to each other, or lower `replicas`"
        ),
        ErrorCode::STORAGE_RESOURCES_EXCEEDED => NO_ROOM.to_owned(),
        _ => format!("can't be created ({error}); check the servers' logs"),
    }
}

/// Compares a time of a server with ours before it was asked and after it answered.
fn judge_clock(before: Timestamp, stored: Timestamp, after: Timestamp) -> CheckRow {
    let name = "of this machine and of the NATS servers".to_owned();
    let (side, difference) = if stored < before {
        ("ahead of", before.duration_since(stored))
    } else {
        ("behind", stored.duration_since(after))
    };
    if difference <= CLOCK_DIFFERENCE_MAX {
        return good_row("clock", name);
    }
    let seconds = difference.as_secs_f64();
    let fault = format!(
        "this machine is {seconds:.1} s {side} a NATS server; turn on NTP on both, with `timedatectl set-ntp true`"
    );
    failed_row("clock", name, fault)
}

/// Turns a server's words, such as `Permissions Violation for Publish to "$JS.API.INFO"`, into advice.
fn explain_refusal(words: &str) -> Option<String> {
    let mut parts = words.split('"');
    let (refusal, subject) = (parts.next()?, parts.next()?);
    let verb = match refusal.trim_end() {
        "Permissions Violation for Publish to" => "publish",
        "Permissions Violation for Subscription to" => "subscribe",
        _ => return None,
    };
    // Ours have a random part, and requests to JetStream the names of streams.
    let subject = ["_INBOX.", "$JS.API.", "$JS.FC.", "$JS.ACK."]
        .into_iter()
        .find(|prefix| subject.starts_with(prefix))
        .map_or_else(|| subject.to_owned(), |prefix| format!("{prefix}>"));
    Some(format!(
        "the user may not {verb} to {subject}; allow that in the servers' configuration (docs/how-to/cluster.md#3-configure-nats)"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_may_be_two_seconds_apart() {
        let at = |seconds: f64| Timestamp::UNIX_EPOCH + SignedDuration::from_secs_f64(seconds);
        let judge = |stored| judge_clock(at(100.0), at(stored), at(101.0)).fault;

        for stored in [98.0, 99.5, 100.5, 102.0, 103.0] {
            assert_eq!(judge(stored), None, "{stored}");
        }
        let fix = "turn on NTP on both, with `timedatectl set-ntp true`";
        assert_eq!(
            judge(97.5),
            Some(format!(
                "this machine is 2.5 s ahead of a NATS server; {fix}"
            ))
        );
        assert_eq!(
            judge(104.25),
            Some(format!("this machine is 3.2 s behind a NATS server; {fix}"))
        );
    }

    #[test]
    fn refusal_names_what_to_allow() {
        let allow =
            "allow that in the servers' configuration (docs/how-to/cluster.md#3-configure-nats)";
        for (words, expected) in [
            (
                "Permissions Violation for Publish to \"$JS.API.STREAM.INFO.KV_x\"",
                Some("publish to $JS.API.>"),
            ),
            (
                "Permissions Violation for Publish to \"wallboard.support.log\"",
                Some("publish to wallboard.support.log"),
            ),
            (
                "Permissions Violation for Subscription to \"_INBOX.4fJ.*\"",
                Some("subscribe to _INBOX.>"),
            ),
            ("Stale Connection", None),
        ] {
            let expected = expected.map(|what| format!("the user may not {what}; {allow}"));
            assert_eq!(explain_refusal(words), expected);
        }
    }
}
