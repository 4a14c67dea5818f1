import { createHash } from 'node:crypto'

/** Share of strangers who show a thing that is known to be common, wherever one looks. */
const CLIENT = 0.2
const HABIT = 0.15
/** Who comes for something, and does not only measure. */
const VISIT = 0.9
/** A common password with a name that is not. */
const SECRET = 0.02

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '))

/**
 * Client programs as they come, without any setting. `hassh`: salesforce/hassh, python/hasshGen (BSD-3-Clause), and measured: OpenSSH 9.2p1 of
 * Debian 12, libssh2 1.10.0, Nmap 7.93, ssh2 1.17. `ja3`, `ja4`: measured, by address and by name: curl 7.88.1, wget 1.21.3, openssl 3.0
 * s_client, Python 3.11 urllib, Node.js 24 https and fetch, PHP 8.2; of Chromium 156 only JA4, for its JA3 is another each time.
 */
const clients: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  [
    'hassh',
    words(
      '472b5de333ad665af5cbf10ff892c4df b4b8ae3d7241d2c1dc54b4df7e8c19d1 a20aced7c9824fd804f59e68dd801ad3 c675682da710711573aa64807feb3d1e ' +
        '22865d7159a8dedcb091cd4fc5fd2841 3646f4d62498cd92721bd242ce988a42 46c5bd9748882f1a5d75753fb7d47a61 68e0ba85e1a818f7c49ea3f4b849bd15 ' +
        '82a9e17b13a816a13b8c8bfe1b5cf030 ad00edb0c2a031d9884826ba7b7ba41e b5752e36ba6c5979a575e43178908adf c0216580c330eab8906d740d31f761a8 ' +
        'd72f74b08466652d162ca02ad197b9ad e22efe3cde8b396b874c3f13fdb6c61a ec7378c1a92f5a8dde7e8b7a1ddf33d1',
    ),
  ],
  [
    'ja3',
    words(
      '78f0dc5ac5b19daf131a133cfdee9691 0149f47eabf9a20d0893e2a44e5a6323 b1eb3ca3daaf03d365753f0a321e1601 bb4f9fef542ff6b4b29aa653bf0c1d31 ' +
        'c216e752cae6f8755fd27f561d031636 8a9d5d0f12f7d43ee3af1c51d2998d99 93c7d42c0df602fb91589311534831f5 e29263fb066facf0f3d23ccaf0fe19da ' +
        '944d1e1858cd278718f8a46b65d3212f a44663b9db6ccaa680f6174478197a2f a468eae2a82cd86fea9fd0c541ed8ff0',
    ),
  ],
  [
    'ja4',
    words(
      't13i3111h2_e8f1e7e78f70_b26ce05bbdd6 t13d3112h2_e8f1e7e78f70_b26ce05bbdd6 t13i291200_723694b0fccc_899037bd0b8c ' +
        't13d291300_723694b0fccc_899037bd0b8c t13i310900_e8f1e7e78f70_1f22a2ca17c4 t13i181000_85036bcba153_d41ae481755e ' +
        't13d181100_85036bcba153_d41ae481755e t13i521000_b262b3658495_8e6e362c5eac t13d521100_b262b3658495_8e6e362c5eac ' +
        't13i5211h1_b262b3658495_8e6e362c5eac t13d751100_479067518aa3_d41ae481755e t13i1516h2_8daaf6152771_cb7bf5808d99 ' +
        't13d1517h2_8daaf6152771_cb7bf5808d99',
    ),
  ],
])

/** Names and passwords of Mirai's published source, of yearly lists of the most used passwords, and of every system that is set up. */
const users = words(
  'root admin administrator user guest test ubuntu debian centos pi oracle postgres mysql git ftp ftpuser support service supervisor tech ' +
    'default deploy ubnt nagios tomcat jenkins hadoop www-data backup ec2-user ansible docker minecraft steam es elasticsearch redis sa vagrant ' +
    'zabbix nexus kafka solr grafana elastic kibana logstash gitlab gitlab-runner sonar airflow hdfs hive spark flink weblogic odoo asterisk ' +
    'teamspeak csgo plex sftp samba webmaster info office operator nginx apache mongodb postgresql rabbitmq prometheus cacti openvpn developer ' +
    'devops student temp sysadmin telecomadmin CMCCAdmin CUAdmin e8ehome e8telnet useradmin nagiosadmin monitor monitoring cisco kali squid proxy',
)
const secrets = words(
  '123456 12345 1234 123456789 12345678 1234567 123 111111 000000 666666 888888 54321 654321 123123 123321 admin admin123 admin1234 ' +
    'administrator root root123 toor pass pass123 passwd password password1 password123 Password1 P@ssw0rd p@ssw0rd Passw0rd passw0rd qwerty ' +
    'qwerty123 qwertyuiop 1q2w3e4r 1qaz2wsx 1qaz@WSX abc123 abcd1234 letmein welcome welcome1 changeme default guest test test123 user user123 ' +
    'ubuntu raspberry oracle postgres mysql support service supervisor tech system master server secret iloveyou dragon monkey a123456 ' +
    'vizxv xc3511 xmhdipc juantech 7ujMko0admin 7ujMko0vizxv anko zlxx. Zte521 dreambox realtek klv1234 hi3518 jvbzd ikwb fucker ubnt meinsm smcadmin ' +
    '345gs5662d34 3245gs5662d34 LeitboGi0ro J5cmmu=Kyf0-br8CsW nE7jA%5m S2fGqNFs OxhlwSG8 tlJwpbo6 hunt5759 cat1029 GM8182 TeamSpeak3 oelinux123 ' +
    'aDm8H%MdA admintelecom e8ehome e8telnet zyad1234 zyad5001 7ujMko0123 huigu309 chzhdpl tsgoingon solokey swsbzkgn t0talc0ntr0l4! wrgg15_di524 ' +
    'Aa123456 Aa123456. Aa123456! Abc123456 abc123456 a123456789 Abcd1234 abc12345 qwe123 123qwe 123qweasd 123qweasdzxc qweasd qweasdzxc 1q2w3e 1q2w3e4r ' +
    'q1w2e3r4 1qaz2wsx3edc 1qaz!QAZ !QAZ2wsx zaq12wsx qazwsx qazwsxedc asd123 asdfgh asdf1234 qwer1234 1234qwer zxcvbn zxcvbnm qwe123!@# 123!@#qwe ' +
    'woaini1314 5201314 112233 121212 131313 147258369 159753 789456 987654321 777777 999999 11111111 88888888 1111 0000 112233445566 ' +
    'Admin@123 admin@123 admin@1234 Admin123 admin1 admin12345 Root@123 root@123 root1234 Test@123 Huawei@123 P@ssword P@ssw0rd1 Passw0rd! Password@123 ' +
    'Welcome1! Welcome@123 pass1234 changeme123 server123 linux123 toor123 temp123 master123 trustno1 superman batman football baseball sunshine princess ' +
    'shadow michael hunter2 killer pokemon whatever freedom computer internet samsung google abc123abc123 123123qweqwe asd123asd123 123qwe123qwe qwe123qwe123 ' +
    'correcthorsebatterystaple',
).union(new Set(['']))

/** Words of which common passwords and names are made, longest first. */
export const commonWords: readonly string[] = [...new Set([...users, ...secrets].map((word) => word.toLowerCase()))]
  .filter((word) => /^[a-z]{4,}$/.test(word))
  .concat('summer', 'winter', 'spring', 'autumn', 'love', 'login', 'linux', 'huawei')
  .sort((a, b) => b.length - a.length || (a < b ? -1 : 1))

/** What everybody types, or has a program type, who looks where he is: as it is masked. */
const commands = words(
  'ls id w who pwd ps top free df mount exit enable system shell sh help uptime whoami hostname env history ifconfig',
).union(
  new Set(
    (
      'uname -a;uname;uname -s -v -n -r -m;ls -la;ls -l;ls -al;cd /tmp;cd /;cd;cd ~;cat /proc/cpuinfo;cat /etc/passwd;cat /etc/os-release;cat /etc/issue;' +
      'cat /proc/meminfo;cat /proc/version;cat /proc/mounts;cat /etc/hosts;cat /etc/shadow;ps aux;ps -ef;ps -aux;ps -x;free -m;free -h;df -h;nproc;' +
      'lscpu;ip a;ip addr;ip route;netstat -antp;netstat -tulpn;ss -tlnp;crontab -l;sudo -l;sudo su;sudo -i;su;last;history -c;unset HISTFILE;' +
      'export HISTFILE=/dev/null;lscpu | grep Model;cat /proc/cpuinfo | grep name | wc -l;which ls;ls -lh $(which ls);echo $SHELL;wget <url>;curl <url>;arp -a'
    ).split(';'),
  ),
)

/** Whether everybody types it. */
export const isEverybodys = (command: string): boolean => commands.has(command)

/** What it says, and the SHA-256 by which the store knows it. */
const known = (texts: Iterable<string>): ReadonlySet<string> =>
  new Set([...texts].flatMap((text) => [text, createHash('sha256').update(text).digest('hex')]))
const commonSecrets = known(secrets)
/** The name once more, as it is or with the numbers that everybody adds. */
const nameAgain: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  [...users].map((user) => [user, known([user, `${user}1`, `${user}123`])]),
)

function loginShare(pair: string): number {
  const [user, secret] = /^\["([^"\\]{0,64})","([^"\\]{0,64})"\]$/.exec(pair)?.slice(1) ?? []
  if (user === undefined || secret === undefined) return 0
  if (nameAgain.get(user)?.has(secret)) return HABIT
  if (!commonSecrets.has(secret)) return 0
  return users.has(user) ? HABIT : SECRET
}

/**
 * What share of strangers is known to show a value, before any is seen: so that the first two who bring what everybody brings are not taken for
 * one. 0 = nothing is known. The shares are rough: what is on the lists is known, how often it is used differs from network to network.
 */
export function backgroundShare(key: string): number {
  const end = key.indexOf('\0')
  const [kind, text] = [key.slice(0, end), key.slice(end + 1)]
  if (clients.get(kind)?.has(text)) return CLIENT
  if (kind === 'login') return loginShare(text)
  if (kind === 'manner') return text === 'visit' ? VISIT : 0
  return kind === 'command' && commands.has(text) ? HABIT : 0
}
