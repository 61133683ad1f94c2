"""What boots this node: how new kernel arguments are tried once, and how proved ones are written for good.

A boot loader is a module with these names, chosen by detect.py:

    KIND: str                                        how it is called
    PLACE: str                                       where arguments are written for good, for a person
    default_entry(node) -> Entry                     what boots when nothing else is asked for: arguments(), kernel(),
                                                     initrds(), is_rescue()
    conflict(node, asked, ours) -> (where, tokens)   the operator's own tokens that stand for something else, or None
    fault(node, asked, ours) -> str                  what an entry that may boot lacks or still has; empty where right
    is_written(node, now, ours) -> bool              whether kernels to come inherit exactly `now`
    write(node, asked, now, known) -> str            writes for good; where that would not be right it changes
                                                     nothing and answers why
    remove(node, ours) -> list[str]                  puts back what was there; a line for each thing done

`now` are the tokens to be written, `ours` all that may stand there from the agent, `known` what ownedarguments
remembers. A way to boot once is a module with these:

    NOT_TAKEN: str                                   what is said where the wish for it is still there after a boot
    refuse_unless_possible(node, plan, entry)        refused with its remedy; changes nothing
    command_line(entry, line) -> list[str]           what /proc/cmdline will be
    write_entry(node, entry, line) -> None           an entry of our own that boots what `entry` boots, with `line`
    ask(node) -> None                                the next boot is that entry, once; read back
    is_asked(node) -> bool
    is_there(node) -> bool                           whether anything of it has not been taken away yet
    remove(node) -> list[str]
"""
