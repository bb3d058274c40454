"""The wars besides that over Syria: wars.toml, and who stands on which side in each of them.

The sides of the other tables are those of the war over Syria. A report's own war is told by where it happens.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from annotate.document import Party, Source
from annotate.errors import AnnotateError

_CAMPS = ("regime", "opposition")


@dataclass(frozen=True, slots=True)
class War:
    """One war: the places fought over, and the sides of the sources and parties that its row names; ids."""

    id: str
    name: str
    places: tuple[str, ...]
    sides: Mapping[str, str]

    def source(self, row: Source) -> Source:
        """A source as it stands in this war: by its own name, else by the body above it."""
        named = [name for name in (row.id, *row.partners) if name in self.sides]
        if not named:
            return row
        side = self.sides[named[0]]
        return replace(row, side=side, stance=self._stance(row.stance, side))

    def party(self, row: Party) -> Party:
        """A party as it stands in this war."""
        return replace(row, side=self.sides.get(row.id, row.side))

    def side(self, side: str | None) -> str | None:
        """A side of the page's own words ("rebel", "pro-government"): whom they mean in this war."""
        return self.sides.get(side, side) if side in _CAMPS else side

    def _stance(self, stance: str, side: str) -> str:
        """Of whose camp a body is here: the friend of one government may be the enemy of another."""
        if stance not in ("pro-regime", "pro-opposition", "other-party"):
            return stance
        camps = {self.sides[camp]: f"pro-{camp}" for camp in _CAMPS if camp in self.sides}
        return camps.get(side, "other-party")


def sides_of(where: str, listed: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """The side of each name, of names listed by side; raises AnnotateError for one that stands on two."""
    sides: dict[str, str] = {}
    for side, names in listed.items():
        for name in names:
            if sides.setdefault(name, side) != side:
                raise AnnotateError(f"{where}: {name!r} stands on two sides")
    return sides


def fought(places: Iterable[Collection[str]], wars: Iterable[War]) -> War | None:
    """The war of a report whose places, each with what lies around it, are given; None: Syria's, or none that is known.

    Most of the places that lie in some war have to lie in it.
    """
    chains = list(places)
    known = list(wars)
    there = [[war for war in known if not set(war.places).isdisjoint(chain)] for chain in chains]
    counts = Counter(war.id for found in there for war in found)
    syrian = sum("syria" in chain and not found for chain, found in zip(chains, there, strict=True))
    [(first, most)] = counts.most_common(1) or [("", 0)]
    if most <= syrian + counts.total() - most:
        return None
    return next(war for war in known if war.id == first)
