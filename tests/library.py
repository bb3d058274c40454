"""The told corpora: TOML files with marked reports and what an analyst expects of them (see corpora/README.md)."""

import re
import tomllib
from dataclasses import dataclass, fields
from functools import cache
from itertools import combinations, product
from pathlib import Path

from marked import Story, story

from annotate.document import Report
from annotate.evaluate_events import Relation
from annotate.gold import GoldReport, GoldSentence

CORPORA = Path(__file__).parent / "stories" / "corpora"
FACETS = set("occurrence target agent means origin casualties time place control status".split())
CONTESTED = {"competing", "denied", "numeric"}
UNCONFIRMED = {"single-side", "unattributed", "hedged"}
QUIET = {"superseded", "overlapping", "part-whole", "position", "strength", "background"}


@dataclass(frozen=True)
class Contested:
    """One facet on which accounts cannot all hold: the claims on each side of it."""

    facet: str
    reasons: frozenset
    sides: frozenset  # of frozensets of refs


@dataclass(frozen=True)
class Expected:
    """One event as the codebook sees it; claims stand as (report, sentence)."""

    name: str
    claims: frozenset
    contested: tuple = ()
    unconfirmed: tuple = ()  # (facets, reasons, refs)
    quiet: tuple = ()  # (kind, refs)


@dataclass(frozen=True)
class Corpus:
    """A small corpus: reports read together, with all that is in dispute among them."""

    name: str
    title: str
    form: str
    held: bool
    told: tuple[Story, ...]
    events: tuple[Expected, ...]

    @property
    def trap(self):
        return not any(event.contested for event in self.events)

    @property
    def reports(self) -> list[Report]:
        return [told.report for told in self.told]

    def contested(self):
        return {dispute for event in self.events for dispute in event.contested}

    def unconfirmed(self):
        """The reasons of each claim that rests on thin ground, over all its facets."""
        found = {}
        for event in self.events:
            for _, reasons, refs in event.unconfirmed:
                for ref in refs:
                    found[ref] = found.get(ref, frozenset()) | reasons
        return found

    def quiet(self):
        return {(kind, ref) for event in self.events for kind, refs in event.quiet for ref in refs}

    def gold(self) -> list[GoldReport]:
        of_claim = {ref: event.name for event in self.events for ref in event.claims}
        reports = []
        for told in self.told:
            sentences = [
                GoldSentence(
                    sentence=sentence,
                    types=tags.types,
                    stance=tags.stance,
                    assertion=tags.assertion,
                    event=of_claim.get((told.report.id, sentence.index)),
                    **{name: getattr(tags, name) for name in ("sources", "cues", "agents", "places")},
                )
                for sentence, tags in zip(told.sentences, told.tags, strict=True)
            ]
            reports.append(GoldReport(told.report, tuple(sentences), form=self.form))
        return reports

    def relations(self) -> list[Relation]:
        """Every claim of one side against every claim of another."""
        return [
            Relation(a, b, "contradicts", dispute.facet)
            for dispute in self.contested()
            for left, right in combinations(sorted(map(sorted, dispute.sides)), 2)
            for a, b in product(left, right)
        ]


@cache
def library() -> tuple[Corpus, ...]:
    """All corpora, those held back behind the others."""
    return tuple(_corpus(path) for folder in (CORPORA, CORPORA / "held") for path in sorted(folder.glob("*.toml")))


def _corpus(path: Path) -> Corpus:
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    _known(path.name, table, {"title", "form", "report", "event"})
    named, told = {}, []
    for number, row in enumerate(table["report"]):
        _known(path.name, row, {"text"} | {field.name for field in fields(Report)})
        lines = row.pop("text").strip().splitlines()
        handles = [re.match(r"([a-z]\d+): ", line) for line in lines]
        bare = [line[match.end() :] if match else line for line, match in zip(lines, handles, strict=True)]
        made = story(*bare, **{"id": f"{path.stem}-{chr(97 + number)}", **row})
        told.append(made)
        for index, match in enumerate(handles):
            if match:
                assert match[1] not in named, f"{path.name}: {match[1]} stands twice"
                named[match[1]] = (made.report.id, index)
    events = tuple(_event(path.name, row, named) for row in table.get("event", ()))
    form = table.get("form", "wire story")
    return Corpus(path.stem, table["title"], form, path.parent.name == "held", tuple(told), events)


def _event(where, row, named):
    _known(where, row, {"name", "claims", "contested", "unconfirmed", "quiet"})

    def refs(words):
        return frozenset(named[word] for word in words.split())

    claims = refs(row["claims"])
    contested, unconfirmed, quiet = [], [], []
    for entry in row.get("contested", ()):
        _known(where, entry, {"facet", "reasons", "sides"})
        assert entry["facet"] in FACETS and set(entry["reasons"]) <= CONTESTED and len(entry["sides"]) > 1, where
        sides = frozenset(map(refs, entry["sides"]))
        assert frozenset.union(*sides) <= claims, where
        contested.append(Contested(entry["facet"], frozenset(entry["reasons"]), sides))
    for entry in row.get("unconfirmed", ()):
        _known(where, entry, {"facets", "reasons", "claims"})
        assert set(entry["facets"]) <= FACETS and set(entry["reasons"]) <= UNCONFIRMED, where
        assert refs(entry["claims"]) <= claims, where
        unconfirmed.append((tuple(entry["facets"]), frozenset(entry["reasons"]), refs(entry["claims"])))
    for entry in row.get("quiet", ()):
        _known(where, entry, {"kind", "facet", "claims"})
        assert entry["kind"] in QUIET and entry["facet"] in FACETS, where
        quiet.append((entry["kind"], refs(entry["claims"])))
    return Expected(row["name"], claims, tuple(contested), tuple(unconfirmed), tuple(quiet))


def _known(where, row, keys):
    assert row.keys() <= keys, f"{where}: unknown {sorted(row.keys() - keys)}"
