import { type Facts, networkOf, rootDisk } from '../../facts.ts'
import { dmiFiles, platformOf } from '../../platform.ts'
import { type BaseDirectory, directory, file, link, place } from '../base.ts'

/** `/sys`: what tells of processor, firmware, disk and network. */
export function placeSys(root: BaseDirectory, facts: Facts): void {
  const { persona } = facts
  const booted = persona.bootedAt
  const put = (path: string, text: string, mode = 0o444): void => place(root, path, file(booted, `${text}\n`, { mode, size: 4096 }))
  place(root, '/sys', directory(booted, { mode: 0o555, size: 0, inode: 1 }))
  for (const [name, text, secret] of dmiFiles(persona)) put(`/sys/devices/virtual/dmi/id/${name}`, text, secret ? 0o400 : 0o444)
  place(root, '/sys/class/dmi/id', link(booted, '../../devices/virtual/dmi/id'))
  const { virt } = platformOf(persona)

  const range = persona.hardware.cores === 1 ? '0' : `0-${persona.hardware.cores - 1}`
  for (const name of ['online', 'possible', 'present']) put(`/sys/devices/system/cpu/${name}`, range)
  for (let i = 0; i < persona.hardware.cores; i++)
    put(`/sys/devices/system/cpu/cpu${i}/topology/core_id`, virt === 'none' ? String(i) : '0')

  const { device } = networkOf(facts)
  const card = (name: string, mac: string, mtu: string, state: string): void => {
    const folder = `/sys/devices/${name === 'lo' ? 'virtual' : 'pci0000:00/0000:00:12.0'}/net/${name}`
    put(`${folder}/address`, mac)
    put(`${folder}/mtu`, mtu, 0o644)
    put(`${folder}/operstate`, state)
    put(`${folder}/speed`, name === 'lo' ? '-1' : virt === 'kvm' ? '-1' : '1000')
    put(`${folder}/type`, name === 'lo' ? '772' : '1')
    place(root, `/sys/class/net/${name}`, link(booted, folder.replace('/sys', '../..')))
  }
  card('lo', '00:00:00:00:00:00', '65536', 'unknown')
  card(device, persona.mac, '1500', 'up')

  const disk = rootDisk(facts)
  const name = disk.device.slice(5, -1)
  const sectors = persona.hardware.diskGb * 2_097_152
  const folder = `/sys/devices/pci0000:00/block/${name}`
  put(`${folder}/size`, String(sectors))
  put(`${folder}/dev`, `${disk.major}:0`)
  put(`${folder}/queue/rotational`, virt === 'none' ? '0' : '1', 0o644)
  put(`${folder}/${name}1/size`, String(sectors - 2048))
  put(`${folder}/${name}1/start`, '2048')
  if (disk.major === 8) {
    const [vendor = '', ...model] = platformOf(persona).diskModel.split(' ')
    put(`${folder}/device/vendor`, vendor.padEnd(8))
    put(`${folder}/device/model`, model.join(' ').padEnd(16))
  }
  place(root, `/sys/block/${name}`, link(booted, `../devices/pci0000:00/block/${name}`))
  place(root, `/sys/class/block/${name}`, link(booted, `../../devices/pci0000:00/block/${name}`))
  for (const path of [
    '/sys/kernel/security',
    '/sys/kernel/debug',
    '/sys/kernel/tracing',
    '/sys/fs/cgroup',
    '/sys/fs/pstore',
    '/sys/fs/bpf',
    '/sys/firmware/acpi',
    '/sys/firmware/dmi',
    '/sys/module',
    '/sys/power',
    '/sys/bus/pci',
  ])
    place(root, path, directory(booted, { size: 0 }))
  for (const [name, text] of [
    ['cgroup.controllers', 'cpuset cpu io memory hugetlb pids rdma misc'],
    ['cgroup.max.depth', 'max'],
    ['cgroup.subtree_control', 'cpuset cpu io memory hugetlb pids rdma misc'],
  ] as const)
    put(`/sys/fs/cgroup/${name}`, text, 0o644)
  for (const path of ['init.scope', 'system.slice', 'user.slice']) place(root, `/sys/fs/cgroup/${path}`, directory(booted, { size: 0 }))
}
