#include "main/status.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

/* A screen of them; --json has all. */
enum { MOST_ROWS = 64, MOST_COLUMNS = 16, CELL = 64 };

/* A value as a cell shows it. Texts come from another process and go to a terminal: `?` for what is not printable. */
static const char *show(const json_t *value, char cell[CELL]) {
    cell[0] = '\0';
    if (json_is_integer(value)) snprintf(cell, CELL, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    if (json_is_string(value)) snprintf(cell, CELL, "%s", json_string_value(value));
    if (json_is_boolean(value)) snprintf(cell, CELL, "%s", json_is_true(value) ? "yes" : "no");
    for (char *c = cell; *c != '\0'; c++)
        if (*c < ' ' || *c > '~') *c = '?';
    return cell;
}

struct column {
    const char *key; /* NULL: the row's name */
    int width;
    bool number;
};

static void widen(struct column *column, const char *text) {
    int width = (int)strlen(text);
    if (width > column->width) column->width = width;
}

static const char *cell_of(const struct column *column, const char *name, const json_t *row, char cell[CELL]) {
    if (column->key != NULL) return show(json_object_get(row, column->key), cell);
    snprintf(cell, CELL, "%s", name);
    return cell;
}

static void print_row(const struct column *columns, unsigned count, const char *name, const json_t *row, FILE *out) {
    char cell[CELL];
    for (unsigned i = 0; i < count; i++) {
        const char *text =
            row == NULL ? (columns[i].key == NULL ? "name" : columns[i].key) : cell_of(&columns[i], name, row, cell);
        /* Numbers stand to the right, and nothing stands behind the last text. */
        int width = columns[i].number ? columns[i].width : i + 1 == count ? 0 : -columns[i].width;
        fprintf(out, "  %*s", width, text);
    }
    fputc('\n', out);
}

/* A table of {NAME: {KEY: VALUE}}; its columns are the first row's keys. */
static void print_table(const char *title, const json_t *rows, FILE *out) {
    struct column columns[MOST_COLUMNS] = {{.width = 4}};
    unsigned count = 1, shown = 0;
    const char *key, *name;
    json_t *value, *row, *list = (json_t *)(uintptr_t)rows; /* jansson's macros know no const */
    json_t *first = json_object_iter_value(json_object_iter(list));
    char cell[CELL];
    if (first == NULL) return;
    json_object_foreach(first, key, value) {
        if (count < MOST_COLUMNS) columns[count++] = (struct column){key, (int)strlen(key), json_is_integer(value)};
    }
    json_object_foreach(list, name, row) {
        for (unsigned i = 0; i < count; i++) widen(&columns[i], cell_of(&columns[i], name, row, cell));
    }
    fprintf(out, "\n%s\n", title);
    print_row(columns, count, NULL, NULL, out);
    json_object_foreach(list, name, row) {
        if (shown++ < MOST_ROWS) print_row(columns, count, name, row, out);
    }
    if (shown > MOST_ROWS) fprintf(out, "  and %u more\n", shown - MOST_ROWS);
}

/* The ports are a list; a table wants names. */
static void print_ports(const json_t *ports, FILE *out) {
    json_t *named = json_object(), *port, *list = (json_t *)(uintptr_t)ports;
    size_t index;
    json_array_foreach(list, index, port) {
        json_t *row = json_copy(port);
        const char *name = json_string_value(json_object_get(port, "name"));
        json_object_set(named, name == NULL ? "?" : name, row);
        json_object_del(row, "name");
        json_decref(row);
    }
    print_table("ports", named, out);
    json_decref(named);
}

/* Those that were counted. */
static void print_drops(const json_t *drops, FILE *out) {
    const char *reason;
    json_t *count, *list = (json_t *)(uintptr_t)drops;
    bool any = false;
    char cell[CELL];
    json_object_foreach(list, reason, count) {
        if (json_is_integer(count) && json_integer_value(count) == 0) continue;
        if (!any) fputs("\ndrops\n", out);
        any = true;
        fprintf(out, "  %-24s %s\n", reason, show(count, cell));
    }
    if (!any && drops != NULL) fputs("\nno drops\n", out);
}

static void print_bonding(const json_t *bonding, FILE *out) {
    char active[CELL], failovers[CELL], returns[CELL];
    if (!json_is_string(json_object_get(bonding, "active"))) return;
    fprintf(out, "\nthe bond sends over %s; %s failovers, %s returns\n",
            show(json_object_get(bonding, "active"), active), show(json_object_get(bonding, "failovers"), failovers),
            show(json_object_get(bonding, "returns"), returns));
}

static void print_uptime(json_int_t seconds, FILE *out) {
    json_int_t days = seconds / 86400;
    if (days > 0) fprintf(out, ", up %" JSON_INTEGER_FORMAT " d", days);
    fprintf(out, "%s %02d:%02d:%02d", days > 0 ? "" : ", up", (int)(seconds / 3600 % 24), (int)(seconds / 60 % 60),
            (int)(seconds % 60));
}

void status_print(const json_t *status, FILE *out) {
    const json_t *node = json_object_get(status, "node");
    char cell[CELL];
    fputs("pantheon-node", out);
    if (json_is_object(node)) {
        fprintf(out, " %s", show(json_object_get(node, "version"), cell));
        fprintf(out, " of %s", show(json_object_get(node, "network_id"), cell));
        print_uptime(json_integer_value(json_object_get(node, "uptime_seconds")), out);
    }
    fprintf(out, ": %s\n", json_string_value(json_object_get(status, "reason")));
    print_ports(json_object_get(status, "ports"), out);
    print_bonding(json_object_get(status, "bonding"), out);
    print_table("peers", json_object_get(status, "peers"), out);
    print_table("workers", json_object_get(status, "workers"), out);
    print_drops(json_object_get(status, "drops"), out);
}
