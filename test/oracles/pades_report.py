"""What pyHanko says of each signature of a PDF, as JSON: pades_report.py CA.pem FILE.pdf"""

import json
import sys

from pyhanko.keys import load_cert_from_pemder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

root = load_cert_from_pemder(sys.argv[1])


def report(signature):
    context = {"trust_roots": [root], "allow_fetching": False}
    status = validate_pdf_signature(
        signature,
        signer_validation_context=ValidationContext(**context),
        ts_validation_context=ValidationContext(**context),
    )
    stamp = status.timestamp_validity
    return {
        "field": signature.field_name,
        "holds": status.bottom_line,
        "trusted": status.trusted,
        "coverage": status.coverage.name,
        "changes": status.modification_level.name,
        "timestampTrusted": stamp is not None and stamp.valid and stamp.trusted,
        "problem": str(status.coverage) if not status.bottom_line else None,
    }


with open(sys.argv[2], "rb") as file:
    print(json.dumps([report(signature) for signature in PdfFileReader(file).embedded_signatures]))
