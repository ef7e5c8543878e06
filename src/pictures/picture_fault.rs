//! Why a picture can't be added.

use wallboard_store::{DocumentError, RecordError};

use super::{PICTURES_MAX, decoding::PIXELS_MAX};

/// The fault of an uploaded picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PictureFault {
    #[error("is larger than 2 MB; make it smaller")]
    TooLarge,
    #[error("is no PNG, JPEG or WebP picture that can be read; save it as one of these")]
    Unreadable,
    #[error("has more than {} million pixels; make it smaller", PIXELS_MAX / 1_000_000)]
    TooManyPixels,
    #[error("is one too many: {PICTURES_MAX} are kept; remove one from the boards that show it")]
    TooMany,
}

/// Why a picture wasn't added.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    #[error(transparent)]
    Fault(#[from] PictureFault),
    #[error("the picture's record")]
    Document(#[from] DocumentError),
    #[error("couldn't read or write the pictures")]
    Records(#[from] RecordError),
}
