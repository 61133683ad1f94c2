#!/usr/bin/env python3
"""Stands in for a node in tests of the engine: the forced command of a test's sshd, in a folder of its own.

    scripted-agent.py FOLDER

Answers `install` and `uninstall`, and `converge` with the first line of FOLDER/answers (`CODE TEXT`; nothing there: done).
Every command that was run is a line of FOLDER/log; the last plan is FOLDER/plan.json. The agent itself is tested beside
its code and in the lab's guests; here only what the engine makes of its answers."""

import os
import sys
from pathlib import Path

folder = Path(sys.argv[1])
command = os.environ.get("SSH_ORIGINAL_COMMAND", "")


def note(line: str) -> None:
    with open(folder / "log", "a") as log:
        log.write(line + "\n")


def next_answer() -> tuple[int, str]:
    answers = folder / "answers"
    lines = answers.read_text().splitlines() if answers.exists() else []
    if not lines:
        return 0, ""
    answers.write_text("".join(line + "\n" for line in lines[1:]))
    code, _, text = lines[0].partition(" ")
    return int(code), text


os.chdir(folder)
if command.endswith("sftp-server"):
    note("upload")
    os.execv(command, [command])
elif " install --sha256 " in command:
    note("install")
elif " converge" in command:
    (folder / "plan.json").write_text(sys.stdin.read())
    code, text = next_answer()
    note(f"converge {code}")
    if code != 0:
        print(text, file=sys.stderr)
        sys.exit(code)
    print('{"stages":{}}')
elif " uninstall" in command:
    note("uninstall")
    code, text = (0, "")
else:
    note(f"unexpected: {command}")
    sys.exit(127)
