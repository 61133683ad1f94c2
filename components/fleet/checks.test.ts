import assert from "node:assert/strict";
import { test } from "node:test";
import { renderConfigToml } from "../host/config-toml";
import { fleetValues, labFile, linesOf, node, type Path, read } from "./fleet.fixture";
import { loadFleet } from "./load";

/** One mistake, exactly one line. */
function assertLine(changes: readonly (readonly [Path, unknown])[], line: RegExp): void {
  const lines = linesOf(fleetValues(...changes));
  assert.equal(lines.length, 1, lines.join("\n"));
  assert.match(lines[0] ?? "", line);
}

// Without a data plane, a change of CPUs or pages has no second consequence.
const bare: readonly [Path, unknown] = [node("dataPlane"), undefined];

test("a CPU that the node has not is refused", () => {
  assertLine(
    [bare, [node("cpus", "isolated"), "2-16"]],
    /cpus\.isolated: found "2-16"; validator has no CPU 16; choose among 0-15$/,
  );
});

test("a CPU is in exactly one set", () => {
  assertLine([bare, [node("cpus", "housekeeping"), "0-2,8-15"]], /housekeeping: .*CPU 2 is isolated too/);
  assertLine([bare, [node("cpus", "housekeeping"), "0-1"]], /housekeeping: .*CPU 8-15 of validator is in neither set/);
  assertLine([bare, [node("cpus", "isolated"), ""]], /isolated: found ""; must have at least one CPU/);
  assertLine([bare, [node("cpus", "isolated"), "2,x"]], /isolated: found "2,x"; must be a CPU list/);
});

test("CPU 0 is never isolated", () => {
  assertLine([bare, [node("cpus", "isolated"), "0-3"]], /CPU 0 keeps the time/);
});

test("SMT siblings are not split", () => {
  const siblings = [
    node("hardware", "smtSiblings"),
    ["0,8", "1,9", "2,10", "3,11", "4,12", "5,13", "6,14", "7,15"],
  ] as const;
  assertLine(
    [bare, siblings, [node("cpus", "isolated"), "2-3,10"]],
    /CPUs 3,11 share a core; isolate 11 too, or none of them/,
  );
  assert.deepEqual(linesOf(fleetValues(bare, siblings, [node("cpus", "isolated"), "2-3,10-11"])), []);
});

test("more hugepages than memory are refused", () => {
  assertLine(
    [bare, [node("hugepages", 0, "pages"), [4, 70]]],
    /hugepages\[0\]\.pages\[1\]: found 70; 70G of hugepages on NUMA node 1, which has 64G/,
  );
});

test("a page size is listed once, and each has a mount of its own", () => {
  const twice = [
    { size: "2M", pages: [1, 1] },
    { size: "2M", pages: [2, 2], mount: { path: "/mnt/other" } },
  ];
  assertLine([bare, [node("hugepages"), twice]], /hugepages\[1\]: size 2M is listed twice/);
  const same = [
    { size: "1G", pages: [1, 1] },
    { size: "2M", pages: [2, 2], mount: { path: "/mnt/huge" } },
  ];
  assertLine([bare, [node("hugepages"), same]], /mount\.path: found "\/mnt\/huge"; is the mount of another page size/);
});

test("uneven 1G pages are refused on a kernel that cannot place them", () => {
  assertLine(
    [bare, [node("hardware", "kernel"), "5.10"], [node("hugepages", 0, "pages"), [4, 2]]],
    /kernel 5\.10 spreads 1G pages evenly/,
  );
});

test("extra kernel arguments are single tokens that are nobody else's", () => {
  const extra = node("kernel", "extraArguments");
  assertLine([[extra, ["quiet splash"]]], /extraArguments\[0\]: found "quiet splash"; a kernel argument is one KEY/);
  assertLine([[extra, ["hugepages=8"]]], /hugepages is not yours to add here; set hugepages/);
  assertLine([[extra, ["quiet", "quiet"]]], /extraArguments\[1\]: found "quiet"; quiet is there already/);
  assertLine(
    [[extra, Array.from({ length: 200 }, (_, i) => `option${i}=1`)]],
    /characters long, and the kernel drops what is too long/,
  );
});

test("the NIC that carries SSH is never touched", () => {
  assertLine(
    [[node("hardware", "wayIn"), ["0000:01:00.0"]]],
    /nics\[0\]\.name: found "data0"; is 0000:01:00\.0, which carries the SSH connection/,
  );
  const shared = { pci: "0000:00:1f.6", mac: "3c:fd:fe:00:00:09", driver: "e1000e", iommuGroup: 30 };
  assertLine([[node("hardware", "nics", "management"), shared]], /shares IOMMU group 30 with 0000:00:1f\.6/);
});

test("a NIC that the hardware has not, or that is listed twice, is refused", () => {
  assertLine(
    [bare, [node("nics", 0, "name"), "date0"]],
    /nics\[0\]\.name: found "date0"; is not in hardware\.nics of validator; did you mean data0\?/,
  );
  assertLine(
    [
      bare,
      [
        node("nics"),
        [
          { name: "data0", bind: "vfio-pci" },
          { name: "data0", bind: "vfio-pci" },
        ],
      ],
    ],
    /is listed twice/,
  );
});

test("a bifurcated driver is never bound to vfio-pci", () => {
  assertLine(
    [[node("hardware", "nics", "data0", "driver"), "mlx5_core"]],
    /mlx5_core is bifurcated.*leave data0 with mlx5_core/,
  );
  const functions = [{ name: "data0", virtualFunctions: [{ mac: "52:54:00:00:00:01", driver: "mlx5_core" }] }];
  assert.deepEqual(
    linesOf(fleetValues(bare, [node("hardware", "nics", "data0", "driver"), "mlx5_core"], [node("nics"), functions])),
    [],
  );
});

test("vfio-pci needs the IOMMU", () => {
  assertLine(
    [[node("kernel", "iommu"), "off"]],
    /nics\[0\]\.bind: found "vfio-pci"; needs the IOMMU; set kernel\.iommu/,
  );
});

test("vfio-pci goes without the IOMMU only where that is asked for by name, and no service runs so", () => {
  const without = [
    [node("kernel", "iommu"), "off"],
    [node("kernel", "vfioNoIommu"), true],
  ] as const;
  assert.deepEqual(linesOf(fleetValues(...without)), []);
  assertLine([[node("kernel", "vfioNoIommu"), true]], /vfioNoIommu: found true; contradicts kernel\.iommu: intel/);
  assertLine(
    [...without, [node("service"), { runtime: "native" }]],
    /vfioNoIommu: found true; lets only a process with capabilities drive a NIC, and the service has none/,
  );
});

test("a virtual function has a fitting driver and an address of its own", () => {
  const functions = (...all: readonly object[]) =>
    [bare, [node("nics"), [{ name: "data0", virtualFunctions: all }]]] as const;
  assertLine(functions({ mac: "52:54:00:00:00:01", driver: "igb_uio" }), /driver: found "igb_uio"; knows no IOMMU/);
  assertLine(functions({ mac: "3c:fd:fe:00:00:77" }), /belongs to a manufacturer/);
  assertLine(functions({ mac: "53:54:00:00:00:01" }), /is a group address/);
  assertLine(
    functions({ mac: "52:54:00:00:00:01" }, { mac: "52:54:00:00:00:01" }),
    /virtualFunctions\[1\]\.mac: .*is the address of virtual function 0 of validator\.data0 already/,
  );
  const sriov = [node("hardware", "nics", "data0", "sriov"), { total: 1, offset: 16, stride: 1 }] as const;
  assertLine(
    [...functions({ mac: "52:54:00:00:00:01" }, { mac: "52:54:00:00:00:02" }), sriov],
    /the card has 1 at most/,
  );
});

test("a NIC is bound as a whole or gets functions, one of the two", () => {
  assertLine([bare, [node("nics"), [{ name: "data0" }]]], /says neither bind nor virtualFunctions/);
  const both = [{ name: "data0", bind: "vfio-pci", virtualFunctions: [{ mac: "52:54:00:00:00:01", driver: "iavf" }] }];
  assertLine([bare, [node("nics"), both]], /keep one of the two/);
});

test("settings are those of a NIC that stays with its kernel driver", () => {
  const settings = { rings: { rx: 4096 } };
  assert.deepEqual(linesOf(fleetValues(bare, [node("nics"), [{ name: "data0", settings }]])), []);
  const bound = [{ name: "data0", bind: "vfio-pci", settings }];
  assertLine([bare, [node("nics"), bound]], /settings: are those of i40e, and vfio-pci takes the card from it/);
  assertLine([bare, [node("nics"), [{ name: "data0", settings: {} }]]], /settings: .*must name at least one setting/);
  assertLine(
    [bare, [node("nics"), [{ name: "data0", settings: { rings: { rx: 0 } } }]]],
    /rings\.rx: found 0; must be 1 at least/,
  );
  assertLine(
    [bare, [node("nics"), [{ name: "data0", settings: { ring: { rx: 1 }, pause: { rx: true } } }]]],
    /settings\.ring: .*did you mean rings\?/,
  );
});

test("the NIC that carries SSH keeps every setting that could reset it", () => {
  const on = (settings: object) =>
    [bare, [node("hardware", "wayIn"), ["0000:01:00.0"]], [node("nics"), [{ name: "data0", settings }]]] as const;
  for (const settings of [
    { rings: { rx: 4096 } },
    { channels: { combined: 4 } },
    { pause: { rx: false } },
    { coalescing: { rxUsecs: 0 } },
    { offloads: { lro: false } },
  ]) {
    assertLine(
      on(settings),
      /nics\[0\]\.settings: .*changing [a-zA-Z.]+ may reset 0000:01:00\.0, which carries the SSH/,
    );
  }
  assert.deepEqual(linesOf(fleetValues(...on({ offloads: { gro: false, tso: false, gso: false } }))), []);
});

test("a file stays within its folders and belongs to nobody else", () => {
  const file = (path: string) => [[node("files"), [{ path, content: "x\n" }]]] as const;
  for (const path of [
    "/etc/passwd",
    "etc/pantheonchain/x",
    "/etc/pantheonchain/../passwd",
    "/etc/pantheonchain//x",
    "/etc/pantheonchain/a b",
  ]) {
    assertLine(file(path), /files\[0\]\.path: .*must be a plain path under \/etc\/pantheonchain/);
  }
  assertLine(file("/etc/systemd/system/dpdk-fleet-trial.service"), /belongs to the node agent/);
  assertLine(file("/etc/pantheonchain/dpdk.conf"), /is rendered from dataPlane/);
  assertLine([[node("dataPlane", "configToml"), "/etc/pantheonchain/dpdk.conf"]], /is the path of dpdk\.conf/);
});

test("a sysctl that is set elsewhere is refused", () => {
  assertLine(
    [[node("sysctl"), { "vm.nr_hugepages": 2048 }]],
    /sysctl\."vm\.nr_hugepages": found "2048"; the page counts come from hugepages/,
  );
});

test("the seed's data plane is refused with its reasons", () => {
  const lines = linesOf(
    fleetValues(
      [node("dataPlane", "mempoolSize"), 8192],
      [node("dataPlane", "threads"), { network: 4, consensus: 2, transactionPool: 2 }],
    ),
  );
  assert.equal(lines.length, 2, lines.join("\n"));
  assert.match(
    lines[0] ?? "",
    /nodes\.validator\.dataPlane: found 8192; dpdk\.conf \[performance\] mempool-size: .*write 65535$/,
  );
  assert.match(lines[1] ?? "", /found 8; config\.toml \[performance\]: .*= 8 on 6 cores/);
});

test("a port is a NIC that DPDK gets", () => {
  const port = node("dataPlane", "ports", 0);
  assertLine(
    [[[...port, "nic"], "date0"]],
    /ports\[0\]\.nic: found "date0"; is not in the node's nics; did you mean data0\?/,
  );
  assertLine([[[...port, "virtualFunction"], 0]], /virtualFunction: found 0; data0 has 0 virtual functions/);
  const functions = [node("nics"), [{ name: "data0", virtualFunctions: [{ mac: "52:54:00:00:00:01" }] }]] as const;
  assertLine([functions], /virtualFunction: is missing; data0 itself stays with the kernel/);
  assertLine(
    [functions, [[...port, "virtualFunction"], 0]],
    /has no known address; write hardware\.nics\.data0\.sriov/,
  );
});

test("a virtual function is not asked for what its card cannot", () => {
  const changes: readonly (readonly [Path, unknown])[] = [
    [node("hardware", "nics", "data0", "driver"), "igb"],
    [node("hardware", "nics", "data0", "sriov"), { total: 7, offset: 128, stride: 2 }],
    [node("nics"), [{ name: "data0", virtualFunctions: [{ mac: "52:54:00:00:00:01" }] }]],
    [node("dataPlane", "ports", 0, "virtualFunction"), 0],
  ];
  const lines = linesOf(fleetValues(...changes));
  assert.deepEqual(
    lines.map((line) => line.replace(/^.*dataPlane\./, "")),
    [
      "queues: found 4; a virtual function of data0 (igb) has 2 at most",
      "rss: found true; a virtual function of data0 (igb) has no RSS; set it to false",
      "jumboFrames: found true; a virtual function of data0 (igb) takes no jumbo frames; set it to false",
    ],
  );
});

test("pages that the node has not are refused, and a bond of ports that are not there", () => {
  assertLine(
    [[node("dataPlane", "hugepageSize"), "2M"]],
    /hugepageSize: found "2M"; the node has no hugepages of this size/,
  );
  assertLine(
    [[node("dataPlane", "bonding"), { primaryPort: 0, secondaryPort: 1 }]],
    /bonding\.secondaryPort: found 1; there are 1 ports/,
  );
});

test("the secondary port of a bond is a function that may change its address", () => {
  const bonded = (second: object): readonly (readonly [Path, unknown])[] => [
    [node("hardware", "nics", "data0", "sriov"), { total: 7, offset: 128, stride: 2 }],
    [node("nics"), [{ name: "data0", virtualFunctions: [{ mac: "52:54:00:00:00:01" }, second] }]],
    [node("dataPlane", "ports"), [0, 1].map((virtualFunction) => ({ nic: "data0", virtualFunction }))],
    [node("dataPlane", "bonding"), { primaryPort: 0, secondaryPort: 1 }],
  ];
  const told = (second: object) => linesOf(fleetValues(...bonded(second))).filter((line) => line.includes("trust"));
  assert.match(
    told({ mac: "52:54:00:00:00:02" }).join(),
    /bonding\.secondaryPort: found 1; takes the primary's MAC address; write trust: true at nics\[0\]\.virtualFunctions\[1\]/,
  );
  assert.deepEqual(told({ mac: "52:54:00:00:00:02", trust: true }), []);
});

test("metrics are asked for at an address, or at a socket where there is a service", () => {
  const listen = (value: string) => [node("dataPlane", "metrics", "listen"), value] as const;
  for (const right of ["127.0.0.1:9464", "0.0.0.0:1024", "10.78.0.1:65535", "/run/x/m.sock"])
    assert.deepEqual(linesOf(fleetValues(listen(right))), [], right);
  for (const wrong of [
    "127.0.0.1",
    "127.0.0.1:80",
    "127.0.0.1:65536",
    "127.0.0.1:09464",
    "127.0.0.01:9464",
    "256.0.0.1:9464",
    "localhost:9464",
    "run/m.sock",
    "/run/../m.sock",
    `/${"m".repeat(107)}`,
  ])
    assertLine([listen(wrong)], /listen: .*must be an IPv4 address and a port above 1023/);
  const service = [node("service"), { runtime: "native" }] as const;
  assert.deepEqual(linesOf(fleetValues(service, [node("dataPlane", "metrics"), {}])), []);
  assertLine([service, listen("127.0.0.1:9464")], /listen: .*take a path directly under \/run\/pantheonchain/);
  assertLine([service, listen("/tmp/m.sock")], /listen: .*take a path directly under \/run\/pantheonchain/);
});

test("the exception path is an interface, of a data plane that is no service", () => {
  const path = (value: string) => [node("dataPlane", "network", "exceptionPath"), value] as const;
  for (const right of ["pantheon0", "p", "tap-0.12_AB", "abcdefghijklmno"]) {
    assert.deepEqual(linesOf(fleetValues(path(right))), [], right);
    const [first] = read(fleetValues(path(right))).nodes;
    assert.ok(first?.dataPlane);
    assert.match(renderConfigToml(first.dataPlane.configToml), new RegExp(`^exception_path = "${right}"$`, "m"));
  }
  for (const wrong of ["", "0tap", "tap%d", "tap 0", "tap/0", ".", "-tap", "abcdefghijklmnop", "tap:0"])
    assertLine([path(wrong)], /exceptionPath: .*must be the name of a network interface/);
  const service = [node("service"), { runtime: "native" }] as const;
  assertLine([service, path("pantheon0")], /exceptionPath: .*the service has no network of the node's/);
});

test("an address is given once in the whole fleet", () => {
  const second = {
    ...(fleetValues().nodes as Record<string, object>).validator,
    ssh: { host: "192.0.2.22", hostKey: "ssh-ed25519 AAAA" },
  };
  assertLine(
    [[["nodes", "second"], second]],
    /nodes\.second\.hardware\.nics\.data0\.mac: .*is the address of validator\.data0 already/,
  );
  const other = structuredClone(second);
  const changes: readonly (readonly [Path, unknown])[] = [
    [["nodes", "second"], other],
    [["nodes", "second", "ssh", "host"], "192.0.2.21"],
    [["nodes", "second", "hardware", "nics", "data0", "mac"], "3c:fd:fe:00:00:02"],
  ];
  assertLine(changes, /nodes\.second\.ssh\.host: found "192\.0\.2\.21"; is the host of node validator already/);
});

test("two NICs of a node have two PCI addresses", () => {
  const copy = { pci: "0000:01:00.0", mac: "3c:fd:fe:00:00:09", driver: "i40e" };
  assertLine(
    [[node("hardware", "nics", "data1"), copy]],
    /data1\.pci: found "0000:01:00\.0"; is the address of data0 already/,
  );
});

test("NUMA nodes have CPUs of the hardware", () => {
  assertLine(
    [[node("hardware", "numaNodes", 1, "cpus"), "8-16"]],
    /numaNodes\[1\]\.cpus: found "8-16"; CPU 16 is not in hardware\.cpus 0-15/,
  );
});

test("a machine's CPUs start at 0 and each is in one NUMA node; indexes are unique", () => {
  const machine = (index: number, cpus: string, inside: string) => ({
    index,
    cpus,
    numaNodes: [{ cpus: inside, memory: "2G" }],
  });
  assertLine(
    [[["machines"], { a: machine(1, "0-3", "0-2") }]],
    /machines\.a\.cpus: found "0-3"; its NUMA nodes have CPUs 0-2/,
  );
  assertLine([[["machines"], { a: machine(1, "1-3", "1-3") }]], /machines\.a\.cpus: found "1-3"; must start at 0/);
  assertLine(
    [[["machines"], { a: machine(1, "0", "0"), b: machine(1, "0", "0") }]],
    /machines\.b\.index: found 1; is the index of machine a already/,
  );
});

test("a node can be taken out while its machine stays", () => {
  const fleet = loadFleet(labFile);
  const machines = { alpha: { index: 1, cpus: "0-3", numaNodes: [{ cpus: "0-3", memory: "2G" }] } };
  assert.equal(fleet.machines.length, 2);
  assert.deepEqual(read({ version: 1, site: "lab", machines, nodes: {} }).nodes, []);
});
