//! One request: which statistics are asked for in it.

/// Statistics by their places in the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Question {
    /// By `/statistics`; one that is not defined spoils it for all.
    Batch(Vec<usize>),
    /// By `/statistic` or `/internal_statistic`.
    Alone(usize),
}

impl Question {
    pub(super) fn members(&self) -> &[usize] {
        match self {
            Self::Batch(members) => members,
            Self::Alone(member) => std::slice::from_ref(member),
        }
    }

    /// Both halves of a batch; `None` for what is asked for alone.
    pub(super) fn halves(&self) -> Option<[Question; 2]> {
        let Self::Batch(members) = self else {
            return None;
        };
        let (first, second) = members.split_at(members.len() / 2);
        Some([first, second].map(Self::of))
    }

    /// The one question for `members`.
    pub(super) fn of(members: &[usize]) -> Question {
        match members {
            [member] => Self::Alone(*member),
            _ => Self::Batch(members.to_vec()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_is_halved_until_each_is_asked_for_alone() {
        let halves = Question::of(&[4, 5, 6]).halves();

        assert_eq!(
            halves,
            Some([Question::Alone(4), Question::Batch(vec![5, 6])])
        );
        assert_eq!(Question::Alone(4).halves(), None);
    }
}
