//! Faults of a batch, each with its place.

/// A fault and its fix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchFault {
    /// The place as a JSON Pointer (RFC 6901): `/queues/0/metrics/waiting`.
    pub pointer: String,
    /// A sentence for the author of the batch.
    pub detail: String,
}

/// The faults that one answer lists. Further ones are left out.
pub(super) const FAULTS_MAX: usize = 20;

/// Collects the faults of a batch.
#[derive(Debug, Default)]
pub(super) struct BatchFaults(pub(super) Vec<BatchFault>);

impl BatchFaults {
    pub(super) fn report(&mut self, pointer: &str, detail: impl Into<String>) {
        if self.0.len() < FAULTS_MAX {
            self.0.push(BatchFault {
                pointer: pointer.to_owned(),
                detail: detail.into(),
            });
        }
    }
}

/// Returns the place of a key below another one.
pub(super) fn child_of(pointer: &str, key: impl std::fmt::Display) -> String {
    let key = key.to_string().replace('~', "~0").replace('/', "~1");
    format!("{pointer}/{key}")
}
