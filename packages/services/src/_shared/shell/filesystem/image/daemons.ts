import type { Facts } from '../../facts.ts'
import { type BaseDirectory, file, link, place } from '../base.ts'
import { ownerNamed } from './accounts.ts'
import { elf } from './programs.ts'

/** Programs of the packages behind a service: path and size, or `path>target`. */
function programsOf(facts: Facts, service: string): readonly string[] {
  const { packages, os } = facts.persona
  switch (service) {
    case 'mysql':
      return packages.database.server === 'mariadb'
        ? [
            '/usr/bin/mariadb:4901232',
            '/usr/bin/mysql>mariadb',
            '/usr/bin/mariadb-dump:4879408',
            '/usr/bin/mysqldump>mariadb-dump',
            '/usr/bin/mariadb-admin:4802944',
            '/usr/bin/mysqladmin>mariadb-admin',
            '/usr/bin/mysqlshow:4790304',
            '/usr/sbin/mariadbd:25436648',
            '/usr/sbin/mysqld>mariadbd',
          ]
        : [
            '/usr/bin/mysql:7773328',
            '/usr/bin/mysqldump:7657168',
            '/usr/bin/mysqladmin:7539984',
            '/usr/bin/mysqlshow:7531792',
            '/usr/sbin/mysqld:65134920',
          ]
    case 'redis':
      return [
        '/usr/bin/redis-cli:1059808',
        '/usr/bin/redis-check-rdb:1775672',
        '/usr/bin/redis-server>redis-check-rdb',
        '/usr/bin/redis-benchmark:938016',
      ]
    case 'ftp':
      return [
        '/usr/bin/tnftp:145424',
        '/usr/bin/ftp>/etc/alternatives/ftp',
        '/etc/alternatives/ftp>/usr/bin/tnftp',
        packages.ftp.server === 'vsftpd' ? '/usr/sbin/vsftpd:163600' : '/usr/sbin/proftpd:1006672',
      ]
    case 'http':
      return packages.web.server === 'nginx'
        ? ['/usr/sbin/nginx:1290280']
        : ['/usr/sbin/apache2:758104', '/usr/sbin/apache2ctl:7231', '/usr/sbin/a2ensite>a2enmod', '/usr/sbin/a2enmod:16227']
    case 'smtp':
      return packages.mail.server === 'postfix'
        ? [
            '/usr/sbin/postfix:18440',
            '/usr/sbin/postconf:161912',
            '/usr/sbin/sendmail:35656',
            '/usr/bin/mailq>../sbin/sendmail',
            '/usr/sbin/postqueue:22840',
            '/usr/lib/postfix/sbin/master:47632',
          ]
        : ['/usr/sbin/exim4:1451240', '/usr/sbin/exim>exim4', '/usr/sbin/sendmail>exim4', '/usr/bin/mailq>../sbin/exim4']
    case 'telnet':
      return [os.distro === 'ubuntu22' ? '/usr/sbin/in.telnetd:44208' : '/usr/sbin/telnetd:60920', '/usr/sbin/inetutils-inetd:44136']
    default:
      return []
  }
}

/** Their configuration, without the comments that nobody reads. */
function configurationOf(facts: Facts, service: string): Readonly<Record<string, string>> {
  const { packages, os, hostname, fqdn } = facts.persona
  switch (service) {
    case 'mysql':
      return packages.database.server === 'mariadb'
        ? {
            '/etc/mysql/mariadb.cnf':
              '# The MariaDB configuration file\n\n[client-server]\n# Port or socket location where to connect\n# port = 3306\nsocket = /run/mysqld/mysqld.sock\n\n# Import all .cnf files from configuration directory\n!includedir /etc/mysql/conf.d/\n!includedir /etc/mysql/mariadb.conf.d/\n',
            '/etc/mysql/mariadb.conf.d/50-server.cnf':
              '[server]\n\n[mysqld]\npid-file                = /run/mysqld/mysqld.pid\nbasedir                 = /usr\nbind-address            = 0.0.0.0\nexpire_logs_days        = 10\ncharacter-set-server  = utf8mb4\ncollation-server      = utf8mb4_general_ci\n',
          }
        : {
            '/etc/mysql/mysql.conf.d/mysqld.cnf':
              '[mysqld]\nuser\t\t= mysql\nbind-address\t\t= 0.0.0.0\nmysqlx-bind-address\t= 127.0.0.1\nkey_buffer_size\t\t= 16M\nmyisam-recover-options  = BACKUP\nlog_error = /var/log/mysql/error.log\nmax_binlog_size   = 100M\n',
          }
    case 'redis':
      return {
        '/etc/redis/redis.conf':
          'bind 0.0.0.0 -::1\nprotected-mode no\nport 6379\ntcp-backlog 511\ntimeout 0\ntcp-keepalive 300\ndaemonize yes\npidfile /run/redis/redis-server.pid\nloglevel notice\nlogfile /var/log/redis/redis-server.log\ndatabases 16\nsave 3600 1\nsave 300 100\nsave 60 10000\nrdbcompression yes\ndbfilename dump.rdb\ndir /var/lib/redis\n',
      }
    case 'ftp':
      return packages.ftp.server === 'vsftpd'
        ? {
            '/etc/vsftpd.conf':
              'listen=NO\nlisten_ipv6=YES\nanonymous_enable=NO\nlocal_enable=YES\nwrite_enable=YES\ndirmessage_enable=YES\nuse_localtime=YES\nxferlog_enable=YES\nconnect_from_port_20=YES\nsecure_chroot_dir=/var/run/vsftpd/empty\npam_service_name=vsftpd\nssl_enable=NO\n',
          }
        : {
            '/etc/proftpd/proftpd.conf':
              'Include /etc/proftpd/modules.conf\nUseIPv6 on\nServerName "Debian"\nServerType standalone\nDeferWelcome off\nTimeoutNoTransfer 600\nTimeoutIdle 1200\nPort 21\nMaxInstances 30\nUser proftpd\nGroup nogroup\nUmask 022 022\nAllowOverwrite on\n',
          }
    case 'http':
      return packages.web.server === 'nginx'
        ? {
            '/etc/nginx/nginx.conf':
              'user www-data;\nworker_processes auto;\npid /run/nginx.pid;\nerror_log /var/log/nginx/error.log;\ninclude /etc/nginx/modules-enabled/*.conf;\n\nevents {\n\tworker_connections 768;\n}\n\nhttp {\n\tsendfile on;\n\ttcp_nopush on;\n\ttypes_hash_max_size 2048;\n\tinclude /etc/nginx/mime.types;\n\tdefault_type application/octet-stream;\n\taccess_log /var/log/nginx/access.log;\n\tgzip on;\n\tinclude /etc/nginx/conf.d/*.conf;\n\tinclude /etc/nginx/sites-enabled/*;\n}\n',
            '/etc/nginx/sites-available/default': `server {\n\tlisten 80 default_server;\n\tlisten [::]:80 default_server;\n\troot /var/www/html;\n\tindex index.php index.html index.htm;\n\tserver_name ${fqdn};\n\tlocation / {\n\t\ttry_files $uri $uri/ =404;\n\t}\n}\n`,
          }
        : {
            '/etc/apache2/apache2.conf': `DefaultRuntimeDir \${APACHE_RUN_DIR}\nPidFile \${APACHE_PID_FILE}\nTimeout 300\nKeepAlive On\nMaxKeepAliveRequests 100\nKeepAliveTimeout 5\nUser \${APACHE_RUN_USER}\nGroup \${APACHE_RUN_GROUP}\nHostnameLookups Off\nErrorLog \${APACHE_LOG_DIR}/error.log\nLogLevel warn\nIncludeOptional mods-enabled/*.load\nIncludeOptional mods-enabled/*.conf\nInclude ports.conf\nIncludeOptional conf-enabled/*.conf\nIncludeOptional sites-enabled/*.conf\n`,
            '/etc/apache2/ports.conf': 'Listen 80\n\n<IfModule ssl_module>\n\tListen 443\n</IfModule>\n',
            '/etc/apache2/sites-available/000-default.conf': `<VirtualHost *:80>\n\tServerName ${fqdn}\n\tServerAdmin webmaster@localhost\n\tDocumentRoot /var/www/html\n\tErrorLog \${APACHE_LOG_DIR}/error.log\n\tCustomLog \${APACHE_LOG_DIR}/access.log combined\n</VirtualHost>\n`,
          }
    case 'smtp':
      return packages.mail.server === 'postfix'
        ? {
            '/etc/postfix/main.cf': `smtpd_banner = $myhostname ESMTP $mail_name (${os.id === 'debian' ? 'Debian/GNU' : 'Ubuntu'})\nbiff = no\nappend_dot_mydomain = no\nreadme_directory = no\ncompatibility_level = 3.6\nmyhostname = ${fqdn}\nalias_maps = hash:/etc/aliases\nalias_database = hash:/etc/aliases\nmyorigin = /etc/mailname\nmydestination = $myhostname, ${hostname}, localhost.localdomain, localhost\nrelayhost =\nmynetworks = 127.0.0.0/8 [::ffff:127.0.0.0]/104 [::1]/128\nmailbox_size_limit = 0\nrecipient_delimiter = +\ninet_interfaces = all\ninet_protocols = all\n`,
            '/etc/mailname': `${fqdn}\n`,
          }
        : {
            '/etc/exim4/update-exim4.conf.conf': `dc_eximconfig_configtype='internet'\ndc_other_hostnames='${fqdn}'\ndc_local_interfaces=''\ndc_relay_domains=''\ndc_relay_nets=''\ndc_use_split_config='false'\n`,
            '/etc/mailname': `${fqdn}\n`,
          }
    case 'telnet':
      return {
        '/etc/inetd.conf': `telnet\tstream\ttcp\tnowait\troot\t/usr/sbin/tcpd\t/usr/sbin/${os.distro === 'ubuntu22' ? 'in.telnetd' : 'telnetd'}\n`,
      }
    default:
      return {}
  }
}

/** What the packages of the offered services put on the disk: programs, clients, configuration. */
export function placeDaemons(root: BaseDirectory, facts: Facts): void {
  const at = facts.persona.installedAt
  for (const service of ['mysql', 'redis', 'ftp', 'http', 'smtp', 'telnet']) {
    if (facts.offers(service) === undefined) continue
    for (const entry of programsOf(facts, service)) {
      const [path = '', target] = entry.split('>')
      const [name = '', size = '0'] = path.split(':')
      place(
        root,
        name,
        target === undefined
          ? file(at, () => elf(Math.min(Number(size), 1 << 20), name), { mode: 0o755, size: Number(size) })
          : link(at, target),
      )
    }
    for (const [path, text] of Object.entries(configurationOf(facts, service)))
      place(root, path, file(at, text, path === '/etc/redis/redis.conf' ? { mode: 0o640, ...ownerNamed(facts.persona, 'redis') } : {}))
  }
}
