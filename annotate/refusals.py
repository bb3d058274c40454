"""Whether a sentence denies, by what the model thinks and by its words.

"No soldier died" is a plain negation and no denial, and "an army denied it" is one wherever it stands; trained on a
hundred denials, the model takes some of the first for the second and is unsure of those in mixed sentences.
"""

from __future__ import annotations

from dataclasses import replace

import regex

from annotate.document import Tags

SURE = 0.75  # probability from which on a sentence denies whatever its words are
WORDED = 0.1  # the same where its main clause denies in so many words

_CLAIM = (
    r"(?:claims?|charges?|allegations?|accusations?|reports?|reporting|suggestions?|assertions?|insinuations?|accounts?"
    r"|versions?|rumou?rs?|findings?|story|stories|statements?|extent|notion|this|it|them|these|those|as\s+(?:false|lies"
    r"|untrue|baseless|unfounded|groundless|fabricat\w+|propaganda|fake|nonsense|absurd|incorrect|misleading))\b"
)
_FALSE = (
    r"(?:an?\s+)?(?:(?:totally|completely|entirely|simply|absolutely|utterly|just|plain|categorically|all|pure)\s+)?"
    r"(?:false|untrue|incorrect|baseless|unfounded|groundless|wrong|lies?|fabricat\w+|not\s+true|nonsense|fake|invented"
    r"|inaccurate|disinformation|misinformation)\b"
)
_DENIES = regex.compile(
    r"(?<!\b(?:to|was|were|be|been|being|is|are|not)\s)\b(?:denied|denies|deny)\b"
    r"(?!\s+(?:[\w’'-]+\s+){0,3}(?:access|entry|visas?|permission|abilit\w+|haven|refuge|passage|treatment|food|water|bail|aid|refuell?ing)\b)"
    r"|\b(?:continu\w+|went\s+on|goes\s+on)\s+to\s+deny\b|\bkeeps?\s+denying\b"
    r"|\bden(?:ied|ying)\s+(?:that|any|involvement|responsibility|having|all|the\s+(?:accus|alleg|claim|report|charge)\w+)"
    r"|\b(?:was|were|been)\s+denied\s+by\b|\bissued\s+(?:an?\s+)?(?:\w+\s+)?denials?\b"
    rf"|\b(?:refut|reject|dismiss|disput|rebuff|contradict|repudiat|rubbish)(?:ed|es|s|e)?\s+(?:[\w’'-]+\s+){{0,4}}?{_CLAIM}"
    r"|\b(?:claims?|reports?|allegations?|accusations?|charges?|rumou?rs?|stor(?:y|ies)|accounts?|it|this|that|they|these)"
    rf"\s+(?:is|are|was|were|as)\s+{_FALSE}"
    r"|\b(?:no|any|not\s+a\s+(?:word|grain)\s+of)\s+truth\s+(?:in|to|whatsoever)\b"
    r"|\bcall(?:ed|s|ing)\s+(?:[\w’'-]+\s+){1,5}?[“\"‘']?" + _FALSE,
    regex.I,
)
# A clause that adds what another says of it to what the sentence is about: "… on Damascus, which denies it".
_ADDED = regex.compile(
    r"(?:\bwhich|\bwhile|\bwhereas|\ban?\s+(?:claim|charge|accusation|report|allegation|assertion)\b|\b(?:claims|charges"
    r"|accusations|reports|allegations)\s+(?:that\s+)?(?:\w+\s+){0,3})(?:\s+[\w’'.-]+){0,6}\s*$",
    regex.I,
)


def settled(tags: Tags, text: str) -> Tags:
    """The tags with the assertion that the words of a denial bear out; labels of annotators stay as they are."""
    p = tags.assertion_scores.get("denies")
    if p is None or p >= SURE:
        return tags
    worded = p >= WORDED and denies(text)
    if worded == (tags.assertion == "denies") or tags.assertion is None:
        return tags
    if worded:
        return replace(tags, assertion="denies")
    others = {label: score for label, score in tags.assertion_scores.items() if label != "denies"}
    return replace(tags, assertion=max(others, key=lambda label: others[label]))


def denies(text: str) -> bool:
    """Whether the main clause of a sentence denies in so many words."""
    return any(not _ADDED.search(text[: match.start()]) for match in _DENIES.finditer(text))
