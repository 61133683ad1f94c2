#include "bench/subject_testpmd.h"

#include <stdio.h>
#include <unistd.h>

/* It runs until somebody writes to it or that end is closed: a pipe of its own, to which nobody writes. */
static void never_told_anything(void) {
    int ends[2];
    if (pipe(ends) == 0) dup2(ends[0], STDIN_FILENO);
}

void subject_testpmd_become(const struct subject *subject, const struct subject_settings *settings) {
    char lcores[48], memory[16], port[200], prefix[40], ring[2][24], buffers[40], burst[24], cache[24];
    snprintf(lcores, sizeof lcores, "--lcores=0@%u,1@%u", settings->our_cpu, settings->cpu);
    snprintf(memory, sizeof memory, "-m%d", SUBJECT_MEMORY_MB);
    snprintf(port, sizeof port, "--vdev=net_memif0,role=server,id=0,socket=%s,socket-abstract=no,mac=52:54:00:d1:00:01",
             subject->memif);
    snprintf(prefix, sizeof prefix, "--file-prefix=testpmd-%d", (int)getpid());
    snprintf(ring[0], sizeof ring[0], "--rxd=%d", SUBJECT_RING);
    snprintf(ring[1], sizeof ring[1], "--txd=%d", SUBJECT_RING);
    snprintf(buffers, sizeof buffers, "--total-num-mbufs=%d", SUBJECT_BUFFERS);
    snprintf(burst, sizeof burst, "--burst=%d", SUBJECT_BURST);
    snprintf(cache, sizeof cache, "--mbcache=%d", SUBJECT_CACHE);
    /* Its lines come when they are written, not when 4 KiB of them are there: stdbuf(1), of coreutils. */
    char *arguments[] = {"stdbuf",
                         "-oL",
                         (char *)(uintptr_t)settings->program,
                         lcores,
                         memory,
                         "-n4",
                         "--no-huge",
                         "--no-pci",
                         "--no-telemetry",
                         prefix,
                         port,
                         "--",
                         "--forward-mode=macswap",
                         "--nb-cores=1",
                         ring[0],
                         ring[1],
                         buffers,
                         burst,
                         cache,
                         "--port-topology=loop",
                         "--disable-link-check",
                         "--no-lsc-interrupt",
                         "--no-flush-rx",
                         "--no-mlockall",
                         "--no-numa",
                         NULL};
    never_told_anything();
    execvp(*arguments, arguments);
}
