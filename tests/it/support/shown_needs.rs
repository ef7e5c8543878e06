//! Numbers that a surface shows as up to date in sentences about queues that need somebody, in widgets, and of another
//! system.

use serde_json::Value;

use super::{
    page::Element,
    shown::{ALL_GROUPS, Figure, Shown, is_stale, last_number, linked_id},
};

/// The name of the widget with the number of another system, and of the one with the group of all groups.
pub const ORDERS_NAME: &str = "Orders";
pub const ALL_NAME: &str = "Everybody";

/// Reads how many wait: "Gruppe 3 has 12 waiting, …" in the gallery, "Gruppe 3 12 waiting" of an alert.
pub fn of_sentences(page: &Element) -> Vec<Shown> {
    let sentences = page.find_all(&|element| element.is("li"));
    let read = |item: &Element| {
        let sentence = item.find(&|inner| inner.is("p") && inner.has_class("say"))?;
        let link = sentence.find(&|inner| inner.is("a"))?;
        let (text, name) = (sentence.text(), link.text());
        let (before, _) = text.split_once(" waiting")?;
        let rest = before.trim_start().strip_prefix(name.as_str())?;
        Shown::read(
            &linked_id(link, "queues")?,
            Figure::Waiting,
            last_number(rest)?,
        )
    };
    let fresh = sentences.into_iter().filter(|item| !is_stale(item));
    fresh.filter_map(read).collect()
}

/// Reads the widgets of a board by their names.
pub fn of_widgets(page: &Element) -> Vec<Shown> {
    let widgets = page.find_all(&|element| element.has_class("widget") && !is_stale(element));
    let read = |widget: &Element| {
        let name = widget.find(&|inner| inner.has_class("name"))?.text();
        let figure = match name.as_str() {
            ORDERS_NAME => Figure::Orders,
            ALL_NAME => Figure::Waiting,
            _ => return None,
        };
        let hero = widget.find(&|inner| inner.has_class("hero") && !is_stale(inner))?;
        let number = hero.find(&|inner| inner.has_class("num"))?.text();
        Shown::read(ALL_GROUPS, figure, &number)
    };
    widgets.into_iter().filter_map(read).collect()
}

/// Reads the table of numbers that other systems send.
pub fn of_figures_page(page: &Element) -> Vec<Shown> {
    let rows = page.find_all(&|element| element.is("tr") && !element.has_class("stale"));
    let read = |row: &Element| {
        let link = row.find(&|inner| inner.is("a"))?;
        let value = row.find(&|inner| inner.has_class("value"))?.text();
        Shown::read("", Figure::Orders, &value).filter(|_| link.text() == ORDERS_NAME)
    };
    rows.into_iter().filter_map(read).collect()
}

/// Reads the number of another system in `/api/v1/site`.
pub fn of_site(api: &Value) -> Vec<Shown> {
    let orders = &api["figures"]["orders"];
    let value = orders["value"]
        .as_f64()
        .filter(|_| orders["stale"] == false);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "small whole numbers are sent"
    )]
    let shown = value.map(|value| Shown::new("", Figure::Orders, value as u64));
    shown.into_iter().collect()
}
