//! The whole product against real upstreams: one binary, one file per capability.
//! What it needs (RabbitMQ) is installed by `scripts/install`.
#![expect(
    clippy::unwrap_used,
    reason = "a test says best where it broke by panicking there; helpers are tests too"
)]

mod support;
mod support_tests;
