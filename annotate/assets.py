"""Where the shipped files lie: inside the wheel, or at the top of a checkout."""

from __future__ import annotations

import os
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_WHEEL = _PACKAGE / "shipped"  # filled by the wheel build, absent in a checkout
_ROOT = _WHEEL if _WHEEL.is_dir() else _PACKAGE.parent

INSTALLED = _WHEEL.is_dir()  # from a wheel: what is shipped belongs to the installation
MODEL = _ROOT / "models" / "claims"
REGISTRY = _ROOT / "seeds" / "registry"
LABELS = _ROOT / "seeds" / "labels.toml"
AGREEMENT = _ROOT / "seeds" / "agreement.json"  # not in the wheel: training is done from a checkout
# Written reports: to learn from, and a few kept apart to see that nothing is unlearned. Neither is in the wheel.
WRITTEN = _ROOT / "seeds" / "written.json"
KEPT = _ROOT / "seeds" / "written-kept.json"
LABEL_CONFIG = _ROOT / "label_config.xml"
LABEL_CONFIG_PAIRS = _ROOT / "label_config_pairs.xml"
TRAIN = _ROOT / "train.py"  # not in the wheel either
STUDIO = _ROOT / ".studio"  # the virtual environment of Label Studio, where make puts it


def registry() -> Path:
    """The folder of the registry in use: ANNOTATE_REGISTRY names a researcher's own, else the shipped one."""
    return Path(os.environ.get("ANNOTATE_REGISTRY") or REGISTRY)
