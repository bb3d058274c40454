"""Numbers of people: what happened to how many of whom, with the bounds that the words allow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import regex

from annotate.calendar import MONTH
from annotate.document import Count, Sentence, Span, Tags
from annotate.quantities import NUMBER, QUANTITY, TABLE, any_of, bounds, is_year

_PEOPLE = any_of(TABLE["people"]["words"])
_STOP = (
    r"in|on|at|by|of|and|or|were|was|have|had|has|are|is|been|killed|wounded|injured|dead|when|after|during|since|from"
    r"|to|with|as"
)
_WHO = regex.compile(
    rf"^\s+(?:of\s+(?:(?:its|their|his|her|our|the)\s+)?(?!{NUMBER}\b))?(?:(?!(?:{_STOP})\b)[\p{{L}}’'.\-]+\s+){{0,3}}?(?P<who>{_PEOPLE})\b",
    regex.I,
)
# "Seventeen names of sailors", "the bodies of two women": who they are stands behind.
_NAMES = regex.compile(
    rf"^\s+(?:[\p{{L}}-]+\s+)?(?:names|bodies|corpses|coffins|graves)\s+of\s+(?:(?!(?:{_STOP})\b)[\p{{L}}’'.\-]+\s+){{0,2}}?(?P<who>{_PEOPLE})\b",
    regex.I,
)
# With nobody named after the number, what follows must at least be no other noun ("two bombings").
_NOBODY = regex.compile(
    rf"^(?:\s*[.,;:!?)\]”\"’]|\s*$|\s+(?:{_STOP}|deaths?|fatalities|casualties|injuries|arrests|detentions|abductions|disappearances|others|martyrs|remain\w*|still|are|fled|missing|more|or|whom?|that|taken|those|all|alive|behind|(?:went|came|got|fell|lay|did|failed|broke|walked)"
    r"|arrested|detained|released|freed|drowned|hurt|perished|died|by\s+name|as\s+well|(?:may|might|could)\s+have"
    r"|lost\s+their|the\s+(?:number|toll|count|dead|killed|wounded|injured|missing|detained|arrested))\b)",
    regex.I,
)
# "killing 10", "kills 34": the number is the object
_ACTIVE = regex.compile(r"(?:(?<!miss)ing|kills|wounds|injures|claims|lives)$", regex.I)
_TAKING = regex.compile(
    r"(?:kill|wound|injur|hurt|maim|execut|behead|detain|arrest|captur|seiz|abduct|kidnap|free|releas|displac)ing$",
    regex.I,
)
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
_AUX = (  # what may stand between people and what befell them
    r"(?:\s*,)?(?:\s+(?:ha(?:ve|s|d)|were|was|are|is|be(?:en|ing)?|also|all|who|that|had|then|later|already|still|now|since|reportedly|to|may|might"
    r"|could|feared|believed|presumed|said|known|reported|listed|of\s+(?:ours|theirs|them|us|whom|our\s+own|their\s+own)|more|others?)){0,5}\s+"
)
EITHER = "killed or wounded"  # one number for both, to be compared with neither
_WHAT = tuple(
    (row["name"], regex.compile(rf"\b{any_of([*row['words'], *row.get('direct', ())])}\b", regex.I))
    for row in TABLE["what"]
)
# Said of people only where it stands right behind them: "six soldiers fell", "nine were shot".
_AFTER = tuple(
    (str(row["name"]), regex.compile(rf"^{_AUX}{any_of(row['after'])}\b", regex.I))
    for row in TABLE["what"]
    if "after" in row
)
# Said of people only where their number stands right behind: "lost eleven men", "the loss of 12 lives", "buried nine".
_DIRECT_ONLY = regex.compile(any_of(words for row in TABLE["what"] for words in row.get("direct", ())) + "$", regex.I)
_ANSWER = regex.compile(rf"\b{any_of(TABLE['answer']['words'])}\s+(?:only\s+|just\s+)?[“\"‘']?$", regex.I)
_SPARED = regex.compile(  # "no civilians were killed" (but fourteen soldiers were)
    r"\bno(?:body|ne|[-\s]one|\s+\w+)\s+(?:was|were|has\s+been|have\s+been|had\s+been)\s+"
    r"(?:(?P<killed>killed)|(?P<wounded>wounded|injured|hurt)|(?P<detained>arrested|detained))\b",
    regex.I,
)
# "the number of dead at the mill has gone up to twelve": however long the phrase, what it counts are the dead.
_COUNTED = regex.compile(
    r"\btoll$|\b(?:number|count|figure|toll|tally|total|list|sum|estimate)s?\s+(?:of|for)\s+(?:[\p{L}’'-]+\s+){0,4}?[\p{L}’'-]+$",
    regex.I,
)
_BARE = regex.compile(
    r"^\s+(?:were|was|had\s+been|have\s+been)(?:\s*[,.;]|\s+(?:brought|taken|rushed|carried|found|pulled|dug|from|women|children"
    r"|civilians|soldiers|fighters|militants)\b)|^\s*\.",
    regex.I,
)
_ANOTHER = regex.compile(rf"(?<!\w){NUMBER}(?!\w)", regex.I)
_CLAUSE = regex.compile(
    r"[;:]|^\.\s|(?<=\p{Ll}|\d)\.\s+(?=\p{Lu})|\band\s+that\b|,\s+(?:while|but|and\s+(?!\d|\w+\s+(?:wounded|injured)))|\b(?:while|whereas|after|when|since)\b",
    regex.I,
)
_PART = regex.compile(
    rf"\b(?:includ(?:ing|es?|ed)(?:\W+(?:at\s+least\s+)?{NUMBER}\s+\p{{L}}+(?:\s+and|,))?|among\s+(?:them|whom|those\s+killed|the\s+\w+)(?:\s+(?:were|was))?|of\s+(?:whom|them|the\s+\w+),?(?:\s+were)?)\W*(?:at\s+least\s+)?$",
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
# "the toll could rise to 40": nobody has counted them.
_FORECAST = regex.compile(
    r"\b(?:(?:could|may|might|would|will|can)(?:\s+(?:still|yet|well|eventually|ultimately|even))?|(?:likely|expected|feared|bound|set|going)\s+to)\s+"
    r"(?:rise|climb|grow|increase|reach|exceed|pass|top|go|be|jump|double)\b[^.;,]{0,25}$",
    regex.I,
)
_OR_MORE = regex.compile(r"^\s+or\s+more\b", regex.I)
_KEPT = regex.compile(r"^(?:prisoner|inmate|convict|detainee|captive)s?$", regex.I)
_RUNNING = regex.compile(rf"\b{any_of(TABLE['running']['words'])}\b", regex.I)
_DAYS = regex.compile(  # "between 21 and 26 September"; one night lies between two days
    rf"\bbetween\s+(?:the\s+)?(?P<first>\d{{1,2}})(?:st|nd|rd|th)?\s+and\s+(?:the\s+)?(?P<last>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?:{MONTH})\b",
    regex.I,
)
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
        row = counts(sentence, last if _TYPE_OF.get(last or "") in own.types else alone, alone)
        found.append(tuple(count for count in row if not any(_heads(count, source) for source in own.sources)))
    return found


def _heads(count: Count, source: Span) -> bool:
    """Whether a number says how many speak: "two residents said"."""
    return source.start <= count.span.start <= source.start + len("the ") and count.span.end <= source.end


def counts(sentence: Sentence, before: str | None = None, alone: str | None = None) -> tuple[Count, ...]:
    """The numbers of people in a sentence, in reading order; spans are in report offsets.

    ``before``: what the numbers before this sentence were of, which a number without a verb of its own goes on with.
    ``alone``: what any number of people is of, where the sentence speaks of nothing else.
    """
    found: list[Count] = []
    text = sentence.text
    for match in QUANTITY.finditer(text):
        low, high = bounds(match)
        tail = text[match.end() :]
        who = _NAMES.match(tail) or _WHO.match(tail) or _BEFALLEN.match(tail)
        what = _what(text, match.start(), match.end() + (who.end("who") if who else 0), people=who is not None)
        if what is None and before is not None and _goes_on(text, match, who):
            what = before
        if what is None and who is not None and _TYPE_OF.get(alone or "") == "detention":
            what = alone
        if what is None or _is_none(text, match, who, what):
            continue
        end = match.end() + (who.end("who") if who else 0)
        if _SECOND.match(text[end:]) or _OR_MORE.match(text[end:]):
            high = None
        if what == "displaced" and who is not None and _KEPT.match(who["who"]):
            what = "missing"  # who has escaped from a prison is not where he is looked for
        span = Span(sentence.start + match.start(), sentence.start + end, text[match.start() : end])
        found.append(Count(span, what, who["who"].lower() if who else "people", low, high))
    return tuple(found)


def _is_none(text: str, number: regex.Match[str], who: regex.Match[str] | None, what: str) -> bool:
    """Whether a number with a verb of harm near it counts none of those whom it befell all the same."""
    before, tail, said = text[: number.start()], text[number.end() :], number["number"] or ""
    if _FORECAST.search(before):
        return True
    if who is None:
        if not _NOBODY.match(tail) and not _STRUCK.search(before):
            return True
    elif what in ("killed", "wounded") and _ACTING.match(tail[who.end("who") :]):
        return True
    if said.lower() == "one" and (who is None or regex.match(r"\s+of\b", tail)):
        return True  # "the first one", "one of the drivers died": no toll
    return is_year(said) and (who is None or bool(_DATED.search(before)))


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
    return bool(_PART.search(before[-60:]) or _OF_THEM.match(after))


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


def runs_over_days(sentence: Sentence) -> bool:
    """Whether a sentence speaks of a run of days; one night lies between two."""
    return any(int(said["last"]) - int(said["first"]) > 1 for said in _DAYS.finditer(sentence.text))


def _verbs(verb: regex.Pattern[str], text: str, start: int, end: int) -> Iterator[regex.Match[str]]:
    """The verbs of one kind near a number; "lost" and its like only where the number is what was lost."""
    for match in verb.finditer(text, max(0, start - NEAR), min(len(text), end + NEAR)):
        if not _DIRECT_ONLY.search(match.group()) or (
            match.end() <= start and _OBJECT.match(text[match.end() : start])
        ):
            yield match


def _what(text: str, start: int, end: int, *, people: bool) -> str | None:
    """What befell those counted: what is said right behind them, else the nearest verb of harm in the same clause."""
    if (right := next((what for what, said in _AFTER if said.match(text[end:])), None)) is not None:
        return right
    near = [
        (distance, what)
        for what, verb in _WHAT
        for match in _verbs(verb, text, start, end)
        if (distance := _distance(match, text, start, end, people=people)) is not None
    ]
    nearest = min(near, key=lambda found: found[0], default=None)
    return nearest[1] if nearest else None


def _distance(verb: regex.Match[str], text: str, start: int, end: int, *, people: bool) -> int | None:
    """How far a verb stands from a number, None where it is not the number's; what follows beats what stands before."""
    if verb.end() > start and verb.start() < end:
        return 1
    behind = verb.start() >= end
    between = text[end : verb.start()] if behind else text[verb.end() : start]
    distance = len(between) if behind else _back(verb, text, start, end)
    if behind and _TAKING.search(verb.group()):
        return None  # "4 citizens injuring 3": it takes the next number
    if between == ": " and not behind:  # "Reported killed: 12" is one clause
        return 0
    if _CLAUSE.search(between):
        return None
    counted = not behind and _COUNTED.search(text[: verb.end()])
    if not people and ((distance > 40 and not counted) or (behind and _ANOTHER.search(between))):
        return None  # too far, or the next number's
    return distance


def _back(verb: regex.Match[str], text: str, start: int, end: int) -> int:
    """How far a verb stands before its number; right behind it is no distance, unless the number has one of its own."""
    between, active = text[verb.end() : start], _ACTIVE.search(verb.group())
    if between.isspace() and not active and _BEFELL.match(text[end:]):
        return 2  # "10 people killed 15 injured", the comma lost
    if between.isspace() or (active and _OBJECT.match(between)):
        return 0
    return len(between) + (5 if _OBJECT.match(between) else 12)
