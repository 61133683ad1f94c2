#include "worker/stages.h"

#include <string.h>

const char *stage_name(enum stage stage) {
    static const char *const NAMES[STAGES] = {"receive", "judge", "applications", "send", "probes", "idle", "pause"};
    return NAMES[stage];
}

static void make_idle(struct stages *stages) {
    for (unsigned i = 0; i < STAGE_IDLE; i++) {
        stages->cycles[STAGE_IDLE] += stages->cycles[i];
        stages->cycles[i] = 0;
    }
}

void stages_end_round(struct stages *stages, bool busy) {
    if (!busy) make_idle(stages);
    for (unsigned i = 0; i < STAGES; i++) {
        counter_add(&stages->list[i].cycles, stages->cycles[i]);
        counter_add(&stages->list[i].packets, stages->packets[i]);
    }
    counter_add(&stages->rounds, 1);
    if (busy) counter_add(&stages->busy_rounds, 1);
    memset(stages->cycles, 0, sizeof stages->cycles);
    memset(stages->packets, 0, sizeof stages->packets);
}
