import cbor2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from samefade.errors import InputError, NotFinite, RemoteProtocolError
from samefade.presence import pack_csi, unpack_csi

NUMBERS = np.array([5, 6, 9, 300])


@given(
    st.lists(st.integers(0, 2**40), unique=True, max_size=30).map(sorted),
    st.integers(1, 3),
    st.sampled_from([1, 0.5, 1 / 256]),
    st.data(),
)
def test_whole_steps_come_back_exactly(numbers, tones, step, data):
    shape = (len(numbers), tones)
    values = step * data.draw(arrays.arrays(np.int64, shape, elements=st.integers(-4000, 4000))).astype(float)
    back = unpack_csi(pack_csi(np.array(numbers, np.int64), values))
    assert back[0].tolist() == numbers
    assert np.array_equal(back[1], values)


@given(arrays.arrays(np.float32, (4, 2), elements=st.floats(-1e6, 1e6, width=32)))
def test_any_float32_comes_back_exactly(values):
    assert np.array_equal(unpack_csi(pack_csi(NUMBERS, values))[1], values.astype(float))


def test_a_minute_of_whole_dbm_fits_into_seven_frames_of_200_bytes():
    rng = np.random.default_rng(1)
    dbm = np.rint(-60 + 4 * rng.standard_normal(600))
    packed = pack_csi(np.arange(600) + 10**6, dbm)
    assert len(packed) <= 7 * 180
    assert len(cbor2.loads(packed)) == 5  # a reader that we did not write


@pytest.mark.parametrize(
    "values", [np.array([1.0, 2, 3, np.nan]), np.array([1.0, 2, 3, -np.inf]), np.array([1.5, 2, 3, 1e60])]
)
def test_nan_is_refused(values):
    with pytest.raises(NotFinite):
        pack_csi(NUMBERS, values)


@pytest.mark.parametrize("numbers", [[1, 1, 2, 3], [2, 1, 3, 4], [-1, 0, 1, 2], [0.5, 1, 2, 3], [1, 2, 3]])
def test_counters_that_repeat_or_turn_back_are_refused(numbers):
    with pytest.raises(InputError):
        pack_csi(np.array(numbers), np.arange(4.0))


@pytest.mark.parametrize("values", [np.arange(4.0), np.linspace(0, 1, 4)])
def test_every_truncation_and_addition_is_refused(values):
    packed = pack_csi(NUMBERS, values)
    for bad in [packed[:i] for i in range(len(packed))] + [packed + b"\0"]:
        with pytest.raises(RemoteProtocolError):
            unpack_csi(bad)


@pytest.mark.parametrize("values", [np.arange(4.0), np.linspace(0, 1, 4)])
def test_a_flipped_bit_is_another_window_or_an_error_but_never_the_same(values):
    packed = pack_csi(NUMBERS, values)
    for bit in range(8 * len(packed)):
        bad = bytearray(packed)
        bad[bit // 8] ^= 1 << bit % 8
        try:
            numbers, other = unpack_csi(bytes(bad))
        except RemoteProtocolError:
            continue
        assert pack_csi(numbers, other) == bytes(bad)
        assert not (np.array_equal(numbers, NUMBERS) and np.array_equal(other[:, 0], values.astype(np.float32)))


@given(st.binary(max_size=60))
def test_any_bytes_are_read_strictly_or_refused(data):
    try:
        numbers, values = unpack_csi(data)
    except RemoteProtocolError:
        return
    assert pack_csi(numbers, values) == data


@pytest.mark.parametrize(
    "item",
    [
        ["d", b"\x00", b"\x00", 3, 1],
        ["d", b"\x00", b"\x00\x00", 1, 2**40],
        ["x", b"\x00", b"\x00", 1, 1],
        ["d", b"\xff" * 12, b"\x00", 1, 1],
        ["d", b"\xff" * 8 + b"\x7f", b"\x00", 1, 1],
        ["f", b"\x00", b"\x7f\xc0\x00\x00", 0, 1],
        ["f", b"\x00", b"\x00", 0, 1],
        ["d", b"\x00", b"\x00\x00\x00", 1, 2],
        [1, 2, 3, 4, 5],
        {"d": 1},
    ],
)
def test_what_no_honest_end_sends_is_refused(item):
    with pytest.raises(RemoteProtocolError):
        unpack_csi(cbor2.dumps(item, canonical=True))
