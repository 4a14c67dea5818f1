import type { Persona } from '@decnet/persona'
import { moments, money, passwordHash, type SeedDatabase, type Seeding } from './build.ts'
import { CITIES, FIRM_FIRST, FIRM_FORM, FIRM_TRADE, PRODUCT_GRADE, PRODUCT_KIND } from './words.ts'

/** A firm that does not exist: name, a short name for its mail address. */
export function firm(persona: Persona, what: string): { readonly name: string; readonly slug: string } {
  const first = persona.pick(`${what}/first`, FIRM_FIRST)
  const trade = persona.pick(`${what}/trade`, FIRM_TRADE)
  const slug = `${first}-${trade}`.toLowerCase().replaceAll('ü', 'ue').replaceAll('ö', 'oe')
  return { name: `${first} ${trade} ${persona.pick(`${what}/form`, FIRM_FORM)}`, slug }
}

/** Accounts of people who keep an application, from the host's own. */
export const staffOf = (persona: Persona): readonly string[] =>
  ['admin', ...persona.users.filter(({ uid, password }) => uid >= 1000 && password !== null).map(({ name }) => name)].filter(
    (name, index, all) => all.indexOf(name) === index,
  )

/** A shop that sells to firms. */
export function shop(seeding: Seeding): SeedDatabase {
  const { persona, at } = seeding
  const customers = Array.from({ length: persona.integer('mysql/shop/customers', 60, 180) }, (_, index) => {
    const { name, slug } = firm(persona, `mysql/shop/customer/${index}`)
    const since =
      persona.installedAt +
      ((seeding.now - persona.installedAt) * index) / 200 +
      persona.integer(`mysql/shop/customer/${index}/since`, 0, 90_000) * 1000
    const city = persona.pick(`mysql/shop/customer/${index}/city`, CITIES)
    return [
      index + 1,
      `C${String(10_000 + index * 7)}`,
      name,
      `einkauf@${slug}.${persona.pick(`mysql/shop/customer/${index}/tld`, ['de', 'eu', 'com', 'net'])}`,
      city,
      persona.integer(`mysql/shop/customer/${index}/limit`, 1, 20) * 500,
      at(since),
    ]
  })
  const products = PRODUCT_KIND.flatMap(([, items], category) =>
    items.flatMap((item, which) =>
      [0, 1].map((variant) => {
        const key = `mysql/shop/product/${category}/${which}/${variant}`
        return {
          category: category + 1,
          name: `${item} ${persona.pick(`${key}/grade`, PRODUCT_GRADE)}`,
          sku: `${item.slice(0, 2).toUpperCase()}-${persona.integer(`${key}/sku`, 1000, 9999)}`,
          price: persona.integer(`${key}/price`, 290, 24_900),
          stock: persona.integer(`${key}/stock`, 0, 400),
        }
      }),
    ),
  )
  const orders = moments(seeding, 'shop/order', persona.integer('mysql/shop/per-day', 2, 9), 700).map(({ number, at: when }) => {
    const lines = Array.from({ length: persona.integer(`mysql/shop/lines/${number}`, 1, 3) }, (_, line) => {
      const product = persona.integer(`mysql/shop/line/${number}/${line}`, 1, products.length)
      return {
        product,
        quantity: persona.integer(`mysql/shop/quantity/${number}/${line}`, 1, 12),
        price: products[product - 1]?.price ?? 0,
      }
    })
    const age = (seeding.now - when) / 86_400_000
    const status =
      age > 12 ? persona.pick(`mysql/shop/status/${number}`, ['paid', 'paid', 'paid', 'paid', 'cancelled']) : age > 3 ? 'shipped' : 'new'
    return {
      number,
      when,
      status,
      customer: persona.integer(`mysql/shop/buyer/${number}`, 1, customers.length),
      lines,
      total: lines.reduce((sum, { quantity, price }) => sum + quantity * price, 0),
    }
  })
  return {
    name: persona.pick('mysql/shop/name', ['shop', 'webshop', 'store', 'orders_prod', 'b2b_shop']),
    tables: [
      {
        ddl: 'create table categories (id int unsigned not null auto_increment, name varchar(64) not null, primary key (id))',
        rows: PRODUCT_KIND.map(([name], index) => [index + 1, name]),
      },
      {
        ddl: 'create table products (id int unsigned not null auto_increment, category_id int unsigned not null, sku varchar(32) not null, name varchar(120) not null, price decimal(10,2) not null, stock int not null default 0, active tinyint(1) not null default 1, primary key (id), unique key sku (sku), key category_id (category_id))',
        rows: products.map(({ category, sku, name, price, stock }, index) => [
          index + 1,
          category,
          `${sku}-${index}`,
          name,
          money(price),
          stock,
          1,
        ]),
      },
      {
        ddl: 'create table customers (id int unsigned not null auto_increment, number varchar(16) not null, company varchar(120) not null, email varchar(190) not null, city varchar(80) default null, credit_limit int not null default 0, created_at datetime not null default current_timestamp, primary key (id), unique key number (number), key email (email))',
        rows: customers,
      },
      {
        ddl: "create table orders (id int unsigned not null auto_increment, customer_id int unsigned not null, status enum('new','shipped','paid','cancelled') not null default 'new', total decimal(10,2) not null, ordered_at datetime not null default current_timestamp, primary key (id), key customer_id (customer_id), key ordered_at (ordered_at))",
        rows: orders.map(({ number, customer, status, total, when }) => [number, customer, status, money(total), at(when)]),
      },
      {
        ddl: 'create table order_items (id int unsigned not null auto_increment, order_id int unsigned not null, product_id int unsigned not null, quantity int not null, price decimal(10,2) not null, primary key (id), key order_id (order_id))',
        rows: orders.flatMap(({ number, lines }) =>
          lines.map(({ product, quantity, price }, line) => [number * 3 + line, number, product, quantity, money(price)]),
        ),
      },
      {
        ddl: "create table users (id int unsigned not null auto_increment, login varchar(60) not null, email varchar(190) not null, password varchar(255) not null, role varchar(20) not null default 'staff', last_login datetime default null, primary key (id), unique key login (login))",
        rows: staffOf(persona).map((login, index) => [
          index + 1,
          login,
          `${login}@${persona.domain}`,
          passwordHash(persona, `shop/${login}`),
          index === 0 ? 'admin' : 'staff',
          at(seeding.now - persona.integer(`mysql/shop/login/${login}`, 3_600_000, 400_000_000)),
        ]),
      },
    ],
  }
}
