"""The parts of docs/api/*.md that are written from elsewhere: examples, and tables of operations and rights."""

import re
from collections.abc import Iterator
from pathlib import Path

from django.utils import translation

from accounts.models.api_client import RIGHTS
from fleetcontrol.api.document import OneApiDocument
from installers.api.views.document import SmartControlDocument

FOLDER = Path(__file__).parents[2] / "docs" / "api"
EXAMPLES = FOLDER / "examples"
# Ending of a file → how the reader knows the language, and its name in Markdown.
LANGUAGES = {"sh": ("curl", "sh"), "py": ("Python", "python"), "ts": ("TypeScript", "typescript")}
# Programs that are shown in Python alone.
IN_PYTHON = ("area",)
DOCUMENTS = {"oneapi": OneApiDocument, "smartcontrol": SmartControlDocument}
HEADS = {
    "operations": {
        "en": ["call", "what it does", "right"],
        "de": ["Aufruf", "was er tut (englisch)", "Recht"],
    },
    "rights": {
        "en": ["right", "in FleetControl", "operations"],
        "de": ["Recht", "in FleetControl", "Operationen"],
    },
}
PART = re.compile(r"(<!-- (example: )?(\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def guides() -> list[Path]:
    """The guides of the APIs in each language."""
    return sorted(path for path in FOLDER.glob("*.md") if api_of(path) in DOCUMENTS)


def api_of(guide: Path) -> str:
    """The name of the API; a translation has its language before the ending."""
    return guide.name.split(".")[0]


def language_of(guide: Path) -> str:
    _api, *language, _ending = guide.name.split(".")
    return language[0] if language else "en"


def written(guide: Path) -> str:
    """The text of a guide with its parts as they are now."""
    api = api_of(guide)

    def part(found: re.Match) -> str:
        head, is_example, name, end = found.groups()
        text = example(api, name) if is_example else TABLES[name](api, language_of(guide))
        return f"{head}{text}{end}"

    with translation.override(language_of(guide)):
        return PART.sub(part, guide.read_text())


def examples(guide: Path) -> list[str]:
    """The names of the examples in a guide, in its order."""
    return [name for _head, is_example, name, _end in PART.findall(guide.read_text()) if is_example]


def languages(name: str) -> list[str]:
    """The endings of an example's files."""
    return ["py"] if name in IN_PYTHON else list(LANGUAGES)


def example(api: str, name: str) -> str:
    """The same in each language; curl is open."""
    return "".join(
        folded(EXAMPLES / api / f"{name}.{ending}", is_open=ending == "sh")
        for ending in languages(name)
    )


def folded(path: Path, *, is_open: bool) -> str:
    label, language = LANGUAGES[path.suffix[1:]]
    tag = "<details open>" if is_open else "<details>"
    summary = f"<summary>{label} · <code>{path.name}</code></summary>"
    return f"{tag}{summary}\n\n```{language}\n{path.read_text()}```\n\n</details>\n"


def operations(api: str) -> Iterator[tuple[str, str, str, str]]:
    """Method, path, summary and right of each operation of the document."""
    for path, methods in DOCUMENTS[api].document()["paths"].items():
        for method, operation in methods.items():
            summary = operation.get("summary", "")
            yield method.upper(), path, summary, ", ".join(rights_of(operation))


def rights_of(operation: dict) -> list[str]:
    required = operation.get("security", [])
    return [right for scheme in required for rights in scheme.values() for right in rights]


def table_of_operations(api: str, language: str) -> str:
    has_rights = any(right for *_about, right in operations(api))
    head = HEADS["operations"][language][: 2 + has_rights]
    lines = [f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
    for method, path, summary, right in operations(api):
        cells = [f"`{method} {path}`", summary, f"`{right}`" if right else ""][: len(head)]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def table_of_rights(api: str, language: str) -> str:
    """Each right with how many operations need it."""
    needed = [right for *_about, right in operations(api)]
    lines = [f"| {' | '.join(HEADS['rights'][language])} |", "|---|---|---|"]
    lines += [f"| `{right}` | {label} | {needed.count(right)} |" for right, label in RIGHTS.items()]
    return "\n".join(lines) + "\n"


TABLES = {"operations": table_of_operations, "rights": table_of_rights}
