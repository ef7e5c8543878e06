//! The next files of exports, as this node and the others of a cluster know them: any of them may import.

use std::{collections::BTreeMap, fmt, sync::Arc};

use jiff::Timestamp;

use wallboard_alerts::{AlertBook, AlertSubject};
use wallboard_domain::SourceId;
use wallboard_history::import::{FileState, ImportRegistry};

type ReadElsewhere = Arc<dyn Fn() -> FilesElsewhere + Send + Sync>;

/// The next files of all exports. Cheap to clone.
#[derive(Clone, Default)]
pub struct ExportFiles {
    imports: ImportRegistry,
    elsewhere: Option<ReadElsewhere>,
}

/// The files as the other nodes report them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FilesElsewhere {
    /// Those of each node that reports; a source can be among them several times.
    pub files: Vec<(SourceId, FileState)>,
    /// Whether a node that imports still reports. Otherwise nobody knows which files are missing.
    pub has_importer: bool,
}

impl ExportFiles {
    pub fn new(imports: ImportRegistry) -> Self {
        Self {
            imports,
            elsewhere: None,
        }
    }

    /// The same, with those that other nodes import.
    #[must_use]
    pub fn with_nodes(
        self,
        elsewhere: impl Fn() -> FilesElsewhere + Send + Sync + 'static,
    ) -> Self {
        Self {
            elsewhere: Some(Arc::new(elsewhere)),
            ..self
        }
    }

    /// Returns the state of each source's next file. One that is late at one node is late: its history lacks the day.
    pub(super) fn list(&self, book: &AlertBook, now: Timestamp) -> BTreeMap<SourceId, FileState> {
        let own = self.imports.list_files(now);
        let elsewhere = self.elsewhere.as_ref().map(|read| read());
        let has_importer = !own.is_empty() || elsewhere.as_ref().is_none_or(|one| one.has_importer);
        let mut states: BTreeMap<SourceId, FileState> = BTreeMap::new();
        let all = own.into_iter();
        for (id, state) in all.chain(elsewhere.unwrap_or_default().files) {
            let known = states.entry(id).or_insert(FileState::Unknown);
            *known = combine(*known, state);
        }
        if !has_importer {
            let open = book.open().iter().filter_map(|alert| match &alert.subject {
                AlertSubject::Import(id) => Some(id.clone()),
                _ => None,
            });
            for id in open {
                states.entry(id).or_insert(FileState::Unknown);
            }
        }
        states
    }
}

/// The state of a file that two nodes know.
fn combine(one: FileState, other: FileState) -> FileState {
    match (one, other) {
        (FileState::Late(one), FileState::Late(other)) => FileState::Late(one.min(other)),
        (late @ FileState::Late(_), _) | (_, late @ FileState::Late(_)) => late,
        (FileState::Expected, _) | (_, FileState::Expected) => FileState::Expected,
        (FileState::Unknown, FileState::Unknown) => FileState::Unknown,
    }
}

impl fmt::Debug for ExportFiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExportFiles")
            .field("imports", &self.imports)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use parking_lot::Mutex;
    use wallboard_alerts::{AlertRule, AlertScope, Dwell, QueueStates};
    use wallboard_domain::Pattern;
    use wallboard_live::{LiveState, testing::morning_moment};

    use super::*;
    use crate::{
        alerts::{AlertSurroundings, other_readings::read_others, tests::queue_rule},
        forecasts::Forecasts,
    };

    /// A leader without imports, and what the others report.
    struct Leader {
        elsewhere: Arc<Mutex<FilesElsewhere>>,
        surroundings: AlertSurroundings,
        rule: AlertRule,
        book: AlertBook,
        dwell: Dwell,
        seconds: i64,
    }

    impl Leader {
        fn new() -> Self {
            let elsewhere = Arc::new(Mutex::new(FilesElsewhere::default()));
            let shared = Arc::clone(&elsewhere);
            Self {
                elsewhere,
                surroundings: AlertSurroundings {
                    files: ExportFiles::default().with_nodes(move || shared.lock().clone()),
                    forecasts: Forecasts::default(),
                    is_cluster: true,
                },
                rule: AlertRule {
                    scope: AlertScope::Imports(vec![Pattern("*".to_owned())]),
                    ..queue_rule("late")
                },
                book: AlertBook::default(),
                dwell: Dwell::default(),
                seconds: 0,
            }
        }

        /// Lets a minute pass in which nodes report these states of one export. Returns whether an alert is open, and
        /// confirmed.
        fn hear(&mut self, states: &[FileState], has_importer: bool) -> (bool, bool) {
            let files = states.iter().map(|state| ("calls".into(), *state));
            *self.elsewhere.lock() = FilesElsewhere {
                files: files.collect(),
                has_importer,
            };
            let (state, rules) = (LiveState::default(), std::slice::from_ref(&self.rule));
            for _ in 0..60 {
                self.seconds += 1;
                let now = morning_moment().plus_millis(self.seconds * 1_000);
                let snapshot = state.snapshot();
                let zone = &snapshot.site.zone;
                let (around, book) = (&self.surroundings, &self.book);
                let others = read_others(around, None, rules, zone, book, now.wall);
                let found = QueueStates::default().find_alerts(
                    snapshot,
                    now,
                    rules,
                    &others,
                    &self.book,
                    &self.dwell,
                );
                let new_id = || wallboard_alerts::AlertId(uuid::Uuid::from_u128(1));
                (self.book).advance(rules, &found, &mut self.dwell, now, new_id);
            }
            let open = self.book.open().first();
            let is_confirmed = open.is_some_and(|alert| alert.unconfirmed_since.is_none());
            (open.is_some(), is_confirmed)
        }
    }

    #[test]
    fn a_leader_without_imports_alerts_by_what_others_report() {
        let mut leader = Leader::new();
        let late = FileState::Late(morning_moment().wall);
        assert_eq!(leader.hear(&[], true), (false, false));
        assert_eq!(leader.hear(&[FileState::Unknown], true), (false, false));
        assert_eq!(
            leader.hear(&[FileState::Expected, late], true),
            (true, true)
        );
        // The node that imports is gone, and nobody knows.
        assert_eq!(leader.hear(&[], false), (true, false));
        assert_eq!(leader.hear(&[FileState::Unknown], true), (true, false));
        assert_eq!(leader.hear(&[late], true), (true, true));
        assert_eq!(leader.hear(&[FileState::Expected], true), (false, false));
        // No node has the export any longer.
        assert_eq!(leader.hear(&[late], true), (true, true));
        assert_eq!(leader.hear(&[], true), (false, false));
    }
}
