//! Links surveys to the contacts that they refer to.

use foldhash::{HashMap, HashMapExt};

use crate::intervals::{SurveyAnswer, TimeSpan};
use wallboard_store::StoreError;

use super::{
    fact_rows::{FactRowCaches, TextHash},
    score_check,
    window::SangomaFacts,
};

/// A survey refers to a contact that joined at most so many seconds before.
const WEEK: i64 = 7 * 86_400;

/// A survey, and when its contact joined, if one is found.
#[derive(Clone, Debug)]
pub(super) struct LinkedSurvey {
    pub(super) queue: i64,
    pub(super) survey: SurveyAnswer,
    pub(super) joined: Option<i64>,
    /// The contact's id, to decide which of two is the later.
    contact: i64,
}

/// Loads all surveys that can count in a window, including later ones about its contacts.
pub(super) fn load_for_window(
    facts: &SangomaFacts<'_>,
    rows: &mut FactRowCaches,
    window: TimeSpan,
) -> Result<Vec<LinkedSurvey>, StoreError> {
    let within = TimeSpan {
        end: window.end + WEEK + 1,
        ..window
    };
    load_created_within(facts, rows, within)
}

/// Loads the surveys answered in a time.
pub(super) fn load_created_within(
    facts: &SangomaFacts<'_>,
    rows: &mut FactRowCaches,
    within: TimeSpan,
) -> Result<Vec<LinkedSurvey>, StoreError> {
    let mut surveys: Vec<LinkedSurvey> = Vec::new();
    let mut surveys_by_contact: HashMap<(TextHash, i64), Vec<usize>> = HashMap::new();
    rows.surveys
        .for_each_within(facts.files, within, |_, row| {
            if !within.contains(row.at) {
                return;
            }
            if let Some(uuid) = row.uuid {
                let indexes = surveys_by_contact.entry((uuid, row.queue)).or_default();
                indexes.push(surveys.len());
            }
            surveys.push(LinkedSurvey {
                queue: row.queue,
                survey: SurveyAnswer {
                    at: row.at,
                    csat: row
                        .csat
                        .filter(|score| score_check::CSAT_SCALE.contains(score)),
                    nps: row
                        .nps
                        .filter(|score| score_check::NPS_SCALE.contains(score)),
                    enterprise_nps: row
                        .enterprise_nps
                        .filter(|score| score_check::NPS_SCALE.contains(score)),
                },
                joined: None,
                contact: 0,
            });
        })?;
    let first = surveys.iter().map(|linked| linked.survey.at).min();
    let last = surveys.iter().map(|linked| linked.survey.at).max();
    let Some((first, last)) = first.zip(last).filter(|_| !surveys_by_contact.is_empty()) else {
        return Ok(surveys);
    };
    let range = TimeSpan {
        start: first - WEEK,
        end: last + 1,
    };
    rows.links.for_each_within(facts.files, range, |id, link| {
        let indexes = surveys_by_contact.get(&(link.uuid, link.queue));
        for &index in indexes.into_iter().flatten() {
            let linked = &mut surveys[index];
            let is_before = (0..=WEEK).contains(&(linked.survey.at - link.joined));
            let is_later = (linked.joined, linked.contact) < (Some(link.joined), id);
            if is_before && is_later {
                (linked.joined, linked.contact) = (Some(link.joined), id);
            }
        }
    })?;
    Ok(surveys)
}
