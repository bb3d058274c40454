"""Annotations as Label Studio exports them, in a few words."""


def unit(key, place, types=(), stance="unattributed", assertion="asserts", **more):
    """A sentence region as Label Studio writes it."""
    value = {"start": place[0], "end": place[1]}
    yield {"id": key, "from_name": "unit", "value": {**value, "labels": ["Sentence"]}}
    for control, choices in (("claim_type", types), ("stance", [stance]), ("assertion", [assertion])):
        if choices:
            yield {"id": key, "from_name": control, "value": {**value, "choices": list(choices)}}
    for control, words in more.items():
        yield {"id": key, "from_name": control, "value": {**value, "text": [words]}}


def span(key, start, end, label):
    return {"id": key, "from_name": "span", "value": {"start": start, "end": end, "labels": [label]}}


def relation(one, other, label):
    return {"type": "relation", "from_id": one, "to_id": other, "labels": [label]}


def continues(one, other):
    return relation(one, other, "continues")


def annotation(*result, at="2024-01-01", **more):
    return {"result": [*result], "updated_at": at, **more}
