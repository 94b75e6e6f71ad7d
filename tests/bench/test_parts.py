"""Parts on disk: whole or not there, and damage is seen and named."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samefade.bench.parts import MANY, Parts, read_table, write_table
from samefade.errors import CannotWrite

ABOUT = {"python": "3"}


def row(i, **more):
    return {
        "id": f"{i:032x}",
        "scheme": "raw",
        "seed": i,
        "key_rate_20": i / 3,
        "all_tones": False,
        "refusal": None,
        **more,
    }


def test_rows_come_back_as_they_were_with_nan_and_none_apart(tmp_path):
    rows = [row(1, key_rate_20=float("nan")), row(2, key_rate_20=None, refusal="TooFewSamples"), row(3)]
    write_table(rows, tmp_path / "t.parquet", ABOUT)
    found, about = read_table(tmp_path / "t.parquet")
    assert found[0]["key_rate_20"] != found[0]["key_rate_20"]
    assert found[1:] == rows[1:]
    assert about == ABOUT


def test_columns_have_the_types_of_their_meaning(tmp_path):
    """A column of nothing but empty cells has its type all the same, or two tables could not be joined."""
    write_table(
        [dict.fromkeys(row(1)) | {"id": "x", "claim": None, "secure_bits": None}], tmp_path / "t.parquet", ABOUT
    )
    kinds = {field.name: field.type for field in pq.read_schema(tmp_path / "t.parquet")}
    assert kinds == {
        "id": pa.string(), "scheme": pa.string(), "seed": pa.int64(), "key_rate_20": pa.float64(),
        "all_tones": pa.bool_(), "refusal": pa.string(), "claim": pa.string(), "secure_bits": pa.int64(),
    }  # fmt: skip


@given(where=st.integers(0, 10**6), flip=st.integers(1, 255), cut=st.booleans())
@settings(max_examples=60, deadline=None)
def test_a_damaged_part_gives_its_rows_or_its_name_and_never_other_rows(tmp_path_factory, where, flip, cut):
    parts = Parts(tmp_path_factory.mktemp("parts"))
    rows = [row(i) for i in range(40)]
    path = parts.add(rows, ABOUT)
    content = bytearray(path.read_bytes())
    where %= len(content)
    if cut:
        del content[where:]
    else:
        content[where] ^= flip
    path.write_bytes(content)
    found = parts.read()
    assert (found == {} and parts.damaged == [path.name]) or list(found.values()) == rows


def test_no_column_is_renamed_in_silence(tmp_path):
    parts = Parts(tmp_path)
    path = parts.add([row(1)], ABOUT)
    content = path.read_bytes()
    for name in (b"key_rate_20", b"scheme", b"python"):
        path.write_bytes(content.replace(name, b"x" + name[1:]))
        assert parts.read() == {}
        assert parts.damaged == [path.name]
    path.write_bytes(content)
    assert list(parts.read().values()) == [row(1)]


def test_what_is_forgotten_or_gone_is_damaged_no_more(tmp_path):
    parts = Parts(tmp_path)
    parts.add([row(1)], ABOUT)
    (tmp_path / "part-a.parquet").write_bytes(b"")
    for forget in (True, False):
        assert parts.read() is not None
        assert parts.damaged == ["part-a.parquet"]
        if forget:
            parts.clear()
            assert (parts.damaged, parts.made_by, list(tmp_path.iterdir())) == ([], [], [])
        else:
            (tmp_path / "part-a.parquet").unlink()
        parts.tidy([])
        (tmp_path / "part-a.parquet").write_bytes(b"")


def test_a_strangers_parquet_and_rubbish_are_named_and_put_aside(tmp_path):
    parts = Parts(tmp_path)
    parts.add([row(1)], ABOUT)
    pq.write_table(pa.table({"id": ["x"]}), tmp_path / "part-b.parquet")
    (tmp_path / "part-a.parquet").write_bytes(b"PAR1 not really PAR1")
    (tmp_path / "part-c.parquet").write_bytes(b"")
    (tmp_path / ".part-d.parquet.7.part").write_bytes(b"what a kill leaves")
    found = parts.read()
    assert list(found.values()) == [row(1)]
    assert parts.damaged == ["part-a.parquet", "part-b.parquet", "part-c.parquet"]
    parts.tidy(found.values())
    again = Parts(tmp_path)
    assert again.read() == found
    assert again.damaged == []
    assert (tmp_path / "damaged-part-a.parquet").exists()


def test_many_parts_become_few_and_keep_rows_and_makers(tmp_path):
    parts = Parts(tmp_path)
    for i in range(MANY + 1):
        parts.add([row(i) if i % 2 else row(i, lag=i)], {"python": str(i % 2)})
    before = parts.read()
    parts.tidy(before.values())
    after = Parts(tmp_path)
    assert after.read() == before
    assert len(list(tmp_path.iterdir())) == 2  # one for each set of columns
    assert sorted(made["python"] for made in after.made_by) == ["0", "1"]


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(CannotWrite):
        Parts(tmp_path / "file").add([row(1)], ABOUT)


def test_nothing_is_left_of_a_table_that_cannot_be_written(tmp_path):
    (tmp_path / "t.parquet").mkdir()
    with pytest.raises(CannotWrite):
        write_table([row(1)], tmp_path / "t.parquet", ABOUT)
    assert [path.name for path in tmp_path.iterdir()] == ["t.parquet"]
