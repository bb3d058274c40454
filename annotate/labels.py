"""The labels of the codebook, read from seeds/labels.toml: the one place that lists them."""

from __future__ import annotations

import tomllib

from annotate.assets import LABELS

_TABLE = tomllib.loads(LABELS.read_text(encoding="utf-8"))

TYPES: tuple[str, ...] = tuple(_TABLE["type"])
STANCES: tuple[str, ...] = tuple(_TABLE["stance"])
ASSERTIONS: tuple[str, ...] = tuple(_TABLE["assertion"])
SPANS: tuple[str, ...] = tuple(_TABLE["span"])
# Of pairs of sentences; the model does not give these.
RELATIONS: tuple[str, ...] = tuple(_TABLE["relation"])
FACETS: tuple[str, ...] = tuple(_TABLE["facet"])
