//! The hours of the site, for subjects that have none of their own: it's open while one of the hours of `[hours]` is.

use jiff::Timestamp;

use wallboard_domain::SiteConfig;

/// Without hours, it's always open.
pub(crate) fn is_site_open(site: &SiteConfig, now: Timestamp) -> bool {
    let mut hours = site.hours.0.iter();
    site.hours.0.is_empty() || hours.any(|(_, hours)| hours.is_open(now))
}

/// Returns when it was open between two instants, of each of its hours; `None`: always.
pub(crate) fn open_spans(
    site: &SiteConfig,
    from: Timestamp,
    to: Timestamp,
) -> Option<Vec<(Timestamp, Timestamp)>> {
    let hours = site.hours.0.iter();
    let spans = hours.flat_map(|(_, hours)| hours.open_spans(from, to));
    (!site.hours.0.is_empty()).then(|| spans.collect())
}
