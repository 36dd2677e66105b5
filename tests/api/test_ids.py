import base64
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.ids import GlobalId, decode_id, decode_id_of, encode_id

KEY = UUID("0191e4a8-7c3b-7c1d-9f00-0123456789ab")


def test_an_id_is_the_documented_base64url_of_type_and_key() -> None:
    expected = base64.urlsafe_b64encode(b"Initiative:" + KEY.bytes).rstrip(b"=").decode()
    assert encode_id("Initiative", KEY) == expected
    assert decode_id(expected) == GlobalId("Initiative", KEY)


@given(name=st.from_regex(r"[A-Z][A-Za-z0-9]{0,63}", fullmatch=True), key=st.uuids())
def test_every_id_decodes_to_what_it_was_made_of(name: str, key: UUID) -> None:
    assert decode_id(encode_id(name, key)) == GlobalId(name, key)
    assert decode_id_of(name, encode_id(name, key)) == key


@given(st.text())
def test_arbitrary_text_is_none_or_the_canonical_id(text: str) -> None:
    decoded = decode_id(text)
    assert decoded is None or encode_id(decoded.type_name, decoded.uuid) == text


@given(st.binary(max_size=40))
def test_arbitrary_bytes_in_base64_are_none_or_the_canonical_id(raw: bytes) -> None:
    text = base64.urlsafe_b64encode(raw).decode()
    decoded = decode_id(text)
    assert decoded is None or encode_id(decoded.type_name, decoded.uuid) == text


@pytest.mark.parametrize(
    "value",
    [
        "",
        "A",
        "====",
        encode_id("Team", KEY) + "=",
        encode_id("Team", KEY) + "\n",
        " " + encode_id("Team", KEY),
        base64.urlsafe_b64encode(b"team:" + KEY.bytes).rstrip(b"=").decode(),
        base64.urlsafe_b64encode(b"Team:" + KEY.bytes[:-1]).rstrip(b"=").decode(),
        base64.urlsafe_b64encode(b"Team:" + KEY.bytes + b"x").rstrip(b"=").decode(),
        base64.urlsafe_b64encode("Téam:".encode() + KEY.bytes).rstrip(b"=").decode(),
        base64.urlsafe_b64encode(b"T" * 65 + b":" + KEY.bytes).rstrip(b"=").decode(),
        str(KEY),
        "Ж" * 30,
        "A" * 100_000,
    ],
)
def test_bad_ids_are_none(value: str) -> None:
    assert decode_id(value) is None


def test_a_second_spelling_of_the_same_bits_is_refused() -> None:
    good = encode_id("Team", KEY)  # 21 bytes: no spare bits; 22 bytes leave spare bits in the last character
    assert decode_id(good) is not None
    spare = encode_id("Teams", KEY)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    twin = spare[:-1] + alphabet[alphabet.index(spare[-1]) + 1]
    assert decode_id(twin) is None


def test_an_id_of_another_type_does_not_count() -> None:
    assert decode_id_of("Team", encode_id("Initiative", KEY)) is None


@pytest.mark.parametrize("name", ["", "team", "Te am", "Team:", "Téam", "T" * 65])
def test_a_name_that_is_no_type_name_cannot_be_encoded(name: str) -> None:
    with pytest.raises(ValueError, match="not the name of a node type"):
        encode_id(name, KEY)
