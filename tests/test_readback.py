"""claims.jsonl read back: what was written comes again, and what is broken is named by file and line."""

import json

import pytest
from labelled import Row, claim, labelled

from annotate.document import Report, Speaker
from annotate.errors import AnnotateError
from annotate.readback import read_back
from annotate.write import write

GOLD = labelled(
    "mill",
    Row("The army said the mill burned.", ("attack",), "official", source="The army", cue="said", place="mill"),
    Row("Nobody died.", ("casualty",), "official", from_=0),
)
CLAIMS = [
    claim(GOLD.sentences[0], Speaker("army", "named", "army", "regime")),
    claim(GOLD.sentences[1], Speaker("army", "carried", "army", "regime", from_=0)),
]


@pytest.fixture
def out(tmp_path):
    write(tmp_path, [GOLD.report], CLAIMS, [])
    return tmp_path


def changed(out, line, **keys):
    """The file with some keys of one line (from 1) changed, or left out where the value is ..."""
    path = out / "claims.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines()
    record = json.loads(lines[line - 1]) | keys
    lines[line - 1] = json.dumps({key: value for key, value in record.items() if value is not ...})
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_what_scores_need_comes_again(out):
    found = read_back(out, [GOLD.report])
    first, second = found.claims[0]
    assert [first.speaker, second.speaker] == [one.speaker for one in CLAIMS]
    assert [first.sentence, second.sentence] == [one.sentence for one in GOLD.sentences]
    assert (first.tags.types, first.stance, first.tags.sources) == (("attack",), "official", CLAIMS[0].tags.sources)
    assert second.tags.stance_scores["official"] == 1
    assert found.others == ()


def test_a_file_will_do_for_its_folder(out):
    assert read_back(out / "claims.jsonl", [GOLD.report]) == read_back(out, [GOLD.report])


def test_an_abstaining_head_is_none(out):
    path = changed(out, 1, stance=None, abstained={"stance": ["official", "ngo"]})
    tags = read_back(path, [GOLD.report]).claims[0][0].tags
    assert (tags.stance, tags.abstained) == (None, {"stance": ("official", "ngo")})


def test_a_mark_of_a_lines_end_inside_a_sentence_does_not_end_the_line(tmp_path):
    gold = labelled("odd", Row("A wall\u2028fell."))
    write(tmp_path, [gold.report], [claim(gold.sentences[0])], [])
    assert read_back(tmp_path, [gold.report]).claims[0][0].sentence.text == "A wall\u2028fell."


def test_reports_that_nobody_asked_for_are_named(out):
    changed(out, 2, report="dam")
    other = Report("dam", "Nobody died.")
    with pytest.raises(AnnotateError, match=r"claims\.jsonl:2: from another text"):
        read_back(out, [GOLD.report, other])
    found = read_back(out, [GOLD.report])
    assert (len(found.claims[0]), found.others) == (1, ("dam",))


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"stance": "regime"}, "unknown stance 'regime'"),
        ({"types": ["attack", "strike"]}, "unknown types 'strike'"),
        ({"types": "attack"}, "'types' is 'attack'"),
        ({"assertion": ...}, "has no 'assertion'"),
        ({"start": True}, "'start' is True"),
        ({"text": "The navy said the mill burned."}, "from another text: 'The navy said the mill burned.'"),
        ({"end": 4000}, "from another text"),
        ({"source": {"start": 0, "end": 4, "text": "Them"}}, "from another text: 'Them'"),
        ({"places": ["mill"]}, "'places' holds something that is no span"),
        ({"block": {"kind": "verse"}}, "unknown block.kind 'verse'"),
        ({"speaker": {"name": "army", "state": "heard"}}, "unknown speaker.state 'heard'"),
        ({"speaker": {"name": "army", "state": "carried", "from": "0"}}, "speaker.from is no sentence number"),
        ({"speaker": {"name": "army", "state": "carried", "from": 7}}, "'from' is sentence 7, which is not there"),
        ({"stance_scores": {"official": 2}}, "stance_scores of official is no probability"),
        ({"sentence": 1}, "sentence 1 of mill stands there twice"),
    ],
)
def test_what_breaks_the_contract_is_one_line_with_file_and_line(out, keys, said):
    path = changed(out, 1, **keys)
    with pytest.raises(AnnotateError) as error:
        read_back(path, [GOLD.report])
    line = 2 if "twice" in said else 1
    assert str(error.value).startswith(f"{path}:{line}: ")
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b'{"report": "mill"', ":1: not JSON"),
        (b"\n\n[]", ":3: not a JSON object"),
        (b"\xff\xfe{", ":1: not UTF-8"),
        (b"", ": report mill of the gold is not in it"),
    ],
)
def test_what_is_no_claims_file(tmp_path, data, said):
    path = tmp_path / "claims.jsonl"
    path.write_bytes(data)
    with pytest.raises(AnnotateError) as error:
        read_back(path, [GOLD.report])
    assert str(error.value).startswith(f"{path}{said}")


def test_a_folder_without_claims(tmp_path):
    with pytest.raises(AnnotateError, match=r"claims\.jsonl: cannot be read"):
        read_back(tmp_path, [GOLD.report])
