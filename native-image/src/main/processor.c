/*
 * The first code of the process: refuses a processor that lacks what the others were compiled for (meson's option
 * `march`), which would end in SIGILL, sooner or later and without a word. This file alone is compiled for any x86-64
 * processor. The loader runs .preinit_array before every constructor, DPDK's hundreds too, and nothing of libc but
 * system calls is used.
 */
#include <string.h>
#include <unistd.h>

/* EX_UNAVAILABLE of sysexits.h. systemd does not try again: RestartPreventExitStatus of the service. */
enum { UNAVAILABLE = 69 };

static void refuse_older_processor(void) {
    static const char LINE[] = "pantheon-node: this processor is not of the level " PANTHEON_MARCH
                               " (x86-64 psABI), for which the program was compiled; run it on a newer one, or let a "
                               "virtual machine show its host's\n";
    __builtin_cpu_init();
    if (__builtin_cpu_supports(PANTHEON_MARCH)) return;
    if (write(STDERR_FILENO, LINE, strlen(LINE)) < 0) _exit(UNAVAILABLE);
    _exit(UNAVAILABLE);
}

__attribute__((section(".preinit_array"), used)) static void (*first)(void) = refuse_older_processor;
