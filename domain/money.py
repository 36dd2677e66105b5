"""Money: minor units per major unit of a currency (ISO 4217)."""

_NO_MINOR_UNIT = frozenset(
    {
        "BIF",
        "CLP",
        "DJF",
        "GNF",
        "ISK",
        "JPY",
        "KMF",
        "KRW",
        "PYG",
        "RWF",
        "UGX",
        "UYI",
        "VND",
        "VUV",
        "XAF",
        "XOF",
        "XPF",
    }
)
_THOUSANDTHS = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})


def minor_per_major(currency: str) -> int:
    """How many minor units make one major unit.

    Examples
    --------
    >>> minor_per_major("EUR"), minor_per_major("JPY"), minor_per_major("KWD")
    (100, 1, 1000)
    """
    if currency in _NO_MINOR_UNIT:
        return 1
    return 1000 if currency in _THOUSANDTHS else 100
