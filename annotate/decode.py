"""Bytes -> text: UTF-8, else what the byte-order mark says, else a guess that is only made where it is safe."""

from __future__ import annotations

import codecs
import re
import unicodedata

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark begins it
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 1 << 16  # bytes that a guess is made from
_MULTIBYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_HIGH = re.compile(rb"[\x80-\xff]")
_CHARSET = re.compile(rb"<meta[^>]{0,200}charset=[\"']?([\w-]+)", re.IGNORECASE)
_TYPOGRAPHY = frozenset("‘’‚“”„–—…•£€§©®°½\u00a0")
_LETTERS = frozenset("àáâãäåæçèéêëìíîïñòóôõöøœùúûüýßšžÀÁÂÄÅÆÇÈÉÊËÍÎÏÑÓÔÖØŒÙÚÛÜŠŽ«»·¿¡±²³¼¾´†‡‹›")


class Undecodable(ValueError):
    """Why the bytes are no text, in one clause."""


def decode(data: bytes, encoding: str | None = None, *, html: bool = False) -> str:
    """Turn a file's bytes into frozen text: the byte-order mark dropped, CRLF to LF, nothing else touched.

    Raises:
        Undecodable: binary, or no encoding fits.
    """
    name = encoding or guess(data, html=html)
    try:
        text = data.decode(name)
    except (UnicodeDecodeError, UnicodeError) as error:
        at = getattr(error, "start", None)
        raise Undecodable(f"not {name}" + ("" if at is None else f" (at byte {at:,})")) from error
    return tidy(text)


def tidy(text: str) -> str:
    """Drop a byte-order mark, CRLF to LF; half a surrogate pair, which no file can hold, becomes U+FFFD."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def guess(data: bytes, *, html: bool = False, whole: bool = True) -> str:
    """Name the encoding of a file's bytes, or of its first bytes where they are not the whole.

    Raises:
        Undecodable: binary, or nothing fits well enough to be trusted.
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return name
    head = data[:_SAMPLE]
    if b"\0" in head:
        raise Undecodable("binary, or UTF-16 without a byte-order mark")
    if sum(byte < 32 and byte not in b"\t\n\r\f\v\x1b\b" for byte in head[:4096]) > 0.02 * len(head[:4096]):
        raise Undecodable("binary")
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data, final=whole)
    except UnicodeDecodeError as error:
        return _legacy(head, error.start, html, whole)
    return "utf-8"


def _legacy(head: bytes, wrong: int, html: bool, whole: bool) -> str:
    """The encoding of bytes that are not UTF-8, the first wrong one given."""
    if html and (match := _CHARSET.search(head[:2048])) and _known(match.group(1).decode()):
        return match.group(1).decode()
    high = len(_HIGH.findall(head))
    few = high <= 0.05 * len(head)  # too few for letter statistics
    if high <= 0.2 * len(head) and _only(head, _TYPOGRAPHY | _LETTERS if few else _TYPOGRAPHY):
        return "cp1252"
    damaged = 2 * sum(map(len, _MULTIBYTE.findall(head))) >= high
    if (few or damaged) and not whole:
        return "utf-8"  # most of it is; the lines that are not are named one by one
    if not (few or damaged) and (sure := _statistics(head)):
        return sure
    raise Undecodable(
        f"not UTF-8 (at byte {wrong:,})"
        + (", though most of it is" if damaged else ", and no other encoding is sure; name it with --encoding")
    )


def _known(name: str) -> bool:
    try:
        codecs.lookup(name)
    except LookupError:
        return False
    return True


def _only(head: bytes, wanted: frozenset[str]) -> bool:
    """Whether all bytes beyond ASCII, read in Windows' Western encoding, are among the characters wanted."""
    if _MULTIBYTE.search(head):
        return False
    try:
        return set(b"".join(_HIGH.findall(head)).decode("cp1252")) <= wanted
    except UnicodeDecodeError:
        return False


def _statistics(head: bytes) -> str | None:
    """What charset-normalizer is sure of."""
    from charset_normalizer import from_bytes  # slow to load, and hardly ever needed

    found = [match for match in from_bytes(head) if match.chaos <= 0.1 and match.coherence >= 0.3]
    if not found:
        return None
    best = max(match.coherence for match in found)
    names = {
        name for match in found if match.coherence == best for name in (match.encoding, *match.could_be_from_charset)
    }
    name = "cp1252" if "cp1252" in names else found[0].encoding
    letters = [char for char in head.decode(name, "replace") if not char.isascii()]
    return name if all(unicodedata.category(char) != "Cn" for char in letters) else None
