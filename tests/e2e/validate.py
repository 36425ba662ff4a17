# SPDX-License-Identifier: GPL-2.0-only OR MIT
# Validates JSON documents against a schema: validate.py SCHEMA DOCUMENT... One line per violation; status 1 if there is
# one. Needs Debian's python3-jsonschema.
import json
import sys

import jsonschema


def load(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


schema = load(sys.argv[1])
validator = jsonschema.validators.validator_for(schema)
validator.check_schema(schema)
bad = False
for path in sys.argv[2:]:
    for error in validator(schema, format_checker=jsonschema.FormatChecker()).iter_errors(load(path)):
        print(path + ": " + "/".join(str(part) for part in error.path) + ": " + error.message[:300])
        bad = True
sys.exit(bad)
