"""Marked stories run through the rules with the real registry, and what came out, asked for by words of a sentence."""

from functools import cache

from marked import story

from annotate.pipeline import claims_of, relate
from annotate.registry import Registry


@cache
def registry():
    return Registry.load()


def claims(*lines, **about):
    """The claims of one report, told as in marked.py, before they are compared with any other."""
    told = story(*lines, **about)
    return claims_of(told.report, told.sentences, told.tags, registry())


def tell(*lines, **about):
    """One report alone."""
    return together(story(*lines, **about))


def together(*stories):
    """Several reports of one batch."""
    found = [claim for told in stories for claim in claims_of(told.report, told.sentences, told.tags, registry())]
    return Told(relate([told.report for told in stories], found, registry()))


class Told:
    """A batch, asked by words of its sentences."""

    def __init__(self, batch):
        self.batch = batch
        self.events = {event.id: event for event in batch.events}

    def claim(self, words):
        found = [claim for claim in self.batch.claims if words in claim.sentence.text]
        assert len(found) == 1, f"{len(found)} sentences with {words!r}"
        return found[0]

    def event(self, words):
        return self.events.get(self.claim(words).event)

    def contested(self):
        """The facets contested anywhere, with their reason."""
        return self._disputes("contested")

    def unconfirmed(self):
        return self._disputes("unconfirmed")

    def dispute(self, facet):
        (found,) = (d for event in self.batch.events for d in event.facets if d.facet == facet)
        return found

    def sides(self, facet):
        """Each value of a disputed facet with those who give it."""
        return {side.value: set(side.speakers) for side in self.dispute(facet).sides}

    def quiet(self):
        return {quiet.kind for event in self.batch.events for d in event.facets for quiet in d.quiet}

    def _disputes(self, level):
        return {d.facet: set(d.reasons) for event in self.batch.events for d in event.facets if d.level == level}
