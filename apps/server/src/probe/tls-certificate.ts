import { certificateFacts } from '../domain/probe/certificate.ts'
import { type Probe, TLS_PORTS } from './probe.ts'
import { openTls } from './tls.ts'

/** The certificate that a TLS server shows to whoever names no host, or the host as it was named. */
export const tlsCertificate: Probe = {
  family: 'tls_certificate',
  title: 'TLS certificate',
  ports: TLS_PORTS,
  async ask(target, means) {
    const tls = await openTls(target, means)
    if (!tls) return null
    const raw = tls.getPeerX509Certificate()?.raw
    const version = tls.getProtocol() ?? ''
    tls.destroy()
    const found = raw && certificateFacts(raw)
    if (!found) return null
    const { sha256, subject, commonName, issuer, selfSigned, notBefore, notAfter, names } = found
    return {
      hash: sha256,
      payload: { subject_cn: commonName, cert_sha256: sha256, self_signed: selfSigned },
      facts: {
        cert_sha256: sha256,
        subject,
        issuer,
        self_signed: String(selfSigned),
        not_before: notBefore,
        not_after: notAfter,
        names: names.join(', '),
        tls: version,
      },
    }
  },
}
