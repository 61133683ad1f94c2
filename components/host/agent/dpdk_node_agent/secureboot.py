"""Whether the firmware started only what it trusts (UEFI secure boot)."""

from __future__ import annotations

from .node import Node

# The variable's name and the GUID of EFI_GLOBAL_VARIABLE (UEFI 2.10, 3.3).
VARIABLE = "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
# efivarfs puts four bytes of attributes before the value (Documentation/filesystems/efivarfs.rst).
_ATTRIBUTES = 4


def secure_boot(node: Node) -> bool | None:
    """True or False as the firmware says; None where it says nothing: no UEFI, or efivarfs is not mounted."""
    try:
        text = node.read(VARIABLE)
    except OSError:
        return None
    return None if text is None else text[_ATTRIBUTES : _ATTRIBUTES + 1] == "\x01"
