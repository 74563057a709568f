"""What the demo's contents are about: one sentence for each form of title, in its language.

`{x}` is the subject with its article, which must stand where it keeps its form: never after the
French « de » or « à », nor in a German case but the first. `{X}` begins with a capital.
"""

SENTENCES: dict[tuple[str, str], tuple[str, ...]] = {
    ("video", "en"): (
        "All I knew about {x} would have fitted on a stamp; here is what I learned, in order.",
        "Three years of {x}, eleven mistakes, and what each of them cost me.",
        "No voice, no music, no hurry: an hour of {x}, filmed in one go.",
        "The least you need to know about {x}, with the questions you sent me last month.",
        "I filmed a little of {x} every week; here is the year, cut to half an hour.",
    ),
    ("video", "fr"): (
        "Je ne connaissais pas {x} il y a six mois ; voici ce que j’aurais aimé qu’on me dise.",
        "Trois ans avec {x}, onze erreurs, et ce que chacune m’a coûté.",
        "Un plan fixe, un tableau noir et une question simple : comment ça marche, {x} ?",
        "Le minimum pour aborder {x}, avec vos questions du mois dernier.",
        "J’ai filmé {x} un peu chaque semaine ; voici l’année en une demi-heure.",
    ),
    ("video", "de"): (
        "Das Nötigste zum Anfangen, mit euren Fragen vom letzten Monat: {x}.",
        "{X}, drei Jahre, elf Fehler, und was mich jeder davon gekostet hat.",
        "{X} für alle, die noch nie davon gehört haben, Schritt für Schritt und ohne Schnitt.",
        "{X}, in Ruhe erklärt, mit allem, was bei mir zuerst schiefging.",
    ),
    ("video", "es"): (
        "Lo mínimo para empezar con {x}, con vuestras preguntas del mes pasado.",
        "Tres años con {x}, once errores y lo que me costó cada uno.",
        "Una pizarra, una cámara fija y una pregunta: ¿cómo funciona {x}?",
        "Grabé {x} un poco cada semana; este es el año en media hora.",
    ),
    ("news", "en"): (
        "The council decided on {x} by two votes; we read all forty pages of what was passed.",
        "We followed the money for {x} from the budget to the invoice, and one sum is missing.",
        "A year ago everybody had an opinion on {x}; we went back and asked the same people.",
        "Five residents on how they live with {x}, and what they would have answered.",
        "Twenty years of minutes, letters and petitions about {x}, on one line of time.",
        "Every figure that was quoted about {x} this month, checked against its source.",
    ),
    ("news", "fr"): (
        "Le conseil a tranché sur {x} à deux voix près ; voici les quarante pages, lues.",
        "Du budget à la facture, nous avons suivi l’argent : {x} coûte plus que prévu.",
        "Il y a un an, {x} divisait la ville ; nous avons reposé la question aux mêmes personnes.",
        "Cinq habitants racontent comment ils vivent {x}, et ce qu’ils auraient répondu.",
        "Vingt ans de procès-verbaux, de lettres et de pétitions sur {x}, en une seule frise.",
        "Tous les chiffres cités ce mois-ci sur {x}, vérifiés à la source.",
    ),
    ("podcast", "en"): (
        "Two of us, one guest and one subject, {x}, with all that is still not known.",
        "A researcher, a kettle and forty minutes on {x}; the reading list is in the chapters.",
        "Recorded before ninety people and one crying baby: {x}, with your questions at the end.",
    ),
    ("podcast", "fr"): (
        "Une chercheuse, une bouilloire et quarante minutes sur {x} ; les lectures en chapitres.",
        "À deux, avec une invitée et un seul sujet, {x} : ce qu’on sait, ce qu’on ignore encore.",
        "Enregistré devant quatre-vingt-dix personnes : {x}, puis vos questions.",
    ),
    ("podcast", "de"): (
        "Eine Forscherin, ein Wasserkocher und vierzig Minuten über ein einziges Thema: {x}.",
        "{X}, zu zweit besprochen: was man weiß, was man noch nicht weiß, und woher.",
    ),
    ("podcast", "es"): (
        "Una investigadora, una tetera y cuarenta minutos sobre un solo tema: {x}.",
        "Lo que se sabe sobre {x} y lo que todavía se ignora, contado entre dos.",
    ),
    ("code", "en"): (
        "A small, tested library for {x}, in use on two sites since last winter.",
        "{X} in under a thousand lines, with nothing to install beside it.",
        "{X} with one command and one page of documentation.",
        "The part of a larger program that others asked for, on its own: {x}.",
    ),
    ("code", "fr"): (
        "Une petite bibliothèque testée pour {x}, en service sur deux sites depuis l’hiver.",
        "{X} en moins de mille lignes, sans rien d’autre à installer.",
        "Ce que d’autres réclamaient d’un programme plus grand, à part : {x}.",
    ),
}
"""By kind and language, in the order of `demo_words.TITLES`."""

PARTNER = {
    "en": "Made in Lanterne’s partner programme.",
    "fr": "Réalisé dans le programme partenaire de Lanterne.",
    "de": "Entstanden im Partnerprogramm von Lanterne.",
    "es": "Hecho en el programa de socios de Lanterne.",
}
"""What the video site's own creators say below; nobody says it of a video not yet claimed."""
