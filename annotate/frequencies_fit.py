"""Count in how many sentences each word stands, for `annotate/frequencies.py`.

    python -m annotate.frequencies_fit reports/ table.csv -o seeds/registry/frequencies.tsv.gz

Reads what `annotate tag` reads. `--exclude` names a list of hashes of eight words in a row, one a line, gzipped
(blake2b of six bytes over the words in small letters, joined by spaces): paragraphs that share more than a fifth of
theirs with it are left out, so that texts to measure on lend nothing.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from annotate.document import Report
from annotate.errors import AnnotateError
from annotate.frequencies import words
from annotate.read import read
from annotate.segment import segment

LEAST = 3  # sentences that a word must stand in: rarer ones are all alike, and many are slips
_SHARED = 0.2  # of the eight-word runs of a paragraph, from which on it is left out


def sentences(paths: Iterable[Path], excluded: frozenset[str]) -> Iterator[str]:
    """The sentences of all reports, each text once."""
    seen: set[str] = set()
    for report in read(paths):
        if not isinstance(report, Report):
            continue
        kept = [part for part in re.split(r"\n\s*\n", report.text) if not _known(part, excluded)]
        for sentence in segment(replace(report, text="\n\n".join(kept))).sentences:
            if sentence.text not in seen:
                seen.add(sentence.text)
                yield sentence.text


def _known(paragraph: str, excluded: frozenset[str]) -> bool:
    """Whether a paragraph stands, by and large, in the texts to measure on."""
    spoken = re.findall(r"\w+", paragraph.lower())
    runs = [" ".join(spoken[at : at + 8]) for at in range(max(len(spoken) - 7, 0))]
    met = sum(hashlib.blake2b(run.encode(), digest_size=6).hexdigest() in excluded for run in runs)
    return bool(excluded) and met > _SHARED * len(runs)


def write(path: Path, texts: Iterable[str]) -> None:
    """Write the table: the number of sentences, then word and count, in the order of the alphabet."""
    total, counts = 0, Counter[str]()
    for text in texts:
        total += 1
        counts.update(set(words(text)))
    rows = sorted((word, count) for word, count in counts.items() if count >= LEAST)
    lines = [f"sentences\t{total}\n", *(f"{word}\t{count}\n" for word, count in rows)]
    # Without name and time in its head the file is the same whenever it is made.
    path.write_bytes(gzip.compress("".join(lines).encode(), compresslevel=9, mtime=0))


def main() -> None:
    """Read reports, count, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reports", nargs="+", type=Path)
    parser.add_argument("--exclude", type=Path, help="hashes of runs of words to leave out, gzipped")
    parser.add_argument("-o", "--out", type=Path, required=True)
    options = parser.parse_args()
    excluded: frozenset[str] = frozenset()
    if options.exclude:
        try:
            excluded = frozenset(gzip.decompress(options.exclude.read_bytes()).decode("ascii").split())
        except (OSError, EOFError, UnicodeDecodeError) as error:
            raise AnnotateError(f"{options.exclude}: cannot be read ({error})") from error
    write(options.out, sentences(options.reports, excluded))


if __name__ == "__main__":
    main()
