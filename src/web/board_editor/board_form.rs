//! The form of a board: its fields, and (`buttons`) what its buttons do. Each keystroke and button sends the whole form,
//! so that it works without script too.

use std::collections::HashMap;

use wallboard_boards::{
    BoardDefinition, BoardLayout, ShownFigure, board_file::parse_board, write_board,
};
use wallboard_domain::Pattern;
use wallboard_store::Revision;
use wallboard_toml_reader::ConfigFaults;

use super::{
    choices::BoardChoices,
    metric_list::{SHOWN, figure_label, parse_figure},
    uploads::Uploads,
    widget_form::{RefusedWidget, describe_widget, read_new_widget, read_widgets},
};

/// The fields as they were sent. Those of a list have its name and a number: `queues.0`.
pub(super) type FormFields = HashMap<String, String>;

/// Lists of patterns, as in the file.
pub(super) const PATTERN_LISTS: [&str; 4] = ["queues", "agents", "order", "hide"];
/// Lists of metrics, as in the file.
pub(super) const METRIC_LISTS: [&str; 2] = [SHOWN, "totals"];

/// A board while somebody edits it.
#[derive(Debug)]
pub(super) struct BoardForm {
    /// Empty until it is made of the title.
    pub(super) id: String,
    /// Whether its address may still change.
    pub(super) is_new: bool,
    pub(super) began_from: Option<Revision>,
    /// As the fields say; may break rules.
    pub(super) board: BoardDefinition,
    /// As it would be saved.
    pub(super) text: String,
    pub(super) faults: Option<ConfigFaults>,
    /// Why it can't be saved although its text is valid; empty if it can.
    pub(super) refusal: String,
    /// Text that somebody entered into a list and nothing is called, by list.
    pub(super) unknown: HashMap<String, String>,
    /// A widget that couldn't be added.
    pub(super) new_widget: Option<RefusedWidget>,
    /// Beside each of the board's widgets, what somebody entered that it can't be.
    pub(super) refused_widgets: Vec<Option<RefusedWidget>>,
    /// The element that has the focus next; empty: the same.
    pub(super) focus: String,
    /// The effect of a button, for screen readers.
    pub(super) said: String,
}

impl BoardForm {
    /// Begins from a text that is valid unless the configuration changed since.
    pub(super) fn of_text(id: &str, text: String, began_from: Option<Revision>) -> Self {
        let (board, faults) = match parse_board(&text, &file_name(id)) {
            Ok(board) => (board, None),
            Err(faults) => {
                let board = BoardDefinition::new(id, id, BoardLayout::default());
                (board, Some(faults))
            }
        };
        Self {
            id: id.to_owned(),
            is_new: false,
            began_from,
            board,
            text,
            faults,
            refusal: String::new(),
            unknown: HashMap::new(),
            new_widget: None,
            refused_widgets: Vec::new(),
            focus: String::new(),
            said: String::new(),
        }
    }

    /// Reads the fields, and does what the pressed button says.
    pub(super) fn read(fields: &FormFields, uploads: &Uploads, choices: &BoardChoices) -> Self {
        let id = field(fields, "id").trim();
        let began_from = field(fields, "began_from").parse().ok().map(Revision);
        let (text, before) = (
            lines(field(fields, "text")),
            lines(field(fields, "text_before")),
        );
        let (widgets, refused_widgets) = read_widgets(fields, uploads, choices);
        let mut form = Self {
            is_new: fields.contains_key("is_new"),
            board: BoardDefinition {
                widgets,
                ..read_board(fields, id)
            },
            refused_widgets,
            ..Self::of_text(id, text, began_from)
        };
        if form.text != before {
            // Somebody edited the text: it wins.
            if let Ok(board) = parse_board(&form.text, &file_name(id)) {
                form.board = board;
                form.refused_widgets.clear();
            }
            return form;
        }
        form.add_entered(fields, uploads, choices);
        form.press(field(fields, "do"), choices);
        if parse_board(&form.text, &file_name(id)).ok().as_ref() != Some(&form.board) {
            form.text = write_board(&form.board);
        }
        form.faults = parse_board(&form.text, &file_name(id)).err();
        form
    }

    /// Returns every widget that can't be as it was entered.
    pub(super) fn list_refused_widgets(&self) -> impl Iterator<Item = &RefusedWidget> {
        let changed = self.refused_widgets.iter().flatten();
        changed.chain(&self.new_widget)
    }

    /// Whether all that was entered is on the board.
    pub(super) fn is_complete(&self) -> bool {
        self.unknown.is_empty() && self.list_refused_widgets().next().is_none()
    }

    /// Whether the queues come in the order of their list.
    pub(super) fn is_in_list_order(&self) -> bool {
        !self.board.order.is_empty() && self.board.order == self.board.queues
    }

    pub(super) fn patterns(&self, list: &str) -> &[Pattern] {
        match list {
            "queues" => &self.board.queues,
            "agents" => &self.board.agents,
            "order" => &self.board.order,
            _ => &self.board.hide,
        }
    }

    /// The metrics of a list, with the custom figures among them.
    pub(super) fn figures(&self, list: &str) -> Vec<ShownFigure> {
        match list {
            SHOWN => self.board.show.clone(),
            _ => self.board.totals.iter().copied().map(Into::into).collect(),
        }
    }

    fn patterns_mut(&mut self, list: &str) -> &mut Vec<Pattern> {
        match list {
            "queues" => &mut self.board.queues,
            "agents" => &mut self.board.agents,
            "order" => &mut self.board.order,
            _ => &mut self.board.hide,
        }
    }

    fn replace_figures(&mut self, list: &str, figures: Vec<ShownFigure>) {
        match list {
            SHOWN => self.board.show = figures,
            _ => self.board.totals = figures.iter().filter_map(ShownFigure::metric).collect(),
        }
    }

    /// Adds what was entered and not added yet.
    fn add_entered(&mut self, fields: &FormFields, uploads: &Uploads, choices: &BoardChoices) {
        let is_ordered = self.is_in_list_order();
        for list in PATTERN_LISTS {
            let entered = field(fields, &format!("add.{list}")).trim();
            if entered.is_empty() {
                continue;
            }
            match choices.find(list, entered) {
                Some(id) => {
                    let patterns = self.patterns_mut(list);
                    if patterns.iter().all(|pattern| pattern.0 != id) {
                        patterns.push(Pattern(id.clone()));
                    }
                    self.said = choices.texts.said_added(choices.describe(list, &id).0);
                    self.focus = format!("add-{list}");
                }
                None => {
                    self.unknown.insert(list.to_owned(), entered.to_owned());
                }
            }
        }
        for list in METRIC_LISTS {
            let entered = field(fields, &format!("add.{list}"));
            if let Some(figure) = parse_figure(entered) {
                self.said = choices.texts.said_added(figure_label(choices, &figure));
                let mut figures = self.figures(list);
                if !figures.contains(&figure) {
                    figures.push(figure);
                }
                self.replace_figures(list, figures);
                self.focus = format!("add-{list}");
            }
        }
        self.add_widget(fields, uploads, choices);
        let entered = field(fields, "add.names").trim();
        match choices
            .find("names", entered)
            .filter(|id| !id.contains('*'))
        {
            Some(id) => {
                let (name, _) = choices.describe("names", &id);
                self.board.names.entry(id).or_insert(name);
                "add-names".clone_into(&mut self.focus);
            }
            None if entered.is_empty() => {}
            None => {
                self.unknown.insert("names".to_owned(), entered.to_owned());
            }
        }
        if is_ordered {
            self.board.order.clone_from(&self.board.queues);
        }
    }

    fn add_widget(&mut self, fields: &FormFields, uploads: &Uploads, choices: &BoardChoices) {
        match read_new_widget(fields, uploads, choices) {
            Some(Ok(widget)) => {
                self.said = choices.texts.said_added(describe_widget(choices, &widget));
                self.board.widgets.push(widget);
                self.refused_widgets.push(None);
                "add-widgets".clone_into(&mut self.focus);
            }
            Some(Err(refused)) => self.new_widget = Some(refused),
            None => {}
        }
    }
}

fn read_board(fields: &FormFields, id: &str) -> BoardDefinition {
    let patterns = |list: &str| -> Vec<Pattern> {
        let texts = numbered(fields, list, "").into_iter();
        texts.map(|text| Pattern(text.to_owned())).collect()
    };
    let figures = |list: &str| -> Vec<ShownFigure> {
        let values = numbered(fields, list, "").into_iter();
        values.filter_map(parse_figure).collect()
    };
    let names = numbered(fields, "names", ".id").into_iter();
    let names = names.zip(numbered(fields, "names", ".text"));
    let names = names.filter(|(_, text)| !text.trim().is_empty());
    let queues = patterns("queues");
    BoardDefinition {
        layout: field(fields, "layout").parse().unwrap_or_default(),
        theme: field(fields, "theme").parse().unwrap_or_default(),
        density: field(fields, "density").parse().unwrap_or_default(),
        columns: field(fields, "columns").parse().ok(),
        agents: patterns("agents"),
        show: figures(SHOWN),
        totals: (figures("totals").iter())
            .filter_map(ShownFigure::metric)
            .collect(),
        order: if fields.contains_key("list_order") {
            queues.clone()
        } else {
            patterns("order")
        },
        queues,
        hide: patterns("hide"),
        names: names
            .map(|(id, text)| (id.to_owned(), text.to_owned()))
            .collect(),
        update_rate: field(fields, "update_rate").parse().ok(),
        language: field(fields, "language").parse().ok(),
        ..BoardDefinition::new(id, field(fields, "title"), BoardLayout::default())
    }
}

/// Returns the fields of a list, in its order.
pub(super) fn numbered<'f>(fields: &'f FormFields, list: &str, part: &str) -> Vec<&'f str> {
    let places = 0..fields.len();
    let found = places.map_while(|at| fields.get(&format!("{list}.{at}{part}")));
    found.map(String::as_str).collect()
}

pub(super) fn field<'f>(fields: &'f FormFields, name: &str) -> &'f str {
    fields.get(name).map_or("", String::as_str)
}

/// Browsers send line breaks as two letters, and drop one at the beginning.
fn lines(text: &str) -> String {
    text.replace("\r\n", "\n")
}

/// The name of a board's file. One that has no ID yet must not fail for that.
pub(super) fn file_name(id: &str) -> String {
    format!("{}.toml", if id.is_empty() { "board" } else { id })
}

/// Derives an address from a title: "Sales (north)" is `sales-north`.
pub(in crate::web) fn address_of_title(title: &str) -> String {
    let letters = title
        .to_lowercase()
        .chars()
        .flat_map(plain_letters)
        .collect::<String>();
    let words: Vec<_> = letters.split('-').filter(|word| !word.is_empty()).collect();
    let mut address = words.join("-");
    address.truncate(40);
    address.trim_end_matches('-').to_owned()
}

fn plain_letters(letter: char) -> Vec<char> {
    match letter {
        'a'..='z' | '0'..='9' => vec![letter],
        'ä' | 'æ' => vec!['a', 'e'],
        'ö' | 'ø' | 'œ' => vec!['o', 'e'],
        'ü' => vec!['u', 'e'],
        'ß' => vec!['s', 's'],
        'å' | 'á' | 'à' | 'â' => vec!['a'],
        'é' | 'è' | 'ê' | 'ë' => vec!['e'],
        'ç' => vec!['c'],
        'ñ' => vec!['n'],
        '’' | '\'' => Vec::new(),
        _ => vec!['-'],
    }
}

mod buttons;
#[cfg(test)]
mod tests;
