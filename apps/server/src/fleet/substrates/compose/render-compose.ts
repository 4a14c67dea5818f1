import type { DeckyPlan } from '@decnet/persona'
import { stringify } from 'yaml'
import { type Container, containersOf, type Fleet, projectOf } from './containers.ts'
import { CONFINED } from './create-body.ts'
import { driverOptions, subnets } from './networks.ts'

/** Compose reads a dollar sign as a variable. */
const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value).replaceAll('$', '$$$$')) as T

function serviceOf(container: Container) {
  const { host, within } = container
  return {
    container_name: container.name,
    image: container.image,
    command: container.command,
    user: container.user,
    ...(host && {
      hostname: host.hostname,
      domainname: host.domainname,
      ...(host.mac === null ? {} : { mac_address: host.mac }),
      networks: { lan: { ipv4_address: host.ip, ...(host.ip6 === null ? {} : { ipv6_address: host.ip6 }) } },
      sysctls: host.sysctls,
    }),
    ...(within !== null && { network_mode: `service:${within}`, depends_on: [within] }),
    cap_drop: CONFINED.capDrop,
    security_opt: CONFINED.security,
    read_only: true,
    mem_limit: container.memory,
    pids_limit: container.pids,
    logging: { driver: 'json-file', options: CONFINED.log },
    restart: container.restart ? 'unless-stopped' : 'no',
    stop_signal: container.stopSignal,
    ...(container.mounts.length > 0 && {
      volumes: container.mounts.map(({ from, to, readOnly }) => ({ type: 'bind', source: from, target: to, read_only: readOnly })),
    }),
    labels: container.labels,
  }
}

/** The network as the fleet would make it; `null` where another one's is used. */
const networkOf = ({ network, networkName, mark }: Fleet, shared: boolean) =>
  shared
    ? { external: true, name: networkName }
    : {
        name: networkName,
        driver: network.driver,
        driver_opts: driverOptions(network),
        ...(network.subnet6 === null ? {} : { enable_ipv6: true }),
        ipam: { config: subnets(network).map(({ Subnet: subnet, Gateway: gateway }) => ({ subnet, ...(gateway && { gateway }) })) },
        labels: { 'decnet.mark': mark },
      }

/**
 * A fleet as a compose file (the Compose specification; docker-compose 1.27 and later, docker compose). Pure: no engine is asked. `shared`: the
 * network is there already, and another's.
 */
export function renderCompose(plan: readonly DeckyPlan[], fleet: Fleet, { shared = false }: { readonly shared?: boolean } = {}): string {
  const services = Object.fromEntries(containersOf(plan, fleet).map((container) => [container.key, serviceOf(container)]))
  const head =
    `# Written by decnet whenever its fleet changes; what is changed here is lost. While decnet runs it holds these containers up itself.\n` +
    `# docker compose -p ${projectOf(fleet.mark)} -f docker-compose.yml ps\n`
  // Older readers take YAML 1.1, where `no` and a card of digits are no texts.
  return (
    head + stringify(plain({ services, networks: { lan: networkOf(fleet, shared) } }), { version: '1.1', aliasDuplicateObjects: false })
  )
}
