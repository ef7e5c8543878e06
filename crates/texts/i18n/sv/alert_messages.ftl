# What channels receive about alerts, in the site's language.
# A headline is one sentence that can be understood alone.

queue_is_critical = { $name } är kritisk
queue_has_warning = { $name } har en varning
queue_became_critical = { $name } är nu kritisk
# $state is one of these sentences.
alert_untaken = Ingen har tagit det än: { $state }
alert_is_over = Över: { $name }
# Somebody closed it, although it may not be over.
alert_is_closed = Avslutat: { $name }
# The target of a day that nobody can reach any longer.
alert_has_lapsed = Dagen är slut: { $name }
alert_outside_hours = Utanför öppettiderna: { $name }
# Labels of lines.
since_line = Sedan
duration_line = Varaktighet
closed_by_line = Avslutat av
# The text of a button.
open_alert = Öppna larmet
open_alerts = Öppna larm

## Several in one

digest_headline = { $count ->
    [one] 1 larmmeddelande till
   *[other] { $count } larmmeddelanden till
}
digest_over = Över
digest_info = Information
digest_warning = Varning
digest_critical = Kritiskt

## A test

channel_test_headline = Test från Wallboard: den här kanalen fungerar
sent_at_line = Skickat
open_wallboard = Öppna Wallboard
