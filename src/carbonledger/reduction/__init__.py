"""Emission reduction tasks: a ledger of projects, reductions by place, pollutant and year, and verdicts on the tasks."""

from __future__ import annotations

from .judging import read_tasks, tasks
from .measures import FORMS, POLLUTANTS, closure, coal_replacement, end_of_pipe, flow, sewage
from .reading import read_projects
from .states import states_of
from .summing import ReductionError, left_out, reductions, share
from .verdicts import TaskVerdict, TaskVerdicts, Together

__all__ = [
    "FORMS",
    "POLLUTANTS",
    "ReductionError",
    "TaskVerdict",
    "TaskVerdicts",
    "Together",
    "closure",
    "coal_replacement",
    "end_of_pipe",
    "flow",
    "left_out",
    "read_projects",
    "read_tasks",
    "reductions",
    "sewage",
    "share",
    "states_of",
    "tasks",
]
