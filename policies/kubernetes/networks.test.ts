import assert from "node:assert/strict";
import { test } from "node:test";
import { networkNames, networksKey, networksOf } from "./networks";
import { podOf } from "./pod";

test("names are read as Multus reads them, with and without namespace and interface", () => {
  const cases: [string, [string | undefined, string][]][] = [
    ["a", [[undefined, "a"]]],
    [
      "one/a@eth1, b@net2",
      [
        ["one", "a"],
        [undefined, "b"],
      ],
    ],
    [
      "a,a",
      [
        [undefined, "a"],
        [undefined, "a"],
      ],
    ],
    [
      '[{"name": "a", "namespace": "one"}, {"name": "b", "interface": "net2"}]',
      [
        ["one", "a"],
        [undefined, "b"],
      ],
    ],
  ];
  for (const [text, names] of cases)
    assert.deepEqual(
      networkNames(text),
      names.map(([namespace, name]) => ({ namespace, name })),
      text,
    );
});

test("a namespace that is no name is none, and an annotation without a text names no network", () => {
  for (const namespace of ['""', "7", "null"])
    assert.deepEqual(networkNames(`[{"name": "a", "namespace": ${namespace}}]`), [{ name: "a", namespace: undefined }]);
  for (const text of ["", null, undefined]) {
    const pod = podOf({
      type: "kubernetes:core/v1:Pod",
      props: { metadata: { annotations: { [networksKey]: text } } },
    });
    assert.deepEqual(pod && networksOf(pod), []);
  }
});

test("what Multus cannot read is no list", () => {
  for (const text of [
    "a,",
    "a/b/c",
    "A",
    "a@an-interface-too-long",
    "[{}]",
    '{"name": "a"}',
    "[",
    "[]",
    '["a"]',
    "[null]",
    "[7]",
    '[{"name": ""}]',
  ])
    assert.equal(networkNames(text), null, text);
});
