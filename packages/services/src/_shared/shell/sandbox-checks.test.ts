import { describe, expect, it } from 'vitest'
import type { Machine } from './machine.ts'
import { platformOf } from './platform.ts'
import { runCommand, testMachine } from './test-shell.ts'

/** One machine of each vendor. */
const machines = new Map<string, Machine>()
for (let i = 0; machines.size < 5 && i < 400; i++) {
  const one = testMachine({ seed: `vendor ${i}` })
  if (!machines.has(one.persona.hardware.vendor)) machines.set(one.persona.hardware.vendor, one)
}

describe.each([...machines])('a host by %s', (vendor, machine) => {
  const said = async (command: string): Promise<string> => {
    const { out, err } = await runCommand(command, { machine })
    return out + err
  }
  const { virt, hypervisor, product } = platformOf(machine.persona)

  it('says the same of its platform everywhere', async () => {
    expect(await said('systemd-detect-virt; echo $?')).toBe(`${virt}\n${virt === 'none' ? 1 : 0}\n`)
    expect(await said('cat /sys/class/dmi/id/sys_vendor /sys/class/dmi/id/product_name')).toBe(`${vendor}\n${product}\n`)
    expect(await said('dmidecode -s system-manufacturer; dmidecode -s system-product-name')).toBe(`${vendor}\n${product}\n`)
    expect(await said('grep -c hypervisor /proc/cpuinfo')).toBe(`${virt === 'none' ? 0 : machine.persona.hardware.cores}\n`)
    expect(await said('lscpu | grep Hypervisor')).toMatch(hypervisor === null ? /^$/ : new RegExp(`vendor: +${hypervisor}\n$`))
    const log = await said('dmesg')
    expect(log.includes('Hypervisor detected') || log.includes('hypercall')).toBe(virt !== 'none')
    expect(log.includes('Detected virtualization')).toBe(virt !== 'none')
    expect(log).toContain(`DMI: ${vendor} ${product}`)
    const control = await said('hostnamectl')
    expect(control.includes('Virtualization:')).toBe(virt !== 'none')
    expect(control).toContain(`Hardware Vendor: ${vendor}\n`)
    for (const [part, only] of [
      ['VMware', 'vmware'],
      ['Virtio', 'kvm'],
      ['Hyper-V', 'microsoft'],
    ] as const)
      expect((await said('lspci; lsmod; cat /proc/modules')).includes(part), part).toBe(only === virt)
  })
  it('shows no container', async () => {
    expect(await said('cat /proc/1/cgroup')).toBe('0::/init.scope\n')
    expect(await said('cat /proc/self/cgroup')).toMatch(/^0::\/user\.slice\/user-0\.slice\/session-\d+\.scope\n$/)
    expect(await said('head -n 1 /proc/1/sched')).toMatch(/^(init|systemd) \(1, #threads: 1\)\n$/)
    expect(await said('ls /.dockerenv')).toBe("ls: cannot access '/.dockerenv': No such file or directory\n")
    expect(await said('cat /proc/1/comm; readlink /proc/1/exe')).toMatch(/^systemd\n\/usr\/lib\/systemd\/systemd\n$/)
    expect(await said("grep ' / / ' /proc/self/mountinfo")).toMatch(
      /^\d+ 1 (8|254):1 \/ \/ rw,relatime shared:\d+ - ext4 \/dev\/[sv]da1 rw,errors=remount-ro\n$/,
    )
  })
  it('agrees with itself in numbers', async () => {
    expect(await said('cat /proc/sys/kernel/random/boot_id')).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\n$/)
    const device = (await said("ip -o link 2>/dev/null | grep -o 'e[a-z0-9]*:' | head -n 1; ls /sys/class/net")).split('\n')
    expect(device).toContain('lo')
    expect(await said('cat /sys/class/net/e*/address')).toBe(`${machine.persona.mac}\n`)
    expect(await said('awk "NR==2" /proc/net/tcp')).toMatch(/^ {3}0: 00000000:0016 00000000:0000 0A /)
    expect(await said('grep " 01 " /proc/net/tcp')).toContain(`:${(40_022).toString(16).toUpperCase()} 01 `)
    expect((await said('wc -l < /proc/self/mountinfo')).trim()).toBe((await said('wc -l < /proc/mounts')).trim())
    expect((await said("df / | awk 'NR==2{print $2}'")).trim()).toBe(
      String(4 * Number((await said('stat -f -c %b /')).trim()) + (Number((await said("df / | awk 'NR==2{print $2}'")).trim()) % 4)),
    )
    expect((await said("df -i / | awk 'NR==2{print $2, $4}'")).trim()).toBe((await said('stat -f -c "%c %d" /')).trim())
  })
})
