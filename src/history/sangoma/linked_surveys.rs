//! Surveys, each with the contact that it is about.

use foldhash::{HashMap, HashMapExt};

use crate::{
    history::intervals::{SurveyAnswer, TimeSpan},
    store::StoreError,
};

use super::{
    fact_rows::{FactRowCaches, TextHash},
    score_check,
    window::SangomaFacts,
};

/// A survey is about a contact that began at most so many seconds before.
const WEEK: i64 = 7 * 86_400;

/// A survey and when its contact began, where one is found.
#[derive(Clone, Debug)]
pub(super) struct LinkedSurvey {
    pub(super) queue: i64,
    pub(super) survey: SurveyAnswer,
    pub(super) joined: Option<i64>,
    /// The contact's id, to tell which of two is the later.
    contact: i64,
}

/// All that can count in a window: those of later days about its contacts too.
pub(super) fn load_for_window(
    facts: &SangomaFacts<'_>,
    rows: &mut FactRowCaches,
    window: TimeSpan,
) -> Result<Vec<LinkedSurvey>, StoreError> {
    load_created_within(facts, rows, window.start, window.end + WEEK + 1)
}

/// Those that were given in `from..to`.
pub(super) fn load_created_within(
    facts: &SangomaFacts<'_>,
    rows: &mut FactRowCaches,
    from: i64,
    to: i64,
) -> Result<Vec<LinkedSurvey>, StoreError> {
    let from_files = (facts.view, facts.files);
    let mut surveys: Vec<LinkedSurvey> = Vec::new();
    let mut wanted: HashMap<(TextHash, i64), Vec<usize>> = HashMap::new();
    rows.surveys
        .for_each_within(from_files, (from, to), |_, told| {
            if !(from..to).contains(&told.at) {
                return;
            }
            if let Some(uuid) = told.uuid {
                let about = wanted.entry((uuid, told.queue)).or_default();
                about.push(surveys.len());
            }
            surveys.push(LinkedSurvey {
                queue: told.queue,
                survey: SurveyAnswer {
                    at: told.at,
                    csat: told
                        .csat
                        .filter(|score| score_check::CSAT_SCALE.contains(score)),
                    nps: told
                        .nps
                        .filter(|score| score_check::NPS_SCALE.contains(score)),
                },
                joined: None,
                contact: 0,
            });
        })?;
    let first = surveys.iter().map(|linked| linked.survey.at).min();
    let last = surveys.iter().map(|linked| linked.survey.at).max();
    let Some((first, last)) = first.zip(last).filter(|_| !wanted.is_empty()) else {
        return Ok(surveys);
    };
    let reach = (first - WEEK, last + 1);
    rows.links.for_each_within(from_files, reach, |id, link| {
        let about = wanted.get(&(link.uuid, link.queue));
        for &place in about.into_iter().flatten() {
            let linked = &mut surveys[place];
            let is_before = (0..=WEEK).contains(&(linked.survey.at - link.joined));
            let is_later = (linked.joined, linked.contact) < (Some(link.joined), id);
            if is_before && is_later {
                (linked.joined, linked.contact) = (Some(link.joined), id);
            }
        }
    })?;
    Ok(surveys)
}
