import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseReference, parseRepository, referenceText, repositoryText } from "./reference";

const DIGEST = `sha256:${"0123456789abcdef".repeat(4)}`;

const word = fc.stringMatching(/^[a-z0-9]{1,6}$/);
const name = fc
  .array(fc.tuple(word, fc.constantFrom(".", "_", "__", "-", "/"), word), { minLength: 1, maxLength: 3 })
  .map((parts) => parts.map((part) => part.join("")).join("/"));
const registry = fc.oneof(
  fc.tuple(word, word).map(([host, domain]) => `${host}.${domain}`),
  fc.tuple(word, fc.integer({ min: 1, max: 65535 })).map(([host, port]) => `${host}:${port}`),
  fc.constantFrom("localhost", "[::1]:5000", "10.0.2.2:22400"),
);
const digest = fc.stringMatching(/^[0-9a-f]{64}$/).map((hex) => `sha256:${hex}`);

test("every reference is read back as it was written", () => {
  fc.assert(
    fc.property(registry, name, digest, (host, path, hash) => {
      const text = `${host}/${path}@${hash}`;
      assert.deepEqual(parseReference(text), { registry: host, name: path, digest: hash });
      assert.equal(referenceText(parseReference(text)), text);
      assert.equal(repositoryText(parseRepository(`${host}/${path}`)), `${host}/${path}`);
    }),
  );
});

test("a tag alone is refused with what to do", () => {
  assert.throws(
    () => parseReference("registry.example/pantheon-node:latest"),
    /registry\.example\/pantheon-node:latest has a tag \(latest\) and no digest; name the image by its digest/,
  );
  assert.throws(() => parseReference("localhost:5000/pantheon-node"), /pantheon-node has no digest; name the image/);
});

test("a tag beside the digest is refused too", () => {
  assert.throws(
    () => parseReference(`localhost:5000/a:1@${DIGEST}`),
    /has a tag \(1\) beside its digest; leave the tag out/,
  );
});

test("a digest that is cut off, in upper case or of another kind is refused", () => {
  for (const wrong of [DIGEST.slice(0, -1), DIGEST.toUpperCase(), `md5:${"0".repeat(32)}`, "", `${DIGEST}@${DIGEST}`])
    assert.throws(() => parseReference(`localhost:5000/a@${wrong}`), /is no digest|has no digest/);
});

test("a repository needs a registry, since a bare name means another one on every machine", () => {
  for (const wrong of ["pantheon-node", "library/pantheon-node", "/pantheon-node", ""])
    assert.throws(() => parseRepository(wrong), /names no registry; give its host/);
});

test("a repository names no single image, and has a name that registries take", () => {
  assert.throws(() => parseRepository("localhost:5000/a:latest"), /names one image, a repository is wanted/);
  for (const wrong of [
    "localhost:5000/",
    "localhost:5000/A",
    "localhost:5000/a//b",
    "localhost:5000/a b",
    "localhost/-a",
  ])
    assert.throws(() => parseRepository(wrong), /is no name of a repository; use lower-case/);
});
