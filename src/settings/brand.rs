//! `[brand]`: the company's name, logo, accent color and service desk. The color must be visible in both themes,
//! and no one may take it for a warning.

use std::{fs, sync::Arc};

use toml::de::DeValue;

use wallboard_boards::PictureId;
use wallboard_domain::{Brand, Logo, LogoFile};
use wallboard_toml_reader::{ConfigEntry, ConfigSection};

/// In bytes.
const LOGO_BYTES_MAX: usize = 100_000;
const PNG_START: [u8; 8] = [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n'];
/// The least contrast (WCAG 2) of a line with a board's ground, which carries no meaning.
const CONTRAST_MIN: f64 = 2.0;
/// The grounds of boards, as in static/board/board.css.
const GROUNDS: [(&str, u32, &str); 2] = [
    ("dark", 0x000c_0f14, "use a lighter shade"),
    ("light", 0x00ec_eff3, "use a darker shade"),
];
/// The colors of states there, and the least distance from them, in Oklab.
const STATES: [(&str, u32); 5] = [
    ("a warning", 0x00ff_db3d),
    ("a warning", 0x00b8_7a00),
    ("a warning", 0x008a_6100),
    ("critical", 0x00ff_6f66),
    ("critical", 0x007a_0a14),
];
const DISTANCE_MIN: f64 = 0.1;

pub(super) fn read_brand(root: &ConfigSection<'_, '_>) -> Brand {
    let Some(section) = root.section_at("brand") else {
        return Brand::default();
    };
    let brand = Brand {
        name: section
            .entry("name")
            .and_then(|entry| entry.read_nonempty_text()),
        logo: section.entry("logo").and_then(|entry| read_logo(&entry)),
        accent: section
            .entry("accent")
            .and_then(|entry| read_accent(&entry)),
        contact: section
            .entry("contact")
            .and_then(|entry| entry.read_nonempty_text()),
    };
    section.finish_section();
    brand
}

/// Reads the ID of an uploaded picture, or a file.
fn read_logo(entry: &ConfigEntry<'_, '_>) -> Option<Logo> {
    if let DeValue::String(text) = entry.value.get_ref()
        && PictureId::parse(text).is_some()
    {
        return Some(Logo::Picture(text.to_string()));
    }
    let path = entry.read_file_path()?;
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(cause) => {
            entry.report_fault(&format!("can't be read ({cause})"), "check its permissions");
            return None;
        }
    };
    if LOGO_BYTES_MAX < bytes.len() {
        let what = format!("is {} kB, at most 100 kB are allowed", bytes.len() / 1000);
        entry.report_fault(&what, "export it without embedded images, or smaller");
        return None;
    }
    let media_type = if bytes.starts_with(&PNG_START) {
        "image/png"
    } else if str::from_utf8(&bytes).is_ok_and(|text| text.contains("<svg")) {
        "image/svg+xml; charset=utf-8"
    } else {
        entry.report_fault("is no SVG or PNG file", "convert it to SVG or PNG");
        return None;
    };
    Some(Logo::File(Arc::new(LogoFile { media_type, bytes })))
}

fn read_accent(entry: &ConfigEntry<'_, '_>) -> Option<String> {
    let text = entry.parse_with(r##"a color such as "#0a7d55""##, |text| {
        parse_color(text).map(|_| text.to_lowercase())
    })?;
    let color = parse_color(&text)?;
    for (theme, ground, fix) in GROUNDS {
        let found = contrast(color, ground);
        if found < CONTRAST_MIN {
            let what = format!(
                "has a contrast of {found:.1} on {theme} boards, at least {CONTRAST_MIN:.1} is needed"
            );
            entry.report_fault(&what, fix);
            return None;
        }
    }
    let near = STATES
        .iter()
        .find(|(_, state)| distance(color, *state) < DISTANCE_MIN);
    if let Some((state, _)) = near {
        let what = format!("looks like {state}");
        entry.report_fault(&what, "choose another color of your brand");
        return None;
    }
    Some(text)
}

/// Reads `#rrggbb`.
fn parse_color(text: &str) -> Option<u32> {
    let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6)?;
    let is_hexadecimal = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    u32::from_str_radix(digits, 16)
        .ok()
        .filter(|_| is_hexadecimal)
}

/// Returns red, green and blue as linear light.
fn linear_light(color: u32) -> [f64; 3] {
    [16, 8, 0].map(|shift| {
        let value = f64::from((color >> shift) & 0xff) / 255.0;
        if value <= 0.040_45 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        }
    })
}

fn contrast(a: u32, b: u32) -> f64 {
    let luminance = |color| {
        let [red, green, blue] = linear_light(color);
        0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05
    };
    let (a, b) = (luminance(a), luminance(b));
    a.max(b) / a.min(b)
}

/// Returns the distance of two colors in Oklab (Ottosson 2020), where white and black are 1 apart.
fn distance(a: u32, b: u32) -> f64 {
    let (a, b) = (oklab(a), oklab(b));
    let squares = a.iter().zip(b).map(|(a, b)| (a - b) * (a - b));
    squares.sum::<f64>().sqrt()
}

fn oklab(color: u32) -> [f64; 3] {
    let dot = |row: [f64; 3], values: [f64; 3]| {
        row[0] * values[0] + row[1] * values[1] + row[2] * values[2]
    };
    let light = linear_light(color);
    let cones = [
        [0.412_221_47, 0.536_332_54, 0.051_445_99],
        [0.211_903_5, 0.680_699_55, 0.107_396_96],
        [0.088_302_46, 0.281_718_84, 0.629_978_7],
    ]
    .map(|row| dot(row, light).cbrt());
    [
        [0.210_454_26, 0.793_617_79, -0.004_072_05],
        [1.977_998_5, -2.428_592_21, 0.450_593_71],
        [0.025_904_04, 0.782_771_77, -0.808_675_77],
    ]
    .map(|row| dot(row, cones))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::settings::parse_configuration;
    use wallboard_domain::{Brand, Logo};

    fn media_type(brand: Brand) -> &'static str {
        match brand.logo {
            Some(Logo::File(file)) => file.media_type,
            other => panic!("{other:?}"),
        }
    }

    fn read(brand: &str, folder: &Path) -> Result<Brand, String> {
        const REST: &str = "[access]\nmode = \"open\"\n[sources.chat]\nkind = \"vngage\"\n\
             url = \"amqps://user:secret@host:5671/vhost\"\nexchange = \"e\"\n";
        let text = format!("{REST}[brand]\n{brand}\n");
        let settings = parse_configuration(&text, &folder.join("wallboard.toml"), |_| None);
        match settings {
            Ok(settings) => Ok(settings.site.brand),
            Err(faults) => Err(faults.to_string()),
        }
    }

    #[test]
    fn accent_is_visible_and_no_state() {
        let folder = Path::new("");
        let accent = |color: &str| read(&format!("accent = \"{color}\""), folder);

        for color in ["#0a7d55", "#3D8BFD", "#e4007c", "#00838f"] {
            assert_eq!(accent(color).unwrap().accent, Some(color.to_lowercase()));
        }
        for (color, fault) in [
            ("#001a57", "on dark boards"),
            ("#fff0a0", "on light boards"),
            ("#ff6a60", "looks like critical"),
            ("#b57c05", "looks like a warning"),
            ("red", "a color such as"),
            ("#+12345", "a color such as"),
        ] {
            let faults = accent(color).unwrap_err();
            assert!(faults.contains(fault), "{color}: {faults}");
        }
    }

    #[test]
    fn logo_is_a_small_svg_or_png_file() {
        let folder = tempfile::tempdir().unwrap();
        let logo = |name: &str, bytes: &[u8]| {
            std::fs::write(folder.path().join(name), bytes).unwrap();
            read(
                &format!("name = \"Acme\"\nlogo = \"{name}\""),
                folder.path(),
            )
        };

        let svg = logo("a.svg", b"<?xml version=\"1.0\"?><svg/>").unwrap();
        assert_eq!(svg.title(), "Acme");
        assert!(media_type(svg).starts_with("image/svg+xml"));
        let png = logo("a.png", b"\x89PNG\r\n\x1a\n").unwrap();
        assert_eq!(media_type(png), "image/png");

        let too_large = logo("b.svg", &b"<svg/>".repeat(20_000)).unwrap_err();
        assert!(too_large.contains("is 120 kB"), "{too_large}");
        let other = logo("c.svg", b"GIF89a").unwrap_err();
        assert!(other.contains("is no SVG or PNG file"), "{other}");
        let missing = read("logo = \"none.svg\"", folder.path()).unwrap_err();
        assert!(missing.contains("can't be read"), "{missing}");
        let id = "0123456789abcdef".repeat(2);
        let uploaded = read(&format!("logo = {id:?}"), folder.path()).unwrap();
        assert_eq!(uploaded.logo, Some(Logo::Picture(id)));
    }
}
