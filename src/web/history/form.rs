//! What can be chosen on a page: links where one click will do, and a form.

use jiff::{SignedDuration, Timestamp};

use crate::domain::CountBy;

use super::{
    choice::{Choice, Rows, Shade, View},
    page::Choices,
    scene::Scene,
    span::{Preset, Span},
};

pub(super) struct Tab {
    pub(super) word: &'static str,
    pub(super) href: String,
    pub(super) is_here: bool,
}

/// Everything that can be chosen and is no link.
pub(super) struct Form {
    pub(super) queues: Vec<(String, String, bool)>,
    pub(super) queues_word: String,
    pub(super) agent: Option<(String, String)>,
    pub(super) ranges: Vec<Choose>,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) steps: Vec<Choose>,
    pub(super) compares: Vec<Choose>,
    pub(super) rows: Vec<Choose>,
    pub(super) counts: Vec<Choose>,
    pub(super) zone: String,
    /// What was chosen by links.
    pub(super) kept: Vec<(&'static str, String)>,
}

pub(super) struct Choose {
    pub(super) name: &'static str,
    pub(super) word: String,
    pub(super) is_chosen: bool,
}

pub(super) fn presets(scene: &Scene) -> Vec<Tab> {
    let tab = |preset: Preset| Tab {
        word: preset.word(),
        href: scene.address(|asked| {
            asked.span = Span::Preset(preset);
            // What was chosen for another length of time would fit this one badly.
            asked.step = None;
        }),
        is_here: scene.asked.span == Span::Preset(preset),
    };
    Preset::ALL.map(tab).into()
}

pub(super) fn views(scene: &Scene) -> Vec<Tab> {
    let views = View::TABLE.iter();
    let tab = |(view, _, word): &(View, &'static str, &'static str)| Tab {
        word,
        href: scene.view_address(*view),
        is_here: scene.asked.view == *view,
    };
    views.map(tab).collect()
}

pub(super) fn shades(scene: &Scene) -> Vec<Tab> {
    let tab = |(shade, _, word): &(Shade, &'static str, &'static str)| Tab {
        word,
        href: scene.address(|asked| asked.shade = *shade),
        is_here: scene.asked.shade == *shade,
    };
    Shade::TABLE.iter().map(tab).collect()
}

pub(super) fn form(scene: &Scene, choices: &Choices) -> Form {
    let asked = &scene.asked;
    let last = scene.window.to.saturating_sub(SignedDuration::from_secs(1));
    let day = |at: Timestamp| at.to_zoned(scene.zone().clone()).date().to_string();
    let mut ranges: Vec<_> = Preset::ALL
        .map(|preset| Choose {
            name: preset.name(),
            word: preset.word().to_owned(),
            is_chosen: asked.span == Span::Preset(preset),
        })
        .into();
    ranges.push(Choose {
        name: "days",
        word: "Custom dates".to_owned(),
        is_chosen: !matches!(asked.span, Span::Preset(_)),
    });
    let mut kept = Vec::new();
    if asked.view != View::default() {
        kept.push(("view", asked.view.name().to_owned()));
    }
    if asked.shade != Shade::default() {
        kept.push(("metric", asked.shade.name().to_owned()));
    }
    Form {
        queues_word: match choices.queues.iter().filter(|queue| queue.2).count() {
            0 => "All queues".to_owned(),
            1 => "1 queue".to_owned(),
            n => format!("{n} queues"),
        },
        queues: choices.queues.clone(),
        agent: asked
            .agent
            .as_ref()
            .zip(choices.agent.as_ref())
            .map(|(id, name)| (id.to_string(), name.clone())),
        ranges,
        from: day(scene.window.from),
        to: day(last.unwrap_or(scene.window.to)),
        steps: choose(scene.step),
        compares: choose(asked.compare),
        rows: choose(asked.rows),
        counts: CountBy::ALL
            .map(|by| Choose {
                name: by.name(),
                word: match by {
                    CountBy::Start => "Call start".to_owned(),
                    CountBy::Event => "Event time".to_owned(),
                },
                is_chosen: asked.count_by == by,
            })
            .into(),
        zone: asked.zone.clone().unwrap_or_default(),
        kept,
    }
}

/// What is chosen besides whom and when, in words, and up to when exports tell.
pub(super) fn words(scene: &Scene, fresh: &str) -> String {
    let asked = &scene.asked;
    let by = match asked.count_by {
        CountBy::Start => "counted by call start",
        CountBy::Event => "counted by event time",
    };
    let mut words = vec![match (asked.view, asked.rows) {
        (View::Heatmap, _) => asked.shade.word().to_owned(),
        (View::Breakdown, _) => asked.view.word().to_owned(),
        (_, Rows::Time) => format!("{} intervals", scene.step.word()),
        (_, rows) => format!("by {}", rows.word().to_lowercase()),
    }];
    words.extend((scene.before.as_ref()).map(|(_, name)| format!("vs {name}")));
    words.push(by.to_owned());
    if asked.only_missed {
        words.push("only missed targets".to_owned());
    }
    if !fresh.is_empty() {
        words.push(format!("data through: {fresh}"));
    }
    words.join(" · ")
}

pub(super) fn choose<C: Choice>(chosen: C) -> Vec<Choose> {
    let choice = |(choice, name, word): &(C, &'static str, &'static str)| Choose {
        name,
        word: (*word).to_owned(),
        is_chosen: *choice == chosen,
    };
    C::TABLE.iter().map(choice).collect()
}
