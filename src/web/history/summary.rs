//! What a supervisor looks for first: the figures of the whole time, how they compare, and
//! what wants a look.

use crate::{
    domain::{CountBy, Counter},
    web::{clock::Tick, explain, figure::Figure},
};

use super::{
    choice::Rows,
    column::{Column, Counts, Rules},
    number::{self, Number},
    scene::{Scene, Terms},
    sheet::{Entry, Line, Sheet},
};

/// Times that missed their target are named up to this many.
const MOST_NAMED: usize = 12;

/// Both times over the rows that are known of both and are over.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Compared {
    pub(super) now: Counts,
    pub(super) before: Counts,
    /// Some rows are left out, being unknown in one of the two.
    pub(super) is_part: bool,
}

pub(super) fn compared(entries: &[Entry]) -> Option<Compared> {
    let both = |entry: &Entry| {
        let pair = entry.counts.clone().zip(entry.before.clone());
        pair.filter(|_| !entry.is_partial)
    };
    let mut pairs = entries.iter().filter_map(both);
    let (mut now, mut before) = pairs.next()?;
    let mut count = 1;
    for (ours, theirs) in pairs {
        now.merge(&ours);
        before.merge(&theirs);
        count += 1;
    }
    Some(Compared {
        now,
        before,
        is_part: count < entries.len(),
    })
}

/// `+6%`, `−3%`, `no change`; none where there was nothing before.
pub(super) fn change(now: f64, before: f64) -> Option<String> {
    if before <= 0.0 {
        return None;
    }
    let percent = (now - before) / before * 100.0;
    Some(match percent.round() {
        0.0 => "no change".to_owned(),
        percent => format!("{percent:+.0}%").replace('-', "−"),
    })
}

/// The figures at the head of a page.
pub(super) fn figures(
    scene: &Scene,
    terms: &Terms,
    total: &Line,
    compared: Option<&Compared>,
) -> Vec<Figure> {
    let agents = matches!(total.entry.counts, Some(Counts::Agent(_)));
    let columns: &[Column] = if agents {
        &[
            Column::AgentHandled,
            Column::AgentHandleTime,
            Column::AgentMissed,
            Column::LoggedIn,
            Column::Occupancy,
        ]
    } else {
        &[
            Column::Offered,
            Column::Answered,
            Column::Abandoned,
            Column::ServiceLevel,
            Column::AverageWait,
            Column::LongestWait,
        ]
    };
    let figure = |column: &Column| figure(*column, scene, terms, total, compared);
    columns.iter().map(figure).collect()
}

fn figure(
    column: Column,
    scene: &Scene,
    terms: &Terms,
    total: &Line,
    compared: Option<&Compared>,
) -> Figure {
    let rules = terms.rules;
    let counts = total.entry.counts.as_ref();
    let value = column.of(counts, None, rules);
    let mut notes = Vec::new();
    if column == Column::Abandoned
        && let Some(rate) = Column::AbandonRate.of(counts, None, rules)
    {
        notes.push(format!("{} of those offered", rate.shown()));
    }
    if column == Column::ServiceLevel
        && let Some(target) = terms.target
    {
        notes.push(format!("goal {target:.0}%"));
    }
    if let (Some(compared), Some((_, name))) = (compared, &scene.before) {
        notes.extend(beside(column, compared, name, rules));
    }
    Figure {
        key: column.key(),
        label: column.heading(&terms.within, ""),
        value: Tick::still(number::shown(value)),
        severity: "none",
        mark: "",
        link: None,
        notes,
        explained: explained(column, scene, terms),
    }
}

/// `+6% vs Thu 12 Nov`, of ratios `81%, Thu 12 Nov`.
fn beside(column: Column, compared: &Compared, name: &str, rules: Rules) -> Option<String> {
    let before = column.of(Some(&compared.before), None, rules)?;
    match (before, column.of(Some(&compared.now), None, rules)?) {
        (Number::Count(before), Number::Count(now)) => {
            let change = change(Number::Count(now).value(), Number::Count(before).value())?;
            Some(format!("{change} vs {name}"))
        }
        (before, _) => Some(format!("{}, {name}", before.shown())),
    }
}

fn explained(column: Column, scene: &Scene, terms: &Terms) -> Vec<(&'static str, String)> {
    let what = match column {
        Column::Offered => "Calls that joined the queue. A call through two queues counts in each.",
        Column::Answered => "Of those, the ones that an agent took.",
        Column::Abandoned => {
            "Callers who hung up before an agent came. Who left within the short threshold is not in it."
        }
        Column::ServiceLevel => "How many of those that count were answered in time.",
        Column::AverageWait => "From joining the queue to an agent's answer, of those answered.",
        Column::LongestWait => "The longest anybody waited, whether they were answered or not.",
        Column::AgentHandled => "Calls that this agent took and ended.",
        Column::AgentHandleTime => "Talk and wrap-up, over the calls that ended in this time.",
        Column::AgentMissed => "Calls that rang and were not taken, with a reason in the export.",
        Column::LoggedIn => "Time signed in; what overlaps is counted once.",
        Column::Occupancy => "Busy (talk, wrap-up, other calls) of busy, ringing and ready time.",
        _ => "",
    };
    let mut rows = vec![("What it is", what.to_owned())];
    if column == Column::ServiceLevel {
        rows.push(("Formula", formula(terms)));
        rows.push(("In time", threshold(terms)));
    }
    rows.push(("Counted by", counted_by(terms.rules.count_by).to_owned()));
    rows.push((
        "Time",
        format!("{}, {}", scene.window.words(), scene.zone_name),
    ));
    rows.push(("From", "the vendor's export, as it was taken in".to_owned()));
    rows
}

pub(super) fn formula(terms: &Terms) -> String {
    let formula = terms.rules.formula;
    format!("{}: {}", formula.name(), explain::service_level(formula))
}

pub(super) fn threshold(terms: &Terms) -> String {
    let goal = match terms.target {
        Some(target) => format!("; the goal is {target:.0}%"),
        None => "; each queue has a goal of its own".to_owned(),
    };
    let within = match terms.within.as_str() {
        "time" => "within each queue's own threshold".to_owned(),
        within => format!("within {within}"),
    };
    format!("{within}{goal}")
}

pub(super) fn counted_by(by: CountBy) -> &'static str {
    match by {
        CountBy::Start => "start: all of a call counts where it joined the queue",
        CountBy::Event => {
            "event: each count where it happened (offered at the join, answered at the answer, talk at its end)"
        }
    }
}

/// One thing to look at: a sentence, and links to where it is seen.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Look {
    pub(super) key: &'static str,
    pub(super) mark: &'static str,
    pub(super) text: String,
    pub(super) links: Vec<(String, String)>,
}

/// The three questions of a morning: what missed its target, how it compares, who left.
pub(super) fn looks(
    scene: &Scene,
    terms: &Terms,
    (sheet, total): (&Sheet, &Line),
    compared: Option<&Compared>,
) -> Vec<Look> {
    let looks = [
        missed(scene, terms, sheet),
        comparison(scene, terms, compared),
        abandoned(scene, total),
    ];
    looks.into_iter().flatten().collect()
}

fn missed(scene: &Scene, terms: &Terms, sheet: &Sheet) -> Option<Look> {
    let judged = sheet.rows.iter().filter(|row| {
        !row.entry.is_partial
            && row.entry.target.is_some()
            && row.entry.service_level(terms.rules).is_some()
    });
    let judged = judged.count();
    if judged == 0 {
        return None;
    }
    let missed: Vec<_> = sheet.missed().collect();
    let noun = match (scene.asked.rows, judged) {
        (Rows::Time, _) => scene.step.noun(judged),
        (Rows::Queue, 1) => "queue",
        (Rows::Queue, _) => "queues",
        (Rows::Agent, _) => "agents",
    };
    let goal = terms
        .target
        .map(|target| format!(" of {target:.0}%"))
        .unwrap_or_default();
    if missed.is_empty() {
        return Some(Look {
            key: "missed",
            mark: "",
            text: match judged {
                1 => format!("The only {noun} with calls met the target{goal}."),
                _ => format!("All {judged} {noun} with calls met the target{goal}."),
            },
            links: Vec::new(),
        });
    }
    let mut links: Vec<_> = missed
        .iter()
        .take(MOST_NAMED)
        .map(|row| (row.entry.name.clone(), row.entry.href.clone()))
        .collect();
    if !scene.asked.only_missed {
        let words = match missed.len() {
            1 => "Show only this one".to_owned(),
            n => format!("Show only these {n}"),
        };
        links.push((words, scene.address(|asked| asked.only_missed = true)));
    }
    let text = if scene.asked.only_missed {
        format!("{} {noun} missed the target{goal}:", missed.len())
    } else {
        format!(
            "{} of {judged} {noun} with calls missed the target{goal}:",
            missed.len()
        )
    };
    Some(Look {
        key: "missed",
        mark: "▼ Missed",
        text,
        links,
    })
}

fn comparison(scene: &Scene, terms: &Terms, compared: Option<&Compared>) -> Option<Look> {
    let compared = compared?;
    let (_, name) = scene.before.as_ref()?;
    let of = |column: Column, counts| number::shown(column.of(Some(counts), None, terms.rules));
    let pair = |column| (of(column, &compared.now), of(column, &compared.before));
    let columns: &[Column] = match compared.now {
        Counts::Queue(_) => &[
            Column::Offered,
            Column::Abandoned,
            Column::ServiceLevel,
            Column::AverageWait,
        ],
        Counts::Agent(_) => &[
            Column::AgentHandled,
            Column::AgentHandleTime,
            Column::Occupancy,
        ],
        Counts::Own(..) => &[],
    };
    let parts = columns.iter().map(|column| {
        let (now, before) = pair(*column);
        let word = column.heading(&terms.within, "");
        format!("{} {now} (then {before})", lower(&word))
    });
    let parts: Vec<_> = parts.collect();
    let part = if compared.is_part {
        " Only what is known of both times and is over is compared."
    } else {
        ""
    };
    Some(Look {
        key: "compared",
        mark: "",
        text: format!("Beside {name}: {}.{part}", parts.join(", ")),
        links: Vec::new(),
    })
}

fn lower(word: &str) -> String {
    match word.strip_prefix("CSAT") {
        Some(_) => word.to_owned(),
        None => word.to_lowercase(),
    }
}

/// Of the whole time, whatever rows are shown.
fn abandoned(scene: &Scene, total: &Line) -> Option<Look> {
    let Some(Counts::Queue(counters)) = &total.entry.counts else {
        return None;
    };
    let count = counters.get(Counter::Abandoned)?;
    let text = match count {
        0 => "No call was abandoned.".to_owned(),
        1 => "One call was abandoned.".to_owned(),
        n => format!("{} calls were abandoned.", number::grouped(n)),
    };
    let href = scene.calls(scene.window.from, scene.window.to, Some("abandoned"));
    let has_calls = 0 < count && total.entry.has_calls && !total.entry.is_live;
    let links = has_calls.then(|| ("Show the abandoned calls".to_owned(), href));
    Some(Look {
        key: "abandoned",
        mark: "",
        text,
        links: links.into_iter().collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_told_against_what_was() {
        assert_eq!(change(106.0, 100.0).as_deref(), Some("+6%"));
        assert_eq!(change(97.0, 100.0).as_deref(), Some("−3%"));
        assert_eq!(change(100.2, 100.0).as_deref(), Some("no change"));
        assert_eq!(change(4.0, 0.0), None);
    }
}
