# Files of the history, and the mail that a report sends.

## Files

starts_column = Starts
file_id = Id
file_note = Note
file_written = Written
file_page = Page { $number } of { $total }
breakdown_column = What
name_column = Name
file_incomplete = Incomplete
first_calls_only = only the first { $count } calls; choose a shorter period for the others
file_imported = Imported
queue_id_column = Queue id
agent_id_column = Agent id
talk_column = Talk

## The mail

report_not_shown = { $name }: can’t be shown
report_without_data = { $name }: no data, { $about }
report_view_invalid = The report’s address has choices that its page doesn’t have.
# $why is in English.
report_not_computed = Wallboard couldn’t compute it: { $why }. Open the page, or send the report again, when that’s fixed.
report_mail_footer = Wallboard sends this report, “{ $name }”, to you because its recipients include your address. Administrators of Wallboard can change or stop it under “Reports by email”.
page_has_view = The page itself has this view.
mail_missed_mark = ▼ missed its target
more_rows_on_page = { $count ->
    [one] 1 more row is on the page.
   *[other] { $count } more rows are on the page.
}
open_in_wallboard = Open in Wallboard
