"""Who is said to be dead, and who to be alive: the fate of one person who is named or called by his office."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from annotate.wording import TABLE, alternatives

_TABLE = TABLE["fate"]
DEATH = "a death"  # the value of one person's fate, denied where he is said to live
HE = "he"  # nobody named: whom the sentences before were about
_TITLED = (
    r"(?:(?:the|its|their|his|her|our|an?)\s+(?:[\p{L}’'-]+\s+){0,2}?)?"
    rf"(?i:(?P<role>{alternatives(_TABLE['roles'])}))(?:[’']s)?"
)
_NAME = (
    r"(?P<name>(?!(?:Nobody|None|No|Everybody|Everyone|Somebody|Someone|All|Any\w*|Both|Each|Many|Most|Some|Several|Dozens|Scores|Hundreds|It|This|That"
    r"|They|Those|These|We|You|I|One|Another|Who\w*|Not|Yet|But|And|Also)\b)(?:(?:\p{Ll}{2,3}-)?\p{Lu}[\p{L}’'-]+)"
    r"(?:\s+(?:(?:al|el|bin|ibn|abu|de|van|von|ul)[\s-])?\p{Lu}[\p{L}’'-]+){0,4})"
)
_WHO = rf"(?:(?:{_TITLED}\s+)?{_NAME}|{_TITLED}|(?P<he>(?i:he|she|him(?:self)?|her(?:self)?|the\s+man|the\s+woman)))"
_ASIDE = r"(?:\s*,[^,;:]{1,60},)?"
_AUX = (
    r"(?:\s+(?:has|had|was|is|been|be|being|now|also|later|since|reportedly|himself|herself|then|may|might"
    r"|have)){0,4}\s+"
)
_FREE = r"(?<![\p{L}])(?<!\b(?:by|on|in|at|near|from|over|of)\s)"  # no place, and nobody who acts
_DEAD = (
    regex.compile(rf"{_FREE}{_WHO}{_ASIDE}{_AUX}(?i:{alternatives(_TABLE['dead'])})(?!\w)"),
    regex.compile(
        rf"{_FREE}{_WHO}{_ASIDE}{_AUX}(?:was|been|is|being|got)\s+(?:\w+ly\s+)?(?i:{alternatives(_TABLE['felled'])})(?!\w)"
    ),
    regex.compile(rf"{_FREE}{_WHO}\s+(?i:{alternatives(_TABLE['felled'])})(?=\s+(?:in|by|at|near|on|as|when)\b)"),
    regex.compile(rf"(?<!\w)(?i:{alternatives(_TABLE['killing'])})\s+(?:an?\s+|the\s+)?{_WHO}(?!\w)"),
    regex.compile(
        r"(?<!\w)(?P<name>(?!))?(?P<role>(?!))?(?P<he>(?i:his|her|being|having\s+been))\s+(?i:(?:own\s+)?(?:death|killing|killed|dead))(?!\w)"
    ),
    regex.compile(rf"(?<![\p{{L}}]){_WHO}[’']s?\s+(?i:(?:death|killing|assassination|murder|funeral|demise))(?!\w)"),
)
_ALIVE = (
    regex.compile(rf"(?<![\p{{L}}]){_WHO}{_ASIDE}{_AUX}(?i:{alternatives(_TABLE['alive'])})(?!\w)"),
    regex.compile(rf"(?<![\p{{L}}]){_WHO}{_ASIDE}\s+(?i:{alternatives(_TABLE['lives'])})(?!\w)"),
    regex.compile(
        rf"(?<![\p{{L}}]){_WHO}{_ASIDE}\s+(?:(?:has|had|was|is|did)\s+(?:not|never)|(?:has|had|was|is|did)n[’']t)\s+(?:been\s+)?"
        rf"(?i:{alternatives([*_TABLE['dead'], *_TABLE['felled']])}|die)(?!\w)"
    ),
)


def fates(text: str) -> Iterator[tuple[str, bool]]:
    """The persons whose fate a text tells, each with whether he is said to be dead.

    By the last word of the name, or the office, in small letters; "he" where neither is given.
    """
    living = [(match, False) for pattern in _ALIVE for match in pattern.finditer(text)]
    taken = {match.start() for match, _ in living}
    dead = [(match, True) for pattern in _DEAD for match in pattern.finditer(text) if match.start() not in taken]
    for match, fate in (*living, *dead):
        said = match.groupdict()
        if said["name"]:
            yield said["name"].split()[-1].lower().removesuffix("'s").removesuffix("’s"), fate
        else:
            yield (said["role"] or HE).lower(), fate


def one_person(one: str, other: str, texts: tuple[str, str]) -> bool:
    """Whether two fates can be one person's: of one name or office."""
    if one == other != HE:
        return True
    return one in texts[1].lower().split() or other in texts[0].lower().split()
