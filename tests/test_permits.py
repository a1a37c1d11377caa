"""Discharge permits against plain fractions, unit traps, part years, and every bad input."""

from __future__ import annotations

import calendar
import datetime
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carbonledger import permits
from carbonledger.errors import TableError
from carbonledger.permits import PermitError, check, read_discharges, read_permits
from carbonledger.permits.spans import Months, days_in, months_in, months_of, whole_months_in
from carbonledger.reasons import Reason

F = Fraction
D = datetime.date
PRO_RATA, FULL = permits.PART_YEAR


# ---- tables ----


def permit(outlet="DA001", pollutant="SO2", allowed=12, limit=35, **more):
    """One row of a permit of all of 2022 to 2026."""
    row = {"permit": "P1", "enterprise": "甲", "outlet": outlet, "pollutant": pollutant}
    row |= {"valid_from": "2022-01-01", "valid_to": "2026-12-31", "allowed": allowed, "allowed_unit": "t"}
    return row | {"limit": limit, "limit_unit": "mg/m3"} | more


def monitored(period, concentration=25, flow=4e7, outlet="DA001", pollutant="SO2", **more):
    """25 mg/m3 in 4e7 m3 are 1 t."""
    row = {"enterprise": "甲", "outlet": outlet, "pollutant": pollutant, "period": period, "method": "monitoring"}
    row |= {"concentration": concentration, "concentration_unit": "mg/m3", "flow": flow, "flow_unit": "m3"}
    return row | more


def balanced(period="2024", **more):
    """100 t with 0.5 %, of which 90 % are removed: 0.05 t."""
    row = {"enterprise": "甲", "outlet": "DA001", "pollutant": "SO2", "period": period, "method": "material_balance"}
    row |= {"input": 100, "input_unit": "t", "content": 0.5, "content_unit": "%", "removal": 0.9}
    return row | more


def by_factor(period="2024", **more):
    """2000 t at 3 kg/t, of which 75 % are removed: 1.5 t."""
    row = {"enterprise": "甲", "outlet": "DA001", "pollutant": "SO2", "period": period, "method": "factor"}
    row |= {"activity": 2000, "activity_unit": "t", "factor": 3, "factor_unit": "kg/t", "removal": 0.75}
    return row | {"factor_source": "some handbook, table 1"} | more


def frame(rows):
    return pd.DataFrame(rows).astype(object).where(lambda f: f.notna(), "")


def months(year=2024, only=range(1, 13), **more):
    return [monitored(f"{year}-{m:02d}", **more) for m in only]


def checked(permit_rows, report_rows, **how):
    return check(read_permits(frame(permit_rows)), read_discharges(frame(report_rows)), **how)


def outlet_of(found, **key):
    rows = found.outlets
    for column, value in key.items():
        rows = rows[rows[column] == value]
    assert len(rows) == 1
    return rows.iloc[0]


# ---- amounts by hand, in the units of the field ----

# row, t
AMOUNTS = {
    # mg/m3 x m3 -> t is 1e-9
    "25 mg/m3 x 4e7 m3": (monitored("2024"), "1"),
    "30 mg/m3 x 2000 万m3": (monitored("2024", 30, 2000, flow_unit="万m3"), "0.6"),
    "30 mg/Nm3 x 0.5 亿Nm3": (monitored("2024", 30, 0.5, concentration_unit="mg/Nm3", flow_unit="亿Nm3"), "1.5"),
    "80 ug/m3 x 1e9 m3": (monitored("2024", 80, 1e9, concentration_unit="ug/m3"), "0.08"),
    # mg/L x m3 -> t is 1e-6
    "40 mg/L x 120 000 m3": (monitored("2024", 40, 120000, concentration_unit="mg/L"), "4.8"),
    "40 mg/L x 12 万吨 of water taken as 万m3": (
        monitored("2024", 40, 12, concentration_unit="mg/L", flow_unit="万立方米"),
        "4.8",
    ),
    "1.5 g/m3 x 2e6 m3": (monitored("2024", 1.5, 2e6, concentration_unit="g/m3"), "3"),
    "0.1 mg/L x 0.3 m3": (monitored("2024", 0.1, 0.3, concentration_unit="mg/L"), "0.00000003"),
    "100 t x 0.5 % x 0.1": (balanced(), "0.05"),
    "1 万吨 x 8 kg/t x 0.02": (
        balanced(input=1, input_unit="万吨", content=8, content_unit="kg/t", removal=0.98),
        "1.6",
    ),
    "2000 t x 3 kg/t x 0.25": (by_factor(), "1.5"),
    "0.5 亿m3 x 18.71 千克/万立方米, nothing removed": (
        by_factor(activity=0.5, activity_unit="亿m3", factor=18.71, factor_unit="千克/万立方米", removal=0),
        "93.55",
    ),
    "1200 件 x 45 g/件": (
        by_factor(activity=1200, activity_unit="件", factor=45, factor_unit="g/件", removal=0),
        "0.054",
    ),
}


@pytest.mark.parametrize(("row", "wanted"), AMOUNTS.values(), ids=list(AMOUNTS))
def test_amounts_by_hand(row, wanted):
    assert read_discharges(frame([row]))["amount"].iloc[0] == F(wanted)


@pytest.mark.parametrize("method", ["monitoring", "监测", "自动监测", "手工监测", "Monitoring"])
def test_names_of_a_method(method):
    assert read_discharges(frame([monitored("2024", method=method)]))["method"].iloc[0] == "monitoring"


PERIODS = {
    "2024-05": (5, 5),
    "2024年5月": (5, 5),
    "2024Q1": (1, 3),
    "2024-Q4": (10, 12),
    "2024q2": (4, 6),
    "2024年第二季度": (4, 6),
    "2024年三季度": (7, 9),
    "2024年第4季度": (10, 12),
    "2024": (1, 12),
    "2024年": (1, 12),
    "2024-01/05": (1, 5),
}


@pytest.mark.parametrize(("written", "wanted"), PERIODS.items())
def test_periods(written, wanted):
    assert months_of(written) == Months(2024, *wanted)


@pytest.mark.parametrize("written", ["", "2024Q5", "2024-13", "Q1", "上半年", "2024-03/05"])
def test_no_periods(written):
    assert months_of(written) is None


def test_days_and_months_of_spans():
    span = (D(2023, 7, 15), D(2024, 2, 1))
    assert [days_in(span, y) for y in (2022, 2023, 2024, 2025)] == [0, 170, 32, 0]
    assert months_in([span], 2023) == {7, 8, 9, 10, 11, 12} and months_in([span], 2024) == {1, 2}


def test_whole_months_of_spans():
    spans = ((D(2023, 7, 15), D(2024, 2, 15)), (D(2024, 2, 16), D(2024, 2, 29)), (D(2024, 4, 1), D(2024, 4, 29)))
    assert whole_months_in(spans, 2023) == {8, 9, 10, 11, 12}
    assert whole_months_in(spans, 2024) == {1, 2}
    assert whole_months_in(((D(2024, 1, 1), D(2024, 12, 31)),), 2024) == set(range(1, 13))


@pytest.mark.parametrize(
    ("amount", "unit", "wanted"),
    [(12, "t", 12), (12, "t/a", 12), (12, "吨/年", 12), (500, "kg", 0.5), (500, "kg/a", 0.5), (0.3, "万吨/年", 3000)],
)
def test_units_of_an_annual_amount(amount, unit, wanted):
    assert read_permits(frame([permit(allowed=amount, allowed_unit=unit)]))["allowed"].iloc[0] == wanted


# ---- verdicts ----


def test_a_permit_that_is_kept():
    found = checked([permit()], months())
    row = outlet_of(found)
    wanted = {"reported": 12, "actual": 12, "allowed": 12, "share": 1, "margin": 0, "outside": 0, "months": 12}
    assert {name: row[name] for name in wanted} == wanted
    assert (row["verdict"], row["reason"], row["already_exceeded"], row["months_missing"]) == ("MET", 0, False, "")
    assert (row["actual_reason"], row["allowed_reason"]) == (0, 0)
    assert not len(found.without_permit) and not len(found.without_report)


def test_a_gram_too_much_is_too_much():
    row = outlet_of(checked([permit()], [*months(only=range(1, 12)), monitored("2024-12", 25.000001)]))
    assert (row["verdict"], row["reason"]) == ("MISSED", 0)
    assert row["margin"] == pytest.approx(-4e-8) and row["share"] > 1


def test_sums_are_exact():
    """Ten times 0.1 t are 1 t, though not in binary."""
    rows = [monitored(f"2024-{m:02d}", 0.1, 1e6, concentration_unit="mg/L") for m in range(1, 11)]
    rows += [monitored("2024-11", 0, 1), monitored("2024-12", 0, 1)]
    assert outlet_of(checked([permit(allowed=1)], rows))["verdict"] == "MET"


def test_missing_months_are_unknown():
    row = outlet_of(checked([permit()], months(only=[1, 2, 3, 5, 7])))
    assert (row["verdict"], row["reason"]) == ("UNKNOWN", Reason.MONTHS_MISSING)
    assert row["months_missing"] == "4, 6, 8, 9, 10, 11, 12"
    assert np.isnan(row["actual"]) and row["actual_reason"] == Reason.MONTHS_MISSING
    assert (row["reported"], row["margin"]) == (5, 7)


def test_missing_months_do_not_help_once_it_is_exceeded():
    row = outlet_of(checked([permit(allowed=4)], months(only=[1, 2, 3, 5, 7])))
    assert (row["verdict"], row["reason"], row["already_exceeded"]) == ("MISSED", 0, True)
    row = outlet_of(checked([permit(allowed=5)], months(only=[1, 2, 3, 5, 7])))
    assert (row["verdict"], row["already_exceeded"]) == ("UNKNOWN", False)


def test_quarters_and_a_year():
    quarters = [monitored(f"2024Q{q}", flow=1.2e8) for q in (1, 2, 3, 4)]
    assert outlet_of(checked([permit()], quarters))["verdict"] == "MET"
    row = outlet_of(checked([permit()], [balanced()]))
    assert (row["verdict"], row["reported"], row["monitored"]) == ("MET", 0.05, 0)


def test_methods_may_follow_each_other():
    rows = [*months(only=range(1, 7)), balanced("2024Q3"), by_factor("2024Q4")]
    assert outlet_of(checked([permit()], rows))["reported"] == 6 + 0.05 + 1.5


def test_a_permit_without_an_annual_amount():
    row = outlet_of(checked([permit(allowed="", allowed_unit="")], months()))
    assert (row["verdict"], row["reason"]) == ("UNKNOWN", Reason.NO_ALLOWED_AMOUNT)
    assert row["allowed_reason"] == Reason.NO_ALLOWED_AMOUNT and np.isnan(row["allowed"])
    assert (row["concentration_verdict"], row["exceedances"]) == ("MET", 0)


def test_nothing_may_be_discharged():
    zero = [monitored("2024", 0)]
    row = outlet_of(checked([permit(allowed=0)], zero))
    assert (row["verdict"], row["margin"]) == ("MET", 0) and np.isnan(row["share"])
    assert outlet_of(checked([permit(allowed=0)], [monitored("2024")]))["verdict"] == "MISSED"


def test_reports_without_a_permit_and_permits_without_a_report():
    rows = [permit(), permit(outlet="DA002"), permit(pollutant="NOx")]
    found = checked(rows, [*months(), *months(outlet="DA009")])
    assert found.without_permit.to_numpy().tolist() == [["甲", "DA009", "SO2", 2024]]
    assert found.without_report.to_numpy().tolist() == [["甲", "DA001", "NOx", 2024], ["甲", "DA002", "SO2", 2024]]
    row = outlet_of(found, outlet="DA009")
    assert (row["verdict"], row["reason"], row["reported"], row["outside"]) == ("UNKNOWN", Reason.NO_PERMIT, 0, 12)
    row = outlet_of(found, outlet="DA002")
    assert (row["verdict"], row["reason"], row["actual_reason"]) == ("UNKNOWN", Reason.NO_ROWS, Reason.NO_ROWS)


def test_years_that_are_asked_for():
    found = checked([permit()], months(), years=[2023, 2024])
    assert found.outlets[["year", "verdict"]].to_numpy().tolist() == [[2023, "UNKNOWN"], [2024, "MET"]]
    with pytest.raises(PermitError, match=r"2021: neither a permit nor a report.*\n.*2030: neither") as caught:
        checked([permit()], months(), years=[2021, 2024, 2030])
    assert len(caught.value.faults) == 2


# ---- concentrations ----


def test_exceedances_are_counted():
    rows = [
        monitored(f"2024-{m:02d}", c) for m, c in enumerate([35, 35.1, 20, 40, 0, 35, 34.9, 1, 1, 1, 1, 70], start=1)
    ]
    row = outlet_of(checked([permit(allowed=100)], rows))
    assert (row["monitored"], row["compared"], row["exceedances"]) == (12, 12, 3)
    assert (row["highest"], row["concentration_verdict"]) == (2, "MISSED")


def test_concentrations_in_another_unit():
    rows = [monitored("2024", 0.05, 100, concentration_unit="g/L")]
    row = outlet_of(checked([permit(limit=50, limit_unit="mg/L")], rows))
    assert (row["exceedances"], row["highest"]) == (0, 1)
    row = outlet_of(checked([permit(limit=49.999, limit_unit="mg/L")], rows))
    assert row["exceedances"] == 1


def test_cubic_metres_of_two_kinds_are_not_compared():
    rows = [monitored("2024", 30, 1, concentration_unit="mg/Nm3", flow_unit="Nm3")]
    with pytest.raises(PermitError, match=r"concentration is in mg/Nm3, its limit in mg/m3\. Give both in one kind"):
        checked([permit()], rows)


def test_concentrations_without_a_limit():
    row = outlet_of(checked([permit(limit="", limit_unit="")], months()))
    assert (row["monitored"], row["compared"], row["concentration_verdict"]) == (12, 0, "UNKNOWN")


def test_a_limit_that_changes_in_the_year():
    rows = [permit(valid_to="2024-06-30"), permit(valid_from="2024-07-01", limit=20, permit="P2")]
    row = outlet_of(checked(rows, months()))
    assert (row["compared"], row["exceedances"]) == (12, 6)
    row = outlet_of(checked(rows, [monitored("2024")]))
    assert (row["monitored"], row["compared"], row["concentration_verdict"]) == (1, 0, "UNKNOWN")


def test_a_concentration_of_months_before_the_permit_is_not_compared():
    row = outlet_of(checked([permit(valid_from="2024-05-01")], [monitored("2024Q2", 99), monitored("2024Q3")]))
    assert (row["monitored"], row["compared"], row["exceedances"], row["concentration_verdict"]) == (2, 1, 0, "UNKNOWN")


# ---- a part of a year ----

HALF = {"valid_from": "2024-07-01"}


def test_part_of_a_year_is_unknown_unless_the_caller_chooses():
    rows = months(only=range(7, 13))
    row = outlet_of(checked([permit(allowed=7, **HALF)], rows))
    assert (row["verdict"], row["reason"], row["allowed_reason"]) == ("UNKNOWN", *[Reason.PART_OF_YEAR] * 2)
    assert row["readings"] == "pro rata by days: MISSED; full amount: MET"
    assert row["months_missing"] == "" and row["actual"] == 6
    # 184 of 366 days
    row = outlet_of(checked([permit(allowed=7, **HALF)], rows, part_year=PRO_RATA))
    assert (row["verdict"], row["allowed"]) == ("MISSED", pytest.approx(7 * 184 / 366))
    row = outlet_of(checked([permit(allowed=7, **HALF)], rows, part_year=FULL))
    assert (row["verdict"], row["allowed"], row["readings"]) == ("MET", 7, "")


def test_above_the_full_amount_no_reading_helps():
    row = outlet_of(checked([permit(allowed=5, **HALF)], months(only=range(7, 13))))
    assert (row["verdict"], row["reason"]) == ("MISSED", 0)
    assert np.isnan(row["allowed"]) and row["allowed_reason"] == Reason.PART_OF_YEAR


def test_reports_before_the_permit_are_named():
    found = checked([permit(allowed=7, **HALF)], months(), part_year=FULL)
    row = outlet_of(found)
    assert (row["reported"], row["outside"], row["verdict"]) == (6, 6, "MET")
    assert found.without_permit.to_numpy().tolist() == [["甲", "DA001", "SO2", 2024]]


def test_a_report_that_begins_before_its_permit_is_not_split():
    rows = [monitored("2024Q2"), monitored("2024Q3"), monitored("2024Q4")]
    row = outlet_of(checked([permit(allowed=7, valid_from="2024-05-01")], rows, part_year=FULL))
    assert (row["reported"], row["outside"], row["months_missing"]) == (2, 1, "5, 6")
    assert (row["verdict"], row["reason"]) == ("UNKNOWN", Reason.MONTHS_MISSING)


def test_a_renewed_permit():
    rows = [permit(valid_to="2024-06-30"), permit(valid_from="2024-07-01", permit="P2")]
    row = outlet_of(checked(rows, months()))
    assert (row["verdict"], row["allowed"]) == ("MET", 12)
    rows[1]["allowed"] = 6
    row = outlet_of(checked(rows, months()))
    assert (row["verdict"], row["reason"]) == ("UNKNOWN", Reason.PERMITS_DIFFER)
    assert row["readings"] == "pro rata by days: MISSED; full amount: UNKNOWN"
    # (12 x 182 + 6 x 184) / 366
    row = outlet_of(checked(rows, months(), part_year=PRO_RATA))
    assert (row["verdict"], row["allowed"]) == ("MISSED", pytest.approx((12 * 182 + 6 * 184) / 366))
    rows[1] |= {"allowed": "", "allowed_unit": ""}
    assert outlet_of(checked(rows, months(), part_year=PRO_RATA))["reason"] == Reason.PERMITS_DIFFER
    # nothing says how much the second permit allows, so that no amount is too much
    row = outlet_of(checked(rows, months(concentration=99), part_year=FULL))
    assert (row["reported"], row["verdict"]) == (pytest.approx(47.52), "UNKNOWN")


def test_every_year_is_judged_for_itself():
    found = checked([permit()], [*months(2023), *months(2024, concentration=26), *months(2025, only=[1])]).outlets
    assert found["year"].tolist() == [2023, 2024, 2025]
    assert found["reported"].tolist() == [12, 12.48, 1]
    assert found["verdict"].tolist() == ["MET", "MISSED", "UNKNOWN"]


def test_a_gap_between_two_permits():
    rows = [permit(valid_to="2024-06-30"), permit(valid_from="2024-07-02", permit="P2")]
    assert outlet_of(checked(rows, months()))["reason"] == Reason.PART_OF_YEAR
    # 365 of 366 days
    row = outlet_of(checked(rows, months(), part_year=PRO_RATA))
    # 12 t are more than that, 11 without July, of which a day has no permit: not split
    assert row["allowed"] == pytest.approx(12 * 365 / 366)
    assert (row["verdict"], row["reason"]) == ("UNKNOWN", Reason.PART_OF_MONTH)
    rows[1]["allowed"] = rows[0]["allowed"] = 10.9
    assert outlet_of(checked(rows, months()))["verdict"] == "MISSED"


def test_a_month_that_is_covered_in_part_does_not_make_it_missed():
    # from 31 July on; July 10 t, August to December 1 t each
    rows = [monitored("2024-07", 250), *months(only=range(8, 13))]
    limits = {"valid_from": "2024-07-31", "limit": "", "limit_unit": ""}
    row = outlet_of(checked([permit(allowed=12, **limits)], rows, part_year=FULL))
    assert (row["reported"], row["verdict"], row["reason"]) == (15, "UNKNOWN", Reason.PART_OF_MONTH)
    assert not row["already_exceeded"]
    for allowed, verdict in ((15, "MET"), (5, "UNKNOWN"), (4.9, "MISSED")):
        row = outlet_of(checked([permit(allowed=allowed, **limits)], rows, part_year=FULL))
        assert row["verdict"] == verdict
    total = permit(outlet="total", allowed=12, **limits)
    row = checked([permit(allowed=15), total], rows, part_year=FULL).enterprises.iloc[0]
    assert (row["verdict"], row["reason"]) == ("UNKNOWN", Reason.PART_OF_MONTH)


def test_an_unknown_reading():
    with pytest.raises(PermitError, match="part_year 'half'; accepted: 'pro rata by days', 'full amount'"):
        checked([permit()], months(), part_year="half")


# ---- the enterprise ----


def totals(*rows, reports, **how):
    found = checked(rows, reports, **how).enterprises
    assert len(found) == 1
    return found.iloc[0]


@pytest.mark.parametrize("name", ["total", "Total ", "合计", "总计", "全厂", "全厂合计"])
def test_the_permits_total_against_the_sum_of_outlets(name):
    rows = [permit(), permit(outlet="DA002", allowed=10), permit(outlet=name, allowed=20, limit="", limit_unit="")]
    row = totals(*rows, reports=[*months(), *months(outlet="DA002", concentration=12.5)])
    wanted = {"outlets": 2, "reported": 18, "allowed": 20, "allowed_by_outlets": 22, "difference": -2, "margin": 2}
    assert {c: row[c] for c in wanted} == wanted
    assert (row["verdict"], row["reason"], row["share"]) == ("MET", 0, 0.9)


def test_every_outlet_may_be_met_and_the_total_missed():
    rows = [permit(), permit(outlet="DA002"), permit(outlet="total", allowed=20)]
    found = checked(rows, [*months(), *months(outlet="DA002")])
    assert set(found.outlets["verdict"]) == {"MET"}
    assert found.enterprises[["verdict", "margin"]].to_numpy().tolist() == [["MISSED", -4]]


def test_a_total_needs_a_report_of_every_month_that_it_covers():
    """The outlet's permit begins in July: that nothing is reported before does not say that nothing was discharged."""
    rows = [permit(**HALF), permit(outlet="total", allowed=30)]
    row = totals(*rows, reports=months(only=range(7, 13)), part_year=FULL)
    assert (row["verdict"], row["reason"]) == ("UNKNOWN", Reason.MONTHS_MISSING)
    row = totals(*rows, reports=months(), part_year=FULL)
    assert (row["verdict"], row["reported"]) == ("MET", 12)


def test_a_total_with_missing_months():
    rows = [permit(), permit(outlet="DA002"), permit(outlet="total", allowed=30)]
    row = totals(*rows, reports=[*months(), *months(outlet="DA002", only=[1])])
    assert (row["verdict"], row["reason"]) == ("UNKNOWN", Reason.MONTHS_MISSING)
    row = totals(*rows[:2], permit(outlet="total", allowed=12), reports=[*months(), *months(outlet="DA002", only=[1])])
    assert (row["verdict"], row["already_exceeded"]) == ("MISSED", True)
    row = totals(*rows, reports=months())
    assert (row["verdict"], row["reason"]) == ("UNKNOWN", Reason.MONTHS_MISSING)


def test_an_outlet_without_a_permit_counts_in_the_total():
    row = totals(permit(), permit(outlet="total", allowed=20), reports=[*months(), *months(outlet="DA009")])
    assert (row["reported"], row["verdict"], row["allowed_by_outlets"]) == (24, "MISSED", 12)


def test_a_permit_without_a_total():
    row = totals(permit(), reports=months())
    assert (row["verdict"], row["reason"], row["allowed_by_outlets"]) == ("UNKNOWN", Reason.NO_ALLOWED_AMOUNT, 12)
    assert np.isnan(row["allowed"]) and np.isnan(row["difference"])


def test_a_total_without_reports():
    found = checked([permit(), permit(outlet="total", pollutant="NOx")], months()).enterprises
    row = found[found["pollutant"] == "NOx"].iloc[0]
    assert (row["outlets"], row["verdict"], row["reason"]) == (0, "UNKNOWN", Reason.NO_ROWS)


def test_a_total_for_part_of_the_year():
    rows = [permit(), permit(outlet="total", allowed=7, **HALF)]
    row = totals(*rows, reports=months())
    assert (row["reported"], row["outside"], row["reason"]) == (6, 6, Reason.PART_OF_YEAR)
    row = totals(*rows, reports=months(), part_year=FULL)
    assert (row["verdict"], row["allowed"]) == ("MET", 7)


# ---- bad input, all at once ----

BAD_PERMITS = {
    "no permit number": ({"permit": ""}, "no permit"),
    "no outlet": ({"outlet": ""}, "no outlet"),
    "a sum of some outlets": ({"outlet": "主要排放口合计"}, "a sum of some outlets is no outlet"),
    "date": ({"valid_from": "soon"}, "'soon' is no date"),
    "no such day": ({"valid_to": "2026-02-30"}, "'2026-02-30' is no date"),
    "no date": ({"valid_to": ""}, "'' is no date"),
    "order": ({"valid_from": "2027-01-01"}, "valid_from is after valid_to"),
    "nothing limited": ({"allowed": "", "limit": ""}, "neither an annual amount nor a concentration"),
    "below 0": ({"allowed": -1}, "allowed -1 is below 0"),
    "limit below 0": ({"limit": -1}, "limit -1 is below 0"),
    "no number": ({"allowed": "ten"}, "'ten' is not a number"),
    "no unit": ({"allowed_unit": ""}, "no unit given"),
    "wrong unit": ({"allowed_unit": "m3"}, "cannot be converted"),
    "per day": ({"allowed_unit": "kg/d"}, "'kg/d' is not per year"),
    "per month": ({"allowed_unit": "t/month"}, "unknown unit"),
    "no limit unit": ({"limit_unit": ""}, "no unit given"),
    "limit in t": ({"limit_unit": "t"}, "cannot be converted"),
}


@pytest.mark.parametrize(("cells", "told"), BAD_PERMITS.values(), ids=list(BAD_PERMITS))
def test_bad_permits(cells, told):
    with pytest.raises(TableError, match=told) as caught:
        read_permits(frame([permit() | cells]))
    assert len(caught.value.faults) == 1 or "ten" in told
    assert caught.value.to("zh") != str(caught.value)


def test_two_rows_on_the_same_days():
    rows = [permit(valid_to="2024-07-01"), permit(valid_from="2024-07-01", permit="P2")]
    with pytest.raises(TableError, match="'DA001' has 'SO2' already in row 1, on the same days"):
        read_permits(frame(rows))


def test_a_permit_of_two_enterprises():
    with pytest.raises(TableError, match="permit 'P1' belongs to '甲' and to '乙'"):
        read_permits(frame([permit(), permit(enterprise="乙")]))


BAD_REPORTS = {
    "no enterprise": (monitored("2024", enterprise=""), "no enterprise"),
    "no pollutant": (monitored("2024", pollutant=""), "no pollutant"),
    "period": (monitored("2024-13"), "'2024-13' is no month, quarter or year"),
    "method": (monitored("2024", method="guess"), "unknown method 'guess'"),
    "a total": (monitored("2024", outlet="全厂合计"), "a total is no outlet"),
    "Total": (monitored("2024", outlet="Total"), "a total is no outlet"),
    "a sum of some outlets": (monitored("2024", outlet="废气 小计"), "a total is no outlet"),
    "no flow": (monitored("2024", flow=""), "no flow, which the method 'monitoring' needs"),
    "no removal": (balanced(removal=""), "no removal, which the method 'material_balance' needs"),
    "removal in percent": (balanced(removal=75), "75 % is 0.75: write the fraction"),
    "removal above 100": (by_factor(removal=150), "Accepted: a share from 0 to 1"),
    "removal above 1": (by_factor(removal=1.5), "removal 1.5 is no share from 0 to 1"),
    "below 0": (monitored("2024", -1), "concentration -1 is below 0"),
    "no number": (monitored("2024", "low"), "'low' is not a number"),
    "another method's column": (monitored("2024", factor=3), "factor is given, but the method is 'monitoring'"),
    "another method's removal": (monitored("2024", removal=0), "removal is given, but the method is 'monitoring'"),
    "no source": (by_factor(factor_source=""), "a factor without its source"),
    "no unit": (monitored("2024", flow_unit=""), "no unit given"),
    "Nm3 and m3": (monitored("2024", flow_unit="Nm3"), "cannot be converted"),
    "flow per hour": (monitored("2024", flow_unit="m3/h"), "cannot be converted"),
    "exchanged": (monitored("2024", concentration_unit="m3", flow_unit="mg/m3"), "unit 'm3'.*cannot be converted"),
    "mass per hour": (monitored("2024", concentration_unit="kg/h", flow_unit="h"), "unit 'kg/h'.*cannot be converted"),
    "ppm": (monitored("2024", concentration_unit="ppm"), "unknown unit"),
    "kg/万m3 is read as kg/10000 x m3": (by_factor(activity_unit="m3", factor_unit="kg/万m3"), "cannot be converted"),
    "content in t": (balanced(content_unit="t"), "cannot be converted"),
}


@pytest.mark.parametrize(("row", "told"), BAD_REPORTS.values(), ids=list(BAD_REPORTS))
def test_bad_reports(row, told):
    with pytest.raises(TableError, match=told) as caught:
        read_discharges(frame([row]))
    assert all(fault.row == 1 for fault in caught.value.faults)
    assert len(caught.value.faults) == 1 or told == "'low' is not a number"
    assert caught.value.to("zh") != str(caught.value)


def test_all_faults_at_once():
    rows = [row for row, _ in BAD_REPORTS.values()]
    with pytest.raises(TableError) as caught:
        read_discharges(frame(rows))
    assert {fault.row for fault in caught.value.faults} >= set(range(1, len(rows) + 1))


@pytest.mark.parametrize(
    "other", [monitored("2024-05", 26), monitored("2024Q2"), monitored("2024"), balanced("2024-05")]
)
def test_a_month_is_reported_once(other):
    with pytest.raises(TableError, match="'DA001' has 'SO2' of 2024-05 already in row 1"):
        read_discharges(frame([monitored("2024-05"), other]))


CHINESE = {
    "排污许可证编号": "91370700MA3XXXXXXX001P",
    "排污单位": "甲",
    "排放口编号": "DW001",
    "污染物种类": "化学需氧量",
    "有效期起": "2022年1月1日",
    "有效期止": "2026/12/31",
    "年许可排放量": "5",
    "许可排放量单位": "吨/年",
    "许可排放浓度": "50",
    "浓度限值单位": "mg/L",
}


def test_chinese_tables(write_csv):
    rows = [
        ["甲", "DW001", "化学需氧量", f"2024年第{q}季度", "手工监测", 40, "mg/L", 3, "万立方米"] for q in "一二三四"
    ]
    head = "排污单位 排放口 污染物 时期 核算方法 排放浓度 浓度单位 废水量 水量单位".split()
    path = write_csv(head, rows, encoding="gb18030")
    found = check(read_permits(pd.DataFrame([CHINESE])), read_discharges(path)).outlets.iloc[0]
    assert (found["actual"], found["share"], found["verdict"], found["highest"]) == (4.8, 0.96, "MET", 0.8)


# ---- properties: an exact, plain reference ----

TENTHS = st.integers(0, 10**6).map(lambda n: F(n, 10))


def reference(allowed, reports):
    """Verdict of a whole year from {month: t}."""
    total = sum(reports.values(), F(0))
    if total > allowed:
        return "MISSED"
    return "MET" if len(reports) == 12 else "UNKNOWN" if reports else None


@settings(max_examples=80)
@given(st.dictionaries(st.integers(1, 12), st.tuples(TENTHS, TENTHS), min_size=1), TENTHS, st.randoms())
def test_check_equals_the_reference_in_any_order(reports, allowed, random):
    rows = [
        monitored(f"2024-{m:02d}", float(c), float(q), concentration_unit="mg/L", flow_unit="万m3")
        for m, (c, q) in reports.items()
    ]
    limit = permit(allowed=float(allowed), limit_unit="mg/L")
    exact = {m: c * q / 100 for m, (c, q) in reports.items()}
    random.shuffle(rows)
    row = outlet_of(checked([limit], rows))
    assert row["verdict"] == reference(allowed, exact)
    assert row["reported"] == float(sum(exact.values()))
    assert row["exceedances"] == sum(c > 35 for c, _ in reports.values())
    if row["verdict"] == "MISSED":
        assert row["already_exceeded"] == (len(exact) < 12)


@settings(max_examples=60)
@given(st.lists(TENTHS, min_size=12, max_size=12))
def test_quarters_add_up_from_months(flows):
    limit = permit(allowed=1)
    by_month = [monitored(f"2024-{m:02d}", 1, float(q)) for m, q in enumerate(flows, start=1)]
    by_quarter = [monitored(f"2024Q{k + 1}", 1, float(sum(flows[3 * k : 3 * k + 3]))) for k in range(4)]
    one, other = (outlet_of(checked([limit], rows)) for rows in (by_month, by_quarter))
    assert (one["reported"], one["verdict"]) == (other["reported"], other["verdict"])


@settings(max_examples=60)
@given(st.dates(D(2024, 1, 1), D(2024, 12, 31)), st.dates(D(2024, 1, 1), D(2024, 12, 31)), st.integers(1, 50))
def test_pro_rata_by_days(one, other, allowed):
    first, last = sorted((one, other))
    limit = permit(allowed=allowed, valid_from=first.isoformat(), valid_to=last.isoformat())
    found = outlet_of(checked([limit], months(), part_year=PRO_RATA))
    days = sum(
        first <= D(2024, m, d) <= last for m in range(1, 13) for d in range(1, calendar.monthrange(2024, m)[1] + 1)
    )
    assert found["allowed"] == pytest.approx(float(F(allowed * days, 366)), rel=1e-15)
    full = outlet_of(checked([limit], months(), part_year=FULL))["allowed"]
    assert found["allowed"] <= full == allowed
