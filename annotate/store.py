"""Claims of earlier batches in one file. The only door to DuckDB.

Everything that a batch changes is written in one transaction: after a crash the store is as before it or as after it.
Claims are stored as data, without what other claims say of them; that stands beside them and is written anew whenever
a batch touches it.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from annotate import __version__
from annotate.blocking import Key, Marks
from annotate.document import Claim, Credibility, Event, FacetContest, Ref, Report
from annotate.errors import AnnotateError
from annotate.packed import pack, shape, unpack

if TYPE_CHECKING:
    import duckdb

FORMAT = 2
_SENTENCES = 1 << 20  # more than any report has: a claim's number is that of its report times this, and the sentence
_TABLES = """
CREATE TABLE store (format INTEGER, shape TEXT, version TEXT);
CREATE TABLE report (r INTEGER, id TEXT, digest TEXT, text BLOB, title TEXT, outlet TEXT, date TEXT, url TEXT);
CREATE TABLE claim (c BIGINT, speaking BOOLEAN, speaker TEXT, source TEXT, side TEXT, stance TEXT, data TEXT);
CREATE TABLE met (key BIGINT, day INTEGER, own INTEGER, c BIGINT);
CREATE TABLE verdict (c BIGINT, home BIGINT, event BIGINT, contest TEXT, credibility TEXT);
CREATE TABLE tie (a BIGINT, b BIGINT);
CREATE TABLE event (e BIGINT, place TEXT, date TEXT, level TEXT, data TEXT);
CREATE TABLE facet (e BIGINT, facet TEXT, level TEXT);
"""
_SPEAKS = "(source = ? OR contains(lower(speaker), ?))"
_CONTESTS = tuple[FacetContest, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known of a claim through others."""

    home: Ref | None  # the first claim of its report's own group; none where it says nothing of what happened
    event: int | None
    contest: tuple[FacetContest, ...]
    credibility: Credibility | None


class Store:
    """A store that is open; as a context it closes itself."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, path: Path) -> None:
        self._db, self._path = connection, path
        rows = self._rows("SELECT r, id FROM report")
        self._number: dict[str, int] = {name: r for r, name in rows}
        self._name: dict[int, str] = dict(rows)

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def __len__(self) -> int:
        return len(self._number)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All that is written inside, or nothing of it."""
        known = dict(self._number), dict(self._name)
        self._rows("BEGIN")
        try:
            yield
            self._rows("COMMIT")
        except BaseException:
            self._rows("ROLLBACK")
            self._number, self._name = known
            raise

    def known(self, report: Report) -> str | None:
        """The id under which a report's text is known."""
        found = self._rows("SELECT id FROM report WHERE digest = ?", [_digest(report)])
        return found[0][0] if found else None

    def __contains__(self, report: str) -> bool:
        return report in self._number

    def sizes(self, keys: Collection[Key]) -> dict[Key, int]:
        """How many claims stand in each of some blocks."""
        sql = "SELECT m.key, m.day, count(*) FROM met m JOIN {} w ON m.key = w.a AND m.day = w.b GROUP BY ALL"
        return {(key, day): count for key, day, count in self._among(sql, keys)}

    def members(self, keys: Collection[Key]) -> dict[Key, list[tuple[Ref, int]]]:
        """The claims that stand in each of some blocks, with their days as ordinals, 0 where one is not known."""
        found: dict[Key, list[tuple[Ref, int]]] = defaultdict(list)
        sql = "SELECT m.key, m.day, m.own, m.c FROM met m JOIN {} w ON m.key = w.a AND m.day = w.b"
        for key, day, at, c in self._among(sql, keys):
            found[key, day].append((self._ref(c), at))
        return found

    def clusters(self, refs: Collection[Ref]) -> dict[Ref, int | None]:
        """All claims of the events that some claims stand in, these among them, each with its event, None if alone."""
        sql = (
            "WITH asked AS (SELECT v.c, v.event FROM verdict v JOIN {} w ON v.c = w.a) "
            "SELECT c, event FROM asked WHERE event IS NULL UNION ALL "
            "SELECT c, event FROM verdict WHERE event IN (SELECT event FROM asked)"
        )
        return {self._ref(c): event for c, event in self._among(sql, self._numbers(refs))}

    def bound(self, refs: Collection[Ref]) -> set[Ref]:
        """Those of some claims whose groups are tied to others."""
        sql = "SELECT v.c FROM verdict v JOIN {} w ON v.c = w.a WHERE v.home IN (SELECT a FROM tie)"
        return {self._ref(c) for (c,) in self._among(sql, self._numbers(refs))}

    def tied(self, refs: Collection[Ref]) -> set[Ref]:
        """The claims whose groups are tied to those of some claims."""
        sql = (
            "SELECT c FROM verdict WHERE home IN (SELECT b FROM tie WHERE a IN "
            "(SELECT v.home FROM verdict v JOIN {} w ON v.c = w.a))"
        )
        return {self._ref(c) for (c,) in self._among(sql, self._numbers(refs))}

    def reports(self, names: Collection[str]) -> list[Report]:
        """Reports by id, in the order in which they came."""
        sql = "SELECT id, text, title, outlet, date, url FROM report JOIN {} w ON r = w.a ORDER BY r"
        rows = self._among(sql, [(self._number[name], 0) for name in names])
        return [Report(name, bytes(text).decode("utf-8", "surrogatepass"), *about) for name, text, *about in rows]

    def claims(self, reports: Sequence[Report], *, speaking: bool = False) -> list[Claim]:
        """The claims of some reports in reading order, without what others say of them."""
        texts = {report.id: report.text for report in reports}
        sql = "SELECT c, data FROM claim JOIN {} w ON c BETWEEN w.a AND w.b WHERE speaking OR ? ORDER BY c"
        spans = [(self._c((name, 0)), self._c((name, _SENTENCES - 1))) for name in texts]
        found = []
        for c, data in self._among(sql, spans, not speaking):
            claim = unpack(Claim, json.loads(data))
            name = self._ref(c)[0]
            text = texts[name][claim.sentence.start : claim.sentence.end]
            found.append(replace(claim, sentence=replace(claim.sentence, report=name, text=text)))
        return found

    def verdicts(self, refs: Collection[Ref]) -> dict[Ref, Verdict]:
        """What is known of some claims through others."""
        sql = "SELECT c, home, event, contest, credibility FROM verdict JOIN {} w ON c = w.a"
        return {
            self._ref(c): Verdict(
                None if home is None else self._ref(home),
                event,
                unpack(_CONTESTS, json.loads(contest)),
                unpack(Credibility, json.loads(credibility)) if credibility else None,
            )
            for c, home, event, contest, credibility in self._among(sql, self._numbers(refs))
        }

    def put(self, reports: Sequence[Report], claims: Sequence[Claim], marks: Iterable[Marks]) -> None:
        """Add new reports with their claims and the blocks that these stand in."""
        last = max(self._name, default=0)
        for number, report in enumerate(reports, last + 1):
            self._number[report.id], self._name[number] = number, report.id
        self._insert(
            "report",
            (
                (
                    self._number[r.id],
                    _utf8(r.id),
                    _digest(r),
                    _bytes(r.text),
                    *map(_utf8, (r.title, r.outlet, r.date, r.url)),
                )
                for r in reports
            ),
        )
        self._insert("claim", map(self._row, claims))
        self._insert("met", ((*key, one.at, self._c(one.ref)) for one in marks for key in one.keys))

    def judge(
        self,
        verdicts: Mapping[Ref, Verdict],
        gone: Collection[int],
        events: Mapping[int, Event],
        ties: Iterable[tuple[Ref, Ref]],
    ) -> None:
        """Write what is now known of some claims, in place of what was.

        ``gone``: events that are no more; ``ties``: all of groups that the claims stand in, as pairs of first claims.
        """
        self._forget("verdict", "c", [self._c(ref) for ref in verdicts])
        homes = {self._c(one.home) for one in verdicts.values() if one.home is not None}
        for side in ("a", "b"):
            self._forget("tie", side, homes)
        tied = [(self._c(a), self._c(b)) for a, b in ties]
        self._insert("tie", ((a, b) for one, other in tied for a, b in ((one, other), (other, one))))
        for table in ("event", "facet"):
            self._forget(table, "e", [*gone, *events])
        self._insert(
            "verdict",
            (
                (
                    self._c(ref),
                    None if one.home is None else self._c(one.home),
                    one.event,
                    _json(pack(_CONTESTS, one.contest)),
                    None if one.credibility is None else _json(pack(Credibility, one.credibility)),
                )
                for ref, one in verdicts.items()
            ),
        )
        self._insert("event", ((n, e.place, e.date, e.level, _json(pack(Event, e))) for n, e in events.items()))
        self._insert("facet", ((n, d.facet, d.level) for n, e in events.items() for d in e.facets))

    def next_event(self) -> int:
        """A number that no event has had, as long as the last is not taken back."""
        return int(self._rows("SELECT coalesce(max(e), 0) FROM event")[0][0]) + 1

    def events(self, where: str = "true", values: Sequence[Any] = (), *, latest: bool = False) -> Iterator[Event]:
        """Events by their number, or the latest first; ``where``: a condition on e, place, date, level."""
        order = "date DESC NULLS LAST, e" if latest else "e"
        for (data,) in self._rows(f"SELECT data FROM event WHERE {where} ORDER BY {order}", values):
            yield unpack(Event, json.loads(data))

    def events_by(self, ids: Collection[str]) -> Iterator[Event]:
        """Events by id ("e12"), in the order of their numbers."""
        sql = "SELECT data FROM event JOIN {} w ON e = w.a ORDER BY e"
        for (data,) in self._among(sql, [(int(name[1:]), 0) for name in ids]):
            yield unpack(Event, json.loads(data))

    def report_ids(self) -> list[str]:
        """All reports in the order in which they came."""
        return [self._name[number] for number in sorted(self._name)]

    def events_of(self, source: str, name: str) -> set[int]:
        """The numbers of events in which a source speaks: by its id, or by part of its name."""
        sql = f"SELECT DISTINCT event FROM verdict JOIN claim USING (c) WHERE event IS NOT NULL AND {_SPEAKS}"
        return {event for (event,) in self._rows(sql, [source, name.lower()])}

    def speaks(self, source: str, name: str) -> bool:
        """Whether a source speaks in any report."""
        return bool(self._rows(f"SELECT 1 FROM claim WHERE {_SPEAKS} LIMIT 1", [source, name.lower()]))

    def _row(self, claim: Claim) -> tuple[Any, ...]:
        bare = replace(
            claim, sentence=replace(claim.sentence, report="", text=""), event=None, contest=(), credibility=None
        )
        who = claim.speaker
        data = _json(pack(Claim, bare))
        return self._c(claim.ref), bool(claim.tags.types), _utf8(who.name), who.id, who.side, claim.stance, data

    def _numbers(self, refs: Collection[Ref]) -> list[tuple[int, int]]:
        return [(self._c(ref), 0) for ref in refs]

    def _c(self, ref: Ref) -> int:
        return self._number[ref[0]] * _SENTENCES + ref[1]

    def _ref(self, c: int) -> Ref:
        return self._name[c // _SENTENCES], c % _SENTENCES

    def _among(self, sql: str, pairs: Collection[tuple[int, int]], *values: object) -> list[tuple[Any, ...]]:
        """Rows of a query over a list of pairs of numbers, which stands for ``{}`` as columns a and b."""
        if not pairs:
            return []
        wanted = "(SELECT unnest(?::BIGINT[]) AS a, unnest(?::BIGINT[]) AS b)"
        rows = [[a for a, _ in pairs], [b for _, b in pairs]]
        return self._rows(sql.format(wanted), [*rows, *values])

    def _rows(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        import duckdb

        try:
            return self._db.execute(sql, list(values)).fetchall()
        except duckdb.Error as error:
            raise AnnotateError(f"{self._path}: {_why(str(error))}") from error

    def _forget(self, table: str, column: str, numbers: Collection[int]) -> None:
        if numbers:
            self._rows(f"DELETE FROM {table} WHERE {column} IN (SELECT unnest(?::BIGINT[]))", [list(numbers)])

    def _insert(self, table: str, rows: Iterable[tuple[Any, ...]]) -> None:
        columns = [list(column) for column in zip(*rows, strict=True)]
        if columns:
            sql = "SELECT data_type FROM duckdb_columns() WHERE table_name = ? ORDER BY column_index"
            lists = ", ".join(f"unnest(?::{kind}[])" for (kind,) in self._rows(sql, [table]))
            self._rows(f"INSERT INTO {table} SELECT {lists}", columns)


def open_store(path: Path, *, new: bool = False) -> Store:
    """Open a store; with ``new`` to write, and made where there is none, else to read.

    Raises:
        AnnotateError: DuckDB is missing, the file is no store, is of another version, or is in use.
    """
    try:
        import duckdb
    except ImportError as error:
        raise AnnotateError("a store needs DuckDB: pip install 'annotate[store]'") from error
    if not new and not path.is_file():
        raise AnnotateError(f"{path}: no such store")
    try:
        connection = duckdb.connect(str(path), read_only=not new)
    except duckdb.Error as error:
        raise AnnotateError(f"{path}: {_why(str(error))}") from error
    try:
        tables = {name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
        if not tables and new:
            connection.begin()
            connection.execute(_TABLES)
            connection.execute("INSERT INTO store VALUES (?, ?, ?)", [FORMAT, shape(), __version__])
            connection.commit()
        elif "store" not in tables:
            raise AnnotateError(f"{path}: is no store of claims")
        written, layout, version = connection.execute("SELECT format, shape, version FROM store").fetchone() or (
            0,
            "",
            "",
        )
        if (written, layout) != (FORMAT, shape()):
            raise AnnotateError(
                f"{path}: written by annotate {version or '?'} in another form than {__version__} reads; "
                "make a new store from the reports"
            )
        return Store(connection, path)
    except duckdb.Error as error:
        connection.close()
        raise AnnotateError(f"{path}: is no store of claims ({str(error).splitlines()[0]})") from error
    except BaseException:
        connection.close()
        raise


def _why(message: str) -> str:
    """DuckDB's message in one line for the user."""
    first = message.splitlines()[0]
    if "lock on file" in message or "being used by another process" in message:
        return "in use by another process; try again when it is done"
    if "version number" in message:
        return f"written by another version of DuckDB ({first})"
    if "not a valid DuckDB" in message:
        return "is no store of claims"
    return f"cannot be read or written ({first})"


def _digest(report: Report) -> str:
    return hashlib.sha256(_bytes(report.text)).hexdigest()


def _bytes(text: str) -> bytes:
    """A report's text, exactly: a lone surrogate can be read from broken input."""
    return text.encode("utf-8", "surrogatepass")


def _utf8(words: str | None) -> str | None:
    return None if words is None else words.encode("utf-8", "backslashreplace").decode("utf-8")


def _json(data: Any) -> str:  # noqa: ANN401 - packed
    return json.dumps(data, ensure_ascii=True, separators=(",", ":"))
