//! Asks for each configured statistic once, for `wallboard check`; and asks which
//! names a vendor knows. Leaves nothing behind.

use futures_util::{StreamExt, stream};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::sources::statserver::{Finding, States, Statistic, is_known};

use super::{
    Asked, How, Mode, Settings,
    envelope::{Envelope, Told},
    error::{Call, Error},
    kept::Kept,
};

/// How many requests are under way at once.
const HANDS: usize = 4;
/// What may stand in an address as it is.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// A statistic and what became of it.
type Proof = (Statistic, Finding);

/// Signs in and asks for every statistic; `Err` where nothing can be asked at all.
/// Those by definition are subscribed to for a moment, because they cannot be polled.
pub async fn probe(settings: &Settings) -> Result<Vec<Proof>, Error> {
    let mut kept = Kept::new(settings)?;
    kept.access.token().await?;
    let states = States::new(&settings.states, &settings.reasons);
    let (by_name, defined): (Vec<&Asked>, Vec<&Asked>) = settings
        .statistics
        .iter()
        .partition(|asked| asked.how == How::Name);
    let asking = stream::iter(by_name).map(async |asked| {
        let told = ask(&kept, &asked.statistic).await?;
        Ok(proof(asked, told, &states))
    });
    let asked: Vec<Result<Proof, Error>> = asking.buffered(HANDS).collect().await;
    let mut proofs = asked.into_iter().collect::<Result<Vec<Proof>, Error>>()?;
    if !defined.is_empty() {
        proofs.extend(subscribed(&mut kept, settings, &defined, &states).await?);
    }
    Ok(proofs)
}

/// Which of these statistics the vendor gives.
pub async fn discover(settings: &Settings, statistics: &[Statistic]) -> Result<Vec<Proof>, Error> {
    let kept = Kept::new(settings)?;
    kept.access.token().await?;
    let states = States::new(&settings.states, &settings.reasons);
    let asking = stream::iter(statistics).map(async |statistic| {
        let told = ask(&kept, statistic).await?;
        Ok((statistic.clone(), finding(statistic, told, &states)))
    });
    let asked: Vec<Result<_, Error>> = asking.buffered(HANDS).collect().await;
    asked.into_iter().collect()
}

/// `Err` is of the line; what the vendor says to this statistic alone is inside.
async fn ask(kept: &Kept, statistic: &Statistic) -> Result<Result<Told, Error>, Error> {
    let encoded = |text| utf8_percent_encode(text, PLAIN);
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
        // A server that cannot answer for one may answer for others.
        Err(error) if error.is_of_the_question() || is_of_the_server(&error) => Ok(Err(error)),
        Err(error) => Err(error),
    }
}

fn is_of_the_server(error: &Error) -> bool {
    matches!(error, Error::Status { status: 500, .. })
}

fn proof(asked: &Asked, told: Result<Told, Error>, states: &States) -> Proof {
    let statistic = asked.statistic.clone();
    let finding = finding(&statistic, told, states);
    (statistic, finding)
}

fn finding(statistic: &Statistic, told: Result<Told, Error>, states: &States) -> Finding {
    match told {
        Err(error) => Finding::Refused(error.to_string()),
        Ok(Told {
            fault: Some(why),
            value: None,
            ..
        }) => Finding::Refused(why),
        Ok(told) if is_known(&statistic.stated(told.value.as_deref(), states)) => Finding::Well,
        Ok(_) => Finding::Unknown,
    }
}

/// Tries definitions by a subscription of each on a CometD connection of its own.
async fn subscribed(
    kept: &mut Kept,
    settings: &Settings,
    defined: &[&Asked],
    states: &States,
) -> Result<Vec<Proof>, Error> {
    if let Mode::Poll(_) = settings.mode {
        let why = "a statistic by definition cannot be polled: name one that is configured at Genesys, or set `mode = \"subscribe\"`";
        let refused = |asked: &&Asked| {
            let mut proof = proof(asked, Ok(Told::default()), states);
            proof.1 = Finding::Refused(why.to_owned());
            proof
        };
        return Ok(defined.iter().map(refused).collect());
    }
    kept.connect().await?;
    let proofs = subscribe_each(kept, defined, states).await;
    kept.farewell().await;
    proofs
}

async fn subscribe_each(
    kept: &mut Kept,
    defined: &[&Asked],
    states: &States,
) -> Result<Vec<Proof>, Error> {
    let mut proofs = Vec::with_capacity(defined.len());
    for asked in defined {
        let (told, subscription) = kept.desktop.try_one(asked).await;
        kept.desk.part_from(subscription);
        proofs.push(proof(asked, one(told)?, states));
    }
    Ok(proofs)
}
