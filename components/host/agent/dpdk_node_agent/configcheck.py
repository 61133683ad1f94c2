"""What the image's own program says of a configuration, before any of it is written: it reads copies that are staged
for it, as the service's user, without a network and without rights."""

from __future__ import annotations

from . import folders, imagestore, serviceplan
from .accounts import gid, uid
from .errors import AgentError
from .node import Completed, Node

# The contract's exit codes of pantheon-node (components/host, "configuration refused": EX_CONFIG of sysexits.h).
REFUSED = 78
# Not below the agent's own folder, which only root may enter.
STAGED = "/run/dpdk-fleet-check"
# The start of a container takes up to 25 s under emulation; the check itself reads two files.
_SECONDS = 120
# A configuration with more mistakes than a person reads at once.
_LINES = 20


def refuse_configuration(node: Node, plan: dict) -> None:
    """Raises one error with the program's own lines where it does not accept the plan's configuration."""
    clear(node)
    node.make_folder(STAGED)
    for file in serviceplan.files(plan):
        owner = (uid(node, file["owner"]), gid(node, file["group"]))
        node.write_file(_staged(file["path"]), file["content"], int(file["mode"], 8), *owner)
    answer = node.ask(*_command(node, plan), timeout=_SECONDS)
    clear(node)
    if answer.code == 0:
        return
    lines = _lines(plan, answer)
    if answer.code == REFUSED:
        raise AgentError(
            "the data plane's own program refuses the configuration",
            where=plan["service"]["configToml"],
            value=" / ".join(lines) or "no reason given",
            remedy="correct the fleet file; nothing was written, and what runs goes on",
        )
    raise AgentError(
        "the image's program cannot say whether the configuration is right",
        where=plan["image"]["reference"],
        value=f"exit code {answer.code}: {' / '.join(lines[-3:])}",
        remedy="see whether it runs on this node; nothing was written, and what runs goes on",
    )


def clear(node: Node) -> None:
    """Takes the staged copies away; an agent that was killed has left them."""
    folders.remove_tree(node, STAGED)


def _staged(path: str) -> str:
    return f"{STAGED}/{path.rpartition('/')[2]}"


def _command(node: Node, plan: dict) -> list[str]:
    service = plan["service"]
    user, group = uid(node, service["user"]), gid(node, service["group"])
    if service["runtime"] == serviceplan.PODMAN:
        folder = serviceplan.folder(service)
        # Without a cgroup of its own and a timer for the health check it needs no D-Bus, and may run below the worker's.
        options = ["--rm", "--pull=never", "--network=none", "--cgroups=disabled", "--no-healthcheck"]
        options.append("--log-driver=none")
        options += ["--cap-drop=all", "--security-opt=no-new-privileges", "--read-only", f"--user={user}:{group}"]
        options.append(f"--volume={STAGED}:{folder}:ro")
        return [
            "podman",
            "run",
            *options,
            plan["image"]["reference"],
            "--config",
            service["configToml"],
            "--check-config",
        ]
    files = ["--config", _staged(service["configToml"]), "--dpdk-config", _staged(service["dpdkConf"])]
    command = [imagestore.program(plan), *files, "--check-config"]
    # Not for the journal, though the worker's own lines are: there each line would begin with its level.
    command = ["env", "--unset=JOURNAL_STREAM", "--unset=NOTIFY_SOCKET", *command]
    if user == 0:
        return command
    return ["setpriv", f"--reuid={user}", f"--regid={group}", "--init-groups", "--no-new-privs", *command]


def _lines(plan: dict, answer: Completed) -> list[str]:
    """The program's lines, with the files called by the names that they will have."""
    text = (answer.err or answer.out).replace(STAGED, serviceplan.folder(plan["service"]))
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    more = [f"and {len(lines) - _LINES} more"] if len(lines) > _LINES else []
    return lines[:_LINES] + more
