"""Numbers of people: what happened to how many of whom, with the bounds that the words allow."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import regex
from text_to_num import text2num

from annotate.assets import REGISTRY
from annotate.calendar import MONTH
from annotate.document import Count, Sentence, Span, Tags
from annotate.wording import alternatives

_TABLE = tomllib.loads((REGISTRY / "counts.toml").read_text(encoding="utf-8"))
_UNITS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_UNIT = "|".join(sorted(_UNITS.split(), key=len, reverse=True))
_TEN = "|".join(_TENS.split())
_SMALL = rf"(?:(?:{_TEN})(?:[-\s](?:one|two|three|four|five|six|seven|eight|nine))?|{_UNIT})"
_WORDS = rf"{_SMALL}(?:\s+hundred(?:\s+and\s+{_SMALL})?|\s+thousand|\s+million)?|(?:a|one)\s+hundred"
_DOZEN = r"(?:half\s+a\s+|an?\s+|(?:two|three|four|five|six|seven|eight)\s+)dozen"
_DIGITS = r"\d{1,3}(?:,\d{3})+|\d{1,7}(?:\.\d+)?(?:\s*(?:million|thousand))?"
_NUMBER = rf"(?:{_DIGITS}|{_DOZEN}|{_WORDS})"


def _any(words: Iterable[str]) -> str:
    """The alternatives of a list of the table, as a pattern to be put between the bounds of words."""
    return alternatives(words).replace("{number}", _NUMBER)


# Words for a number that give bounds instead: (low, high).
_LOOSE: dict[str, tuple[int, int | None]] = {
    words: (bounds[0], bounds[1] if len(bounds) > 1 else None) for words, bounds in _TABLE["loose"].items()
}
_BOUNDS = {name: _any(words) for name, words in _TABLE["bounds"].items()}
# "Half of the 300": what is told of is 150.
_PARTS = {"half": 2, "third": 3, "quarter": 4, "fifth": 5, "tenth": 10}
_SHARE = (
    rf"(?:half|(?:a|one|two|three|four)[-\s](?:{'|'.join(_PARTS)})s?|\d{{1,2}}(?:\.\d+)?\s?(?:%|percent|per\s+cent))"
)
_ABOUT_SHARE = 0.15  # how far "about" reaches on either side
_QUANTITY = regex.compile(
    rf"(?<![\w.,:/$€£\[-])(?<!\bno\s+)(?<!\b(?:ages?(?:\s+of)?|aged)\s+(?:between\s+)?(?:\d+\s*(?:-|–|to|and|or)\s*)?)"
    rf"(?<!\b(?:{MONTH})\.?\s+)(?<!\b(?:boys?|girls?|child|children|m[ae]n|wom[ae]n|infants?|youths?|teenagers?)\s+(?:of|aged)\s+)(?:(?P<bound>{'|'.join(_BOUNDS.values())})\s+)?(?:between\s+)?"
    rf"(?:(?P<loose>{_any(_LOOSE)})|(?:(?P<share>{_SHARE})\s+of\s+(?:the\s+|its\s+|their\s+|those\s+|some\s+)?)?"
    rf"(?P<number>{_NUMBER})(?:(?P<range>\s*(?:-|–|to|and|or)\s*)(?P<upper>{_NUMBER}))?"
    rf"(?P<more>\s+(?:or|and)\s+more\b)?)"
    rf"(?!\s*(?:%|(?:percent|per\s+cent|{_any(_TABLE['not_people']['units'])})\b)|[\w/:]|[.,]\d"
    r"|-(?:year|day|hour|week|month|mile|nation|point))",
    regex.I,
)
_PEOPLE = _any(_TABLE["people"]["words"])
_STOP = (
    r"in|on|at|by|of|and|or|were|was|have|had|has|are|is|been|killed|wounded|injured|dead|when|after|during|since|from"
    r"|to|with"
)
_WHO = regex.compile(
    rf"^\s+(?:of\s+(?:(?:its|their|his|her|our|the)\s+)?(?!{_NUMBER}\b))?(?:(?!(?:{_STOP})\b)[\p{{L}}’'.\-]+\s+){{0,3}}?(?P<who>{_PEOPLE})\b",
    regex.I,
)
# With nobody named after the number, what follows must at least be no other noun ("two bombings").
_NOBODY = regex.compile(
    rf"^(?:\s*[.,;:!?)\]”\"’]|\s*$|\s+(?:{_STOP}|deaths?|fatalities|casualties|injuries|others|martyrs|remain\w*|still|are|fled|missing|more|or|whom?|taken"
    r"|arrested|detained|released|freed|drowned|hurt|perished|died|by\s+name|as\s+well|(?:may|might|could)\s+have)\b)",
    regex.I,
)
# "killing 10", "kills 34": the number is the object
_ACTIVE = regex.compile(r"(?:ing|kills|wounds|injures|claims|lives)$", regex.I)
# A noun that a harm befalls is of people: "six cyclists were wounded".
_BEFALLEN = regex.compile(
    r"^\s+(?:[\p{L}’'-]+\s+){0,2}?(?P<who>\p{Ll}{3,}(?<!ss|us)s)\s+(?:(?:have|has|had|were|was|been|also|all)\s+){1,3}"
    r"(?:killed|wounded|injured|hurt|arrested|detained|abducted|kidnapped|executed|shot\s+dead|drowned)\b",
    regex.I,
)
# "60 gunmen attacked a station and killed a guard": those who act are not those who fell.
_ACTING = regex.compile(
    r"^\s+(?:(?:had|have|who|then)\s+)*(?:attacked|stormed|fired|launched|opened|ambushed|raided|took|set"
    r"|(?:killed|shot)(?=\s+(?:an?|the|his|her|their|at\s+least|more\s+than|dozens|several|\d+|two|three|four|five|six)\b)"
    r"(?!\s+[\w,]+\s+(?:others?\s+)?(?:wounded|injured|hurt|missing|arrested|detained|captured)\b))\b",
    regex.I,
)
_BEFELL = regex.compile(r"^\s+(?:others?\s+)?(?:wounded|injured|hurt|missing|arrested|detained|captured)\b", regex.I)
_STRUCK = regex.compile(
    r"\b(?:kill(?:s|ed|ing)?|wound(?:s|ed|ing)|injur(?:es|ed|ing))\s+$", regex.I
)  # "blasts kill 20 shiites"
_OBJECT = regex.compile(r"^\s+(?:the\s+lives\s+of\s+|of\s+)?(?:\w+\s+)?$", regex.I)
EITHER = "killed or wounded"  # one number for both, to be compared with neither
_WHAT = tuple(
    (row["name"], regex.compile(rf"\b{_any([*row['words'], *row.get('direct', ())])}\b", regex.I))
    for row in _TABLE["what"]
)
# Said of people only where their number stands right behind: "lost eleven men", "the loss of 12 lives", "buried nine".
_DIRECT_ONLY = regex.compile(_any(words for row in _TABLE["what"] for words in row.get("direct", ())) + "$", regex.I)
_ANSWER = regex.compile(rf"\b{_any(_TABLE['answer']['words'])}\s+(?:only\s+|just\s+)?[“\"‘']?$", regex.I)
_SPARED = regex.compile(  # "no civilians were killed" (but fourteen soldiers were)
    r"\bno(?:body|ne|[-\s]one|\s+\w+)\s+(?:was|were|has\s+been|have\s+been|had\s+been)\s+"
    r"(?:(?P<killed>killed)|(?P<wounded>wounded|injured|hurt)|(?P<detained>arrested|detained))\b",
    regex.I,
)
_BARE = regex.compile(
    r"^\s+(?:were|was|had\s+been|have\s+been)(?:\s*[,.;]|\s+(?:brought|taken|rushed|carried|found|pulled|dug|from|women|children"
    r"|civilians|soldiers|fighters|militants)\b)|^\s*\.",
    regex.I,
)
_ANOTHER = regex.compile(rf"(?<!\w){_NUMBER}(?!\w)", regex.I)
_CLAUSE = regex.compile(
    r"[;:]|\band\s+that\b|,\s+(?:while|but|and\s+(?!\d|\w+\s+(?:wounded|injured)))|\b(?:while|whereas|after|when|since)\b",
    regex.I,
)
_PART = regex.compile(
    r"\b(?:includ(?:ing|es|ed)|among\s+(?:them|whom|those\s+killed|the\s+\w+)(?:\s+(?:were|was))?|of\s+(?:whom|them|the\s+\w+),?(?:\s+were)?)\W*(?:at\s+least\s+)?$",
    regex.I,
)
_DATED = regex.compile(r"(?:^|\d|,|\b(?:in|of|since|until|from))\s*$", regex.I)  # what stands before a year
_BESIDE = regex.compile(r"\b(?:another|further|additional|other|separately)\s+$", regex.I)
_OTHERS = regex.compile(r"^\s+(?:were|was|had|have)\s+also\b|^\s+(?:others?|more|further)\b", regex.I)
_MORE = regex.compile(r"(?<!or )\b(?:more|further|additional)\b(?! than)", regex.I)
_OF_THEM = regex.compile(
    r"^[^.;,]{0,40}\bamong\s+(?:(?:the|at\s+least|more\s+than)\s+)*(?:\d|dead|killed|victims|those)"
    r"|^\s+of\s+(?:them|whom|those|the\s+(?:\d|dead|killed|victims|fatalities|casualties|slain|wounded|injured))",
    regex.I,
)
_AGAINST = regex.compile(
    r"\b(?:while|whereas|although|though|but|against|compared\s+(?:to|with))\b[^.;]{0,80}\b(?:said|says|put|puts|reported|reports"
    r"|spoke|speaks|counted|counts|claimed|claims|gave|gives|told|insisted|insists)\b[^.;]{0,40}$",
    regex.I,
)
# "One guard died at the scene and a second in hospital": the first number is not all.
_SECOND = regex.compile(
    r"^[^.;]{0,60}\band\s+(?:that\s+)?(?:another|a\s+(?:second|third|fourth))\b"
    r"(?![^.;]{0,60}\b(?:wound|injur|hurt|arrest|detain|missing|captur|strike|attack|raid|blast|bomb))",
    regex.I,
)
# "raised the toll from five to eight": it stands at eight.
_RAISED = regex.compile(
    r"\b(?:rais|ros|ris|climb|increas|rev(?:is|er)|lower|reduc|jump|grow|grew|correct|chang|updat|up\b|down\b)\w*\b[^.;]{0,60}\bfrom\s+$",
    regex.I,
)
_RUNNING = regex.compile(rf"\b{_any(_TABLE['running']['words'])}\b", regex.I)
_TYPE_OF = {
    EITHER: "casualty",
    "killed": "casualty",
    "wounded": "casualty",
    "missing": "casualty",
    "detained": "detention",
    "released": "detention",
    "displaced": "humanitarian",
    "trapped": "humanitarian",
    "evacuated": "humanitarian",
}
# What a number of people is of in a sentence that speaks of nothing but this.
_ALONE = {("detention",): "detained", ("responsibility", "detention"): "detained", ("casualty",): "killed"}
SUPPORT = 0.3  # probability from which on a type is believed if a number of people speaks for it
BACK = 2  # sentences back in which the verb of a bare number may stand
NEAR = 80  # characters between a number and the verb that it goes with


def told(sentences: Sequence[Sentence], tags: Sequence[Tags]) -> list[tuple[Count, ...]]:
    """The numbers of people in a report, sentence by sentence; what a bare number is of may stand before it."""
    found: list[tuple[Count, ...]] = []
    spared: str | None = None
    for sentence, own in zip(sentences, tags, strict=True):
        last = next((row[0].what for row in reversed(found[-BACK:]) if row), None) or spared
        spared = said.lastgroup if (said := _SPARED.search(sentence.text)) else None
        alone = _ALONE.get(own.types)
        if alone == "detained" and _TYPE_OF.get(last or "") == "detention":
            alone = last
        found.append(counts(sentence, last if _TYPE_OF.get(last or "") in own.types else alone, alone))
    return found


def counts(sentence: Sentence, before: str | None = None, alone: str | None = None) -> tuple[Count, ...]:
    """The numbers of people in a sentence, in reading order; spans are in report offsets.

    ``before``: what the numbers before this sentence were of, which a number without a verb of its own goes on with.
    ``alone``: what any number of people is of, where the sentence speaks of nothing else.
    """
    found: list[Count] = []
    text = sentence.text
    for match in _QUANTITY.finditer(text):
        low, high = _bounds(match)
        tail = text[match.end() :]
        who = _WHO.match(tail) or _BEFALLEN.match(tail)
        what = _what(text, match.start(), match.end() + (who.end("who") if who else 0), people=who is not None)
        if what is None and before is not None and _goes_on(text, match, who):
            what = before
        if what is None and who is not None and _TYPE_OF.get(alone or "") == "detention":
            what = alone
        if what is None or (who is None and not _NOBODY.match(tail) and not _STRUCK.search(text[: match.start()])):
            continue
        if who is not None and what in ("killed", "wounded") and _ACTING.match(tail[who.end("who") :]):
            continue
        if match["number"] and match["number"].lower() == "one" and (who is None or regex.match(r"\s+of\b", tail)):
            continue  # "the first one", "one of the drivers died": no toll
        if _is_year(match["number"] or "") and (who is None or _DATED.search(text[: match.start()])):
            continue
        end = match.end() + (who.end("who") if who else 0)
        if _SECOND.match(text[end:]):
            high = None
        span = Span(sentence.start + match.start(), sentence.start + end, text[match.start() : end])
        found.append(Count(span, what, who["who"].lower() if who else "people", low, high))
    return tuple(found)


def _goes_on(text: str, number: regex.Match[str], who: regex.Match[str] | None) -> bool:
    """Whether a number without a verb of harm answers how many it were of whom the sentence before spoke."""
    if _ANSWER.search(text[: number.start()]):
        return True
    rest = text[number.end() + (who.end("who") if who else 0) :]
    return not text[: number.start()].strip("“\"‘' ") and bool(_BARE.match(rest))


def supported(tags: Tags, found: tuple[Count, ...]) -> Tags:
    """The tags with the types that a number of people bears out though the model alone was not sure of them."""
    borne_out = {_TYPE_OF[count.what] for count in found if count.what in _TYPE_OF}
    more = [label for label in borne_out - set(tags.types) if tags.type_scores.get(label, 0.0) >= SUPPORT]
    if not more:
        return tags
    types = tuple(label for label in tags.type_scores if label in tags.types or label in more)
    return replace(tags, types=types)


def is_part(sentence: Sentence, count: Count) -> bool:
    """Whether a number is said to be part of a whole ("including 23 children")."""
    before, after = _around(sentence, count)
    return bool(_PART.search(before[-40:]) or _OF_THEM.match(after))


def is_beside(sentence: Sentence, count: Count) -> bool:
    """Whether a number is said to come on top of another ("another five", "three others")."""
    before, after = _around(sentence, count)
    on_top = _BESIDE.search(before[-16:]) or _OTHERS.match(after) or _MORE.search(count.span.text)
    return count.who == "others" or bool(on_top)


def is_rival(sentence: Sentence, count: Count) -> bool:
    """Whether a number is set against the one before it, as another source's ("while the army said nine")."""
    return bool(_AGAINST.search(_around(sentence, count)[0]))


def _around(sentence: Sentence, count: Count) -> tuple[str, str]:
    start = count.span.start - sentence.start
    return sentence.text[:start], sentence.text[start + len(count.span.text) :]


def is_running(sentence: Sentence) -> bool:
    """Whether a number runs over weeks or a whole war and not over one happening."""
    return bool(_RUNNING.search(sentence.text))


def _bounds(match: regex.Match[str]) -> tuple[int, int | None]:
    if match["loose"]:
        return _LOOSE[regex.sub(r"\s+", " ", match["loose"].lower())]
    low = _value(match["number"])
    if match["share"]:
        return _bounded(round(low * _share(match["share"].lower())), match["bound"] or "")
    if match["more"]:
        return low, None
    upper = _value(match["upper"]) if match["upper"] else 0
    if upper and match["range"].strip() == "to" and _RAISED.search(match.string[: match.start()]):
        return upper, upper
    if upper > low:
        return low, upper
    return _bounded(low, match["bound"] or "")


def _bounded(low: int, said: str) -> tuple[int, int | None]:
    """A number with the bounds that the words before it give."""
    bound = regex.sub(r"\s+", " ", said.lower())
    if regex.fullmatch(_BOUNDS["at_least"], bound):
        return low, None
    if regex.fullmatch(_BOUNDS["more"], bound):
        return low + 1, None
    if regex.fullmatch(_BOUNDS["at_most"], bound):
        return 0, low
    if regex.fullmatch(_BOUNDS["less"], bound):
        return 0, max(low - 1, 0)
    if bound and low >= 10:
        return int(low * (1 - _ABOUT_SHARE)), int(low * (1 + _ABOUT_SHARE) + 1)
    return low, low


def _share(words: str) -> float:
    """What part of a whole is meant by a percentage or a fraction."""
    if words[0].isdigit():
        return float(words.rstrip("% percnt")) / 100
    many, _, part = regex.sub(r"[-\s]+", " ", words).rpartition(" ")
    return {"": 1, "a": 1, "one": 1, "two": 2, "three": 3, "four": 4}[many] / _PARTS[part.removesuffix("s")]


def _value(words: str) -> int:
    """A number as written, in digits or words."""
    plain = words.lower().replace(",", "")
    scale = 1
    for name, factor in (("million", 1_000_000), ("thousand", 1_000)):
        if plain.endswith(name) and plain[:1].isdigit():
            plain, scale = plain.removesuffix(name).strip(), factor
    if plain[:1].isdigit():
        return int(float(plain) * scale)
    if plain.endswith("dozen"):
        return 6 if plain.startswith("half") else 12 * int(text2num(plain.split()[0].replace("a", "one"), "en"))
    if plain.startswith("a "):
        plain = "one " + plain[2:]
    return int(text2num(plain, "en"))


def _verbs(verb: regex.Pattern[str], text: str, start: int, end: int) -> Iterator[regex.Match[str]]:
    """The verbs of one kind near a number; "lost" and its like only where the number is what was lost."""
    for match in verb.finditer(text, max(0, start - NEAR), min(len(text), end + NEAR)):
        if not _DIRECT_ONLY.search(match.group()) or (
            match.end() <= start and _OBJECT.match(text[match.end() : start])
        ):
            yield match


def _what(text: str, start: int, end: int, *, people: bool) -> str | None:
    """The nearest verb of harm in the same clause; what follows the number beats what stands before it."""
    best: tuple[int, str] | None = None
    for what, verb in _WHAT:
        for match in _verbs(verb, text, start, end):
            if match.end() <= start:
                between, distance = text[match.end() : start], _back(match, text, start, end)
            elif match.start() >= end:
                between, distance = text[end : match.start()], match.start() - end
                if match.group().lower().endswith("ing"):
                    continue  # "4 citizens injuring 3": it takes the next number
            else:
                between, distance = "", 0
            if between != ": " and _CLAUSE.search(between):  # "Reported killed: 12" is one clause
                continue
            if not people and distance > 40 and not match.group().lower().endswith("toll"):
                continue
            if not people and match.start() >= end and _ANOTHER.search(between):
                continue  # the verb is the next number's
            if best is None or distance < best[0]:
                best = distance, what
    return best[1] if best else None


def _back(verb: regex.Match[str], text: str, start: int, end: int) -> int:
    """How far a verb stands before its number; right behind it is no distance, unless the number has one of its own."""
    between, active = text[verb.end() : start], _ACTIVE.search(verb.group())
    if between.isspace() and not active and _BEFELL.match(text[end:]):
        return 2  # "10 people killed 15 injured", the comma lost
    if between.isspace() or (active and _OBJECT.match(between)):
        return 0
    return len(between) + (5 if _OBJECT.match(between) else 12)


def _is_year(number: str) -> bool:
    return number.isdigit() and 1900 <= int(number) <= 2100
