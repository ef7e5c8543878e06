//! Asks for each configured statistic once, for `wallboard check`; and asks which
//! names GMS knows. Leaves nothing behind.

use std::{collections::VecDeque, sync::Arc};

use tokio::time::Instant;

use crate::sources::{
    Hidden,
    statserver::{Finding, Part, States, Statistic, Trial},
};

use super::{
    Ask, Asked, Error, Http, Question, Settings, Trouble, memory::Memory, reply::Verdict,
    round::TELLING,
};

/// Where nothing is configured yet.
const USUAL_TENANT: &str = "Environment";

/// Asks every node for something, and the first that is well for everything; `Err`
/// where none of the nodes is.
pub async fn probe(settings: &Settings) -> Result<Trial, Error> {
    if settings.statistics.is_empty() {
        return Ok(Trial::default());
    }
    let settings = Arc::new(settings.clone());
    let http = Http::new(Arc::clone(&settings))?;
    let mut memory = Memory::new(&settings);
    let named = |node: usize, memory: &Memory| Arc::clone(&memory.nodes[node].address);
    let mut troubles = Vec::new();
    let mut well = None;
    for node in 0..settings.base_urls.len() {
        match try_out(&http, node, &memory, &settings).await {
            Ok(()) => well = well.or(Some(node)),
            Err(trouble) => troubles.push((named(node, &memory), trouble)),
        }
    }
    let Some(node) = well else {
        return Err(Error::Nodes(troubles));
    };
    let proven = prove(&http, node, &mut memory, &settings).await;
    let statistics = proven.map_err(|trouble| Error::Nodes(vec![(named(node, &memory), trouble)]));
    let fault = |address: &Arc<str>| {
        let trouble = troubles.iter().find(|(of, _)| of == address);
        trouble.map(|(_, trouble)| format!("it {trouble}"))
    };
    let part = |node: &super::memory::Node| Part {
        name: node.address.to_string(),
        fault: fault(&node.address),
    };
    Ok(Trial {
        // Of one node the source itself tells.
        parts: match &memory.nodes[..] {
            [_] => Vec::new(),
            nodes => nodes.iter().map(part).collect(),
        },
        statistics: statistics?,
    })
}

/// Whether a node answers, if only that it does not know what it was asked for.
async fn try_out(
    http: &Http,
    node: usize,
    memory: &Memory,
    settings: &Settings,
) -> Result<(), Trouble> {
    let mut outcome = Ok(());
    for member in 0..TELLING.min(settings.statistics.len()) {
        let question = Question::Alone(member);
        match http.ask(node, &question, memory.patience).await {
            Verdict::Trouble(trouble) => return Err(trouble),
            Verdict::Away(why) => return Err(Trouble::StatServer(why)),
            Verdict::Answer(_) | Verdict::Bad(_) | Verdict::Doubtful(_) => return Ok(()),
            Verdict::Strange(status) => {
                let url = settings.address_of_one(node);
                outcome = Err(Trouble::NoApi { url, status });
            }
        }
    }
    outcome
}

/// Asks a node for every statistic, many at a time where that can be; one question is
/// under way at once, because the product itself may be asking too.
async fn prove(
    http: &Http,
    node: usize,
    memory: &mut Memory,
    settings: &Settings,
) -> Result<Vec<(Statistic, Finding)>, Trouble> {
    let states = States::new(&settings.states, &settings.reasons);
    let mut found: Vec<Option<Finding>> = vec![None; settings.statistics.len()];
    let mut questions: VecDeque<Question> = memory.roll.questions(Instant::now());
    while let Some(question) = questions.pop_front() {
        match http.ask(node, &question, memory.patience).await {
            Verdict::Answer(answer) => {
                for (&member, value) in question.members().iter().zip(&answer.values) {
                    let asked = &settings.statistics[member].statistic;
                    found[member] = Some(asked.found(value.as_deref(), &states));
                }
            }
            Verdict::Bad(why) | Verdict::Doubtful(why) => match question.halves() {
                Some(halves) => questions.extend(halves),
                None => found[question.members()[0]] = Some(Finding::Refused(why)),
            },
            // Others are there: it is this one that is not.
            Verdict::Strange(code) => {
                found[question.members()[0]] = Some(Finding::Refused(format!("status {code}")));
            }
            Verdict::Away(why) => return Err(Trouble::StatServer(why)),
            Verdict::Trouble(trouble) => return Err(trouble),
        }
    }
    let statistics = settings.statistics.iter().zip(found);
    let proofs = statistics.map(|(asked, finding)| {
        let finding = finding.unwrap_or(Finding::Unknown);
        (asked.statistic.clone(), finding)
    });
    Ok(proofs.collect())
}

/// Which of these statistics GMS gives, for the tenant of those configured.
pub async fn discover(settings: &Settings, statistics: &[Statistic]) -> Result<Trial, Error> {
    let known = settings.statistics.first();
    let tenant = known.map_or(USUAL_TENANT, |asked| &asked.tenant);
    let password = known.map_or_else(Hidden::default, |asked| asked.tenant_password.clone());
    let asked = |statistic: &Statistic| Asked {
        statistic: statistic.clone(),
        tenant: tenant.to_owned(),
        tenant_password: password.clone(),
        notification_mode: None,
    };
    let settings = Settings {
        statistics: statistics.iter().map(asked).collect(),
        ..settings.clone()
    };
    probe(&settings).await
}
