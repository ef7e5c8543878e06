//! `wallboard check --discover`: finds the names of metrics that a vendor knows.

use wallboard_domain::{SourceId, error_chain};
use wallboard_sources::{DiscoveredNames, SourceConfig};

use super::RuntimeConfig;

/// Why discovery failed.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum DiscoverError {
    #[error("the configuration has no source {id:?}; it has: {there}")]
    NoSource { id: String, there: String },
    #[error("{id} doesn't support --discover; use a source of kind {kinds}")]
    NoNames { id: SourceId, kinds: String },
    #[error("can't query {id}: {why}")]
    Unwell { id: SourceId, why: String },
}

/// Tries commonly used names on what is configured for a source.
pub async fn discover_names(
    plan: &RuntimeConfig,
    id: &str,
) -> Result<DiscoveredNames, DiscoverError> {
    let Some(upstream) = plan.sources.iter().find(|up| up.id().as_str() == id) else {
        let there: Vec<_> = plan.sources.iter().map(|up| up.id().as_str()).collect();
        return Err(DiscoverError::NoSource {
            id: id.to_owned(),
            there: there.join(", "),
        });
    };
    let id = upstream.id().clone();
    let Some(result) = upstream.discover().await else {
        let kinds = SourceConfig::discoverable_kinds().map(|kind| kind.name);
        let kinds = kinds.collect::<Vec<_>>().join(" or ");
        return Err(DiscoverError::NoNames { id, kinds });
    };
    result.map_err(|error| DiscoverError::Unwell {
        id,
        why: error_chain(&*error),
    })
}

#[cfg(test)]
mod tests {
    use crate::settings::{self, test_file::OPEN_CHAT};

    use super::*;

    #[tokio::test]
    async fn unknown_source_error_lists_the_configured_ones() {
        let plan = RuntimeConfig::demo_config(([127, 0, 0, 1], 0).into(), 1, 1.0);

        let error = discover_names(&plan, "nobody").await.unwrap_err();

        assert!(
            error.to_string().contains("no source \"nobody\""),
            "{error}"
        );
    }

    #[tokio::test]
    async fn kind_without_names_names_those_that_have_some() {
        let read = settings::parse_configuration(OPEN_CHAT, "w.toml".as_ref(), |_| None);
        let plan = RuntimeConfig::from_settings(read.unwrap());

        let error = discover_names(&plan, "chat").await.unwrap_err();

        assert_eq!(
            error.to_string(),
            "chat doesn't support --discover; use a source of kind genesys or gms"
        );
    }
}
