"""When in its day an act is said to have been done: by the clock, and before, in or after a truce or a deadline."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from annotate.wording import TABLE, alternatives

HALF_DAY = 12 * 60
_DAY = 2 * HALF_DAY
OPEN = 6 * 60  # minutes that "before six" reaches back
_HOURS = {
    word: number
    for number, word in enumerate(
        "one two three four five six seven eight nine ten eleven twelve".split(), 1
    )
}  # fmt: skip
_PAST = {"five": 5, "ten": 10, "quarter": 15, "twenty": 20, "twenty-five": 25, "half": 30}
# "before nine" and "after nine" only bound the hour; "shortly before nine" tells it.
_AT = (
    r"(?:at|around|about|near|from|towards?|exactly|precisely|(?:on\s+the\s+)?stroke\s+of"
    r"|(?:clocks?|watch|hands|bells?|dial)(?:\s+(?!\d)\w+){0,4}\s+(?:struck|stood\s+at|showed|read|said|pointed\s+to|rang)"
    r"|(?:shortly|just|soon|right|moments|minutes|a\s+little)\s+(?:before|after|past))\s+(?:about\s+|around\s+|exactly\s+|precisely\s+)?"
)
_PART = (
    r"(?:\s*(?:o[’']?clock)?(?:\s+(?:in\s+the|at|on|this|that|the\s+same|next|last|yesterday|local\s+time|\p{Lu}\w+day))*"
    r"\s+(?P<part>morning|afternoon|evening|night)|\s*(?P<half>[ap])\.?m\b\.?)?"
)
_DIGITS = regex.compile(rf"\b{_AT}(?P<hour>\d{{1,2}})(?:[:.](?P<minute>[0-5]\d))?(?![\d:]|[.,]\d){_PART}", regex.I)
_ARMY = regex.compile(
    r"\b(?P<hour>[01]\d|2[0-3])[:.]?(?P<minute>[0-5]\d)\s*(?:local\b|h\b|hours\b|hrs\b|GMT\b|UTC\b)", regex.I
)
_WORDS = regex.compile(
    rf"\b(?:{_AT})?(?P<past>{'|'.join(_PAST)})\s+(?:minutes\s+)?(?P<way>past|to)\s+(?P<word>{'|'.join(_HOURS)})\b{_PART}"
    rf"|\b{_AT}(?P<word>{'|'.join(_HOURS)})\b(?!\s+(?:\w+\s+)?(?:people|men|women|killed|dead|shells|houses|places|points|kilomet\w+|miles|times"
    rf"|hundred|thousand|sites?|villages?|others?|days?|hours?|minutes?|rockets|missiles|bombs|months|weeks|years|of|or|to)\b){_PART}",
    regex.I,
)
# An hour that needs no word before it: "ten in the morning", "the two o’clock medicines"; "a 6 p.m. curfew" is none.
_BARE = regex.compile(
    r"(?<!\b(?:until|till|since|after|before|by|past|to|and|every|each|than|of|[-–])\s)(?<![\d:.,])\b(?:(?P<hour>\d{1,2})(?:[:.](?P<minute>[0-5]\d))?(?=\s*o[’']?clock|\s+in\s+the\s+(?:morning|afternoon|evening)|\s+at\s+night)"
    rf"|(?P<word>{'|'.join(_HOURS)})(?=\s+o[’']?clock|\s+in\s+the\s+(?:morning|afternoon|evening)|\s+at\s+night)){_PART}"
    r"(?!\s+(?:curfew|news|bulletin|deadline|shift|train|bus|ferry|flight|mass|service|session|meeting|briefing|edition|broadcast|to\b|until|till))",
    regex.I,
)
_ZONE = regex.compile(
    r"\b(?:GMT|UTC|Zulu|[ECMP][SD]?T|CEST|(?i:eastern|central|pacific)(?:\s+(?:standard|daylight))?\s+time|(?!Local)\p{Lu}\p{Ll}+\s+time)\b"
)
# What only bounds the hour: "before six", "between four and six", "after midnight".
_HOUR = rf"(?:\d{{1,2}}(?:[:.][0-5]\d)?|{'|'.join(_HOURS)}|noon|midday|midnight)"
_UNCLEAR = (
    r"(?!\s+(?:\w+\s+)?(?:people|men|women|killed|dead|shells|houses|places|points|kilomet\w+|miles|times|hundred|thousand|sites?|villages?|others?"
    r"|days?|hours?|minutes?|rockets|missiles|bombs|months|weeks|years|of|or|to)\b)(?![\d:%]|[.,]\d)"
)
_BOUND = regex.compile(
    rf"\b(?:(?P<way>before|not\s+(?:later\s+than|before)|no\s+(?:later|earlier)\s+than)\s+(?P<low>{_HOUR})"
    rf"|(?:some\s*time\s+|somewhere\s+)?between\s+(?P<low>{_HOUR})\s*(?:[ap]\.?m\.?\s+)?(?:and|to|-|–)\s*(?P<high>{_HOUR})){_UNCLEAR}{_PART}",
    regex.I,
)
_NAMED = regex.compile(rf"\b{_AT}(?P<named>noon|midday|midnight)\b", regex.I)
# Parts of the day, as wide as words allow: from and to which minute of the day, past midnight counted on.
_PARTS: dict[str, tuple[int, int]] = {
    "before dawn": (0, 7 * 60),
    "at dawn": (4 * 60, 8 * 60),
    "in the morning": (5 * 60, 12 * 60),
    "at noon": (11 * 60, 14 * 60),
    "in the afternoon": (12 * 60, 18 * 60),
    "in the evening": (16 * 60, 24 * 60),
    "at night": (19 * 60, 30 * 60),
    "by daylight": (5 * 60, 20 * 60),
}
_OF_DAY = regex.compile(
    r"(?<!\b(?:since|until|till|by|from|through|every|each|next|following|all|good|per|a|one|of|that)\s+(?:the\s+|late\s+|early\s+)?)"
    r"(?<![-\w])(?:" + "|".join(f"(?P<p{n}>{alternatives(TABLE['day'][part])})" for n, part in enumerate(_PARTS)) + r")"
    r"(?![-’']|\w|\s+(?:prayers?|news|bulletin|edition|shift|sky|vision|watch))",
    regex.I,
)
# The hour of the word and not of the deed.
_TOLD = regex.compile(
    r"\b(?:said|told|announced|reported|stated|added|posted|wrote|tweeted|published|statement|issued|updated)\b\s*(?:(?!(?:that|he|she|it|they|we|there|how|when|his|her|its|their)\b)[^\s.,;:]+\s+){0,4}$",
    regex.I,
)
_LINE = (
    r"(?:the\s+|that\s+|a\s+)?(?:\w+\s+)?(?P<line>truce|cease-?\s?fire|deadline|ultimatum|armistice|pause)\b"
    r"(?!\s+(?:talks|deal|plan|offer|monitors?))"
)
_PHASES = {
    "before": regex.compile(
        rf"\b(?:before|ahead\s+of|prior\s+to|short\s+of)\s+{_LINE}(?!\s+(?:ended|expired|ran\s+out|was\s+over|collapsed))",
        regex.I,
    ),
    "during": regex.compile(
        rf"\b(?:during|hours?\s+into|minutes?\s+into|days?\s+into|in\s+the\s+middle\s+of)\s+{_LINE}"
        rf"|\b(?:when|while|as|though|although)\s+{_LINE}\s+(?:was|had\s+been)\s+(?:already\s+)?(?:in\s+(?:force|effect|place)|[\w\s-]{{1,20}}\s(?:old|under\s+way))"
        rf"|\bafter\s+{_LINE}\s+(?:had\s+)?(?:beg[au]n|started|took\s+effect|taken\s+effect|came\s+into|come\s+into|set\s+in|went\s+into|gone\s+into)",
        regex.I,
    ),
    "after": regex.compile(
        rf"\b(?:after|when|once)\s+{_LINE}\s+(?:had\s+)?(?:ended|expired|run\s+out|ran\s+out|passed|lapsed|was\s+over|collapsed)"
        rf"|\bafter\s+(?:the\s+|that\s+)?(?P<line>deadline|ultimatum)\b",
        regex.I,
    ),
}


def times(text: str) -> Iterator[str]:
    """The first hour that a text gives, and how the act stood to a truce or a deadline.

    An hour as ``HH:MM``, with a ``?`` behind where morning and evening are left open, or a part of the day ("at noon");
    then "during the truce".
    """
    if (hour := clock(text) or bounded(text) or part(text)) is not None:
        yield hour
    for phase, words in _PHASES.items():
        if said := words.search(text):
            line = said["line"].lower()
            yield f"{phase} the {'truce' if line.startswith(('truce', 'cease', 'armi', 'pause')) else 'deadline'}"
            return


def clock(text: str) -> str | None:
    """The first hour of the day that a text gives for what happened."""
    bounds = [match.span() for match in _BOUND.finditer(text)]
    found = {
        match.end(): (match.start(), hour)
        for pattern in (_BARE, _DIGITS, _ARMY, _WORDS, _NAMED)
        for match in pattern.finditer(text)
        if not _TOLD.search(text[: match.start()]) and not any(low <= match.start() < high for low, high in bounds)
        if (hour := _hour(match)) is not None
    }
    return min(found.values())[1] if found else None


def bounded(text: str) -> str | None:
    """The first span of hours that a text bounds: "before six" as ``00:00-06:00?``, six hours at most."""
    for said in _BOUND.finditer(text):
        if _TOLD.search(text[: said.start()]):
            continue
        ends = [_clock_of(said[end], said) for end in ("low", "high") if said[end]]
        if any(end is None for end in ends) or (not said["part"] and not said["half"] and said["low"].isdigit()):
            continue
        low, high = (*ends, None)[:2]
        assert low is not None
        start, open_ = _minutes(low), low.endswith("?")
        if high is None:
            before = regex.match(r"before|not\s+later|no\s+later", said["way"], regex.I)
            start, end = (start - OPEN, start) if before else (start, start + OPEN)
        else:
            end = _minutes(high)
        return f"{_said(start)}-{_said(end)}" + ("?" if open_ else "")
    return None


def _clock_of(words: str, match: regex.Match[str]) -> str | None:
    """The hour of a bound, in the half of the day that the words behind it give."""
    plain = words.lower()
    if plain in ("noon", "midday", "midnight"):
        return "00:00" if plain == "midnight" else "12:00"
    number, _, minute = (str(_HOURS[plain]) if plain in _HOURS else plain).replace(".", ":").partition(":")
    if int(number) > 23:
        return None
    if int(number) > 12 or (minute and not match["half"] and not match["part"]):
        return f"{int(number):02}:{int(minute or 0):02}"
    return _placed(
        int(number) % 12 * 60 + int(minute or 0), (match["half"] or "").lower(), (match["part"] or "").lower()
    )


def _said(minutes: int) -> str:
    return f"{minutes % _DAY // 60:02}:{minutes % 60:02}"


def part(text: str) -> str | None:
    """The first part of the day that a text gives for what happened."""
    for said in _OF_DAY.finditer(text):
        if not _TOLD.search(text[: said.start()]):
            return list(_PARTS)[int(str(said.lastgroup)[1:])]
    return None


def zone(text: str) -> str | None:
    """The zone whose clock a text goes by, where that is not the local one."""
    said = _ZONE.search(text)
    return regex.sub(r"\s+", " ", said[0].lower()) if said else None


def is_hour(value: str) -> bool:
    """Whether a time is one of the day, by the clock or its part, and not one beside a truce or a deadline."""
    return value[0].isdigit() or value in _PARTS


def apart(one: str, other: str) -> int:
    """By how many minutes two times of the day differ at least, the shorter way round the clock."""
    gap = min(
        max(low, other_low + turn) - min(high, other_high + turn)
        for low, high in _reach(one)
        for other_low, other_high in _reach(other)
        for turn in (-_DAY, 0, _DAY)
    )
    return max(gap, 0)


def _reach(hour: str) -> list[tuple[int, int]]:
    """From which minute of the day to which a time of the day can be; two answers where its half is left open."""
    if hour in _PARTS:
        return [_PARTS[hour]]
    if "-" in hour:
        low, high = (_minutes(end) for end in hour.rstrip("?").split("-"))
        high += _DAY if high < low else 0
        return [(low, high), (low + HALF_DAY, high + HALF_DAY)] if hour.endswith("?") else [(low, high)]
    minutes = _minutes(hour)
    return [(start, start) for start in ((minutes, minutes + HALF_DAY) if hour.endswith("?") else (minutes,))]


def _minutes(hour: str) -> int:
    return int(hour[:2]) * 60 + int(hour[3:5])


def _hour(match: regex.Match[str]) -> str | None:
    said = match.groupdict()
    if named := said.get("named"):
        return "00:00" if named.lower() == "midnight" else "12:00"
    if word := said.get("word"):
        minutes = _HOURS[word.lower()] % 12 * 60
        if past := said.get("past"):
            minutes += _PAST[past.lower()] * (1 if said["way"].lower() == "past" else -1)
    else:
        hour, minute = int(said["hour"]), said.get("minute")
        if hour > 23 or (said.get("half") and hour > 12):
            return None
        if not minute and not said.get("half") and not said.get("part"):
            return None
        if hour > 12 or match.re is _ARMY or (minute and not said.get("half") and not said.get("part")):
            return f"{hour:02}:{int(minute or 0):02}"
        minutes = hour % 12 * 60 + int(minute or 0)
    return _placed(minutes % HALF_DAY, (said.get("half") or "").lower(), (said.get("part") or "").lower())


def _placed(minutes: int, half: str, part: str) -> str:
    """An hour of the twelve in its half of the day, as far as that is said."""
    late = {"p": True, "a": False, "afternoon": True, "evening": True, "morning": False}.get(half or part)
    if part == "night":
        late = minutes >= HALF_DAY // 2  # nine at night, two at night
    minutes += HALF_DAY if late else 0
    return f"{minutes // 60:02}:{minutes % 60:02}" + ("?" if late is None else "")
