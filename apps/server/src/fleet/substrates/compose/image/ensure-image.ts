import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { AppError } from '@decnet/kernel'
import { release } from '../../../../release.ts'
import { type Engine, Refusal } from '../engine.ts'
import { type SensorImage, sensorImage } from './sensor-files.ts'
import { tar } from './tar.ts'

const REPOSITORY = 'decnet-sensor'
const OURS = 'decnet.image=sensor'

export interface Image extends Pick<SensorImage, 'idle' | 'serve'> {
  /** `decnet-sensor:0.1.0-3f2a9c…`: the release, and a digest of all that it holds. */
  readonly tag: string
}

async function digestOf({ files, env }: SensorImage): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(env))
  for (const { path, mode, content } of files) {
    hash.update(`\0${path}\0${mode}\0`)
    if (content instanceof Uint8Array) hash.update(content)
    else if (content && 'link' in content) hash.update(content.link)
    else if (content) for await (const chunk of createReadStream(content.file, { highWaterMark: 1024 * 1024 })) hash.update(chunk as Buffer)
  }
  return hash.digest('hex').slice(0, 12)
}

/** Older ones that no container needs; what is in use stays. */
async function forgetOthers(engine: Engine, tag: string): Promise<void> {
  const filters = encodeURIComponent(JSON.stringify({ label: [OURS] }))
  for (const { RepoTags } of await engine.ask<readonly { RepoTags: readonly string[] | null }[]>(
    'GET',
    `/images/json?filters=${filters}`,
  )) {
    for (const other of RepoTags ?? []) {
      if (other === tag) continue
      try {
        await engine.ask('DELETE', `/images/${other}`)
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
      }
    }
  }
}

/** What the image of this installation is called, and holds. */
async function named(): Promise<{ readonly image: SensorImage; readonly tag: string }> {
  const image = sensorImage()
  return { image, tag: `${REPOSITORY}:${release}-${await digestOf(image)}` }
}

/** The image of this installation; no engine is asked whether it has it. */
export async function plannedImage(): Promise<Image> {
  const {
    tag,
    image: { idle, serve },
  } = await named()
  return { tag, idle, serve }
}

/**
 * The image of every container: the sensor, Node as it runs here, the libraries that it needs, and nothing else. It is made from this installation, of
 * which nothing is downloaded, when the engine has not this one yet. @throws {AppError} `image_failed`.
 */
export async function ensureImage(engine: Engine): Promise<Image> {
  const { image, tag } = await named()
  const { idle, serve, env } = image
  if ((await engine.find(`/images/${tag}/json`)) === null) {
    const [repo = '', name = ''] = tag.split(':')
    const changes = [...Object.entries(env).map(([key, value]) => `ENV ${key}=${value}`), `LABEL ${OURS}`]
    const query = new URLSearchParams([
      ['fromSrc', '-'],
      ['repo', repo],
      ['tag', name],
      ...changes.map((change) => ['changes', change]),
    ] as [string, string][])
    try {
      await engine.send(`/images/create?${query}`, tar(image.files))
      await forgetOthers(engine, tag)
    } catch (cause) {
      if (!(cause instanceof Refusal)) throw cause
      throw new AppError(`Docker did not take the image of the sensor: ${cause.message}.`, {
        code: 'image_failed',
        hint: 'It needs 150 MB of disk: docker system df',
        cause,
      })
    }
  }
  return { tag, idle, serve }
}
