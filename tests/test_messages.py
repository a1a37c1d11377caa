"""What carbonledger says, in both languages: the catalogue is whole, and nothing bypasses it."""

from __future__ import annotations

import ast
import copy
import csv
import json
import pickle
import re
import string
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from examples import CASE_FILES, CASES, write_case
from typer.testing import CliRunner

import carbonledger
from carbonledger import auditing, errors, reasons, units
from carbonledger.auditing import demands as audit_demands
from carbonledger.auditing import inputs as audit_inputs
from carbonledger.case import air as case_air
from carbonledger.case import decisions, validate
from carbonledger.catalog import read_catalog
from carbonledger.cli import app, main
from carbonledger.errors import CaseError, FactorError, Fault, Faults, LedgerError, MissingRate, nearest
from carbonledger.factors import CONFIDENCE, GRADE_TEXT, read_set, set_names
from carbonledger.ledger import BOUNDARIES
from carbonledger.messages import Named, Said, listed, say, to_lang, word
from carbonledger.report import air as air_report
from carbonledger.report import findings as audit_report
from carbonledger.shipped import package_file, shipped
from carbonledger.tables import activities, as_coded, constant, flows, join_rows
from carbonledger.targets import SENSES, Verdict

SOURCE = Path(carbonledger.__file__).parent
FILES = sorted(p.relative_to(SOURCE).as_posix() for p in SOURCE.rglob("*.py"))

# words that code looks up by a name held in data or in a table of its own, and where they are declared
DECLARED = {
    "reasons": [text for text in reasons.TEXT.values() if text],
    "grades": [text for pair in GRADE_TEXT.values() for text in pair],
    "senses": list(SENSES.values()),
    "verdicts": [v.name for v in Verdict],
    "confidence": list(CONFIDENCE.values()),
    "dimensions of units": list(units.DIMENSIONS),
    "units refused": list(units.REFUSED.values()),
    "forms of case.toml": [*decisions.KEYS.values(), *case_air.FORMS.values()],
    "boundaries": list(BOUNDARIES),
    "names in decisions": ["quantity", "state", "activity", "dimension"],
    "breakdowns": ["activity", "flow", "sector", "region"],
    "entries": ["row", "transfer", "elimination", "unallocated", "remainder"],
    "components of rates": ["ncv", "carbon", "oxidation", "rate", "own", "set"],
    "findings": list(auditing.KINDS.values()),
    "severities": list(audit_report.SEVERITY_TEXT.values()),
    "entries made": list(audit_inputs._ENTRY_TEXT.values()),
    "thresholds": [text for _, _, text in audit_demands.BOUNDED.values()]
    + ["hours are masked", "verdicts are unknown"],
    "editions": ["factor set", "standard"],
    "changes": ["added", "removed", "changed", "definition"],
    "tables of the air": [*air_report.STATISTICS, *air_report.TOGETHER, *air_report.DAYS, *air_report.VERDICTS],
    "statuses": ["flash", "annual", "revised", "first", "final", "not stated", "no factor row"],
}


def catalogue() -> dict[str, str]:
    with package_file("messages.csv").open(encoding="utf-8", newline="") as lines:
        return {line["en"]: line["zh"] for line in csv.DictReader(lines)}


CATALOGUE = catalogue()


def tree_of(file: str) -> ast.Module:
    return ast.parse((SOURCE / file).read_text(encoding="utf-8"))


def name_of(function: ast.expr) -> str:
    return (
        function.id if isinstance(function, ast.Name) else function.attr if isinstance(function, ast.Attribute) else ""
    )


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def branches(value: ast.expr) -> list[ast.expr]:
    """The expression, or both of a conditional one."""
    return [*branches(value.body), *branches(value.orelse)] if isinstance(value, ast.IfExp) else [value]


def text_of(value: ast.expr) -> str | None:
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else None


def said_literally(tree: ast.AST) -> set[str]:
    found = (
        text_of(v) for c in calls(tree) if name_of(c.func) in {"say", "word"} and c.args for v in branches(c.args[0])
    )
    return {text for text in found if text}


def heads(tree: ast.AST) -> set[str]:
    """Heads of tables, which are looked up one by one: ``word(c, lang) for c in columns``."""
    found: set[str] = set()
    for node in ast.walk(tree):
        lists: list[ast.AST] = []
        if isinstance(node, ast.Assign | ast.AugAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if {t.id for t in targets if isinstance(t, ast.Name)} & {"columns", "names"}:
                lists = [n for n in ast.walk(node.value) if isinstance(n, ast.List | ast.Tuple)]
        elif isinstance(node, ast.GeneratorExp | ast.ListComp) and isinstance(node.elt, ast.Call):
            if name_of(node.elt.func) == "word" and isinstance(node.elt.args[0], ast.Name):
                lists = [node.generators[0].iter]
        elif isinstance(node, ast.Call) and name_of(node.func) in {"_listed", "_print_shares"}:
            lists = [*node.args[2:3], *node.args[3:4]]
        for one in lists:
            texts: list[ast.expr] = one.elts if isinstance(one, ast.List | ast.Tuple) else [one]
            found |= {t for e in texts if isinstance(e, ast.expr) and (t := text_of(e)) and "_" not in t}
    return found


def wanted() -> dict[str, set[str]]:
    """Every template and word that code may look up, by the place that does."""
    made = {file: said_literally(tree_of(file)) for file in FILES}
    for file in FILES:
        if file.startswith("report/"):
            made[file] |= heads(tree_of(file))
    return made | {name: set(texts) for name, texts in DECLARED.items()}


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


# --- the catalogue ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("place", "texts"), wanted().items(), ids=list(wanted()))
def test_everything_said_is_in_the_catalogue(place, texts):
    assert not sorted(text for text in texts if not CATALOGUE.get(text)), place


def test_the_catalogue_holds_nothing_else():
    used = set().union(*wanted().values())
    assert not sorted(set(CATALOGUE) - used)


def test_the_catalogue_is_sorted_and_without_doubles():
    with package_file("messages.csv").open(encoding="utf-8", newline="") as lines:
        found = [line["en"] for line in csv.DictReader(lines)]
    assert found == sorted(set(found))


def test_both_languages_have_the_same_placeholders():
    differ = {en: zh for en, zh in CATALOGUE.items() if fields(en) != fields(zh)}
    assert not differ


def test_every_line_is_one_line():
    assert not [
        en for en, zh in CATALOGUE.items() if "\n" in en + zh or (en + zh != (en + zh).strip() and not fields(en))
    ]


# what stands in files and commands is written as there, and so are symbols, standards and formats
AS_WRITTEN = set(
    """CSV GB TOML Parquet NA ug GJ true false csv entities factors value value_ unit reason doubtful finer sheet
    complete cumulative trend sense falling rising baseline parent level entity district partner evidence side
    id use activity year region kinds by lang faults product process kg gwp ch4 n2o PM2 m3 Nm3 CNY_ GB18030""".split()
)


def names_in_files() -> set[str]:
    """Columns, keys, identifiers: they are the same in every language."""
    found = set(AS_WRITTEN) | set(decisions.KEYS) | set(decisions.INPUTS)
    with package_file("columns.csv").open(encoding="utf-8", newline="") as lines:
        found |= {line[c] for line in csv.DictReader(lines) for c in ("table", "column")}
    catalog = read_catalog()
    found |= {*catalog.quantities, *catalog.states, *catalog.indicators, *activities(), *flows(), *set_names()}
    return found


def english_in(text: str) -> list[str]:
    """Words of a Chinese text that are neither quoted, nor a file, nor a name, nor a unit."""
    bare = re.sub(r"'[^']*'|\[[^\]]*\]|[\w./-]+\.(?:csv|toml|xlsx|py)(?![a-z])|[A-Z]{2}(?:-[A-Z0-9]+)+", " ", text)
    bare = re.sub(r"\{[^}]*\}", " ", bare)
    known = names_in_files()
    found = re.findall(r"(?a:[A-Za-z]\w*\w)", bare)
    return [w for w in found if w not in known and not re.fullmatch(r"(?:[a-z0-9]+_)+[a-z0-9]+|[A-Z]\d+", w)]


def test_the_chinese_is_chinese():
    left = {zh: words for zh in CATALOGUE.values() if (words := english_in(zh))}
    assert not left


# --- nothing bypasses it ---------------------------------------------------------------------------------------------

ERRORS = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, LedgerError)}
BARE = (ast.JoinedStr, ast.BinOp)
SET_FREE = {"str", "join", "format", "repr"}


def is_bare(value: ast.expr) -> bool:
    """Whether it is English that no catalogue knows: an f-string, a sum of strings, a literal, a string of an error."""
    if isinstance(value, ast.Call):
        return name_of(value.func) in SET_FREE
    return isinstance(value, BARE) or bool(text_of(value))


def message_arguments(call: ast.Call) -> list[ast.expr]:
    """What a call says to people."""
    name, found = name_of(call.func), [k.value for k in call.keywords if k.arg in {"mend", "what", "missing"}]
    if (
        (name == "add" and isinstance(call.func, ast.Attribute) and "faults" in ast.unparse(call.func.value))
        or name in ERRORS
        or name == "Fault"
    ):
        found += call.args[:1]
    return found


def assigned_texts(function: ast.AST) -> dict[str, list[ast.expr]]:
    """What each name of a function is set to, pairs taken apart."""
    made: dict[str, list[ast.expr]] = {}
    for node in ast.walk(function):
        if not isinstance(node, ast.Assign):
            continue
        for target in node.targets:
            pairs = [(target, node.value)]
            if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                pairs = list(zip(target.elts, node.value.elts, strict=False))
            for one, value in pairs:
                if isinstance(one, ast.Name):
                    made.setdefault(one.id, []).append(value)
    return made


def bypasses(tree: ast.AST) -> list[str]:
    """Lines whose message is not made by ``say``."""
    found = []
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]
    for function in functions:
        texts = assigned_texts(function)
        for call in calls(function):
            for argument in message_arguments(call):
                for value in branches(argument):
                    meant = texts.get(value.id, []) if isinstance(value, ast.Name) else [value]
                    if any(is_bare(b) for m in meant for b in branches(m)):
                        found.append(f"{call.lineno}: {ast.unparse(value)}")
    return found


@pytest.mark.parametrize("file", FILES)
def test_every_fault_is_said(file):
    assert not bypasses(tree_of(file))


@pytest.mark.parametrize(
    "code",
    [
        "faults.add(f'no {x}')",
        "self.faults.add('no rows', file=f)",
        "faults.add(say('no rows'), mend='Add one')",
        "raise TableError('no ' + x)",
        "raise CaseError(str(error))",
        "Fault(', '.join(names))",
        "what = f'{x}'; faults.add(what)",
        "what, mend = say('no rows'), 'Add one'; faults.add(what, mend=mend)",
        "faults.add(say('no rows') if x else 'none')",
    ],
)
def test_a_bypass_is_seen(code):
    assert bypasses(ast.parse(f"def check(): {code}"))


def test_what_is_said_is_no_bypass():
    code = "what = say('no {name!r}', name=f'{a} {b}'); faults.add(what, file=f'{x}.csv', mend=say('Add it'))"
    assert not bypasses(ast.parse(f"def check(): {code}"))


# --- names in the data -----------------------------------------------------------------------------------------------

CHINESE = re.compile("[一-鿿]")
NAMED_ALIKE = {"COD"}  # the same in both languages


def named_in_both(name: str, zh: str, en: str) -> list[str]:
    made = [] if en and not CHINESE.search(en) else [f"{name}: English {en!r}"]
    return made + ([] if CHINESE.search(zh) or zh in NAMED_ALIKE else [f"{name}: Chinese {zh!r}"])


def test_activities_and_flows_have_both_names():
    found = [*activities().values(), *flows().values()]
    assert not [fault for one in found for fault in named_in_both(one.name, one.zh, one.en)]


@pytest.mark.parametrize("case", ["", *sorted(p.parent.name for p in shipped("scenarios").glob("*/catalog.toml"))])
def test_the_catalog_has_both_names(case):
    catalog = read_catalog(shipped("scenarios") / case / "catalog.toml" if case else None)
    found = [*catalog.quantities.values(), *catalog.states.values(), *catalog.indicators.values()]
    assert not [fault for one in found for fault in named_in_both(one.name, one.zh, one.en)]


def test_factor_sets_have_both_names():
    found = {name: read_set(name).about for name in set_names()}
    assert not [f for name, about in found.items() for f in named_in_both(name, about["zh"], about["en"])]


def test_editions_of_standards_have_both_names():
    found = {path.name: tomllib.loads(path.read_text(encoding="utf-8")) for path in shipped("standards").glob("*.toml")}
    assert found
    assert not [f for name, about in found.items() for f in named_in_both(name, about["zh"], about["en"])]


def test_targets_and_entities_of_shipped_cases_have_both_names():
    faults = []
    for table, key in (("targets", "id"), ("entities", "entity")):
        for path in shipped("scenarios").glob(f"*/{table}.csv"):
            with path.open(encoding="utf-8-sig", newline="") as lines:
                for line in csv.DictReader(lines):
                    faults += named_in_both(f"{path.parent.name} {line[key]}", line["name_zh"], line["name_en"])
    assert not faults


# --- commands in Chinese ---------------------------------------------------------------------------------------------

HEAD = "entity,period,activity,flow,amount,unit,source,part_of,own_ncv,own_oxidation,status,known_on,partner,evidence\n"
BAD_ROWS = HEAD + "".join(
    line + "," * (13 - line.count(",")) + "\n"
    for line in (
        "town,2020,industrial_watr,used,100,万立方米,b",
        "town,20201,industrial_water,used,100,万立方米,b",
        "town,2020,industrial_water,burnt,100,万立方米,b",
        "town,2020,industrial_water,used,viel,万立方米,b",
        "town,2020,industrial_water,used,,万立方米,b",
        "town,2020,industrial_water,used,5,ton,b",
        "town,2020,industrial_water,used,5,kWh,b",
        "town,2020,industrial_water,used,5,furlong,b",
        ",2020,industrial_water,used,5,t,b",
        "town,2020,industrial_water,used,-5,万立方米,b",
        "town,2020,diesel,combusted,5,t,b,,-3,7",
        "town,2020,diesel,combusted,5,t,b,,,,guess,soon",
        "town,2020,green_electricity,purchased,5,kWh,b",
        "town,2021,gdp,produced,12,亿元,b",
        "town,2021,gdp,produced,12,亿元,b",
        "town,2022-01/03,diesel,combusted,9,t,b",
        "town,2022-01/04,diesel,combusted,5,t,b",
        "town,2022,diesel,combusted,5,t,b",
    )
)
BAD_POSTS = HEAD + "".join(
    line + "," * (13 - line.count(",")) + "\n"
    for line in (
        "village,2020,diesel,combusted,5,t,b",
        "town,2020,diesel,sold,5,t,b",
        "town,2020,electricity,used,5,kWh,b",
        "town,2021,electricity,purchased,5,kWh,b",
        "town,2021,electricity,sold,9,kWh,b",
        "town,2020,coke,combusted,5,t,b",
        "town,2020,coke,combusted,9,t,b,coke",
        "town,2020,gdp,produced,10,亿元,b",
        "town,2020,industrial_water,used,10,万立方米,b,,,,,,town",
        "town,2021,industrial_water,used,10,万立方米,b,,,,,,nobody",
    )
)
BAD_CASE = """title = "x"
by = ["nation"]
boundary = "regional"
colour = "red"
factor_sets = ["water-rulez"]
indicators = ["water_totl"]
price_base = 2017
[inputs]
activity = ["activity.csv", "activity.csv", "absent.csv", "../out.csv"]
weather = "w.csv"
stations = "activity.csv"
[air]
colour = 1
[[stand_in]]
activity = "coal"
use = {year = "soon"}
reason = ""
[[gap]]
quantity = "co3"
"""
BAD_TARGETS = """id,indicator,entity,sense,value,tolerance,unit,kind,from_year,year,baseline,source,decimals
A,water_total,town,at_mast,1,,百万立方米,level,2020,2021,,plan,
A,water_totl,town,at_most,1,,百万立方米,lever,2022,2021,,,
B,water_total,town,fall_by,1,-1,t,cumulative,,2021.5,,plan,0.5
C,water_total,town,falling,1,,furlong,trend,2020,2021,,plan,
,water_per_gdp_drop,town,complete,,,%,trend,,2021,1999,plan,
"""
BAD_STATES = """entity,period,state,value,unit,source
city,2021-01,gdp_groth,x,%,
town,2021,gdp_growth,,t,c
town,2021,gdp_growth,8,%,c
town,2021,gdp_growth,8,%,c
"""
BAD_ENTITIES = """entity,level,parent,region,valid_from,valid_to,credit_code,sector
town,hamlet,nowhere,CN-00-00,2020-13,2019,123,X9
a,district,b,CN-37,,,,
b,city,a,CN-37,,,,
"""
NO_RATES = CASE_FILES["case.toml"].replace("water-rules", "gbt-2589-2020").replace("price_base = 2020", "")
NO_RATES = NO_RATES.replace('"water_total", "water_per_gdp", "water_per_gdp_drop"', '"energy_total", "co2_direct"')
PEAT = HEAD + "".join(
    f"town,{year},{fuel},combusted,5,t,b,,,,,,,\n" for year in (2020, 2021) for fuel in ("peat", "coke")
)
FAULTY = {
    "rows": {"activity": BAD_ROWS},
    "posting": {"activity": BAD_POSTS},
    "columns": {"activity": "entity,entité,period,flow,flow\ntown,1,2,3\n", "states": "entity,period\nx,2020\n"},
    "ragged": {"activity": "entity,period\ntown,2020,5\n"},
    "case": {"case": BAD_CASE},
    "toml": {"case": "title = 5\nindicators = 'x'\n"},
    "targets": {"targets": BAD_TARGETS},
    "states": {"states": BAD_STATES},
    "entities": {"entities": BAD_ENTITIES},
    "missing rates": {"case": NO_RATES, "activity": PEAT},
    "none": {"activity": HEAD},
}


def in_chinese(*arguments: str) -> str:
    return CliRunner().invoke(app, [*arguments, "--lang", "zh"]).stdout


def leftover(text: str, *own: str) -> list[str]:
    """English words of a report that are none of the names which files use."""
    known = {*own, "town", "city", "Mtce", "tC", "TJ", "CO", "CO2", "co2", "t", "MWh", "CN", "furlong"}
    bare = re.sub(r"'[^']*'|\{[^}]*\}|[\w./-]+\.(?:csv|toml)(?![a-z])", " ", text)
    lists = "相近的有|可用|已查系数集|自带[^:]*|应有各列|可用列名"
    bare = re.sub(rf"(?:{lists}):[^。;\n]*|用于[\w, ]+;|[\w-]+-\d{{4}}(?![0-9])", " ", bare)
    return [w for w in english_in(bare) if w not in known]


def test_english_that_is_left_is_seen():
    assert leftover("a.csv 第2行, 列source: 没有来源。Delete one of 'them'") == ["Delete", "one", "of"]
    assert leftover("a.csv row 2: no rate for diesel; 可用:this, that。Add it") == [
        "row",
        "no",
        "rate",
        "for",
        "Add",
        "it",
    ]


@pytest.mark.parametrize("kind", FAULTY)
def test_faults_in_chinese(kind, tmp_path):
    folder = str(write_case(tmp_path / "faulty", **FAULTY[kind]))
    faults = validate(folder)
    assert faults, "the case must be faulty"
    said = in_chinese("validate", folder).partition("\n")[2]
    assert CHINESE.search(said)
    assert not leftover(said), said
    assert said.count("\n") >= len(faults)


def test_the_faulty_cases_say_much(tmp_path):
    """The parts together reach many templates, so that the test above means something."""
    said: set[str] = set()
    for kind, files in FAULTY.items():
        for fault in validate(write_case(tmp_path / kind.replace(" ", "-"), **files)):
            said |= {m.template for m in (fault.what, fault.mend) if isinstance(m, Said)}
    assert len(said) >= 60, len(said)


def test_a_sound_case_in_chinese(tmp_path):
    folder = str(write_case(tmp_path / "sound"))
    assert in_chinese("validate", folder) == f"{folder}: 没有问题\n"


@pytest.mark.parametrize(
    ("case", "what"), [(CASES[0], "CN-W1"), (CASES[0], "water_per_gdp_drop"), (CASES[1], "energy_transformed")]
)
def test_explanations_in_chinese(case, what):
    said = in_chinese("explain", case, what, "--top", "3")
    assert CHINESE.search(said)
    for english in ("rate ", "row ", "months", "confidence", "limit", "territorial", "as published", "more entries"):
        assert english not in said, english


def test_an_explanation_as_json_is_english(tmp_path):
    arguments = ["explain", CASES[0], "water_total", "--year", "2023", "--json"]
    found = CliRunner().invoke(app, arguments).stdout
    assert in_chinese(*arguments) == found
    entry = json.loads(found)["from"][0]["from"][0]
    assert (entry["name"], json.loads(found)["entity"]) == ("agricultural_water used", "china")


def test_derived_entries_are_told_in_chinese():
    said = in_chinese("explain", "weicheng-2025", "energy", "--entity", "weicheng", "--year", "2025", "--top", "40")
    for part in ("其中项:由“发电供热燃烧投入”移至“外供电热燃烧投入”", "的其中项,计入其自身流向", "抵消:"):
        assert part in said
    assert "of-which" not in said


def test_factor_sets_in_chinese():
    assert in_chinese("factors").startswith("系数集")
    said = in_chinese("factors", "heat")
    for part in ("热力", "可信度", "官方文本之外另有一个公开来源"):
        assert part in said


@pytest.mark.parametrize("command", [("assess", "nowhere"), ("explain", CASES[0], "nothing"), ("factors", "no-set")])
def test_the_error_that_ends_a_command_is_told_in_its_language(command, monkeypatch, capsys):
    for lang, head in (("zh", "错误"), ("en", "Error")):
        monkeypatch.setattr("sys.argv", ["carbonledger", *command, "--lang", lang])
        with pytest.raises(SystemExit) as ended:
            main()
        assert ended.value.code == 2
        said = capsys.readouterr().err
        assert head in said
        assert bool(CHINESE.search(said)) == (lang == "zh")


# --- messages --------------------------------------------------------------------------------------------------------


def test_said_is_its_english_and_knows_its_chinese():
    said = say("no file {name!r}", name="a.csv")
    assert (said, said.to("en"), said.to("zh")) == ("no file 'a.csv'", "no file 'a.csv'", "没有文件'a.csv'")
    assert isinstance(said, str)
    assert to_lang("their own words", "zh") == "their own words"


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
@pytest.mark.parametrize(
    "message",
    [
        say("no file {name!r}", name="a.csv"),
        say("{what}. {mend}", what=say("no rows"), mend=say("Keep one")),
        Named("raw_coal", "原煤"),
        say("{activity} {flow}", activity=Named("raw_coal", "原煤"), flow=Named("used", "使用")),
    ],
)
def test_messages_survive_copies(message, copied):
    made = copied(message)
    assert type(made) is type(message)
    assert (made, made.to("zh")) == (message, message.to("zh"))


def test_nested_messages_are_told_throughout():
    inner = say("the stand-in for {activity} needs a reason", activity=say("all activities"))
    outer = say("{title}: {n} faults", title=inner, n=3)
    assert outer == "the stand-in for all activities needs a reason: 3 faults"
    assert outer.to("zh") == "所有品种的替代值须注明理由:3处问题"


def test_messages_survive_in_coded_columns():
    said, other = say("no rows"), say("no source")
    one = pd.DataFrame({"derived": as_coded([said, ""]), "n": [1, 2]})
    two = pd.DataFrame({"derived": constant(other, 2), "n": [3, 4]})
    joined = join_rows([one, two, pd.DataFrame({"n": [5]})])
    assert list(joined["derived"]) == ["no rows", "", "no source", "no source", ""]
    assert [to_lang(label, "zh") for label in joined["derived"]] == ["没有数据行", "", "没有来源", "没有来源", ""]
    assert to_lang(joined.loc[2, "derived"], "zh") == "没有来源"
    kept = joined[joined["n"] > 2].reset_index(drop=True)
    assert to_lang(as_coded(kept["derived"].astype(object))[0], "zh") == "没有来源"


def test_messages_in_a_row():
    parts = [say("no rows"), say("no source"), "own words"]
    assert listed(parts) == "no rows; no source; own words"
    assert to_lang(listed(parts), "zh") == "没有数据行;没有来源;own words"
    assert (listed([]), listed(["one"])) == ("", "one")


def test_a_name_without_chinese_stays():
    assert Named("raw_coal", "").to("zh") == "raw_coal"


def test_an_unknown_text_is_not_passed_over():
    with pytest.raises(KeyError):
        say("never said before").to("zh")
    assert word("no rows", "en") == "no rows"


def test_nearest_names():
    assert nearest("peet", ["peat", "coal"]) == "; nearest: 'peat'"
    assert to_lang(nearest("peet", ["peat", "coal"]), "zh") == ";相近的有:'peat'"
    assert nearest("xyz", ["peat"]) == ""


def test_an_error_of_one_fault_in_both_languages():
    faults = Faults()
    faults.add(say("no source"), file="a.csv", row=3, column="source", mend=say("Keep one"))
    with pytest.raises(CaseError) as caught:
        faults.raise_as(CaseError, say("case {name}", name="x"))
    assert str(caught.value) == "a.csv row 3, column source: no source. Keep one"
    assert caught.value.to("zh") == "a.csv 第3行, 列source: 没有来源。请只保留其一"


def test_an_error_of_many_faults_in_both_languages():
    faults = Faults()
    for row in range(2, 62):
        faults.add(say("no source"), file="a.csv", row=row)
    with pytest.raises(CaseError) as caught:
        faults.raise_as(CaseError, say("case {name}", name="x"))
    english, chinese = str(caught.value).splitlines(), caught.value.to("zh").splitlines()
    assert len(english) == len(chinese) == errors.SHOWN + 2
    assert (english[0], chinese[0]) == ("case x: 60 faults", "案例x:60处问题")
    assert (english[1], chinese[1]) == ("  a.csv row 2: no source", "  a.csv 第2行: 没有来源")
    assert (english[-1], chinese[-1]) == ("  ... and 10 more (all of them in .faults)", "  ……另有10处(全部见.faults)")


def test_errors_and_faults_survive_pickling():
    rate = MissingRate(say("no rows"), 2023, say(", kind {kind}", kind="average"))
    for error in (rate, FactorError(say("no rows"), (Fault(say("no source"), "a.csv", 2, mend=say("Keep one")),))):
        again = pickle.loads(pickle.dumps(error))
        assert type(again) is type(error)
        assert (str(again), again.to("zh")) == (str(error), error.to("zh"))
    assert rate.to("zh") == "没有数据行,2023年,口径average"


def test_a_fault_as_plain_data_is_english():
    fault = Fault(say("no source"), "a.csv", 2, "source", say("Keep one"))
    assert json.loads(json.dumps(fault.as_dict())) == {
        "what": "no source",
        "file": "a.csv",
        "row": 2,
        "column": "source",
        "mend": "Keep one",
    }
    assert (fault.text, to_lang(fault.text, "zh")) == ("no source. Keep one", "没有来源。请只保留其一")


def test_an_error_without_faults_becomes_one():
    faults = Faults()
    faults.take(CaseError(say("no indicators")))
    assert [to_lang(fault.what, "zh") for fault in faults] == ["没有指标"]
