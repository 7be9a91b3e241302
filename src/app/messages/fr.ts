/** All text of the page in French. Ids and values are those of `en.ts`. */
import type { Messages } from './en.ts'

export const fr: Messages = {
  'app.name': 'Keeptab',
  'app.screens': 'Rubriques',
  'app.screen.backup': 'Sauvegarde',
  'app.screen.restore': 'Restaurer',
  'app.screen.keep': 'Garder',
  'app.screen.account': 'Compte',
  'app.screen.check': 'Vérifier',
  'app.title.kept': '{percent} gardés · Keeptab',
  'app.title.back': '{percent} récupérés · Keeptab',
  'app.title.state': '{state} · Keeptab',
  'app.title.keeping': 'Gardien · Keeptab',
  'app.skip': 'Aller au contenu',
  'app.keeping': '{size} gardés pour d’autres',
  'app.update.ready': 'Une nouvelle version est disponible.',
  'app.update.waits': 'Une mise à jour est prête et attend la fin du transfert.',
  'app.update.apply': 'Mise à jour prête : redémarrer',
  'app.offline':
    'Pas de réseau. Keeptab s’est ouvert depuis cet appareil : vous pouvez consulter vos dossiers et vos mots. La sauvegarde, la garde et la restauration reprendront au retour du réseau.',
  'app.insecure': 'Cette page a besoin d’une adresse sécurisée',
  'app.insecure.why':
    'Les navigateurs n’autorisent le chiffrement, le stockage et les dossiers qu’en https ou sur localhost. Demandez l’adresse https à la personne qui gère ce coordinateur.',
  'app.opening': 'Vos dossiers, gardés par les onglets des autres',
  'app.opening.what': 'Lecture de ce que ce navigateur en a retenu.',
  'app.elsewhere': 'Keeptab est ouvert dans un autre onglet',
  'app.elsewhere.what': 'Utilisez cet autre onglet. Quand vous le fermerez, celui-ci prendra le relais.',
  'app.elsewhere.gone': 'Keeptab s’est arrêté dans l’autre onglet',
  'app.elsewhere.gone.what': 'Quand cet autre onglet sera rechargé ou fermé, celui-ci prendra le relais.',
  'app.elsewhere.cleared.what':
    'Le navigateur a supprimé tout ce que Keeptab avait enregistré ici. Laissez cet autre onglet ouvert une minute, pour que le réseau l’apprenne, puis rechargez-le : vos sauvegardes reviennent avec les 24 mots.',
  'app.one-tab': 'Ce navigateur ne distingue pas les onglets de Keeptab : n’en gardez qu’un ouvert.',
  'count.files': '{count, plural, one {# fichier} other {# fichiers}}',
  'count.folders': '{count, plural, one {# dossier} other {# dossiers}}',
  'count.entries': '{count, plural, one {# élément} other {# éléments}}',
  'time.today': 'aujourd’hui à {time}',
  'time.left.soon': 'encore moins d’une minute',
  'time.left.minutes': 'encore {count, plural, one {# min} other {# min}} environ',
  'time.left.minutes.range': 'encore {from, number} à {to, number} min environ',
  'time.left.hours': 'encore {count, plural, one {# h} other {# h}} environ',
  'time.left.hours.range': 'encore {from, number} à {to, number} h environ',
  'ring.of': '{of, plural, one {sur # gardien} other {sur # gardiens}}',
  'safety.here-only': 'Ici seulement',
  'safety.spreading': 'Répartition',
  'safety.words-needed': 'Mots à noter',
  'safety.safe': 'À l’abri',
  'safety.at-risk': 'En danger',
  'backup.sentence.none': 'Choisissez un dossier : les onglets des autres le garderont',
  'backup.sentence.no-folder': 'Plus aucun dossier n’est choisi ; la dernière sauvegarde reste gardée',
  'backup.sentence.broken-off': 'La dernière sauvegarde a été interrompue ; elle reprend où elle en était',
  'backup.sentence.choose-again':
    'Choisissez à nouveau vos fichiers : la dernière sauvegarde a été interrompue et reprendra où elle en était',
  'backup.sentence.paused': 'Sauvegardes en pause ; rien n’est envoyé avant la reprise',
  'backup.sentence.some-safe': '{covered, plural, one {# dossier} other {# dossiers}} sur {folders, number} à l’abri',
  'backup.sentence.here-only':
    '{folders, plural, one {Votre dossier n’est que sur cet ordinateur} other {Vos # dossiers ne sont que sur cet ordinateur}}',
  'backup.sentence.running':
    '{folders, plural, one {Votre dossier est en cours de répartition} other {Vos # dossiers sont en cours de répartition}}',
  'backup.sentence.spreading':
    '{folders, plural, one {Votre dossier n’est pas encore assez réparti} other {Vos # dossiers ne sont pas encore assez répartis}}',
  'backup.sentence.words-needed':
    '{folders, plural, one {Votre dossier est réparti. Notez les 24 mots pour le mettre à l’abri} other {Vos # dossiers sont répartis. Notez les 24 mots pour les mettre à l’abri}}',
  'backup.sentence.safe': '{folders, plural, one {Votre dossier est à l’abri} other {Vos # dossiers sont à l’abri}}',
  'backup.sentence.safe-one-machine':
    '{folders, plural, one {Votre dossier est à l’abri, mais tout est sur cet ordinateur} other {Vos # dossiers sont à l’abri, mais tout est sur cet ordinateur}}',
  'backup.sentence.at-risk':
    '{atRisk, plural, one {# dossier est en danger} many {# de dossiers sont en danger} other {# dossiers sont en danger}}',
  'backup.choose': 'Choisir un dossier',
  'backup.add': 'Ajouter un dossier',
  'backup.choose-files': 'Choisir plutôt des fichiers',
  'backup.choose-again': 'Choisir à nouveau les fichiers',
  'backup.ring':
    '{stored, plural, one {# gardien sur {of, number} a son fragment} other {# gardiens sur {of, number} ont leur fragment}}',
  'backup.intro':
    'Tout est d’abord chiffré dans ce navigateur. Les gardiens détiennent des fragments qu’ils ne peuvent pas lire ; quelques-uns suffisent à tout récupérer, et 24 mots sont la seule clé.',
  'backup.waiting.keepers': 'En attente de gardiens ; rien n’est perdu.',
  'backup.waiting.coordinator': 'En attente du coordinateur ; rien n’est perdu.',
  'backup.progress': '{kept} sur {total} gardés · {files, plural, one {# fichier lu} other {# fichiers lus}}',
  'backup.rate': '{size}/s',
  'backup.looking-through': 'Parcours en cours : {files, plural, one {# fichier} other {# fichiers}}, {size}',
  'backup.starting': 'Démarrage',
  'backup.one-machine':
    'Ici, tous les gardiens tournent sur cet ordinateur : cela montre comment Keeptab fonctionne, mais ne protège de rien de ce qui peut arriver à l’ordinateur. Gardez une autre copie.',
  'backup.at-risk.what':
    'Il reste trop peu de gardiens pour une partie. D’autres sont recherchés ; d’ici là, conservez les fichiers sur cet ordinateur.',
  'backup.last': 'Dernière sauvegarde : {when}.',
  'backup.go-on': 'Reprendre',
  'backup.now': 'Sauvegarder maintenant',
  'backup.drop': 'Ou déposez un dossier n’importe où sur cette page.',
  'backup.rolled-back':
    'Le coordinateur a présenté une sauvegarde plus ancienne que celle que cet appareil ou des gardiens ont vue. La plus récente est utilisée ; prévenez la personne qui gère le coordinateur.',
  'backup.counting': 'Parcours du dossier',
  'backup.counting.figures': 'Parcours du dossier : {files, plural, one {# fichier} other {# fichiers}}, {size}',
  'backup.legend.here-only': 'Le dossier est sur cet ordinateur et nulle part ailleurs.',
  'backup.legend.spreading': 'Un point pour chaque gardien qui a stocké son fragment scellé.',
  'backup.legend.safe': 'Assez de gardiens l’ont, et les 24 mots sont sur papier.',
  'backup.folders': 'Dossiers',
  'backup.announced': '{percent} gardés',
  'backup.pause': 'Pause',
  'backup.cancel': 'Annuler',
  'backup.cancelled':
    'Annulé. Ce qui a été envoyé reste chez les gardiens, et la prochaine sauvegarde ne le renvoie pas.',
  'backup.paused.what':
    'Ce qui a été envoyé reste chez les gardiens. La sauvegarde reprend de là, même si cet onglet a été fermé.',
  'backup.looking-for-changes': 'Recherche de changements',
  'backup.said.twice': '« {name} » est déjà dans la liste ; il est sauvegardé une seule fois.',
  'backup.said.none':
    'Aucun fichier n’a été choisi. Un dossier sans aucun fichier ne peut pas être choisi ainsi : le navigateur n’indique à une page que des fichiers.',
  'backup.next.day': 'Relu une fois par jour tant que cet onglet est ouvert.',
  'backup.next.hour': 'Relu toutes les heures tant que cet onglet est ouvert.',
  'backup.next.quarter': 'Relu toutes les 15 minutes tant que cet onglet est ouvert.',
  'backup.next.hand': 'Relu seulement quand vous choisissez « Sauvegarder maintenant ».',
  'backup.next.chosen':
    'Ce que vous choisissez est lu pour une seule sauvegarde : choisissez-le à nouveau pour la prochaine.',
  'backup.next.watched': 'Les changements sont remarqués en quelques secondes.',
  'backup.more-folders': 'En afficher {count, number} de plus',
  'backup.source.last': 'dernière sauvegarde : {when}',
  'backup.source.spreading': 'Répartition : {stored, number} sur {of, number} gardiens',
  'backup.source.progress': '{kept} sur {total}',
  'backup.source.files': '{done, number} sur {total, plural, one {# fichier} other {# fichiers}}',
  'backup.source.waits': 'attend son tour',
  'backup.source.choose-again':
    'Ce qui est choisi ainsi est lu pour une seule sauvegarde : choisissez-le à nouveau pour l’inclure dans la prochaine.',
  'backup.source.permission': 'Le navigateur a besoin de votre autorisation pour relire le dossier.',
  'backup.source.since': 'Ce qui a été sauvegardé reste gardé ({when}).',
  'backup.source.never': 'Il n’est que sur cet ordinateur.',
  'backup.source.paused': 'En pause : exclu des sauvegardes jusqu’à la reprise.',
  'backup.source.carried':
    'Il n’a pas pu être lu cette fois ; sa dernière version reste dans la sauvegarde. Raison : {reason}',
  'backup.source.missing':
    'Il n’a pas pu être lu cette fois et n’est pas dans la dernière sauvegarde. Raison : {reason}',
  'backup.source.renamed': 'Un autre dossier s’appelle « {other} », celui-ci est donc gardé sous le nom « {name} ».',
  'backup.source.inside':
    'Il se trouve dans « {other} » : ses fichiers apparaissent dans les deux et sont stockés une seule fois.',
  'backup.source.around':
    '« {other} » se trouve dedans : ces fichiers apparaissent dans les deux et sont stockés une seule fois.',
  'backup.source.reconnect': 'Reconnecter',
  'backup.source.reconnect.label': 'Reconnecter {name}',
  'backup.source.pause.label': 'Mettre {name} en pause',
  'backup.source.go-on.label': 'Reprendre {name}',
  'backup.source.more': 'Plus de détails sur {name}',
  'backup.source.remove': 'Retirer de la liste',
  'backup.source.remove.what': 'Les sauvegardes qui le contiennent restent ; la prochaine ne l’inclura pas.',
  'backup.source.rules': 'Ce qui est exclu : règles',
  'backup.source.ring': '{percent} de {name} chez les gardiens',
  'backup.outlook.survives':
    '{keepers, plural, =0 {Plus aucun gardien ne doit disparaître} one {Tient même si # gardien de plus disparaît} many {Tient même si # de gardiens de plus disparaissent} other {Tient même si # gardiens de plus disparaissent}}',
  'backup.outlook.away': 'Une partie ne peut pas être récupérée avant le retour de gardiens',
  'backup.outlook.better': 'plus de {chance} de chances de tenir un an',
  'backup.outlook.between': 'de {least} à {likely} de chances de tenir un an',
  'backup.outlook.below': 'moins de {chance} de chances de tenir un an',
  'backup.outlook.young': 'on connaît encore trop peu les gardiens pour en dire plus',
  'backup.outlook.known.days':
    'D’après {keepers, plural, one {# gardien} many {# de gardiens} other {# gardiens}} sur {count, plural, one {# jour} many {# de jours} other {# jours}}.',
  'backup.outlook.known.months':
    'D’après {keepers, plural, one {# gardien} many {# de gardiens} other {# gardiens}} sur {count, plural, one {# mois} many {# de mois} other {# mois}}.',
  'backup.outlook.shared.network':
    '{keepers, number} gardiens sur {of, number} sont dans un même réseau et peuvent partir ensemble.',
  'backup.outlook.shared.platform':
    '{keepers, number} sur {of, number} tournent dans le même genre de navigateur et de système et peuvent partir ensemble.',
  'backup.outlook.rest-at-risk':
    'Quelque chose dont ont besoin des sauvegardes plus anciennes, ou celles de vos autres appareils, est en danger : il en reste trop peu de fragments. Récupérez ce que vous voulez encore garder.',
  'backup.outlook.dependent':
    'C’est plus en un même endroit que Keeptab ne le veut : il y en a trop peu d’autres, donc ces gardiens ne sont pas indépendants les uns des autres.',
  'backup.outlook.trial':
    'Ce réseau est encore jeune : il est petit, ou la plupart de ses gardiens ne sont pas encore connus.',
  'backup.outlook.unknowable':
    'Ce que tous les gardiens ont en commun, comme un opérateur, un navigateur ou un défaut de Keeptab, personne ne peut le chiffrer : de ce que vous ne devez pas perdre, gardez une seconde copie.',
  'backup.what-if': 'Et si des gardiens disparaissent ?',
  'backup.what-if.label': 'Et si des gardiens disparaissent ? {name}',
  'backup.what-if.vanish': 'Gardiens qui disparaissent d’un coup et pour toujours',
  'backup.what-if.of': '{vanish, number} sur {of, number}',
  'backup.what-if.shorter': 'et ceux qui restent partent deux fois plus tôt',
  'backup.what-if.then': 'Alors :',
  'backup.what-if.lost': 'Une partie serait perdue',
  'backup.left-out.none': 'Rien n’a été exclu.',
  'backup.left-out.ignored': '{count, plural, one {# exclu par une règle} other {# exclus par des règles}}',
  'backup.left-out.unreadable': '{count, plural, one {# illisible} other {# illisibles}}',
  'backup.left-out.last-version':
    '{count, plural, one {# illisible : sa dernière version reste} other {# illisibles : leurs dernières versions restent}}',
  'backup.left-out.changed-while-read':
    '{count, plural, one {# modifié pendant la lecture} other {# modifiés pendant la lecture}}',
  'backup.left-out.group.ignored': 'Règle {detail} : {count, plural, one {# élément} other {# éléments}}',
  'backup.left-out.group.unreadable': 'Illisible ({detail}) : {count, plural, one {# élément} other {# éléments}}',
  'backup.left-out.group.last-version':
    'Illisible ({detail}), la dernière version reste : {count, plural, one {# élément} other {# éléments}}',
  'backup.left-out.group.changed-while-read':
    'Modification pendant la lecture, état d’alors gardé : {count, plural, one {# fichier} other {# fichiers}}',
  'backup.left-out.save': 'Enregistrer en texte',
  'backup.left-out.file': 'exclus de {name}.txt',
  'backup.left-out.unseen': 'Ce que le navigateur ne voit pas ici',
  'backup.rules.title': 'Règles pour {name}',
  'backup.rules.what':
    'Une règle par ligne, comme dans .gitignore : *.tmp exclut tous ces fichiers, cache/ un dossier, !keep.tmp en réintègre un.',
  'backup.rules.own': 'Vos règles',
  'backup.rules.defaults': 'Exclure aussi ce que les systèmes créent d’eux-mêmes',
  'backup.rules.in-folder':
    'Règles placées dans le dossier sous le nom {file} ; elles s’appliquent en dernier et se modifient dans ce fichier',
  'backup.rules.counting': 'Parcours de tout son contenu : {files, plural, one {# fichier} other {# fichiers}}',
  'backup.rules.in': 'Inclus : {files, plural, one {# fichier} other {# fichiers}}, {size}',
  'backup.rules.out': 'Exclus : {files, plural, one {# fichier} other {# fichiers}}, {size}',
  'backup.rules.out.example': '{path}, par la règle {rule}',
  'backup.rules.save': 'Utiliser ces règles',
  'backup.rules.close': 'Fermer sans modifier',
  'backup.rules.unreadable':
    'Le dossier est illisible pour l’instant : pas d’aperçu. Les règles s’appliqueront dès la prochaine sauvegarde.',
  'backup.plan': 'Quand relire les dossiers',
  'backup.plan.quarter': 'Toutes les 15 minutes',
  'backup.plan.hour': 'Toutes les heures',
  'backup.plan.day': 'Une fois par jour',
  'backup.plan.hand': 'À la main seulement',
  'backup.plan.every-byte': 'Vérifier chaque octet',
  'backup.plan.every-byte.what':
    'Relit tous les fichiers chaque fois, même ceux dont la taille et la date n’ont pas changé. Plus lent ; trouve les changements cachés.',
  'drill.what':
    'Un essai récupère quelques-uns de vos fichiers comme le ferait un nouvel appareil, vérifie chacun de leurs octets, pour les longs ceux d’une partie, et les jette. Rien de ce que ce navigateur retient ne peut remplacer ce qui manque. Il se fait tout seul une fois par semaine.',
  'drill.proven': 'Prouvé : {when}. Ce qui a été essayé de votre sauvegarde est revenu.',
  'drill.never': 'Il n’est pas encore prouvé que votre sauvegarde revient.',
  'drill.cost': 'Le dernier essai a reçu {size}.',
  'drill.now': 'Essayer une récupération',
  'drill.running':
    'Essai de récupération : {files, plural, one {# fichier revenu} other {# fichiers revenus}}, {size} reçus',
  'drill.blocked': 'Il continue quand l’autre travail est fini.',
  'drill.source.proven': 'récupération prouvée : {when}',
  'drill.source.failed': 'lors de l’essai ({when}), tout n’est pas revenu',
  'drill.source.away': 'n’a pas pu être essayé ({when}) : trop peu de ses gardiens étaient là',
  'drill.failed.title': 'Un essai de récupération a échoué',
  'drill.failed': 'Essai : {when}. Tout n’est pas revenu : {reason}.',
  'drill.failed.here':
    'Gardez votre propre copie. {way, select, now {Appuyez sur « Sauvegarder maintenant »} resume {Appuyez sur « Reprendre » ci-dessus} counting {Quand tous les fichiers seront comptés, lancez la sauvegarde qui s’affichera alors ci-dessous} preview {Lancez la sauvegarde affichée ci-dessous} running {Une sauvegarde est en cours} other {Choisissez à nouveau le dossier, ou reprenez-le, et sauvegardez-le}} : ce que le réseau sait perdu est envoyé de nouveau tant que cet ordinateur l’a encore, et le reste est refait par les gardiens dès qu’ils le trouvent. Un nouvel essai a lieu demain.',
  'drill.failed.elsewhere':
    'C’est dans ce qu’un autre de vos appareils a sauvegardé : ouvrez Keeptab là-bas et sauvegardez encore une fois.',
  'drill.away':
    'Essai : {when}. Trop peu de gardiens étaient là pour récupérer ce qui était essayé. À notre connaissance, rien n’est perdu ; un nouvel essai a lieu dans quelques heures.',
  'drill.reason.head': 'le coordinateur ne montre pas votre sauvegarde la plus récente',
  'drill.reason.manifest': 'une liste de ce qui est sauvegardé est illisible',
  'drill.reason.record': 'la description de certains fragments manque ou a été modifiée',
  'drill.reason.placement': 'il reste trop peu de gardiens pour certains fragments',
  'drill.reason.index': 'la liste de ce qui se trouve où est illisible',
  'drill.reason.tree': 'la liste d’un dossier est illisible',
  'drill.reason.content': 'certains fichiers sont illisibles',
  'backup.preview':
    'Cette sauvegarde : {files, plural, one {# fichier} other {# fichiers}}{folders, plural, =0 {} one { dans # dossier} other { dans # dossiers}}, {size}',
  'backup.preview.unseen': 'Ce que le navigateur ne voit pas',
  'backup.preview.start': 'Lancer la sauvegarde',
  'backup.unseen.links': 'Liens symboliques',
  'backup.unseen.links.effect': 'Le navigateur ne les montre pas ; ils ne sont pas sauvegardés.',
  'backup.unseen.rights': 'Droits d’accès et dates des dossiers',
  'backup.unseen.rights.effect':
    'Le navigateur ne les indique pas ; les fichiers restaurés reçoivent les valeurs habituelles.',
  'backup.unseen.names':
    'Noms avec : * ? " < > | ou \\, noms finissant par un point ou une espace, con, nul et semblables, desktop.ini, et fichiers .lnk, .url, .scf',
  'backup.unseen.names.effect':
    'Le navigateur les exclut sans dire lesquels. « Choisir plutôt des fichiers » les montre.',
  'backup.unseen.empty': 'Dossiers vides',
  'backup.unseen.empty.effect': 'Le navigateur ne les liste pas ; ils ne sont pas sauvegardés.',
  'backup.unseen.followed': 'Liens symboliques',
  'backup.unseen.followed.effect':
    'Ils apparaissent comme ce vers quoi ils pointent ; un dossier visé par un lien qui s’y trouve peut manquer.',
  'backup.unseen.pipes': 'Tubes et périphériques',
  'backup.unseen.pipes.effect': 'Ils ressemblent à des fichiers vides et sont sauvegardés ainsi.',
  'name.none': 'sans nom',
  'notice.left-out': '{count, plural, one {# élément exclu} other {# éléments exclus}}',
  'notice.not-back':
    '{count, plural, one {# élément n’a pas pu être récupéré} other {# éléments n’ont pas pu être récupérés}}',
  'notice.names': '{count, plural, one {# chose à savoir sur les noms} other {# choses à savoir sur les noms}}',
  'notice.ignored': 'exclu par la règle {detail}',
  'notice.unreadable': 'illisible : {detail}',
  'notice.last-version': 'illisible, sa dernière version reste : {detail}',
  'notice.changed-while-read': 'modifié pendant la lecture',
  'notice.renamed': 's’appelle maintenant {detail}',
  'notice.refused': 'non récupéré : {detail}',
  'notice.more': 'et {count, number} de plus',
  'keeper-trouble.backup':
    '{count, plural, one {# fois} other {# fois}}, un gardien n’a pas pris son fragment ; la sauvegarde continue avec d’autres, et rien n’est perdu',
  'keeper-trouble.restore':
    '{count, plural, one {# fois} other {# fois}}, un gardien n’a pas répondu ou a mal répondu, et d’autres ont été sollicités',
  'keeper-trouble.unreachable': 'injoignable',
  'keeper-trouble.full': 'plein',
  'keeper-trouble.refused': 'refus',
  'keeper-trouble.corrupt': 'données abîmées',
  'keeper-trouble.slow': 'lent',
  'words.write': 'Notez vos 24 mots',
  'words.write.why': 'Tant que vous n’avez pas noté les 24 mots, perdre ce navigateur, c’est perdre la sauvegarde.',
  'words.show': 'Afficher les mots',
  'words.yours': 'Vos 24 mots',
  'words.yours.why':
    'Quiconque les a peut lire votre sauvegarde : rangez-les là où vous rangeriez un passeport. Une fois confirmés, personne ne pourra plus vous les montrer.',
  'words.list': 'Les 24 mots',
  'words.written': 'Je les ai notés',
  'words.print': 'Imprimer la fiche',
  'words.hide': 'Masquer',
  'words.three': 'Trois d’entre eux, d’après votre papier',
  'words.three.why': 'On sait alors qu’ils sont sur papier, et ce navigateur les oublie.',
  'words.word': 'Mot {position, number}',
  'words.confirm': 'Confirmer',
  'words.show-again': 'Réafficher les mots',
  'words.kit':
    'Notez-les sur papier dans l’ordre, ou imprimez la fiche de secours : les mots et tout ce qu’il faut pour restaurer. La même fiche en fichier a sa place sur une clé USB rangée à part, pas sur cet ordinateur.',
  'words.save': 'Enregistrer la fiche',
  'words.saved':
    'Le fichier s’appelle {name}. Vérifiez qu’il est bien là avant de masquer les mots : vous seul pouvez le voir. S’il n’y est pas, enregistrez-le de nouveau ou imprimez la fiche.',
  'kit.title': 'Fiche de secours Keeptab',
  'kit.what':
    'Les 24 mots ci-dessous permettent de récupérer votre sauvegarde sur n’importe quel ordinateur ou téléphone, même si l’appareil d’origine est perdu. Quiconque les a peut lire la sauvegarde : rangez cette page là où vous rangeriez un passeport.',
  'kit.file':
    'Ce fichier contient les mots eux-mêmes. Gardez-le sur une clé USB ou un disque rangé à part : pas sur l’ordinateur sauvegardé, pas dans une messagerie, pas dans un dossier partagé.',
  'kit.words': 'Les 24 mots, dans cet ordre',
  'kit.restore': 'Pour récupérer vos fichiers',
  'kit.step.open': 'Sur un appareil de confiance, ouvrez cette adresse dans un navigateur :',
  'kit.step.type':
    'Choisissez Restaurer et tapez les 24 mots, ou scannez le code : il ouvre la page avec les mots déjà remplis.',
  'kit.step.find': 'Choisissez « Trouver mes sauvegardes », puis ce que vous voulez récupérer et où le mettre.',
  'kit.code': 'Code QR avec l’adresse et les 24 mots',
  'kit.code.what': 'Le code contient aussi les mots. Scannez-le avec l’appareil photo de votre propre appareil.',
  'kit.link': 'Ouvrir la page avec les mots remplis',
  'kit.printed': 'Date d’impression : {when}.',
  'kit.saved': 'Date d’enregistrement : {when}.',
  'kit.account': 'Compte {account}.',
  'paper.due': 'Avez-vous toujours le papier avec vos 24 mots ?',
  'paper.due.why':
    'Dernière vérification : {when}. Allez le chercher et tapez-en trois mots : si cet appareil est perdu, seul ce papier permet de récupérer votre sauvegarde.',
  'paper.check': 'Vérifier mon papier',
  'paper.later': 'Me redemander dans une semaine',
  'paper.cancel': 'Pas maintenant',
  'paper.ask': 'Personne ne peut les afficher ici : cet appareil retient juste de quoi savoir s’ils sont exacts.',
  'paper.answer': 'Vérifier',
  'paper.known': 'Votre papier avec les 24 mots',
  'paper.proved': 'Les trois sont exacts : votre papier est bon.',
  'paper.last': 'Dernière vérification : {when}. Prochaine vérification prévue : {next}.',
  'paper.mismatch': 'Ces trois mots ne sont pas ceux de ce compte.',
  'paper.mismatch.look':
    'Est-ce le bon papier, et les bons numéros ? Regardez chaque lettre et réessayez. Rien n’a changé : votre sauvegarde est comme avant.',
  'paper.mismatch.lost':
    'Si le papier est abîmé ou perdu, personne ne peut en réafficher les mots. Agissez tant que cet appareil a vos fichiers : ouvrez Keeptab ici dans un autre navigateur, choisissez les mêmes dossiers et notez les nouveaux mots. Gardez ce navigateur jusqu’à ce que cette sauvegarde soit à l’abri.',
  'notify.title': 'Notifications',
  'notify.state.granted':
    'Activées : le système vous prévient quand quelque chose a besoin de vous, une seule fois par sujet.',
  'notify.state.default':
    'Keeptab peut vous prévenir par le système quand quelque chose a besoin de vous : une sauvegarde est menacée, en retard ou a échoué, un essai de récupération n’a pas tout récupéré, un dossier ne peut plus être lu, des fragments que vous gardez ont disparu. Une seule fois par sujet, et rien d’autre.',
  'notify.state.denied':
    'Le navigateur les bloque pour cette page. Pour les recevoir, autorisez les notifications dans les réglages à côté de l’adresse de la page.',
  'notify.state.unsupported':
    'Ce navigateur n’en affiche pas pour cette page. Certains le font une fois Keeptab installé ou placé sur l’écran d’accueil.',
  'notify.allow': 'Autoriser les notifications',
  'notify.when': 'Me prévenir quand',
  'notify.when.at-risk': 'il reste trop peu de gardiens pour une sauvegarde',
  'notify.when.overdue': 'aucune sauvegarde n’a été terminée depuis quelques jours',
  'notify.when.failed': 'une sauvegarde a échoué',
  'notify.when.unproven': 'un essai de récupération n’a pas pu récupérer quelque chose',
  'notify.when.permission': 'le navigateur a repris l’autorisation de lire un dossier',
  'notify.when.lost': 'des fragments que je garde pour d’autres ont disparu de cet appareil',
  'notify.overdue-after': 'En retard après',
  'notify.days': '{days, plural, one {# jour} other {# jours}}',
  'notify.quiet.fromHour': 'Silence à partir de',
  'notify.quiet.toHour': 'Silence jusqu’à',
  'notify.quiet.what':
    'Ce qui survient pendant les heures de silence est signalé à leur fin, si c’est toujours le cas. Deux fois la même heure : pas d’heures de silence.',
  'notify.test': 'Envoyer un exemple',
  'notify.test.shown': 'Envoyé. Si vous ne le voyez pas, regardez les réglages de notification du système.',
  'notify.test.failed': 'Le navigateur ne l’a pas affiché. Rechargez la page et réessayez.',
  'notify.test.title': 'Les notifications fonctionnent',
  'notify.test.body': 'Voici comment Keeptab vous prévient quand quelque chose a besoin de vous.',
  'notify.at-risk.title': 'Votre sauvegarde est en danger',
  'notify.at-risk.body':
    'Il reste trop peu de gardiens pour {folders, plural, one {# dossier} many {# de dossiers} other {# dossiers}}. D’autres sont recherchés ; d’ici là, conservez les fichiers sur cet ordinateur.',
  'notify.overdue.title': 'Votre sauvegarde est en retard',
  'notify.overdue.body':
    'Dernière sauvegarde d’un dossier : {when}. Ouvrez Keeptab et sauvegardez de nouveau. Ce qui était gardé le reste.',
  'notify.failed.title': 'Une sauvegarde a échoué',
  'notify.failed.body': 'Ouvrez Keeptab pour voir pourquoi et reprendre. Ce qui était gardé le reste.',
  'notify.unproven.title': 'Lors d’un essai, quelque chose n’est pas revenu',
  'notify.unproven.body':
    'Un essai de récupération de votre sauvegarde a échoué. Gardez votre propre copie et ouvrez Keeptab pour voir quoi faire.',
  'notify.permission.title': 'Le navigateur a repris une autorisation',
  'notify.permission.body':
    '{folders, plural, one {# dossier ne peut pas être lu et manque dans les nouvelles sauvegardes.} other {# dossiers ne peuvent pas être lus et manquent dans les nouvelles sauvegardes.}} Ouvrez Keeptab pour les reconnecter.',
  'notify.lost.title': 'Des fragments que vous gardez ont disparu',
  'notify.lost.body':
    '{pieces, plural, one {# fragment des sauvegardes d’autres personnes a disparu} other {# fragments des sauvegardes d’autres personnes ont disparu}} de ce navigateur. Le réseau a été prévenu. Votre propre sauvegarde n’est pas touchée.',
  'account.none': 'Ce navigateur n’a pas encore de compte',
  'account.none.what':
    'Il en reçoit un avec la première sauvegarde, ou quand vous commencez à garder : sans formulaire, sans nom, sans mot de passe. Pour utiliser un compte que vous avez déjà, choisissez Restaurer et tapez ses 24 mots.',
  'account.on-paper': 'Vos mots sont sur papier',
  'account.on-paper.what':
    'Ces mots sont le compte : avec eux et l’adresse d’un coordinateur, vous retrouvez vos sauvegardes sur tout appareil. Ils ne sont plus stockés ici.',
  'account.here-only': 'Vos mots ne sont que sur cet appareil',
  'account.here-only.what':
    'Ces mots sont le compte. Tant qu’ils ne sont pas sur papier, rien n’est considéré comme à l’abri.',
  'account.account': 'Compte',
  'account.device': 'Cet appareil',
  'account.coordinator': 'Coordinateur',
  'coordinator.what':
    'Le coordinateur est le petit serveur qui présente les onglets les uns aux autres ; aucun fichier ne passe par lui.',
  'account.one-machine': 'Tout est sur cet ordinateur.',
  'account.offline': 'Sans réseau',
  'account.offline.yes': 'Cette page s’ouvre depuis cet appareil.',
  'account.offline.no': 'Cette page n’est pas encore stockée sur cet appareil.',
  'account.language': 'Langue',
  'account.language.system': 'Comme le navigateur : {language}',
  'account.appearance': 'Apparence',
  'account.appearance.system': 'Comme le système',
  'account.appearance.light': 'Clair',
  'account.appearance.dark': 'Sombre',
  'keep.sentence.starting': 'Démarrage : parcours de ce que vous gardez',
  'keep.sentence.off': 'Vous ne gardez encore rien pour d’autres',
  'keep.sentence.connecting': 'Connexion ; rien de ce que vous gardez n’est perdu',
  'keep.sentence.paused': 'En pause : vous ne prenez rien de nouveau et fournissez toujours ce que vous gardez',
  'keep.sentence.paused.until':
    'En pause, reprise : {until}. Vous ne prenez rien de nouveau et fournissez toujours ce que vous gardez',
  'keep.sentence.hours': 'Aucune heure de la semaine n’est choisie : vous ne prenez et ne fournissez rien',
  'keep.sentence.hours.until': 'Hors de vos heures, reprise : {until}',
  'keep.sentence.month': 'La limite du mois est atteinte : vous ne prenez et ne fournissez rien',
  'keep.sentence.month.until': 'La limite du mois est atteinte, reprise : {until}',
  'keep.sentence.leaving': 'Restitution en cours : d’autres gardiens reprennent ce que vous gardez',
  'keep.sentence.empty': 'Vous êtes gardien. Personne n’a encore eu besoin de votre espace',
  'keep.sentence.keeping':
    '{owners, plural, one {Vous gardez des fragments de la sauvegarde d’une personne} other {Vous gardez des fragments des sauvegardes de # personnes}}',
  'keep.intro.on':
    'Épinglez cet onglet : il continue de garder quand il est masqué. Vous pouvez le fermer un moment : ce que vous gardez reste sur cet appareil.',
  'keep.intro.week':
    'Ce navigateur efface ce qu’une page a stocké après une semaine sans visite : personne ne pourrait compter sur ce que vous gardez ici. Ajoutez Keeptab à l’écran d’accueil ou au Dock, ouvrez-le là et gardez pour les autres à partir de là.',
  'keep.intro.front':
    'La garde ne fonctionne que lorsque Keeptab est devant vous. Vous pouvez le fermer un moment : ce que vous gardez reste sur cet appareil.',
  'keep.intro.off':
    'Vous gardez des fragments scellés des sauvegardes des autres, que personne ne peut lire ici, et ils gardent les vôtres. Rien n’est installé ; un bouton démarre, un autre arrête.',
  'private.keep':
    'Cette fenêtre semble privée. Elle oublie tout à sa fermeture : on ne peut donc rien garder ici pour d’autres. Ouvrez Keeptab dans une fenêtre ordinaire, ou autorisez cette adresse à stocker des données.',
  'private.backup':
    'Cette fenêtre semble privée. Elle oublie tout à sa fermeture : vos dossiers, et qui vous êtes. Ouvrez Keeptab dans une fenêtre ordinaire, ou autorisez cette adresse à stocker des données. Ici, vous pouvez restaurer avec vos 24 mots.',
  'private.unknown': 'Une fenêtre privée oublie tout à sa fermeture, et ce navigateur ne nous dit pas si c’en est une.',
  'keep.limit': 'Limite d’espace',
  'keep.room': 'Ce navigateur a de la place pour {size}.',
  'keep.limit.lower': 'Si vous baissez la limite, rien n’est jeté : ce qui dépasse passe d’abord à d’autres gardiens.',
  'keep.start': 'Garder pour d’autres',
  'keep.go-on': 'Reprendre',
  'keep.stop': 'Arrêter de garder',
  'keep.kept': 'Gardé',
  'keep.kept.what':
    '{shards, plural, one {# fragment} other {# fragments}} pour {owners, plural, one {# personne} other {# personnes}}',
  'keep.limits': 'Au maximum',
  'keep.upload': 'Envoi',
  'keep.download': 'Réception',
  'keep.month': 'Par mois',
  'keep.month.what':
    'Envois et réceptions ensemble. Une fois la limite atteinte, cet onglet se repose jusqu’au mois suivant.',
  'keep.rate': '{size} par seconde',
  'keep.no-limit': 'Sans limite',
  'keep.hours': 'Heures',
  'keep.hours.what':
    'Hors de ces heures, cet onglet quitte le réseau, puis revient de lui-même. Le réseau sait quand : personne ne compte sur lui entre-temps.',
  'keep.hours.always': 'Toujours',
  'keep.hours.nights': 'La nuit',
  'keep.hours.weekends': 'Le week-end',
  'keep.hours.some': '{count, plural, one {# heure par semaine} other {# heures par semaine}}',
  'keep.hours.grid': 'Heures de la semaine où cet onglet garde',
  'keep.hours.cell': '{day}, {hour} : {open, select, yes {garde} other {se repose}}',
  'keep.hours.day': 'Toute la journée : {day}',
  'keep.hours.hour': 'Chaque jour à {hour}',
  'keep.hours.help':
    'Les flèches déplacent ; la barre d’espace change une heure, un jour ou une même heure de chaque jour.',
  'keep.pause.title': 'Pause',
  'keep.pause.what':
    'Vous ne prenez rien de nouveau et fournissez toujours ce que vous gardez. Le réseau sait quand vous pensez revenir.',
  'keep.pause.hour': 'Pause d’une heure',
  'keep.pause.tomorrow': 'Jusqu’à demain',
  'keep.pause.week': 'Pendant une semaine',
  'keep.pause.open': 'Jusqu’à nouvel ordre',
  'keep.giving': '{done} sur {all} transmis',
  'keep.giving.announced': '{percent} transmis',
  'keep.giving.what':
    'Ce que vous gardez passe à d’autres gardiens. Rien ne quitte cet appareil avant qu’ils l’aient reçu.',
  'keep.giving.unneeded': 'Personne n’en a plus besoin : {size}. Ce sera effacé ici d’ici le {day}.',
  'keep.giving.waiting':
    'Personne d’autre n’a encore de place : {size} restent ici en attendant. Rien d’utile n’est jeté.',
  'keep.give-back': 'Tout restituer',
  'keep.give-back.what':
    'Tout ce que vous gardez passe à d’autres gardiens, puis vous cessez de garder. Pour arrêter seulement un moment, choisissez « Arrêter de garder » : ce que vous gardez reste sur cet appareil.',
  'keep.stay': 'Finalement, garder le reste',
  'keep.before': '{month} ce mois-ci, {all} en tout',
  'keep.ladder': 'Mieux garder',
  'keep.ladder.install': 'Installé',
  'keep.ladder.install.what': 'Keeptab a sa propre fenêtre, qu’on ne ferme pas par mégarde avec les autres.',
  'keep.ladder.install.button': 'Installer',
  'keep.ladder.install.how.chromium':
    'Dans le menu du navigateur : Caster, enregistrer et partager, puis Installer la page en tant qu’application.',
  'keep.ladder.install.how.edge':
    'Dans le menu du navigateur, sous Applications : installer ce site en tant qu’application.',
  'keep.ladder.install.how.android':
    'Dans le menu du navigateur : installer l’application, ou l’ajouter à l’écran d’accueil.',
  'keep.ladder.install.how.firefox': 'Firefox sur ordinateur n’installe pas de pages : épinglez plutôt l’onglet.',
  'keep.ladder.install.how.safari':
    'Dans le menu : Fichier, Ajouter au Dock ; sur un téléphone : Partager, Sur l’écran d’accueil.',
  'keep.ladder.pin': 'Épinglé, ou lancé avec le système',
  'keep.ladder.pin.what': 'Il est de retour à chaque démarrage : vous gardez sans avoir à y penser.',
  'keep.ladder.pin.tick': 'C’est fait',
  'keep.ladder.pin.how.chromium':
    'Faites un clic droit sur l’onglet et choisissez Épingler ; ou, une fois installé, activez Lancer l’application lors de la connexion.',
  'keep.ladder.pin.how.edge':
    'Clic droit sur l’onglet et l’épingler ; ou, une fois installé, le laisser démarrer à l’ouverture de session.',
  'keep.ladder.pin.how.android':
    'Les téléphones n’épinglent pas d’onglets : ouvrez Keeptab depuis l’écran d’accueil et revenez-y de temps en temps.',
  'keep.ladder.pin.how.firefox':
    'Faites un clic droit sur l’onglet et choisissez Épingler l’onglet ; dans les paramètres, choisissez Ouvrir les fenêtres et onglets précédents.',
  'keep.ladder.pin.how.safari': 'Faites un clic droit sur l’onglet et choisissez Épingler l’onglet.',
  'keep.ladder.notify': 'Notifications autorisées',
  'keep.ladder.notify.what':
    'Keeptab vous prévient quand quelque chose a besoin de vous, et certains navigateurs protègent alors mieux le stockage.',
  'keep.ladder.notify.button': 'Autoriser',
  'keep.ladder.notify.denied': 'Le navigateur a pour consigne de les refuser ; changez-la dans ses paramètres de site.',
  'keep.ladder.notify.unsupported': 'Ce navigateur n’a pas de notifications.',
  'keep.ladder.persist': 'Stockage durable',
  'keep.ladder.persist.what': 'Le navigateur ne jette pas ce que vous gardez quand le disque se remplit.',
  'keep.ladder.persist.button': 'Demander au navigateur',
  'keep.ladder.persist.refused':
    'Il n’a encore rien promis. Installer Keeptab ou autoriser les notifications aide souvent.',
  'keep.ladder.done': 'Fait',
  'keep.ladder.open': 'Pas encore',
  'keep.served': 'Fourni',
  'keep.taken': 'Reçu',
  'keep.since-start': 'depuis l’ouverture de cet onglet',
  'keep.standing': 'Votre parole de gardien',
  'keep.standing.what':
    'Tant que vous êtes là, on vous demande, environ huit fois par jour, de montrer une petite partie de ce que vous gardez, et environ une fois par semaine quelqu’un lit un fragment entier. Cela ne coûte presque rien, et c’est ainsi que les propriétaires savent que leurs sauvegardes sont toujours là.',
  'keep.standing.new': 'Nouveau : on apprend à vous connaître',
  'keep.standing.vetted': 'De confiance',
  'keep.standing.warned': 'Averti : vous continuez comme avant',
  'keep.standing.suspended': 'Suspendu : rien de nouveau ne vous est confié',
  'keep.standing.out': 'Écarté pour un temps : ce que vous gardez ne compte pas',
  'keep.standing.why.young': 'Tout gardien commence ainsi, avec une petite part de ce que les autres confient.',
  'keep.standing.why.proven': 'Vous avez montré maintes fois que ce que vous gardez est bien là.',
  'keep.standing.why.late':
    'Vos réponses arrivent souvent en retard. Un onglet endormi ou une ligne lente en est la cause ; rien n’est perdu pour autant.',
  'keep.standing.why.lost':
    'Une partie qui vous a été demandée n’était plus là. D’autres la refont ; aucune sauvegarde n’est en danger pour cela.',
  'keep.standing.why.silent':
    'Une partie qui vous a été demandée n’a pas été montrée pendant des heures, alors que cet appareil était en ligne.',
  'keep.standing.why.wrong':
    'Une partie est revenue modifiée. Un disque défaillant ou un logiciel altéré en est la cause.',
  'keep.standing.why.withheld':
    'Plusieurs autres, éloignés les uns des autres, se sont connectés à cet appareil et n’ont rien reçu d’entier de ce que vous gardez, bien que vous prouviez que c’est là.',
  'keep.standing.why.unreachable':
    'Parmi beaucoup qui en joignent d’autres, personne n’a pu se connecter à cet appareil, bien qu’il soit en ligne. Un pare-feu ou un routeur strict en est la cause.',
  'keep.standing.cure.new':
    '{count, plural, =0 {De confiance à partir de {until}.} one {Encore # preuve, et pas avant {until}, et vous serez de confiance.} many {Encore # de preuves, et pas avant {until}, et vous serez de confiance.} other {Encore # preuves, et pas avant {until}, et vous serez de confiance.}}',
  'keep.standing.cure.warned':
    '{count, plural, one {Cela passe avec # preuve de plus : laissez cet appareil allumé.} many {Cela passe avec # de preuves de plus : laissez cet appareil allumé.} other {Cela passe avec # preuves de plus : laissez cet appareil allumé.}}',
  'keep.standing.cure.suspended':
    '{count, plural, one {Cela prend fin avec # preuve. Ce que vous gardez compte toujours.} many {Cela prend fin avec # de preuves d’affilée. Ce que vous gardez compte toujours.} other {Cela prend fin avec # preuves d’affilée. Ce que vous gardez compte toujours.}}',
  'keep.standing.cure.suspended.until':
    '{count, plural, =0 {Cela prend fin avec votre première preuve après {until}. Ce que vous gardez compte toujours.} one {Cela prend fin avec # preuve, et pas avant {until}. Ce que vous gardez compte toujours.} many {Cela prend fin avec # de preuves d’affilée, et pas avant {until}. Ce que vous gardez compte toujours.} other {Cela prend fin avec # preuves d’affilée, et pas avant {until}. Ce que vous gardez compte toujours.}}',
  'keep.standing.cure.unread':
    '{count, plural, one {Cela prend fin quand # autre aura lu ce qu’il a demandé. D’ici là, ce que vous gardez ne compte pas ; laissez cet appareil allumé et sa ligne libre.} many {Cela prend fin quand # d’autres auront lu ce qu’ils ont demandé, un ou deux par jour. D’ici là, ce que vous gardez ne compte pas ; laissez cet appareil allumé et sa ligne libre.} other {Cela prend fin quand # autres auront lu ce qu’ils ont demandé, un ou deux par jour. D’ici là, ce que vous gardez ne compte pas ; laissez cet appareil allumé et sa ligne libre.}}',
  'keep.standing.cure.out':
    'À partir de {until} vous recommencez à zéro. Vérifiez le disque d’ici là ; vous pouvez aussi tout rendre.',
  'keep.standing.proven':
    '{count, plural, one {# partie montrée, la dernière {when}} other {# parties montrées, la dernière {when}}}',
  'keep.standing.none':
    'Rien n’a encore été demandé. Cela commence quelques heures après la première chose que vous gardez.',
  'keep.standing.failed':
    '{count, plural, one {# partie n’a pas pu être montrée} other {# parties n’ont pas pu être montrées}}',
  'keep.standing.score': 'Score : {score}. Il part de 100 % et baisse à chaque partie manquante ou fausse.',
  'keep.standing.score.bounds':
    'Sous {warned} vous êtes averti, sous {suspended} rien de nouveau ne vous est confié, sous {out} vous êtes écarté.',
  'keep.standing.in-time': 'À temps : {score}. Cela part de 100 % et baisse à chaque réponse tardive.',
  'keep.standing.in-time.bounds': 'Sous {slow} vous êtes averti.',
  'keep.standing.here': 'Présence : environ {day, number} heures sur 24 par jour, {week, number} sur 168 par semaine.',
  'keep.standing.here.unknown': 'On saura après deux jours combien de temps vous êtes là par jour.',
  'keep.lost':
    '{count, plural, one {# fragment que vous gardiez a disparu de cet appareil. Le réseau a été prévenu, pour que son propriétaire ne soit pas trompé.} other {# fragments que vous gardiez ont disparu de cet appareil. Le réseau a été prévenu, pour que leurs propriétaires ne soient pas trompés.}}',
  'restore.sentence.start': 'Récupérez ce qui a été sauvegardé',
  'restore.sentence.start-new': 'Retrouvez votre sauvegarde avec vos 24 mots',
  'restore.sentence.looking': 'Recherche de vos sauvegardes',
  'restore.sentence.snapshots':
    '{count, plural, one {# sauvegarde peut être récupérée} other {# sauvegardes peuvent être récupérées}}',
  'restore.sentence.tree': 'Choisissez quoi récupérer',
  'restore.sentence.running': 'Récupération en cours',
  'restore.sentence.paused': 'En pause ; rien n’est récupéré avant la reprise',
  'restore.sentence.different': 'Il y a déjà autre chose à cet endroit',
  'restore.sentence.done': 'Tout est de retour',
  'restore.sentence.done-partly': 'Une partie n’a pas pu être récupérée',
  'restore.nothing-ticked': 'Rien de coché : tout est récupéré.',
  'restore.ticked': '{count, plural, one {# élément coché.} other {# éléments cochés.}}',
  'restore.here': 'Depuis le compte de ce navigateur',
  'restore.show': 'Afficher mes sauvegardes',
  'restore.intro':
    'N’importe quel appareil convient. Les mots restent dans cet onglet et personne d’autre ne les voit.',
  'restore.phrase': 'J’ai 24 mots',
  'restore.kit':
    'Les mots d’une fiche de secours sont remplis. Continuez si c’est la vôtre. L’historique du navigateur a noté l’adresse avec ces mots : effacez ensuite l’historique de la dernière heure.',
  'restore.phrase.how': 'Tapez-les dans l’ordre ; espaces, numéros et majuscules sont sans importance',
  'restore.find': 'Trouver mes sauvegardes',
  'restore.rolled-back':
    'Le coordinateur a présenté une sauvegarde plus ancienne que celle que des gardiens ont vue. La plus récente est utilisée ; prévenez la personne qui gère le coordinateur.',
  'restore.head-refused':
    'Le coordinateur a aussi présenté une sauvegarde endommagée ou qui appartient à quelqu’un d’autre. Elle est laissée de côté ; prévenez la personne qui gère le coordinateur.',
  'restore.forked':
    'Les clés d’un appareil ont servi à deux endroits, et chacun a fait des sauvegardes sans connaître celles de l’autre. Toutes sont listées ; celles d’un seul endroit sont marquées. Ouvrez celle que vous reconnaissez à son heure et à ses dossiers.',
  'restore.unread':
    'Les sauvegardes de {devices} ne peuvent pas être listées pour le moment : trop peu de ceux qui gardent la liste sont là. Ce qui était listé lors de la dernière visite reste affiché ; revenez voir plus tard.',
  'restore.disputed': 'Seulement dans l’un des deux historiques de {device}',
  'restore.backups': 'Sauvegardes',
  'restore.open': 'Ouvrir',
  'restore.open.what': 'la sauvegarde : {when}',
  'restore.to-folder': 'Restaurer dans un dossier',
  'restore.to-zip': 'Télécharger un ZIP',
  'restore.listing':
    'Lecture de la liste des fichiers : {count, plural, one {# élément} other {# éléments}} pour l’instant',
  'restore.listing.start': 'Lecture de la liste des fichiers',
  'restore.comparing':
    'Comparaison avec ce qui est déjà dans le dossier : {files, plural, one {# fichier} other {# fichiers}}, {size}',
  'restore.comparing.begins': 'Comparaison avec ce qui est déjà dans le dossier',
  'restore.asks': 'La récupération attend votre réponse.',
  'restore.different':
    '{count, plural, one {Le dossier « {folder} » contient déjà une autre version de « {example} ». Elle est peut-être plus récente que celle de la sauvegarde.} many {Le dossier « {folder} » contient déjà d’autres versions de # fichiers, par exemple « {example} ». Elles sont peut-être plus récentes que celles de la sauvegarde.} other {Le dossier « {folder} » contient déjà d’autres versions de # fichiers, par exemple « {example} ». Elles sont peut-être plus récentes que celles de la sauvegarde.}}',
  'restore.different.how': 'Rien n’en est touché si la copie va dans un nouveau dossier à l’intérieur : « {beside} ».',
  'restore.different.beside': 'Mettre la copie dans un nouveau dossier',
  'restore.different.replace': '{count, plural, one {La remplacer} many {Les remplacer} other {Les remplacer}}',
  'restore.beside.name': '{folder} (sauvegarde du {date})',
  'restore.progress':
    '{done, plural, one {# fichier} other {# fichiers}} sur {total, number} · {doneSize} sur {totalSize}',
  'restore.progress.name': 'Restauration',
  'restore.stop': 'Arrêter',
  'restore.paused.what':
    'Ce qui est arrivé reste. Laissez cette page ouverte : ce qui est à moitié fait s’y trouve, et {way, select, zip {un ZIP inachevé est perdu si elle est fermée ou rechargée} other {si elle est fermée ou rechargée, ouvrez la même sauvegarde et choisissez le même dossier : ce qui s’y trouve déjà n’est le plus souvent pas récupéré à nouveau}}.',
  'restore.waiting':
    '{count, plural, =0 {Trop peu de ceux qui gardent la liste des fichiers sont en ligne en ce moment.} one {# fichier ou dossier attend des personnes qui ne sont pas en ligne en ce moment ; tout le reste est revenu.} many {# fichiers et dossiers attendent des personnes qui ne sont pas en ligne en ce moment ; tout le reste est revenu.} other {# fichiers et dossiers attendent des personnes qui ne sont pas en ligne en ce moment ; tout le reste est revenu.}} Laissez cette page ouverte : elle continue toute seule quand elles arrivent, et il n’est pas nécessaire qu’elles arrivent en même temps.',
  'restore.without': 'Terminer sans eux',
  'restore.result': '{count, plural, one {# fichier} other {# fichiers}}, {size}, chaque octet vérifié.',
  'restore.result.beside':
    'Tout se trouve dans le nouveau dossier « {beside} », à l’intérieur de celui que vous avez choisi.',
  'restore.back': 'Retour',
  'restore.announced': '{percent} récupérés',
  'restore.bring-back': 'Récupérer {path}',
  'restore.link': 'lien',
  'restore.directory': '{files, plural, one {# fichier} other {# fichiers}}, {size}',
  'restore.show-more': 'En afficher {count, number} de plus',
  'restore.ended.back': 'Tout est de retour.',
  'restore.ended.back-partly': 'La récupération est terminée : une partie n’a pas pu être récupérée.',
  'restore.ended.not-back': 'La récupération s’est terminée avant que tout soit de retour.',
  'restore.ended.saved': '{name} est enregistré, chaque octet vérifié.',
  'restore.ended.not-saved': '{name} n’a pas pu être enregistré.',
  'restore.ended.look': 'Voir',
  'restore.sentence.file': '{name}, tel qu’il a été gardé',
  'restore.newest': 'la dernière',
  'restore.remembered':
    'Pas de réseau. Voici ce que ce navigateur avait déjà vu ; la restauration reprendra avec le réseau.',
  'restore.again': 'Réessayer',
  'retention.title': 'Combien de temps les sauvegardes restent',
  'retention.what':
    'Il s’agit des sauvegardes de cet appareil. Un retrait peut être annulé pendant 30 jours ; même un voleur de cet appareil ne peut pas raccourcir ce délai.',
  'retention.busy': 'Modification en cours',
  'retention.rule.everything': 'Tout',
  'retention.rule.everything.what':
    'Toutes les sauvegardes de cet appareil restent, jusqu’à 4096. Ensuite, chaque nouvelle fait partir la plus ancienne.',
  'retention.rule.thinning': 'Moins avec le temps',
  'retention.rule.thinning.what':
    'Toutes celles d’un jour, puis une par heure pendant une semaine, une par jour pendant un mois, une par semaine pendant trois mois, une par mois pendant deux ans, une par an pour toujours.',
  'retention.rule.lean': 'Peu de place',
  'retention.rule.lean.what':
    'Toutes celles d’un jour, puis une par jour pendant une semaine, une par semaine pendant un mois, une par mois pendant un an.',
  'retention.protect': 'Protéger',
  'retention.protected': 'Protégée · lever',
  'retention.remove': 'Retirer',
  'retention.removed':
    '{count, plural, one {# sauvegarde retirée} many {# de sauvegardes retirées} other {# sauvegardes retirées}}',
  'retention.gone-on': 'Elle disparaîtra le {day}.',
  'restore.removed.look': 'Chercher les sauvegardes retirées de cette liste',
  'restore.removed.why':
    'Qui détient l’un de vos appareils peut retirer des sauvegardes de cette liste, mais pendant 30 jours personne ne peut les supprimer.',
  'restore.removed.none': 'Rien n’a été retiré de cette liste ces 30 derniers jours.',
  'retention.undo': 'La garder',
  'retention.undo-all': 'Garder les {count, number} de {device}',
  'backup.taken-back':
    'Quelque chose dans ce compte avait fait marquer à supprimer des données dont vos sauvegardes ont besoin. C’est annulé. Regardez les appareils du compte : retirez celui que vous ne connaissez pas.',
  'restore.device': 'Sauvegardé par',
  'restore.device.all': '{count, plural, one {# appareil} other {les # appareils}}',
  'restore.device.unnamed': 'appareil {id}',
  'restore.sides': 'Que regarder',
  'restore.side.files': 'Fichiers',
  'restore.side.changes': 'Ce qui a changé',
  'restore.folder.empty': 'Il n’y a rien dedans.',
  'restore.find-file.all': 'Chercher un fichier dans toutes les sauvegardes',
  'restore.find-file.here': 'Chercher un fichier dans cette sauvegarde',
  'restore.find-file.how': 'Une partie de son nom',
  'restore.find-file.go': 'Chercher',
  'restore.find-file.looking':
    '{found, number} trouvés, {looked, plural, one {# élément parcouru} other {# éléments parcourus}}',
  'restore.find-file.found': '{count, plural, =0 {Rien ne porte ce nom.} one {# trouvé.} other {# trouvés.}}',
  'restore.find-file.unread':
    '{count, plural, one {# liste n’a pas pu être lue} other {# listes n’ont pas pu être lues}} pour l’instant.',
  'restore.find-file.last': 'vu en dernier dans la sauvegarde : {when}',
  'restore.compare.alone': 'Il n’y a pas d’autre sauvegarde à comparer.',
  'restore.compare.with': 'Comparée à',
  'restore.compare.running': 'Comparaison en cours',
  'restore.compare.same': 'Aucune différence.',
  'restore.compare.sum':
    '{added, number} nouveaux · {changed, number} modifiés · {moved, number} déplacés · {removed, number} disparus',
  'restore.change.added': 'nouveau',
  'restore.change.changed': 'modifié',
  'restore.change.moved': 'déplacé depuis {path}',
  'restore.change.removed': 'disparu',
  'restore.file.look': 'Aperçu',
  'restore.file.opening': 'Lecture du début',
  'restore.file.picture': 'Contenu de {name}',
  'restore.file.pdf': 'Ouvrir le PDF dans un nouvel onglet',
  'restore.file.cut': 'Seul le début est affiché.',
  'restore.file.none': 'Un navigateur ne peut pas afficher ce type de fichier. Enregistrez-le pour l’ouvrir.',
  'restore.file.of': 'Tel qu’il était : {when}, {size}',
  'restore.file.save': 'Enregistrer cette version',
  'restore.file.saving': 'Enregistrement de {name} : {done} sur {of}',
  'restore.file.paused':
    '{name} est en pause à {done} sur {of}. Laissez cette page ouverte : ce qui est à moitié enregistré est perdu avec elle.',
  'restore.file.save.name': 'Enregistrement de {name}',
  'restore.file.saved': 'Enregistré, chaque octet vérifié.',
  'restore.file.versions': 'Versions',
  'restore.file.in': '{count, plural, one {dans # sauvegarde} other {dans # sauvegardes}}, depuis : {since}',
  'restore.file.show': 'Voir',
  'restore.file.show.what': 'Voir la version : {when}',
  'restore.file.looked':
    '{done, number} sur {of, plural, one {# sauvegarde parcourue} other {# sauvegardes parcourues}}',
  'restore.file.stop-looking': 'Arrêter la recherche',
  'restore.file.unreadable':
    '{count, plural, one {# sauvegarde n’a pas pu être parcourue} other {# sauvegardes n’ont pas pu être parcourues}} pour l’instant.',
  'capability.title': 'Ce que ce navigateur sait faire',
  'capability.yes': 'Oui',
  'capability.partly': 'En partie',
  'capability.no': 'Non',
  'capability.week':
    'Un navigateur comme celui-ci peut effacer tout ce qu’une page a stocké si vous ne revenez pas pendant sept jours. Placez Keeptab sur l’écran d’accueil ou dans le Dock, ou passez chaque semaine. Vos sauvegardes sont chez d’autres et y restent ; vos 24 mots permettent de les récupérer.',
  'capability.folder': 'Choisir un dossier une fois pour toutes',
  'capability.folder.yes': 'À la visite suivante, un dossier est relu en un clic au plus.',
  'capability.folder.partly':
    'Un dossier doit être choisi de nouveau à chaque sauvegarde. Seul ce qui a changé est envoyé.',
  'capability.folder.no':
    'Ici, on ne peut choisir que des fichiers isolés. Utilisez un autre navigateur pour sauvegarder un dossier.',
  'capability.changes': 'Remarquer aussitôt les changements',
  'capability.changes.yes': 'Le navigateur prévient la page ouverte quand quelque chose change dans un dossier choisi.',
  'capability.changes.no':
    'Les changements sont trouvés lors d’une sauvegarde. Sauvegardez quand vous avez modifié quelque chose.',
  'capability.restore': 'Restaurer dans un dossier',
  'capability.restore.yes': 'Les fichiers reviennent où vous voulez, en dossier ou en ZIP.',
  'capability.restore.partly':
    'Les fichiers reviennent en un seul ZIP, écrit sur le disque au fur et à mesure. Décompressez-le ensuite.',
  'capability.restore.no':
    'Les fichiers reviennent en un seul ZIP qui doit tenir en mémoire. Récupérez les grandes sauvegardes par parties, ou dans un autre navigateur.',
  'capability.hidden': 'Garder en étant masqué',
  'capability.hidden.yes':
    'L’onglet continue de garder derrière les autres. Épinglez-le pour ne pas le fermer par mégarde.',
  'capability.hidden.partly':
    'L’appareil peut arrêter la page quelques minutes après votre départ. Elle reprend à votre retour.',
  'capability.hidden.no': 'La garde et la sauvegarde ne fonctionnent que lorsque cette page est devant vous.',
  'capability.safe': 'Conserver les données quand le disque se remplit',
  'capability.safe.yes': 'Le navigateur a promis de ne rien effacer de ce que Keeptab stocke.',
  'capability.safe.partly':
    'Le navigateur peut effacer ce que Keeptab stocke quand le disque se remplit. Demandez-lui de ne pas le faire ; vos 24 mots aident dans tous les cas.',
  'capability.safe.no':
    'Le navigateur ne promet rien de tel. Ayez vos 24 mots sous la main, et gardez pour d’autres ailleurs.',
  'capability.safe.week': 'Ce qui est stocké peut disparaître après sept jours sans visite.',
  'capability.install': 'S’installer comme application',
  'capability.install.yes':
    'Le menu du navigateur installe Keeptab comme une application avec sa propre fenêtre, qu’on ne ferme pas par mégarde avec les autres.',
  'capability.install.partly':
    'Avec le menu Partager ou Fichier du navigateur, placez Keeptab sur l’écran d’accueil ou dans le Dock. L’application y démarre sans votre compte : préparez vos 24 mots.',
  'capability.install.no':
    'Ce navigateur n’installe pas de pages. Épinglez l’onglet et faites-le s’ouvrir au démarrage.',
  'capability.install.done': 'Keeptab tourne comme une application à part.',
  'capability.badges': 'Signaler un problème sur l’icône de l’application',
  'capability.badges.yes': 'L’icône peut montrer que quelque chose a besoin de vous.',
  'capability.badges.partly':
    'L’icône peut le montrer une fois Keeptab installé. D’ici là, regardez le titre de l’onglet.',
  'capability.badges.no': 'Le titre de l’onglet le montre à la place.',
  'capability.notifications': 'Vous prévenir',
  'capability.notifications.yes': 'Vous l’avez autorisé. Choisissez dans Compte ce que vous voulez savoir.',
  'capability.notifications.partly': 'On ne vous l’a pas encore demandé. Activez-le dans Compte.',
  'capability.notifications.no': 'Pas ici, ou seulement une fois Keeptab installé. Passez de temps en temps.',
  'capability.notifications.denied':
    'Vous l’avez refusé pour ce site. Si vous avez changé d’avis, autorisez-le dans les paramètres du site.',
  'capability.worker': 'Déplacer les données à côté de la page',
  'capability.worker.yes': 'Les données passent à côté de la page, qui reste réactive pendant les gros envois.',
  'capability.worker.partly':
    'Les données passent par la page. Cela marche, mais elle peut répondre lentement pendant ce temps.',
  'capability.worker.no': 'Ce navigateur ne peut pas se connecter à d’autres navigateurs. Utilisez-en un autre.',
  'capability.persist': 'Demander au navigateur de conserver les données',
  'capability.persist.refused':
    'Le navigateur ne l’a pas promis. Il le fait souvent une fois Keeptab installé ou mis en favori, ou les notifications autorisées.',
  'check.sentence.start': 'Voyez ce qui fonctionne entre cet onglet et ses gardiens',
  'check.sentence.running': 'Examen de chaque étape du chemin',
  'check.sentence.well': 'Tout fonctionne',
  'check.sentence.advice': 'Tout fonctionne, et quelque chose pourrait aller mieux',
  'check.sentence.broken': 'Quelque chose bloque',
  'check.intro':
    'Chaque étape entre cette page et un gardien est essayée pour de vrai. Rien de ce que vous avez n’en est modifié.',
  'check.run': 'Vérifier la connexion',
  'check.again': 'Vérifier de nouveau',
  'check.report.save': 'Enregistrer le rapport',
  'check.report.copy': 'Copier le rapport',
  'check.report.copied': 'Le rapport est copié.',
  'check.report.what':
    'Le rapport ne contient ni clés, ni mots, ni noms de fichiers, ni l’adresse de personne : vous pouvez le montrer à qui vous aide.',
  'check.stages': 'Le chemin vers vos gardiens',
  'check.progress': 'Étapes examinées : {done, number} sur {total, number}',
  'check.verdict.well': 'fonctionne',
  'check.verdict.advice': 'pourrait aller mieux',
  'check.verdict.broken': 'ne fonctionne pas',
  'check.verdict.skipped': 'non essayé',
  'check.stage.secure': 'Adresse sécurisée',
  'check.stage.coordinator': 'Coordinateur',
  'check.stage.clock': 'Horloge',
  'check.stage.sign-in': 'Connexion au compte',
  'check.stage.live': 'Liaison directe avec le coordinateur',
  'check.stage.rendezvous': 'Point de rencontre des appareils',
  'check.stage.ice': 'Moyens d’être joint',
  'check.stage.turn': 'Relais',
  'check.stage.channel': 'Connexions directes dans ce navigateur',
  'check.stage.keepers': 'Un gardien',
  'check.stage.storage': 'Stockage',
  'check.stage.persistence': 'Stockage durable',
  'check.stage.folders': 'Vos dossiers',
  'check.stage.notifications': 'Notifications',
  'check.found.well': 'Cela fonctionne.',
  'check.found.insecure':
    'Cette page n’a pas été ouverte en https. Les navigateurs n’autorisent alors ni chiffrement ni stockage. Ouvrez l’adresse https de votre coordinateur.',
  'check.found.offline':
    'Cet appareil n’a pas de réseau. Rien n’est perdu, et tout reprend de soi-même. Connectez-vous à un réseau et vérifiez de nouveau.',
  'check.found.coordinator-down':
    'Le coordinateur ne répond pas. Ce qui est gardé le reste, mais aucune sauvegarde ni restauration ne peut commencer. Attendez un peu ; si cela dure, prévenez la personne qui le gère.',
  'check.found.coordinator-foreign':
    'Autre chose que le coordinateur répond à son adresse. Souvent, c’est la page de connexion d’un hôtel ou d’un réseau d’entreprise. Identifiez-vous là, puis vérifiez de nouveau.',
  'check.found.coordinator-refuses':
    'Le coordinateur répond, mais par une erreur. Ce qui est gardé le reste. Attendez une minute et vérifiez de nouveau ; si cela dure, montrez le rapport à la personne qui le gère.',
  'check.found.clock-wrong':
    'L’horloge de cet appareil n’est pas à l’heure. Les dates de vos sauvegardes sont fausses, et ce qui est planifié se lance à la mauvaise heure. Laissez le système régler l’heure lui-même.',
  'check.found.sign-in-refused':
    'Le coordinateur n’accepte pas cet appareil. Votre sauvegarde n’est pas touchée, mais ne peut pas continuer d’ici. Si cet appareil a été retiré de votre compte, ajoutez-le de nouveau ; sinon, montrez le rapport à la personne qui gère le coordinateur.',
  'check.found.live-blocked':
    'La liaison directe avec le coordinateur est bloquée. Cet onglet passe pour hors ligne, donc personne n’atteint ce qu’il garde. Quelque chose laisse passer les pages web mais pas les connexions durables : un réseau d’entreprise, une extension ou un proxy. La personne qui s’en occupe doit laisser passer les WebSockets.',
  'check.found.rendezvous-blocked':
    'Le point de rencontre des appareils est injoignable. Cet appareil ne trouve aucun gardien et n’est pas trouvé. Vérifiez de nouveau ; si cela dure, un proxy ou une extension bloque les connexions durables. La personne qui s’en occupe doit laisser passer les WebSockets.',
  'check.found.webrtc-blocked':
    'WebRTC est désactivé dans ce navigateur. Sans lui, aucune connexion aux gardiens : rien ne peut être sauvegardé ni restauré ici. Cherchez une extension ou un réglage de confidentialité qui bloque WebRTC.',
  'check.found.no-addresses':
    'Le navigateur n’indique aucun moyen d’être joint. Aucun gardien ne peut être connecté. Cherchez un réglage de confidentialité ou une extension qui cache les adresses à WebRTC.',
  'check.found.stun-silent':
    'Le serveur qui indique à cet appareil son adresse extérieure ne répond pas. Les gardiens derrière une box peuvent être injoignables. UDP est peut-être bloqué ici : essayez un autre réseau, ou demandez à la personne qui gère le coordinateur.',
  'check.found.turn-refused':
    'Le relais refuse le laissez-passer du coordinateur. Là où aucun chemin direct n’est possible, les gardiens sont injoignables. Seule la personne qui gère le coordinateur peut y remédier : le secret du relais et celui du coordinateur diffèrent, ou une horloge est fausse.',
  'check.found.turn-dead':
    'Le relais ne répond pas. Là où aucun chemin direct n’est possible, les gardiens sont injoignables. Il est en panne, ou ce réseau le bloque : essayez un autre réseau, puis prévenez la personne qui gère le coordinateur.',
  'check.found.channel-blocked':
    'Deux connexions de cette page ne peuvent pas se parler. Aucun gardien n’est joignable depuis ce navigateur. Une extension, un pare-feu ou un réglage bloque WebRTC : autorisez-le pour cette adresse.',
  'check.found.keepers-unreachable':
    'Des gardiens sont en ligne, et aucun n’a pu être joint. Ce qu’ils ont est en sécurité chez eux, mais rien ne part ni ne revient d’ici. Essayez un autre réseau ; derrière un réseau strict, seul un relais aide.',
  'check.found.storage-full':
    'Le stockage de ce navigateur est plein. Cet onglet ne peut plus noter ce qu’il fait : la sauvegarde et la garde s’arrêtent. Libérez de l’espace sur le disque, ou gardez moins pour d’autres.',
  'check.found.storage-failed':
    'Le navigateur refuse de stocker quoi que ce soit. Keeptab ne peut pas s’en passer. Quittez la navigation privée, autorisez les données de site pour cette adresse, et voyez si le disque est plein.',
  'check.found.storage-low':
    'Le navigateur a moins de 1 Go libre pour Keeptab. Garder pour d’autres sera bientôt refusé. Libérez de l’espace sur le disque.',
  'check.found.not-persistent':
    'Le navigateur peut effacer ce que Keeptab stocke quand le disque se remplit. Votre sauvegarde chez les gardiens reste, mais ce navigateur devrait repartir de vos 24 mots. Installez Keeptab ou autorisez les notifications : cela rend en général le stockage durable.',
  'check.found.folders-refused':
    'Le navigateur a repris l’autorisation de lire un dossier. Il manquera dans la prochaine sauvegarde. Allez dans Sauvegarde et choisissez Reconnecter.',
  'check.found.folders-gone':
    'Un dossier que vous avez choisi est introuvable. Sa dernière sauvegarde reste gardée. Branchez son disque, ou choisissez de nouveau le dossier là où il est.',
  'check.found.notifications-off':
    'Les notifications ne sont pas autorisées. Vous n’apprenez un problème qu’en regardant ici, et le navigateur endort cet onglet plus tôt. Autorisez les notifications pour cette adresse.',
  'check.found.after-secure': 'Non essayé : il faut une adresse sécurisée.',
  'check.found.after-coordinator': 'Non essayé : le coordinateur ne répond pas.',
  'check.found.after-sign-in': 'Non essayé : cet appareil n’est pas connecté au compte.',
  'check.found.after-ice': 'Non essayé : l’étape précédente ne fonctionne pas.',
  'check.found.no-account':
    'Non essayé : ce navigateur n’a pas encore de compte. Il en reçoit un avec la première sauvegarde.',
  'check.found.elsewhere': 'Non essayé ici : Keeptab travaille dans un autre onglet. Vérifiez là-bas.',
  'check.found.no-profile':
    'Non essayé : le navigateur n’ouvre pas ce que Keeptab retient ici. Voyez Stockage ci-dessous.',
  'check.found.no-turn':
    'Le coordinateur n’offre pas de relais. La plupart des réseaux s’en passent ; entre deux réseaux stricts, il n’y a pas d’autre chemin.',
  'check.found.no-keepers': 'Non essayé : aucun autre gardien n’est en ligne.',
  'check.found.no-folders': 'Aucun dossier choisi dont le navigateur pourrait reprendre l’autorisation.',
  'check.hidden': 'Ce que cet onglet a fait sans être vu',
  'check.hidden.never':
    'Rien n’est encore mesuré. Dès que cet onglet a quelque chose à faire, laissez-le un moment en arrière-plan, puis revenez.',
  'check.hidden.since': 'Mesuré par cet onglet lui-même, depuis : {when}.',
  'check.hidden.time': 'Masqué pendant',
  'check.hidden.minutes': '{minutes, plural, =0 {Moins d’une minute} one {# minute} other {# minutes}}',
  'check.hidden.hours': '{hours, plural, one {# heure} other {# heures}}',
  'check.hidden.awake':
    '{seconds, plural, =0 {Il ne s’est jamais arrêté.} one {Son plus long arrêt a duré # seconde.} other {Son plus long arrêt a duré # secondes.}} Il a pu travailler {percent} du temps.',
  'check.hidden.others': 'Pour les autres',
  'check.hidden.served': '{size} envoyés',
  'check.hidden.taken': '{size} reçus',
  'check.hidden.own': 'Pour vous',
  'check.hidden.sent': '{size} sauvegardés',
  'check.hidden.fetched': '{size} récupérés',
  'check.hidden.rate': 'Vitesse',
  'check.hidden.speed': 'D’habitude {usual}, au mieux {best}',
  'check.hidden.rate.little': 'Trop peu a été déplacé pour dire à quelle vitesse va cet onglet masqué.',
  'check.hidden.seen': 'En vue, d’habitude {usual}, au mieux {best}.',
  'check.hidden.seen.little': 'En vue, trop peu a été déplacé pour comparer.',
  'check.hidden.audits': 'Questions du coordinateur',
  'check.hidden.audits.none': 'Aucune n’est venue pendant que cet onglet était masqué.',
  'check.hidden.audits.answered': '{inTime, number} sur {asked, number} avec une réponse à temps',
  'check.hidden.audits.counted':
    'En tout, le coordinateur compte {passed, number} bonnes réponses sur {total, number}.',
  'check.hidden.again': 'Mesurer à nouveau',
  'check.hidden.again.what':
    'Vous avez changé quelque chose dans le navigateur ? Mesurez à nouveau, masquez cet onglet un moment et voyez si cela a aidé.',
  'check.limits': 'Ce que ce navigateur fait à un onglet qui travaille masqué',
  'check.limits.none': 'Rien de visible pour Keeptab ne ralentit cet onglet.',
  'check.limit.insecure': 'L’adresse n’est pas sécurisée',
  'check.limit.insecure.cure': 'Ouvrez l’adresse https de votre coordinateur. Sans elle, rien ne fonctionne ici.',
  'check.limit.no-locks': 'Les onglets ne peuvent pas décider qui travaille',
  'check.limit.no-locks.cure': 'Mettez à jour le navigateur, et d’ici là n’ouvrez qu’un seul onglet Keeptab.',
  'check.limit.private-window': 'Une fenêtre privée',
  'check.limit.private-window.cure':
    'Elle oublie tout à sa fermeture. Ouvrez Keeptab dans une fenêtre ordinaire, ou autorisez cette adresse à stocker des données.',
  'check.limit.not-persistent': 'Le stockage n’est pas durable',
  'check.limit.not-persistent.cure':
    'Installez Keeptab ou autorisez les notifications : en général, le navigateur promet alors de ne pas effacer ce que vous gardez pour d’autres.',
  'check.limit.low-space': 'Il reste peu d’espace',
  'check.limit.low-space.cure': 'Libérez de l’espace sur le disque, ou gardez moins pour d’autres.',
  'check.limit.discarded': 'Le navigateur a fermé cet onglet pour économiser la mémoire',
  'check.limit.discarded.cure':
    'Épinglez l’onglet, et ajoutez cette adresse aux sites que le navigateur laisse actifs. Ce qui était gardé est toujours là.',
  'check.limit.frozen': 'Le navigateur ou l’ordinateur a arrêté cet onglet un moment',
  'check.limit.frozen.cure':
    'Désactivez l’économiseur d’énergie du navigateur pour cette adresse, et laissez l’ordinateur éveillé quand il est branché.',
  'check.limit.timers-slowed': 'Le navigateur ralentit cet onglet quand il est masqué',
  'check.limit.timers-slowed.cure':
    'Chromium ne ralentit pas un onglet tant qu’une connexion à un autre appareil est ouverte, donc pendant qu’il envoie ou sert quelque chose. Le reste du temps, seul un onglet visible tourne à coup sûr à pleine vitesse.',
  'check.limit.notifications-off': 'Les notifications ne sont pas autorisées',
  'check.limit.notifications-off.cure':
    'Autorisez-les pour cette adresse : vous apprenez aussitôt les problèmes, et le navigateur laisse l’onglet éveillé plus longtemps.',
  'check.limit.not-installed': 'Keeptab n’est pas installé',
  'check.limit.not-installed.cure':
    'Installez-le depuis le menu du navigateur : il a alors sa propre fenêtre, qu’on ne ferme pas par mégarde avec les autres, et les navigateurs promettent plus volontiers de garder ce qu’il stocke. Le lancer avec le système est une étape à part, sur l’écran Garder.',
  'check.limit.light-sleep': 'Aucune connexion à un autre appareil n’est ouverte',
  'check.limit.light-sleep.cure':
    'Rien à faire : la liaison directe réveille cet onglet dès que quelqu’un a besoin de ce que vous gardez. D’ici là, le navigateur peut le ralentir.',
  'check.limit.on-battery': 'L’ordinateur est sur batterie',
  'check.limit.on-battery.cure':
    'Branchez-le : les navigateurs économisent d’abord l’énergie des onglets que personne ne voit.',
  'check.limit.metered': 'La connexion est payante, ou l’économie de données est active',
  'check.limit.metered.cure':
    'Utilisez un autre réseau pour les grandes sauvegardes, ou faites attendre Keeptab, ci-dessous.',
  'check.limit.no-observer': 'Le navigateur ne dit pas quand des fichiers changent',
  'check.limit.no-observer.cure':
    'Rien à faire : les dossiers sont de nouveau parcourus aux heures prévues. Chromium 133 et suivants préviennent aussitôt.',
  'check.limit.no-wake-lock': 'L’écran ne peut pas rester allumé',
  'check.limit.no-wake-lock.cure':
    'Avant une longue restauration, réglez l’ordinateur pour qu’il ne se mette pas en veille quand il est branché.',
  'power.title': 'Quand le travail attend',
  'power.only-on-mains': 'Seulement sur secteur',
  'power.only-on-mains.what':
    'Sur batterie, la sauvegarde attend et rien de nouveau n’est gardé. Ce que vous gardez reste disponible.',
  'power.pause-when-metered': 'Attendre sur une connexion payante',
  'power.pause-when-metered.what':
    'Sur une connexion mobile, ou avec l’économie de données active, la sauvegarde attend et rien de nouveau n’est gardé.',
  'power.mains.yes': 'Branché en ce moment.',
  'power.mains.no': 'Sur batterie en ce moment.',
  'power.mains.unknown': 'Ce navigateur ne dit pas si l’ordinateur est branché : cette règle est sans effet ici.',
  'power.metered.yes': 'La connexion compte comme payante.',
  'power.metered.no': 'La connexion ne compte pas comme payante.',
  'power.metered.unknown': 'Ce navigateur ne dit pas quel type de connexion il a : cette règle est sans effet ici.',
  'power.metered.partly':
    'Sur ordinateur, les navigateurs disent seulement si l’économie de données est active, pas si une connexion est payante.',
  'power.held.battery':
    'Sur batterie : la sauvegarde attend, et rien de nouveau n’est gardé, jusqu’à ce que cet ordinateur soit branché.',
  'power.held.metered':
    'Connexion payante : la sauvegarde attend, et rien de nouveau n’est gardé, jusqu’à ce qu’il y en ait une autre.',
  'check.log': 'Ce qui s’est passé récemment',
  'check.log.none': 'Rien ne s’est encore passé.',
  'devices.title': 'Appareils de ce compte',
  'devices.loading': 'Consultation du coordinateur.',
  'devices.unknown': 'La liste ne peut pas être affichée pour l’instant. Rien n’a changé pour vos appareils.',
  'devices.unnamed': 'Un appareil sans nom',
  'devices.this': 'Cet appareil',
  'devices.online': 'Ouvert en ce moment',
  'devices.seen': 'Dernière visite : {when}',
  'devices.backed-up': 'sauvegarde : {when}',
  'devices.has-backup': 'a une sauvegarde',
  'devices.no-backup': 'peut restaurer ; n’a rien sauvegardé lui-même',
  'devices.rename': 'Renommer',
  'devices.name': 'Nom de cet appareil',
  'devices.name.save': 'Enregistrer le nom',
  'devices.cancel': 'Annuler',
  'devices.visitors':
    '{count, plural, one {Un autre a seulement restauré avec les mots.} other {# autres ont seulement restauré avec les mots.}}',
  'devices.removed': '{count, plural, one {# appareil retiré} other {# appareils retirés}}',
  'devices.add': 'Ajouter un appareil',
  'devices.add.words': 'Ou tapez les 24 mots dans Restaurer sur l’autre appareil.',
  'devices.add.words-only':
    'Pour ajouter un appareil, tapez-y les 24 mots dans Restaurer. Celui-ci ne peut pas en ajouter lui-même.',
  'devices.add.words-first': 'Notez d’abord les 24 mots ; vous pourrez ensuite ajouter des appareils.',
  'devices.link': 'Ouvrez ceci sur l’autre appareil',
  'devices.link.what':
    'Scannez-le avec un appareil photo, ou ouvrez le lien dans son navigateur. Il fonctionne une seule fois, pendant dix minutes.',
  'devices.link.qr': 'Code QR du lien qui ajoute un appareil',
  'devices.link.text': 'Le lien',
  'devices.link.copy': 'Copier le lien',
  'devices.link.copied': 'Copié',
  'devices.compare': 'L’autre appareil affiche-t-il ces chiffres ?',
  'devices.compare.what':
    'Si oui, il reçoit les clés pour lire et écrire vos sauvegardes. S’il en affiche d’autres, ou aucun, quelqu’un d’autre a ouvert le lien.',
  'devices.compare.same': 'Oui, l’ajouter',
  'devices.compare.differ': 'Non, arrêter',
  'devices.added': 'L’appareil a été ajouté.',
  'devices.remove': 'Retirer',
  'devices.remove.one': 'Retirer {name}',
  'devices.remove.title': 'Retirer {name} de votre compte ?',
  'devices.remove.at-once': 'Il est exclu aussitôt et ne pourra lire aucune sauvegarde faite désormais.',
  'devices.remove.old-stay': 'Ce qu’il a sauvegardé reste, et vous pouvez le restaurer.',
  'devices.remove.has-keys': 'Ce qu’il pouvait lire jusqu’ici, il a pu le copier ; personne ne peut le reprendre.',
  'devices.remove.sends-all':
    'Vos autres appareils reçoivent de nouvelles clés. La prochaine sauvegarde de chacun renvoie tout une fois, même ce qui n’a pas changé.',
  'devices.remove.alongside':
    '{name} est retiré aussi, car l’appareil retiré l’avait ajouté. Vous pouvez l’ajouter de nouveau.',
  'devices.words': 'Vos 24 mots',
  'devices.remove.now': 'Le retirer',
  'devices.give-up': 'Supprimer ses sauvegardes',
  'devices.give-up.one': 'Supprimer les sauvegardes de {name}',
  'devices.give-up.title': 'Supprimer les sauvegardes de {name} ?',
  'devices.give-up.count':
    '{count, plural, one {Sa sauvegarde sera supprimée dans 30 jours. Ensuite, personne ne pourra la récupérer.} many {Ses # de sauvegardes seront supprimées dans 30 jours. Ensuite, personne ne pourra les récupérer.} other {Ses # sauvegardes seront supprimées dans 30 jours. Ensuite, personne ne pourra les récupérer.}}',
  'devices.give-up.all':
    'Toutes ses sauvegardes seront supprimées dans 30 jours. Ensuite, personne ne pourra les récupérer.',
  'devices.give-up.until-then':
    'D’ici là, vous les trouvez dans Restaurer, avec « {look} », et pouvez les garder malgré tout.',
  'devices.give-up.others-stay': 'Les sauvegardes de vos autres appareils restent entières.',
  'devices.give-up.now': 'Les supprimer',
  'devices.backups-go': 'Ses sauvegardes sont supprimées après le {day}.',
  'devices.forget': 'Oublier ce compte ici',
  'devices.forget.what':
    'Les fichiers de cet appareil restent tels quels. Vous pourrez ensuite recommencer ici, ou ajouter cet appareil avec un lien ou les 24 mots.',
  'devices.forget.title': 'Oublier ce compte sur cet appareil ?',
  'devices.forget.words':
    'Pour y revenir, il vous faut les 24 mots. Avec eux, rien n’est perdu : toutes les sauvegardes restent, aussi celles de cet appareil.',
  'devices.forget.folders':
    'Ce navigateur ne connaît plus vos dossiers et ne les sauvegarde plus. Les fichiers restent tels quels.',
  'devices.forget.keeps':
    'Ce que ce navigateur garde pour d’autres leur manque et est refait ailleurs. Si vous avez le temps, rendez-le d’abord dans « Garder ».',
  'devices.forget.now': 'L’oublier',
  'devices.forget.borrowed':
    'Ce navigateur connaît maintenant votre compte. Sur un appareil qui n’est pas le vôtre, faites-le oublier avant de partir : la personne suivante pourrait ouvrir vos sauvegardes.',
  'join.ask': 'Le lien vient-il de votre propre appareil ?',
  'join.ask.what':
    'Continuez seulement si vous venez de le créer vous-même. La personne qui a créé le lien pourra lire tout ce qui sera sauvegardé ici.',
  'join.ask.yes': 'Oui, c’est le mien',
  'join.meeting': 'Rattachement à un compte',
  'join.meeting.what': 'Recherche de l’appareil qui affiche le lien.',
  'join.compare': 'Comparez ces chiffres',
  'join.compare.what': 'Si l’autre appareil affiche les mêmes, confirmez là-bas. Celui-ci a alors votre compte.',
  'join.joined': 'Cet appareil fait maintenant partie de votre compte',
  'join.joined.what': 'Il peut sauvegarder, et restaurer ce que tous vos appareils ont sauvegardé.',
  'join.taken': 'Ce navigateur a déjà un compte',
  'join.taken.what': 'Ouvrez le lien dans un navigateur qui n’en a pas. Rien n’a été modifié.',
  'join.failed': 'L’appareil n’a pas été ajouté',
  'join.go-on': 'Continuer',
  'join.leave': 'Retour',
  'trouble.details': 'Détails',
  'trouble.too-few-shards.help':
    'Ce qui aiderait : que des gardiens hors ligne rouvrent leur onglet, ou que vous essayiez depuis un autre réseau. Essayer n’efface rien ; réessayez demain.',
  'detail.too-few-shards': 'Fragments lisibles : {reachable, number} sur {needed, number} nécessaires.',
  'detail.words-not-confirmed': 'Inexact : mot {positions}.',
  'detail.not-enough-keepers': 'Gardiens disponibles : {eligible, number} sur {needed, number} nécessaires.',
  'phrase.stranger': 'Le mot {position, number}, « {word} », n’est pas dans la liste.',
  'phrase.stranger.near': 'Le mot {position, number}, « {word} », n’est pas dans la liste. Vouliez-vous dire {near} ?',
  'phrase.quoted': '« {word} »',
  'detail.phrase-word-count':
    '{count, plural, one {Il y en a # ici.} many {Il y en a # ici.} other {Il y en a # ici.}}',
  'detail.phrase-checksum': '{swapped, select, true {Deux mots voisins sont peut-être inversés.} other {}}',
  'detail.source-unreadable': 'La raison : {reason}.',
  'detail.target-refused': '{path} : {reason}.',
  'detail.limit-exceeded':
    '{what, select, folders {On peut choisir {most, number} dossiers au plus.} entries {Un dossier peut contenir {most, number} fichiers et dossiers au plus.} devices {Un compte peut avoir {most, number} appareils au plus.} name {Le nom est trop long.} other {}}',
  'detail.head-forked':
    'Les clés de cet appareil servent à deux endroits : il ne peut plus sauvegarder. Faites-en un nouvel appareil : ouvrez Keeptab dans un autre navigateur, ou effacez dans celui-ci ce qu’il a stocké pour cette adresse, et tapez les 24 mots dans Restaurer. Ce que les gardiens ont déjà n’est pas renvoyé.',
  'detail.malformed':
    '{from, select, coordinator {Le coordinateur a donné une réponse incompréhensible.} stranger {Autre chose qu’un coordinateur répond à son adresse. C’est souvent la page de connexion d’un hôtel ou d’un réseau d’entreprise.} other {}}',
  'detail.signature-invalid':
    '{from, select, stranger {À cette adresse répond un autre coordinateur qu’avant. Prévenez la personne qui le gère.} other {}}',
  'detail.coordinator-unreachable':
    '{seen, select, false {Ceci n’a pas été consulté avant et ne peut donc pas être montré maintenant.} other {}}',
  'detail.nothing-to-restore': '{backedUp, select, false {Cet appareil n’a encore rien sauvegardé.} other {}}',
  'detail.internal': '{help, select, reload {Rechargez la page.} other {}}',
  'reason.NotAllowedError': 'ce n’est pas permis',
  'reason.SecurityError': 'le navigateur ne le permet pas',
  'reason.NotFoundError': 'il n’est plus là',
  'reason.NotReadableError': 'il a changé entre-temps, ou le système refuse de le lire',
  'reason.InvalidStateError': 'il a changé entre-temps',
  'reason.QuotaExceededError': 'le disque est plein',
  'reason.TypeMismatchError': 'autre chose porte déjà ce nom',
  'reason.NoModificationAllowedError': 'un autre programme l’utilise',
  'reason.TypeError': 'le navigateur refuse son nom',
  'reason.folder-refused': 'son dossier n’a pas pu être créé',
  'reason.different': 'autre chose porte déjà ce nom et a été laissé tel quel',
  'reason.no-links': 'un navigateur ne peut pas créer de liens symboliques ; le ZIP les contient',
  'reason.broken-off': 'le téléchargement a été interrompu',
  'reason.paused': 'il était en pause',
  'reason.rules-too-long': 'ses règles sont trop longues pour être suivies',
  'reason.same-name': 'un autre fichier du même nom a été choisi, et c’est celui-là qui est sauvegardé',
  'reason.other': 'le navigateur dit « {reason} »',
  'error.phrase-word-count': 'La phrase doit compter 24 mots.',
  'error.phrase-unknown-word': 'L’un des mots n’est pas dans la liste de mots.',
  'error.phrase-checksum':
    'Tous les mots sont connus, mais ensemble ils ne forment pas une phrase valide. Vérifiez l’orthographe et l’ordre.',
  'error.words-not-confirmed':
    'Les mots ne correspondent pas. Regardez de nouveau le papier et tapez les mots demandés.',
  'error.words-gone':
    'Les mots ont été confirmés sur cet appareil et n’y sont plus stockés. Utilisez la fiche imprimée.',
  'error.already-initialised': 'Il y a déjà un compte ici. Rien n’a été modifié.',
  'error.not-initialised':
    'Il n’y a pas encore de compte ici. Sauvegardez quelque chose, ou tapez les 24 mots dans Restaurer.',
  'error.phrase-other-account': 'Ce sont les mots d’un autre compte. Rien n’a été modifié.',
  'error.device-revoked':
    'Cet appareil a été retiré de son compte avec les 24 mots. Ce qu’il a sauvegardé reste restaurable sur les autres appareils ; pour l’utiliser encore, ajoutez-le de nouveau.',
  'error.epoch-behind':
    'Un appareil a été retiré de ce compte, et celui-ci n’a pas reçu les nouvelles clés. Rien n’est perdu : utilisez ici les 24 mots, ou ajoutez cet appareil de nouveau.',
  'error.revocation-forked':
    'Le coordinateur présente une autre liste d’appareils retirés qu’avant. Elle a été refusée ; vos sauvegardes sont comme avant.',
  'error.pairing-failed':
    'Les deux appareils ne se sont pas trouvés. Rien n’a été transmis : fermez ceci et créez un nouveau code.',
  'error.certificate-invalid':
    'Un certificat d’appareil n’est pas signé par le compte qu’il nomme. L’autre côté a été refusé.',
  'error.signature-invalid': 'Une signature n’est pas valide. Ce qui la portait a été refusé et rien n’a été modifié.',
  'error.malformed':
    'Quelque chose est arrivé sous une forme que cette version n’accepte pas. Cela a été refusé et rien n’a été modifié.',
  'error.unsupported-version':
    'Ceci a été écrit par une version plus récente de Keeptab. Mettez à jour, puis réessayez.',
  'error.decrypt-failed':
    'Des données stockées ne s’ouvrent pas avec ces clés. Elles sont abîmées ou viennent d’un autre compte.',
  'error.decompress-failed':
    'Des données stockées n’ont pas, une fois décompressées, la taille signée pour elles. Elles ont été refusées.',
  'error.limit-exceeded':
    'Quelque chose dépasse la taille que Keeptab accepte. Cela a été refusé et rien n’a été modifié.',
  'error.erasure-parameters': 'Les nombres du code d’effacement sont hors limites.',
  'error.erasure-shards': 'Les fragments remis au code d’effacement ne vont pas ensemble.',
  'error.too-few-shards':
    'Trop peu de fragments sont joignables pour reconstruire les données. Relancez la restauration quand plus de gardiens seront en ligne.',
  'error.store-full': 'Plus de place. Rien de ce qui est gardé n’a été touché.',
  'error.shard-unknown': 'Ce gardien n’a pas le fragment demandé.',
  'error.shard-corrupt': 'Quelque chose ne correspond pas à ce que son appareil a signé. Cela n’a pas été utilisé.',
  'error.store-failed': 'Le disque ou le stockage du navigateur a refusé d’écrire. Rien d’écrit à moitié n’est gardé.',
  'error.storage-gone':
    'Le navigateur a supprimé tout ce que Keeptab avait enregistré ici. Laissez cette page ouverte une minute, pour que le réseau l’apprenne, puis rechargez-la : vos sauvegardes reviennent avec les 24 mots.',
  'error.peer-unreachable': 'Un autre appareil est injoignable.',
  'error.peer-refused': 'Un autre appareil a refusé la demande.',
  'error.peer-impostor':
    'L’autre côté d’une connexion n’est pas l’appareil qu’il prétend être. Elle a été fermée avant tout transfert de données.',
  'error.connection-lost': 'Une connexion à un autre appareil a été perdue.',
  'error.timeout': 'Aucune réponse n’est arrivée à temps.',
  'error.coordinator-unreachable':
    'Le coordinateur est injoignable. Rien n’est perdu : vérifiez l’adresse et le réseau, puis réessayez.',
  'error.not-signed-in': 'Le coordinateur ne connaît pas cette session. Se reconnecter aide.',
  'error.forbidden': 'Le coordinateur a refusé : ceci appartient à un autre compte.',
  'error.not-found': 'Le coordinateur n’a rien de tel.',
  'error.conflict': 'Le coordinateur a autre chose entre-temps. Rechargez la page, puis réessayez.',
  'error.too-many-requests': 'Trop de demandes en peu de temps. Attendez un peu, puis réessayez.',
  'error.not-enough-keepers':
    'Il n’y a pas assez de gardiens à des endroits différents. Rien n’est encore protégé ; réessayez quand il y en aura plus en ligne.',
  'error.head-rolled-back':
    'Le coordinateur présente une sauvegarde plus ancienne qu’une autre déjà vue. La plus ancienne a été refusée.',
  'error.head-forked':
    'Deux sauvegardes différentes revendiquent la même place dans l’historique d’un appareil. Les deux sont listées ; aucune n’a été prise pour l’autre.',
  'error.backup-first':
    'Un appareil a été retiré du compte depuis la dernière sauvegarde ici. Rien n’a été changé : sauvegardez une fois, puis réessayez.',
  'error.nothing-to-restore': 'Il n’y a pas de sauvegarde pour ces mots chez ce coordinateur.',
  'error.snapshot-unknown': 'Cette sauvegarde n’existe plus.',
  'error.snapshot-stays':
    'Cette sauvegarde reste : c’est la plus récente de son appareil, ou elle est protégée. Rien n’a été changé.',
  'error.path-unknown': 'Ce chemin n’existe pas dans cette sauvegarde.',
  'error.source-unreadable': 'Le dossier est illisible.',
  'error.target-refused': 'Un fichier n’a pas pu être écrit à l’endroit choisi.',
  'error.target-differs': 'Il y a déjà autre chose là où iraient les fichiers. Rien n’a été écrit.',
  'error.streams-unavailable':
    'Cet onglet ne peut pas montrer de fichiers avant leur restauration. Rechargez la page et réessayez ; la restauration fonctionne sans cela.',
  'error.download-lost':
    'Le navigateur a perdu le téléchargement en chemin : le fichier n’est pas entier. Supprimez-le et recommencez ; restaurer dans un dossier, là où le navigateur le peut, passe par un autre chemin.',
  'error.incomplete': 'Certains fichiers n’ont pas pu être récupérés. Tous les autres l’ont été.',
  'error.aborted': 'Arrêté sur demande. Ce qui était fini est gardé, et la suite reprend de là la prochaine fois.',
  'error.config-invalid': 'Un réglage a une valeur non autorisée.',
  'error.in-use': 'Un autre Keeptab travaille déjà ici. Réessayez quand il aura fini.',
  'error.usage': 'La commande n’a pas été comprise.',
  'error.internal': 'Keeptab a fait une erreur. Rien n’a été dit à l’abri sans l’être. Merci de signaler cette erreur.',
  'operator.title': 'Keeptab : le coordinateur',
  'operator.sentence.ask': 'Cette page est pour qui exploite le coordinateur',
  'operator.sentence.lost':
    '{packs, plural, one {# paquet ne peut pas être récupéré avant le retour de gardiens} many {# de paquets ne peuvent pas être récupérés avant le retour de gardiens} other {# paquets ne peuvent pas être récupérés avant le retour de gardiens}}',
  'operator.sentence.alarm':
    '{packs, plural, one {# paquet est près d’être perdu} many {# de paquets sont près d’être perdus} other {# paquets sont près d’être perdus}}',
  'operator.sentence.waiting':
    '{packs, plural, one {# paquet est en réparation ou l’attend} many {# de paquets sont en réparation ou l’attendent} other {# paquets sont en réparation ou l’attendent}}',
  'operator.sentence.well': 'Rien n’attend de réparation',
  'operator.token': 'Jeton des réglages du coordinateur',
  'operator.show': 'Afficher',
  'operator.refused.wrong': 'Ce n’est pas le jeton des réglages.',
  'operator.refused.none':
    'Aucun jeton n’est défini : mettez OPERATOR_TOKEN dans les réglages du coordinateur et redémarrez-le.',
  'operator.at':
    'État : {when} ; {count, plural, one {# appareil présent} many {# d’appareils présents} other {# appareils présents}}.',
  'operator.repairs': 'File des réparations',
  'operator.repairs.waiting': 'en attente',
  'operator.repairs.urgent': 'dont urgents',
  'operator.repairs.alarm': 'dont en alerte',
  'operator.repairs.underWay': 'en cours',
  'operator.repairs.lost': 'perdus pour l’instant',
  'operator.risks': 'Paquets par réserve',
  'operator.risks.what': 'Combien de fragments chaque paquet peut perdre avant d’être perdu, au dernier examen.',
  'operator.risks.none': 'Aucun paquet n’a encore été examiné.',
  'operator.risks.code': 'Code',
  'operator.risks.spare': 'Réserve',
  'operator.risks.packs': 'Paquets',
  'operator.audits': 'Contrôles par jour',
  'operator.audits.what':
    'En retard : sans réponse à temps, la même feuille est redemandée. Muet : huit fois sans réponse. Une fois par semaine un autre appareil lit un fragment entier. Retenu : il est passé, et rien d’entier n’est revenu.',
  'operator.audits.none': 'Aucun gardien n’a encore été interrogé.',
  'operator.audits.day': 'Jour',
  'operator.audits.proven': 'Juste',
  'operator.audits.wrong': 'Faux',
  'operator.audits.missing': 'Manque',
  'operator.audits.late': 'En retard',
  'operator.audits.silent': 'Muet',
  'operator.capture':
    'Voici ce qu’il faut au moins à une seule main pour tenir en un an {places, number} des {of, number} places d’un groupe et pouvoir priver son propriétaire de ses données : {accounts, number} comptes dans {blocks, number} blocs d’adresses, et {kept} gardés.',
  'operator.audits.served': 'Lu en entier',
  'operator.audits.withheld': 'Retenu',
  'operator.audits.unreached': 'Non joint',
  'operator.traffic': 'Déplacé par les réparations',
  'operator.traffic.rate': '{rate} octets par octet gardé et par mois',
  'operator.traffic.what':
    '{moved} pour {shards, plural, one {# fragment} many {# de fragments} other {# fragments}} en {days, plural, one {# jour} many {# de jours} other {# jours}} ; {stored} sont gardés.',
  'operator.keepers': 'Gardiens par réputation',
  'operator.keepers.new': 'nouveaux',
  'operator.keepers.vetted': 'éprouvés',
  'operator.keepers.warned': 'avertis',
  'operator.keepers.suspended': 'suspendus',
  'operator.keepers.out': 'écartés',
  'operator.keepers.counting':
    '{count, plural, one {# gardien garde quelque chose et compte.} many {# de gardiens gardent quelque chose et comptent.} other {# gardiens gardent quelque chose et comptent.}}',
}
