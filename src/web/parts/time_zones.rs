//! The time zones that somebody can choose.

/// All zones that are named after a place, UTC, and one more.
pub(in crate::web) fn list_zones(chosen: &str) -> Vec<String> {
    let all = jiff::tz::db().available().map(|name| name.to_string());
    let of_places = all.filter(|name| name.contains('/') && !name.starts_with("Etc/"));
    let mut zones: Vec<_> = of_places.chain(["UTC".to_owned()]).collect();
    if !chosen.is_empty() && zones.iter().all(|zone| zone != chosen) {
        zones.push(chosen.to_owned());
    }
    zones.sort();
    zones.dedup();
    zones
}
