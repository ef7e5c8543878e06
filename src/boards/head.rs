//! The leaves around the lists: the attention strip, the day so far, the
//! sources that are away, what is folded, and why a board is empty.

use crate::{
    domain::{Metric, Value},
    live::{Health, LineState, Over, Picture, Source, Trust},
};

use super::{
    definition::Layout,
    format,
    scene::{Judged, Scene, Standing},
    severity::Severity,
    slots::{Attr, Cell},
    view::{List, standing},
};

/// How many queues the strip can show.
pub(super) const STRIP: usize = 3;
/// The leaves of one of them: attributes, name, what is the matter, clock.
pub(super) const ITEM: usize = 4;
/// How much of a name it shows, in characters.
const NAME: usize = 22;

const _: () = assert!(Head::More as usize == ITEM * STRIP);

/// The places of the head's leaves.
#[derive(Clone, Copy, Debug)]
pub(super) enum Head {
    /// First of the strip's leaves.
    Strip = 0,
    More = 12,
    Calm,
    Today,
    SourcesState,
    Sources,
    Folded,
    Empty,
}

pub(super) fn cells(
    scene: &mut Scene<'_>,
    over: &Over<'_>,
    queues: &[Judged<'_>],
    list: &List,
    folded: String,
) -> Vec<Cell> {
    let calling = |queue: &&Judged<'_>| queue.call().map(|(severity, _)| severity);
    let mut worst: Vec<_> = queues
        .iter()
        .filter(|queue| calling(queue).is_some())
        .collect();
    // Stable: equals stay in the board's order.
    worst.sort_by_key(|queue| std::cmp::Reverse(calling(queue)));

    let mut cells = Vec::with_capacity(Head::Empty as usize + 1);
    for item in 0..STRIP {
        cells.extend(strip_item(scene, worst.get(item).copied()));
    }
    cells.push(Cell::Text(match worst.len().saturating_sub(STRIP) {
        0 => String::new(),
        more => format!("+{more} more"),
    }));
    cells.push(Cell::Text(match scene.board.layout {
        Layout::Agents => counts(list),
        Layout::Queues | Layout::List => calm(scene, queues),
    }));
    cells.push(Cell::Text(today(scene, over)));
    cells.extend(sources(scene));
    cells.push(Cell::Text(folded));
    cells.push(Cell::Text(if list.rows.is_empty() {
        empty(scene)
    } else {
        String::new()
    }));
    cells
}

fn strip_item(scene: &mut Scene<'_>, queue: Option<&Judged<'_>>) -> [Cell; ITEM] {
    let Some((judged, (severity, cause))) =
        queue.and_then(|queue| queue.call().map(|c| (queue, c)))
    else {
        return [
            Cell::Attrs(vec![("sev", Severity::None.name().into())]),
            Cell::Text(String::new()),
            Cell::Text(String::new()),
            standing(String::new()),
        ];
    };
    let (words, clock) = match cause.metric {
        Metric::Waiting | Metric::LongestWait => who_waits(scene, judged),
        _ => {
            let value = cause.said();
            let label = cause.label.to_lowercase();
            (format!("{value} {label}"), standing(String::new()))
        }
    };
    [
        Cell::Attrs(vec![("sev", severity.name().into())]),
        Cell::Text(format!(
            "{} {}",
            severity.glyph(),
            format::within(&judged.name, NAME)
        )),
        Cell::Text(words),
        clock,
    ]
}

/// "14 waiting", and how long.
fn who_waits(scene: &mut Scene<'_>, judged: &Judged<'_>) -> (String, Cell) {
    let waiting = scene.figure(judged.queue, &judged.id, Metric::Waiting);
    let longest = scene.figure(judged.queue, &judged.id, Metric::LongestWait);
    let words = match waiting.value.or(waiting.least) {
        Some(_) => format!("{} waiting", waiting.said()),
        None => String::new(),
    };
    let clock = match longest.value.or(longest.least) {
        Some(_) => longest.cell,
        None => standing(String::new()),
    };
    (words, clock)
}

/// "4 available · 9 in conversation".
fn counts(list: &List) -> String {
    let groups = list
        .groups
        .iter()
        .filter_map(|group| match group.cells.get(1) {
            Some(Cell::Text(count)) if count != "0" => {
                Some(format!("{count} {}", group.title.to_lowercase()))
            }
            _ => None,
        });
    groups.collect::<Vec<_>>().join(" · ")
}

/// Said only where of each queue is known that nobody waits too long, and of nothing that it
/// is not well.
fn calm(scene: &Scene<'_>, queues: &[Judged<'_>]) -> String {
    let picture = scene.picture;
    let stands = |queue: &Judged<'_>| {
        let source = picture.sources.get(&queue.queue.id.source);
        source.is_none_or(Source::is_live)
    };
    let is_told = |queue: &Judged<'_>, metric| {
        let figure = picture.queue_figure(queue.queue, metric, scene.now);
        figure.is_some_and(|figure| figure.value.is_some())
    };
    let waits = [Metric::Waiting, Metric::LongestWait];
    let is_well = |queue: &Judged<'_>| {
        queue.severity == Severity::Ok && waits.iter().any(|metric| is_told(queue, *metric))
    };
    let is_fine = |queue: &Judged<'_>| is_well(queue) || queue.queue.quiet_since.is_some();
    if queues.iter().any(is_well) && queues.iter().all(|q| is_fine(q) && stands(q)) {
        "Nothing needs attention".to_owned()
    } else {
        String::new()
    }
}

/// "Today 412 answered · 23 abandoned (5%), est." and what the day lacks.
fn today(scene: &Scene<'_>, over: &Over<'_>) -> String {
    let figure = |metric| {
        let merged = scene.picture.merged(over, metric, scene.now)?;
        Some(merged.figure).filter(|figure| figure.reason.is_none())
    };
    let known = |metric| figure(metric)?.value;
    let mut parts = Vec::new();
    if let Some(answered) = known(Metric::Answered) {
        parts.push(format!("{} answered", format::value(Some(answered))));
    }
    if let Some(abandoned) = known(Metric::Abandoned) {
        let rate = known(Metric::AbandonRate);
        let rate = rate.map(|rate| format!(" ({})", format::value(Some(rate))));
        let text = format::value(Some(abandoned));
        let marks = figure(Metric::Abandoned).and_then(|figure| figure.of_day);
        let is_estimated = marks.is_some_and(|marks| marks.estimated);
        let estimated = match abandoned {
            Value::Count(n) if 0 < n && is_estimated => ", est.",
            _ => "",
        };
        parts.push(format!(
            "{text} abandoned{}{estimated}",
            rate.unwrap_or_default()
        ));
    }
    if parts.is_empty() {
        return String::new();
    }
    let mark = &scene.day_mark;
    match mark.strip_prefix("Today ") {
        Some(since) => format!("Today {since}: {}", parts.join(" · ")),
        None if mark.is_empty() => format!("Today {}", parts.join(" · ")),
        None => format!("Today {} · {}", parts.join(" · "), mark.to_lowercase()),
    }
}

/// Which sources are not well, in a few words.
fn sources(scene: &mut Scene<'_>) -> [Cell; 2] {
    let picture = scene.picture;
    let mut severity = Severity::Ok;
    let mut words = Vec::new();
    for source in picture.sources.values() {
        if let Some(text) = source_words(scene, source) {
            let lost = source.lost.map(Trust::Lost);
            let stands = lost.map(|trust| scene.standing(trust, None));
            severity = severity.max(match stands {
                Some(Standing::Grey | Standing::Gone) => Severity::Stale,
                _ => Severity::Warn,
            });
            words.push(text);
        }
    }
    [
        Cell::Attrs(vec![
            ("sev", severity.name().into()),
            (
                "away",
                Attr::Number(i64::try_from(words.len()).unwrap_or(i64::MAX)),
            ),
        ]),
        Cell::Text(words.join(" · ")),
    ]
}

fn source_words(scene: &Scene<'_>, source: &Source) -> Option<String> {
    let name = scene.picture.site.source_name(&source.id);
    let since = || {
        let at = source.lost.map_or(source.since, |lost| lost.at);
        let zone = &scene.picture.site.zone;
        format::moment(at, scene.now.wall, zone)
    };
    match (source.line, source.health()) {
        (_, Health::Live) => None,
        (_, Health::Degraded) => Some(format!("{name}: many messages can’t be read")),
        (LineState::Silent, _) => Some(format!("{name} not responding since {}", since())),
        (LineState::CatchingUp, _) => Some(format!("{name} catching up")),
        (LineState::Connecting, _) => Some(format!("Connecting to {name}")),
        _ if source.last_message_at.is_none() => Some(format!("Can’t reach {name}")),
        _ => Some(format!(
            "{name} disconnected at {}{}. Showing last known values.",
            since(),
            scene.last_heard_of(source)
        )),
    }
}

impl Scene<'_> {
    /// ", last update at 14:26:20", where that says more than when the line was lost.
    pub(super) fn last_heard_of(&self, source: &Source) -> String {
        let zone = &self.picture.site.zone;
        let spoke = source.last_word();
        let at = spoke.map(|spoke| format::moment(spoke, self.now.wall, zone));
        at.map_or_else(String::new, |at| format!(", last update at {at}"))
    }
}

/// What to do about a board without rows.
fn empty(scene: &Scene<'_>) -> String {
    let picture = scene.picture;
    if picture.sources.is_empty() {
        return "No data source set up yet".to_owned();
    }
    if let Some(source) = picture.sources.values().find(|source| !source.is_live()) {
        let name = picture.site.source_name(&source.id);
        return match source.line {
            LineState::Connecting | LineState::CatchingUp => {
                format!("Connecting to {name}…")
            }
            _ => format!("Can’t reach {name}. See Data sources for details."),
        };
    }
    let none = match scene.board.layout {
        Layout::Agents => picture.agents.is_empty(),
        Layout::Queues | Layout::List => picture.queues.is_empty(),
    };
    match (scene.board.layout, none) {
        (Layout::Agents, true) => "No agents yet",
        (Layout::Agents, false) if is_state_told(picture) => "No one is signed in",
        (Layout::Agents, false) => "No agent has handled a case today",
        (_, true) => "No queues yet",
        (_, false) => "No queues match this board. Check its queue list.",
    }
    .to_owned()
}

fn is_state_told(picture: &Picture) -> bool {
    let mut stated = (picture.agents.values()).filter_map(|agent| agent.stated.as_ref());
    stated.any(|stated| stated.gives_state)
}
