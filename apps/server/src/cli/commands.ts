import type { CommandEntry } from './command.ts'

/** In the order in which an operator meets them. What a command needs is loaded when it is the one that runs. */
export const commands: readonly CommandEntry[] = [
  {
    name: 'up',
    summary: 'Start the fleet, the server and the console; stays in the foreground.',
    load: async () => (await import('./up.ts')).up,
  },
  {
    name: 'status',
    summary: 'Is a fleet running in this home? Where are its console and its deckies?',
    load: async () => (await import('./status.ts')).status,
  },
  {
    name: 'agent',
    summary: 'Play deckies on this host for a server elsewhere: their events go there over NATS.',
    load: async () => (await import('./agent.ts')).agent,
  },
  { name: 'down', summary: 'Stop the fleet of this home, in order.', load: async () => (await import('./down.ts')).down },
  {
    name: 'deploy',
    summary: 'Add deckies to the fleet, here or on a real network; the plan is shown first.',
    load: async () => (await import('./deploy.ts')).deploy,
  },
  { name: 'teardown', summary: 'Retire deckies; what they captured stays.', load: async () => (await import('./teardown.ts')).teardown },
  { name: 'redeploy', summary: 'Make every host of the fleet anew, as it is.', load: async () => (await import('./redeploy.ts')).redeploy },
  {
    name: 'archetypes',
    summary: 'List the kinds of host that a decky can be.',
    load: async () => (await import('./archetypes.ts')).archetypes,
  },
  { name: 'distros', summary: 'List the distributions that a decky can play.', load: async () => (await import('./distros.ts')).distros },
  {
    name: 'services',
    summary: 'List the services that a decky can play, or show what can be said to one.',
    args: [
      { name: '[action]', description: '`show`; without it they are listed' },
      { name: '[name]', description: 'which' },
    ],
    load: async () => (await import('./services.ts')).services,
  },
  {
    name: 'service',
    summary: 'Give a decky a service while it runs, take one from it, or configure one; the others do not notice.',
    args: [
      { name: '<action>', description: '`add`, `remove`, `set` (for its next start) or `apply` (now)' },
      { name: '<decky>', description: 'which decky' },
      { name: '<service>', description: 'which service' },
      { name: '[setting...]', description: 'key=value; key= alone takes the default again' },
    ],
    load: async () => (await import('./service.ts')).service,
  },
  {
    name: 'mutate',
    summary: 'Have deckies change now, or say how they change by themselves.',
    args: [{ name: '[decky...]', description: 'which; without any the settings are shown' }],
    load: async () => (await import('./mutate.ts')).mutate,
  },
  {
    name: 'tarpit',
    summary: 'Hold up whoever comes to a decky, or show who is held up.',
    args: [
      { name: '<decky>', description: 'which' },
      { name: '[service...]', description: 'which of its services; all without any' },
    ],
    load: async () => (await import('./tarpit.ts')).tarpit,
  },
  { name: 'attackers', summary: 'List who came, most recent first.', load: async () => (await import('./attackers.ts')).attackers },
  {
    name: 'attacker',
    summary: 'Everything about one attacker: sessions, commands, credentials, files.',
    args: [{ name: '<ip|uuid>', description: 'address or uuid' }],
    load: async () => (await import('./attacker.ts')).attacker,
  },
  {
    name: 'identities',
    summary: 'List who is behind the addresses, most recent first.',
    load: async () => (await import('./identities.ts')).identities,
  },
  {
    name: 'campaigns',
    summary: 'List which identities work together, most recent first.',
    load: async () => (await import('./campaigns.ts')).campaigns,
  },
  {
    name: 'credentials',
    summary: 'List the credentials that were tried, or with --reuse those tried on several targets.',
    load: async () => (await import('./credentials.ts')).credentials,
  },
  {
    name: 'events',
    summary: 'Print the event log, oldest first; --follow stays and prints what comes.',
    load: async () => (await import('./events.ts')).events,
  },
  {
    name: 'workers',
    summary: 'Show the background jobs: alive, how far behind, what went wrong; stop and start them.',
    args: [
      { name: '[action]', description: 'stop or start; without it they are shown' },
      { name: '[name...]', description: 'which' },
    ],
    load: async () => (await import('./workers.ts')).workers,
  },
  {
    name: 'worker',
    summary: 'Run workers in a process of their own, here or on another host; they share the work with others of their name.',
    args: [{ name: '<name...>', description: 'which; see `decnet workers`' }],
    load: async () => (await import('./worker.ts')).worker,
  },
  {
    name: 'bus',
    summary: 'Serve the bus of this host alone, and join it to other hosts; everything else connects to it.',
    load: async () => (await import('./bus.ts')).bus,
  },
  {
    name: 'systemd',
    summary: 'Write the units with which systemd keeps bus, fleet and workers running on this machine.',
    args: [{ name: '<action>', description: '`install`' }],
    load: async () => (await import('./systemd.ts')).systemd,
  },
  {
    name: 'db',
    summary: 'Look after the database: status, migrate, backup, restore, copy to another kind.',
    args: [
      { name: '[action]', description: 'status by default' },
      { name: '[file]', description: 'of backup and restore' },
    ],
    load: async () => (await import('./db.ts')).db,
  },
  {
    name: 'import',
    summary: 'Take in the logs of other honeypots: Cowrie, OpenCanary, T-Pot, RFC 5424.',
    args: [{ name: '<path...>', description: 'files, also .gz, or folders; - is standard input' }],
    load: async () => (await import('./import.ts')).importLogs,
  },
  {
    name: 'lab',
    summary: 'Try linkage on made-up campaigns: generate, identities, score, report.',
    args: [{ name: '<action>', description: '`generate`, `identities`, `score` or `report`' }],
    load: async () => (await import('./lab.ts')).lab,
  },
  {
    name: 'attack',
    summary: 'Look up techniques, tactics and groups of ATT&CK; take a newer release of it.',
    args: [
      { name: '<action>', description: '`technique`, `tactics`, `groups`, `update` or `revert`' },
      { name: '[what]', description: 'an id, a STIX bundle (- is standard input), or enterprise or ics' },
    ],
    load: async () => (await import('./attack.ts')).attack,
  },
  {
    name: 'ttp',
    summary: 'Rules that recognise ATT&CK techniques: list, show, check and disable them, match evidence, take in Sigma rules, look back.',
    args: [
      {
        name: '<action>',
        description: '`match`, `check`, `rules`, `show`, `state`, `disable`, `clip`, `enable`, `import-sigma` or `backfill`',
      },
      {
        name: '[what...]',
        description: 'check, import-sigma: files or folders; show: the id of a rule; disable, clip, enable: ids of rules',
      },
    ],
    load: async () => (await import('./ttp.ts')).ttp,
  },
  {
    name: 'fingerprint',
    summary: 'Read JA3, JA4, HASSH, header order and SYN fingerprints out of captures.',
    args: [
      { name: '<source>', description: '`pcap`' },
      { name: '[file...]', description: 'pcap or pcapng files; - is standard input' },
    ],
    load: async () => (await import('./fingerprint.ts')).fingerprint,
  },
  {
    name: 'probe',
    summary: 'Ask ports what they are: JARM, HASSHServer, certificate, web server, TCP.',
    args: [{ name: '<host:port...>', description: 'by name or address; an IPv6 address in brackets' }],
    load: async () => (await import('./probe.ts')).probe,
  },
  {
    name: 'doctor',
    summary: 'Check machine, ports, permissions and disk, and say what to do.',
    load: async () => (await import('./doctor.ts')).doctor,
  },
  {
    name: 'passwd',
    summary: 'Set the password of a console user; ends all logins of that user.',
    args: [{ name: '[username]', description: 'admin by default' }],
    load: async () => (await import('./passwd.ts')).passwd,
  },
  {
    name: 'version',
    summary: 'Print the versions of this release and of its Node.',
    load: async () => (await import('./version.ts')).version,
  },
]
