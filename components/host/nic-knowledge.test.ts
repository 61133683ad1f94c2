import assert from "node:assert/strict";
import { test } from "node:test";
import { cardWith, knowledge, knowledgeSchema, lineRateMpps, nicKind } from "./nic-knowledge";

const named = (id: string) => cardWith(id)?.name ?? null;

test("every figure has a source, and every source is used", () => {
  const used = new Set<string>();
  for (const card of knowledge.cards) {
    const known = Object.entries(card).filter(
      ([key, value]) =>
        !["virtual", "virtualFunction", "driver", "packetsPerSecond", "notes", "sources"].includes(key) &&
        value !== null &&
        !(Array.isArray(value) && value.length === 0),
    );
    for (const [key] of known) {
      // That a card is handed to vfio-pci is the rule; what is otherwise needs a source.
      if (key === "model" && card.model === "vfio") continue;
      assert.ok(card.sources[key], `${card.name}: ${key} has no source`);
    }
    const said = [...card.packetsPerSecond, ...card.notes].map(({ source }) => source);
    for (const source of [...Object.values(card.sources), ...said]) {
      assert.ok(knowledge.sources[source], `${card.name}: ${source} is no source`);
      used.add(source);
    }
    for (const key of Object.keys(card.sources)) assert.ok(key in card, `${card.name}: ${key} is no figure`);
  }
  assert.deepEqual(
    Object.keys(knowledge.sources).filter((source) => !used.has(source)),
    [],
  );
});

test("what was asked for is there", () => {
  const cards = {
    "8086:1572": "Intel X710",
    "8086:158b": "Intel XXV710",
    "8086:1583": "Intel XL710",
    "8086:154c": "Intel 700 series, virtual function",
    "8086:1592": "Intel E810-C",
    "8086:159b": "Intel E810-XXV",
    "8086:1889": "Intel adaptive virtual function (700 and 800 series)",
    "15b3:1017": "NVIDIA ConnectX-5",
    "15b3:1018": "NVIDIA ConnectX-5, virtual function",
    "15b3:101b": "NVIDIA ConnectX-6",
    "15b3:101d": "NVIDIA ConnectX-6 Dx",
    "15b3:101e": "NVIDIA ConnectX, virtual function",
    "1d0f:ec20": "Amazon ENA",
    "1af4:1041": "virtio-net",
    "1ae0:0042": "Google gVNIC",
    "1414:00ba": "Microsoft Azure MANA",
    "8086:10c9": "Intel 82576",
    "8086:10ca": "Intel 82576, virtual function",
    "8086:1521": "Intel I350",
    "8086:1520": "Intel I350, virtual function",
  };
  for (const [id, name] of Object.entries(cards)) assert.equal(named(id), name);
  assert.equal(nicKind({ id: null, driver: "hv_netvsc" }).model, "uio_hv_generic");
});

test("an id is in one entry, and a card's virtual function is one", () => {
  const ids = knowledge.cards.flatMap((card) => card.ids);
  assert.equal(new Set(ids).size, ids.length);
  for (const { name, virtualFunction } of knowledge.cards) {
    if (virtualFunction !== null) assert.equal(cardWith(virtualFunction)?.virtual, true, name);
  }
});

test("line rates are the ones of the smallest frame", () => {
  const rates = ["8086:1572", "8086:158b", "8086:1583", "8086:1592"].map((id) => lineRateMpps(cardWith(id) ?? never()));
  assert.deepEqual(rates, [14.88, 37.2, 59.52, 148.81]);
  assert.equal(lineRateMpps(cardWith("1d0f:ec20") ?? never()), null);
});

test("no card does more than its line", () => {
  for (const { name, lineRate, packetsPerSecond } of knowledge.cards) {
    for (const { rate, per } of packetsPerSecond) {
      if (per === "port" && lineRate !== null) assert.ok(rate <= lineRate / 672, name);
    }
  }
});

test("a card is known by its ids, and by its driver no better than all of that driver's cards", () => {
  assert.equal(nicKind({ id: "8086:10c9", driver: "igb" }).virtualFunction.queues, 2);
  assert.equal(nicKind({ id: "8086:1521", driver: "igb" }).virtualFunction.queues, 1);
  assert.deepEqual(nicKind({ id: null, driver: "igb" }).virtualFunction, {
    what: "igb",
    queues: 2,
    rss: false,
    jumbo: false,
  });
  assert.equal(nicKind({ id: "8086:10c9", driver: "igb" }).whole.what, "Intel 82576");
});

test("what is not known refuses nothing", () => {
  for (const driver of ["strange", "constructor"]) {
    const { card, model, whole, virtualFunction } = nicKind({ id: "1234:5678", driver });
    assert.deepEqual([card, model], [null, null]);
    for (const limits of [whole, virtualFunction]) {
      assert.deepEqual([limits.queues, limits.rss, limits.jumbo], [null, null, null]);
    }
  }
  // ENA's queues depend on the instance, and no card of its own makes its functions.
  assert.equal(nicKind({ id: "1d0f:ec20", driver: "ena" }).whole.queues, null);
});

test("NVIDIA's cards and Azure's MANA stay with their kernel drivers, by ids or by driver", () => {
  for (const driver of ["mlx4_core", "mlx5_core", "mana"])
    assert.equal(nicKind({ id: null, driver }).model, "bifurcated");
  assert.equal(nicKind({ id: "15b3:1021", driver: "mlx5_core" }).model, "bifurcated");
  assert.equal(nicKind({ id: null, driver: "i40e" }).model, "vfio");
});

test("a file with a mistake is refused with its place", () => {
  const broken = { ...knowledge, cards: [{ ...knowledge.cards[0], lineRate: "10G" }] };
  const { error } = knowledgeSchema.safeParse(broken);
  assert.deepEqual(error?.issues[0]?.path, ["cards", 0, "lineRate"]);
});

function never(): never {
  throw new Error("the card is there");
}
