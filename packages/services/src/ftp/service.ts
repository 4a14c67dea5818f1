import { hostOf } from '../_shared/shell/machine.ts'
import { ftpOn } from './ftp-on.ts'

export default ftpOn(hostOf)
