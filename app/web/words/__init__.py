"""What pages say, in English and French; the same keys in both, held by tests/web/test_words.py."""

from app.web.words.en import WORDS as ENGLISH
from app.web.words.fr import WORDS as FRENCH

CATALOGUE = {"en": ENGLISH, "fr": FRENCH}
