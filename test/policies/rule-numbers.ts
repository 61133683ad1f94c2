/**
 * The rules by their numbers in the corpus. 1 to 44 are those of the list of rules that this pack was planned with; 45 to 52 came from
 * judging published manifests: 45 a network that nobody creates, 46 user data that asks IMDS without a token, 47 an empty node selector,
 * 48 two policies of one name, 49 a default route on a secondary network, 50 a physical function for vfio, 51 a node's kubeconfig,
 * 52 a kernel argument of another processor. A number that several rules share has all of them.
 */
export const ruleNumbers: Readonly<Record<number, readonly `dpdk-${string}`[]>> = {
  1: ["dpdk-hugepages-request-is-limit"],
  18: ["dpdk-image-by-digest"],
};
