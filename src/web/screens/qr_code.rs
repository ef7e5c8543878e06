//! A QR code of an address, as the path of an SVG image. The page's style draws it.

use std::{
    collections::HashMap,
    fmt::Write,
    sync::{Arc, LazyLock},
};

use parking_lot::Mutex;
use qrcode::{Color, EcLevel, QrCode};

/// Light modules on each side, without which phones don't find the code.
const QUIET_ZONE: usize = 4;
/// Maximum number of shared images, and of characters of an address: a few megabytes.
const IMAGES_MAX: usize = 1_000;
const ADDRESS_LENGTH_MAX: usize = 200;

/// The images of boards' addresses. Making one takes longer than the rest of a page.
static IMAGES: LazyLock<Mutex<HashMap<String, Arc<QrImage>>>> = LazyLock::new(Mutex::default);

#[derive(Debug)]
pub(in crate::web) struct QrImage {
    /// The width and height, in modules.
    pub(in crate::web) size: usize,
    /// The dark modules: a path of runs, one module high.
    pub(in crate::web) path: String,
}

/// The image of an address that isn't secret, made once. `None` if the address is too long.
pub(in crate::web) fn shared_qr_image(address: &str) -> Option<Arc<QrImage>> {
    let images = || IMAGES.lock();
    if let Some(image) = images().get(address) {
        return Some(Arc::clone(image));
    }
    let image = Arc::new(qr_image(address)?);
    if address.len() <= ADDRESS_LENGTH_MAX {
        let mut images = images();
        // Anyone can ask for a page by many names of the host.
        if IMAGES_MAX <= images.len() {
            images.clear();
        }
        images.insert(address.to_owned(), Arc::clone(&image));
    }
    Some(image)
}

/// `None` if the address is too long for a QR code.
pub(in crate::web) fn qr_image(address: &str) -> Option<QrImage> {
    let code = QrCode::with_error_correction_level(address, EcLevel::M).ok()?;
    let width = code.width();
    let mut path = String::new();
    for (y, row) in code.to_colors().chunks(width).enumerate() {
        let mut x = 0;
        while let Some(start) = (x..width).find(|x| row[*x] == Color::Dark) {
            let end = (start..width).find(|x| row[*x] == Color::Light);
            x = end.unwrap_or(width);
            // Writing to a string never fails.
            let (left, top, length) = (start + QUIET_ZONE, y + QUIET_ZONE, x - start);
            write!(path, "M{left} {top}h{length}v1h-{length}z").ok();
        }
    }
    Some(QrImage {
        size: width + 2 * QUIET_ZONE,
        path,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finder_patterns_are_inside_the_quiet_zone() {
        let image = qr_image("https://wall.example.org/boards/queues").unwrap();

        // The top row of the left finder pattern is seven dark modules.
        assert!(image.path.starts_with("M4 4h7v1h-7z"), "{}", image.path);
        assert_eq!(image.size, 29 + 8);
    }

    #[test]
    fn shared_images_are_made_once_and_bounded() {
        let first = shared_qr_image("https://wall.example.org/boards/1").unwrap();
        let again = shared_qr_image("https://wall.example.org/boards/1").unwrap();
        let other = shared_qr_image("https://wall.example.org/boards/2").unwrap();
        for n in 0..=IMAGES_MAX {
            shared_qr_image(&format!("http://host-{n}/"));
        }
        let long = "x".repeat(ADDRESS_LENGTH_MAX + 1);

        assert!(Arc::ptr_eq(&first, &again));
        assert_ne!(first.path, other.path);
        assert!(shared_qr_image(&long).is_some());
        let images = IMAGES.lock();
        assert!(images.len() <= IMAGES_MAX && !images.contains_key(&long));
    }

    #[test]
    fn address_that_is_too_long_has_no_code() {
        assert!(qr_image(&"x".repeat(5000)).is_none());
    }
}
