import { moments, passwordHash, type SeedDatabase, type Seeding } from './build.ts'
import { staffOf } from './shop.ts'

const ROLES = ['web', 'db', 'mail', 'app', 'backup', 'fw', 'sw', 'nas', 'print', 'vpn']
const CHECKS: readonly (readonly [name: string, unit: string])[] = [
  ['load', ''],
  ['disk /', '%'],
  ['memory', '%'],
  ['ping', 'ms'],
  ['ssh', ''],
  ['ntp offset', 'ms'],
]

/** What a monitoring server keeps: hosts, what is measured on them, what went wrong. */
export function monitoring(seeding: Seeding): SeedDatabase {
  const { persona, at, now } = seeding
  const net = persona.ip.split('.').slice(0, 3).join('.')
  const hosts = Array.from({ length: persona.integer('mysql/monitoring/hosts', 14, 40) }, (_, index) => {
    const role = ROLES[index % ROLES.length] ?? 'app'
    return {
      id: index + 1,
      name: `${role}${String(Math.floor(index / ROLES.length) + 1).padStart(2, '0')}.${persona.domain}`,
      ip: `${net}.${10 + index * 3}`,
    }
  })
  const alerts = moments(seeding, 'monitoring/alert', persona.integer('mysql/monitoring/per-day', 2, 7), 500)
  return {
    name: persona.pick('mysql/monitoring/name', ['monitoring', 'nagdb', 'checks', 'observium', 'statusdb']),
    tables: [
      {
        ddl: 'create table hosts (id int unsigned not null auto_increment, name varchar(120) not null, address varchar(45) not null, enabled tinyint(1) not null default 1, last_seen datetime default null, primary key (id), unique key name (name))',
        rows: hosts.map(({ id, name, ip }) => [id, name, ip, 1, at(now - persona.integer(`mysql/monitoring/seen/${id}`, 5, 58) * 1000)]),
      },
      {
        ddl: 'create table checks (id int unsigned not null auto_increment, host_id int unsigned not null, name varchar(40) not null, unit varchar(8) not null, warn double default null, crit double default null, interval_s int not null default 60, primary key (id), key host_id (host_id))',
        rows: hosts.flatMap(({ id }) =>
          CHECKS.map(([name, unit], index) => [
            (id - 1) * CHECKS.length + index + 1,
            id,
            name,
            unit,
            unit === '%' ? 80 : null,
            unit === '%' ? 90 : null,
            60,
          ]),
        ),
      },
      {
        ddl: "create table alerts (id int unsigned not null auto_increment, check_id int unsigned not null, state enum('warning','critical','ok') not null, message varchar(190) not null, raised_at datetime not null, acknowledged_by varchar(60) default null, primary key (id), key check_id (check_id), key raised_at (raised_at))",
        rows: alerts.map(({ number, at: when }) => {
          const check = persona.integer(`mysql/monitoring/check/${number}`, 1, hosts.length * CHECKS.length)
          const [name = '', unit = ''] = CHECKS[(check - 1) % CHECKS.length] ?? []
          const state = persona.pick(`mysql/monitoring/state/${number}`, ['warning', 'critical', 'ok'])
          return [
            number,
            check,
            state,
            `${name} is ${persona.integer(`mysql/monitoring/value/${number}`, 60, 99)}${unit}`,
            at(when),
            state === 'critical' ? persona.pick(`mysql/monitoring/by/${number}`, staffOf(persona)) : null,
          ]
        }),
      },
      {
        ddl: "create table users (id int unsigned not null auto_increment, name varchar(60) not null, password varchar(255) not null, role varchar(20) not null default 'viewer', primary key (id), unique key name (name))",
        rows: staffOf(persona).map((name, index) => [
          index + 1,
          name,
          passwordHash(persona, `monitoring/${name}`),
          index === 0 ? 'admin' : 'viewer',
        ]),
      },
    ],
  }
}
