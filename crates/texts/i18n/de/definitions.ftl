# What each metric is, on pages. The message says how the source means it; `.counted` where Wallboard follows
# single contacts; `.label` is its name on a page, and `.unknown` why it may have no value.

unknown_not_reported = Die Quelle hat noch keinen Wert gemeldet.
unknown_nothing_yet = Heute noch keine Kontakte, aus denen sich der Wert berechnen lässt.
unknown_entries = Je Warteschlange nicht verfügbar: Vngage ordnet eine Warteschlange erst zu, wenn ein Agent den Kontakt öffnet. Führt eine Lösung immer zu derselben Warteschlange, setzen Sie queue_of in der Konfiguration.

about_waiting = Kontakte, die in der Warteschlange warten.
    .label = { metric_waiting }
    .counted = { about_waiting }
    .unknown = { unknown_not_reported }

about_in_conversation = Kontakte im Gespräch mit einem Agenten dieser Warteschlange.
    .label = { metric_in_conversation }
    .counted = { about_in_conversation }
    .unknown = { unknown_not_reported }

about_longest_wait = Wie lange der Kontakt, der am längsten wartet, schon in der Warteschlange ist. Die Quelle meldet die Zeit; zwischen den Meldungen läuft die Uhr hier.
    .label = { metric_longest_wait }
    .counted = { about_longest_wait }
    .unknown = { unknown_not_reported }

about_average_wait = Der von der Quelle selbst berechnete Durchschnitt der letzten Wartezeiten. Die Anbieter geben nicht an, welche Wartezeiten er enthält.
    .label = { metric_average_wait }
    .counted = { about_average_wait }
    .unknown = In den letzten 15 Minuten nicht aktualisiert.

about_expected_wait = Die Schätzung der Quelle für einen Kontakt, der jetzt eintrifft. Sie ändert sich nur, wenn die Quelle eine neue meldet.
    .label = { metric_expected_wait }
    .counted = { about_expected_wait }
    .unknown = { unknown_not_reported }

about_agents_available = Agenten, die einen Kontakt dieser Warteschlange annehmen könnten. Ein Agent in zwei Warteschlangen zählt in beiden.
    .label = { metric_agents_available }
    .counted = { about_agents_available }
    .unknown = { unknown_not_reported }

about_agents_logged_in = Agenten dieser Warteschlange, die angemeldet sind.
    .label = { metric_agents_logged_in }
    .counted = { about_agents_logged_in }
    .unknown = { unknown_not_reported }

about_agents_not_ready = Agenten dieser Warteschlange, die angemeldet, aber nicht bereit für Kontakte sind.
    .label = { metric_agents_not_ready }
    .counted = { about_agents_not_ready }
    .unknown = { unknown_not_reported }

about_agents_in_conversation = Agenten dieser Warteschlange, die im Gespräch sind.
    .label = { metric_agents_in_conversation }
    .counted = { about_agents_in_conversation }
    .unknown = { unknown_not_reported }

about_offered = Kontakte, die in die Warteschlange gekommen sind.
    .label = { metric_offered }
    .counted = Kontakte, die gekommen sind: angenommen + abgebrochen + Kurzabbrüche + übergelaufen + noch wartend.
    .unknown = { unknown_entries }

about_answered = Kontakte, die ein Agent angenommen hat.
    .label = { metric_answered }
    .counted = Kontakte, die ein Agent geöffnet hat. Ein Kontakt, der nach dem Schließen wieder geöffnet wird, zählt einmal.
    .unknown = { unknown_not_reported }

about_abandoned = Kontakte, die abbrachen, bevor ein Agent sie annahm.
    .label = { metric_abandoned }
    .counted = Kontakte, die abbrachen, bevor ein Agent sie öffnete. Vngage hat dafür kein Ereignis: Sind eine Weile lang mehr Vorgänge ungeöffnet, als Besucher in der Warteschlange sind, gilt der Überschuss als abgebrochen, der älteste zuerst. Ein Vorgang, der doch noch geöffnet wird, zählt nicht mehr. Wie lange jeder gewartet hatte, ist nicht bekannt, daher sind Kurzabbrüche enthalten.
    .unknown = { unknown_entries }

about_short_abandoned = Kontakte, die vor Ablauf der eigenen Grenze der Quelle abbrachen.
    .label = { metric_short_abandoned }
    .counted = Kontakte, die vor Ablauf von short_abandon in [targets] abbrachen.
    .unknown = Der Chat meldet nicht, wann Besucher gehen, daher ist ihre Wartezeit nicht bekannt.

about_flow_outs = Nicht angenommene Kontakte, die in eine andere Warteschlange, auf eine Mailbox oder zum Rückruf gingen.
    .label = { metric_flow_outs }
    .counted = Nicht angenommene Kontakte, die in eine andere Warteschlange, auf eine Mailbox oder zum Rückruf gingen.
    .unknown = { unknown_not_reported }

about_abandon_rate = Der Anteil der Kontakte, die ohne Annahme abbrachen, wie die Quelle ihn berechnet.
    .label = { metric_abandon_rate }
    .counted = Abgebrochen ÷ (angenommen + abgebrochen + übergelaufen). Ohne Kurzabbrüche.
    .unknown = { unknown_entries }

about_service_level = Der Anteil der Kontakte, die innerhalb des eigenen Annahmeziels des Anbieters angenommen wurden, wie die Quelle ihn berechnet. Die Statistik des Anbieters legt diese Zeit fest, nicht [targets].
    .label = { metric_service_level }
    .counted = Innerhalb des Annahmeziels angenommene Kontakte ÷ Kontakte. Die Formel legt fest, welche Kontakte zählen.
    .unknown = { unknown_nothing_yet }

about_average_speed_of_answer = Wie lange angenommene Kontakte im Durchschnitt gewartet hatten, wie die Quelle es berechnet.
    .label = { metric_average_speed_of_answer }
    .counted = Durchschnittliche Zeit vom Eintritt in die Warteschlange bis zum Öffnen, für angenommene Kontakte mit bekannter Wartezeit.
    .unknown = { unknown_nothing_yet }

about_average_handle_time = Zeit je Kontakt im Durchschnitt. Die Statistik der Quelle legt fest, was sie enthält: meist Gespräch, Halten und Nachbearbeitung.
    .label = Ø Bearbeitungszeit
    .counted = Zeit vom Öffnen bis zum Abschluss oder zur Weiterleitung ÷ bearbeitete Gespräche. Die Quelle meldet Nachbearbeitung und Halten nicht, daher sind sie nicht enthalten.
    .unknown = { unknown_nothing_yet }

about_average_talk_time = Zeit im Gespräch ÷ Kontakte, wie die Quelle es berechnet.
    .label = Ø Gesprächszeit
    .counted = { about_average_talk_time }
    .unknown = { unknown_nothing_yet }

about_average_wrap_up = Zeit für die Arbeit nach einem Kontakt ÷ Kontakte, wie die Quelle es berechnet.
    .label = Ø Nachbearbeitungszeit
    .counted = { about_average_wrap_up }
    .unknown = { unknown_nothing_yet }

about_first_response_time = Zeit bis zur ersten Antwort im Durchschnitt, wie die Quelle es berechnet.
    .label = Zeit bis zur ersten Antwort
    .counted = Zeit von der ersten Nachricht des Besuchers bis zur ersten Nachricht eines Agenten, im Durchschnitt. Bekannt, wenn ein Gespräch abgeschlossen wird; Notizen und automatische Texte zählen nicht.
    .unknown = { unknown_nothing_yet }

about_transferred = Weitergeleitete Kontakte.
    .label = { metric_transferred }
    .counted = Gespräche, die ein Agent in eine andere Warteschlange weitergeleitet hat. Zurück in dieselbe zählt nicht.
    .unknown = { unknown_not_reported }

about_outcome_positive = Kontakte, deren letztes Ergebnis laut Agent positiv ist.
    .label = { metric_outcome_positive }
    .counted = { about_outcome_positive }
    .unknown = { unknown_not_reported }

about_outcome_negative = Kontakte, deren letztes Ergebnis laut Agent negativ ist.
    .label = { metric_outcome_negative }
    .counted = { about_outcome_negative }
    .unknown = { unknown_not_reported }

about_outcome_neutral = Kontakte, deren letztes Ergebnis laut Agent neutral ist.
    .label = { metric_outcome_neutral }
    .counted = { about_outcome_neutral }
    .unknown = { unknown_not_reported }

about_outcome_unresolved = Kontakte, deren letztes Ergebnis laut Agent ungelöst ist; sie können wieder geöffnet werden.
    .label = { metric_outcome_unresolved }
    .counted = { about_outcome_unresolved }
    .unknown = { unknown_not_reported }

about_occupancy = Zeit mit Kontakten ÷ Zeit angemeldet und nicht in Pause, wie die Quelle es berechnet.
    .label = { metric_occupancy }
    .counted = { about_occupancy }
    .unknown = { unknown_nothing_yet }

about_cases = Vorgänge, die dieser Agent geöffnet hat oder die an ihn weitergeleitet wurden und die nicht abgeschlossen sind.
    .label = { metric_cases }
    .counted = { about_cases }
    .unknown = Die Verbindung war unterbrochen, und noch ist nicht sicher, dass kein Vorgang fehlt.

about_handled = Kontakte, die dieser Agent angenommen hat.
    .label = { metric_handled }
    .counted = Gespräche, die dieser Agent abgeschlossen oder weitergeleitet hat. Ein Kontakt, der wieder geöffnet und erneut abgeschlossen wird, zählt zweimal.
    .unknown = { unknown_not_reported }

about_missed = Kontakte, die diesem Agenten angeboten, aber nicht angenommen wurden.
    .label = { metric_missed }
    .counted = { about_missed }
    .unknown = { unknown_not_reported }

about_logged_in_time = Zeit, die der Agent heute angemeldet war.
    .label = { metric_logged_in_time }
    .counted = { about_logged_in_time }
    .unknown = { unknown_not_reported }

about_ready_time = Zeit, die der Agent heute für Kontakte bereit war.
    .label = { metric_ready_time }
    .counted = { about_ready_time }
    .unknown = { unknown_not_reported }

about_not_ready_time = Zeit, die der Agent heute in Pause oder bei anderer Arbeit war.
    .label = { metric_not_ready_time }
    .counted = { about_not_ready_time }
    .unknown = { unknown_not_reported }

about_talk_time = Zeit, die der Agent heute im Gespräch war.
    .label = { metric_talk_time }
    .counted = { about_talk_time }
    .unknown = { unknown_not_reported }

about_hold_time = Zeit, die der Agent heute Kontakte gehalten hat.
    .label = { metric_hold_time }
    .counted = { about_hold_time }
    .unknown = { unknown_not_reported }

about_wrap_up_time = Zeit, die der Agent heute Kontakte nachbearbeitet hat.
    .label = { metric_wrap_up_time }
    .counted = { about_wrap_up_time }
    .unknown = { unknown_not_reported }
