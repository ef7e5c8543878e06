# Boards: what a screen on the wall shows. $time, $value, $percent and $range are already written.

## Figures

# After a value that is estimated.
estimated = uppsk.
# After the "–" of a longest wait, while somebody waits.
wait_unknown = okänd
# Read aloud in place of "–".
no_data_label = inga data
# The end of a time that goes on: "10:42–now".
now_word = nu
# At the end of a list of times: "10:30–10:40 and more".
more_word = fler
service_level = Servicenivå
level_within = Inom { $time }
level_within_inline = inom { $time }
level_answers_in = Svar inom { $time }
level_answers_in_inline = svar inom { $time }
level_in = Inom { $time }
level_in_inline = inom { $time }
level_wide = Servicenivå ({ $time })
level_wide_of_answered = Servicenivå ({ $time }, av besvarade)
target = mål { $percent }
target_range = mål { $low }–{ $high }
# Below a number of agents: "of 8" who are signed in.
of_number = av { $number }
# Below a service level: its target.
of_target = mål { $number }
# A service level of few contacts: "4 of 5".
met_of_total = { $met } av { $total }
all_queues = Alla köer
# The name of a tile with a figure of everything.
whole_site = Hela kontaktcentret
# Units of a tile's large number: "2:11 wait", "3 free".
longest_wait_unit = väntetid
available_unit = lediga
answered_today = besvarade i dag
label_of_part = { $label }, { $part }
part_of_source = bara { $source }
part_of_sources = bara { $first } och { $second }
part_of_queues = { $count } av { $total } köer
as_usual = som{"\u00A0"}vanligt
below_usual = lägre{"\u00A0"}än{"\u00A0"}vanligt ({ $range })
above_usual = högre{"\u00A0"}än{"\u00A0"}vanligt ({ $range })
usually = vanligen { $range } fram till { $time }
and_names = { $first } och { $second }
trend_no_data = { $metric }, senaste timmen: inga data
trend_max = { $metric }, senaste timmen: max { $peak }
trend_max_with_gaps = { $metric }, senaste timmen: max { $peak }; inga data { $gaps }
trend_max_usual = { $metric }, senaste timmen: max { $peak }, vanligen högst { $usual }
trend_max_usual_with_gaps = { $metric }, senaste timmen: max { $peak }, vanligen högst { $usual }; inga data { $gaps }
# After the maximum of a chart.
at_time = kl. { $time }

## Severities

warning_mark = ▲ Varning
critical_mark = ◆ Kritiskt
warning_note = varning
critical_note = kritiskt
below_target = under målet
level_below_target = Servicenivån är under målet

## Queues

closed = Stängt
closed_sentence = Stängt.
opens = öppnar { $time }
closes = stänger { $time }
closed_opens = Stängt · öppnar { $time }
# The same where the time must not wrap.
closed_opens_joined = Stängt · öppnar{"\u00A0"}{ $time }
opens_headline = Öppnar { $time }
closed_opens_sentence = Stängt. Öppnar { $time }.
no_data = Inga data
no_data_since = Inga data sedan { $time }
no_activity_since = Tyst sedan { $time }
source_is_paused = { $source } är pausad
reconnecting_to = Återansluter till { $source }
lost_at = Ingen kontakt med { $source } sedan { $time }
no_updates_from = { $source } rapporterar inget
waiting_for_new_data = Väntar på nya data från { $source }
all_members_out_of_date = Alla dess köer är inaktuella
excludes = utan { $names }
excludes_queues = utan { $count } köer
# $excludes is one of the two above, $figures are the figures without these queues.
excludes_for = { $excludes }: { $figures }
# A value that is too old to be shown: "7 waiting at 07:49".
was_at = { $figure } ({ $time })
from_time = Från { $time }
minutes_old = { $minutes } min gammalt, från{"\u00A0"}{ $time }
partial_day = Ofullständig dag. Se köns sida för detaljer.
today_since = I dag från { $time }
complete_since = Fullständigt från { $time }
gap = Inga data { $times }
gap_and_more = Inga data { $times } och { $more } till
# After "Today since 10:42, ".
gap_inline = inga data { $times }
gap_inline_and_more = inga data { $times } och { $more } till
# On a queue that needs somebody: who has taken its alert.
has_it = { $person } tar det
# The same after a while: "Anna L. · 3 min".
has_it_for = { $person } · { $time }
# The same where nobody signs in.
somebody_has_it = Någon tar det
queue_count = { $count ->
    [one] 1 kö
   *[other] { $count } köer
}
# Queues without a row, then how many of them are what.
more_queues = { $count ->
    [one] och 1 kö till
   *[other] och { $count } köer till
}
more_with_warning = { $count } med varning
more_out_of_date = { $count ->
    [one] 1 inaktuell
   *[other] { $count } inaktuella
}
more_critical = { $count ->
    [one] 1 kritisk
   *[other] { $count } kritiska
}

## The header and its bands

demo_data = Demodata
# The titles of the two boards that need no file.
automatic_queues = Köer
automatic_agents = Agenter
nothing_needs_attention = Inget kräver åtgärd
no_data_yet = Inga data ännu
replay = Uppspelning
# $from has its day; $to has one only in the second.
replay_of = Uppspelning av { $from }–{ $to }
replay_of_days = Uppspelning av { $from } – { $to }
live = Realtid
out_of_date = Inaktuell
partly_out_of_date = Delvis inaktuell
partly_disconnected = Delvis frånkopplad
partly_live = Delvis i realtid
not_live = Inte i realtid
not_live_since = Inte i realtid sedan { $time }
# After the status, for screen readers.
count_out_of_date = { $count ->
    [one] : 1 av { $total } inaktuell
   *[other] : { $count } av { $total } inaktuella
}
problems_detail = : { $problems }
last_known_values = Senast kända värden i grått.
no_updates_since = Den här servern har inte fått några uppdateringar sedan { $time }
source_paused_by = { $source } pausad av { $person }
source_unreadable = { $source }: många meddelanden kan inte läsas
source_silent = { $source } har inte svarat sedan { $time }
source_catching_up = { $source } läser ikapp
source_connecting = Ansluter till { $source }
source_unreachable = Kan inte nå { $source }
source_disconnected = { $source } frånkopplad sedan { $time }
announced_until = { $from } · till { $until }
announced_by_until = { $person }, { $from } · till { $until }
# One of several announcements in turn.
announcement_turn = { $detail } · { $number } av { $count }
# Of the boards that a screen shows in turn: "2 of 4".
playlist_turn = { $number } av { $count }

## In place of rows

no_updates_here = Den här servern får inga uppdateringar
since_see_sources = Sedan { $time }. Se Datakällor för detaljer.
if_this_stays = Om det kvarstår: { $contact }
no_source_connected = Ingen datakälla är ansluten ännu
no_source_hint = Öppna startsidan för de första stegen.
is_paused_by = { $source } är pausad av { $person }
administrator_resumes = En administratör återupptar den under Datakällor.
waiting_for_first = Väntar på första data från { $source }
connecting_since = Ansluter sedan { $time }.
connecting_since_one_ready = Ansluter sedan { $time }. { $source } är klar.
connecting_since_others_ready = Ansluter sedan { $time }. { $sources } är klara.
connected_nothing = Ansluten. Inget har rapporterats ännu.
no_one_signed_in = Ingen är inloggad
no_agent_handled = Ingen agent har hanterat något ärende i dag
no_queues_match = Inga köer matchar den här tavlan
check_queue_list = Kontrollera tavlans lista över köer.

## Agents

state_available = Ledig
state_ringing = Ringer
state_talking = I samtal
state_hold = Parkerat
state_wrap_up = Efterarbete
state_not_ready = Paus
state_busy = Upptagen
state_unknown = Okänd status
state_caseless = Inga öppna ärenden
state_signed_out = Utloggad
state_unconfirmed = Obekräftad
group_other = Övriga
# A part of a group: "1 ringing". Without a number, the whole group is of one kind.
counted_ringing = { $count } ringer
counted_ringing_only = ringer
counted_hold = { $count ->
    [one] 1 parkerat
   *[other] { $count } parkerade
}
counted_hold_only = parkerat
counted_busy = { $count ->
    [one] 1 upptagen
   *[other] { $count } upptagna
}
counted_busy_only = upptagen
counted_unknown = { $count ->
    [one] 1 okänd
   *[other] { $count } okända
}
counted_unknown_only = okänd status
counted_caseless = { $count } utan öppna ärenden
counted_caseless_only = utan öppna ärenden
too_long = { $count } för länge
# Before a time, for screen readers.
too_long_mark = För länge:
cases = { $count ->
    [one] 1 ärende
   *[other] { $count } ärenden
}
# Agents without a card, by reason.
more_agents = { $count } till
agents_without_cases = { $count } utan ärende i dag
agents_unconfirmed = { $count ->
    [one] 1 obekräftad
   *[other] { $count } obekräftade
}
agents_not_reporting = { $count } rapporterar ingen status
agents_signed_out = { $count ->
    [one] 1 utloggad
   *[other] { $count } utloggade
}

## Regions of the page

all_boards_of = { $site }, alla tavlor
queues_region = Köer
agents_region = Agenter
queue_column = Kö
last_hour_column = Senaste timmen
refreshes = Uppdateras var 15:e sekund
basic_mode = Enkelt läge: webbläsaren kan inte visa uppdateringar i realtid. Sidan laddas om var 15:e sekund.
board_pages = Tavlans sidor
paused = Pausad

## The menu of a screen

menu = Meny
screen_settings = Skärmens inställningar
previous_page = Föregående sida
next_page = Nästa sida
pause = Pausa
resume = Fortsätt
previous_board = Föregående tavla
next_board = Nästa tavla
board_theme = Tavlans tema
dark = Mörkt
light = Ljust
margin = Skärmmarginal
margin_less = Minska skärmmarginalen
margin_more = Öka skärmmarginalen
full_screen = Helskärm
reduce_motion = Mindre rörelse
oled_protection = OLED-skydd
help = Hjälp
rewind = Spola tillbaka
all_boards = Alla tavlor
close = Stäng
back = Tillbaka
# Keys of a remote control or a keyboard.
help_key_menu = OK, Retur
help_key_pause = Mellanslag, P
help_key_close = Bakåt, Esc
help_menu = Meny
help_pages = Sidor
help_boards = Tavlor
help_pause = Pausa eller fortsätt
help_theme = Byt tema
help_close = Stäng menyn
help_text = Skärmmarginal: öka den tills du ser hela ramen. Mindre rörelse: för långsamma skärmar. OLED-skydd: byter plats på sidhuvud och sidfot var 30:e minut och gör rutor som varit röda länge till konturer.

## What the page's script says

# The locale of Intl for times.
script_locale = sv-SE
script_reconnecting = Återansluter
script_connection_lost = Anslutningen är bruten sedan { $time }. Senast kända värden visas.
script_no_access = Den här skärmen har inte åtkomst till tavlan.
script_removed = Tavlan har tagits bort.
script_page = Sida { $number } av { $count }
script_range = { $from }–{ $to } av { $total }
# After a queue's name, read aloud.
script_normal = åter normalt
