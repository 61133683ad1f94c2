import { type GuestPorts, guestPorts, labPortBase } from "./ports";

/** Everything by which a guest is found, and its network cards are told apart. Known before the guest exists. */
export interface GuestAddresses {
  /** TCP port of 127.0.0.1 that is forwarded to sshd, where the guest is entered directly. */
  sshPort: number;
  /** Address in the network between the guests, where sshd listens too. */
  lanAddress: string;
  uplinkMac: string;
  lanMac: string;
  /** Address of the physical function of the data NIC. */
  dataMac: string;
  /** First of the lab's ports. */
  portBase: number;
  ports: GuestPorts;
}

/**
 * The addresses of the guest with this index (1 to 99) whose folder this is. Reads which ports are free, changes nothing:
 * `guestAddresses({ index: 1, folder }).sshPort` is 22001 unless something else listens on a port of that lab.
 */
export function guestAddresses(guest: { index: number; folder: string }, proc = "/proc"): GuestAddresses {
  return addressesAt(labPortBase(guest.folder, proc), guest.index);
}

/** The same for a known base. */
export function addressesAt(portBase: number, index: number): GuestAddresses {
  return {
    portBase,
    ports: guestPorts(portBase, index),
    sshPort: guestPorts(portBase, index).ssh,
    lanAddress: `10.77.0.${index}`,
    uplinkMac: mac("aa", index),
    lanMac: mac("1a", index),
    dataMac: mac("d0", index),
  };
}

/** This computer, as a guest under QEMU's user networking reaches it. */
export const HOST_OF_GUESTS = "10.0.2.2";

// 52:54:00 is QEMU's own range; the fourth byte says which card, the last one whose.
function mac(card: string, index: number): string {
  return `52:54:00:${card}:00:${index.toString(16).padStart(2, "0")}`;
}
