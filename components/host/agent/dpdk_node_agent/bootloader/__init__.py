"""What boots this node: how new kernel arguments are tried once, and how proved ones are written for good.

A boot loader is a module with these names, chosen by detect.py:

    KIND: str                                        how it is called
    PLACE: str                                       where arguments are written for good, for a person
    default_entry(node) -> Entry                     what boots when nothing else is asked for: arguments(), kernel(),
                                                     initrds(), is_rescue()
    conflict(node, asked, known) -> (where, tokens)  the operator's own tokens that stand for something else, or None
    fault(node, asked, known) -> str                 what an entry that may boot lacks or still has; empty where right
    is_written(node, known) -> bool                  whether kernels to come inherit exactly known.now
    write(node, asked, known, before) -> str         writes known.now for good; where that would not be right it puts
                                                     back what `before` had and answers why
    remove(node, known) -> list[str]                 puts back what was there; a line for each thing done

`known` is what ownedarguments remembers: which tokens may be the agent's. A way to boot once is a module with these:

    NOT_TAKEN: str                                   what is said where the wish for it is still there after a boot
    refuse_unless_possible(node, plan, entry)        refused with its remedy; changes nothing
    command_line(entry, line) -> list[str]           what /proc/cmdline will be
    write_entry(node, entry, line) -> None           an entry of our own that boots what `entry` boots, with `line`
    ask(node) -> None                                the next boot is that entry, once; read back
    is_asked(node) -> bool
    is_there(node) -> bool                           whether anything of it has not been taken away yet
    remove(node) -> list[str]
"""
