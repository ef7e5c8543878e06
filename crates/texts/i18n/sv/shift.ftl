# Skiftrapporten.

shift_heading = Skiftrapport
shift_of = Skiftrapport, { $times }
shift_times = { $day } { $times }
shift_times_now = { $day } { $times } (nu)
shift_from = Från
shift_to = Till
shift_time_like = Till exempel { $time }
show_shift = Visa
critical_longest_first = Kritiskt, längst först
no_queue_critical = Ingen kö var kritisk.
critical_in_all = { $count ->
    [one] Kritiskt en gång, sammanlagt { $time }.
   *[other] Kritiskt { $count } gånger, sammanlagt { $time }.
}
one_still_critical = { $name } är fortfarande kritisk.
some_still_critical = { $names } är fortfarande kritiska.
count_still_critical = { $count } köer är fortfarande kritiska.
lost_in_all = { $count ->
    [one] En källa var frånkopplad en gång, i { $time }.
   *[other] Källor var frånkopplade { $count } gånger, sammanlagt { $time }.
}
time_column = Tid
lasted_column = Längd
why_column = Orsak
# $agents are links, or a number.
on_break_then = På paus när det började: { $agents }
shorter_not_shown = { $count ->
    [one] 1 kortare händelse visas inte.
   *[other] { $count } kortare händelser visas inte.
}
results_against_target = Resultat mot mål
no_contacts_counted = Wallboard har inte räknat några kontakter.
figures_by_queue = Värden per kö
target_column = Mål
all_contacts = Alla kontakter
# In place of a target: each queue has one.
each_its_own = eget per kö
counted_since_time = Räknat sedan { $time }.
contacts_missing = Kontakter kan saknas { $times }.
source_not_connected_at = { $source } var inte ansluten { $time }: kontakter från tiden före kan räknas senare.
shift_zone = Alla tider i { $zone }. Köer vars värden leverantören beräknar visar dem på sina egna sidor.
source_outages_heading = Avbrott hos källor
sources_stayed_connected = Alla källor var anslutna hela tiden.
source_column = Källa
