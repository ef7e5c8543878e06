//! Asks for each configured statistic once, for `wallboard check`; and asks which
//! names GMS knows. Leaves nothing behind.

use std::{collections::VecDeque, sync::Arc};

use tokio::time::Instant;

use crate::sources::{
    RedactedText,
    statserver::{ProbeReport, ProbedPart, Statistic, StatisticFinding, StatusTable},
};

use super::{
    GmsError, GmsRequest, GmsSettings, GmsStatistic, HttpNodeClient, NodeClient, NodeError,
    memory::GmsMemory, reply::ReplyVerdict, round::CONCLUSIVE_FAILURES,
};

/// Where nothing is configured yet.
const DEFAULT_TENANT: &str = "Environment";

/// Asks every node for something, and the first that is well for everything; `Err`
/// where none of the nodes is.
pub async fn probe_statistics(settings: &GmsSettings) -> Result<ProbeReport, GmsError> {
    if settings.statistics.is_empty() {
        return Ok(ProbeReport::default());
    }
    let settings = Arc::new(settings.clone());
    let http = HttpNodeClient::new(Arc::clone(&settings))?;
    let mut memory = GmsMemory::new(&settings);
    let named = |node: usize, memory: &GmsMemory| Arc::clone(&memory.nodes[node].address);
    let mut troubles = Vec::new();
    let mut well = None;
    for node in 0..settings.base_urls.len() {
        match try_node(&http, node, &memory, &settings).await {
            Ok(()) => well = well.or(Some(node)),
            Err(trouble) => troubles.push((named(node, &memory), trouble)),
        }
    }
    let Some(node) = well else {
        return Err(GmsError::Nodes(troubles));
    };
    let proven = probe_with_node(&http, node, &mut memory, &settings).await;
    let statistics =
        proven.map_err(|trouble| GmsError::Nodes(vec![(named(node, &memory), trouble)]));
    let fault = |address: &Arc<str>| {
        let trouble = troubles.iter().find(|(of, _)| of == address);
        trouble.map(|(_, trouble)| format!("it {trouble}"))
    };
    let part = |node: &super::memory::NodeMemory| ProbedPart {
        name: node.address.to_string(),
        fault: fault(&node.address),
    };
    Ok(ProbeReport {
        // Of one node the source itself tells.
        parts: match &memory.nodes[..] {
            [_] => Vec::new(),
            nodes => nodes.iter().map(part).collect(),
        },
        statistics: statistics?,
    })
}

/// Whether a node answers, if only that it does not know what it was asked for.
async fn try_node(
    http: &HttpNodeClient,
    node: usize,
    memory: &GmsMemory,
    settings: &GmsSettings,
) -> Result<(), NodeError> {
    let mut outcome = Ok(());
    for member in 0..CONCLUSIVE_FAILURES.min(settings.statistics.len()) {
        let question = GmsRequest::Single(member);
        match http.query_node(node, &question, memory.timeout).await {
            ReplyVerdict::Failed(trouble) => return Err(trouble),
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

/// Asks a node for every statistic, many at a time where that can be; one question is
/// under way at once, because the product itself may be asking too.
async fn probe_with_node(
    http: &HttpNodeClient,
    node: usize,
    memory: &mut GmsMemory,
    settings: &GmsSettings,
) -> Result<Vec<(Statistic, StatisticFinding)>, NodeError> {
    let states = StatusTable::new(&settings.states, &settings.reasons);
    let mut found: Vec<Option<StatisticFinding>> = vec![None; settings.statistics.len()];
    let mut questions: VecDeque<GmsRequest> = memory.health.next_requests(Instant::now());
    while let Some(question) = questions.pop_front() {
        match http.query_node(node, &question, memory.timeout).await {
            ReplyVerdict::Answer(answer) => {
                for (&member, value) in question.members().iter().zip(&answer.values) {
                    let asked = &settings.statistics[member].statistic;
                    found[member] = Some(asked.judge_value(value.as_deref(), &states));
                }
            }
            ReplyVerdict::Undefined(why) | ReplyVerdict::Ambiguous(why) => {
                match question.split_halves() {
                    Some(halves) => questions.extend(halves),
                    None => found[question.members()[0]] = Some(StatisticFinding::Rejected(why)),
                }
            }
            // Others are there: it is this one that is not.
            ReplyVerdict::NotFound(code) => {
                found[question.members()[0]] =
                    Some(StatisticFinding::Rejected(format!("status {code}")));
            }
            ReplyVerdict::StatServerUnavailable(why) => return Err(NodeError::StatServer(why)),
            ReplyVerdict::Failed(trouble) => return Err(trouble),
        }
    }
    let statistics = settings.statistics.iter().zip(found);
    let proofs = statistics.map(|(asked, finding)| {
        let finding = finding.unwrap_or(StatisticFinding::Unknown);
        (asked.statistic.clone(), finding)
    });
    Ok(proofs.collect())
}

/// Which of these statistics GMS gives, for the tenant of those configured.
pub async fn discover_statistics(
    settings: &GmsSettings,
    statistics: &[Statistic],
) -> Result<ProbeReport, GmsError> {
    let known = settings.statistics.first();
    let tenant = known.map_or(DEFAULT_TENANT, |asked| &asked.tenant);
    let password = known.map_or_else(RedactedText::default, |asked| asked.tenant_password.clone());
    let asked = |statistic: &Statistic| GmsStatistic {
        statistic: statistic.clone(),
        tenant: tenant.to_owned(),
        tenant_password: password.clone(),
        notification_mode: None,
    };
    let settings = GmsSettings {
        statistics: statistics.iter().map(asked).collect(),
        ..settings.clone()
    };
    probe_statistics(&settings).await
}
