//! The screens on which the preview can be looked at: usual sizes, and each paired screen.

use wallboard_texts::Texts;

use crate::web::{
    WebState, access::visitor::Visitor, screens::visible_screens::list_visible_screens,
};

/// The size of a page that a screen hasn't reported yet, in CSS pixels.
const UNREPORTED: (u16, u16) = (1920, 1080);

/// A screen to look at the preview on.
pub(super) struct PreviewScreen {
    /// Width and height in CSS pixels, and for a usual size the diagonal in inches: "1920x1080x55".
    pub(super) size: String,
    pub(super) label: String,
    /// The theme and the density that replace the board's own; empty: none do.
    pub(super) theme: &'static str,
    pub(super) density: &'static str,
}

/// The usual sizes.
pub(super) fn usual_screens(texts: &Texts) -> Vec<PreviewScreen> {
    let screens = [
        ("1920x1080x55", texts.screen_hd()),
        ("3840x2160x65", texts.screen_four_k()),
        ("1080x1920x55", texts.screen_portrait()),
        ("1180x820x11", texts.screen_tablet()),
        ("390x844x6", texts.screen_phone()),
    ];
    let screens = screens.map(|(size, label)| PreviewScreen {
        size: size.to_owned(),
        label: label.to_owned(),
        theme: "",
        density: "",
    });
    screens.into()
}

/// Each paired screen that the visitor may see, by name.
pub(super) fn paired_screens(
    texts: &Texts,
    web: &WebState,
    visitor: &Visitor,
) -> Vec<PreviewScreen> {
    let screens = web.screens.iter();
    let screens = screens.flat_map(|screens| list_visible_screens(web, screens, visitor));
    let screens = screens.map(|listed| {
        let name = listed.screen.name.as_str();
        let reported = listed.condition.page.size;
        let (width, height) = reported.unwrap_or(UNREPORTED);
        let style = listed.screen.style;
        PreviewScreen {
            size: format!("{width}x{height}"),
            label: match reported {
                Some(_) => texts.screen_sized(name, width.to_string(), height.to_string()),
                None => texts.screen_unsized(name),
            },
            theme: style.theme.map_or("", |theme| theme.into_str()),
            density: style.density.map_or("", |density| density.into_str()),
        }
    });
    screens.collect()
}
