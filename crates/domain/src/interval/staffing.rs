//! The time of the agents who staff a queue or the site.

use super::super::counters::quotient;

/// Seconds of agents in an interval. Over several queues it can't be added: an agent of two would
/// count twice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Staffing {
    pub logged_in: i64,
    pub ready: i64,
    /// Talk, wrap-up and other calls, in any queue.
    pub busy: i64,
    /// Busy or ringing.
    pub engaged: i64,
    /// The seconds of the intervals that this was measured in.
    pub measured: i64,
}

impl Staffing {
    /// Adds another interval of the same queue, or another agent in the same interval.
    pub fn merge(&mut self, more: &Self) {
        self.logged_in += more.logged_in;
        self.ready += more.ready;
        self.busy += more.busy;
        self.engaged += more.engaged;
        self.measured += more.measured;
    }

    /// How many agents were signed in, on average over the time.
    pub fn staffed_agents(&self) -> Option<f64> {
        quotient(self.logged_in, self.measured)
    }

    /// Percent busy of the time that was busy, ringing or ready.
    pub fn occupancy(&self) -> Option<f64> {
        quotient(self.busy * 100, self.engaged + self.ready)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn staffed_agents_are_a_mean_over_the_measured_time() {
        let quarter = |logged_in| Staffing {
            logged_in,
            ready: logged_in / 2,
            busy: logged_in / 4,
            engaged: logged_in / 2,
            measured: 900,
        };
        let mut hour = quarter(3_600);
        hour.merge(&quarter(1_800));

        assert_eq!(hour.staffed_agents(), Some(3.0));
        assert_eq!(hour.occupancy(), Some(25.0));
        assert_eq!(Staffing::default().staffed_agents(), None);
    }
}
