"""The wheel, installed outside the checkout, gives what the editable install gives."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from examples import CASES

ROOT = Path(__file__).resolve().parents[1]
ENV = {k: v for k, v in os.environ.items() if k not in {"PYTHONPATH", "FORCE_COLOR", "COLUMNS"}}


def run(*arguments: str, cwd: Path, **env: str) -> str:
    found = subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        env=ENV | env,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    assert found.returncode == 0, found.stderr
    return found.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """The wheel, built with what the environment holds: nothing is fetched."""
    out = tmp_path_factory.mktemp("wheel")
    pip = ["-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-index", "--no-deps"]
    run(*pip, "--no-build-isolation", "--wheel-dir", str(out), str(ROOT), cwd=out)
    (made,) = out.glob("carbonledger-*.whl")
    return made


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Path:
    target = tmp_path_factory.mktemp("installed") / "lib"
    pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-index", "--no-deps"]
    run(*pip, "--target", str(target), str(wheel), cwd=wheel.parent)
    return target


def test_wheel_carries_the_data(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    for folder in ("factors", "standards", "scenarios"):
        for path in (ROOT / folder).rglob("*"):
            if path.is_file():
                assert f"carbonledger/_shipped/{path.relative_to(ROOT).as_posix()}" in names
    for name in ("data/units.txt", "data/catalog.toml", "data/columns.csv", "py.typed"):
        assert f"carbonledger/{name}" in names
    assert not [name for name in names if name.startswith(("tests/", "src/", "benchmarks/"))]
    assert not [name for name in names if name.endswith((".pyc", ".nbi", ".nbc"))]
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_the_installed_one_is_the_one_that_runs(installed, tmp_path):
    code = "import carbonledger; from carbonledger.shipped import shipped; print(carbonledger.__file__); print(shipped('factors'))"
    module, data = run("-c", code, cwd=tmp_path, PYTHONPATH=str(installed)).splitlines()
    assert Path(module).is_relative_to(installed)
    assert Path(data).is_relative_to(installed)


@pytest.mark.parametrize("case", CASES)
def test_same_scorecard_as_the_editable_install(installed, tmp_path, case):
    arguments = ["-m", "carbonledger", "assess", case]
    from_wheel = run(*arguments, cwd=tmp_path, PYTHONPATH=str(installed))
    assert from_wheel == run(*arguments, cwd=tmp_path)
    assert case in from_wheel


def test_same_factor_sets_as_the_editable_install(installed, tmp_path):
    arguments = ["-m", "carbonledger", "factors"]
    assert run(*arguments, cwd=tmp_path, PYTHONPATH=str(installed)) == run(*arguments, cwd=tmp_path)
