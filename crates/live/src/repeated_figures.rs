//! Groups that tell nothing that one of their queues doesn't.

use wallboard_domain::{Metric, MetricValue};

/// Whether each figure of a group is one of a member, so that the group tells nothing new. A clock may
/// have been read a moment later.
pub fn repeats_member(
    group: impl IntoIterator<Item = (Metric, MetricValue)>,
    member: &[(Metric, MetricValue)],
) -> bool {
    let mut group = group.into_iter();
    group.all(|(metric, value)| {
        let mut same = member.iter().filter(|(of, _)| *of == metric);
        same.any(|(_, theirs)| (value.as_number() - theirs.as_number()).abs() < 1.0)
    })
}
