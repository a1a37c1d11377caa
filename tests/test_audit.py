"""The audit: what a result rests on, what falls below the case's own thresholds, and what is not plausible."""

from __future__ import annotations

import dataclasses
import itertools
import json
import pickle

import numpy as np
import pandas as pd
import pytest
from examples import FUEL_TCE, GJ_PER_TCE, POWER_TCE_PER_MWH, assessed, factors, fuel_co2, posted, rows, write_case
from hypothesis import given
from hypothesis import strategies as st

from carbonledger import report
from carbonledger.auditing import KINDS, SEVERITIES, Limits, audit, limits_of, years_text
from carbonledger.auditing.inputs import by_status
from carbonledger.auditing.origins import origins_of
from carbonledger.auditing.peers import electricity, per_output
from carbonledger.auditing.plausibility import heating_values, jumps, references
from carbonledger.auditing.series import slip_of
from carbonledger.auditing.weights import weights_of
from carbonledger.case import assess
from carbonledger.errors import CaseError
from carbonledger.factors import Gap, Rules, StandIn
from carbonledger.messages import Said
from carbonledger.report.findings import audit_as_data, print_audit

# bituminous coal, GB/T 32151.34-2024 Table C.1: NCV 19.57 GJ/t, 26.1 tC/TJ, oxidation 0.93
BITUMINOUS_CO2 = 19.57 * 26.1 / 1000 * 0.93 * 44 / 12
RAW_COAL_TCE = 0.7143  # GB/T 2589-2020 Table A.1

PLANT_TOML = """
title = "A plant"
title_zh = "一家工厂"
synthetic = true
factor_sets = ["gbt-2589-2020", "gbt-32151-2024", "heat"]
indicators = ["energy_total", "co2_direct"]
choices = {natural_gas = "middle"}
gas_reference = "20 °C"
%s
[inputs]
activity = ["activity.csv"]
entities = ["entities.csv"]

[[stand_in]]
activity = "raw_coal"
quantity = "co2"
use = {activity = "bituminous_coal"}
reason = "no row for raw coal"
%s
"""

PLANT_ROWS = """entity,period,activity,flow,amount,unit,status
plant,2022,raw_coal,combusted,100,t,
plant,2022,diesel,combusted,50,t,快报
plant,2022,natural_gas,combusted,1,万m3,年报
"""


@pytest.fixture
def plant(tmp_path):
    """Writes and audits a plant; ``head`` and ``tail`` go into case.toml, ``files`` replaces files."""

    def audited(head="", tail="", activity=PLANT_ROWS, **files):
        folder = tmp_path / "plant"
        folder.mkdir(exist_ok=True)
        files = {"entities": "entity,level,region\nplant,enterprise,CN-37\n", "activity": activity, **files}
        (folder / "case.toml").write_text(PLANT_TOML % (head, tail), encoding="utf-8")
        for name, text in files.items():
            (folder / f"{name}.csv").write_text(text, encoding="utf-8")
        return audit(folder)

    return audited


def only(found, kind, **wanted):
    """The one finding of a kind with these attributes."""
    here = [f for f in found.of(kind) if all(getattr(f, k) == v for k, v in wanted.items())]
    assert len(here) == 1, [f"{f.kind} {f.what} {f.quantity}" for f in found.findings]
    return here[0]


# --- shares, by hand -------------------------------------------------------------------------------------------------

COAL_CO2, DIESEL_CO2 = 100 * BITUMINOUS_CO2, 50 * fuel_co2("diesel")
NM3 = 1e4 * 273.15 / 293.15  # 1 万m3 at 20 °C in Nm3, by the ideal-gas law
# natural gas: GB/T 32151.34-2024 Table C.1, 389.31 GJ/10^4 Nm3, 15.3 tC/TJ, 0.99; GB/T 2589-2020 1.1 to 1.33 kgce/Nm3
GAS_CO2 = NM3 / 1e4 * 389.31 * 15.3 / 1000 * 0.99 * 44 / 12
GAS_TCE = NM3 * (1.1 + 1.33) / 2 / 1000
CO2 = COAL_CO2 + DIESEL_CO2 + GAS_CO2
ENERGY = 100 * RAW_COAL_TCE + 50 * FUEL_TCE["diesel"] + GAS_TCE


def test_stand_in_with_its_share(plant):
    found = plant()
    stand_in = only(found, "stand_in")
    assert (stand_in.quantity, stand_in.year, stand_in.grade, stand_in.file) == (
        "co2_scope1",
        2022,
        "stand_in",
        "case.toml",
    )
    assert stand_in.share == pytest.approx(COAL_CO2 / CO2, rel=1e-12)
    assert stand_in.value == pytest.approx(COAL_CO2, rel=1e-12)
    assert "no row for raw coal" in stand_in.what
    assert found.share("grade", "stand_in", "co2_scope1") == pytest.approx(COAL_CO2 / CO2)
    assert found.share("grade", "exact", "co2_scope1", 2022) == pytest.approx(1 - COAL_CO2 / CO2)
    assert found.share("grade", "stand_in", "energy") == 0


def test_choice_and_coercion_with_their_shares(plant):
    found = plant()
    assert only(found, "choice").quantity == "energy"
    assert only(found, "choice").share == pytest.approx(GAS_TCE / ENERGY, rel=1e-12)
    for quantity, share in {"energy": GAS_TCE / ENERGY, "co2_scope1": GAS_CO2 / CO2}.items():
        coerced = only(found, "coercion", quantity=quantity)
        assert coerced.share == pytest.approx(share, rel=1e-12)
        assert "20 °C" in coerced.what


def test_confidence_below_v1(plant):
    """GB/T 2589-2020: raw coal is V1, diesel is what its row says; the shares add up to one."""
    found = plant()
    for quantity in ("energy", "co2_scope1"):
        labels = {s.label for s in found.shares if s.by == "confidence" and s.quantity == quantity}
        assert sum(found.share("confidence", label, quantity) for label in labels) == pytest.approx(1)
    weak = {s.label for s in found.shares if s.by == "confidence"} & {"D", "MA", "M"}
    assert {f.grade for f in found.of("confidence")} == weak
    china = audit(assessed("china-2020-2023"))
    wind = [f for f in china.of("confidence") if "Wind" in f.what and f.year == 2020]
    assert [(f.grade, f.severity, f.file.split("/")[0]) for f in wind] == [("M", "warning", "nonfossil-conventions")]


def test_status_of_the_data(plant):
    found = plant()
    shares = {label: found.share("status", label, "co2_scope1") for label in ("flash", "annual", "not stated")}
    assert shares == pytest.approx({"flash": DIESEL_CO2 / CO2, "annual": GAS_CO2 / CO2, "not stated": COAL_CO2 / CO2})
    flash = only(found, "flash", quantity="co2_scope1")
    assert (flash.severity, flash.share) == ("warning", pytest.approx(DIESEL_CO2 / CO2))


def test_amounts_in_coal_equivalent():
    shandong = audit(assessed("shandong-2014"))
    coerced = [f for f in shandong.of("coercion") if f.quantity == "energy"]
    assert [f.share for f in coerced] == [pytest.approx(1.0)]
    assert "coal equivalent" in coerced[0].what


def test_constant_price_chains():
    china = audit(assessed("china-2020-2023"))
    years = {f.year for f in china.of("coercion") if f.quantity == "gdp_constant"}
    assert years == {2021, 2022, 2023}  # the base year is at its own prices


@given(st.lists(st.tuples(st.sampled_from(["", "快报", "年报"]), st.integers(0, 1000)), min_size=1, max_size=12))
def test_shares_are_parts_of_one(rows_given):
    made = [
        ("diesel", "combusted", amount, "t", {"status": s, "sector": str(i)})
        for i, (s, amount) in enumerate(rows_given)
    ]
    ledger = posted(rows(*made), "energy")
    weights = weights_of(ledger)
    parts = by_status(weights)
    assert np.allclose(sum(parts.values()), weights.whole, rtol=1e-12)
    expected = sum(amount for _, amount in rows_given) * FUEL_TCE["diesel"]
    assert weights.whole.sum() == pytest.approx(expected, rel=1e-12)


# --- what the rows are ---------------------------------------------------------------------------------------------


def test_memo_rows(plant):
    activity = "entity,period,activity,flow,part_of,amount,unit\nplant,2022,diesel,combusted,,50,t\nplant,2022,diesel,combusted,diesel,20,t\n"
    found = plant(activity=activity)
    memo = only(found, "memo")
    assert (memo.file, memo.row, memo.value, found.memo) == ("activity.csv", 3, 1.0, 1)


def test_rows_that_count_nowhere(plant):
    found = plant(
        activity=PLANT_ROWS + "plant,2022,industrial_water,used,9,m3,\nplant,2021,industrial_water,used,8,m3,\n"
    )
    idle = only(found, "not_counted")
    assert (idle.file, idle.value) == ("activity.csv", 2.0)
    assert "Industrial water" in idle.what


def test_transfers(plant):
    activity = "entity,period,activity,flow,part_of,amount,unit\nplant,2022,diesel,combusted,,50,t\nplant,2022,diesel,feedstock,diesel,20,t\n"
    found = plant(activity=activity)
    moved = only(found, "entry", quantity="co2_scope1")
    # 50 t combusted and -20 t moved out of them: 20 of 70 absolute
    assert moved.share == pytest.approx(20 / 70)
    assert "transfer" in moved.what


def test_eliminations_and_unallocated_and_coverage():
    found = audit(assessed("weicheng-2025"))
    said = {str(f.what).split(":")[0] for f in found.of("entry")}
    assert {"elimination", "unallocated", "transfer"} <= said
    table = assessed("weicheng-2025").coverage
    wanted = table[(table["quantity"] == "co2_scope1") & (table["year"] == 2024) & (table["entity"] == "weicheng")]
    assert only(found, "coverage", quantity="co2_scope1", year=2024).share == pytest.approx(
        float(wanted["share"].iat[0])
    )


def test_refused_rows():
    base = assessed("china-2020-2023")
    refused = pd.DataFrame([{"file": "a.csv", "row": 7, "entity": "china", "year": 2021, "reason": "no rate for peat"}])
    found = audit(dataclasses.replace(base, ledger=dataclasses.replace(base.ledger, refused=refused)))
    row = only(found, "refused")
    assert (row.file, row.row, row.severity, str(row.what)) == ("a.csv", 7, "warning", "no rate for peat")
    assert found.refused == 1


# --- decisions ------------------------------------------------------------------------------------------------------


def test_gap(plant):
    tail = '[[gap]]\nactivity = "gangue"\nquantity = "co2_scope1"\nreason = "its carbon is not known"\n'
    activity = PLANT_ROWS + "plant,2022,gangue,combusted,10,t,\n"
    gap = only(plant(tail=tail, activity=activity), "gap")
    assert (gap.file, gap.row, gap.quantity, gap.severity) == ("activity.csv", 5, "co2_scope1", "warning")
    assert "its carbon is not known" in gap.what


def test_a_used_decision_is_not_called_unused(plant):
    unused = [str(f.what) for f in plant().of("unused")]
    assert unused == ["factor set heat"]


def test_unused_decisions(plant):
    tail = """
[[stand_in]]
activity = "lignite"
quantity = "co2"
use = {activity = "bituminous_coal"}
reason = "never needed"

[[gap]]
activity = "peat"
quantity = "co2_scope1"
reason = "never needed"
"""
    tail = tail.replace('"peat"', '"gangue"')
    head = 'kinds = {energy_coal_rate = "supply"}\ncomplete = ["water"]'
    activity = "entity,period,activity,flow,amount,unit\nplant,2022,raw_coal,combusted,100,t\n"
    unused = {str(f.what) for f in plant(head, tail, activity).of("unused")}
    assert unused == {
        "stand_in lignite co2",
        "gap gangue co2_scope1",
        "choices: natural_gas",
        "kinds: energy_coal_rate = 'supply'",
        "gas_reference",
        "factor set heat",
        "complete: water",
    }


def test_an_unused_variant(tmp_path):
    toml = (
        'title = "x"\nfactor_sets = ["water-rules"]\nindicators = ["water_total"]\n[variants]\ngdp_growth = [0.1]\n'
        '[inputs]\nactivity = ["activity.csv"]\nstates = ["states.csv"]\nentities = ["entities.csv"]\n'
    )
    folder = write_case(tmp_path / "town", case=toml)
    assert "variants: gdp_growth" in {str(f.what) for f in audit(folder).of("unused")}


@pytest.mark.parametrize("case", ["china-2020-2023", "shandong-2014", "weicheng-2025"])
def test_every_stand_in_step_is_known_by_its_decision(case):
    """The step that a rate carries and the decision in case.toml must stay one text, or use would look like disuse."""
    found = assessed(case)
    named = {s.step for s in found.case.rules.stand_ins}
    steps = {str(step) for _, step in origins_of(weights_of(found.ledger)).steps if step.startswith("stand-in ")}
    assert steps <= named
    assert all("->" in f.what for f in audit(found).of("stand_in"))


def test_a_step_without_its_decision_is_still_told():
    rules = Rules(stand_ins=(StandIn({"activity": "bituminous_coal"}, "once so", "raw_coal", "co2"),))
    ledger = posted(rows(("raw_coal", "combusted", 100, "t")), "co2_scope1", rules=rules)
    base = assessed("china-2020-2023")
    case = dataclasses.replace(base.case, rules=Rules(gaps=(Gap("peat", "co2_scope1", "x"),)))
    found = audit(dataclasses.replace(base, case=case, ledger=ledger))
    assert only(found, "stand_in").share == pytest.approx(1)


# --- thresholds -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "broken", "kept"),
    [
        ("max_stand_in_share", 0.4, 0.95),
        ("max_choice_share", 0.0001, 0.5),
        ("max_flash_share", 0.0, 1.0),
        ("max_warnings", 0, 9),
    ],
)
def test_thresholds(plant, key, broken, kept):
    activity = PLANT_ROWS + "plant,2021,diesel,combusted,1,t,\n"
    below = plant(tail=f"[audit]\n{key} = {broken}\n", activity=activity).below
    assert below and all(f.kind == "threshold" and f.severity == "below_threshold" and key in f.what for f in below)
    assert not plant(tail=f"[audit]\n{key} = {kept}\n", activity=activity).below


def test_no_threshold_no_breach(plant):
    assert not plant().below


def unallocated_by_rows(ledger):
    """A plain reference, entry by entry: what is unallocated of each quantity and year, in absolute contributions."""
    parts, wholes = {}, {}
    entries = ledger.entries
    for entry, key, year, amount in zip(*(entries[c] for c in ("entry", "key", "year", "canonical")), strict=True):
        for j, quantity in enumerate(ledger.quantities):
            value = abs(amount * ledger.rates[key, j])
            if ledger.counted[key, j] and value == value:
                wholes[quantity, year] = wholes.get((quantity, year), 0.0) + value
                if entry == "unallocated":
                    parts[quantity, year] = parts.get((quantity, year), 0.0) + value
    return {place: part / wholes[place] for place, part in parts.items()}


def test_thresholds_of_the_whole_case():
    base = assessed("weicheng-2025")

    def below(**limits):
        about = base.case.about | {"audit": limits}
        return audit(dataclasses.replace(base, case=dataclasses.replace(base.case, about=about))).below

    unverified = below(max_unverified_share=0.01)
    assert {f.quantity for f in unverified} == {"nonfossil_energy_physical"}
    assert {f.year for f in unverified} == set(range(2020, 2026))
    assert len(below(min_coverage=0.99)) > 20 and not below(min_coverage=0.5)
    rests = {f: f.share for f in below(max_unallocated_share=0.03)}
    expected = unallocated_by_rows(base.ledger)
    assert {(f.quantity, f.year) for f in rests} == {place for place, share in expected.items() if share > 0.03}
    assert rests and all(share == pytest.approx(expected[f.quantity, f.year]) for f, share in rests.items())
    hours = audit(base)
    masked = sum(hours.masked.values()) / (6 * 4 * 365 * 24)  # six pollutants of four stations
    assert masked == pytest.approx(sum(f.share for f in hours.of("masked")))
    assert len(below(max_masked_share=masked - 1e-6)) == 1 and not below(max_masked_share=masked + 1e-6)
    unknown = sum(v.verdict.name == "UNKNOWN" for v in base.verdicts) / len(base.verdicts)
    assert len(below(max_unknown_share=unknown - 1e-6)) == 1 and not below(max_unknown_share=unknown + 1e-6)


def test_unknown_keys_and_values_at_once():
    with pytest.raises(CaseError) as caught:
        limits_of(
            {"audit": {"max_standin_share": 0.1, "jump": 1, "peers": 2.5, "min_coverage": True, "spread": "wide"}}
        )
    text = str(caught.value)
    for part in (
        "'max_standin_share'; nearest: 'max_stand_in_share'",
        "jump = 1",
        "peers = 2.5",
        "min_coverage = True",
    ):
        assert part in text
    assert len(caught.value.faults) == 5
    assert limits_of({}) == Limits()
    assert limits_of({"audit": {"jump": 5}}).jump == 5


# --- outcomes and air -------------------------------------------------------------------------------------------------


def test_unknown_verdicts_by_reason():
    found = audit(assessed("china-2020-2023")).of("unknown_verdict")
    assert {f.value for f in found} == {4.0, 2.0}
    assert any("CN-W5, CN-W6" in f.what for f in found)


def test_unknown_values_by_reason(plant):
    china = audit(assessed("china-2020-2023"))
    annual = only(china, "unknown_value", quantity="water_per_gdp_annual_drop")
    assert (annual.value, annual.share) == (1.0, 0.25)
    assert "2020" in annual.what
    assert not plant().of("unknown_value")


def test_an_entity_of_which_nothing_is_known_is_told_once():
    hanting = [f for f in audit(assessed("weicheng-2025")).of("unknown_value") if f.entity == "hanting"]
    assert [str(f.what) for f in hanting] == ["nothing is known of it"]


def test_published_and_closures():
    base = assessed("china-2020-2023")
    assert not audit(base).of("published")
    off = dataclasses.replace(base.comparisons[0], agrees=False)
    found = audit(dataclasses.replace(base, comparisons=[off, *base.comparisons[1:]]))
    assert only(found, "published").quantity == off.name
    shandong = assessed("shandong-2014")
    assert not audit(shandong).of("closure")
    worse = (dataclasses.replace(shandong.case.closures[0], supply_gap=-5.0),)
    case = dataclasses.replace(shandong.case, closures=worse)
    assert only(audit(dataclasses.replace(shandong, case=case)), "closure").value == 5.0


def test_air():
    found = audit(assessed("weicheng-2025"))
    air = assessed("weicheng-2025").case.air
    annual, shares = air.annual, air.shares
    assert set(found.unverified) == {*annual.attrs["unverified"], *shares.attrs["unverified"]}
    assert len(found.of("unverified_parameter")) == len(found.unverified)
    assert {e.name: e.years for e in found.editions if e.kind == "standard"} == {
        "hj-663-2013": (2025,),
        "hj-633-2012": (2025,),
        "gb-3095-2012": (2025,),
    }
    here = annual.sel(entity="weicheng", year=2025)
    depends = {str(p): str(here["depends"].sel(pollutant=p).item()) for p in here["pollutant"].values}
    depends["all"] = str(here["depends_all"].item())
    depends["AQI"] = str(shares["depends"].sel(entity="weicheng", year=2025).item())
    told = {f.quantity: str(f.what).split(" under ")[1] for f in found.of("depends")}
    assert told == {name: text for name, text in depends.items() if text}
    assert {f.grade: f.value for f in found.of("masked")} == found.masked


def test_editions_are_those_that_gave_a_rate(plant):
    found = plant()
    assert {(e.kind, e.name) for e in found.editions} == {
        ("factor set", "gbt-2589-2020"),
        ("factor set", "gbt-32151-2024"),
    }
    assert all(e.years == (2022,) and len(e.content_hash) == 64 for e in found.editions)


# --- plausibility: heating values ------------------------------------------------------------------------------------


def heat(*lines, **more):
    made = [(a, "combusted", 10, u, {"own_ncv": v, "document": str(i)}) for i, (a, v, u) in enumerate(lines)]
    return heating_values(posted(rows(*made), "energy", **more), Limits())


@pytest.mark.parametrize(
    ("activity", "unit", "own", "slip"),
    [
        ("coke", "t", 28.435e3, "kJ/kg"),
        ("coke", "t", 28.435 / 4.1868 * 1000, "kcal/kg"),
        ("coke", "t", 28.435 / GJ_PER_TCE, "tce/t"),
        ("coke", "t", 28.435e4, "10^4"),
        ("coke", "t", 28.435 * 4.1868, "4.1868"),
        ("natural_gas", "万Nm3", 389.31 / 10, "MJ/Nm3"),
        ("natural_gas", "万Nm3", 38931.0, "kJ/Nm3"),
        ("natural_gas", "万Nm3", 389.31 / GJ_PER_TCE, "tce/(10^4 Nm3)"),
    ],
)
def test_heating_value_slips(activity, unit, own, slip):
    (found,) = heat((activity, own, unit))
    assert f": {slip} in its place?" in found.what
    assert (found.kind, found.severity, found.entity, found.year) == ("heating_value", "warning", "plant", 2022)


def test_heating_value_bounds():
    """Coke prints no range: 28.435 GJ/t in every edition, so 1.6 times off is the end."""
    values = sorted(references(factors())["coke"][1])
    low, high = values[0] / 1.6, values[-1] * 1.6
    assert not heat(("coke", low * 1.001, "t"), ("coke", high * 0.999, "t"))
    assert len(heat(("coke", low * 0.999, "t"))) == len(heat(("coke", high * 1.001, "t"))) == 1


def test_a_printed_range_is_the_bound():
    """Natural gas, GB/T 2589-2020: 1.1 to 1.33 kgce/Nm3 = 322.4 to 389.8 GJ/10^4 Nm3."""
    assert not heat(("natural_gas", 330.0, "万Nm3"))
    (found,) = heat(("natural_gas", 450.0, "万Nm3"))
    assert "in its place" not in found.what


def test_rows_of_one_entity_and_year_are_one_warning():
    (found,) = heat(("coke", 0.5, "t"), ("coke", 0.6, "t"))
    assert "(2 rows)" in found.what and found.row == 1


# --- plausibility: jumps ----------------------------------------------------------------------------------------------


def series(*amounts, activity="diesel", first=2020, unit="t", **more):
    return [(activity, "combusted", a, unit, {"period": str(first + i), **more}) for i, a in enumerate(amounts)]


def jumped(lines, **limits):
    ledger = posted(rows(*lines), "energy")
    return jumps(ledger, weights_of(ledger), Limits(**limits))


@pytest.mark.parametrize(
    ("amounts", "years"),
    [
        ((100, 300), []),
        ((100, 301), [2021]),
        ((300, 100), []),
        ((301, 100), [2021]),
        ((100, 301, 310), [2021]),
        ((0, 100), []),
        ((100, 0, 100), []),
    ],
)
def test_jump_by_hand(amounts, years):
    assert [f.year for f in jumped(series(*amounts))] == years


def test_a_missing_year_is_no_jump():
    assert not jumped([*series(100), *series(1000, first=2022)])


@pytest.mark.parametrize(
    ("ratio", "slip"),
    [
        (1000, "10^3"),
        (1 / 1000, "10^3"),
        (1.2e4, "10^4"),
        (0.8e-4, "10^4"),
        (1e8, "10^8"),
        (100, ""),
        (3.2e3, ""),
        (5, ""),
    ],
)
def test_slips(ratio, slip):
    assert slip_of(ratio) == slip
    (found,) = jumped(series(100, 100 * ratio))
    assert (f"near {slip}" in found.what) is bool(slip)
    assert found.value == pytest.approx(ratio)
    assert found.row == 2  # counted from the first row of the frame


def test_small_series_are_passed_over_but_slips_are_told():
    large = series(1e6, 1e6, activity="lpg")
    assert not jumped([*large, *series(1, 5)])
    assert len(jumped([*large, *series(1, 5)], jump_share=0.0)) == 1
    assert len(jumped([*large, *series(0.001, 1)])) == 1


def test_months_are_compared_by_the_month():
    whole = [("diesel", "combusted", 120, "t", {"period": "2020"})]
    quarter = [("diesel", "combusted", 10, "t", {"period": f"2021-{m:02d}"}) for m in (1, 2, 3)]
    assert not jumped([*whole, *quarter])


def test_partners_and_entities_are_series_of_their_own():
    assert not jumped([*series(100), *series(1000, first=2021, entity="works")])


def test_the_jump_of_the_case_holds(plant):
    activity = (
        "entity,period,activity,flow,amount,unit\nplant,2021,diesel,combusted,50,t\nplant,2022,diesel,combusted,200,t\n"
    )
    assert len(plant(activity=activity).of("jump")) == 1
    assert not plant(activity=activity, tail="[audit]\njump = 5\n").of("jump")


@given(st.lists(st.floats(1, 1e6), min_size=2, max_size=6), st.randoms(use_true_random=False))
def test_jumps_do_not_depend_on_order_or_unit(amounts, draw):
    lines = series(*amounts)
    plain = [(f.year, pytest.approx(f.value)) for f in jumped(lines)]
    expected = [
        2021 + i for i, (a, b) in enumerate(itertools.pairwise(amounts)) if abs(np.log(b / a)) > np.log(3) * (1 + 1e-12)
    ]
    assert [y for y, _ in plain] == expected
    shuffled = [(a, f, amount * 1000, "kg", more) for a, f, amount, _, more in lines]
    draw.shuffle(shuffled)
    assert sorted((f.year, f.value) for f in jumped(shuffled)) == plain


# --- plausibility: electricity and peers ---------------------------------------------------------------------------


def power(entity, year, amount):
    return "electricity", "purchased", amount, "MWh", {"entity": entity, "period": str(year)}


def fuel(entity, year, amount=100.0):
    return "diesel", "combusted", amount, "t", {"entity": entity, "period": str(year)}


def watts(lines, **limits):
    return electricity(posted(rows(*lines), "energy"), Limits(**limits))


def test_electricity_against_the_year_before():
    (found,) = watts([power("mill", 2021, 100), power("mill", 2022, 100e4)])
    assert (found.kind, found.entity, found.year) == ("electricity", "mill", 2022)
    assert "near 10^4" in found.what
    assert not watts([power("mill", 2021, 100), power("mill", 2022, 250)])


@pytest.mark.parametrize(("silent", "n"), [(1, 1), (2, 0)])
@pytest.mark.parametrize("zero", [True, False])
def test_no_electricity_where_others_report(silent, n, zero):
    """Nine of ten report: the tenth is told, whether it writes 0 or nothing; eight of ten are too few to expect it."""
    names = [f"firm{i}" for i in range(10)]
    lines = [fuel(name, 2022) for name in names] + [power(name, 2022, 50) for name in names[silent:]]
    lines += [power(name, 2022, 0) for name in names[:silent] if zero]
    assert [f.entity for f in watts(lines)] == names[:silent] * n
    assert not watts(lines, peers=11)


def firms(ratios, sector="2511", quantity="energy"):
    """Firms of one division with so many t of diesel per 10 000 yuan."""
    made = []
    for i, ratio in enumerate(ratios):
        common = {"entity": f"firm{i}", "sector": sector}
        made.append(("industrial_value_added", "produced", 1.0, "万元", common))
        activity, flow, unit = (
            ("diesel", "combusted", "t") if quantity == "energy" else ("industrial_water", "used", "m3")
        )
        made.append((activity, flow, ratio, unit, common))
    sets = factors("gbt-2589-2020", "water-rules")
    return per_output(posted(rows(*made), quantity, factors=sets), Limits())


LIKE = [1.0, 1.1, 0.9, 1.05, 0.95, 1.2, 0.8, 1.0]


@pytest.mark.parametrize("quantity", ["energy", "water"])
def test_peers_by_hand(quantity):
    assert not firms(LIKE, quantity=quantity)
    (found,) = firms([*LIKE, 1000.0], quantity=quantity)
    assert (found.entity, found.quantity, found.kind) == ("firm8", quantity, "peers")
    logs = np.log([*LIKE, 1000.0])
    assert found.value == pytest.approx(1000 / np.exp(np.median(logs)))
    assert "near 10^3" in found.what


def test_peers_need_enough_and_their_own_division():
    assert not firms([*LIKE[:6], 1000.0])  # seven firms make no range
    assert len(firms([*LIKE[:7], 1000.0])) == 1  # eight do


def test_peers_width_by_hand():
    """Five robust standard deviations: median 0, |log| = .1 for half of them, so MAD x 1.4826 x 5 = 0.7413."""
    alike = [float(np.exp(x)) for x in (-0.1, -0.1, -0.1, -0.1, 0.1, 0.1, 0.1, 0.1)]
    assert not firms([*alike, float(np.exp(0.0)), float(np.exp(0.70))])
    ten = [*alike, 1.0, float(np.exp(0.95))]
    assert [f.entity for f in firms(ten)] == ["firm9"]


def test_many_findings_are_counted_not_dropped():
    from carbonledger.auditing.series import LISTED, shown

    lines = [line for i in range(LISTED + 3) for line in series(1, 100, entity=f"firm{i}")]
    found = shown(jumped(lines))
    assert len(found) == LISTED + 1
    assert (found[-1].kind, found[-1].value) == ("many", 3.0)


# --- reports ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", ["china-2020-2023", "shandong-2014", "weicheng-2025"])
def test_the_order_and_the_kinds(case):
    found = audit(assessed(case))
    places = [SEVERITIES.index(f.severity) for f in found.findings]
    assert places == sorted(places, reverse=True)
    assert {f.kind for f in found.findings} <= set(KINDS)
    assert all(isinstance(f.what, Said) for f in found.findings)
    assert all(f.share is None or 0 <= f.share <= 1 + 1e-12 for f in found.findings)
    assert len(pickle.loads(pickle.dumps(found.findings))) == len(found.findings)


def test_english(plant, capsys):
    print_audit(plant(tail="[audit]\nmax_flash_share = 0.0\n"))
    text = capsys.readouterr().out
    for part in (
        "*** SYNTHETIC INPUT ***",
        "BELOW THRESHOLD",
        "max_flash_share = 0, but",
        "Stand-ins",
        "no row for raw coal",
        "GB/T 2589-2020",
    ):
        assert part in text


@pytest.mark.parametrize("case", ["china-2020-2023", "shandong-2014", "weicheng-2025"])
def test_chinese(case, capsys):
    print_audit(audit(assessed(case)), lang="zh")
    text = capsys.readouterr().out
    assert "审核:" in text and "结果所依据的版本" in text
    for word in ("WARNING", "severity", "the year before", "confidence", "unknown", "Stand-ins"):
        assert word not in text


def test_json(plant):
    data = audit_as_data(plant(tail="[audit]\nmax_flash_share = 0.0\n"))
    text = json.dumps(data, allow_nan=False)
    again = json.loads(text)
    assert (again["schema"], again["synthetic"]) == ("carbonledger.audit/1", True)
    assert again["below_threshold"] == sum(f["severity"] == "below_threshold" for f in again["findings"]) > 0
    assert again["limits"]["max_flash_share"] == 0
    assert {"by", "label", "quantity", "year", "share", "value", "unit"} == set(again["shares"][0])
    assert report.as_data(assess(assessed("china-2020-2023").case))["case"] == "china-2020-2023"


def test_years_text():
    assert years_text([2020, 2021, None, 2023, 2021, 2025, 2026, 2027]) == "2020-2021, 2023, 2025-2027"
    assert years_text([]) == ""


def test_power_is_in_the_examples():
    """The constants used above are those of GB/T 2589-2020."""
    assert FUEL_TCE["diesel"] == 1.4571 and POWER_TCE_PER_MWH == 0.1229
