//! Reasons why GMS can't be queried, for people. They never contain credentials.

use std::{fmt, sync::Arc, time::Duration};

use crate::SourceError;
use wallboard_runtime::{https::AuthorityFileError, ingest::IngestClosed};

/// The error of one GMS node.
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
    #[error(
        "redirects to {location} (status {status}): set `base_url` to the address of GMS itself; Wallboard follows no redirects"
    )]
    Redirect { status: u16, location: String },
    #[error(
        "sent more than {} MiB for one statistic: check `base_url`, and any proxy in between",
        super::node_client::REPLY_BYTES_MAX >> 20
    )]
    TooLarge,
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

/// The reason why no node can be queried.
#[derive(Debug, thiserror::Error)]
pub enum GmsError {
    #[error("{}", NodeErrorList(.0))]
    Nodes(Vec<(Arc<str>, NodeError)>),
    #[error("couldn't create an HTTP client: {0}")]
    Client(String),
    #[error(transparent)]
    Authority(#[from] AuthorityFileError),
    #[error(transparent)]
    Closed(#[from] IngestClosed),
}

struct NodeErrorList<'a>(&'a [(Arc<str>, NodeError)]);

impl fmt::Display for NodeErrorList<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (address, error)) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            write!(f, "{separator}GMS at {address} {error}")?;
        }
        Ok(())
    }
}

impl NodeError {
    /// The error for a node that fails for every statistic, with its last reason.
    pub(super) fn failing(why: String) -> Self {
        if why == super::node_client::TOO_LARGE {
            return Self::TooLarge;
        }
        Self::Failing(why)
    }
}

impl GmsError {
    /// Whether GMS itself responds but its Stat Server doesn't.
    pub(super) fn is_stat_server_fault(&self) -> bool {
        let is_fault =
            |error: &NodeError| matches!(error, NodeError::StatServer(_) | NodeError::Failing(_));
        matches!(self, Self::Nodes(nodes) if nodes.iter().any(|(_, error)| is_fault(error)))
    }
}

impl SourceError for GmsError {
    fn needs_intervention(&self) -> bool {
        let is_refused = |error: &NodeError| matches!(error, NodeError::Refused(_));
        match self {
            Self::Nodes(nodes) => nodes.iter().all(|(_, error)| is_refused(error)),
            Self::Authority(_) => true,
            Self::Client(_) | Self::Closed(_) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nodes_error(errors: &[NodeError]) -> GmsError {
        let nodes = errors.iter().enumerate();
        GmsError::Nodes(
            nodes
                .map(|(n, error)| (format!("gms-{n}:8080").into(), error.clone()))
                .collect(),
        )
    }

    #[test]
    fn error_text_lists_the_error_of_each_node() {
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
    fn access_counts_as_denied_only_if_every_node_denies_it() {
        let refused = NodeError::Refused(401);

        assert!(nodes_error(&[refused.clone(), refused.clone()]).needs_intervention());
        assert!(!nodes_error(&[refused, NodeError::Broken]).needs_intervention());
    }
}
