import type { Lab } from "../lab/lab";
import { shell } from "./trap";

export const slowPackage = "fault-slow";

/** There while the package is being configured, for 15 s. */
export const isInstalling = "[ -e /run/fault-installing ]";

const script = String.raw`
home=/var/fault-packages
mkdir -p $home/tree/DEBIAN
cat > $home/tree/DEBIAN/control <<'CONTROL'
Package: fault-slow
Version: 1.0
Architecture: all
Maintainer: a test <root@localhost>
Description: takes its time to be configured
CONTROL
printf '#!/bin/sh\n: > /run/fault-installing\nsleep 15\nrm -f /run/fault-installing\n' > $home/tree/DEBIAN/postinst
chmod 755 $home/tree/DEBIAN/postinst
dpkg-deb --build $home/tree $home/fault-slow.deb > /dev/null
{ cat $home/tree/DEBIAN/control; echo Filename: ./fault-slow.deb; echo Size: $(stat -c %s $home/fault-slow.deb)
  echo SHA256: $(sha256sum $home/fault-slow.deb | cut -d' ' -f1); } > $home/Packages
echo "deb [trusted=yes] file:$home ./" > /etc/apt/sources.list.d/fault.list
apt-get -q update -o Dir::Etc::sourcelist=/etc/apt/sources.list.d/fault.list -o Dir::Etc::sourceparts=- -o APT::Get::List-Cleanup=0 > /dev/null
`;

/** Makes a package that takes 15 s to be configured, and an archive on the node that offers it. */
export async function offerSlowPackage(lab: Lab, node: string): Promise<void> {
  await shell(lab, node, script);
}

/** Takes the archive away again. */
export async function withdrawSlowPackage(lab: Lab, node: string): Promise<void> {
  await shell(
    lab,
    node,
    "rm -rf /var/fault-packages /etc/apt/sources.list.d/fault.list /var/lib/apt/lists/_var_fault-packages*",
  );
}
