"""The browser's libraries: fetched from the npm registry, changed in what their entry says, and checked in.

bin/vendor              every package anew, in its recorded version
bin/vendor preact 11.3.0    another version of one package

A package with `originals` in static/vendor/manifest.json is written by this script. It names a file of the package for
each of ours, and the names under which modules import them. For each file two checksums are recorded: that of the
package's file and that of ours.
"""

import hashlib
import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

HOME = Path(__file__).resolve().parent.parent
STATIC = HOME / "static"
MANIFEST = STATIC / "vendor" / "manifest.json"
NPM = Path(sys.executable).parent / "npm"
# `from "preact"`, as minifiers write it and as people do; comments of the packages have some, too.
IMPORT = re.compile(r"""(\bfrom\s*)(["'])([^"']+)\2""")
SOURCE_MAP = re.compile(r"^//# sourceMappingURL=.*\n?", re.MULTILINE)
CHANGED = "imports are relative, sourceMappingURL lines are taken out"


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def main(name: str | None = None, version: str | None = None) -> None:
    manifest = json.loads(MANIFEST.read_text())
    ours = [package for package in manifest["packages"] if "originals" in package]
    if name and name not in {package["name"] for package in ours}:
        sys.exit(f"{name} has no entry with `originals` in {MANIFEST.relative_to(HOME)}.")
    names = names_of_modules(ours)
    for package in ours:
        if name in (None, package["name"]):
            fetch(package, version or package["version"], names)
    MANIFEST.write_text(json.dumps(manifest, indent=2) + "\n")


def names_of_modules(packages: list[dict[str, Any]]) -> dict[str, str]:
    """The name under which a module is imported → our file."""
    names: dict[str, str] = {}
    for package in packages:
        names |= package["imports"]
    return names


def fetch(package: dict[str, Any], version: str, names: dict[str, str]) -> None:
    with tempfile.TemporaryDirectory() as place:
        packed = pack(f"{package['name']}@{version}", place)
        if version == package["version"] and packed["integrity"] != package.get(
            "integrity", packed["integrity"]
        ):
            sys.exit(f"{package['name']} {version} is not the package that was recorded.")
        package["version"] = version
        package["source"] = (
            f"https://registry.npmjs.org/{package['name']}/-/{archive_name(package['name'], version)}"
        )
        package["integrity"] = packed["integrity"]
        package["changed"] = CHANGED
        with tarfile.open(Path(place) / packed["filename"]) as archive:
            write(package, archive, names)
    print(f"{package['name']} {version}")


def pack(wanted: str, place: str) -> dict[str, str]:
    command = [str(NPM), "pack", wanted, "--json", "--ignore-scripts", "--pack-destination", place]
    path = f"{NPM.parent}:{os.environ['PATH']}"
    done = subprocess.run(
        command, env={**os.environ, "PATH": path}, check=True, capture_output=True, text=True
    )
    answer = json.loads(done.stdout)
    return answer[0] if isinstance(answer, list) else next(iter(answer.values()))


def archive_name(name: str, version: str) -> str:
    return f"{name.rpartition('/')[2]}-{version}.tgz"


def write(package: dict[str, Any], archive: tarfile.TarFile, names: dict[str, str]) -> None:
    for target, original in package["originals"].items():
        member = archive.extractfile(f"package/{original['file']}")
        assert member, original
        content = member.read()
        original["sha256"] = sha256(content)
        if target.endswith(".js"):
            content = adapt(content.decode(), target, names).encode()
        path = STATIC / target
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        package["files"][target] = sha256(content)


def adapt(module: str, target: str, names: dict[str, str]) -> str:
    """Make the module's imports relative, so that a browser finds them without a map or a build."""

    def relative(found: re.Match[str]) -> str:
        if found[3] not in names:
            return found[0]
        path = os.path.relpath(names[found[3]], Path(target).parent)
        path = path if path.startswith(".") else f"./{path}"
        return f"{found[1]}{found[2]}{path}{found[2]}"

    return IMPORT.sub(relative, SOURCE_MAP.sub("", module))


if __name__ == "__main__":
    main(*sys.argv[1:])
