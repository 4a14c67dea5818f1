import type { Persona } from '@decnet/persona'

/** What a host runs on, as firmware, kernel and systemd call it; one answer for every sandbox check. */
export interface Platform {
  /** As `systemd-detect-virt` says it. */
  readonly virt: 'kvm' | 'vmware' | 'microsoft' | 'none'
  /** As lscpu names the hypervisor; null on bare metal. */
  readonly hypervisor: string | null
  readonly product: string
  readonly productVersion: string
  readonly board: string
  readonly biosVendor: string
  readonly biosVersion: string
  readonly biosDate: string
  /** SMBIOS number: 1 other, 3 desktop, 17 main server chassis, 23 rack mount. */
  readonly chassis: number
  readonly serial: string
  readonly uuid: string
  readonly smbios: string
  readonly pci: readonly string[]
  /** Name and size of modules for its devices. */
  readonly modules: readonly (readonly [string, number])[]
  readonly diskModel: string
}

const KVM_PCI = [
  '00:00.0 Host bridge: Intel Corporation 440FX - 82441FX PMC [Natoma] (rev 02)',
  '00:01.0 ISA bridge: Intel Corporation 82371SB PIIX3 ISA [Natoma/Triton II]',
  '00:01.1 IDE interface: Intel Corporation 82371SB PIIX3 IDE [Natoma/Triton II]',
  '00:01.2 USB controller: Intel Corporation 82371SB PIIX3 USB [Natoma/Triton II] (rev 01)',
  '00:01.3 Bridge: Intel Corporation 82371AB/EB/MB PIIX4 ACPI (rev 03)',
  '00:02.0 VGA compatible controller: Device 1234:1111 (rev 02)',
  '00:03.0 Unclassified device [00ff]: Red Hat, Inc. Virtio memory balloon',
  '00:05.0 SCSI storage controller: Red Hat, Inc. Virtio block device',
  '00:12.0 Ethernet controller: Red Hat, Inc. Virtio network device',
]
const VMWARE_PCI = [
  '00:00.0 Host bridge: Intel Corporation 440BX/ZX/DX - 82443BX/ZX/DX Host bridge (rev 01)',
  '00:01.0 PCI bridge: Intel Corporation 440BX/ZX/DX - 82443BX/ZX/DX AGP bridge (rev 01)',
  '00:07.0 ISA bridge: Intel Corporation 82371AB/EB/MB PIIX4 ISA (rev 08)',
  '00:07.1 IDE interface: Intel Corporation 82371AB/EB/MB PIIX4 IDE (rev 01)',
  '00:07.3 Bridge: Intel Corporation 82371AB/EB/MB PIIX4 ACPI (rev 08)',
  '00:07.7 System peripheral: VMware Virtual Machine Communication Interface (rev 10)',
  '00:0f.0 VGA compatible controller: VMware SVGA II Adapter',
  '03:00.0 Serial Attached SCSI controller: VMware PVSCSI SCSI Controller (rev 02)',
  '0b:00.0 Ethernet controller: VMware VMXNET3 Ethernet Controller (rev 01)',
]
const HYPERV_PCI = [
  '00:00.0 Host bridge: Intel Corporation 440BX/ZX/DX - 82443BX/ZX/DX Host bridge (AGP disabled) (rev 03)',
  '00:07.0 ISA bridge: Intel Corporation 82371AB/EB/MB PIIX4 ISA (rev 01)',
  '00:07.1 IDE interface: Intel Corporation 82371AB/EB/MB PIIX4 IDE (rev 01)',
  '00:07.3 Bridge: Intel Corporation 82371AB/EB/MB PIIX4 ACPI (rev 02)',
  '00:08.0 VGA compatible controller: Microsoft Corporation Hyper-V virtual VGA',
]
const METAL_PCI = [
  '00:00.0 Host bridge: Intel Corporation Xeon E3-1200 v6/7th Gen Core Processor Host Bridge/DRAM Registers (rev 05)',
  '00:14.0 USB controller: Intel Corporation 100 Series/C230 Series Chipset Family USB 3.0 xHCI Controller (rev 31)',
  '00:17.0 SATA controller: Intel Corporation Q170/Q150/B150/H170/H110/Z170/CM236 Chipset SATA Controller [AHCI Mode] (rev 31)',
  '00:1f.0 ISA bridge: Intel Corporation C236 Chipset LPC/eSPI Controller (rev 31)',
  '00:1f.4 SMBus: Intel Corporation 100 Series/C230 Series Chipset Family SMBus (rev 31)',
]
const APPLIANCE_PCI = [
  '00:00.0 Host bridge: Advanced Micro Devices, Inc. [AMD] Family 16h (Models 30h-3fh) Processor Root Complex',
  '00:10.0 USB controller: Advanced Micro Devices, Inc. [AMD] FCH USB XHCI Controller (rev 11)',
  '00:11.0 SATA controller: Advanced Micro Devices, Inc. [AMD] FCH SATA Controller [AHCI mode] (rev 39)',
  '01:00.0 Ethernet controller: Intel Corporation I210 Gigabit Network Connection (rev 03)',
  '02:00.0 Ethernet controller: Intel Corporation I210 Gigabit Network Connection (rev 03)',
]

/** The platform that follows from the persona's vendor; the same on every call. */
export function platformOf(persona: Persona): Platform {
  const { vendor } = persona.hardware
  const uuid = `${persona.hex('dmi a', 8)}-${persona.hex('dmi b', 4)}-4${persona.hex('dmi c', 3)}-9${persona.hex('dmi d', 3)}-${persona.hex('dmi e', 12)}`
  const tag = [...persona.bytes('service tag', 7)].map((byte) => 'BCDFGHJKLMNPQRSTVWXYZ0123456789'[byte % 31]).join('')
  if (vendor === 'VMware, Inc.')
    return {
      virt: 'vmware',
      hypervisor: 'VMware',
      product: 'VMware Virtual Platform',
      productVersion: 'None',
      board: '440BX Desktop Reference Platform',
      biosVendor: 'Phoenix Technologies LTD',
      biosVersion: '6.00',
      biosDate: '11/12/2020',
      chassis: 1,
      serial: `VMware-${(uuid.replaceAll('-', '').match(/../g) ?? []).join(' ').replace(/^((?:\S+ ){7}\S+) /, '$1-')}`,
      uuid,
      smbios: '2.7',
      pci: VMWARE_PCI,
      modules: [
        ['vmw_balloon', 28_672],
        ['vmw_vmci', 102_400],
        ['vmwgfx', 376_832],
        ['vmxnet3', 86_016],
        ['vmw_pvscsi', 32_768],
      ],
      diskModel: 'VMware Virtual disk',
    }
  if (vendor === 'Microsoft Corporation')
    return {
      virt: 'microsoft',
      hypervisor: 'Microsoft',
      product: 'Virtual Machine',
      productVersion: 'Hyper-V UEFI Release v4.1',
      board: 'Virtual Machine',
      biosVendor: 'Microsoft Corporation',
      biosVersion: 'Hyper-V UEFI Release v4.1',
      biosDate: '05/13/2024',
      chassis: 3,
      serial: [4, 4, 4, 4, 4, 4, 2]
        .map((digits, i) => String(persona.integer(`hyperv serial ${i}`, 0, 10 ** digits - 1)).padStart(digits, '0'))
        .join('-'),
      uuid,
      smbios: '3.1',
      pci: HYPERV_PCI,
      modules: [
        ['hv_netvsc', 110_592],
        ['hv_storvsc', 28_672],
        ['hv_balloon', 36_864],
        ['hv_utils', 57_344],
        ['hv_vmbus', 159_744],
      ],
      diskModel: 'Msft Virtual Disk',
    }
  if (/qemu|kvm|red hat|proxmox|digitalocean|hetzner|amazon|google/i.test(vendor))
    return {
      virt: 'kvm',
      hypervisor: 'KVM',
      product: 'Standard PC (i440FX + PIIX, 1996)',
      productVersion: 'pc-i440fx-8.1',
      board: '',
      biosVendor: 'SeaBIOS',
      biosVersion: 'rel-1.16.3-0-ga6ed6b701f0a-prebuilt.qemu.org',
      biosDate: '04/01/2014',
      chassis: 1,
      serial: '',
      uuid,
      smbios: '2.8',
      pci: KVM_PCI,
      modules: [
        ['virtio_net', 73_728],
        ['virtio_blk', 32_768],
        ['virtio_balloon', 24_576],
        ['virtio_pci', 24_576],
      ],
      diskModel: 'QEMU HARDDISK',
    }
  const known: Readonly<Record<string, readonly [product: string, board: string, biosVendor: string, biosVersion: string, date: string]>> =
    {
      'Dell Inc.': ['PowerEdge R240', '0CKJVK', 'Dell Inc.', '2.15.2', '07/05/2023'],
      Supermicro: ['SYS-5019C-M', 'X11SCM-F', 'American Megatrends Inc.', '1.8', '11/18/2021'],
      'PC Engines': ['apu4', 'apu4', 'coreboot', 'v4.17.0.3', '10/12/2022'],
      ADLINK: ['cExpress-BT', 'cExpress-BT', 'American Megatrends Inc.', '5.6.5', '08/24/2016'],
    }
  const [product, board, biosVendor, biosVersion, biosDate] = Object.entries(known).find(([name]) => name === vendor)?.[1] ?? [
    'To be filled by O.E.M.',
    'To be filled by O.E.M.',
    'American Megatrends Inc.',
    '5.6.5',
    '03/12/2019',
  ]
  const appliance = vendor === 'PC Engines' || vendor === 'ADLINK'
  return {
    virt: 'none',
    hypervisor: null,
    product,
    productVersion: vendor === 'Dell Inc.' ? '' : '1.0',
    board,
    biosVendor,
    biosVersion,
    biosDate,
    chassis: appliance ? 3 : 23,
    serial: tag,
    uuid,
    smbios: '3.0',
    pci: appliance
      ? APPLIANCE_PCI
      : [
          ...METAL_PCI,
          vendor === 'Dell Inc.'
            ? '02:00.0 Ethernet controller: Broadcom Inc. and subsidiaries NetXtreme BCM5720 Gigabit Ethernet PCIe'
            : '02:00.0 Ethernet controller: Intel Corporation I210 Gigabit Network Connection (rev 03)',
        ],
    modules: [
      [vendor === 'Dell Inc.' ? 'tg3' : 'igb', vendor === 'Dell Inc.' ? 192_512 : 286_720],
      ['ahci', 49_152],
      ['coretemp', 20_480],
      ['ipmi_si', 77_824],
    ],
    diskModel: persona.pick('disk model', ['SAMSUNG MZ7LH480', 'INTEL SSDSC2KB48', 'ST1000NM0055-1V4']),
  }
}

/** The files of `/sys/class/dmi/id`: name, content, readable by root alone. */
export function dmiFiles(persona: Persona): readonly (readonly [name: string, text: string, secret: boolean])[] {
  const p = platformOf(persona)
  const { vendor } = persona.hardware
  const boardVendor = p.virt === 'vmware' ? 'Intel Corporation' : vendor
  const chassisVendor = p.virt === 'vmware' ? 'No Enclosure' : vendor
  return [
    ['bios_date', p.biosDate, false],
    ['bios_vendor', p.biosVendor, false],
    ['bios_version', p.biosVersion, false],
    ['chassis_type', String(p.chassis), false],
    ['chassis_vendor', chassisVendor, false],
    ['chassis_version', p.virt === 'kvm' ? p.productVersion : p.virt === 'vmware' ? 'N/A' : '', false],
    [
      'modalias',
      `dmi:bvn${p.biosVendor}:bvr${p.biosVersion}:bd${p.biosDate}:svn${vendor}:pn${p.product}:pvr${p.productVersion}:`.replaceAll(' ', ''),
      false,
    ],
    ['product_family', '', false],
    ['product_name', p.product, false],
    ['product_serial', p.serial === '' ? 'Not Specified' : p.serial, true],
    ['product_uuid', p.uuid, true],
    ['product_version', p.productVersion, false],
    ['sys_vendor', vendor, false],
    ...(p.board === ''
      ? []
      : ([
          ['board_name', p.board, false],
          ['board_vendor', boardVendor, false],
          ['board_serial', p.virt === 'none' ? `.${p.serial}.` : 'None', true],
        ] as const)),
  ]
}
