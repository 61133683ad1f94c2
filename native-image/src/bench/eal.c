#include "bench/eal.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include <rte_dev.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_random.h>

enum { MEMORY_MB = 256 };

bool eal_begin(unsigned cpu, struct failure *why) {
    char lcores[32], memory[16], prefix[40];
    snprintf(lcores, sizeof lcores, "--lcores=0@%u", cpu);
    snprintf(memory, sizeof memory, "-m%d", MEMORY_MB);
    snprintf(prefix, sizeof prefix, "--file-prefix=pantheon-bench-%d", (int)getpid());
    char *arguments[] = {"pantheon-bench",    lcores, "--no-huge",  memory, "--no-pci", "--no-telemetry",
                         "--log-level=error", prefix, "--no-shconf"};
    if (rte_eal_init((int)(sizeof arguments / sizeof *arguments), arguments) >= 0) return true;
    return failed(why, "EAL does not start: %s; read its lines above", rte_strerror(rte_errno));
}

bool eal_plug_memif(const char *socket, bool jumbo, struct failure *why) {
    char arguments[200];
    snprintf(arguments, sizeof arguments, "role=client,id=0,socket=%s,socket-abstract=no%s", socket,
             jumbo ? ",bsize=9216" : "");
    if (rte_eal_hotplug_add("vdev", "net_memif0", arguments) == 0) return true;
    return failed(why, "the memif port cannot be made: %s", rte_strerror(rte_errno));
}

void eal_unplug_memif(void) {
    rte_eal_hotplug_remove("vdev", "net_memif0");
}

static bool plug_end(const char *name, const char *role, uint64_t number, struct failure *why) {
    char arguments[200];
    snprintf(arguments, sizeof arguments, "role=%s,id=0,socket=pantheon-bench-%" PRIx64 ",socket-abstract=yes,rsize=%u",
             role, number, EAL_MESH_RING_LOG2);
    if (rte_eal_hotplug_add("vdev", name, arguments) == 0) return true;
    return failed(why, "the memif port %s cannot be made: %s", name, rte_strerror(rte_errno));
}

bool eal_plug_mesh(struct failure *why) {
    /* An abstract socket leaves no file behind. Nobody else's has this name. */
    uint64_t number = rte_rand();
    return plug_end(EAL_MESH_IN, "server", number, why) && plug_end(EAL_MESH_OUT, "client", number, why);
}

void eal_end(void) {
    rte_eal_cleanup();
}
