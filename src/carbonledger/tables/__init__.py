"""One reader for CSV, Excel, Parquet and DataFrames: columns, encodings, names, periods, all faults at once."""

from __future__ import annotations

from .activity import read_activity, read_rows, settle
from .amounts import CARRIERS, NORMAL_VOLUME, factor_to_canonical, gj_per
from .checks import KEY, OWN
from .coded import as_coded, coded, combine, constant, join_rows, looked_up, relabelled, tight, used_labels
from .codes import credit_code_fault, divisions, provinces, region_fault, sector_fault
from .columns import number_column, read_table, text_column, where
from .dates import date_of, dates_of
from .files import Cells, as_text, is_missing, read_cells
from .names import CANONICAL, Activity, Flow, activities, flows, plain_name, spellings
from .periods import Period, parse_period
from .returns import read_returns

__all__ = [
    "CANONICAL",
    "CARRIERS",
    "KEY",
    "NORMAL_VOLUME",
    "OWN",
    "Activity",
    "Cells",
    "Flow",
    "Period",
    "activities",
    "as_coded",
    "as_text",
    "coded",
    "combine",
    "constant",
    "credit_code_fault",
    "date_of",
    "dates_of",
    "divisions",
    "factor_to_canonical",
    "flows",
    "gj_per",
    "is_missing",
    "join_rows",
    "looked_up",
    "number_column",
    "parse_period",
    "plain_name",
    "provinces",
    "read_activity",
    "read_cells",
    "read_returns",
    "read_rows",
    "read_table",
    "region_fault",
    "relabelled",
    "sector_fault",
    "settle",
    "spellings",
    "text_column",
    "tight",
    "used_labels",
    "where",
]
