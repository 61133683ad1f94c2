#include "bench/options.h"

#include <getopt.h>
#include <inttypes.h>
#include <string.h>

#include "bench/mesh.h"
#include "bench/spread.h"
#include "bench/stress.h"
#include "bench/units.h"
#include "config/patterns.h"

enum { HELP = 1, VERSION, FIRST_RULE };

static const uint64_t SECOND = 1000000000, MILLISECOND = 1000000;

/* What an ordinary machine has to spare; more would be taken from the page cache of others, or fail in the middle. */
static const uint64_t MOST_MEMORY = 4ull << 30;

enum kind { KIND_BACKEND, KIND_TRAFFIC, KIND_TEXT, KIND_SHARE, KIND_DURATION, KIND_SIZE, KIND_NUMBER };

/* What can be given, in the order of the help. Limits: of durations in ns, of sizes in bytes. */
static const struct rule {
    enum bench_option option;
    enum kind kind;
    const char *name;
    const char *value;
    const char *help;
    uint64_t least;
    uint64_t most;
} RULES[] = {
    {OPTION_BACKEND, KIND_BACKEND, "backend", "NAME", "dpdk, kernel or both; both if not given", 0, 0},
    {OPTION_TRAFFIC, KIND_TRAFFIC, "traffic", "NAME", "packets, transactions or both; both if not given", 0, 0},
    {OPTION_CONFIG, KIND_TEXT, "config", "FILE", "config.toml of the node; names dpdk.conf", 0, 0},
    {OPTION_JSON, KIND_TEXT, "json", "FILE", "write everything that was measured there", 0, 0},
    {OPTION_SVG, KIND_TEXT, "svg", "FILE", "draw it there", 0, 0},
    {OPTION_MAX_STEAL, KIND_SHARE, "max-steal", "N%", "discard runs that lost more of one CPU; 2% if not given", 0, 0},
    /* A day is far above what anybody waits for, and far below what would overflow. */
    {OPTION_DURATION, KIND_DURATION, "duration", "TIME", "of each run", SECOND, 86400 * SECOND},
    /* As many as peers: a connection is a sender with a port of its own. */
    {OPTION_CONNECTIONS, KIND_NUMBER, "connections", "N", "senders of transactions; 500 if not given", 1, 65535},
    /* Above what a 100 Gbit/s wire takes of the smallest frames in hundreds of millions: a mistake in typing. */
    {OPTION_TX_RATE, KIND_NUMBER, "tx-rate", "N", "transactions a second of all of them; 10000 if not given", 1,
     200000000},
    {OPTION_VALIDATORS, KIND_NUMBER, "validators", "N", "100 if not given", 2, MESH_MOST_ENDPOINTS},
    {OPTION_BLOCK_TIME, KIND_DURATION, "block-time", "TIME", "from one block to the next; 2s if not given",
     100 * MILLISECOND, 60 * SECOND},
    /* A shred's least; what 100 validators need 1.6 GB for. */
    {OPTION_BLOCK_SIZE, KIND_SIZE, "block-size", "SIZE", "of a block, as in 1MB (1,048,576 bytes); 128KB if not given",
     512, 4 << 20},
    {OPTION_LOSS, KIND_SHARE, "loss", "N%", "of all datagrams; 0% and then 1% if not given", 0, 0},
    /* protocol/header.h: the hint has 16 bits, and its last value is no peer. */
    {OPTION_PEERS, KIND_NUMBER, "peers", "N", "100 if not given", 1, 65535},
    /* Ethernet's least; the most that the cards of our drivers take as a jumbo frame. */
    {OPTION_PACKET_SIZE, KIND_NUMBER, "packet-size", "BYTES", "of the frame with its FCS, as RFC 2544 counts", 64,
     9216},
    {OPTION_PAIRS, KIND_NUMBER, "pairs", "N", "runs of each backend; 6 if not given, the fewest for 95 %", 1,
     SPREAD_MOST_PAIRS},
};

enum { RULE_COUNT = sizeof RULES / sizeof RULES[0] };

static void take_text(struct options *options, enum bench_option option, const char *text) {
    if (option == OPTION_CONFIG) options->config = text;
    if (option == OPTION_JSON) options->json = text;
    if (option == OPTION_SVG) options->svg = text;
}

static void take_number(struct options *options, enum bench_option option, uint64_t number) {
    switch (option) {
    case OPTION_DURATION: options->duration_ns = number; break;
    case OPTION_BLOCK_TIME: options->block_time_ns = number; break;
    case OPTION_CONNECTIONS: options->connections = (uint32_t)number; break;
    case OPTION_TX_RATE: options->tx_rate = (uint32_t)number; break;
    case OPTION_VALIDATORS: options->validators = (uint32_t)number; break;
    case OPTION_PEERS: options->peers = (uint32_t)number; break;
    case OPTION_PACKET_SIZE: options->packet_size = (uint32_t)number; break;
    case OPTION_PAIRS: options->pairs = (uint32_t)number; break;
    case OPTION_BLOCK_SIZE: options->block_bytes = (uint32_t)number; break;
    default: break;
    }
}

static bool take_backend(struct options *options, const char *text, struct failure *why) {
    static const char *const NAMES[] = {[BACKEND_DPDK] = "dpdk", [BACKEND_KERNEL] = "kernel", [BACKEND_BOTH] = "both"};
    for (unsigned i = BACKEND_DPDK; i <= BACKEND_BOTH; i++) {
        if (strcmp(text, NAMES[i]) != 0) continue;
        options->backend = (enum bench_backend)i;
        return true;
    }
    return failed(why, "--backend: found %.40s; must be dpdk, kernel or both", text);
}

static bool take_traffic(struct options *options, const char *text, struct failure *why) {
    static const char *const NAMES[] = {
        [COMPARED_PACKETS] = "packets", [COMPARED_TRANSACTIONS] = "transactions", [COMPARED_BOTH] = "both"};
    for (unsigned i = COMPARED_PACKETS; i <= COMPARED_BOTH; i++) {
        if (strcmp(text, NAMES[i]) != 0) continue;
        options->traffic = (enum compared_traffic)i;
        return true;
    }
    return failed(why, "--traffic: found %.40s; must be packets, transactions or both", text);
}

static bool take_duration(struct options *options, const struct rule *rule, const char *text, struct failure *why) {
    uint64_t ns;
    if (!units_duration(text, &ns))
        return failed(why, "--%s: found %.40s; must be a whole number and its unit: ns, us, ms, s, m or h, as in 60s",
                      rule->name, text);
    if (ns < rule->least || ns > rule->most) {
        bool whole = rule->least % SECOND == 0;
        return failed(why, "--%s: found %.40s; must be from %" PRIu64 "%s to %" PRIu64 "s", rule->name, text,
                      rule->least / (whole ? SECOND : MILLISECOND), whole ? "s" : "ms", rule->most / SECOND);
    }
    take_number(options, rule->option, ns);
    return true;
}

static bool take_size(struct options *options, const struct rule *rule, const char *text, struct failure *why) {
    uint64_t bytes;
    if (!units_size(text, &bytes))
        return failed(why, "--%s: found %.40s; must be a whole number and its unit: B, KB or MB, as in 128KB",
                      rule->name, text);
    if (bytes < rule->least || bytes > rule->most)
        return failed(why, "--%s: found %.40s; must be from %" PRIu64 "B to %" PRIu64 "MB", rule->name, text,
                      rule->least, rule->most >> 20);
    take_number(options, rule->option, bytes);
    return true;
}

static bool take(struct options *options, const struct rule *rule, const char *text, struct failure *why) {
    uint32_t number;
    switch (rule->kind) {
    case KIND_BACKEND: return take_backend(options, text, why);
    case KIND_TRAFFIC: return take_traffic(options, text, why);
    case KIND_DURATION: return take_duration(options, rule, text, why);
    case KIND_SHARE:
        if (units_share(text, rule->option == OPTION_LOSS ? &options->loss : &options->most_steal)) return true;
        return failed(why, "--%s: found %.40s; must be from 0%% to 100%%, without a fraction", rule->name, text);
    case KIND_SIZE: return take_size(options, rule, text, why);
    case KIND_TEXT:
        if (text[0] == '\0') return failed(why, "--%s: found nothing; must be the name of a file", rule->name);
        take_text(options, rule->option, text);
        return true;
    case KIND_NUMBER: break;
    }
    if (!pattern_number(text, &number) || number < rule->least || number > rule->most)
        return failed(why, "--%s: found %.40s; must be from %" PRIu64 " to %" PRIu64, rule->name, text, rule->least,
                      rule->most);
    take_number(options, rule->option, number);
    return true;
}

/* What one value alone cannot say. */
static bool fits(const struct options *options, struct failure *why) {
    bool blocks = (options->command->options & OPTION_BLOCK_TIME) != 0;
    if (blocks && options->block_time_ns > options->duration_ns)
        return failed(why, "--block-time: is longer than --duration; there would be no block");
    uint64_t memory = stress_memory(options->validators, options->block_bytes);
    if (blocks && memory > MOST_MEMORY)
        return failed(why,
                      "--block-size: %" PRIu32 " validators would need %" PRIu64 " MB for blocks, and %" PRIu64
                      " MB are the most; take fewer of them, or smaller blocks",
                      options->validators, memory >> 20, MOST_MEMORY >> 20);
    if (strcmp(options->command->name, "compare") == 0 && options->backend != BACKEND_BOTH)
        return failed(why, "--backend: compare needs both");
    return true;
}

static bool read_rest(int count, char *const *arguments, struct options *options, struct failure *why) {
    struct option names[RULE_COUNT + 2] = {{"help", no_argument, NULL, HELP}};
    const struct bench_command *command = options->command;
    for (int i = 0; i < RULE_COUNT; i++)
        names[i + 1] = (struct option){RULES[i].name, required_argument, NULL, FIRST_RULE + i};
    int name;
    while ((name = getopt_long(count, arguments, "+:", names, NULL)) != -1) {
        if (name == ':') return failed(why, "%.80s lacks its value; see --help", arguments[optind - 1]);
        if (name == '?') return failed(why, "%.80s is no option of pantheon-bench; see --help", arguments[optind - 1]);
        if (name == HELP) return options->help = true;
        const struct rule *rule = &RULES[name - FIRST_RULE];
        if ((command->options & rule->option) == 0)
            return failed(why, "--%s is no option of %s; see pantheon-bench %s --help", rule->name, command->name,
                          command->name);
        if (!take(options, rule, optarg, why)) return false;
    }
    if (optind < count) return failed(why, "%.80s belongs to no option; see --help", arguments[optind]);
    return fits(options, why);
}

/*
 * The block of consensus/test_network.c, which has a machine for each validator: so both can be compared. A larger one
 * measures the one core that all validators share here, and little else.
 */
enum { BLOCK_BYTES = 128 << 10 };

static struct options defaults(const struct bench_command *command) {
    return (struct options){.command = command,
                            .backend = BACKEND_BOTH,
                            .traffic = COMPARED_BOTH,
                            .most_steal = OPTIONS_MOST_STEAL,
                            .duration_ns = command->duration_ns,
                            .packet_size = command->packet_size,
                            .block_time_ns = 2 * SECOND,
                            .block_bytes = BLOCK_BYTES,
                            .loss = OPTIONS_EACH_LOSS,
                            .connections = 500,
                            .tx_rate = 10000,
                            .validators = 100,
                            .peers = 100,
                            .pairs = SPREAD_PAIRS};
}

bool options_read(int count, char *const *arguments, struct options *options, struct failure *why) {
    unsigned known;
    const struct bench_command *commands = bench_commands(&known);
    *options = (struct options){0};
    if (count < 2) return failed(why, "a command is missing; see --help");
    if (strcmp(arguments[1], "--help") == 0) return options->help = true;
    if (strcmp(arguments[1], "--version") == 0) return options->version = true;
    for (unsigned i = 0; i < known; i++) {
        if (strcmp(arguments[1], commands[i].name) != 0) continue;
        *options = defaults(&commands[i]);
        opterr = 0;
        optind = 0;
        return read_rest(count - 1, arguments + 1, options, why);
    }
    return failed(why, "%.80s is no command of pantheon-bench; see --help", arguments[1]);
}

static void help_of_options(FILE *file, const struct bench_command *command) {
    char left[32];
    fprintf(file, "usage: pantheon-bench %s [options]\n\n%s\n\n", command->name, command->help);
    for (int i = 0; i < RULE_COUNT; i++) {
        const struct rule *rule = &RULES[i];
        if ((command->options & rule->option) == 0) continue;
        snprintf(left, sizeof left, "--%s %s", rule->name, rule->value);
        fprintf(file, "  %-20s %s", left, rule->help);
        if (rule->option == OPTION_DURATION)
            fprintf(file, "; %" PRIu64 "s if not given", command->duration_ns / SECOND);
        if (rule->option == OPTION_PACKET_SIZE) fprintf(file, "; %" PRIu32 " if not given", command->packet_size);
        fputc('\n', file);
    }
    fprintf(file, "  %-20s print this\n", "--help");
}

void options_help(FILE *file, const struct bench_command *command) {
    unsigned count;
    const struct bench_command *commands = bench_commands(&count);
    if (command != NULL) {
        help_of_options(file, command);
    } else {
        fputs("usage: pantheon-bench COMMAND [options]\n\n", file);
        for (unsigned i = 0; i < count; i++) fprintf(file, "  %-18s %s\n", commands[i].name, commands[i].help);
        fputs("\n  pantheon-bench COMMAND --help says what each takes; --version prints the version\n", file);
    }
    fputs("\nexit codes:\n"
          "   0  measured\n"
          "   1  failed\n"
          "   2  wrong command line\n"
          "  75  ran, but not certain: did not converge, or too many runs were discarded\n"
          "  78  configuration refused\n",
          file);
}
