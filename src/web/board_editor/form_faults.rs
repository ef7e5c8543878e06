//! Why a board can't be saved as its form is: sentences at the top of the editor.

use wallboard_texts::Texts;

use crate::{
    pictures::PictureFault,
    web::board_editor::{
        board_form::BoardForm, widget_fields::WidgetRefusal, widget_form::WIDGETS,
    },
};

/// The faults of the text and of its widgets, at their fields' names.
pub(super) fn faults(form: &BoardForm) -> Vec<String> {
    let of_widgets = form.list_refused_widgets();
    let of_widgets = of_widgets.filter_map(|refused| match &refused.refusal {
        WidgetRefusal::Invalid(faults) => Some(faults),
        _ => None,
    });
    let faults = form.faults.iter().chain(of_widgets);
    let faults = faults.flat_map(|faults| &faults.faults);
    let sentence = faults.map(|fault| {
        let key = if fault.key.is_empty() { "" } else { ": " };
        let fix = if fault.fix.is_empty() { "" } else { "; " };
        format!("{}{key}{}{fix}{}", fault.key, fault.what, fault.fix)
    });
    sentence.collect()
}

/// Refusals of the form itself, in the reader's language.
pub(super) fn refusals(texts: &Texts, form: &BoardForm) -> Vec<String> {
    let refusal = Some(form.refusal.clone()).filter(|refusal| !refusal.is_empty());
    let mut unknown: Vec<_> = form.unknown.iter().collect();
    unknown.sort();
    let unknown = unknown.into_iter();
    let unknown =
        unknown.map(|(list, entered)| texts.unknown_choice(list.as_str(), entered.as_str()));
    let of_widgets = form.list_refused_widgets();
    let of_widgets = of_widgets.filter_map(|refused| widget_sentence(texts, &refused.refusal));
    refusal
        .into_iter()
        .chain(unknown)
        .chain(of_widgets)
        .collect()
}

/// Says why a widget can't be as it was entered; `None` if the file's rules do.
fn widget_sentence(texts: &Texts, refusal: &WidgetRefusal) -> Option<String> {
    let sentence = match refusal {
        WidgetRefusal::Invalid(_) => return None,
        WidgetRefusal::Unknown(entered) => {
            return Some(texts.unknown_choice(WIDGETS, entered.as_str()));
        }
        WidgetRefusal::Incomplete => texts.widget_incomplete(),
        WidgetRefusal::Picture(PictureFault::TooLarge) => texts.picture_too_large(),
        WidgetRefusal::Picture(PictureFault::Unreadable) => texts.picture_unreadable(),
        WidgetRefusal::Picture(PictureFault::TooManyPixels) => texts.picture_pixels(),
        WidgetRefusal::Picture(PictureFault::TooMany) => texts.pictures_full(),
    };
    Some(sentence.to_owned())
}
