from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import pytest
import strawberry
from graphql import GraphQLError
from hypothesis import given
from hypothesis import strategies as st
from strawberry.schema.config import StrawberryConfig

from api.scalars import (
    SCALAR_MAP,
    BigInt,
    CurrencyCode,
    Money,
    MoneyInput,
    parse_big_int,
    parse_currency_code,
    parse_date,
    parse_date_time,
    parse_decimal,
    parse_uuid,
    serialize_big_int,
    serialize_date,
    serialize_date_time,
    serialize_decimal,
    serialize_uuid,
)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-01-31T09:30:00Z", datetime(2026, 1, 31, 9, 30, tzinfo=UTC)),
        ("2026-01-31T09:30:00+02:00", datetime(2026, 1, 31, 7, 30, tzinfo=UTC)),
        ("2026-01-31t09:30:00.5z", datetime(2026, 1, 31, 9, 30, 0, 500_000, tzinfo=UTC)),
        ("2026-01-31T00:30:00.000001-00:00", datetime(2026, 1, 31, 0, 30, 0, 1, tzinfo=UTC)),
    ],
)
def test_date_time_is_read_into_utc(text: str, moment: datetime) -> None:
    parsed = parse_date_time(text)
    assert parsed == moment
    assert parsed.tzinfo is UTC


@pytest.mark.parametrize(
    "value",
    [
        "2026",
        "2026-01-31",
        "2026-01-31T09:30:00",
        "2026-01-31T09:30Z",
        "2026-01-31 09:30:00Z",
        "2026-01-31T09:30:00.1234567Z",
        "2026-01-31T09:30:00+0200",
        "2026-02-30T09:30:00Z",
        "2026-01-31T24:30:00Z",
        "2026-01-31T09:30:60Z",
        "2026-01-31T09:30:00+25:00",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-01:00",
        "2026-01-31T09:30:00Z\n",
        "٢٠٢٦-01-31T09:30:00Z",
        "",
        1_770_000_000,
        None,
        True,
    ],
)
def test_date_time_refuses_what_is_not_one_exact_moment(value: object) -> None:
    with pytest.raises(GraphQLError):
        parse_date_time(value)


def test_date_time_goes_out_in_utc_with_z() -> None:
    moment = datetime(2026, 1, 31, 9, 30, tzinfo=timezone(timedelta(hours=2)))
    assert serialize_date_time(moment) == "2026-01-31T07:30:00Z"


@given(st.datetimes(timezones=st.just(UTC)))
def test_every_moment_survives_the_round_trip(moment: datetime) -> None:
    assert parse_date_time(serialize_date_time(moment)) == moment


@pytest.mark.parametrize("value", [datetime(2026, 1, 1), date(2026, 1, 1), "2026-01-01T00:00:00Z", 0])  # noqa: DTZ001
def test_a_naive_datetime_cannot_go_out(value: object) -> None:
    with pytest.raises(GraphQLError, match="without an offset"):
        serialize_date_time(value)


def test_date_is_one_spelling_both_ways() -> None:
    assert parse_date("2028-02-29") == date(2028, 2, 29)
    assert serialize_date(date(2028, 2, 29)) == "2028-02-29"


@pytest.mark.parametrize(
    "value", ["2026-02-29", "20260131", "2026-W05-6", "2026-1-3", "2026-01-31T00:00:00Z", "", 1]
)
def test_date_refuses_other_spellings(value: object) -> None:
    with pytest.raises(GraphQLError):
        parse_date(value)


def test_a_datetime_is_no_date() -> None:
    with pytest.raises(GraphQLError, match="cannot represent a datetime"):
        serialize_date(datetime(2026, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("value", "number", "out"),
    [
        ("12.50", Decimal("12.50"), "12.50"),
        ("-3", Decimal(-3), "-3"),
        (7, Decimal(7), "7"),
        ("1e3", Decimal("1e3"), "1000"),
        ("1E-3", Decimal("0.001"), "0.001"),
        ("-0", Decimal("-0"), "-0"),
        ("9" * 38, Decimal("9" * 38), "9" * 38),
    ],
)
def test_decimal_is_exact_and_goes_out_as_digits(value: object, number: Decimal, out: str) -> None:
    assert parse_decimal(value) == number
    assert serialize_decimal(parse_decimal(value)) == out


@pytest.mark.parametrize(
    "value",
    [
        *(
            "NaN",
            "sNaN",
            "Infinity",
            "-Infinity",
            "inf",
            "",
            " 1",
            "1 ",
            "1_000",
            "+1",
            ".5",
            "5.",
            "01",
            "0x10",
            "١",
        ),
        *(1.5, 1.0, float("nan"), True, None, [], {}),
        *("1e38", "1e9999", "1e-39", "9" * 39, 10**38, "1e99999", "1" * 100_000),
    ],
)
def test_decimal_refuses_what_is_not_finite_exact_and_bounded(value: object) -> None:
    with pytest.raises(GraphQLError):
        parse_decimal(value)


def test_decimal_refuses_an_integer_that_python_would_not_print() -> None:
    with pytest.raises(GraphQLError, match="at most 38 digits"):
        parse_decimal(10**5000)


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("Infinity"), 1.5, True, "1"])
def test_decimal_cannot_go_out_inexact(value: object) -> None:
    with pytest.raises(GraphQLError):
        serialize_decimal(value)


@given(st.decimals(min_value=-(10**20), max_value=10**20, places=10))
def test_every_decimal_survives_the_round_trip(number: Decimal) -> None:
    assert parse_decimal(serialize_decimal(number)) == number


@given(st.integers(min_value=-(2**63), max_value=2**63 - 1))
def test_every_64_bit_integer_survives_the_round_trip_as_a_string(number: int) -> None:
    assert serialize_big_int(number) == str(number)
    assert parse_big_int(str(number)) == parse_big_int(number) == number


@pytest.mark.parametrize(
    "value", [2**63, -(2**63) - 1, "9223372036854775808", "1.0", 1.0, "", "-", "0x1", True, None]
)
def test_big_int_refuses_more_than_64_bits_and_floats(value: object) -> None:
    with pytest.raises(GraphQLError):
        parse_big_int(value)


@pytest.mark.parametrize("value", [2**63, 1.0, True, "1"])
def test_big_int_cannot_go_out_lossy(value: object) -> None:
    with pytest.raises(GraphQLError):
        serialize_big_int(value)


@given(st.uuids())
def test_every_uuid_survives_the_round_trip(key: UUID) -> None:
    assert parse_uuid(serialize_uuid(key)) == key
    assert parse_uuid(str(key).upper()) == key


@pytest.mark.parametrize(
    "value",
    [
        "0191e4a87c3b7c1d9f000123456789ab",
        "{0191e4a8-7c3b-7c1d-9f00-0123456789ab}",
        "urn:uuid:0191e4a8-7c3b-7c1d-9f00-0123456789ab",
        "",
        1,
        None,
    ],
)
def test_uuid_has_one_form(value: object) -> None:
    with pytest.raises(GraphQLError):
        parse_uuid(value)


def test_only_a_uuid_goes_out_as_one() -> None:
    with pytest.raises(GraphQLError):
        serialize_uuid("0191e4a8-7c3b-7c1d-9f00-0123456789ab")


@pytest.mark.parametrize("value", ["eur", "EURO", "E1R", "€", "", 978])
def test_a_currency_is_three_capital_letters(value: object) -> None:
    assert parse_currency_code("EUR") == "EUR"
    with pytest.raises(GraphQLError):
        parse_currency_code(value)


@strawberry.type
class Query:
    @strawberry.field
    def echo_money(self, money: MoneyInput) -> Money:
        return Money(amount_minor=money.amount_minor, currency=money.currency)

    @strawberry.field
    def double(self, number: Decimal) -> Decimal:
        return number * 2

    @strawberry.field
    def later(self, moment: datetime) -> datetime:
        return moment + timedelta(hours=1)

    @strawberry.field
    def same(self, key: UUID, day: date, big: BigInt, currency: CurrencyCode) -> str:
        return f"{key} {day} {big} {currency}"


schema = strawberry.Schema(query=Query, config=StrawberryConfig(scalar_map=SCALAR_MAP))


def test_amounts_beyond_32_and_53_bits_pass_through_graphql_unchanged() -> None:
    result = schema.execute_sync(
        "query ($m: MoneyInput!) { a: echoMoney(money: $m) { amountMinor currency } "
        'b: echoMoney(money: {amountMinor: 4294967296, currency: "JPY"}) { amountMinor } '
        'double(number: "0.1") later(moment: "2026-01-31T23:30:00-01:00") }',
        variable_values={"m": {"amountMinor": "9007199254740993", "currency": "EUR"}},
    )
    assert result.errors is None
    assert result.data == {
        "a": {"amountMinor": "9007199254740993", "currency": "EUR"},
        "b": {"amountMinor": "4294967296"},
        "double": "0.2",
        "later": "2026-02-01T01:30:00Z",
    }


def test_every_scalar_of_ours_is_specified_by_a_url_and_described() -> None:
    printed = schema.as_str()
    for name in ("DateTime", "Date", "Decimal", "UUID", "BigInt", "CurrencyCode"):
        assert f'scalar {name} @specifiedBy(url: "https://' in printed
    assert all(definition.description for definition in SCALAR_MAP.values())
