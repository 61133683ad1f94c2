"""System groups and users of the data plane. One that is there is taken as it is, and stays at revert."""

from __future__ import annotations

from .. import servicestate
from ..accounts import known_gid, known_uid, row
from ..errors import AgentError
from ..node import Node
from ..ownedfiles import remember, restore_owned
from ..stage import Finding, absent, ok, partial
from ..store import forget, save_once, saved

NAME = "accounts"
PHASE = "run"

_NOTHING: dict = {"groups": [], "users": []}
# What useradd and its kin keep of the lists as they were before their last change (passwd(5), FILES).
_BACKUPS = "accounts.backups"
_BACKUP_FILES = tuple(f"/etc/{name}-" for name in ("passwd", "group", "shadow", "gshadow", "subuid", "subgid"))
# Debian's "nogroup" and Red Hat's "nobody": the group of no file.
_NOBODY = "65534"


def check(node: Node, plan: dict) -> Finding:
    missing = _missing(node, plan)
    wrong = [f"{label}: not there" for label in missing]
    wrong += [f"user {user['name']}: not in {', '.join(groups)}" for user, groups in _lacking_groups(node, plan)]
    wrong += [f"{key}: made for an earlier plan" for key in _obsolete(node, plan)]
    asked = _labels(plan)
    if not wrong:
        return ok(", ".join(asked) or "no account asked for")
    return absent(", ".join(wrong)) if asked and missing == asked else partial(", ".join(wrong))


def apply(node: Node, plan: dict) -> None:
    obsolete = _obsolete(node, plan)
    if (
        any(key.startswith("user ") for key in obsolete)
        and servicestate.is_ours(node)
        and servicestate.show(node).is_up
    ):
        servicestate.stop(node)  # an account that a process runs as cannot go; its stage, which comes last, starts it
    for key in obsolete:
        _put_back(node, key)
    if not saved(node, NAME) and not _missing(node, plan):
        restore_owned(node, _BACKUPS)
    if _missing(node, plan):
        for path in _BACKUP_FILES:
            remember(node, _BACKUPS, path)
    for group in _groups(plan):
        if known_gid(node, group) is None:
            save_once(node, NAME, f"group {group}", None)
            node.run("groupadd", "--system", group)
    for user in _accounts(plan)["users"]:
        if known_uid(node, user["name"]) is None:
            _make_user(node, user)
    for user, groups in _lacking_groups(node, plan):
        node.run("usermod", "--append", "--groups", ",".join(groups), user["name"])
    for label in _missing(node, plan):
        raise AgentError(
            f"{label} was made and is not there", where="/etc/passwd", remedy="look at the node's nsswitch"
        )


def revert(node: Node) -> list[str]:
    """Users first: a group that is somebody's own cannot go."""
    done = [_put_back(node, key) for key in _last_first(saved(node, NAME))]
    restore_owned(node, _BACKUPS)
    return done


def explain(node: Node, plan: dict) -> list[str]:
    lines = [f"remove the {key} of an earlier plan" for key in _obsolete(node, plan)]
    lines += [f"make the system {label}" for label in _missing(node, plan)]
    return lines + [f"add {user['name']} to {', '.join(groups)}" for user, groups in _lacking_groups(node, plan)]


def _accounts(plan: dict) -> dict:
    return plan.get("accounts") or _NOTHING


def _groups(plan: dict) -> list[str]:
    """Every group that is named, once."""
    users = _accounts(plan)["users"]
    named = [*_accounts(plan)["groups"], *(name for user in users for name in (user["group"], *user["groups"]))]
    return list(dict.fromkeys(named))


def _labels(plan: dict) -> list[str]:
    return [f"group {name}" for name in _groups(plan)] + [f"user {user['name']}" for user in _accounts(plan)["users"]]


def _missing(node: Node, plan: dict) -> list[str]:
    return [label for label in _labels(plan) if not _is_there(node, label)]


def _is_there(node: Node, label: str) -> bool:
    kind, _, name = label.partition(" ")
    return (known_gid if kind == "group" else known_uid)(node, name) is not None


def _lacking_groups(node: Node, plan: dict) -> list[tuple[dict, list[str]]]:
    """Users that we made, for an earlier plan perhaps, and the groups that they are not in yet."""
    ours = saved(node, NAME)
    found = []
    for user in _accounts(plan)["users"]:
        if f"user {user['name']}" in ours and _is_there(node, f"user {user['name']}"):
            groups = [group for group in user["groups"] if not _is_member(node, user["name"], group)]
            found += [(user, groups)] if groups else []
    return found


def _is_member(node: Node, user: str, group: str) -> bool:
    fields = row(node, "group", group)
    return fields is not None and len(fields) > 3 and user in fields[3].split(",")


def _make_user(node: Node, user: dict) -> None:
    save_once(node, NAME, f"user {user['name']}", {"group": user["group"]})
    words = ["useradd", "--system", "--no-create-home", "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin"]
    words += ["--gid", user["group"]]
    if user["groups"]:
        words += ["--groups", ",".join(user["groups"])]
    node.run(*words, user["name"])


def _obsolete(node: Node, plan: dict) -> list[str]:
    return [key for key in _last_first(saved(node, NAME)) if key not in _labels(plan)]


def _last_first(keys: dict) -> list[str]:
    return sorted(keys, key=lambda key: not key.startswith("user "))


def _put_back(node: Node, key: str) -> str:
    kind, _, name = key.partition(" ")
    if _is_there(node, key):
        if kind == "user":
            _remove_user(node, name)
        else:
            node.run("groupdel", name)
    forget(node, NAME, key)
    return f"{key}: removed, it was not there before"


def _remove_user(node: Node, name: str) -> None:
    """userdel takes the group of the same name along (USERGROUPS_ENAB of login.defs), which may not be ours."""
    if f"group {name}" not in saved(node, NAME) and known_gid(node, name) is not None:
        node.run("usermod", "--gid", _NOBODY, name)
    node.run("userdel", name)
