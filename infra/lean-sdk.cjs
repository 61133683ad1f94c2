// Pulumi.yaml has node load this before the SDK: a program starts without what it does not use of it, and does not trace what nobody reads.
const { loadLate, UNUSED_OF_SDK } = require("@pantheonchain/dpdk-fleet-policies/late.cjs");

/**
 * The SDK takes a stack trace of every promise that it makes, three for each property of each resource, and has it translated to TypeScript's
 * lines: half of what the program of a large fleet took (npm run bench -- aws). It shows them only where PULUMI_DEBUG_PROMISE_LEAKS is set
 * (@pulumi/pulumi, runtime/debuggable); there they are taken as before. Where the SDK has it not, nothing changes. Returns what takes it back.
 */
function traceNoPromises(debuggable = require("@pulumi/pulumi/runtime/debuggable")) {
  const { debugPromiseLeaks, debuggablePromise: traced } = debuggable;
  if (debugPromiseLeaks || typeof traced !== "function") return () => {};
  debuggable.debuggablePromise = (promise, context) => {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    try {
      return traced(promise, context);
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
  };
  return () => {
    debuggable.debuggablePromise = traced;
  };
}

// And the compiler, with which the SDK reads functions; typescript.cjs needs none.
loadLate("@pulumi/pulumi", ["typescript", ...UNUSED_OF_SDK]);
traceNoPromises();

module.exports = { traceNoPromises };
