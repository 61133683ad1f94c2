"""A machine of the tests with rpm, dnf and yum as their manuals describe them: no such machine was at hand, so this
shows what the agent asks of them, and not what they do."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Sequence

from .node import Completed
from .packagemanagers import exclusions

ROCKY = (
    'NAME="Rocky Linux"\nID="rocky"\nID_LIKE="rhel centos fedora"\nVERSION_ID="9.4"\nPRETTY_NAME="Rocky Linux 9.4"\n'
)
AMAZON_2 = 'ID="amzn"\nID_LIKE="centos rhel fedora"\nVERSION_ID="2"\nPRETTY_NAME="Amazon Linux 2"\n'
_DATABASE = "/var/lib/rpm/packages.json"


class RpmMachine:
    """Packages as NAME -> list of [version, release]; what each needs; what the archive has."""

    def __init__(self, root: Path, system: str = ROCKY, configuration: str = "/etc/dnf/dnf.conf"):
        self.root, self.configuration = root, configuration
        self.commands: list[str] = []
        self.archive = {"dpdk-devel": "24.11.2-1.el9", "dpdk": "24.11.2-1.el9", "numactl-libs": "2.0.16-1.el9"}
        self.needs: dict[str, list[str]] = {"dpdk-devel": ["dpdk"], "dpdk": ["numactl-libs"]}
        self.is_broken = False
        self.write("/etc/os-release", system)
        self.write(configuration, "[main]\ngpgcheck=1\nbest=True\n")
        self.keep({"bash": ["5.1.8-6.el9"], "kernel": ["5.14.0-427.el9", "5.14.0-362.el9"]})

    # --- the folder ---

    def path(self, absolute: str) -> Path:
        return self.root / absolute.lstrip("/")

    def write(self, absolute: str, text: str) -> None:
        self.path(absolute).parent.mkdir(parents=True, exist_ok=True)
        self.path(absolute).write_text(text)

    def packages(self) -> dict[str, list[str]]:
        return json.loads(self.path(_DATABASE).read_text())

    def keep(self, packages: dict[str, list[str]]) -> None:
        self.write(_DATABASE, json.dumps(packages))

    def text(self, absolute: str) -> str:
        return self.path(absolute).read_text()

    # --- its commands ---

    def run(self, argv: Sequence[str], _timeout: float, _stdin: str) -> Completed:
        self.commands.append(" ".join(argv))
        words = [word for word in argv[1:] if not word.startswith("--setopt") and word not in ("-y", "--refresh")]
        if argv[0] == "rpm":
            return self._rpm(words)
        if argv[0] == "package-cleanup":
            return self._remove_duplicates()
        if argv[0] not in ("dnf", "yum"):
            return Completed(127, "", f"{argv[0]}: command not found")
        if words[:2] == ["remove", "--duplicates"]:
            return self._remove_duplicates()
        return {"install": self._install, "remove": self._remove, "reinstall": self._reinstall}[words[0]](words[1:])

    def _rpm(self, words: list[str]) -> Completed:
        if words[0] == "--rebuilddb":
            self.is_broken = False
            return Completed(0, "", "")
        if self.is_broken:
            return Completed(1, "", "error: rpmdb open failed")
        if words[0] == "-e":
            return self._erase_test([_name(word) for word in words[2:]])
        names = words[3:] if words[0] == "-q" else list(self.packages())
        lines = [line for name in names for line in self._shown(name)]
        return Completed(0, "\n".join(lines) + "\n", "")

    def _shown(self, name: str) -> list[str]:
        found = self.packages().get(name, [])
        parts = [each.partition("-") for each in found]
        return [f"{name} 0 {part[0]} {part[2]} x86_64" for part in parts] or [f"package {name} is not installed"]

    def _erase_test(self, going: list[str]) -> Completed:
        missed = [
            f"\t{needed} is needed by (installed) {name}-{self.packages()[name][0]}.x86_64"
            for name in self.packages()
            for needed in self.needs.get(name, [])
            if name not in going and needed in going
        ]
        return Completed(1, "", "error: Failed dependencies:\n" + "\n".join(missed)) if missed else Completed(0, "", "")

    def _install(self, words: list[str]) -> Completed:
        for word in words:
            name = next((each for each in self.archive if word in (each, f"{each}-{self.archive[each]}")), None)
            if name is None or self._is_excluded(name):
                return Completed(1, "", f"Error: Unable to find a match: {word}")
            self._bring(name)
        return Completed(0, "", "")

    def _bring(self, name: str) -> None:
        for needed in self.needs.get(name, []):
            self._bring(needed)
        self.keep({**self.packages(), name: [self.archive[name]]})

    def _is_excluded(self, name: str) -> bool:
        words = exclusions._words(exclusions._split(self.text(self.configuration))[1])
        return any(fnmatchcase(name, word) for word in words)

    def _remove(self, words: list[str]) -> Completed:
        names = {_name(word) for word in words}
        self.keep({name: versions for name, versions in self.packages().items() if name not in names})
        return Completed(0, "", "")

    def _reinstall(self, words: list[str]) -> Completed:
        lacking = [word for word in words if _name(word) not in self.packages()]
        return Completed(1, "", f"No match for argument: {lacking[0]}") if lacking else Completed(0, "", "")

    def _remove_duplicates(self) -> Completed:
        several = {"kernel"}
        self.keep({n: v if n in several else v[-1:] for n, v in self.packages().items()})
        return Completed(0, "", "")


def _name(word: str) -> str:
    return word[: -len(".x86_64")] if word.endswith(".x86_64") else word
