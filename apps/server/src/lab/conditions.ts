import type { Knobs } from './knobs.ts'

/** One row of the table: what differs from the default noise. */
export interface Condition {
  readonly name: string
  readonly title: string
  readonly knobs: Partial<Knobs>
}

/** Each knob alone turned from its default, to nothing and to much, and all of the noise at once. */
export const conditions: readonly Condition[] = [
  { name: 'default', title: 'default noise', knobs: {} },
  { name: 'fingerprints-all', title: 'no fingerprint missing', knobs: { missingFingerprints: 0 } },
  { name: 'fingerprints-few', title: '60 % of fingerprints missing', knobs: { missingFingerprints: 0.6 } },
  { name: 'fingerprints-none', title: 'no fingerprints at all', knobs: { missingFingerprints: 1 } },
  { name: 'fingerprints-rare', title: 'every tool its own', knobs: { commonFingerprints: 0 } },
  { name: 'fingerprints-common', title: 'popular libraries only', knobs: { commonFingerprints: 1 } },
  { name: 'nat', title: 'half behind shared NAT', knobs: { sharedNat: 0.5 } },
  { name: 'no-vpn', title: 'nobody hops', knobs: { vpnHopping: 0 } },
  { name: 'vpn', title: 'everybody hops', knobs: { vpnHopping: 1 } },
  { name: 'tool-switch', title: 'a new tool every second time', knobs: { toolSwitch: 0.5 } },
  { name: 'ip-reuse', title: 'a fifth of addresses reused', knobs: { ipReuse: 0.2 } },
  { name: 'clock-skew', title: 'clocks an hour apart', knobs: { clockSkew: 3_600 } },
  { name: 'pauses', title: 'long pauses', knobs: { pauses: 0.5, days: 90 } },
  { name: 'botnets', title: 'nearly only bots', knobs: { bots: 0.9 } },
  { name: 'worms', title: 'bots that nobody steers', knobs: { bots: 0.8, steered: 0 } },
  { name: 'herds', title: 'all bots steered', knobs: { steered: 1 } },
  { name: 'no-teams', title: 'no operator in a team', knobs: { teams: 0 } },
  { name: 'teams', title: 'all operators in teams', knobs: { teams: 1 } },
  { name: 'long-secrets', title: 'teams open doors with long passwords', knobs: { shortSecrets: 0 } },
  { name: 'noise-none', title: 'no passers-by', knobs: { noiseFloor: 0 } },
  { name: 'noise', title: '80 % passers-by', knobs: { noiseFloor: 0.8 } },
  {
    name: 'hard',
    title: 'everything at once',
    knobs: {
      missingFingerprints: 0.6,
      commonFingerprints: 0.9,
      sharedNat: 0.3,
      vpnHopping: 0.8,
      toolSwitch: 0.3,
      ipReuse: 0.1,
      clockSkew: 600,
      pauses: 0.3,
    },
  },
]
