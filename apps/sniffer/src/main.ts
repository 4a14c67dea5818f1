import { openSpool } from '@decnet/sensor'
import { openPacketSocket } from './capture/packet-socket.ts'
import { readConfig } from './config.ts'
import { runSniffer } from './run.ts'

runSniffer({ config: readConfig(), openSocket: openPacketSocket, openSpool })
