"""Where the shipped data lie: inside the package in a wheel, at the top of the checkout otherwise."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def shipped(folder: str) -> Path:
    """The folder ``factors``, ``standards`` or ``scenarios``, in either way of installing.

    Raises
    ------
    FileNotFoundError
        If neither place has it: the installation is broken.
    """
    for root in (_PACKAGE / "_shipped", _PACKAGE.parents[1]):
        if (root / folder).is_dir():
            return root / folder
    raise FileNotFoundError(f"carbonledger's own folder {folder!r} is missing; install the package again")


def package_file(name: str) -> Path:
    """A data file that belongs to the code (``units.txt``, ``catalog.toml``, ``columns.csv``)."""
    return _PACKAGE / "data" / name
