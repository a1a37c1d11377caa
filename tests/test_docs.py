"""The examples of the README and of the page on the air print what stands below them."""

from __future__ import annotations

import re

import pytest

# page, heading above the example
EXAMPLES = [("README.md", "## The rulebook"), ("docs/air.md", "## In Python")]


@pytest.mark.parametrize(("page", "heading"), EXAMPLES)
def test_an_example_prints_what_it_says(root, monkeypatch, capsys, page, heading):
    monkeypatch.chdir(root)
    text = (root / page).read_text(encoding="utf-8").partition(f"\n{heading}\n")[2]
    code = re.search(r"```python\n(.*?)```", text, re.DOTALL)
    told = re.search(r"```text\n(.*?)```", text, re.DOTALL)
    assert code and told
    exec(compile(code[1], page, "exec"), {})
    printed = "".join(f"{line.rstrip()}\n" for line in capsys.readouterr().out.splitlines())
    assert printed == told[1]
