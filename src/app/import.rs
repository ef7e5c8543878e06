//! Imports that run once, in the foreground.

use std::time::Duration;

use jiff::civil::Date;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::{
    domain::{SourceId, error_chain},
    history::{
        import::{Asked, Importer, Outcome, Status, asked_for},
        sangoma::Gaps,
    },
    store::{AsideRow, Store, StoreError},
};

use super::Plan;

/// How long files may take to be whole; an import in somebody else's hands may take
/// as long as it takes.
const PATIENCE: Duration = Duration::from_mins(10);
/// Rows that were set aside and are named one by one.
const NAMED: usize = 20;

/// Why there is nothing that could be imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportsError {
    #[error("there's no file source called {wanted}; the configuration has {}", known.join(", "))]
    NoSource { wanted: String, known: Vec<String> },
    #[error(
        "the configuration has no file source; add one with kind \"sangoma-export\" or \"vergic-export\" (docs/history.md)"
    )]
    None,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// One source's import, ready to run.
#[derive(Debug)]
pub struct Import {
    pub id: SourceId,
    /// How it goes; ends when it does.
    pub status: watch::Receiver<Status>,
    importer: Importer,
    store: Store,
    asked: Asked,
    asked_for: String,
}

/// What came of it.
#[derive(Debug)]
pub struct ImportEnd {
    /// Or why it did not come to its end, in a sentence.
    pub result: Result<Outcome, String>,
    /// Rows of the files taken in that were set aside, the first of them.
    pub aside: Vec<AsideRow>,
    /// Days of which not all calls came.
    pub gaps: Gaps,
    /// Whether any of them lies in the time asked for, or else in the last weeks.
    pub has_gaps: bool,
    /// "tenant 1234"
    pub asked_for: String,
}

/// The imports of a plan's sources of files, or of one of them.
pub fn imports(
    plan: &Plan,
    source: Option<&str>,
    (since, until): (Option<Date>, Option<Date>),
    stop: &CancellationToken,
) -> Result<Vec<Import>, ImportsError> {
    let known = || plan.exports.iter().map(|export| export.id.to_string());
    let wanted = plan.exports.iter();
    let wanted: Vec<_> = wanted
        .filter(|export| source.is_none_or(|wanted| export.id.as_str() == wanted))
        .collect();
    let path = match (&plan.store, source) {
        (Some(path), _) if !wanted.is_empty() => path,
        (_, Some(wanted)) if 0 < known().count() => {
            return Err(ImportsError::NoSource {
                wanted: wanted.to_owned(),
                known: known().collect(),
            });
        }
        _ => return Err(ImportsError::None),
    };
    let store = Store::open(path)?;
    let asked = Asked {
        since,
        until,
        patience: Some(PATIENCE),
    };
    let import = |export: &crate::history::import::Source| {
        let sender = watch::Sender::new(export.status());
        Import {
            id: export.id.clone(),
            status: sender.subscribe(),
            importer: Importer::new(
                export.clone(),
                store.clone(),
                path.clone(),
                sender,
                stop.clone(),
            ),
            store: store.clone(),
            asked,
            asked_for: asked_for(export),
        }
    };
    Ok(wanted.into_iter().map(import).collect())
}

impl Import {
    /// Takes in what there is.
    pub async fn run(mut self) -> ImportEnd {
        // What was set aside from here on is this import's.
        let began = jiff::Timestamp::now().as_second();
        let result = self.importer.run(self.asked).await;
        let result = result.map_err(|error| error_chain(&error));
        let set_aside = result.as_ref().map_or(0, |outcome| outcome.set_aside);
        let aside = match set_aside {
            0 => Vec::new(),
            // They are counted all the same where they cannot be read.
            _ => (self.store.set_aside_since(&self.id, began, NAMED).await).unwrap_or_default(),
        };
        // Without a database there is nothing to be incomplete.
        let gaps = self.importer.gaps().await.unwrap_or_default();
        let has_gaps = match (self.asked.since, self.asked.until) {
            (None, None) => gaps.has_recent(),
            (since, until) => gaps.has_within(since, until),
        };
        ImportEnd {
            result,
            aside,
            gaps,
            has_gaps,
            asked_for: self.asked_for,
        }
    }
}
