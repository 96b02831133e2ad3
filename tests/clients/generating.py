"""Clients generated from an OpenAPI document: a package of openapi-python-client, a module of openapi-typescript."""

import json
import re
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
HOME = HERE.parent.parent
PROGRAMS = Path(sys.executable).parent
# A name that a generator makes up, for what the document does not name.
MADE_UP = re.compile(r"type_?\d|response_?\d|additional_property|inline|body|item$", re.IGNORECASE)

# What the scripts use of Node.
# Of Node's own types, what the scripts use.
NODE = """
declare const process: { argv: string[]; env: Record<string, string | undefined> };
declare module "node:http" {
  type Request = AsyncIterable<string> & {
    headers: Record<string, string | undefined>;
    setEncoding(name: string): void;
  };
  type Answer = { writeHead(status: number): Answer; end(): void };
  function createServer(answer: (request: Request, response: Answer) => void): {
    listen(port: number, host: string): void;
  };
}
"""

# Without its formatter, which changes no name; and it knows no pictures.
CONFIG = """
post_hooks: []
content_type_overrides: {image/jpeg: application/octet-stream}
"""


def python_package(document: dict, place: Path, name: str) -> Path:
    """Generate the package `name` in `place`. Return the place."""
    (place / "config.yml").write_text(CONFIG)
    said = run(
        PROGRAMS / "openapi-python-client",
        *("generate", "--path", stored(document, place), "--output-path", place / name),
        *("--meta", "none", "--config", place / "config.yml", "--fail-on-warning"),
    )
    assert "Warning" not in said
    return place


def names_in(package: Path) -> list[str]:
    """Of its models and operations."""
    return [path.stem for path in (*package.glob("models/*.py"), *package.glob("api/*/*.py"))]


def typescript_module(document: dict, place: Path, name: str, script: Path) -> Path:
    """Generate `<name>.ts` with `script` and the packages beside it. Return the script's copy."""
    generator = node_packages(place) / ".bin" / "openapi-typescript"
    run_node(generator, stored(document, place), "-o", place / f"{name}.ts")
    return Path(shutil.copy(script, place))


def node_packages(place: Path) -> Path:
    """Put the packages next to the modules in `place`. Return their folder."""
    lint = runpy.run_path(str(HOME / "bin" / "lint.py"))
    installed = lint["install_node_packages"]()
    assert installed.ok, installed.output
    packages = lint["NODE_CHECKS"] / "node_modules"
    (place / "node_modules").symlink_to(packages)
    (place / "package.json").write_text('{"type": "module"}')
    return packages


def stored(document: dict, place: Path) -> Path:
    path = place / "document.json"
    path.write_text(json.dumps(document))
    return path


def check_types(*scripts: Path) -> None:
    """Compile the scripts strictly. They are in one folder with the packages."""
    place = scripts[0].parent
    options = ("--noEmit", "--strict", "--skipLibCheck", "--target", "es2022")
    libraries = ("--lib", "es2022,dom,dom.iterable")
    modules = ("--module", "nodenext", "--allowImportingTsExtensions", *libraries)
    tsc = place / "node_modules" / "typescript" / "bin" / "tsc"
    (place / "node.d.ts").write_text(NODE)
    names = [script.name for script in scripts]
    run_node(tsc, *options, *modules, *names, "node.d.ts", cwd=place)


def run(*command: object, **options) -> str:
    words = [str(word) for word in command]
    done = subprocess.run(words, capture_output=True, text=True, timeout=120, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def run_node(*command: object, **options) -> str:
    return run(PROGRAMS / "node", *command, **options)
