//! A tile that is no queue: a large text with its unit, a text alone, or a picture.

use wallboard_live::Severity;
use wallboard_texts::{Texts, UNKNOWN};

use super::{
    board_row::{
        BoardRow, FigureCells, FigureShape, PictureShape, QueueCells, RowCells, RowShape, TileCells,
    },
    queue_list, severity,
    slot_value::{SlotValue, flag},
    tile,
};

/// The content of a tile that is no queue.
#[derive(Default)]
pub(super) struct PlainTile {
    pub(super) name: String,
    pub(super) href: String,
    pub(super) hero: Option<Hero>,
    /// Further figures, below the large text.
    pub(super) figures: Vec<PlainFigure>,
    /// Its note says who cares for it.
    pub(super) is_owned: bool,
    pub(super) note: String,
    pub(super) picture: Option<PictureShape>,
    pub(super) severity: Severity,
    pub(super) age: TileAge,
}

/// The large text of a tile.
#[derive(Default)]
pub(super) struct Hero {
    pub(super) value: String,
    /// The text after it in a smaller size: "k".
    pub(super) suffix: String,
    /// The number in full, if it is shortened.
    pub(super) exact: String,
    pub(super) unit: String,
    /// Whether it is a duration, whose blanks are narrow.
    pub(super) is_clock: bool,
    /// Whether it is a range of two numbers.
    pub(super) is_range: bool,
}

/// A figure below the large text of a tile.
#[derive(Default)]
pub(super) struct PlainFigure {
    pub(super) label: String,
    /// The same for a tile with less room.
    pub(super) short_label: String,
    pub(super) value: String,
    /// The text after it in a smaller size.
    pub(super) note: String,
    /// The bar that it's drawn as.
    pub(super) bar: Option<TargetBar>,
}

/// A share of the day or of what is expected, as a bar with its target, in percent.
pub(super) struct TargetBar {
    pub(super) share: Option<f64>,
    pub(super) aim: f64,
    pub(super) is_missed: bool,
}

/// How old the value of a tile is.
#[derive(Default)]
pub(super) struct TileAge {
    /// For the style: "old", or "gone" without a value; empty while it is up to date.
    pub(super) kind: &'static str,
    pub(super) text: String,
}

impl Hero {
    pub(super) fn new(value: String, unit: String) -> Self {
        Self {
            value,
            unit,
            ..Self::default()
        }
    }

    /// Returns the kind of the text for the style: the longer it is, the smaller.
    fn width(&self) -> &'static str {
        let characters = self.value.chars().count();
        match characters + self.suffix.chars().count() {
            _ if self.value == UNKNOWN => "dash",
            _ if self.is_range && characters <= 6 => "range",
            ..=4 if self.is_clock => "clock",
            _ if self.is_clock => "dash",
            ..=2 => "",
            // A comma reaches below its line, where the mark of the unit is.
            3..=6 if self.value.contains([',', '.']) => "comma",
            3 if self.value.ends_with('%') => "clock",
            3 => "three",
            4 => "clock",
            // "12:34" in the widest font has room at a dash's size, and "99.5 %" with its narrow blank.
            5 | 6 => "dash",
            _ => "line",
        }
    }
}

impl PlainTile {
    pub(super) fn build_row(self, texts: &Texts) -> BoardRow {
        let place = queue_list::tile_place(self.severity);
        let mut attributes = place.attributes();
        let kind = match self.hero {
            None => "closed",
            Some(_) if self.is_owned => "say-own",
            Some(_) => "",
        };
        let width = self.hero.as_ref().map_or("", Hero::width);
        attributes.extend([
            ("age", self.age.kind.into()),
            ("note", kind.into()),
            ("name", tile::name_kind(&self.name).into()),
            ("width", width.into()),
        ]);
        let (mut shapes, mut figures) = (Vec::new(), Vec::new());
        let mut exact = String::new();
        if let Some(hero) = self.hero {
            let severity: &str = self.severity.into_str();
            let of_hero = vec![
                ("sev", severity.into()),
                ("zero", flag(hero.value == UNKNOWN)),
            ];
            shapes.push(FigureShape {
                label: hero.unit,
                ..FigureShape::default()
            });
            figures.push(FigureCells {
                attributes: SlotValue::Attributes(of_hero),
                value: SlotValue::Text(hero.value),
                note: SlotValue::Text(hero.suffix),
                normal: None,
            });
            exact = hero.exact;
        }
        for figure in self.figures {
            let (shape, cells) = figure.build();
            shapes.push(shape);
            figures.push(cells);
        }
        BoardRow {
            key: String::new(),
            place,
            shape: RowShape {
                href: self.href,
                figures: shapes,
                picture: self.picture,
                ..RowShape::default()
            },
            cells: RowCells::Queue(QueueCells {
                attributes: SlotValue::Attributes(attributes),
                name: SlotValue::Text(self.name),
                note: SlotValue::Text(self.note),
                figures,
                trend: None,
                causes: SlotValue::text(""),
                cause_clock: SlotValue::stopped_clock(""),
                tile: Some(TileCells {
                    mark: SlotValue::text(severity::write_mark(texts, self.severity)),
                    exact: SlotValue::Text(exact),
                    age: SlotValue::Text(self.age.text),
                }),
            }),
            reported_at: None,
        }
    }
}

impl PlainFigure {
    fn build(self) -> (FigureShape, FigureCells) {
        let is_missed = self.bar.as_ref().is_some_and(|bar| bar.is_missed);
        let mut attributes = vec![
            ("sev", "".into()),
            ("miss", flag(is_missed)),
            ("zero", "".into()),
        ];
        if let Some(bar) = &self.bar {
            attributes.extend([
                ("share", tile::percent_attribute(bar.share)),
                ("aim", tile::percent_attribute(Some(bar.aim))),
            ]);
        }
        let shape = FigureShape {
            label: self.label,
            short_label: self.short_label,
            is_bar: self.bar.is_some(),
            ..FigureShape::default()
        };
        let cells = FigureCells {
            attributes: SlotValue::Attributes(attributes),
            value: SlotValue::Text(self.value),
            note: SlotValue::Text(self.note),
            normal: None,
        };
        (shape, cells)
    }
}
