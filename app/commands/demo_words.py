"""The words the demo's world is made of: names, places on the web, subjects and titles.

Everything is made up; hosts are under `.example`, which never resolves (RFC 2606).
"""

FIRST_NAMES = {
    "fr": "Maëlle Aurélien Solène Théo Inès Bastien Clémence Yanis Odile Rémi Salomé Lucien Nour "
    "Gaspard Élodie Malik Zoé Anatole Fatou Corentin",
    "en": "Ada Jonah Priya Callum Maeve Desmond Ruth Tariq Hazel Owen Bridget Kofi Imogen Silas "
    "Nadia Angus Joyce Felix Amara Wilf",
    "de": "Jule Henrik Mareike Ole Svenja Korbinian Frieda Emre Lotte Anselm",
    "es": "Lucía Mateo Candela Iker Rocío Abril Joaquín Maite",
}
LAST_NAMES = {
    "fr": "Kerneis Vasseur Marchand Delmas Benali Carpentier Roche Joubert Diallo Lemoine Perrin "
    "Cazenave Thibault Mercadier Aubry Lacroix",
    "en": "Hartley Okafor Brennan Whitlock Sandhu Pryce Calloway Mensah Thorne Lindqvist Draper "
    "Achebe Fairfax Munro Ellery Quigg",
    "de": "Brandt Yilmaz Hagedorn Krüger Seidel Vogt Lüders Achternbusch",
    "es": "Ibarra Montalbán Reyes Salcedo Urrutia Pardo Vidal",
}
LANGUAGES = ("fr", "en", "fr", "en", "de", "fr", "en", "es")
"""In turn for people: French and English mostly."""

PLATFORMS = (
    ("lanterne", "Lanterne", ("lanterne.example", "www.lanterne.example"), "video", 300),
    ("le-quai", "Le Quai", ("lequai.example",), "news", 200),
    ("murmure", "Murmure", ("murmure.example", "feeds.murmure.example"), "podcast", 250),
    ("forgeron", "Forgeron", ("forgeron.example",), "code", 0),
)
"""Slug, name, hosts, kind of content, and the platform's part in basis points of the gross."""

SUBJECTS: dict[str, dict[str, tuple[tuple[str, str], ...]]] = {
    "video": {
        "en": (
            ("sourdough", "food"), ("a wheel truing stand", "bicycles"),
            ("the valve radio", "electronics"), ("hand-cut dovetails", "woodwork"),
            ("tidal pools", "nature"), ("the night train to Narvik", "travel"),
            ("long-exposure stars", "astronomy"), ("the hurdy-gurdy", "music"),
            ("a cold frame", "garden"), ("bookbinding", "paper"),
        ),
        "fr": (
            ("le pain au levain", "cuisine"), ("la soudure à l’étain", "électronique"),
            ("le vélo cargo", "vélo"), ("la vielle à roue", "musique"),
            ("le train de nuit", "voyage"), ("la serre en verre", "jardin"),
            ("la reliure japonaise", "papier"), ("l’aquarelle de marine", "dessin"),
            ("la fermentation", "cuisine"), ("le ciel d’hiver", "astronomie"),
        ),
        "de": (
            ("der Sauerteig", "Küche"), ("die Schwalbenschwanzzinke", "Holz"),
            ("das Röhrenradio", "Technik"), ("der Nachtzug", "Reisen"),
            ("die Drehleier", "Musik"), ("das Hochbeet", "Garten"),
        ),
        "es": (
            ("el pan de masa madre", "cocina"), ("la bicicleta de carga", "bicicletas"),
            ("el cielo de invierno", "astronomía"), ("la guitarra de ciprés", "música"),
            ("el huerto vertical", "huerto"), ("la radio de válvulas", "electrónica"),
        ),
    },
    "news": {
        "en": (
            ("the night bus", "transport"), ("the swing bridge", "harbour"),
            ("rent control", "housing"), ("the last fish auction", "harbour"),
            ("the school canteen", "schools"), ("the flood wall", "climate"),
            ("the bilingual library", "culture"), ("the district heating plan", "energy"),
        ),
        "fr": (
            ("le bus de nuit", "transports"), ("le pont tournant", "port"),
            ("l’encadrement des loyers", "logement"), ("la criée", "port"),
            ("la cantine à un euro", "école"), ("la digue", "climat"),
            ("la médiathèque", "culture"), ("le chauffage urbain", "énergie"),
            ("le tram", "transports"), ("la zone humide", "climat"),
        ),
    },
    "podcast": {
        "en": (
            ("echoes", "science"), ("the sleep of octopuses", "biology"),
            ("lighthouse keepers", "history"), ("forgotten alphabets", "language"),
            ("why glass breaks", "science"), ("the first census", "history"),
            ("moss", "biology"), ("the sound of snow", "science"),
        ),
        "fr": (
            ("l’écho", "sciences"), ("le sommeil des poulpes", "biologie"),
            ("les gardiens de phare", "histoire"), ("les alphabets oubliés", "langues"),
            ("la mousse", "biologie"), ("le bruit de la neige", "sciences"),
            ("le premier recensement", "histoire"), ("la dette", "économie"),
        ),
        "de": (
            ("das Echo", "Wissenschaft"), ("der Schlaf der Kraken", "Biologie"),
            ("das Moos", "Biologie"), ("der Klang des Schnees", "Wissenschaft"),
            ("die erste Volkszählung", "Geschichte"), ("das Glas", "Wissenschaft"),
        ),
        "es": (
            ("el eco", "ciencia"), ("el sueño de los pulpos", "biología"),
            ("el musgo", "biología"), ("el sonido de la nieve", "ciencia"),
            ("el primer censo", "historia"), ("la deuda", "economía"),
        ),
    },
    "code": {
        "en": (
            ("a job queue on SQLite", "python"), ("GTFS feeds", "rust"),
            ("accessible date pickers", "typescript"), ("tide tables", "python"),
            ("static map tiles", "go"), ("parsing bank statements", "python"),
            ("CRDT text", "rust"), ("keyboard layouts", "c"),
            ("offline dictionaries", "go"), ("audio chapters", "typescript"),
        ),
        "fr": (
            ("une file de tâches sur SQLite", "python"), ("les horaires de marée", "python"),
            ("les flux GTFS", "rust"), ("les relevés bancaires", "python"),
            ("les claviers bépo", "c"), ("les dictionnaires hors ligne", "go"),
            ("le sous-titrage en direct", "typescript"), ("les cartes de randonnée", "go"),
        ),
    },
}  # fmt: skip
"""By kind of content and language: what it is about, and a tag."""

TITLES = {
    ("video", "en"): (
        "{X}, from scratch", "{X}: everything I got wrong", "A quiet hour with {x}",
        "{X} in ten minutes", "One year of {x}",
    ),
    ("video", "fr"): (
        "{X}, de zéro", "{X} : toutes mes erreurs", "Comprendre {x}",
        "{X} en dix minutes", "Un an avec {x}",
    ),
    ("video", "de"): (
        "{X} in zehn Minuten", "{X}: alle meine Fehler", "{X}, ganz von vorn", "So geht {x}",
    ),
    ("video", "es"): (
        "{X} en diez minutos", "{X}: todos mis errores", "Entender {x}", "Un año con {x}",
    ),
    ("news", "en"): (
        "{X}: what the vote changes", "Who pays for {x}?", "{X}, one year on",
        "“Nobody asked us”: {x} seen from the estate", "The long argument over {x}",
        "{X}: the numbers behind it",
    ),
    ("news", "fr"): (
        "{X} : ce que change le vote", "Qui paie pour {x} ?", "{X}, un an après",
        "« Personne ne nous a demandé » : {x}, côté quartier", "Le long débat sur {x}",
        "{X} : les chiffres",
    ),
    ("podcast", "en"): ("#{n} · {X}", "Episode {n}: {X}", "{X} (live in the library), #{n}"),
    ("podcast", "fr"): ("Épisode {n} – {X}", "n° {n} · {X}", "{X}, en public, n° {n}"),
    ("podcast", "de"): ("Folge {n} – {X}", "{n}: {X}"),
    ("podcast", "es"): ("Episodio {n}: {X}", "{X} (n.º {n})"),
    ("code", "en"): (
        "{repo}: {x}", "{repo}: {x}, without dependencies", "{repo}: {x}, for people in a hurry",
        "{repo}: {x}, as a library",
    ),
    ("code", "fr"): (
        "{repo} : {x}", "{repo} : {x}, sans dépendances", "{repo} : {x}, en bibliothèque",
    ),
}  # fmt: skip
"""By kind and language; `{x}` is the subject, `{X}` with a capital, `{n}` a number."""

REPOSITORIES = (
    "tidepool", "brindille", "lantern-fish", "petrichor", "ballast", "ricochet", "samovar",
    "hedgerow", "quincaille", "moraine", "palimpsest", "driftwood", "cassonade", "spindle",
    "galet", "thimble", "overcast", "farandole", "limpet", "kettle",
)  # fmt: skip

SHARES = ((5000, 5000), (6000, 4000), (7000, 3000), (3334, 3333, 3333), (8000, 1500, 500))
"""How co-created contents are shared, of 10 000."""

CURRENCIES = ("EUR",) * 16 + ("USD", "GBP", "CHF", "SEK")
