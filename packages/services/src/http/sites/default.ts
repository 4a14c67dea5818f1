import type { Persona } from '@decnet/persona'
import type { Site } from '../site.ts'

const nginxPage = `<!DOCTYPE html>
<html>
<head>
<title>Welcome to nginx!</title>
<style>
html { color-scheme: light dark; }
body { width: 35em; margin: 0 auto;
font-family: Tahoma, Verdana, Arial, sans-serif; }
</style>
</head>
<body>
<h1>Welcome to nginx!</h1>
<p>If you see this page, the nginx web server is successfully installed and
working. Further configuration is required.</p>

<p>For online documentation and support please refer to
<a href="http://nginx.org/">nginx.org</a>.<br/>
Commercial support is available at
<a href="http://nginx.com/">nginx.com</a>.</p>

<p><em>Thank you for using nginx.</em></p>
</body>
</html>
`
const apachePage = '<html><body><h1>It works!</h1></body></html>\n'

/** A server that nobody has set up yet: the upstream default page and nothing else. */
export function defaultSite(persona: Persona): Site {
  const nginx = persona.packages.web.server === 'nginx'
  const path = nginx && persona.os.id === 'debian' ? '/index.nginx-debian.html' : '/index.html'
  return {
    files: new Map([[path, { content: Buffer.from(nginx ? nginxPage : apachePage), mtime: persona.installedAt }]]),
    indexes: ['index.html', 'index.nginx-debian.html'],
    script: () => null,
  }
}
