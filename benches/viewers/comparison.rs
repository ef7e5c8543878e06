//! Figures of several servers, measured in turn, and their ratios.

use std::collections::BTreeMap;

use super::server::Server;

/// The printed row of one figure.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    pub(super) what: &'static str,
    pub(super) unit: &'static str,
    /// The most that the product may have.
    pub(super) limit: Option<f64>,
}

pub(super) const fn row(what: &'static str, unit: &'static str) -> Row {
    let limit = None;
    Row { what, unit, limit }
}

impl Row {
    pub(super) const fn at_most(self, limit: f64) -> Self {
        let limit = Some(limit);
        Self { limit, ..self }
    }
}

/// The figures of each server and row, from each run.
#[derive(Debug, Default)]
pub(super) struct Comparison {
    figures: BTreeMap<(usize, String), Vec<f64>>,
}

/// Measures the servers in turn, so that whatever else the machine does meets each of them.
pub(super) fn compare<const N: usize>(
    rounds: usize,
    rows: [Row; N],
    servers: &[Server],
    mut measure: impl FnMut(Server) -> [f64; N],
) {
    let mut comparison = Comparison::default();
    for _ in 0..rounds {
        for &server in servers {
            for (index, figure) in measure(server).into_iter().enumerate() {
                let key = (index, server.to_string());
                comparison.figures.entry(key).or_default().push(figure);
            }
        }
    }
    for (index, row) in rows.iter().enumerate() {
        comparison.print(index, row, servers);
    }
}

impl Comparison {
    /// The median of the runs. Not a number for what a server doesn't have.
    fn median(&self, index: usize, server: Server) -> f64 {
        let runs = self.figures.get(&(index, server.to_string()));
        let mut runs = runs.cloned().unwrap_or_default();
        runs.sort_by(f64::total_cmp);
        match &runs[runs.len().saturating_sub(1) / 2..=runs.len() / 2] {
            [lower, upper] => f64::midpoint(*lower, *upper),
            middle => middle[0],
        }
    }

    fn print(&self, index: usize, row: &Row, servers: &[Server]) {
        let product = self.median(index, Server::Wallboard);
        let mut parts = vec![format!(
            "  {:<36} {:>9} {}",
            row.what,
            text(product),
            row.unit
        )];
        for &server in servers.iter().filter(|&&one| one != Server::Wallboard) {
            let other = self.median(index, server);
            if other.is_nan() {
                continue;
            }
            parts.push(format!(", {server} {}", text(other)));
            if other != 0.0 {
                parts.push(format!(": ratio {:.2}", product / other));
            }
        }
        if let Some(limit) = row.limit {
            let verdict = if product <= limit { "met" } else { "MISSED" };
            parts.push(format!("  (at most {limit}: {verdict})"));
        }
        println!("{}", parts.concat());
    }
}

/// Rounds to what a reader compares.
fn text(figure: f64) -> String {
    if figure.is_nan() {
        "–".to_owned()
    } else if figure.abs() < 10.0 {
        format!("{figure:.2}")
    } else {
        format!("{figure:.1}")
    }
}
