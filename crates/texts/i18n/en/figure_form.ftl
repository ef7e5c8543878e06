# The form of a custom figure: a number or a state of another system.
figure_label = Label
figure_label_hint = What boards show, up to 40 characters. English alone is used in every language.
figure_kind = Kind of value
figure_kind_hint = Boards write each kind in its own way.
figure_kind_number = Number
figure_kind_percent = Percent
figure_kind_duration = Duration, in seconds
figure_kind_state = State, one of several words
figure_source = Sent by
figure_source_hint = One data source that sends values or is asked for them, or several.
figure_no_source = No data source sends values yet. Make one of that kind first.
figure_unit = Unit
figure_unit_hint = After the number, up to 12 characters, such as pcs.
figure_decimals = Decimal places
figure_decimals_hint = 0 to 3.
figure_states = Words that are sent
figure_states_hint = Each with the label that boards show, of up to 12 characters; without one, they show the word. A row without a word is removed.
figure_state_word = Word
figure_state_severity = Severity
figure_state_normal = Normal
# For screen readers.
figure_state_new = Another word
figure_state_add = Add a word
figure_state_word_missing = A label has no word. Enter the word that is sent.
figure_state_repeated = “{ $word }” is there twice. Each word is there once.
figure_limit_hint = A number; of a duration, such as 90s or 2h. Empty: none.
figure_clear_hint = A severity lasts until the value is back here, so that it doesn’t turn on and off. Empty: it ends at once.
figure_per = Applies to
figure_per_hint = The whole site has one value, or each queue has its own.
figure_per_site = The site
figure_per_queue = Each queue
figure_merge = Several values together
figure_merge_hint = Of several sources, or of the queues of a group.
figure_merge_last = The newest
figure_merge_sum = The sum
figure_merge_max = The largest, or the worst state
figure_valid_for = Valid for
figure_valid_for_hint = A value that isn’t sent again by then is out of date, such as 15m. Empty: as the source has it.
figure_id_hint = The key under which it is sent, and it stays: lowercase letters, digits, _ and -. Empty: made from the label.
figure_values_heading = Now
figure_last_value = Last value
# $time is a time, $age how long ago that was.
figure_age = { $time }, { $age } ago
figure_out_of_date = Out of date: { $time }, { $age } ago
figure_of_queues = { $count ->
    [0] No queue yet
    [one] 1 queue
   *[other] { $count } queues
}
figure_further_queues = { $count ->
    [one] And 1 more queue
   *[other] And { $count } more queues
}
# $source is a link with the name of a data source.
figure_sent = { $source } sends it as { $figure }.
# $place is a place in what the source's address responds with.
figure_polled = { $source } asks its address for it: { $place }.
figure_not_polled = { $source } asks its address, but has no place for this figure yet. Add it in the source’s form.
