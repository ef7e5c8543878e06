//! Pictures, and the editor's form with one, as a browser sends it.

use std::io::Cursor;

use image::{ImageFormat, Rgb, RgbImage};
use reqwest::{RequestBuilder, header};

const BOUNDARY: &str = "----boundary-of-a-test";

/// A PNG of a frame around a ground.
pub fn picture(width: u32, height: u32) -> Vec<u8> {
    let image = RgbImage::from_fn(width, height, |x, y| {
        let is_frame = x.min(y) < 8 || width - 8 <= x || height - 8 <= y;
        Rgb(if is_frame {
            [255, 200, 0]
        } else {
            [20, 60, 120]
        })
    });
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// Adds a form with a file in one of its fields.
pub fn with_file(
    request: RequestBuilder,
    fields: &[(&str, &str)],
    field: &str,
    file: &[u8],
) -> RequestBuilder {
    let mut body = Vec::new();
    for (name, value) in fields {
        let part = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
        );
        body.extend(part.into_bytes());
    }
    let head = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"a.png\"\r\n\
         Content-Type: image/png\r\n\r\n"
    );
    body.extend(head.into_bytes());
    body.extend(file);
    body.extend(format!("\r\n--{BOUNDARY}--\r\n").into_bytes());
    let kind = format!("multipart/form-data; boundary={BOUNDARY}");
    request
        .header("sec-fetch-site", "same-origin")
        .header(header::CONTENT_TYPE, kind)
        .body(body)
}
