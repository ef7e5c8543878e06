# The form of a custom figure: a number or a state of another system.
figure_label = Beschriftung
figure_label_hint = Was Tafeln zeigen, höchstens 40 Zeichen. Nur Englisch gilt für alle Sprachen.
figure_kind = Art des Werts
figure_kind_hint = Tafeln schreiben jede Art auf ihre Weise.
figure_kind_number = Zahl
figure_kind_percent = Prozent
figure_kind_duration = Dauer, in Sekunden
figure_kind_state = Zustand, eines von mehreren Wörtern
figure_source = Gesendet von
figure_source_hint = Eine Datenquelle, die Werte sendet oder danach gefragt wird, oder mehrere.
figure_no_source = Noch keine Datenquelle sendet Werte. Legen Sie zuerst eine dieser Art an.
figure_unit = Einheit
figure_unit_hint = Nach der Zahl, höchstens 12 Zeichen, etwa Stk.
figure_decimals = Nachkommastellen
figure_decimals_hint = 0 bis 3.
figure_states = Wörter, die gesendet werden
figure_states_hint = Jedes mit der Beschriftung, die Tafeln zeigen, höchstens 12 Zeichen; ohne sie zeigen sie das Wort. Eine Zeile ohne Wort wird entfernt.
figure_state_word = Wort
figure_state_severity = Schweregrad
figure_state_normal = Normal
# For screen readers.
figure_state_new = Ein weiteres Wort
figure_state_add = Wort hinzufügen
figure_state_word_missing = Zu einer Beschriftung fehlt das Wort. Geben Sie das Wort ein, das gesendet wird.
figure_state_repeated = „{ $word }“ steht zweimal da. Jedes Wort steht einmal da.
figure_limit_hint = Eine Zahl; bei einer Dauer etwa 90s oder 2h. Leer: keine.
figure_clear_hint = Der Schweregrad gilt, bis der Wert wieder hier ist, damit er nicht ständig wechselt. Leer: Er endet sofort.
figure_per = Gilt für
figure_per_hint = Der ganze Standort hat einen Wert, oder jede Warteschlange einen eigenen.
figure_per_site = Der Standort
figure_per_queue = Jede Warteschlange
figure_merge = Mehrere Werte zusammen
figure_merge_hint = Von mehreren Quellen oder von den Warteschlangen einer Gruppe.
figure_merge_last = Der neueste
figure_merge_sum = Die Summe
figure_merge_max = Der größte oder der schlimmste Zustand
figure_valid_for = Gültig für
figure_valid_for_hint = Ein Wert, der bis dahin nicht erneut gesendet wird, ist veraltet, etwa 15m. Leer: wie bei der Quelle.
figure_id_hint = Der Schlüssel, unter dem der Wert gesendet wird, und unveränderlich: Kleinbuchstaben, Ziffern, _ und -. Leer: aus der Beschriftung gebildet.
figure_values_heading = Jetzt
figure_last_value = Letzter Wert
# $time is a time, $age how long ago that was.
figure_age = { $time }, vor { $age }
figure_out_of_date = Veraltet: { $time }, vor { $age }
figure_of_queues = { $count ->
    [0] Noch keine Warteschlange
    [one] 1 Warteschlange
   *[other] { $count } Warteschlangen
}
figure_further_queues = { $count ->
    [one] Und 1 weitere Warteschlange
   *[other] Und { $count } weitere Warteschlangen
}
# $source is a link with the name of a data source.
figure_sent = { $source } sendet ihn als { $figure }.
# $place is a place in what the source's address responds with.
figure_polled = { $source } fragt ihre Adresse danach: { $place }.
figure_not_polled = { $source } fragt ihre Adresse, hat aber noch keine Stelle für diesen Wert. Ergänzen Sie sie im Formular der Quelle.
