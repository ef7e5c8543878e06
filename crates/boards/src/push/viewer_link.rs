//! The link between a paired screen's socket and the desk: orders in one direction, reports in the
//! other. Other viewers have none, so it costs them nothing.

use jiff::Timestamp;
use tokio::sync::watch;

use wallboard_domain::{ScreenOrder, ScreenReport};

use super::publisher::wait_for_change;

/// A socket's end of the link. While it lives, the socket is open.
#[derive(Debug)]
pub struct ViewerLink {
    pub orders: watch::Receiver<Option<ScreenOrder>>,
    pub reports: watch::Sender<Option<ScreenReport>>,
}

impl ViewerLink {
    /// Passes on what a viewer says about itself. It may say anything.
    pub(super) fn report_status(&self, lag_ms: Option<f64>, visibility: Option<u8>) {
        self.reports.send_replace(Some(ScreenReport {
            at: Timestamp::now(),
            lag_ms: lag_ms.map(saturate_millis),
            is_visible: visibility != Some(0),
        }));
    }
}

/// Waits for the next order. Without a link, there's none.
pub(super) async fn next_order(link: &mut Option<ViewerLink>) -> ScreenOrder {
    let Some(link) = link else {
        return std::future::pending().await;
    };
    loop {
        wait_for_change(&mut link.orders).await;
        let order = link.orders.borrow_and_update().clone();
        if let Some(order) = order {
            return order;
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast saturates, and that is wanted"
)]
fn saturate_millis(millis: f64) -> u32 {
    millis.round() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_of_any_size_is_a_number() {
        for (reported, lag) in [(0.4, 0), (119.6, 120), (-5.0, 0), (1e300, u32::MAX)] {
            assert_eq!(saturate_millis(reported), lag);
        }
    }
}
