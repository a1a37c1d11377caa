"""The command line: in process through typer's runner, and as a program of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from examples import CASE_FILES, CASES, write_case
from typer.testing import CliRunner

from carbonledger import __version__
from carbonledger.cli import app
from carbonledger.factors import set_names

CHINA, SHANDONG = CASES
ESC = "\x1b"


def run(*arguments: str, code: int = 0) -> str:
    found = CliRunner().invoke(app, list(arguments))
    assert found.exit_code == code, found.output
    return found.stdout


def program(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    kept = {k: v for k, v in os.environ.items() if k not in {"FORCE_COLOR", "NO_COLOR", "COLUMNS", "PYTHONPATH"}}
    return subprocess.run(
        [sys.executable, "-m", "carbonledger", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=kept | env,
        timeout=120,
        check=False,
    )


def strict(text: str):
    def refuse(word: str):
        raise AssertionError(f"{word} is no JSON")

    return json.loads(text, parse_constant=refuse)


# --- assess --------------------------------------------------------------------------------------------------------


def test_scorecard():
    text = run("assess", CHINA)
    for part in ("16 / 16", "water per GDP, current prices", "57.214", "UNKNOWN", "CN-W1", "no rows"):
        assert part in text


def test_scorecard_of_the_balance():
    text = run("assess", SHANDONG)
    for part in ("33 / 33", "import_credit = 0.5", "Raw coal", "direct CO2"):
        assert part in text


def test_scorecard_in_chinese():
    text = run("assess", CHINA, "--lang", "zh")
    for part in (
        "全国2020-2023年用水",
        "万元GDP用水量(当年价)",
        "与公布值对比: 16 / 16",
        "未知",
        "没有数据行",
        "农田灌溉水有效利用系数",
    ):
        assert part in text
    for word in ("UNKNOWN", "no rows", "water per GDP"):
        assert word not in text
    assert "原煤" in run("assess", SHANDONG, "--lang", "zh")


def test_unknown_language_is_refused():
    assert CliRunner().invoke(app, ["assess", CHINA, "--lang", "tlh"]).exit_code == 2


TOP = "schema version case title synthetic boundary inputs factor_sets indicators verdicts published balance grades refused"


@pytest.mark.parametrize("case", CASES)
def test_json(case):
    data = strict(run("assess", case, "--json"))
    assert set(TOP.split()) <= set(data)
    assert data["schema"] == "carbonledger.assess/1"
    assert data["version"] == __version__
    assert (data["case"], data["boundary"], data["synthetic"]) == (case, "territorial", False)
    assert "case.toml" in data["inputs"]
    assert all(len(digest) == 64 for digest in [*data["inputs"].values(), *data["factor_sets"].values()])
    for entry in data["indicators"]:
        assert {"indicator", "entity", "year", "value", "unit", "reason"} <= set(entry)
        assert (entry["value"] is None) == bool(entry["reason"])
    shares: dict[str, float] = {}
    for grade in data["grades"]:
        shares[grade["quantity"]] = shares.get(grade["quantity"], 0.0) + grade["share"]
    assert shares
    assert all(share == pytest.approx(1) for share in shares.values())
    assert data["refused"] == []


def test_json_of_china():
    data = strict(run("assess", CHINA, "--json"))
    assert len(data["verdicts"]) == 6
    keys = {
        "target",
        "verdict",
        "reason",
        "value",
        "limit",
        "margin",
        "unit",
        "year",
        "latest_year",
        "on_path",
        "group",
    }
    for verdict in data["verdicts"]:
        assert keys <= set(verdict)
        assert verdict["verdict"] in {"MET", "MISSED", "UNKNOWN"}
    assert len(data["published"]) == 16
    assert all(entry["agrees"] for entry in data["published"])
    (entry,) = [e for e in data["indicators"] if (e["indicator"], e["year"]) == ("nonfossil_share_coal_rate", 2020)]
    assert entry["value"] == pytest.approx(15.84, abs=0.005)  # data/README.md


def test_json_of_the_balance():
    data = strict(run("assess", SHANDONG, "--json"))
    assert len(data["balance"]) == 33
    assert max(entry["largest"] for entry in data["balance"]) <= 0.001


def test_json_does_not_depend_on_the_language():
    assert run("assess", CHINA, "--json", "--lang", "zh") == run("assess", CHINA, "--json")


def test_synthetic_input_is_marked(tmp_path):
    folder = write_case(tmp_path / "made-up", case="synthetic = true\n" + CASE_FILES["case.toml"])
    assert "SYNTHETIC" in run("assess", str(folder))
    assert "合成数据" in run("assess", str(folder), "--lang", "zh")
    assert strict(run("assess", str(folder), "--json"))["synthetic"] is True


# --- validate ------------------------------------------------------------------------------------------------------


@pytest.fixture
def faulty(tmp_path):
    states = CASE_FILES["states.csv"].replace("gdp_growth", "gdp_grwth")
    targets = CASE_FILES["targets.csv"].replace("at_most", "at_mots")
    return str(write_case(tmp_path / "faulty", states=states, targets=targets))


def test_validate_a_good_case():
    assert "no faults" in run("validate", CHINA)
    assert strict(run("validate", CHINA, "--json")) == []


def test_validate_a_faulty_case(faulty):
    text = run("validate", faulty, code=1)
    assert "2 faults" in text
    assert "states.csv row 2" in text
    assert "targets.csv row 2" in text


def test_validate_a_faulty_case_as_json(faulty):
    found = strict(run("validate", faulty, "--json", code=1))
    assert {(f["file"], f["row"]) for f in found} == {("states.csv", 2), ("targets.csv", 2)}
    assert {"what", "file", "row", "column", "mend"} <= set(found[0])


# --- explain, factors ----------------------------------------------------------------------------------------------


def test_explain_down_to_the_page():
    text = run("explain", CHINA, "water_per_gdp", "--year", "2023")
    for part in (
        "intensity(amount, output)",
        "activity.csv row 25",
        "3672.4 亿立方米",
        "中国水资源公报",
        "water-rules/water.csv",
    ):
        assert part in text


def test_explain_a_target_and_a_row():
    assert "UNKNOWN" in run("explain", CHINA, "CN-W2")
    assert "industrial_water used: 1030.4 亿立方米" in run("explain", CHINA, "activity.csv:3")


def test_explain_as_json():
    node = strict(run("explain", CHINA, "water", "--year", "2020", "--top", "1", "--json"))
    assert (node["kind"], node["name"], len(node["from"])) == ("total", "water", 2)


def test_factors_lists_every_set():
    text = run("factors")
    for name in set_names():
        assert name in text
    assert "热力" in run("factors", "--lang", "zh")


@pytest.mark.parametrize("name", set_names())
def test_factors_of_one_set(name):
    text = run("factors", name)
    assert text.startswith(name)
    assert "confidence" in text


def test_factors_print_value_and_page():
    text = run("factors", "gbt-32151-2024")
    assert "42.652 GJ/t × 20.2 tC/TJ × 0.98 × 44/12" in text  # facts/energy-carbon.md section 2, diesel
    assert "Table C.1" in text


def test_factors_print_a_range_as_a_range():
    assert "1.1 to 1.33" in run("factors", "gbt-2589-2020")  # facts/energy-carbon.md section 1, natural gas


# --- as a program --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("assess", "china-2020-2032"), "nearest: 'china-2020-2023'"),
        (("explain", CHINA, "water_totl"), "nearest: 'water_total'"),
        (("explain", CHINA, "water", "--year", "1999"), "no rows in 1999"),
        (("factors", "grid-cm"), "nearest: 'grid-cn'"),
    ],
)
def test_errors_are_one_message_and_exit_code_2(arguments, text):
    found = program(*arguments)
    assert found.returncode == 2
    assert found.stdout == ""
    assert text in found.stderr
    assert "Traceback" not in found.stderr
    assert ESC not in found.stderr


def test_assess_a_faulty_case_lists_its_faults(faulty):
    found = program("assess", faulty)
    assert found.returncode == 2
    for part in ("CaseError", "states.csv row 2", "targets.csv row 2"):
        assert part in found.stderr
    assert "Traceback" not in found.stderr


def test_validate_names_a_folder_that_is_no_case(tmp_path):
    found = program("validate", str(tmp_path))
    assert found.returncode in {1, 2}
    assert "case.toml" in found.stdout + found.stderr
    assert "Traceback" not in found.stderr


@pytest.mark.parametrize(
    "arguments", [("assess", CHINA), ("explain", CHINA, "CN-W1"), ("factors",), ("validate", CHINA)]
)
def test_no_escape_codes_in_a_pipe(arguments):
    found = program(*arguments, TERM="xterm-256color")
    assert found.returncode == 0, found.stderr
    assert ESC not in found.stdout
    assert found.stderr == ""
    assert all(line == line.rstrip() for line in found.stdout.splitlines())


def test_output_in_a_pipe_is_never_folded():
    text = program("assess", CHINA, COLUMNS="40").stdout
    (line,) = [found for found in text.splitlines() if found.startswith("CN-W1")]
    assert "latest 2023" in line


def test_output_is_the_same_each_time():
    first, second = program("assess", SHANDONG), program("assess", SHANDONG, PYTHONHASHSEED="7")
    assert first.stdout == second.stdout


@pytest.mark.parametrize("encoding", ["gbk", "ascii"])
def test_terminal_that_cannot_show_every_sign(encoding):
    """A Windows console or a C locale must not end in a traceback."""
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    found = subprocess.run(
        [sys.executable, "-m", "carbonledger", "assess", CHINA],
        capture_output=True,
        env=kept | {"PYTHONIOENCODING": encoding},
        timeout=120,
        check=False,
    )
    assert b"Traceback" not in found.stderr
    assert found.returncode == 0


def test_closed_pipe_is_no_traceback():
    """``carbonledger factors gbt-2589-2020 | head -1``."""
    command = f"{sys.executable} -m carbonledger factors ipcc-2006 | head -1"
    found = subprocess.run(
        ["bash", "-c", command], capture_output=True, text=True, encoding="utf-8", timeout=120, check=True
    )
    assert found.stdout.startswith("ipcc-2006")
    assert "Traceback" not in found.stderr


def test_help_names_the_commands():
    text = program("--help").stdout
    for command in ("assess", "validate", "explain", "factors"):
        assert command in text
