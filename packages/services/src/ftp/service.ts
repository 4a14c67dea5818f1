import { hostOf } from '../_shared/shell/index.ts'
import { ftpOn } from './ftp-on.ts'

export default ftpOn(hostOf)
