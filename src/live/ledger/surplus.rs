//! Estimated abandons: there is no event when a visitor leaves. When unopened
//! cases outnumber the visitors in queue for long enough, the surplus has gone.

use crate::domain::Mono;

/// Watches how many more cases wait than visitors do.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Surplus {
    watch: Option<Watch>,
}

#[derive(Clone, Copy, Debug)]
struct Watch {
    since: Mono,
    /// The smallest surplus in all that time: that many are surely gone.
    least: usize,
}

impl Surplus {
    /// Takes in the surplus of now; `None` where it cannot be known. Returns how
    /// many have gone by now.
    pub(crate) fn observe(&mut self, surplus: Option<usize>, hold: i64, now: Mono) -> usize {
        let Some(surplus) = surplus.filter(|n| *n > 0) else {
            self.watch = None;
            return 0;
        };
        let watch = self.watch.get_or_insert(Watch {
            since: now,
            least: surplus,
        });
        watch.least = watch.least.min(surplus);
        if now.since(watch.since) < hold {
            return 0;
        }
        let gone = watch.least;
        self.watch = (surplus > gone).then_some(Watch {
            since: now,
            least: surplus - gone,
        });
        gone
    }

    pub(crate) fn due(&self, hold: i64) -> Option<Mono> {
        self.watch.map(|watch| watch.since.plus(hold))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_surplus_that_lasts_has_gone() {
        let mut surplus = Surplus::default();

        assert_eq!(surplus.observe(Some(2), 30_000, Mono(0)), 0);
        assert_eq!(surplus.observe(Some(1), 30_000, Mono(10_000)), 0);
        assert_eq!(surplus.observe(Some(3), 30_000, Mono(29_999)), 0);
        assert_eq!(surplus.observe(Some(3), 30_000, Mono(30_000)), 1);
        assert_eq!(surplus.observe(Some(2), 30_000, Mono(59_000)), 0);
        assert_eq!(surplus.observe(Some(2), 30_000, Mono(60_000)), 2);
    }

    #[test]
    fn a_moment_without_surplus_or_knowledge_starts_anew() {
        let mut surplus = Surplus::default();
        surplus.observe(Some(2), 30_000, Mono(0));
        surplus.observe(None, 30_000, Mono(20_000));

        assert_eq!(surplus.observe(Some(2), 30_000, Mono(31_000)), 0);
    }
}
