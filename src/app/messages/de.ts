/** All text of the page in German. Ids and values are those of `en.ts`. */
import type { Messages } from './en.ts'

export const de: Messages = {
  'app.name': 'Keeptab',
  'app.screens': 'Bereiche',
  'app.screen.backup': 'Backup',
  'app.screen.restore': 'Zurückholen',
  'app.screen.keep': 'Aufbewahren',
  'app.screen.account': 'Konto',
  'app.screen.check': 'Prüfen',
  'app.title.kept': '{percent} aufbewahrt · Keeptab',
  'app.title.back': '{percent} zurück · Keeptab',
  'app.title.state': '{state} · Keeptab',
  'app.title.keeping': 'Bewahrt auf · Keeptab',
  'app.skip': 'Zum Inhalt springen',
  'app.keeping': '{size} für andere aufbewahrt',
  'app.update.ready': 'Eine neue Version ist da.',
  'app.update.waits': 'Ein Update ist da und wartet, bis die Übertragung fertig ist.',
  'app.update.apply': 'Update bereit: neu starten',
  'app.offline':
    'Kein Netz. Keeptab wurde von diesem Gerät geöffnet: Du kannst deine Ordner und deine Wörter ansehen. Sichern, Aufbewahren und Zurückholen gehen weiter, sobald das Netz wieder da ist.',
  'app.insecure': 'Diese Seite braucht eine sichere Adresse',
  'app.insecure.why':
    'Browser erlauben Verschlüsselung, Speicher und Ordner nur über https oder auf localhost. Frag den Betreiber dieses Koordinators nach der https-Adresse.',
  'app.opening': 'Deine Ordner, aufbewahrt in den Tabs anderer',
  'app.opening.what': 'Öffnet, was dieser Browser davon weiß.',
  'app.elsewhere': 'Keeptab läuft in einem anderen Tab',
  'app.elsewhere.what': 'Arbeite in jenem Tab weiter. Wenn er geschlossen wird, übernimmt dieser von selbst.',
  'app.elsewhere.gone': 'Keeptab arbeitet im anderen Tab nicht mehr',
  'app.elsewhere.gone.what': 'Wenn jener Tab neu geladen oder geschlossen wird, übernimmt dieser von selbst.',
  'app.elsewhere.cleared.what':
    'Der Browser hat alles gelöscht, was Keeptab hier gespeichert hatte. Lass jenen Tab noch eine Minute offen, damit das Netz davon erfährt, und lade ihn dann neu: Deine Backups kommen mit den 24 Wörtern zurück.',
  'app.one-tab': 'Dieser Browser kann Tabs von Keeptab nicht auseinanderhalten: Lass nur einen offen.',
  'count.files': '{count, plural, one {# Datei} other {# Dateien}}',
  'count.folders': '{count, plural, one {# Ordner} other {# Ordner}}',
  'count.entries': '{count, plural, one {# Eintrag} other {# Einträge}}',
  'time.today': 'heute, {time}',
  'time.left.soon': 'noch unter einer Minute',
  'time.left.minutes': 'noch etwa {count, plural, one {# Min.} other {# Min.}}',
  'time.left.minutes.range': 'noch etwa {from, number}–{to, number} Min.',
  'time.left.hours': 'noch etwa {count, plural, one {# Std.} other {# Std.}}',
  'time.left.hours.range': 'noch etwa {from, number}–{to, number} Std.',
  'ring.of': '{of, plural, one {von # Bewahrer} other {von # Bewahrern}}',
  'safety.here-only': 'Nur hier',
  'safety.spreading': 'Wird verteilt',
  'safety.words-needed': 'Wörter fehlen',
  'safety.safe': 'Sicher',
  'safety.at-risk': 'In Gefahr',
  'backup.sentence.none': 'Wähle einen Ordner, und die Tabs anderer bewahren ihn auf',
  'backup.sentence.no-folder': 'Es ist kein Ordner mehr gewählt; das letzte Backup bleibt aufbewahrt',
  'backup.sentence.broken-off': 'Das letzte Backup wurde unterbrochen; es geht dort weiter',
  'backup.sentence.choose-again':
    'Wähle deine Dateien erneut: Das letzte Backup wurde unterbrochen und geht dort weiter',
  'backup.sentence.paused': 'Backups sind angehalten; bis du fortsetzt, wird nichts gesendet',
  'backup.sentence.some-safe':
    '{covered, number} von {folders, plural, one {# Ordner} other {# Ordnern}} {covered, plural, one {ist} other {sind}} sicher',
  'backup.sentence.here-only':
    '{folders, plural, one {Dein Ordner liegt nur auf diesem Computer} other {Deine # Ordner liegen nur auf diesem Computer}}',
  'backup.sentence.running':
    '{folders, plural, one {Dein Ordner wird verteilt} other {Deine # Ordner werden verteilt}}',
  'backup.sentence.spreading':
    '{folders, plural, one {Dein Ordner ist noch nicht weit genug verteilt} other {Deine # Ordner sind noch nicht weit genug verteilt}}',
  'backup.sentence.words-needed':
    '{folders, plural, one {Dein Ordner ist verteilt. Schreib die 24 Wörter auf, damit er sicher ist} other {Deine # Ordner sind verteilt. Schreib die 24 Wörter auf, damit sie sicher sind}}',
  'backup.sentence.safe': '{folders, plural, one {Dein Ordner ist sicher} other {Deine # Ordner sind sicher}}',
  'backup.sentence.safe-one-machine':
    '{folders, plural, one {Dein Ordner ist sicher, aber alles liegt auf diesem Computer} other {Deine # Ordner sind sicher, aber alles liegt auf diesem Computer}}',
  'backup.sentence.at-risk': '{atRisk, plural, one {# Ordner ist in Gefahr} other {# Ordner sind in Gefahr}}',
  'backup.choose': 'Ordner wählen',
  'backup.add': 'Ordner hinzufügen',
  'backup.choose-files': 'Stattdessen Dateien wählen',
  'backup.choose-again': 'Dateien erneut wählen',
  'backup.ring': '{stored, number} von {of, number} Bewahrern haben ihr Stück',
  'backup.intro':
    'Alles wird zuerst in diesem Browser verschlüsselt. Bewahrer halten Stücke, die sie nicht lesen können; schon einige davon genügen, um alles zurückzuholen, und 24 Wörter sind der einzige Schlüssel.',
  'backup.waiting.keepers': 'Wartet auf Bewahrer; nichts ist verloren.',
  'backup.waiting.coordinator': 'Wartet auf den Koordinator; nichts ist verloren.',
  'backup.progress': '{kept} von {total} aufbewahrt · {files, plural, one {# Datei} other {# Dateien}} gelesen',
  'backup.rate': '{size}/s',
  'backup.looking-through': 'Wird durchgesehen: {files, plural, one {# Datei} other {# Dateien}}, {size}',
  'backup.starting': 'Startet',
  'backup.one-machine':
    'Alle Bewahrer laufen hier auf diesem Computer: Das zeigt, wie Keeptab funktioniert, schützt aber vor nichts, was dem Computer zustößt. Behalte eine weitere Kopie.',
  'backup.at-risk.what':
    'Für einen Teil davon sind zu wenige Bewahrer übrig. Andere werden gerade gesucht; behalte bis dahin die Dateien auf diesem Computer.',
  'backup.last': 'Zuletzt gesichert: {when}.',
  'backup.go-on': 'Fortsetzen',
  'backup.now': 'Jetzt sichern',
  'backup.drop': 'Oder zieh einen Ordner irgendwo auf diese Seite.',
  'backup.rolled-back':
    'Der Koordinator zeigte ein älteres Backup, als dieses Gerät oder Bewahrer gesehen haben. Das neuere wird verwendet; sag dem Betreiber des Koordinators Bescheid.',
  'backup.counting': 'Der Ordner wird durchgesehen',
  'backup.counting.figures': 'Der Ordner wird durchgesehen: {files, plural, one {# Datei} other {# Dateien}}, {size}',
  'backup.legend.here-only': 'Der Ordner liegt auf diesem Computer und nirgends sonst.',
  'backup.legend.spreading': 'Ein Punkt für jeden Bewahrer, der sein versiegeltes Stück gespeichert hat.',
  'backup.legend.safe': 'Genug Bewahrer haben ihn, und die 24 Wörter stehen auf Papier.',
  'backup.folders': 'Ordner',
  'backup.announced': '{percent} aufbewahrt',
  'backup.pause': 'Anhalten',
  'backup.cancel': 'Abbrechen',
  'backup.cancelled':
    'Abgebrochen. Was gesendet wurde, bleibt bei den Bewahrern; das nächste Backup sendet es nicht noch einmal.',
  'backup.paused.what':
    'Was gesendet wurde, bleibt bei den Bewahrern. Es geht dort weiter, auch wenn dieser Tab inzwischen geschlossen war.',
  'backup.looking-for-changes': 'Sucht nach Änderungen',
  'backup.said.twice': '„{name}“ steht schon in der Liste und wird nur einmal gesichert.',
  'backup.said.none':
    'Es wurde keine Datei gewählt. Ein Ordner ganz ohne Dateien lässt sich so nicht wählen: Der Browser nennt einer Seite nur Dateien.',
  'backup.next.day': 'Wird einmal am Tag neu gelesen, solange dieser Tab offen ist.',
  'backup.next.hour': 'Wird jede Stunde neu gelesen, solange dieser Tab offen ist.',
  'backup.next.quarter': 'Wird alle 15 Minuten neu gelesen, solange dieser Tab offen ist.',
  'backup.next.hand': 'Wird nur neu gelesen, wenn du „Jetzt sichern“ drückst.',
  'backup.next.chosen': 'Was du wählst, wird für ein Backup gelesen: Wähle es für das nächste erneut.',
  'backup.next.watched': 'Änderungen werden in Sekunden bemerkt.',
  'backup.more-folders': '{count, number} weitere zeigen',
  'backup.source.last': 'zuletzt gesichert: {when}',
  'backup.source.spreading': 'Wird verteilt: {stored, number} von {of, number} Bewahrern',
  'backup.source.progress': '{kept} von {total}',
  'backup.source.files': '{done, number} von {total, plural, one {# Datei} other {# Dateien}}',
  'backup.source.waits': 'ist noch nicht an der Reihe',
  'backup.source.choose-again':
    'So gewählt wird er für ein Backup gelesen: Wähle ihn erneut, damit er ins nächste kommt.',
  'backup.source.permission': 'Der Browser braucht deine Erlaubnis, um den Ordner wieder zu lesen.',
  'backup.source.since': 'Das Backup ({when}) bleibt aufbewahrt.',
  'backup.source.never': 'Er liegt nur auf diesem Computer.',
  'backup.source.paused': 'Angehalten: bleibt aus Backups heraus, bis du fortsetzt.',
  'backup.source.carried': 'Diesmal nicht lesbar; die letzte Version bleibt im Backup. Der Grund: {reason}',
  'backup.source.missing': 'Diesmal nicht lesbar und nicht im neuesten Backup. Der Grund: {reason}',
  'backup.source.renamed': 'Ein anderer Ordner heißt schon „{other}“, darum wird dieser als „{name}“ aufbewahrt.',
  'backup.source.inside': 'Liegt in „{other}“: Seine Dateien erscheinen in beiden und werden einmal gespeichert.',
  'backup.source.around': '„{other}“ liegt darin: Jene Dateien erscheinen in beiden und werden einmal gespeichert.',
  'backup.source.reconnect': 'Neu verbinden',
  'backup.source.reconnect.label': '{name} neu verbinden',
  'backup.source.pause.label': '{name} anhalten',
  'backup.source.go-on.label': '{name} fortsetzen',
  'backup.source.more': 'Mehr zu {name}',
  'backup.source.remove': 'Aus der Liste entfernen',
  'backup.source.remove.what': 'Backups, die ihn enthalten, bleiben; das nächste lässt ihn aus.',
  'backup.source.rules': 'Was ausgelassen wird: Regeln',
  'backup.source.ring': '{percent} von {name} bei Bewahrern',
  'backup.outlook.survives':
    '{keepers, plural, =0 {Kein weiterer Bewahrer darf jetzt verschwinden} one {Hält, auch wenn # weiterer Bewahrer verschwindet} other {Hält, auch wenn # weitere Bewahrer verschwinden}}',
  'backup.outlook.away': 'Ein Teil davon lässt sich erst zurückholen, wenn Bewahrer wiederkommen',
  'backup.outlook.better': 'über {chance}, dass es das Jahr übersteht',
  'backup.outlook.between': '{least} bis {likely}, dass es das Jahr übersteht',
  'backup.outlook.below': 'unter {chance}, dass es das Jahr übersteht',
  'backup.outlook.young': 'über die Bewahrer ist noch zu wenig bekannt, um mehr zu sagen',
  'backup.outlook.known.days':
    'Bekannt von {keepers, plural, one {# Bewahrer} other {# Bewahrern}} aus {count, plural, one {# Tag} other {# Tagen}}.',
  'backup.outlook.known.months':
    'Bekannt von {keepers, plural, one {# Bewahrer} other {# Bewahrern}} aus {count, plural, one {# Monat} other {# Monaten}}.',
  'backup.outlook.shared.network':
    '{keepers, number} von {of, number} Bewahrern sind im selben Netz und können zusammen verschwinden.',
  'backup.outlook.shared.platform':
    '{keepers, number} von {of, number} laufen in derselben Art von Browser auf demselben System und können zusammen verschwinden.',
  'backup.outlook.rest-at-risk':
    'Etwas, das ältere Backups oder die deiner anderen Geräte brauchen, ist in Gefahr: Zu wenige seiner Stücke sind noch da. Hol zurück, was du davon noch willst.',
  'backup.outlook.dependent':
    'Das ist mehr an einem Ort, als Keeptab will: Es gibt zu wenige andere, also fallen diese Bewahrer nicht unabhängig voneinander aus.',
  'backup.outlook.trial':
    'Dieses Netz muss sich noch bewähren: Es ist klein, oder die meisten seiner Bewahrer sind noch nicht bekannt.',
  'backup.outlook.unknowable':
    'Was alle Bewahrer gemeinsam haben, etwa einen Betreiber, einen Browser oder einen Fehler in Keeptab, kann niemand in eine Zahl fassen: Behalte von allem, was du nicht verlieren darfst, eine zweite Kopie.',
  'backup.what-if': 'Was, wenn Bewahrer verschwinden?',
  'backup.what-if.label': 'Was, wenn Bewahrer verschwinden? {name}',
  'backup.what-if.vanish': 'Bewahrer, die auf einmal und für immer verschwinden',
  'backup.what-if.of': '{vanish, number} von {of, number}',
  'backup.what-if.shorter': 'und die übrigen bleiben nur halb so lange',
  'backup.what-if.then': 'Dann:',
  'backup.what-if.lost': 'Ein Teil davon wäre verloren',
  'backup.left-out.none': 'Nichts wurde ausgelassen.',
  'backup.left-out.ignored': '{count, plural, one {# durch eine Regel ausgelassen} other {# durch Regeln ausgelassen}}',
  'backup.left-out.unreadable': '{count, plural, one {# war nicht lesbar} other {# waren nicht lesbar}}',
  'backup.left-out.last-version':
    '{count, plural, one {# war nicht lesbar: die letzte Fassung bleibt} other {# waren nicht lesbar: ihre letzten Fassungen bleiben}}',
  'backup.left-out.changed-while-read':
    '{count, plural, one {# änderte sich beim Lesen} other {# änderten sich beim Lesen}}',
  'backup.left-out.group.ignored': 'Regel {detail}: {count, plural, one {# Eintrag} other {# Einträge}}',
  'backup.left-out.group.unreadable': 'Nicht lesbar ({detail}): {count, plural, one {# Eintrag} other {# Einträge}}',
  'backup.left-out.group.last-version':
    'Nicht lesbar ({detail}), die letzte Fassung bleibt: {count, plural, one {# Eintrag} other {# Einträge}}',
  'backup.left-out.group.changed-while-read':
    'Beim Lesen geändert, aufbewahrt, wie gelesen: {count, plural, one {# Datei} other {# Dateien}}',
  'backup.left-out.save': 'Als Text speichern',
  'backup.left-out.file': 'ausgelassen aus {name}.txt',
  'backup.left-out.unseen': 'Was der Browser hier nicht sieht',
  'backup.rules.title': 'Regeln für {name}',
  'backup.rules.what':
    'Eine Regel pro Zeile, wie in .gitignore: *.tmp lässt alle solchen Dateien aus, cache/ einen Ordner, !keep.tmp nimmt eine wieder auf.',
  'backup.rules.own': 'Deine Regeln',
  'backup.rules.defaults': 'Auch auslassen, was Systeme von selbst anlegen',
  'backup.rules.in-folder': 'Regeln, die als {file} im Ordner liegen; sie zählen zuletzt und werden dort geändert',
  'backup.rules.counting': 'Alles darin wird durchgesehen: {files, plural, one {# Datei} other {# Dateien}}',
  'backup.rules.in': 'Dabei: {files, plural, one {# Datei} other {# Dateien}}, {size}',
  'backup.rules.out': 'Ausgelassen: {files, plural, one {# Datei} other {# Dateien}}, {size}',
  'backup.rules.out.example': '{path}, durch die Regel {rule}',
  'backup.rules.save': 'Regeln übernehmen',
  'backup.rules.close': 'Ohne Änderung schließen',
  'backup.rules.unreadable':
    'Der Ordner ist gerade nicht lesbar, darum gibt es keine Vorschau. Die Regeln gelten ab dem nächsten Backup.',
  'backup.plan': 'Wann Ordner neu gelesen werden',
  'backup.plan.quarter': 'Alle 15 Minuten',
  'backup.plan.hour': 'Jede Stunde',
  'backup.plan.day': 'Einmal am Tag',
  'backup.plan.hand': 'Nur von Hand',
  'backup.plan.every-byte': 'Jedes Byte prüfen',
  'backup.plan.every-byte.what':
    'Liest jedes Mal alle Dateien, auch die mit unveränderter Größe und unverändertem Datum. Langsamer; findet auch verborgene Änderungen.',
  'drill.what':
    'Eine Probe holt einige deiner Dateien zurück wie ein neues Gerät, prüft jedes Byte davon, bei langen das eines Teils, und wirft sie wieder weg. Nichts, was dieser Browser sich merkt, kann für Fehlendes einspringen. Sie läuft einmal in der Woche von selbst.',
  'drill.proven': 'Bewiesen: {when}. Was von deinem Backup geprobt wurde, kam zurück.',
  'drill.never': 'Noch nicht bewiesen, dass dein Backup zurückkommt.',
  'drill.cost': 'Die letzte Probe hat {size} empfangen.',
  'drill.now': 'Wiederherstellung jetzt proben',
  'drill.running':
    'Wiederherstellung wird geprobt: {files, plural, one {# Datei} other {# Dateien}} zurück, {size} empfangen',
  'drill.blocked': 'Sie läuft, sobald andere Arbeit fertig ist.',
  'drill.source.proven': 'wiederherstellbar, bewiesen: {when}',
  'drill.source.failed': 'bei der Probe ({when}) kam nicht alles davon zurück',
  'drill.source.away': 'konnte nicht geprobt werden ({when}): zu wenige Bewahrer waren da',
  'drill.failed.title': 'Eine Probe ist fehlgeschlagen',
  'drill.failed': 'Probe: {when}. Nicht alles kam zurück: {reason}.',
  'drill.failed.here':
    'Behalte deine eigene Kopie. {way, select, now {Drück auf „Jetzt sichern“} resume {Drück oben auf „Fortsetzen“} counting {Sobald alle Dateien gezählt sind, starte das Backup, das dann unten steht} preview {Starte das Backup, das unten steht} running {Ein Backup läuft} other {Wähle den Ordner erneut oder setze ihn fort, und sichere ihn}}: Was dem Netz als verloren bekannt ist, wird noch einmal gesendet, solange es auf diesem Computer ist; das Übrige stellen Bewahrer wieder her, sobald sie es finden. Morgen wird wieder geprobt.',
  'drill.failed.elsewhere':
    'Es betrifft, was ein anderes deiner Geräte gesichert hat: Öffne Keeptab dort und sichere noch einmal.',
  'drill.away':
    'Probe: {when}. Es waren zu wenige Bewahrer da, um das Geprobte zurückzuholen. Soweit bekannt, ist nichts verloren; in einigen Stunden wird wieder geprobt.',
  'drill.reason.head': 'der Koordinator zeigt dein neuestes Backup nicht',
  'drill.reason.manifest': 'eine Liste des Gesicherten lässt sich nicht lesen',
  'drill.reason.record': 'die Beschreibung einiger Stücke fehlt oder wurde verändert',
  'drill.reason.placement': 'für einige Stücke sind zu wenige Bewahrer übrig',
  'drill.reason.index': 'die Liste, was wo liegt, lässt sich nicht lesen',
  'drill.reason.tree': 'die Liste eines Ordners lässt sich nicht lesen',
  'drill.reason.content': 'einige Dateien lassen sich nicht lesen',
  'backup.preview':
    'Dieses Backup: {files, plural, one {# Datei} other {# Dateien}}{folders, plural, =0 {} one { in # Ordner} other { in # Ordnern}}, {size}',
  'backup.preview.unseen': 'Was der Browser nicht sieht',
  'backup.preview.start': 'Backup starten',
  'backup.unseen.links': 'Symbolische Links',
  'backup.unseen.links.effect': 'Der Browser zeigt sie nicht; sie werden nicht gesichert.',
  'backup.unseen.rights': 'Zugriffsrechte und das Datum von Ordnern',
  'backup.unseen.rights.effect': 'Der Browser nennt sie nicht; zurückgeholte Dateien bekommen die üblichen.',
  'backup.unseen.names':
    'Namen mit : * ? " < > | oder \\, Namen mit Punkt oder Leerzeichen am Ende, con, nul und Ähnliche, desktop.ini sowie .lnk-, .url- und .scf-Dateien',
  'backup.unseen.names.effect':
    'Der Browser lässt sie aus, ohne zu sagen, welche. „Stattdessen Dateien wählen“ zeigt sie.',
  'backup.unseen.empty': 'Leere Ordner',
  'backup.unseen.empty.effect': 'Der Browser listet sie nicht auf; sie werden nicht gesichert.',
  'backup.unseen.followed': 'Symbolische Links',
  'backup.unseen.followed.effect':
    'Sie erscheinen als das, worauf sie zeigen; ein Ordner, auf den ein Link darin zeigt, kann fehlen.',
  'backup.unseen.pipes': 'Pipes und Geräte',
  'backup.unseen.pipes.effect': 'Sie sehen aus wie leere Dateien und werden so gesichert.',
  'name.none': 'ohne Namen',
  'notice.left-out': '{count, plural, one {# Eintrag} other {# Einträge}} ausgelassen',
  'notice.not-back': '{count, plural, one {# Eintrag ließ} other {# Einträge ließen}} sich nicht zurückholen',
  'notice.names': '{count, plural, one {# Hinweis} other {# Hinweise}} zu Namen',
  'notice.ignored': 'durch die Regel {detail} ausgelassen',
  'notice.unreadable': 'nicht lesbar: {detail}',
  'notice.last-version': 'nicht lesbar, die letzte Fassung bleibt: {detail}',
  'notice.changed-while-read': 'beim Lesen geändert',
  'notice.renamed': 'heißt jetzt {detail}',
  'notice.refused': 'nicht zurückgeholt: {detail}',
  'notice.more': 'und {count, number} weitere',
  'keeper-trouble.backup':
    '{count, plural, one {#-mal} other {#-mal}} nahm ein Bewahrer sein Stück nicht an; das Backup läuft mit anderen weiter, nichts ist verloren',
  'keeper-trouble.restore':
    '{count, plural, one {#-mal} other {#-mal}} antwortete ein Bewahrer nicht oder falsch; andere wurden gefragt',
  'keeper-trouble.unreachable': 'nicht erreichbar',
  'keeper-trouble.full': 'voll',
  'keeper-trouble.refused': 'abgelehnt',
  'keeper-trouble.corrupt': 'beschädigt',
  'keeper-trouble.slow': 'langsam',
  'words.write': 'Schreib deine 24 Wörter auf',
  'words.write.why':
    'Solange du die 24 Wörter nicht aufgeschrieben hast, ist mit diesem Browser auch das Backup verloren.',
  'words.show': 'Wörter zeigen',
  'words.yours': 'Deine 24 Wörter',
  'words.yours.why':
    'Wer sie hat, kann dein Backup lesen; leg sie dorthin, wo du deinen Pass aufbewahrst. Sind sie bestätigt, kann niemand sie dir noch einmal zeigen.',
  'words.list': 'Die 24 Wörter',
  'words.written': 'Ich habe sie aufgeschrieben',
  'words.print': 'Notfallblatt drucken',
  'words.hide': 'Verbergen',
  'words.three': 'Drei davon, von deinem Papier',
  'words.three.why': 'Dann ist klar, dass sie auf Papier stehen, und dieser Browser vergisst sie.',
  'words.word': 'Wort {position, number}',
  'words.confirm': 'Bestätigen',
  'words.show-again': 'Wörter noch einmal zeigen',
  'words.kit':
    'Schreib sie in ihrer Reihenfolge auf Papier oder druck das Notfallblatt: die Wörter und alles, was zum Zurückholen nötig ist. Als Datei gehört das Notfallblatt auf einen Stick, der weggelegt wird, nicht auf diesen Computer.',
  'words.save': 'Notfallblatt speichern',
  'words.saved':
    'Die Datei heißt {name}. Sieh nach, ob sie da ist, bevor du die Wörter verbirgst: Das kannst nur du sehen. Fehlt sie, speichere noch einmal oder druck das Notfallblatt.',
  'kit.title': 'Keeptab-Notfallblatt',
  'kit.what':
    'Die 24 Wörter unten holen dein Backup auf jedem Computer oder Telefon zurück, auch wenn das ursprüngliche Gerät verloren ist. Wer sie hat, kann das Backup lesen: Leg dieses Blatt dorthin, wo du deinen Pass aufbewahrst.',
  'kit.file':
    'Diese Datei enthält die Wörter selbst. Leg sie auf einen Stick oder eine Disc, die weggelegt wird: nicht auf den gesicherten Computer, nicht ins Postfach, nicht in einen geteilten Ordner.',
  'kit.words': 'Die 24 Wörter, in dieser Reihenfolge',
  'kit.restore': 'So bekommst du deine Dateien zurück',
  'kit.step.open': 'Öffne auf einem Gerät, dem du vertraust, diese Adresse im Browser:',
  'kit.step.type':
    'Wähle „Zurückholen“ und gib die 24 Wörter ein, oder scanne den Code: Er öffnet die Seite mit den Wörtern.',
  'kit.step.find': 'Drück „Meine Backups finden“, wähle, was du zurückhaben willst, und wohin es soll.',
  'kit.code': 'QR-Code mit der Adresse und den 24 Wörtern',
  'kit.code.what': 'Auch der Code enthält die Wörter. Scanne ihn mit der Kamera deines eigenen Geräts.',
  'kit.link': 'Seite mit eingetragenen Wörtern öffnen',
  'kit.printed': 'Gedruckt: {when}.',
  'kit.saved': 'Gespeichert: {when}.',
  'kit.account': 'Konto {account}.',
  'paper.due': 'Ist das Papier mit deinen 24 Wörtern noch da?',
  'paper.due.why':
    'Zuletzt geprüft: {when}. Hol es und gib drei Wörter davon ein: Geht dieses Gerät verloren, bringt nur dieses Papier dein Backup zurück.',
  'paper.check': 'Papier prüfen',
  'paper.later': 'In einer Woche fragen',
  'paper.cancel': 'Nicht jetzt',
  'paper.ask': 'Niemand kann sie hier zeigen: Dieses Gerät weiß nur noch genug, um zu sagen, ob sie stimmen.',
  'paper.answer': 'Prüfen',
  'paper.known': 'Dein Papier mit den 24 Wörtern',
  'paper.proved': 'Alle drei stimmen: Dein Papier funktioniert.',
  'paper.last': 'Zuletzt geprüft: {when}. Nächste Frage: etwa {next}.',
  'paper.mismatch': 'Diese drei Wörter gehören nicht zu diesem Konto.',
  'paper.mismatch.look':
    'Ist es das richtige Papier, und sind es die richtigen Nummern darauf? Sieh dir jeden Buchstaben an und versuch es noch einmal. Nichts hat sich geändert: Dein Backup ist, wie es war.',
  'paper.mismatch.lost':
    'Ist das Papier beschädigt oder verloren, kann niemand seine Wörter noch einmal zeigen. Sorge vor, solange dieses Gerät deine Dateien noch hat: Öffne Keeptab hier in einem anderen Browser, wähle dieselben Ordner und schreib die neuen Wörter auf. Behalte diesen Browser, bis jenes Backup sicher ist.',
  'notify.title': 'Mitteilungen',
  'notify.state.granted': 'An: Das System sagt dir, wenn etwas dich braucht, jedes nur einmal.',
  'notify.state.default':
    'Keeptab kann dir über das System sagen, wenn etwas dich braucht: Ein Backup ist gefährdet, überfällig oder fehlgeschlagen, eine Probe brachte etwas nicht zurück, ein Ordner ist nicht mehr lesbar, aufbewahrte Stücke sind verschwunden. Jedes nur einmal, und sonst nichts.',
  'notify.state.denied':
    'Der Browser blockiert sie für diese Seite. Erlaube Mitteilungen in den Einstellungen neben der Adresse der Seite, um sie zu bekommen.',
  'notify.state.unsupported':
    'Dieser Browser zeigt für diese Seite keine. Manche tun es, sobald Keeptab installiert ist oder auf dem Home-Bildschirm liegt.',
  'notify.allow': 'Mitteilungen erlauben',
  'notify.when': 'Sag mir, wenn',
  'notify.when.at-risk': 'ein Backup zu wenige Bewahrer übrig hat',
  'notify.when.overdue': 'seit einigen Tagen kein Backup fertig wurde',
  'notify.when.failed': 'ein Backup fehlschlug',
  'notify.when.unproven': 'bei einer Probe etwas nicht zurückkam',
  'notify.when.permission': 'der Browser die Erlaubnis, einen Ordner zu lesen, zurücknahm',
  'notify.when.lost': 'Stücke, die ich für andere aufbewahre, von diesem Gerät verschwunden sind',
  'notify.overdue-after': 'Überfällig nach',
  'notify.days': '{days, plural, one {# Tag} other {# Tagen}}',
  'notify.quiet.fromHour': 'Ruhe von',
  'notify.quiet.toHour': 'Ruhe bis',
  'notify.quiet.what':
    'Was in der Ruhezeit geschieht, wird danach gemeldet, wenn es noch so ist. Zweimal dieselbe Stunde heißt keine Ruhezeit.',
  'notify.test': 'Testmitteilung senden',
  'notify.test.shown': 'Gesendet. Siehst du nichts, sieh in den Mitteilungseinstellungen des Systems nach.',
  'notify.test.failed': 'Der Browser hat sie nicht gezeigt. Lade die Seite neu und versuch es noch einmal.',
  'notify.test.title': 'Mitteilungen funktionieren',
  'notify.test.body': 'So sagt dir Keeptab, wenn etwas dich braucht.',
  'notify.at-risk.title': 'Dein Backup ist in Gefahr',
  'notify.at-risk.body':
    '{folders, plural, one {# Ordner hat} other {# Ordner haben}} zu wenige Bewahrer übrig. Andere werden gerade gesucht; behalte bis dahin die Dateien auf diesem Computer.',
  'notify.overdue.title': 'Dein Backup ist überfällig',
  'notify.overdue.body':
    'Ein Ordner wurde zuletzt gesichert: {when}. Öffne Keeptab und sichere wieder. Was vorher aufbewahrt war, bleibt aufbewahrt.',
  'notify.failed.title': 'Ein Backup ist fehlgeschlagen',
  'notify.failed.body':
    'Öffne Keeptab, um den Grund zu sehen und fortzusetzen. Was vorher aufbewahrt war, bleibt aufbewahrt.',
  'notify.unproven.title': 'Bei einer Probe kam etwas nicht zurück',
  'notify.unproven.body':
    'Eine Probe der Wiederherstellung ist fehlgeschlagen. Behalte deine eigene Kopie und öffne Keeptab, um zu sehen, was zu tun ist.',
  'notify.permission.title': 'Der Browser hat eine Erlaubnis zurückgenommen',
  'notify.permission.body':
    '{folders, plural, one {# Ordner ist nicht lesbar und fehlt in neuen Backups.} other {# Ordner sind nicht lesbar und fehlen in neuen Backups.}} Öffne Keeptab und verbinde neu.',
  'notify.lost.title': 'Aufbewahrte Stücke sind verschwunden',
  'notify.lost.body':
    '{pieces, plural, one {# Stück} other {# Stücke}} von Backups anderer {pieces, plural, one {ist} other {sind}} aus diesem Browser verschwunden. Das Netz weiß davon. Dein eigenes Backup ist unberührt.',
  'account.none': 'Dieser Browser hat noch kein Konto',
  'account.none.what':
    'Er bekommt eins mit dem ersten Backup oder wenn du anfängst aufzubewahren: kein Formular, kein Name, kein Passwort. Hast du schon ein Konto, wähle „Zurückholen“ und gib seine 24 Wörter ein.',
  'account.on-paper': 'Deine Wörter stehen auf Papier',
  'account.on-paper.what':
    'Sie sind das Konto: Mit ihnen und der Adresse eines Koordinators hast du deine Backups auf jedem Gerät. Hier sind sie nicht mehr gespeichert.',
  'account.here-only': 'Deine Wörter sind nur auf diesem Gerät',
  'account.here-only.what': 'Sie sind das Konto. Bis sie auf Papier stehen, heißt nichts sicher.',
  'account.account': 'Konto',
  'account.device': 'Dieses Gerät',
  'account.coordinator': 'Koordinator',
  'coordinator.what': 'Der Koordinator ist der kleine Server, der Tabs einander vorstellt; keine Datei geht durch ihn.',
  'account.one-machine': 'Alles liegt auf diesem Computer.',
  'account.offline': 'Ohne Netz',
  'account.offline.yes': 'Diese Seite öffnet sich von diesem Gerät.',
  'account.offline.no': 'Diese Seite ist noch nicht auf diesem Gerät gespeichert.',
  'account.language': 'Sprache',
  'account.language.system': 'Wie der Browser: {language}',
  'account.appearance': 'Darstellung',
  'account.appearance.system': 'Wie das System',
  'account.appearance.light': 'Hell',
  'account.appearance.dark': 'Dunkel',
  'keep.sentence.starting': 'Startet: sieht durch, was du aufbewahrst',
  'keep.sentence.off': 'Du bewahrst noch nichts für andere auf',
  'keep.sentence.connecting': 'Verbindet; nichts, was du aufbewahrst, ist verloren',
  'keep.sentence.paused': 'Angehalten: Du nimmst nichts Neues an und gibst weiter heraus, was du aufbewahrst',
  'keep.sentence.paused.until':
    'Pause bis {until}: Du nimmst nichts Neues an und gibst weiter heraus, was du aufbewahrst',
  'keep.sentence.hours': 'Keine Stunde der Woche ist gewählt: Du nimmst nichts an und gibst nichts heraus',
  'keep.sentence.hours.until': 'Außerhalb deiner Stunden: Weiter geht es {until}',
  'keep.sentence.month': 'Die Monatsgrenze ist erreicht: Du nimmst nichts an und gibst nichts heraus',
  'keep.sentence.month.until': 'Die Monatsgrenze ist erreicht: Weiter geht es {until}',
  'keep.sentence.leaving': 'Alles wird zurückgegeben: Andere Bewahrer übernehmen, was du aufbewahrst',
  'keep.sentence.empty': 'Du bist Bewahrer. Noch hat niemand deinen Platz gebraucht',
  'keep.sentence.keeping':
    '{owners, plural, one {Du bewahrst Stücke vom Backup einer Person auf} other {Du bewahrst Stücke der Backups von # Personen auf}}',
  'keep.intro.on':
    'Hefte diesen Tab an, dann bewahrt er auch im Hintergrund auf. Du kannst ihn eine Weile schließen: Was du aufbewahrst, bleibt auf diesem Gerät.',
  'keep.intro.week':
    'Dieser Browser löscht nach einer Woche ohne Besuch, was eine Seite gespeichert hat; andere könnten sich auf das, was du hier aufbewahrst, nicht verlassen. Lege Keeptab auf den Home-Bildschirm oder ins Dock, öffne es dort und bewahre von dort aus für andere auf.',
  'keep.intro.front':
    'Aufbewahren läuft nur, solange du Keeptab vor dir hast. Du kannst es eine Weile schließen: Was du aufbewahrst, bleibt auf diesem Gerät.',
  'keep.intro.off':
    'Du bewahrst versiegelte Stücke der Backups anderer auf, die hier niemand lesen kann, und sie deine. Nichts wird installiert; ein Knopf startet, einer beendet es.',
  'private.keep':
    'Das sieht nach einem privaten Fenster aus. Es vergisst alles, wenn es geschlossen wird, deshalb lässt sich hier nichts für andere aufbewahren. Öffne Keeptab in einem gewöhnlichen Fenster, oder erlaube dieser Adresse, Daten zu speichern.',
  'private.backup':
    'Das sieht nach einem privaten Fenster aus. Es vergisst alles, wenn es geschlossen wird: deine Ordner, und wer du bist. Öffne Keeptab in einem gewöhnlichen Fenster, oder erlaube dieser Adresse, Daten zu speichern. Zurückholen kannst du hier mit deinen 24 Wörtern.',
  'private.unknown':
    'Ein privates Fenster vergisst alles, wenn es geschlossen wird, und dieser Browser sagt uns nicht, ob dies eines ist.',
  'keep.limit': 'Platzgrenze',
  'keep.room': 'Dieser Browser hat Platz für {size}.',
  'keep.limit.lower':
    'Bei einer niedrigeren Grenze wird nichts weggeworfen: Was darüber liegt, zieht erst zu anderen Bewahrern um.',
  'keep.start': 'Für andere aufbewahren',
  'keep.go-on': 'Fortsetzen',
  'keep.stop': 'Aufbewahren beenden',
  'keep.kept': 'Aufbewahrt',
  'keep.kept.what':
    '{shards, plural, one {# Stück} other {# Stücke}} für {owners, plural, one {# Person} other {# Personen}}',
  'keep.limits': 'Höchstens',
  'keep.upload': 'Hochladen',
  'keep.download': 'Herunterladen',
  'keep.month': 'Im Monat',
  'keep.month.what':
    'Gesendet und angenommen zusammen. Ist die Grenze erreicht, ruht dieser Tab bis zum nächsten Monat.',
  'keep.rate': '{size} pro Sekunde',
  'keep.no-limit': 'Ohne Grenze',
  'keep.hours': 'Stunden',
  'keep.hours.what':
    'Außerhalb dieser Stunden verlässt dieser Tab das Netz und kommt von selbst zurück. Das Netz weiß, wann; solange zählt niemand auf ihn.',
  'keep.hours.always': 'Immer',
  'keep.hours.nights': 'Nachts',
  'keep.hours.weekends': 'Am Wochenende',
  'keep.hours.some': '{count, plural, one {# Stunde in der Woche} other {# Stunden in der Woche}}',
  'keep.hours.grid': 'Stunden der Woche, in denen dieser Tab aufbewahrt',
  'keep.hours.cell': '{day}, {hour}: {open, select, yes {bewahrt auf} other {ruht}}',
  'keep.hours.day': 'Ganzer Tag: {day}',
  'keep.hours.hour': 'Jeden Tag um {hour}',
  'keep.hours.help': 'Pfeiltasten bewegen, die Leertaste ändert eine Stunde, einen Tag oder eine Stunde aller Tage.',
  'keep.pause.title': 'Pause',
  'keep.pause.what':
    'Du nimmst nichts Neues an und gibst weiter heraus, was du aufbewahrst. Das Netz weiß, wann du zurück sein willst.',
  'keep.pause.hour': 'Eine Stunde Pause',
  'keep.pause.tomorrow': 'Bis morgen',
  'keep.pause.week': 'Eine Woche lang',
  'keep.pause.open': 'Bis auf Weiteres',
  'keep.giving': '{done} von {all} weitergegeben',
  'keep.giving.announced': '{percent} weitergegeben',
  'keep.giving.what': 'Was du aufbewahrst, geht an andere Bewahrer. Es verlässt dieses Gerät erst, wenn sie es haben.',
  'keep.giving.unneeded': '{size} davon braucht niemand mehr. Sie werden hier bis {day} gelöscht.',
  'keep.giving.waiting':
    'Sonst hat noch niemand Platz: {size} bleiben hier, bis sich das ändert. Was gebraucht wird, wird nicht weggeworfen.',
  'keep.give-back': 'Alles zurückgeben',
  'keep.give-back.what':
    'Alles, was du aufbewahrst, zieht zu anderen Bewahrern um, dann endet das Aufbewahren. Für eine Weile genügt „Aufbewahren beenden“: Was du aufbewahrst, bleibt auf diesem Gerät.',
  'keep.stay': 'Den Rest doch aufbewahren',
  'keep.before': '{month} in diesem Monat, {all} insgesamt',
  'keep.ladder': 'Besser aufbewahren',
  'keep.ladder.install': 'Installiert',
  'keep.ladder.install.what':
    'Keeptab hat ein eigenes Fenster, das nicht versehentlich mit den anderen geschlossen wird.',
  'keep.ladder.install.button': 'Installieren',
  'keep.ladder.install.how.chromium':
    'Im Menü des Browsers: Streamen, speichern und teilen, dann Seite als App installieren.',
  'keep.ladder.install.how.edge': 'Im Menü des Browsers unter Apps: diese Website als App installieren.',
  'keep.ladder.install.how.android': 'Im Menü des Browsers: die App installieren oder zum Startbildschirm hinzufügen.',
  'keep.ladder.install.how.firefox': 'Firefox installiert auf Computern keine Seiten: Hefte stattdessen den Tab an.',
  'keep.ladder.install.how.safari': 'Im Menü: Ablage, Zum Dock hinzufügen; am Telefon: Teilen, Zum Home-Bildschirm.',
  'keep.ladder.pin': 'Angeheftet oder mit dem System gestartet',
  'keep.ladder.pin.what': 'Der Tab ist nach jedem Start wieder da: Du bewahrst auf, ohne daran denken zu müssen.',
  'keep.ladder.pin.tick': 'Das ist erledigt',
  'keep.ladder.pin.how.chromium':
    'Rechtsklick auf den Tab und Anpinnen wählen; oder, wenn installiert, den Start bei der Anmeldung einschalten.',
  'keep.ladder.pin.how.edge':
    'Rechtsklick auf den Tab und ihn anheften; oder, wenn installiert, bei der Anmeldung starten lassen.',
  'keep.ladder.pin.how.android':
    'Telefone heften keine Tabs an: Öffne Keeptab vom Startbildschirm und schau ab und zu wieder hinein.',
  'keep.ladder.pin.how.firefox':
    'Rechtsklick auf den Tab und Tab anheften wählen; in den Einstellungen Vorherige Fenster und Tabs öffnen wählen.',
  'keep.ladder.pin.how.safari': 'Rechtsklick auf den Tab und Tab fixieren wählen.',
  'keep.ladder.notify': 'Mitteilungen erlaubt',
  'keep.ladder.notify.what':
    'Du erfährst, wenn etwas dich braucht, und manche Browser schützen den Speicher dann besser.',
  'keep.ladder.notify.button': 'Erlauben',
  'keep.ladder.notify.denied': 'Im Browser sind sie abgelehnt; seine Website-Einstellungen ändern das.',
  'keep.ladder.notify.unsupported': 'Dieser Browser hat keine Mitteilungen.',
  'keep.ladder.persist': 'Speicher, der bleibt',
  'keep.ladder.persist.what': 'Der Browser wirft nicht weg, was du aufbewahrst, wenn der Datenträger voll wird.',
  'keep.ladder.persist.button': 'Den Browser bitten',
  'keep.ladder.persist.refused':
    'Er hat es noch nicht zugesagt. Keeptab zu installieren oder Mitteilungen zu erlauben hilft meistens.',
  'keep.ladder.done': 'Erledigt',
  'keep.ladder.open': 'Noch nicht',
  'keep.served': 'Herausgegeben',
  'keep.taken': 'Angenommen',
  'keep.since-start': 'seit dem Start dieses Tabs',
  'keep.standing': 'Dein Wort als Bewahrer',
  'keep.standing.what':
    'Solange du da bist, wirst du etwa achtmal am Tag gebeten, einen kleinen Teil von dem zu zeigen, was du aufbewahrst, und etwa einmal in der Woche liest jemand ein ganzes Stück. Das kostet fast nichts, und so wissen Besitzer, dass ihre Backups noch da sind.',
  'keep.standing.new': 'Neu: Man lernt dich kennen',
  'keep.standing.vetted': 'Bewährt',
  'keep.standing.warned': 'Gewarnt: Du machst weiter wie bisher',
  'keep.standing.suspended': 'Gesperrt: Du bekommst nichts Neues',
  'keep.standing.out': 'Für eine Weile ausgeschlossen: Was du aufbewahrst, zählt nicht',
  'keep.standing.why.young': 'So fängt jeder an und bekommt einen kleinen Teil von dem, was andere abgeben.',
  'keep.standing.why.proven': 'Du hast immer wieder gezeigt, dass da ist, was du aufbewahrst.',
  'keep.standing.why.late':
    'Deine Antworten kommen oft spät. Ein schlafender Tab oder eine langsame Leitung macht das; verloren ist dadurch nichts.',
  'keep.standing.why.lost':
    'Ein Teil, nach dem du gefragt wurdest, war weg. Andere stellen ihn wieder her; kein Backup ist dadurch in Gefahr.',
  'keep.standing.why.silent':
    'Ein Teil, nach dem du gefragt wurdest, wurde stundenlang nicht gezeigt, obwohl dieses Gerät online war.',
  'keep.standing.why.wrong':
    'Ein Teil kam verändert zurück. Ein schadhafter Datenträger oder veränderte Software macht das.',
  'keep.standing.why.withheld':
    'Mehrere andere, weit voneinander, haben sich mit diesem Gerät verbunden und nichts Ganzes von dem bekommen, was du aufbewahrst, obwohl du zeigst, dass es da ist.',
  'keep.standing.why.unreachable':
    'Von vielen, die andere erreichen, konnte sich niemand mit diesem Gerät verbinden, obwohl es online ist. Eine Firewall oder ein strenger Router macht das.',
  'keep.standing.cure.new':
    '{count, plural, =0 {Ab {until} giltst du als bewährt.} one {Noch # Nachweis, und nicht vor {until}, dann giltst du als bewährt.} other {Noch # Nachweise, und nicht vor {until}, dann giltst du als bewährt.}}',
  'keep.standing.cure.warned':
    '{count, plural, one {Mit # weiteren Nachweis ist es vorbei: Lass dieses Gerät laufen.} other {Mit # weiteren Nachweisen ist es vorbei: Lass dieses Gerät laufen.}}',
  'keep.standing.cure.suspended':
    '{count, plural, one {Es endet mit deinem nächsten Nachweis. Was du aufbewahrst, zählt weiter.} other {Es endet mit # Nachweisen in Folge. Was du aufbewahrst, zählt weiter.}}',
  'keep.standing.cure.suspended.until':
    '{count, plural, =0 {Es endet mit dem ersten Nachweis nach {until}. Was du aufbewahrst, zählt weiter.} one {Es endet mit deinem nächsten Nachweis, und nicht vor {until}. Was du aufbewahrst, zählt weiter.} other {Es endet mit # Nachweisen in Folge, und nicht vor {until}. Was du aufbewahrst, zählt weiter.}}',
  'keep.standing.cure.unread':
    '{count, plural, one {Es endet, wenn # anderer gelesen hat, was er verlangt hat. Bis dahin zählt nicht, was du aufbewahrst; lass dieses Gerät laufen und seine Leitung frei.} other {Es endet, wenn # andere gelesen haben, was sie verlangt haben, einer oder zwei am Tag. Bis dahin zählt nicht, was du aufbewahrst; lass dieses Gerät laufen und seine Leitung frei.}}',
  'keep.standing.cure.out':
    'Ab {until} fängst du neu an. Prüfe bis dahin den Datenträger; du kannst auch alles zurückgeben.',
  'keep.standing.proven':
    '{count, plural, one {# Teil gezeigt, zuletzt {when}} other {# Teile gezeigt, zuletzt {when}}}',
  'keep.standing.none': 'Gefragt wurde noch nichts. Das beginnt einige Stunden nach dem Ersten, was du aufbewahrst.',
  'keep.standing.failed':
    '{count, plural, one {# Teil konnte nicht gezeigt werden} other {# Teile konnten nicht gezeigt werden}}',
  'keep.standing.score': 'Wertung: {score}. Sie beginnt bei 100 % und sinkt mit jedem Teil, der fehlt oder falsch ist.',
  'keep.standing.score.bounds':
    'Unter {warned} wirst du gewarnt, unter {suspended} bekommst du nichts Neues, unter {out} bist du ausgeschlossen.',
  'keep.standing.in-time': 'Rechtzeitig: {score}. Das beginnt bei 100 % und sinkt mit jeder späten Antwort.',
  'keep.standing.in-time.bounds': 'Unter {slow} wirst du gewarnt.',
  'keep.standing.here': 'Da: etwa {day, number} von 24 Stunden am Tag, {week, number} von 168 in der Woche.',
  'keep.standing.here.unknown': 'Wie viel vom Tag du da bist, ist nach zwei Tagen bekannt.',
  'keep.lost':
    '{count, plural, one {# Stück, das du aufbewahrt hast, ist von diesem Gerät verschwunden. Das Netz weiß davon, damit sein Besitzer nicht getäuscht wird.} other {# Stücke, die du aufbewahrt hast, sind von diesem Gerät verschwunden. Das Netz weiß davon, damit ihre Besitzer nicht getäuscht werden.}}',
  'restore.sentence.start': 'Hol zurück, was gesichert wurde',
  'restore.sentence.start-new': 'Deine 24 Wörter holen dein Backup zurück',
  'restore.sentence.looking': 'Sucht deine Backups',
  'restore.sentence.snapshots':
    '{count, plural, one {# Backup lässt sich zurückholen} other {# Backups lassen sich zurückholen}}',
  'restore.sentence.tree': 'Wähle, was du zurückholen willst',
  'restore.sentence.running': 'Wird zurückgeholt',
  'restore.sentence.paused': 'Angehalten; bis du fortsetzt, wird nichts geholt',
  'restore.sentence.different': 'Dort ist schon etwas anderes',
  'restore.sentence.done': 'Alles ist zurück',
  'restore.sentence.done-partly': 'Einiges ließ sich nicht zurückholen',
  'restore.nothing-ticked': 'Nichts angekreuzt heißt alles.',
  'restore.ticked': '{count, plural, one {# Eintrag} other {# Einträge}} angekreuzt.',
  'restore.here': 'Aus dem Konto dieses Browsers',
  'restore.show': 'Meine Backups zeigen',
  'restore.intro': 'Jedes Gerät genügt. Die Wörter bleiben in diesem Tab, und niemand sonst bekommt sie zu sehen.',
  'restore.phrase': 'Ich habe 24 Wörter',
  'restore.kit':
    'Die Wörter eines Notfallblatts sind eingetragen. Mach weiter, wenn es dein Blatt ist. Der Verlauf des Browsers hat sich die Adresse mit ihnen gemerkt: Lösch danach den Verlauf der letzten Stunde.',
  'restore.phrase.how': 'Gib sie in ihrer Reihenfolge ein; Leerzeichen, Nummern und Großschreibung sind egal',
  'restore.find': 'Meine Backups finden',
  'restore.rolled-back':
    'Der Koordinator zeigte ein älteres Backup, als Bewahrer gesehen haben. Das neuere wird verwendet; sag dem Betreiber des Koordinators Bescheid.',
  'restore.head-refused':
    'Der Koordinator zeigte auch ein Backup, das beschädigt ist oder jemand anderem gehört. Es wird weggelassen; sag dem Betreiber des Koordinators Bescheid.',
  'restore.forked':
    'Die Schlüssel eines Geräts wurden an zwei Orten benutzt, und jeder machte Backups, ohne vom anderen zu wissen. Beide sind aufgeführt; was nur einer hat, ist markiert. Öffne das, das du an Zeit und Ordnern erkennst.',
  'restore.unread':
    'Die Backups von {devices} lassen sich jetzt nicht auflisten: Zu wenige von denen, die die Liste aufbewahren, sind da. Was beim letzten Besuch in der Liste stand, wird weiter gezeigt; schau später noch einmal nach.',
  'restore.disputed': 'Nur in einem von zwei Verläufen von {device}',
  'restore.backups': 'Backups',
  'restore.open': 'Öffnen',
  'restore.open.what': 'das Backup: {when}',
  'restore.to-folder': 'In einen Ordner zurückholen',
  'restore.to-zip': 'Als ZIP herunterladen',
  'restore.listing': 'Liest die Dateiliste: bisher {count, plural, one {# Eintrag} other {# Einträge}}',
  'restore.listing.start': 'Liest die Dateiliste',
  'restore.comparing':
    'Vergleicht mit dem, was schon im Ordner ist: {files, plural, one {# Datei} other {# Dateien}}, {size}',
  'restore.comparing.begins': 'Vergleicht mit dem, was schon im Ordner ist',
  'restore.asks': 'Das Zurückholen wartet auf deine Antwort.',
  'restore.different':
    '{count, plural, one {Im Ordner „{folder}“ ist „{example}“ schon in einer anderen Fassung. Sie kann neuer sein als die im Backup.} other {Im Ordner „{folder}“ sind # Dateien schon in einer anderen Fassung, etwa „{example}“. Sie können neuer sein als die im Backup.}}',
  'restore.different.how':
    'Davon bleibt alles, wie es ist, wenn die Kopie dort in einen neuen Ordner kommt: „{beside}“.',
  'restore.different.beside': 'Kopie in einen neuen Ordner legen',
  'restore.different.replace': '{count, plural, one {Ersetzen} other {Ersetzen}}',
  'restore.beside.name': '{folder} (Backup vom {date})',
  'restore.progress':
    '{done, plural, one {# Datei} other {# Dateien}} von {total, number} · {doneSize} von {totalSize}',
  'restore.progress.name': 'Zurückholen',
  'restore.stop': 'Stopp',
  'restore.paused.what':
    'Was schon da ist, bleibt. Lass diese Seite offen: Was halb fertig ist, steckt in ihr, und {way, select, zip {ein unfertiges ZIP ist verloren, wenn sie geschlossen oder neu geladen wird} other {wenn sie geschlossen oder neu geladen wurde, öffne dasselbe Backup und wähle denselben Ordner: Was schon da ist, wird meist nicht noch einmal geholt}}.',
  'restore.waiting':
    '{count, plural, =0 {Zu wenige von denen, die die Liste der Dateien aufbewahren, sind gerade online.} one {# Datei oder Ordner wartet auf Leute, die gerade nicht online sind; alles andere ist zurück.} other {# Dateien und Ordner warten auf Leute, die gerade nicht online sind; alles andere ist zurück.}} Lass diese Seite offen: Es geht von selbst weiter, wenn sie kommen, und sie müssen nicht gleichzeitig kommen.',
  'restore.without': 'Ohne sie beenden',
  'restore.result': '{count, plural, one {# Datei} other {# Dateien}}, {size}, jedes Byte geprüft.',
  'restore.result.beside': 'Alles liegt im neuen Ordner „{beside}“ in dem, den du gewählt hast.',
  'restore.back': 'Zurück',
  'restore.announced': '{percent} zurück',
  'restore.bring-back': '{path} zurückholen',
  'restore.link': 'Link',
  'restore.directory': '{files, plural, one {# Datei} other {# Dateien}}, {size}',
  'restore.show-more': '{count, number} weitere zeigen',
  'restore.ended.back': 'Alles ist zurück.',
  'restore.ended.back-partly': 'Das Zurückholen ist zu Ende: Einiges ließ sich nicht zurückholen.',
  'restore.ended.not-back': 'Das Zurückholen hat geendet, bevor alles da war.',
  'restore.ended.saved': '{name} ist gespeichert, jedes Byte geprüft.',
  'restore.ended.not-saved': '{name} ließ sich nicht speichern.',
  'restore.ended.look': 'Ansehen',
  'restore.sentence.file': '{name}, wie es aufbewahrt wurde',
  'restore.newest': 'neuestes',
  'restore.remembered':
    'Kein Netz. Das ist, was dieser Browser schon gesehen hat; zurückholen kannst du, sobald das Netz wieder da ist.',
  'restore.again': 'Noch einmal versuchen',
  'retention.title': 'Wie lange Backups bleiben',
  'retention.what':
    'Das gilt für die Backups dieses Geräts. Entfernen lässt sich 30 Tage lang rückgängig machen; das kann auch ein Dieb dieses Geräts nicht verkürzen.',
  'retention.busy': 'Wird geändert',
  'retention.rule.everything': 'Alles',
  'retention.rule.everything.what':
    'Alle Backups dieses Geräts bleiben, bis zu 4096. Danach geht mit jedem neuen das älteste.',
  'retention.rule.thinning': 'Mit der Zeit weniger',
  'retention.rule.thinning.what':
    'Alle eines Tages, dann eines je Stunde für eine Woche, je Tag für einen Monat, je Woche für drei Monate, je Monat für zwei Jahre, je Jahr für immer.',
  'retention.rule.lean': 'Wenig Platz',
  'retention.rule.lean.what':
    'Alle eines Tages, dann eines je Tag für eine Woche, je Woche für einen Monat, je Monat für ein Jahr.',
  'retention.protect': 'Schützen',
  'retention.protected': 'Geschützt · aufheben',
  'retention.remove': 'Entfernen',
  'retention.removed': '{count, plural, one {# entferntes Backup} other {# entfernte Backups}}',
  'retention.gone-on': 'Am {day} ist es weg.',
  'restore.removed.look': 'Nach Backups suchen, die von dieser Liste genommen wurden',
  'restore.removed.why':
    'Wer eines deiner Geräte hat, kann Backups von dieser Liste nehmen; löschen kann sie 30 Tage lang niemand.',
  'restore.removed.none': 'In den letzten 30 Tagen wurde nichts von dieser Liste genommen.',
  'retention.undo': 'Doch behalten',
  'retention.undo-all': 'Alle {count, number} von {device} doch behalten',
  'backup.taken-back':
    'Etwas in diesem Konto wollte Daten löschen lassen, die deine Backups brauchen. Das wurde zurückgenommen. Sieh dir die Geräte des Kontos an: Entferne eines, das du nicht kennst.',
  'restore.device': 'Gesichert von',
  'restore.device.all': '{count, plural, one {# Gerät} other {allen # Geräten}}',
  'restore.device.unnamed': 'Gerät {id}',
  'restore.sides': 'Was du ansiehst',
  'restore.side.files': 'Dateien',
  'restore.side.changes': 'Was sich geändert hat',
  'restore.folder.empty': 'Hier ist nichts drin.',
  'restore.find-file.all': 'Eine Datei in allen Backups finden',
  'restore.find-file.here': 'Eine Datei in diesem Backup finden',
  'restore.find-file.how': 'Ein Teil ihres Namens',
  'restore.find-file.go': 'Suchen',
  'restore.find-file.looking':
    '{found, number} gefunden, {looked, plural, one {# Eintrag} other {# Einträge}} angesehen',
  'restore.find-file.found': '{count, plural, =0 {Nichts heißt so.} one {# gefunden.} other {# gefunden.}}',
  'restore.find-file.unread': '{count, plural, one {# Liste war} other {# Listen waren}} jetzt nicht lesbar.',
  'restore.find-file.last': 'zuletzt im Backup: {when}',
  'restore.compare.alone': 'Es gibt kein anderes Backup zum Vergleichen.',
  'restore.compare.with': 'Verglichen mit',
  'restore.compare.running': 'Wird verglichen',
  'restore.compare.same': 'Nichts ist anders.',
  'restore.compare.sum':
    '{added, number} neu · {changed, number} geändert · {moved, number} verschoben · {removed, number} weg',
  'restore.change.added': 'neu',
  'restore.change.changed': 'geändert',
  'restore.change.moved': 'verschoben von {path}',
  'restore.change.removed': 'weg',
  'restore.file.look': 'Ein Blick hinein',
  'restore.file.opening': 'Der Anfang wird gelesen',
  'restore.file.picture': 'Inhalt von {name}',
  'restore.file.pdf': 'Das PDF in einem neuen Tab öffnen',
  'restore.file.cut': 'Nur der Anfang wird gezeigt.',
  'restore.file.none': 'So eine Datei kann ein Browser nicht zeigen. Speichere sie, um sie zu öffnen.',
  'restore.file.of': 'Stand: {when}, {size}',
  'restore.file.save': 'Diese Version speichern',
  'restore.file.saving': '{name} wird gespeichert: {done} von {of}',
  'restore.file.paused':
    '{name} ist bei {done} von {of} angehalten. Lass diese Seite offen: Was halb gespeichert ist, geht mit ihr verloren.',
  'restore.file.save.name': '{name} wird gespeichert',
  'restore.file.saved': 'Gespeichert, jedes Byte geprüft.',
  'restore.file.versions': 'Versionen',
  'restore.file.in': '{count, plural, one {in # Backup} other {in # Backups}}, seit: {since}',
  'restore.file.show': 'Zeigen',
  'restore.file.show.what': 'Die Version zeigen: {when}',
  'restore.file.looked': '{done, number} von {of, plural, one {# Backup} other {# Backups}} durchgesehen',
  'restore.file.stop-looking': 'Nicht weitersuchen',
  'restore.file.unreadable': '{count, plural, one {# Backup war} other {# Backups waren}} jetzt nicht lesbar.',
  'capability.title': 'Was dieser Browser kann',
  'capability.yes': 'Ja',
  'capability.partly': 'Teilweise',
  'capability.no': 'Nein',
  'capability.week':
    'Ein Browser wie dieser darf alles löschen, was eine Seite gespeichert hat, wenn du sieben Tage nicht da warst. Leg Keeptab auf den Home-Bildschirm oder ins Dock, oder schau jede Woche vorbei. Deine Backups liegen bei anderen und bleiben; deine 24 Wörter holen sie zurück.',
  'capability.folder': 'Ordner nur einmal wählen',
  'capability.folder.yes': 'Ein Ordner wird beim nächsten Besuch mit höchstens einem Klick wieder gelesen.',
  'capability.folder.partly':
    'Ein Ordner muss für jedes Backup neu gewählt werden. Gesendet wird nur, was sich geändert hat.',
  'capability.folder.no':
    'Hier lassen sich nur einzelne Dateien wählen. Nimm einen anderen Browser, um einen Ordner zu sichern.',
  'capability.changes': 'Änderungen sofort bemerken',
  'capability.changes.yes': 'Der Browser sagt der offenen Seite, wenn sich in einem gewählten Ordner etwas ändert.',
  'capability.changes.no': 'Änderungen werden bei einem Backup gefunden. Sichere, wenn du etwas geändert hast.',
  'capability.restore': 'In einen Ordner zurückholen',
  'capability.restore.yes': 'Dateien kommen dorthin zurück, wo du willst, als Ordner oder als ZIP.',
  'capability.restore.partly':
    'Dateien kommen als ein ZIP zurück, das beim Empfang gleich auf den Datenträger geht. Entpacke es danach.',
  'capability.restore.no':
    'Dateien kommen als ein ZIP zurück, das in den Arbeitsspeicher passen muss. Hol große Backups in Teilen oder in einem anderen Browser zurück.',
  'capability.hidden': 'Im Hintergrund aufbewahren',
  'capability.hidden.yes':
    'Der Tab bewahrt auch hinter anderen weiter auf. Hefte ihn an, damit er nicht aus Versehen geschlossen wird.',
  'capability.hidden.partly':
    'Das Gerät kann die Seite einige Minuten, nachdem du sie verlässt, anhalten. Es geht weiter, wenn du zurückkommst.',
  'capability.hidden.no': 'Aufbewahren und Sichern laufen nur, solange du diese Seite vor dir hast.',
  'capability.safe': 'Daten halten, wenn der Datenträger voll wird',
  'capability.safe.yes': 'Der Browser hat versprochen, nichts zu löschen, was Keeptab speichert.',
  'capability.safe.partly':
    'Der Browser darf löschen, was Keeptab speichert, wenn der Datenträger voll wird. Bitte ihn, es nicht zu tun; deine 24 Wörter helfen in jedem Fall.',
  'capability.safe.no':
    'Der Browser verspricht das nicht. Halte deine 24 Wörter bereit und bewahre anderswo für andere auf.',
  'capability.safe.week': 'Gespeichertes kann nach sieben Tagen ohne Besuch verschwinden.',
  'capability.install': 'Als App installierbar',
  'capability.install.yes':
    'Über das Menü des Browsers wird Keeptab eine App mit eigenem Fenster, das nicht versehentlich mit den anderen geschlossen wird.',
  'capability.install.partly':
    'Leg Keeptab über das Menü „Teilen“ oder „Ablage“ des Browsers auf den Home-Bildschirm oder ins Dock. Die App dort startet ohne dein Konto: Halte deine 24 Wörter bereit.',
  'capability.install.no': 'Dieser Browser installiert keine Seiten. Hefte den Tab an und lass ihn beim Start öffnen.',
  'capability.install.done': 'Keeptab läuft als eigene App.',
  'capability.badges': 'Probleme am App-Symbol zeigen',
  'capability.badges.yes': 'Das Symbol kann zeigen, dass etwas dich braucht.',
  'capability.badges.partly':
    'Das Symbol kann es zeigen, sobald Keeptab installiert ist. Achte bis dahin auf den Titel des Tabs.',
  'capability.badges.no': 'Stattdessen zeigt es der Titel des Tabs.',
  'capability.notifications': 'Dich benachrichtigen',
  'capability.notifications.yes': 'Du hast es erlaubt. Wähle unter „Konto“, was du erfahren willst.',
  'capability.notifications.partly': 'Du wurdest noch nicht gefragt. Schalte es unter „Konto“ ein.',
  'capability.notifications.no': 'Hier nicht, oder erst, wenn Keeptab installiert ist. Schau ab und zu vorbei.',
  'capability.notifications.denied':
    'Du hast es für diese Website abgelehnt. Hast du es dir anders überlegt, erlaube es in den Website-Einstellungen des Browsers.',
  'capability.worker': 'Daten neben der Seite bewegen',
  'capability.worker.yes': 'Daten fließen an der Seite vorbei, sodass sie auch bei viel Übertragung schnell antwortet.',
  'capability.worker.partly': 'Daten fließen durch die Seite. Das geht, aber sie antwortet dabei vielleicht langsam.',
  'capability.worker.no': 'Dieser Browser kann sich nicht mit anderen Browsern verbinden. Nimm einen anderen.',
  'capability.persist': 'Browser bitten, die Daten zu halten',
  'capability.persist.refused':
    'Der Browser hat es nicht versprochen. Oft tut er es, sobald Keeptab installiert ist, ein Lesezeichen hat oder dich benachrichtigen darf.',
  'check.sentence.start': 'Sieh nach, was zwischen diesem Tab und seinen Bewahrern funktioniert',
  'check.sentence.running': 'Jeder Schritt des Wegs wird geprüft',
  'check.sentence.well': 'Alles funktioniert',
  'check.sentence.advice': 'Alles funktioniert, etwas könnte besser sein',
  'check.sentence.broken': 'Etwas ist im Weg',
  'check.intro':
    'Jeder Schritt von dieser Seite bis zu jemandem, der für dich aufbewahrt, wird wirklich ausprobiert. An deinen Daten ändert das nichts.',
  'check.run': 'Verbindung prüfen',
  'check.again': 'Noch einmal prüfen',
  'check.report.save': 'Bericht speichern',
  'check.report.copy': 'Bericht kopieren',
  'check.report.copied': 'Der Bericht ist kopiert.',
  'check.report.what':
    'Der Bericht enthält keine Schlüssel, keine Wörter, keine Dateinamen und von niemandem die Adresse; du kannst ihn zeigen, wenn dir jemand hilft.',
  'check.stages': 'Der Weg zu deinen Bewahrern',
  'check.progress': '{done, number} von {total, number} Schritten geprüft',
  'check.verdict.well': 'funktioniert',
  'check.verdict.advice': 'könnte besser sein',
  'check.verdict.broken': 'funktioniert nicht',
  'check.verdict.skipped': 'nicht geprüft',
  'check.stage.secure': 'Sichere Adresse',
  'check.stage.coordinator': 'Koordinator',
  'check.stage.clock': 'Uhr',
  'check.stage.sign-in': 'Anmeldung',
  'check.stage.live': 'Live-Leitung zum Koordinator',
  'check.stage.rendezvous': 'Treffpunkt der Geräte',
  'check.stage.ice': 'Erreichbarkeit',
  'check.stage.turn': 'Relay',
  'check.stage.channel': 'Direkte Verbindungen in diesem Browser',
  'check.stage.keepers': 'Ein Bewahrer',
  'check.stage.storage': 'Speicher',
  'check.stage.persistence': 'Dauerhafter Speicher',
  'check.stage.folders': 'Deine Ordner',
  'check.stage.notifications': 'Mitteilungen',
  'check.found.well': 'Es funktioniert.',
  'check.found.insecure':
    'Diese Seite wurde nicht über https geöffnet. Browser erlauben dann weder Verschlüsselung noch Speicher. Öffne die https-Adresse deines Koordinators.',
  'check.found.offline':
    'Dieses Gerät hat kein Netz. Nichts ist verloren, und alles geht von selbst weiter. Verbinde dich mit einem Netz und prüfe noch einmal.',
  'check.found.coordinator-down':
    'Der Koordinator antwortet nicht. Aufbewahrtes bleibt aufbewahrt, aber gerade kann kein Backup und kein Zurückholen starten. Warte ein wenig; hält es an, sag dem Betreiber Bescheid.',
  'check.found.coordinator-foreign':
    'An der Adresse des Koordinators antwortet etwas anderes. Oft ist es die Anmeldeseite eines Hotel- oder Firmennetzes. Melde dich dort an und prüfe noch einmal.',
  'check.found.coordinator-refuses':
    'Der Koordinator antwortet, aber mit einem Fehler. Aufbewahrtes bleibt aufbewahrt. Warte eine Minute und prüfe noch einmal; hält es an, zeig dem Betreiber den Bericht.',
  'check.found.clock-wrong':
    'Die Uhr dieses Geräts geht falsch. Die Zeitangaben deiner Backups stimmen nicht, und Zeitpläne laufen zur falschen Zeit. Lass das System die Zeit selbst stellen.',
  'check.found.sign-in-refused':
    'Der Koordinator lässt dieses Gerät nicht herein. Dein Backup ist unberührt, kann aber von hier nicht weitergehen. Wurde dieses Gerät aus deinem Konto entfernt, füge es wieder hinzu; sonst zeig dem Betreiber des Koordinators den Bericht.',
  'check.found.live-blocked':
    'Die Live-Leitung zum Koordinator ist blockiert. Dieser Tab gilt als offline, niemand erreicht, was er aufbewahrt. Etwas dazwischen erlaubt Webseiten, aber keine dauerhaften Verbindungen: ein Firmennetz, eine Erweiterung oder ein Proxy. Wer das betreut, muss WebSockets durchlassen.',
  'check.found.rendezvous-blocked':
    'Der Treffpunkt der Geräte ist nicht erreichbar. Dieses Gerät findet keine Bewahrer und wird nicht gefunden. Prüfe noch einmal; hält es an, stoppt ein Proxy oder eine Erweiterung dauerhafte Verbindungen. Wer das betreut, muss WebSockets durchlassen.',
  'check.found.webrtc-blocked':
    'WebRTC ist in diesem Browser ausgeschaltet. Ohne gibt es keine Verbindung zu Bewahrern, hier lässt sich also nichts sichern oder zurückholen. Such nach einer Erweiterung oder Datenschutzeinstellung, die WebRTC blockiert.',
  'check.found.no-addresses':
    'Der Browser nennt keinen Weg, auf dem er erreichbar ist. Kein Bewahrer lässt sich verbinden. Such nach einer Datenschutzeinstellung oder Erweiterung, die Adressen vor WebRTC verbirgt.',
  'check.found.stun-silent':
    'Der Server, der diesem Gerät seine äußere Adresse nennt, antwortet nicht. Bewahrer hinter Heimroutern sind vielleicht nicht erreichbar. UDP kann hier blockiert sein: Versuch ein anderes Netz oder frag den Betreiber des Koordinators.',
  'check.found.turn-refused':
    'Das Relay lehnt den Ausweis des Koordinators ab. Wo kein direkter Weg möglich ist, sind Bewahrer nicht erreichbar. Nur der Betreiber des Koordinators kann es beheben: Das Geheimnis von Relay und Koordinator ist verschieden, oder eine Uhr geht falsch.',
  'check.found.turn-dead':
    'Das Relay antwortet nicht. Wo kein direkter Weg möglich ist, sind Bewahrer nicht erreichbar. Es ist ausgefallen, oder dieses Netz blockiert es: Versuch ein anderes Netz, dann sag dem Betreiber des Koordinators Bescheid.',
  'check.found.channel-blocked':
    'Zwei Verbindungen dieser Seite können nicht miteinander sprechen. Von diesem Browser ist kein Bewahrer erreichbar. Eine Erweiterung, eine Firewall oder eine Einstellung stoppt WebRTC: Erlaube es für diese Adresse.',
  'check.found.keepers-unreachable':
    'Bewahrer sind online, aber keiner war erreichbar. Was sie halten, ist dort gut aufgehoben, aber von hier geht nichts hinaus und nichts kommt zurück. Versuch ein anderes Netz; hinter strengen Netzen hilft nur ein Relay.',
  'check.found.storage-full':
    'Der Speicher dieses Browsers ist voll. Dieser Tab kann nicht notieren, was er tut; darum halten Sichern und Aufbewahren an. Schaff Platz auf dem Datenträger oder senke, was du für andere aufbewahrst.',
  'check.found.storage-failed':
    'Der Browser speichert gar nichts. Ohne Speicher kann Keeptab nicht arbeiten. Verlass den privaten Modus, erlaube Websitedaten für diese Adresse und sieh nach, ob der Datenträger voll ist.',
  'check.found.storage-low':
    'Der Browser hat weniger als 1 GB für Keeptab übrig. Bald wird das Aufbewahren für andere abgelehnt. Schaff Platz auf dem Datenträger.',
  'check.found.not-persistent':
    'Der Browser darf löschen, was Keeptab speichert, wenn der Datenträger voll wird. Dein Backup bei Bewahrern bleibt, aber dieser Browser müsste mit deinen 24 Wörtern neu beginnen. Installiere Keeptab oder erlaube Mitteilungen; meist wird der Speicher dann dauerhaft.',
  'check.found.folders-refused':
    'Der Browser hat die Erlaubnis, einen Ordner zu lesen, zurückgenommen. Er fehlt im nächsten Backup. Geh zu „Backup“ und wähle „Neu verbinden“.',
  'check.found.folders-gone':
    'Ein gewählter Ordner ist nicht mehr zu finden. Sein letztes Backup bleibt aufbewahrt. Schließ seinen Datenträger an oder wähle den Ordner dort, wo er jetzt liegt.',
  'check.found.notifications-off':
    'Mitteilungen sind nicht erlaubt. Du erfährst von Problemen nur, wenn du hier nachsiehst, und der Browser legt diesen Tab früher schlafen. Erlaube Mitteilungen für diese Adresse.',
  'check.found.after-secure': 'Nicht geprüft, weil es eine sichere Adresse braucht.',
  'check.found.after-coordinator': 'Nicht geprüft, weil der Koordinator nicht antwortet.',
  'check.found.after-sign-in': 'Nicht geprüft, weil dieses Gerät nicht angemeldet ist.',
  'check.found.after-ice': 'Nicht geprüft, weil der Schritt davor nicht funktioniert.',
  'check.found.no-account':
    'Nicht geprüft, weil dieser Browser noch kein Konto hat. Er bekommt eins mit dem ersten Backup.',
  'check.found.elsewhere': 'Hier nicht geprüft: Keeptab arbeitet in einem anderen Tab. Prüfe dort.',
  'check.found.no-profile':
    'Nicht geprüft, weil der Browser nicht öffnet, was Keeptab hier gespeichert hat. Siehe „Speicher“ unten.',
  'check.found.no-turn':
    'Der Koordinator bietet kein Relay. Die meisten Netze brauchen keins; zwischen zwei strengen gibt es ohne keinen Weg.',
  'check.found.no-keepers': 'Nicht geprüft, weil gerade kein anderer Bewahrer online ist.',
  'check.found.no-folders': 'Es ist kein Ordner gewählt, dessen Erlaubnis der Browser zurücknehmen könnte.',
  'check.hidden': 'Was dieser Tab im Hintergrund getan hat',
  'check.hidden.never':
    'Noch ist nichts gemessen. Sobald dieser Tab etwas zu tun hat, lass ihn eine Weile im Hintergrund und komm dann zurück.',
  'check.hidden.since': 'Gemessen von diesem Tab selbst, seit {when}.',
  'check.hidden.time': 'Im Hintergrund',
  'check.hidden.minutes': '{minutes, plural, =0 {Weniger als eine Minute} one {# Minute} other {# Minuten}}',
  'check.hidden.hours': '{hours, plural, one {# Stunde} other {# Stunden}}',
  'check.hidden.awake':
    '{seconds, plural, =0 {Er stand nie still.} one {Der längste Stillstand dauerte # Sekunde.} other {Der längste Stillstand dauerte # Sekunden.}} Er konnte {percent} der Zeit arbeiten.',
  'check.hidden.others': 'Für andere',
  'check.hidden.served': '{size} gesendet',
  'check.hidden.taken': '{size} angenommen',
  'check.hidden.own': 'Für dich',
  'check.hidden.sent': '{size} gesichert',
  'check.hidden.fetched': '{size} zurückgeholt',
  'check.hidden.rate': 'Tempo',
  'check.hidden.speed': 'Meist {usual}, höchstens {best}',
  'check.hidden.rate.little': 'Es wurde zu wenig bewegt, um zu sagen, wie schnell dieser Tab im Hintergrund ist.',
  'check.hidden.seen': 'Im Vordergrund meist {usual}, höchstens {best}.',
  'check.hidden.seen.little': 'Im Vordergrund wurde zu wenig bewegt, um zu vergleichen.',
  'check.hidden.audits': 'Fragen des Koordinators',
  'check.hidden.audits.none': 'Es kam keine, während dieser Tab im Hintergrund war.',
  'check.hidden.audits.answered': '{inTime, number} von {asked, number} rechtzeitig beantwortet',
  'check.hidden.audits.counted':
    'Insgesamt zählt der Koordinator {passed, number} von {total, number} als gut beantwortet.',
  'check.hidden.again': 'Neu messen',
  'check.hidden.again.what':
    'Etwas im Browser geändert? Miss neu, lass diesen Tab eine Weile im Hintergrund und sieh, ob es geholfen hat.',
  'check.limits': 'Was dieser Browser mit einem Tab im Hintergrund macht',
  'check.limits.none': 'Nichts, was Keeptab sehen kann, bremst diesen Tab.',
  'check.limit.insecure': 'Die Adresse ist nicht sicher',
  'check.limit.insecure.cure': 'Öffne die https-Adresse deines Koordinators. Ohne sie funktioniert hier nichts.',
  'check.limit.no-locks': 'Tabs können sich nicht einigen, wer arbeitet',
  'check.limit.no-locks.cure': 'Aktualisiere den Browser und lass bis dahin nur einen Tab von Keeptab offen.',
  'check.limit.private-window': 'Ein privates Fenster',
  'check.limit.private-window.cure':
    'Es vergisst alles, wenn es geschlossen wird. Öffne Keeptab in einem gewöhnlichen Fenster, oder erlaube dieser Adresse, Daten zu speichern.',
  'check.limit.not-persistent': 'Der Speicher ist nicht dauerhaft',
  'check.limit.not-persistent.cure':
    'Installiere Keeptab oder erlaube Mitteilungen: Dann versprechen Browser meist, nicht zu löschen, was du für andere aufbewahrst.',
  'check.limit.low-space': 'Wenig Platz übrig',
  'check.limit.low-space.cure': 'Schaff Platz auf dem Datenträger oder senke, was du für andere aufbewahrst.',
  'check.limit.discarded': 'Der Browser hat diesen Tab verworfen, um Arbeitsspeicher zu sparen',
  'check.limit.discarded.cure':
    'Hefte den Tab an und nimm diese Adresse in die Websites auf, die der Browser aktiv hält. Was aufbewahrt war, ist noch da.',
  'check.limit.frozen': 'Der Browser oder der Computer hat diesen Tab eine Zeit lang angehalten',
  'check.limit.frozen.cure':
    'Schalte den Energiesparmodus des Browsers für diese Adresse aus und lass den Computer wach, solange er am Strom hängt.',
  'check.limit.timers-slowed': 'Der Browser bremst diesen Tab im Hintergrund',
  'check.limit.timers-slowed.cure':
    'Chromium bremst einen Tab nicht, solange eine Verbindung zu einem anderen Gerät offen ist, also während etwas gesendet oder ausgeliefert wird. Sonst läuft nur ein sichtbarer Tab sicher mit voller Geschwindigkeit.',
  'check.limit.notifications-off': 'Mitteilungen sind nicht erlaubt',
  'check.limit.notifications-off.cure':
    'Erlaube sie für diese Adresse: Du erfährst sofort von Problemen, und der Browser lässt den Tab länger wach.',
  'check.limit.not-installed': 'Keeptab ist nicht installiert',
  'check.limit.not-installed.cure':
    'Installiere es über das Menü des Browsers: Dann hat es ein eigenes Fenster, das nicht versehentlich mit den anderen geschlossen wird, und Browser sichern eher zu, seine Daten zu behalten. Der Start mit dem System ist ein eigener Schritt; er steht unter Aufbewahren.',
  'check.limit.light-sleep': 'Keine Verbindung zu einem anderen Gerät ist offen',
  'check.limit.light-sleep.cure':
    'Nichts zu tun: Die Live-Leitung weckt diesen Tab, sobald jemand braucht, was du aufbewahrst. Bis dahin darf der Browser ihn bremsen.',
  'check.limit.on-battery': 'Der Computer läuft mit Akku',
  'check.limit.on-battery.cure':
    'Schließ ihn an den Strom an: Browser sparen Energie zuerst in Tabs, die niemand sieht.',
  'check.limit.metered': 'Die Verbindung kostet, oder Datensparen ist an',
  'check.limit.metered.cure': 'Nimm für große Backups ein anderes Netz, oder lass Keeptab warten, siehe unten.',
  'check.limit.no-observer': 'Der Browser sagt nicht, wann sich Dateien ändern',
  'check.limit.no-observer.cure':
    'Nichts zu tun: Ordner werden nach Zeitplan durchgesehen. Chromium ab 133 meldet es sofort.',
  'check.limit.no-wake-lock': 'Der Bildschirm lässt sich nicht anlassen',
  'check.limit.no-wake-lock.cure':
    'Stell den Computer vor langem Zurückholen so ein, dass er am Strom nicht einschläft.',
  'power.title': 'Wann die Arbeit wartet',
  'power.only-on-mains': 'Nur am Stromnetz',
  'power.only-on-mains.what':
    'Im Akkubetrieb wartet das Sichern, und nichts Neues wird aufbewahrt. Was du aufbewahrst, wird weiter herausgegeben.',
  'power.pause-when-metered': 'Warten, wenn die Verbindung kostet',
  'power.pause-when-metered.what':
    'Bei mobilen Daten oder eingeschaltetem Datensparen wartet das Sichern, und nichts Neues wird aufbewahrt.',
  'power.mains.yes': 'Hängt gerade am Strom.',
  'power.mains.no': 'Läuft gerade mit Akku.',
  'power.mains.unknown': 'Dieser Browser sagt nicht, ob der Computer am Strom hängt; diese Regel wirkt hier nicht.',
  'power.metered.yes': 'Die Verbindung gilt als eine, die kostet.',
  'power.metered.no': 'Die Verbindung gilt nicht als eine, die kostet.',
  'power.metered.unknown': 'Dieser Browser sagt nicht, welche Art Verbindung er hat; diese Regel wirkt hier nicht.',
  'power.metered.partly': 'Auf Computern sagen Browser nur, ob Datensparen an ist, nicht, ob eine Verbindung kostet.',
  'power.held.battery':
    'Akkubetrieb: Bis dieser Computer am Strom hängt, wartet das Sichern, und nichts Neues wird aufbewahrt.',
  'power.held.metered':
    'Die Verbindung kostet: Bis es eine andere gibt, wartet das Sichern, und nichts Neues wird aufbewahrt.',
  'check.log': 'Was zuletzt geschah',
  'check.log.none': 'Noch ist nichts geschehen.',
  'devices.title': 'Geräte dieses Kontos',
  'devices.loading': 'Fragt den Koordinator danach.',
  'devices.unknown': 'Die Liste lässt sich gerade nicht zeigen. An deinen Geräten hat sich nichts geändert.',
  'devices.unnamed': 'Ein Gerät ohne Namen',
  'devices.this': 'Dieses Gerät',
  'devices.online': 'Gerade offen',
  'devices.seen': 'Zuletzt hier: {when}',
  'devices.backed-up': 'gesichert: {when}',
  'devices.has-backup': 'hat ein Backup',
  'devices.no-backup': 'kann zurückholen; hat selbst nichts gesichert',
  'devices.rename': 'Umbenennen',
  'devices.name': 'Name dieses Geräts',
  'devices.name.save': 'Namen speichern',
  'devices.cancel': 'Abbrechen',
  'devices.visitors':
    '{count, plural, one {Ein weiteres hat nur mit den Wörtern zurückgeholt.} other {# weitere haben nur mit den Wörtern zurückgeholt.}}',
  'devices.removed': '{count, plural, one {# entferntes Gerät} other {# entfernte Geräte}}',
  'devices.add': 'Gerät hinzufügen',
  'devices.add.words': 'Oder gib auf dem anderen Gerät unter „Zurückholen“ die 24 Wörter ein.',
  'devices.add.words-only':
    'Um ein Gerät hinzuzufügen, gib dort unter „Zurückholen“ die 24 Wörter ein. Dieses kann selbst keine hinzufügen.',
  'devices.add.words-first': 'Schreib zuerst die 24 Wörter auf; dann kannst du Geräte hinzufügen.',
  'devices.link': 'Öffne dies auf dem anderen Gerät',
  'devices.link.what':
    'Scanne es mit einer Kamera oder öffne den Link im Browser dort. Er gilt einmal, zehn Minuten lang.',
  'devices.link.qr': 'QR-Code des Links, der ein Gerät hinzufügt',
  'devices.link.text': 'Der Link',
  'devices.link.copy': 'Link kopieren',
  'devices.link.copied': 'Kopiert',
  'devices.compare': 'Zeigt das andere Gerät diese Ziffern?',
  'devices.compare.what':
    'Wenn ja, bekommt es die Schlüssel, um deine Backups zu lesen und zu schreiben. Zeigt es andere oder keine, hat jemand anderes den Link geöffnet.',
  'devices.compare.same': 'Ja, hinzufügen',
  'devices.compare.differ': 'Nein, stopp',
  'devices.added': 'Das Gerät wurde hinzugefügt.',
  'devices.remove': 'Entfernen',
  'devices.remove.one': '{name} entfernen',
  'devices.remove.title': '{name} aus deinem Konto entfernen?',
  'devices.remove.at-once': 'Es ist sofort ausgesperrt und liest kein Backup, das ab jetzt entsteht.',
  'devices.remove.old-stay': 'Was es gesichert hat, bleibt, und du kannst es zurückholen.',
  'devices.remove.has-keys': 'Was es bisher lesen konnte, hat es vielleicht kopiert; das kann niemand zurücknehmen.',
  'devices.remove.sends-all':
    'Deine anderen Geräte bekommen neue Schlüssel. Das nächste Backup von jedem sendet einmal alles, auch Unverändertes.',
  'devices.remove.alongside':
    '{name} wird mit entfernt, weil das entfernte Gerät es hinzugefügt hat. Du kannst es wieder hinzufügen.',
  'devices.words': 'Deine 24 Wörter',
  'devices.remove.now': 'Entfernen',
  'devices.give-up': 'Seine Backups löschen',
  'devices.give-up.one': 'Backups von {name} löschen',
  'devices.give-up.title': 'Die Backups von {name} löschen?',
  'devices.give-up.count':
    '{count, plural, one {Sein Backup wird in 30 Tagen gelöscht. Danach kann niemand es zurückholen.} other {Seine # Backups werden in 30 Tagen gelöscht. Danach kann niemand sie zurückholen.}}',
  'devices.give-up.all': 'Alle seine Backups werden in 30 Tagen gelöscht. Danach kann niemand sie zurückholen.',
  'devices.give-up.until-then':
    'Bis dahin findest du sie unter „Zurückholen“ mit „{look}“ und kannst sie doch behalten.',
  'devices.give-up.others-stay': 'Die Backups deiner anderen Geräte bleiben vollständig.',
  'devices.give-up.now': 'Löschen',
  'devices.backups-go': 'Seine Backups werden nach dem {day} gelöscht.',
  'devices.forget': 'Dieses Konto hier vergessen',
  'devices.forget.what':
    'Die Dateien auf diesem Gerät bleiben, wie sie sind. Danach kannst du hier neu beginnen oder dieses Gerät mit einem Link oder den 24 Wörtern hinzufügen.',
  'devices.forget.title': 'Dieses Konto auf diesem Gerät vergessen?',
  'devices.forget.words':
    'Um zurückzukommen, brauchst du die 24 Wörter. Mit ihnen ist nichts verloren: Alle Backups bleiben, auch die dieses Geräts.',
  'devices.forget.folders':
    'Dieser Browser kennt deine Ordner dann nicht mehr und sichert sie nicht mehr. Die Dateien bleiben, wie sie sind.',
  'devices.forget.keeps':
    'Was dieser Browser für andere aufbewahrt, fehlt ihnen und wird anderswo neu gemacht. Wenn Zeit ist, gib es vorher bei „Aufbewahren“ zurück.',
  'devices.forget.now': 'Vergessen',
  'devices.forget.borrowed':
    'Dieser Browser kennt jetzt dein Konto. Lass es ihn auf einem fremden Gerät vergessen, bevor du gehst: Wer ihn danach benutzt, könnte deine Backups öffnen.',
  'join.ask': 'Kommt der Link von deinem eigenen Gerät?',
  'join.ask.what':
    'Mach nur weiter, wenn du ihn gerade selbst erstellt hast. Wer den Link erstellt hat, kann von da an alles lesen, was hier gesichert wird.',
  'join.ask.yes': 'Ja, es ist meiner',
  'join.meeting': 'Einem Konto beitreten',
  'join.meeting.what': 'Sucht das Gerät, das den Link zeigt.',
  'join.compare': 'Vergleiche diese Ziffern',
  'join.compare.what': 'Zeigt das andere Gerät dieselben, bestätige dort mit Ja. Dann hat dieses dein Konto.',
  'join.joined': 'Dieses Gerät gehört jetzt zu deinem Konto',
  'join.joined.what': 'Es kann sichern und zurückholen, was alle deine Geräte gesichert haben.',
  'join.taken': 'Dieser Browser hat schon ein Konto',
  'join.taken.what': 'Öffne den Link in einem Browser ohne Konto. Nichts wurde geändert.',
  'join.failed': 'Das Gerät wurde nicht hinzugefügt',
  'join.go-on': 'Weiter',
  'join.leave': 'Zurück',
  'trouble.details': 'Details',
  'trouble.too-few-shards.help':
    'Was helfen würde: Bewahrer, die offline sind, öffnen ihren Tab wieder, oder du versuchst es aus einem anderen Netz. Ein Versuch löscht nichts; frag morgen noch einmal.',
  'detail.too-few-shards': '{reachable, number} von {needed, number} nötigen Stücken waren lesbar.',
  'detail.words-not-confirmed': 'Nicht richtig: Wort {positions}.',
  'detail.not-enough-keepers': '{eligible, number} von {needed, number} nötigen sind da.',
  'phrase.stranger': 'Wort {position, number}, „{word}“, steht nicht in der Liste.',
  'phrase.stranger.near': 'Wort {position, number}, „{word}“, steht nicht in der Liste. Meintest du {near}?',
  'phrase.quoted': '„{word}“',
  'detail.phrase-word-count': '{count, plural, one {Hier steht # Wort.} other {Hier stehen # Wörter.}}',
  'detail.phrase-checksum': '{swapped, select, true {Vielleicht sind zwei benachbarte Wörter vertauscht.} other {}}',
  'detail.source-unreadable': 'Der Grund: {reason}.',
  'detail.target-refused': '{path}: {reason}.',
  'detail.limit-exceeded':
    '{what, select, folders {Höchstens {most, number} Ordner lassen sich wählen.} entries {Ein Ordner darf höchstens {most, number} Dateien und Ordner enthalten.} devices {Ein Konto darf höchstens {most, number} Geräte haben.} name {Der Name ist zu lang.} other {}}',
  'detail.head-forked':
    'Die Schlüssel dieses Geräts werden an zwei Orten benutzt, darum kann es nicht weiter sichern. Mach daraus ein neues Gerät: Öffne Keeptab in einem anderen Browser, oder lösche in diesem, was er für diese Adresse gespeichert hat, und gib unter Zurückholen die 24 Wörter ein. Was Bewahrer schon haben, wird nicht noch einmal gesendet.',
  'detail.malformed':
    '{from, select, coordinator {Der Koordinator gab eine unverständliche Antwort.} stranger {An seiner Adresse antwortet etwas anderes als der Koordinator. Oft ist es die Anmeldeseite eines Hotels oder eines Firmennetzes.} other {}}',
  'detail.signature-invalid':
    '{from, select, stranger {An dieser Adresse antwortet ein anderer Koordinator als vorher. Sag es dem, der ihn betreibt.} other {}}',
  'detail.coordinator-unreachable':
    '{seen, select, false {Das wurde vorher nicht angesehen und lässt sich darum jetzt nicht zeigen.} other {}}',
  'detail.nothing-to-restore': '{backedUp, select, false {Dieses Gerät hat noch nichts gesichert.} other {}}',
  'detail.internal': '{help, select, reload {Lade die Seite neu.} other {}}',
  'reason.NotAllowedError': 'es ist nicht erlaubt',
  'reason.SecurityError': 'der Browser erlaubt es nicht',
  'reason.NotFoundError': 'es ist nicht mehr da',
  'reason.NotReadableError': 'es wurde inzwischen geändert, oder das System gibt es nicht her',
  'reason.InvalidStateError': 'es wurde inzwischen geändert',
  'reason.QuotaExceededError': 'der Datenträger ist voll',
  'reason.TypeMismatchError': 'etwas anderes trägt diesen Namen',
  'reason.NoModificationAllowedError': 'ein anderes Programm benutzt es gerade',
  'reason.TypeError': 'der Browser lehnt den Namen ab',
  'reason.folder-refused': 'sein Ordner ließ sich nicht anlegen',
  'reason.different': 'dort hat etwas anderes diesen Namen und wurde gelassen, wie es ist',
  'reason.no-links': 'ein Browser kann keine symbolischen Links anlegen; das ZIP enthält sie',
  'reason.broken-off': 'der Download wurde abgebrochen',
  'reason.paused': 'er war angehalten',
  'reason.rules-too-long': 'seine Regeln sind zu lang, um befolgt zu werden',
  'reason.same-name': 'eine andere Datei dieses Namens wurde auch gewählt, und die wird gesichert',
  'reason.other': 'der Browser sagt „{reason}“',
  'error.phrase-word-count': 'Es müssen 24 Wörter sein.',
  'error.phrase-unknown-word': 'Eines der Wörter steht nicht in der Wortliste.',
  'error.phrase-checksum':
    'Alle Wörter sind bekannt, passen aber so nicht zusammen. Prüfe Schreibweise und Reihenfolge.',
  'error.words-not-confirmed':
    'Die Wörter stimmen nicht. Sieh noch einmal auf das Papier und gib die verlangten Wörter ein.',
  'error.words-gone':
    'Die Wörter wurden auf diesem Gerät bestätigt und sind hier nicht mehr gespeichert. Nimm das gedruckte Notfallblatt.',
  'error.already-initialised': 'Hier liegt schon ein Konto. Nichts wurde geändert.',
  'error.not-initialised': 'Hier gibt es noch kein Konto. Sichere etwas, oder gib unter Zurückholen die 24 Wörter ein.',
  'error.phrase-other-account': 'Das sind die Wörter eines anderen Kontos. Nichts wurde geändert.',
  'error.device-revoked':
    'Dieses Gerät wurde mit den 24 Wörtern aus seinem Konto entfernt. Was es gesichert hat, lässt sich auf den anderen Geräten zurückholen; um es wieder zu nutzen, füge es neu hinzu.',
  'error.epoch-behind':
    'Ein Gerät wurde aus diesem Konto entfernt, und dieses hat die neuen Schlüssel nicht bekommen. Nichts ist verloren: Gib hier die 24 Wörter ein oder füge dieses Gerät neu hinzu.',
  'error.revocation-forked':
    'Der Koordinator zeigt eine andere Liste entfernter Geräte als zuvor. Sie wurde abgelehnt; deine Backups sind, wie sie waren.',
  'error.pairing-failed':
    'Die beiden Geräte fanden nicht zusammen. Nichts wurde übergeben: Schließ dies und mach einen neuen Code.',
  'error.certificate-invalid':
    'Ein Gerätezertifikat ist nicht von dem Konto signiert, das es nennt. Die andere Seite wurde abgelehnt.',
  'error.signature-invalid': 'Eine Signatur ist ungültig. Was sie trug, wurde abgelehnt, und nichts wurde geändert.',
  'error.malformed':
    'Etwas kam in einer Form an, die diese Version nicht annimmt. Es wurde abgelehnt, und nichts wurde geändert.',
  'error.unsupported-version':
    'Das stammt von einer neueren Version von Keeptab. Aktualisiere und versuch es noch einmal.',
  'error.decrypt-failed':
    'Gespeicherte Daten lassen sich mit diesen Schlüsseln nicht öffnen. Sie sind beschädigt oder gehören zu einem anderen Konto.',
  'error.decompress-failed': 'Gespeicherte Daten ergeben entpackt nicht die signierte Größe. Sie wurden abgelehnt.',
  'error.limit-exceeded': 'Etwas ist größer, als Keeptab annimmt. Es wurde abgelehnt, und nichts wurde geändert.',
  'error.erasure-parameters': 'Die Zahlen des Erasure-Codes liegen außerhalb des Bereichs.',
  'error.erasure-shards': 'Die Stücke für den Erasure-Code passen nicht zusammen.',
  'error.too-few-shards':
    'Zu wenige Stücke sind erreichbar, um die Daten wiederherzustellen. Hol sie zurück, wenn mehr Bewahrer online sind.',
  'error.store-full': 'Kein Platz mehr. Was aufbewahrt wird, ist unberührt.',
  'error.shard-unknown': 'Dieser Bewahrer hat das angefragte Stück nicht.',
  'error.shard-corrupt': 'Etwas passt nicht zu dem, was sein Gerät unterschrieben hat. Es wurde nicht verwendet.',
  'error.store-failed':
    'Der Datenträger oder der Browserspeicher ließ sich nicht beschreiben. Nichts Halbes bleibt zurück.',
  'error.storage-gone':
    'Der Browser hat alles gelöscht, was Keeptab hier gespeichert hatte. Lass diese Seite noch eine Minute offen, damit das Netz davon erfährt, und lade sie dann neu: Deine Backups kommen mit den 24 Wörtern zurück.',
  'error.peer-unreachable': 'Ein anderes Gerät war nicht erreichbar.',
  'error.peer-refused': 'Ein anderes Gerät hat die Anfrage abgelehnt.',
  'error.peer-impostor':
    'Die andere Seite einer Verbindung ist nicht das Gerät, für das sie sich ausgibt. Die Verbindung wurde getrennt, bevor Daten flossen.',
  'error.connection-lost': 'Die Verbindung zu einem anderen Gerät ging verloren.',
  'error.timeout': 'Es kam nicht rechtzeitig eine Antwort.',
  'error.coordinator-unreachable':
    'Der Koordinator ist nicht erreichbar. Nichts ist verloren: Prüfe Adresse und Netz und versuch es noch einmal.',
  'error.not-signed-in': 'Der Koordinator kennt diese Sitzung nicht. Neu anmelden hilft.',
  'error.forbidden': 'Der Koordinator hat abgelehnt: Das gehört zu einem anderen Konto.',
  'error.not-found': 'Der Koordinator hat keinen solchen Eintrag.',
  'error.conflict': 'Der Koordinator weiß es inzwischen anders. Lade die Seite neu und versuch es noch einmal.',
  'error.too-many-requests': 'Zu viele Anfragen in kurzer Zeit. Warte ein wenig und versuch es noch einmal.',
  'error.not-enough-keepers':
    'Es gibt nicht genug Bewahrer an verschiedenen Orten. Noch ist nichts geschützt; versuch es wieder, wenn mehr online sind.',
  'error.head-rolled-back':
    'Der Koordinator zeigt ein älteres Backup als eines, das schon zu sehen war. Das ältere wurde abgelehnt.',
  'error.head-forked':
    'Zwei verschiedene Backups beanspruchen denselben Platz im Verlauf eines Geräts. Beide sind aufgeführt; keines wurde für das andere gehalten.',
  'error.backup-first':
    'Seit dem letzten Backup hier wurde ein Gerät aus dem Konto entfernt. Nichts wurde geändert: Sichere einmal, dann versuch es noch einmal.',
  'error.nothing-to-restore': 'Bei diesem Koordinator gibt es zu diesen Wörtern kein Backup.',
  'error.snapshot-unknown': 'Dieses Backup gibt es nicht mehr.',
  'error.snapshot-stays':
    'Dieses Backup bleibt: Es ist das neueste seines Geräts oder geschützt. Nichts wurde geändert.',
  'error.path-unknown': 'Diesen Pfad gibt es in diesem Backup nicht.',
  'error.source-unreadable': 'Der Ordner ist nicht lesbar.',
  'error.target-refused': 'Eine Datei ließ sich am gewählten Ort nicht schreiben.',
  'error.target-differs': 'Wo Dateien hingehören, ist schon etwas anderes. Es wurde nichts geschrieben.',
  'error.streams-unavailable':
    'Dieser Tab kann Dateien nicht vor dem Zurückholen zeigen. Lade die Seite neu und versuch es noch einmal; das Zurückholen geht auch ohne.',
  'error.download-lost':
    'Der Browser hat den Download auf halbem Weg verloren, die Datei ist also nicht ganz. Lösch sie und fang neu an; in einen Ordner zurückzuholen, wo der Browser es kann, geht einen anderen Weg.',
  'error.incomplete': 'Einige Dateien ließen sich nicht zurückholen. Alle anderen sind da.',
  'error.aborted': 'Auf Wunsch gestoppt. Was fertig war, bleibt, und nächstes Mal geht es dort weiter.',
  'error.config-invalid': 'Eine Einstellung hat einen unerlaubten Wert.',
  'error.in-use': 'Hier arbeitet schon ein anderes Keeptab. Versuch es wieder, wenn es fertig ist.',
  'error.usage': 'Der Befehl wurde nicht verstanden.',
  'error.internal':
    'Keeptab hat einen Fehler gemacht. Nichts wurde als sicher gemeldet, was es nicht ist. Bitte melde das.',
  'operator.title': 'Keeptab: der Koordinator',
  'operator.sentence.ask': 'Diese Seite ist für die, die den Koordinator betreiben',
  'operator.sentence.lost':
    '{packs, plural, one {# Pack lässt sich erst zurückholen, wenn Bewahrer wiederkommen} other {# Packs lassen sich erst zurückholen, wenn Bewahrer wiederkommen}}',
  'operator.sentence.alarm':
    '{packs, plural, one {# Pack ist nahe daran, verloren zu gehen} other {# Packs sind nahe daran, verloren zu gehen}}',
  'operator.sentence.waiting':
    '{packs, plural, one {# Pack wird repariert oder wartet darauf} other {# Packs werden repariert oder warten darauf}}',
  'operator.sentence.well': 'Nichts wartet auf Reparatur',
  'operator.token': 'Token aus den Einstellungen des Koordinators',
  'operator.show': 'Anzeigen',
  'operator.refused.wrong': 'Das ist nicht das Token aus den Einstellungen.',
  'operator.refused.none':
    'Es ist kein Token gesetzt: Trag OPERATOR_TOKEN in die Einstellungen des Koordinators ein und starte ihn neu.',
  'operator.at': 'Stand: {when}; {count, plural, one {# Gerät ist da} other {# Geräte sind da}}.',
  'operator.repairs': 'Reparaturen',
  'operator.repairs.waiting': 'warten',
  'operator.repairs.urgent': 'davon dringend',
  'operator.repairs.alarm': 'davon im Alarm',
  'operator.repairs.underWay': 'in Arbeit',
  'operator.repairs.lost': 'vorerst verloren',
  'operator.risks': 'Packs nach Reserve',
  'operator.risks.what':
    'Wie viele Shards jedes Pack noch verlieren kann, bevor es verloren ist, Stand der letzten Prüfung.',
  'operator.risks.none': 'Noch kein Pack wurde geprüft.',
  'operator.risks.code': 'Code',
  'operator.risks.spare': 'Reserve',
  'operator.risks.packs': 'Packs',
  'operator.audits': 'Prüfungen nach Tag',
  'operator.audits.what':
    'Spät: nicht rechtzeitig beantwortet, dasselbe Blatt wird noch einmal verlangt. Stumm: achtmal nicht beantwortet. Einmal in der Woche liest ein anderes Gerät ein ganzes Shard. Vorenthalten: es kam durch, und nichts Ganzes kam zurück.',
  'operator.audits.none': 'Noch wurde kein Bewahrer gefragt.',
  'operator.audits.day': 'Tag',
  'operator.audits.proven': 'Richtig',
  'operator.audits.wrong': 'Falsch',
  'operator.audits.missing': 'Fehlt',
  'operator.audits.late': 'Spät',
  'operator.audits.silent': 'Stumm',
  'operator.capture':
    'So viel braucht eine einzelne Hand mindestens, um binnen eines Jahres {places, number} der {of, number} Plätze einer Gruppe zu halten und ihrem Besitzer die Daten vorenthalten zu können: {accounts, number} Konten in {blocks, number} Adressblöcken und {kept} an Bewahrtem.',
  'operator.audits.served': 'Ganz gelesen',
  'operator.audits.withheld': 'Vorenthalten',
  'operator.audits.unreached': 'Nicht erreicht',
  'operator.traffic': 'Von Reparaturen bewegt',
  'operator.traffic.rate': '{rate} Bytes je gespeichertem Byte und Monat',
  'operator.traffic.what':
    '{moved} für {shards, plural, one {# Shard} other {# Shards}} in {days, plural, one {# Tag} other {# Tagen}}; gespeichert sind {stored}.',
  'operator.keepers': 'Bewahrer nach Ruf',
  'operator.keepers.new': 'neu',
  'operator.keepers.vetted': 'bewährt',
  'operator.keepers.warned': 'gewarnt',
  'operator.keepers.suspended': 'gesperrt',
  'operator.keepers.out': 'ausgeschlossen',
  'operator.keepers.counting':
    '{count, plural, one {# Bewahrer bewahrt etwas auf und zählt jetzt.} other {# Bewahrer bewahren etwas auf und zählen jetzt.}}',
}
