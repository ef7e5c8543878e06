//! Asks for each configured statistic once, for `wallboard check`; and asks which
//! names GMS knows. Leaves nothing behind.

use std::sync::Arc;

use crate::sources::{
    Hidden,
    statserver::{Finding, States, Statistic, is_known},
};

use super::{Ask, Asked, Error, Http, Question, Settings, Trouble, memory::Memory, reply::Verdict};

/// Where nothing is configured yet.
const USUAL_TENANT: &str = "Environment";

/// Asks every node for something and the first for everything, one after the other;
/// `Err` where any of the nodes is not well.
pub async fn probe(settings: &Settings) -> Result<Vec<(Statistic, Finding)>, Error> {
    if settings.statistics.is_empty() {
        return Ok(Vec::new());
    }
    let settings = Arc::new(settings.clone());
    let http = Http::new(Arc::clone(&settings))?;
    let memory = Memory::new(&settings);
    let named = |node: usize, trouble| (Arc::clone(&memory.nodes[node].address), trouble);
    let one = Question::Alone(0);
    let mut troubles = Vec::new();
    for node in 0..settings.base_urls.len() {
        match http.ask(node, &one, memory.patience).await {
            Verdict::Trouble(trouble) => troubles.push(named(node, trouble)),
            Verdict::Away(why) => troubles.push(named(node, Trouble::StatServer(why))),
            Verdict::Answer(_) | Verdict::Bad(_) | Verdict::Doubtful(_) => {}
        }
    }
    if !troubles.is_empty() {
        return Err(Error::Nodes(troubles));
    }

    let states = States::new(&settings.states, &settings.reasons);
    let mut found = Vec::with_capacity(settings.statistics.len());
    for (place, asked) in settings.statistics.iter().enumerate() {
        let question = Question::Alone(place);
        let finding = match http.ask(0, &question, memory.patience).await {
            Verdict::Answer(answer) => {
                let value = answer.values.first().and_then(Option::as_deref);
                Finding::of(is_known(&asked.statistic.stated(value, &states)))
            }
            Verdict::Bad(why) | Verdict::Doubtful(why) => Finding::Refused(why),
            Verdict::Away(why) => {
                return Err(Error::Nodes(vec![named(0, Trouble::StatServer(why))]));
            }
            Verdict::Trouble(trouble) => return Err(Error::Nodes(vec![named(0, trouble)])),
        };
        found.push((asked.statistic.clone(), finding));
    }
    Ok(found)
}

/// Which of these statistics GMS gives, for the tenant of those configured.
pub async fn discover(
    settings: &Settings,
    statistics: &[Statistic],
) -> Result<Vec<(Statistic, Finding)>, Error> {
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
