"""What a noun phrase that names a source says of it: its form, head, kind and name, and who stands behind it."""

from __future__ import annotations

from functools import lru_cache

import regex

from annotate.calendar import MONTHS, SHORT

_SUBJECT = regex.compile(
    r"^(?:\W|(?:But|However|And|Meanwhile|Earlier|Later|On\s+\p{Lu}\w+day|In\s+\p{Lu}\w+),?\s+)*(?:[Tt]he\s+|[Aa]n?\s+)?"
    r"(?P<name>\p{Lu}[\p{L}\p{M}\-'’.]*(?:\s+(?:of\s+|al-|for\s+)?\p{Lu}[\p{L}\p{M}\-'’.]*)+)"
)
_DATED = regex.compile(
    rf"(?:On|(?:Mon|Tue|Tues|Wed|Wednes|Thu|Thurs|Fri|Sat|Satur|Sun)(?:day)?|Sept|{SHORT}"
    rf"|{'|'.join(map(str.title, MONTHS))})\b"
)
LEAD_IN = regex.compile(r":\s*[\"”“']?\s*$")
FORMS = {
    "he": frozenset({"he", "she", "him", "her"}),
    "it": frozenset({"it"}),
    "they": frozenset({"they", "them", "some", "others", "the two", "this", "who", "both", "those", "many"}),
}
SELF = frozenset({"i", "we", "my", "our", "me", "us"})  # inside a quotation: whoever holds the floor
# Heads of descriptions, by what they can stand for.
DOCUMENTS = frozenset(
    "statement report message video footage letter document text post tweet article leaflet website".split()
)
BODIES = frozenset(
    "group organisation organization monitor agency ministry observatory body network service council "
    "committee coalition party movement army military militia government regime office commission command "
    "channel tv paper newspaper company union authority authorities administration embassy front brigade "
    "broadcaster court centre center institute charity outlet monitors".split()
)
PEOPLE = frozenset(
    "official spokesman spokeswoman spokesperson minister president general colonel commander diplomat "
    "man woman resident activist fighter doctor journalist reporter correspondent witness envoy "
    "ambassador governor secretary chief leader head director lawyer analyst researcher soldier officer "
    "father mother teacher nurse aide adviser investigator judge prosecutor lawmaker prime".split()
)
SOURCES = frozenset({"source", "sources"})
_GENERIC = PEOPLE | SOURCES | BODIES | DOCUMENTS | {"the", "a", "an", "one"}

_NAMED = regex.compile(
    r"(?P<name>\p{Lu}[\p{L}\p{M}\-'’.]*(?:\s+(?:of\s+|al-)?\p{Lu}[\p{L}\p{M}\-'’.]*)*)(?P<more>,\s\d+,)?"
)
_OWNED = regex.compile(r"['’]s?$")
_OPENING = regex.compile(
    r"^\W*(?:[Tt]he\s+)?(?P<name>\p{Lu}[\p{L}\p{M}\-'’]+)(?=,|\s+(?:\p{Ll}+ed|has|had|is|was|will)\b)"
)
_SAID = "(?:said|says|told|tells|added|adds|wrote|noted|warned|claimed|stated|stressed|explained|insisted|recalled)"
_PRONOUN_SAID = regex.compile(
    rf"\b(?P<before>he|she|it|they)\s+(?:also\s+|later\s+|then\s+)?{_SAID}\b"
    rf"|,[\"”’]?\s+{_SAID}\s+(?P<after>he|she|they)\b",
    regex.I,
)
_POSSESSIVE = regex.compile(r"^(?:his|her|its|their|our|my)\s")
_CLAUSE = regex.compile(r"\s(?:saying|who|that|which|where|while|after|claiming|accusing)\s")
_INDEFINITE = regex.compile(r"^(?:an?|one|another|some|several|many|two|three|other|both)\s")

WORD = regex.compile(r"\p{L}[\p{L}\p{M}'’\-]*")
_ARTICLE = regex.compile(r"^(?:the|this|that|these|those|his|her|its|their|our|my)\s+", regex.I)
_PERSON = regex.compile(
    r"(?:\p{Lu}[\p{L}\p{M}\-'’.]+|al|el|bin|abu|de|van|a[dlnrsz]h?-\p{Lu}[\p{L}\p{M}\-'’.]+)"
    r"(?:\s+(?:\p{Lu}[\p{L}\p{M}\-'’.]+|al|el|bin|abu|de|van|a[dlnrsz]h?-\p{Lu}[\p{L}\p{M}\-'’.]+))*"
)
# "French Foreign Minister Jean-Marc Ayrault": the last two words or more after a title.
_TITLED = regex.compile(
    rf"^.*\b(?i:{'|'.join(sorted(PEOPLE))})\s+(?P<person>\p{{Lu}}[\p{{L}}\p{{M}}\-'’.]+(?:\s+\p{{Lu}}[\p{{L}}\p{{M}}\-'’.]+)+)$"
)
_FROM = regex.compile(rf"^{_PERSON.pattern},?\s(?:from|of|with)\s(?P<body>(?:the\s)?\p{{Lu}}.*)$")
# "X posts a copy of a leaflet dropped by Y": Y's words, through X.
_POSTED = regex.compile(
    r"\b(?:posts?|posted|shares?|shared|tweets?|tweeted|publishe[sd]|circulated?|carrie[sd]|broadcasts?|aired)\b[^.]{0,40}?"
    r"\b(?P<inner>(?:leaflets?|letters?|statements?|messages?|orders?|recordings?|appeals?)\s+"
    r"(?:dropped|sent|issued|signed|written|made|released|scattered|from|of|by)\b[^,:;]+)",
    regex.I,
)
LEAFLET = regex.compile(
    r"\b(?:leaflets?|loudspeakers?|broadcasts?|tv|television|radio|media|newspapers?|channel)\b", regex.I
)
# "SANA quoted a military source as saying", "Tishreen, citing a security official"
_RELAY_BEFORE = regex.compile(
    r"(?P<via>[^,;:]*?)[,\s]*\b(?:quot(?:ed|es|ing)|cit(?:ed|es|ing))\s+(?P<inner>[^,;:]+?)"
    r"(?=\s+(?:as\s+)?(?:saying|telling)\b|[,;:.]|$)",
    regex.I,
)
_CITES = regex.compile(r"\b(?:quot|cit)(?:ed|es|ing)\b", regex.I)  # spares most sentences the slow search
# "a security source told Tishreen", "in a statement carried by state media"
_RELAY_AFTER = regex.compile(
    r"\b(?:(?:carried|published|reported|broadcast|aired|quoted|cited)\s+(?:by|on)|told)\s+"
    r"(?P<via>(?:the\s+)?(?:\p{Lu}[\p{L}\p{M}\-]*(?:\s+(?=\p{Lu}))?){1,5}"
    r"|(?:the\s+)?(?:state(?:-run)?|official|local|pro-\w+)\s+(?:news\s+agency|media|television|tv|radio)(?:\s+\p{Lu}+)?)"
)


def relayed(text: str, phrase: str) -> tuple[str, str | None]:
    """The innermost source of a sentence, and through whom its words come."""
    posted = _POSTED.search(text) if text.rstrip().endswith((":", '"', "”", "“", "'")) else None
    if posted and LEAD_IN.search(text):
        return posted["inner"].strip(), phrase
    before = _RELAY_BEFORE.search(text) if _CITES.search(text) else None
    if before and not before["inner"][:1].isdigit():
        via, inner = name_of(before["via"]), before["inner"].strip()
        if phrase in inner or inner in phrase:
            outer = via if via and phrase in inner else phrase.split(" quot")[0].split(" cit")[0].rstrip(", ")
            return inner, outer if outer and outer != inner else None
        if phrase in before["via"] or before["via"].strip().endswith(phrase):
            return inner, phrase
    after = _RELAY_AFTER.search(text)
    if after and after["via"].strip() not in phrase:
        return phrase, after["via"].strip()
    return phrase, None


def is_short_for(phrase: str, earlier: str) -> bool:
    """Whether a definite phrase repeats part of an earlier one that says more ("the Foreign Secretary")."""
    if not _ARTICLE.match(phrase):
        return False
    earlier = _CLAUSE.split(earlier)[0]
    short, long = ({w.lower() for w in WORD.findall(_ARTICLE.sub("", p))} for p in (phrase, earlier))
    names = {w for w in WORD.findall(earlier) if w[:1].isupper()}
    heads = {w.lower() for w in WORD.findall(_core(phrase))[-1:]} & (PEOPLE | BODIES)
    return bool(heads) and short < long and any(name.lower() not in short for name in names)


def subject(text: str) -> str | None:
    """The name that a sentence begins with, if it begins with one: who "he" or "it" after it may be."""
    match = _SUBJECT.match(text)
    name = match["name"].strip() if match else ""
    return name if name and not name.isupper() and not _DATED.match(name) else None


@lru_cache(maxsize=16384)
def form_of(phrase: str | None, known: str | None = None) -> str:
    """How a source is spoken of; ``known``: the registry's id, which makes "the Observatory" a name of its own."""
    if phrase is None:
        return "silent"
    words = phrase.lower().strip("“”\"' ")
    first = words.split(" ")[0]
    pronoun = next((form for form, said in FORMS.items() if words in said), "self" if first in SELF else None)
    if pronoun is not None:
        return pronoun
    if _POSSESSIVE.match(words):
        return "possessive"
    if _ARTICLE.match(phrase):
        return _definite(phrase, known)
    if _INDEFINITE.match(words):
        return "indefinite"
    return "name" if _named(phrase) or (phrase[:1].isupper() and " " in phrase) else "bare"


def _definite(phrase: str, known: str | None) -> str:
    """The form of a phrase with "the" or "this"."""
    words = WORD.findall(_core(phrase))
    lower = not words or words[-1][:1].islower()
    if not _named(phrase):
        if head_of(phrase) in DOCUMENTS:
            return "document"
        return "definite" if lower else "capital"  # "the observatory" is described, "the Observatory" half a name
    if lower and head_of(phrase) in PEOPLE | SOURCES:
        return "described"  # "the U.S. official": the name in it is no name of his
    return "known" if known else "described" if lower else "titled"


def _named(phrase: str) -> bool:
    """Whether a phrase has a name in it; "Norland-based" only says where from."""
    words = (word for word in WORD.findall(_core(phrase)) if word[:1].isupper() and not word.endswith("-based"))
    return any(word.lower() not in _GENERIC and _singular(word) not in _GENERIC for word in words)


def pronoun_said(text: str) -> str | None:
    """The pronoun that a sentence gives as its source ("he said", "said she"), for a source that was not tagged."""
    match = _PRONOUN_SAID.search(text)
    return str(match["before"] or match["after"]) if match else None


@lru_cache(maxsize=16384)
def head_of(phrase: str) -> str:
    """The head noun of a phrase, lower case and singular; "" where there is none."""
    words = WORD.findall(_core(phrase)) or WORD.findall(phrase)
    return _singular(str(words[-1])) if words else ""


@lru_cache(maxsize=16384)
def nouns(text: str) -> frozenset[str]:
    """All words of a text, lower case and singular."""
    return frozenset(_singular(str(word)) for word in WORD.findall(text))


@lru_cache(maxsize=16384)
def plural(phrase: str) -> bool:
    """Whether a phrase stands for several."""
    words = WORD.findall(_core(phrase))
    last = str(words[-1]).lower() if words else ""
    many = last in FORMS["they"] | {"we", "police", "people"} or (last.endswith("s") and not last.endswith("ss"))
    return (many and not str(words[-1])[:1].isupper()) or bool(regex.search(r"\band\b", _core(phrase)))


def spoken_of(text: str) -> str | None:
    """Whom a sentence of the writer's is about: the name that it begins with, else the first in it."""
    found = subject(text)
    if found is not None:
        return found
    if form_of(text.split(" ")[0]) in FORMS or _POSSESSIVE.match(text.lower()):
        return None  # he was spoken of before
    for match in _NAMED.finditer(text):
        name = str(match["name"])
        if (match.start() and not _DATED.match(name)) or match["more"]:
            return name
    opening = _OPENING.match(text)
    if opening and not _DATED.match(opening["name"]):
        return str(opening["name"])
    return next((str(word) for word in WORD.findall(text) if _singular(str(word)) in PEOPLE), None)


@lru_cache(maxsize=16384)
def _singular(word: str) -> str:
    word = _OWNED.sub("", word.lower())
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _core(phrase: str) -> str:
    """A noun phrase without its article and what follows its head."""
    return regex.split(r",|\s(?:of|in|on|for|to|from|who|which|that|with|at|whose)\s", _ARTICLE.sub("", phrase))[0]


@lru_cache(maxsize=16384)
def descriptors(phrase: str) -> frozenset[str]:
    """The names in a description, lower case: what an earlier one must share to be the same."""
    words = WORD.findall(phrase)
    return frozenset(
        w.lower() for w in words if w[:1].isupper() and w.lower() not in _GENERIC and not w.endswith("-based")
    )


def is_person(phrase: str) -> bool:
    """Whether a phrase surely names a person: by a title before the name or a description after it."""
    head, *rest = (part.strip() for part in phrase.split(","))
    words = {word.lower() for word in WORD.findall(" ".join(rest))}
    return bool(_TITLED.match(head)) or (bool(words & PEOPLE) and bool(_PERSON.fullmatch(head)))


def kind_of(phrase: str) -> str:
    """Whether a phrase names a person, a body, or could be either."""
    words = {word.lower() for word in WORD.findall(phrase.split(",")[0])}
    if words & PEOPLE:
        return "person"
    if (
        words & (BODIES | DOCUMENTS)
        or regex.match(r"^[Tt]he\s+\p{Lu}", phrase)
        or regex.fullmatch(r"\p{Lu}{2,}", phrase)
    ):
        return "body"
    if "," in phrase or regex.match(r"^(?:\p{Lu}[\p{L}\-'’]+\s+){1,3}\p{Lu}[\p{L}\-'’]+$", phrase):
        return "person"
    return "any"


def body_of(phrase: str) -> str | None:
    """The body that a person is said to come from: "Rima Haddad, from the Norland Centre"."""
    match = _FROM.match(phrase)
    return str(match["body"]) if match else None


def name_of(phrase: str) -> str:
    """A phrase as a name: no article or quotation marks, a name put in apposition rather than its description."""
    parts = [part.strip() for part in regex.sub(r"[“”\"]", "", phrase).split(",")]
    name = regex.sub(r"^(?:the|an?|one)\s+", "", parts[0], flags=regex.I)
    titled = _TITLED.match(name)
    if titled:
        return titled["person"]
    if name.islower() and len(parts) > 1 and _PERSON.fullmatch(parts[1]):
        return f"{name}: {parts[1]}"
    return name or phrase
