import type { Container, Fleet } from './containers.ts'

/** What every container of ours may do: nothing. */
export const CONFINED = { capDrop: ['ALL'], security: ['no-new-privileges'], log: { 'max-size': '10m', 'max-file': '5' } } as const

/** A container as the engine's API takes it. `within`: the id of the container whose network it shares. */
export function createBody(container: Container, fleet: Fleet, within: string | null, cardWithNetwork: boolean): object {
  const { host } = container
  const card = host === null || host.mac === null ? {} : { MacAddress: host.mac }
  const addresses = host && { IPv4Address: host.ip, ...(host.ip6 === null ? {} : { IPv6Address: host.ip6 }) }
  return {
    Image: container.image,
    Cmd: container.command,
    User: container.user,
    Labels: container.labels,
    StopSignal: container.stopSignal,
    ...(host && { Hostname: host.hostname, Domainname: host.domainname }),
    ...(cardWithNetwork ? {} : card),
    HostConfig: {
      NetworkMode: host ? fleet.networkName : `container:${within}`,
      CapDrop: CONFINED.capDrop,
      SecurityOpt: CONFINED.security,
      ReadonlyRootfs: true,
      Memory: container.memory,
      PidsLimit: container.pids,
      LogConfig: { Type: 'json-file', Config: CONFINED.log },
      RestartPolicy: { Name: container.restart ? 'unless-stopped' : 'no' },
      Mounts: container.mounts.map(({ from, to, readOnly }) => ({ Type: 'bind', Source: from, Target: to, ReadOnly: readOnly })),
      ...(host && { Sysctls: host.sysctls }),
    },
    ...(host && {
      NetworkingConfig: { EndpointsConfig: { [fleet.networkName]: { IPAMConfig: addresses, ...(cardWithNetwork ? card : {}) } } },
    }),
  }
}
