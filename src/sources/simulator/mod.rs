//! The demo's upstream: a simulated Vngage site that speaks the vendor's own
//! JSON and is read by the real decoder.

mod agenda;
mod cast;
mod centre;
mod chatter;
mod demand;
mod dice;
mod floor;
mod runner;
mod truth;
mod wire;

pub use centre::{Centre, Script};
pub use runner::{Settings, Simulator, SimulatorError};
pub use truth::{GroupTruth, TallyTruth, Truth};
pub use wire::Message;

#[cfg(test)]
mod tests;
