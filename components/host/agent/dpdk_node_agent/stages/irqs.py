"""Interrupts stay off the isolated CPUs: those that are there, and through the default mask those that come.

Which ones cannot be moved shows by writing their own mask back: the kernel refuses it (EIO, since Linux 6.12 EPERM;
kernel/irq/proc.c, write_irq_affinity) for per-CPU interrupts, for timers and for those of multi-queue devices, which it
spreads itself; `isolcpus=managed_irq` keeps the latter off as well as it can. They are said, and are no failure.

Numbers of interrupts belong to one boot, so masks are remembered under its id and mean nothing in another."""

from __future__ import annotations

from .. import kernelfiles
from ..bootid import boot_id
from ..errors import AgentError
from ..kernelfiles import Setting
from ..node import Node
from ..ranges import as_list, as_mask, numbers, of_mask
from ..stage import Finding, ok, partial
from ..store import forget, saved
from ..sysfs import value
from ..tuningplan import asked, isolated, kept_off

NAME = "irqs"
PHASE = "run"

HOME = "/proc/irq"
# A mask, where all others of this stage are lists.
DEFAULT = f"{HOME}/default_smp_affinity"
_STUCK = "stuck"
# Everything in an interrupt's folder that is not the name of who handles it (kernel/irq/proc.c, register_irq_proc).
_FILES = (
    "affinity_hint",
    "effective_affinity",
    "effective_affinity_list",
    "node",
    "smp_affinity",
    "smp_affinity_list",
    "spurious",
)
# So many interrupts are named, of more the number is said.
_NAMED = 8


def check(node: Node, plan: dict) -> Finding:
    if not asked(plan, "irqs"):
        return partial("moved for an earlier plan") if saved(node, NAME) else ok("not asked for")
    settings, stuck = _settings(node, plan), _stuck(node)
    wrong = [setting for setting in settings if not setting.is_so()]
    left = [setting for setting in wrong if _is_stuck(node, setting, stuck)]
    moved = [setting.called for setting in wrong if setting not in left]
    cpus = as_list(isolated(plan))
    if moved:
        more = f" and {len(moved) - _NAMED} more" if len(moved) > _NAMED else ""
        return partial(f"on isolated CPUs: {', '.join(moved[:_NAMED])}{more}")
    kept = f"; the kernel does not let go of {', '.join(setting.called for setting in left)}" if left else ""
    return ok(f"{len(settings) - len(left)} masks keep interrupts off CPU {cpus}{kept}")


def apply(node: Node, plan: dict) -> None:
    if not asked(plan, "irqs"):
        revert(node)
        return
    _forget_other_boots(node)
    settings = _settings(node, plan)
    kernelfiles.remember(node, NAME, {setting.path: setting.now for setting in settings}, boot_id(node))
    stuck = _stuck(node)
    failed = [why for setting in settings for why in _move(node, setting, stuck)]
    if failed:
        raise AgentError(
            "interrupts stay on isolated CPUs",
            where=HOME,
            value="; ".join(failed),
            remedy="give housekeeping more CPUs: each has about 200 vectors, then run up again",
        )


def revert(node: Node) -> list[str]:
    boot = boot_id(node)
    done = []
    for path, before in kernelfiles.originals(node, NAME, boot).items():
        now = _cpus(node, path)
        if now is not None and now != before and _is_taken(node, path, before):
            done.append(f"{path}: {before} as before")
    for key in saved(node, NAME):
        forget(node, NAME, key)
    return done


def explain(node: Node, plan: dict) -> list[str]:
    if not asked(plan, "irqs"):
        return ["give interrupts the masks of before"] if saved(node, NAME) else []
    stuck = _stuck(node)
    wrong = [setting for setting in _settings(node, plan) if not setting.is_so()]
    return [
        f"move {setting.called} from {setting.now} to {setting.text}"
        for setting in wrong
        if not _is_stuck(node, setting, stuck)
    ]


def _settings(node: Node, plan: dict) -> list[Setting]:
    irqs = sorted(filter(str.isdigit, node.names(HOME)), key=int)
    found = []
    for path in [DEFAULT, *(f"{HOME}/{irq}/smp_affinity_list" for irq in irqs)]:
        now = _cpus(node, path)
        if now:
            found.append(Setting(path, _called(path), now, _text(path, kept_off(_set(path, now), plan))))
    return found


def _move(node: Node, setting: Setting, stuck: dict[str, str]) -> list[str]:
    """Moves one interrupt; answers why it stays where one that can be moved does."""
    if setting.is_so() or _is_stuck(node, setting, stuck):
        return []
    if not _is_taken(node, setting.path, setting.now):
        if node.exists(setting.path):
            stuck[setting.path] = _handlers(node, setting.path)
            kernelfiles.remember(node, NAME, {setting.path: stuck[setting.path]}, f"{boot_id(node)}.{_STUCK}")
        return []
    try:
        node.write_value(setting.path, setting.text)
    except AgentError as refused:
        return [f"{setting.called}: {refused.value}"] if node.exists(setting.path) else []
    return []


def _is_taken(node: Node, path: str, text: str) -> bool:
    try:
        node.write_value(path, text)
    except AgentError:
        return False
    return True


def _stuck(node: Node) -> dict[str, str]:
    return kernelfiles.originals(node, NAME, f"{boot_id(node)}.{_STUCK}")


def _is_stuck(node: Node, setting: Setting, stuck: dict[str, str]) -> bool:
    """Known not to be movable, and still the same device's: a number is given to another one when it is free."""
    return setting.path in stuck and stuck[setting.path] == _handlers(node, setting.path)


def _handlers(node: Node, path: str) -> str:
    folder = path.rpartition("/")[0]
    return ", ".join(name for name in node.names(folder) if name not in _FILES)


def _forget_other_boots(node: Node) -> None:
    for key in saved(node, NAME):
        if key.partition(".")[0] != boot_id(node):
            forget(node, NAME, key)


def _called(path: str) -> str:
    return "the default mask" if path == DEFAULT else f"IRQ {path.split('/')[3]}"


def _cpus(node: Node, path: str) -> str | None:
    text = value(node, path)
    return text if text is None or path != DEFAULT else as_mask(of_mask(text))


def _set(path: str, text: str) -> set[int]:
    return of_mask(text) if path == DEFAULT else set(numbers(text))


def _text(path: str, cpus: set[int]) -> str:
    return as_mask(cpus) if path == DEFAULT else as_list(cpus)
