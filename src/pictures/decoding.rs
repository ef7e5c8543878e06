//! Decodes an upload within limits, and encodes its pixels again: nothing else of the file survives.

use std::io::Cursor;

use image::{
    DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, ImageResult, Limits,
    codecs::jpeg::JpegEncoder, metadata::Orientation,
};

use super::{BYTES_MAX, PictureFault, UPLOAD_BYTES_MAX};

/// As many as a phone's camera has. In memory, each takes up to eight bytes.
pub(super) const PIXELS_MAX: u64 = 16_000_000;
/// In pixels.
const SIDE_MAX: u32 = 10_000;
/// In bytes.
const MEMORY_MAX: u64 = 256 * 1024 * 1024;
/// The longest sides that are tried until the picture is small enough: a tile fills at most a TV. The last one always
/// is, also without compression.
const SIDES: [u32; 5] = [1920, 1280, 960, 640, 320];
const JPEG_QUALITY: u8 = 85;

/// Returns the bytes of the same picture, upright, as a PNG or JPEG of at most [`BYTES_MAX`] bytes.
pub(super) fn encode_pixels(upload: &[u8]) -> Result<Vec<u8>, PictureFault> {
    if UPLOAD_BYTES_MAX < upload.len() {
        return Err(PictureFault::TooLarge);
    }
    let (image, format) = decode(upload)?;
    let mut smallest = Vec::new();
    for side in SIDES {
        smallest = encode(&shrink(&image, side), format).map_err(|_| PictureFault::Unreadable)?;
        if smallest.len() <= BYTES_MAX {
            break;
        }
    }
    Ok(smallest)
}

/// Decodes a picture, turned as its camera was held.
pub(super) fn decode(bytes: &[u8]) -> Result<(DynamicImage, ImageFormat), PictureFault> {
    let reader = ImageReader::new(Cursor::new(bytes));
    let mut reader = (reader.with_guessed_format()).map_err(|_| PictureFault::Unreadable)?;
    let format = reader.format().ok_or(PictureFault::Unreadable)?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDE_MAX);
    limits.max_image_height = Some(SIDE_MAX);
    limits.max_alloc = Some(MEMORY_MAX);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|error| fault_of(&error))?;
    let (width, height) = decoder.dimensions();
    if PIXELS_MAX < u64::from(width) * u64::from(height) {
        return Err(PictureFault::TooManyPixels);
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut image = DynamicImage::from_decoder(decoder).map_err(|error| fault_of(&error))?;
    image.apply_orientation(orientation);
    Ok((image, format))
}

fn fault_of(error: &ImageError) -> PictureFault {
    match error {
        ImageError::Limits(_) => PictureFault::TooManyPixels,
        _ => PictureFault::Unreadable,
    }
}

fn shrink(image: &DynamicImage, side: u32) -> DynamicImage {
    if image.width().max(image.height()) <= side {
        return image.clone();
    }
    image.thumbnail(side, side)
}

/// Keeps lossless what was lossless, if it's small enough so, and what is transparent.
fn encode(image: &DynamicImage, format: ImageFormat) -> ImageResult<Vec<u8>> {
    let mut bytes = Cursor::new(Vec::new());
    if is_transparent(image) {
        image.to_rgba8().write_to(&mut bytes, ImageFormat::Png)?;
        return Ok(bytes.into_inner());
    }
    let image = image.to_rgb8();
    if format != ImageFormat::Jpeg {
        image.write_to(&mut bytes, ImageFormat::Png)?;
        if bytes.get_ref().len() <= BYTES_MAX {
            return Ok(bytes.into_inner());
        }
    }
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY).encode_image(&image)?;
    Ok(bytes)
}

fn is_transparent(image: &DynamicImage) -> bool {
    let has_alpha = image.color().has_alpha();
    has_alpha && image.to_rgba8().pixels().any(|pixel| pixel.0[3] < u8::MAX)
}
