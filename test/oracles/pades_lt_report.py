"""What pyHanko says of each signature of a PDF by what the PDF itself brings along (PAdES B-LT), revocation proved and nothing fetched, as JSON: pades_lt_report.py CA.pem FILE.pdf"""

import json
import sys

from pyhanko.keys import load_cert_from_pemder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import DocumentSecurityStore, validate_pdf_signature
from pyhanko.sign.validation.errors import NoDSSFoundError

trust = {"trust_roots": [load_cert_from_pemder(sys.argv[1])], "allow_fetching": False, "revocation_mode": "require"}


def holds(reader, signature):
    try:
        store = DocumentSecurityStore.read_dss(reader)
    except NoDSSFoundError:
        return "brings nothing along"
    status = validate_pdf_signature(
        signature,
        signer_validation_context=store.as_validation_context(trust),
        ts_validation_context=store.as_validation_context(trust),
    )
    return status.bottom_line and status.timestamp_validity.trusted


with open(sys.argv[2], "rb") as file:
    reader = PdfFileReader(file)
    print(json.dumps({each.field_name: holds(reader, each) for each in reader.embedded_signatures}))
