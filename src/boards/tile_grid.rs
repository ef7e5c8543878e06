//! Grid of tiles on a 16:9 screen. The page computes it again by the same rule if its own screen
//! has another aspect ratio.

/// Tiles per page; with more, labels are unreadable from three meters.
pub(super) const TILES_PER_PAGE: usize = 12;
/// Cards per page.
pub(super) const CARDS_PER_PAGE: usize = 24;

/// The area for tiles in hundredths of a 16:9 screen's height.
const SCREEN_WIDTH: f64 = 170.8;
const SCREEN_HEIGHT: f64 = 74.0;

/// A number of columns and rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TileGrid {
    pub(super) columns: usize,
    pub(super) rows: usize,
}

/// Returns the number of columns for `count` tiles on one page.
pub fn tile_columns(count: usize, columns: Option<u8>) -> usize {
    fit_grid(count, columns).columns
}

/// Returns the grid in which `count` tiles are drawn largest.
#[expect(clippy::cast_precision_loss, reason = "a page holds a few tiles")]
pub(super) fn fit_grid(count: usize, columns: Option<u8>) -> TileGrid {
    let count = count.clamp(1, TILES_PER_PAGE);
    if let Some(columns) = columns {
        let columns = usize::from(columns).clamp(1, TILES_PER_PAGE);
        return TileGrid {
            columns,
            rows: count.div_ceil(columns),
        };
    }
    let size = |columns: usize| {
        let rows = count.div_ceil(columns);
        let (width, height) = (SCREEN_WIDTH / columns as f64, SCREEN_HEIGHT / rows as f64);
        let empty = (columns * rows - count) as f64;
        let fits = (0.95..=4.2).contains(&(width / height));
        fits.then_some((width / 1.9).min(height) * (1.0 - 0.02 * empty))
    };
    let mut best = (0.0, 1);
    for columns in 1..=count {
        if let Some(size) = size(columns)
            && best.0 < size
        {
            best = (size, columns);
        }
    }
    TileGrid {
        columns: best.1,
        rows: count.div_ceil(best.1),
    }
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
        assert_eq!([4, 6].map(shape), [(2, 2), (3, 2)]);
        assert_eq!([9, 12].map(shape), [(3, 3), (4, 3)]);
        assert_eq!(shape(60), (4, 3));
    }
}
