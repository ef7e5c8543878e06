//! The choices of a board's form: layout, theme, density, columns, updates and language.

use strum::VariantNames;

use wallboard_boards::{BoardDefinition, BoardLayout};
use wallboard_domain::{BoardDensity, BoardTheme};
use wallboard_texts::Texts;

/// A choice of one of several values.
pub(super) struct BoardSetting {
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    pub(super) hint: &'static str,
    /// Value, label, and whether it's chosen.
    pub(super) options: Vec<(String, String, bool)>,
}

impl BoardSetting {
    /// The label of the value.
    pub(super) fn chosen(&self) -> Option<String> {
        let mut options = self.options.iter();
        let (_, label, _) = options.find(|(_, _, is_chosen)| *is_chosen)?;
        Some(label.clone())
    }
}

/// The choices of a board's form.
pub(super) fn settings(texts: &'static Texts, board: &BoardDefinition) -> Vec<BoardSetting> {
    let columns = board
        .columns
        .map_or_else(String::new, |columns| columns.to_string());
    let rate = board.update_rate.map_or("", |rate| rate.into_str());
    let language = board.language.map_or("", |language| language.into_str());
    vec![
        BoardSetting {
            name: "layout",
            label: texts.layout_field(),
            hint: "",
            options: options(
                BoardLayout::VARIANTS,
                board.layout.into_str(),
                &[
                    texts.layout_tiles(),
                    texts.layout_cards(),
                    texts.layout_rows(),
                ],
            ),
        },
        BoardSetting {
            name: "theme",
            label: texts.screen_theme(),
            hint: "",
            options: options(
                BoardTheme::VARIANTS,
                board.theme.into_str(),
                &[texts.dark(), texts.theme_light()],
            ),
        },
        BoardSetting {
            name: "density",
            label: texts.read_from(),
            hint: texts.read_from_hint(),
            options: options(
                BoardDensity::VARIANTS,
                board.density.into_str(),
                &[
                    texts.across_hall(),
                    texts.across_floor(),
                    texts.across_desk(),
                ],
            ),
        },
        BoardSetting {
            name: "columns",
            label: texts.columns_field(),
            hint: "",
            options: options(
                &["", "1", "2", "3", "4", "5", "6"],
                &columns,
                &[texts.columns_automatic(), "1", "2", "3", "4", "5", "6"],
            ),
        },
        BoardSetting {
            name: "update_rate",
            label: texts.screen_updates(),
            hint: "",
            options: options(
                &["", "1s", "5s"],
                rate,
                &[
                    texts.updates_at_once(),
                    texts.updates_each_second(),
                    texts.updates_each_five(),
                ],
            ),
        },
        BoardSetting {
            name: "language",
            label: texts.screen_language(),
            hint: "",
            options: options(
                &["", "en", "sv", "de"],
                language,
                &[texts.language_of_site(), "English", "Svenska", "Deutsch"],
            ),
        },
    ]
}

fn options(values: &[&str], chosen: &str, labels: &[&str]) -> Vec<(String, String, bool)> {
    let all = values.iter().zip(labels);
    all.map(|(value, label)| ((*value).to_owned(), (*label).to_owned(), *value == chosen))
        .collect()
}
