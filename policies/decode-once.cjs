// A resource is decoded once, not once for each rule. The SDK's server decodes the same message anew for every rule, and puts what is
// read behind a proxy at every reading: most of what a pack of many rules costs (npm run bench -- policies). Rules only read.

/** Puts it into effect in the SDK's own modules, and returns what takes it back. Where the SDK has them not, nothing changes. */
function decodeOnce() {
  const [decoder, proxies] = [required("@pulumi/policy/deserialize"), required("@pulumi/policy/proxy")];
  const { deserializeProperties: decode } = decoder;
  const { unknownCheckingProxy: guard } = proxies;
  if (decode === undefined || guard === undefined) return () => {};
  const unknowns = Object.keys(proxies).filter((name) => /^unknown\w+Value$/.test(name));
  const marks = new Set(unknowns.map((name) => proxies[name]));
  const decoded = new WeakMap(); // by message: it goes with the engine's call
  const known = new WeakSet();
  decoder.deserializeProperties = (message, forRemedy) => {
    if (forRemedy) return decode(message, forRemedy); // a remedy may change what it is given
    const before = decoded.get(message);
    if (before !== undefined) return before;
    const properties = decode(message, forRemedy);
    if (isKnown(properties, marks)) known.add(properties);
    decoded.set(message, properties);
    return properties;
  };
  proxies.unknownCheckingProxy = (properties) => (known.has(properties) ? properties : guard(properties));
  return () => {
    decoder.deserializeProperties = decode;
    proxies.unknownCheckingProxy = guard;
  };
}

function required(name) {
  try {
    return require(name);
  } catch {
    return {};
  }
}

/** Whether nothing in it is a value that a preview does not know yet. What is inside a promise cannot be seen. */
function isKnown(value, marks) {
  if (value === null || typeof value !== "object") return !marks.has(value);
  return !(value instanceof Promise) && Object.values(value).every((part) => isKnown(part, marks));
}

module.exports = { decodeOnce };
