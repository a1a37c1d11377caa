"""Forms 205-1 and 205-2 side by side: what was converted, what the parts of raw coal leave, what was burnt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import units
from ..errors import Faults
from ..messages import say
from .amounts import NORMAL_VOLUME
from .return_checks import WHO, check_names, rounding
from .return_sheets import CONVERSION, FORM_1, FORM_2, PROCESSES, carriers, first_of, wholes

if TYPE_CHECKING:
    import pandas as pd

KEY = [*WHO, "code"]
FIRED = ["thermal_power", "heat_supply"]  # burnt to make power and heat: direct CO2
CONVERTED = [process for process in PROCESSES if process not in FIRED]
_TITLES = FORM_1.titles | FORM_2.titles | {"fired": "火力发电 + 供热", "converted": "原煤入洗 + ... + 加工煤制品"}
_LINE = ["file", "row", "name", "period", "unit", "own_coefficient", "note"]
_AMOUNTS = ["opening_stock", "purchased", "consumption", "industrial", "feedstock", "closing_stock"]
_PARTED = [*_AMOUNTS, "fired", "converted", "output", "recovered"]


def pair_lines(lines: pd.DataFrame, conversion: pd.DataFrame, faults: Faults) -> pd.DataFrame:
    """Lines of both forms side by side, amounts in the form's units; lines at fault are left to their fault."""
    import pandas as pd

    one = _scaled(lines, _AMOUNTS)[[*KEY, *_LINE, *_AMOUNTS, "reference_coefficient"]]
    columns = [f"{c}_2" for c in _LINE]
    check_names(pd.concat([lines, conversion], ignore_index=True) if len(conversion) else lines, faults)
    if conversion.empty:
        dtypes = {c: one[c].dtype for c in KEY} | {c: object for c in _LINE} | {c: float for c in CONVERSION}
        two = pd.DataFrame({c: pd.Series(dtype=dtype) for c, dtype in dtypes.items()})
    else:
        two = _scaled(conversion, CONVERSION)[[*KEY, *_LINE, *CONVERSION]]
    two = two.rename(columns=dict(zip(_LINE, columns, strict=True)))
    pairs = one.merge(two, on=KEY, how="outer", validate="one_to_one").sort_values(KEY, ignore_index=True)
    for flow, parts in (("fired", FIRED), ("converted", CONVERTED)):
        pairs[flow] = pairs[parts].sum(axis=1, min_count=1)
    pairs["inputs"] = pairs[["fired", "converted"]].sum(axis=1)
    pairs["activity"] = pairs["code"].map({code: known.name for code, known in carriers().items()})
    pairs["kind"] = pairs["code"].map({code: known.kind for code, known in carriers().items()})
    for i in first_of(pairs, pairs["unit"].ne(pairs["unit_2"]) & pairs["unit"].notna() & pairs["unit_2"].notna(), KEY):
        what = say(
            "{two} here, but {one} in form 205-1 (row {row})",
            two=pairs["unit_2"].iat[i],
            one=pairs["unit"].iat[i],
            row=int(pairs["row"].iat[i]),
        )
        faults.add(what, **_at(pairs, i, 2, "unit"), mend=say("Give both in one kind of cubic metre"))
    pairs["unit"] = pairs["unit"].fillna(pairs["unit_2"])
    pairs["remainder"] = ""
    return pairs


def _scaled(lines: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    good = (lines["activity"] != "") & (lines["year"] > 0) & (lines["enterprise"] != "") & lines["factor"].notna()
    made = lines[good].drop_duplicates(KEY).copy()
    made[columns] = made[columns].mul(made["factor"], axis=0)
    return made


def _at(pairs: pd.DataFrame, i: int, form: int, column: str) -> dict[str, Any]:
    """Place of a fault in form 1 or 2 of a pair."""
    file, row = ("file", "row") if form == 1 else ("file_2", "row_2")
    return {"file": str(pairs[file].iat[i]), "row": int(pairs[row].iat[i]), "column": _TITLES[column]}


def check_inputs(pairs: pd.DataFrame, faults: Faults) -> None:
    """What 205-2 converts is consumed in 205-1, in industrial production."""
    import numpy as np

    given = pairs["file"].notna().to_numpy()
    in_one = pairs.assign(given=given).groupby(WHO)["given"].transform("any").to_numpy()
    for i in first_of(pairs, ~in_one, WHO):
        what = say("{enterprise} has no form 205-1 in this period", enterprise=pairs["enterprise"].iat[i])
        faults.add(what, **_at(pairs, i, 2, "enterprise"), mend=say("Add it: conversion is a part of what it consumes"))
    inputs, limit = pairs["inputs"].to_numpy(), pairs["industrial"].fillna(pairs["consumption"]).fillna(0.0).to_numpy()
    over = in_one & (inputs > 0) & (inputs > limit + rounding(limit, inputs))
    pairs["settled"] = over | ~in_one
    for i in map(int, np.flatnonzero(over)):
        there = (
            say("{file} row {row}", file=pairs["file"].iat[i], row=int(pairs["row"].iat[i]))
            if given[i]
            else say("no line")
        )
        what = say(
            "conversion takes {inputs:g} of code {code}, more than its 工业生产消费 {limit:g} in form 205-1 ({there})",
            inputs=inputs[i],
            code=pairs["code"].iat[i],
            limit=limit[i],
            there=there,
        )
        faults.add(what, **_at(pairs, i, 2, "input_total"), mend=say("Correct the input or the consumption"))


def take_off_parts(pairs: pd.DataFrame, faults: Faults) -> None:
    """Row 01 becomes what its parts 02 to 05 leave of it, column by column."""
    import numpy as np

    whole_of = pairs["code"].map(wholes())
    parts = pairs[whole_of.notna()].assign(part=pairs["code"], code=whole_of)
    if parts.empty:
        return
    groups = parts.groupby(KEY)
    sums, named = groups[_PARTED].sum(min_count=1), groups["part"].agg(", ".join)
    at = pairs.reset_index().set_index(KEY)["index"].reindex(sums.index)
    for key in at.index[at.isna()]:
        i = int(parts.index[(parts[KEY] == list(key)).all(axis=1)][0])
        form = 1 if pairs["file"].notna().iat[i] else 2
        what = say("codes {parts} are parts of code {whole}, which has no line", parts=named[key], whole=key[-1])
        faults.add(what, **_at(pairs, i, form, "code"), mend=say("Add the line of code {whole}", whole=key[-1]))
    sums, at = sums[at.notna()], at.dropna().astype(int)
    for column in _PARTED:
        part, whole = sums[column].to_numpy(), pairs.loc[at, column].to_numpy()
        slack = rounding(whole, part)
        over = (part > 0) & ~(part <= whole + slack)
        if column == "industrial":
            over &= ~pairs.loc[at, "settled"].to_numpy(dtype=bool)  # its total was named already
        for n in np.flatnonzero(over):
            i, form = int(at.iat[n]), 1 if column in _AMOUNTS else 2
            form = form if pairs["file" if form == 1 else "file_2"].notna().iat[i] else 3 - form
            what = say(
                "the parts {parts} of code {code} sum to {part:g}, more than the whole, {whole:g}",
                parts=named.loc[sums.index[n]],
                code=pairs["code"].iat[i],
                part=part[n],
                whole=np.nan_to_num(whole[n]),
            )
            faults.add(what, **_at(pairs, i, form, column), mend=say("Correct the parts or the whole"))
            pairs.loc[i, "settled"] = True
        left = whole - np.nan_to_num(part)
        pairs.loc[at, column] = np.where(np.abs(left) <= np.where(left < 0, slack, 1e-9 * whole), 0.0, left)
    pairs.loc[at, "inputs"] = pairs.loc[at, ["fired", "converted"]].sum(axis=1)
    pairs.loc[at, "remainder"] = [f"remainder of code {key[-1]} after codes {named[key]}" for key in sums.index]


def leave_rest(pairs: pd.DataFrame, faults: Faults) -> None:
    """What is neither raw material nor converted was burnt, or used."""
    import numpy as np

    total, inputs = pairs["consumption"].to_numpy(), pairs["inputs"].to_numpy()
    feedstock = pairs["feedstock"].fillna(0.0).to_numpy()
    rest = total - feedstock - inputs
    slack = rounding(total, feedstock, inputs)
    plain = (total >= 0) & (feedstock <= total + slack)  # else the line is at fault by itself
    for i in map(int, np.flatnonzero((rest < -slack) & plain & ~pairs["settled"].to_numpy(dtype=bool))):
        what = say(
            "消费量合计 {total:g} less 用于原材料 {feedstock:g} and the inputs of 205-2 {inputs:g} ({there}) leaves {rest:g}",
            total=total[i],
            feedstock=feedstock[i],
            inputs=inputs[i],
            there=say("{file} row {row}", file=pairs["file_2"].iat[i], row=int(pairs["row_2"].iat[i]))
            if pairs["file_2"].notna().iat[i]
            else say("no line"),
            rest=rest[i],
        )
        mend = say("Raw material and conversion are apart; correct one of the two forms")
        faults.add(what, **_at(pairs, i, 1, "consumption"), mend=mend)
    pairs["rest"] = np.where(np.abs(rest) <= np.where(rest < 0, slack, 1e-9 * np.abs(total)), 0.0, rest)


def add_own_values(pairs: pd.DataFrame, lines: pd.DataFrame, gas_reference: str, faults: Faults) -> None:
    """The enterprise's own coefficients as heating values, where they are its own and the carrier is a fuel."""
    import numpy as np

    per_tce = units.factor("tce", "GJ")
    fuel = pairs["kind"].isin(["fuel", "biofuel"]).to_numpy()
    plain = (pairs["unit"] == "10^4 m3").to_numpy()
    volume = np.where(plain, NORMAL_VOLUME.get(gas_reference, np.nan), 1.0)
    common = lines[lines["activity"] != ""].groupby("code")["reference_coefficient"].first()
    reference = pairs["reference_coefficient"].astype(float)
    own, own_2 = pairs["own_coefficient"].astype(float), pairs["own_coefficient_2"].astype(float)
    usual = reference.where(pairs["file"].notna(), pairs["code"].map(common)).to_numpy()
    # no set has coefficients by rank of coal: there the form's own is all there is, reference or measured
    ranked = pairs["code"].isin(["02", "03", "04", "05"]).to_numpy()
    one = np.where(fuel & (ranked | ~np.isclose(own, reference, rtol=1e-9, atol=0)), own, np.nan)
    measured = ranked | ~np.isclose(own_2, usual, rtol=1e-9, atol=0)
    two = np.where(own_2.isna(), one, np.where(fuel & measured, own_2, np.nan))
    for form, file, value in ((1, "file", one), (2, "file_2", two)):
        lost = plain & ~np.isnan(value) & (gas_reference == "") & pairs[file].notna().to_numpy()
        for i in map(int, np.flatnonzero(lost & (np.isnan(one) if form == 2 else True))):
            what = say(
                "an own coefficient {value:g} tce per 10^4 m3 of gas, and it is not said at which temperature the m3 are",
                value=value[i],
            )
            mend = say("Write the unit as 万标准立方米 (0 °C), or set gas_reference = '0 °C' or '20 °C' in the case")
            faults.add(what, **_at(pairs, i, form, "own_coefficient"), mend=mend)
    pairs["own_ncv"], pairs["own_ncv_2"] = one * per_tce / volume, two * per_tce / volume
