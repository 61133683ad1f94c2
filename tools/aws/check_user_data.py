"""check_user_data.py SCHEMA < USER-DATA: a line for each thing in user data that cloud-init's schema refuses."""

import json
import sys

import jsonschema
import yaml


def main(schema_file):
    text = sys.stdin.read()
    if not text.startswith("#cloud-config\n"):
        print("the first line is not #cloud-config, so cloud-init takes it for something else")
    with open(schema_file, encoding="utf-8") as file:
        schema = json.load(file)
    data = yaml.safe_load(text)
    # What cloud-init 22.4's schema does not list it allows: a misspelt key must be found all the same.
    known = {name for part in schema["allOf"] for name in properties_of(schema, part)}
    for name in data:
        if name not in known:
            print(f"{name} is no key that cloud-init knows")
    for error in jsonschema.Draft4Validator(schema).iter_errors(data):
        print(f"{'.'.join(str(part) for part in error.path)}: {error.message}")


def properties_of(schema, part):
    if "$ref" in part:
        part = schema["$defs"][part["$ref"].rsplit("/", 1)[1]]
    return part.get("properties", {})


if __name__ == "__main__":
    main(sys.argv[1])
