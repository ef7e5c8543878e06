//! The interval chart as a picture, for mail: mail programs draw no charts themselves. It has no text: the mail
//! has its key.

use image::{
    Rgb, RgbImage,
    codecs::png::{CompressionType, FilterType, PngEncoder},
};

use wallboard_boards::svg::Rect;

use super::chart::{ChartBar, HistoryChart};

const BACKGROUND: Rgb<u8> = Rgb([255, 255, 255]);
const GRID: Rgb<u8> = Rgb([221, 227, 234]);
const FOOT: Rgb<u8> = Rgb([22, 32, 42]);
/// As in the mail's own styles.
pub(super) const ANSWERED: Rgb<u8> = Rgb([0x2f, 0x6f, 0xb0]);
pub(super) const ABANDONED: Rgb<u8> = Rgb([0xb3, 0x26, 0x1e]);
pub(super) const OTHERS: Rgb<u8> = Rgb([0x9a, 0xa7, 0xb4]);
/// Pixels between the lines that hatch a time without data.
const HATCH: u32 = 8;

/// Draws the bars, the grid and the gaps; `None` if it can't be written.
pub(super) fn draw_picture(chart: &HistoryChart) -> Option<Vec<u8>> {
    let (width, height) = (to_pixel(chart.width), to_pixel(chart.height));
    let mut picture = RgbImage::from_pixel(width, height, BACKGROUND);
    for (x, gap_width) in &chart.gaps {
        hatch(&mut picture, to_pixel(*x), to_pixel(x + gap_width));
    }
    let line = |y: f64| Rect {
        x: 0.0,
        y,
        width: chart.width,
        height: 1.0,
    };
    fill(&mut picture, line(0.0), GRID);
    fill(&mut picture, line(chart.height / 2.0), GRID);
    for bar in &chart.bars {
        fill(&mut picture, bar.rect, color_of(bar));
    }
    fill(&mut picture, line(chart.height - 1.0), FOOT);
    let mut bytes = Vec::new();
    // Few colors: a small file.
    let encoder =
        PngEncoder::new_with_quality(&mut bytes, CompressionType::Best, FilterType::NoFilter);
    let written = picture.write_with_encoder(encoder);
    written.ok().map(|()| bytes)
}

/// A bar in progress is paler.
fn color_of(bar: &ChartBar) -> Rgb<u8> {
    let color = match bar.class {
        "answered" => ANSWERED,
        "abandoned" => ABANDONED,
        _ => OTHERS,
    };
    if bar.is_ongoing {
        Rgb(color.0.map(|part| part / 2 + 128))
    } else {
        color
    }
}

/// "#2f6fb0"
pub(super) fn css_color(Rgb([red, green, blue]): Rgb<u8>) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

fn fill(picture: &mut RgbImage, rect: Rect, color: Rgb<u8>) {
    let (left, top) = (to_pixel(rect.x), to_pixel(rect.y));
    let right = to_pixel(rect.x + rect.width)
        .max(left + 1)
        .min(picture.width());
    let bottom = to_pixel(rect.y + rect.height)
        .max(top + 1)
        .min(picture.height());
    for y in top..bottom {
        for x in left..right {
            picture.put_pixel(x, y, color);
        }
    }
}

fn hatch(picture: &mut RgbImage, left: u32, right: u32) {
    for y in 0..picture.height() {
        for x in left..right.min(picture.width()) {
            if (x + y).is_multiple_of(HATCH) {
                picture.put_pixel(x, y, GRID);
            }
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a chart is a thousand units wide"
)]
fn to_pixel(units: f64) -> u32 {
    units.max(0.0).round() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_stand_where_the_chart_has_them_and_gaps_are_hatched() {
        let bar = |class, x, y, height, is_ongoing| ChartBar {
            class,
            is_ongoing,
            rect: Rect {
                x,
                y,
                width: 50.0,
                height,
            },
        };
        let chart = HistoryChart {
            width: 400.0,
            height: 100.0,
            bars: vec![
                bar("answered", 0.0, 40.0, 60.0, false),
                bar("abandoned", 0.0, 20.0, 20.0, false),
                bar("answered", 200.0, 60.0, 40.0, true),
            ],
            gaps: vec![(300.0, 100.0)],
            level: None,
            before: String::new(),
            most: String::new(),
            half: String::new(),
            buckets: Vec::new(),
            has_others: false,
            has_ongoing: true,
            has_marks: false,
        };

        let bytes = draw_picture(&chart).unwrap();

        let picture = image::load_from_memory(&bytes).unwrap().to_rgb8();
        assert_eq!(picture.dimensions(), (400, 100));
        let at = |x, y| picture.get_pixel(x, y).0;
        assert_eq!(at(25, 80), [0x2f, 0x6f, 0xb0]);
        assert_eq!(at(25, 30), [0xb3, 0x26, 0x1e]);
        assert_eq!(at(25, 10), BACKGROUND.0);
        assert_eq!(at(225, 80), [0x97, 0xb7, 0xd8]);
        assert_eq!(at(100, 99), FOOT.0);
        let hatched = (300..400).filter(|x| at(*x, 70) == GRID.0).count();
        assert!((12..=13).contains(&hatched), "{hatched}");
        assert!(bytes.len() < 4_000, "{}", bytes.len());
    }
}
