//! Asks the past for what a page shows, and lays what it tells beside each other: the
//! time asked for, and the time before at the same hours of the same weekdays.

use std::collections::HashMap;

use jiff::Timestamp;

use crate::{
    domain::{Formula, Id, QueueId},
    history::report::{
        self, Ask, By, History, Report, ReportError, Series, SharedTarget, Subject, Subjects, Who,
    },
    web::Web,
};

use super::{
    asked::Asked,
    board,
    choice::{Rows, Step, View},
    column::{Counts, Rules},
    heat::{self, Heat},
    lay::{added, counts, lay, without_calm_edges},
    page::{Choices, Told},
    scene::{Scene, Terms},
    shares,
    sheet::{Entry, Sheet},
    span::Window,
    whom::Whom,
};

/// All that a page shows, as it was told.
pub(super) struct Gathered {
    pub(super) choices: Choices,
    pub(super) terms: Terms,
    pub(super) told: Told,
    /// Some export is known at all.
    pub(super) is_known: bool,
    /// Some row is made of days in UTC.
    pub(super) is_utc: bool,
    /// Queues that are in no list: hidden, or switched off.
    pub(super) without_row: usize,
    /// Up to when exports tell: "export up to Fri 20 Nov 00:00".
    pub(super) fresh: String,
    /// Some is told only over longer times than a row.
    pub(super) is_blurred: bool,
}

pub(super) async fn gather(web: &Web, scene: &Scene) -> Result<Gathered, ReportError> {
    let history = &web.history;
    let whom = Whom::read(web).await?;
    let choices = choices(&whom, scene);
    let asked = &scene.asked;
    let who = Many::of(scene, &whom);
    let now = ask(history, scene, &who, &scene.window, step(scene.step)).await?;
    let before = match &scene.before {
        Some((window, _)) => Some(ask(history, scene, &who, window, step(scene.step)).await?),
        None => None,
    };
    let series = who.pick(&now);
    let for_all = whom.site.target("site").formula;
    let mut terms = terms(scene, &series, for_all);
    let is_utc = series
        .iter()
        .flat_map(|one| &one.rows)
        .any(|row| row.is_utc);
    let is_blurred = series
        .iter()
        .flat_map(|one| &one.rows)
        .any(|row| row.is_utc && row.figures.is_none());
    let before = before.as_ref().map(|before| who.pick(before));
    let mut times = lay(scene, &series, before, &terms, whom.calls_from(asked));
    let total = Sheet::new(times.clone(), Vec::new(), terms.rules, None, false).total;
    let kept = board::kept(&web.store, scene, &whom).await?;
    let difference = kept.difference(scene, &total, terms.rules);
    let incomplete = kept.fill(scene, &mut times);
    let (times, calm) = without_calm_edges(scene, times);
    let subjects_rows = match asked.rows {
        Rows::Time => None,
        by => Some(subject_rows(history, scene, by, (&who, &whom)).await?),
    };
    terms.has_own_formulas = subjects_rows.iter().flatten().any(|row| {
        let own = row.formula.filter(|_| row.counts.is_some());
        own.is_some_and(|own| own != terms.rules.formula)
    });
    let heat = match asked.view {
        View::Heatmap => Some(heat_of(history, scene, &who, terms.rules).await?),
        _ => None,
    };
    let shares = match asked.view {
        View::Breakdown => Some(shares::shares(history, scene, &whom).await?),
        _ => None,
    };
    let notes = [difference, incomplete].into_iter().flatten();
    let subjects = &whom.subjects;
    Ok(Gathered {
        is_known: !subjects.queues.is_empty() || !subjects.agents.is_empty(),
        fresh: fresh(scene, subjects),
        without_row: (subjects.queues.iter())
            .filter(|queue| queue.is_hidden)
            .count(),
        choices,
        terms,
        told: Told {
            times,
            calm,
            notes: notes.map(|words| (words, None)).collect(),
            subjects: subjects_rows,
            heat,
            shares,
            ..Told::default()
        },
        is_utc,
        is_blurred,
    })
}

/// Whom a page is of: one of those that the past can be asked for, or several queues.
struct Many {
    who: Who,
    by: Option<By>,
    /// Of a series each, only these.
    only: Vec<Id>,
}

impl Many {
    fn of(scene: &Scene, whom: &Whom) -> Self {
        let asked = &scene.asked;
        let shown = |id: QueueId| whom.meant(&id).map_or(id.clone(), |queue| queue.id.clone());
        let one = |who| Self {
            who,
            by: None,
            only: Vec::new(),
        };
        match (&asked.agent, &asked.queues[..]) {
            (Some(agent), _) => one(Who::Agent(agent.clone())),
            (None, []) => one(Who::Site),
            (None, [queue]) => one(Who::Queue(queue.clone())),
            (None, queues) => Self {
                who: Who::Site,
                by: Some(By::Queue),
                only: (queues.iter().flat_map(|id| whom.members(id)))
                    .map(shown)
                    .collect(),
            },
        }
    }

    fn pick<'a>(&self, report: &'a Report) -> Vec<&'a Series> {
        let is_wanted = |series: &&Series| {
            self.only.is_empty() || self.only.iter().any(|id| id.to_string() == series.id)
        };
        report.series.iter().filter(is_wanted).collect()
    }
}

async fn ask(
    history: &History,
    scene: &Scene,
    who: &Many,
    window: &Window,
    step: report::Step,
) -> Result<Report, ReportError> {
    let ask = Ask {
        who: who.who.clone(),
        by: who.by,
        from: window.from,
        to: window.to,
        step,
        zone: scene.zone().clone(),
        count_by: scene.asked.count_by,
    };
    history.intervals(ask).await
}

pub(super) fn step(step: Step) -> report::Step {
    match step {
        Step::Quarter => report::Step::Quarter,
        Step::Half => report::Step::HalfHour,
        Step::Hour => report::Step::Hour,
        Step::Day => report::Step::Day,
    }
}

/// The target that all that are shown share. Where their formulas differ, figures of all
/// together are by the one `for_all`.
fn terms(scene: &Scene, series: &[&Series], for_all: Formula) -> Terms {
    let shared = SharedTarget::common(series.iter().filter_map(|series| series.target));
    let shared = shared.unwrap_or_default();
    Terms {
        rules: Rules {
            formula: shared.formula.unwrap_or(for_all),
            count_by: scene.asked.count_by,
        },
        within: shared.answer_within,
        target: shared.service_level,
        has_own_formulas: false,
    }
}

/// A row a queue or agent over the whole time.
async fn subject_rows(
    history: &History,
    scene: &Scene,
    rows: Rows,
    (who, whom): (&Many, &Whom),
) -> Result<Vec<Entry>, ReportError> {
    let by = match rows {
        Rows::Agent => By::Agent,
        _ => By::Queue,
    };
    let asked = &scene.asked;
    let only = match (by, &who.who) {
        (By::Queue, Who::Queue(id)) => {
            let members = whom.members(id).into_iter();
            let shown = |id: QueueId| whom.meant(&id).map_or(id.clone(), |queue| queue.id.clone());
            members.map(shown).collect()
        }
        (By::Queue, _) => who.only.clone(),
        _ => asked.agent.iter().cloned().collect(),
    };
    let many = Many {
        who: Who::Site,
        by: Some(by),
        only,
    };
    // The longer the step, the less there is to add; days begin and end where the time does.
    let step = match asked.span {
        super::span::Span::Between(..) => report::Step::Quarter,
        _ => report::Step::Day,
    };
    let now = ask(history, scene, &many, &scene.window, step).await?;
    let before = match &scene.before {
        Some((window, _)) => Some(ask(history, scene, &many, window, step).await?),
        None => None,
    };
    let before = before
        .as_ref()
        .map(|report| many.pick(report))
        .unwrap_or_default();
    let before: HashMap<&str, &Series> = before
        .into_iter()
        .map(|series| (series.id.as_str(), series))
        .collect();
    let row = |series: &&Series| {
        let counts = whole(series);
        Entry {
            name: match (by, crate::web::listing::id(&series.id)) {
                (By::Queue, Some(id)) => whom.queue(&id),
                _ => series.name.clone(),
            },
            id: series.id.clone(),
            from: Some(scene.window.from),
            to: Some(scene.window.to.min(scene.now)),
            is_partial: scene.goes_on(),
            before: before
                .get(series.id.as_str())
                .and_then(|then| whole_beside(then, series, scene.now)),
            target: series.target.and_then(|target| target.service_level),
            within: series.target.and_then(|target| target.answer_within),
            formula: series.target.and_then(|target| target.formula),
            href: of_subject(scene, by, &series.id),
            has_calls: of(by, &series.id)
                .and_then(|of| whom.calls_from(&of))
                .is_some_and(|from| counts.is_some() && from < scene.window.to),
            counts,
            ..Entry::default()
        }
    };
    Ok(many.pick(&now).iter().map(row).collect())
}

fn whole(series: &Series) -> Option<Counts> {
    let mut all = series
        .rows
        .iter()
        .filter_map(|row| counts(row.figures.as_ref()?));
    let mut sum = all.next()?;
    all.for_each(|counts| sum.merge(&counts));
    Some(sum)
}

/// The time before, of what is known of now and is over: more would be compared with less.
fn whole_beside(then: &Series, now: &Series, at: Timestamp) -> Option<Counts> {
    let pairs = then.rows.iter().zip(&now.rows);
    let known = pairs.filter(|(_, now)| now.figures.is_some() && now.end <= at);
    let mut all = known.filter_map(|(then, _)| counts(then.figures.as_ref()?));
    let mut sum = all.next()?;
    all.for_each(|counts| sum.merge(&counts));
    Some(sum)
}

/// The same page of one of its rows.
fn of_subject(scene: &Scene, by: By, id: &str) -> String {
    let Some(of) = of(by, id) else {
        return String::new();
    };
    scene.address(|asked| {
        asked.rows = Rows::Time;
        asked.sort = None;
        match of.agent {
            Some(agent) => asked.agent = Some(agent),
            None => asked.queues = of.queues,
        }
    })
}

/// What asks for one of the rows alone.
fn of(by: By, id: &str) -> Option<Asked> {
    let id = crate::web::listing::id(id)?;
    Some(match by {
        By::Agent => Asked {
            agent: Some(id),
            ..Asked::default()
        },
        _ => Asked {
            queues: vec![id],
            ..Asked::default()
        },
    })
}

async fn heat_of(
    history: &History,
    scene: &Scene,
    who: &Many,
    rules: Rules,
) -> Result<Heat, ReportError> {
    let report = ask(history, scene, who, &scene.window, report::Step::Hour).await?;
    let hours = added(&who.pick(&report));
    let hours = hours.into_iter().filter(|hour| hour.start < scene.now);
    let hours: Vec<_> = hours.map(|hour| (hour.start, hour.counts)).collect();
    Ok(heat::heat(&hours, scene.zone(), scene.asked.shade, rules))
}

pub(super) fn choices(whom: &Whom, scene: &Scene) -> Choices {
    let asked = &scene.asked;
    let is_chosen = |queue: &Subject| {
        let mut asked = asked.queues.iter().filter_map(|id| whom.meant(id));
        asked.any(|chosen| chosen.id == queue.id)
    };
    let queues = whom.subjects.queues.iter();
    let listed = queues.map(|queue| (queue, is_chosen(queue)));
    let listed = listed.filter(|(queue, is_chosen)| !queue.is_hidden || *is_chosen);
    let listed = listed.map(|(queue, is_chosen)| {
        let id = queue.id.to_string();
        (id, queue.name.clone(), is_chosen)
    });
    // Groups, and queues of which no export tells anything.
    let others = asked.queues.iter().filter(|id| whom.meant(id).is_none());
    let others = others.map(|id| (id.to_string(), whom.queue(id), true));
    Choices {
        queues: listed.chain(others).collect(),
        agent: asked.agent.as_ref().map(|id| whom.agent(id)),
    }
}

/// Up to when each export tells.
pub(super) fn fresh(scene: &Scene, subjects: &Subjects) -> String {
    let until = |at: Timestamp| {
        let at = at.to_zoned(scene.zone().clone());
        at.strftime("%a %-d %b %Y %H:%M").to_string()
    };
    let told = subjects.told_until.iter().map(|(source, at)| match at {
        Some(at) => format!("{source}: {}", until(*at)),
        None => format!("{source}: no data yet"),
    });
    told.collect::<Vec<_>>().join(", ")
}
