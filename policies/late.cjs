// Modules that are loaded once something of them is asked for. The SDK loads npm's resolver at its start, for functions that are put into the
// cloud (@pulumi/pulumi, runtime/closure), and what drives an engine (automation); a policy pack has neither, and starts in two thirds of
// the time (npm run bench -- policies).
const { Module } = require("node:module");

/** What the SDK loads for functions in the cloud and for engines that are driven. */
const UNUSED_OF_SDK = ["@npmcli/arborist", "@pulumi/pulumi/automation", "normalize-package-data"];

/** Those of `names` that `owner` requires. Where a module is not there, or is there already, nothing changes. */
function loadLate(owner, names) {
  const paths = [require.resolve(owner)];
  for (const name of names) {
    const file = resolved(name, paths);
    if (file !== undefined && require.cache[file] === undefined) require.cache[file] = placeholder(file);
  }
}

function resolved(name, paths) {
  try {
    return require.resolve(name, { paths });
  } catch {
    return undefined;
  }
}

function placeholder(file) {
  let real;
  const load = () => {
    if (real === undefined) {
      delete require.cache[file];
      real = { exports: require(file) };
    }
    return real.exports;
  };
  const module = new Module(file);
  // As TypeScript's `import x from` wants it: with __esModule it asks for nothing more until `default` is used.
  const get = (_, key) => (key === "__esModule" ? true : key === "default" ? load() : load()[key]);
  return Object.assign(module, { filename: file, loaded: true, exports: new Proxy({}, { get }) });
}

module.exports = { loadLate, UNUSED_OF_SDK };
