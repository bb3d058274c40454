"""Whether two accounts of who did one deed cannot both hold."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from annotate.actors import FOES, apart, claims_deed, has_name, is_named, is_speaker, same_actor
from annotate.document import Ref
from annotate.registry import Registry
from annotate.voices import Voice


def is_third(party: Voice, other: Voice, parties: Collection[tuple[Ref, str]], registry: Registry) -> bool:
    """Whether a source that blames one of two rivals stands against one that blames a third, by name."""
    known = is_named(other.value.value, registry) or has_name(other.value.value, other.claim)
    return (party.claim.ref, party.value.value) in parties and known


def are_rivals(a: Voice, b: Voice, blamed: Mapping[str, set[str]], registry: Registry) -> bool:
    """Whether two sources blame parties of different sides, or one blames the other and that one somebody else."""
    if a.side == b.side and a.side not in (None, "neutral"):
        return False  # one side does not accuse two
    vague = any(voice.value.value.startswith(FOES) for voice in (a, b))
    if vague and a.claim.ref[0] != b.claim.ref[0] and a.claim.place != b.claim.place:
        return False
    if None not in (a.side, b.side) and apart(blamed[a.who], blamed[b.who], registry):
        return True
    if any(
        claims_deed(one.claim)  # who claims the deed, and who says that another did it
        and is_speaker(one.value.value, one.claim, registry)
        and not any(is_speaker(party, other.claim, registry) for party in blamed[other.who])
        and has_name(other.value.value, other.claim)
        and not any(same_actor(one.value.value, party, registry) for party in blamed[other.who])
        for one, other in ((a, b), (b, a))
    ):
        return True
    return any(
        is_speaker(one.value.value, other.claim, registry)
        and not any(is_speaker(party, other.claim, registry) for party in blamed[other.who])
        and (is_named(other.value.value, registry) or is_speaker(other.value.value, one.claim, registry))
        for one, other in ((a, b), (b, a))
    )
