//! Pictures for tests, built by hand.

use std::sync::Arc;

use jiff::{Timestamp, tz::TimeZone};

use crate::{
    domain::{
        AgentId, AgentState, Counter, Counters, Formula, Histogram, Id, Metric, Moment, Mono, Past,
        QueueId, Sample, Site, SourceId, SourceKind, Target, Value, Weeks,
    },
    live::{
        Agent, Counts, Day, Held, LineState, Longest, Lost, Picture, Queue, Reading, Source, Trail,
    },
};

/// 14:27:00 in Stockholm, an hour after the start.
pub(super) fn noon() -> Moment {
    Moment {
        wall: "2026-11-20T13:27:00Z".parse().unwrap(),
        mono: Mono(3_600_000),
    }
}

pub(super) fn chat() -> SourceId {
    SourceId::from("chat")
}

pub(super) fn queue_id(external: &str) -> QueueId {
    Id::new(&chat(), external)
}

/// A live source and nothing yet said.
pub(super) fn picture() -> Picture {
    let site = Site {
        zone: TimeZone::get("Europe/Stockholm").unwrap(),
        ..Site::default()
    };
    let mut picture = Picture {
        site: Arc::new(site),
        ..Picture::default()
    };
    picture.sources.insert(chat(), source("chat"));
    picture.today = day(412, 23);
    picture.today.entries_known = true;
    picture
}

pub(super) fn source(id: &str) -> Source {
    Source {
        id: SourceId::from(id),
        kind: SourceKind::OF_CONTACTS,
        demo: false,
        line: LineState::Connected,
        since: noon().wall,
        lost: None,
        generation: 1,
        breaks: std::collections::BTreeMap::new(),
        lag: Histogram::default(),
        last_message_at: None,
        heard: None,
        counts: Counts::default(),
        by_event: std::collections::BTreeMap::new(),
        by_reason: std::collections::BTreeMap::new(),
        last_error: None,
        failures: 0,
        account: None,
        degraded: false,
        offset: 0,
        is_clock_known: true,
        interval: 5000,
    }
}

/// The line goes, so many milliseconds before noon.
pub(super) fn lose(picture: &mut Picture, ago: i64) {
    let then = noon().plus(-ago);
    let source = picture.sources.get_mut(&chat()).unwrap();
    source.line = LineState::Away;
    source.lost = Some(Lost {
        at: then.wall,
        mono: then.mono,
    });
}

pub(super) fn day(answered: i64, abandoned: i64) -> Day {
    Day {
        counters: Counters::LIVE
            .with(Counter::Offered, answered + abandoned)
            .with(Counter::Answered, answered)
            .with(Counter::AnsweredWithin, answered * 9 / 10)
            .with(Counter::Waits, answered)
            .with(Counter::Abandoned, abandoned),
        target: Target::default(),
        since: Some("2026-11-19T23:00:00Z".parse().unwrap()),
        gaps: Vec::new(),
        complete: true,
        entries_known: false,
    }
}

/// A queue as it was said to be at noon.
pub(super) struct Now {
    pub(super) waiting: u64,
    /// Seconds that the oldest has waited.
    pub(super) longest: Option<i64>,
    pub(super) available: u64,
}

pub(super) fn put(picture: &mut Picture, external: &str, name: &str, now: &Now) {
    let moment = noon();
    let reading = |value: Option<Value>, since: Option<Timestamp>| Reading {
        value,
        at: Some(moment.wall),
        ordered: Some(moment.wall),
        heard: moment.mono,
        generation: 1,
        since,
        until: None,
        age_unknown: false,
        invalid: false,
    };
    let count = |n| reading(Some(Value::Count(n)), None);
    let since = now.longest.map(|s| moment.plus(-s * 1000).wall);
    let longest = match now.longest {
        Some(_) => reading(Some(Value::Seconds(0.0)), since),
        None => reading(None, None),
    };
    let id = queue_id(external);
    let readings = [
        (Metric::Waiting, count(now.waiting)),
        (Metric::InConversation, count(3)),
        (Metric::LongestWait, longest),
        (Metric::AgentsAvailable, count(now.available)),
    ];
    let queue = Queue {
        id: id.clone(),
        name: Some(name.into()),
        external_ids: Arc::new([]),
        hidden: false,
        quiet_since: None,
        silent: false,
        readings: readings.into_iter().collect(),
        trail: Trail::default(),
        today: day(60, 3).into(),
        profile: 0,
        gives: None,
        members: None,
    };
    picture.queues.insert(id, queue);
}

pub(super) fn queue<'a>(picture: &'a mut Picture, external: &str) -> &'a mut Queue {
    picture.queues.get_mut(&queue_id(external)).unwrap()
}

/// That queue's day, to be changed.
pub(super) fn today<'a>(picture: &'a mut Picture, external: &str) -> &'a mut Day {
    Arc::make_mut(&mut queue(picture, external).today)
}

/// How many waited from so many minutes before noon on; `None` was not known.
pub(super) fn waited(queue: &mut Queue, story: &[(i64, Option<u64>)]) {
    for (minutes_ago, waiting) in story {
        let held = Held {
            waiting: *waiting,
            longest: waiting.map_or(Longest::Unknown, |_| Longest::Nobody),
        };
        queue.trail.note(held, noon().plus(-minutes_ago * 60_000));
    }
}

/// An hour that ended with so many, with a rise, a fall and a gap.
pub(super) fn hour(waiting: u64) -> Vec<(i64, Option<u64>)> {
    let stories = [(70, 0), (55, 1), (47, 2), (33, 1), (25, 3), (17, 2), (9, 4)];
    let stories = stories.map(|(ago, quarters)| (ago, Some(waiting * quarters / 3)));
    let mut story = stories.to_vec();
    story.insert(3, (42, None));
    story.push((3, Some(waiting)));
    story
}

/// An agent who has been so for so many seconds.
pub(super) fn agent(
    picture: &mut Picture,
    name: &str,
    state: AgentState,
    seconds: i64,
    queues: &[&str],
) {
    let id: AgentId = Id::new(&chat(), &name.to_lowercase().replace(' ', "-"));
    let queues: Vec<QueueId> = queues.iter().map(|queue| queue_id(queue)).collect();
    let busy = state == AgentState::Talking;
    let agent = Agent {
        id: id.clone(),
        name: Some(name.into()),
        display_name: None,
        email: None,
        external_ids: Arc::new([]),
        case_queues: if busy {
            queues[..1].to_vec()
        } else {
            Vec::new()
        },
        queues: queues.into(),
        hidden: false,
        state,
        since: Some(noon().plus(-seconds * 1000).wall),
        cases: u32::from(busy),
        accounted: true,
        generation: 1,
        today: day(0, 0).into(),
        profile: 0,
        stated: None,
    };
    picture.agents.insert(id, agent);
}

/// Six queues on an ordinary afternoon: one critical, one with a warning.
pub(super) fn afternoon() -> Picture {
    let mut picture = picture();
    let rows = [
        ("1", "Sales", 14, Some(372), 0),
        ("2", "Billing", 5, Some(110), 1),
        ("3", "Support", 1, Some(18), 4),
        ("4", "Returns", 0, None, 3),
        ("5", "Partners", 2, Some(41), 2),
        ("6", "Complaints and compliments", 0, None, 5),
    ];
    for (id, name, waiting, longest, available) in rows {
        let now = Now {
            waiting,
            longest,
            available,
        };
        put(&mut picture, id, name, &now);
        waited(queue(&mut picture, id), &hour(waiting));
    }
    let people = [
        ("Anna Karlsson", AgentState::Talking, 192),
        ("Björn Öberg", AgentState::Talking, 468),
        ("Chidi Anagonye", AgentState::Talking, 65),
        ("Dana", AgentState::Talking, 4100),
        ("Émile Zola", AgentState::Unknown, 20),
        ("Fatima Al-Fihri", AgentState::Unknown, 900),
    ];
    for (name, state, seconds) in people {
        agent(&mut picture, name, state, seconds, &["1", "3"]);
    }
    for agent in picture.agents.values_mut() {
        if agent.name.as_deref() == Some("Émile Zola") {
            let today = Arc::make_mut(&mut agent.today);
            today.counters.set(Counter::Handled, Some(4));
        }
    }
    picture
}

/// Eight weeks in which every queue of a picture was much as it is on its day at noon.
pub(super) fn past(picture: &Picture) -> Past {
    let zone = &picture.site.zone;
    let today = noon().wall.to_zoned(zone.clone()).date();
    let mut weeks = Weeks::before(today, zone);
    for queue in picture.queues.keys() {
        for (day, week) in Past::days(today).zip(1..) {
            let start = day.at(10, 0, 0, 0).to_zoned(zone.clone());
            let mut counters = Counters::default();
            counters.add(Counter::Offered, 60 + week);
            counters.add(Counter::Answered, 58 + week);
            counters.add(Counter::AnsweredWithin, 50);
            counters.add(Counter::Abandoned, 2);
            let sample = Sample {
                start: start.expect("ten o'clock is every day").timestamp(),
                length: 900,
                counters,
            };
            weeks.learn(queue.clone(), day, [sample], Formula::default());
        }
    }
    weeks.past()
}
