import http from 'node:http'

/** Asks a decky's web server. `fetch` refuses some ports (Fetch, bad ports), among them 10080, where port 80 goes when it is not to be had. */
export const httpGet = (url: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const request = http.get(url, (answer) => {
      answer.resume()
      answer.once('end', () => resolve(answer.statusCode ?? 0))
    })
    request.once('error', reject)
  })
