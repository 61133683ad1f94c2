/** What an image's distribution says of it. */
export interface Distribution {
  /** The user that its image makes, who has sudo without a password. */
  readonly user: string;
  /** The name of its root device, which a launch template must repeat to encrypt it. */
  readonly rootDevice: string;
  /** Why ENA's script gives its vfio-pci no write combining; null where nothing is known against it. */
  readonly withoutWriteCombining: string | null;
}

/**
 * Users and devices: Debian, wiki/Cloud/AmazonEC2Image; Canonical, "Ubuntu on AWS"; AWS, "Amazon Linux 2023 on EC2". Write combining:
 * issues of amzn/amzn-drivers, whose userspace/dpdk/enav2-vfio-patch patches vfio-pci.
 */
export const DISTRIBUTIONS = {
  "debian-12": { user: "admin", rootDevice: "/dev/xvda", withoutWriteCombining: null },
  "debian-13": { user: "admin", rootDevice: "/dev/xvda", withoutWriteCombining: "its kernel 6.12 is newer than 6.8" },
  "ubuntu-22.04": { user: "ubuntu", rootDevice: "/dev/sda1", withoutWriteCombining: null },
  "ubuntu-24.04": { user: "ubuntu", rootDevice: "/dev/sda1", withoutWriteCombining: "amzn-drivers issue 333" },
  "amazon-linux-2023": {
    user: "ec2-user",
    rootDevice: "/dev/xvda",
    withoutWriteCombining: "amzn-drivers issue 348",
  },
} as const satisfies Record<string, Distribution>;

export type DistributionName = keyof typeof DISTRIBUTIONS;

/** The last kernel for which enav2-vfio-patch has a patch. */
export const LAST_PATCHED_KERNEL = [6, 8] as const;
