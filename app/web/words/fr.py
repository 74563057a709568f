"""French, with its own spaces: narrow and unbreakable before double punctuation."""

WORDS: dict[str, str | dict[str, str]] = {
    "name": "Français",
    "skip": "Aller au contenu",
    "home": "Obole, page d’accueil",
    "nav": "Principale",
    "nav_graphiql": "GraphQL",
    "nav_readme": "Lisez-moi",
    "other_language": "English",
    "description": "Un porte-monnaie, un bouton, et un mois partagé à parts égales entre tout ce "
    "qu’il a cliqué.",
    "headline": "Une obole pour ce qui vous a plu.",
    "lede_1": "Mettez la somme de votre choix dans un porte-monnaie, et cliquez sur le bouton de "
    "ce qui vous a plu : un article, une vidéo, un épisode, un dépôt de code.",
    "lede_2": "À la fin du mois, ce que donne votre porte-monnaie est partagé à parts égales "
    "entre tout ce qu’il a cliqué, et les auteurs sont payés.",
    "lede_3": "Dix pour cent sont gardés en commission ; ce qui ne se divise pas vous reste, "
    "au millionième près.",
    "open_month": "Le mois en cours",
    "closes_in": "{month} se termine dans {span}",
    "closing": "{month} se termine",
    "closes_at": "le {date}, UTC",
    "clicks_so_far": {
        "one": "{n} clic jusqu’ici",
        "many": "{n} de clics jusqu’ici",
        "other": "{n} clics jusqu’ici",
    },
    "pot_title": "Comment un mois se partage",
    "pot_before": "{pot} dans un porte-monnaie, dix clics. Tant que le mois est ouvert, chaque "
    "part est une prévision, donc hachurée : un onzième clic les ramènerait toutes à {eleventh}.",
    "pot_one": "Un clic, une fois le mois clos. L’argent réglé est plein.",
    "pot_alt": "Une barre de {pot}, divisée en {clicks} parts égales de {worth}.",
    "to_creator": "pour l’auteur",
    "to_house": "commission",
    "pot_exact": "Trois clics au lieu de dix ? {third} chacun, et {rest} reste dans le "
    "porte-monnaie. Aucune loterie pour le dernier millionième.",
    "most_clicked": "Les plus cliqués en {month}",
    "most_clicked_ever": "Les plus cliqués jusqu’ici",
    "most_clicked_note": "Un porte-monnaie, un clic, un mois : chaque nombre compte des "
    "porte-monnaie.",
    "ever_note": "Personne n’a encore cliqué en {month} ; voici tous les mois ensemble.",
    "by": "par {names}",
    "on": "sur {platform}",
    "unclaimed": "pas encore réclamé",
    "this_month": {
        "one": "clic ce mois-ci",
        "many": "clics ce mois-ci",
        "other": "clics ce mois-ci",
    },
    "in_all": {"one": "{n} en tout", "many": "{n} en tout", "other": "{n} en tout"},
    "supporters": {"one": "{n} soutien", "many": "{n} de soutiens", "other": "{n} soutiens"},
    "clicks_in_all": {"one": "clic en tout", "many": "clics en tout", "other": "clics en tout"},
    "supporters_in_all": {"one": "soutien", "many": "soutiens", "other": "soutiens"},
    "about": "De quoi il s’agit",
    "how_title": "Le cliquer",
    "how": "Un clic lui donne une part égale de ce que donne votre porte-monnaie ce mois-ci. "
    "Connectez-vous par GraphiQL, puis envoyez ceci :",
    "not_eligible": "Il ne prend pas de clics en ce moment. Revenez plus tard ; rien de ce que "
    "vous avez donné n’est perdu.",
    "no_clicks_title": "Rien n’a encore été cliqué",
    "no_clicks": "Les contenus sont là, les oboles pas encore. Connectez-vous par GraphQL, "
    "garnissez un porte-monnaie, et le premier clic s’affichera sur cette page.",
    "empty_title": "Cette Obole est vide",
    "empty": "Rien n’est encore inscrit ici. Chargez un monde vraisemblable, quatre plateformes, "
    "quarante auteurs et trois mois réglés, dans la base vide :",
    "empty_or": "Ou inscrivez votre premier contenu par GraphQL avec registerContent.",
    "totals": "Ce qu’il y a ici",
    "contents": {"one": "contenu", "many": "contenus", "other": "contenus"},
    "creators": {"one": "auteur", "many": "auteurs", "other": "auteurs"},
    "platforms": {"one": "plateforme", "many": "plateformes", "other": "plateformes"},
    "clicks_ever": {
        "one": "clic depuis le premier jour",
        "many": "clics depuis le premier jour",
        "other": "clics depuis le premier jour",
    },
    "next": "Et ensuite",
    "next_graphiql": "Ouvrir GraphiQL",
    "next_graphiql_text": "Tout passe ici par une seule API GraphQL. Des opérations prêtes "
    "attendent en onglets : se connecter, déposer, cliquer, clore le mois, lire qui a reçu quoi.",
    "next_readme": "Lire le README",
    "next_readme_text": "Comment la lancer, comment l’argent est compté, et ce que les tests "
    "prouvent (en anglais).",
    "next_query": "Demandez-lui vous-même",
    "next_query_text": "Les nombres publics se lisent sans connexion. Collez cette requête dans "
    "GraphiQL :",
    "next_curl": "Ou envoyez-la depuis un terminal :",
    "footer": "Cette page ne pose aucun cookie, n’exécute aucun script et ne demande rien à "
    "personne d’autre.",
    "licence": "Obole est un logiciel libre, sous licence MIT.",
    "as_of": "Nombres à {time} UTC.",
    "readme_title": "Lisez-moi",
    "readme_missing": "Cette installation a été livrée sans son README.",
    "not_found_title": "Rien à cette adresse",
    "not_found": "La page a peut-être déménagé, ou l’adresse a une lettre de trop. "
    "Repartez de la page d’accueil.",
    "error_title": "Une erreur de notre côté",
    "error": "Elle est notée, et aucun argent n’a bougé à cause d’elle. Réessayez dans un instant.",
    "refused_title": "Cela ne se fait pas ici",
    "refused": "Le serveur a compris, et refusé. Repartez de la page d’accueil.",
    "to_home": "Vers la page d’accueil",
    "graphiql_noscript": "GraphiQL a besoin de JavaScript. La même adresse accepte les requêtes "
    "par POST :",
    "badge": {
        "one": "Obole : {n} clic",
        "many": "Obole : {n} de clics",
        "other": "Obole : {n} clics",
    },
    "badge_gone": "Obole : aucun contenu à cette adresse",
    "wall_description": "Les compteurs de {name}, en direct.",
    "wall_total": "Clics en tout",
    "wall_period": "{n} ce mois-ci",
    "wall_gained": "{gain} en {minutes} min",
    "wall_nothing": "Rien n’est encore inscrit ici. Le premier contenu s’affichera de lui-même.",
    "wall_connecting": "Connexion",
    "wall_live": "En direct",
    "wall_lost": "Connexion perdue. Nombres à {time} ; nouvel essai en cours.",
    "wall_back": "De nouveau en direct",
}
