#include "config/eal_arguments.h"

#include <stdio.h>
#include <string.h>

#include "config/lines.h"
#include "config/patterns.h"
#include "config/suggest.h"

#define ARRAY_LENGTH(array) (sizeof(array) / sizeof *(array))

enum value_need { NO_VALUE, VALUE, VALUE_OR_NOT };

/* The arguments of EAL 22.11 that a configuration may give. */
static const struct allowed {
    const char *name;
    enum value_need need;
} ALLOWED[] = {
    {"-l", VALUE},
    {"-n", VALUE},
    {"--proc-type", VALUE},
    {"-m", VALUE},
    {"--vdev", VALUE},
    {"--no-pci", NO_VALUE},
    {"--no-huge", NO_VALUE},
    {"--in-memory", NO_VALUE},
    {"--huge-dir", VALUE},
    {"--huge-unlink", VALUE_OR_NOT},
    {"--iova-mode", VALUE},
    {"--file-prefix", VALUE},
    {"--log-level", VALUE},
    {"--base-virtaddr", VALUE},
    {"--force-max-simd-bitwidth", VALUE},
    {"--legacy-mem", NO_VALUE},
    {"--single-file-segments", NO_VALUE},
    {"--match-allocations", NO_VALUE},
    {"--socket-limit", VALUE},
    {"--vfio-intr", VALUE},
    {"--vfio-vf-token", VALUE},
};

static const struct forbidden {
    const char *name;
    const char *remedy;
} FORBIDDEN[] = {
    {"-a", "ports are taken by port-N-pci of [ports]; leave it out"},
    {"--allow", "ports are taken by port-N-pci of [ports]; leave it out"},
    {"-b", "only the ports of [ports] are taken; leave it out"},
    {"--block", "only the ports of [ports] are taken; leave it out"},
    {"--socket-mem", "write it as socket-mem in [memory]"},
    {"-c", "write the data plane's CPUs as a list, -l 2-7"},
    {"--lcores", "write the data plane's CPUs as a list, -l 2-7"},
    {"--main-lcore", "the main lcore runs beside the data plane's CPUs; leave it out"},
    {"-s", "service cores are not used; leave it out"},
    {"-S", "service cores are not used; leave it out"},
    {"-d", "drivers are built into the program; leave it out"},
    {"--no-telemetry", "counters are read through telemetry; leave it out"},
    {"--syslog", "lines go to standard error; leave it out"},
    {"--create-uio-dev", "functions are taken through vfio-pci; leave it out"},
};

struct reader {
    const struct document *document;
    const struct setting *setting;
    struct eal_arguments *eal;
    struct report *report;
    bool has_lcores;
};

static void refuse(struct reader *reader, const char *found, const char *remedy) {
    report_at(reader->report, reader->document->file, reader->setting->line, "[global] eal-args", found, "%s", remedy);
}

static const char *const *known_names(size_t *count) {
    static const char *names[ARRAY_LENGTH(ALLOWED)];
    for (size_t i = 0; i < ARRAY_LENGTH(ALLOWED); i++) names[i] = ALLOWED[i].name;
    *count = ARRAY_LENGTH(ALLOWED);
    return names;
}

static const struct allowed *find_allowed(struct reader *reader, const char *name, const char *whole) {
    for (size_t i = 0; i < ARRAY_LENGTH(ALLOWED); i++)
        if (strcmp(ALLOWED[i].name, name) == 0) return &ALLOWED[i];
    for (size_t i = 0; i < ARRAY_LENGTH(FORBIDDEN); i++)
        if (strcmp(FORBIDDEN[i].name, name) == 0) return refuse(reader, whole, FORBIDDEN[i].remedy), NULL;
    char remedy[512] = "is no EAL argument that may stand here; ";
    size_t length = strlen(remedy), count;
    const char *const *names = known_names(&count);
    suggest(name, names, count, remedy + length, sizeof remedy - length);
    refuse(reader, whole, remedy);
    return NULL;
}

static bool is_plain(const char *argument) {
    for (; *argument != '\0'; argument++) {
        char c = *argument;
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && strchr("._:,=/@-*", c) == NULL) return false;
    }
    return true;
}

static void read_process(struct reader *reader, const char *value) {
    static const char *const TYPES[] = {[EAL_PRIMARY] = "primary", [EAL_SECONDARY] = "secondary", [EAL_AUTO] = "auto"};
    for (unsigned i = 0; i < ARRAY_LENGTH(TYPES); i++)
        if (strcmp(TYPES[i], value) == 0) {
            reader->eal->process = i;
            return;
        }
    refuse(reader, value, "--proc-type must be primary or secondary or auto");
}

/* The arguments that the node understands itself; every other goes to EAL as it is. */
static void use(struct reader *reader, const char *name, const char *value) {
    struct eal_arguments *eal = reader->eal;
    if (strcmp(name, "-l") == 0) {
        if (reader->has_lcores) refuse(reader, value, "-l is there already; keep one of them");
        reader->has_lcores = true;
        if (!cpu_list_parse(value, &eal->lcores)) refuse(reader, value, "-l must be a list of CPUs such as 2-7");
        return;
    }
    if (strcmp(name, "-n") == 0) {
        if (!pattern_number(value, &eal->memory_channels) || eal->memory_channels < 1 || eal->memory_channels > 16)
            refuse(reader, value, "-n must be memory channels from 1 to 16");
        return;
    }
    if (strcmp(name, "--proc-type") == 0) return read_process(reader, value);
    eal->has_vdev |= strcmp(name, "--vdev") == 0;
    eal->no_pci |= strcmp(name, "--no-pci") == 0;
    eal->no_huge |= strcmp(name, "--no-huge") == 0;
    eal->in_memory |= strcmp(name, "--in-memory") == 0;
    eal->has_huge_unlink |= strcmp(name, "--huge-unlink") == 0;
    eal->has_iova_mode |= strcmp(name, "--iova-mode") == 0;
    if (eal->more_count + 2 > EAL_MAX_ARGUMENTS) return refuse(reader, name, "too many arguments; 60 at most");
    char whole[1024];
    bool is_short = name[1] != '-';
    snprintf(whole, sizeof whole, value == NULL || is_short ? "%s" : "%s=%s", name, value);
    eal->more[eal->more_count++] = arena_text(reader->document->arena, whole, strlen(whole));
    if (is_short && value != NULL) eal->more[eal->more_count++] = value;
}

/* Takes the next argument off the text; NULL at its end. */
static const char *next_argument(struct reader *reader, const char **at) {
    *at += strspn(*at, " \t");
    size_t length = strcspn(*at, " \t");
    if (length == 0) return NULL;
    const char *argument = arena_text(reader->document->arena, *at, length);
    *at += length;
    return argument;
}

static bool is_option(const char *at) {
    at += strspn(at, " \t");
    return at[0] == '-' || at[0] == '\0';
}

/* `-l 2-7`, `-l2-7`, `--vdev=net_null0`, `--vdev net_null0` alike. */
static void read_argument(struct reader *reader, const char *argument, const char **rest) {
    if (argument[0] != '-' || argument[1] == '\0')
        return refuse(reader, argument, "belongs to no argument; write it behind one, such as -l 2-7");
    if (!is_plain(argument)) return refuse(reader, argument, "has a character that no EAL argument needs; take it out");
    bool is_short = argument[1] != '-';
    size_t length = is_short ? 2 : strcspn(argument, "=");
    const char *name = arena_text(reader->document->arena, argument, length);
    const char *value = is_short ? argument + 2 : argument + length + (argument[length] == '=');
    if (*value == '\0') value = NULL;
    const struct allowed *allowed = find_allowed(reader, name, argument);
    if (allowed == NULL) {
        if (value == NULL && !is_option(*rest)) next_argument(reader, rest); /* its value, most likely */
        return;
    }
    if (allowed->need == VALUE && value == NULL && !is_option(*rest)) value = next_argument(reader, rest);
    if (allowed->need == VALUE && value == NULL) return refuse(reader, argument, "lacks its value; write it behind it");
    if (allowed->need == NO_VALUE && value != NULL) return refuse(reader, argument, "takes no value; take it out");
    if (value != NULL && !is_plain(value))
        return refuse(reader, value, "has a character that no EAL argument needs; take it out");
    use(reader, name, value);
}

void eal_arguments_read(const struct document *document, const struct setting *setting, struct eal_arguments *eal,
                        struct report *report) {
    struct reader reader = {.document = document, .setting = setting, .eal = eal, .report = report};
    *eal = (struct eal_arguments){0};
    const char *rest = setting->text, *argument;
    while ((argument = next_argument(&reader, &rest)) != NULL) read_argument(&reader, argument, &rest);
    if (!reader.has_lcores) refuse(&reader, setting->raw, "name the data plane's CPUs with -l, such as -l 2-7");
    if (eal->process == EAL_SECONDARY)
        refuse(&reader, "--proc-type=secondary", "the node owns its ports; write --proc-type=primary");
}
