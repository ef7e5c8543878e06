//! One request and the statistics in it.

/// Statistics by their indices in the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum GmsRequest {
    /// Sent to `/statistics`. One undefined statistic makes the whole batch fail.
    Batch(Vec<usize>),
    /// Sent to `/statistic` or `/internal_statistic`.
    Single(usize),
}

impl GmsRequest {
    pub(super) fn members(&self) -> &[usize] {
        match self {
            Self::Batch(members) => members,
            Self::Single(member) => std::slice::from_ref(member),
        }
    }

    /// Splits a batch into halves. Returns `None` for a single statistic.
    pub(super) fn split_halves(&self) -> Option<[GmsRequest; 2]> {
        let Self::Batch(members) = self else {
            return None;
        };
        let (first, second) = members.split_at(members.len() / 2);
        Some([first, second].map(Self::for_members))
    }

    /// Creates one request for `members`.
    pub(super) fn for_members(members: &[usize]) -> GmsRequest {
        match members {
            [member] => Self::Single(*member),
            _ => Self::Batch(members.to_vec()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batch_splits_in_halves_down_to_single_requests() {
        let halves = GmsRequest::for_members(&[4, 5, 6]).split_halves();

        assert_eq!(
            halves,
            Some([GmsRequest::Single(4), GmsRequest::Batch(vec![5, 6])])
        );
        assert_eq!(GmsRequest::Single(4).split_halves(), None);
    }
}
