import { moments, passwordHash, type SeedDatabase, type Seeding } from './build.ts'
import { staffOf } from './shop.ts'

const SUBJECTS = [
  'Printer on floor 2 is offline',
  'VPN drops every hour',
  'New laptop for sales',
  'Mailbox is full',
  'Share is read-only',
  'Password reset',
  'Backup job failed',
  'Certificate expires soon',
  'Monitor flickers',
  'Software licence',
  'Slow network in the warehouse',
  'Telephone has no dial tone',
]
const ASSETS = ['Laptop', 'Desktop', 'Monitor', 'Printer', 'Switch', 'Access point', 'Phone', 'Server']
const MODELS = [
  'Dell Latitude 5440',
  'HP EliteDesk 800',
  'Dell P2423',
  'Brother HL-L5210',
  'Aruba 2530',
  'UniFi U6',
  'Snom D735',
  'Dell PowerEdge R450',
]
const PLACES = ['Office 1', 'Office 2', 'Warehouse', 'Server room', 'Reception', 'Home office']

/** What an organisation keeps of its devices and of what is wrong with them. */
export function intranet(seeding: Seeding): SeedDatabase {
  const { persona, at, now } = seeding
  const staff = staffOf(persona)
  const hosts = persona.integer('mysql/intranet/assets', 40, 140)
  const net = persona.ip.split('.').slice(0, 3).join('.')
  const tickets = moments(seeding, 'intranet/ticket', persona.integer('mysql/intranet/per-day', 1, 4), 400)
  return {
    name: persona.pick('mysql/intranet/name', ['intranet', 'inventory', 'helpdesk', 'assets', 'itdb']),
    tables: [
      {
        ddl: 'create table users (id int unsigned not null auto_increment, username varchar(60) not null, email varchar(190) not null, password_hash varchar(255) not null, is_admin tinyint(1) not null default 0, last_login datetime default null, primary key (id), unique key username (username))',
        rows: staff.map((name, index) => [
          index + 1,
          name,
          `${name}@${persona.domain}`,
          passwordHash(persona, `intranet/${name}`),
          index === 0 ? 1 : 0,
          at(now - persona.integer(`mysql/intranet/login/${name}`, 3_600_000, 400_000_000)),
        ]),
      },
      {
        ddl: 'create table assets (id int unsigned not null auto_increment, tag varchar(20) not null, kind varchar(30) not null, model varchar(80) not null, location varchar(60) default null, ip varchar(45) default null, purchased date default null, primary key (id), unique key tag (tag))',
        rows: Array.from({ length: hosts }, (_, index) => {
          const kind = persona.integer(`mysql/intranet/kind/${index}`, 0, ASSETS.length - 1)
          const bought = at(persona.installedAt - persona.integer(`mysql/intranet/bought/${index}`, 0, 700) * 86_400_000).slice(0, 10)
          return [
            index + 1,
            `A-${String(2000 + index * 3)}`,
            ASSETS[kind] ?? '',
            MODELS[kind] ?? '',
            persona.pick(`mysql/intranet/place/${index}`, PLACES),
            kind === 2 ? null : `${net}.${20 + (index % 200)}`,
            bought,
          ]
        }),
      },
      {
        ddl: "create table tickets (id int unsigned not null auto_increment, subject varchar(190) not null, status enum('open','pending','closed') not null default 'open', priority tinyint unsigned not null default 2, asset_id int unsigned default null, assignee_id int unsigned default null, created_at datetime not null default current_timestamp, closed_at datetime default null, primary key (id), key status (status), key assignee_id (assignee_id))",
        rows: tickets.map(({ number, at: when }) => {
          const closed = when + persona.integer(`mysql/intranet/closed/${number}`, 1, 9) * 43_200_000
          const done = closed < now
          return [
            number,
            persona.pick(`mysql/intranet/subject/${number}`, SUBJECTS),
            done ? 'closed' : persona.pick(`mysql/intranet/status/${number}`, ['open', 'pending']),
            persona.integer(`mysql/intranet/priority/${number}`, 1, 4),
            persona.integer(`mysql/intranet/asset/${number}`, 1, hosts),
            persona.integer(`mysql/intranet/assignee/${number}`, 1, staff.length),
            at(when),
            done ? at(closed) : null,
          ]
        }),
      },
      {
        ddl: 'create table settings (name varchar(64) not null, value text default null, primary key (name))',
        rows: [
          ['company', persona.organisation],
          ['smtp_host', `mail.${persona.domain}`],
          ['smtp_user', `helpdesk@${persona.domain}`],
          ['base_url', `http://${persona.fqdn}/`],
          ['schema_version', String(persona.integer('mysql/intranet/schema', 21, 64))],
        ],
      },
    ],
  }
}
