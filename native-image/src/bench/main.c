#include <stdio.h>

#include "bench/commands.h"
#include "bench/options.h"
#include "version.h"

int main(int count, char **arguments) {
    struct options options;
    struct failure why;
    if (!options_read(count, arguments, &options, &why)) {
        fprintf(stderr, "pantheon-bench: %s\n", why.text);
        return BENCH_USAGE;
    }
    if (options.version) {
        puts("pantheon-bench " PANTHEON_VERSION);
        return BENCH_MEASURED;
    }
    if (options.help) {
        options_help(stdout, options.command);
        return BENCH_MEASURED;
    }
    return command_run(&options);
}
