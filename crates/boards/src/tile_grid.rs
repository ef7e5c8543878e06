//! The grids of tiles. All tiles of a board have one size and one shape, but for wide and large widgets: the
//! style has them by the grid's name, for each orientation, so that a page measures nothing.

use super::{
    slot_value::{AttributeValue, SlotValue, flag},
    widget::WidgetSize,
};

/// Tiles per page; with more, labels are unreadable from three meters.
pub(super) const TILES_PER_PAGE: usize = 12;

/// The grid for each number of tiles on a page.
#[rustfmt::skip]
const GRIDS: [TileGrid; TILES_PER_PAGE] = [
    TileGrid { name: "g1", columns: 1, rows: 1, has_sum: false, is_paged: false },
    TileGrid { name: "g2", columns: 2, rows: 1, has_sum: false, is_paged: false },
    TileGrid { name: "g3", columns: 3, rows: 1, has_sum: false, is_paged: false },
    TileGrid { name: "g4", columns: 2, rows: 2, has_sum: false, is_paged: false },
    TileGrid { name: "g6", columns: 3, rows: 2, has_sum: true, is_paged: false },
    TileGrid { name: "g6", columns: 3, rows: 2, has_sum: false, is_paged: false },
    TileGrid { name: "g8", columns: 4, rows: 2, has_sum: true, is_paged: false },
    TileGrid { name: "g8", columns: 4, rows: 2, has_sum: false, is_paged: false },
    // Low tiles. The sum of nine has a cell in portrait, that of ten has two on 16:9.
    TileGrid { name: "l9", columns: 3, rows: 3, has_sum: true, is_paged: false },
    TileGrid { name: "l10", columns: 4, rows: 3, has_sum: true, is_paged: false },
    TileGrid { name: "l12", columns: 4, rows: 3, has_sum: true, is_paged: false },
    TileGrid { name: "l12", columns: 4, rows: 3, has_sum: false, is_paged: false },
];

/// A grid, and the columns and rows that it has on a 16:9 screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TileGrid {
    name: &'static str,
    columns: usize,
    rows: usize,
    /// Whether a spare cell shows all queues.
    pub(super) has_sum: bool,
    is_paged: bool,
}

impl TileGrid {
    /// Returns the grid for `count` tiles. Fixed columns are ignored if their tiles would be too small.
    pub(super) fn new(count: usize, columns: Option<u8>) -> Self {
        let pages = count.div_ceil(TILES_PER_PAGE).max(1);
        let per_page = count.div_ceil(pages).max(1);
        let usual = GRIDS[per_page - 1];
        let grid = TileGrid {
            has_sum: usual.has_sum && pages == 1,
            is_paged: 1 < pages,
            ..usual
        };
        let columns = columns.map(|columns| usize::from(columns).clamp(1, per_page));
        let Some(columns) = columns.filter(|columns| *columns != grid.columns) else {
            return grid;
        };
        // The first shape with as much room is the largest.
        let rows = per_page.div_ceil(columns);
        let mut shapes = GRIDS.into_iter();
        let shape = shapes.find(|shape| columns <= shape.columns && rows <= shape.rows);
        shape.map_or(grid, |shape| TileGrid {
            columns,
            has_sum: false,
            is_paged: grid.is_paged,
            ..shape
        })
    }

    /// Returns the smallest grid for tiles of these sizes, in their order. `None`: all are of the usual size, or
    /// they don't fit on one page.
    pub(super) fn of_sizes(sizes: &[WidgetSize], columns: Option<u8>) -> Option<Self> {
        if sizes.iter().all(|size| *size == WidgetSize::Usual) {
            return None;
        }
        let spans = sizes.iter().map(|size| size.span());
        let cells: usize = spans.map(|(width, height)| width * height).sum();
        let mut grids = (cells..=TILES_PER_PAGE).map(|count| Self::new(count, columns));
        let grid = grids.find(|grid| grid.has_room_for(sizes))?;
        Some(Self {
            has_sum: false,
            ..grid
        })
    }

    /// Whether all tiles have a place, each in the first cells that are free, as browsers place them.
    fn has_room_for(self, sizes: &[WidgetSize]) -> bool {
        let (columns, rows) = (self.columns, self.rows);
        let mut is_taken = vec![false; columns * rows];
        sizes.iter().all(|size| {
            let (width, height) = size.span();
            let cells = |first: usize| {
                let rows = (0..height).map(move |row| first + row * columns);
                rows.flat_map(move |start| start..start + width)
            };
            let fits = |first: &usize| {
                first % columns + width <= columns
                    && first / columns + height <= rows
                    && cells(*first).all(|cell| !is_taken[cell])
            };
            let found = (0..columns * rows).find(fits);
            found.is_some_and(|first| {
                cells(first).for_each(|cell| is_taken[cell] = true);
                true
            })
        })
    }

    /// Returns what the style knows of the grid. All tiles have room for a long name if one has it. A
    /// line below them leaves less.
    pub(super) fn attributes(self, has_long_name: bool, has_foot: bool) -> SlotValue {
        let columns = i64::try_from(self.columns).unwrap_or_default();
        SlotValue::Attributes(vec![
            ("grid", self.name.into()),
            ("cols", AttributeValue::Number(columns)),
            ("names", if has_long_name { "two" } else { "" }.into()),
            ("foot", flag(has_foot || self.is_paged)),
        ])
    }
}

/// Returns the number of columns for `count` tiles.
pub fn tile_columns(count: usize, columns: Option<u8>) -> usize {
    TileGrid::new(count, columns).columns
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(count: usize, columns: Option<u8>) -> (&'static str, usize, bool) {
        let grid = TileGrid::new(count, columns);
        (grid.name, grid.columns, grid.has_sum)
    }

    #[test]
    fn grids_match_the_design() {
        assert_eq!(
            [1, 3].map(|n| grid(n, None)),
            [("g1", 1, false), ("g3", 3, false)]
        );
        assert_eq!(
            [5, 7].map(|n| grid(n, None)),
            [("g6", 3, true), ("g8", 4, true)]
        );
        assert_eq!(
            [10, 12].map(|n| grid(n, None)),
            [("l10", 4, true), ("l12", 4, false)]
        );
        assert_eq!(grid(0, None), ("g1", 1, false));
    }

    #[test]
    fn larger_tiles_take_the_cells_of_several() {
        use WidgetSize::{Large, Usual, Wide};
        let grid = |sizes: &[WidgetSize]| {
            let grid = TileGrid::of_sizes(sizes, None)?;
            assert!(!grid.has_sum);
            Some((grid.name, grid.columns))
        };
        assert_eq!(grid(&[Usual; 3]), None);
        assert_eq!(grid(&[Wide]), Some(("g2", 2)));
        assert_eq!(grid(&[Large]), Some(("g4", 2)));
        assert_eq!(grid(&[Large, Usual, Usual]), Some(("g6", 3)));
        assert_eq!(grid(&[Usual, Large, Wide, Usual, Usual]), Some(("l9", 3)));
        // Three columns have one place for a wide tile in each of two rows.
        assert_eq!(grid(&[Wide, Wide, Wide]), Some(("g8", 4)));
        assert_eq!(grid(&[Wide; 6]), Some(("l12", 4)));
        // A page has no room for so many.
        assert_eq!(grid(&[Wide; 7]), None);
        // A single column has no room for a wide tile, so it's ignored.
        let of_column = TileGrid::of_sizes(&[Wide, Usual], Some(1)).unwrap();
        assert_eq!((of_column.name, of_column.columns), ("g4", 2));
    }

    #[test]
    fn pages_have_equal_grids_without_a_sum() {
        assert_eq!(grid(13, None), ("g8", 4, false));
        assert_eq!(grid(23, None), ("l12", 4, false));
        assert_eq!(grid(30, None), ("l10", 4, false));
    }

    #[test]
    fn fixed_columns_choose_a_shape_or_are_ignored() {
        assert_eq!(grid(3, Some(3)), ("g3", 3, false));
        assert_eq!(grid(4, Some(4)), ("g8", 4, false));
        assert_eq!(grid(6, Some(2)), ("l9", 2, false));
        assert_eq!(grid(2, Some(1)), ("g4", 1, false));
        assert_eq!([grid(6, Some(6)), grid(6, Some(1))], [("g6", 3, false); 2]);
    }
}
