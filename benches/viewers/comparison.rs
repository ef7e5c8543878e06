//! Figures of several servers, measured in turn, and their ratios.

use std::collections::BTreeMap;

use super::server::Server;

/// What is printed for one figure.
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
    /// The median of the runs.
    fn median(&self, index: usize, server: Server) -> f64 {
        let runs = self.figures.get(&(index, server.to_string()));
        let mut runs = runs.cloned().unwrap_or_default();
        runs.sort_by(f64::total_cmp);
        runs.get(runs.len() / 2).copied().unwrap_or(f64::NAN)
    }

    fn print(&self, index: usize, row: &Row, servers: &[Server]) {
        let product = self.median(index, Server::Wallboard);
        let mut line = format!("  {:<36} {product:>9.1} {}", row.what, row.unit);
        for &server in servers
            .iter()
            .filter(|&&server| server != Server::Wallboard)
        {
            let other = self.median(index, server);
            let ratio = if other == 0.0 {
                f64::NAN
            } else {
                product / other
            };
            line += &format!(", {server} {other:.1}: ratio {}", text(ratio));
        }
        if let Some(limit) = row.limit {
            let verdict = if product <= limit { "met" } else { "MISSED" };
            line += &format!("  (at most {limit}: {verdict})");
        }
        println!("{line}");
    }
}

fn text(ratio: f64) -> String {
    if ratio.is_nan() {
        "–".to_owned()
    } else {
        format!("{ratio:.2}")
    }
}
