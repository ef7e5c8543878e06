//! Requests each configured statistic once, for `wallboard check`, and finds out which
//! names a vendor knows. Leaves nothing behind.

use futures_util::{StreamExt, stream};

use crate::{
    ProbedPart,
    statserver::{CONCURRENT_PROBES, Statistic, StatisticFinding, StatisticFindings, StatusTable},
};

use super::{
    GenesysMode, GenesysSettings, GenesysStatistic, StatisticReference,
    connection::GenesysConnection,
    envelope::{ApiEnvelope, ReportedValue},
    error::{ApiCall, GenesysError},
    rest_client::encode_segment,
};

/// After this many missing responses in a row, the vendor counts as unreachable.
const LOST_IN_A_ROW_MAX: usize = 8;

/// A statistic and its finding.
type ProbedStatistic = (Statistic, StatisticFinding);

/// Signs in, requests every statistic and connects for notifications; `Err` if nothing can
/// be requested at all. Statistics by definition are subscribed to briefly, because they
/// can't be polled.
pub(super) async fn probe_statistics(
    settings: &GenesysSettings,
) -> Result<StatisticFindings, GenesysError> {
    let mut connection = GenesysConnection::new(settings)?;
    connection.tokens.current_token().await?;
    let states = StatusTable::new(&settings.states, &settings.reasons);
    let (by_name, defined): (Vec<&GenesysStatistic>, Vec<&GenesysStatistic>) = settings
        .statistics
        .iter()
        .partition(|configured| configured.reference == StatisticReference::Name);
    let by_name = by_name.into_iter().map(|configured| &configured.statistic);
    let mut statistics = probe_by_name(&connection, by_name, &states).await?;
    let mut parts = Vec::new();
    let unprobed = |finding: StatisticFinding| {
        let defined = defined.iter();
        defined.map(move |configured| (configured.statistic.clone(), finding.clone()))
    };
    if let GenesysMode::Poll(_) = settings.mode {
        let why = "a statistic by definition can't be polled: use a name configured at Genesys, or set `mode = \"subscribe\"`";
        statistics.extend(unprobed(StatisticFinding::Rejected(why.to_owned())));
    } else {
        let mut fault = None;
        match connection.open_client().await {
            Ok(_) => {
                statistics.extend(probe_definitions(&mut connection, &defined, &states).await?);
            }
            Err(error) => {
                let why = "definitions can't be tested without notifications";
                statistics.extend(unprobed(StatisticFinding::NoAnswer(why.to_owned())));
                fault = Some(error.to_string());
            }
        }
        connection.close_session().await;
        parts.push(ProbedPart {
            name: "notifications".to_owned(),
            fault,
        });
    }
    Ok(StatisticFindings { parts, statistics })
}

/// Finds out which of these statistics the vendor provides.
pub(super) async fn discover_statistics(
    settings: &GenesysSettings,
    statistics: &[Statistic],
) -> Result<StatisticFindings, GenesysError> {
    let connection = GenesysConnection::new(settings)?;
    connection.tokens.current_token().await?;
    let states = StatusTable::new(&settings.states, &settings.reasons);
    Ok(StatisticFindings {
        parts: Vec::new(),
        statistics: probe_by_name(&connection, statistics, &states).await?,
    })
}

/// Requests each by its name. A missing response affects only that statistic; `Err` if all
/// are missing.
async fn probe_by_name<'a>(
    connection: &GenesysConnection,
    statistics: impl IntoIterator<Item = &'a Statistic>,
    states: &StatusTable,
) -> Result<Vec<ProbedStatistic>, GenesysError> {
    let responses = stream::iter(statistics)
        .map(async |statistic| (statistic, request_value(connection, statistic).await))
        .buffered(CONCURRENT_PROBES);
    let mut responses = std::pin::pin!(responses);
    let mut findings = Vec::new();
    let (mut lost_in_a_row, mut answered) = (0, 0);
    let mut last_error = None;
    while let Some((statistic, answer)) = responses.next().await {
        let finding = match answer {
            Ok(reported) => {
                (lost_in_a_row, answered) = (0, answered + 1);
                to_finding(statistic, reported, states)
            }
            Err(error) => {
                // The vendor is unreachable, unless one name isn't valid in a URL for this server.
                lost_in_a_row += usize::from(!matches!(error, GenesysError::NoApi { .. }));
                if error.is_final() || LOST_IN_A_ROW_MAX <= lost_in_a_row {
                    return Err(error);
                }
                StatisticFinding::NoAnswer(last_error.insert(error).to_string())
            }
        };
        findings.push((statistic.clone(), finding));
    }
    match last_error {
        Some(error) if answered == 0 => Err(error),
        _ => Ok(findings),
    }
}

/// `Err` is about the connection; the vendor's verdict on this statistic alone is inside.
async fn request_value(
    connection: &GenesysConnection,
    statistic: &Statistic,
) -> Result<Result<ReportedValue, GenesysError>, GenesysError> {
    let url = format!(
        "{}/statistic-values/{}?objectType={}&objectId={}",
        connection.job_runner.rest.base,
        encode_segment(&statistic.name),
        encode_segment(&statistic.object_type),
        encode_segment(&statistic.object),
    );
    let answer = connection
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
            let reported = envelope.reported_values().into_iter().next();
            Ok(Ok(reported.unwrap_or(ReportedValue {
                fault: words,
                ..ReportedValue::default()
            })))
        }
        Err(error @ GenesysError::NoApi { .. }) => Err(error),
        // A server that can't answer for one statistic may answer for others.
        Err(error) if error.is_request_fault() || is_server_fault(&error) => Ok(Err(error)),
        Err(error) => Err(error),
    }
}

fn is_server_fault(error: &GenesysError) -> bool {
    matches!(error, GenesysError::Status { status: 500, .. })
}

fn to_finding(
    statistic: &Statistic,
    reported: Result<ReportedValue, GenesysError>,
    states: &StatusTable,
) -> StatisticFinding {
    match reported {
        Err(error) => StatisticFinding::Rejected(error.to_string()),
        Ok(ReportedValue {
            fault: Some(why),
            value: None,
            ..
        }) => StatisticFinding::Rejected(why),
        Ok(reported) => statistic.judge_value(reported.value.as_deref(), states),
    }
}

/// Tests definitions by subscribing to each, over the existing CometD connection.
async fn probe_definitions(
    connection: &mut GenesysConnection,
    defined: &[&GenesysStatistic],
    states: &StatusTable,
) -> Result<Vec<ProbedStatistic>, GenesysError> {
    let job_runner = connection.job_runner.clone();
    let responses = stream::iter(defined)
        .map(async |configured| {
            (
                &configured.statistic,
                job_runner.try_statistic(configured).await,
            )
        })
        .buffered(CONCURRENT_PROBES);
    let mut responses = std::pin::pin!(responses);
    let mut findings = Vec::with_capacity(defined.len());
    while let Some((statistic, (reported, subscription))) = responses.next().await {
        connection.subscriptions.queue_unsubscribe(subscription);
        let finding = match single_value(reported) {
            Ok(reported) => to_finding(statistic, reported, states),
            Err(error) if error.is_final() => return Err(error),
            Err(error) => StatisticFinding::NoAnswer(error.to_string()),
        };
        findings.push((statistic.clone(), finding));
    }
    Ok(findings)
}
