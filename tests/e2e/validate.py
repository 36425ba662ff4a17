# SPDX-License-Identifier: GPL-2.0-only OR MIT
# Validates a JSON document against a schema: validate.py SCHEMA DOCUMENT. One line per violation; status 1 if there is
# one. Needs Debian's python3-jsonschema.
import json
import sys

import jsonschema

with open(sys.argv[1], encoding="utf-8") as file:
    schema = json.load(file)
with open(sys.argv[2], encoding="utf-8") as file:
    document = json.load(file)
validator = jsonschema.validators.validator_for(schema)
validator.check_schema(schema)
errors = list(validator(schema, format_checker=jsonschema.FormatChecker()).iter_errors(document))
for error in errors:
    print("/".join(str(part) for part in error.path) + ": " + error.message[:300])
sys.exit(bool(errors))
