"""The guarded text reader: limits are kept while reading, not afterwards."""

from __future__ import annotations

import pytest

from registry.formats.base import Limits
from registry.formats.problems import BadFile
from registry.formats.text import open_rows, parse_number, read_rows

MB = 1024 * 1024


def codes(caught):
    return [problem.code for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("block", "head", "code", "most"),
    [
        (b"\0", b"", "nul", MB),
        (b"0", b"", "line_too_long", MB),
        (b"0\r", b"", "line_too_long", MB),
        (b"0,", b"", "line_too_long", MB),
        (b"0\n", b"", "too_many_lines", MB),
        (b"\n", b"", "too_many_lines", MB),
        (b"0,0\n", b"a,b\n", "too_large", 3 * MB),
        (b"x\n", b'a,b\n"', "line_too_long", 3 * MB),
        (b'"\n","\n",', b'a,b\n"x\n",', "unfinished_quote", 3 * MB),
        (b"\xff", b"", "encoding", MB),
        (b"0\0", b"\xff\xfe", "line_too_long", MB),
    ],
)
def test_ten_gigabytes_are_refused_after_little(announced, block, head, code, most):
    stream = announced(block, head=head)
    lines = 100_000 if code == "too_many_lines" else 10_000_000

    with pytest.raises(BadFile) as caught:
        for _ in read_rows(stream, limits=Limits(bytes=2 * MB, lines=lines)):
            pass

    assert codes(caught) == [code]
    assert stream.taken <= most


def test_an_upload_that_says_it_is_too_large_is_not_read_at_all(announced):
    stream = announced(b"0,0\n")
    stream.size = 10 * 1024 * MB

    with pytest.raises(BadFile) as caught:
        open_rows(stream)

    assert codes(caught) == ["too_large"]
    assert stream.taken == 0


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_recognised_from_the_header(delimiter):
    content = f'"a,b;c\t,;\t"{delimiter}d\n1{delimiter}2\n'.encode()

    rows = open_rows(content)

    assert rows.delimiter == delimiter
    assert rows.header == ["a,b;c\t,;\t", "d"]
    assert list(rows) == [(2, ["1", "2"])]


def test_rows_are_counted_as_a_spreadsheet_does():
    content = b'a,b\n\n"two\nlines",2\n3,4\n'

    assert list(read_rows(content)) == [(1, ["a", "b"]), (3, ["two\nlines", "2"]), (4, ["3", "4"])]


def test_characters_on_the_edge_of_a_block_are_read(announced):
    line = "Молдова,«—»\n"
    content = ("a,b\n" + "x" + line * 40_000).encode()

    rows = list(read_rows(content))

    assert len(rows) == 40_001
    assert rows[1] == (2, ["xМолдова", "«—»"])
    assert rows[-1] == (40_001, ["Молдова", "«—»"])


def test_a_wrong_byte_far_into_the_file_is_located():
    line = b"abc,\xd0\x96\n"
    content = b"a,b\n" + line * 20_000 + b"abc,\xc6\n"

    with pytest.raises(BadFile) as caught:
        list(read_rows(content))

    problem = caught.value.problems[0]
    assert (problem.code, problem.row) == ("encoding", 20_002)
    assert problem.arguments == {"byte": 4 + len(line) * 20_000 + 5, "encoding": "UTF-8"}


@pytest.mark.parametrize(
    ("text", "comma", "number"),
    [("12", False, 12), ("-12", False, -12), ("+1.50", False, 1.5), ("1,5", True, 1.5), ("1.5", True, 1.5),
     (" 7 ", False, 7), (".5", False, 0.5), ("1e3", False, 1000.0), ("0", False, 0)],
)  # fmt: skip
def test_numbers_are_read(text, comma, number):
    parsed = parse_number(text, decimal_comma=comma)

    assert parsed == number
    assert type(parsed) is type(number)


@pytest.mark.parametrize(
    "text", ["", "x", "1_000", "1 000", "1,5", "1.2.3", "nan", "inf", "1e999", "٣", "9" * 5000, "0x1", "--1"]
)
def test_other_texts_are_not_numbers(text):
    with pytest.raises(ValueError):
        parse_number(text)
