//! Why GMS cannot be asked, for people to read. No text here holds a credential.

use std::{fmt, sync::Arc, time::Duration};

use crate::{https::AuthorityFileError, ingest::IngestClosed, sources::SourceError};

/// What is the matter with one node of GMS.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NodeError {
    #[error("didn't respond within {} s: check that it's running, and any firewalls in between", .0.as_secs())]
    Timeout(Duration),
    #[error("can't be reached: {0}")]
    Unreachable(&'static str),
    #[error("lost the connection in the middle of a response")]
    Broken,
    #[error(
        "sent a response that isn't from GMS ({0}): check the path in `base_url`, which usually ends in /genesys/1, and any proxy in between"
    )]
    NotGms(&'static str),
    #[error("responded with status {0}: check that it's healthy, and any proxy in between")]
    Status(u16),
    #[error("has no Stat Server now: it reports “{0}”")]
    StatServer(String),
    #[error(
        "fails for every statistic (“{0}”): its Stat Server may be disconnected; check its log"
    )]
    Failing(String),
    #[error(
        "denied access (status {0}): check `username` and `password`, and that this user may read statistics"
    )]
    Refused(u16),
    #[error("limits the request rate (status {status}): increase `interval`")]
    Busy { status: u16, wait: Duration },
    #[error(
        "isn't there: POST {url} responded with HTTP status {status}, so this doesn't look like the Stat Server API of GMS: check `base_url`, which usually ends in /genesys/1"
    )]
    NoApi { url: String, status: u16 },
    #[error(
        "knows none of the configured statistics; for one it reports “{0}”. Check `stat`, `object_type`, `objects` and `tenant`, and the path in `base_url`"
    )]
    NoStatistic(String),
}

/// Why none of the nodes can be asked.
#[derive(Debug, thiserror::Error)]
pub enum GmsError {
    #[error("{}", Troubles(.0))]
    Nodes(Vec<(Arc<str>, NodeError)>),
    #[error("couldn't create an HTTP client: {0}")]
    Client(String),
    #[error(transparent)]
    Authority(#[from] AuthorityFileError),
    #[error(transparent)]
    Closed(#[from] IngestClosed),
}

struct Troubles<'a>(&'a [(Arc<str>, NodeError)]);

impl fmt::Display for Troubles<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, (address, trouble)) in self.0.iter().enumerate() {
            let between = if place == 0 { "" } else { "; " };
            write!(f, "{between}GMS at {address} {trouble}")?;
        }
        Ok(())
    }
}

impl GmsError {
    /// Whether GMS itself answers, and says that its Stat Server does not.
    pub(super) fn is_stat_server_fault(&self) -> bool {
        let is_so = |trouble: &NodeError| {
            matches!(trouble, NodeError::StatServer(_) | NodeError::Failing(_))
        };
        matches!(self, Self::Nodes(nodes) if nodes.iter().any(|(_, trouble)| is_so(trouble)))
    }
}

impl SourceError for GmsError {
    fn needs_intervention(&self) -> bool {
        let is_so = |trouble: &NodeError| matches!(trouble, NodeError::Refused(_));
        match self {
            Self::Nodes(nodes) => nodes.iter().all(|(_, trouble)| is_so(trouble)),
            Self::Authority(_) => true,
            Self::Client(_) | Self::Closed(_) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nodes_error(troubles: &[NodeError]) -> GmsError {
        let nodes = troubles.iter().enumerate();
        GmsError::Nodes(
            nodes
                .map(|(n, trouble)| (format!("gms-{n}:8080").into(), trouble.clone()))
                .collect(),
        )
    }

    #[test]
    fn each_node_says_what_is_the_matter() {
        let error = nodes_error(&[
            NodeError::Timeout(Duration::from_secs(4)),
            NodeError::StatServer("Statistic Service unavailable".into()),
        ]);

        assert_eq!(
            error.to_string(),
            "GMS at gms-0:8080 didn't respond within 4 s: check that it's running, and any firewalls in between; GMS at gms-1:8080 has no Stat Server now: it reports “Statistic \
             Service unavailable”"
        );
        assert!(error.is_stat_server_fault());
    }

    #[test]
    fn we_are_refused_where_every_node_refuses_us() {
        let refused = NodeError::Refused(401);

        assert!(nodes_error(&[refused.clone(), refused.clone()]).needs_intervention());
        assert!(!nodes_error(&[refused, NodeError::Broken]).needs_intervention());
    }
}
