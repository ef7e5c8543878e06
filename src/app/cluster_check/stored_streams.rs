//! The streams and buckets of a site, as they should be. Pure.

use std::time::Duration;

use async_nats::jetstream::stream::{Info, StorageType};

use wallboard_runtime::nats::NatsConnection;

/// How long a node counts as running after its last report.
pub(super) const NODES_AGE: Duration = Duration::from_secs(10);
/// How long the lease of a leader that doesn't renew it stays.
const LEASE_AGE: Duration = Duration::from_secs(6);

const STREAMS: [StreamSpec; 5] = [
    StreamSpec {
        part: "log",
        kind: StreamKind::Stream,
    },
    StreamSpec {
        part: "records",
        kind: StreamKind::Bucket(Duration::ZERO),
    },
    StreamSpec {
        part: "lease",
        kind: StreamKind::Bucket(LEASE_AGE),
    },
    StreamSpec {
        part: "nodes",
        kind: StreamKind::Bucket(NODES_AGE),
    },
    StreamSpec {
        part: "snapshots",
        kind: StreamKind::Objects,
    },
];

const CASE_RECORDS: StreamSpec = StreamSpec {
    part: "case-records",
    kind: StreamKind::Stream,
};

/// Lists what a site needs.
pub(super) fn streams_of_site(has_case_records: bool) -> Vec<StreamSpec> {
    let records = has_case_records.then_some(CASE_RECORDS);
    STREAMS.into_iter().chain(records).collect()
}

/// One of them.
#[derive(Clone, Copy, Debug)]
pub(super) struct StreamSpec {
    pub(super) part: &'static str,
    kind: StreamKind,
}

#[derive(Clone, Copy, Debug)]
enum StreamKind {
    /// Of one subject.
    Stream,
    /// A bucket of keys, and how long each stays. Zero: forever.
    Bucket(Duration),
    Objects,
}

impl StreamSpec {
    pub(super) fn is_bucket(&self) -> bool {
        matches!(self.kind, StreamKind::Bucket(_))
    }

    pub(super) fn stream_name(&self, connection: &NatsConnection) -> String {
        let name = connection.name_of(self.part);
        match self.kind {
            StreamKind::Stream => name,
            StreamKind::Bucket(_) => connection.bucket_stream(self.part),
            StreamKind::Objects => format!("OBJ_{name}"),
        }
    }

    fn subjects(&self, connection: &NatsConnection) -> Vec<String> {
        let name = connection.name_of(self.part);
        match self.kind {
            StreamKind::Stream => vec![connection.subject_of(self.part)],
            StreamKind::Bucket(_) => vec![format!("$KV.{name}.>")],
            StreamKind::Objects => vec![format!("$O.{name}.C.>"), format!("$O.{name}.M.>")],
        }
    }

    /// Returns a subject that the stream stores.
    pub(super) fn sample_subject(&self, connection: &NatsConnection) -> String {
        let name = connection.name_of(self.part);
        match self.kind {
            StreamKind::Stream => connection.subject_of(self.part),
            StreamKind::Bucket(_) => format!("$KV.{name}.check"),
            StreamKind::Objects => format!("$O.{name}.M.check"),
        }
    }

    /// Returns a sentence for each difference, with its fix.
    pub(super) fn find_faults(&self, info: &Info, connection: &NatsConnection) -> Vec<String> {
        let config = &info.config;
        let edit = |change: String| format!("run `nats stream edit {} {change}`", config.name);
        let mut faults = Vec::new();
        let subjects = self.subjects(connection);
        if config.subjects != subjects {
            let fix = edit(format!("--subjects='{}'", subjects.join(",")));
            let given = config.subjects.join(", ");
            faults.push(format!("it stores the subjects {given}; {fix}"));
        }
        let replicas = connection.settings().replicas;
        if config.num_replicas != replicas {
            let fix = edit(format!("--replicas={replicas}"));
            let given = config.num_replicas;
            faults.push(format!(
                "it has {given} replicas, and `replicas` in [cluster] is {replicas}; {fix}, or change `replicas`"
            ));
        }
        if config.storage != StorageType::File {
            let fix = "stop all nodes, delete it, and start them";
            faults.push(format!("it's in the servers' memory only; {fix}"));
        }
        if let StreamKind::Bucket(age) = self.kind {
            faults.extend(find_bucket_faults(age, info, &edit));
        }
        let peers = info.cluster.iter().flat_map(|cluster| &cluster.replicas);
        faults.extend(
            peers
                .filter(|peer| peer.offline)
                .map(|peer| format!("its replica on {} is offline; start that server", peer.name)),
        );
        faults
    }
}

fn find_bucket_faults(age: Duration, info: &Info, edit: &dyn Fn(String) -> String) -> Vec<String> {
    let config = &info.config;
    let mut faults = Vec::new();
    if config.max_age != age {
        let fix = edit(format!("--max-age={}s", age.as_secs()));
        let (given, age) = (describe_age(config.max_age), describe_age(age));
        faults.push(format!("values stay {given} instead of {age}; {fix}"));
    }
    if config.max_messages_per_subject != 1 {
        let fix = edit("--max-msgs-per-subject=1".to_owned());
        faults.push(format!("it keeps more than the last value of a key; {fix}"));
    }
    if config.allow_direct {
        let fix = edit("--no-allow-direct".to_owned());
        faults.push(format!(
            "every replica answers reads, so they can be old; {fix}"
        ));
    }
    faults
}

fn describe_age(age: Duration) -> String {
    match age.as_secs_f64() {
        0.0 => "forever".to_owned(),
        seconds => format!("{seconds} s"),
    }
}
