//! A board's files: one script, joined of its modules, and one style. Each file more is a wait more on a
//! television, and compresses worse than its part of a whole.

use std::iter;

use super::{assets::read_asset, minify};

/// In the order in which they run. They share a scope: tests/browser/assets.mjs refuses a name that two have.
const MODULES: [&str; 13] = [
    "dom", "memory", "time", "pages", "slots", "announce", "identify", "places", "renewal", "line",
    "overlay", "keys", "wall",
];
/// With the modules of each.
const LAYOUTS: [(&str, &[&str]); 3] = [
    ("tiles", &[]),
    ("list", &["fit", "list_fit"]),
    ("agents", &["fit", "agent_fit"]),
];

/// Runs in any browser before the first paint. Whatever fails, the first one reloads the page.
const FIRST: [&str; 2] = ["fallback", "screen"];

/// The paths and texts of all bundles: that of the first scripts, and for each layout the script, that of a
/// rewound board, and the style.
pub(super) fn bundled_assets() -> impl Iterator<Item = (String, String)> {
    let first = FIRST
        .map(|name| read_asset(&format!("board/{name}.js")))
        .concat();
    let first = ("bundle/first.js".to_owned(), minify::strip_script(&first));
    let of_layouts = LAYOUTS.into_iter().flat_map(|(layout, own)| {
        let script = (MODULES.iter().chain(own).chain(&["board"]))
            .map(|module| module_text(&format!("board/{module}.js")))
            .collect::<String>();
        let past = minify::strip_script(&(script.clone() + &module_text("past.js")));
        let style = read_asset("board/board.css") + &read_asset(&format!("board/{layout}.css"));
        [
            (format!("bundle/{layout}.js"), minify::strip_script(&script)),
            (format!("bundle/{layout}-past.js"), past),
            (format!("bundle/{layout}.css"), minify::strip_style(&style)),
        ]
    });
    iter::once(first).chain(of_layouts)
}

/// A module in the scope of all.
fn module_text(path: &str) -> String {
    (read_asset(path).split_inclusive('\n'))
        .filter(|line| !line.starts_with("import "))
        .map(|line| line.strip_prefix("export ").unwrap_or(line))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};

    use super::*;

    const RAW_MAX: usize = 60_000;
    const COMPRESSED_MAX: usize = 16_110;

    fn compressed_length(text: &str) -> usize {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap().len()
    }

    #[test]
    fn script_and_style_of_a_board_are_small() {
        let bundles: Vec<_> = bundled_assets().collect();
        for (layout, _) in LAYOUTS {
            let own = [
                "first.js",
                &format!("{layout}.js"),
                &format!("{layout}.css"),
            ]
            .map(|name| format!("bundle/{name}"));
            let texts: Vec<_> = (bundles.iter())
                .filter(|(path, _)| own.contains(path))
                .map(|(_, text)| text)
                .collect();
            let raw: usize = texts.iter().map(|text| text.len()).sum();
            let compressed: usize = texts.iter().map(|text| compressed_length(text)).sum();
            println!("{layout}: {raw} bytes, {compressed} compressed");

            assert_eq!(texts.len(), 3);
            assert!(raw <= RAW_MAX, "{layout}: {raw} bytes");
            assert!(
                compressed <= COMPRESSED_MAX,
                "{layout}: {compressed} bytes compressed"
            );
        }
    }

    #[test]
    fn bundles_have_no_modules_left() {
        for (path, text) in bundled_assets() {
            for word in ["import ", "export ", "// ", "/*", "\n "] {
                assert!(!text.contains(word), "{path}: {word:?}");
            }
        }
    }
}
