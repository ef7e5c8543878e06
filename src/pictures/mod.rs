//! Pictures that people upload for boards: decoded within limits, encoded again, and kept as records. Knows neither
//! boards' files nor pages.

mod decoding;
mod picture;
mod picture_fault;
#[expect(
    clippy::module_inception,
    reason = "the handle has the name of what it holds"
)]
mod pictures;
#[cfg(test)]
mod tests;

pub use picture::{BYTES_MAX, Picture};
pub use picture_fault::{PictureError, PictureFault};
pub use pictures::{PICTURES_MAX, Pictures};

/// The largest upload, in bytes.
pub const UPLOAD_BYTES_MAX: usize = 2_000_000;
