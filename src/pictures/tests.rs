//! Uploads of every kind, also hostile ones, and pictures as records.

use std::io::Cursor;

use flate2::Crc;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use jiff::{SignedDuration, Timestamp};

use wallboard_access::{AuditActor, AuditTrail};
use wallboard_boards::PictureId;
use wallboard_runtime::nats::{NatsConnection, NatsSettings, test_server::NatsServer};
use wallboard_store::{RecordStore, Store};

use super::{
    BYTES_MAX, PICTURES_MAX, Picture, PictureError, PictureFault, Pictures, UPLOAD_BYTES_MAX,
};

const SECRET: &[u8] = b"<script>59.33 N</script>";

fn gradient(width: u32, height: u32) -> RgbImage {
    let share = |at: u32, of: u32| u8::try_from(at * 255 / of).unwrap();
    RgbImage::from_fn(width, height, |x, y| {
        Rgb([share(x, width), share(y, height), 120])
    })
}

/// Pixels that nothing compresses.
fn noise(width: u32, height: u32) -> RgbImage {
    let mut state = 1_u32;
    RgbImage::from_fn(width, height, |_, _| {
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state.to_be_bytes()[0]
        };
        Rgb([next(), next(), next()])
    })
}

fn write(image: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.into().write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn read(picture: &Picture) -> DynamicImage {
    image::load_from_memory(&picture.bytes).unwrap()
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// A PNG's chunk.
fn chunk(kind: [u8; 4], data: &[u8]) -> Vec<u8> {
    let mut crc = Crc::new();
    crc.update(&kind);
    crc.update(data);
    let length = u32::try_from(data.len()).unwrap().to_be_bytes();
    [&length[..], &kind, data, &crc.sum().to_be_bytes()].concat()
}

/// The same PNG with a chunk after its header, which says that it's as large as this.
fn edit_png(png: &[u8], size: Option<(u32, u32)>, added: &[u8]) -> Vec<u8> {
    let (start, header, rest) = (&png[..8], &png[16..29], &png[33..]);
    let mut header = header.to_vec();
    if let Some((width, height)) = size {
        header[..4].copy_from_slice(&width.to_be_bytes());
        header[4..8].copy_from_slice(&height.to_be_bytes());
    }
    [start, &chunk(*b"IHDR", &header), added, rest].concat()
}

/// The same JPEG with Exif data: its camera was held upright, and it has a secret.
fn add_exif(jpeg: &[u8]) -> Vec<u8> {
    let orientation = [0x12, 0x01, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0];
    let tiff = [b"II*\0\x08\0\0\0\x01\0", &orientation[..], &[0; 4], SECRET].concat();
    let exif = [b"Exif\0\0", &tiff[..]].concat();
    let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    [
        &jpeg[..2],
        &[0xff, 0xe1],
        &length,
        &exif,
        &jpeg[2..],
        SECRET,
    ]
    .concat()
}

#[test]
fn nothing_of_a_file_but_its_pixels_survives() {
    let image = gradient(40, 20);
    let png = write(image.clone(), ImageFormat::Png);
    let text = chunk(*b"tEXt", &[b"Author\0", SECRET].concat());
    let hostile = [edit_png(&png, None, &text), SECRET.to_vec()].concat();
    assert!(contains(&hostile, SECRET));
    let made = Picture::of_upload(&hostile).unwrap();
    assert_eq!(made.media_type(), "image/png");
    assert!(!contains(&made.bytes, SECRET) && !contains(&made.bytes, b"tEXt"));
    assert_eq!(read(&made).to_rgb8(), image, "PNG is lossless");

    let hostile = add_exif(&write(image.clone(), ImageFormat::Jpeg));
    assert!(contains(&hostile, SECRET));
    let made = Picture::of_upload(&hostile).unwrap();
    assert_eq!(made.media_type(), "image/jpeg");
    assert!(!contains(&made.bytes, SECRET) && !contains(&made.bytes, b"Exif"));
    let turned = read(&made);
    assert_eq!((turned.width(), turned.height()), (20, 40), "upright");

    let webp = write(image.clone(), ImageFormat::WebP);
    let made = Picture::of_upload(&webp).unwrap();
    assert_eq!(made.media_type(), "image/png");
    assert_eq!(read(&made).to_rgb8(), image);
    assert_eq!(made.file_name(), format!("{}.png", made.id));
}

#[test]
fn transparent_pixels_stay_transparent() {
    let image = RgbaImage::from_pixel(3, 3, Rgba([200, 0, 0, 128]));
    for format in [ImageFormat::Png, ImageFormat::WebP] {
        let made = Picture::of_upload(&write(image.clone(), format)).unwrap();
        assert_eq!(read(&made).to_rgba8(), image, "{format:?}");
    }
}

#[test]
fn pictures_are_made_as_small_as_a_record() {
    let photo = write(noise(2400, 400), ImageFormat::Jpeg);
    assert!(photo.len() < UPLOAD_BYTES_MAX, "{}", photo.len());
    let made = Picture::of_upload(&photo).unwrap();
    assert!(made.bytes.len() <= BYTES_MAX, "{}", made.bytes.len());
    let (width, height) = (read(&made).width(), read(&made).height());
    assert!(
        width <= 1920 && width.abs_diff(height * 6) < 6,
        "{width} x {height}"
    );

    let opaque = write(noise(420, 420), ImageFormat::Png);
    let made = Picture::of_upload(&opaque).unwrap();
    assert_eq!(made.media_type(), "image/jpeg", "too large as PNG");
    assert_eq!(read(&made).width(), 420);

    let mut glass = DynamicImage::from(noise(640, 640)).to_rgba8();
    glass.pixels_mut().for_each(|pixel| pixel.0[3] = pixel.0[0]);
    let made = Picture::of_upload(&write(glass, ImageFormat::Png)).unwrap();
    assert!(made.bytes.len() <= BYTES_MAX);
    assert_eq!((made.media_type(), read(&made).width()), ("image/png", 320));
}

#[test]
fn what_is_no_picture_or_too_large_is_refused() {
    let png = write(gradient(40, 20), ImageFormat::Png);
    let bomb = |width, height| edit_png(&png, Some((width, height)), &[]);
    let gif = b"GIF89a\x01\0\x01\0\0\0\0;".to_vec();
    for (what, upload, fault) in [
        ("nothing", Vec::new(), PictureFault::Unreadable),
        (
            "a page",
            b"<!DOCTYPE html><p>".to_vec(),
            PictureFault::Unreadable,
        ),
        (
            "an SVG",
            b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec(),
            PictureFault::Unreadable,
        ),
        ("a GIF", gif, PictureFault::Unreadable),
        ("half a PNG", png[..60].to_vec(), PictureFault::Unreadable),
        ("a PNG's begin", png[..8].to_vec(), PictureFault::Unreadable),
        ("a bomb", bomb(60_000, 60_000), PictureFault::TooManyPixels),
        (
            "a wide bomb",
            bomb(u32::MAX / 2, 1),
            PictureFault::TooManyPixels,
        ),
        (
            "a large bomb",
            bomb(9_000, 9_000),
            PictureFault::TooManyPixels,
        ),
        ("10 MB", vec![0x89; 10_000_000], PictureFault::TooLarge),
    ] {
        assert_eq!(Picture::of_upload(&upload), Err(fault), "{what}");
    }
    let exported = Picture::of_export(b"<svg/>".to_vec());
    assert_eq!(exported, Err(PictureFault::Unreadable));
}

fn open() -> (tempfile::TempDir, Pictures) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("wallboard.db")).unwrap();
    let records = RecordStore::embedded(store.clone());
    (folder, Pictures::new(records, AuditTrail::new(store)))
}

/// A PNG of one pixel.
fn pixel(number: u8) -> Vec<u8> {
    let pixel = RgbImage::from_pixel(1, 1, Rgb([number, 0, 0]));
    write(pixel, ImageFormat::Png)
}

async fn add(
    pictures: &Pictures,
    number: u8,
    used: &[&PictureId],
    at: Timestamp,
) -> Result<PictureId, PictureError> {
    let is_used = |id: &str| used.iter().any(|one| one.as_str() == id);
    let by = AuditActor::command_line();
    pictures.add(pixel(number), is_used, &by, at).await
}

#[tokio::test]
async fn picture_is_found_by_its_content_and_stored_once() {
    let (_folder, pictures) = open();
    let now = Timestamp::now();
    let first = add(&pictures, 1, &[], now).await.unwrap();
    let again = add(&pictures, 1, &[], now).await.unwrap();
    assert_eq!(first, again);
    let listed = pictures.list().await.unwrap();
    assert_eq!(listed.len(), 1);
    let found = pictures.find(&first).await.unwrap();
    assert_eq!(found.as_ref(), Some(&listed[0]));
    let other = PictureId::parse(&"0".repeat(32)).unwrap();
    assert_eq!(pictures.find(&other).await.unwrap(), None);
}

#[tokio::test]
async fn pictures_that_nothing_shows_are_removed_a_day_later() {
    let (_folder, pictures) = open();
    let now = Timestamp::now();
    let [before, day] = [23, 25].map(|hours| now + SignedDuration::from_hours(hours));
    let first = add(&pictures, 1, &[], now).await.unwrap();
    let shown = add(&pictures, 2, &[], now).await.unwrap();
    add(&pictures, 3, &[&shown], before).await.unwrap();
    assert_eq!(pictures.list().await.unwrap().len(), 3);

    add(&pictures, 4, &[&shown], day).await.unwrap();
    let kept = pictures.list().await.unwrap();
    assert_eq!(kept.len(), 3);
    assert!(kept.iter().all(|one| one.id != first));
    assert!(kept.iter().any(|one| one.id == shown));
}

#[tokio::test]
async fn number_of_pictures_is_bounded() {
    let (_folder, pictures) = open();
    let now = Timestamp::now();
    let by = AuditActor::command_line();
    for number in 0..u8::try_from(PICTURES_MAX).unwrap() {
        let picture = Picture::of_export(pixel(number)).unwrap();
        pictures.import(&picture, &by, now).await.unwrap();
    }
    let refused = add(&pictures, 200, &[], now).await.unwrap_err();
    let fault = PictureFault::TooMany;
    assert!(matches!(refused, PictureError::Fault(found) if found == fault));
    let known = add(&pictures, 5, &[], now).await;
    assert!(known.is_ok(), "one of them stays");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_node_of_a_cluster_has_the_largest_picture() {
    let server = NatsServer::start();
    let folder = tempfile::tempdir().unwrap();
    let mut nodes = Vec::new();
    for name in ["a.db", "b.db"] {
        let store = Store::open(&folder.path().join(name)).unwrap();
        let settings = NatsSettings::of_test(vec![server.url()], "pictures");
        let connection = NatsConnection::open(settings).await.unwrap();
        let records = RecordStore::open_for_server(store.clone(), Some(connection), false);
        let records = records.await.unwrap();
        nodes.push(Pictures::new(records, AuditTrail::new(store)));
    }
    let mut jpeg = write(gradient(40, 20), ImageFormat::Jpeg);
    jpeg.resize(BYTES_MAX, 0);
    let picture = Picture::of_export(jpeg).unwrap();
    let by = AuditActor::command_line();
    let imported = nodes[0].import(&picture, &by, Timestamp::now()).await;
    imported.unwrap();
    let found = nodes[1].find(&picture.id).await.unwrap();
    assert_eq!(found, Some(picture));
}
