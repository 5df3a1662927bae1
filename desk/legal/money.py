"""Numbers of the calculators: cents, and how a number is shown."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

CENT = Decimal("0.01")
PAY_DAYS = Decimal("21.75")  # pay days a month, 月平均工作时间和工资折算通知 (holidays are paid, so they are not taken out)
DAY_HOURS = Decimal(8)


def cents(amount: Decimal | Fraction) -> Decimal:
    """An amount of yuan, rounded half up to the cent. Only results are rounded, never what they are made of."""
    if isinstance(amount, Fraction):
        amount = Decimal(amount.numerator) / Decimal(amount.denominator)
    return amount.quantize(CENT, ROUND_HALF_UP)


def plain(number: Decimal) -> int | float:
    """A number for JSON: an int where it is whole, else a float."""
    return int(number) if number == number.to_integral_value() else float(number)


def money(amount: Decimal | Fraction) -> int | float:
    """Yuan for a result: to the cent, an int where whole."""
    return plain(cents(amount))


def show(number: Decimal | int) -> str:
    """A number in a step: no needless zeros, at most four decimals."""
    return f"{plain(round(Decimal(number), 4))}"
