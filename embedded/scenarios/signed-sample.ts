import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { oid } from '../../adapters/cms/der.ts';
import { buildSignedAttributes, buildSignedData, sha256 } from '../../adapters/cms/signed-data.ts';
import { buildCertificate } from '../../adapters/local/pki/certificate-builder.ts';
import { toRawSignature } from '../../domain/ecdsa-signature.ts';

/** Who signs the files that stories hand in as signed: nobody whom an installation knows. */
export const SAMPLE_SIGNER = 'Trần Thị Mẫu';

const CONTAINER_BYTES = 4096;
const RANGE = '0000000000 0000000000 0000000000';

interface Signer {
  key: KeyObject;
  certificate: Uint8Array;
}

let known: Signer | undefined;

/** A small PDF with a text of its own, signed (PAdES B-B) by somebody who issued his certificate himself. */
export function signedSample(text: string, signer: Signer = (known ??= sampleSigner())): Uint8Array {
  const pdf = unsignedPdf(text);
  const from = pdf.indexOf(`<${'0'.repeat(CONTAINER_BYTES * 2)}>`);
  const to = from + CONTAINER_BYTES * 2 + 2;
  const range = [from, to, pdf.length - to].map((number) => String(number).padStart(10, '0')).join(' ');
  pdf.write(range, pdf.indexOf(RANGE), 'latin1');
  const container = Buffer.from(containerOver([pdf.subarray(0, from), pdf.subarray(to)], signer));
  pdf.write(container.toString('hex'), from + 1, 'latin1');
  return new Uint8Array(pdf);
}

function containerOver(content: readonly Uint8Array[], { key, certificate }: Signer): Uint8Array {
  const attributes = buildSignedAttributes({ contentType: oid.data, digest: sha256(...content), signer: certificate });
  const signature = toRawSignature(sign('sha256', attributes, key));
  return buildSignedData({ contentType: oid.data, attributes, signature, certificates: [certificate] });
}

function sampleSigner(): Signer {
  const { privateKey: key } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const certificate = buildCertificate({
    profile: 'official',
    subject: { name: SAMPLE_SIGNER },
    publicKey: new Uint8Array(
      createPublicKey(key.export({ type: 'pkcs8', format: 'pem' })).export({ type: 'spki', format: 'der' }),
    ),
    issuerKey: key,
    notBefore: Date.UTC(2020, 0, 1),
    notAfter: Date.UTC(2049, 0, 1),
  });
  return { key, certificate };
}

/** One empty page and one signature, with room for its range and its container. */
function unsignedPdf(text: string): Buffer {
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [4 0 R] /SigFlags 3 >> >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Annots [4 0 R] >>',
    '<< /Type /Annot /Subtype /Widget /FT /Sig /T (signature) /Rect [0 0 0 0] /F 132 /P 3 0 R /V 5 0 R >>',
    `<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached /ByteRange [0 ${RANGE}] /Contents <${'0'.repeat(CONTAINER_BYTES * 2)}> >>`,
  ];
  const parts = [Buffer.from(`%PDF-1.7\n% ${text.replaceAll(/\s/g, ' ')}\n`)];
  const offsets: number[] = [];
  for (const [index, object] of objects.entries()) {
    offsets.push(Buffer.concat(parts).length);
    parts.push(Buffer.from(`${index + 1} 0 obj\n${object}\nendobj\n`));
  }
  const start = Buffer.concat(parts).length;
  const entries = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const size = objects.length + 1;
  const table = `xref\n0 ${size}\n0000000000 65535 f \n${entries}trailer\n<< /Size ${size} /Root 1 0 R >>\n`;
  return Buffer.concat([...parts, Buffer.from(`${table}startxref\n${start}\n%%EOF\n`)]);
}
