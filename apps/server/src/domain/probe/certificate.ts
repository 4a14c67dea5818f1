import { createHash, X509Certificate } from 'node:crypto'

/** What a certificate says; names as it writes them, at most so long. */
export interface CertificateFacts {
  readonly sha256: string
  readonly subject: string
  /** Empty where it names none. */
  readonly commonName: string
  readonly issuer: string
  /** Issued by whom it names, and signed with its own key. */
  readonly selfSigned: boolean
  readonly notBefore: string
  readonly notAfter: string
  /** Names and addresses that it is for, as OpenSSL writes them: `DNS:a.example`. */
  readonly names: readonly string[]
}

const LONGEST = 255
const MOST_NAMES = 50
/** OpenSSL writes one part on each line. */
const oneLine = (name: string | undefined) => (name ?? '').replaceAll('\n', ', ').slice(0, LONGEST)

function verifies(certificate: X509Certificate): boolean {
  try {
    return certificate.verify(certificate.publicKey)
  } catch {
    // A key of a kind that OpenSSL does not know has signed nothing that could be checked.
    return false
  }
}

/** Reads a certificate (X.509, DER); null for bytes that are none. */
export function certificateFacts(der: Uint8Array): CertificateFacts | null {
  let certificate: X509Certificate
  try {
    certificate = new X509Certificate(der)
  } catch {
    return null
  }
  const commonName = /^CN=(.*)$/mu.exec(certificate.subject ?? '')?.[1] ?? ''
  return {
    sha256: createHash('sha256').update(der).digest('hex'),
    subject: oneLine(certificate.subject),
    commonName: commonName.slice(0, LONGEST),
    issuer: oneLine(certificate.issuer),
    selfSigned: certificate.subject === certificate.issuer && verifies(certificate),
    notBefore: certificate.validFrom,
    notAfter: certificate.validTo,
    names: (certificate.subjectAltName ?? '').split(', ', MOST_NAMES).flatMap((name) => (name === '' ? [] : [name.slice(0, LONGEST)])),
  }
}
