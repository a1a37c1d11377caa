"""The shipped data: every number with its source, every unit readable, nothing that may not be shipped."""

from __future__ import annotations

import csv
import os
import tomllib
import unicodedata
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from carbonledger import units
from carbonledger.factors import CONFIDENCE, gwp_values, read_set, set_names
from carbonledger.shipped import shipped
from carbonledger.tables import CANONICAL, activities, flows, plain_name, spellings

FACTORS = shipped("factors")
TABLES = sorted(FACTORS.glob("*/*.csv"))
CLASSES = {
    "fuel",
    "biofuel",
    "electricity",
    "green_electricity",
    "nonfossil_electricity",
    "heat",
    "other_energy",
    "energy_total",
    "carbonate",
    "water",
    "output",
    "pollutant",
    "media",
}


@cache
def _lines(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, strict=True))


def _half(text: str) -> str:
    """As the reader of CSV files gives it: half width."""
    return unicodedata.normalize("NFKC", text).strip()


def _short(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def test_there_are_sets() -> None:
    assert len(TABLES) >= 10
    assert {"gbt-2589-2020", "gbt-32151-2024", "ndrc-2015", "grid-cn", "heat", "coal-rate"} <= set(set_names())


@pytest.mark.parametrize("path", TABLES, ids=_short)
def test_file_is_plain_csv(path: Path) -> None:
    raw = path.read_bytes()
    assert not raw.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in raw
    assert raw.endswith(b"\n")
    lines = _lines(path)
    assert lines
    assert all(None not in line and None not in line.values() for line in lines)


@pytest.mark.parametrize("path", TABLES, ids=_short)
def test_every_row_has_source_locator_and_confidence(path: Path) -> None:
    for number, line in enumerate(_lines(path), start=2):
        for column in ("source", "locator", "confidence"):
            assert line[column].strip(), f"{_short(path)} row {number}: no {column}"
        assert line["confidence"] in CONFIDENCE, f"{_short(path)} row {number}"
        # A person finds the source without our workshop: no internal file is one.
        assert "facts/" not in line["source"] and not line["source"].endswith((".md", ".csv")), line["source"]


@pytest.mark.parametrize("path", TABLES, ids=_short)
def test_every_unit_is_read(path: Path) -> None:
    for column in ("unit", "ncv_unit", "carbon_unit"):
        for written in {line[column] for line in _lines(path) if line.get(column)}:
            units.quantity_of(written)


@pytest.mark.parametrize("name", set_names())
def test_set_is_read_and_described(name: str) -> None:
    found = read_set(name)
    assert found.rows
    for key in ("name", "zh", "en", "publisher", "document", "licence"):
        assert found.about.get(key), key
    for row in found.rows:
        assert row.rate is None or row.rate >= 0
        assert row.oxidation is None or 0 < row.oxidation <= 1
        assert row.low is None or row.high is None or row.low <= row.high
        assert (row.carbon is None) == (row.carbon_unit == "")
        assert (row.ncv is None) == (row.ncv_unit == "")
        assert row.flow in {"", *flows()}


@pytest.mark.parametrize("name", set_names())
def test_unit_of_a_rate_fits_the_amounts_of_its_activity(name: str) -> None:
    for row in read_set(name).rows:
        amount = CANONICAL[activities()[row.activity].dimension]
        made = {units.dimension(units.product(row.unit, unit)) for unit in (amount, "GJ")}
        assert any("/" not in dimension for dimension in made), f"{row.file} row {row.row}: {row.unit} per {amount}"


@pytest.mark.parametrize("name", set_names())
def test_printed_bounds_contain_the_rate(name: str) -> None:
    for row in read_set(name).rows:
        if row.rate is not None and row.low is not None and row.high is not None:
            assert row.low <= row.rate <= row.high, f"{row.file} row {row.row}"


# GB/T 2589: kgce = kJ / 29307.6; the 2008 edition takes 7000 kcal x 4.1816 = 29271 kJ (energy-carbon.md section 1)
@pytest.mark.parametrize(("name", "standard_coal"), [("gbt-2589-2020", 29307.6), ("gbt-2589-2008", 29271.2)])
def test_coal_equivalents_follow_from_the_calorific_values(name: str, standard_coal: float) -> None:
    for row in read_set(name).rows:
        if row.ncv is not None and row.rate is not None:
            assert row.ncv / standard_coal == pytest.approx(row.rate, abs=2e-4), f"{row.file} row {row.row}"


def test_gwp_table() -> None:
    for name in {line["gwp_set"] for line in _lines(FACTORS / "gwp" / "gwp100.csv")}:
        values = gwp_values(name)
        assert values["CO2"] == 1
        assert all(value > 0 for value in values.values())
    keys = Counter((line["gas"], line["gwp_set"]) for line in _lines(FACTORS / "gwp" / "gwp100.csv"))
    assert max(keys.values()) == 1


def test_names_of_activities_are_unique() -> None:
    lines = _lines(FACTORS / "activities.csv")
    assert len({line["activity"] for line in lines}) == len(lines)
    owners: dict[str, str] = {}
    for line in lines:
        assert line["activity"].isidentifier() and line["activity"].islower()
        assert line["zh"] and line["en"]
        for written in [line["activity"], line["zh"], line["en"], *filter(None, line["aliases"].split(";"))]:
            owner = owners.setdefault(plain_name(written), line["activity"])
            assert owner == line["activity"], f"{written!r} names {owner} and {line['activity']}"
    assert owners == spellings("activities")


def test_activities_are_well_formed() -> None:
    for activity in activities().values():
        assert activity.kind in CLASSES
        assert activity.dimension in CANONICAL
        assert not activity.of_which or activity.of_which in activities()
        assert activity.of_which != activity.name


def test_codes_of_form_205_1_are_unique() -> None:
    codes = [a.form_205_1 for a in activities().values() if a.form_205_1]
    assert len(codes) == len(set(codes))
    assert all(len(code) == 2 and code.isdigit() for code in codes)
    # energy-carbon.md section 6: the codes that were seen
    seen = {a.name: a.form_205_1 for a in activities().values()}
    for name, code in {"raw_coal": "01", "cleaned_coal": "06", "coke": "09", "gasoline": "19", "diesel": "21"}.items():
        assert seen[name] == code
    assert {seen["heat"], seen["electricity"]} == {"32", "33"}


def test_only_stock_may_be_negative() -> None:
    assert {flow.name for flow in flows().values() if flow.negative_allowed} == {"stock"}
    assert all(flow.rated_as in {"", *flows()} for flow in flows().values())
    assert set(spellings("flows").values()) == set(flows())


# --- scenarios

SCENARIOS = sorted(path for path in shipped("scenarios").iterdir() if path.is_dir())


def test_scenarios_parse() -> None:
    assert SCENARIOS
    for folder in SCENARIOS:
        assert (folder / "case.toml").is_file(), folder.name
        assert (folder / "README.md").is_file(), folder.name
        for path in sorted(folder.rglob("*")):
            if path.suffix == ".toml":
                tomllib.loads(path.read_text(encoding="utf-8"))
            elif path.suffix == ".csv":
                lines = _lines(path)
                assert lines, path
                assert all(None not in line and None not in line.values() for line in lines), f"{path}: ragged"
            else:
                assert path.is_dir() or path.suffix in {".md", ".py"}, (
                    f"{path}: neither CSV, TOML, Markdown nor a script"
                )


def test_scenario_numbers_have_a_source() -> None:
    tables = [
        path
        for folder in SCENARIOS
        for name in ("published", "targets", "states")
        for path in folder.glob(f"{name}.csv")
    ]
    assert tables
    for path in tables:
        for number, line in enumerate(_lines(path), start=2):
            assert line.get("source", "").strip(), f"{_short(path)} row {number}: no source"
            assert line.get("confidence", "V") in {"", *CONFIDENCE}, f"{_short(path)} row {number}"


def test_scenario_inputs_exist_and_sets_are_shipped() -> None:
    assert SCENARIOS
    for folder in SCENARIOS:
        case = tomllib.loads((folder / "case.toml").read_text(encoding="utf-8"))
        for files in case.get("inputs", {}).values():
            for name in files if isinstance(files, list) else [files]:
                assert (folder / name).is_file(), f"{folder.name}: {name}"
        assert set(case.get("factor_sets", [])) <= set(set_names()), folder.name


# --- against the fact sheets themselves


@cache
def _facts() -> Path:
    where = os.environ.get("CARBONLEDGER_REAL_DATA")
    if not where:
        pytest.skip("CARBONLEDGER_REAL_DATA is not set: no fact sheets to compare with")
    return Path(where).parent / "facts"


def _not_ok(file: str) -> set[str]:
    return {
        line["row_key"]
        for line in _lines(_facts() / "package_ok.csv")
        if line["package_ok"] == "no" and line["file"] == f"facts/energy-carbon/{file}"
    }


@pytest.mark.real
@pytest.mark.parametrize("edition", ["2020", "2008"])
def test_no_row_of_gbt2589_is_shipped_that_may_not_be(edition: str) -> None:
    refused, kept = _not_ok("fuels_gbt2589.csv"), set()
    for line in _lines(_facts() / "energy-carbon" / "fuels_gbt2589.csv"):
        if line["edition"] == edition and f"{line['fuel_id']}|{edition}" not in refused:
            kept.add(_half(line["name_zh"]))
    assert refused and kept
    assert {row.printed_name for row in read_set(f"gbt-2589-{edition}").rows} <= kept


@pytest.mark.real
@pytest.mark.parametrize(
    ("name", "set_id"),
    [("gbt-32151-2024", "GBT32151_series_2023plus"), ("ndrc-2015", "NDRC2015_other_industry")],
)
def test_no_row_of_the_guidelines_is_shipped_that_may_not_be(name: str, set_id: str) -> None:
    refused, kept = _not_ok("fuels_ndrc.csv"), {}
    for line in _lines(_facts() / "energy-carbon" / "fuels_ndrc.csv"):
        if line["set_id"] == set_id and f"{set_id}|{line['fuel_en']}" not in refused:
            kept[_half(line["fuel_zh"])] = line
    assert kept
    for row in read_set(name).rows:
        if row.file.endswith("/fuels.csv"):
            assert row.printed_name in kept, f"{row.file} row {row.row}: {row.printed_name}"
            line = kept[row.printed_name]
            numbers = (line["ncv_gj_per_unit"], line["carbon_tc_per_tj"], line["oxidation"])
            assert (row.ncv, row.carbon, row.oxidation) == tuple(float(n) for n in numbers)


@pytest.mark.real
def test_no_grid_factor_is_shipped_that_may_not_be() -> None:
    scopes = {
        "average": "average",
        "average_excl_market_nonfossil": "residual",
        "fossil_only": "fossil_only",
        "ETS_reporting_grid_factor": "ets",
        "carbon_footprint_lifecycle_kgCO2e": "footprint",
    }
    refused, kept = _not_ok("grid_factors_cn.csv"), set()
    for line in _lines(_facts() / "energy-carbon" / "grid_factors_cn.csv"):
        key = "|".join(line[c] for c in ("level", "region_zh", "data_year", "scope"))
        if line["package_ok"] == "yes" and key not in refused:
            value = float(line["factor_kgco2_per_kwh"])
            kept.add((f"电力 ({line['region_zh']})", int(line["data_year"]), scopes[line["scope"]], value))
    assert refused and kept
    shipped_rows = {(r.printed_name, r.data_year, r.kind, r.rate) for r in read_set("grid-cn").rows}
    assert shipped_rows <= kept
