"""Where each claim happened: said in the sentence, or taken from its neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import regex

from annotate.document import Locus, Sentence, Span, Tags
from annotate.names import sound
from annotate.registry import Registry
from annotate.stamps import opens_with_day

BACK, AHEAD = 6, 3  # sentences that an unnamed place may look back, and ahead where a lead-in is lost
_NAME = regex.compile(r"(?!(?:The|This|That|These|Those|An?)\b)\b\p{Lu}|\d")  # an article opens a sentence, not a name
# A place that is meant again and not named: its head must recur among the kinds of place below.
_AGAIN = regex.compile(
    r"^(?:the\s+|this\s+|that\s+|these\s+|those\s+)?(?:\w+\s+)?(?P<head>base|airport|airfield|complex|compound|area|areas|town|city|village"
    r"|district|districts|neighbou?rhoods?|camp|hospital|school|mosque|market|site|scene|building|place|province|region"
    r"|convoy|prison|headquarters|street|square|here|there|home|house)\b",
    regex.I,
)
_THE = regex.compile(
    r"\b(?:the|this|that)\s+(?P<head>base|airport|airfield|complex|compound|town|city|village|district|camp|hospital|school|mosque"
    r"|market|prison|neighbou?rhood)\b(?!\s+of\b)",
    regex.I,
)
_KIN = (
    frozenset({"base", "airport", "airfield", "complex", "compound", "headquarters"}),
    frozenset({"hospital", "clinic", "building"}),
    frozenset("area areas district districts neighborhood neighbourhood neighborhoods neighbourhoods".split()),
    frozenset({"town", "city", "village"}),
)  # fmt: skip


def headed(sentence: Sentence, tags: Tags, registry: Registry) -> Tags:
    """The tags, with what stands before the colon of an entry ("Homs: ", "| 9 May | Qarna, Homs: ") as places.

    It says where something was and not who speaks. Outside of rows and dated entries a capital that speaks for its
    government ("Moscow: ") stays a source.
    """
    head, colon, _ = sentence.text.partition(":")
    label = head.rpartition("|")[2]
    begin, end = sentence.start + len(head) - len(label), sentence.start + len(head)
    within = [span for span in tags.sources if begin <= span.start and span.end <= end]
    if not colon or not within or not any(_is_place(piece, registry) for piece in label.split(",")):
        return tags
    entry = "|" in head or opens_with_day(sentence.text)
    moved = [span for span in within if entry or registry.source(span.text) is None]
    return replace(
        tags,
        sources=tuple(span for span in tags.sources if span not in moved),
        places=tuple(sorted({*tags.places, *moved}, key=lambda span: span.start)),
    )


def _is_place(words: str, registry: Registry) -> bool:
    """Whether these words are the name of a known place and nothing besides ("Homs", not "Homs resident")."""
    found = registry.place(words)
    return found is not None and sound(words) in {sound(name) for name in (found.name, *found.aliases)}


def places(
    sentences: Sequence[Sentence], tags: Sequence[Tags], registry: Registry
) -> list[tuple[tuple[Locus, ...], str | None]]:
    """For each sentence its place spans with gazetteer ids, and the key of the place that it speaks of.

    The key is a gazetteer id, or the folded words of a place that no row knows, or None.
    """
    loci = [
        tuple(Locus(span, known.id if (known := registry.place(span.text)) else None) for span in t.places)
        for t in tags
    ]
    own = [_own(found, registry) for found in loci]
    return [(loci[n], own[n] or _inherited(n, sentences, tags, own)) for n in range(len(sentences))]


def _own(found: tuple[Locus, ...], registry: Registry) -> str | None:
    """The place named in the sentence itself, the most exact one first."""
    best: str | None = None
    for locus in found:
        if locus.place is not None and (best is None or registry.within(locus.place, best)):
            best = locus.place
    if best is not None:
        return best
    named = next((locus.span for locus in found if _NAME.search(locus.span.text)), None)
    return _folded(named) if named else None


def _folded(span: Span) -> str:
    """A place that no row knows, by its capitalised words."""
    words = regex.findall(r"\b(?!The\b)\p{Lu}[\p{L}\p{M}\-’']+", span.text)
    return "~" + " ".join(words or [span.text]).lower()


def _inherited(
    number: int, sentences: Sequence[Sentence], tags: Sequence[Tags], own: Sequence[str | None]
) -> str | None:
    """The place of a neighbour in the same item: of the same kind where the sentence names a kind."""
    if not tags[number].types:
        return None
    again = _meant(sentences[number], tags[number])
    item = sentences[number].block.item
    back = _up_to_break(sentences, range(number - 1, max(-1, number - 1 - BACK), -1))
    ahead = _up_to_break(sentences, range(number + 1, min(len(sentences), number + 1 + AHEAD)))
    for other in (*back, *(ahead if again else ())):
        if sentences[other].block.item != item:
            continue
        found: str | None = own[other]
        if found is not None and (again is None or _fits(again, tags[other].places)):
            return found
    return None


def _meant(sentence: Sentence, tags: Tags) -> str | None:
    """The head of a place that is meant again ("the base itself"), marked as a place or not."""
    for span in tags.places:
        if match := _AGAIN.match(span.text):
            return str(match["head"]).lower()
    match = _THE.search(sentence.text)
    return str(match["head"]).lower() if match and not tags.places else None


def _up_to_break(sentences: Sequence[Sentence], numbers: range) -> list[int]:
    """The numbers up to a line that only points elsewhere: what follows it is another matter."""
    found: list[int] = []
    for number in numbers:
        if sentences[number].block.kind == "pointer":
            break
        found.append(number)
    return found


def _fits(head: str, spans: Sequence[Span]) -> bool:
    """Whether a place named elsewhere can be what "the base" stands for."""
    if head in ("area", "areas", "here", "there", "site", "scene", "place"):
        return True
    kin = next((group for group in _KIN if head in group), frozenset({head}))
    return any(kin & {word.lower() for word in regex.findall(r"\w+", span.text)} for span in spans)
