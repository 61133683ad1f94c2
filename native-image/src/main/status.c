#include "main/status.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "config/failure.h"
#include "main/ask.h"

static const char SERVICE[] = "/run/pantheonchain";

static const char USAGE[] = "usage: pantheon-node status [--runtime DIR] [--json]\n"
                            "       pantheon-node health [--runtime DIR]\n"
                            "\n"
                            "  --runtime DIR   the node's RUNTIME_DIRECTORY; /run/pantheonchain if neither is given\n"
                            "  --json          everything as one JSON object\n"
                            "\n"
                            "exit codes: 0 healthy, 1 not, 2 wrong usage, 69 not running (health: 1)\n";

/* What the command line says. */
struct wish {
    const char *runtime;
    bool json, health, help;
};

static bool read_wish(int count, char *const *arguments, struct wish *wish, struct failure *why) {
    static const struct option NAMES[] = {
        {"runtime", required_argument, NULL, 'r'},
        {"json", no_argument, NULL, 'j'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    *wish = (struct wish){.runtime = getenv("RUNTIME_DIRECTORY"), .health = strcmp(arguments[0], "health") == 0};
    if (wish->runtime == NULL) wish->runtime = SERVICE;
    opterr = 0;
    optind = 0;
    int name;
    while ((name = getopt_long(count, arguments, ":", NAMES, NULL)) != -1) {
        if (name == ':') return failed(why, "%.80s lacks its value; see --help", arguments[optind - 1]);
        if (name == '?' || (name == 'j' && wish->health))
            return failed(why, "%.80s is no option of %s; see --help", arguments[optind - 1], arguments[0]);
        if (name == 'r') wish->runtime = optarg;
        wish->json |= name == 'j';
        wish->help |= name == 'h';
    }
    if (optind < count) return failed(why, "%.80s belongs to no option; see --help", arguments[optind]);
    return true;
}

/* One port: what DPDK knows of it, and its link. */
static json_t *ask_port(struct ask *ask, json_int_t id, struct failure *why) {
    char question[64];
    snprintf(question, sizeof question, "/ethdev/info,%" JSON_INTEGER_FORMAT, id);
    json_t *info = ask_for(ask, question, why);
    snprintf(question, sizeof question, "/ethdev/link_status,%" JSON_INTEGER_FORMAT, id);
    json_t *link = info == NULL ? NULL : ask_for(ask, question, why);
    json_t *port = NULL;
    if (link != NULL) {
        const char *status = json_string_value(json_object_get(link, "status"));
        port = json_pack("{s:I, s:O*, s:s, s:O*, s:O*, s:O*, s:O*}", "port", id, "name", json_object_get(info, "name"),
                         "link", status == NULL ? "unknown" : status, "speed", json_object_get(link, "speed"), "mac",
                         json_object_get(info, "mac_addr"), "mtu", json_object_get(info, "mtu"), "queues",
                         json_object_get(info, "nb_rx_queues"));
        if (port == NULL) failed(why, "%s: the answer is of another form", question);
    }
    json_decref(info);
    json_decref(link);
    return port;
}

static json_t *ask_ports(struct ask *ask, struct failure *why) {
    json_t *list = ask_for(ask, "/ethdev/list", why), *id, *ports = list == NULL ? NULL : json_array();
    size_t index;
    json_array_foreach(list, index, id) {
        json_t *port = ports == NULL ? NULL : ask_port(ask, json_integer_value(id), why);
        if (port != NULL && json_array_append_new(ports, port) == 0) continue;
        json_decref(ports);
        ports = NULL;
    }
    json_decref(list);
    return ports;
}

/* Page by page, as many as an answer holds each. */
static json_t *ask_peers(struct ask *ask, struct failure *why) {
    json_t *peers = json_object(), *page;
    char question[64] = "/pantheon/peers,0";
    while ((page = ask_for(ask, question, why)) != NULL && json_object_size(page) > 0) {
        size_t before = json_object_size(peers);
        json_object_update(peers, page);
        json_decref(page);
        page = NULL;
        if (json_object_size(peers) == before) return peers; /* the same names again: no page further on */
        snprintf(question, sizeof question, "/pantheon/peers,%zu", json_object_size(peers));
    }
    if (page == NULL) {
        json_decref(peers);
        return NULL;
    }
    json_decref(page);
    return peers;
}

/* Adds what was found, or nothing where there was no answer. False then. */
static bool put(json_t *status, const char *key, json_t *found) {
    return found != NULL && json_object_set_new(status, key, found) == 0;
}

/* Answers how many ports have a link; one that has none is told. */
static size_t count_links(const json_t *ports, char *reason, size_t room) {
    size_t index, up = 0;
    json_t *port;
    json_array_foreach(ports, index, port) {
        const char *name = json_string_value(json_object_get(port, "name"));
        if (strcmp(json_string_value(json_object_get(port, "link")), "UP") == 0)
            up++;
        else
            snprintf(reason, room, "port %zu (%.64s) has no link", index, name == NULL ? "?" : name);
    }
    return up;
}

/* A bond works as long as one of its ports does: a container that is started again for the other would only lose it too. */
static void judge(json_t *status) {
    char reason[256] = "", whole[300];
    bool bonded = json_is_string(json_object_get(json_object_get(status, "bonding"), "active"));
    size_t up = count_links(json_object_get(status, "ports"), reason, sizeof reason);
    bool ready = json_is_object(json_object_get(status, "node"));
    if (!ready) snprintf(reason, sizeof reason, "not ready: it starts, or waits for its links");
    bool healthy = ready && (reason[0] == '\0' || (bonded && up > 0));
    bool halved = healthy && reason[0] != '\0';
    snprintf(whole, sizeof whole, "%s%s", healthy ? halved ? "healthy, but " : "healthy" : "", reason);
    json_object_set_new(status, "healthy", json_boolean(healthy));
    json_object_set_new(status, "reason", json_string(whole));
}

/* Everything there is to know; NULL where the node stops answering. */
static json_t *look(struct ask *ask, bool briefly, struct failure *why) {
    json_t *status = json_object();
    bool found = put(status, "node", ask_for(ask, "/pantheon/node", why)) &&
                 put(status, "ports", ask_ports(ask, why)) &&
                 put(status, "bonding", ask_for(ask, "/pantheon/bonding", why));
    if (found && !briefly && json_is_object(json_object_get(status, "node")))
        found = put(status, "peers", ask_peers(ask, why)) &&
                put(status, "workers", ask_for(ask, "/pantheon/workers", why)) &&
                put(status, "drops", ask_for(ask, "/pantheon/drops", why));
    if (found) {
        judge(status);
        return status;
    }
    json_decref(status);
    return NULL;
}

enum status_exit status_main(int count, char *const *arguments, FILE *out, FILE *errors) {
    struct failure why = {.text = "out of memory"};
    struct wish wish;
    struct ask ask;
    if (!read_wish(count, arguments, &wish, &why)) {
        fprintf(errors, "pantheon-node: %s\n", why.text);
        return STATUS_USAGE;
    }
    if (wish.help) {
        fputs(USAGE, out);
        return STATUS_HEALTHY;
    }
    if (!ask_open(&ask, wish.runtime, &why)) {
        fprintf(wish.health ? out : errors, "not running: %s\n", why.text);
        return wish.health ? STATUS_UNHEALTHY : STATUS_NOT_RUNNING;
    }
    json_t *status = look(&ask, wish.health, &why);
    ask_close(&ask);
    if (status == NULL) {
        fprintf(wish.health ? out : errors, "no answer: %s\n", why.text);
        return STATUS_UNHEALTHY;
    }
    if (wish.health) fprintf(out, "%s\n", json_string_value(json_object_get(status, "reason")));
    if (wish.json) {
        json_dumpf(status, out, JSON_INDENT(2));
        fputc('\n', out);
    }
    if (!wish.health && !wish.json) status_print(status, out);
    bool healthy = json_is_true(json_object_get(status, "healthy"));
    json_decref(status);
    return healthy ? STATUS_HEALTHY : STATUS_UNHEALTHY;
}
