import { passwordHash, type SeedDatabase, type Seeding } from './build.ts'
import { staffOf } from './shop.ts'

const TABLES = [
  'create table wp_commentmeta (meta_id bigint unsigned not null auto_increment, comment_id bigint unsigned not null default 0, meta_key varchar(255) default null, meta_value longtext default null, primary key (meta_id), key comment_id (comment_id))',
  "create table wp_links (link_id bigint unsigned not null auto_increment, link_url varchar(255) not null default '', link_name varchar(255) not null default '', link_visible varchar(20) not null default 'Y', primary key (link_id))",
  'create table wp_postmeta (meta_id bigint unsigned not null auto_increment, post_id bigint unsigned not null default 0, meta_key varchar(255) default null, meta_value longtext default null, primary key (meta_id), key post_id (post_id))',
  'create table wp_term_relationships (object_id bigint unsigned not null default 0, term_taxonomy_id bigint unsigned not null default 0, term_order int not null default 0, primary key (object_id,term_taxonomy_id))',
  'create table wp_termmeta (meta_id bigint unsigned not null auto_increment, term_id bigint unsigned not null default 0, meta_key varchar(255) default null, meta_value longtext default null, primary key (meta_id))',
]

/** The database of a blog under WordPress, as its installer leaves it and a few posts later. */
export function wordpress({ persona, at, now }: Seeding): SeedDatabase {
  const url = `http://${persona.fqdn}`
  const created = at(persona.installedAt + 86_400_000)
  const [author = 'admin'] = staffOf(persona)
  const options: readonly (readonly [string, string])[] = [
    ['siteurl', url],
    ['home', url],
    ['blogname', persona.organisation],
    ['blogdescription', ''],
    ['users_can_register', '0'],
    ['admin_email', `${author}@${persona.domain}`],
    ['start_of_week', '1'],
    ['posts_per_page', '10'],
    ['date_format', 'F j, Y'],
    ['template', 'twentytwentyfour'],
    ['stylesheet', 'twentytwentyfour'],
    ['db_version', '57155'],
    ['default_role', 'subscriber'],
    ['active_plugins', 'a:1:{i:0;s:19:"akismet/akismet.php";}'],
    ['timezone_string', persona.timezone],
  ]
  const titles = ['Hello world!', 'Opening hours', 'Our new catalogue', 'Closed between the years', 'Trade fair in spring']
  const posts = titles.map((title, index) => {
    const when = at(
      Math.min(now - 86_400_000, persona.installedAt + 86_400_000 * (1 + index * persona.integer('mysql/wordpress/gap', 9, 40))),
    )
    return [
      index + 1,
      1,
      when,
      when,
      `<!-- wp:paragraph -->\n<p>${title}.</p>\n<!-- /wp:paragraph -->`,
      title,
      'publish',
      title
        .toLowerCase()
        .replace(/[^a-z]+/gu, '-')
        .replace(/-$/u, ''),
      'post',
      0,
    ]
  })
  return {
    name: persona.pick('mysql/wordpress/name', ['wordpress', 'wp', 'wpdb', 'blog']),
    tables: [
      ...TABLES.map((ddl) => ({ ddl, rows: [] })),
      {
        ddl: "create table wp_comments (comment_ID bigint unsigned not null auto_increment, comment_post_ID bigint unsigned not null default 0, comment_author tinytext not null, comment_author_email varchar(100) not null default '', comment_date datetime not null default '0000-00-00 00:00:00', comment_content text not null, comment_approved varchar(20) not null default '1', primary key (comment_ID), key comment_post_ID (comment_post_ID))",
        rows: [[1, 1, 'A WordPress Commenter', '', created, 'Hi, this is a comment.', '1']],
      },
      {
        ddl: "create table wp_options (option_id bigint unsigned not null auto_increment, option_name varchar(191) not null default '', option_value longtext not null, autoload varchar(20) not null default 'yes', primary key (option_id), unique key option_name (option_name))",
        rows: options.map(([name, value], index) => [index + 1, name, value, 'yes']),
      },
      {
        ddl: "create table wp_posts (ID bigint unsigned not null auto_increment, post_author bigint unsigned not null default 0, post_date datetime not null default '0000-00-00 00:00:00', post_modified datetime not null default '0000-00-00 00:00:00', post_content longtext not null, post_title text not null, post_status varchar(20) not null default 'publish', post_name varchar(200) not null default '', post_type varchar(20) not null default 'post', comment_count bigint not null default 0, primary key (ID), key post_name (post_name), key post_author (post_author))",
        rows: posts,
      },
      {
        ddl: "create table wp_terms (term_id bigint unsigned not null auto_increment, name varchar(200) not null default '', slug varchar(200) not null default '', primary key (term_id))",
        rows: [[1, 'Uncategorized', 'uncategorized']],
      },
      {
        ddl: "create table wp_term_taxonomy (term_taxonomy_id bigint unsigned not null auto_increment, term_id bigint unsigned not null default 0, taxonomy varchar(32) not null default '', count bigint not null default 0, primary key (term_taxonomy_id))",
        rows: [[1, 1, 'category', posts.length]],
      },
      {
        ddl: 'create table wp_usermeta (umeta_id bigint unsigned not null auto_increment, user_id bigint unsigned not null default 0, meta_key varchar(255) default null, meta_value longtext default null, primary key (umeta_id), key user_id (user_id))',
        rows: [
          [1, 1, 'nickname', author],
          [2, 1, 'wp_capabilities', 'a:1:{s:13:"administrator";b:1;}'],
          [3, 1, 'wp_user_level', '10'],
        ],
      },
      {
        ddl: "create table wp_users (ID bigint unsigned not null auto_increment, user_login varchar(60) not null default '', user_pass varchar(255) not null default '', user_nicename varchar(50) not null default '', user_email varchar(100) not null default '', user_registered datetime not null default '0000-00-00 00:00:00', user_status int not null default 0, display_name varchar(250) not null default '', primary key (ID), key user_login_key (user_login))",
        rows: staffOf(persona).map((login, index) => [
          index + 1,
          login,
          passwordHash(persona, `wordpress/${login}`),
          login,
          `${login}@${persona.domain}`,
          created,
          0,
          login,
        ]),
      },
    ],
  }
}
