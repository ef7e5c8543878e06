//! Asks for each configured statistic once, for `wallboard check`; and asks which
//! names a vendor knows. Leaves nothing behind.

use futures_util::{StreamExt, stream};

use crate::sources::statserver::{
    ProbeReport, ProbedPart, Statistic, StatisticFinding, StatusTable,
};

use super::{
    GenesysMode, GenesysSettings, GenesysStatistic, StatisticReference,
    connection::GenesysConnection,
    envelope::{ApiEnvelope, ReportedValue},
    error::{ApiCall, GenesysError},
    rest_client::encode_segment,
};

/// How many requests are under way at once.
const CONCURRENT_REQUESTS: usize = 4;
/// So many answers in a row that do not come: nobody is there.
const LOST_IN_A_ROW_MAX: usize = 8;

/// A statistic and what became of it.
type ProbedStatistic = (Statistic, StatisticFinding);

/// Signs in, asks for every statistic and connects for notifications; `Err` where
/// nothing can be asked at all. Statistics by definition are subscribed to for a moment,
/// because they cannot be polled.
pub async fn probe_statistics(settings: &GenesysSettings) -> Result<ProbeReport, GenesysError> {
    let mut kept = GenesysConnection::new(settings)?;
    kept.tokens.current_token().await?;
    let states = StatusTable::new(&settings.states, &settings.reasons);
    let (by_name, defined): (Vec<&GenesysStatistic>, Vec<&GenesysStatistic>) = settings
        .statistics
        .iter()
        .partition(|asked| asked.reference == StatisticReference::Name);
    let by_name = by_name.into_iter().map(|asked| &asked.statistic);
    let mut statistics = probe_by_name(&kept, by_name, &states).await?;
    let mut parts = Vec::new();
    if let GenesysMode::Poll(_) = settings.mode {
        let why = "a statistic by definition can't be polled: use a name configured at Genesys, or set `mode = \"subscribe\"`";
        let refused = |asked: &&GenesysStatistic| {
            (
                asked.statistic.clone(),
                StatisticFinding::Rejected(why.to_owned()),
            )
        };
        statistics.extend(defined.iter().map(refused));
    } else {
        let mut fault = None;
        match kept.open_client().await {
            Ok(_) => statistics.extend(probe_definitions(&mut kept, &defined, &states).await?),
            Err(error) => {
                let lost = |asked: &&GenesysStatistic| {
                    let why = "definitions can't be tested without notifications";
                    (
                        asked.statistic.clone(),
                        StatisticFinding::NoAnswer(why.to_owned()),
                    )
                };
                statistics.extend(defined.iter().map(lost));
                fault = Some(error.to_string());
            }
        }
        kept.close_session().await;
        parts.push(ProbedPart {
            name: "notifications".to_owned(),
            fault,
        });
    }
    Ok(ProbeReport { parts, statistics })
}

/// Which of these statistics the vendor gives.
pub async fn discover_statistics(
    settings: &GenesysSettings,
    statistics: &[Statistic],
) -> Result<ProbeReport, GenesysError> {
    let kept = GenesysConnection::new(settings)?;
    kept.tokens.current_token().await?;
    let states = StatusTable::new(&settings.states, &settings.reasons);
    Ok(ProbeReport {
        parts: Vec::new(),
        statistics: probe_by_name(&kept, statistics, &states).await?,
    })
}

/// Asks for each by its name. One answer that does not come is of that statistic;
/// `Err` where none comes.
async fn probe_by_name<'a>(
    kept: &GenesysConnection,
    statistics: impl IntoIterator<Item = &'a Statistic>,
    states: &StatusTable,
) -> Result<Vec<ProbedStatistic>, GenesysError> {
    let asking = stream::iter(statistics)
        .map(async |statistic| (statistic, request_value(kept, statistic).await))
        .buffered(CONCURRENT_REQUESTS);
    let mut asking = std::pin::pin!(asking);
    let mut proofs = Vec::new();
    let (mut in_a_row, mut answered) = (0, 0);
    let mut lost = None;
    while let Some((statistic, answer)) = asking.next().await {
        let finding = match answer {
            Ok(told) => {
                (in_a_row, answered) = (0, answered + 1);
                to_finding(statistic, told, states)
            }
            Err(error) => {
                // Nobody is there, or one name is no part of an address to this server.
                in_a_row += usize::from(!matches!(error, GenesysError::NoApi { .. }));
                if error.is_final() || LOST_IN_A_ROW_MAX <= in_a_row {
                    return Err(error);
                }
                StatisticFinding::NoAnswer(lost.insert(error).to_string())
            }
        };
        proofs.push((statistic.clone(), finding));
    }
    match lost {
        Some(error) if answered == 0 => Err(error),
        _ => Ok(proofs),
    }
}

/// `Err` is of the line; what the vendor says to this statistic alone is inside.
async fn request_value(
    kept: &GenesysConnection,
    statistic: &Statistic,
) -> Result<Result<ReportedValue, GenesysError>, GenesysError> {
    let url = format!(
        "{}/statistic-values/{}?objectType={}&objectId={}",
        kept.job_runner.rest.base,
        encode_segment(&statistic.name),
        encode_segment(&statistic.object_type),
        encode_segment(&statistic.object),
    );
    let answer = kept
        .job_runner
        .rest
        .call_api(ApiCall::Values, |http| http.get(&url))
        .await;
    single_value(answer)
}

fn single_value(
    answer: Result<ApiEnvelope, GenesysError>,
) -> Result<Result<ReportedValue, GenesysError>, GenesysError> {
    match answer {
        Ok(envelope) => {
            let words = (!envelope.errors.is_empty()).then(|| envelope.message.clone());
            let told = envelope.reported_values().into_iter().next();
            Ok(Ok(told.unwrap_or(ReportedValue {
                fault: words,
                ..ReportedValue::default()
            })))
        }
        Err(error @ GenesysError::NoApi { .. }) => Err(error),
        // A server that cannot answer for one may answer for others.
        Err(error) if error.is_request_fault() || is_server_fault(&error) => Ok(Err(error)),
        Err(error) => Err(error),
    }
}

fn is_server_fault(error: &GenesysError) -> bool {
    matches!(error, GenesysError::Status { status: 500, .. })
}

fn to_finding(
    statistic: &Statistic,
    told: Result<ReportedValue, GenesysError>,
    states: &StatusTable,
) -> StatisticFinding {
    match told {
        Err(error) => StatisticFinding::Rejected(error.to_string()),
        Ok(ReportedValue {
            fault: Some(why),
            value: None,
            ..
        }) => StatisticFinding::Rejected(why),
        Ok(told) => statistic.judge_value(told.value.as_deref(), states),
    }
}

/// Tries definitions by a subscription of each, over the CometD connection that there is.
async fn probe_definitions(
    kept: &mut GenesysConnection,
    defined: &[&GenesysStatistic],
    states: &StatusTable,
) -> Result<Vec<ProbedStatistic>, GenesysError> {
    let desktop = kept.job_runner.clone();
    let trying = stream::iter(defined)
        .map(async |asked| (&asked.statistic, desktop.try_statistic(asked).await))
        .buffered(CONCURRENT_REQUESTS);
    let mut trying = std::pin::pin!(trying);
    let mut proofs = Vec::with_capacity(defined.len());
    while let Some((statistic, (told, subscription))) = trying.next().await {
        kept.subscriptions.queue_unsubscribe(subscription);
        let finding = match single_value(told) {
            Ok(told) => to_finding(statistic, told, states),
            Err(error) if error.is_final() => return Err(error),
            Err(error) => StatisticFinding::NoAnswer(error.to_string()),
        };
        proofs.push((statistic.clone(), finding));
    }
    Ok(proofs)
}
