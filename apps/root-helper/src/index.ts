export type { Answer, AnswerTo, HostWish, Order, StandingHost, WireTo } from './protocol.ts'
