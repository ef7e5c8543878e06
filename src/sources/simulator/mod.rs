//! The demo's upstreams: a simulated Vngage site and a simulated Genesys, which speak
//! their vendors' own JSON and are read by the real decoders.

mod agenda;
mod cast;
mod centre;
mod chatter;
mod demand;
mod dice;
mod floor;
mod runner;
mod site;
mod truth;
pub mod voice;
mod wire;

pub use centre::{Centre, Script};
pub use runner::{Settings, Simulator, SimulatorError};
pub use site::site;
pub use truth::{GroupTruth, TallyTruth, Truth};
pub use wire::Message;

#[cfg(test)]
mod tests;
