//! A QR code of an address, as the path of an SVG image. The page's style draws it.

use std::fmt::Write;

use qrcode::{Color, EcLevel, QrCode};

/// Light modules on each side, without which phones don't find the code.
const QUIET_ZONE: usize = 4;

pub(super) struct QrImage {
    /// The width and height, in modules.
    pub(super) size: usize,
    /// The dark modules: a path of runs, one module high.
    pub(super) path: String,
}

/// `None` if the address is too long for a QR code.
pub(super) fn qr_image(address: &str) -> Option<QrImage> {
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
    fn address_that_is_too_long_has_no_code() {
        assert!(qr_image(&"x".repeat(5000)).is_none());
    }
}
