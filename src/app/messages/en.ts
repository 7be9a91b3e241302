/**
 * All text of the page in English, as ICU MessageFormat. Other languages stand beside this file and have the same ids
 * and the same values in each message; `tests/unit/messages.test.ts` holds them to it.
 */
import { errorText, type ErrorCode } from '../../core/errors.ts'

const own = {
  // ---- the frame
  'app.name': 'Keeptab',
  'app.screens': 'Screens',
  'app.screen.backup': 'Backup',
  'app.screen.restore': 'Restore',
  'app.screen.keep': 'Keep',
  'app.screen.account': 'Account',
  'app.screen.check': 'Check',
  'app.title.kept': '{percent} kept · Keeptab',
  'app.title.back': '{percent} back · Keeptab',
  'app.title.state': '{state} · Keeptab',
  'app.title.keeping': 'Keeping · Keeptab',
  'app.skip': 'Skip to the content',
  'app.keeping': 'Keeping {size} for others',
  'app.update.ready': 'A new version is here.',
  'app.update.waits': 'An update is here and waits for the transfer to end.',
  'app.update.apply': 'Update ready: restart',
  'app.offline':
    'No network. Keeptab opened from this device: you can look at your folders and your words. Backing up, keeping and restoring go on when the network is back.',
  'app.insecure': 'This page needs a secure address',
  'app.insecure.why':
    'Browsers allow encryption, storage and folders only over https or on localhost. Ask whoever runs this coordinator for its https address.',
  'app.opening': 'Your folders, kept by other people’s tabs',
  'app.opening.what': 'Opening what this browser remembers of them.',
  'app.elsewhere': 'Keeptab is running in another tab',
  'app.elsewhere.what': 'Go to that tab to work with it. When it closes, this one takes over by itself.',
  'app.elsewhere.gone': 'Keeptab has stopped in its other tab',
  'app.elsewhere.gone.what': 'When that tab is loaded again or closed, this one takes over by itself.',
  'app.elsewhere.cleared.what':
    'The browser has deleted everything that Keeptab had stored here. Leave that tab open for another minute, so that the network learns of it, and then load it again: your backups come back with the 24 words.',
  'app.one-tab': 'This browser cannot tell one tab of Keeptab from another: keep only one open.',

  // ---- counted things and times
  'count.files': '{count, plural, one {# file} other {# files}}',
  'count.folders': '{count, plural, one {# folder} other {# folders}}',
  'count.entries': '{count, plural, one {# entry} other {# entries}}',
  'time.today': 'today, {time}',
  'time.left.soon': 'less than a minute left',
  'time.left.minutes': 'about {count, plural, one {# min} other {# min}} left',
  'time.left.minutes.range': 'about {from, number}–{to, number} min left',
  'time.left.hours': 'about {count, plural, one {# h} other {# h}} left',
  'time.left.hours.range': 'about {from, number}–{to, number} h left',

  // ---- how well a backup is kept
  'ring.of': '{of, plural, one {of # keeper} other {of # keepers}}',
  'safety.here-only': 'Here only',
  'safety.spreading': 'Spreading',
  'safety.words-needed': 'Words needed',
  'safety.safe': 'Safe',
  'safety.at-risk': 'At risk',
  'backup.sentence.none': 'Pick a folder, and other people’s tabs keep it',
  'backup.sentence.no-folder': 'No folder is chosen any more; the last backup is still kept',
  'backup.sentence.broken-off': 'The last backup was broken off; it goes on from there',
  'backup.sentence.choose-again': 'Choose your files again: the last backup was broken off and goes on from there',
  'backup.sentence.paused': 'Backups are paused; nothing is sent until you go on',
  'backup.sentence.some-safe':
    '{covered, number} of {folders, plural, one {# folder} other {# folders}} {covered, plural, one {is} other {are}} safe',
  'backup.sentence.here-only':
    '{folders, plural, one {Your folder is on this computer only} other {Your # folders are on this computer only}}',
  'backup.sentence.running':
    '{folders, plural, one {Your folder is being spread} other {Your # folders are being spread}}',
  'backup.sentence.spreading':
    '{folders, plural, one {Your folder is not spread far enough yet} other {Your # folders are not spread far enough yet}}',
  'backup.sentence.words-needed':
    '{folders, plural, one {Your folder is spread. Write down the 24 words to make it safe} other {Your # folders are spread. Write down the 24 words to make them safe}}',
  'backup.sentence.safe': '{folders, plural, one {Your folder is safe} other {Your # folders are safe}}',
  'backup.sentence.safe-one-machine':
    '{folders, plural, one {Your folder is safe, but everything is on this machine} other {Your # folders are safe, but everything is on this machine}}',
  'backup.sentence.at-risk': '{atRisk, plural, one {# folder is at risk} other {# folders are at risk}}',

  // ---- backup
  'backup.choose': 'Choose a folder',
  'backup.add': 'Add a folder',
  'backup.choose-files': 'Choose files instead',
  'backup.choose-again': 'Choose the files again',
  'backup.ring': '{stored, number} of {of, number} keepers hold their piece',
  'backup.intro':
    'Everything is encrypted in this browser first. Keepers hold pieces that they cannot read, some of them are enough to bring all of it back, and 24 words are the only key.',
  'backup.waiting.keepers': 'Waiting for keepers; nothing is lost.',
  'backup.waiting.coordinator': 'Waiting for the coordinator; nothing is lost.',
  'backup.progress': '{kept} of {total} kept · {files, plural, one {# file} other {# files}} read',
  'backup.rate': '{size}/s',
  'backup.looking-through': 'Looking through {files, plural, one {# file} other {# files}}, {size}',
  'backup.starting': 'Starting',
  'backup.one-machine':
    'All keepers here run on this machine: this shows how Keeptab works, and protects from nothing that happens to the machine. Keep another copy.',
  'backup.at-risk.what':
    'Too few keepers are left for some of it. Others are being found; until then, keep the files on this computer.',
  'backup.last': 'Last backed up {when}.',
  'backup.go-on': 'Go on',
  'backup.now': 'Back up now',
  'backup.drop': 'Or drop a folder anywhere on this page.',
  'backup.rolled-back':
    'The coordinator showed an older backup than this device or keepers have seen. The newer one is used; tell whoever runs the coordinator.',
  'backup.counting': 'Looking through the folder',
  'backup.counting.figures': 'Looking through the folder: {files, plural, one {# file} other {# files}}, {size}',
  'backup.legend.here-only': 'The folder is on this computer and nowhere else.',
  'backup.legend.spreading': 'One dot for each keeper that has stored its sealed piece.',
  'backup.legend.safe': 'Enough keepers hold it, and the 24 words are on paper.',
  'backup.folders': 'Folders',
  'backup.announced': '{percent} kept',
  'backup.pause': 'Pause',
  'backup.cancel': 'Cancel',
  'backup.cancelled': 'Cancelled. What was sent stays with keepers, and the next backup does not send it again.',
  'backup.paused.what': 'What was sent stays with keepers. It goes on from there, also after this tab was closed.',
  'backup.looking-for-changes': 'Looking for changes',
  'backup.said.twice': '“{name}” is in the list already; it is backed up once.',
  'backup.said.none':
    'No file was chosen. A folder without any files cannot be chosen this way: the browser tells a page of files only.',
  'backup.next.day': 'Read again once a day while this tab is open.',
  'backup.next.hour': 'Read again every hour while this tab is open.',
  'backup.next.quarter': 'Read again every 15 minutes while this tab is open.',
  'backup.next.hand': 'Read again only when you press “Back up now”.',
  'backup.next.chosen': 'What you choose is read for one backup: choose it again for the next one.',
  'backup.next.watched': 'Changes are noticed within seconds.',
  'backup.more-folders': 'Show {count, number} more',

  // ---- backup: one source
  'backup.source.last': 'last backed up {when}',
  'backup.source.spreading': 'Spreading: {stored, number} of {of, number} keepers',
  'backup.source.progress': '{kept} of {total}',
  'backup.source.files': '{done, number} of {total, plural, one {# file} other {# files}}',
  'backup.source.waits': 'waits for its turn',
  'backup.source.choose-again':
    'What is chosen this way is read for one backup: choose it again to include it in the next one.',
  'backup.source.permission': 'The browser needs your permission to read the folder again.',
  'backup.source.since': 'What was backed up {when} stays kept.',
  'backup.source.never': 'It is on this computer only.',
  'backup.source.paused': 'Paused: left out of backups until you go on.',
  'backup.source.carried': 'It could not be read this time; its last version stays in the backup. The reason: {reason}',
  'backup.source.missing': 'It could not be read this time and is not in the newest backup. The reason: {reason}',
  'backup.source.renamed': 'Another folder is called “{other}”, so this one is kept as “{name}”.',
  'backup.source.inside': 'It lies inside “{other}”: its files appear in both, and are stored once.',
  'backup.source.around': '“{other}” lies inside it: those files appear in both, and are stored once.',
  'backup.source.reconnect': 'Reconnect',
  'backup.source.reconnect.label': 'Reconnect {name}',
  'backup.source.pause.label': 'Pause {name}',
  'backup.source.go-on.label': 'Go on with {name}',
  'backup.source.more': 'More about {name}',
  'backup.source.remove': 'Remove from the list',
  'backup.source.remove.what': 'Backups that hold it stay; the next one leaves it out.',
  'backup.source.rules': 'What is left out: rules',
  'backup.source.ring': '{percent} of {name} is with keepers',
  'backup.outlook.survives':
    '{keepers, plural, =0 {Not one more keeper may vanish now} one {Keeps even if # more keeper vanishes} other {Keeps even if # more keepers vanish}}',
  'backup.outlook.away': 'Some of it cannot be brought back until keepers return',
  'backup.outlook.better': 'more than {chance} likely to last the year',
  'backup.outlook.between': '{least} to {likely} likely to last the year',
  'backup.outlook.below': 'less than {chance} likely to last the year',
  'backup.outlook.young': 'too little is known of the keepers yet to say more',
  'backup.outlook.known.days':
    'Known from {keepers, plural, one {# keeper} other {# keepers}} over {count, plural, one {# day} other {# days}}.',
  'backup.outlook.known.months':
    'Known from {keepers, plural, one {# keeper} other {# keepers}} over {count, plural, one {# month} other {# months}}.',
  'backup.outlook.shared.network': '{keepers, number} of {of, number} keepers are in one network and may go together.',
  'backup.outlook.shared.platform':
    '{keepers, number} of {of, number} run in the same kind of browser on the same system and may go together.',
  'backup.outlook.rest-at-risk':
    'Something that older backups, or those of your other devices, need is at risk: too few of its pieces are left. Bring back what you still want of them.',
  'backup.outlook.dependent':
    'That is more in one place than Keeptab wants: there are too few others, so these keepers do not fail independently.',
  'backup.outlook.trial': 'This network is still on trial: it is small, or most of its keepers are not known yet.',
  'backup.outlook.unknowable':
    'What all keepers have in common, such as one operator, one browser or a flaw in Keeptab, nobody can put into a number: of what you must not lose, keep a second copy.',
  'backup.what-if': 'What if keepers vanish?',
  'backup.what-if.label': 'What if keepers vanish? {name}',
  'backup.what-if.vanish': 'Keepers that vanish at once and for good',
  'backup.what-if.of': '{vanish, number} of {of, number}',
  'backup.what-if.shorter': 'and those that are left stay half as long',
  'backup.what-if.then': 'Then:',
  'backup.what-if.lost': 'Some of it would be lost',

  // ---- backup: what was left out
  'backup.left-out.none': 'Nothing was left out.',
  'backup.left-out.ignored': '{count, plural, one {# left out by a rule} other {# left out by rules}}',
  'backup.left-out.unreadable': '{count, plural, one {# could not be read} other {# could not be read}}',
  'backup.left-out.last-version':
    '{count, plural, one {# could not be read: its last version stays} other {# could not be read: their last versions stay}}',
  'backup.left-out.changed-while-read':
    '{count, plural, one {# changed while it was read} other {# changed while they were read}}',
  'backup.left-out.group.ignored': 'Rule {detail}: {count, plural, one {# entry} other {# entries}}',
  'backup.left-out.group.unreadable': 'Cannot be read ({detail}): {count, plural, one {# entry} other {# entries}}',
  'backup.left-out.group.last-version':
    'Cannot be read ({detail}), the last version stays: {count, plural, one {# entry} other {# entries}}',
  'backup.left-out.group.changed-while-read':
    'Changed while it was read, kept as it was then: {count, plural, one {# file} other {# files}}',
  'backup.left-out.save': 'Save as text',
  'backup.left-out.file': 'left out of {name}.txt',
  'backup.left-out.unseen': 'What the browser cannot see here',

  // ---- backup: rules
  'backup.rules.title': 'Rules for {name}',
  'backup.rules.what':
    'One rule a line, as in .gitignore: *.tmp leaves out all such files, cache/ a folder, !keep.tmp brings one back.',
  'backup.rules.own': 'Your rules',
  'backup.rules.defaults': 'Also leave out what systems make by themselves',
  'backup.rules.in-folder': 'Rules that lie in the folder as {file}; they count last, and are changed there',
  'backup.rules.counting': 'Looking through everything in it: {files, plural, one {# file} other {# files}}',
  'backup.rules.in': 'In: {files, plural, one {# file} other {# files}}, {size}',
  'backup.rules.out': 'Out: {files, plural, one {# file} other {# files}}, {size}',
  'backup.rules.out.example': '{path}, by the rule {rule}',
  'backup.rules.save': 'Use these rules',
  'backup.rules.close': 'Close without changes',
  'backup.rules.unreadable':
    'The folder cannot be read now, so there is no preview. The rules count from the next backup.',

  // ---- backup: when
  'backup.plan': 'When folders are read again',
  'backup.plan.quarter': 'Every 15 minutes',
  'backup.plan.hour': 'Every hour',
  'backup.plan.day': 'Once a day',
  'backup.plan.hand': 'Only by hand',
  'backup.plan.every-byte': 'Check every byte',
  'backup.plan.every-byte.what':
    'Reads all files each time, also those whose size and date have not changed. Slower; finds what hides its changes.',

  // ---- backup: whether it comes back
  'drill.what':
    'A test restore brings a few of your files back as a new device would, checks every byte of them, of long ones that of a part, and throws them away. Nothing that this browser remembers can stand in for what is gone. It runs once a week by itself.',
  'drill.proven': 'Proven {when}: what was tested of your backup came back.',
  'drill.never': 'Not proven yet that your backup comes back.',
  'drill.cost': 'The last one took in {size}.',
  'drill.now': 'Test a restore now',
  'drill.running': 'Testing a restore: {files, plural, one {# file} other {# files}} back, {size} taken in',
  'drill.blocked': 'It goes on when other work is through.',
  'drill.source.proven': 'proven restorable {when}',
  'drill.source.failed': 'the test restore of {when} could not bring back all of it',
  'drill.source.away': 'could not be tested {when}: too few of its keepers were there',
  'drill.failed.title': 'A test restore failed',
  'drill.failed': 'Tested {when}. Not all of it came back: {reason}.',
  'drill.failed.here':
    'Keep your own copy. {way, select, now {Press “Back up now”} resume {Press “Go on” above} counting {Once all files are counted, start the backup that is then shown below} preview {Start the backup that is shown below} running {A backup is running} other {Choose the folder again, or go on with it, and back it up}}: what the network knows to be lost is sent again while it is still on this computer, and the rest is made again by keepers as they find it. It is tested again tomorrow.',
  'drill.failed.elsewhere':
    'It is in what another of your devices has backed up: open Keeptab there and back up once more.',
  'drill.away':
    'Tested {when}. Too few keepers were there to bring it back. Nothing is known to be lost; it is tested again in a few hours.',
  'drill.reason.head': 'the coordinator does not show your newest backup',
  'drill.reason.manifest': 'a list of what was backed up cannot be read',
  'drill.reason.record': 'the description of some pieces is missing or was changed',
  'drill.reason.placement': 'for some pieces too few keepers are left',
  'drill.reason.index': 'the list of what lies where cannot be read',
  'drill.reason.tree': 'the list of a folder cannot be read',
  'drill.reason.content': 'some files cannot be read',

  'backup.preview':
    'This backup: {files, plural, one {# file} other {# files}}{folders, plural, =0 {} one { in # folder} other { in # folders}}, {size}',
  'backup.preview.unseen': 'What the browser cannot see',
  'backup.preview.start': 'Start backup',
  'backup.unseen.links': 'Symbolic links',
  'backup.unseen.links.effect': 'The browser does not show them; they are not backed up.',
  'backup.unseen.rights': 'Permissions, and the dates of folders',
  'backup.unseen.rights.effect': 'The browser does not tell them; restored files get the usual ones.',
  'backup.unseen.names':
    'Names with : * ? " < > | or \\, names ending in a dot or a space, con, nul and the like, desktop.ini, and .lnk, .url, .scf files',
  'backup.unseen.names.effect': 'The browser leaves them out without saying which. “Choose files instead” shows them.',
  'backup.unseen.empty': 'Empty folders',
  'backup.unseen.empty.effect': 'The browser does not list them; they are not backed up.',
  'backup.unseen.followed': 'Symbolic links',
  'backup.unseen.followed.effect':
    'They are shown as what they point to, and a folder that a link in it points to may be missing.',
  'backup.unseen.pipes': 'Pipes and devices',
  'backup.unseen.pipes.effect': 'They look like empty files and are backed up as such.',

  // ---- names
  'name.none': 'no name',

  // ---- lists of what to know
  'notice.left-out': '{count, plural, one {# thing} other {# things}} left out',
  'notice.not-back': '{count, plural, one {# thing} other {# things}} could not be brought back',
  'notice.names': '{count, plural, one {# thing} other {# things}} to know about names',
  'notice.ignored': 'left out by the rule {detail}',
  'notice.unreadable': 'cannot be read: {detail}',
  'notice.last-version': 'cannot be read, its last version stays: {detail}',
  'notice.changed-while-read': 'changed while it was read',
  'notice.renamed': 'is now called {detail}',
  'notice.refused': 'not brought back: {detail}',
  'notice.more': 'and {count, number} more',
  'keeper-trouble.backup':
    '{count, plural, one {# time} other {# times}} a keeper did not take its piece; the backup goes on with others, and nothing is lost',
  'keeper-trouble.restore':
    '{count, plural, one {# time} other {# times}} a keeper did not answer or answered wrongly, and others were asked',
  'keeper-trouble.unreachable': 'unreachable',
  'keeper-trouble.full': 'full',
  'keeper-trouble.refused': 'refused',
  'keeper-trouble.corrupt': 'corrupt',
  'keeper-trouble.slow': 'slow',

  // ---- the 24 words
  'words.write': 'Write down your 24 words',
  'words.write.why': 'Until you have written down the 24 words, losing this browser means losing the backup.',
  'words.show': 'Show the words',
  'words.yours': 'Your 24 words',
  'words.yours.why':
    'Whoever has them can read your backup, so keep them where you keep a passport. Once they are confirmed, nobody can show them to you again.',
  'words.list': 'The 24 words',
  'words.written': 'I have written them down',
  'words.print': 'Print the kit',
  'words.hide': 'Hide',
  'words.three': 'Three of them, from your paper',
  'words.three.why': 'Then they are known to be on paper, and this browser forgets them.',
  'words.word': 'Word {position, number}',
  'words.confirm': 'Confirm',
  'words.show-again': 'Show the words again',
  'words.kit':
    'Write them on paper in their order, or print the kit: the words with all that is needed to restore. The same kit as a file belongs on a stick that is put away, not on this computer.',
  'words.save': 'Save the kit',
  'words.saved':
    'The file is called {name}. Look whether it is there before you hide the words: only you can see that. If it is not, save it again or print the kit.',
  'kit.title': 'Keeptab recovery kit',
  'kit.what':
    'The 24 words below bring your backup back on any computer or phone, also when the one that made it is lost. Whoever has them can read the backup: keep this page where you keep a passport.',
  'kit.file':
    'This file holds the words themselves. Keep it on a stick or disc that is put away: not on the computer that is backed up, not in a mailbox, not in a shared folder.',
  'kit.words': 'The 24 words, in this order',
  'kit.restore': 'To get your files back',
  'kit.step.open': 'On a device that you trust, open this address in a browser:',
  'kit.step.type':
    'Choose Restore and type the 24 words, or scan the code: it opens the page with the words filled in.',
  'kit.step.find': 'Press “Find my backups”, choose what you want back, and where to put it.',
  'kit.code': 'QR code with the address and the 24 words',
  'kit.code.what': 'The code holds the words, too. Scan it with the camera of your own device.',
  'kit.link': 'Open the page with the words filled in',
  'kit.printed': 'Printed on {when}.',
  'kit.saved': 'Saved on {when}.',
  'kit.account': 'Account {account}.',
  'paper.due': 'Is the paper with your 24 words still there?',
  'paper.due.why':
    'It was last checked on {when}. Fetch it and type three words from it: if this device is lost, nothing but that paper brings your backup back.',
  'paper.check': 'Check my paper',
  'paper.later': 'Ask me in a week',
  'paper.cancel': 'Not now',
  'paper.ask': 'Nobody can show them here: this device only remembers enough to tell whether they are right.',
  'paper.answer': 'Check',
  'paper.known': 'Your paper with the 24 words',
  'paper.proved': 'All three are right: your paper works.',
  'paper.last': 'Last checked on {when}. You are asked again around {next}.',
  'paper.mismatch': 'These three words are not the ones of this account.',
  'paper.mismatch.look':
    'Is it the right paper, and are these the right numbers on it? Look at each letter and try again. Nothing has changed: your backup is as it was.',
  'paper.mismatch.lost':
    'If the paper is damaged or lost, nobody can show its words again. Help yourself while this device still has your files: open Keeptab in another browser here, choose the same folders, and write down the new words. Keep this browser until that backup is safe.',

  // ---- notifications
  'notify.title': 'Notifications',
  'notify.state.granted': 'On: the system tells you when something needs you, each thing once.',
  'notify.state.default':
    'Keeptab can tell you through the system when something needs you: a backup is at risk, overdue or failed, a test restore could not bring something back, a folder cannot be read any more, pieces that you keep are gone. Each thing once, and nothing else.',
  'notify.state.denied':
    'The browser blocks them for this page. To get them, allow notifications in the settings beside the page’s address.',
  'notify.state.unsupported':
    'This browser shows none for this page. Some do once Keeptab is installed or put on the home screen.',
  'notify.allow': 'Allow notifications',
  'notify.when': 'Tell me when',
  'notify.when.at-risk': 'a backup has too few keepers left',
  'notify.when.overdue': 'no backup has been finished for some days',
  'notify.when.failed': 'a backup failed',
  'notify.when.unproven': 'a test restore could not bring something back',
  'notify.when.permission': 'the browser took the permission to read a folder back',
  'notify.when.lost': 'pieces that I keep for others are gone from this device',
  'notify.overdue-after': 'Overdue after',
  'notify.days': '{days, plural, one {# day} other {# days}}',
  'notify.quiet.fromHour': 'Quiet from',
  'notify.quiet.toHour': 'Quiet until',
  'notify.quiet.what':
    'What comes up in quiet hours is told when they end, if it is still so. The same hour twice means no quiet hours.',
  'notify.test': 'Send a test',
  'notify.test.shown': 'Sent. If you do not see it, look into the notification settings of the system.',
  'notify.test.failed': 'The browser did not show it. Reload the page and try again.',
  'notify.test.title': 'Notifications work',
  'notify.test.body': 'This is how Keeptab tells you when something needs you.',
  'notify.at-risk.title': 'Your backup is at risk',
  'notify.at-risk.body':
    '{folders, plural, one {# folder has} other {# folders have}} too few keepers left. Others are being found; until then, keep the files on this computer.',
  'notify.overdue.title': 'Your backup is overdue',
  'notify.overdue.body':
    'A folder was last backed up {when}. Open Keeptab and back up again. What was kept before is still kept.',
  'notify.failed.title': 'A backup failed',
  'notify.failed.body': 'Open Keeptab to see why and to go on. What was kept before is still kept.',
  'notify.unproven.title': 'Something did not come back in a test',
  'notify.unproven.body':
    'A test restore of your backup failed. Keep your own copy, and open Keeptab to see what to do.',
  'notify.permission.title': 'The browser took a permission back',
  'notify.permission.body':
    '{folders, plural, one {# folder cannot be read and misses new backups.} other {# folders cannot be read and miss new backups.}} Open Keeptab and reconnect.',
  'notify.lost.title': 'Pieces that you keep are gone',
  'notify.lost.body':
    '{pieces, plural, one {# piece} other {# pieces}} of other people’s backups vanished from this browser. The network was told. Your own backup is not touched.',

  // ---- account
  'account.none': 'This browser has no account yet',
  'account.none.what':
    'It gets one with the first backup, or when you start keeping: no form, no name, no password. To use an account that you have, choose Restore and type its 24 words.',
  'account.on-paper': 'Your words are on paper',
  'account.on-paper.what':
    'They are the account: with them and a coordinator’s address you have your backups on any device. They are no longer stored here.',
  'account.here-only': 'Your words are on this device only',
  'account.here-only.what': 'They are the account. Until they are on paper, nothing is called safe.',
  'account.account': 'Account',
  'account.device': 'This device',
  'account.coordinator': 'Coordinator',
  'coordinator.what':
    'The coordinator is the small server that introduces tabs to each other; no file passes through it.',
  'account.one-machine': 'Everything is on this machine.',
  'account.offline': 'Without a network',
  'account.offline.yes': 'This page opens from this device.',
  'account.offline.no': 'This page is not stored on this device yet.',
  'account.language': 'Language',
  'account.language.system': 'As the browser: {language}',
  'account.appearance': 'Appearance',
  'account.appearance.system': 'As the system',
  'account.appearance.light': 'Light',
  'account.appearance.dark': 'Dark',

  // ---- keep
  'keep.sentence.starting': 'Starting: looking through what you keep',
  'keep.sentence.off': 'You keep nothing for others yet',
  'keep.sentence.connecting': 'Connecting; nothing that you keep is lost',
  'keep.sentence.paused': 'Paused: you take nothing new and still serve what you keep',
  'keep.sentence.paused.until': 'Paused until {until}: you take nothing new and still serve what you keep',
  'keep.sentence.hours': 'No hour of the week is set: you take and serve nothing',
  'keep.sentence.hours.until': 'Out of your hours: it goes on {until}',
  'keep.sentence.month': 'This month’s limit is used up: you take and serve nothing',
  'keep.sentence.month.until': 'This month’s limit is used up: it goes on {until}',
  'keep.sentence.leaving': 'Giving everything back: other keepers take over what you keep',
  'keep.sentence.empty': 'You are a keeper. Nobody has needed your space yet',
  'keep.sentence.keeping':
    '{owners, plural, one {You keep pieces of one person’s backup} other {You keep pieces of # people’s backups}}',
  'keep.intro.on':
    'Pin this tab, and it goes on keeping while it is hidden. Closing it is fine for a while: what you keep stays on this device.',
  'keep.intro.week':
    'This browser deletes what a page has stored after a week without a visit, so others could not rely on what you keep here. Put Keeptab on the home screen or into the Dock, open it there, and keep for others from there.',
  'keep.intro.front':
    'Keeping runs only while Keeptab is in front of you. Closing it is fine for a while: what you keep stays on this device.',
  'keep.intro.off':
    'You keep sealed pieces of other people’s backups, which nobody here can read, and they keep yours. Nothing is installed; one button starts it and one stops it.',
  'private.keep':
    'This looks like a private window. It forgets everything when it is closed, so nothing can be kept for others here. Open Keeptab in an ordinary window, or let this address store data.',
  'private.backup':
    'This looks like a private window. It forgets everything when it is closed: your folders, and who you are. Open Keeptab in an ordinary window, or let this address store data. Here you can restore with your 24 words.',
  'private.unknown':
    'A private window forgets everything when it is closed, and this browser does not tell us whether it is one.',
  'keep.limit': 'Space limit',
  'keep.room': 'This browser has room for {size}.',
  'keep.limit.lower': 'Under a lower limit nothing is thrown away: what is beyond it moves to other keepers first.',
  'keep.start': 'Keep for others',
  'keep.go-on': 'Go on',
  'keep.stop': 'Stop keeping',
  'keep.kept': 'Kept',
  'keep.kept.what':
    '{shards, plural, one {# piece} other {# pieces}} for {owners, plural, one {# person} other {# people}}',
  'keep.limits': 'At most',
  'keep.upload': 'Upload',
  'keep.download': 'Download',
  'keep.month': 'In a month',
  'keep.month.what': 'Sent and taken in together. When it is used up, this tab rests until the month turns.',
  'keep.rate': '{size} a second',
  'keep.no-limit': 'No limit',
  'keep.hours': 'Hours',
  'keep.hours.what':
    'Out of these hours this tab leaves the network and comes back by itself. The network knows when, so nobody counts on it meanwhile.',
  'keep.hours.always': 'Always',
  'keep.hours.nights': 'Nights',
  'keep.hours.weekends': 'Weekends',
  'keep.hours.some': '{count, plural, one {# hour a week} other {# hours a week}}',
  'keep.hours.grid': 'Hours of the week in which this tab keeps',
  'keep.hours.cell': '{day}, {hour}: {open, select, yes {keeps} other {rests}}',
  'keep.hours.day': 'All of {day}',
  'keep.hours.hour': 'Every day at {hour}',
  'keep.hours.help': 'Arrow keys move, the space bar changes an hour, a day or an hour of every day.',
  'keep.pause.title': 'Pause',
  'keep.pause.what': 'You take nothing new and still serve what you keep. The network knows when you mean to be back.',
  'keep.pause.hour': 'Pause for an hour',
  'keep.pause.tomorrow': 'Until tomorrow',
  'keep.pause.week': 'For a week',
  'keep.pause.open': 'Until I say so',
  'keep.giving': '{done} of {all} handed on',
  'keep.giving.announced': '{percent} handed on',
  'keep.giving.what': 'What you keep goes to other keepers. It leaves this device only when they have it.',
  'keep.giving.unneeded': 'Nobody needs {size} of it any more. It is deleted here by {day}.',
  'keep.giving.waiting': 'Nobody else has room yet: {size} stay until somebody has. What is needed is not thrown away.',
  'keep.give-back': 'Give everything back',
  'keep.give-back.what':
    'Everything that you keep moves to other keepers, then keeping stops. To only stop for a while, choose Stop keeping: what you keep stays on this device.',
  'keep.stay': 'Keep the rest after all',
  'keep.before': '{month} this month, {all} in all',
  'keep.ladder': 'Keep better',
  'keep.ladder.install': 'Installed',
  'keep.ladder.install.what': 'Keeptab has its own window, which is not closed with the others by mistake.',
  'keep.ladder.install.button': 'Install',
  'keep.ladder.install.how.chromium': 'In the browser’s menu: Cast, save and share, then Install page as app.',
  'keep.ladder.install.how.edge': 'In the browser’s menu, under Apps: install this site as an app.',
  'keep.ladder.install.how.android': 'In the browser’s menu: install the app, or add it to the home screen.',
  'keep.ladder.install.how.firefox': 'Firefox on computers installs no pages: pin the tab instead.',
  'keep.ladder.install.how.safari': 'In the menu: File, Add to Dock; on a phone: Share, Add to Home Screen.',
  'keep.ladder.pin': 'Pinned, or started with the system',
  'keep.ladder.pin.what': 'It is there again after each start, so you keep while you think of other things.',
  'keep.ladder.pin.tick': 'I have done this',
  'keep.ladder.pin.how.chromium':
    'Right-click the tab and choose Pin; or, installed, turn on Start app when you sign in.',
  'keep.ladder.pin.how.edge': 'Right-click the tab and pin it; or, installed, let it start when you sign in.',
  'keep.ladder.pin.how.android':
    'Phones pin no tabs: open Keeptab from the home screen, and come back to it now and then.',
  'keep.ladder.pin.how.firefox':
    'Right-click the tab and choose Pin Tab; in the settings choose Open previous windows and tabs.',
  'keep.ladder.pin.how.safari': 'Right-click the tab and choose Pin Tab.',
  'keep.ladder.notify': 'Notifications allowed',
  'keep.ladder.notify.what': 'You hear of it when something needs you, and some browsers then keep storage safer.',
  'keep.ladder.notify.button': 'Allow',
  'keep.ladder.notify.denied': 'The browser was told not to allow them; its site settings change that.',
  'keep.ladder.notify.unsupported': 'This browser has no notifications.',
  'keep.ladder.persist': 'Storage that stays',
  'keep.ladder.persist.what': 'The browser does not throw away what you keep when the disk gets full.',
  'keep.ladder.persist.button': 'Ask the browser',
  'keep.ladder.persist.refused': 'It has not promised yet. Installing Keeptab or allowing notifications usually helps.',
  'keep.ladder.done': 'Done',
  'keep.ladder.open': 'Not yet',
  'keep.served': 'Served',
  'keep.taken': 'Taken in',
  'keep.since-start': 'since this tab started',
  'keep.standing': 'Your word as a keeper',
  'keep.standing.what':
    'While you are here you are asked, about eight times a day, to show a small part of what you keep, and about once a week somebody reads a whole piece. It costs next to nothing, and it is how owners know that their backups are still there.',
  'keep.standing.new': 'New: you are getting to be known',
  'keep.standing.vetted': 'Trusted',
  'keep.standing.warned': 'Warned: you go on as before',
  'keep.standing.suspended': 'Suspended: you are given nothing new',
  'keep.standing.out': 'Out for a while: what you keep does not count',
  'keep.standing.why.young': 'Every keeper begins like this, and gets a small share of what others give away.',
  'keep.standing.why.proven': 'You have shown again and again that what you keep is there.',
  'keep.standing.why.late':
    'Your answers often come late. A sleeping tab or a slow line does that; nothing is lost by it.',
  'keep.standing.why.lost':
    'A part that you were asked for was gone. Others make it again; nobody’s backup is in danger from it.',
  'keep.standing.why.silent':
    'A part that you were asked for was not shown for hours, although this device was online.',
  'keep.standing.why.wrong': 'A part came back changed. A failing disk or altered software does that.',
  'keep.standing.why.withheld':
    'Several others, far apart, connected to this device and got nothing whole of what you keep, although you prove that it is there.',
  'keep.standing.why.unreachable':
    'Nobody of many who reach others could connect to this device, although it is online. A firewall or a strict router does that.',
  'keep.standing.cure.new':
    '{count, plural, =0 {Trusted from {until} on.} one {# proof more, and not before {until}, and you are trusted.} other {# proofs more, and not before {until}, and you are trusted.}}',
  'keep.standing.cure.warned':
    '{count, plural, one {It passes with # proof more: keep this device running.} other {It passes with # proofs more: keep this device running.}}',
  'keep.standing.cure.suspended':
    '{count, plural, one {It ends with your next proof. What you keep still counts.} other {It ends with # proofs in a row. What you keep still counts.}}',
  'keep.standing.cure.suspended.until':
    '{count, plural, =0 {It ends with your first proof after {until}. What you keep still counts.} one {It ends with your next proof, and not before {until}. What you keep still counts.} other {It ends with # proofs in a row, and not before {until}. What you keep still counts.}}',
  'keep.standing.cure.unread':
    '{count, plural, one {It ends when # other has read what it asked for. What you keep does not count until then; keep this device running and its line free.} other {It ends when # others have read what they asked for, one or two a day. What you keep does not count until then; keep this device running and its line free.}}',
  'keep.standing.cure.out':
    'From {until} on you begin anew. Check the disk until then; you may also give everything back.',
  'keep.standing.proven': '{count, plural, one {# part shown, last {when}} other {# parts shown, last {when}}}',
  'keep.standing.none': 'Nothing has been asked yet. That begins some hours after the first thing you keep.',
  'keep.standing.failed': '{count, plural, one {# part could not be shown} other {# parts could not be shown}}',
  'keep.standing.score': 'Score: {score}. It begins at 100% and falls with each part that is missing or wrong.',
  'keep.standing.score.bounds':
    'Below {warned} you are warned, below {suspended} you are given nothing new, below {out} you are out.',
  'keep.standing.in-time': 'In time: {score}. It begins at 100% and falls with each late answer.',
  'keep.standing.in-time.bounds': 'Below {slow} you are warned.',
  'keep.standing.here': 'Here: about {day, number} of 24 hours a day, {week, number} of 168 a week.',
  'keep.standing.here.unknown': 'How much of the day you are here is known after two days.',
  'keep.lost':
    '{count, plural, one {# piece that you kept is gone from this device. The network was told, so that its owner is not misled.} other {# pieces that you kept are gone from this device. The network was told, so that their owners are not misled.}}',

  // ---- restore
  'restore.sentence.start': 'Bring back what was backed up',
  'restore.sentence.start-new': 'Your 24 words bring your backup back',
  'restore.sentence.looking': 'Looking for your backups',
  'restore.sentence.snapshots':
    '{count, plural, one {# backup can be brought back} other {# backups can be brought back}}',
  'restore.sentence.tree': 'Choose what to bring back',
  'restore.sentence.running': 'Bringing it back',
  'restore.sentence.paused': 'Paused; nothing is fetched until you go on',
  'restore.sentence.different': 'Something else is there already',
  'restore.sentence.done': 'Everything is back',
  'restore.sentence.done-partly': 'Some of it could not be brought back',
  'restore.nothing-ticked': 'Nothing ticked means everything.',
  'restore.ticked': '{count, plural, one {# thing} other {# things}} ticked.',
  'restore.here': 'From this browser’s account',
  'restore.show': 'Show my backups',
  'restore.intro': 'Any device will do. The words stay in this tab, and nobody else gets to see them.',
  'restore.phrase': 'I have 24 words',
  'restore.kit':
    'The words of a kit are filled in. Go on if the kit is yours. The browser’s own history has noted the address with them: clear the history of the last hour afterwards.',
  'restore.phrase.how': 'Type them in order; spaces, numbers and capitals do not matter',
  'restore.find': 'Find my backups',
  'restore.rolled-back':
    'The coordinator showed an older backup than keepers have seen. The newer one is used; tell whoever runs the coordinator.',
  'restore.head-refused':
    'The coordinator also showed a backup that is damaged or belongs to somebody else. It is left out; tell whoever runs the coordinator.',
  'restore.forked':
    'The keys of one device were used in two places, and each made backups without knowing of the other. Both are listed; those that only one of them has are marked. Open the one you recognize by its time and its folders.',
  'restore.unread':
    'The backups of {devices} cannot be listed now: too few of those who keep the list are there. What was listed at the last visit is still shown; look again later.',
  'restore.disputed': 'Only in one of two histories of {device}',
  'restore.backups': 'Backups',
  'restore.open': 'Open',
  'restore.open.what': 'the backup of {when}',
  'restore.to-folder': 'Restore to a folder',
  'restore.to-zip': 'Download a ZIP',
  'restore.listing': 'Reading the list of files: {count, plural, one {# entry} other {# entries}} so far',
  'restore.listing.start': 'Reading the list of files',
  'restore.comparing':
    'Comparing with what is in the folder already: {files, plural, one {# file} other {# files}}, {size}',
  'restore.comparing.begins': 'Comparing with what is in the folder already',
  'restore.asks': 'Bringing back waits for your answer.',
  'restore.different':
    '{count, plural, one {The folder “{folder}” has another version of “{example}” already. It may be newer than the one in the backup.} other {The folder “{folder}” has other versions of # files already, such as “{example}”. They may be newer than those in the backup.}}',
  'restore.different.how': 'Nothing of it is touched when the copy goes into a new folder in there: “{beside}”.',
  'restore.different.beside': 'Put the copy into a new folder',
  'restore.different.replace': '{count, plural, one {Replace it} other {Replace them}}',
  'restore.beside.name': '{folder} (backup of {date})',
  'restore.progress': '{done, plural, one {# file} other {# files}} of {total, number} · {doneSize} of {totalSize}',
  'restore.progress.name': 'Restore',
  'restore.stop': 'Stop',
  'restore.paused.what':
    'What has come stays. Leave this page open: what is half done is in it, and {way, select, zip {a ZIP that is not finished is lost when it is closed or reloaded} other {after it was closed or reloaded, open the same backup and choose the same folder: most of what is there already is not fetched again}}.',
  'restore.waiting':
    '{count, plural, =0 {Too few of those who keep the list of files are online now.} one {# file or folder waits for people who are not online now; all else is back.} other {# files and folders wait for people who are not online now; all else is back.}} Leave this page open: it goes on by itself as they come, and they need not come at the same time.',
  'restore.without': 'End without them',
  'restore.result': '{count, plural, one {# file} other {# files}}, {size}, each byte checked.',
  'restore.result.beside': 'All of it is in the new folder “{beside}”, inside the one that you chose.',
  'restore.back': 'Back',
  'restore.announced': '{percent} back',
  'restore.bring-back': 'Bring back {path}',
  'restore.link': 'link',
  'restore.directory': '{files, plural, one {# file} other {# files}}, {size}',
  'restore.show-more': 'Show {count, number} more',
  'restore.ended.back': 'Everything is back.',
  'restore.ended.back-partly': 'Bringing back has ended: some of it could not be brought back.',
  'restore.ended.not-back': 'Bringing back has ended before everything was there.',
  'restore.ended.saved': '{name} is saved, each byte checked.',
  'restore.ended.not-saved': '{name} could not be saved.',
  'restore.ended.look': 'Show it',
  'restore.sentence.file': '{name}, as it was kept',
  'restore.newest': 'newest',
  'restore.remembered':
    'No network. This is what this browser has seen before; bringing back goes on with the network.',
  'restore.again': 'Try again',
  'retention.title': 'How long backups stay',
  'retention.what':
    'This is about the backups of this device. A removal can be undone for 30 days, and not even a thief of this device can shorten that.',
  'retention.busy': 'Being changed',
  'retention.rule.everything': 'Everything',
  'retention.rule.everything.what':
    'All backups of this device stay, up to 4,096. From then on the oldest goes with each new one.',
  'retention.rule.thinning': 'Fewer with time',
  'retention.rule.thinning.what':
    'All of a day, then one an hour for a week, one a day for a month, one a week for three months, one a month for two years, one a year for ever.',
  'retention.rule.lean': 'Little space',
  'retention.rule.lean.what':
    'All of a day, then one a day for a week, one a week for a month, one a month for a year.',
  'retention.protect': 'Protect',
  'retention.protected': 'Protected · lift',
  'retention.remove': 'Remove',
  'retention.removed': '{count, plural, one {# removed backup} other {# removed backups}}',
  'retention.gone-on': 'Will be gone on {day}.',
  'restore.removed.look': 'Look for backups that were taken off this list',
  'restore.removed.why':
    'Whoever has one of your devices can take backups off this list, but for 30 days nobody can delete them.',
  'restore.removed.none': 'Nothing was taken off this list in the last 30 days.',
  'retention.undo': 'Keep after all',
  'retention.undo-all': 'Keep all {count, number} of {device} after all',
  'backup.taken-back':
    'Something in this account had data set to be deleted that your backups need. That was taken back. Look at the devices of the account: remove one that you do not know.',
  'restore.device': 'Backed up by',
  'restore.device.all': '{count, plural, one {# device} other {all # devices}}',
  'restore.device.unnamed': 'device {id}',
  'restore.sides': 'What to look at',
  'restore.side.files': 'Files',
  'restore.side.changes': 'What changed',
  'restore.folder.empty': 'Nothing is in it.',
  'restore.find-file.all': 'Find a file in all backups',
  'restore.find-file.here': 'Find a file in this backup',
  'restore.find-file.how': 'Part of its name',
  'restore.find-file.go': 'Find',
  'restore.find-file.looking':
    '{found, number} found, {looked, plural, one {# entry} other {# entries}} looked at so far',
  'restore.find-file.found': '{count, plural, =0 {Nothing has such a name.} one {# found.} other {# found.}}',
  'restore.find-file.unread': '{count, plural, one {# list} other {# lists}} could not be read now.',
  'restore.find-file.last': 'last in the backup of {when}',
  'restore.compare.alone': 'There is no other backup to compare with.',
  'restore.compare.with': 'Compared with',
  'restore.compare.running': 'Comparing',
  'restore.compare.same': 'Nothing differs.',
  'restore.compare.sum':
    '{added, number} new · {changed, number} changed · {moved, number} moved · {removed, number} gone',
  'restore.change.added': 'new',
  'restore.change.changed': 'changed',
  'restore.change.moved': 'moved from {path}',
  'restore.change.removed': 'gone',
  'restore.file.look': 'A look into it',
  'restore.file.opening': 'Reading the beginning of it',
  'restore.file.picture': 'Content of {name}',
  'restore.file.pdf': 'Open the PDF in a new tab',
  'restore.file.cut': 'Only the beginning is shown.',
  'restore.file.none': 'A browser cannot show this kind of file. Save it to open it.',
  'restore.file.of': 'As it was: {when}, {size}',
  'restore.file.save': 'Save this version',
  'restore.file.saving': 'Saving {name}: {done} of {of}',
  'restore.file.paused':
    '{name} is paused at {done} of {of}. Leave this page open: what is half saved is lost with it.',
  'restore.file.save.name': 'Saving {name}',
  'restore.file.saved': 'Saved, each byte checked.',
  'restore.file.versions': 'Versions',
  'restore.file.in': '{count, plural, one {in # backup} other {in # backups}}, since {since}',
  'restore.file.show': 'Show',
  'restore.file.show.what': 'Show the version of {when}',
  'restore.file.looked': 'Looked into {done, number} of {of, plural, one {# backup} other {# backups}}',
  'restore.file.stop-looking': 'Stop looking',
  'restore.file.unreadable': '{count, plural, one {# backup} other {# backups}} could not be looked into now.',

  // ---- what this browser can do
  'capability.title': 'What this browser can do',
  'capability.yes': 'Yes',
  'capability.partly': 'Partly',
  'capability.no': 'No',
  'capability.week':
    'A browser like this one may delete everything a page has stored when you have not come back for seven days. Put Keeptab on the home screen or into the Dock, or come by every week. Your backups are with others and stay; your 24 words bring them back.',
  'capability.folder': 'Choose a folder once',
  'capability.folder.yes': 'A folder is read again at the next visit with one click at most.',
  'capability.folder.partly': 'A folder has to be chosen again for every backup. Only what has changed since is sent.',
  'capability.folder.no': 'Only single files can be chosen here. Use another browser to back up a folder.',
  'capability.changes': 'Notice changes at once',
  'capability.changes.yes': 'The browser tells the open page when something in a chosen folder changes.',
  'capability.changes.no': 'Changes are found when a backup runs. Back up when you have changed something.',
  'capability.restore': 'Restore into a folder',
  'capability.restore.yes': 'Files come back to where you want them, as a folder or as a ZIP.',
  'capability.restore.partly': 'Files come back as one ZIP, written to the disk while it comes. Unpack it afterwards.',
  'capability.restore.no':
    'Files come back as one ZIP that has to fit into memory. Bring back large backups in parts, or in another browser.',
  'capability.hidden': 'Keep while hidden',
  'capability.hidden.yes': 'The tab goes on keeping behind others. Pin it, so that it is not closed by mistake.',
  'capability.hidden.partly':
    'The device may stop the page some minutes after you leave it. It goes on when you come back.',
  'capability.hidden.no': 'Keeping and backing up run only while this page is in front of you.',
  'capability.safe': 'Hold data when the disk gets full',
  'capability.safe.yes': 'The browser has promised to delete nothing that Keeptab stores.',
  'capability.safe.partly':
    'The browser may delete what Keeptab stores when the disk gets full. Ask it not to; your 24 words help in any case.',
  'capability.safe.no': 'The browser gives no such promise. Keep your 24 words at hand, and keep for others elsewhere.',
  'capability.safe.week': 'What is stored may go after seven days without a visit.',
  'capability.install': 'Be installed as an app',
  'capability.install.yes':
    'The browser’s menu installs Keeptab as an app with a window of its own, which is not closed with the others by mistake.',
  'capability.install.partly':
    'Use the browser’s Share or File menu to put Keeptab on the home screen or into the Dock. The app there starts without your account: have your 24 words ready.',
  'capability.install.no': 'This browser installs no pages. Pin the tab and let it open at the start.',
  'capability.install.done': 'Keeptab runs as an app of its own.',
  'capability.badges': 'Show trouble on the app’s icon',
  'capability.badges.yes': 'The icon can show that something needs you.',
  'capability.badges.partly': 'The icon can show it once Keeptab is installed. Until then look at the tab’s title.',
  'capability.badges.no': 'The tab’s title shows it instead.',
  'capability.notifications': 'Notify you',
  'capability.notifications.yes': 'You have allowed it. Choose under Account what you want to be told.',
  'capability.notifications.partly': 'You have not been asked yet. Turn it on under Account.',
  'capability.notifications.no': 'Not here, or only once Keeptab is installed. Come by now and then.',
  'capability.notifications.denied':
    'You have refused it for this site. Allow it in the browser’s site settings if you have changed your mind.',
  'capability.worker': 'Move data beside the page',
  'capability.worker.yes': 'Data flows beside the page, so that it answers while much is sent.',
  'capability.worker.partly': 'Data flows through the page. It works, and the page may answer slowly meanwhile.',
  'capability.worker.no': 'This browser cannot connect to other browsers. Use another one.',
  'capability.persist': 'Ask the browser to hold the data',
  'capability.persist.refused':
    'The browser did not promise it. It often does once Keeptab is installed or bookmarked, or may notify you.',

  // ---- check: the connection doctor
  'check.sentence.start': 'See what works between this tab and its keepers',
  'check.sentence.running': 'Looking at each step of the way',
  'check.sentence.well': 'Everything works',
  'check.sentence.advice': 'Everything works, and something could be better',
  'check.sentence.broken': 'Something is in the way',
  'check.intro':
    'Each step from this page to somebody who keeps for you is tried for real. Nothing that you have is changed by it.',
  'check.run': 'Check the connection',
  'check.again': 'Check again',
  'check.report.save': 'Save the report',
  'check.report.copy': 'Copy the report',
  'check.report.copied': 'The report is copied.',
  'check.report.what':
    'The report holds no keys, no words, no names of files and nobody’s address, so you can show it to whoever helps you.',
  'check.stages': 'The way to your keepers',
  'check.progress': '{done, number} of {total, number} steps looked at',
  'check.verdict.well': 'works',
  'check.verdict.advice': 'could be better',
  'check.verdict.broken': 'does not work',
  'check.verdict.skipped': 'not tried',
  'check.stage.secure': 'Secure address',
  'check.stage.coordinator': 'Coordinator',
  'check.stage.clock': 'Clock',
  'check.stage.sign-in': 'Signing in',
  'check.stage.live': 'Live line to the coordinator',
  'check.stage.rendezvous': 'Meeting point of the devices',
  'check.stage.ice': 'Ways to be reached',
  'check.stage.turn': 'Relay',
  'check.stage.channel': 'Direct connections in this browser',
  'check.stage.keepers': 'A keeper',
  'check.stage.storage': 'Storage',
  'check.stage.persistence': 'Lasting storage',
  'check.stage.folders': 'Your folders',
  'check.stage.notifications': 'Notifications',
  'check.found.well': 'It works.',
  'check.found.insecure':
    'This page was not opened over https. Browsers then allow no encryption and no storage. Open the https address of your coordinator.',
  'check.found.offline':
    'This device has no network. Nothing is lost, and everything goes on by itself. Connect to a network and check again.',
  'check.found.coordinator-down':
    'The coordinator does not answer. What is kept stays kept, but no backup and no restore can start now. Wait a little; if it lasts, tell whoever runs it.',
  'check.found.coordinator-foreign':
    'Something other than the coordinator answers at its address. Often it is the sign-in page of a hotel or an office network. Sign in there, then check again.',
  'check.found.coordinator-refuses':
    'The coordinator answers, but with an error. What is kept stays kept. Wait a minute and check again; if it lasts, show the report to whoever runs it.',
  'check.found.clock-wrong':
    'The clock of this device is wrong. Dates of your backups mislead, and schedules run at wrong times. Let the system set the time by itself.',
  'check.found.sign-in-refused':
    'The coordinator does not let this device in. Your backup is not touched, but it cannot go on from here. If this device was removed from your account, add it again; else show the report to whoever runs the coordinator.',
  'check.found.live-blocked':
    'The live line to the coordinator is blocked. This tab counts as offline, so nobody can reach what it keeps. Something between allows web pages but no lasting connections: a company network, an extension or a proxy. Whoever runs it has to let WebSockets through.',
  'check.found.rendezvous-blocked':
    'The meeting point of the devices cannot be reached. This device finds no keepers and is not found. Check again; if it lasts, a proxy or an extension stops lasting connections. Whoever runs it has to let WebSockets through.',
  'check.found.webrtc-blocked':
    'WebRTC is turned off in this browser. Without it there are no connections to keepers, so nothing can be backed up or restored here. Look for an extension or a privacy setting that blocks WebRTC.',
  'check.found.no-addresses':
    'The browser names no way to be reached. No keeper can be connected. Look for a privacy setting or an extension that hides addresses from WebRTC.',
  'check.found.stun-silent':
    'The server that tells this device its outer address does not answer. Keepers behind home routers may not be reached. UDP may be blocked here: try another network, or ask whoever runs the coordinator.',
  'check.found.turn-refused':
    'The relay refuses the coordinator’s pass. Where a direct way is not possible, keepers cannot be reached. Only whoever runs the coordinator can mend it: the secret of relay and coordinator differs, or a clock is wrong.',
  'check.found.turn-dead':
    'The relay does not answer. Where a direct way is not possible, keepers cannot be reached. It is down, or this network blocks it: try another network, then tell whoever runs the coordinator.',
  'check.found.channel-blocked':
    'Two connections of this page cannot talk to each other. No keeper can be reached from this browser. An extension, a firewall or a setting stops WebRTC: allow it for this address.',
  'check.found.keepers-unreachable':
    'Keepers are online, and none of them could be reached. What they hold is safe there, but nothing goes out or comes back from here. Try another network; behind strict networks only a relay helps.',
  'check.found.storage-full':
    'The storage of this browser is full. This tab cannot note what it does, so backing up and keeping stop. Free space on the disk, or lower what you keep for others.',
  'check.found.storage-failed':
    'The browser refuses to store anything. Keeptab cannot work without storage. Leave private browsing, allow site data for this address, and look whether the disk is full.',
  'check.found.storage-low':
    'The browser has less than 1 GB left for Keeptab. Keeping for others will be refused soon. Free space on the disk.',
  'check.found.not-persistent':
    'The browser may delete what Keeptab stores when the disk gets full. Your backup at keepers stays, but this browser would have to start again with your 24 words. Install Keeptab or allow notifications, which usually makes storage last.',
  'check.found.folders-refused':
    'The browser took back the permission to read a folder. It is missing in the next backup. Go to Backup and choose Reconnect.',
  'check.found.folders-gone':
    'A folder that you chose cannot be found any more. Its last backup is still kept. Connect its disk, or choose the folder again where it is now.',
  'check.found.notifications-off':
    'Notifications are not allowed. You hear of trouble only when you look here, and the browser puts this tab to sleep sooner. Allow notifications for this address.',
  'check.found.after-secure': 'Not tried, because it needs a secure address.',
  'check.found.after-coordinator': 'Not tried, because the coordinator does not answer.',
  'check.found.after-sign-in': 'Not tried, because this device is not signed in.',
  'check.found.after-ice': 'Not tried, because the step before does not work.',
  'check.found.no-account': 'Not tried, because this browser has no account yet. It gets one with the first backup.',
  'check.found.elsewhere': 'Not tried here: Keeptab works in another tab. Check there.',
  'check.found.no-profile':
    'Not tried, because the browser does not open what Keeptab remembers here. See Storage below.',
  'check.found.no-turn':
    'The coordinator offers no relay. Most networks need none; between two strict ones there is no way without.',
  'check.found.no-keepers': 'Not tried, because no other keeper is online now.',
  'check.found.no-folders': 'No folder was chosen that the browser could take back.',

  // ---- check: what this tab did while hidden
  'check.hidden': 'What this tab did while nobody saw it',
  'check.hidden.never':
    'Nothing is measured yet. Once this tab has something to do, leave it in the background for a while and come back.',
  'check.hidden.since': 'Measured by this tab itself, since {when}.',
  'check.hidden.time': 'Hidden for',
  'check.hidden.minutes': '{minutes, plural, =0 {Less than a minute} one {# minute} other {# minutes}}',
  'check.hidden.hours': '{hours, plural, one {# hour} other {# hours}}',
  'check.hidden.awake':
    '{seconds, plural, =0 {It never stopped.} one {At longest it stood still for # second.} other {At longest it stood still for # seconds.}} It could work {percent} of the time.',
  'check.hidden.others': 'For others',
  'check.hidden.served': '{size} sent',
  'check.hidden.taken': '{size} taken in',
  'check.hidden.own': 'For yourself',
  'check.hidden.sent': '{size} backed up',
  'check.hidden.fetched': '{size} brought back',
  'check.hidden.rate': 'Speed',
  'check.hidden.speed': 'Usually {usual}, at best {best}',
  'check.hidden.rate.little': 'Too little was moved to say how fast this tab is while hidden.',
  'check.hidden.seen': 'While in sight usually {usual}, at best {best}.',
  'check.hidden.seen.little': 'While in sight, too little was moved to compare.',
  'check.hidden.audits': 'Questions of the coordinator',
  'check.hidden.audits.none': 'None came while this tab was hidden.',
  'check.hidden.audits.answered': '{inTime, number} of {asked, number} answered in time',
  'check.hidden.audits.counted': 'In all, the coordinator counts {passed, number} of {total, number} as answered well.',
  'check.hidden.again': 'Measure anew',
  'check.hidden.again.what':
    'Changed something in the browser? Measure anew, hide this tab for a while, and see whether it helped.',

  // ---- check: what the browser takes from a tab
  'check.limits': 'What this browser does to a tab that works unseen',
  'check.limits.none': 'Nothing that Keeptab can see slows this tab.',
  'check.limit.insecure': 'The address is not secure',
  'check.limit.insecure.cure': 'Open the https address of your coordinator. Without it nothing here works.',
  'check.limit.no-locks': 'Tabs cannot agree who works',
  'check.limit.no-locks.cure': 'Update the browser, and until then keep only one tab of Keeptab open.',
  'check.limit.private-window': 'A private window',
  'check.limit.private-window.cure':
    'It forgets everything when it is closed. Open Keeptab in an ordinary window, or let this address store data.',
  'check.limit.not-persistent': 'Storage is not lasting',
  'check.limit.not-persistent.cure':
    'Install Keeptab or allow notifications: then browsers usually promise not to delete what you keep for others.',
  'check.limit.low-space': 'Little space is left',
  'check.limit.low-space.cure': 'Free space on the disk, or lower what you keep for others.',
  'check.limit.discarded': 'The browser threw this tab away to save memory',
  'check.limit.discarded.cure':
    'Pin the tab, and add this address to the sites that the browser keeps active. What was kept is still here.',
  'check.limit.frozen': 'The browser or the computer stopped this tab for a time',
  'check.limit.frozen.cure':
    'Turn off the browser’s energy saver for this address, and let the computer stay awake while it is plugged in.',
  'check.limit.timers-slowed': 'The browser slows this tab while it is hidden',
  'check.limit.timers-slowed.cure':
    'Chromium does not slow a tab while a connection to another device is open, as it is while something is sent or served. At other times only a tab in sight is sure to run at full speed.',
  'check.limit.notifications-off': 'Notifications are not allowed',
  'check.limit.notifications-off.cure':
    'Allow them for this address: you hear of trouble at once, and the browser leaves the tab awake longer.',
  'check.limit.not-installed': 'Keeptab is not installed',
  'check.limit.not-installed.cure':
    'Install it from the menu of the browser: it then has a window of its own, which is not closed with the others by mistake, and browsers sooner promise to hold what it stores. That it starts with the system is a step of its own, listed on the screen Keep.',
  'check.limit.light-sleep': 'No connection to another device is open',
  'check.limit.light-sleep.cure':
    'Nothing to do: the live line wakes this tab as soon as somebody needs what you keep. Until then the browser may slow it.',
  'check.limit.on-battery': 'The computer runs on its battery',
  'check.limit.on-battery.cure': 'Plug it in: browsers save energy first in tabs that nobody sees.',
  'check.limit.metered': 'The connection costs, or saving data is on',
  'check.limit.metered.cure': 'Use another network for large backups, or let Keeptab wait, below.',
  'check.limit.no-observer': 'The browser does not say when files change',
  'check.limit.no-observer.cure':
    'Nothing to do: folders are looked through again on schedule. Chromium 133 and newer tell at once.',
  'check.limit.no-wake-lock': 'The screen cannot be kept on',
  'check.limit.no-wake-lock.cure':
    'Before a long restore, set the computer so that it does not sleep while it is plugged in.',

  // ---- check: when work waits
  'power.title': 'When work waits',
  'power.only-on-mains': 'Only on mains power',
  'power.only-on-mains.what': 'On battery, backing up waits and nothing new is kept. What you keep is still served.',
  'power.pause-when-metered': 'Wait on connections that cost',
  'power.pause-when-metered.what':
    'On a mobile connection, or with saving data turned on, backing up waits and nothing new is kept.',
  'power.mains.yes': 'Plugged in now.',
  'power.mains.no': 'On battery now.',
  'power.mains.unknown':
    'This browser does not tell whether the computer is plugged in, so this rule has no effect here.',
  'power.metered.yes': 'The connection counts as one that costs.',
  'power.metered.no': 'The connection does not count as one that costs.',
  'power.metered.unknown':
    'This browser does not tell what kind of connection it has, so this rule has no effect here.',
  'power.metered.partly':
    'On computers, browsers tell only whether saving data is turned on, not whether a connection costs.',
  'power.held.battery': 'On battery: backing up waits, and nothing new is kept, until this computer is plugged in.',
  'power.held.metered': 'The connection costs: backing up waits, and nothing new is kept, until there is another one.',

  // ---- check: the log
  'check.log': 'What happened lately',
  'check.log.none': 'Nothing has happened yet.',

  // ---- devices
  'devices.title': 'Devices of this account',
  'devices.loading': 'Asking the coordinator for them.',
  'devices.unknown': 'The list cannot be shown now. Nothing about your devices has changed.',
  'devices.unnamed': 'A device without a name',
  'devices.this': 'This device',
  'devices.online': 'Open now',
  'devices.seen': 'Last here {when}',
  'devices.backed-up': 'backed up {when}',
  'devices.has-backup': 'has a backup',
  'devices.no-backup': 'can restore; has backed up nothing itself',
  'devices.rename': 'Rename',
  'devices.name': 'Name of this device',
  'devices.name.save': 'Save the name',
  'devices.cancel': 'Cancel',
  'devices.visitors':
    '{count, plural, one {One more has only restored with the words.} other {# more have only restored with the words.}}',
  'devices.removed': '{count, plural, one {# removed device} other {# removed devices}}',
  'devices.add': 'Add a device',
  'devices.add.words': 'Or type the 24 words at Restore on the other device.',
  'devices.add.words-only':
    'To add a device, type the 24 words at Restore on it. This one cannot add others by itself.',
  'devices.add.words-first': 'Write the 24 words down first; then you can add devices.',
  'devices.link': 'Open this on the other device',
  'devices.link.what': 'Scan it with a camera, or open the link in its browser. It works once, for ten minutes.',
  'devices.link.qr': 'QR code of the link that adds a device',
  'devices.link.text': 'The link',
  'devices.link.copy': 'Copy the link',
  'devices.link.copied': 'Copied',
  'devices.compare': 'Does the other device show these digits?',
  'devices.compare.what':
    'If it does, it gets the keys to read and write your backups. If it shows others, or none, somebody else has opened the link.',
  'devices.compare.same': 'Yes, add it',
  'devices.compare.differ': 'No, stop',
  'devices.added': 'The device was added.',
  'devices.remove': 'Remove',
  'devices.remove.one': 'Remove {name}',
  'devices.remove.title': 'Remove {name} from your account?',
  'devices.remove.at-once': 'It is shut out at once and reads no backup that is made from now on.',
  'devices.remove.old-stay': 'What it has backed up stays, and you can restore it.',
  'devices.remove.has-keys': 'What it could read until now it may have copied; nobody can take that back.',
  'devices.remove.sends-all':
    'Your other devices get new keys. The next backup of each sends everything once, also what has not changed.',
  'devices.remove.alongside': '{name} goes too, because the removed device has added it. You can add it again.',
  'devices.words': 'Your 24 words',
  'devices.remove.now': 'Remove it',
  'devices.give-up': 'Delete its backups',
  'devices.give-up.one': 'Delete the backups of {name}',
  'devices.give-up.title': 'Delete the backups of {name}?',
  'devices.give-up.count':
    '{count, plural, one {Its backup is deleted in 30 days. After that nobody can bring it back.} other {Its # backups are deleted in 30 days. After that nobody can bring them back.}}',
  'devices.give-up.all': 'All its backups are deleted in 30 days. After that nobody can bring them back.',
  'devices.give-up.until-then': 'Until then you find them at Restore, with “{look}”, and can keep them after all.',
  'devices.give-up.others-stay': 'The backups of your other devices stay whole.',
  'devices.give-up.now': 'Delete them',
  'devices.backups-go': 'Its backups are deleted after {day}.',
  'devices.forget': 'Forget this account here',
  'devices.forget.what':
    'Files on this device stay as they are. Afterwards you can start again here, or add this device with a link or the 24 words.',
  'devices.forget.title': 'Forget this account on this device?',
  'devices.forget.words':
    'To come back to it you need the 24 words. With them nothing is lost: all backups stay, also those of this device.',
  'devices.forget.folders':
    'This browser no longer knows your folders and backs them up no more. The files stay as they are.',
  'devices.forget.keeps':
    'What this browser keeps for others is missed and made again elsewhere. If there is time, give it back at Keep first.',
  'devices.forget.now': 'Forget it',
  'devices.forget.borrowed':
    'This browser now knows your account. On a device that is not yours, let it forget that before you leave: whoever uses it next could open your backups.',

  // ---- a device that is being added
  'join.ask': 'Does the link come from your own device?',
  'join.ask.what':
    'Go on only if you have just made it yourself. Whoever made the link can read everything that is backed up here from then on.',
  'join.ask.yes': 'Yes, it is mine',
  'join.meeting': 'Joining an account',
  'join.meeting.what': 'Looking for the device that shows the link.',
  'join.compare': 'Compare these digits',
  'join.compare.what': 'If the other device shows the same, say yes there. This one then has your account.',
  'join.joined': 'This device belongs to your account now',
  'join.joined.what': 'It can back up, and restore what all your devices have backed up.',
  'join.taken': 'This browser has an account already',
  'join.taken.what': 'Open the link in a browser without one. Nothing was changed.',
  'join.failed': 'The device was not added',
  'join.go-on': 'Go on',
  'join.leave': 'Back',

  // ---- what went wrong
  'trouble.details': 'Details',
  'trouble.too-few-shards.help':
    'What would help: keepers that are offline open their tab again, or you try from another network. Nothing is deleted by trying; ask again tomorrow.',
  'detail.too-few-shards': '{reachable, number} of the {needed, number} pieces that are needed could be read.',
  'detail.words-not-confirmed': 'Not right: word {positions}.',
  'detail.not-enough-keepers': '{eligible, number} of {needed, number} needed are there.',
  'phrase.stranger': 'Word {position, number}, “{word}”, is not in the list.',
  'phrase.stranger.near': 'Word {position, number}, “{word}”, is not in the list. Did you mean {near}?',
  'phrase.quoted': '“{word}”',
  'detail.phrase-word-count': '{count, plural, one {There is # here.} other {There are # here.}}',
  'detail.phrase-checksum':
    '{swapped, select, true {Two words next to each other may be in the wrong order.} other {}}',
  'detail.source-unreadable': 'The reason: {reason}.',
  'detail.target-refused': '{path}: {reason}.',
  'detail.limit-exceeded':
    '{what, select, folders {At most {most, number} folders can be chosen.} entries {A folder may hold at most {most, number} files and folders.} devices {An account may have at most {most, number} devices.} name {The name is too long.} other {}}',
  'detail.head-forked':
    'The keys of this device are in use in two places, so it cannot back up any more. Make it a new device: open Keeptab in another browser, or delete in this one what it has stored for this address, and type the 24 words at Restore. Nothing that keepers have is sent again.',
  'detail.malformed':
    '{from, select, coordinator {The coordinator gave an answer that is not understood.} stranger {Something other than a coordinator answers at its address. Often it is the sign-in page of a hotel or an office network.} other {}}',
  'detail.signature-invalid':
    '{from, select, stranger {Another coordinator than before answers at this address. Tell whoever runs it.} other {}}',
  'detail.coordinator-unreachable':
    '{seen, select, false {This was not looked at before, so it cannot be shown without it.} other {}}',
  'detail.nothing-to-restore': '{backedUp, select, false {This device has not backed up yet.} other {}}',
  'detail.internal': '{help, select, reload {Reload the page.} other {}}',
  'reason.NotAllowedError': 'it is not allowed',
  'reason.SecurityError': 'the browser does not allow it',
  'reason.NotFoundError': 'it is not there any more',
  'reason.NotReadableError': 'it was changed meanwhile, or the system refuses to read it',
  'reason.InvalidStateError': 'it was changed meanwhile',
  'reason.QuotaExceededError': 'the disk is full',
  'reason.TypeMismatchError': 'something of another kind has this name',
  'reason.NoModificationAllowedError': 'another program is using it',
  'reason.TypeError': 'the browser refuses its name',
  'reason.folder-refused': 'its folder could not be made',
  'reason.different': 'something else has this name there, and was left as it is',
  'reason.no-links': 'a browser cannot make symbolic links; the ZIP has them',
  'reason.broken-off': 'the download was broken off',
  'reason.paused': 'it was paused',
  'reason.rules-too-long': 'its rules are too long to be obeyed',
  'reason.same-name': 'another file of this name was chosen, and that one is backed up',
  'reason.other': 'the browser says “{reason}”',

  // ---- for operators
  'operator.title': 'Keeptab: the coordinator',
  'operator.sentence.ask': 'This page is for whoever runs the coordinator',
  'operator.sentence.lost':
    '{packs, plural, one {# pack cannot be brought back until keepers return} other {# packs cannot be brought back until keepers return}}',
  'operator.sentence.alarm':
    '{packs, plural, one {# pack is close to being lost} other {# packs are close to being lost}}',
  'operator.sentence.waiting':
    '{packs, plural, one {# pack is being repaired or waits for it} other {# packs are being repaired or wait for it}}',
  'operator.sentence.well': 'Nothing waits for repair',
  'operator.token': 'Token out of the settings of the coordinator',
  'operator.show': 'Show',
  'operator.refused.wrong': 'This is not the token in the settings.',
  'operator.refused.none':
    'No token is set: put OPERATOR_TOKEN into the settings of the coordinator and start it again.',
  'operator.at': 'As of {when}; {count, plural, one {# device is here} other {# devices are here}}.',
  'operator.repairs': 'Repair queue',
  'operator.repairs.waiting': 'waiting',
  'operator.repairs.urgent': 'of them urgent',
  'operator.repairs.alarm': 'of them at the alarm',
  'operator.repairs.underWay': 'under way',
  'operator.repairs.lost': 'lost for now',
  'operator.risks': 'Packs by spare shards',
  'operator.risks.what': 'How many shards each pack can lose before it is lost, as it was when it was last looked at.',
  'operator.risks.none': 'No pack has been looked at yet.',
  'operator.risks.code': 'Code',
  'operator.risks.spare': 'Spare',
  'operator.risks.packs': 'Packs',
  'operator.audits': 'Audits by day',
  'operator.audits.what':
    'Late: not answered in time, and the same leaf is asked again. Silent: not answered eight times. Once a week another device reads a whole shard. Withheld: it got through, and nothing whole came back.',
  'operator.audits.none': 'No keeper has been asked yet.',
  'operator.audits.day': 'Day',
  'operator.audits.proven': 'Right',
  'operator.audits.wrong': 'Wrong',
  'operator.audits.missing': 'Missing',
  'operator.audits.late': 'Late',
  'operator.audits.silent': 'Silent',
  'operator.capture':
    'One hand needs at least this to hold {places, number} of the {of, number} places of one group within a year, so that its owner can be kept from the data: {accounts, number} accounts in {blocks, number} address blocks, and {kept} kept.',
  'operator.audits.served': 'Read whole',
  'operator.audits.withheld': 'Withheld',
  'operator.audits.unreached': 'Not reached',
  'operator.traffic': 'Moved by repairs',
  'operator.traffic.rate': '{rate} bytes for each stored byte and month',
  'operator.traffic.what':
    '{moved} for {shards, plural, one {# shard} other {# shards}} made in {days, plural, one {# day} other {# days}}; {stored} are stored.',
  'operator.keepers': 'Keepers by standing',
  'operator.keepers.new': 'new',
  'operator.keepers.vetted': 'vetted',
  'operator.keepers.warned': 'warned',
  'operator.keepers.suspended': 'suspended',
  'operator.keepers.out': 'out',
  'operator.keepers.counting':
    '{count, plural, one {# keeper keeps something and counts now.} other {# keepers keep something and count now.}}',
} as const

type OwnId = keyof typeof own
/** What happened, what it means for the data, what to do: one for each code there is. */
type ErrorId = `error.${ErrorCode}`
export type MessageId = OwnId | ErrorId
export type Messages = Readonly<Record<MessageId, string>>

const errors = Object.fromEntries(Object.entries(errorText).map(([code, text]) => [`error.${code}`, text]))

/** What a screen says otherwise than a command line, where somebody types other things and reads other words. */
const onScreens: Partial<Record<ErrorId, string>> = {
  'error.not-initialised': 'There is no account here yet. Back something up, or type the 24 words at Restore.',
  'error.already-initialised': 'There is an account here already. Nothing was changed.',
  'error.conflict': 'The coordinator has something else by now. Reload the page and try again.',
  'error.shard-unknown': 'This keeper does not have the piece that was asked for.',
  'error.shard-corrupt': 'A piece does not match what its device has signed. It was not used.',
  'error.snapshot-unknown': 'This backup is not there any more.',
  'error.snapshot-stays': 'This backup stays: it is the newest of its device, or protected. Nothing was changed.',
  'error.path-unknown': 'There is no such path in this backup.',
  'error.peer-unreachable': 'Another device could not be reached.',
  'error.peer-refused': 'Another device refused the request.',
  'error.connection-lost': 'A connection to another device was lost.',
  'error.erasure-shards': 'The pieces of some data do not fit together.',
}

export const en: Messages = { ...own, ...(errors as Record<ErrorId, string>), ...onScreens }
