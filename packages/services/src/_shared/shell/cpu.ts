import type { Persona } from '@decnet/persona'
import { platformOf } from './platform.ts'

export interface Cpu {
  /** `/proc/cpuinfo` */
  readonly info: string
  readonly vendor: string
  readonly family: number
  readonly model: number
  readonly stepping: number
  readonly mhz: number
  readonly flags: string
  readonly cacheKb: number
}

const COMMON =
  'fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush mmx fxsr sse sse2 ht syscall nx mmxext fxsr_opt pdpe1gb rdtscp lm rep_good nopl cpuid extd_apicid tsc_known_freq pni pclmulqdq ssse3 fma cx16 sse4_1 sse4_2 x2apic movbe popcnt tsc_deadline_timer aes xsave avx f16c rdrand hypervisor lahf_lm cmp_legacy cr8_legacy abm sse4a misalignsse 3dnowprefetch osvw topoext perfctr_core ssbd ibrs ibpb stibp vmmcall fsgsbase tsc_adjust bmi1 avx2 smep bmi2 rdseed adx smap clflushopt clwb sha_ni xsaveopt xsavec xgetbv1 clzero xsaveerptr wbnoinvd arat umip rdpid'
const INTEL =
  'fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush mmx fxsr sse sse2 ss ht syscall nx pdpe1gb rdtscp lm constant_tsc arch_perfmon rep_good nopl xtopology cpuid tsc_known_freq pni pclmulqdq vmx ssse3 fma cx16 pcid sse4_1 sse4_2 x2apic movbe popcnt tsc_deadline_timer aes xsave avx f16c rdrand hypervisor lahf_lm abm 3dnowprefetch cpuid_fault invpcid_single ssbd ibrs ibpb stibp ibrs_enhanced fsgsbase tsc_adjust bmi1 avx2 smep bmi2 erms invpcid mpx avx512f avx512dq rdseed adx smap clflushopt clwb avx512cd avx512bw avx512vl xsaveopt xsavec xgetbv1 xsaves arat umip pku ospke avx512_vnni md_clear arch_capabilities'

/** The processor that `/proc/cpuinfo` and lscpu describe, from the model name that the persona claims. */
export function cpuOf(persona: Persona): Cpu {
  const { cpuModel, cores } = persona.hardware
  const amd = /AMD|EPYC|Ryzen/i.test(cpuModel)
  const claimed = /([\d.]+)\s*GHz/i.exec(cpuModel)?.[1]
  const mhz =
    claimed === undefined ? persona.integer('cpu mhz', 2000, 3100) + persona.integer('cpu khz', 0, 999) / 1000 : Number(claimed) * 1000
  const shape = {
    vendor: amd ? 'AuthenticAMD' : 'GenuineIntel',
    family: amd ? 23 : 6,
    model: amd ? 49 : 85,
    stepping: amd ? 0 : 7,
    cacheKb: amd ? 512 : 16_384,
  }
  const guest = platformOf(persona).virt !== 'none'
  const client = !guest && !amd
  const all = amd ? COMMON : client ? INTEL.replace(/ (avx512\w+|pku|ospke|ibrs_enhanced)/g, '') : INTEL
  const flags = guest ? all : all.replace(/ (hypervisor|tsc_known_freq|vmmcall)/g, '')
  const bugs = amd
    ? 'sysret_ss_attrs spectre_v1 spectre_v2 spec_store_bypass retbleed smt_rsb srso'
    : 'spectre_v1 spectre_v2 spec_store_bypass swapgs taa itlb_multihit mmio_stale_data retbleed gds bhi'
  let info = ''
  for (let i = 0; i < cores; i++) {
    info += `processor\t: ${i}\nvendor_id\t: ${shape.vendor}\ncpu family\t: ${shape.family}\nmodel\t\t: ${shape.model}\nmodel name\t: ${cpuModel}\nstepping\t: ${shape.stepping}\nmicrocode\t: ${amd ? '0x830107c' : '0x1'}\ncpu MHz\t\t: ${mhz.toFixed(3)}\ncache size\t: ${shape.cacheKb} KB\nphysical id\t: ${i}\nsiblings\t: 1\ncore id\t\t: 0\ncpu cores\t: 1\napicid\t\t: ${i}\ninitial apicid\t: ${i}\nfpu\t\t: yes\nfpu_exception\t: yes\ncpuid level\t: ${amd ? 16 : 13}\nwp\t\t: yes\nflags\t\t: ${flags}\nbugs\t\t: ${bugs}\nbogomips\t: ${(mhz * 2).toFixed(2)}\n${amd ? 'TLB size\t: 1024 4K pages\n' : ''}clflush size\t: 64\ncache_alignment\t: 64\naddress sizes\t: ${amd ? '48 bits physical, 48 bits virtual' : '46 bits physical, 48 bits virtual'}\npower management:\n\n`
  }
  return { ...shape, info, mhz, flags }
}
