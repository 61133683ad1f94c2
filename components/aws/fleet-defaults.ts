// What EnaFleetArgs say of a value that is left out.
export const ENVIRONMENT = "staging";
export const ROOT_GIB = 30;

/** Addresses of the DPDK subnet that an instance has to itself, so that another interface of it moves nobody's. */
export const ADDRESSES_OF_INSTANCE = 16;

/** The last address of the last instance's block is the subnet's broadcast, which AWS keeps. */
export const DPDK_INTERFACES = ADDRESSES_OF_INSTANCE - 1;
