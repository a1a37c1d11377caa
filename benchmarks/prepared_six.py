"""A year of hours of six pollutants, as every way of the comparison of the air rules is given them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    import pandas as pd

STATIONS, HOURS = 1_500, 8_760
FIRST_HOUR = "2027-01-01T00"  # a year that lies in one edition: HJ 633-2026 and HJ 663-2026
POLLUTANTS = ("SO2", "NO2", "PM10", "PM2.5", "CO", "O3")  # ug/m3, CO mg/m3
SEED = 20260801
# Level of a day in an ordinary station [ug/m3, mg/m3], how much more of it is there in January than in July, how far
# days differ, and decimals
LEVELS = {
    "SO2": (9.0, 0.4, 0.45, 1),
    "NO2": (27.0, 0.4, 0.40, 1),
    "PM10": (66.0, 0.4, 0.50, 1),
    "PM2.5": (36.0, 0.55, 0.55, 1),
    "CO": (0.7, 0.3, 0.35, 2),
    "O3": (75.0, -0.45, 0.25, 1),
}


@dataclass(frozen=True, eq=False)
class Six:
    """A year of hours.

    Attributes
    ----------
    values : float64 [station, pollutant, hour]
        Hourly means on the grid of 0.1 ug/m3, CO 0.01 mg/m3; NaN where missing. Pollutants as in ``POLLUTANTS``; the first
        hour runs from 00:00 to 01:00 of ``FIRST_HOUR``.
    stations : list of str
    """

    values: np.ndarray
    stations: list[str]

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The same in long form: station and pollutant (categorical), time (begin of the hour), value.

        A row for each hour, missing ones too, by station, pollutant and time. 19 bytes a row, of which 8 are those of
        ``values`` themselves: 1.5 GB for 1 500 stations.
        """
        import numpy as np
        import pandas as pd

        n, kinds, hours = self.values.shape
        time = pd.date_range(FIRST_HOUR, periods=hours, freq="h").to_numpy()
        station = np.repeat(np.arange(n, dtype=np.int16), kinds * hours)
        pollutant = np.tile(np.repeat(np.arange(kinds, dtype=np.int8), hours), n)
        columns = {
            "station": pd.Categorical.from_codes(station, self.stations),
            "pollutant": pd.Categorical.from_codes(pollutant, list(POLLUTANTS)),
            "time": np.tile(time, n * kinds),
            "value": self.values.reshape(-1),
        }
        return pd.DataFrame(columns, copy=False)


def station_hours(number: int) -> np.ndarray:
    """One station's float64 [pollutant, hour]; it depends on nothing but its number.

    Still and windy days come in spells that all pollutants share but ozone; ozone peaks in the afternoon. About 3 % is
    missing: single hours, whole days of one pollutant, whole days of the station, and at every tenth station a week of one
    pollutant, whose year is not valid.
    """
    import numpy as np

    draw = np.random.default_rng((SEED, number))
    days = HOURS // 24
    winter = np.cos(2 * np.pi * (np.arange(days) - 15) / 365)
    shocks = draw.standard_normal(days)
    spell = np.empty(days)
    spell[0] = shocks[0]
    for k in range(1, days):
        spell[k] = 0.7 * spell[k - 1] + 0.714 * shocks[k]
    clock = np.arange(24)
    rush = 1 + 0.2 * np.cos(2 * np.pi * (clock - 8) / 12)
    sun = 0.45 + 1.2 * np.exp(-(((clock - 15) / 4.0) ** 2))
    place = np.exp(0.25 * draw.standard_normal())
    made = np.empty((len(POLLUTANTS), HOURS))
    for p, (level, season, spread, decimals) in enumerate(LEVELS.values()):
        ozone = POLLUTANTS[p] == "O3"
        own = draw.standard_normal(days)
        rise = own if ozone else 0.85 * spell + 0.5 * own
        day = level * (1.0 if ozone else place) * (1 + season * winter) * np.exp(spread * rise)
        hours = day[:, None] * (sun if ozone else rush) * np.exp(0.2 * draw.standard_normal((days, 24)))
        hours[draw.random((days, 24)) < 0.02] = np.nan
        hours[draw.random(days) < 0.007] = np.nan
        made[p] = np.round(hours, decimals).reshape(-1)
    whole = draw.random(days) < 0.003
    made.reshape(len(POLLUTANTS), days, 24)[:, whole] = np.nan
    if number % 10 == 9:
        first = int(draw.integers(days - 7)) * 24
        made[int(draw.integers(len(POLLUTANTS))), first : first + 7 * 24] = np.nan
    return made


def write_six(folder: Path, stations: int = STATIONS) -> None:
    """Write ``six.npy`` for :func:`open_six`, station by station."""
    import numpy as np

    folder.mkdir(parents=True, exist_ok=True)
    shape = (stations, len(POLLUTANTS), HOURS)
    values = np.lib.format.open_memmap(folder / "six.npy", mode="w+", dtype=np.float64, shape=shape)
    for k in range(stations):
        values[k] = station_hours(k)
    values.flush()


def open_six(folder: Path) -> Six:
    """Read what :func:`write_six` wrote, into memory."""
    import numpy as np

    values = np.load(folder / "six.npy")
    return Six(values, [f"s{k:04d}" for k in range(len(values))])


def open_with_frame(folder: Path) -> Six:
    """The same with the long table made already: building it is no part of what is measured."""
    made = open_six(folder)
    assert len(made.frame) == made.values.size
    return made
