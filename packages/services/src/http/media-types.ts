import { own } from '@decnet/kernel'

const types: Readonly<Record<string, readonly [nginx: string, apache: string]>> = {
  html: ['text/html', 'text/html'],
  htm: ['text/html', 'text/html'],
  css: ['text/css', 'text/css'],
  js: ['application/javascript', 'text/javascript'],
  txt: ['text/plain', 'text/plain'],
  xml: ['text/xml', 'application/xml'],
  json: ['application/json', 'application/json'],
  ico: ['image/x-icon', 'image/vnd.microsoft.icon'],
  svg: ['image/svg+xml', 'image/svg+xml'],
  png: ['image/png', 'image/png'],
  gif: ['image/gif', 'image/gif'],
  jpg: ['image/jpeg', 'image/jpeg'],
  pdf: ['application/pdf', 'application/pdf'],
  zip: ['application/zip', 'application/zip'],
}

/** The type that the server's mime.types gives a file name; undefined = it has none for it. */
export function mediaType(server: 'nginx' | 'apache', path: string): string | undefined {
  const extension = /\.([a-z0-9]+)$/iu.exec(path)?.[1]?.toLowerCase()
  return extension === undefined ? undefined : own(types, extension)?.[server === 'nginx' ? 0 : 1]
}
