"""A swept Dataset as NetCDF, with a manifest beside it that says from what it was made."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import __version__
from ..errors import LedgerError
from ..messages import say

if TYPE_CHECKING:
    import xarray as xr

LEVEL = 4  # of zlib: above it files shrink by a few percent and take several times as long
CHUNK = 1 << 20  # values of one compressed chunk
PARSED = ("hashes", "factor_sets", "versions", "targets_not_judged")  # attributes that are JSON in text
MANIFEST_SCHEMA = "carbonledger.manifest/1"


def manifest_path(path: str | Path) -> Path:
    """The manifest beside a file: ``a.manifest.json`` beside ``a.nc``."""
    return Path(path).with_suffix(".manifest.json")


def check_out(path: str | Path, *, force: bool = False) -> Path:
    """Whether a sweep can be written to a file, before any work starts.

    Raises
    ------
    LedgerError
        If it is no ``.nc`` file, its folder does not exist, or the file is there and ``force`` is not given.
    """
    path = Path(path)
    if path.suffix.lower() != ".nc":
        raise LedgerError(say("{path}: a sweep is written as NetCDF. Give a name that ends with .nc", path=str(path)))
    if not path.parent.is_dir():
        raise LedgerError(
            say("{path}: no folder {folder!r}. Make it first", path=str(path), folder=str(path.parent.as_posix()))
        )
    there = [one for one in (path, manifest_path(path)) if one.exists()]
    if there and not force:
        names = ", ".join(str(one) for one in there)
        raise LedgerError(say("{names}: exists. Give another name, or --force to overwrite", names=names))
    return path


def write_sweep(dataset: xr.Dataset, path: str | Path, *, command: str = "", force: bool = False) -> list[Path]:
    """Write a sweep as compressed NetCDF, and its manifest.

    Parameters
    ----------
    dataset : Dataset
        From :func:`carbonledger.sweep`, whole or reduced.
    path : str or Path
        A ``.nc`` file in a folder that exists.
    command : str, optional
        The command that made it, for the manifest.
    force : bool
        Overwrite.

    Returns
    -------
    The file and its manifest. No time stands in either, so that the same sweep gives the same content.
    """
    path = check_out(path, force=force)
    part = path.with_name(path.name + ".part")  # an interrupted write leaves no file that looks whole
    try:
        _plain(dataset).to_netcdf(part, engine="h5netcdf", encoding=_encoding(dataset))
        digest = hashlib.sha256(part.read_bytes()).hexdigest()
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    beside = manifest_path(path)
    text = json.dumps(manifest(dataset, command) | {"file": path.name, "sha256": digest}, ensure_ascii=False, indent=2)
    beside.write_text(text + "\n", encoding="utf-8")
    return [path, beside]


def manifest(dataset: xr.Dataset, command: str = "") -> dict[str, Any]:
    """From what a sweep was made: its attributes as plain data, the command, Python and the platform."""
    import platform

    about = {str(k): json.loads(v) if k in PARSED else _number(v) for k, v in dataset.attrs.items()}
    return {
        "schema": MANIFEST_SCHEMA,
        "version": __version__,
        "command": command,
        **about,
        "python": platform.python_version(),
        "platform": platform.platform(),
    }


def _number(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value


def _plain(dataset: xr.Dataset) -> xr.Dataset:
    """Names that NetCDF takes: a slash would be a group of its own. Labels of scenarios are strings, not objects."""
    import numpy as np

    wrong = {name: str(name).replace("/", "_") for name in dataset.variables if "/" in str(name)}
    made = dataset.rename(wrong)
    for name, variable in made.variables.items():
        if variable.dtype == object:
            made = made.assign_coords({name: (variable.dims, np.asarray(variable.values, dtype=str), variable.attrs)})
    return made


def _encoding(dataset: xr.Dataset) -> dict[str, dict[str, Any]]:
    """Compression of everything long; chunks hold whole scenarios, so that a slice of them is read alone."""
    found: dict[str, dict[str, Any]] = {}
    for name, array in _plain(dataset).variables.items():
        if array.dtype.kind in "fiub" and array.ndim > 1:
            rest = max(1, array.size // max(1, array.shape[0]))
            first = min(array.shape[0], max(1, CHUNK // rest))
            found[str(name)] = {"zlib": True, "complevel": LEVEL, "chunksizes": (first, *array.shape[1:])}
    return found
