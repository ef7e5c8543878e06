//! Grid of tiles on a 16:9 screen. The page computes it again by the same rule if its own screen
//! has another aspect ratio.

use strum::IntoStaticStr;

/// Tiles per page; with more, labels are unreadable from three meters.
pub(super) const TILES_PER_PAGE: usize = 12;

/// The area for tiles in hundredths of a 16:9 screen's height, and the gap between tiles.
const SCREEN_WIDTH: f64 = 172.2;
const SCREEN_HEIGHT: f64 = 83.0;
const GAP: f64 = 1.3;
/// The least width of a tile.
const MIN_WIDTH: f64 = 34.0;
/// Tiles below this height have their labels beside the figures.
const LOW: f64 = 32.0;

/// A number of columns and rows, and the shape of their tiles.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct TileGrid {
    pub(super) columns: usize,
    pub(super) rows: usize,
    shape: TileShape,
    /// The size of the large number.
    hero: f64,
}

/// How a tile arranges its figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr)]
enum TileShape {
    /// The others beside the large number, below their labels.
    #[strum(serialize = "l")]
    Wide,
    /// The others beside the large number, each in one line with its label.
    #[strum(serialize = "m")]
    Low,
    /// The others below the large number.
    #[strum(serialize = "k")]
    Tall,
}

impl TileGrid {
    #[expect(clippy::cast_precision_loss, reason = "a page holds a few tiles")]
    fn new(count: usize, columns: usize) -> Self {
        let rows = count.div_ceil(columns);
        let part = |whole: f64, parts: usize| (whole + GAP) / parts as f64 - GAP;
        let (width, height) = (part(SCREEN_WIDTH, columns), part(SCREEN_HEIGHT, rows));
        let (shape, hero) = if width < 0.9 * height {
            (TileShape::Tall, (0.42 * height).min(0.6 * width))
        } else if height < LOW {
            (TileShape::Low, (0.54 * height).min(0.36 * width))
        } else {
            let share = if 60.0 < height { 0.6 } else { 0.49 };
            (TileShape::Wide, (share * height).min(0.365 * width))
        };
        let is_legible = columns == 1 || MIN_WIDTH <= width;
        Self {
            columns,
            rows,
            shape,
            hero: if is_legible { hero } else { 0.0 },
        }
    }

    /// Returns the class of its tiles.
    pub(super) fn shape(&self) -> &'static str {
        self.shape.into()
    }

    /// Prefers large numbers; empty cells cost a little.
    #[expect(clippy::cast_precision_loss, reason = "a page holds a few tiles")]
    fn worth(&self, count: usize) -> f64 {
        match self.columns * self.rows - count {
            0 => self.hero,
            _ if count < 4 => self.hero * 0.8,
            empty => self.hero * (1.0 - 0.03 * empty as f64),
        }
    }
}

/// Returns how many of `count` tiles on one page are in each row. If some cells would be empty, the last
/// rows have one tile less, which are wider, as `static/board/tile_fit.js` places them.
pub fn tile_rows(count: usize, columns: Option<u8>) -> Vec<usize> {
    let TileGrid { columns, rows, .. } = fit_grid(count, columns);
    let full = count.saturating_sub(rows * (columns - 1));
    if full == 0 || count.is_multiple_of(columns) {
        let starts = (0..count).step_by(columns);
        return starts.map(|start| columns.min(count - start)).collect();
    }
    let rows = 0..rows;
    rows.map(|row| if row < full { columns } else { columns - 1 })
        .collect()
}

/// Returns the grid in which `count` tiles have the largest numbers.
pub(super) fn fit_grid(count: usize, columns: Option<u8>) -> TileGrid {
    let count = count.clamp(1, TILES_PER_PAGE);
    if let Some(columns) = columns {
        return TileGrid::new(count, usize::from(columns).clamp(1, count));
    }
    let mut best = TileGrid::new(count, 1);
    for columns in 2..=count {
        let grid = TileGrid::new(count, columns);
        if best.worth(count) < grid.worth(count) {
            best = grid;
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grids_match_the_design() {
        let shape = |count| {
            let grid = fit_grid(count, None);
            (grid.columns, grid.rows)
        };

        assert_eq!([1, 2].map(shape), [(1, 1), (2, 1)]);
        assert_eq!([4, 6].map(shape), [(4, 1), (3, 2)]);
        assert_eq!([9, 12].map(shape), [(3, 3), (4, 3)]);
        assert_eq!(shape(60), (4, 3));
    }

    #[test]
    fn the_last_rows_have_one_tile_less_and_no_hole() {
        assert_eq!(tile_rows(10, None), [4, 3, 3]);
        assert_eq!(tile_rows(11, None), [4, 4, 3]);
        assert_eq!(tile_rows(12, None), [4, 4, 4]);
        assert_eq!(tile_rows(5, Some(3)), [3, 2]);
        assert_eq!(tile_rows(5, Some(4)), [4, 1]);
        assert_eq!(tile_rows(3, Some(1)), [1, 1, 1]);
        assert_eq!(tile_rows(0, None), [0; 0]);
    }
}
