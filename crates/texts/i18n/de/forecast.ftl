# Die Prognose auf der Seite einer Warteschlange.
forecast_heading = Prognose
forecast_contacts = { $range } neue Kontakte bis { $until }, am wahrscheinlichsten etwa { $middle }.
forecast_contacts_about = Etwa { $middle } neue Kontakte bis { $until }.
forecast_as_now = Wie jetzt
forecast_one_less = 1 weniger
forecast_one_more = 1 mehr
forecast_two_more = 2 mehr
forecast_enough = Die anwesenden Agenten reichen, um { $goal } zu erreichen.
forecast_missing = { $count ->
    [one] Bis { $until } fehlt 1 Agent, um { $goal } zu erreichen.
   *[other] Bis { $until } fehlen { $count } Agenten, um { $goal } zu erreichen.
}
forecast_many_missing = Auch 40 weitere Agenten würden nicht genügen, um bis { $until } { $goal } zu erreichen.
forecast_counted = Das ist der beste Fall: Die Zahl der Agenten ergibt sich aus den Kennzahlen der Warteschlange, als bedienten sie keine andere.
forecast_shared = Von { $count } Agenten: { $queues }.
forecast_shared_with = { $count ->
    [one] 1 bedient auch { $queue }
   *[other] { $count } bedienen auch { $queue }
}
forecast_best_case = Das ist der beste Fall: Kontakte anderer Warteschlangen, die diese Agenten bedienen, sind nicht bekannt.
forecast_best_case_without = Das ist der beste Fall: Kontakte anderer Warteschlangen sind nicht bekannt ({ $queues }).
forecast_usual = Üblich sind in dieser Zeit etwa { $count } Kontakte.
forecast_today = Seit { $time } kamen { $count }, üblich sind { $usual }.
forecast_handle_time = Bearbeitungszeit: { $time }.
forecast_slots = Bis zu { $count } Kontakte gleichzeitig je Agent.
forecast_erlang = Erforderliche Agenten nach Erlang C: { $required }, anwesend: { $count }.
forecast_note = In 8 von 10 Fällen liegt das Ergebnis in der Spanne. Berechnet um { $time }.
forecast_calibration = In den letzten vier Wochen lag die Zahl der Kontakte in { $share } der { $count } halben Stunden in ihrer Spanne.
forecast_level_calibration = Von { $count } Servicelevels waren es { $share }.

## Warum es keine gibt
forecast_not_computed_yet = Noch keine Prognose. Sie wird einmal pro Minute berechnet.
forecast_out_of_date = Keine Prognose: Kennzahlen der Warteschlange oder ihrer Agenten sind nicht aktuell.
forecast_closed = Keine Prognose: Die Warteschlange ist geschlossen.
forecast_several_queues = Keine Prognose: Die Gruppe hat mehr als 32 Warteschlangen.
forecast_hidden_queue = Keine Prognose: Eine Warteschlange der Gruppe ist ausgeblendet.
forecast_unknown_sharing = Keine Prognose für die Gruppe: Ihre Agenten sind nur gezählt, sodass unbekannt ist, wer mehrere ihrer Warteschlangen bedient.
forecast_small_team = Keine Prognose: So wenige Agenten bedienen die Warteschlange, dass die Prognose zeigen würde, was jeder tut.
forecast_no_history = Keine Prognose: Zu dieser Warteschlange gibt es keine Historie.
forecast_few_days = Keine Prognose: Die Historie enthält weniger als drei Tage mit diesem Wochentag.
forecast_few_contacts = Keine Prognose: Es werden kaum Kontakte erwartet.
forecast_no_agents = Keine Prognose: Kein Agent dieser Warteschlange ist angemeldet.
forecast_unknown_agents = Keine Prognose: Die Quelle meldet nicht, wie viele Agenten diese Warteschlange bedienen.
forecast_unknown_handle_time = Keine Prognose: Die Bearbeitungszeit dieser Warteschlange ist nicht bekannt.

## Auf Tafeln, in wenigen Worten
outlook_level = Servicelevel-Prognose
outlook_level_until = Servicelevel bis { $until }
outlook_wait_until = längste Wartezeit bis { $until }
outlook_enough = Genug Agenten
outlook_missing = { $count ->
    [one] 1 Agent fehlt
   *[other] { $count } Agenten fehlen
}
outlook_many_missing = Über 40 Agenten fehlen
outlook_at_best = Bestenfalls
outlook_best_enough = Bestenfalls genug Agenten
outlook_best_missing = { $count ->
    [one] Mindestens 1 Agent fehlt
   *[other] Mindestens { $count } Agenten fehlen
}
outlook_best_many_missing = Über 40 Agenten fehlen
# The contacts of today, beside those planned by now.
outlook_so_far = Bisher
outlook_so_far_inline = bisher
outlook_planned = Plan { $count }
outlook_not_kept = Wird nicht gespeichert
outlook_not_computed_yet = Noch keine Prognose
outlook_several_queues = Zu viele Warteschlangen
outlook_hidden_queue = Eine ist ausgeblendet
outlook_small_team = Zu wenige Agenten
outlook_no_history = Keine Historie
outlook_few_days = Zu wenig Historie
outlook_few_contacts = Kaum Kontakte erwartet
outlook_no_agents = Kein Agent angemeldet
outlook_unknown_agents = Agenten unbekannt
outlook_unknown_handle_time = Bearbeitungszeit fehlt

## Aller Warteschlangen, neben Plänen
calibration_heading = Prognosen in ihrer Spanne, letzte vier Wochen
calibration_contacts = Kontakte: { $share } von { $count } halben Stunden
calibration_levels = Servicelevel: { $share } von { $count }
calibration_few = bisher zu wenige halbe Stunden ({ $count })
