/** What a reader without our software needs first. The whole layout is published in docs/evidence-package.md. */
export const README = `Evidence package of one dossier (Onetrack, layout version 1)

  manifest.json      every file with size and SHA-256, the dossier, its last event
  manifest.jws       detached JWS (RFC 7515, ES256) over manifest.json; x5c holds the certificates
  events.jsonl       one event a line: the event, SHA-256 of its canonical JSON (RFC 8785), its detached JWS
  secrets/           personal data of event N: N.json and its salt N.salt
  definition.json    the procedure to which the first event pins the dossier
  machine.asl.json   the state machine compiled from it (Amazon States Language)
  documents/         what was handed in or drafted, by SHA-256
  result/            what was signed and sealed
  certificates/      chains of the record key and of the seals
  revocation/        revocation lists (DER)
  anchors.json       which events stand under which time-stamp; path to the stamped root (RFC 9162, 2.1.3)
  timestamps/        RFC 3161 time-stamp tokens (DER)

With the authority's certificate ca.pem, obtained elsewhere than from this package:

  files      jq -r '.files[] | "\\(.sha256)  \\(.path)"' manifest.json | sha256sum -c
  a secret   cat secrets/1.salt secrets/1.json | sha256sum      must equal   sed -n 1p events.jsonl | jq -r .event.secret
  an event   sed -n 1p events.jsonl | jq -cSj .event | sha256sum   must equal   sed -n 1p events.jsonl | jq -r .hash
  chain      jq -r '[.event.prev, .hash] | @tsv' events.jsonl   each prev is the hash of the line before
  key        openssl verify -CAfile ca.pem -CRLfile revocation/1.crl certificates/record-1.pem
  papers     pdfsig result/NAME.pdf     (.asice: software for signature containers, such as DigiDoc or DSS)
  time       openssl ts -verify -token_in -in timestamps/NAME.tst -digest ROOT -CAfile ca.pem

ROOT is the root to which anchors.json leads; for an event alone under its time-stamp (leaves: 1) it is
  (printf '\\0'; printf HASH | xxd -r -p) | sha256sum

Everything at once:  onetrack verify PACKAGE.zip --trust ca.pem
`;
