//! Requests each configured statistic once, for `wallboard check`, and discovers the names
//! that GMS knows. Leaves no trace.

use std::{collections::VecDeque, sync::Arc};

use futures_util::{StreamExt, TryStreamExt, stream};
use tokio::time::Instant;

use crate::{
    ProbedPart, RedactedText,
    statserver::{CONCURRENT_PROBES, Statistic, StatisticFinding, StatisticFindings, StatusTable},
};

use super::{
    GmsError, GmsRequest, GmsSettings, GmsStatistic, HttpNodeClient, NodeClient, NodeError,
    memory::GmsMemory, reply::ReplyVerdict, round::CONCLUSIVE_FAILURES,
};

/// The tenant if no statistic is configured yet.
const DEFAULT_TENANT: &str = "Environment";

/// How statistics are requested from a node.
#[derive(Clone, Copy, Debug)]
enum ProbeOrder {
    /// Few requests: most statistics exist.
    InBatches,
    /// Few of the statistics exist, and each that doesn't makes a batch fail.
    OneByOne,
}

/// Tests every node with a few requests, and requests all statistics from the first that
/// works. Returns `Err` if no node works.
pub(super) async fn probe_statistics(
    settings: &GmsSettings,
) -> Result<StatisticFindings, GmsError> {
    probe_in_order(settings, ProbeOrder::InBatches).await
}

async fn probe_in_order(
    settings: &GmsSettings,
    order: ProbeOrder,
) -> Result<StatisticFindings, GmsError> {
    if settings.statistics.is_empty() {
        return Ok(StatisticFindings::default());
    }
    let settings = Arc::new(settings.clone());
    let http = HttpNodeClient::new(Arc::clone(&settings))?;
    let mut memory = GmsMemory::new(&settings);
    let address_of = |node: usize, memory: &GmsMemory| Arc::clone(&memory.nodes[node].address);
    let mut errors = Vec::new();
    let mut working = None;
    for node in 0..settings.base_urls.len() {
        match try_node(&http, node, &memory, &settings).await {
            Ok(()) => working = working.or(Some(node)),
            Err(error) => errors.push((address_of(node, &memory), error)),
        }
    }
    let Some(node) = working else {
        return Err(GmsError::Nodes(errors));
    };
    let probed = match order {
        ProbeOrder::InBatches => probe_batches(&http, node, &mut memory, &settings).await,
        ProbeOrder::OneByOne => probe_singles(&http, node, &memory, &settings).await,
    };
    let statistics =
        probed.map_err(|error| GmsError::Nodes(vec![(address_of(node, &memory), error)]));
    let fault = |address: &Arc<str>| {
        let error = errors.iter().find(|(failed, _)| failed == address);
        error.map(|(_, error)| format!("it {error}"))
    };
    let part = |node: &super::memory::NodeMemory| ProbedPart {
        name: node.address.to_string(),
        fault: fault(&node.address),
    };
    Ok(StatisticFindings {
        // With a single node, the result of the source is enough.
        parts: match &memory.nodes[..] {
            [_] => Vec::new(),
            nodes => nodes.iter().map(part).collect(),
        },
        statistics: statistics?,
    })
}

/// Tests whether a node responds, even if it doesn't know the requested statistic.
async fn try_node(
    http: &HttpNodeClient,
    node: usize,
    memory: &GmsMemory,
    settings: &GmsSettings,
) -> Result<(), NodeError> {
    let mut outcome = Ok(());
    for member in 0..CONCLUSIVE_FAILURES.min(settings.statistics.len()) {
        let request = GmsRequest::Single(member);
        match http.query_node(node, &request, memory.timeout).await {
            ReplyVerdict::Failed(error) => return Err(error),
            ReplyVerdict::StatServerUnavailable(why) => return Err(NodeError::StatServer(why)),
            ReplyVerdict::Answer(_) | ReplyVerdict::Undefined(_) | ReplyVerdict::Ambiguous(_) => {
                return Ok(());
            }
            ReplyVerdict::NotFound(status) => {
                let url = settings.single_url(node);
                outcome = Err(NodeError::NoApi { url, status });
            }
        }
    }
    outcome
}

/// Requests every statistic from a node, in batches where possible. Sends one request at a
/// time, because the running service may be polling too.
async fn probe_batches(
    http: &HttpNodeClient,
    node: usize,
    memory: &mut GmsMemory,
    settings: &GmsSettings,
) -> Result<Vec<(Statistic, StatisticFinding)>, NodeError> {
    let states = StatusTable::new(&settings.states, &settings.reasons);
    let mut found: Vec<Option<StatisticFinding>> = vec![None; settings.statistics.len()];
    let mut requests: VecDeque<GmsRequest> = memory.health.next_requests(Instant::now());
    while let Some(request) = requests.pop_front() {
        match http.query_node(node, &request, memory.timeout).await {
            ReplyVerdict::Answer(answer) => {
                for (&member, value) in request.members().iter().zip(&answer.values) {
                    let statistic = &settings.statistics[member].statistic;
                    found[member] = Some(statistic.judge_value(value.as_deref(), &states));
                }
            }
            ReplyVerdict::Undefined(why) | ReplyVerdict::Ambiguous(why) => {
                match request.split_halves() {
                    Some(halves) => requests.extend(halves),
                    None => found[request.members()[0]] = Some(StatisticFinding::Rejected(why)),
                }
            }
            // Other statistics exist, so only this one is missing.
            ReplyVerdict::NotFound(code) => {
                found[request.members()[0]] =
                    Some(StatisticFinding::Rejected(format!("status {code}")));
            }
            ReplyVerdict::StatServerUnavailable(why) => return Err(NodeError::StatServer(why)),
            ReplyVerdict::Failed(error) => return Err(error),
        }
    }
    let statistics = settings.statistics.iter().zip(found);
    let results = statistics.map(|(entry, finding)| {
        let finding = finding.unwrap_or(StatisticFinding::Unknown);
        (entry.statistic.clone(), finding)
    });
    Ok(results.collect())
}

/// Requests every statistic from a node by itself, some at once.
async fn probe_singles(
    http: &HttpNodeClient,
    node: usize,
    memory: &GmsMemory,
    settings: &GmsSettings,
) -> Result<Vec<(Statistic, StatisticFinding)>, NodeError> {
    let states = StatusTable::new(&settings.states, &settings.reasons);
    let probing = stream::iter(settings.statistics.iter().enumerate()).map(|(member, entry)| {
        let (statistic, states) = (&entry.statistic, &states);
        async move {
            let request = GmsRequest::Single(member);
            let finding = match http.query_node(node, &request, memory.timeout).await {
                ReplyVerdict::Answer(answer) => {
                    let value = answer.values.first().and_then(Option::as_deref);
                    statistic.judge_value(value, states)
                }
                ReplyVerdict::Undefined(why) | ReplyVerdict::Ambiguous(why) => {
                    StatisticFinding::Rejected(why)
                }
                ReplyVerdict::NotFound(code) => {
                    StatisticFinding::Rejected(format!("status {code}"))
                }
                ReplyVerdict::StatServerUnavailable(why) => {
                    return Err(NodeError::StatServer(why));
                }
                ReplyVerdict::Failed(error) => return Err(error),
            };
            Ok((statistic.clone(), finding))
        }
    });
    probing.buffered(CONCURRENT_PROBES).try_collect().await
}

/// Finds out which of these statistics GMS has, for the tenant of the configured ones.
pub(super) async fn discover_statistics(
    settings: &GmsSettings,
    statistics: &[Statistic],
) -> Result<StatisticFindings, GmsError> {
    let known = settings.statistics.first();
    let tenant = known.map_or(DEFAULT_TENANT, |entry| &entry.tenant);
    let password = known.map_or_else(RedactedText::default, |entry| entry.tenant_password.clone());
    let entry = |statistic: &Statistic| GmsStatistic {
        statistic: statistic.clone(),
        tenant: tenant.to_owned(),
        tenant_password: password.clone(),
        notification_mode: None,
    };
    let settings = GmsSettings {
        statistics: statistics.iter().map(entry).collect(),
        ..settings.clone()
    };
    probe_in_order(&settings, ProbeOrder::OneByOne).await
}
