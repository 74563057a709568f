"""The picture's figures are those of DESIGN.md's example."""

from app.web.pot import pot_picture


def test_ten_euros_and_ten_clicks() -> None:
    picture = pot_picture()
    assert (picture.pot.micros, picture.clicks) == (10_000_000, 10)
    assert (picture.worth.micros, picture.net.micros, picture.commission.micros) == (
        1_000_000,
        900_000,
        100_000,
    )
    assert picture.eleventh.micros == 909_090
    assert (picture.third.micros, picture.rest.micros) == (3_333_333, 1)
