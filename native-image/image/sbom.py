#!/usr/bin/env python3
"""What is in the image, as an SPDX 2.3 document:  sbom.py ABOUT ROOT > ROOT/usr/share/sbom/pantheon-node.spdx.json

Read from what the build left: ABOUT/values, ABOUT/origins (PACKAGE static|shared NAME, a line each) and, in ROOT, the files
themselves, dpkg's record of each package and its copyright file. The same image gives the same text: its date is
SOURCE_DATE_EPOCH's, its name ends with a hash of its own content.

A package of Debian declares the licences that its copyright file names: of all its files, also of those that are not here.
Which of them holds for which file is for people to conclude, so NOASSERTION stands there. Names that SPDX has not, or not
without a version, are LicenseRef-Debian-NAME, with their text or where it stands."""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
import time
from pathlib import Path
from urllib.parse import quote

# Short names of Debian's copyright format 1.0 and what SPDX calls the same text.
LICENCES = {
    "Apache-2": "Apache-2.0", "Apache-2.0": "Apache-2.0", "Beerware": "Beerware", "BSD-2-clause": "BSD-2-Clause",
    "BSD-3-clause": "BSD-3-Clause", "Expat": "MIT", "GPL-2": "GPL-2.0-only", "GPL-2+": "GPL-2.0-or-later",
    "GPL-3": "GPL-3.0-only", "GPL-3+": "GPL-3.0-or-later", "ISC": "ISC", "LGPL-2.1": "LGPL-2.1-only",
    "LGPL-2.1+": "LGPL-2.1-or-later", "MIT": "MIT", "Zlib": "Zlib",
}  # fmt: skip
DRIVER = re.compile(r"^librte_((?:bus|common|mempool|net)_\w+)\.a$")
IMAGE, NODE, DPDK = "SPDXRef-Image", "SPDXRef-Package-pantheon-node", "SPDXRef-Package-dpdk"


def main(about: Path, root: Path) -> None:
    values = dict(re.findall(r"^(\w+)='(.*)'$", (about / "values").read_text(), re.M))
    origins = [line.split() for line in (about / "origins").read_text().splitlines()]
    extracted: dict[str, dict] = {}
    packages = [_image(values), _node(values), _dpdk(values), *_drivers(values, origins)]
    names = sorted({package for package, _, _ in origins if package != "dpdk"})
    packages += [_of_debian(root, name, values, extracted) for name in names]
    files = [_file(root, path) for path in _programs(root)]
    packages[0]["packageVerificationCode"] = {"packageVerificationCodeValue": _verification_code(files)}
    document = {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": f"pantheon-node-{values['version']}",
        "creationInfo": {"created": _date(), "creators": ["Tool: dpdk-fleet-native-image"]},
        "documentDescribes": [IMAGE],
        "packages": packages,
        "files": files,
        "hasExtractedLicensingInfos": [extracted[name] for name in sorted(extracted)],
        "relationships": _relationships(origins, files, packages),
    }
    content = hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()
    # Unique, and no address where anything could be read: what SPDX asks of those without a server for it.
    document["documentNamespace"] = f"https://spdx.org/spdxdocs/pantheon-node-{values['version']}-{content[:32]}"
    print(json.dumps(document, indent=1, sort_keys=True))


# --- packages ---------------------------------------------------------------------------------------------------------


def _image(values: dict) -> dict:
    found = _package(IMAGE, "pantheon-node-image", values["version"])
    return {**found, "filesAnalyzed": True, "primaryPackagePurpose": "CONTAINER"}


def _node(values: dict) -> dict:
    found = _package(NODE, "pantheon-node", values["version"], declared="MIT")
    source = f"compiled for {values['cpu']} from sources with the SHA-256 {values['revision']}"
    return {**found, "primaryPackagePurpose": "APPLICATION", "sourceInfo": source}


def _dpdk(values: dict) -> dict:
    version = values["dpdk"]
    found = _package(DPDK, "dpdk", version, declared="BSD-3-Clause")
    cpe = f"cpe:2.3:a:dpdk:data_plane_development_kit:{version}:*:*:*:*:*:*:*"
    return {**found, "sourceInfo": values["dpdk_source"], "externalRefs": [_reference("SECURITY", "cpe23Type", cpe)]}


def _drivers(values: dict, origins: list) -> list[dict]:
    return [_package(_driver_id(name), name, values["dpdk"], declared="BSD-3-Clause") for name in _driver_names(origins)]


def _driver_names(origins: list) -> list[str]:
    found = [DRIVER.match(name) for _, how, name in origins if how == "static"]
    return sorted(match[1] for match in found if match)


def _of_debian(root: Path, name: str, values: dict, extracted: dict) -> dict:
    record = dict(re.findall(r"^([\w-]+): (.*)$", (root / "var/lib/dpkg/status.d" / name).read_text(), re.M))
    text = (root / "usr/share/doc" / name / "copyright").read_text(errors="replace")
    found = _package(_debian_id(name), name, record["Version"], declared=_declared(name, text, extracted))
    source = record.get("Source", name).split()[0]
    words = {"arch": record["Architecture"], "distro": values["distribution"], "upstream": source}
    qualifiers = "&".join(f"{key}={quote(value, safe='')}" for key, value in words.items())
    locator = f"pkg:deb/debian/{quote(name, safe='')}@{quote(record['Version'], safe='')}?{qualifiers}"
    supplier = re.sub(r"^(.*) <(.*)>$", r"Organization: \1 (\2)", record["Maintainer"])
    return {**found, "supplier": supplier, "externalRefs": [_reference("PACKAGE-MANAGER", "purl", locator)]}


def _package(identifier: str, name: str, version: str, declared: str = "NOASSERTION") -> dict:
    return {
        "SPDXID": identifier,
        "name": name,
        "versionInfo": version,
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": False,
        "licenseConcluded": "NOASSERTION",
        "licenseDeclared": declared,
        "copyrightText": "NOASSERTION",
    }


def _reference(category: str, kind: str, locator: str) -> dict:
    return {"referenceCategory": category, "referenceType": kind, "referenceLocator": locator}


# --- licences ---------------------------------------------------------------------------------------------------------


def _declared(package: str, text: str, extracted: dict) -> str:
    """All that the copyright file names: in its License fields, where it has the format, else by Debian's common texts."""
    terms = re.findall(r"^License: *(.+)$", text, re.M)
    if not terms:
        common = re.findall(r"/usr/share/common-licenses/([A-Za-z0-9.+-]*[A-Za-z0-9])", text)
        return " AND ".join(_common(package, name, extracted) for name in sorted(set(common))) or "NOASSERTION"
    names = {name.strip() for term in terms for name in re.split(r"\s+(?:and|or)\s+|,", term) if name.strip()}
    return " AND ".join(sorted(LICENCES.get(name) or _own(package, name, text, extracted) for name in names))


def _common(package: str, name: str, extracted: dict) -> str:
    where = f"/usr/share/common-licenses/{name}, as told in /usr/share/doc/{package}/copyright"
    return _extract(f"LicenseRef-Debian-{package}-{name}", name, where, extracted)


def _own(package: str, name: str, text: str, extracted: dict) -> str:
    found = re.search(rf"^License: *{re.escape(name)}\n((?:[ \t].*\n?)+)", text, re.M)
    told = found[1] if found else f"see /usr/share/doc/{package}/copyright"
    return _extract(f"LicenseRef-Debian-{package}-{name}", name, told, extracted)


def _extract(identifier: str, name: str, text: str, extracted: dict) -> str:
    identifier = re.sub(r"[^A-Za-z0-9.-]", "-", identifier)
    extracted[identifier] = {"licenseId": identifier, "name": name, "extractedText": text}
    return identifier


# --- files and relationships ------------------------------------------------------------------------------------------


def _programs(root: Path) -> list[str]:
    """What is run and loaded; texts and records of packages are no part of it."""
    found = [path for top in ("opt", "usr/lib", "usr/lib64") for path in (root / top).rglob("*") if path.is_file()]
    return sorted(f"./{path.relative_to(root)}" for path in found if not path.is_symlink())


def _file(root: Path, path: str) -> dict:
    content = (root / path).read_bytes()
    sums = [{"algorithm": kind, "checksumValue": hashlib.new(kind, content).hexdigest()} for kind in ("SHA1", "SHA256")]
    return {"SPDXID": _file_id(path), "fileName": path, "fileTypes": ["BINARY"], "checksums": sums}


def _verification_code(files: list[dict]) -> str:
    """SPDX 2.3, 7.9."""
    sums = sorted(file["checksums"][0]["checksumValue"] for file in files)
    return hashlib.sha1("".join(sums).encode()).hexdigest()


def _relationships(origins: list, files: list[dict], packages: list[dict]) -> list[dict]:
    found = {("SPDXRef-DOCUMENT", "DESCRIBES", IMAGE), (NODE, "STATIC_LINK", DPDK)}
    found |= {(IMAGE, "CONTAINS", each["SPDXID"]) for each in [*packages[1:], *files]}
    for name in _driver_names(origins):
        found |= {(DPDK, "CONTAINS", _driver_id(name)), (NODE, "STATIC_LINK", _driver_id(name))}
    by_name = {os.path.basename(each["fileName"]): each["SPDXID"] for each in files}
    found.add((by_name["pantheon-node"], "GENERATED_FROM", NODE))
    for package, how, name in origins:
        element = DPDK if package == "dpdk" else _debian_id(package)
        if how == "static":
            found.add((NODE, "STATIC_LINK", element))
        else:
            found |= {(NODE, "DYNAMIC_LINK", element), (by_name[name], "GENERATED_FROM", element)}
    keys = ("spdxElementId", "relationshipType", "relatedSpdxElement")
    return [dict(zip(keys, each)) for each in sorted(found)]


def _debian_id(name: str) -> str:
    return _identifier("Debian", name)


def _driver_id(name: str) -> str:
    return _identifier("Driver", name)


def _file_id(path: str) -> str:
    return _identifier("File", path[2:])


def _identifier(kind: str, name: str) -> str:
    return f"SPDXRef-{kind}-" + re.sub(r"[^A-Za-z0-9.-]", "-", name)


def _date() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(int(os.environ["SOURCE_DATE_EPOCH"])))


main(Path(sys.argv[1]), Path(sys.argv[2]))
