"""What a plain text search of a project looks through, and the words that a reader's question is taken apart into."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from creditstore.core.countries import country_name

#: No question needs more; what is longer is cut here, so that any input stays cheap.
MAX_QUESTION = 200
MAX_WORDS = 12

#: How people call what comes from a country, where that is not part of its name.
_DEMONYMS = {
    "AE": "emirati", "AL": "albanian", "AM": "armenian", "AR": "argentinian argentine", "AZ": "azerbaijani",
    "BD": "bangladeshi", "BO": "bolivian", "BR": "brazilian", "BT": "bhutanese", "CI": "ivorian", "CL": "chilean",
    "CM": "cameroonian", "CN": "chinese", "CO": "colombian", "CR": "costarican", "CU": "cuban", "CY": "cypriot",
    "DO": "dominican", "EC": "ecuadorian", "EG": "egyptian", "ET": "ethiopian", "FJ": "fijian", "GE": "georgian",
    "GH": "ghanaian", "GT": "guatemalan", "HN": "honduran", "ID": "indonesian", "IL": "israeli", "IN": "indian",
    "IR": "iranian", "JM": "jamaican", "JO": "jordanian", "KE": "kenyan", "KH": "cambodian khmer", "KR": "korean",
    "LA": "laotian", "LB": "lebanese", "LK": "lankan", "MA": "moroccan", "MD": "moldovan", "MG": "malagasy",
    "ML": "malian", "MN": "mongolian", "MU": "mauritian", "MW": "malawian", "MX": "mexican", "MY": "malaysian",
    "MZ": "mozambican", "NA": "namibian", "NG": "nigerian", "NI": "nicaraguan", "NP": "nepalese nepali",
    "PA": "panamanian", "PE": "peruvian", "PH": "philippine filipino", "PK": "pakistani", "PY": "paraguayan",
    "RS": "serbian", "RW": "rwandan", "SA": "saudi", "SD": "sudanese", "SG": "singaporean", "SN": "senegalese",
    "SV": "salvadoran", "TG": "togolese", "TH": "thai", "TN": "tunisian", "TZ": "tanzanian",
    "UG": "ugandan", "UY": "uruguayan",
    "UZ": "uzbek", "VN": "vietnamese", "ZA": "african", "ZM": "zambian", "ZW": "zimbabwean",
}  # fmt: skip
#: Abbreviations in the source's project types that nobody would type.
_SPELLED_OUT = {
    "EE": "energy efficiency",
    "N2O": "nitrous oxide",
    "HFCs": "hydrofluorocarbons",
    "Hydro": "hydropower water power",
    "Solar": "photovoltaic",
    "Wind": "windpower",
    "households": "cookstoves stoves lighting",
}
#: Cut off around words: quotation marks of any kind, brackets, and what other searches give a meaning to.
_EDGES = ",;:!?()[]{}<>\"'`/\\|*%_\u00ab\u00bb\u2018\u2019\u201c\u201d\u201e"


def build(
    *,
    ref: str,
    title: str,
    methodologies: Sequence[str],
    country_codes: Sequence[str],
    other_words: Iterable[str],
    project_type: str,
    project_subtype: str,
) -> str:
    """The text, in lower case: words with and without their accents, methodologies with and without their points."""
    words = [ref, title]
    for number in methodologies:
        words += [number, re.sub(r"[^A-Za-z0-9]", "", number)]
    for code in country_codes:
        words += [country_name(code), _DEMONYMS.get(code, "")]
    words += [project_type, project_subtype]
    words += [spelled for short, spelled in _SPELLED_OUT.items() if short in project_type.split()]
    words += other_words
    text = " ".join(" ".join(words).split()).lower()
    plain = _without_accents(text)
    extra = sorted({word for word in plain.split() if word not in set(text.split())})
    return " ".join([text, *extra])


def words_of(question: str) -> list[str]:
    """The words of a reader's question in lower case, at most twelve, none twice; empty for anything without words."""
    visible = "".join(char if char.isprintable() else " " for char in question[:MAX_QUESTION])
    words = [word.strip(_EDGES) for word in unicodedata.normalize("NFC", visible).lower().split()]
    return list(dict.fromkeys(word for word in words if word))[:MAX_WORDS]


def _without_accents(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
