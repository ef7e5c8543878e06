//! Differences of boards in words.

use std::collections::BTreeSet;

use wallboard_boards::{BoardDefinition, BoardLayout, ShownFigure};
use wallboard_domain::Pattern;

use crate::web::{
    differences::{DifferenceWords, plain},
    parts::sentence::{Sentence, slot},
};

use super::{
    board_setting::settings, choices::BoardChoices, metric_list::figure_label,
    widget_form::describe_widget,
};

/// Compares two versions of a board; one that doesn't exist has the usual settings.
pub(in crate::web) fn compare_boards(
    choices: &BoardChoices,
    old: Option<&BoardDefinition>,
    new: Option<&BoardDefinition>,
) -> Vec<DifferenceWords> {
    let texts = choices.texts;
    let usual = BoardDefinition::new("", "", BoardLayout::default());
    let [old, new] = [old, new].map(|board| board.unwrap_or(&usual));
    let [old_title, new_title] =
        [old, new].map(|board| Some(board.title.clone()).filter(|title| !title.is_empty()));
    let title = DifferenceWords::of_value(plain(texts.title_field()), old_title, new_title);
    let chosen = settings(texts, old).into_iter().zip(settings(texts, new));
    let chosen = chosen.filter_map(|(old, new)| {
        DifferenceWords::of_value(plain(old.label), old.chosen(), new.chosen())
    });
    let patterns = |label: &str, list: &str, of: fn(&BoardDefinition) -> &[Pattern]| {
        let [old, new] = [old, new].map(|board| {
            let names = of(board).iter();
            let names = names.map(|pattern| choices.describe(list, &pattern.0).0);
            names.collect::<Vec<_>>()
        });
        DifferenceWords::of_list(plain(label), &old, &new)
    };
    let metrics = |label: &str, of: fn(&BoardDefinition) -> Vec<ShownFigure>| {
        let [old, new] = [old, new].map(|board| {
            let figures = of(board);
            let labels = figures.iter().map(|figure| figure_label(choices, figure));
            labels.collect::<Vec<_>>()
        });
        DifferenceWords::of_list(plain(label), &old, &new)
    };
    let widgets = [old, new].map(|board| {
        let widgets = board.widgets.iter();
        let widgets = widgets.map(|widget| describe_widget(choices, widget));
        widgets.collect::<Vec<_>>()
    });
    let lists = [
        patterns(texts.queues_region(), "queues", |board| &board.queues),
        metrics(texts.metrics_of_queues(), |board| board.show.clone()),
        metrics(texts.totals_heading(), |board| {
            board.totals.iter().copied().map(Into::into).collect()
        }),
        DifferenceWords::of_list(plain(texts.widgets_of_board()), &widgets[0], &widgets[1]),
        patterns(texts.agents_region(), "agents", |board| &board.agents),
        patterns(texts.first_on_board(), "order", |board| &board.order),
        patterns(texts.left_out_of_board(), "hide", |board| &board.hide),
    ];
    let words = title.into_iter().chain(chosen);
    words
        .chain(lists.into_iter().flatten())
        .chain(compare_names(choices, old, new))
        .collect()
}

fn compare_names(
    choices: &BoardChoices,
    old: &BoardDefinition,
    new: &BoardDefinition,
) -> Vec<DifferenceWords> {
    let ids: BTreeSet<_> = old.names.keys().chain(new.names.keys()).collect();
    let words = ids.into_iter().filter_map(|id| {
        let name = choices.describe("names", id).0;
        let what = Sentence::with_name(&choices.texts.name_of_queue(slot(0)), &name);
        DifferenceWords::of_value(what, old.names.get(id).cloned(), new.names.get(id).cloned())
    });
    words.collect()
}

#[cfg(test)]
mod tests {
    use wallboard_boards::board_file::parse_board;
    use wallboard_texts::Texts;

    use super::*;
    use crate::web::{board_editor::choices::Choice, parts::sentence::SentencePiece};

    fn words(old: &str, new: &str) -> Vec<String> {
        let choice = |id: &str, name: &str| Choice {
            id: id.to_owned(),
            name: name.to_owned(),
            kind: "Chat".to_owned(),
        };
        let choices = BoardChoices {
            texts: Texts::english(),
            queues: vec![choice("chat/1", "Billing"), choice("chat/2", "Sales")],
            agents: Vec::new(),
            figures: Vec::new(),
            members: std::collections::BTreeMap::new(),
        };
        let parse = |text: &str| (!text.is_empty()).then(|| parse_board(text, "b.toml").unwrap());
        let words = compare_boards(&choices, parse(old).as_ref(), parse(new).as_ref());
        let written = words.into_iter().map(|words| {
            let what = words.what.0.into_iter().map(|piece| match piece {
                SentencePiece::Text(text) => text,
                SentencePiece::Link(link) => link.name,
                other => panic!("{other:?}"),
            });
            let what: String = what.collect();
            let added = words.added.join(", ");
            match words.replaced {
                Some((old, new)) => format!("{what}: {old} → {new}"),
                None => format!("{what}: +{added} −{}", words.removed.join(", ")),
            }
        });
        written.collect()
    }

    const TEXT: &str =
        "title = \"Hall\"\nqueues = [\"chat/1\"]\nshow = [\"waiting\", \"answered\"]\n";

    #[test]
    fn each_part_of_a_board_has_words() {
        let new = "title = \"Hall 2\"\ntheme = \"light\"\nqueues = [\"chat/1\", \"chat/2\"]\nshow = [\"answered\", \"waiting\"]\nwidgets = [{ clock = \"Asia/Manila\" }]\nhide = [\"chat/9\"]\n[names]\n\"chat/1\" = \"Money\"\n";
        let expected = [
            "Title: Hall → Hall 2",
            "Theme: Dark → Light, for bright rooms",
            "Queues: +Sales −",
            "Metrics of each queue: Waiting, Answered → Answered, Waiting",
            "Widgets: +Time in Asia/Manila −",
            "Left out: +chat/9 −",
            "Name of Billing: +Money −",
        ];
        assert_eq!(words(TEXT, new), expected);
        assert_eq!(words(TEXT, &format!("# ours\n{TEXT}")), [""; 0]);
        assert_eq!(words("", "title = \"Hall\"\n"), ["Title: +Hall −"]);
        let orders = TEXT.replace("\"answered\"", "\"answered\", { custom = \"orders\" }");
        assert_eq!(words(TEXT, &orders), ["Metrics of each queue: +orders −"]);
    }
}
