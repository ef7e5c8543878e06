# Seiten über das, was nicht gezeigt oder getan werden kann.

page_missing = Seite nicht gefunden
page_missing_help = Prüfen Sie die Adresse, oder beginnen Sie unter Tafeln.
page_read_only = Diese Seite kann nur gelesen werden
page_read_only_help = Nichts wurde geändert.
board_missing = Tafel nicht gefunden
board_missing_help = Es gibt keine Tafel „{ $name }“. Sie kann umbenannt oder gelöscht worden sein.
subject_missing = Nicht gefunden
queue_missing_help = Es gibt keine Warteschlange „{ $name }“. Sie kann gelöscht oder in der Konfiguration verborgen worden sein.
agent_missing_help = Es gibt keinen Agenten „{ $name }“. Er kann gelöscht oder in der Konfiguration verborgen worden sein.
figure_missing_help = Es gibt keinen Wert „{ $name }“, den Sie sehen dürfen. Er kann aus der Konfiguration entfernt worden sein.
card_missing_help = Es gibt keine Karte „{ $name }“. Sie kann gelöscht oder in der Konfiguration verborgen worden sein.
file_source_missing_help = Es gibt keine Dateiquelle „{ $name }“. Sie kann gelöscht oder in der Konfiguration verborgen worden sein.
link_invalid = Dieser Link funktioniert nicht
link_invalid_help = Ein Teil der Adresse ist ungültig. Beginnen Sie neu auf einer dieser Seiten.
no_access = Sie haben keinen Zugriff auf diese Seite
no_access_help = Ein Administrator kann Ihnen auf der Seite Benutzer eine andere Rolle geben.
only_in_files = Einstellungen stehen nur in Dateien
only_in_files_help = Niemand ändert sie im Browser; so legt es `editing` unter `[access]` in der Konfigurationsdatei fest.
nothing_changed = Nichts wurde geändert
from_elsewhere_help = Die Anfrage kam nicht von der richtigen Seite. Laden Sie die Seite neu, und versuchen Sie es erneut.
field_invalid_help = Ein Feld fehlt oder ist ungültig. Gehen Sie zurück, und versuchen Sie es erneut.
not_possible_now = Gerade nicht möglich
records_full_help = Der Speicher des Clusters in NATS ist voll. Bitten Sie einen Administrator, Platz zu schaffen.
records_away_help = Der Speicher des Clusters in NATS ist nicht erreichbar. Versuchen Sie es in einer Minute erneut, oder bitten Sie einen Administrator, NATS zu prüfen.
took_too_long = Das hat zu lange gedauert
took_too_long_help = Der Server ist ausgelastet. Versuchen Sie es in einer Minute erneut. Wenn Sie etwas gespeichert haben, sehen Sie zuerst nach, ob es da ist.
went_wrong = Etwas ist schiefgegangen
went_wrong_help = Der Fehler wurde protokolliert. Versuchen Sie es gleich noch einmal.
# The heading of the part of an address that isn't valid.
what_is_invalid = Was ungültig ist
you_can_go_to = Sie können hierhin gehen:

## Why a past can't be shown

past_invalid_help = Ein Teil der Adresse ist ungültig.
nothing_to_rewind = Nichts zum Zurückspulen
nothing_to_rewind_help = Was geschieht, wird nicht protokolliert. Ein Administrator kann das Protokoll einschalten: [log] enabled = true.
nothing_from_then = Nichts aus dieser Zeit
nothing_from_then_help = Das Protokoll reicht nicht so weit zurück. Wählen Sie eine spätere Zeit.
too_many_rewind = Zu viele spulen gerade zurück
too_many_rewind_help = Versuchen Sie es in einer Minute erneut. Aktuelle Seiten sind nicht betroffen.
too_many_moments = Sie sehen sich zu viele Zeitpunkte an
too_many_moments_help = Schließen Sie eine der früheren Tafeln oder Seiten, die Sie offen haben, und versuchen Sie es dann erneut.
