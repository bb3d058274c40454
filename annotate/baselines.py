"""What is cheap: the answers that a trained model has to beat to be worth its weight.

All of them answer on the gold's own sentences, see nothing but what the class says, and are never tuned.
Needs scikit-learn (``annotate[train]``).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import repeat
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.dummy import DummyClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier

from annotate.document import Claim, Sentence, Span, Speaker, Tags
from annotate.gold import GoldReport, GoldSentence
from annotate.labels import ASSERTIONS, STANCES, TYPES


class Baseline(Protocol):
    """Anything that learns from labelled reports and tags the sentences of others."""

    def fit(self, gold: Sequence[GoldReport]) -> Self:
        """Learn from labelled reports; returns itself."""

    def predict(self, gold: Sequence[GoldReport]) -> list[list[Tags]]:
        """Tags of every gold sentence, report by report, without a look at its labels."""


class Majority:
    """The most frequent stance and assertion, and every type that most sentences have (none, as a rule)."""

    def fit(self, gold: Sequence[GoldReport]) -> Self:
        """Count the labels."""
        sentences = [sentence for report in gold for sentence in report.sentences]
        share = {label: sum(label in s.types for s in sentences) / len(sentences) for label in TYPES}
        self._tags = _tags(
            share,
            _shares((s.stance for s in sentences), STANCES),
            _shares((s.assertion for s in sentences), ASSERTIONS),
        )
        return self

    def predict(self, gold: Sequence[GoldReport]) -> list[list[Tags]]:
        """The same tags for every sentence."""
        return [[self._tags for _ in report.sentences] for report in gold]


_SPEAK = (
    r"(?:sa(?:id|ys|ying)|t(?:old|ells?)|announc\w+|stat(?:ed|es)|report(?:ed|s)|add(?:ed|s)|claim(?:ed|s)|"
    r"den(?:ied|ies|ying)|confirm(?:ed|s)|warn(?:ed|s)|accus(?:ed|es)|insist(?:ed|s)|alleg(?:ed|es)|recalled|"
    r"acknowledged|admitted|tweeted|wrote|writes|explained|declared|urged|documented|recorded|estimat(?:ed|es))"
)
_CUE = re.compile(rf"\b(?:(?:has|have|had)\s+)?{_SPEAK}\b(?:\s+that\b)?|\baccording to\b|\b(?:quot|cit)(?:ed|es|ing)\b")
_AFTER = re.compile(r"according to|quot|cit")  # the source stands behind these
_CLAUSE = re.compile(r"[,;:.“”\"()]")

# The first that the source's own words match.
_SOURCE_WORDS = {
    "pro-regime": r"pro-(?:regime|assad|government)|state(?:-run|-owned)? (?:media|tv|television|news|radio)|"
    r"(?:military|security) source|leaflet|SANA\b|hezbollah",
    "pro-opposition": r"opposition|rebels?\b|activists?\b|coordination|local council|free (?:syrian )?army|insurgent",
    "other-party": r"kurd|\bYPG\b|\bPYD\b|\bSDF\b|islamic state|\bISI[SL]\b|daesh|democratic forces",
    "ngo": r"human rights|observatory|monitor|red (?:cross|crescent)|amnesty|white helmets|civil defen[cs]e|rescue|"
    r"aid (?:group|agenc|worker)|charit|analyst|researcher|institute|\bNGO|doctors without",
    "witness": r"resident|witness|survivor|villager|teacher|mother|father|doctor|nurse|shopkeeper|neighbou?r|relative",
    "official": r"minist(?:er|ry)|spokes|president|general\b|command|armed forces|army|officials?\b|government|"
    r"united nations|\bU\.?N\b|envoy|ambassador|department|pentagon|kremlin|white house|secretary|police|"
    r"governor|diplomat|council|military",
    "media": r"reporter|correspondent|journalist|news|reuters|\bAFP\b|\bBBC\b|\bAP\b|agency|television",
}
_TYPE_WORDS = {
    "attack": r"attack|strikes?\b|air ?strike|airstrike|shell(?:ed|ing|s)|bomb|explo|missile|rocket|clash|shot down|"
    r"barrel|artillery|\bhit\b|raid|chemical",
    "responsibility": r"\bby (?:the )?[A-Z]\w+|(?:regime|russian|rebel|government|israeli|coalition)\S* "
    r"(?:air|strike|shell|bomb|attack|raid|forces|jets|warplanes)|responsib|blam|carried out",
    "casualty": r"kill|dead|die[ds]|death|wound|injur|casualt|bodies|martyr",
    "control": r"captur|control|seiz|advanc|recaptur|entered|withdr|deploy|offensive|took over|retak|held by|troops",
    "detention": r"arrest|detain|detention|abduct|kidnap|prison|captive|conscript|disappear",
    "humanitarian": r"civilians? (?:trapped|fle)|displac|fled|siege|besieg|\baid\b|food|hospital|refugee|evacuat|"
    r"shelter|humanitarian",
    "diplomacy": r"talks|ceasefire|cease-fire|resolution|sanction|veto|condemn|negotiat|truce|agreement|summit|"
    r"security council|called (?:for|on)|demand|propos|urg",
    "other": r"elect|investigat|\bborn\b|founded|budget|million dollars|trial",
}
_ASSERTION_WORDS = {
    "denies": r"\bden(?:y|ied|ies|ying|ial)\b|reject(?:s|ed|ing)?\b|refut|no truth|not true|dismiss(?:ed|es)",
    "confirms": r"\bconfirm(?:s|ed|ing)?\b|admit|acknowledg|conced",
    "hedges": r"reportedly|alleg|believed|may have|might have|apparent|purported|unconfirmed|claim(?:s|ed|ing)\b|"
    r"could not be (?:independently )?verified|suspected|almost certain",
    "calls": r"call(?:s|ed|ing)? (?:for|on)|demand|urg(?:e|ed|es|ing)\b|\bwarn|threaten|condemn|propos|\bwill\b|"
    r"\bmust\b|\bshould\b|promis|vow",
}


def _compiled(words: dict[str, str]) -> dict[str, re.Pattern[str]]:
    return {label: re.compile(pattern, re.IGNORECASE) for label, pattern in words.items()}


_STANCE_RULES, _ASSERTION_RULES = _compiled(_SOURCE_WORDS), _compiled(_ASSERTION_WORDS)
_TYPE_RULES = {label: re.compile(pattern) for label, pattern in _TYPE_WORDS.items()}


class CueWords:
    """Lists of words, one sentence at a time: what a patient person writes in an afternoon. Learns nothing."""

    def fit(self, gold: Sequence[GoldReport]) -> Self:
        """Learns nothing."""
        return self

    def predict(self, gold: Sequence[GoldReport]) -> list[list[Tags]]:
        """Types by topic words, assertion by verbs, source before (or after) the cue, stance by the source's words."""
        return [[self._tag(sentence.sentence) for sentence in report.sentences] for report in gold]

    def _tag(self, sentence: Sentence) -> Tags:
        text = sentence.text
        cue = _CUE.search(text)
        source = _phrase(text, cue) if cue else None
        stance = "unattributed" if source is None else stance_of(text[slice(*source)])
        assertion = next((label for label, rule in _ASSERTION_RULES.items() if rule.search(text)), "asserts")
        return _tags(
            {label: float(bool(rule.search(text))) for label, rule in _TYPE_RULES.items()},
            {label: float(label == stance) for label in STANCES},
            {label: float(label == assertion) for label in ASSERTIONS},
            sources=(_span(sentence, *source),) if source else (),
            cues=(_span(sentence, *cue.span()),) if cue else (),
        )


def stance_of(source: str) -> str:
    """The stance that a source's own words give away; a bare name is taken for an official's."""
    return next((label for label, rule in _STANCE_RULES.items() if rule.search(source)), "official")


def _phrase(text: str, cue: re.Match[str]) -> tuple[int, int] | None:
    """The words between the cue and the nearest stop: before it, or after "according to"."""
    if _AFTER.match(cue.group()):
        start, stop = cue.end(), _CLAUSE.search(text, cue.end())
        end = stop.start() if stop else len(text)
    else:
        stops = [stop.end() for stop in _CLAUSE.finditer(text, 0, cue.start())]
        start, end = (stops[-1] if stops else 0), cue.start()
    words = text[start:end].strip()
    return (start + text[start:end].index(words), start + text[start:end].index(words) + len(words)) if words else None


class CarryOver:
    """Who goes on speaking, by punctuation alone, given where the gold names a source.

    A source opens a speech when its sentence ends in a colon or leaves a quotation open; the speech runs to the next
    source, or to the end of the quotation and of the paragraph. A pronoun or "the statement" goes back to the last
    source. The stance is read off the source's words.
    """

    def fit(self, gold: Sequence[GoldReport]) -> Self:
        """Learns nothing."""
        return self

    def predict(self, gold: Sequence[GoldReport]) -> list[list[Claim]]:
        """Claims whose speakers stand in the gold's source spans or are carried over from them."""
        return [self._claims(report) for report in gold]

    def _claims(self, report: GoldReport) -> list[Claim]:
        claims: list[Claim] = []
        last: GoldSentence | None = None  # the last sentence that named a source
        speech: str | None = None  # "colon" or "quote" while a speech runs
        for sentence in report.sentences:
            text = sentence.sentence.text
            if sentence.sources:
                back = bool(_ANAPHOR.fullmatch(sentence.sources[0].text)) and last is not None
                last, carried = (last if back else sentence), back
                speech = "colon" if text.endswith(":") else "quote" if _opens(text) else None
            else:
                carried = last is not None and (speech is not None or text.startswith(_OPENING))
                speech = "quote" if _opens(text) else None if _closes(text) else speech if carried else None
            claims.append(_claim(sentence, last if carried or sentence.sources else None, carried))
        return claims


_OPENING = ("“", '"', "‘")
_ANAPHOR = re.compile(r"(?:it|he|she|they|we|(?:the|this) (?:statement|report|ministry|group|agency|source))", re.I)


def _opens(text: str) -> bool:
    """A quotation is open at the end of the sentence."""
    return text.rfind("“") > text.rfind("”") or (text.count('"') % 2 == 1 and text.startswith('"'))


def _closes(text: str) -> bool:
    return text.rfind("”") > text.rfind("“") or (text.count('"') % 2 == 1 and not text.startswith('"'))


def _claim(sentence: GoldSentence, named: GoldSentence | None, carried: bool) -> Claim:
    bare = sentence.sentence.text.endswith(":")  # a lead-in claims nothing itself
    stance = "unattributed" if named is None or bare or not named.sources else stance_of(named.sources[0].text)
    tags = _tags(
        dict.fromkeys(TYPES, 0.0),
        {label: float(label == stance) for label in STANCES},
        {label: float(label == "asserts") for label in ASSERTIONS},
        sources=sentence.sources,
    )
    speaker = (
        Speaker("author", "author")
        if named is None
        else Speaker(named.sources[0].text, "carried", from_=named.sentence.index)
        if carried
        else Speaker(named.sources[0].text, "named")
    )
    return Claim(sentence.sentence, tags, stance, speaker)


class TfidfLogistic:
    """Weighted words (one and two) and letters (three to five) with logistic regression, one model a head.

    ``context`` adds the words and letters of the sentence before, as features of their own.
    """

    def __init__(self, *, context: bool = False, strength: float = 30.0, seed: int = 0) -> None:
        """``strength``: scikit-learn's C, the inverse of the regularisation."""
        self._context, self._strength, self._seed = context, strength, seed

    def fit(self, gold: Sequence[GoldReport]) -> Self:
        """Learn vocabulary, weights and heads from the labelled reports."""
        texts = _texts(gold)
        self._vectorizers = [
            TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True, dtype=np.float32),
            TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), min_df=2, sublinear_tf=True, dtype=np.float32),
        ]
        for vectorizer in self._vectorizers:
            vectorizer.fit([text for report in texts for text in report])
        features = self._features(texts)
        sentences = [sentence for report in gold for sentence in report.sentences]
        self._known = [label for label in TYPES if any(label in s.types for s in sentences)]
        given = [np.array([label in s.types for s in sentences], dtype=int) for label in self._known]
        self._types = [self._learned(features, goal) for goal in given]
        self._stance = self._learned(features, np.array([s.stance for s in sentences]))
        self._assertion = self._learned(features, np.array([s.assertion for s in sentences]))
        return self

    def predict(self, gold: Sequence[GoldReport]) -> list[list[Tags]]:
        """Types above one half, the likeliest stance and assertion; no spans."""
        texts = _texts(gold)
        features = self._features(texts)
        types = [model.predict_proba(features)[:, -1] for model in self._types]
        stances = _by_label(self._stance, features)
        assertions = _by_label(self._assertion, features)
        rows = zip(*types, strict=True) if types else repeat((), len(stances))
        tags = (
            _tags(dict(zip(self._known, map(float, row), strict=True)), stance, assertion)
            for row, stance, assertion in zip(rows, stances, assertions, strict=True)
        )
        return [[next(tags) for _ in report] for report in texts]

    def _learned(self, features: Any, goal: NDArray[Any]) -> Any:  # noqa: ANN401 - scikit-learn is untyped
        """A model of one head; of one that has a single label, the model that always says it."""
        if len(set(goal)) == 1:
            return DummyClassifier(strategy="most_frequent").fit(features, goal)
        model = LogisticRegression(C=self._strength, solver="liblinear", random_state=self._seed)
        return OneVsRestClassifier(model).fit(features, goal)

    def _features(self, texts: Sequence[Sequence[str]]) -> Any:  # noqa: ANN401 - a sparse matrix, untyped
        """[sentences, features]."""
        here = [text for report in texts for text in report]
        before = [text for report in texts for text in ["", *report[:-1]][: len(report)]]
        parts = [vectorizer.transform(here) for vectorizer in self._vectorizers]
        if self._context:
            parts += [vectorizer.transform(before) for vectorizer in self._vectorizers]
        return csr_matrix(hstack(parts))


def _texts(gold: Sequence[GoldReport]) -> list[list[str]]:
    return [[sentence.sentence.text for sentence in report.sentences] for report in gold]


def _by_label(model: Any, features: Any) -> list[dict[str, float]]:  # noqa: ANN401 - scikit-learn is untyped
    labels = [str(label) for label in model.classes_]
    return [dict(zip(labels, map(float, row), strict=True)) for row in model.predict_proba(features)]


def _shares(labels: Iterable[str], known: Sequence[str]) -> dict[str, float]:
    counts = Counter(labels)
    return {label: counts[label] / counts.total() for label in known}


def _span(sentence: Sentence, start: int, end: int) -> Span:
    return Span(sentence.start + start, sentence.start + end, sentence.text[start:end])


def _tags(
    types: dict[str, float],
    stances: dict[str, float],
    assertions: dict[str, float],
    *,
    sources: tuple[Span, ...] = (),
    cues: tuple[Span, ...] = (),
) -> Tags:
    """Tags with every type above one half and the likeliest stance and assertion."""
    return Tags(
        types=tuple(label for label in TYPES if types.get(label, 0.0) > 0.5),
        stance=max(stances, key=stances.__getitem__),
        assertion=max(assertions, key=assertions.__getitem__),
        type_scores=types,
        stance_scores=stances,
        assertion_scores=assertions,
        continues=0.0,
        sources=sources,
        cues=cues,
    )
