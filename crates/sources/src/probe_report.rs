//! Results of probing a source, for `wallboard check`, in the vendor's words.

use std::{error::Error, time::Duration};

use tokio::time::timeout;

/// A source that doesn't answer within this time fails the check.
const TIMEOUT: Duration = Duration::from_secs(20);
/// Extra time for each metric.
const TIME_PER_METRIC: Duration = Duration::from_secs(1);

/// The result of probing a source, or the reason it couldn't be probed.
pub type ProbeResult<T = ProbeReport> = Result<T, Box<dyn Error + Send + Sync>>;

/// The result of probing a source that responds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProbeReport {
    /// Says how many metrics work; `None` if only the connection was tested.
    pub summary: Option<String>,
    /// The fault of the source as a whole and its fix.
    pub fault: Option<String>,
    pub parts: Vec<ProbedPart>,
    /// The metrics of queues and agents that don't work.
    pub faulty_metrics: Vec<ProbedPart>,
}

/// A part of a source that can fail by itself, such as a node, a transport or one metric.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProbedPart {
    pub name: String,
    /// The fault and its fix; `None` if the part works.
    pub fault: Option<String>,
}

/// The vendor's names of metrics that were found by trying.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DiscoveredNames {
    /// Complete TOML: comments with the names that work, then the entries to paste.
    pub toml: String,
    /// The number of names that work.
    pub count: usize,
}

/// Awaits a source's response about `count` metrics.
pub(crate) async fn await_response<T, E: Into<Box<dyn Error + Send + Sync>>>(
    count: usize,
    probing: impl Future<Output = Result<T, E>>,
) -> ProbeResult<T> {
    let limit = TIMEOUT + TIME_PER_METRIC * u32::try_from(count).unwrap_or(u32::MAX);
    match timeout(limit, probing).await {
        Ok(result) => result.map_err(Into::into),
        Err(_) if count == 0 => Err("it did not answer in time".into()),
        Err(_) => Err(format!(
            "no response for all {count} statistics within {} s; check the load of the vendor's server and the network",
            limit.as_secs()
        )
        .into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn hanging_source_has_a_fault_after_a_time_for_each_metric() {
        let hanging = || std::future::pending::<Result<(), String>>();

        let connection = await_response(0, hanging()).await.unwrap_err();
        let metrics = await_response(30, hanging()).await.unwrap_err();

        assert_eq!(connection.to_string(), "it did not answer in time");
        assert_eq!(
            metrics.to_string(),
            "no response for all 30 statistics within 50 s; check the load of the vendor's server and the network"
        );
    }
}
