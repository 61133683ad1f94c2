#include "consensus/repair.h"

void repair_begin(struct repair *repair, uint64_t due_ns, uint32_t patience) {
    *repair = (struct repair){.due_ns = due_ns, .patience = patience};
}

void repair_end(struct repair *repair) {
    repair->due_ns = REPAIR_NEVER;
}

bool repair_arrived(struct repair *repair, uint32_t index, uint64_t now_ns, uint64_t wait_ns) {
    bool asked = repair->outstanding > 0 && index < repair->asked_end;
    repair->tries = 0;
    repair->due_ns = now_ns + wait_ns;
    if (asked) {
        repair->answered = true;
        repair->outstanding--;
        if (repair->outstanding == 0 || index + 1 == repair->asked_end) repair->due_ns = now_ns;
    }
    return asked;
}

enum repair_target repair_due(struct repair *repair, const struct block *block, uint64_t now_ns, uint64_t wait_ns,
                              struct repair_request *request) {
    if (now_ns < repair->due_ns) return REPAIR_NOBODY;
    if (block->state == BLOCK_COMPLETE || repair->tries == REPAIR_TRIES) {
        repair_end(repair);
        return REPAIR_NOBODY;
    }
    if (repair->outstanding > 0 && !repair->answered && repair->patience > 0) repair->patience--;
    repair->asked_end = assembly_missing(block, request);
    repair->outstanding = request->shreds;
    repair->answered = false;
    uint32_t doublings = repair->tries < REPAIR_MAX_DOUBLINGS ? repair->tries : REPAIR_MAX_DOUBLINGS;
    repair->due_ns = now_ns + (wait_ns << doublings);
    repair->tries++;
    return repair->patience == 0 ? REPAIR_LEADER : REPAIR_PARENT;
}
