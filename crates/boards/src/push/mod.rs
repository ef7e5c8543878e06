//! Live updates for viewers: published views, frames that are encoded once, and viewers at their
//! own pace. Depends on boards but not on their subjects.

pub mod deflate_offer;
mod fan_out;
mod frame_allowance;
mod frame_batch;
mod frame_ring;
mod hub;
pub mod message_deflate;
pub mod message_reader;
pub mod protocol;
mod published_view;
mod publisher;
mod renderer;
#[cfg(test)]
pub(crate) mod simulated_screens;
#[cfg(test)]
mod test_board;
mod traffic;
mod viewer_link;
mod viewer_session;
mod viewer_socket;
mod wire_frame;

pub use hub::{Hub, HubLimits, ViewerPermit, ViewerRequest};
pub use publisher::Publisher;
pub use renderer::{RenderedUpdate, Renderer};
pub use traffic::Traffic;
pub use viewer_link::ViewerLink;
pub use viewer_session::{Revocation, RevocationFuture};
