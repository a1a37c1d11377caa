"""A new case: runs at once, in both languages, explains every key, and never overwrites."""

from __future__ import annotations

import tomllib

import pytest

from carbonledger.auditing import Limits, audit
from carbonledger.case import assess, validate
from carbonledger.case.air import READING
from carbonledger.case.decisions import INPUTS, KEYS
from carbonledger.case.rulebook import OPTIONS
from carbonledger.case.skeleton import FILES, new_case
from carbonledger.errors import CaseError
from carbonledger.shipped import package_file

LANGS = ("en", "zh")
# typed from the files: 100 x (1 - (370 + 615) / (120 x 1.08 x 1.045) / ((400 + 600) / 120))
DROP = 100 * (1 - (370 + 615) / (120 * 1.08 * 1.045) / (1000 / 120))


@pytest.mark.parametrize("lang", LANGS)
def test_it_is_assessed_and_audited(tmp_path, lang):
    folder = new_case(tmp_path / "deep" / "mine", lang=lang)
    assert sorted(p.name for p in folder.iterdir()) == sorted(FILES)
    assert validate(folder) == []
    found = assess(folder)
    assert found.case.about["synthetic"] is True
    said = {j.target.id: j.verdict.name for j in found.verdicts}
    assert said == {"X1": "MET", "X2": "MISSED", "X3": "MISSED", "X4": "UNKNOWN"}
    assert next(j.value for j in found.verdicts if j.target.id == "X2") == pytest.approx(DROP)
    audited = audit(found)
    assert not audited.below
    assert not [f for f in audited.findings if f.severity == "warning"], audited.findings
    assert audited.of("stand_in") and audited.of("choice")


def test_both_languages_give_the_same_numbers(tmp_path):
    one, other = (assess(new_case(tmp_path / lang, lang=lang)).indicators for lang in LANGS)
    for name in one.data_vars:
        assert (one[name].values == other[name].values).all()


@pytest.mark.parametrize("lang", LANGS)
def test_every_key_is_explained(lang):
    text = package_file(f"skeleton/{lang}/case.toml").read_text(encoding="utf-8")
    for key in [*KEYS, *INPUTS, *Limits.__dataclass_fields__]:
        assert key in text, key
    about = tomllib.loads(text)
    assert set(about) <= set(KEYS)
    # what stands in comments is TOML too, and known
    for line in text.splitlines():
        name, sign, rest = line.removeprefix("# ").partition(" = ")
        if line.startswith("# ") and sign and name.isidentifier() and rest[:1] in '["{0123456789':
            assert tomllib.loads(f"{name} = {rest}")
            tables = {*READING, *(key for keys in OPTIONS.values() for key in keys), "import_credit"}
            rows = {"activity", "quantity", "reason"}
            assert name in {*KEYS, *INPUTS, *Limits.__dataclass_fields__, *tables, *rows}, name


@pytest.mark.parametrize("lang", LANGS)
def test_every_row_is_marked_as_an_example(lang):
    mark = {"en": "example", "zh": "示例"}[lang]
    for name in FILES[1:]:
        head, *lines = package_file(f"skeleton/{lang}/{name}").read_text(encoding="utf-8").splitlines()
        assert head and lines and all(mark in line.rsplit(",", 1)[1] or mark in line for line in lines)


def test_the_chinese_one_has_chinese_comments_and_columns():
    toml = package_file("skeleton/zh/case.toml").read_text(encoding="utf-8")
    comments = [
        line for line in toml.splitlines() if line.startswith("# ") and "=" not in line and "carbonledger" not in line
    ]
    assert comments and sum(any("一" <= c <= "鿿" for c in line) for line in comments) > 0.7 * len(comments)
    assert package_file("skeleton/zh/activity.csv").read_text(encoding="utf-8").startswith("主体,年份,")


def test_an_empty_folder_is_taken(tmp_path):
    (tmp_path / "empty").mkdir()
    assert new_case(tmp_path / "empty") == tmp_path / "empty"


def test_nothing_is_overwritten(tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(CaseError, match="not empty"):
        new_case(folder)
    assert [p.name for p in folder.iterdir()] == ["notes.txt"]
    with pytest.raises(CaseError, match="is a file"):
        new_case(folder / "notes.txt")
    with pytest.raises(CaseError, match="accepted: en, zh"):
        new_case(tmp_path / "other", lang="tlh")
    assert not (tmp_path / "other").exists()
