#include "config/eal_command.h"
#include "config/patterns.h"
#include "config/placement.h"
#include "config/testing.h"

/* A pod with CPUs 4, 5, 12 and 13, and two functions. */
static unsigned node_of(unsigned cpu) {
    return cpu >= 12 ? 2 : 1;
}

static struct placement pod = {.in_pod = true, .own = {.count = 4, .cpus = {4, 5, 12, 13}}, .node = node_of};

static const char *addresses = "0000:3b:02.0,0000:3b:02.1";

static const char *variable(const char *name) {
    return strcmp(name, "PCIDEVICE_VENDOR_COM_NIC") == 0 ? addresses : NULL;
}

static void read_pair(struct sample *sample, const char *pci, const char *cpus) {
    char list[64];
    snprintf(list, sizeof list, "-l %s", cpus);
    char *text = with(DPDK_CONF, "0000:01:10.0", pci), *other = with(text, "-l 2-3", list);
    assert_string_equal(dpdk_conf_of(sample, other), "");
    sample->config.dpdk.cpu_cores = sample->conf.global.eal.lcores;
    free(text), free(other);
}

/* What is reported when it is placed. */
static const char *placed(struct sample *sample, const char *pci, const char *cpus, const struct placement *placement) {
    pod.variable = variable;
    addresses = "0000:3b:02.0,0000:3b:02.1";
    read_pair(sample, pci, cpus);
    placement_apply(placement, &sample->arena, &sample->conf, &sample->config, &sample->report);
    return reported(sample);
}

static void cpus_are_counted_among_the_pods_own(void **state) {
    (void)state;
    struct sample *sample = sample_new();
    assert_string_equal(placed(sample, "0000:01:10.0", "1-3", &pod), "");
    const struct cpu_list want = {.count = 3, .cpus = {5, 12, 13}};
    assert_true(cpu_list_equal(&sample->conf.global.eal.lcores, &want));
    assert_true(cpu_list_equal(&sample->config.dpdk.cpu_cores, &want));
    assert_string_equal(sample->conf.ports.list[0].pci, "0000:01:10.0");
    sample_free(sample);
}

/* The argument of EAL that begins so, for a pod of these CPUs of its files. */
static void assert_argument(const char *cpus, unsigned workers, const char *want) {
    struct sample *sample = sample_new();
    struct eal_command command;
    assert_string_equal(placed(sample, "0000:01:10.0", cpus, &pod), "");
    eal_command_build(&sample->conf, workers, &pod.own, &sample->arena, &command);
    bool found = false;
    for (int i = 0; i < command.count; i++) found = found || strcmp(command.arguments[i], want) == 0;
    assert_true(found);
    sample_free(sample);
}

/* The files say 256 MB for each of two nodes: 512 in sum. A node that the pod has no CPU of is not its own. */
static void memory_is_taken_where_the_cpus_are(void **state) {
    (void)state;
    assert_argument("1-3", 2, "--lcores=0@(4),1@5,2@12");
    assert_argument("1", 1, "--socket-mem=0,512");
    assert_argument("2-3", 2, "--socket-mem=0,0,512");
    assert_argument("1-3", 2, "--socket-mem=0,256,256");
}

static void a_port_is_an_item_of_what_the_device_plugin_has_set(void **state) {
    (void)state;
    static const char *const ITEMS[][2] = {{"$PCIDEVICE_VENDOR_COM_NIC", "0000:3b:02.0"},
                                           {"$PCIDEVICE_VENDOR_COM_NIC[0]", "0000:3b:02.0"},
                                           {"$PCIDEVICE_VENDOR_COM_NIC[1]", "0000:3b:02.1"}};
    for (size_t i = 0; i < 3; i++) {
        struct sample *sample = sample_new();
        assert_string_equal(placed(sample, ITEMS[i][0], "1-2", &pod), "");
        assert_string_equal(sample->conf.ports.list[0].pci, ITEMS[i][1]);
        sample_free(sample);
    }
}

static void refused(const char *pci, const char *cpus, const struct placement *placement, const char *line) {
    struct sample *sample = sample_new();
    assert_string_equal(placed(sample, pci, cpus, placement), line);
    sample_free(sample);
}

static void what_the_pod_has_not_is_told_with_what_to_ask_for(void **state) {
    (void)state;
    refused(
        "0000:01:10.0", "1-4", &pod,
        "dpdk.conf [global] eal-args: found CPU 4 of -l; the pod may use 4 CPUs, counted from 0: ask for 5 whole ones, "
        "with limits equal to requests, on a node whose kubelet has the static CPU manager\n");
    refused(
        "$PCIDEVICE_VENDOR_COM_NIC[2]", "1-2", &pod,
        "dpdk.conf [ports] port-0-pci: found $PCIDEVICE_VENDOR_COM_NIC[2]; has fewer addresses: ask for as many devices as "
        "there are ports\n");
    refused(
        "$PCIDEVICE_OTHER", "1-2", &pod,
        "dpdk.conf [ports] port-0-pci: found $PCIDEVICE_OTHER; is not set: the container must ask for that resource of a "
        "device plugin\n");
}

static void a_list_of_something_else_is_none_of_addresses(void **state) {
    (void)state;
    struct sample *sample = sample_new();
    read_pair(sample, "$PCIDEVICE_VENDOR_COM_NIC", "1-2");
    pod.variable = variable;
    addresses = "mlx5_0";
    placement_apply(&pod, &sample->arena, &sample->conf, &sample->config, &sample->report);
    assert_non_null(strstr(reported(sample), "is no list of PCI addresses"));
    sample_free(sample);
}

static void outside_a_pod_nothing_changes_and_a_variable_is_a_mistake(void **state) {
    (void)state;
    const struct placement none = {0};
    struct sample *sample = sample_new();
    assert_string_equal(placed(sample, "0000:01:10.0", "2-3", NULL), "");
    assert_int_equal(sample->conf.global.eal.lcores.cpus[0], 2);
    sample_free(sample);
    refused(
        "$PCIDEVICE_VENDOR_COM_NIC", "2-3", &none,
        "dpdk.conf [ports] port-0-pci: found $PCIDEVICE_VENDOR_COM_NIC; stands for an environment variable, which only "
        "counts with --in-pod; write a PCI address\n");
}

static void a_bond_names_its_ports_in_the_same_way(void **state) {
    (void)state;
    struct sample *sample = sample_new();
    read_pair(sample, "$PCIDEVICE_VENDOR_COM_NIC", "1-2");
    pod.variable = variable;
    addresses = "0000:3b:02.0,0000:3b:02.1";
    sample->conf.has_bonding = true;
    sample->conf.bonding.primary_port = "$PCIDEVICE_VENDOR_COM_NIC[1]";
    sample->conf.bonding.secondary_port = "$PCIDEVICE_VENDOR_COM_NIC";
    placement_apply(&pod, &sample->arena, &sample->conf, &sample->config, &sample->report);
    assert_string_equal(reported(sample), "");
    assert_string_equal(sample->conf.bonding.primary_port, "0000:3b:02.1");
    assert_string_equal(sample->conf.bonding.secondary_port, "0000:3b:02.0");
    sample_free(sample);
}

static void a_variable_has_a_name_and_at_most_one_index(void **state) {
    (void)state;
    static const char *const WRONG[] = {"$",      "$1A",    "$a",      "$A[",      "$A[]", "$A[1",
                                        "$A[1]x", "$A[-1]", "$A[100]", "$A[1][2]", "A",    "${A}"};
    struct pattern_variable variable;
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) assert_false(pattern_variable(WRONG[i], &variable));
    assert_true(pattern_variable("$A_1[27]", &variable));
    assert_string_equal(variable.name, "A_1");
    assert_int_equal(variable.index, 27);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cpus_are_counted_among_the_pods_own),
        cmocka_unit_test(memory_is_taken_where_the_cpus_are),
        cmocka_unit_test(a_port_is_an_item_of_what_the_device_plugin_has_set),
        cmocka_unit_test(what_the_pod_has_not_is_told_with_what_to_ask_for),
        cmocka_unit_test(a_list_of_something_else_is_none_of_addresses),
        cmocka_unit_test(outside_a_pod_nothing_changes_and_a_variable_is_a_mistake),
        cmocka_unit_test(a_bond_names_its_ports_in_the_same_way),
        cmocka_unit_test(a_variable_has_a_name_and_at_most_one_index),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
