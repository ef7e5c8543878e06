//! The buttons of a board's form: they move, remove and unfold what its lists have.

use wallboard_domain::Pattern;

use super::{BoardForm, METRIC_LISTS, PATTERN_LISTS};
use crate::web::board_editor::{
    choices::BoardChoices,
    metric_list::figure_label,
    widget_form::{WIDGETS, describe_widget},
};

impl BoardForm {
    /// Does what a button says: `up`, `down` or `remove`, then the list and the place in it; or `move` for a row that was
    /// dragged, with the place where it goes; or `members` for a group.
    pub(super) fn press(&mut self, button: &str, choices: &BoardChoices) {
        let mut parts = button.split(':');
        let (Some(act), Some(list), Some(Ok(at))) = (
            parts.next(),
            parts.next(),
            parts.next().map(str::parse::<usize>),
        ) else {
            return;
        };
        let to = parts.next().and_then(|to| to.parse().ok());
        if act == "move" && to.is_none() {
            return;
        }
        if act == "members" {
            self.show_members(at, choices);
            return;
        }
        let is_ordered = self.is_in_list_order() || self.board.order.is_empty();
        let (name, moved, count) = if METRIC_LISTS.contains(&list) {
            let mut figures = self.figures(list);
            let Some(name) = figures.get(at).map(|figure| figure_label(choices, figure)) else {
                return;
            };
            let (moved, count) = (move_item(&mut figures, act, at, to), figures.len());
            self.replace_figures(list, figures);
            (name, moved, count)
        } else if PATTERN_LISTS.contains(&list) {
            let patterns = self.patterns_mut(list);
            let Some(id) = patterns.get(at).map(|pattern| pattern.0.clone()) else {
                return;
            };
            let moved = move_item(patterns, act, at, to);
            let count = patterns.len();
            if list == "queues" && is_ordered && (act != "remove" || !self.board.order.is_empty()) {
                self.board.order.clone_from(&self.board.queues);
            }
            (choices.describe(list, &id).0, moved, count)
        } else if list == WIDGETS {
            let widgets = &mut self.board.widgets;
            let Some(name) = widgets.get(at).map(|one| describe_widget(choices, one)) else {
                return;
            };
            move_item(&mut self.refused_widgets, act, at, to);
            (name, move_item(widgets, act, at, to), widgets.len())
        } else {
            return;
        };
        #[expect(clippy::single_match_else, reason = "both are alike")]
        match moved {
            Some(to) => {
                self.said = choices.texts.said_moved(name, to + 1, count);
                let button = if act == "move" { "up" } else { act };
                self.focus = format!("{list}-{to}-{button}");
            }
            None => {
                self.said = choices.texts.said_removed(name);
                self.focus = match at.min(count.saturating_sub(1)) {
                    _ if count == 0 => format!("add-{list}"),
                    next => format!("{list}-{next}-remove"),
                };
            }
        }
    }

    /// Puts the queues of a group in its place. One that the board has stays where it is.
    fn show_members(&mut self, at: usize, choices: &BoardChoices) {
        let is_ordered = self.is_in_list_order();
        let queues = &mut self.board.queues;
        let group = queues.get(at);
        let group = group.and_then(|id| choices.members.get_key_value(&id.0));
        let Some((group, members)) = group else {
            return;
        };
        let is_new = |id: &&String| queues.iter().all(|pattern| pattern.0 != **id);
        let new: Vec<_> = members
            .iter()
            .filter(is_new)
            .cloned()
            .map(Pattern)
            .collect();
        queues.splice(at..=at, new);
        if is_ordered {
            self.board.order.clone_from(&self.board.queues);
        }
        self.said = choices
            .texts
            .said_members(choices.describe("queues", group).0);
        "add-queues".clone_into(&mut self.focus);
    }
}

/// Returns where the item is then; `None` if it's removed.
fn move_item<T>(items: &mut Vec<T>, act: &str, at: usize, to: Option<usize>) -> Option<usize> {
    let item = items.remove(at);
    let to = match act {
        "up" => at.saturating_sub(1),
        "down" => at + 1,
        "move" => to.unwrap_or(at),
        _ => return None,
    };
    let to = to.min(items.len());
    items.insert(to, item);
    Some(to)
}
