//! `wallboard demo`: the whole product on simulated upstreams.

use std::net::SocketAddr;

use clap::Args;

use crate::app::Plan;

use super::{Failure, work};

/// Show a simulated contact centre; nothing needs to be set up
#[derive(Debug, Args)]
pub(super) struct Demo {
    /// Where to answer
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
}

impl Demo {
    pub(super) async fn run(self) -> Result<(), Failure> {
        work(Plan::demo(self.listen), |app| {
            println!("Open http://{}/ for the demo; Ctrl-C ends it", app.address);
        })
        .await
    }
}
