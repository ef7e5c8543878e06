//! Chart geometry: positions on a scale, bars, lines and gaps. The theme's stylesheet draws it.

use std::{fmt::Write, ops::Range};

/// A drawing area of equal steps, in its own units.
#[derive(Clone, Copy, Debug)]
pub struct Plot {
    pub width: f64,
    pub height: f64,
    pub steps: usize,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rect {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

impl Plot {
    /// Returns the left edge of a step.
    pub fn x(self, index: usize) -> f64 {
        rounded(as_number(index) * self.step())
    }

    /// Returns the y position of a value, with `top` at the upper edge.
    pub fn y(self, value: f64, top: f64) -> f64 {
        self.height - self.height * value / top
    }

    /// Returns a bar over a range of values. `inset` is the share of a step to leave free on each side.
    pub fn bar(self, index: usize, values: Range<f64>, top: f64, inset: f64) -> Rect {
        let step = self.step();
        Rect {
            x: rounded(as_number(index) * step + step * inset),
            y: rounded(self.y(values.end, top)),
            width: rounded(step * (1.0 - 2.0 * inset)),
            height: rounded(self.height * (values.end - values.start) / top),
        }
    }

    /// Returns the left edge and width of each run of unknown values.
    pub fn gaps<T>(self, values: &[Option<T>]) -> Vec<(f64, f64)> {
        let runs = unknown_runs(values).into_iter();
        runs.map(|(from, to)| (self.x(from), self.x(to - from)))
            .collect()
    }

    /// Returns a path through the middle of the steps. Unknown values break it; a lone value is a
    /// dot.
    pub fn line(self, values: &[Option<f64>], top: f64) -> String {
        let step = self.step();
        let mut path = String::new();
        let mut pen_is_down = false;
        for (index, value) in values.iter().enumerate() {
            let Some(value) = value else {
                pen_is_down = false;
                continue;
            };
            let x = rounded(as_number(index) * step + step / 2.0);
            let y = rounded(self.y(*value, top));
            // Writing to a string never fails.
            write!(path, "{}{x} {y}", if pen_is_down { "L" } else { "M" }).ok();
            if !pen_is_down && values.get(index + 1).is_none_or(Option::is_none) {
                path.push_str("h0");
            }
            pen_is_down = true;
        }
        path
    }

    /// Returns a stepped outline of the values; unknown values break it.
    pub fn outline(self, values: &[Option<f64>], top: f64) -> String {
        let mut path = String::new();
        let mut pen_is_down = false;
        for (index, value) in values.iter().enumerate() {
            if let Some(value) = value {
                let (x, to) = (self.x(index), self.x(index + 1));
                let y = rounded(self.y(*value, top));
                // Writing to a string never fails.
                if pen_is_down {
                    write!(path, "V{y}H{to}").ok();
                } else {
                    write!(path, "M{x} {y}H{to}").ok();
                }
            }
            pen_is_down = value.is_some();
        }
        path
    }

    fn step(self) -> f64 {
        self.width / as_number(self.steps.max(1))
    }
}

/// Returns each run of unknown values as its first index and the index after its last.
pub fn unknown_runs<T>(values: &[Option<T>]) -> Vec<(usize, usize)> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for (index, value) in values.iter().enumerate() {
        match runs.last_mut() {
            _ if value.is_some() => {}
            Some((_, to)) if *to == index => *to = index + 1,
            _ => runs.push((index, index + 1)),
        }
    }
    runs
}

#[expect(clippy::cast_precision_loss, reason = "there are some hundred steps")]
fn as_number(n: usize) -> f64 {
    n as f64
}

/// Tenths are finer than any screen's pixels.
pub fn rounded(x: f64) -> f64 {
    (x * 10.0).round() / 10.0
}
