import codecs
import json
import os
import tracemalloc
from pathlib import Path

import pytest

from annotate.document import Report
from annotate.errors import AnnotateError
from annotate.metadata import day, month_first
from annotate.read import Skipped, read
from annotate.webpage import page

SEEDS = Path(__file__).parents[1] / "seeds"


@pytest.fixture
def put(tmp_path):
    """Write a file into an empty folder and give its path."""

    def write(name, content):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def told(paths, **options):
    """What was left out, the folder's name cut off."""
    return [f"{Path(s.where).name}: {s.why}" for s in read(paths, **options) if isinstance(s, Skipped)]


def reports(paths, **options):
    return [report for report in read(paths, **options) if isinstance(report, Report)]


def texts(path, **options):
    return [report.text for report in reports([path], **options)]


def test_the_seed_reports_take_their_metadata_from_the_index_beside_them():
    first, second = reports(sorted(SEEDS.glob("*.txt")))
    assert (first.id, first.outlet, first.date, first.title) == ("seed-000", "EA WorldView", "2016-12-07", None)
    assert (second.id, second.date) == ("seed-004", "2016-11-29")
    assert first.text == (SEEDS / "000_060b8275ecc95bc6.txt").read_bytes().decode()


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("“Shells” fell.\n".encode(), "“Shells” fell.\n"),
        (codecs.BOM_UTF8 + b"Shells fell.", "Shells fell."),
        ("Shells fell – twice.".encode("utf-16"), "Shells fell – twice."),
        (codecs.BOM_UTF16_BE + "Shells fell.".encode("utf-16-be"), "Shells fell."),
        ("Shells fell.".encode("utf-32"), "Shells fell."),
        (b"One.\r\nTwo.\r\n\r\nThree.", "One.\nTwo.\n\nThree."),
        (b"One.\rTwo.  Three.\t\n", "One.\rTwo.  Three.\t\n"),
        ("The town’s “council” denied it – twice.".encode("cp1252"), "The town’s “council” denied it – twice."),
        (("Министерство обороны отрицает удар. " * 4).encode("cp1251"), "Министерство обороны отрицает удар. " * 4),
        (
            ("قالت الوزارة إن الطائرات قصفت المدينة. " * 4).encode("cp1256"),
            "قالت الوزارة إن الطائرات قصفت المدينة. " * 4,
        ),
    ],
)
def test_text_is_decoded_and_then_left_alone(put, data, text):
    assert texts(put("a.txt", data)) == [text]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "empty"),
        (b" \n\n\t", "empty"),
        (bytes(range(256)) * 20, "binary, or UTF-16 without a byte-order mark"),
        (b"\x01\x02\x03\x04" * 100, "binary"),
        ("Shells fell.".encode("utf-16-le"), "binary, or UTF-16 without a byte-order mark"),
        ("“Shells” “fell” ".encode() + b"\xe2\x80 here", "not UTF-8 (at byte 24), though most of it is"),
        (b"Shells fell. " * 9 + b"\x81\xfe\xff",
         "not UTF-8 (at byte 117), and no other encoding is sure; name it with --encoding"),
    ],
)  # fmt: skip
def test_what_is_no_text_is_left_out_and_the_rest_goes_on(put, data, why):
    put("b.txt", "Shells fell.")
    bad = put("a.txt", data)
    assert told([bad.parent]) == [f"a.txt: {why}"]
    assert [report.id for report in reports([bad.parent])] == ["b"]


def test_an_encoding_can_be_named(put):
    path = put("a.txt", "Wojska zajęły miasto.".encode("cp1250"))
    assert texts(path, encoding="cp1250") == ["Wojska zajęły miasto."]
    assert told([path], encoding="utf-8") == ["a.txt: not utf-8 (at byte 10)"]


@pytest.mark.parametrize(
    "option", [{"encoding": "utf-9"}, {"encoding": "base64"}, {"date": "soon"}, {"date": "4/5/2017"}]
)
def test_options_that_mean_nothing_are_refused_at_once(option):
    with pytest.raises(AnnotateError, match=r"^--(encoding|date) "):
        read([], **option)


def test_what_is_not_there_is_named(put, tmp_path):
    (tmp_path / "none").mkdir()
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "loop.txt").symlink_to("loop.txt")
    assert told([tmp_path / "a.txt"]) == ["a.txt: no such file or folder"]
    assert told([tmp_path / "none"]) == ["none: no reports in this folder"]
    assert told([tmp_path / "pipe.txt"]) == ["pipe.txt: not a file"]
    assert told([put("a.pdf", b"%PDF-1.4")]) == ["a.pdf: PDF is not read; turn it into text first"]
    assert len(told([tmp_path / "loop.txt"])) == 1


def test_an_unreadable_file_is_named(put, monkeypatch):
    path = put("a.txt", "Shells fell.")

    def closed(self):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", closed)
    assert told([path]) == ["a.txt: cannot be read (Permission denied)"]


def test_folders_are_read_in_order_and_each_file_once(put, tmp_path):
    for name in ("b.txt", "a.md", "sub/c.txt", "sub/a.txt", ".hidden.txt", ".git/d.txt", "picture.png", "notes.toml"):
        put(name, f"This is {name}.")
    found = reports([tmp_path / "b.txt", tmp_path, tmp_path / "sub"])
    assert [report.text for report in found] == [
        f"This is {name}." for name in ("b.txt", "a.md", "sub/a.txt", "sub/c.txt")
    ]
    assert [report.id for report in found] == ["b", "a", "a-2", "c"]


def test_a_file_of_another_ending_is_text_where_it_is_named(put):
    assert texts(put("report.log", "Shells fell.")) == ["Shells fell."]


def test_ids_are_made_unique(put):
    rows = "\n".join(json.dumps({"id": name, "text": "Shells fell."}) for name in ("a", "a", "a-2", "a", ""))
    assert [report.id for report in reports([put("f.jsonl", rows)])] == ["a", "a-2", "a-2-2", "a-3", "f-5"]


def test_an_index_gives_metadata_and_its_faults_are_named(put, tmp_path):
    put("a.txt", "Shells fell.")
    put("b.txt", "Shells fell.")
    put(
        "index.csv",
        "file,id,outlet,date,title,url\na.txt,x,Outlet,2016-12-07,Title,http://e.org\ngone.txt,y,,,,\nb.txt,z\n",
    )
    assert reports([tmp_path]) == [
        Report("x", "Shells fell.", "Title", "Outlet", "2016-12-07", "http://e.org"),
        Report("b", "Shells fell."),
    ]
    assert told([tmp_path]) == [
        "index.csv:3: names 'gone.txt', which is not there",
        "index.csv:4: 2 cells under 6 columns",
    ]


def test_a_table(put):
    path = put(
        "t.csv",
        "ID,Headline,Body,Source,Date,URL\r\n"
        '7,Title,"Shells fell.\r\nJets came.",Outlet,2016-12-07,http://e.org\r\n'
        ',,"Said ""no"".",,,\r\n',
    )
    assert reports([path]) == [
        Report("7", "Shells fell.\nJets came.", "Title", "Outlet", "2016-12-07", "http://e.org"),
        Report("t-2", 'Said "no".'),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("t.tsv", "text\tdate\nShells, they fell.\t2016-12-07\n"),
        ("t.csv", "text;date\nShells, they fell.;2016-12-07\n"),
        ("t.csv", codecs.BOM_UTF8 + b"text,date\n\"Shells, they fell.\",2016-12-07\n"),
        ("t.csv", 'text,date\n"Shells, they fell.",2016-12-07\n'.encode("utf-16")),
        ("t.json", '[{"text": "Shells, they fell.", "date": "2016-12-07T18:30:00Z"}]'),
        ("t.json", '{"text": "Shells, they fell.", "date": "2016-12-07"}'),
        ("t.json", '{"text": "Shells, they fell.", "date": "2016-12-07"}\n{"text": ""}\n'),
        ("t.jsonl", '\ufeff{"text": "Shells, they fell.", "date": "2016-12-07"}\r\n\n'),
        ("t.ndjson", '{"data": {"text": "Shells, they fell.", "date": "2016-12-07"}, "annotations": []}'),
        ("t.md", "---\ntitle: T\ndate: 2016-12-07\n---\nShells, they fell."),
        ("t.txt", "Shells, they fell.\nDate: 7 December 2016\n"),
    ],
)  # fmt: skip
def test_other_shapes(put, name, content):
    first = reports([put(name, content)])[0]
    assert (first.text.partition("\n")[0], first.date) == ("Shells, they fell.", "2016-12-07")


def test_keys_can_be_named(put):
    path = put("t.csv", "text,corps,quand,nom\nno,Shells fell.,2016-12-07,x\n")
    assert reports([path], text_key="corps", date_key="quand", id_key="nom") == [
        Report("x", "Shells fell.", date="2016-12-07")
    ]


@pytest.mark.parametrize(
    ("name", "content", "options", "lines", "good"),
    [
        ("t.csv", "id,words\n1,Shells fell.\n", {}, ["t.csv: no column 'text' (it has: id, words)"], 0),
        ("t.csv", "id,text\n1,Shells fell.\n", {"text_key": "body"}, ["t.csv: no column 'body' (it has: id, text)"], 0),
        ("t.csv", "id,text\n1,Shells fell.\n", {"date_key": "day"}, ["t.csv: no column 'day' (it has: id, text)"], 0),
        ("t.csv", "id,text\n1,One.\n2\n3,Three.,x\n4,Four.\n",
         {}, ["t.csv:3: 1 cells under 2 columns", "t.csv:4: 3 cells under 2 columns"], 2),
        ("t.csv", 'id,text\n1,One.\n2,"Two.\n3,Three.\n', {}, ["t.csv:3: a quotation mark that is never closed"], 1),
        ("t.csv", 'id,text\n1,"One."x\n2,Two.\n', {}, ["t.csv:2: not CSV (',' expected after '\"')"], 1),
        ("t.csv", "id,text\n", {}, ["t.csv: empty"], 0),
        ("t.csv", "", {}, ["t.csv: empty"], 0),
        ("t.csv", "text\n" + "Shells fell.\n" * 99 + "“Shells” fell.\n" * 9, {}, [], 108),
        ("t.csv", "text\n“One.”\n".encode() + b"Two \xff\xfe.\n" + "“Three.”\n".encode(), {},
         ["t.csv:3: not text in the file's encoding (where that is not UTF-8, name it with --encoding)"], 2),
        ("t.jsonl", '{"text": "a"}\n' * 6 + '{"text": "a"\n' + '{"text": "a"}\n' * 3,
         {}, ["t.jsonl:7: not JSON (Expecting ',' delimiter)"], 9),
        ("t.jsonl", '{"text": "a"}\n[1]\n{"text": 5}\n{"text": null}\n{"body": ""}\n{"x": "a"}\n', {},
         ["t.jsonl:2: not an object with a text", "t.jsonl:3: its text is no string", "t.jsonl:4: empty",
          "t.jsonl:5: empty", "t.jsonl:6: no key 'text'"], 1),
        ("t.jsonl", '{"x": "a"}\n{"text": "a"}\n', {}, ["t.jsonl:1: no key 'text' (it has: 'x')"], 1),
        ("t.jsonl", '{"x": "a"}\n' * 50, {}, ["t.jsonl: no key 'text' (it has: 'x') in any of 50 records"], 0),
        ("t.jsonl", '{"x": "a"}\n' * 5000, {}, ["t.jsonl: no key 'text' (it has: 'x') in any of 1,000 records"], 0),
        ("t.jsonl", "[" * 100_000 + "\n" + '{"text": "a"}', {}, ["t.jsonl:1: not JSON (too deep or too long)"], 1),
        ("t.json", '[\n{"text": "a"},\n{"text" "b"}\n]', {}, ["t.json:3: not JSON (Expecting ':' delimiter)"], 0),
        ("t.json", '[{"text": "a"}, 5]', {}, ["t.json: item 2: not an object with a text"], 1),
        ("t.jsonl", '{"text": "a", "date": "13/13/2016"}\n', {},
         ["t.jsonl:1: its date '13/13/2016' is no day (write it as 2016-12-07); read without it"], 1),
    ],
)  # fmt: skip
def test_a_bad_record_is_named_with_its_line_and_the_rest_goes_on(put, name, content, options, lines, good):
    path = put(name, content)
    assert told([path], **options) == lines
    assert len(reports([path], **options)) == good


def test_half_a_surrogate_pair_becomes_a_replacement_character(put):
    assert texts(put("t.jsonl", r'{"text": "a\ud83d b\ud83d\ude00"}')) == ["a\ufffd b😀"]


def test_a_feed_is_not_held_in_memory(put):
    path = put("t.jsonl", (json.dumps({"text": "Shells fell. " * 5000}) + "\n") * 300)
    tracemalloc.start()
    assert sum(isinstance(report, Report) for report in read([path])) == 300
    assert tracemalloc.get_traced_memory()[1] < path.stat().st_size / 5
    tracemalloc.stop()


@pytest.mark.parametrize("content", ["word " * 200_000, "a\n" * 100_000], ids=["a million in a line", "100,000 lines"])
def test_size_alone_is_no_fault(put, content):
    assert texts(put("a.txt", content)) == [content]


@pytest.mark.parametrize(
    ("words", "iso"),
    [
        ("2016-12-07", "2016-12-07"),
        ("2016-12-07T18:30:00+03:00", "2016-12-07"),
        ("20161207", "2016-12-07"),
        ("2016/12/07", "2016-12-07"),
        ("7 December 2016", "2016-12-07"),
        ("Dec. 7, 2016", "2016-12-07"),
        ("Wednesday, December 7, 2016, 6:30 p.m.", "2016-12-07"),
        ("Wed, 07 Dec 2016 18:30:00 GMT", "2016-12-07"),
        ("07.12.2016", "2016-12-07"),
        ("25/12/2016", "2016-12-25"),
        ("12/25/16", "2016-12-25"),
        ("12/12/2016", "2016-12-12"),
        ("7/12/2016", None),
        ("2016-02-30", None),
        ("2016-13-01", None),
        ("December 2016", None),
        ("Sept. 30, 2016", "2016-09-30"),
        ("Tuesday", None),
        ("1481068800", None),
        ("", None),
    ],
)
def test_days(words, iso):
    assert day(words) == iso


def test_a_column_of_dates_shows_its_order(put):
    assert month_first(["4/5/2017", "4/16/2017", ""]) is True
    assert month_first(["4/5/2017", "16/4/2017"]) is False
    assert month_first(["4/16/2017", "16/4/2017"]) is None
    path = put("t.csv", "text,date\na,4/5/17\nb,4/16/17\n")
    assert [report.date for report in reports([path])] == ["2017-04-05", "2017-04-16"]


@pytest.mark.parametrize(
    ("content", "options", "date"),
    [
        ('{"text": "Date: 2016-12-05", "date": "2016-12-07"}', {"date": "2016-12-06"}, "2016-12-07"),
        ('{"text": "Date: 2016-12-05"}', {"date": "6 December 2016"}, "2016-12-06"),
        ('{"text": "Date: 2016-12-05"}', {}, "2016-12-05"),
        ('{"text": "Date: 2016-12-05", "date": "soon"}', {}, "2016-12-05"),
        (r'{"text": "- Date: 7 June 2018\n- Killed: 45"}', {}, None),
        (r'{"text": "Published: 7 June 2018\nDate: 8 June 2018"}', {}, None),
        (r'{"text": "One.\nTwo.\nThree.\nFour.\nFive.\nDate: 7 June 2018"}', {}, None),
        ('{"text": "On 7 June 2018 shells fell."}', {}, None),
    ],
)
def test_where_a_report_takes_its_day_from(put, content, options, date):
    assert [report.date for report in reports([put("t.jsonl", content)], **options)] == [date]


def test_front_matter_comes_off_and_a_rule_stays():
    from annotate.metadata import front_matter

    assert front_matter('---\nTitle: "T"\ntags:\n  - a\n---\n\nShells fell.') == (
        {"title": "T", "tags": ""},
        "\nShells fell.",
    )
    for text in ("---\nShells fell on the town.\n---\nMore fell.", "---\n\n---\n", "---", "a\n---\nb: c\n---\n"):
        assert front_matter(text) == ({}, text)


PAGE = """<!doctype html><html><head><meta charset="utf-8"><title>Jets hit town</title>
<meta property="og:site_name" content="The Outlet"><meta property="article:published_time" content="2016-12-07T18:30Z">
<link rel="canonical" href="http://e.org/a"><style>p {color: red}</style><script>var a = "<p>no</p>";</script></head>
<body><nav><p>Home</p></nav><article><header><h1>Jets hit town</h1></header>
<p>Jets hit the <b>town</b>&nbsp;on Monday,&#8221; it\n   said.<br>It denied it.</p>
<blockquote><p>We saw it.</p></blockquote>
<figure><img src="a.jpg"><figcaption>The town</figcaption></figure><ul><li>One<li>Two</ul>
<table><tr><td>Aleppo</td><td>5</td></tr></table><aside>Read more</aside>
<p>The rest of it is long enough to be taken for the report itself: it goes on and on, as reports do, until it holds
what an article holds.</article><footer>Copyright</footer></body></html>"""


def test_a_page_becomes_paragraphs(put):
    [report] = reports([put("a.html", PAGE)])
    assert report.text.split("\n\n")[:7] == [
        "# Jets hit town",
        "Jets hit the town\u00a0on Monday,” it said.\nIt denied it.",
        "> We saw it.",
        "*The town*",
        "- One",
        "- Two",
        "Aleppo\t5",
    ]
    assert "Home" not in report.text and "Copyright" not in report.text and "Read more" not in report.text
    assert (report.title, report.outlet, report.date, report.url) == (
        "Jets hit town", "The Outlet", "2016-12-07", "http://e.org/a",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("Shells fell.", "Shells fell."),
        ("<p>One<p>Two", "One\n\nTwo"),
        ("<div>One <span>and a half</span><div>Two</div></div>", "One and a half\n\nTwo"),
        ("<pre>One\n  Two</pre>", "One\nTwo"),
        ("<p>5 &lt; 6 & 7</p>", "5 < 6 & 7"),
        ("<nav>Home</nav>", ""),
        ("</div></p><p>One</b></p>", "One"),
        ('<script type="application/ld+json">{"datePublished": "2016-12-07"}</script><p>One</p>', "One"),
    ],
)
def test_pages_of_all_kinds(html, text):
    assert page(html)[0] == text


def test_a_page_says_its_own_encoding(put):
    html = '<meta charset="windows-1250"><p>Wojska zajęły miasto.</p>'
    assert texts(put("a.html", html.encode("cp1250"))) == ["Wojska zajęły miasto."]
