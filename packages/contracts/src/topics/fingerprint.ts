import { z } from 'zod'
import { address, count, sha256, timestamp } from '../fields.ts'
import { attackerIp, port } from './fields.ts'

const probed = {
  attacker_ip: attackerIp,
  port: port.nullable().describe('The port that was probed; null for a probe that uses none.'),
}
const hash = z.string().min(1)
const observedAt = timestamp.describe('When.')
const errors = count.describe('Probes that were answered with an error.')

/** What an active probe found; which member it is stands in the message's type. */
export const fingerprint = z.union([
  z.object({ ...probed, jarm_hash: hash.describe('JARM of its TLS server.') }),
  z.object({
    ...probed,
    hassh_server: hash.describe('HASSH of its SSH server.'),
    ssh_banner: z.string().describe('What that server calls itself.'),
  }),
  z.object({
    ...probed,
    tcpfp_hash: hash.describe('Fingerprint of its TCP stack.'),
    ttl: count.max(255).nullable().describe('Time to live of its answer; null where the prober has no right to see it.'),
    mss: count.max(65_535).describe('Largest segment that it offers.'),
  }),
  z.object({
    ...probed,
    subject_cn: z.string().describe('Whom its TLS certificate names.'),
    cert_sha256: sha256.describe('That certificate.'),
    self_signed: z.boolean().describe('It signed itself.'),
  }),
  z.object({
    ...probed,
    http_hash: hash.describe('Fingerprint of its web server: version, server and names of the headers in their order.'),
    status: count.max(999).describe('What it answered to a request for /.'),
    server: z.string().nullable().describe('What that server calls itself.'),
    title: z.string().nullable().describe('The title of the page that it shows.'),
  }),
  z.object({
    ...probed,
    addr: address.describe('An IPv6 address that it gave away.'),
    iid_kind: z.string().describe('How the host part of that address was made.'),
    mac_oui: z.string().nullable().describe('Maker of the network card, where the address tells.'),
    vector: z.string().describe('What made it answer.'),
    on_iface: z.string().describe('Where the answer came in.'),
    observed_at: observedAt,
  }),
  z.object({
    ...probed,
    icmp_matrix: z.string().describe('Which ICMP probes it answered, and how.'),
    icmp_fp_hash: hash.describe('The fingerprint made of that.'),
    errors,
    observed_at: observedAt,
  }),
  z.object({
    ...probed,
    icmp6_matrix: z.string().describe('Which ICMPv6 probes it answered, and how.'),
    icmp6_fp_hash: hash.describe('The fingerprint made of that.'),
    errors,
    observed_at: observedAt,
  }),
])
