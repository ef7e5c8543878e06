//! One request: which statistics are asked for in it.

/// Statistics by their places in the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum GmsRequest {
    /// By `/statistics`; one that is not defined spoils it for all.
    Batch(Vec<usize>),
    /// By `/statistic` or `/internal_statistic`.
    Single(usize),
}

impl GmsRequest {
    pub(super) fn members(&self) -> &[usize] {
        match self {
            Self::Batch(members) => members,
            Self::Single(member) => std::slice::from_ref(member),
        }
    }

    /// Both halves of a batch; `None` for what is asked for alone.
    pub(super) fn split_halves(&self) -> Option<[GmsRequest; 2]> {
        let Self::Batch(members) = self else {
            return None;
        };
        let (first, second) = members.split_at(members.len() / 2);
        Some([first, second].map(Self::for_members))
    }

    /// The one question for `members`.
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
    fn a_batch_is_halved_until_each_is_asked_for_alone() {
        let halves = GmsRequest::for_members(&[4, 5, 6]).split_halves();

        assert_eq!(
            halves,
            Some([GmsRequest::Single(4), GmsRequest::Batch(vec![5, 6])])
        );
        assert_eq!(GmsRequest::Single(4).split_halves(), None);
    }
}
