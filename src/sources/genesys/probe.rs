//! Asks for each configured statistic once, for `wallboard check`; and asks which
//! names a vendor knows. Leaves nothing behind.

use futures_util::{StreamExt, stream};

use crate::sources::statserver::{Finding, Part, States, Statistic, Trial};

use super::{
    Asked, How, Mode, Settings,
    envelope::{Envelope, Told},
    error::{Call, Error},
    kept::Kept,
    rest::encoded,
};

/// How many requests are under way at once.
const HANDS: usize = 4;
/// So many answers in a row that do not come: nobody is there.
const MOST_LOST: usize = 8;

/// A statistic and what became of it.
type Proof = (Statistic, Finding);

/// Signs in, asks for every statistic and connects for notifications; `Err` where
/// nothing can be asked at all. Statistics by definition are subscribed to for a moment,
/// because they cannot be polled.
pub async fn probe(settings: &Settings) -> Result<Trial, Error> {
    let mut kept = Kept::new(settings)?;
    kept.access.token().await?;
    let states = States::new(&settings.states, &settings.reasons);
    let (by_name, defined): (Vec<&Asked>, Vec<&Asked>) = settings
        .statistics
        .iter()
        .partition(|asked| asked.how == How::Name);
    let by_name = by_name.into_iter().map(|asked| &asked.statistic);
    let mut statistics = proven(&kept, by_name, &states).await?;
    let mut parts = Vec::new();
    if let Mode::Poll(_) = settings.mode {
        let why = "a statistic by definition can't be polled: use a name configured at Genesys, or set `mode = \"subscribe\"`";
        let refused = |asked: &&Asked| (asked.statistic.clone(), Finding::Refused(why.to_owned()));
        statistics.extend(defined.iter().map(refused));
    } else {
        let mut fault = None;
        match kept.connect().await {
            Ok(_) => statistics.extend(subscribed(&mut kept, &defined, &states).await?),
            Err(error) => {
                let lost = |asked: &&Asked| {
                    let why = "definitions can't be tested without notifications";
                    (asked.statistic.clone(), Finding::Lost(why.to_owned()))
                };
                statistics.extend(defined.iter().map(lost));
                fault = Some(error.to_string());
            }
        }
        kept.farewell().await;
        parts.push(Part {
            name: "notifications".to_owned(),
            fault,
        });
    }
    Ok(Trial { parts, statistics })
}

/// Which of these statistics the vendor gives.
pub async fn discover(settings: &Settings, statistics: &[Statistic]) -> Result<Trial, Error> {
    let kept = Kept::new(settings)?;
    kept.access.token().await?;
    let states = States::new(&settings.states, &settings.reasons);
    Ok(Trial {
        parts: Vec::new(),
        statistics: proven(&kept, statistics, &states).await?,
    })
}

/// Asks for each by its name. One answer that does not come is of that statistic;
/// `Err` where none comes.
async fn proven<'a>(
    kept: &Kept,
    statistics: impl IntoIterator<Item = &'a Statistic>,
    states: &States,
) -> Result<Vec<Proof>, Error> {
    let asking = stream::iter(statistics)
        .map(async |statistic| (statistic, ask(kept, statistic).await))
        .buffered(HANDS);
    let mut asking = std::pin::pin!(asking);
    let mut proofs = Vec::new();
    let (mut in_a_row, mut answered) = (0, 0);
    let mut lost = None;
    while let Some((statistic, answer)) = asking.next().await {
        let finding = match answer {
            Ok(told) => {
                (in_a_row, answered) = (0, answered + 1);
                finding(statistic, told, states)
            }
            Err(error) => {
                // Nobody is there, or one name is no part of an address to this server.
                in_a_row += usize::from(!matches!(error, Error::NoApi { .. }));
                if error.is_final() || MOST_LOST <= in_a_row {
                    return Err(error);
                }
                Finding::Lost(lost.insert(error).to_string())
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
async fn ask(kept: &Kept, statistic: &Statistic) -> Result<Result<Told, Error>, Error> {
    let url = format!(
        "{}/statistic-values/{}?objectType={}&objectId={}",
        kept.desktop.rest.base,
        encoded(&statistic.name),
        encoded(&statistic.object_type),
        encoded(&statistic.object),
    );
    let answer = kept
        .desktop
        .rest
        .call(Call::Values, |http| http.get(&url))
        .await;
    one(answer)
}

fn one(answer: Result<Envelope, Error>) -> Result<Result<Told, Error>, Error> {
    match answer {
        Ok(envelope) => {
            let words = (!envelope.errors.is_empty()).then(|| envelope.words.clone());
            let told = envelope.told().into_iter().next();
            Ok(Ok(told.unwrap_or(Told {
                fault: words,
                ..Told::default()
            })))
        }
        Err(error @ Error::NoApi { .. }) => Err(error),
        // A server that cannot answer for one may answer for others.
        Err(error) if error.is_of_the_question() || is_of_the_server(&error) => Ok(Err(error)),
        Err(error) => Err(error),
    }
}

fn is_of_the_server(error: &Error) -> bool {
    matches!(error, Error::Status { status: 500, .. })
}

fn finding(statistic: &Statistic, told: Result<Told, Error>, states: &States) -> Finding {
    match told {
        Err(error) => Finding::Refused(error.to_string()),
        Ok(Told {
            fault: Some(why),
            value: None,
            ..
        }) => Finding::Refused(why),
        Ok(told) => statistic.found(told.value.as_deref(), states),
    }
}

/// Tries definitions by a subscription of each, over the CometD connection that there is.
async fn subscribed(
    kept: &mut Kept,
    defined: &[&Asked],
    states: &States,
) -> Result<Vec<Proof>, Error> {
    let desktop = kept.desktop.clone();
    let trying = stream::iter(defined)
        .map(async |asked| (&asked.statistic, desktop.try_one(asked).await))
        .buffered(HANDS);
    let mut trying = std::pin::pin!(trying);
    let mut proofs = Vec::with_capacity(defined.len());
    while let Some((statistic, (told, subscription))) = trying.next().await {
        kept.desk.part_from(subscription);
        let finding = match one(told) {
            Ok(told) => finding(statistic, told, states),
            Err(error) if error.is_final() => return Err(error),
            Err(error) => Finding::Lost(error.to_string()),
        };
        proofs.push((statistic.clone(), finding));
    }
    Ok(proofs)
}
